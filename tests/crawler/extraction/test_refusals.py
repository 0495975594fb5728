"""Pages that are no articles, as servers send them with status 200: invented, in the shapes of many systems and languages."""

from __future__ import annotations

import base64
import gzip
import random

import pytest

from crawler.extraction import extract
from pipelines.article import Kind
from tests.table import table

HOST = "https://www.example.org"
TEASER_TEXTS = (
    "Ferry to the island will sail on Sundays again, says the harbour board",
    "Bakers on strike over the price of flour and the want of ovens",
    "School choir sings for the lighthouse keeper who never came ashore",
    "New bus lane opens, and nobody can say where it leads to",
)


def teasers(count: int, *, dated: bool = False) -> str:
    """Cards with a heading, a line of text and perhaps a time, each linked."""
    return "".join(
        f'<article class="card"><a href="/news/story-number-{n}-{n}{n}31"><h3>{TEASER_TEXTS[n % 4]}</h3></a>'
        f"<p><a href='/news/story-number-{n}-{n}{n}31'>{TEASER_TEXTS[(n + 1) % 4]}.</a></p>"
        + (f'<time datetime="2025-03-{n % 28 + 1:02}T08:00:00Z">{n % 28 + 1} March 2025</time>' if dated else "")
        + "</article>"
        for n in range(count)
    )


def ld(kind: str, **more: str) -> str:
    values = "".join(f',"{key}":"{value}"' for key, value in more.items())
    return f'<script type="application/ld+json">{{"@context":"https://schema.org","@type":"{kind}"{values}}}</script>'


def described(count: int) -> str:
    """JSON-LD of the articles behind the cards."""
    items = ",".join(
        f'{{"@type":"NewsArticle","headline":"{TEASER_TEXTS[n % 4]}","datePublished":"2025-03-0{n % 9 + 1}T08:00:00Z",'
        f'"author":{{"@type":"Person","name":"Ann Other"}},"url":"{HOST}/news/story-number-{n}-{n}{n}31"}}'
        for n in range(count)
    )
    return f'<script type="application/ld+json">[{items}]</script>'


OG = '<meta property="og:type" content="%s">'
SITE = OG % "website"
LINE = "<p>Sorry about that, and please try again from the front page, or look for it with the search above.</p>"
WP = '<body class="%s">'

