"""Results of queries about stories: frozen values. Times are strings as in the store."""

from __future__ import annotations

from dataclasses import dataclass


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
    """The value of `before` for the rows after this one."""


@dataclass(frozen=True, slots=True)
class StoryMember:
    """An article that carries a story."""

    story_id: int
    article_id: int
    url: str
    site_id: str
    site_name: str
    headline: str | None
    byline: str | None
    first_seen: str
    date_published: str | None
    revision_count: int
    last_changed: str | None
    shared: float | None
    """The part of the shorter text, of this one and the source's, that is in the other."""
    kept: float | None
    """The part of the source's text that is in this one."""
    words: int | None
    agency: str | None
    agency_is: str | None
    state: str
    is_source: bool
    changed_fields: tuple[str, ...]
    """All fields that the article's edits changed."""


@dataclass(frozen=True, slots=True)
class Story:
    """A story and the articles that carry it."""

    head: StoryHead
    members: tuple[StoryMember, ...]
    """The source first, then by the time of the first fetch, at most 500."""


@dataclass(frozen=True, slots=True)
class StoryOfArticle:
    """The story that an article carries."""

    head: StoryHead
    shared: float | None
    """As in `StoryMember`."""
    is_source: bool


@dataclass(frozen=True, slots=True)
class HeadlineChange:
    """An edit of a headline."""

    article_id: int
    url: str
    number: int
    """Of the revision."""
    change: str
    headline_before: str | None
    headline_after: str | None
    not_before: str | None
    first_seen: str
