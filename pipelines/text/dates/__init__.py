"""Parses times as pages print them into aware instants with their precision, or None. The only place that parses times.

Machine forms (ISO 8601, epochs) are read here, printed forms in printed.py. forms.py has the patterns; words.py turns words
into codes, from word lists in many languages (words.txt months.txt weekdays.txt). Knows no site: the caller passes the zone,
and the time of the fetch for relative text.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta, tzinfo

from pipelines.article import Precision, Timestamp
from pipelines.text.dates.printed import Clock, Label, PrintedStamp, read
from pipelines.text.dates.words import normalise
from pipelines.text.zones import fixed_zone, to_instant, zone_of

MAX_CHARS = 300
"""Longer text is cut: a stamp is at the beginning of its element, and longer text is prose."""
FUTURE_TOLERANCE = timedelta(hours=48)
"""Largest accepted distance of a stamp after the fetch: allows wrong zones and scheduled articles, but no event dates."""

_EARLIEST = datetime(1900, 1, 3, tzinfo=UTC)
_LATEST = datetime(2101, 1, 1, tzinfo=UTC)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_EARLIEST_EPOCH = 631_152_000  # 1990; smaller figures are ids and counts
_LATEST_EPOCH = 4_133_980_800  # 2101

_MIDNIGHT = re.compile(r"[T ]00:00(?::00(?:\.0+)?)?\s*(?:Z|UTC|[+-]\d\d:?\d\d)?$")
_DIGITS = re.compile(r"\d{14}", re.ASCII)
_ZONE_NAME = re.compile(
    r"\[?\b((?:Africa|America|Antarctica|Asia|Atlantic|Australia|Europe|Indian|Pacific)/[A-Za-z_/+-]{2,40})\]?"
)


def parse_timestamp(text: str, timezone: str, fetched: datetime | None = None) -> Timestamp | None:
    """The first stamp in a text: a machine form, or a printed form in any language of the word lists; None if there is none.

    `timezone` is the site's IANA name, "UTC" if unknown; a name that does not exist is read as "UTC". Relative text and dates
    without a year need `fetched`; with it, stamps more than 48 h after it are None. Sentinels (1970-01-01, 1900-01-01,
    0001-01-01) and impossible dates are None. Never raises; reads the first 300 characters.
    """
    raw, fetched = _trim(text), _aware(fetched)
    clean, zone_name = _clean(raw, timezone)
    machine, stamp = _machine(clean, zone_name)
    if not machine:
        own = (reading for reading in read(clean, zone_name, fetched) if not reading.borrowed)
        stamp = next((_stamp(reading, zone_name) for reading in own), None)
    return _judge(stamp, raw, fetched)


def parse_labelled(text: str, timezone: str, fetched: datetime | None = None) -> tuple[Timestamp | None, Timestamp | None]:
    """(published, modified) of a printed line, by its labels; a stamp without a label is the published one."""
    raw, fetched = _trim(text), _aware(fetched)
    clean, zone_name = _clean(raw, timezone)
    machine, published = _machine(clean, zone_name)
    if machine:
        return _judge(published, raw, fetched), None
    modified = None
    for reading in read(clean, zone_name, fetched):
        stamp = _judge(_stamp(reading, zone_name), raw, fetched)
        if reading.label is Label.MODIFIED:
            modified = modified or stamp
        else:
            published = published or stamp
    return published, modified


def digits_of(at: datetime) -> str:
    """An instant as 14 digits in UTC, as in URLs of archives: 20250307140500."""
    return at.astimezone(UTC).strftime("%Y%m%d%H%M%S").rjust(14, "0")


def parse_digits(text: str) -> datetime | None:
    """The instant of 14 digits; None if the text is not one."""
    if not _DIGITS.fullmatch(text):
        return None
    try:
        return datetime(*(int(text[a:b]) for a, b in ((0, 4), (4, 6), (6, 8), (8, 10), (10, 12), (12, 14))), tzinfo=UTC)  # type: ignore[misc, arg-type]
    except ValueError:
        return None


def is_at_midnight(stamp: Timestamp) -> bool:
    """Whether a stamp is a day without a time to which a template added midnight: "2025-03-07T00:00:00+01:00"."""
    return _MIDNIGHT.search(stamp.raw) is not None


def _trim(text: str) -> str:
    return text[: 10 * MAX_CHARS].strip()[:MAX_CHARS].rstrip()


def _aware(fetched: datetime | None) -> datetime | None:
    return fetched.replace(tzinfo=UTC) if fetched is not None and fetched.tzinfo is None else fetched


def _clean(raw: str, timezone: str) -> tuple[str, str]:
    """Normalised text and its zone: a zone in the text itself ("... Europe/London") has priority."""
    text = normalise(raw)[:MAX_CHARS]  # compatibility forms can expand to eighteen characters each
    named = _ZONE_NAME.search(text) if "/" in text else None
    if named is None or zone_of(named[1]) is UTC:
        return text, timezone
    return (text[: named.start()] + text[named.end() :]).rstrip(), named[1]


def _machine(text: str, timezone: str) -> tuple[bool, Timestamp | None]:
    """Whether the whole text is a machine form, and its stamp."""
    for form, reader in _MACHINE_FORMS:
        if match := form.fullmatch(text):
            return True, reader(match, timezone)
    return False, None


def _from_iso(match: re.Match[str], timezone: str) -> Timestamp | None:
    try:
        day = date(int(match["year"]), int(match["month"]), int(match["day"]))
    except ValueError:
        return None
    if match["hour"] is None:
        return _stamp(PrintedStamp(day), timezone)
    offset: tzinfo | None = UTC if match["z"] else None
    if match["sign"]:
        offset = fixed_zone(match["sign"], match["oh"], match["om"])
        if offset is None:
            return None
    second = int(match["second"]) if match["second"] else None
    return _stamp(PrintedStamp(day, Clock(int(match["hour"]), int(match["minute"]), second, None, offset)), timezone)


def _from_week(match: re.Match[str], timezone: str) -> Timestamp | None:
    try:
        day = date.fromisocalendar(int(match["year"]), int(match["week"]), int(match["weekday"]))
    except ValueError:
        return None
    return _stamp(PrintedStamp(day), timezone)


def _from_epoch(match: re.Match[str], timezone: str) -> Timestamp | None:
    """The time of an epoch in seconds, milli-, micro- or nanoseconds, by its size; None before 1990."""
    value = int(match["whole"])
    while value > _LATEST_EPOCH:
        value //= 1000
    return Timestamp(_EPOCH + timedelta(seconds=value)) if value >= _EARLIEST_EPOCH else None


_OFFSET = r"(?P<z>[Zz])|(?:GMT|UTC)?(?P<sign>[+-])(?P<oh>\d{1,2})(?::?(?P<om>\d\d))?Z?"
_MACHINE_FORMS: tuple[tuple[re.Pattern[str], Callable[[re.Match[str], str], Timestamp | None]], ...] = (
    (  # 2025-03-07T08:00:15.123+01:00, 20250307T0800Z, 2025-03-07 8:00, 2025-03-07, 20250307080015
        re.compile(
            r"(?P<year>\d{4})(?P<sep>-?)(?P<month>\d\d)(?P=sep)(?P<day>\d\d)"
            r"(?:(?:[Tt] ?| |(?=(?:\d\d){2,3}(?!\d)))(?P<hour>\d\d?)"
            rf":?(?P<minute>\d\d)(?::?(?P<second>\d\d)(?:[.,]\d+)?)? ?(?:{_OFFSET})?)?"
        ),
        _from_iso,
    ),
    (  # 2025-03-07+01:00, a day of XML Schema
        re.compile(r"(?P<year>\d{4})-(?P<month>\d\d)-(?P<day>\d\d)(?P<hour>(?!))?(?:Z|[+-]\d\d:\d\d)"),
        _from_iso,
    ),
    (re.compile(r"(?P<year>\d{4})-?W(?P<week>\d\d)-?(?P<weekday>[1-7])"), _from_week),
    (re.compile(r"(?P<whole>[1-9]\d{8,18})(?:\.\d{1,9})?"), _from_epoch),
    (re.compile(r"/Date\((?P<whole>\d{12,13})(?:[+-]\d{4})?\)/"), _from_epoch),
)


def _stamp(reading: PrintedStamp, timezone: str) -> Timestamp | None:
    """The instant of a wall clock; None for an impossible time. A leap second becomes the second before it."""
    day, clock = reading.day, reading.clock
    if not _EARLIEST.year <= day.year < _LATEST.year:
        return None
    midnight = datetime(day.year, day.month, day.day)  # noqa: DTZ001 - a wall clock, made an instant by `to_instant`
    if clock is None:
        return Timestamp(midnight.replace(tzinfo=UTC), Precision.DAY)
    if not clock.is_possible:
        return None
    local = midnight + timedelta(hours=clock.hour, minutes=clock.minute, seconds=min(clock.second or 0, 59))
    precision = Precision.MINUTE if clock.second is None else Precision.SECOND
    return Timestamp(to_instant(local, timezone, clock.letters, clock.offset), precision)


def _judge(stamp: Timestamp | None, raw: str, fetched: datetime | None) -> Timestamp | None:
    """The stamp with its raw text, unless it cannot be true of a news page."""
    if stamp is None or not _EARLIEST <= stamp.instant < _LATEST or abs(stamp.instant - _EPOCH) <= timedelta(days=1):
        return None
    if fetched is not None and stamp.instant > fetched + FUTURE_TOLERANCE:
        return None
    return Timestamp(stamp.instant, stamp.precision, raw)


__all__ = ["Precision", "Timestamp", "digits_of", "is_at_midnight", "parse_digits", "parse_labelled", "parse_timestamp"]
