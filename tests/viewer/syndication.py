"""A ledger of five papers that share a wire: copies edited in the ways that newsrooms edit them, takedowns, days of crawls."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from pipelines.article import Article, Author, Fetch, Outcome
from pipelines.reasons import CodedReason, CrawlReason
from pipelines.store.crawls import CrawlOutcome, finish_crawl, put_sites, start_crawl
from pipelines.store.database import Store
from pipelines.store.writer import RevisionWriter
from pipelines.stories.update import catch_up
from pipelines.text.dates import Timestamp
from pipelines.text.normalise import normalise
from tests.factories import OPENED

NOW = datetime(2025, 3, 21, 20, 0, tzinfo=UTC)
"""When the ledger is looked at."""
START = datetime(2025, 3, 8, 6, 0, tzinfo=UTC)
DAYS = 14
PAPERS = {
    "argus": ("The Northmoor Argus", "Northmoor"),
    "bugle": ("Saltham Bugle", "Saltham"),
    "courier": ("Courier & Advertiser of the Fells", "Fellside"),
    "echo": ("Estuary Echo", "Saltham"),
    "herald": ("<b>Herald</b> & Post", "Northmoor"),
}
HOSTILE = '"><script>alert(1)</script>\u202e'
SOURCE = "https://argus.example/news/ferry"
COPY = """\
The last car ferry across the Salt Reach will stop running in June after its operator said that the crossing had lost
money in each of the past nine years.

Reach Crossings Ltd told its 64 staff on Thursday morning that both vessels would be sold and the slipways handed back
to the harbour commissioners.

The closure leaves drivers with a detour of 41 miles by way of the upper bridge, which is itself shut at night for
repairs until the autumn.

“Nobody here wanted this day to come,” the managing director, Ines Garrowby, said. “But a boat that carries thirty cars
cannot live on eleven.”

Figures that the company filed in January show takings of £1.9 million in the year to September, against costs of a
little over £2.4 million.

Harbour commissioners said that they had offered to waive mooring fees for two seasons, and that the offer had been
politely declined.

The transport minister, asked about the ferry in the chamber, said that crossings of this kind were a matter for
councils, and that no rescue was planned.

A petition against the closure had gathered 7,312 names by the evening, more than the number of people who live on the
peninsula.

The first ferry on the Reach was licensed in 1786, when a Saltham widow was granted the right to row market women across
for a halfpenny.

The last sailing is planned for Sunday, June 29, at half past nine in the evening."""
PARAGRAPHS = tuple(" ".join(paragraph.split()) for paragraph in COPY.split("\n\n"))
LOCAL = (
    "“My mother took that boat to school and so did I,” said Wilf Tranter, 71, who keeps the tea hut at the northern slip. "
    "“They will have to carry me off it.”"
)


SISTERS = """\
Swifts have come back to the tower of Marl Street chapel for the first time since its louvres were boarded up eleven years ago.

Volunteers fitted forty nesting boxes over the winter and played recordings of the birds each evening from the end of April.

“We had nearly given up, and then one morning there they were,” said Dilys Ambler, who keeps the count.

Nine pairs are thought to be nesting. The infants’ school made the boxes from pallets that a brewery gave away."""


def make(folder: Path, *, days: int = DAYS, with_stories: bool = True) -> Store:
    """The ledger: an agency's story in five papers, another in two, articles and edits a day, disappearances, a failing site."""
    store = Store(folder / "news.db")
    OPENED.append(store)
    rows = [
        {"id": site, "name": name, "url": f"https://{site}.example/", "country": "GB", "region": region, "language": "en-GB"}
        for site, (name, region) in PAPERS.items()
    ]
    put_sites(store, rows)
    for day in range(days):
        _day(store, START + timedelta(days=day), day)
    _shared(store, START + timedelta(days=days - 2, hours=1))
    _gone(store, START + timedelta(days=days - 2))
    _wire(store, START + timedelta(days=days - 1))
    for hours in (3, 2, 1):
        crawl = start_crawl(store, "echo", "schedule", NOW - timedelta(hours=hours))
        why = CodedReason(CrawlReason.OTHER, "refused: 403 <i>go away</i>")
        finish_crawl(store, crawl, CrawlOutcome.FAILED, NOW - timedelta(hours=hours - 0.1), reason=why)
    if with_stories:
        catch_up(store, NOW)
    return store


def read(site: str, slug: str, at: datetime, body: str, *, modified: datetime | None = None, **fields: Any) -> Article:
    """An article of a site as it was read at a moment; published five minutes before, unless told."""
    url = f"https://{site}.example/news/{slug}"
    values: dict[str, Any] = {
        "headline": slug.replace("-", " ").capitalize(),
        "byline": "By Ann Other",
        "authors": (Author("Ann Other"),),
    }
    values |= {"date_published": Timestamp(at - timedelta(minutes=5)), "date_modified": Timestamp(modified) if modified else None}
    values |= {"extractor": "test/1", "language": "en-GB", **fields}
    return normalise(Article(url=url, body=body, fetch=Fetch(url, at, status=200), **values))


