"""Five cron fields, checked, and written so that they mean one thing to everybody.

Follows crontab(5): Sunday is 0 and 7. APScheduler counts Monday as 0 and wants day and weekday both to hold where cron
wants either, so weekdays leave here as names, months as numbers, and a rule for both days is refused.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_WEEKDAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
_PART = re.compile(r"(?P<first>\*|\d{1,2}|[a-z]{3})(?:-(?P<last>\d{1,2}|[a-z]{3}))?(?:/(?P<step>\d{1,2}))?", re.ASCII)
_MAX_CHARS = 200


@dataclass(frozen=True, slots=True)
class _Field:
    name: str
    low: int
    high: int
    names: dict[str, int]


_WEEKDAY = _Field("weekday", 0, 7, {name: n for n, name in enumerate(_WEEKDAYS)})
_FIELDS = (
    _Field("minute", 0, 59, {}),
    _Field("hour", 0, 23, {}),
    _Field("day", 1, 31, {}),
    _Field("month", 1, 12, {name: n for n, name in enumerate(_MONTHS, start=1)}),
)


def read_cron(text: str) -> str:
    """The five fields parted by one blank, weekdays as names, months as numbers; ValueError says what is wrong."""
    sources = text.lower().split()
    if len(sources) != 5 or len(text) > _MAX_CHARS:
        raise ValueError("must have five fields: minute hour day month weekday")
    fields = [
        ",".join(_read_part(part, field) for part in source.split(","))
        for source, field in zip(sources[:4], _FIELDS, strict=True)
    ]
    weekdays = _read_weekdays(sources[4])
    if fields[2] != "*" and weekdays != "*":
        raise ValueError("must not restrict both day and weekday: schedulers disagree on what that means")
    return " ".join((*fields, weekdays))


def _read_part(part: str, field: _Field) -> str:
    """One part of a list, names made numbers: "jan-mar/2" -> "1-3/2"."""
    first, last, step = _bounds(part, field)
    if part.startswith("*"):
        return "*" if step == 0 else f"*/{step}"
    span = f"{first}" if last == first else f"{first}-{last}"
    return span if step == 0 else f"{span}/{step}"


def _read_weekdays(source: str) -> str:
    """Weekday field as names, Monday first: "1-5" -> "mon,tue,wed,thu,fri", "5-7" -> "fri,sat,sun"; all seven: "*"."""
    days: set[int] = set()
    for part in source.split(","):
        first, last, step = _bounds(part, _WEEKDAY)
        days.update(day % 7 for day in range(first, last + 1, step or 1))
    week = [*range(1, 7), 0]
    return "*" if len(days) == 7 else ",".join(_WEEKDAYS[day] for day in week if day in days)


def _bounds(part: str, field: _Field) -> tuple[int, int, int]:
    """First, last and step (0: none) of "*", "*/20", "6", "6-23", "6-23/2", "6/2"."""
    match = _PART.fullmatch(part)
    if match is None or (match["first"] == "*" and match["last"]):
        raise ValueError(f"{field.name}: {part!r} is none of *, */n, a, a-b, a-b/n")
    if match["first"] == "*":
        first, last = field.low, min(field.high, 6) if field is _WEEKDAY else field.high
    else:
        first = _number(match["first"], field)
        last = _number(match["last"], field) if match["last"] else field.high if match["step"] else first
        if field is _WEEKDAY and match["last"] == "sun":
            last = 7
    if first > last:
        raise ValueError(f"{field.name}: {part!r} runs backwards")
    step = int(match["step"] or 0)
    if match["step"] and not 1 <= step <= last - first:
        raise ValueError(f"{field.name}: the step of {part!r} is not between 1 and {last - first}")
    return first, last, step


def _number(word: str, field: _Field) -> int:
    number = field.names.get(word, -1) if word.isalpha() else int(word)
    if not field.low <= number <= field.high:
        raise ValueError(f"{field.name}: {word!r} is not between {field.low} and {field.high}")
    return number
