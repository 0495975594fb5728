"""Each kind of fault, made by one statement in a sound ledger, and the words in which it is reported."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from pipelines.article import Fetch, Outcome
from pipelines.proof.verify import Checked, VerificationFault, verify
from pipelines.store.chain import head
from pipelines.store.database import Store
from pipelines.store.pages import NO_FILE, NOT_THERE
from tests.factories import URL, article, at, new_ledger, new_store
from tests.table import table

NOW = at(24 * 60)


FORGED = (
    "(article_id, url, fetched, outcome, warc_file, warc_offset) VALUES (1, 'https://paper.example/', '2025-03-07T08:30:00Z',"
)


@pytest.fixture
def sound(tmp_path: Path) -> bytes:
    """The file of a ledger with two revisions of one article, the first archived, and an article that was removed."""
    other = "https://paper.example/news/the-weir"
    archived = {"warc_file": "paper/a.warc.gz", "warc_offset": 9, "payload_hash": "ab" * 32}
    with new_store(tmp_path) as store:
        ledger = new_ledger(store)
        ledger.record(article(fetch=archived))
        ledger.record(article("Two were hurt.", seen=60, modified=59))
        ledger.record(article("The weir holds.", url=other, headline="The weir", seen=70))
        ledger.record(Fetch(other, at(80), status=410, outcome=Outcome.GONE, reason="status 410"))
        assert list(verify(store, lambda _: None, NOW)) == []
    with closing(sqlite3.connect(tmp_path / "news.db")) as conn:
        return conn.serialize()


def faults(sound: bytes, folder: Path, *statements: str) -> list[str]:
    """What is reported after some statements."""
    path = folder / "copy.db"
    path.write_bytes(sound)
    with closing(sqlite3.connect(path)) as conn:
        for statement in statements:
            conn.execute(statement)
        conn.commit()
    with Store(path) as store:
        return [str(fault) for fault in verify(store, lambda _: None, NOW)]


@table(
    ("statement", "fault"),
    [
        ("UPDATE chain SET digest = 'ab' WHERE id = 2", "seal 2: does not follow from the one before"),
        ("UPDATE chain SET at = '2025-03-07T08:00:01Z' WHERE id = 1", "seal 1: does not follow from the one before"),
        ("DELETE FROM chain WHERE id = 2", "seal 2: is missing"),
        ("UPDATE articles SET external_id = '7' WHERE id = 1", "article 1: is not what was sealed"),
        ("UPDATE revision_authors SET role = 'Editor' WHERE revision_id = 2", "revision 2: is not what was sealed"),
        ("UPDATE states SET reason = 'status 404' WHERE id = 3", "state 3: is not what was sealed"),
        ("DELETE FROM states WHERE id = 3", "state 3: is gone, and was sealed"),
        ("UPDATE chain SET subject = 'rumour' WHERE id = 1", "rumour 1: is of no kind that is known"),
        ("INSERT INTO states (article_id, at, state) VALUES (1, '2025-03-07T09:30:00Z', 'gone')", "state 4: was never sealed"),
        (f"INSERT INTO fetches {FORGED} 'silent', NULL, NULL)", "fetch 5: claims a change, and was never sealed"),
        (
            f"INSERT INTO fetches {FORGED} 'unchanged', 'a.warc.gz', 0)",
            "fetch 5: points at an archived page, and was never sealed",
        ),
        ("UPDATE fetches SET outcome = 'suspected' WHERE outcome = 'gone'", "fetch 4: is not what was sealed"),
        ("DELETE FROM fetches WHERE outcome = 'gone'", "fetch 4: is gone, and was sealed"),
        ("UPDATE revisions SET body = 'Three were hurt.' WHERE id = 2", "revision 2: has a text that is not the one of its hash"),
        ("UPDATE revisions SET topics = 'fire' WHERE id = 2", "revision 2: cannot be read: "),
        ("UPDATE articles SET revision_count = 1 WHERE id = 1", "article 1: has other revisions than it counts"),
    ],
)
def test_what_differs_from_its_seal_or_hash(statement: str, fault: str, sound: bytes, tmp_path: Path) -> None:
    found = faults(sound, tmp_path, statement)
    assert any(line.startswith(fault) for line in found), found


@table(
    ("statement", "fault"),
    [
        (
            "UPDATE revisions SET last_seen = '2025-03-07T08:30:00Z' WHERE id = 1",
            "revision 1: last_seen 2025-03-07T08:30:00Z is the time of no fetch",
        ),
        (
            "UPDATE articles SET last_checked = '2025-03-07T08:00:00Z' WHERE id = 1",
            "article 1: was seen before it was first seen, or after it was last looked at",
        ),
        (
            "UPDATE fetches SET fetched = '2025-03-09T08:00:00Z' WHERE outcome = 'gone'",
            "fetch 4: lies in the future: 2025-03-09T08:00:00Z",
        ),
    ],
)
def test_times_that_cannot_be(statement: str, fault: str, sound: bytes, tmp_path: Path) -> None:
    assert fault in faults(sound, tmp_path, statement)


def test_a_search_index_that_lacks_a_revision(sound: bytes, tmp_path: Path) -> None:
    found = faults(sound, tmp_path, "INSERT INTO revisions_fts (revisions_fts) VALUES ('delete-all')")
    assert [line.partition(":")[0] for line in found] == ["revisions_fts"]
    found = faults(sound, tmp_path, "DELETE FROM search_texts WHERE revision_id = 1")
    assert found == ["revisions_fts: lacks 1 revision"]


def test_search_and_facts_that_say_something_else_than_the_texts(sound: bytes, tmp_path: Path) -> None:
    rebuilt = "INSERT INTO revisions_fts (revisions_fts) VALUES ('rebuild')"
    found = faults(sound, tmp_path, "UPDATE search_texts SET topics = 'fraud' WHERE revision_id = 2", rebuilt)
    assert found == ["revision 2: is found by other words than it has"]
    found = faults(sound, tmp_path, "UPDATE revision_facts SET note = 'Correction: x' WHERE revision_id = 2")
    assert found == ["revision 2: has other words or another correction in revision_facts than in its text"]
    found = faults(sound, tmp_path, "UPDATE days SET first_id = 2, last_id = 1")
    assert found == ["places in day_counts and days: does not hold what the revisions say"]
    found = faults(sound, tmp_path, "INSERT INTO revision_topics VALUES ('fraud', 2)")
    assert found == ["revision_topics: does not hold what the revisions say"]
    found = faults(sound, tmp_path, "ALTER TABLE aliases ADD COLUMN shown TEXT")
    assert found == ["table aliases: is not what the migrations made"]


def test_a_fault_is_one_line_whatever_a_row_says(sound: bytes, tmp_path: Path) -> None:
    found = faults(sound, tmp_path, "UPDATE chain SET subject = 'x' || char(10) || 'Nothing is wrong.' WHERE id = 1")
    assert any("x Nothing is wrong." in line for line in found)
    assert not any("\n" in line for line in found)


def test_what_stands_behind_the_last_page(sound: bytes, tmp_path: Path) -> None:
    assert faults(sound + bytes(100), tmp_path) == ["the file: has 100 bytes behind its last page"]


def test_pages_are_read_only_where_they_are_given(sound: bytes, tmp_path: Path) -> None:
    path = tmp_path / "copy.db"
    path.write_bytes(sound)
    with Store(path) as store:
        gone = list(verify(store, lambda _: NOT_THERE))
        checked = Checked()
        assert list(verify(store, checked=checked)) == []
        assert (
            str(checked)
            == f"Checked: {head(store).length} seals, the last {head(store).link[:16]}; 3 revisions; no archived pages."
        )
        assert list(verify(store, lambda _: None, checked=checked)) == []
        assert checked.pages == 1
    assert gone == [VerificationFault("revision 1", f"{NOT_THERE} (paper/a.warc.gz at 9)")]


def test_a_file_that_was_imported_may_lie_elsewhere_but_ours_may_not(sound: bytes, tmp_path: Path) -> None:
    path = tmp_path / "copy.db"
    path.write_bytes(sound)
    with Store(path) as store:
        assert list(verify(store, lambda _: NO_FILE)) == [VerificationFault("revision 1", f"{NO_FILE} (paper/a.warc.gz at 9)")]
        store.execute("UPDATE crawls SET trigger = 'import'")
        checked = Checked()
        assert list(verify(store, lambda _: NO_FILE, checked=checked)) == []
        assert str(checked).endswith("Not checked: 1 pages of files that were imported and are not in the archive.")
        assert list(verify(store, lambda _: NOT_THERE)) == [
            VerificationFault("revision 1", f"{NOT_THERE} (paper/a.warc.gz at 9)")
        ]


def test_without_a_time_nothing_lies_in_the_future(sound: bytes, tmp_path: Path) -> None:
    path = tmp_path / "copy.db"
    path.write_bytes(sound)
    with Store(path) as store:
        assert list(verify(store)) == []
        early = {fault.where for fault in verify(store, now=at(56))}
    assert {"article 2", "fetch 4", "revision 3"} <= early
    assert "revision 2" not in early, "five minutes of margin"


def test_a_row_that_hangs_on_no_other(sound: bytes, tmp_path: Path) -> None:
    found = faults(sound, tmp_path, "UPDATE fetches SET article_id = 99 WHERE outcome = 'gone'")
    assert found[0].startswith("the file: ")


def test_a_sound_ledger_has_no_fault(sound: bytes, tmp_path: Path) -> None:
    assert faults(sound, tmp_path, f"UPDATE articles SET url = '{URL}' WHERE id = 1") == []
