"""A ledger is a function of the captures it was given: in whatever order and grouping they come, it is the same.

By default a few histories are tried; `make test-order` tries 2,000, each in two orders of imports and once by any ways.
"""

from __future__ import annotations

import hashlib
import json
import os
import random
import re
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from crawler.catalogue.site import Site
from crawler.crawl.session import CrawlResult, CrawlSession, load_context, rows_of
from pipelines.article import ArchivedRecord, Article, Fetch, Outcome
from pipelines.exchange.export import Selection, records
from pipelines.exchange.import_ledger import checked_ledger
from pipelines.exchange.import_records import Staging
from pipelines.exchange.merge import MergeSource, merge
from pipelines.items import confirm
from pipelines.proof.verify import verify
from pipelines.reasons import FetchReason, because, coded
from pipelines.store.crawls import CrawlOutcome, put_sites, start_crawl
from pipelines.store.crawls.snapshot import SnapshotQuestion, look_up
from pipelines.store.database import Store
from pipelines.store.judgement import fetch_of
from pipelines.store.late_captures.events import repeated
from pipelines.store.rows import moment
from pipelines.text.urls import article_key
from tests.factories import article, at

FEW = 10
"""The suite tries the same histories each time; `make test-order` tries others."""
HISTORIES = int(os.environ.get("NEWSLEDGER_HISTORIES", FEW))
SITE = Site(
    id="paper",
    name="The Paper",
    url="https://paper.example/",
    timezone="Europe/London",
    article_url=re.compile(r"-(?P<id>70\d)$"),
)
NOW = at(60 * 24 * 60)
TOPICS = ("harbour wall", "school roof", "market square", "railway bridge")
Item = Article | Fetch


def address(story: int, place: int = 0) -> str:
    """A story's addresses: its first, and others that it moves to. Those of every second story carry the owner's id."""
    parts = [TOPICS[story].replace(" ", "-"), *([str(place)] if place else []), *([str(700 + story)] if story % 2 else [])]
    return f"https://paper.example/news/{'-'.join(parts)}"


def page(story: int, text: int, seen: float, modified: float | None = None, place: int = 0, shown: int | None = None,
         led_from: str | None = None, **more: Any) -> Article:  # fmt: skip
    """A page of one of the stories; texts of one story share most words, texts of two share few. With `shown` the address shows
    another story.
    """
    topic = TOPICS[story if shown is None else shown]
    words = " ".join(f"{topic.split()[0]}{n}" for n in range(30))
    body = f"The {topic} was closed, version {text} says.\n\n{words}.\n\nParagraph {text} of {topic}."
    payload = hashlib.sha1(f"{body} {modified} {more}".encode()).hexdigest()
    archived = ArchivedRecord(address(story, place), moment(at(seen)), payload + "0" * 24, payload_digest=f"sha1:{payload}")
    fetch = {"external_id": SITE.external_id(address(story, place)), "requested_url": led_from, "archived": archived}
    return article(body, seen=seen, modified=modified, published=-600, url=address(story, place), headline=f"The {topic} is shut",
                   description=None, fetch=fetch, **more)  # fmt: skip


def gone(story: int, seen: float, status: int = 404, place: int = 0) -> Fetch:
    return because(Fetch(address(story, place), at(seen), status=status), Outcome.GONE, coded(FetchReason.GONE, status))


def unmodified(story: int, seen: float, place: int = 0) -> Fetch:
    return Fetch(address(story, place), at(seen), status=304, outcome=Outcome.NOT_MODIFIED)


def redirect(story: int, target: str, seen: float, place: int = 0) -> Fetch:
    fetch = Fetch(address(story, place), at(seen), status=301, answered_url=target)
    return because(fetch, Outcome.MOVED, coded(FetchReason.MOVED, target))


def to_front(story: int, seen: float) -> Fetch:
    fetch = Fetch(address(story), at(seen), status=302, answered_url="https://paper.example/")
    return because(fetch, Outcome.SUSPECTED, coded(FetchReason.MOVED, "https://paper.example/"))


