"""The news day: its stories, their events in time order, and the times of crawls that see each event separately from the next.

Stories are one TOML file each. All names, places and events are invented.

A file's name is the key of its story. Its top level is the page as first published, and every `[[event]]` is a later event, in
order: `what` names the event, `at` the time of day. All times are local time in the paper's town, on `DAY` if there is no
date. `copy` and `to` are numbers of events, counted from 0, the publication.

Four desks write them. The news desk (fire, crash, court, farm, rumour) and the council desk correct what they print, and at
times silently improve it or take it down. The town desk (museum to weather) makes small edits of the kinds that are easily
missed. The features desk has everything that is not plain news: live blog, gallery, video, advertising, syndicated copy,
addresses that change.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, time
from functools import cache
from itertools import chain
from pathlib import Path
from typing import Any

from crawler.demo.story import DAY, ZONE, DemoStory, Event, PageState, Picture, Template, at, text
from pipelines.article import Author, Kind


@cache
def stories() -> tuple[DemoStory, ...]:
    """All stories of the day, by key."""
    return tuple(read_story(file) for file in sorted(Path(__file__).parent.glob("*.toml")))


def read_story(file: Path) -> DemoStory:
    """The story in a file; raises an error if a key or a value is not valid for a page or an event."""
    page = tomllib.loads(file.read_text(encoding="utf-8"))
    told, note, paragraphs = page.pop("event", []), page.pop("note"), text(page.pop("text"))
    first = PageState(paragraphs=paragraphs, **_values(page))
    story = DemoStory.published(file.stem, first.published, note, first)
    for event in map(_values, told):
        story = _EVENTS[event.pop("what")](story, *event.pop("swaps", ()), when=event.pop("at"), **event)
    return story


def _values(table: Mapping[str, Any]) -> dict[str, Any]:
    """The values of a table, converted to those of pages and events."""
    return {key: _READERS[key](value) if key in _READERS else value for key, value in table.items()}


def _moment(value: datetime) -> datetime:
    return value.replace(tzinfo=ZONE).astimezone(UTC)


_READERS: Mapping[str, Callable[[Any], Any]] = {
    "at": time.isoformat, "until": time.isoformat, "published": _moment, "modified": _moment,
    "template": Template, "kind": Kind, "topics": tuple, "add": tuple, "changed": " ".join,
    "authors": lambda value: tuple(Author(**one) for one in value),
    "pictures": lambda value: tuple(Picture(**one) for one in value),
}  # fmt: skip
_EVENTS: Mapping[str, Callable[..., DemoStory]] = {
    "updated": DemoStory.updated, "posted": DemoStory.posted, "edited silently": DemoStory.silently,
    "restamped": DemoStory.restamped, "reverted": DemoStory.reverted, "moved": DemoStory.moved,
    "taken down": DemoStory.taken_down, "restored": DemoStory.restored, "back unchanged": DemoStory.back_unchanged,
    "cached": DemoStory.cached,
}  # fmt: skip
"""Names of events -> methods; the keys of an event are the method's parameters."""


__all__ = ["CRAWL_TIMES", "DAY", "ZONE", "at", "events", "state_at", "stories"]


@cache
def events() -> tuple[Event, ...]:
    """The events of all stories, in time order."""
    return tuple(sorted(chain.from_iterable(story.events for story in stories()), key=lambda event: (event.at, event.story)))


CRAWL_TIMES: tuple[datetime, ...] = (
    *(at(f"{minutes // 60:02}:{minutes % 60:02}") for minutes in range(6 * 60, 24 * 60, 70)),
    at("08:00", 1),
    at("16:00", 1),
    at("23:00", 1),
)
"""Every 70 minutes from 06:00 to 23:30, and three times on the Saturday, when a 404 of Friday morning is certain.

70 minutes: longer than the hour after which an old copy is trusted, and than the interval between two fetches of an article of
the day.
"""


def state_at(now: datetime) -> dict[str, PageState]:
    """The state of each story's page at a moment (aware), by story key; stories not yet published are missing."""
    return {event.story: event.page for event in events() if event.at <= now}
