"""Reasons why a page is not an article: an error page, a wall, a list, a game, a form, or something for sale.

A page that calls itself an article and gives its publication date is never refused for its words or its address alone: a
story may be about flight 404 or about a sign in a window. `Signs` hold what was read from a page as plain values; `refusal`
judges them.
"""

from __future__ import annotations

import re

from crawler.extraction.declared.jsonld import ARTICLE_TYPES
from crawler.extraction.kinds.addresses import address_words, host_label, listings, names_puzzle, not_articles, segments_of
from crawler.extraction.kinds.notices import MAX_NAME, notice_by_name, notice_by_text
from crawler.extraction.kinds.signs import Signs
from pipelines.reasons import FetchReason
from pipelines.text import DENSITY

MIN_TEXT = 250
"""Minimum characters of text of a page that has no date and no byline and does not call itself an article."""
MIN_UNTOLD = 200
"""The same for a page that does not say what it is: it may be a notice in a language or in words that notices.toml lacks."""
_LOGIN = re.compile(
    r"(?:please |you (?:must|need to) )?(?:log ?in|sign ?in|register|subscribe|create (?:an|your) account)"
    r"(?: (?:to|for|or|here|now|with|using)\b| ?$| ?[|–—-])|"
    r"(?:bitte |jetzt )?(?:anmelden|einloggen|registrieren)\b|(?:se )?connect(?:er|ez-vous)\b|connexion\b|identifiez-vous|"
    r"(?:inici[ae]r?|inicie) sesión|reg[ií]str(?:ate|ese|arse)\b|accedi\b|fa(?:ça|zer) (?:o )?login|iniciar sessão|"
    r"inloggen\b|log in om|zaloguj|logga in\b|logg inn\b|log ind\b|kirjaudu\b|přihlá[sš]|bejelentkez|autentificare|"
    r"giriş yap|войти|вход\b|ログイン|登录|로그인",
    re.IGNORECASE,
)
_CONSENT = re.compile(
    r"before you continue|we (?:value|care about|respect) your (?:data )?privacy|your privacy (?:matters|choices|is important)|"
    r"privacy gate|cookie (?:consent|preferences|wall)|consent required|accept (?:all )?cookies|"
    r"mit werbung (?:weiter|nutzen|lesen)|weiter(?:lesen)? mit werbung|(?:ihre|deine) (?:privatsphäre|zustimmung|einwilligung)|"
    r"(?:brauchen|benötigen) (?:ihre|deine) zustimmung|wij geven om|jouw privacy|cookie-?(?:instellingen|toestemming)|"
    r"votre vie privée|gérer (?:mes|vos|les) cookies|(?:tu|su) privacidad|(?:la tua|vostra) privacy|"
    r"(?:twoj\w+|państwa) prywatnoś|din integritet|personvernet ditt|(?:a )?sua privacidade",
    re.IGNORECASE,
)
_TYPED = (
    (FetchReason.SEARCH_PAGE, frozenset(("searchresultspage",))),
    (FetchReason.AUTHOR_PAGE, frozenset(("profilepage",))),
    (FetchReason.ABOUT_PAGE, frozenset(("contactpage", "aboutpage"))),
    (FetchReason.PUZZLE_PAGE, frozenset(("quiz", "game"))),
    (FetchReason.CLASSIFIED, frozenset(("jobposting", "vehicle", "car", "realestatelisting", "apartment"))),
    (FetchReason.SHOP_PAGE, frozenset(("product", "checkoutpage"))),
    (FetchReason.SECTION_FRONT, frozenset(("collectionpage",))),
)
"""The reason for a page with one of these schema.org types and no sign of an article."""
MAX_CODE = 0.03
"""Minimum share of code characters in a text that is code: minified scripts have 8 % and more, the worst of 956 real articles
1.9 %."""
_CODE = "{}[];=<>|\\"
_PAGED = re.compile(r"(?:page|seite|pagina|página|p)[-=]?\d*|\d{1,4}", re.IGNORECASE)
_COLLECTIONS = frozenset(("collectionpage", "searchresultspage", "profilepage"))
MIN_LIVE = 3
MIN_INTRO = 100
"""Minimum characters outside teasers. A page with fewer, unless it is a video or gallery, has no text of its own, whatever it
calls itself."""
MIN_DEPTH, MAX_LANGUAGE = 2, 5
"""Minimum path segments of a page below a front page, and maximum letters of a language or edition: "es", "pt-br"."""
_LISTED = frozenset(("website", "profile", "section"))
"""Open Graph types of pages that are not articles."""
_MEDIA = frozenset(("videoobject", "imagegallery", "mediagallery"))


