"""The news day: its stories, their events in time order, and the moments at which a crawl sees each event apart from the next.

Stories are one TOML file each, read strictly. All names, places and events are invented.

A file's name is the key of its story. Its top level is the page as it is first published, and every `[[event]]` is what happens
to it afterwards, in order: `what` names the event, `at` the time of day. All times are wall clock in the paper's town, on
`DAY` where there is no date. `copy` and `to` count events from 0, the publication.

Four desks write them. The news desk (fire, crash, court, farm, rumour) and the council desk correct what they print, and at
times quietly make it better or take it away. The town desk (museum to weather) makes small edits of the kinds that are easily
missed. The features desk has all that is not plain news: live blog, gallery, video, advertising, syndicated copy, addresses
that change.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, time
from functools import cache
from itertools import chain
from pathlib import Path
from typing import Any

from crawler.demo.story import DAY, ZONE, DemoStory, Event, PageState, Picture, Template, at, text
from pipelines.article import Author, Kind
from pipelines.text.toml_lines import Reader, Table, is_text, list_of, read_tables


@cache
def stories() -> tuple[DemoStory, ...]:
    """All stories of the day, by key."""
    return tuple(read_story(file) for file in sorted(Path(__file__).parent.glob("*.toml")))


def read_story(file: Path) -> DemoStory:
    """A file that tells no story raises `TomlError`."""
    top, events = read_tables(file, "event")
    page = top.read(_PAGE, needed=["note", "path", "published", "section", "headline", "standfirst", "byline", "authors", "text"])
    note, page["paragraphs"] = page.pop("note"), page.pop("text")
    story = DemoStory.published(file.stem, page["published"], note, PageState(**page))
    for event in events:
        story = _with_event(story, event)
    return story


def _with_event(story: DemoStory, table: Table) -> DemoStory:
    what = str(table.values.get("what"))
    if what not in _EVENTS:
        raise table.error(f"must be one of {', '.join(_EVENTS)}, not {what!r}", "what")
    needed, others = _EVENTS[what]
    found = table.read({key: _EVENT[key] for key in f"what at note {needed} {others}".split()}, f"at note {needed}".split())
    try:
        return _told(story, found.pop("what"), found.pop("at"), found.pop("note"), found)
    except (ValueError, LookupError) as error:
        raise table.error(str(error), what) from error


def _told(story: DemoStory, what: str, when: str, note: str, found: dict[str, Any]) -> DemoStory:
    """The story with one event more; `found` has the keys that `_EVENTS` gives to `what`."""
    changed, swaps = " ".join(found.pop("changed", ())), found.pop("swaps", ())
    match what:
        case "updated":
            return story.updated(when, note, changed, *swaps, **found)
        case "posted":
            return story.posted(when, note, found.pop("heading"), found.pop("text"), changed=changed, **found)
        case "edited silently":
            return story.silently(when, note, changed, *swaps, **found)
        case "restored":
            return story.restored(when, note, changed, *swaps, **found)
        case "reverted":
            return story.reverted(when, note, changed, **found)
        case "restamped":
            return story.restamped(when, note)
        case "moved":
            return story.moved(when, note, **found)
        case "taken down":
            return story.taken_down(when, note, **found)
        case "back unchanged":
            return story.back_unchanged(when, note, **found)
        case _:
            return story.cached(when, found.pop("until"), note, **found)


def _is(kind: type) -> Reader:
    def read(value: Any) -> Any:
        if type(value) is not kind:
            raise ValueError(f"must be of type {kind.__name__}, not {value!r}")
        return value

    return read


_flag, _number = _is(bool), _is(int)


def _moment(value: Any) -> datetime:
    if type(value) is not datetime or value.tzinfo is not None:
        raise ValueError(f"must be a date and a time without a zone, not {value!r}")
    return value.replace(tzinfo=ZONE).astimezone(UTC)


def _clock(value: Any) -> str:
    if type(value) is not time:
        raise ValueError(f"must be a time of day, not {value!r}")
    return value.isoformat()


def _record(kind: type) -> Reader:
    """A value of a dataclass whose fields are all text."""

    def read(value: Any) -> Any:
        if type(value) is not dict:
            raise ValueError(f"must be a table, not {value!r}")
        try:
            return kind(**{key: is_text(part) for key, part in value.items()})
        except TypeError as error:
            raise ValueError(str(error).removeprefix(f"{kind.__name__}.__init__() ")) from error

    return read


def _swap(value: Any) -> tuple[str, str]:
    match value:
        case [str(old), str(new)] if old:
            return old, new
    raise ValueError(f"must be pairs of an old and a new text, not {value!r}")


_CONTENT: Mapping[str, Reader] = {
    "headline": is_text,
    "standfirst": is_text,
    "byline": is_text,
    "authors": list_of(_record(Author)),
    "pictures": list_of(_record(Picture)),
    "path": is_text,
}
_PAGE: Mapping[str, Reader] = {
    **_CONTENT,
    "note": is_text,
    "amp_path": is_text,
    "published": _moment,
    "modified": _moment,
    "section": is_text,
    "template": Template,
    "kind": Kind,
    "topics": list_of(is_text),
    "text": lambda value: text(is_text(value)),
}
_EVENT: Mapping[str, Reader] = {
    **_CONTENT,
    "what": is_text,
    "at": _clock,
    "until": _clock,
    "note": is_text,
    "changed": list_of(is_text),
    "swaps": list_of(_swap),
    "add": list_of(is_text),
    "heading": is_text,
    "text": is_text,
    "stamp": is_text,
    "status": _number,
    "to": _number,
    "copy": _number,
    "listed": _flag,
    "touched": _flag,
}
_EDITS = "swaps add headline standfirst byline authors pictures path"
_EVENTS: Mapping[str, tuple[str, str]] = {
    "updated": ("changed", _EDITS),
    "posted": ("changed heading text", "headline standfirst"),
    "edited silently": ("changed", _EDITS),
    "restamped": ("", ""),
    "reverted": ("changed to stamp", ""),
    "moved": ("path", ""),
    "taken down": ("status", "listed"),
    "restored": ("changed", _EDITS),
    "back unchanged": ("touched", ""),
    "cached": ("until copy", ""),
}
"""What can happen -> the keys that it needs, and those that it may have, beside `what`, `at` and `note`."""


__all__ = ["CRAWL_TIMES", "DAY", "ZONE", "at", "events", "state_at", "stories"]


@cache
def events() -> tuple[Event, ...]:
    """What happens to all stories, in time order."""
    return tuple(sorted(chain.from_iterable(story.events for story in stories()), key=lambda event: (event.at, event.story)))


CRAWL_TIMES: tuple[datetime, ...] = (
    *(at(f"{minutes // 60:02}:{minutes % 60:02}") for minutes in range(6 * 60, 24 * 60, 70)),
    at("08:00", 1),
    at("16:00", 1),
    at("23:00", 1),
)
"""Every 70 minutes from 06:00 to 23:30, and three times on the Saturday, when a 404 of Friday morning is certain.

70 minutes: longer than the hour after which an old copy is believed, and than the gap between two looks at an article
of the day.
"""


def state_at(now: datetime) -> dict[str, PageState]:
    """What each story's page says at a moment (aware), by story key; stories not yet published are not there."""
    return {event.story: event.page for event in events() if event.at <= now}