FRONTS = {
    "h1 and forty teasers": ("/news/crime/", f"<h1>Crime</h1>{teasers(40)}", "section front"),
    "dated teasers": ("/sport/football/", f"{SITE}<h1>Football</h1>{teasers(40, dated=True)}", "section front"),
    "collection in JSON-LD": (
        "/lokales/",
        f"{SITE}{ld('CollectionPage')}<h1>Lokales</h1>{teasers(20, dated=True)}",
        "section front",
    ),
    "without a heading": ("/politique/", f"{SITE}<title>Politique | Le Phare</title>{teasers(30)}", "section front"),
    "data of its teasers": ("/news/crime/", f"<title>Crime</title>{described(9)}<h1>Crime</h1>{teasers(20)}", "section front"),
    "data of its teasers, dated": ("/crime", f"{SITE}{described(9)}<h1>Crime</h1>{teasers(20, dated=True)}", "section front"),
    "second page": ("/news/page/2/", f"{SITE}<h1>News</h1>{teasers(30)}", "section front"),
    "one lead story": ("/kultur/", f"{SITE}<h1>Kultur</h1><p>{TEASER_TEXTS[0]}.</p>{teasers(12)}", "section front"),
    "WordPress category": (
        "/category/farm-news/",
        WP % "archive category category-farm category-7" + f"<h1>Farm</h1>{teasers(9)}",
        "section front",
    ),
    "WordPress day": (
        "/2025/03/07/",
        WP % "archive date" + f"<h1>Day: 7 March 2025</h1>{teasers(9, dated=True)}",
        "section front",
    ),
    "WordPress front page": (
        "/welcome/",
        WP % "home blog wp-theme-x page-id-2" + f"<h1>The Paper</h1>{teasers(9)}",
        "front page",
    ),
    "front page": ("/", f"<h1>The Paper</h1>{teasers(40)}", "front page"),
}
LOST = {
    "English": ("/news/a-b-c-1234567", f"<title>Page not found | Paper</title>{LINE}", "soft 404"),
    "English, gone": ("/news/a-b-c-1234567", f"<h1>This article is no longer available</h1>{LINE}", "soft 404"),
    "English, sorry": ("/news/a-b-c-1234567", f"<h1>Sorry, we can't find that page</h1>{LINE}", "soft 404"),
    "number": ("/news/a-b-c-1234567", f"<title>404</title><h1>Oops!</h1>{LINE}", "soft 404"),
    "German": ("/lokales/a-b-c-1234567.html", f"<h1>Seite nicht gefunden</h1>{LINE}", "soft 404"),
    "German, moved": ("/lokales/a-b-c-1234567.html", "<h1>Dieser Artikel ist nicht mehr verfügbar</h1>", "soft 404"),
    "French": ("/actu/a-b-c-1234567", f"<h1>Page introuvable</h1>{LINE}", "soft 404"),
    "French, long": ("/actu/a-b-c-1234567", f"<h1>La page demandée n’existe pas</h1>{LINE}", "soft 404"),
    "Spanish": ("/noticias/a-b-c-1234567", f"<h1>Página no encontrada</h1>{LINE}", "soft 404"),
    "Italian": ("/cronaca/a-b-c-1234567", f"<h1>Pagina non trovata</h1>{LINE}", "soft 404"),
    "Portuguese": ("/noticia/a-b-c-1234567", f"<h1>Página não encontrada</h1>{LINE}", "soft 404"),
    "Dutch": ("/nieuws/a-b-c-1234567", f"<h1>Pagina niet gevonden</h1>{LINE}", "soft 404"),
    "Polish": ("/wiadomosci/a-b-c-1234567", f"<h1>Strona nie została znaleziona</h1>{LINE}", "soft 404"),
    "Swedish": ("/nyheter/a-b-c-1234567", f"<h1>Sidan kunde inte hittas</h1>{LINE}", "soft 404"),
    "Norwegian": ("/nyheter/a-b-c-1234567", f"<h1>Fant ikke siden</h1>{LINE}", "soft 404"),
    "Welsh": ("/newyddion/a-b-c-1234567", f"<h1>Nid yw'r dudalen ar gael</h1>{LINE}", "soft 404"),
    "Hungarian": ("/hirek/a-b-c-1234567", f"<h1>A keresett oldal nem található</h1>{LINE}", "soft 404"),
    "Romanian": ("/stiri/a-b-c-1234567", f"<h1>Pagina nu a fost găsită</h1>{LINE}", "soft 404"),
    "Greek": ("/nea/a-b-c-1234567", f"<h1>Η σελίδα δεν βρέθηκε</h1>{LINE}", "soft 404"),
    "WordPress": ("/a-b-c/", WP % "error404 wp-theme-x" + f"<h1>Nothing here</h1>{LINE}", "soft 404"),
}
WALLS = {
    "robots": ("/news/a-b-c-1234567", f"<title>Just a moment...</title>{LINE}", "a wall against robots"),
    "denied": ("/news/a-b-c-1234567", f"<title>Access Denied</title><h1>Access Denied</h1>{LINE}", "a wall against robots"),
    "log in": ("/news/a-b-c-1234567", f"<h1>Sign in</h1><form><input type=password></form>{LINE}", "log-in wall"),
    "please log in": ("/news/a-b-c-1234567", f"<h1>Please log in to continue reading</h1>{LINE}", "log-in wall"),
    "register": ("/news/a-b-c-1234567", f"<h1>Register to keep reading</h1>{LINE}", "log-in wall"),
    "German": ("/a/b-c-d-1234567", f"<h1>Jetzt anmelden und weiterlesen</h1>{LINE}", "log-in wall"),
    "French": ("/a/b-c-d-1234567", f"<h1>Se connecter</h1><form><input type=password></form>{LINE}", "log-in wall"),
    "Spanish": ("/a/b-c-d-1234567", f"<h1>Inicia sesión para seguir leyendo</h1>{LINE}", "log-in wall"),
    "consent": (
        "/news/a-b-c-1234567",
        "<title>Before you continue</title><h1>We value your privacy</h1><p>We and 842 partners store cookies.</p>",
        "consent page",
    ),
    "consent, German": (
        "/a/b-c-d-1234567",
        "<h1>Mit Werbung weiterlesen</h1><p>Ihre Zustimmung können Sie jederzeit widerrufen, oder Sie zahlen.</p>",
        "consent page",
    ),
    "consent, Dutch": (
        "/a/b-c-d-1234567",
        "<title>Privacy Gate</title><h1>Wij geven om je privacy</h1><p>Cookies helpen ons.</p>",
        "consent page",
    ),
    "consent, French": (
        "/a/b-c-d-1234567",
        "<h1>Le respect de votre vie privée est notre priorité</h1><p>Nous utilisons des cookies.</p>",
        "consent page",
    ),
}
OTHERS = {
    "author": (
        "/author/ann-other/",
        f"{SITE}<h1>Ann Other</h1><p>Ann writes of boats.</p>{teasers(12, dated=True)}",
        "author page",
    ),
    "author by JSON-LD": ("/by-ann-other", f"{ld('ProfilePage')}<h1>Ann Other</h1>{teasers(12)}", "author page"),
    "author, Spanish": ("/autores/ana-otra/", f"<h1>Ana Otra</h1>{teasers(12)}", "author page"),
    "author, WordPress": ("/ann/", WP % "archive author author-ann author-4" + f"<h1>Ann</h1>{teasers(12)}", "author page"),
    "tag": ("/tag/harbour/", f"{SITE}<h1>Harbour</h1>{teasers(12)}", "topic page"),
    "tag, German": ("/thema/hafen", f"<h1>Hafen</h1>{teasers(12)}", "topic page"),
    "tag, WordPress": ("/harbour/", WP % "archive tag tag-harbour tag-31" + f"<h1>Harbour</h1>{teasers(12)}", "topic page"),
    "search": ("/search/?q=harbour", f"<h1>Harbour</h1>{teasers(12)}", "search page"),
    "search, WordPress": (
        "/?s=harbour",
        WP % "search search-results" + f"<h1>Results for harbour</h1>{teasers(12)}",
        "search page",
    ),
    "search, JSON-LD": ("/find-it-here", f"{ld('SearchResultsPage')}<h1>Your results</h1>{teasers(12)}", "search page"),
    "puzzle": ("/puzzles/crossword-12/", "<h1>Crossword 12</h1><p>1 across: a river bird (4).</p>", "puzzle page"),
    "quiz": (
        "/fun/how-well-do-you-know-the-harbour",
        f"{ld('Quiz')}<h1>How well do you know it?</h1><p>Ten questions.</p>",
        "puzzle page",
    ),
    "sudoku": ("/unterhaltung/sudoku-vom-tage-4512", "<h1>Sudoku vom Tage</h1><p>Viel Glück.</p>", "puzzle page"),
    "e-paper": ("/epaper/2025-03-07/1", "<h1>Friday's paper</h1><p>Turn the page.</p>", "e-paper"),
    "weather": ("/weather/", f"{SITE}<h1>Weather</h1><p>Monday 7 degrees, rain. Tuesday 8 degrees, rain.</p>", "weather page"),
    "weather of a town": (
        "/wetter/kleinhafen",
        f"{SITE}<h1>Wetter in Kleinhafen</h1><p>Heute 7 Grad, Regen.</p>",
        "weather page",
    ),
    "horoscopes": (
        "/horoscopes",
        "<h1>Horoscopes</h1><p>Choose your sign of the twelve below, and read your day.</p>",
        "horoscope page",
    ),
    "newsletters": ("/newsletters/", "<h1>Our newsletters</h1><p>Choose yours.</p>", "account page"),
    "subscriptions": (
        "/subscribe",
        "<h1>Choose your plan</h1><p>One pound a week for the first twelve weeks.</p>",
        "account page",
    ),
    "podcasts": ("/podcasts/", f"<h1>Podcasts</h1>{teasers(8)}", "podcast page"),
    "competitions": ("/competitions", f"<h1>Win with us</h1>{teasers(8)}", "competition page"),
    "death notices": ("/obituaries/", f"<h1>Death notices</h1>{teasers(20)}", "listing of notices"),
    "what's on": ("/whats-on/", f"<h1>What's on</h1>{teasers(20)}", "listing of events"),
    "an event": (
        "/event/harbour-fair/",
        WP % "single single-tribe_events postid-99" + "<h1>Harbour fair</h1><p>Sunday, from ten.</p>",
        "listing of events",
    ),
    "jobs": ("/jobs", f"<h1>Jobs</h1>{teasers(20)}", "classified advertisement"),
    "a car": (
        "/cars/hatchback-2014-red",
        f"{ld('Vehicle')}<h1>Hatchback, red</h1><p>One careful owner.</p>",
        "classified advertisement",
    ),
    "a mug": ("/shop/paper-mug", f"{ld('Product')}<h1>The paper's mug</h1><p>Holds tea.</p>", "shop page"),
    "contact": (
        "/contact-us/",
        "<h1>Contact us</h1><p>Write to the newsroom at any time, or ring before noon.</p>",
        "page about the site",
    ),
    "imprint": (
        "/impressum",
        "<h1>Impressum</h1><p>Angaben gemäß Gesetz, mit Anschrift und Fernsprecher des Verlages.</p>",
        "page about the site",
    ),
    "privacy": (
        "/privacy-policy/",
        f"<h1>Privacy policy</h1>{'<p>We keep what you send us, for as long as we need it.</p>' * 30}",
        "page about the site",
    ),
}


