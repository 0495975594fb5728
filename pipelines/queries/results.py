"""What queries of the ledger give: frozen values, the same for the command line, the viewer, the feeds and notebooks.

Times are strings as the store has them: ISO 8601 in UTC with `Z`; stamps of pages may be a bare day.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any, TypeVar

from pipelines.queries.health import Finding, Vitals, is_ill


@dataclass(frozen=True, slots=True)
class Revision:
    """One stored state of an article, without its body."""

    revision_id: int
    number: int
    """1 for the first."""
    change: str
    """`new`, `updated`, `silent`, `restamped`, `reverted` or `restored`."""
    changed_fields: tuple[str, ...]
    headline: str | None
    description: str | None
    byline: str | None
    """As printed."""
    section: str | None
    language: str | None
    date_published: str | None
    date_published_raw: str | None
    date_modified: str | None
    date_modified_raw: str | None
    not_before: str | None
    """When the previous state was last seen: the edit happened between this and `first_seen`. None for the first revision."""
    first_seen: str
    last_seen: str
    content_hash: str
    payload_hash: str | None
    extractor: str
    crawl_id: int | None
    warc_file: str | None
    warc_offset: int | None
    reverted_to: int | None
    """The number of the earlier revision whose text came back."""
    reads_as: int | None
    """The number of the earlier revision that a newer extractor reads the same."""
    headline_before: str | None
    date_modified_before: str | None
    """Of the revision before."""


@dataclass(frozen=True, slots=True)
class RevisionAddress:
    """Where a revision is."""

    url: str
    """Of its article."""
    number: int


@dataclass(frozen=True, slots=True)
class CrawlStateChange:
    """A step of an article's state that a crawl led to."""

    url: str
    state: str
    reason: str | None


@dataclass(frozen=True, slots=True)
class StateChange:
    """A step of an article's state."""

    at: str
    state: str
    """`live`, `suspected`, `gone` or `moved`."""
    status: int | None
    """The HTTP status that led to the step."""
    reason: str | None


@dataclass(frozen=True, slots=True)
class Alias:
    """Another URL that leads to an article."""

    url: str
    reason: str
    """`redirect`, `amp`, `slug`, `canonical` ..."""
    first_seen: str


@dataclass(frozen=True, slots=True)
class Change:
    """A revision in the list of what changed last."""

    revision_id: int
    article_id: int
    url: str
    site_id: str
    site_name: str
    region: str | None
    country: str | None
    number: int
    change: str
    changed_fields: tuple[str, ...]
    headline: str | None
    headline_before: str | None
    byline: str | None
    language: str | None
    first_seen: str
    not_before: str | None
    date_published: str | None
    date_modified: str | None
    state: str
    """Of the article, now."""
    revision_count: int
    story_id: int | None
    words_added: int
    words_removed: int
    cursor: str
    """The value of `before` that asks for what comes after this row."""


@dataclass(frozen=True, slots=True)
class Hit:
    """A revision that holds the words of a search."""

    revision_id: int
    article_id: int
    url: str
    site_id: str
    site_name: str
    number: int
    change: str
    headline: str | None
    byline: str | None
    language: str | None
    first_seen: str
    latest: bool
    """Whether it is the article's latest revision."""
    snippet: tuple[tuple[str, bool], ...]
    """Pieces of text, each with whether it is what was searched for."""


@dataclass(frozen=True, slots=True)
class Hits:
    """What a search found."""

    hits: tuple[Hit, ...]
    total: int
    """How many revisions hold the words."""
    is_more: bool
    """Whether there are, or may be, more than `total`."""
    ranked: str
    """`best` first (by relevance), or `newest` first."""
    facets: Mapping[str, tuple[tuple[str, str, int], ...]]
    """(id, name, count) by `site`, `change`, `year` and `month`."""


@dataclass(frozen=True, slots=True)
class Takedown:
    """An article that went from its site."""

    state_id: int
    article_id: int
    url: str
    site_id: str
    site_name: str
    headline: str | None
    language: str | None
    number: int | None
    """Of the latest revision."""
    date_published: str | None
    first_seen: str
    state: str
    """`suspected` or `gone`."""
    at: str
    status: int | None
    reason: str | None
    last_answered: str | None
    """The last fetch that found it; None where that is not known."""
    missing_since: str
    restored: str | None
    """When it was back; None where it is not."""


@dataclass(frozen=True, slots=True)
class Takedowns:
    """A page of takedowns, newest first."""

    takedowns: tuple[Takedown, ...]
    older: str | None
    """The value of `before` that asks for the next page; None where there is none."""


@dataclass(frozen=True, slots=True)
class StoryHead:
    """A story: the articles of several sites that carry the same copy."""

    story_id: int
    headline: str | None
    agency: str | None
    agency_is: str | None
    """How the agency is known: `named` or `implied`."""
    articles: int
    sites: int
    first_seen: str
    first_site_id: str
    source_article_id: int
    source_site_id: str
    source_url: str
    date_published: str | None
    last_changed: str | None
    edited: int
    found: str
    cursor: str
    """The value of `before` that asks for what comes after this row."""


@dataclass(frozen=True, slots=True)
class SiteHealth:
    """Whether a site is crawled and read as usual."""

    site_id: str
    vitals: Vitals
    """The figures behind the findings."""
    findings: tuple[Finding, ...]

    @property
    def is_ill(self) -> bool:
        """Whether a finding needs a person."""
        return is_ill(self.findings)


Value = TypeVar("Value")


def value_of(kind: type[Value], row: Mapping[str, Any]) -> Value:
    """A row as one of these values; columns that the value does not have are left out, lists become tuples."""
    found = {one.name: row[one.name] for one in fields(kind)}  # type: ignore[arg-type]
    return kind(**{name: tuple(value) if isinstance(value, list) else value for name, value in found.items()})
