"""The vocabulary of the script: what a page says, what happens to it, and methods to write both together.

Pure values. Knows no HTML, no HTTP and no clock; each event contains the page as it is afterwards, so nothing is computed
later.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import Any, Literal
from zoneinfo import ZoneInfo

from pipelines.article import Author, Kind, Outcome

DAY = date(2025, 5, 9)
"""A Friday under British Summer Time, so that a printed time misread as UTC shows immediately."""

ZONE = ZoneInfo("Europe/London")


def at(clock: str, day: int = 0) -> datetime:
    """The aware UTC instant of a local time ("08:30", "08:30:12") in the paper's town, `day` days after `DAY`."""
    local = datetime.combine(DAY + timedelta(days=day), time.fromisoformat(clock), ZONE)
    return local.astimezone(UTC)


class Template(StrEnum):
    """How a page prints its facts: which are machine-readable, and where."""

    RICH = "rich"
    """JSON-LD, meta properties and printed times, all the same."""
    WIRE = "wire"
    """Syndicated copy: JSON-LD, and labels "Published" and "Last updated" whose times a script fills in."""
    META = "meta"
    """Meta properties; the only printed time is relative and differs in every response. No update stamp until the first
    update."""
    PRINTED = "printed"
    """Only "Published 7th May 2025, 16:02 BST | Updated ...": to the minute, in local time."""
    UNDATED = "undated"
    """No time anywhere on the page."""


class EventKind(StrEnum):
    """What can happen to a story."""

    PUBLISHED = "published"
    UPDATED = "updated"
    EDITED_SILENTLY = "edited silently"
    RESTAMPED = "restamped"
    REVERTED = "reverted"
    MOVED = "moved"
    TAKEN_DOWN = "taken down"
    RESTORED = "restored"
    CACHE_SLIPPED = "cache slipped"
    """A cache in front of the paper serves an old copy for some minutes."""
    CACHE_MENDED = "cache mended"


PRODUCES: dict[EventKind, Outcome | None] = {
    EventKind.PUBLISHED: Outcome.NEW,
    EventKind.UPDATED: Outcome.UPDATED,
    EventKind.EDITED_SILENTLY: Outcome.SILENT,
    EventKind.RESTAMPED: Outcome.RESTAMPED,
    EventKind.REVERTED: Outcome.REVERTED,
    EventKind.MOVED: None,
    EventKind.TAKEN_DOWN: None,
    EventKind.RESTORED: Outcome.RESTORED,
    EventKind.CACHE_SLIPPED: None,
    EventKind.CACHE_MENDED: None,
}
"""The kind of revision each event must leave in a ledger. A restoration that brings back the same text leaves none."""


@dataclass(frozen=True, slots=True)
class Picture:
    """One picture. The template decides how caption and credit are printed together."""

    name: str
    alt: str
    caption: str
    credit: str


@dataclass(frozen=True, slots=True)
class Post:
    """One entry of a live blog."""

    posted: datetime
    heading: str
    text: str