def elsewhere(story: int, seen: float) -> Fetch:
    """As a crawl that follows redirects meets it: what answered is the front page, and no article."""
    fetch = Fetch("https://paper.example/", at(seen), address(story), status=200)
    return because(fetch, Outcome.SUSPECTED, coded(FetchReason.LEADS_ELSEWHERE, fetch.url, "a front page"))


def revisit(original: Article, seen: float) -> Fetch:
    """Of a page's payload, which may come to the ledger later."""
    archived = original.fetch.archived if original.fetch else None
    fetch = Fetch(original.url, at(seen), archived=archived, external_id=SITE.external_id(original.url))
    return because(fetch, Outcome.ERROR, coded(FetchReason.ORIGINAL_UNKNOWN))


def failed(story: int, seen: float) -> Fetch:
    return because(Fetch(address(story), at(seen), status=500), Outcome.ERROR, coded(FetchReason.HTTP_ERROR, 500))


class Way(StrEnum):
    """How captures come to a ledger."""

    IMPORT = "import"
    MERGE = "merge"
    RECORDS = "records"
    CRAWL = "crawl"
    """Whose time is now: it comes to a ledger that knows of nothing later."""


class Captured(NamedTuple):
    """One capture of a history, in few words."""

    minute: float
    kind: str
    story: int
    place: int = 0
    text: int = 0
    modified: float | None = None
    target: str = ""
    """Of a redirect; of a page its canonical link."""
    led_from: str = ""
    """The URL first asked for, where redirects were followed."""
    shown: int | None = None
    """The story that a page tells, where that is not the one of its address."""

    @property
    def item(self) -> Item:
        """As the gate lets it in."""
        if self.kind in ("page", "revisit"):
            canonical = self.target or None
            read = page(self.story, self.text, self.minute, self.modified, self.place, self.shown, self.led_from or None,
                        canonical_url=canonical)  # fmt: skip
            return read if self.kind == "page" else revisit(read, self.minute)
        if self.kind == "redirect":
            return redirect(self.story, self.target, self.minute, self.place)
        if self.kind == "304":
            return unmodified(self.story, self.minute, self.place)
        if self.kind == "front":
            return to_front(self.story, self.minute)
        if self.kind == "elsewhere":
            return elsewhere(self.story, self.minute)
        return (
            failed(self.story, self.minute) if self.kind == "500" else gone(self.story, self.minute, int(self.kind), self.place)
        )


@st.composite
def histories(draw: st.DrawFn) -> list[Captured]:
    """Captures of one to four stories, in order of time."""
    stories = draw(st.integers(1, 4))
    minute = 0.0
    found: list[Captured] = []
    for _ in range(draw(st.integers(2, 12))):
        minute += draw(st.sampled_from([0.5, 3, 20, 61, 700, 1500]))
        story, place = draw(st.integers(0, stories - 1)), draw(st.sampled_from([0, 0, 0, 1]))
        kind = draw(
            st.sampled_from(
                ["page"] * 6 + ["404", "410", "304", "redirect", "redirect", "led", "led", "front", "elsewhere", "500", "revisit"]
            )
        )
        if kind == "page":
            modified = draw(st.sampled_from([None, 0, minute - 5, minute - 900]))
            other = address(draw(st.integers(0, stories - 1)), draw(st.integers(0, 1)))
            canonical = draw(st.sampled_from(["", "", "", address(story), address(story, 1), other]))
            shown = draw(st.sampled_from([None] * 8 + [draw(st.integers(0, stories - 1))]))
            found.append(Captured(minute, kind, story, place, draw(st.integers(0, 3)), modified, canonical, shown=shown))
        elif kind == "revisit":
            pages = [one for one in found if one.kind == "page" and not one.led_from]
            if pages:
                found.append(draw(st.sampled_from(pages))._replace(minute=minute, kind=kind))
        elif kind in ("redirect", "led"):
            other, to = draw(st.integers(0, stories - 1)), draw(st.integers(0, 2))
            if (other, to) == (story, place):
                continue
            if kind == "led":
                text = draw(st.integers(0, 3))
                found.append(Captured(minute, "page", other, to, text, minute - 1, led_from=address(story, place)))
            else:
                found.append(Captured(minute, kind, story, place, target=address(other, to)))
                minute += draw(st.sampled_from([0, 0.05, 2, 40]))
                found.append(Captured(minute, "page", other, to, draw(st.integers(0, 3))))
        else:
            found.append(Captured(minute, kind, story, place))
    return found