def _crawl(store: Store, site: str, at: datetime, items: list[Article | Fetch]) -> None:
    crawl = start_crawl(store, site, "schedule", at)
    ledger = RevisionWriter(store, site, crawl)
    for item in items:
        ledger.record(item)
    finish_crawl(store, crawl, CrawlOutcome.FINISHED, at + timedelta(minutes=3), requests=len(items) + 4, candidates=40)


def _day(store: Store, at: datetime, day: int) -> None:
    """Some articles of their own for each paper, and later edits of some of them."""
    for place, site in enumerate(PAPERS):
        if site == "echo" and day > 10:
            continue
        count = 1 + (day * 7 + place * 3) % 4
        first = [read(site, f"council-notes-{day}-{n}", at + timedelta(minutes=n), _notes(site, day, n)) for n in range(count)]
        _crawl(store, site, at, list(first))
        late = at + timedelta(hours=1 + (day * 5 + place) % 11, minutes=17)
        kept = {"date_published": Timestamp(at - timedelta(minutes=5))}
        edits: list[Article | Fetch] = []
        for n in range((day + place) % 3):
            number = min(n, count - 1)
            body = f"{_notes(site, day, number)}\n\nCorrected, {n}."
            stamp = late if (day + n) % 2 else None
            edits.append(read(site, f"council-notes-{day}-{number}", late + timedelta(minutes=n), body, modified=stamp, **kept))
        _crawl(store, site, late, edits)


def _notes(site: str, day: int, number: int) -> str:
    return f"{site.capitalize()} councillors met on day {day}.\n\nItem {number + 1} of the agenda of {site} was put off again."


def _wire(store: Store, at: datetime) -> None:
    """The wire's copy at the Argus, then what the others made of it."""
    agency = {"byline": "By PA Reporter", "authors": (Author("PA Reporter", None, "PA"),)}
    whole = "\n\n".join(PARAGRAPHS)
    _crawl(store, "argus", at, [read("argus", "ferry", at, whole, headline="Last Salt Reach ferry to stop in June", **agency)])
    cut = "\n\n".join(PARAGRAPHS[:5] + PARAGRAPHS[7:])
    cut_at = at + timedelta(minutes=12)
    _crawl(
        store, "bugle", cut_at, [read("bugle", "ferry-ends", cut_at, cut, headline="Salt Reach ferry to stop running this June")]
    )
    own = "\n\n".join((PARAGRAPHS[0], LOCAL, *PARAGRAPHS[1:3], *PARAGRAPHS[4:8], PARAGRAPHS[3], *PARAGRAPHS[8:]))
    own_at = at + timedelta(minutes=95)
    _crawl(
        store, "herald", own_at, [read("herald", "tea-hut", own_at, own, headline=f"‘They will have to carry me off’ {HOSTILE}")]
    )
    half = "\n\n".join(PARAGRAPHS[:6])
    half_at = at + timedelta(hours=5)
    _crawl(store, "courier", half_at, [read("courier", "ferry", half_at, half, headline="Last Salt Reach ferry to stop in June")])
    edit_at = at + timedelta(hours=7)
    edited = whole.replace("64 staff", "58 staff").replace("£1.9 million", "£1.7 million")
    published = {"date_published": Timestamp(at - timedelta(minutes=5))}
    _crawl(store, "argus", edit_at, [read("argus", "ferry", edit_at, edited, headline="Salt Reach ferry to stop after 239 years",
                                          **agency, **published)])  # fmt: skip
    echo_at = at + timedelta(hours=11)
    _crawl(
        store,
        "echo",
        echo_at,
        [read("echo", "ferry-last", echo_at, cut + "\n\n" + LOCAL, headline="Last Salt Reach ferry to stop in June")],
    )


def _shared(store: Store, at: datetime) -> None:
    """Two sister papers with the same piece, of no agency."""
    for site, minutes in (("herald", 0), ("courier", 40)):
        then = at + timedelta(minutes=minutes)
        _crawl(store, site, then, [read(site, "swifts", then, SISTERS, headline="Swifts come back to the chapel tower")])


def _gone(store: Store, at: datetime) -> None:
    """Gone for good; missing and back; missing still; gone after three looks; led to a section front."""
    for hours, slug, status, reason in (
        (2, "council-notes-1-0", 410, None),
        (3, "council-notes-2-0", 404, None),
        (9, "council-notes-3-0", 404, None),
        (30, "council-notes-4-0", None, "led to the section front"),
    ):
        _crawl(
            store, "bugle", at + timedelta(hours=hours), [_missing("bugle", slug, at + timedelta(hours=hours), status, reason)]
        )
    back = at + timedelta(hours=6)
    _crawl(store, "bugle", back, [replace(read("bugle", "council-notes-2-0", back, _notes("bugle", 2, 0)))])
    for hours in (18, 36):
        later = at + timedelta(hours=hours)
        _crawl(store, "bugle", later, [_missing("bugle", "council-notes-3-0", later, 404, None)])


def _missing(site: str, slug: str, at: datetime, status: int | None, reason: str | None) -> Fetch:
    return Fetch(
        f"https://{site}.example/news/{slug}", at, status=status, outcome=Outcome.GONE, reason=reason or f"status {status}"
    )
