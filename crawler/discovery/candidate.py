"""Candidates: URLs that may be fetched, with the claims of the feed, sitemap or link that lists them, as plain text and as a
time."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from enum import StrEnum
from html import unescape
from typing import Final

from pipelines.text.dates import Timestamp, parse_timestamp
from pipelines.text.urls import article_key


class SourceKind(StrEnum):
    """The kinds of sources."""

    FEED = "feed"
    SITEMAP = "sitemap"
    SECTION = "section"


@dataclass(frozen=True, slots=True)
class Candidate:
    """One URL as listed by one source. `url` is absolute http(s), without tracking parameters and fragment."""

    url: str
    source: SourceKind
    title: str | None = None
    """As claimed, plain text; never used as headline, because feeds cut and encode their titles."""
    claimed_modified: Timestamp | None = None
    """`lastmod`, Atom `updated`, JSON Feed `date_modified`; an RSS `pubDate` is no claim of modification."""
    claimed_published: Timestamp | None = None
    """RSS `pubDate`, Atom `published`, `news:publication_date`."""

    @property
    def key(self) -> str:
        """The same for all spellings of the URL."""
        return article_key(self.url)


@dataclass(frozen=True, slots=True)
class SitemapRef:
    """A child sitemap in an index."""

    url: str
    claimed_modified: Timestamp | None = None


@dataclass(frozen=True, slots=True)
class Listing:
    """The content of one source document. `problems` are one-line texts for the log: broken entries, cut documents, bombs."""

    candidates: tuple[Candidate, ...] = ()
    sitemaps: tuple[SitemapRef, ...] = ()
    problems: tuple[str, ...] = ()
    next_page: str | None = None
    """Of a section: where the list goes on."""


MAX_TITLE: Final = 500
MAX_TIME: Final = 100
MAX_PROBLEMS: Final = 50
_TAG: Final = re.compile(r"<[/!A-Za-z][^<>]{0,1000}>")


@dataclass(frozen=True, slots=True)
class FeedEntry:
    """One entry of a feed as written, not interpreted yet."""

    links: tuple[str, ...]
    """Best first; relative ones are resolved against `base`."""
    base: str
    title: str | None = None
    published: str | None = None
    modified: str | None = None


def claimed_title(text: str | None) -> str | None:
    """Plain text on one line, at most MAX_TITLE characters; None if nothing is left. Escaped tags and entities are resolved
    once more, as usual in feeds: "Tom &amp;amp; Jerry"."""
    if not text:
        return None
    plain = unescape(_TAG.sub(" ", unescape(text[: 20 * MAX_TITLE])))
    return " ".join(plain.split())[:MAX_TITLE].strip() or None


def claimed_time(text: str | None, timezone: str, source: str) -> Timestamp | None:
    """The time in a document; None if there is none or it cannot be read."""
    written = (text or "").strip()
    if not written or len(written) > MAX_TIME:
        return None
    stamp = parse_timestamp(written, timezone)
    return None if stamp is None else replace(stamp, source=source)


def problem_lines(problems: list[str]) -> tuple[str, ...]:
    """One line each, limited in length and number: they go into a log, and parts of them are untrusted."""
    lines = [" ".join(problem.split())[:300] for problem in problems[:MAX_PROBLEMS]]
    if len(problems) > MAX_PROBLEMS:
        lines.append(f"and {len(problems) - MAX_PROBLEMS} more problems")
    return tuple(lines)
