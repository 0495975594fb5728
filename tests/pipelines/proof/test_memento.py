"""Memento's words: what is written is read back, what is no date is none, and nothing a stranger sends breaks a header."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime, parsedate_to_datetime

from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.proof.memento import (
    Link,
    around,
    choose_memento,
    header_uri,
    http_date,
    json_format,
    link_format,
    parse_http_date,
    time_map,
    write_links,
)
from pipelines.text.dates import digits_of, parse_digits
from tests.table import table
from tests.viewer.links import parse_links

BASE = "http://127.0.0.1:8001"
NOON = datetime(2025, 3, 7, 12, tzinfo=UTC)
SECONDS = int(timedelta(days=2_900_000).total_seconds())
moments = st.integers(0, SECONDS).map(lambda seconds: datetime(1000, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds))


def rows(*minutes: int) -> list[dict[str, object]]:
    """Revisions first seen so many minutes after noon."""
    return [
        {"number": number, "first_seen": (NOON + timedelta(minutes=minute)).strftime("%Y-%m-%dT%H:%M:%SZ")}
        for number, minute in enumerate(minutes, 1)
    ]


@given(moments)
def test_dates_are_those_of_http(at: datetime) -> None:
    assert http_date(at) == format_datetime(at, usegmt=True)
    assert parse_http_date(http_date(at)) == at == parsedate_to_datetime(http_date(at))
    assert parse_digits(digits_of(at)) == at


@table(
    "text",
    [
        "", "Fri, 7 Mar 2025 14:05:00 GMT", "fri, 07 mar 2025 14:05:00 gmt", "Thu, 07 Mar 2025 14:05:00 GMT",
        "Fri, 07 Mar 2025 14:05:00 +0000", "Fri, 07 Mar 2025 14:05:00 UTC", "Fri, 31 Feb 2025 14:05:00 GMT",
        "Fri, 07 Mar 2025 24:05:00 GMT", "Friday, 07-Mar-25 14:05:00 GMT", "Fri Mar  7 14:05:00 2025",
        "Fri, 07 Mar 2025 14:05:00 GMT\r\nX: y", "Fri, 07 Mar ２０２５ 14:05:00 GMT",
    ],
)  # fmt: skip
def test_what_is_no_date_is_none(text: str) -> None:
    assert parse_http_date(text) is None


@table("text", ["", "2025", "20250307", "20251332000000", "20250307246000", "２０２５0307140500", "x" * 14])
def test_what_is_no_digits_is_none(text: str) -> None:
    assert parse_digits(text) is None


@given(st.text(max_size=200))
@settings(max_examples=100)
def test_of_any_text_a_date_is_read_only_where_it_writes_the_same(text: str) -> None:
    at = parse_http_date(text)
    assert at is None or http_date(at) == text.strip(" \t")
    at = parse_digits(text)
    assert at is None or digits_of(at) == text


@given(st.text(max_size=200))
@settings(max_examples=100)
def test_a_url_never_breaks_a_header(url: str) -> None:
    told = header_uri(url)
    assert re.fullmatch(r"[!#$%&'()*+,./0-9:;=?@A-Z\[\]_a-z~-]*", told)
    assert header_uri(told) == told


words = st.from_regex(r"[a-z]{1,8}( [a-z]{1,8}){0,2}", fullmatch=True)
links = st.builds(
    Link, st.text(max_size=40).map(header_uri), words, st.none() | moments, st.none() | st.sampled_from(["text/html", "a/b"]),
    st.none() | st.tuples(moments, moments),
)  # fmt: skip


@given(st.lists(links, max_size=6), st.sampled_from([", ", ",\n"]))
@settings(max_examples=100)
def test_links_that_were_written_are_read_back(written: list[Link], between: str) -> None:
    assert parse_links(write_links(written, between)) == tuple(written)


def test_a_timemap() -> None:
    found = time_map("https://paper.example/a b", rows(0, 5, 5, 9), BASE + "/")
    assert found is not None
    at = f"{BASE}/memento/20250307120000/https://paper.example/a%20b"
    assert [(memento.number, memento.uri) for memento in found.mementos] == [
        (1, at), (3, at.replace("120000", "120500")), (4, at.replace("120000", "120900")),
    ]  # fmt: skip
    listed = parse_links(link_format(found))
    assert [link.rel for link in listed] == ["original", "self", "timegate", "first memento", "memento", "last memento"]
    assert listed[1].span == (NOON, NOON + timedelta(minutes=9))
    told = json.loads(json_format(found))
    assert told["mementos"]["first"] == told["mementos"]["list"][0] == {"datetime": "2025-03-07T12:00:00Z", "uri": at}
    assert told["mementos"]["last"] == told["mementos"]["list"][-1]
    assert time_map("https://paper.example/", [], BASE) is None


def test_a_single_memento_is_first_and_last() -> None:
    found = time_map("https://paper.example/", rows(0), BASE)
    assert found is not None
    assert [link.rel for link in around(found, found.mementos[0])] == ["first last memento"]


@table(
    ("here", "relations"),
    [
        (0, ["first memento", "next memento", "last memento"]),
        (1, ["first prev memento", "memento", "next memento", "last memento"]),
        (2, ["first memento", "prev memento", "memento", "last next memento"]),
        (3, ["first memento", "prev memento", "last memento"]),
    ],
)
def test_where_to_go_from_a_memento(here: int, relations: list[str]) -> None:
    found = time_map("https://paper.example/", rows(0, 1, 2, 3), BASE)
    assert found is not None
    assert [link.rel for link in around(found, found.mementos[here])] == relations


@given(st.lists(st.integers(0, 500), min_size=1, max_size=8, unique=True), st.integers(-10, 510))
def test_a_timegate_leads_to_what_stood_then(minutes: list[int], asked: int) -> None:
    found = time_map("https://paper.example/", rows(*sorted(minutes)), BASE)
    assert found is not None
    at = NOON + timedelta(minutes=asked)
    chosen = choose_memento(found.mementos, at)
    assert chosen.at == max((memento.at for memento in found.mementos if memento.at <= at), default=found.mementos[0].at)
    assert choose_memento(found.mementos, None) == found.mementos[-1]