@table(
    ("path", "html", "reason"),
    [
        pytest.param(*case, id=f"{sort}: {name}")
        for sort, cases in (("front", FRONTS), ("lost", LOST), ("wall", WALLS), ("other", OTHERS))
        for name, case in cases.items()
    ],
)
def test_a_page_that_is_no_article_is_refused(path: str, html: str, reason: str) -> None:
    article = extract(html, HOST + path)
    assert (article.kind, (article.reason or "")[: len(reason)]) == (Kind.NOT_ARTICLE, reason)


def test_an_article_that_describes_its_neighbours_too_is_one() -> None:
    """By its address, or by its headline where the data leaves the address out."""
    text = "".join(
        f"<p>{text}, and nobody was surprised by it but the harbour master, who was asleep.</p>" for text in TEASER_TEXTS
    )
    for path, headline in (("/news/story-number-0-0031", "Quite another heading"), ("/news/moved-99", TEASER_TEXTS[0])):
        article = extract(f"{described(9)}<article><h1>{headline}</h1>{text}</article>", HOST + path)
        assert (article.kind, article.reason) == (Kind.ARTICLE, None)


def noise(size: int, seed: int = 7) -> bytes:
    return random.Random(seed).randbytes(size)


FONT = b"\x00\x01\x00\x00\x00\x0f\x00\x80\x00\x03\x00\x70OS/2" + noise(3_000)
PICTURE = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + noise(30_000)
XMP = b"\xff\xd8\xff\xe1<x:xmpmeta><dc:title>The harbour at dawn</dc:title></x:xmpmeta>" + noise(20_000)
PDF = b"%PDF-1.4\n1 0 obj << /Title (The harbour) /Type /Catalog >> endobj\nBT (The harbour was closed on Friday.) Tj ET\n" * 40
SCRIPT = b"(function(){var a=[1,2],b={c:3};for(var i=0;i<a.length;i++){b[i]=a[i]||0;}window.d=b;})();\n" * 30
STYLE = b"body{margin:0;color:#333}.card{display:flex;padding:1em}@media print{nav{display:none}}\n" * 30
DATA = b'{"items":[{"id":1,"title":"The harbour was closed on Friday"},{"id":2,"title":"The ferry sails"}]}' * 20
DRAWING = b'<svg xmlns="http://www.w3.org/2000/svg"><title>The harbour</title><text>The harbour was closed.</text></svg>'
FEED = (
    b'<?xml version="1.0"?><rss><channel><title>Paper</title><item><title>The harbour was closed</title></item></channel></rss>'
)
BYTES = {
    "noise": noise(40_000), "little noise": noise(600), "a font": FONT, "a picture": PICTURE, "a picture with a title": XMP,
    "a document": PDF, "a script": SCRIPT, "a style sheet": STYLE, "data": DATA, "a drawing": DRAWING, "a feed": FEED,
    "packed": gzip.compress(b"<h1>The harbour</h1>" + noise(9_000)), "text in base 64": base64.b64encode(noise(9_000)),
    "a script that writes a page": b"document.write('<title>The harbour</title><h1>The harbour</h1>');" + SCRIPT,
}  # fmt: skip


