"""The words that sites put on elements, sorted by what they say; read by `roles`.

Plain data. English is the web's own language for class names, so it serves sites of every language; words of other
languages stand beside it where sites use them.
"""

from __future__ import annotations


def words(text: str) -> frozenset[str]:
    """The words of a text."""
    return frozenset(text.split())


ELSEWHERE = words(
    """
    ad adbox ads adslot adunit advert advertisement advertising adverts affiliate anzeige app artikelempfehlung
    banner breaking card cards collections consent cookie cookies crosslink crosslinks dfp donate donation donations
    dropdown empfehlungen feedback footer horoscope hovercard inlinelinks interstitial latest leermas linkbox
    linklist lireaussi login menu modal morefrom mostread nav navigation newsletter newsletters next outbrain
    overlay pager pagination paging plista poll popular popup prev previous promo promobox promos promoted promotion
    pubblicita publicidad publicite quiz rail readalso readmore recirc recirculation recommend recommendation
    recommendations recommended register registration reklam reklama related relatedlinks relateds relation seealso
    shop shopping sidebar signin signup similar sponsor sponsored sponsors subscribe subscribes subscription
    suggested suggestions survey taboola teaser teaserlist teasers toc tooltip trending upnext verwandt verwandte
    weather weitere werbung whatsapp widget
    """
)
"""Other articles, advertising, the frame of the site."""

META = words(
    """
    alert also auteur author authors autor autoren autores bio breadcrumb breadcrumbs byline caption captions
    bildbeschreibung bildunterschrift compartir condividi imagedescription photodescription copyright credit credits
    dateline disclaimer email factbox figcaption follow infobox journalist jwplayer keywords kicker lightbox lire
    mehr notice partager placeholder player print pubdate pull pullquote rating ratings reporter reporters share
    sharebar shares sharing signature skip social socials subline tag taglist tags ticker timestamp tip tips toolbar
    topics
    """
)
"""Lines about the article that are not its text."""

WEAK = words(
    """
    alert also app banner breaking card cards collection collections interstitial journalist kicker latest mehr more
    next notice notification placeholder player poll popular prev previous print pull quiz rail relation reporter
    reporters skip subline tip tips toc trending weather weitere widget
    """
)
"""Those of both that also name harmless boxes."""

COMMENTS = words(
    """
    comentarii comentarios comment commentaires commenti commentlist comments coral disqus kommentar kommentare
    livefyre reactions replies respond spotim viafoura yorumlar
    """
)

HIDDEN = words(
    """
    assistivetext displaynone dnone offscreen screenreader screenreaderonly screenreadertext sronly visuallyhidden
    """
)

TOOLTIP = words(
    """
    dropdown flyout hovercard popover popup rollover tooltip tooltips
    """
)

CAPTION = words(
    """
    bildbeschreibung bildtext bildunterschrift imagedescription imagetext photodescription caption captions cutline
    didascalia figcaption imagecaption legend legende leyenda photocaption pie wp-caption-text
    """
)

PICTURE = words(
    """
    bild figure foto fotos gallery hmedia image imagem imagen images img imgbox immagine media mediablock mediacon
    mediainfo photo photos picture slideshow wpcaption zdjecie
    """
)

CREDIT = words(
    """
    copyright credit credits fotograf imagecredit photocredit photographer quelle rights
    """
)

BYLINE = words(
    """
    articleauthor auteur auteurs author authorinfo authorline authorlink authorname authornames authors autor
    autore autoren autores byline bylines contributor contributors creator firma journalist newsauthor
    postauthor redakteur reporter signature storyauthor verfasser writer
    """
)

TIME = words(
    """
    data date dateline dates datetime datum fecha heure modified posted pubdate publication publish published time
    times timestamp updated zeit
    """
)

MODIFIED = words(
    """
    datemodified dateupdated lastmod lastmodified modified update updated
    """
)

STANDFIRST = words(
    """
    abstract articledescription bajada chapeau chapo copete deck dek einleitung entradilla excerpt ingress intro introduction
    lead leadin leadtext lede lid linea manchet occhiello perex sommario sottotitolo spot standfirst strapline
    subdeck subhead subheading subheadline subline subtitle subtitulo sumario summary teaser untertitel volanta
    vorspann
    """
)

LEAD = words("lead lede leadtext leadin intro introduction ingress manchet lid teaser summary spot abstract perex")
"""Those of STANDFIRST that as often name the first paragraph of the text."""

TAGS = words(
    """
    etiquetas keywords schlagworte tag tagcloud taglist tags temas themen topic topics
    """
)

SECTION = words(
    """
    breadcrumb breadcrumbs category channel kicker ressort rubrik rubrique seccion section
    """
)

HEADLINE = words(
    """
    header heading headline titel title titolo titre titulo
    """
)

LIVE = words(
    """
    directo live liveblog liveevent livefeed livepost liveticker ticker
    """
)

FURNITURE_PARTS = ("teaser", "newsletter", "relatedp", "relatedb", "relatedc", "relatedn", "relateds", "recommend", "advert")
"""Parts of joined words that name furniture: manualteasershorttext, relatedbroadcast, artikelteaser."""

PICTURE_ENDINGS = ("image", "photo", "picture", "bild", "foto", "imagecontainer", "imagewrapper", "imageblock")
"""Endings of joined words that name a picture: contentimage, articlephoto."""
