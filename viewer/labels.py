"""Labels: the words that readers see for the store's codes."""

from __future__ import annotations

import re
from collections.abc import Iterable
from importlib.util import find_spec

from pipelines.diff import Op, Piece, word_pieces
from pipelines.queries.missed import MissedEdits
from pipelines.store.rows import instant_of

MAX_HEADLINE_CHARS = 500
MAX_BYLINE_CHARS, MAX_NAME_CHARS = 300, 200

CHANGES = {
    "new": "new",
    "updated": "updated",
    "silent": "edited without telling",
    "restamped": "new stamp, same text",
    "reverted": "put back",
    "restored": "back again",
    "paywall": "paywall up or down",
}
"""A kind of change -> its label."""
STATES = {
    "live": "on the site",
    "suspected": "missing, perhaps gone",
    "gone": "taken down",
    "moved": "moved to another address",
    "withdrawn": "withdrawn from this ledger",
}
OUTCOMES = {
    **CHANGES,
    "unchanged": "unchanged",
    "not_modified": "not modified (304)",
    "stale": "an old copy, from a cache",
    "reread": "read again by a newer version",
    "suspected": "missing",
    "gone": "gone",
    "moved": "has moved",
    "not_article": "no article",
    "robots": "robots.txt forbids it",
    "refused": "refused by the site",
    "reserved": "reserved against mining",
    "quarantined": "in quarantine",
    "error": "no answer",
}
"""The outcome of a fetch -> its label."""
FIELDS = {
    "headline": "headline",
    "description": "standfirst",
    "body": "text",
    "byline": "byline",
    "authors": "authors",
    "section": "section",
    "topics": "topics",
    "language": "language",
    "canonical_url": "canonical address",
    "images": "pictures",
    "kind": "kind of page",
    "date_published": "publication date",
    "date_modified": "update stamp",
    "is_accessible_for_free": "paywall",
}
FACETS = {"author": "by {}", "topic": "on “{}”", "section": "in the section “{}”"}
"""Ends of a phrase: the list of one author, topic or section."""
FILES = {"csv": "CSV", "json": "JSON", "jsonl": "JSON lines", "xlsx": "Excel"}
"""Formats of lists as files, by the ending of their address."""
ALIASES = {
    "redirect": "leads here",
    "slug": "an earlier address",
    "amp": "AMP page",
    "canonical": "named by the page",
    "short": "short address",
}


def files() -> dict[str, str]:
    """The formats of lists that this installation can make."""
    return {form: name for form, name in FILES.items() if form != "xlsx" or find_spec("xlsxwriter")}


def change(name: str) -> str:
    return CHANGES.get(name, name)


def state(name: str) -> str:
    return STATES.get(name, name)


def outcome(name: str) -> str:
    return OUTCOMES.get(name, name)


def fields(names: Iterable[str]) -> str:
    """Names of fields as a phrase: "headline, text and byline"."""
    phrases = list(dict.fromkeys(FIELDS.get(name, name.replace("_", " ")) for name in names))
    return listed(phrases)


def listed(parts: Iterable[str]) -> str:
    """Parts as a phrase: "a, b and c"."""
    *most, last = list(parts) or [""]
    return f"{', '.join(most)} and {last}" if most else last


def counted(number: int, one: str, many: str = "") -> str:
    """A number with its noun: "1 site", "1,204 sites"."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def short(number: int) -> str:
    """A number for narrow places: "940", "1.2k", "38k"."""
    return str(number) if number < 1_000 else f"{number / 1_000:.1f}k" if number < 10_000 else f"{number // 1_000}k"


def lasted(minutes: int) -> str:
    """A duration in its two largest units: "2 d 4 h"."""
    days, rest = divmod(max(0, minutes), 1440)
    hours, minutes = divmod(rest, 60)
    parts = [f"{value} {unit}" for value, unit in ((days, "d"), (hours, "h"), (minutes, "min")) if value]
    return " ".join(parts[:2]) or "0 min"


def minutes_between(start: str, end: str) -> int:
    """Whole minutes from one stored moment to another."""
    return int((instant_of(end) - instant_of(start)).total_seconds() // 60)


def missed(edits: MissedEdits | None) -> str:
    """How many edits were probably missed; "" if fewer than 0.05 are expected."""
    if edits is None or edits.expected < 0.05:
        return ""
    return f"about {edits.expected:,.1f} more may have been missed ({edits.low:,} to {edits.high:,})"


def signed(byline: str | None, names: Iterable[str]) -> tuple[tuple[str, bool], ...]:
    """A byline in pieces, each with whether it is the name of one of the authors; without a byline, the authors' names."""
    authors = [name for name in dict.fromkeys(names) if 0 < len(name) <= MAX_NAME_CHARS]
    if not byline:
        byline = ", ".join(authors)
    if not authors:
        return ((byline, False),) if byline else ()
    parts = re.split(f"({'|'.join(map(re.escape, sorted(authors, key=len, reverse=True)))})", byline[:MAX_BYLINE_CHARS])
    return tuple((part, part in authors) for part in parts if part)


def headline_pieces(before: str | None, after: str | None) -> tuple[Piece, ...]:
    """A headline in pieces: what was added and removed, if there was another headline before."""
    one, other = (before or "")[:MAX_HEADLINE_CHARS], (after or "")[:MAX_HEADLINE_CHARS]
    return tuple(word_pieces(one, other)) if one else (Piece(Op.SAME, other or "(no headline)"),)