@dataclass(frozen=True, slots=True)
class PageState:
    """What the address of one story answers at one moment."""

    path: str
    headline: str
    standfirst: str
    byline: str
    authors: tuple[Author, ...]
    """The persons that the byline names."""
    paragraphs: tuple[str, ...]
    """Plain text; "## " begins a sub-heading, "> " a block quotation."""
    published: datetime
    section: str
    """The name of a section front: "News", "UK News", ..."""
    modified: datetime | None = None
    """The page's update stamp, to the second; None if it has none yet."""
    listed_modified: datetime | None = None
    """`lastmod` of sitemap and feed; None means `modified`, or without that `published`."""
    template: Template = Template.RICH
    kind: Kind = Kind.ARTICLE
    pictures: tuple[Picture, ...] = ()
    posts: tuple[Post, ...] = ()
    """Newest first, as a live blog prints them."""
    topics: tuple[str, ...] = ()
    amp_path: str | None = None
    former_paths: tuple[str, ...] = ()
    """Addresses that redirect to this one (301)."""
    status: int = 200
    """200, or 404 or 410 while the story is down."""
    listed: bool = True
    """Whether sitemap, feed and fronts name it."""

    @property
    def body(self) -> str:
        """The paragraphs in a ledger's form, separated by blank lines; a live blog's posts after its introduction."""
        lines = [line.removeprefix("## ").removeprefix("> ") for line in self.paragraphs]
        for post in self.posts:
            lines += [post.heading, post.text]
        return "\n\n".join(lines)

    @property
    def lastmod(self) -> datetime:
        return self.listed_modified or self.modified or self.published

    @property
    def shown_published(self) -> datetime | None:
        """The first publication, as precisely as the page shows it."""
        return self._shown(self.published)

    @property
    def shown_modified(self) -> datetime | None:
        """The last update, as precisely as the page shows it."""
        return self._shown(self.modified)

    def _shown(self, moment: datetime | None) -> datetime | None:
        if moment is None or self.template is Template.UNDATED:
            return None
        return moment.replace(second=0) if self.template is Template.PRINTED else moment


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happens to one story, and its page from then on."""

    at: datetime
    story: str
    what: EventKind
    note: str
    page: PageState
    change: Outcome | None
    """The kind of revision that a ledger must record for it; None: it must record none."""
    changed: tuple[str, ...] = ()
    """The `changed_fields` of that revision, sorted."""


@dataclass(frozen=True, slots=True)
class DemoStory:
    """A story, written event by event. Every method returns a new `DemoStory`.

    `when` is the time of day in the paper's town; `swaps` are pairs (old text, new text), each found exactly once in the
    page's paragraphs; `changed` names the content fields that the event changes, separated by spaces. The change of the stamp
    is added to them.
    """

    key: str
    events: tuple[Event, ...]

    @classmethod
    def published(cls, key: str, moment: datetime, note: str, page: PageState) -> DemoStory:
        return cls(key, (Event(moment, key, EventKind.PUBLISHED, note, page, Outcome.NEW),))

    @property
    def page(self) -> PageState:
        return self.events[-1].page

    def updated(self, *swaps: tuple[str, str], when: str, note: str, changed: str, **fields: Any) -> DemoStory:
        """An open edit: the text differs and the stamp says so."""
        page = edited(self.page, *swaps, modified=at(when), **fields)
        return self._with_event(EventKind.UPDATED, when, note, page, changed)

    def posted(self, *, when: str, note: str, changed: str, heading: str, text: str, **fields: Any) -> DemoStory:
        """A new post at the top of a live blog."""
        posts = (Post(at(when), heading, text), *self.page.posts)
        return self.updated(when=when, note=note, changed=changed, posts=posts, **fields)

    def silently(self, *swaps: tuple[str, str], when: str, note: str, changed: str, **fields: Any) -> DemoStory:
        """An edit that no stamp, sitemap or feed shows."""
        return self._with_event(EventKind.EDITED_SILENTLY, when, note, edited(self.page, *swaps, **fields), changed)

    def restamped(self, *, when: str, note: str) -> DemoStory:
        """A newer stamp on the same text."""
        return self._with_event(EventKind.RESTAMPED, when, note, edited(self.page, modified=at(when)), "")

    def reverted(self, *, when: str, note: str, changed: str, to: int, stamp: Literal["newer", "same", "old"]) -> DemoStory:
        """Back to the text of event `to`, with a newer stamp, the present stamp, or the stamp of that event."""
        old = self.events[to].page
        modified = {"newer": at(when), "same": self.page.modified, "old": old.modified}[stamp]
        page = replace(old, modified=modified, path=self.page.path, former_paths=self.page.former_paths)
        return self._with_event(EventKind.REVERTED, when, note, page, changed)

    def moved(self, *, when: str, note: str, path: str) -> DemoStory:
        """A new address for the same text; the old one redirects."""
        return self._with_event(EventKind.MOVED, when, note, edited(self.page, path=path), None)

    def taken_down(self, *, when: str, note: str, status: int, listed: bool = False) -> DemoStory:
        return self._with_event(EventKind.TAKEN_DOWN, when, note, edited(self.page, status=status, listed=listed), None)

    def restored(self, *swaps: tuple[str, str], when: str, note: str, changed: str, **fields: Any) -> DemoStory:
        """Back with another text and a newer stamp."""
        page = edited(self.page, *swaps, status=200, listed=True, modified=at(when), **fields)
        return self._with_event(EventKind.RESTORED, when, note, page, changed)

    def back_unchanged(self, *, when: str, note: str, touched: bool) -> DemoStory:
        """Back without a change. `touched`: the sitemap shows the return as a modification, the page does not."""
        listed_modified = at(when) if touched else self.page.listed_modified
        page = edited(self.page, status=200, listed=True, listed_modified=listed_modified)
        return self._with_event(EventKind.RESTORED, when, note, page, None)

    def cached(self, *, when: str, until: str, note: str, copy: int) -> DemoStory:
        """From `when` to `until` a cache answers with the page of event `copy`, including its stamp."""
        slipped = self._with_event(EventKind.CACHE_SLIPPED, when, note, self.events[copy].page, None)
        return slipped._with_event(EventKind.CACHE_MENDED, until, "the present copy is served again", self.page, None)

    def _with_event(self, what: EventKind, when: str, note: str, page: PageState, changed: str | None) -> DemoStory:
        """Add an event; `changed` None: the ledger must record no revision."""
        change = None if changed is None else PRODUCES[what]
        fields = set((changed or "").split())
        if change and page.shown_modified != self.page.shown_modified:
            fields.add("date_modified")
        return DemoStory(self.key, (*self.events, Event(at(when), self.key, what, note, page, change, tuple(sorted(fields)))))


def text(block: str) -> tuple[str, ...]:
    """The paragraphs of a wrapped text: blank lines separate them, other white space joins words."""
    return tuple(" ".join(paragraph.split()) for paragraph in block.split("\n\n"))


def edited(page: PageState, *swaps: tuple[str, str], add: tuple[str, ...] = (), **fields: Any) -> PageState:
    """The page with texts swapped, paragraphs added at the end, and other fields replaced; a former address redirects.

    Raises `ValueError` if the old text of a swap does not occur exactly once: the script would describe an edit that did not
    happen.
    """
    body = "\n".join(page.paragraphs)
    for old, new in swaps:
        if body.count(old) != 1:
            raise ValueError(f"{page.path}: {old!r} occurs {body.count(old)} times, not once")
        body = body.replace(old, new)
    former = (page.path,) if fields.get("path", page.path) != page.path else ()
    return replace(page, paragraphs=(*body.split("\n"), *add), former_paths=(*page.former_paths, *former), **fields)
