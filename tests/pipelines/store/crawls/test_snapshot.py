"""What a crawl loads of a site at its start: of this site alone, each article once, and what led to none."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest

from pipelines.article import Fetch, Image, Outcome
from pipelines.store.crawls import Source, put_sites, put_source
from pipelines.store.crawls.snapshot import LastArchived, SiteSnapshot, SnapshotQuestion, last_archived, look_up, pictures_of
from pipelines.store.database import Store
from pipelines.text.urls import article_key
from tests.factories import T0, URL, article, at, new_ledger, new_store

WEIR = "https://paper.example/news/the-weir"
PUZZLE = "https://paper.example/puzzles/7"


@pytest.fixture
def store(tmp_path: Path) -> Store:
    store = new_store(tmp_path)
    put_sites(store, [{"id": "weekly", "name": "The Weekly", "url": "https://weekly.example/"}])
    return store


def fetch(store: Store, url: str, minutes: float, outcome: Outcome, site: str = "paper") -> None:
    new_ledger(store, site).record(Fetch(url, at(minutes), status=200, outcome=outcome, reason="as the test wants"))


def test_urls_that_led_to_no_article_are_counted_by_site(store: Store) -> None:
    fetch(store, PUZZLE, 1, Outcome.NOT_ARTICLE)
    fetch(store, PUZZLE, 9, Outcome.ERROR)
    fetch(store, "https://weekly.example/puzzle", 5, Outcome.NOT_ARTICLE, "weekly")
    (attempt,) = SiteSnapshot.load(store, "paper").dead_ends.values()
    assert (attempt.url, attempt.fetched, attempt.outcome, attempt.looks) == (PUZZLE, at(9), Outcome.ERROR, 2)


def test_a_reservation_holds_until_the_article_is_read_again(store: Store) -> None:
    def reserved() -> tuple[datetime, int] | None:
        known = SiteSnapshot.load(store, "paper").find(URL)
        assert known is not None
        return (known.reserved.fetched, known.reserved.looks) if known.reserved else None

    new_ledger(store).record(article())
    assert reserved() is None
    fetch(store, URL, 5, Outcome.RESERVED)
    fetch(store, URL, 10, Outcome.RESERVED)
    assert reserved() == (at(10), 2)
    new_ledger(store).record(article(seen=20))
    assert reserved() is None


def test_articles_of_another_site_are_not_loaded_but_known_to_be_there(store: Store) -> None:
    new_ledger(store).record(article())
    new_ledger(store, "weekly").record(article("The weir holds.", url=WEIR, headline="The weir"))
    assert [known.url for known in SiteSnapshot.load(store, "paper").all()] == [URL]
    question = SnapshotQuestion(tuple(article_key(url) for url in (URL, WEIR, PUZZLE)))
    assert look_up(store, "paper", question).elsewhere == {article_key(WEIR)}
    assert look_up(store, "weekly", question).elsewhere == {article_key(URL)}


def test_an_article_is_listed_once_whatever_leads_to_it(store: Store) -> None:
    led = {"requested_url": "https://paper.example/s/1", "aliases": ((f"{URL}?from=home", "short"),)}
    new_ledger(store).record(article(fetch=led))
    snapshot = SiteSnapshot.load(store, "paper")
    assert len(snapshot.articles) == 3
    assert [known.url for known in snapshot.all()] == [URL]


def test_the_longest_due_comes_first_and_withdrawn_articles_are_marked(store: Store) -> None:
    ledger = new_ledger(store)
    ledger.record(article(seen=30))
    ledger.record(article("The weir holds.", url=WEIR, headline="The weir", seen=40))
    assert [known.url for known in SiteSnapshot.load(store, "paper").due(at(600))] == [URL, WEIR]
    store.update("articles", 1, {"next_check": "2025-03-07T12:00:00Z"})
    store.insert("withdrawals", {"article_id": 2, "at": "2025-03-08T00:00:00Z", "who": "x", "reason": "y", "revisions": 1})
    snapshot = SiteSnapshot.load(store, "paper")
    assert [(known.url, known.withdrawn) for known in snapshot.due(at(600))] == [(WEIR, True), (URL, False)]
    assert [known.url for known in snapshot.due(at(239))] == [WEIR]
    store.update("articles", 2, {"next_check": None})
    assert [known.url for known in SiteSnapshot.load(store, "paper").due(at(600))] == [URL]


def test_an_address_that_was_never_read_is_a_claim(store: Store) -> None:
    new_ledger(store).record(article(url=f"{URL}-print", canonical_url=URL))
    claimed = SiteSnapshot.load(store, "paper").find(URL)
    assert claimed is not None
    assert claimed.is_claimed
    new_ledger(store).record(article(seen=10))
    read = SiteSnapshot.load(store, "paper").find(URL)
    assert read is not None
    assert not read.is_claimed


def test_sources_come_back_as_they_were(store: Store) -> None:
    feed = Source("https://paper.example/rss", "feed", T0, 200, '"1"', candidates=20, dated=3)
    put_source(store, "paper", feed)
    put_source(store, "paper", replace(feed, url="https://paper.example/map", problem_code="empty", problem="named nothing"))
    put_source(store, "weekly", replace(feed, url="https://weekly.example/rss"))
    assert set(SiteSnapshot.load(store, "paper").sources) == {feed.url, "https://paper.example/map"}
    assert SiteSnapshot.load(store, "paper").sources[feed.url] == feed


def test_the_word_for_pictures_is_that_of_the_page(store: Store) -> None:
    one, two = (Image(f"https://paper.example/{name}.jpg", None, f"Caption {name}") for name in "ab")
    page = article(images=(one, two, Image("https://paper.example/plain.jpg")))
    new_ledger(store).record(page)
    known = SiteSnapshot.load(store, "paper").find(URL)
    assert known is not None
    assert known.pictures == pictures_of(page) == pictures_of(article(images=(two, one)))
    assert known.pictures != pictures_of(article(images=(one,)))
    assert pictures_of(article(images=(replace(one, caption=None),))) == ""


def test_the_last_page_in_the_archive(store: Store) -> None:
    ledger = new_ledger(store)
    for minutes, text in ((0, "One."), (10, "Two.")):
        archived = {"warc_file": "paper/a.warc.gz", "warc_offset": minutes, "payload_hash": f"{minutes:064}"}
        ledger.record(article(text, seen=minutes, modified=minutes, fetch=archived))
    ledger.record(article("Three.", seen=20, modified=20))
    assert last_archived(store, 1) == LastArchived(URL, at(10), f"{10:064}")
    assert last_archived(store, None) is None