@table("data", BYTES.values(), ids=BYTES)
def test_bytes_are_no_article(data: bytes) -> None:
    for before in (b"", b"<!doctype html>\n", b"<!DOCTYPE html><html><body>"):
        for content_type in (None, "text/html; charset=utf-8", "text/html; charset=iso-8859-1"):
            read = extract(before + data, f"{HOST}/news/harbour-closed-4512090", content_type=content_type)
            assert read.kind is Kind.NOT_ARTICLE


def test_a_few_broken_bytes_do_not_make_a_page_noise() -> None:
    text = "".join(
        f"<p>On day {n} the harbour stayed closed: the ferry had struck its eastern quay, the board said.</p>" for n in range(5)
    )
    page = f"<h1>The harbour is closed</h1>{text}".encode() + b"\x00\x07\xff\xfe\x1f"
    assert extract(page, f"{HOST}/news/harbour-closed-4512090").kind is Kind.ARTICLE
    wide = f"<h1>The harbour is closed</h1>{text}".encode("utf-16-le")
    assert extract(wide, f"{HOST}/news/harbour-closed-4512090").kind is Kind.ARTICLE


@table(
    ("heading", "text"),
    [
        ("Sidhuvud saknas", "Den här sidan vilar en stund. Prova igen efter lunch."),
        ("Poveznica spava", "Ova stranica danas nije ovdje. Pokušajte sutra."),
        ("Pick an edition", "Tell us where you live and we will take you there."),
        ("Hold the button", "Keep it down until the bar is full. Ref 77-ab-1"),
        ("Sivu lepää", "Palaa hetken kuluttua, kiitos."),
    ],
)
def test_the_head_of_an_article_does_not_vouch_for_a_page_that_is_headed_by_something_else(heading: str, text: str) -> None:
    head = "<title>Mill bridge shut for good | The Teme Post</title><meta property=og:type content=article>"
    named = f"{head}<meta property=og:title content='Mill bridge shut for good'>"
    url = "https://www.example.org/news/mill-bridge-shut-for-good-4410"
    assert extract(f"{named}<h1>{heading}</h1><p>{text}</p>", url).kind is Kind.NOT_ARTICLE
    assert extract(f"{named}<h1>Mill bridge shut for good</h1><p>{text}</p>", url).kind is Kind.ARTICLE
    signed = "<p class=byline>By Una Pell</p><time datetime=2025-03-07T10:00:00Z>7 March 2025, 10am</time>"
    assert extract(f"{named}<h1>{heading}</h1>{signed}<p>{text}</p>", url).kind is Kind.ARTICLE, "a new headline"
