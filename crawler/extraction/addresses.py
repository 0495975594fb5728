"""Words in addresses that tell what stands there: puzzles, e-papers, lists of articles, galleries, videos, advertising.

Plain data and one cutter. Words of all the languages of the press, because paths are written in their readers' tongue.
"""

from __future__ import annotations

import re
from urllib.parse import unquote, urlsplit

from crawler.extraction.vocabulary import words

PUZZLES = words(
    """
    puzzles puzzle crossword crosswords sudoku wordsearch games spiele raetsel rätsel jeux pasatiempos passatempi
    passatempos puzzels krzyzowki hry pulmat kryss bulmaca giochi juegos jogos
    """
)
PUZZLE_WORDS = words(
    """
    crossword crosswords sudoku wordsearch codeword wordle nonogram kreuzworträtsel kreuzwortraetsel mots-croises
    mots-fleches crucigrama crucigramas palavras-cruzadas parole-crociate cruciverba kruiswoordpuzzel krzyzowka korsord
    kryssord krydsord ristikko krizovka krossvord krosvord
    """
)
"""Words of a slug that name a puzzle wherever it stands."""
E_PAPERS = words(
    """
    epaper e-paper eedition e-edition digital-edition digitaledition edicion-impresa edition-numerique edicao-impressa
    edizione-digitale e-avis etidning e-tidning digitale-krant e-wydanie todays-paper
    """
)
E_PAPER_HOSTS = words("app epaper e-paper eedition e-edition digitaledition edition pageturner")
"""First parts of hosts that serve the printed paper's pages: "app.yorkshirepost.co.uk"."""
SEARCHES = words("search suche recherche buscar busqueda ricerca zoeken szukaj busca pesquisa sok sök haku hledat arama")
AUTHORS = words(
    """
    author authors autor autoren auteur auteurs autori autore autores profile profiles contributors byline forfatter
    skribent kirjoittaja yazar yazarlar
    """
)
TOPICS = words(
    """
    tag tags topic topics thema themen tema temas all-about schlagwort schlagworte etiqueta etiquetas dossier dossiers
    tema argomenti argomento onderwerp onderwerpen etykieta etikett emne stitek avainsana etiket konu
    """
)
ACCOUNTS = words(
    """
    login signin sign-in log-in register subscribe subscription subscriptions account newsletter newsletters abo abonnement
    suscripcion suscripciones assinatura abbonamenti anmelden registrieren konto prenumerera mon-compte mein-konto
    """
)
NOT_ARTICLES: tuple[tuple[str, frozenset[str], int], ...] = (
    ("puzzle page", PUZZLES, 500),
    ("e-paper", E_PAPERS, 500),
    ("search page", SEARCHES, 2000),
    ("author page", AUTHORS, 1200),
    ("topic page", TOPICS, 1200),
    ("account page", ACCOUNTS, 1500),
)
"""(reason, path segments that say so, body length up to which they are believed)."""
WEATHER = words("weather wetter meteo météo tiempo clima tempo weer pogoda vader vær vejr saa sää pocasi időjárás hava-durumu")
LISTINGS: tuple[tuple[str, frozenset[str]], ...] = (
    ("weather page", WEATHER),
    (
        "horoscope page",
        words("horoscope horoscopes horoskop horoskope horoscopo horoscopos oroscopo horoscoop horoskopy astrology"),
    ),
    ("podcast page", words("podcast podcasts podcaster podcasty")),
    (
        "competition page",
        words("competition competitions contest contests gewinnspiel gewinnspiele concours sorteos concursos concorsi giveaways"),
    ),
    (
        "listing of notices",
        words(
            """
            obituaries death-notices deaths in-memoriam family-notices public-notices notices announcements
            traueranzeigen todesanzeigen avis-de-deces necrologie necrologies esquelas necrologi necrologia
            overlijdensberichten nekrologi dodsannonser dødsannoncer dødsannonser
            """
        ),
    ),
    (
        "listing of events",
        words("whats-on what-s-on events event-calendar listings calendar veranstaltungen veranstaltungskalender agenda eventi"),
    ),
    (
        "classified advertisement",
        words("jobs classifieds property motors cars homes stellenmarkt kleinanzeigen immobilien emploi clasificados annunci"),
    ),
    (
        "page about the site",
        words(
            """
            contact contact-us contacts about about-us advertise advertise-with-us privacy privacy-policy privacy-notice
            cookie-policy cookies cookie-notice terms terms-and-conditions terms-of-use terms-of-service complaints
            editorial-complaints corrections-policy sitemap site-map rss rss-feeds feedback accessibility kontakt impressum
            datenschutz datenschutzerklaerung agb mentions-legales politique-de-confidentialite qui-sommes-nous aviso-legal
            politica-de-privacidad politica-de-cookies contacto quienes-somos note-legali contatti chi-siamo
            politica-de-privacidade contato colofon privacybeleid polityka-prywatnosci regulamin om-oss om-os
            """
        ),
    ),
)
"""(reason, last parts of a path that name a list or a form). A story's own part of the path is a slug or a number."""
GALLERIES = words(
    """
    gallery galleries pictures photos picture-gallery photo-gallery fotostrecke fotostrecken bildergalerie bildergalerien
    galerie galeria galerias galleria slideshow diaporama diaporamas photogallery photogalleries fotogalerie fotogaleria
    fotogalería fotogallery fotos fotky galeri foto-galeri bildspel bildeserie billedserie kuvasarja in-pictures images
    """
)
VIDEOS = words("video videos watch mediathek videothek filmpjes filmy wideo videot videoer filmer assistir")


def segments_of(url: str) -> list[str]:
    """The path's parts, unquoted, in lower case, without "index.html"."""
    try:
        path = urlsplit(url).path
    except ValueError:
        return []
    return [unquote(part).lower() for part in path.split("/") if part and not re.fullmatch(r"index\.\w{1,10}", part)]


def host_label(url: str) -> str:
    """The first part of the host's name, in lower case."""
    try:
        return (urlsplit(url).hostname or "").partition(".")[0]
    except ValueError:
        return ""


def names_puzzle(slug: str) -> bool:
    """Whether a path's last part names a puzzle: "quick-crossword-4512090", "mots-croises-du-jour"."""
    return not PUZZLE_WORDS.isdisjoint(slug.split("-")) or any("-" in word and word in slug for word in PUZZLE_WORDS)
