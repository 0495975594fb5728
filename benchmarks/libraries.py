"""Our parsers of bylines, times and feeds beside libraries: how right, how fast. The figures of decisions 22 and 23.

    pip install nameparser probablepeople dateparser feedparser
    python benchmarks/libraries.py --facts FOLDER     # of bylines.csv and timestamps.csv; feeds are made here

The libraries are handed what helps them: bylines without "By" and split at commas and "and", dates with the zone and day first.
"""

from __future__ import annotations

import argparse
import csv
import io
import json
import re
import time
import warnings
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar
from zoneinfo import ZoneInfo

import dateparser
import feedparser
import nameparser
import probablepeople
from dateparser.search import search_dates

from crawler.discovery.feed import parse_feed
from pipelines.text.bylines import parse_byline
from pipelines.text.dates import parse_timestamp

Given = TypeVar("Given")
Found = TypeVar("Found")
Row = dict[str, str]

_LEAD = re.compile(r"^\s*(?:by|from|words by|written by|von|par|por|di)\b[: ]*", re.IGNORECASE)
_BETWEEN = re.compile(r",|;|\||\n|&|\b(?:and|und|et|y)\b")
_NAMED = ("GivenName", "FirstInitial", "MiddleName", "MiddleInitial", "Surname", "LastInitial")


def split(byline: str) -> list[str]:
    """The parts of a byline that a library is asked about one by one."""
    return [part.strip() for part in _BETWEEN.split(_LEAD.sub("", byline)) if part.strip()]


def by_nameparser(byline: str) -> list[str]:
    names = [nameparser.HumanName(part) for part in split(byline)]
    return [" ".join(filter(None, (name.first, name.middle, name.last))) for name in names if name.first and name.last]


def by_probablepeople(byline: str) -> list[str]:
    found = []
    for part in split(byline):
        try:
            tags, kind = probablepeople.tag(part)
        except probablepeople.RepeatedLabelError:
            continue
        words = [word for label, word in tags.items() if label in _NAMED]
        if kind == "Person" and "Surname" in tags and len(words) > 1:
            found.append(" ".join(words))
    return found


def by_our_times(row: Row) -> str | None:
    stamp = parse_timestamp(row["raw"], row["timezone"])
    return stamp.isoformat() if stamp else None


def options(row: Row) -> dict[str, object]:
    return {"TIMEZONE": row["timezone"], "RETURN_AS_TIMEZONE_AWARE": True, "TO_TIMEZONE": "UTC", "DATE_ORDER": "DMY",
            "REQUIRE_PARTS": ["day", "month", "year"]}  # fmt: skip


def by_parse(row: Row) -> str | None:
    try:
        found = dateparser.parse(row["raw"], settings=options(row))
    except OverflowError:  # "0001-01-01T00:00:00Z"
        return None
    return found.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if found else None


def by_search(row: Row) -> str | None:
    try:
        found = search_dates(row["raw"], settings=options(row))
    except OverflowError:
        return None
    return found[0][1].astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if found else None


def is_time(found: str | None, row: Row) -> bool:
    """A bare day is right where the instant lies in it in the site's zone."""
    expected = row["expected_utc"]
    if not found or not expected or len(found) == len(expected):
        return (found or "") == expected
    return datetime.fromisoformat(found).astimezone(ZoneInfo(row["timezone"])).date().isoformat() == expected


def compare(name: str, read: Callable[[Given], Found], rows: Sequence[Given], is_right: Callable[[Found, Given], bool]) -> None:
    begin = time.perf_counter()
    found = [read(row) for row in rows]
    micros = (time.perf_counter() - begin) / len(rows) * 1e6
    right = sum(is_right(one, row) for one, row in zip(found, rows, strict=True))
    empty = sum(not one and not is_right(one, row) for one, row in zip(found, rows, strict=True))
    print(f"  {name:16} right {right} of {len(rows)} ({right / len(rows):.1%}), nothing {empty}, {micros:,.0f} µs")


def feeds() -> dict[str, bytes]:
    """A feed as they are, and such as somebody might send."""
    item = "<item><title>Story {0} &amp; more</title><link>https://paper.example/{0}</link><description>{1}</description></item>"
    items = "".join(item.format(number, "Words of the day. " * 20) for number in range(200))
    return {
        "200 entries": f"<rss><channel>{items}</channel></rss>".encode(),
        "200,000 empty entries": b"<rss><channel>" + b"<item/>" * 200_000,
        "300,000 entries never closed": b"<rss><channel>" + b"<item>" * 300_000,
        "100,000 levels": b"<rss><channel>" + b"<a>" * 100_000,
    }


def rows_of(path: Path) -> list[Row]:
    with path.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--facts", type=Path, required=True)
    facts: Path = arguments.parse_args().facts
    warnings.simplefilter("ignore")
    print("bylines")
    bylines = rows_of(facts / "bylines.csv")
    persons = {row["raw_byline"]: json.loads(row["expected_authors"]) for row in bylines}
    for name, names in {
        "ours": lambda text: list(parse_byline(text).names), "nameparser": by_nameparser, "probablepeople": by_probablepeople,
    }.items():  # fmt: skip
        compare(name, names, [row["raw_byline"] for row in bylines], lambda found, text: found == persons[text])
    print("times")
    plain = [row for row in rows_of(facts / "timestamps.csv") if row["needs"] == "plain"]
    for name, read in {"ours": by_our_times, "parse": by_parse, "search_dates": by_search}.items():
        compare(name, read, plain, is_time)
    print("feeds")
    for name, body in feeds().items():
        begin = time.perf_counter()
        parse_feed(body, "https://paper.example/")
        between = time.perf_counter()
        feedparser.parse(io.BytesIO(body))
        print(f"  {name:30} ours {between - begin:.3f} s, feedparser {time.perf_counter() - between:.3f} s")


if __name__ == "__main__":
    main()
