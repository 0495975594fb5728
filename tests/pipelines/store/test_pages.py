"""Archived pages that the ledger points at: by what another record is refused, and what a damaged pointer leads to."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from pipelines.article import ArchivedRecord, moment
from pipelines.exchange.export import Selection, records
from pipelines.store.database import Store
from pipelines.store.pages import ArchivedPage, page_of_export, page_of_revision, place_of
from tests.factories import URL, article, at, new_ledger, new_store
from tests.table import table

KNOWN = ArchivedRecord(URL, moment(at(10)), "12" * 32, "34" * 32, "<urn:uuid:1>", "<urn:uuid:0>", "sha1:" + "56" * 20)
HASH = "ab" * 32


@table(
    ("changes", "payload_hash", "why"),
    [
        ({}, HASH, None),
        ({"file_id": "<urn:uuid:9>"}, HASH, None),
        ({}, "cd" * 32, "not the one that was received"),
        ({}, None, "not the one that was received"),
        ({"uri": URL + "?page=2"}, HASH, "of another page, or of another time"),
        ({"date": moment(at(11))}, HASH, "of another page, or of another time"),
        ({"record_hash": "98" * 32}, HASH, "its headers differ"),
        ({"request_hash": "98" * 32}, HASH, "its request"),
        ({"request_hash": None}, HASH, "its request"),
    ],
)
def test_a_record_that_is_known_is_held_to_all_of_it(changes: dict[str, str], payload_hash: str | None, why: str | None) -> None:
    refused = ArchivedPage("a.warc.gz", 9, HASH, KNOWN).refusal(replace(KNOWN, **changes), payload_hash)
    assert (why or "") in (refused or "")
    assert (refused is None) is (why is None)


EVIDENCE = (
    ("its own record", URL, 10, True),
    ("another spelling of the address", URL.replace("https://", "http://www."), 10, True),
    ("between two sights of the text", URL, 12, True),
    ("the time of another text", URL, 0, False),
    ("before all", URL, -60, False),
    ("after all", URL, 600, False),
    ("another article", f"{URL}-elsewhere", 10, False),
    ("another site", "https://other.example/", 10, False),
)


@pytest.fixture
def older(tmp_path: Path) -> Store:
    """A ledger with pointers of an older version, which kept neither hash nor record."""
    store = new_store(tmp_path)
    writer = new_ledger(store)
    for text, seen in (("One.", 0), ("Two.", 10), ("Two.", 14), ("Three.", 30)):
        writer.record(article(text, seen=seen, modified=seen, fetch={"warc_file": "a.warc.gz", "warc_offset": 0}))
    return store


def test_of_an_older_version_address_and_time_decide(older: Store, subtests: pytest.Subtests) -> None:
    second = page_of_revision(older, 2)
    assert second is not None
    for name, url, captured, is_evidence in EVIDENCE:
        with subtests.test(name):
            found = replace(KNOWN, uri=url, date=moment(at(captured)))
            assert (second.refusal(found, HASH) is None) is is_evidence
    with_hash = replace(second, payload_hash=HASH)
    assert with_hash.refusal(replace(KNOWN, uri="https://paper.example/?a=1"), HASH) is None
    assert with_hash.refusal(replace(KNOWN, date=moment(at(0))), HASH), "a page of these bytes, of another time"


def test_an_export_knows_what_the_ledger_knows(tmp_path: Path) -> None:
    with new_store(tmp_path) as store:
        there = {"warc_file": "a.warc.gz", "warc_offset": 9, "payload_hash": HASH, "archived": KNOWN}
        new_ledger(store).record(article("One.", fetch=there))
        new_ledger(store).record(article("Two.", seen=10, modified=10))
        one, two = records(store, Selection())
        assert page_of_export(two) is None
        assert page_of_revision(store, 2) is None
        exported = page_of_export(one)
        assert exported == page_of_revision(store, 1)
        assert exported is not None
        assert exported.record == KNOWN


@table("pointer", [("a.warc.gz", "x"), ("a.warc.gz", 1.5), (b"a.warc.gz", 9), (7, 9), ("", 0)])
def test_a_damaged_pointer_leads_to_no_file(pointer: tuple[object, object]) -> None:
    assert place_of({"warc_file": pointer[0], "warc_offset": pointer[1]}) == ("", 0)