@dataclass(frozen=True)
class Ledgers:
    """Makes ledgers, from one that is empty."""

    folder: Path

    def made(self, *groups: Sequence[Item], ways: Sequence[Way] = ()) -> dict[str, Any]:
        """What a ledger says that was given groups of captures, each in one of the ways; an import where none is named."""
        with self.new("news.db") as store:
            for group, way in zip(groups, [*ways, *[Way.IMPORT] * len(groups)], strict=False):
                self.bring(store, group, way)
            assert [str(fault) for fault in verify(store)] == []
            return told(store)

    def bring(self, store: Store, items: Sequence[Item], way: Way) -> None:
        """Give a group to a ledger."""
        if way in (Way.IMPORT, Way.CRAWL):
            (imported if way is Way.IMPORT else crawled)(store, items)
            return
        with self.new("other.db") as other, self.new("heap.db") as heap:
            imported(other, items)
            handed_on = [json.dumps(record) for record in records(other, Selection())]
            fetched = {(look["fetched"], look["url"]) for line in handed_on for look in json.loads(line)["looks"]}
            if way is Way.RECORDS and fetched >= set(self.telling(other)):
                staging = Staging(heap, NOW)
                assert set(staging.put(handed_on)) <= {None}
                staging.link_references()
                merge(store, heap, MergeSource("other.jsonl", "import"), NOW)
                return
        problems: list[str] = []
        with checked_ledger(self.folder / "other.db", NOW, problems) as checked:
            merge(store, checked, MergeSource("other.db", "merge"), NOW)
        assert problems == [], problems

    def telling(self, store: Store) -> Iterator[tuple[str, str]]:
        """Fetches that say something of an address; of one that is of no article yet there is no record."""
        sql = "SELECT fetched, url FROM fetches WHERE outcome IN ('moved', 'gone', 'not_modified') OR answered_url IS NOT NULL"
        sql += " OR reason_code = 'original_unknown'"
        yield from ((row["fetched"], row["url"]) for row in store.rows(sql))

    def new(self, name: str) -> Store:
        """An empty ledger."""
        for file in self.folder.glob(f"{name}*"):
            file.unlink()
        shutil.copy(self.folder / "empty.db", self.folder / name)
        store = Store(self.folder / name)
        store.execute("PRAGMA synchronous = OFF")
        return store


@pytest.fixture
def ledgers(tmp_path: Path) -> Ledgers:
    with Store(tmp_path / "made.db") as store:
        put_sites(store, rows_of([SITE]))
        store.backup(tmp_path / "empty.db")
    return Ledgers(tmp_path)


def imported(store: Store, items: Sequence[Item]) -> None:
    session = CrawlSession(store, SITE, start_crawl(store, None, "import", NOW), NOW, imported=NOW)
    for item in items:
        session.write(resolved(store, item))
    session.settle()


def resolved(store: Store, item: Item) -> Item:
    """A revisit as an import resolves it by what the ledger has."""
    if isinstance(item, Article) or item.reason_code != FetchReason.ORIGINAL_UNKNOWN or item.archived is None:
        return item
    return repeated(store, str(item.archived.payload_digest), item) or item


