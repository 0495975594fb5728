"""Finds printed dates in any sensible order: the days, clocks and labels in a line of text.

The text is coded first (`pipelines.text.dates.words`). Then each clock, span ("5 hours ago") and day is replaced by one
private character, the most certain forms first, and the result is read from left to right. Yields wall clocks as written;
`pipelines.text.dates` turns them into instants and decides whether they can be true.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta, tzinfo
from enum import StrEnum

from pipelines.text.dates.forms import (
    ANY_CLOCK,
    ANY_DAY,
    CLOCK_BASE,
    CLOCKS,
    DAY_BASE,
    DAYS,
    DOTTED_CLOCK,
    SPAN,
    WEAK_DAYS,
)
from pipelines.text.dates.words import YEAR_FIRST_ZONES, code, weekday_in, zone_letters
from pipelines.text.zones import fixed_zone, is_month_first, local_day


class Label(StrEnum):
    """The meaning of a stamp, by the words before it."""

    PUBLISHED = "published"
    MODIFIED = "modified"


@dataclass(frozen=True, slots=True)
class Clock:
    """A time of day as written, including impossible ones; 24:00 is the end of the day."""

    hour: int
    minute: int = 0
    second: int | None = None
    letters: str | None = None
    offset: tzinfo | None = None

    @property
    def is_possible(self) -> bool:
        """Whether a day can have this time; a leap second and 24:00:00 count as possible."""
        end_of_day = self.hour == 24 and self.minute == 0 and not self.second
        return (self.hour < 24 or end_of_day) and self.minute < 60 and (self.second or 0) <= 60


@dataclass(frozen=True, slots=True)
class PrintedStamp:
    """One stamp of a text: its day, its clock if it has one, and the label before it."""

    day: date
    clock: Clock | None = None
    label: Label | None = None
    borrowed: bool = False
    """Whether the day, or its year, comes from another stamp in the line: "7 March 2025 08:30 | Updated 09:00"."""


_CHUNK_EDGE = re.compile(r"[|•·—–;]| [-/] ")
_DIGIT = re.compile(r"\d")
_BARE_FIGURES = re.compile(r"\d{1,2} ?[-/.] ?\d{1,2} ?[-/.] ?\d\d")
_MORE_WORDS = re.compile("[ ,]*[BUKOVx]")
_READ_TIME = re.compile(r"\d+ ?[mso]\b")
_SPAN_UNITS = {"s": timedelta(seconds=1), "m": timedelta(minutes=1), "t": timedelta(days=1), "D": timedelta(days=1)}
_LONGEST_LINE = 10
"""A text with more unknown words is a sentence, and its weak dates belong to what the sentence says."""
_FURTHEST_WORDS = 4
"""With more unknown words between them, a day and a clock, or a label and a day, do not belong together."""


def read(text: str, zone_name: str, fetched: datetime | None) -> list[PrintedStamp]:
    """The stamps of normalised text in order; relative ones and those without a year only with `fetched`."""
    if fetched is None and not _DIGIT.search(text):
        return []
    weekday = weekday_in(text) if _BARE_FIGURES.search(text) else None
    line = _Line(code(text, zone_name), zone_name, fetched, weekday)
    line.replace_all()
    return _same_letters(_inherit(list(_stamps(line))))


@dataclass(slots=True)
class _Line:
    """A coded text in which clocks and days are replaced by private characters; each character is the index of its clock or
    day."""

    text: str
    zone_name: str
    fetched: datetime | None
    weekday: int | None
    clocks: list[Clock] = field(default_factory=list)
    days: list[PrintedStamp] = field(default_factory=list)

    def replace_all(self) -> None:
        for form in CLOCKS:
            self._sub(form, self._clock)
        self._sub(DOTTED_CLOCK, self._dotted_clock)
        if self.fetched is not None:
            self._sub(SPAN, self._span)
        for form in DAYS:
            self._sub(form, self._day)
        for form in WEAK_DAYS:
            self._sub(form, self._weak_day)
        self._sub(DOTTED_CLOCK, self._dotted_clock)

    def _sub(self, form: re.Pattern[str], piece: Callable[[re.Match[str]], str]) -> None:
        self.text = form.sub(piece, self.text)

    def _add_day(self, day: date, clock: Clock | None = None, borrowed: bool = False) -> str:
        self.days.append(PrintedStamp(day, clock, None, borrowed))
        return chr(DAY_BASE + len(self.days) - 1)

    def _clock(self, match: re.Match[str]) -> str:
        self.clocks.append(_clock_of(match))
        return chr(CLOCK_BASE + len(self.clocks) - 1)

    def _dotted_clock(self, match: re.Match[str]) -> str:
        if match["lead"] or match["zone"] or match["tail"] is not None:
            return (match["lead"] or "") + self._clock(match)
        return match[0]

    def _day(self, match: re.Match[str]) -> str:
        day = _day_of(match, self.zone_name, weekday=self.weekday)
        return self._add_day(day) + "".join(re.findall(ANY_CLOCK, match[0])) if day else match[0]

    def _weak_day(self, match: re.Match[str]) -> str:
        if not _stands_alone(match):
            return match[0]
        groups = match.groupdict()
        if groups.get("year"):
            return self._day(match)
        if groups.get("near"):
            return self._near_day(match)
        if self.days:
            near = self.days[0].day
            days = [_day_of(match, self.zone_name, year) for year in (near.year - 1, near.year, near.year + 1)]
            day = min((day for day in days if day), key=lambda day: abs(day - near), default=None)
        else:
            day = self._latest(match)
        return self._add_day(day, borrowed=bool(self.days)) if day else match[0]

    def _latest(self, match: re.Match[str]) -> date | None:
        """The last such day and month up to the day after the fetch; a leap day recurs within nine years."""
        if self.fetched is None:
            return None
        last = local_day(self.fetched, self.zone_name) + timedelta(days=1)
        days = (_day_of(match, self.zone_name, year) for year in range(last.year, last.year - 9, -1))
        return next((day for day in days if day and day <= last), None)

    def _near_day(self, match: re.Match[str]) -> str:
        if self.fetched is None or self.days:  # "today, 7 March 2025"
            return match[0]
        today = local_day(self.fetched, self.zone_name)
        return self._add_day(today - timedelta(days=match["near"] == "V"))

    def _span(self, match: re.Match[str]) -> str:
        fetched = self.fetched
        if fetched is None or not _stands_alone(match):
            return match[0]
        if match[0] == "J":
            return self._moment(fetched)
        if not (match["before"] or match["after"]):
            return match[0]
        length = int(match["n"] or 1) * _SPAN_UNITS.get(match["unit"], timedelta(hours=1))
        if match["unit"] in "tD":
            return self._add_day(local_day(fetched, self.zone_name) - length)
        return self._moment(fetched - length - timedelta(minutes=int(match["n2"] or 0)))

    def _moment(self, instant: datetime) -> str:
        instant = instant.astimezone(UTC)
        return self._add_day(instant.date(), Clock(instant.hour, instant.minute, offset=UTC))


def _clock_of(match: re.Match[str]) -> Clock:
    """The clock of a match. GMT after a time with seconds is written by a machine and taken literally (RFC 9110, RSS)."""
    groups = match.groupdict()
    hour = int(match["hour"])
    half = groups.get("half") or {"Q": "A", "R": "P"}.get(groups.get("before") or "")
    if half == "P" and hour < 12:
        hour += 12
    elif half == "A" and hour == 12:
        hour = 0
    minute, second = int(groups.get("minute") or 0), groups.get("second")
    letters = zone_letters(match["zone"])
    if letters and len(letters) == 2 and half is None and second is None and _MORE_WORDS.match(match.string, match.end()):
        letters = None  # "8:30 a.m. ET", "16:31:00 ET"; but "PUBLIÉ À 8:30 ET MODIFIÉ" is French for "and"
    offset: tzinfo | None = UTC if letters == "GMT" and second else None
    if match["offset"] and (match["om"] or match["zone"] or match["offset"][0] != " "):
        offset = fixed_zone(match["sign"], match["oh"], match["om"])
    return Clock(hour, minute, int(second) if second else None, letters, offset)


def _day_of(match: re.Match[str], zone_name: str, year: int | None = None, weekday: int | None = None) -> date | None:
    """The day of a match. Of two bare figures the first is the day, unless that is impossible, the country puts the month
    first, or only the other order agrees with the weekday in the text."""
    groups = match.groupdict()
    month_first = is_month_first(zone_name)
    if year is not None:
        month_first = month_first or zone_name in YEAR_FIRST_ZONES
    else:
        year = int(match["year"])
        if len(match["year"]) == 2:
            year += 2000 if year < 70 else 1900
    if "a" in groups:
        day, month = int(match["a"]), int(match["b"])
        if month > 12 or (month_first and day <= 12):
            day, month = month, day
        turned = _date(year, day, month)
        if weekday is not None and turned and turned.weekday() == weekday:
            written = _date(year, month, day)
            return written if written and written.weekday() == weekday else turned
    else:
        name = match["month"]
        day, month = int(match["day"]), int(name) if name.isdigit() else "abcdefghijkl".index(name) + 1
    return _date(year, month, day)


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _stands_alone(match: re.Match[str]) -> bool:
    """Whether a weak form is a stamp and not part of a sentence: a label or a clock is beside it, or no other word is near."""
    if match.string.count("x") > _LONGEST_LINE:
        return False
    before, after = match.string[: match.start()], match.string[match.end() :]
    if re.search(rf"(?:[BU][ :.]{{0,3}}K?|{ANY_CLOCK}[ ,.-]{{0,3}})$", before) or re.match(rf"[ ,.K-]{{0,4}}{ANY_CLOCK}", after):
        return True
    left = _CHUNK_EDGE.split(before)[-1]
    right = _CHUNK_EDGE.split(after, maxsplit=1)[0]
    return not re.search(r"[x\d]", _READ_TIME.sub("", f"{left} {right}"))


def _stamps(line: _Line) -> Iterator[PrintedStamp | tuple[Clock, Label]]:
    """The readings; for a labelled part with a clock but no day, the clock alone."""
    label: Label | None = None
    for part in re.split("([BU])", line.text):
        if part in ("B", "U"):
            label = Label.PUBLISHED if part == "B" else Label.MODIFIED
            continue
        found = list(_pairs(line, part))
        for reading, words_before in found:
            yield replace(reading, label=label if words_before <= _FURTHEST_WORDS else None)
        lone = re.search(ANY_CLOCK, part)
        if not found and lone and label:
            yield line.clocks[ord(lone[0]) - CLOCK_BASE], label


def _pairs(line: _Line, part: str) -> Iterator[tuple[PrintedStamp, int]]:
    """Each day of one labelled part with its clock, and the number of unknown words before it."""
    days = list(re.finditer(ANY_DAY, part))
    start = 0
    for index, match in enumerate(days):
        reading = line.days[ord(match[0]) - DAY_BASE]
        if reading.clock is None:
            end = days[index + 1].start() if index + 1 < len(days) else len(part)
            at = _nearest_clock(line, part, match.start(), range(start, end))
            if at is not None:
                reading = replace(reading, clock=line.clocks[ord(part[at]) - CLOCK_BASE])
                start = at + 1
        start = max(start, match.end())
        yield reading, part.count("x", 0, match.start())


def _nearest_clock(line: _Line, part: str, day_at: int, within: range) -> int | None:
    """The place of a day's clock: the nearest, and of two equally near clocks the one before the day.

    An impossible time directly beside the day is its clock and makes it invalid; farther away it is the length of a recording.
    """
    best: tuple[int, int] | None = None
    for match in re.finditer(ANY_CLOCK, part[: within.stop]):
        at = match.start()
        if at < within.start:
            continue
        distance = _distance(part[min(at, day_at) + 1 : max(at, day_at)])
        if distance and not line.clocks[ord(match[0]) - CLOCK_BASE].is_possible:
            continue
        if distance < 10 * (_FURTHEST_WORDS + 1) and (best is None or (distance, at) < best):
            best = distance, at
    return best[1] if best else None


def _distance(gap: str) -> int:
    """The distance between a day and a clock: unknown words count most, then bars; spaces and commas do not count."""
    return 10 * gap.count("x") + 4 * len(_CHUNK_EDGE.findall(gap))


def _same_letters(readings: list[PrintedStamp]) -> list[PrintedStamp]:
    """ "8 March 2:26 PM HST - Updated 4:46 PM": zone letters of one clock in a line apply to all clocks in it."""
    letters = next((one.clock.letters for one in readings if one.clock is not None and one.clock.letters), None)
    if letters is None or len(readings) < 2:
        return readings
    return [
        replace(one, clock=replace(one.clock, letters=letters))
        if one.clock is not None and one.clock.letters is None and one.clock.offset is None
        else one
        for one in readings
    ]


def _inherit(found: list[PrintedStamp | tuple[Clock, Label]]) -> list[PrintedStamp]:
    """Give a clock without a day the day of the stamp before it, otherwise of the one after it."""
    days = [item.day for item in found if isinstance(item, PrintedStamp)]
    readings: list[PrintedStamp] = []
    for item in found:
        if isinstance(item, PrintedStamp):
            readings.append(item)
        elif days:
            day = readings[-1].day if readings else days[0]
            readings.append(PrintedStamp(day, item[0], item[1], borrowed=True))
    return readings
