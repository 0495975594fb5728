"""What a query string asks for: read strictly, written back in one form."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.queries.site_results import FilterChoices, SiteRecord
from tests.table import table
from viewer.filters import FilterError, Wanted, check, wanted


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


def known() -> FilterChoices:
    """Two papers and their places."""
    record = dict.fromkeys(SiteRecord.__dataclass_fields__)
    sites = (
        SiteRecord(**record | {"id": "marl-echo", "name": "Marl Echo", "url": "https://www.marlecho.example/", "region": "Marl"}),
        SiteRecord(**record | {"id": "dale-post", "name": "Dale Post", "url": "https://dalepost.example/", "country": "GB"}),
    )
    return FilterChoices(sites, ("Marl", "Upper Dale"), ("GB", "IE"), ("new",))


@table(
    ("path", "query"),
    [
        ("/", ""), ("/", "site=marl-echo&silent=no&region=Marl&country=IE&since=2026-01-01"), ("/", "site=&region=&before="),
        ("/", "utm_source=x&_=17"), ("/search", "q=x&page=2&change=new"), ("/feed.json", "q=x&url=https://a.example/&site=dale-post"),
        ("/takedowns", "state=gone&before=2026-01-01T00:00:00Z~4"), ("/sites", "page=3"), ("/diff/", "url=x&from=1&to=2"),
        ("/history/https://a.example/", "colour=red"), ("/ledger/articles", "id__gt=3"),
    ],
)  # fmt: skip
def test_what_a_page_knows_is_taken(path: str, query: str) -> None:
    check(path, query, known)


@table(
    ("path", "query", "told"),
    [
        ("/", "sites=marl-echo", "sites: this page has no such parameter; meant may be site"),
        ("/feed.atom", "sine=2026-01-01", "sine: this page has no such parameter; meant may be since, site"),
        ("/feed.json", "silent=maybe",
         "silent: 'maybe' is none of the ledger's; there are 0, 1, false, true, off, on, no, yes"),
        ("/takedowns", "status=gone", "status: this page has no such parameter; meant may be state"),
        ("/takedowns", "state=removed", "state: 'removed' is none of the ledger's; there are gone, suspected"),
        ("/search", "q=x&region=Marl",
         "region: this page has no such parameter; there are q, saved, site, change, silent, since, until, page"),
        ("/search", "q=x&page=0", "page: '0' is not what it can be"),
        ("/sites", "page=x", "page: 'x' is not what it can be"),
        ("/stories", "before=nonsense", "before: 'nonsense' is not what it can be"),
        ("/site/marl-echo", "x=1", "x: this page has no such parameter; there are crawl"),
        ("/", "site=marlecho.example", "site: 'marlecho.example' is none of the ledger's; meant may be marl-echo"),
        ("/", "site=Dale+Post", "site: 'Dale Post' is none of the ledger's; meant may be dale-post"),
        ("/", "site=dale-pots", "site: 'dale-pots' is none of the ledger's; meant may be dale-post"),
        ("/", "region=marl", "region: 'marl' is none of the ledger's; meant may be Marl"),
        ("/", "country=Ireland", "country: 'Ireland' is none of the ledger's; there are GB, IE"),
    ],
)  # fmt: skip
def test_what_a_page_does_not_know_is_refused_with_what_was_meant(path: str, query: str, told: str) -> None:
    with pytest.raises(FilterError, match=r".") as refused:
        check(path, query, known)
    assert str(refused.value) == told


@given(path=st.sampled_from(["/", "/search", "/feed.atom", "/stories", "/site/x"]), query=st.text(max_size=200))
def test_any_query_is_taken_or_refused(path: str, query: str) -> None:
    with suppress(FilterError):
        check(path, query, known)