def crawled(store: Store, items: Sequence[Item]) -> None:
    """Crawls find so much, one after the other, as the spider's items go: what says nothing new comes as a confirmation."""
    now = fetch_of(items[0]).fetched
    context = load_context(store, SITE, now)
    urls = {url for item in items for url in (item.url, fetch_of(item).requested_url) if url}
    ids = {found for item in items if (found := fetch_of(item).external_id)}
    question = SnapshotQuestion(tuple(map(article_key, urls)), tuple(ids), until=now)
    context.snapshot.add(look_up(store, SITE.id, question))
    session = CrawlSession(store, SITE, start_crawl(store, SITE.id, "test", now), now, snapshot=context.snapshot)
    for item in items:
        fetch = fetch_of(item)
        session.write(confirm(context.snapshot, item, fetch) if isinstance(item, Article) else item)
    session.close(CrawlResult(CrawlOutcome.FINISHED, None, fetch.fetched))


def told(store: Store) -> dict[str, Any]:
    """All that a ledger says, by addresses and times: not by ids."""
    urls = {row["id"]: row["url"] for row in store.rows("SELECT id, url FROM articles")}
    numbers = {row["id"]: row["number"] for row in store.rows("SELECT id, number FROM revisions")}
    columns = ("state", "kind", "first_seen", "last_seen", "last_checked", "revision_count", "suspected_since", "suspected_looks",
               "stale_hash", "stale_since")  # fmt: skip
    found: dict[str, Any] = {"articles": {}, "aliases": {}, "states": {}, "revisions": {}, "fetches": []}
    for row in store.rows("SELECT * FROM articles ORDER BY url"):
        found["articles"][row["url"]] = {**{c: row[c] for c in columns}, "moved_to": urls.get(row["moved_to"]),
                                         "latest": numbers[row["latest_revision_id"]]}  # fmt: skip
    for row in store.rows("SELECT * FROM aliases ORDER BY url"):
        found["aliases"][row["url"]] = urls[row["article_id"]], row["reason"], row["first_seen"]
    for row in store.rows("SELECT * FROM states ORDER BY article_id, id"):
        found["states"].setdefault(urls[row["article_id"]], []).append((row["at"], row["state"], row["status"], row["reason"]))
    places = ("number", "change", "changed_fields", "headline", "body", "date_modified", "first_seen", "last_seen", "not_before",
              "content_hash", "canonical_url", "date_published", "byline", "section")  # fmt: skip
    for row in store.rows("SELECT * FROM revisions ORDER BY article_id, number"):
        facts = {column: row[column] for column in places}
        found["revisions"].setdefault(urls[row["article_id"]], []).append({**facts, "back": numbers.get(row["reverted_to"])})
    for row in store.rows("SELECT * FROM fetches ORDER BY fetched, url, answered_url, content_hash, status"):
        facts = {column: row[column] for column in ("fetched", "url", "outcome", "answered_url", "content_hash", "reason_code")}
        if facts["outcome"] == "moved" and facts["content_hash"]:
            facts["outcome"] = "unchanged"  # whether a confirmation at another address was a move rests on what was known then
        found["fetches"].append({**facts, "article": urls.get(row["article_id"])})
    return found


def parted(items: Sequence[Captured], chance: random.Random) -> list[list[Captured]]:
    """Captures in any order, in up to three groups."""
    shuffled = chance.sample(items, len(items))
    cuts = sorted(chance.randrange(len(items) + 1) for _ in range(chance.randrange(3)))
    return [shuffled[a:b] for a, b in zip([0, *cuts], [*cuts, len(items)], strict=True)]


def with_crawls(history: Sequence[Captured], chance: random.Random) -> list[tuple[Way, list[Captured]]]:
    """Captures in groups that come in any way, some of them by crawls.

    A crawl fetches each story once, so that it has no mass change: with four stories its readings are believed one by one. What
    was there before a crawl is older than what it finds; else its clock, or that of the others, would be wrong.
    """
    found = [one for one in history[chance.randrange(len(history) + 1) :] if one.kind != "revisit" and chance.random() < 0.6]
    crawls: list[list[Captured]] = []
    for one in found:
        if not crawls or one.story in {other.story for other in crawls[-1]}:
            crawls.append([])
        crawls[-1].append(one)
    others = [group for group in parted([one for one in history if one not in found], chance) if group]
    ways = [way for way in Way if way is not Way.CRAWL]
    began = found[0].minute if found else 0
    before = [group for group in others if max(one.minute for one in group) < began and chance.random() < 0.8]
    after = [group for group in others if group not in before]
    return [
        *((chance.choice(ways), group) for group in before),
        *((Way.CRAWL, group) for group in crawls),
        *((chance.choice(ways), group) for group in after),
    ]


