"""Reasons why a page is no article: an error page, a wall, a list, a game, a form, or something for sale.

Nothing that calls itself an article and says when it was published is refused for its words or its address alone: a flight may
have the number 404, and a sign may stand in a window. `Signs` are what was seen of a page, plain values; `refusal` judges them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from crawler.extraction.addresses import address_words, host_label, listings, names_puzzle, not_articles, segments_of
from crawler.extraction.jsonld import ARTICLE_TYPES
from pipelines.reasons import FetchReason


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
    lists_others: bool = False
    """Whether the articles that its data describes are other pages'."""
    is_named: bool = True
    """Whether anything on the page says what it is called: a heading, its title, its data."""
    is_code: bool = False
    """Whether its text is that of a program, a style sheet or data."""
    labels: tuple[str, ...] = ()
    """Short lines printed around the heading: a kicker above it, what stands between it and the text."""
    platform_says: FetchReason | None = None
    """Why the page is no article by its platform's own word, or None."""

    @property
    def is_article(self) -> bool:
        """Whether the page calls itself an article."""
        return bool(self.types & ARTICLE_TYPES) or self.og_type == "article"

    @property
    def is_dated_article(self) -> bool:
        """Whether it also says when it was published: walls, lists and lost pages never do both."""
        return self.is_article and self.has_date


MIN_TEXT = 250
"""Characters of text that a page must have, or else a date, a byline, or its own word that it is an article."""
MAX_NAME = 500
_LOST = re.compile(
    r"\b404\b|(?:page|article|story|content) (?:you .{0,40})?(?:was |is |could |can)?(?:not|no longer|"
    r"n.t) (?:be )?(?:found|available|exist)|page unavailable|(?:can.?t|cannot|couldn.?t|could not|unable to) (?:find|locate) "
    r"(?:that|this|the) (?:page|article|story)|"
    r"seite (?:wurde )?nicht gefunden|nicht (?:mehr )?(?:gefunden|verfügbar)|seite existiert nicht|"
    r"page (?:introuvable|non trouvée)|page .{0,30}n.(?:existe|est) (?:pas|plus)|"
    r"página no (?:encontrada|existe)|no (?:hemos encontrado|encontramos) la página|pàgina no trobada|"
    r"pagina non trovata|página não (?:foi )?encontrada|"
    r"pagina niet gevonden|pagina .{0,20}bestaat niet|strona nie (?:została|istnieje)|nie znaleziono strony|"
    r"sidan (?:kunde inte|finns inte|hittades inte)|"
    r"siden (?:ble|blev|finnes|findes) ikke|(?:fant|fandt|finner|finder) ikke siden|sivua ei löyty|stránka (?:nenalezena|nebyla)|"
    r"sayfa bulunamadı|oldal nem található|pagina nu (?:a fost găsită|există)|η σελίδα δεν|stranica nije pronađena|"
    r"nid yw.{0,20}dudalen|leathanach .{0,20}(?:aimsíodh|ar fáil)|"
    r"страниц[аы] не (?:найдена|существует)|сторінк[ау] не знайдено|страницата не|ページが見つかり|页面不存在|頁面不存在|"
    r"페이지를 찾을|الصفحة غير موجودة|העמוד לא נמצא",
    re.IGNORECASE,
)
_WALLED = re.compile(
    r"access (?:to this page has been )?denied|just a moment|attention required|are you (?:a )?(?:human|robot)|"
    r"pardon our interruption|verify you are|security check|captcha|"
    r"request blocked|forbidden|robot check|unusual traffic|enable javascript and cookies|you have been blocked|"
    r"request unsuccessful|incapsula incident",
    re.IGNORECASE,
)
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
"""schema.org types, and what a page is that bears them beside nothing of an article."""
MAX_CODE = 0.03
"""Share of the signs of code in a text: minified scripts have 8 % and more, the worst of 956 real articles 1.9 %."""
_CODE = re.compile(r"[{}\[\];=<>|\\]")
_PAGED = re.compile(r"(?:page|seite|pagina|página|p)[-=]?\d*|\d{1,4}", re.IGNORECASE)
_MEDIA = frozenset(("videoobject", "imagegallery", "mediagallery"))


def refusal(signs: Signs) -> FetchReason | None:
    """Why the page is no article, or None."""
    segments = segments_of(signs.url)
    if signs.platform_says and not (signs.is_dated_article and signs.body_length >= 1000):
        return signs.platform_says
    return _by_words(signs) or _by_address(signs, segments) or _by_shape(signs, segments)


def _by_words(signs: Signs) -> FetchReason | None:
    """What the heading and the title say."""
    if signs.asks_password and signs.body_length < 300 and not signs.has_date:
        return FetchReason.LOGIN_WALL
    if signs.is_dated_article or (signs.has_date and signs.has_byline):
        return None
    name = f"{signs.headline[:MAX_NAME]} | {signs.title[:MAX_NAME]}"
    if signs.body_length < 1000 and _WALLED.search(name):
        return FetchReason.BOT_WALL
    if signs.body_length < 800 and _LOST.search(name):
        return FetchReason.SOFT_404
    if signs.has_date or signs.has_byline:
        return None
    if signs.body_length < 800 and _LOGIN.match(signs.headline or signs.title):
        return FetchReason.LOGIN_WALL
    if signs.body_length < 1500 and _CONSENT.search(name):
        return FetchReason.CONSENT_WALL
    return None


def _by_address(signs: Signs, segments: list[str]) -> FetchReason | None:
    """What the path says."""
    if not segments and not signs.is_article:
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
    """What it calls itself for machines, and what there is on it."""
    bare = not (signs.is_article or signs.has_date or signs.has_byline)
    if bare and signs.body_length < 1500 and not signs.all_types & ARTICLE_TYPES:
        for reason, kinds in _TYPED:
            if signs.all_types & kinds:
                return reason
    if signs.lists_others and bare and (signs.body_length < MIN_TEXT or signs.prose_share < 0.35):
        return FetchReason.SECTION_FRONT
    if not signs.is_article and (_is_listing(signs, segments) or _names_section(signs, segments)):
        return FetchReason.SECTION_FRONT
    is_bare = bare and signs.body_length < MIN_TEXT
    if is_bare and segments and names_puzzle(segments[-1]):
        return FetchReason.PUZZLE_PAGE
    if is_bare and signs.og_type in ("website", "profile", "section") and signs.pictures < 4 and not signs.all_types & _MEDIA:
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
    """Whether a text is that of a program, a style sheet or data: thick with signs that prose hardly has."""
    return len(text) > 0 and len(_CODE.findall(text)) > MAX_CODE * len(text)


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
    while segments and _PAGED.fullmatch(segments[-1]):
        segments = segments[:-1]
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
