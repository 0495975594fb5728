"""Addresses of articles: which one an article has, what leads to it and why, and how it moves to another."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from pipelines.article import Article, Fetch, Outcome
from pipelines.history.revisions import State
from pipelines.store.addresses import AddressBook, aliases_of
from pipelines.store.chain import Subject
from pipelines.store.database import Row, Store
from pipelines.store.resolver import Lookup, Resolution
from tests.factories import T0, URL, article, at, new_ledger, new_store
from tests.table import table

NEW = f"{URL}-updated"
WEIR = "https://paper.example/news/the-weir"


class Book:
    """The addresses of a ledger with two articles, and the rows whose writing they report."""

    def __init__(self, folder: Path) -> None:
        self.store: Store = new_store(folder)
        ledger = new_ledger(self.store)
        ledger.record(article())
        ledger.record(article("The weir holds.", url=WEIR, headline="The weir", description=None))
        self.touched: list[tuple[Subject, int]] = []
        self.book = AddressBook(self.store, Lookup(self.store, "paper"), None, lambda *row: self.touched.append(row))

    def found(self, url: str = URL) -> Row:
        row = self.store.row("SELECT * FROM articles WHERE url = ?", (url,))
        assert row is not None
        return row

    def meet(self, read: Article, url: str, outcome: Outcome = Outcome.UNCHANGED) -> Outcome:
        """The first article is met in a page, at an address."""
        assert read.fetch is not None
        with self.store.transaction():
            return self.book.set_address(Resolution(url, self.found()), read, read.fetch, outcome)

    @property
    def aliases(self) -> list[tuple[str, str]]:
        return [(row["url"], row["reason"]) for row in self.store.rows("SELECT url, reason FROM aliases ORDER BY url")]


@pytest.fixture
def book(tmp_path: Path) -> Book:
    return Book(tmp_path)


@table(
    ("requested_url", "external_id", "reason"),
    [(URL, None, "redirect"), (None, None, "canonical"), (None, "mill-fire", "slug"), (URL, "mill-fire", "slug")],
)
def test_a_former_address_leads_to_the_article_and_says_why(requested_url: str | None, external_id: str | None, reason: str,
                                                            tmp_path: Path) -> None:  # fmt: skip
    folder = tmp_path / f"{requested_url is None}-{external_id}"
    folder.mkdir()
    book = Book(folder)
    read = article(url=NEW, seen=5, fetch={"requested_url": requested_url, "external_id": external_id})
    assert book.meet(read, NEW) is Outcome.MOVED
    assert (book.found(NEW)["id"], book.found(NEW)["external_id"]) == (1, external_id)
    assert book.aliases == [(URL, reason)]
    assert set(book.touched) == {(Subject.ARTICLE, 1)}


def test_an_edit_at_a_new_address_stays_an_edit(book: Book) -> None:
    assert book.meet(article("Edited.", url=NEW, seen=5), NEW, Outcome.UPDATED) is Outcome.UPDATED
    assert book.found(NEW)["id"] == 1


def test_no_article_takes_the_address_of_another(book: Book) -> None:
    assert book.meet(article(seen=5), WEIR) is Outcome.UNCHANGED
    assert (book.found()["id"], book.found(WEIR)["id"], book.aliases) == (1, 2, [])


def test_an_article_that_comes_back_to_an_address_has_no_alias_of_its_own_name(book: Book) -> None:
    book.meet(article(url=NEW, seen=5), NEW)
    with book.store.transaction():
        assert book.book.set_address(Resolution(URL, book.found(NEW)), article(seen=9), Fetch(URL, at(9)), Outcome.UNCHANGED)
    assert (book.found()["id"], book.aliases) == (1, [(NEW, "canonical")])


def test_an_address_that_is_an_articles_own_is_no_alias_and_the_first_reason_stays(book: Book) -> None:
    short = "https://paper.example/s/1"
    with book.store.transaction():
        for minutes, reason in enumerate(("short", "redirect")):
            pairs = [(URL, reason), (WEIR, reason), (short, reason)]
            book.book.remember(1, URL, pairs, Fetch(URL, at(minutes)))
    assert book.aliases == [(short, "short")]
    with book.store.transaction():
        book.book.forget(short)
    assert book.aliases == []


def test_an_article_whose_address_leads_to_another_has_moved(book: Book) -> None:
    redirected = Fetch(WEIR, at(5), requested_url=URL, status=200)
    with book.store.transaction():
        book.book.mark_moved(2, redirected)
        book.book.mark_moved(2, replace(redirected, fetched=at(9)))
    row = book.found()
    assert (row["state"], row["moved_to"], row["next_check"], row["last_checked"]) == ("moved", 2, None, "2025-03-07T08:05:00Z")
    states = [row["reason"] for row in book.store.rows("SELECT reason FROM states WHERE article_id = 1 ORDER BY id")]
    assert states == ["first seen", f"redirects to {WEIR}"]
    assert book.found(WEIR)["state"] == "live"


def test_a_state_is_a_row_only_where_it_changes(book: Book) -> None:
    with book.store.transaction():
        book.book.set_state(book.found(), State.LIVE, Fetch(URL, at(5)), "still there")
        assert book.touched == []
        book.book.set_state(book.found(), State.GONE, Fetch(URL, at(6), status=410), "status 410")
    last = book.store.row("SELECT state, status, reason, at FROM states ORDER BY id DESC")
    assert last == {"state": "gone", "status": 410, "reason": "status 410", "at": "2025-03-07T08:06:00Z"}
    assert [subject for subject, _ in book.touched] == [Subject.STATE, Subject.ARTICLE]


def test_only_a_known_article_has_an_address_to_set(book: Book) -> None:
    with pytest.raises(ValueError, match="found"):
        book.book.set_address(Resolution(URL), article(), Fetch(URL, T0), Outcome.NEW)


def test_all_that_led_to_a_page() -> None:
    fetch = Fetch(NEW, T0, requested_url=f"{URL}-77", aliases=((f"{URL}/amp", "amp"),), external_id="77")
    assert aliases_of(article(url=NEW), fetch) == [(f"{URL}/amp", "amp"), (f"{URL}-77", "slug"), (NEW, "canonical")]
