"""What a better reading of a page makes of its revision, and of the revisions beside it."""

from __future__ import annotations

from dataclasses import astuple
from pathlib import Path
from typing import Any

import pytest

from pipelines.article import Article, Kind
from pipelines.proof.verify import verify
from pipelines.store.chain import Cause, seal
from pipelines.store.corrections import Scope, count, page_locations, reread
from pipelines.store.database import Store
from tests.factories import article, at, new_ledger, new_store

TODAY = "today"


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """One article of three revisions: a silent edit, and a stamp that moved over the same text."""
    store = new_store(tmp_path)
    ledger = new_ledger(store)
    for number, (body, modified) in enumerate((("One.", 0), ("Two.", 0), ("Two.", 50))):
        where = {"warc_file": "paper/a.warc.gz", "warc_offset": number, "payload_hash": "ab" * 32}
        ledger.record(article(body, seen=60 * number, modified=modified, fetch=where))
    assert [row["change"] for row in store.rows("SELECT change FROM revisions ORDER BY id")] == ["new", "silent", "restamped"]
    return store


def again(store: Store, revision: int, body: str, **fields: Any) -> tuple[bool, str | None]:
    modified = 50 if revision == 3 else 0
    reading: Article = article(body, modified=modified, extractor="test/2", **fields)
    result = reread(store, revision, reading, TODAY, at(600))
    return result.corrected, result.reason


def marks(store: Store) -> list[tuple[int | None, str]]:
    rows = store.rows("SELECT reads_as, changed_fields FROM revisions ORDER BY number")
    return [(row["reads_as"], row["changed_fields"]) for row in rows]


def test_what_reads_the_same_is_marked_and_the_mark_goes_again(store: Store) -> None:
    assert again(store, 2, "One.") == (True, None)
    assert marks(store) == [(None, "[]"), (1, "[]"), (None, '["body", "date_modified"]')]
    assert again(store, 3, "One.") == (True, None)
    assert marks(store) == [(None, "[]"), (1, "[]"), (None, '["date_modified"]')], "a stamp that moved is a change"
    assert again(store, 1, "Other.") == (True, None)
    assert marks(store) == [(None, "[]"), (None, '["body"]'), (None, '["date_modified"]')]
    assert store.value("SELECT count(*) FROM readings") == 3
    assert list(verify(store)) == []


def test_the_text_that_is_the_same_only_gets_its_readers_name(store: Store) -> None:
    assert again(store, 1, "One.") == (False, None)
    row = store.row("SELECT extractor, (SELECT count(*) FROM readings) AS kept FROM revisions WHERE id = 1")
    assert row == {"extractor": "test/2", "kept": 0}
    assert list(verify(store)) == []


@pytest.mark.parametrize(("lost", "reason"), [({"body": ""}, "lost body"), ({"body": "One.", "headline": None}, "lost headline")])
def test_a_reading_that_lost_what_there_was_is_no_better_one(store: Store, lost: dict[str, Any], reason: str) -> None:
    before = list(store.rows("SELECT * FROM revisions"))
    assert again(store, 1, **lost) == (False, reason)
    assert list(store.rows("SELECT * FROM revisions")) == before
    assert store.row("SELECT revision_id, extraction, reason FROM rereadings") == {
        "revision_id": 1, "extraction": TODAY, "reason": reason,
    }  # fmt: skip


def test_the_article_follows_its_first_and_its_last_revision(store: Store) -> None:
    again(store, 1, "One.", published=-90)
    again(store, 3, "Two.", kind=Kind.LIVE)
    assert store.row("SELECT date_published, kind FROM articles") == {"date_published": "2025-03-07T06:30:00Z", "kind": "live"}
    assert list(verify(store)) == []


def test_scope_passes_over_what_was_read_and_what_is_withdrawn(store: Store) -> None:
    scope = Scope(TODAY)
    assert [place.revision_id for place in page_locations(store, scope)] == [1, 2, 3]
    first = next(page_locations(store, scope))
    assert (first.revision_id, first.site_id, *astuple(first.page)[:3]) == (1, "paper", "paper/a.warc.gz", 0, "ab" * 32)
    assert count(store, Scope(TODAY, frozenset({"test/1"}))) == (0, 0)
    assert count(store, Scope(TODAY, family="test", since="2025-03-07", until="2025-03-07", site_id="paper")) == (3, 0)
    assert count(store, Scope(TODAY, since="2025-03-08")) == (0, 0)
    again(store, 2, "Two, better.")
    assert [place.revision_id for place in page_locations(store, scope)] == [1, 3]
    with store.transaction():
        store.insert("withdrawals", {"article_id": 1, "at": "x", "who": "x", "reason": "x", "revisions": 3})
        seal(store, (), at(0), Cause.WITHDRAWAL)
    assert count(store, scope) == (0, 0)
    assert reread(store, 1, article("New."), TODAY, at(700)).reason == "withdrawn"


def test_a_revision_that_was_forged_is_not_corrected(store: Store) -> None:
    """What a forger wrote would be kept as an earlier reading, and sealed."""
    store.execute("UPDATE revisions SET body = 'Forged.' WHERE id = 2")
    assert reread(store, 2, article("Two, better.", seen=10, modified=10), TODAY, at(700)).reason == "it is not what was sealed"
    assert store.value("SELECT count(*) FROM readings") == 0
    assert {fault.where for fault in verify(store)} >= {"revision 2"}
