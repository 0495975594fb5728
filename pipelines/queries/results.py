"""Results of queries as frozen values, the same for the command line, the viewer, the feeds and notebooks.

Times are strings as stored: ISO 8601 in UTC with `Z`; stamps of pages may be a bare day.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from functools import cache
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from _typeshed import DataclassInstance


CHANGES = ("new", "updated", "silent", "restamped", "reverted", "restored", "paywall")
"""Kinds of change, in display order."""


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
    """The number of the earlier revision that a newer extractor reads with the same result."""
    headline_before: str | None
    date_modified_before: str | None
    """`date_modified` of the previous revision."""


@dataclass(frozen=True, slots=True)
class ArticleRecord:
    """An article, without its text."""

    article_id: int
    url: str
    site_id: str
    kind: str
    state: str
    """`live`, `suspected`, `gone` or `moved`."""
    date_published: str | None
    first_seen: str
    last_seen: str
    last_checked: str | None
    next_check: str | None
    revision_count: int


@dataclass(frozen=True, slots=True)
class RevisionTime:
    """A revision and when it was first seen."""

    revision_id: int
    number: int
    first_seen: str


@dataclass(frozen=True, slots=True)
class LastSeal:
    """The last entry of the chain that seals a revision."""

    number: int
    """Position in the chain."""
    at: str
    link: str
    """The SHA-256 of the chain up to it."""


@dataclass(frozen=True, slots=True)
class FetchRecord:
    """A fetch of an article."""

    fetched: str
    url: str
    status: int | None
    outcome: str
    reason: str | None
    reason_code: str | None
    crawl_id: int | None


@dataclass(frozen=True, slots=True)
class FormerArticle:
    """An article whose URL now leads to another."""

    url: str
    revision_count: int
    first_seen: str
    last_seen: str


@dataclass(frozen=True, slots=True)
class RevisionAddress:
    """The URL and number of a revision."""

    url: str
    """URL of its article."""
    number: int


@dataclass(frozen=True, slots=True)
class StateChange:
    """A change of an article's state."""

    at: str
    state: str
    """`live`, `suspected`, `gone` or `moved`."""
    status: int | None
    """The HTTP status that led to the change."""
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
    """A revision in the list of latest changes."""

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
    """Current state of the article."""
    revision_count: int
    story_id: int | None
    words_added: int
    words_removed: int
    cursor: str
    """The value of `before` for the page that begins after this row."""
    came: str = ""
    """A few words: the first ones added to standfirst and body, in their order. Empty for a first revision."""
    went: str = ""
    """The first removed words."""
    section: str | None = None
    authors: tuple[str, ...] = ()


Facet = tuple[str, str, int]
"""Id, name, number of hits."""
Snippet = tuple[tuple[str, bool], ...]
"""Pieces of text, each with whether it matches the search."""


@dataclass(frozen=True, slots=True)
class Hit:
    """A revision that contains the words of a search."""

    site_id: str
    site_name: str
    url: str
    article_id: int
    revision_id: int
    number: int
    change: str
    headline: str | None
    byline: str | None
    language: str | None
    first_seen: str
    latest: bool
    """Whether it is the article's latest revision."""
    snippet: Snippet
    also: tuple[RevisionTime, ...] = ()
    """The article's other revisions that contain the words, if hits are by article."""
    stands: bool = False
    """Whether the article's latest revision is this one or among `also`."""


@dataclass(frozen=True, slots=True)
class Hits:
    """The result of a search."""

    hits: tuple[Hit, ...] = ()
    """The requested hits."""
    total: int = 0
    """The number of revisions that contain the words."""
    is_more: bool = False
    """Whether there are, or may be, more than `total`."""
    ranked: str = "best"
    """`best` first (by relevance), or `newest` first (by time of recording)."""
    facets: Mapping[str, tuple[Facet, ...]] = field(default_factory=dict)
    """Facets `site` and `change`, the most frequent value first; `year` and `month`, the latest first."""
    counted: int = 0
    """The number of hits over which facets are counted: all; if `is_more`, only the newest."""
    whole: tuple[str, ...] = ()
    """Prefixes (`a*`) that were searched as whole words, because too many words begin with them."""
    articles: int = 0
    """The number of articles among the counted hits."""
    as_words: tuple[str, ...] = ()
    """Parts of the query that look like operators or filters (`OR`, `name:word`), but were searched as words."""
    unknown: tuple[str, ...] = ()
    """Sites in the query that the ledger does not have."""


@dataclass(frozen=True, slots=True)
class Takedown:
    """An article that disappeared from its site."""

    state_id: int
    article_id: int
    url: str
    site_id: str
    site_name: str
    headline: str | None
    language: str | None
    number: int | None
    """Number of the latest revision."""
    date_published: str | None
    first_seen: str
    state: str
    """`suspected` or `gone`."""
    at: str
    status: int | None
    reason: str | None
    last_answered: str | None
    """The last fetch that found it; None if that is not known."""
    missing_since: str
    restored: str | None
    """When it was back; None if it is not."""


@dataclass(frozen=True, slots=True)
class Takedowns:
    """A page of takedowns, newest first."""

    takedowns: tuple[Takedown, ...]
    older: str | None = None
    """The value of `before` for the next page; None if there is none."""
    searched: int | None = None
    """How many steps of all sites were read, if the search ended there and not at the end of the ledger."""


Value = TypeVar("Value")


def row_of(value: DataclassInstance) -> dict[str, Any]:
    """A value as a mapping of its fields, for JSON and templates; the fields' values stay as they are."""
    return {name: getattr(value, name) for name in _names(type(value))}


def value_of(kind: type[Value], row: Mapping[str, Any]) -> Value:
    """A row as one of these values; columns without a field are left out, lists become tuples."""
    found = {name: row[name] for name in _names(kind)}  # type: ignore[arg-type]
    return kind(**{name: tuple(value) if isinstance(value, list) else value for name, value in found.items()})


@cache
def _names(kind: type[DataclassInstance]) -> tuple[str, ...]:
    return tuple(one.name for one in fields(kind))
