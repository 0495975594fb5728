"""What queries of the ledger give: frozen values, the same for the command line, the viewer, the feeds and notebooks.

Times are strings as the store has them: ISO 8601 in UTC with `Z`; stamps of pages may be a bare day.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from functools import cache
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from _typeshed import DataclassInstance


CHANGES = ("new", "updated", "silent", "restamped", "reverted", "restored", "paywall")
"""Kinds of change, in the order in which they are shown."""


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
class ArticleRecord:
    """An article, without what it said."""

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
    """In the chain."""
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
    """An article whose address leads to another now."""

    url: str
    revision_count: int
    first_seen: str
    last_seen: str


@dataclass(frozen=True, slots=True)
class RevisionAddress:
    """Where a revision is."""

    url: str
    """Of its article."""
    number: int


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
    came: str = ""
    """The first words that came into standfirst and body, in their order; a glimpse. Empty for a first revision."""
    went: str = ""
    """The first words that went."""
    section: str | None = None
    authors: tuple[str, ...] = ()


Facet = tuple[str, str, int]
"""Id, name, how many."""
Snippet = tuple[tuple[str, bool], ...]
"""Pieces of text, each with whether it is what was searched for."""


@dataclass(frozen=True, slots=True)
class Hit:
    """A revision that holds the words of a search."""

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
    """The article's other revisions that hold the words, where hits are by article."""
    stands: bool = False
    """Whether the article's latest revision is this one or among the others."""


@dataclass(frozen=True, slots=True)
class Hits:
    """What a search found."""

    hits: tuple[Hit, ...] = ()
    """Those asked for."""
    total: int = 0
    """How many revisions hold the words."""
    is_more: bool = False
    """Whether there are, or may be, more than `total`."""
    ranked: str = "best"
    """`best` first (by relevance), or `newest` first, by the time of recording."""
    facets: Mapping[str, tuple[Facet, ...]] = field(default_factory=dict)
    """Of `site` and `change`, the most first; of `year` and `month`, the latest first."""
    counted: int = 0
    """Over how many hits facets are counted: all, or where `is_more` the newest so many."""
    whole: tuple[str, ...] = ()
    """Beginnings (`a*`) that were taken as whole words, because too much begins so."""
    articles: int = 0
    """How many articles the hits are of, among those that are counted."""
    as_words: tuple[str, ...] = ()
    """What looks like more than words (`OR`, `name:word`), and was taken as words."""
    unknown: tuple[str, ...] = ()
    """Sites that were asked for and are none of the ledger's."""


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
    older: str | None = None
    """The value of `before` that asks for the next page; None where there is none."""
    searched: int | None = None
    """How many steps of all sites were read, where that was the end of the search and not the ledger's."""


Value = TypeVar("Value")


def row_of(value: DataclassInstance) -> dict[str, Any]:
    """A value as a mapping of its fields, for JSON and templates; what the fields hold stays as it is."""
    return {name: getattr(value, name) for name in _names(type(value))}


def value_of(kind: type[Value], row: Mapping[str, Any]) -> Value:
    """A row as one of these values; columns that the value does not have are left out, lists become tuples."""
    found = {name: row[name] for name in _names(kind)}  # type: ignore[arg-type]
    return kind(**{name: tuple(value) if isinstance(value, list) else value for name, value in found.items()})


@cache
def _names(kind: type[DataclassInstance]) -> tuple[str, ...]:
    return tuple(one.name for one in fields(kind))
