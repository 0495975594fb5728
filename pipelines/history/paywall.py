"""Paywalls: whether a page shows less, or more, of the same text because a paywall was added or removed. Pure.

A moved paywall is no edit: nobody changed a word. The page's text is compared as a beginning, without the notice
at its end ("Subscribe to read the full story").
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from pipelines.article import Article
from pipelines.text import paragraphs

MAX_NOTICES, MAX_NOTICE, MAX_HEADING = 4, 240, 80
"""Maximum number of lines at the end of a page's text that may be its notice, their length, and that of a heading among them.
More: the last lines of a text are taken for it."""
_OFFER = re.compile(
    r"subscri|sign[ -](?:in|up)|log[ -]?in|premium|abonn|anmeld|einlogg|registrier|connect(?:ez|er)|inscri|suscr[ií]|"
    r"inici\w+ sesi|abbon|acced|assin|prenumer|logg|tilmeld|inlogg|kirjaudu|předpl|subskry|zalog|abonenc|подпис|войдите|"
    r"συνδρομ|aboneli?k|اشترك|مشترك|اشتراك|تسجيل الدخول|会員|有料|購読|ログイン|订阅|会员|登录|訂閱|會員|구독|로그인|유료|"
    r"\b(?:register|member|unlock|trial\b|abo\b|tilaa)"
)
"""Searched in lower case, like the next two. A pattern whose alternatives all begin with a letter costs half."""
_OBJECT = re.compile(
    r"\bread|\barticle|\bstory|\bstories|\bcontent|\baccess|\bcontinu|\balready|\bfull\b|\bunlimited|les(?:en|er)\b|artikel|weiter|"
    r"\blire\b|\bsuite\b|contenu|\bleer\b|seguir|art[ií]culo|contenido|leggere|articolo|\bler\b|artigo|läs|\blæs|\blees\b|verder|"
    r"\bles(?:e|er|)\b|lukea|luke(?:minen|mista)|artykuł|czyta|článek|číst|читать|статьи|άρθρο|قراءة|مقال|المحتوى|haber|記事|続き|全文|文章|阅读|閱讀|기사"
)
_CONTINUES = re.compile(
    r"(?:continue|keep) reading|(?:read|see|view|unlock|access) (?:the (?:rest|remainder|full|whole|entire)|this) "
    r"(?:of (?:the|this) )?(?:article|story|content)\b|read on\b|(?:article|story|content)s? (?:is|are) "
    r"(?:only |exclusively |reserved )?(?:for|available to|reserved for) (?:\w+ )?(?:subscribers|members)|"
    r"weiter(?:zu)?lesen|(?:ganzen|vollständigen|gesamten|diesen|den) (?:artikel|text|beitrag) (?:zu )?(?:lesen|frei)|"
    r"(?:artikel|beitrag|inhalt) (?:ist )?(?:nur )?(?:für|exklusiv) (?:\w+ ){0,2}(?:abonn|mitglied)|"
    r"lire la suite|(?:suite|reste) de (?:cet|l['’]|ce)|à lire\b|continuer (?:la|votre) lecture|"
    r"réservée?s? (?:à nos|aux) (?:abonn|membre)|"
    r"(?:seguir|continuar) le(?:yendo|ndo)|continuar (?:la lectura|a ler)|leer (?:el|la|este|esta) (?:art|not)\w+ complet|"
    r"(?:exclusiv|sol)\w+ (?:para|per) (?:\w+ )?(?:suscri|assin|abbon|soci)|continua(?:re)? a leggere|"
    r"leggere (?:tutto|l['’]intero|il resto)|riservat\w+ (?:agli|ai) (?:nostri )?abbon|"
    r"(?:verder|hele artikel) (?:te )?lezen|lees verder|"
    r"(?:läs|læs|les)e?a?r? (?:vidare|videre|hela|hele|resten)|fortsätt(?:a)? (?:att )?läsa|fortsett (?:å )?lese?|fortsæt|"
    r"(?:för|for|kun for|endast för) (?:\w+ )?(?:abonnent|prenumerant)|jatka(?:a)? lukemista|vain tilaajille|czytaj dalej|"
    r"czytać dalej|dalsz\w+ (?:część|czytani)|dla (?:subskryb|prenumer|abonent)|pokračov\w+ ve čtení|pro předplat|"
    r"(?:لمتابعة|لمواصلة|لاستكمال) (?:ال)?قراءة|(?:حصري|متاح) للمشتركين|"
    r"читать (?:дальше|далее)|続きを(?:読|お読)|続きは|(?:会員|有料)(?:会員)?限定|有料(?:会員|記事)|"
    r"(?:继续|繼續)(?:阅读|閱讀)|阅读全文|閱讀全文|계속 읽|전문을? (?:읽|보)"
)


def is_paywalled(before: Article, reading: Article) -> bool:
    """Whether a page shows only the beginning of its former text: it went behind a paywall, nobody edited it.

    It must call itself paid, or end in a notice that does.
    """
    shown, whole = _text_of(reading), _text_of(before)
    text = _without_notices(shown)
    if reading.headline != before.headline or not _begins(text, whole):
        return False
    is_less = len(text) < len(whole) or _breaks_off(text, whole)
    if reading.is_accessible_for_free is False:
        return is_less or len(text) < len(shown)
    return is_less and len(text) < len(shown)


def is_opened(before: Article, reading: Article) -> bool:
    """Whether a page that was behind a paywall shows the rest of its text now."""
    shown, whole = _text_of(before), _text_of(reading)
    text = _without_notices(shown)
    was_walled = before.is_accessible_for_free is False or len(text) < len(shown)
    is_walled = reading.is_accessible_for_free is False or len(_without_notices(whole)) < len(whole)
    return was_walled and not is_walled and reading.headline == before.headline and _begins(text, whole)


@lru_cache(maxsize=1_000)  # boxes in each other have one text
def is_wall(line: str) -> bool:
    """Whether a line asks to pay or to sign in for the rest of the text above it, and not for a newsletter or a title."""
    lowered = line.lower() if len(line) <= MAX_NOTICE else ""
    return bool(_OFFER.search(lowered) and _CONTINUES.search(lowered))


def flag_moved(before: bool | None, after: bool | None) -> bool:
    """Whether `is_accessible_for_free` shows that a paywall was added or removed; a missing flag means free."""
    return (before is False) is not (after is False)


def _text_of(article: Article) -> Sequence[str]:
    """Its paragraphs without the standfirst, which is more often included in a short text than in a long one."""
    lines = paragraphs(article.body)
    return lines[1:] if lines and article.description and lines[0] == article.description else lines


def _begins(text: Sequence[str], whole: Sequence[str]) -> bool:
    """Whether a text is the beginning of another; its last paragraph may be incomplete."""
    if len(text) > len(whole):
        return False
    pairs = list(zip(text, whole, strict=False))
    return all(line == full for line, full in pairs[:-1]) and all(
        full.startswith(line.rstrip(" .…")) for line, full in pairs[-1:]
    )


def _breaks_off(text: Sequence[str], whole: Sequence[str]) -> bool:
    """Whether a text that is the beginning of another ends within a sentence: an editor who cuts it ends it properly."""
    last = text[-1] if text else ""
    return bool(last) and last != whole[len(text) - 1] and (last.endswith(("…", "...")) or last[-1].isalnum())


def _without_notices(lines: Sequence[str]) -> Sequence[str]:
    """The paragraphs without the final ones that ask to pay or to sign in."""
    end = len(lines)
    while end and end > len(lines) - MAX_NOTICES and _is_notice(lines[end - 1], is_above=end < len(lines)):
        end -= 1
    return lines[:end]


def _is_notice(line: str, *, is_above: bool) -> bool:
    """Whether a line asks to pay or to sign in; above such a line, a heading may name the offer by its brand."""
    lowered = line.lower() if len(line) <= MAX_NOTICE else ""
    is_heading = is_above and len(line) <= MAX_HEADING and _CONTINUES.search(lowered)
    return bool(is_heading or (_OFFER.search(lowered) and _OBJECT.search(lowered)))
