"""Whether a page is a notice of the server, its shield or its content system, sent in place of the page that was asked for.

General signs decide where a notice may be seen at all: little text, no date and byline, no word of its own that it is an article.
What notices say, in the languages of the press, stands in notices.toml. A story about maintenance, queues or cookies has a date
and a byline or is long; a notice speaks to its reader. Pure: knows no markup but the names of `says_lost`.
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
"""A page that says two things is the first of them."""
MAX_NOTICE = 1_000
"""Characters of text, beyond which no heading makes a page a notice."""
MAX_BARE = 700
"""Characters of a notice whose heading does not say so."""
MAX_INTACT = 300
"""Characters of a notice in a page whose head is still the article's: a wall that a site puts in place of the text only."""
MAX_NAME = 500

_LOST_NAMES = frozenset((
    "error404", "error-404", "error_404", "page-404", "page404", "http-404", "is-404", "template-404", "not-found", "notfound",
    "page-not-found", "pagenotfound", "path-404", "system-404", "e404", "status-404", "error-page-404", "page--404",
))  # fmt: skip
"""Classes and ids that WordPress, Drupal, Joomla and hand-made templates put around what stands for a missing page."""
_PART = re.compile(r"\s[-–—]+\s|\s*[|–—·•»:]\s*")
_SENTENCE_END = re.compile(r"(?<=[.!?])\s")
_NO_WORD = re.compile(r"[^\w'+]+")
_QUOTES = str.maketrans("’‘´`", "''''")


@dataclass(frozen=True, slots=True)
class Notice:
    """What notices of one kind say in one language, or several."""

    kind: str
    """One of `KINDS`."""
    language: str
    names: list[str]
    """Patterns of whole headings and whole parts of titles."""
    says: list[str]
    """Patterns to be found in headings, titles and short texts."""
    examples: list[str]


@dataclass(frozen=True, slots=True)
class Patterns:
    names: re.Pattern[str]
    says: re.Pattern[str]


@cache
def notices() -> tuple[Notice, ...]:
    """Those of notices.toml."""
    text = Path(__file__).with_name("notices.toml").read_text(encoding="utf-8")
    return tuple(Notice(**one) for one in tomllib.loads(text)["notice"])


@cache
def _patterns() -> Mapping[FetchReason, Patterns]:
    """Of each kind, all languages together: a page does not always say which it is in."""
    return {
        kind: Patterns(
            _any(one.names for one in notices() if one.kind == kind), _any(one.says for one in notices() if one.kind == kind)
        )
        for kind in KINDS
    }


def _any(lists: Iterable[list[str]]) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{pattern})" for patterns in lists for pattern in patterns))


def notice_in(*names: str, text: str = "") -> FetchReason | None:
    """The kind of notice that headings and titles are, or a text; a heading may say it in a word."""
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
    """What notice a page is by its heading, its title or the names in its markup."""
    if signs.body_length > MAX_NOTICE or signs.is_dated_article or (signs.has_date and signs.has_byline):
        return None
    names = signs.headline[:MAX_NAME], signs.title[:MAX_NAME]
    kind = notice_in(*names) or (FetchReason.SOFT_404 if signs.says_lost else None)
    # "Oops!" stands over notices of every kind.
    return notice_in(*names, text=signs.text) if kind is FetchReason.ERROR_PAGE else kind


def notice_by_text(signs: Signs) -> FetchReason | None:
    """What notice a page is by the little text that it has.

    Where the head is still the article's, by its first sentence, or by any where the heading is not the article's: a story tells
    first what happened.
    """
    if signs.is_dated_article:
        first = signs.text if signs.is_renamed else _SENTENCE_END.split(signs.text, maxsplit=1)[0]
        return notice_in(text=first) if signs.body_length <= MAX_INTACT else None
    if signs.body_length > MAX_BARE or signs.is_article or signs.has_date or signs.has_byline:
        return None
    return notice_in(text=signs.text)


def says_lost(page: Page, metas: Mapping[str, list[str]]) -> bool:
    """Whether the markup says that the page is missing: names of templates, or the status that a page of scripts tells."""
    told = [value[0] for name in ("prerender-status-code", "status", "http-status") if (value := metas.get(name))]
    if any(value.strip().startswith(("404", "410")) for value in told):
        return True
    heading = next(iter(page.tagged("h1", "h2")), None)
    around = () if heading is None else (heading, *heading.iterancestors())
    return any(
        not _LOST_NAMES.isdisjoint(f"{element.get('class') or ''} {element.get('id') or ''}".lower().split())
        for element in (page.root, page.body, *around)
    )
