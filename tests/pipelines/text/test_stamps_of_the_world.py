"""One moment in May as the papers of forty countries print it, read on the day after."""

from __future__ import annotations

import csv
from datetime import UTC, datetime
from pathlib import Path

from pipelines.text.dates import parse_labelled, parse_timestamp
from tests.table import table

FETCHED = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)


def _table() -> list[dict[str, str]]:
    with (Path(__file__).resolve().parent / "stamps.csv").open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


TABLE = _table()


@table("row", TABLE, ids=[f"{row['timezone']} {row['printed']}" for row in TABLE])
def test_stamp(row: dict[str, str]) -> None:
    stamp = parse_timestamp(row["printed"], row["timezone"], FETCHED)
    assert (stamp.isoformat() if stamp else "") == row["instant"]


@table(
    ("text", "timezone", "published", "modified"),
    [
        # The letters of one clock are those of the line, before it and behind it.
        (
            "By Staff | May 3, 2026 at 2:26 PM HST - Updated May 3 at 4:46 PM",
            "America/New_York",
            "2026-05-04T00:26:00Z",
            "2026-05-04T02:46:00Z",
        ),
        (
            "Published May 3, 2026 at 4:07 PM | Updated at 5:36 PM CDT on May 3, 2026",
            "America/New_York",
            "2026-05-03T21:07:00Z",
            "2026-05-03T22:36:00Z",
        ),
        # A numeric offset is its own clock's only.
        ("2026-05-03 16:05 +02:00 | Updated 17:05", "Europe/London", "2026-05-03T14:05:00Z", "2026-05-03T16:05:00Z"),
        ("Published 06:00, 3 May 2026 | Updated 18:33", "Europe/London", "2026-05-03T05:00:00Z", "2026-05-03T17:33:00Z"),
    ],
)
def test_two_in_a_line(text: str, timezone: str, published: str, modified: str) -> None:
    found = parse_labelled(text, timezone, FETCHED)
    assert [stamp.isoformat() if stamp else None for stamp in found] == [published, modified]
