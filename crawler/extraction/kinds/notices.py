"""Whether a page is a notice of the server, its bot protection or its CMS, sent instead of the requested page.

General signs decide whether a page may be a notice at all: little text, no date and byline, no declaration that it is an
article. The wording of notices in the languages of the press is in notices.toml. A story about maintenance, queues or cookies
has a date and a byline or is long; a notice addresses its reader. Pure: of markup it knows only the names in `says_lost`.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from crawler.extraction.kinds.signs import Signs
from crawler.extraction.markup.page import Page
from pipelines.reasons import FetchReason

KINDS = (
    FetchReason.REGION_WALL,
    FetchReason.AGE_WALL,
    FetchReason.AD_BLOCK_WALL,
    FetchReason.BROWSER_NOTICE,
    FetchReason.SCRIPT_NOTICE,
    FetchReason.APP_WALL,
    FetchReason.WAITING_ROOM,
    FetchReason.RATE_LIMIT,
    FetchReason.BOT_WALL,
    FetchReason.SOFT_404,
    FetchReason.MAINTENANCE,
    FetchReason.ERROR_PAGE,
    FetchReason.SERVER_PAGE,
)
"""In order of priority: a page that matches two kinds is the first of them."""
MAX_NOTICE = 1_000
"""Maximum characters of a notice: with more text, no heading makes a page a notice."""
MAX_BARE = 700
"""Maximum characters of a notice whose heading does not say that it is one."""
MAX_INTACT = 300
"""Maximum characters of a notice on a page whose head is still the article's: a wall that replaces only the text."""
MAX_NAME = 500

_LOST_NAMES = frozenset((
    "error404", "error-404", "error_404", "page-404", "page404", "http-404", "is-404", "template-404", "not-found", "notfound",
    "page-not-found", "pagenotfound", "path-404", "system-404", "e404", "status-404", "error-page-404", "page--404",
))  # fmt: skip
"""Classes and ids that WordPress, Drupal, Joomla and hand-made templates use for the page shown instead of a missing one."""
_PART = re.compile(r"\s[-–—]+\s|\s*[|–—·•»:]\s*")
_SENTENCE_END = re.compile(r"(?<=[.!?])\s")
_NO_WORD = re.compile(r"[^\w'+]+")
_QUOTES = str.maketrans("’‘´`", "''''")


@dataclass(frozen=True, slots=True)
class Notice:
    """The wording of one kind of notice in one or several languages."""

    kind: str
    """One of `KINDS`."""
    language: str
    names: list[str]
    """Patterns of whole headings and whole parts of titles."""
    says: list[str]
    """Patterns searched for in headings, titles and short texts."""
    examples: list[str]


@dataclass(frozen=True, slots=True)
class Patterns:
    names: re.Pattern[str]
    says: re.Pattern[str]


@cache
def notices() -> tuple[Notice, ...]:
    """The notices of notices.toml."""
    text = Path(__file__).with_name("notices.toml").read_text(encoding="utf-8")
    return tuple(Notice(**one) for one in tomllib.loads(text)["notice"])


@cache
def _patterns() -> Mapping[FetchReason, Patterns]:
    """Patterns by kind, all languages together: a page does not always declare its language."""
    return {
        kind: Patterns(
            _any(one.names for one in notices() if one.kind == kind), _any(one.says for one in notices() if one.kind == kind)
        )
        for kind in KINDS
    }


def _any(lists: Iterable[list[str]]) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{pattern})" for patterns in lists for pattern in patterns))


def notice_in(*names: str, text: str = "") -> FetchReason | None:
    """The kind of notice that is found in headings and titles, or in a text. In a heading one word may be enough."""
    plain = [_plain(name) for name in names]
    parts = [_NO_WORD.sub(" ", part).strip() for name in plain for part in (name, *_PART.split(name))]
    plain.append(_plain(text))
    for kind, patterns in _patterns().items():
        if any(part and patterns.names.fullmatch(part) for part in parts) or any(map(patterns.says.search, plain)):
            return kind
    return None


def _plain(text: str) -> str:
    return " ".join(text.lower().translate(_QUOTES).split())


def notice_by_name(signs: Signs) -> FetchReason | None:
    """The kind of notice by heading, title or the class names and ids in the markup."""
    if signs.body_length > MAX_NOTICE or signs.is_dated_article or (signs.has_date and signs.has_byline):
        return None
    names = signs.headline[:MAX_NAME], signs.title[:MAX_NAME]
    kind = notice_in(*names) or (FetchReason.SOFT_404 if signs.says_lost else None)
    # "Oops!" is a heading of notices of every kind.
    return notice_in(*names, text=signs.text) if kind is FetchReason.ERROR_PAGE else kind


def notice_by_text(signs: Signs) -> FetchReason | None:
    """The kind of notice by a page's short text.

    If the head is still the article's, only the first sentence counts, because a story begins with what happened; any sentence
    counts if the printed heading is not the article's.
    """
    if signs.is_dated_article:
        first = signs.text if signs.is_renamed else _SENTENCE_END.split(signs.text, maxsplit=1)[0]
        return notice_in(text=first) if signs.body_length <= MAX_INTACT else None
    if signs.body_length > MAX_BARE or signs.is_article or signs.has_date or signs.has_byline:
        return None
    return notice_in(text=signs.text)


def says_lost(page: Page, metas: Mapping[str, list[str]]) -> bool:
    """Whether the markup says that the page is missing: by names that templates use, or by the status that a page built by
    scripts declares."""
    told = [value[0] for name in ("prerender-status-code", "status", "http-status") if (value := metas.get(name))]
    if any(value.strip().startswith(("404", "410")) for value in told):
        return True
    heading = next(iter(page.tagged("h1", "h2")), None)
    around = () if heading is None else (heading, *heading.iterancestors())
    return any(
        not _LOST_NAMES.isdisjoint(f"{element.get('class') or ''} {element.get('id') or ''}".lower().split())
        for element in (page.root, page.body, *around)
    )