tried = settings(
    max_examples=HISTORIES,
    deadline=None,
    derandomize=HISTORIES <= FEW,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


@pytest.mark.timeout(120 + 3 * HISTORIES)
@tried
@given(histories(), st.integers(0, 1000))
def test_the_order_of_imports_does_not_matter(ledgers: Ledgers, history: list[Captured], seed: int) -> None:
    assume(history)
    expected = ledgers.made([one.item for one in history])
    for chance in (random.Random(seed), random.Random(seed + 1)):
        groups = parted(history, chance)
        found = ledgers.made(*([one.item for one in group] for group in groups))
        for what in expected:
            assert found[what] == expected[what], (what, groups)


@pytest.mark.timeout(120 + 3 * HISTORIES)
@tried
@given(histories(), st.integers(0, 1000))
def test_nor_do_the_ways_by_which_captures_come(ledgers: Ledgers, history: list[Captured], seed: int) -> None:
    assume(history)
    expected = ledgers.made([one.item for one in history])
    ways, groups = zip(*with_crawls(history, random.Random(seed)), strict=True)
    found = ledgers.made(*([one.item for one in group] for group in groups), ways=ways)
    for ledger in (found, expected):
        del ledger["fetches"]  # those that say nothing of any article are not handed on
        for row in ledger["articles"].values():
            del row["last_checked"]
    for what in expected:
        assert found[what] == expected[what], (what, groups, ways)


@pytest.mark.parametrize("canonical", [None, address(0)], ids=["no canonical link", "a canonical link"])
def test_a_crawl_keeps_under_which_stamp_and_address_it_found_a_text(ledgers: Ledgers, canonical: str | None) -> None:
    first, between, last = page(0, 0, 0, 0), page(0, 1, 50, 45), page(0, 0, 100, None, canonical_url=canonical)
    expected = ledgers.made([first, between, last])["revisions"]
    assert [row["date_modified"] for row in expected[address(0)]][0::2] == ["2025-03-07T08:00:00Z", None]
    assert ledgers.made([first], [last], [between], ways=[Way.IMPORT, Way.CRAWL])["revisions"] == expected


def test_a_page_that_a_later_one_names_as_its_address_is_late(ledgers: Ledgers) -> None:
    """The address had led to another story before, so that the later page was filed under its own."""
    led = page(1, 2, 20, 19, place=2, led_from=address(0))
    own, named = page(0, 1, 60), page(0, 3, 1560, 0, place=1, canonical_url=address(0))
    expected = ledgers.made([led, own, named])
    assert [row["change"] for row in expected["revisions"][address(0)]] == ["new", "updated"]
    assert ledgers.made([led], [named, own]) == expected


def test_an_article_that_answers_again_leads_to_no_other(ledgers: Ledgers) -> None:
    items = [page(0, 1, 0), page(2, 1, 50), redirect(0, address(2), 100), page(2, 1, 100.5), page(0, 3, 5000)]
    found = ledgers.made(items)["articles"][address(0)]
    assert (found["state"], found["moved_to"]) == ("live", None)


def test_a_reading_that_was_held_is_late_once_its_article_has_lost_its_address(ledgers: Ledgers) -> None:
    """A canonical link filed a page under the address of another story, which the same crawl reads."""
    claimed = page(1, 0, 3023, 2123, canonical_url=address(0))
    moved, edited, owner = redirect(0, address(1, 1), 3084), page(1, 3, 3124, place=1), page(0, 1, 3825, 2925)
    expected = ledgers.made([claimed, moved, edited, owner])
    found = ledgers.made([claimed, moved], [edited, owner], ways=[Way.IMPORT, Way.CRAWL])
    assert (found["aliases"], found["revisions"]) == (expected["aliases"], expected["revisions"])
