"""What a query string asks for: read strictly, written back in one form."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.table import table
from viewer.filters import FilterError, Wanted, wanted


@table(
    ("query", "expected"),
    [
        ("", Wanted()),
        ("site=b&site=a&site=b", Wanted(sites=("b", "a"))),
        ("silent=1", Wanted(changes=("silent",))),
        ("silent=0&change=updated", Wanted(changes=("updated",))),
        ("change=silent&silent=on", Wanted(changes=("silent",))),
        ("region=&country=GB&since=2025-05-09", Wanted(country="GB", since="2025-05-09")),
        ("until=2025-05-09T10:00:00Z", Wanted(until="2025-05-09T10:00:00Z")),
        ("q=+council%00leader+", Wanted(words="council leader")),
        ("url=https%3A%2F%2Fp.example%2F%3Fa%3D1%26b%3D2", Wanted(url="https://p.example/?a=1&b=2")),
        ("before=2025-05-09T10:00:00Z~12", Wanted(before="2025-05-09T10:00:00Z~12")),
        ("unknown=1&region=Wenshire&region=Lydmouth", Wanted(region="Lydmouth")),
    ],
)
def test_what_is_asked_for(query: str, expected: Wanted) -> None:
    assert wanted(query) == expected


@table(
    ("query", "told"),
    [
        ("change=edited", "change: 'edited' is none of new, paywall, restamped, restored, reverted, silent, updated"),
        ("since=yesterday", "since: 'yesterday' is not what it can be"),
        ("since=2025-02-30", "since: 2025-02-30 is no day and no moment"),
        ("before=12", "before: '12' is not what it can be"),
        ("site=" + "x" * 201, "site: '" + "x" * 40 + "' is not what it can be"),
        ("&".join(f"site={number}" for number in range(51)), "site: more than 50"),
        ("&".join(f"a{number}=1" for number in range(101)), "more parameters than are meant"),
        ("q=" + "x" * 16_000, "the query is longer than any that is meant"),
    ],
)
def test_what_cannot_be_meant_is_refused_by_name(query: str, told: str) -> None:
    with pytest.raises(FilterError, match=r".") as refused:
        wanted(query)
    assert str(refused.value) == told


@settings(max_examples=100)
@given(st.text(max_size=300) | st.lists(st.tuples(st.sampled_from(["site", "q", "url", "change", "before", "since"]), st.text()))
       .map(lambda pairs: "&".join(f"{name}={value}" for name, value in pairs)))  # fmt: skip
def test_any_query_is_read_or_refused_and_what_is_read_is_written_as_it_reads(query: str) -> None:
    try:
        asked = wanted(query)
    except FilterError:
        return
    again = wanted(asked.query())
    assert again.query() == asked.query()
    assert (set(again.sites), again.words, again.url) == (set(asked.sites), asked.words, asked.url)


def test_a_part_can_be_set_anew_or_taken_away() -> None:
    asked = wanted("site=a&before=2025-05-09T10:00:00Z~12&silent=1")
    assert asked.query() == "site=a&change=silent&before=2025-05-09T10%3A00%3A00Z~12"
    assert asked.query(before=None) == "site=a&change=silent"
    assert asked.query(before="2025-01-01T00:00:00Z~1") == "site=a&change=silent&before=2025-01-01T00%3A00%3A00Z~1"
