"""What a page is: article, live blog, gallery, video, sponsored, or none of them - and then why.

Judges by the address, by what the page calls itself and by what was read from it. A page in doubt is an article.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from crawler.extraction.addresses import GALLERIES, NOT_ARTICLES, VIDEOS, names_puzzle, segments_of
from crawler.extraction.jsonld import ARTICLE_TYPES
from pipelines.article import Kind


@dataclass(frozen=True, slots=True)
class Signs:
    """What was seen of a page."""

    url: str
    types: frozenset[str]
    """JSON-LD types of the item about the page."""
    all_types: frozenset[str]
    og_type: str
    title: str
    headline: str
    section: str
    body_length: int
    pictures: int
    has_date: bool
    """Whether the page says when it was published."""
    has_byline: bool
    live_posts: int
    """Entries with a time of their own, in a part of the page named live."""
    asks_password: bool
    prose_share: float
    """Share of the page's text outside links."""


_WORDS_404 = re.compile(
    r"\b404\b|(?:page|article|story|content) (?:you .{0,40})?(?:was |is |could |can)?(?:not|no longer|"
    r"n.t) (?:be )?(?:found|available|exist)|page unavailable|seite (?:wurde )?nicht gefunden|"
    r"nicht (?:mehr )?(?:gefunden|verfügbar)|page (?:introuvable|non trouvée)|página no (?:encontrada|existe)|"
    r"pagina non trovata|página não encontrada|"
    r"pagina niet gevonden|strona nie (?:została|istnieje)|nie znaleziono strony|sidan (?:kunde inte|finns inte)|"
    r"siden (?:ble|blev|finnes) ikke|sivua ei löyty|stránka nenalezena|sayfa bulunamadı|"
    r"страница не найдена|ページが見つかり|页面不存在|페이지를 찾을",
    re.IGNORECASE,
)
_WALLED = re.compile(
    r"access (?:to this page has been )?denied|just a moment|attention required|are you (?:a )?(?:human|robot)|"
    r"pardon our interruption|verify you are|security check|captcha|"
    r"request blocked|forbidden|robot check|unusual traffic|enable javascript and cookies|you have been blocked",
    re.IGNORECASE,
)
_LOGIN = re.compile(
    r"^(?:log ?in|sign ?in|anmelden|einloggen|connexion|iniciar sesión|accedi|inloggen|zaloguj|logga in|logg inn|log ind)\b",
    re.IGNORECASE,
)
_SPONSORED = re.compile(
    r"sponsored|advertorial|advertisement|paid[- ](?:content|post|partner\w*)|partner[- ]content|"
    r"brand(?:ed)?[- ]?(?:content|studio|voice)|promoted|anzeige|publirreportaje|publireportage|"
    r"contenido patrocinado|contenu sponsorisé|native[- ]?ad\w*",
    re.IGNORECASE,
)
_MEDIA = {"videoobject", "imagegallery", "mediagallery"}
MIN_TEXT = 250
"""Characters of text that a page must have, or else a date, a byline, or its own word that it is an article."""


def kind_of(signs: Signs) -> tuple[Kind, str | None]:
    """(kind, reason); a reason only, and always, for NOT_ARTICLE."""
    reason = _refusal(signs)
    if reason:
        return Kind.NOT_ARTICLE, reason
    segments = segments_of(signs.url)
    if "liveblogposting" in signs.all_types or signs.live_posts >= 3:
        return Kind.LIVE, None
    if (
        signs.types & {"advertisercontentarticle"}
        or _SPONSORED.fullmatch(signs.section)
        or any(_SPONSORED.fullmatch(segment) for segment in segments[:-1])
    ):
        return Kind.SPONSORED, None
    if (
        signs.body_length < 1500
        and signs.pictures >= 4
        and (signs.types & {"imagegallery", "mediagallery"} or GALLERIES.intersection(segments))
    ):
        return Kind.GALLERY, None
    if signs.body_length < 300 and signs.pictures >= 5:
        return Kind.GALLERY, None
    if signs.body_length < 700 and (
        "videoobject" in signs.types or signs.og_type.startswith("video") or VIDEOS.intersection(segments[:-1])
    ):
        return Kind.VIDEO, None
    return Kind.ARTICLE, None


def _refusal(signs: Signs) -> str | None:
    """Why the page is no article, or None."""
    name = f"{signs.headline} | {signs.title}"
    if signs.body_length < 1000 and _WALLED.search(name):
        return "a wall against robots, not the page"
    if signs.body_length < 800 and _WORDS_404.search(name):
        return "soft 404: the page says that it was not found"
    if (signs.asks_password and signs.body_length < 300 and not signs.has_date) or (
        _LOGIN.match(signs.headline or signs.title) and signs.body_length < 800
    ):
        return "log-in wall"
    segments = segments_of(signs.url)
    is_article = bool(signs.types & ARTICLE_TYPES) or signs.og_type == "article"
    if not segments and not is_article:
        return "front page"
    for reason, words, longest in NOT_ARTICLES:
        if (
            words.intersection(segments)
            and not (is_article and signs.has_date)
            and (signs.body_length < longest or signs.prose_share < 0.5)
        ):
            return reason
    if not is_article and (_is_listing(signs, segments) or _names_section(signs, segments)):
        return "section front"
    is_bare = not (is_article or signs.has_date or signs.has_byline) and signs.body_length < MIN_TEXT
    if is_bare and segments and names_puzzle(segments[-1]):
        return "puzzle page"
    if is_bare and signs.og_type in ("website", "profile", "section") and signs.pictures < 4 and not signs.all_types & _MEDIA:
        return "little text, no date, no byline: not called an article by the page itself"
    empty = not signs.body_length and not signs.pictures and "videoobject" not in signs.types
    if empty and not (is_article and signs.has_date):
        return "no text" if signs.headline else "no headline and no text"
    return None


def _names_section(signs: Signs, segments: list[str]) -> bool:
    """Whether the heading is just the path's last part ("/uk-news/": "UK News"), and there is no date, byline or much text."""
    if signs.has_date or signs.has_byline or not 0 < len(segments) <= 3 or signs.body_length > 600:
        return False
    name = (signs.headline or signs.title.split("|")[0]).strip()
    return len(name.split()) <= 3 and len(name) < 25 and _letters(name) == _letters(segments[-1]) != ""


def _letters(text: str) -> str:
    return re.sub(r"[\W_]+", "", text).casefold()


def _is_listing(signs: Signs, segments: list[str]) -> bool:
    """Whether a page that does not call itself an article looks like a list of articles."""
    if signs.has_date and signs.has_byline:
        return False
    plain = not segments or not any(
        segment.count("-") > 2 or sum(map(str.isdigit, segment)) > 3 or "." in segment for segment in segments
    )
    points = 0
    points += 2 * bool(
        signs.all_types & {"collectionpage", "itemlist", "searchresultspage", "profilepage"} and not signs.types & ARTICLE_TYPES
    )
    points += signs.og_type in ("website", "profile", "section")
    points += not signs.has_date
    points += plain and len(segments) <= 2
    points += signs.prose_share < 0.35
    return points >= 4 and signs.body_length < 6000
