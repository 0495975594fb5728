"""Paywalls: whether a page shows less, or more, of the same text because a wall went up or came down. Pure.

A wall that moves is no edit: nobody changed a word. What a page shows is compared as its beginning, without the notice that
stands where it breaks off ("Subscribe to read the full story").
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from pipelines.article import Article
from pipelines.text import paragraphs

MAX_NOTICES, MAX_NOTICE = 4, 240
"""Lines at the end of a page's text that may be its notice, and their length. More: last lines of a text are taken for it."""
_OFFER = re.compile(
    r"subscri|sign[ -](?:in|up)|log[ -]?in|\bregister|\bmember|premium|\bunlock|\btrial\b|\babo\b|abonn|anmeld|einlogg|"
    r"registrier|connect(?:ez|er)|inscri|suscr[ií]|inici\w+ sesi|abbon|acced|assin|prenumer|logg|tilmeld|inlogg",
    re.IGNORECASE,
)
_OBJECT = re.compile(
    r"\bread|\barticle|\bstory|\bstories|\bcontent|\baccess|\bcontinu|\balready|\bfull\b|\bunlimited|les(?:en|er)\b|artikel|weiter|"
    r"\blire\b|\bsuite\b|contenu|\bleer\b|seguir|art[ií]culo|contenido|leggere|articolo|\bler\b|artigo|läs|\blæs|\blees\b|verder",
    re.IGNORECASE,
)


def is_paywalled(before: Article, reading: Article) -> bool:
    """Whether a page shows no more than the beginning of what it said: it went behind a wall, nobody edited it.

    It must call itself paid for, or break off in a notice that does.
    """
    shown, whole = paragraphs(reading.body), paragraphs(before.body)
    text = _without_notices(shown)
    if reading.headline != before.headline or not _begins(text, whole):
        return False
    if reading.is_accessible_for_free is False:
        return len(shown) < len(whole) or len(text) < len(shown)
    return len(text) < len(shown) and len(text) < len(whole)


def is_opened(before: Article, reading: Article) -> bool:
    """Whether a page that stood behind a wall when it was last read shows the rest of its text now."""
    shown, whole = paragraphs(before.body), paragraphs(reading.body)
    text = _without_notices(shown)
    was_walled = before.is_accessible_for_free is False or len(text) < len(shown)
    is_walled = reading.is_accessible_for_free is False or len(_without_notices(whole)) < len(whole)
    return was_walled and not is_walled and reading.headline == before.headline and _begins(text, whole)


def flag_moved(before: bool | None, after: bool | None) -> bool:
    """Whether `is_accessible_for_free` says of a page that a wall went up or came down; to say nothing is to be free."""
    return (before is False) is not (after is False)


def _begins(text: Sequence[str], whole: Sequence[str]) -> bool:
    """Whether a text is the beginning of another; its last paragraph may break off."""
    if len(text) > len(whole):
        return False
    pairs = list(zip(text, whole, strict=False))
    return all(line == full for line, full in pairs[:-1]) and all(
        full.startswith(line.rstrip(" .…")) for line, full in pairs[-1:]
    )


def _without_notices(lines: Sequence[str]) -> Sequence[str]:
    """The paragraphs without what asks at their end to pay or to sign in."""
    end = len(lines)
    while end and end > len(lines) - MAX_NOTICES and _is_notice(lines[end - 1]):
        end -= 1
    return lines[:end]


def _is_notice(line: str) -> bool:
    return len(line) <= MAX_NOTICE and bool(_OFFER.search(line) and _OBJECT.search(line))
