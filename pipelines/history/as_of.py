"""Point-in-time query: what an article said at a moment, and how certain that is, from the fetches before and after it.

Pure: works on the rows of `revisions` and `states`. Knows no store and no clock.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta, tzinfo
from enum import StrEnum
from typing import Any

from pipelines.article import instant_of, moment
from pipelines.history.revisions import State
from pipelines.text.dates import parse_digits

Row = Mapping[str, Any]
"""A row of a table, by column names."""

ABSENT = 0
""""It was not there", in place of a revision's number; revisions count from one."""


class Certainty(StrEnum):
    """How sure an answer is."""

    SEEN = "seen"
    """Fetches before and after (or at that very time) saw the same."""
    BETWEEN = "between"
    """It changed between two fetches, one before and one after that time."""
    LAST_SEEN = "last_seen"
    """The last fetch before saw this; no later one has shown anything."""
    UNKNOWN = "unknown"
    """It had not been fetched yet."""


@dataclass(frozen=True, slots=True)
class AsOf:
    """The answer to "what did it say at that time?"."""

    at: datetime
    certainty: Certainty
    numbers: tuple[int, ...] = ()
    """Numbers of the possible revisions, ABSENT for none: one if it is certain, two between fetches."""
    since: datetime | None = None
    """The last fetch at or before that time that showed something."""
    until: datetime | None = None
    """The first fetch at or after that time that showed something; None if there was none."""


@dataclass(frozen=True, slots=True, order=True)
class _Observation:
    at: datetime
    number: int


def state_as_of(revisions: Iterable[Row], states: Iterable[Row], at: datetime) -> AsOf:
    """What an article said at a time, from all of its revisions and changes of state in order of time.

    `reads_as` of a revision, if given: the number of an earlier one that says the same; only an older parser made them
    differ, so nothing changed between them.
    """
    revisions = list(revisions)
    alike = _first_with_same_text(revisions)
    observations = sorted(_observations(revisions, list(states)))
    before = [seen for seen in observations if seen.at <= at]
    after = [seen for seen in observations if seen.at >= at]
    if not before:
        return AsOf(at, Certainty.UNKNOWN, until=after[0].at if after else None)
    last = before[-1]
    if last.at == at:
        return AsOf(at, Certainty.SEEN, (last.number,), at, at)
    if not after:
        return AsOf(at, Certainty.LAST_SEEN, (last.number,), last.at)
    following = after[0]
    if alike.get(last.number) == alike.get(following.number):
        return AsOf(at, Certainty.SEEN, (last.number,), last.at, following.at)
    return AsOf(at, Certainty.BETWEEN, (last.number, following.number), last.at, following.at)


_TIME_AGO = re.compile(r"(\d{1,6})\s*(m|min|minutes?|h|hours?|d|days?|w|weeks?)(?:\s+ago)?", re.ASCII)
_MINUTES = {"m": 1, "h": 60, "d": 1440, "w": 7 * 1440}
_DAYS_BACK = {"today": 0, "yesterday": 1}


def parse_moment(text: str, zone: tzinfo, now: datetime) -> datetime | None:
    """The instant in a person's words; None if there is none.

    ISO 8601 with day and time, in `zone` unless it names another; 14 digits as in archives, UTC; a time
    alone (`14:05`): the last moment with that time; `yesterday 14:05`; `3 h ago`, `2d`. A day alone is not one moment, and
    gives None.
    """
    text = text.strip()[:64]
    if found := parse_digits(text):
        return found
    day, _, clock = text.casefold().partition(" ")
    try:
        if back := _TIME_AGO.fullmatch(text.casefold()):
            return (now - timedelta(minutes=int(back[1]) * _MINUTES[back[2][0]])).replace(microsecond=0)
        if day in _DAYS_BACK:
            today = now.astimezone(zone).date() - timedelta(days=_DAYS_BACK[day])
            return datetime.combine(today, time.fromisoformat(clock), zone).astimezone(UTC)
        if text[2:3] == ":":
            return _last_time(time.fromisoformat(text), zone, now)
        at = datetime.fromisoformat(text) if len(text) > len("2025-03-07") else None
        return (at if at.tzinfo else at.replace(tzinfo=zone)).astimezone(UTC) if at else None
    except (ValueError, OverflowError):
        return None


def _last_time(clock: time, zone: tzinfo, now: datetime) -> datetime:
    here = now.astimezone(clock.tzinfo or zone)
    at = datetime.combine(here.date(), clock, clock.tzinfo or zone)
    return (at if at <= here else datetime.combine(here.date() - timedelta(days=1), clock, at.tzinfo)).astimezone(UTC)


def describe(answer: AsOf, revisions: Sequence[Row]) -> str:
    """The answer as one sentence."""
    named = " or ".join(f"revision {number}" if number else "nothing: it was not there" for number in answer.numbers)
    if answer.certainty is Certainty.UNKNOWN:
        first = f"it was first seen at {moment(answer.until)}" if answer.until else "it was never read"
        return f"nothing is known of {moment(answer.at)}: {first}"
    since = moment(answer.since or answer.at)
    if answer.certainty is Certainty.BETWEEN:
        return f"between {since} and {moment(answer.until or answer.at)} it changed; at {moment(answer.at)} it said {named}"
    if answer.certainty is Certainty.LAST_SEEN:
        return f"at {moment(answer.at)} it said {named}, as last seen at {since}; no look has told anything since"
    if answer.since == answer.until:
        return f"at {moment(answer.at)} it said {named}: that is when it was looked at"
    seen_again = f"seen so at {since} and again at {moment(answer.until or answer.at)}"
    return f"at {moment(answer.at)} it said {named}: {seen_again}{_last_change(answer, revisions)}"


def _first_with_same_text(revisions: list[Row]) -> dict[int, int]:
    """Number of a revision -> number of the first that says the same."""
    first: dict[int, int] = {}
    for row in revisions:
        earlier = int(row.get("reads_as") or row["number"])
        first[row["number"]] = first.get(earlier, earlier)
    return first


def _last_change(answer: AsOf, revisions: Sequence[Row]) -> str:
    """When that revision was made, if it was an edit."""
    row = next((row for row in revisions if row["number"] == answer.numbers[0]), None)
    return f"; it had been edited between {row['not_before']} and {row['first_seen']}" if row and row["not_before"] else ""


def _observations(revisions: list[Row], states: list[Row]) -> Iterator[_Observation]:
    """The fetches that are known to have shown something: first and last of each revision, and those that found it gone or
    back."""
    spans = [(row["number"], instant_of(row["first_seen"]), instant_of(row["last_seen"])) for row in revisions]
    for number, first, last in spans:
        yield _Observation(first, number)
        yield _Observation(last, number)
    for row in states:
        at = instant_of(row["at"])
        if row["state"] != State.LIVE:
            yield _Observation(at, ABSENT)
            continue
        # back, with its former text: no revision began then
        yield from (_Observation(at, number) for number, first, last in spans if first <= at <= last)
