"""The stories of the news day: one TOML file each, read strictly. All names, places and events are invented.

A file's name is the key of its story. Its top level is the page as it is first published, and every `[[event]]` is what happens
to it afterwards, in order: `what` names the event, `at` the time of day. All times are wall clock in the paper's town, on
`DAY` where there is no date. `copy` and `to` count events from 0, the publication.

Four desks write them. The news desk (fire, crash, court, farm, rumour) and the council desk correct what they print, and at
times quietly make it better or take it away. The town desk (museum to weather) makes small edits of the kinds that are easily
missed. The features desk has all that is not plain news: live blog, gallery, video, advertising, syndicated copy, addresses
that change.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, time
from functools import cache
from pathlib import Path
from typing import Any

from crawler.demo.story import ZONE, PageState, Picture, Story, Template, text
from crawler.toml_lines import TableLines, find_lines
from pipelines.article import Author, Kind

Reader = Callable[[Any], Any]
"""Turns a value of TOML into one of a page or an event; ValueError says what it must be."""

_AT_LINE = re.compile(r"at line (\d+)")


class StoryError(ValueError):
    """A file tells no story. The message begins with file and line."""


@cache
def stories() -> tuple[Story, ...]:
    """All stories of the day, by key."""
    return tuple(read_story(file) for file in sorted(Path(__file__).parent.glob("*.toml")))


def read_story(file: Path) -> Story:
    source = file.read_text(encoding="utf-8")
    try:
        tables = tomllib.loads(source)
    except tomllib.TOMLDecodeError as error:
        line = _AT_LINE.search(str(error))
        raise StoryError(f"{file}:{line[1] if line else source.count(chr(10)) + 1}: {error}") from error
    top, below = find_lines(source, "event")
    events = tables.pop("event", [])
    page = _values(tables, f"{file}", top, _PAGE, needed="note path published section headline standfirst byline authors text")
    note, page["paragraphs"] = page.pop("note"), page.pop("text")
    story = Story.published(file.stem, page["published"], note, PageState(**page))
    for table, lines in zip(events, below, strict=True):
        story = _with_event(story, table, f"{file}", lines)
    return story


def _with_event(story: Story, table: Mapping[str, Any], file: str, lines: TableLines) -> Story:
    what = str(table.get("what"))
    if what not in _EVENTS:
        raise StoryError(f"{file}:{lines.of('what')}: what: must be one of {', '.join(_EVENTS)}, not {what!r}")
    needed, others = _EVENTS[what]
    readers = {key: _EVENT[key] for key in f"what at note {needed} {others}".split()}
    found = _values(table, file, lines, readers, needed=f"at note {needed}")
    try:
        return _told(story, found.pop("what"), found.pop("at"), found.pop("note"), found)
    except (ValueError, LookupError) as error:
        raise StoryError(f"{file}:{lines.line}: {what}: {error}") from error


def _told(story: Story, what: str, when: str, note: str, found: dict[str, Any]) -> Story:
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


def _values(table: Mapping[str, Any], file: str, lines: TableLines, readers: Mapping[str, Reader], needed: str) -> dict[str, Any]:
    """The values of a table by key; refuses keys that have no reader, values that theirs refuses, and what is missing."""
    missing = [key for key in needed.split() if key not in table]
    if missing:
        raise StoryError(f"{file}:{lines.line}: {missing[0]}: is missing")
    found = {}
    for key, value in table.items():
        if key not in readers:
            raise StoryError(f"{file}:{lines.of(key)}: {key}: there is no such key here")
        try:
            found[key] = readers[key](value)
        except ValueError as error:
            raise StoryError(f"{file}:{lines.of(key)}: {key}: {error}") from error
    return found


def _is(kind: type) -> Reader:
    def read(value: Any) -> Any:
        if type(value) is not kind or value == "":
            raise ValueError(f"must be a value of type {kind.__name__} that is not empty, not {value!r}")
        return value

    return read


_line, _flag, _number = _is(str), _is(bool), _is(int)


def _moment(value: Any) -> datetime:
    if type(value) is not datetime or value.tzinfo is not None:
        raise ValueError(f"must be a date and a time without a zone, not {value!r}")
    return value.replace(tzinfo=ZONE).astimezone(UTC)


def _clock(value: Any) -> str:
    if type(value) is not time:
        raise ValueError(f"must be a time of day, not {value!r}")
    return value.isoformat()


def _list_of(read: Reader) -> Reader:
    def read_all(value: Any) -> tuple[Any, ...]:
        if type(value) is not list:
            raise ValueError(f"must be a list, not {value!r}")
        found = tuple(map(read, value))
        if len(set(found)) < len(found):
            raise ValueError("names something twice")
        return found

    return read_all


def _record(kind: type) -> Reader:
    """A value of a dataclass whose fields are all text."""

    def read(value: Any) -> Any:
        if type(value) is not dict:
            raise ValueError(f"must be a table, not {value!r}")
        try:
            return kind(**{key: _line(part) for key, part in value.items()})
        except TypeError as error:
            raise ValueError(str(error).removeprefix(f"{kind.__name__}.__init__() ")) from error

    return read


def _swap(value: Any) -> tuple[str, str]:
    match value:
        case [str(old), str(new)] if old:
            return old, new
    raise ValueError(f"must be pairs of an old and a new text, not {value!r}")


_CONTENT: Mapping[str, Reader] = {
    "headline": _line,
    "standfirst": _line,
    "byline": _line,
    "authors": _list_of(_record(Author)),
    "pictures": _list_of(_record(Picture)),
    "path": _line,
}
_PAGE: Mapping[str, Reader] = {
    **_CONTENT,
    "note": _line,
    "amp_path": _line,
    "published": _moment,
    "modified": _moment,
    "section": _line,
    "template": Template,
    "kind": Kind,
    "topics": _list_of(_line),
    "text": lambda value: text(_line(value)),
}
_EVENT: Mapping[str, Reader] = {
    **_CONTENT,
    "what": _line,
    "at": _clock,
    "until": _clock,
    "note": _line,
    "changed": _list_of(_line),
    "swaps": _list_of(_swap),
    "add": _list_of(_line),
    "heading": _line,
    "text": _line,
    "stamp": _line,
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
