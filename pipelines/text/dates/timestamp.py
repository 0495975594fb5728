"""A point in time as a source told it, with how much of it the source told."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import StrEnum


class Precision(StrEnum):
    """How much of an instant the text gave."""

    SECOND = "second"
    MINUTE = "minute"
    DAY = "day"


@dataclass(frozen=True, slots=True)
class Timestamp:
    """A point in time as a source told it.

    `instant` is aware UTC; for DAY precision it is midnight UTC of the calendar day that was written, and only the day counts.
    """

    instant: datetime
    precision: Precision = Precision.SECOND
    raw: str = ""
    """The text it was read from, unchanged but trimmed."""
    source: str = ""
    """Where on the page: "jsonld.datePublished", "meta.article:modified_time", "time", "printed", "feed", ..."""

    def __str__(self) -> str:
        return self.isoformat()

    def isoformat(self) -> str:
        """The store's form: "2025-03-06T23:30:00Z", or "2025-03-06" where the day is all there is."""
        if self.precision is Precision.DAY:
            return self.instant.date().isoformat()
        return self.instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")

    @property
    def day(self) -> date:
        """The calendar day in UTC (of a DAY stamp: the day as written)."""
        return self.instant.date()
