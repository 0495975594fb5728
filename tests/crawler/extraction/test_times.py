"""The judge of times: which of what machines are told and what is printed is believed, and why."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from crawler.extraction.choice.times import modified_at, names_zone, published_at
from crawler.extraction.choice.zones import guess_zone
from crawler.extraction.declared.proposals import Proposal, Proposals
from pipelines.text.dates import Timestamp, parse_labelled, parse_timestamp
from tests.table import table

NEW_YORK, LONDON = "America/New_York", "Europe/London"
Told = tuple[str, str]


def stamp(source: str, raw: str, timezone: str) -> Proposal[Timestamp]:
    found = parse_timestamp(raw, timezone) if source.split(".")[0] != "printed" else parse_labelled(raw, timezone)[0]
    assert found is not None
    return Proposal(replace(found, source=source), source)


def proposals(timezone: str, published: list[Told], modified: list[Told]) -> Proposals:
    found = Proposals()
    found.published = [stamp(*one, timezone) for one in published]
    found.modified = [stamp(*one, timezone) for one in modified]
    return found


@table(
    ("timezone", "is_sure", "marked", "instant", "why"),
    [
        (LONDON, True, [], None, "nothing was proposed"),
        (LONDON, True, [("jsonld.datePublished", "2025-06-05T08:00:00Z")], "2025-06-05T08:00:00Z", "JSON-LD's datePublished"),
        # The printed time is earlier.
        (
            LONDON,
            True,
            [("jsonld.datePublished", "2025-06-05T08:00:00Z"), ("printed.text.head", "5 June 2025, 07:13")],
            "2025-06-05T06:13:00Z",
            "earlier than JSON-LD's datePublished by 107 min",
        ),
        # Local time marked Z: the printed minute convicts it where the zone is known.
        (
            "Asia/Kolkata",
            True,
            [("jsonld.datePublished", "2025-06-05T08:00:09Z"), ("printed.text.head", "5 June 2025, 08:00")],
            "2025-06-05T02:30:00Z",
            "local time marked as UTC",
        ),
        (
            "Asia/Kolkata",
            False,
            [("jsonld.datePublished", "2025-06-05T08:00:09Z"), ("printed.text.head", "5 June 2025, 08:00")],
            "2025-06-05T08:00:09Z",
            "JSON-LD's datePublished",
        ),
        # The day a post was sent that the page shows.
        (
            LONDON,
            True,
            [("jsonld.datePublished", "2025-06-05T08:00:00Z"), ("printed.line", "— Jo Bell (@jobell) June 1, 2025")],
            "2025-06-05T08:00:00Z",
            "JSON-LD's datePublished",
        ),
        # A guess at the zone gives way to the same minute with its zone.
        (
            NEW_YORK,
            False,
            [("itemprop.datepublished", "2025-06-05T08:00:09"), ("meta.datepublished", "2025-06-05T08:00:09+00:00")],
            "2025-06-05T08:00:09Z",
            "shows the same minute without a zone",
        ),
        # Midnight of a day whose hour is printed.
        (
            "Europe/Berlin",
            True,
            [("jsonld.datePublished", "2025-06-05T00:00:00+02:00"), ("printed.text.head", "05.06.2025, 13:30 Uhr")],
            "2025-06-05T11:30:00Z",
            "has midnight",
        ),
    ],
)
def test_published(timezone: str, is_sure: bool, marked: list[Told], instant: str | None, why: str) -> None:
    verdict = published_at(proposals(timezone, marked, []), timezone if is_sure else None)
    assert (verdict.value and verdict.value.isoformat()) == instant
    assert why in verdict.why


@table(
    ("timezone", "is_sure", "published", "modified", "instant", "why"),
    [
        # Earlier than the publication: the last edit of a draft, no update.
        (
            LONDON,
            True,
            [("jsonld.datePublished", "2025-06-05T08:00:00Z")],
            [("jsonld.dateModified", "2025-06-05T07:40:00Z")],
            None,
            "earlier than the publication",
        ),
        # Something else was modified since: the printed minute finds the right one.
        (
            LONDON,
            True,
            [("jsonld.datePublished", "2025-06-05T08:00:00Z")],
            [
                ("jsonld.dateModified", "2025-06-07T01:13:48Z"),
                ("meta.article:modified_time", "2025-06-05T09:10:33Z"),
                ("printed.text.head", "5 June 2025, 10:10"),
            ],
            "2025-06-05T09:10:33Z",
            "the printed minute agrees",
        ),
        # The same minute with a wrong Z in an attribute.
        (
            LONDON,
            True,
            [("jsonld.datePublished", "2025-06-05T08:00:00Z")],
            [
                ("jsonld.dateModified", "2025-06-05T09:10:33Z"),
                ("printed.time.head", "2025-06-05 10:10:33Z"),
                ("printed.text.head", "5 June 2025, 10:10"),
            ],
            "2025-06-05T09:10:33Z",
            "the printed minute agrees",
        ),
        # In a guessed zone the printed publication tells how far off the printed update is.
        (
            NEW_YORK,
            False,
            [("jsonld.datePublished", "2025-06-06T00:30:41Z"), ("printed.text.head", "June 5, 2025 at 5:30 p.m.")],
            [
                ("jsonld.dateModified", "2025-06-06T03:58:18Z"),
                ("meta.article:modified_time", "2025-06-06T10:58:18Z"),
                ("printed.text.head", "June 6, 2025 at 3:58 a.m."),
            ],
            "2025-06-06T10:58:18Z",
            "the printed minute agrees",
        ),
        # Letters are believed before a stamp that is whole hours off.
        (
            NEW_YORK,
            False,
            [("jsonld.datePublished", "Thu, 05 Jun 2025 16:07:38 -0500")],
            [
                ("meta.last-modified", "2025-06-05T17:36:50-05:00"),
                ("printed.text.head", "Updated at 5:36 PM CDT on June 5, 2025"),
            ],
            "2025-06-05T22:36:50Z",
            "the printed minute agrees",
        ),
    ],
)
def test_modified(
    timezone: str, is_sure: bool, published: list[Told], modified: list[Told], instant: str | None, why: str
) -> None:
    found = proposals(timezone, published, [])
    for source, raw in modified:
        if source.startswith("printed.text"):
            both = parse_labelled(raw, timezone)
            shown = both[1] or both[0]
            assert shown is not None
            found.modified.append(Proposal(replace(shown, source=source), source))
        else:
            value = parse_timestamp(raw, timezone)
            assert value is not None
            found.modified.append(Proposal(replace(value, source=source), source))
    zone = timezone if is_sure else None
    verdict = modified_at(found, published_at(found, zone).value, zone)
    assert (verdict.value and verdict.value.isoformat()) == instant
    assert why in verdict.why


@table(
    ("raw", "named"),
    [
        ("2025-06-05T08:00:00Z", True),
        ("2025-06-05T08:00:00+01:00", True),
        ("Thu, 05 Jun 2025 08:00:00 -0500", True),
        ("5 June 2025, 08:00 BST", True),
        ("June 5, 2025 at 5:36 p.m. EDT", True),
        ("1749110400", True),
        ("June 5, 2025 5:36 PM Pacific Time", True),
        ("20250605T080000+0100", True),
        ("2025-06-05T08:00:00", False),
        ("05-06-2025 08:00", False),
        ("5 June 2025, 08:00", False),
        ("2025-06-05", False),
        ("05.06.2025, 13:30 Uhr", False),
    ],
)
def test_names_zone(raw: str, named: bool) -> None:
    value = parse_timestamp(raw, "UTC")
    assert value is not None
    assert names_zone(value) is named


@table(
    ("title", "zone"),
    [
        ("市長が図書館を開く", "Asia/Tokyo"),
        ("これは", "Asia/Tokyo"),
        ("市长为图书馆揭幕", "Asia/Shanghai"),
        ("시장이 도서관을 열다", "Asia/Seoul"),
        ("Ο δήμαρχος", "Europe/Athens"),
        ("Мэр открывает", "UTC"),
        ("The mayor – open", "UTC"),
    ],
)
def test_the_script_of_a_title_where_no_language_is_declared(title: str, zone: str) -> None:
    assert guess_zone("https://www.example.com/a", (), title)[0] == zone


@settings(max_examples=100, deadline=None)
@given(
    st.lists(st.tuples(st.sampled_from(["jsonld.datePublished", "printed.text.head", "url"]), st.datetimes()), max_size=6),
    st.sampled_from([None, LONDON]),
)
def test_any_proposals(marked: list[tuple[str, object]], timezone: str | None) -> None:
    found = Proposals()
    for source, moment in marked:
        value = parse_timestamp(str(moment), "UTC")
        if value is not None:
            found.published.append(Proposal(replace(value, source=source), source))
            found.modified.append(Proposal(replace(value, source=source), source))
    first = published_at(found, timezone).value
    last = modified_at(found, first, timezone).value
    assert first is not None or not found.published
    assert last is None or last.instant in {one.value.instant for one in found.modified} or timezone is None
