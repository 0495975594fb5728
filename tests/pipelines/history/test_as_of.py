"""What an article said at a time: certain where looks agree, honest where they do not."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.history.as_of import ABSENT, Certainty, describe, parse_moment, state_as_of
from tests.table import table

LONDON = ZoneInfo("Europe/London")
NOW = datetime(2025, 7, 1, 13, 0, tzinfo=UTC)


def clock(text: str) -> datetime:
    """ "14:05" of the day on which all happens."""
    return datetime.fromisoformat(f"2025-03-07T{text}:00+00:00")


def revision(number: int, first: str, last: str, before: str | None = None) -> dict[str, Any]:
    """A row of `revisions` as far as it matters here."""
    stamps = {name: f"2025-03-07T{text}:00Z" if text else None for name, text in
              (("first_seen", first), ("last_seen", last), ("not_before", before))}  # fmt: skip
    return {"number": number, **stamps}


def step(at: str, state: str) -> dict[str, Any]:
    return {"at": f"2025-03-07T{at}:00Z", "state": state, "status": None, "reason": None}


EDITED = [revision(1, "08:00", "10:00"), revision(2, "11:00", "15:00", "10:00"), revision(3, "16:00", "16:00", "15:00")]
ONCE_GONE = [revision(1, "08:00", "15:00"), revision(2, "16:00", "16:00", "15:00")]
STATES = [step("08:00", "live"), step("10:00", "suspected"), step("12:00", "gone"), step("14:00", "live")]


@table(
    ("asked", "certainty", "numbers", "since", "until"),
    [
        ("07:59", Certainty.UNKNOWN, (), None, "08:00"),
        ("08:00", Certainty.SEEN, (1,), "08:00", "08:00"),
        ("09:00", Certainty.SEEN, (1,), "08:00", "10:00"),
        ("10:00", Certainty.SEEN, (1,), "10:00", "10:00"),
        ("10:30", Certainty.BETWEEN, (1, 2), "10:00", "11:00"),
        ("11:00", Certainty.SEEN, (2,), "11:00", "11:00"),
        ("14:05", Certainty.SEEN, (2,), "11:00", "15:00"),
        ("15:30", Certainty.BETWEEN, (2, 3), "15:00", "16:00"),
        ("23:00", Certainty.LAST_SEEN, (3,), "16:00", None),
    ],
)
def test_an_edited_article(
    asked: str, certainty: Certainty, numbers: tuple[int, ...], since: str | None, until: str | None
) -> None:
    said = state_as_of(EDITED, [step("08:00", "live")], clock(asked))
    assert (said.certainty, said.numbers) == (certainty, numbers)
    assert (said.since, said.until) == (since and clock(since), until and clock(until))


@table(
    ("asked", "certainty", "numbers"),
    [
        ("09:00", Certainty.BETWEEN, (1, ABSENT)),
        ("10:00", Certainty.SEEN, (ABSENT,)),
        ("11:00", Certainty.SEEN, (ABSENT,)),
        ("13:00", Certainty.BETWEEN, (ABSENT, 1)),
        ("14:00", Certainty.SEEN, (1,)),
        ("14:30", Certainty.SEEN, (1,)),
        ("15:30", Certainty.BETWEEN, (1, 2)),
    ],
)
def test_an_article_that_was_gone_for_a_while_said_nothing_then(
    asked: str, certainty: Certainty, numbers: tuple[int, ...]
) -> None:
    said = state_as_of(ONCE_GONE, STATES, clock(asked))
    assert (said.certainty, said.numbers) == (certainty, numbers)


def test_a_taken_down_article_stays_so() -> None:
    said = state_as_of([revision(1, "08:00", "09:00")], [step("08:00", "live"), step("10:00", "gone")], clock("12:00"))
    assert (said.certainty, said.numbers) == (Certainty.LAST_SEEN, (ABSENT,))


def test_revisions_that_only_a_parser_told_apart_are_no_change() -> None:
    rows = [{**row, "reads_as": {2: 1, 3: 2}.get(row["number"])} for row in EDITED]
    assert [state_as_of(rows, [], clock(asked)).certainty for asked in ("10:30", "15:30")] == [Certainty.SEEN, Certainty.SEEN]
    assert state_as_of([EDITED[0], rows[1], EDITED[2]], [], clock("15:30")).numbers == (2, 3)


EDITED_BETWEEN = (
    "at {14:05} it said revision 2: seen so at {11:00} and again at {15:00}; it had been edited between {10:00} and {11:00}"
)


@table(
    ("asked", "sentence"),
    [
        ("07:00", "nothing is known of {07:00}: it was first seen at {08:00}"),
        ("10:30", "between {10:00} and {11:00} it changed; at {10:30} it said revision 1 or revision 2"),
        ("14:05", EDITED_BETWEEN),
        ("16:00", "at {16:00} it said revision 3: that is when it was looked at"),
        ("23:00", "at {23:00} it said revision 3, as last seen at {16:00}; no look has told anything since"),
    ],
)  # fmt: skip
def test_the_answer_as_a_sentence(asked: str, sentence: str) -> None:
    told = re.sub(r"\{(.{5})\}", r"2025-03-07T\1:00Z", sentence)
    assert describe(state_as_of(EDITED, [], clock(asked)), EDITED) == told


@given(st.lists(st.integers(0, 400), min_size=2, max_size=12), st.integers(-10, 410))
def test_the_answer_never_contradicts_a_look(minutes: list[int], asked: int) -> None:
    """Whatever the spans: a time within one is answered by it, and no other revision is named than neighbours."""
    cuts = sorted(set(minutes))
    start = clock("00:00")
    form = "%Y-%m-%dT%H:%M:%SZ"
    spans = list(zip(cuts[::2], cuts[1::2], strict=False))
    rows = [{"number": number, "first_seen": (start + timedelta(minutes=a)).strftime(form), "not_before": None,
             "last_seen": (start + timedelta(minutes=b)).strftime(form)} for number, (a, b) in enumerate(spans, 1)]  # fmt: skip
    said = state_as_of(rows, [], start + timedelta(minutes=asked))
    within = [number for number, (a, b) in enumerate(spans, 1) if a <= asked <= b]
    if within:
        assert (said.certainty, said.numbers) == (Certainty.SEEN, tuple(within))
    elif said.certainty is Certainty.BETWEEN:
        assert said.numbers[1] == said.numbers[0] + 1
    assert describe(said, rows)


@table(
    ("text", "moment"),
    [
        ("2025-03-07T14:05", "2025-03-07T14:05:00+00:00"),
        ("2025-06-07 14:05", "2025-06-07T13:05:00+00:00"),
        ("2025-06-07T14:05:30Z", "2025-06-07T14:05:30+00:00"),
        ("2025-06-07T14:05+02:00", "2025-06-07T12:05:00+00:00"),
        ("20250307140500", "2025-03-07T14:05:00+00:00"),
        ("13:05", "2025-07-01T12:05:00+00:00"),
        ("14:05", "2025-06-30T13:05:00+00:00"),
        ("14:05Z", "2025-06-30T14:05:00+00:00"),
        (" 12:00 ", "2025-07-01T11:00:00+00:00"),
        ("3h ago", "2025-07-01T10:00:00+00:00"),
        ("2 Days", "2025-06-29T13:00:00+00:00"),
        ("90 min ago", "2025-07-01T11:30:00+00:00"),
        ("yesterday 14:05", "2025-06-30T13:05:00+00:00"),
        ("today 00:10", "2025-06-30T23:10:00+00:00"),
    ],
)
def test_times_that_people_name(text: str, moment: str) -> None:
    """Where the text names no zone it is the site's clock; a time alone is the last time that it was so late."""
    assert parse_moment(text, LONDON, NOW) == datetime.fromisoformat(moment)


@table(
    "text",
    ["", "yesterday", "yesterday noon", "9999999d", "2025-03-07", "20250307", "25:00", "0001-01-01T00:00+14:00", "14"],
)
def test_what_names_no_moment_is_none(text: str) -> None:
    assert parse_moment(text, LONDON, NOW) is None


@given(st.text(max_size=80), st.integers(-12, 14))
@settings(max_examples=100)
def test_naming_a_time_never_raises(text: str, hours: int) -> None:
    found = parse_moment(text, timezone(timedelta(hours=hours)), NOW)
    assert found is None or found.tzinfo is not None
