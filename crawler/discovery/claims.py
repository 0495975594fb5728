"""Claims: what a feed, sitemap or link says of an article, as short plain text and as a time."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from html import unescape
from typing import Final

from pipelines.text.dates import Timestamp, parse_timestamp

MAX_TITLE: Final = 500
MAX_TIME: Final = 100
MAX_PROBLEMS: Final = 50
_TAG: Final = re.compile(r"<[/!A-Za-z][^<>]{0,1000}>")


@dataclass(frozen=True, slots=True)
class FeedEntry:
    """One entry of a feed as written, nothing of it read yet."""

    links: tuple[str, ...]
    """Best first; relative ones belong to `base`."""
    base: str
    title: str | None = None
    published: str | None = None
    modified: str | None = None


def claimed_title(text: str | None) -> str | None:
    """Plain text on one line, at most MAX_TITLE characters; None where nothing is left. Tags and entities that were
    escaped into it are resolved once, as feeds have it: "Tom &amp;amp; Jerry"."""
    if not text:
        return None
    plain = unescape(_TAG.sub(" ", unescape(text[: 20 * MAX_TITLE])))
    return " ".join(plain.split())[:MAX_TITLE].strip() or None


def claimed_time(text: str | None, timezone: str, source: str) -> Timestamp | None:
    """The time a document gives; None where it gives none or none that can be read."""
    written = (text or "").strip()
    if not written or len(written) > MAX_TIME:
        return None
    stamp = parse_timestamp(written, timezone)
    return None if stamp is None else replace(stamp, source=source)


def problem_lines(problems: list[str]) -> tuple[str, ...]:
    """One line each, bounded in length and number: they go into a log, and strangers wrote parts of them."""
    lines = [" ".join(problem.split())[:300] for problem in problems[:MAX_PROBLEMS]]
    if len(problems) > MAX_PROBLEMS:
        lines.append(f"and {len(problems) - MAX_PROBLEMS} more problems")
    return tuple(lines)
