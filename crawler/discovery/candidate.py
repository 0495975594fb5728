"""A candidate: a URL we may fetch, with what the place that named it claimed."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from pipelines.text.dates import Timestamp


class SourceKind(StrEnum):
    """The kinds of places that name articles."""

    FEED = "feed"
    SITEMAP = "sitemap"
    SECTION = "section"


@dataclass(frozen=True, slots=True)
class Candidate:
    """One URL as one source named it. `url` is absolute http(s), tracking parameters and fragment removed."""

    url: str
    source: SourceKind
    title: str | None = None
    """As claimed, plain text; never used as headline, feeds cut and code their titles."""
    claimed_modified: Timestamp | None = None
    """`lastmod`, Atom `updated`, JSON Feed `date_modified`; an RSS `pubDate` is no claim of modification."""
    claimed_published: Timestamp | None = None
    """RSS `pubDate`, Atom `published`, `news:publication_date`."""


@dataclass(frozen=True, slots=True)
class SitemapRef:
    """A child sitemap that an index names."""

    url: str
    claimed_modified: Timestamp | None = None


@dataclass(frozen=True, slots=True)
class Listing:
    """What one discovery document gave. `problems` are one-line texts for the log: broken entries, cut documents, bombs."""

    candidates: tuple[Candidate, ...] = ()
    sitemaps: tuple[SitemapRef, ...] = ()
    problems: tuple[str, ...] = ()