def refusal(signs: Signs) -> FetchReason | None:
    """Why the page is not an article, or None."""
    segments = segments_of(signs.url)
    is_kept = signs.is_dated_article and signs.body_length >= 1000
    if signs.platform_says is FetchReason.ABOUT_PAGE:  # WordPress's standing pages have a date and Open Graph's "article" too
        is_kept = signs.has_byline or bool(signs.types & ARTICLE_TYPES)
    if signs.platform_says and not is_kept:
        return signs.platform_says
    return _by_words(signs) or _by_address(signs, segments) or _by_shape(signs, segments)


def _by_words(signs: Signs) -> FetchReason | None:
    """The reason by heading and title."""
    if signs.asks_password and signs.body_length < 300 and not signs.has_date:
        return FetchReason.LOGIN_WALL
    notice = notice_by_name(signs)
    if notice or signs.is_dated_article or signs.has_date or signs.has_byline:
        return notice or notice_by_text(signs)
    name = f"{signs.headline[:MAX_NAME]} | {signs.title[:MAX_NAME]}"
    if signs.body_length < 800 and _LOGIN.match(signs.headline or signs.title):
        return FetchReason.LOGIN_WALL
    if signs.body_length < 1500 and _CONSENT.search(name):
        return FetchReason.CONSENT_WALL
    return notice_by_text(signs)


def _by_address(signs: Signs, segments: list[str]) -> FetchReason | None:
    """The reason by the path."""
    is_post = "?" in signs.url and signs.has_date and signs.has_byline and not signs.is_list  # "/?p=311"
    if not segments and not signs.is_article and not is_post:
        return FetchReason.FRONT_PAGE
    if signs.body_length < 500 and not signs.is_dated_article and host_label(signs.url) in address_words().e_paper_hosts:
        return FetchReason.E_PAPER
    is_signed_prose = signs.has_date and signs.has_byline and signs.prose_share >= 0.5
    for reason, words, longest in not_articles():
        if (
            words.intersection(segments)
            and not (signs.is_dated_article or is_signed_prose)
            and (signs.body_length < longest or signs.prose_share < 0.5)
        ):
            return reason
    if signs.is_dated_article or signs.has_byline or not segments:
        return None
    for reason, words in listings():
        if segments[-1] in words:
            return reason
    is_bare = signs.body_length < MIN_TEXT and not signs.has_date
    if is_bare and len(segments) <= 3 and not address_words().weather.isdisjoint(segments):
        return FetchReason.WEATHER_PAGE
    return None


