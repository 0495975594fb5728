"""Records of revisions: what each holds of its article, and which are chosen. As files: tests/crawler/commands/test_export.py."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from pipelines.article import Fetch, Outcome
from pipelines.exchange.export import Record, Selection, count, records
from pipelines.reasons import FetchReason
from pipelines.store.database import Store
from tests.factories import BODY, URL, article, at, new_ledger, new_store
from tests.table import table

WEIR = "https://paper.example/news/the-weir"
OLD = "https://paper.example/old-weir"
SECOND = timedelta(seconds=1)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """An article that was edited, read anew and put back; one that was gone for a time and had a redirect before it was known."""
    store = new_store(tmp_path)
    ledger = new_ledger(store)
    moved = Fetch(OLD, at(1), status=301, outcome=Outcome.MOVED, reason="moved", reason_code=FetchReason.MOVED, answered_url=WEIR)
    ledger.record(article(is_accessible_for_free=True, topics=("fire", "mill")))
    ledger.record(moved)
    ledger.record(Fetch(URL, at(5), status=304, outcome=Outcome.NOT_MODIFIED))
    ledger.record(Fetch(URL, at(6), status=503, outcome=Outcome.ERROR, reason="status 503"))
    ledger.record(article("Two were hurt.", seen=10, modified=9))
    ledger.record(article("Two were hurt, it said.", seen=20, modified=9, extractor="test/2"))
    ledger.record(article(seen=30, modified=29, extractor="test/2"))
    ledger.record(article("The weir holds.", url=WEIR, headline="The weir", description=None, seen=40))
    ledger.record(Fetch(WEIR, at(50), status=410, outcome=Outcome.GONE, reason="status 410"))
    return store


def chosen(store: Store, selection: Selection) -> list[Record]:
    found = list(records(store, selection))
    assert count(store, selection) == len(found)
    return found


def places(found: list[Record]) -> list[tuple[str, int]]:
    return [(record["article"]["url"], record["revision"]["number"]) for record in found]


ALL = [(URL, 1), (URL, 2), (URL, 3), (WEIR, 1)]


@table(
    ("selection", "expected"),
    [
        (Selection(), ALL),
        (Selection(sites=("paper", "weekly")), ALL),
        (Selection(sites=("weekly",)), []),
        (Selection(article_id=2), [(WEIR, 1)]),
        (Selection(article_id=99), []),
        (Selection(latest=True), [(URL, 3), (WEIR, 1)]),
        (Selection(changes=("reverted", "silent")), [(URL, 3)]),
        (Selection(since=at(10), until=at(30)), [(URL, 2)]),
        (Selection(since=at(10) + SECOND, until=at(30) + SECOND), [(URL, 3)]),
        (Selection(words="brigade", latest=True), [(URL, 3)]),
        (Selection(words="brigade", until=at(10)), [(URL, 1)]),
        (Selection(words='"'), []),
        (Selection(words=" "), []),
    ],
)
def test_which_revisions_are_chosen(selection: Selection, expected: list[tuple[str, int]], store: Store) -> None:
    assert places(chosen(store, selection)) == expected


def test_other_revisions_are_named_by_number(store: Store) -> None:
    store.execute("UPDATE revisions SET reads_as = 1 WHERE number = 2")
    numbers = [(one["revision"]["reverted_to"], one["revision"]["reads_as"]) for one in chosen(store, Selection(article_id=1))]
    assert numbers == [(None, None), (None, 1), (1, None)]


def test_lists_and_flags_are_values(store: Store) -> None:
    first, second, *_ = chosen(store, Selection())
    assert (first["revision"]["topics"], first["revision"]["changed_fields"]) == (["fire", "mill"], [])
    assert (first["revision"]["is_accessible_for_free"], second["revision"]["is_accessible_for_free"]) == (True, None)
    assert [image["caption"] for image in first["revision"]["images"]] == ["Smoke over the mill"]
    assert (first["revision"]["body"], first["revision"]["first_seen"]) == (BODY, "2025-03-07T08:00:00Z")


def test_each_fetch_stands_with_the_revision_that_it_saw(store: Store) -> None:
    outcomes = [[look["outcome"] for look in record["looks"]] for record in chosen(store, Selection())]
    assert outcomes == [["new", "not_modified"], ["updated", "reread"], ["reverted"], ["moved", "new", "gone"]]


def test_a_redirect_before_the_article_was_known_says_where_it_leads(store: Store) -> None:
    (weir,) = chosen(store, Selection(article_id=2))
    assert (weir["looks"][0]["url"], weir["looks"][0]["answered_url"]) == (OLD, WEIR)
    assert [(state["state"], state["status"]) for state in weir["article"]["states"]] == [("live", 200), ("gone", 410)]


def test_what_another_version_read_is_kept_beside(store: Store) -> None:
    readings = [record["readings"] for record in chosen(store, Selection(article_id=1))]
    assert [len(one) for one in readings] == [0, 1, 0]
    assert readings[1][0]["extractor"] == "test/1"
    assert readings[1][0]["article"]["body"] == "Two were hurt."


def test_an_article_that_moved_names_the_other_by_address(store: Store) -> None:
    store.update("articles", 2, {"moved_to": 1})
    assert [record["article"]["moved_to"] for record in chosen(store, Selection(latest=True))] == [None, URL]


def test_a_withdrawn_article_is_in_no_selection(store: Store) -> None:
    store.insert("withdrawals", {"article_id": 1, "at": "2025-03-08T00:00:00Z", "who": "x", "reason": "y", "revisions": 3})
    for selection in (Selection(), Selection(latest=True), Selection(words="weir OR brigade*"), Selection(article_id=1)):
        assert {url for url, _ in places(chosen(store, selection))} <= {WEIR}
    assert places(chosen(store, Selection())) == [(WEIR, 1)]


def test_an_empty_ledger_has_no_records(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    assert chosen(new_store(tmp_path / "empty"), Selection()) == []