def _by_shape(signs: Signs, segments: list[str]) -> FetchReason | None:
    """The reason by what the page declares itself to be, and by what is on it."""
    # A head that is still the article's proves nothing if the printed heading is another one.
    bare = not ((signs.is_article and not signs.is_renamed) or signs.has_date or signs.has_byline)
    if bare and signs.body_length < 1500 and not signs.all_types & ARTICLE_TYPES:
        for reason, kinds in _TYPED:
            if signs.all_types & kinds:
                return reason
    if signs.lists_others and bare and (signs.body_length < MIN_TEXT or signs.prose_share < 0.35):
        return FetchReason.SECTION_FRONT
    if signs.is_list and _is_front(signs, segments):
        return FetchReason.SECTION_FRONT if segments else FetchReason.FRONT_PAGE
    if not signs.is_article and (_is_listing(signs, segments) or _names_section(signs, segments)):
        return FetchReason.SECTION_FRONT
    is_bare = bare and signs.body_length < MIN_TEXT
    if is_bare and segments and names_puzzle(segments[-1]):
        return FetchReason.PUZZLE_PAGE
    is_shown = signs.pictures >= 4 or signs.all_types & _MEDIA or signs.og_type.startswith("video")
    if bare and not is_shown and not signs.live_posts and "webpage" in signs.all_types and not signs.is_renamed:
        return FetchReason.ABOUT_PAGE
    is_listed = signs.og_type in _LISTED
    is_brief = signs.body_length * (DENSITY if signs.is_dense else 1) < MIN_UNTOLD and not (signs.pictures or signs.live_posts)
    if is_bare and not is_shown and (is_listed or (is_brief and signs.body_length)):
        return FetchReason.LITTLE_TEXT
    empty = not signs.body_length and not signs.pictures and "videoobject" not in signs.types
    if empty and not signs.is_dated_article:
        return FetchReason.NO_TEXT if signs.headline else FetchReason.NO_CONTENT
    if not signs.is_named:
        return FetchReason.NO_HEADLINE
    if signs.is_code and not signs.is_dated_article:
        return FetchReason.CODE_OR_DATA
    return None


def is_code(text: str) -> bool:
    """Whether a text is a program, a style sheet or data: full of characters that are rare in prose."""
    return len(text) > 0 and sum(map(text.count, _CODE)) > MAX_CODE * len(text)


def _is_front(signs: Signs, segments: list[str]) -> bool:
    """Whether a page made of teasers is a list, and not a round-up or live page, nor a brief or video with many teasers below.

    A page is not a list if its JSON-LD describes a dated article. Open Graph's "article" with a date is enough if the path has
    a slug or a number; templates declare it on front pages too, whose paths are plain. A printed date and byline are enough if
    the page has text of its own.
    """
    if signs.live_posts >= MIN_LIVE or "liveblogposting" in signs.all_types or (signs.types & ARTICLE_TYPES and signs.has_date):
        return False
    segments = _without_page(segments)
    is_plain = _is_plain(segments)
    has_own = signs.own_length >= MIN_INTRO or signs.all_types & _MEDIA
    if signs.all_types & _COLLECTIONS or (not has_own and (is_plain or signs.og_type in _LISTED)):
        return True
    if not is_plain:
        return not signs.has_date or (signs.og_type in _LISTED and not (signs.is_article or signs.has_byline))
    if signs.is_dated_article:
        return len(segments) < MIN_DEPTH and all(len(segment) <= MAX_LANGUAGE for segment in segments)
    return not (signs.has_date and signs.has_byline and signs.own_length >= MIN_TEXT)


def _without_page(segments: list[str]) -> list[str]:
    """A path without page numbers and dates at its end: "page/3", "2026/11"."""
    while segments and _PAGED.fullmatch(segments[-1]):
        segments = segments[:-1]
    return segments


def _is_plain(segments: list[str]) -> bool:
    """Whether a path has only plain words: no slug, number or file."""
    return not any(segment.count("-") > 2 or sum(map(str.isdigit, segment)) > 3 or "." in segment for segment in segments)


def _names_section(signs: Signs, segments: list[str]) -> bool:
    """Whether the heading only repeats the path's last segment ("/uk-news/": "UK News"), without date, byline or much text."""
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
    segments = _without_page(segments)
    plain = _is_plain(segments)
    points = 0
    points += 2 * bool(
        signs.all_types & {"collectionpage", "itemlist", "searchresultspage", "profilepage"} and not signs.types & ARTICLE_TYPES
    )
    points += signs.og_type in _LISTED
    points += not signs.has_date
    points += plain and len(segments) <= 2
    points += signs.prose_share < 0.35
    return points >= 4 and signs.body_length < 6000
