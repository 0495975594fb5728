"""Ledgers of strangers: what is sound in them is merged, what is not is told by table and row, and nothing in them is run."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from pipelines.article import Author, Fetch, Image, Outcome
from pipelines.exchange.import_ledger import checked_ledger
from pipelines.exchange.merge import MergeSource, merge
from pipelines.proof.verify import verify
from pipelines.store.database import Store, StoreError
from tests.factories import URL, article, at, new_ledger, new_store

OTHER = "https://paper.example/news/the-weir"


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two articles: one with three revisions, the last of them a return to the first, and one with one."""
    folder = tmp_path_factory.mktemp("sound")
    with new_store(folder) as store:
        ledger = new_ledger(store)
        parts = {"authors": (Author("Ada Lock"),), "images": (Image("https://paper.example/a.jpg", caption="The lock"),)}
        ledger.record(article("The lock is shut.", seen=0, modified=0, **parts))
        ledger.record(article("The lock is open.", seen=60, modified=59))
        ledger.record(article("The lock is shut.", seen=120, modified=119, **parts))
        ledger.record(article("The weir holds.", seen=130, modified=0, url=OTHER))
        ledger.record(Fetch(OTHER, at(140), status=404, outcome=Outcome.SUSPECTED, reason="status 404"))
    return folder / "news.db"


def taken(path: Path, target: Path, minutes: float = 5000) -> tuple[list[str], dict[str, int]]:
    """What was told of a ledger that was merged into an empty one, and how many revisions of each article came."""
    told: list[str] = []
    with Store(target) as store:
        with checked_ledger(path, at(minutes), told) as other:
            merge(store, other, MergeSource("other.db", "merge"), at(minutes))
        assert [str(fault) for fault in verify(store)] == []
        counts = store.rows("SELECT a.url, count(*) AS n FROM articles a JOIN revisions r ON r.article_id = a.id GROUP BY a.id")
        return told, {row["url"]: row["n"] for row in counts}


def changed(sound: Path, target: Path, script: str) -> Path:
    shutil.copy(sound, target)
    with closing(sqlite3.connect(target)) as conn:
        conn.executescript(script)
    return target


ALL = {URL: 3, OTHER: 1}
WITHOUT_TRIGGERS = "DROP TRIGGER revisions_fts_update; DROP TRIGGER changes_update; DROP TRIGGER site_counts_update;"
WITHOUT_WEIR = {URL: 3}
ONCE = {URL: 1, OTHER: 1}
"""Without the second revision the third says what the first does, under a stamp of the minute in which it was seen."""


def weir(what: str) -> str:
    """A statement that changes the only revision of one article, row 4."""
    return f"UPDATE revisions SET {what} WHERE id = 4"


CASES: list[tuple[str, str, dict[str, int], str]] = [
    ("nothing is wrong", "SELECT 1", ALL, ""),
    ("a column more", "ALTER TABLE articles ADD COLUMN \"x) SELECT 1; DROP TABLE chain; --\" TEXT DEFAULT 'y'", ALL, ""),
    ("an optional column less", "ALTER TABLE sites DROP COLUMN owner; ALTER TABLE fetches DROP COLUMN tdm", ALL, ""),
    (
        "a needed column less",
        (
            "DROP VIEW latest_articles; DROP VIEW headline_changes; DROP VIEW silent_edits; DROP VIEW edit_delays;"
            "ALTER TABLE revisions DROP COLUMN extractor"
        ),
        {},
        "revisions, row 1: revision.extractor is missing",
    ),
    (
        "a text of another hash",
        "UPDATE revisions SET body = 'Forged.' WHERE id = 2",
        ONCE,
        "revisions, row 2: revision: its text is not the one of its hash",
    ),
    (
        "an author of another hash",  # what its fetch read is told by the third revision
        "UPDATE revision_authors SET name = 'Someone' WHERE revision_id = 1",
        ALL,
        "revisions, row 1: revision: its text is not the one of its hash",
    ),
    (
        "a hash that is none",
        weir("content_hash = 'ab'"),
        WITHOUT_WEIR,
        "revisions, row 4: revision.content_hash is not what it should be: 'ab'",
    ),
    ("a list that is none", weir("topics = '[1'"), WITHOUT_WEIR, "revisions, row 4: topics is no JSON"),
    ("a list of numbers", weir("changed_fields = '[1]'"), WITHOUT_WEIR, "revisions, row 4: revision.changed"),
    ("a nest of lists", weir(f"topics = '{'[' * 60000}'"), WITHOUT_WEIR, "revisions, row 4: topics is no JSON"),
    ("bytes for a text", weir("headline = x'00ff'"), WITHOUT_WEIR, "row 4: revision.headline is not what"),
    ("a text for a number", weir("warc_offset = 'x', warc_file = 'a'"), WITHOUT_WEIR, "row 4: revision.warc"),
    ("no UTF-8", weir("byline = CAST(x'C328' AS TEXT)"), WITHOUT_WEIR, "row 4: revision.byline is not UTF-8"),
    (
        "an enormous text",
        "UPDATE revisions SET body = CAST(zeroblob(40000000) AS TEXT) WHERE id = 2",
        ONCE,
        "revisions, row 2: larger than 32,000,000 bytes",
    ),
    ("a name with a NUL", weir("warc_file = CAST(x'610062' AS TEXT)"), WITHOUT_WEIR, "row 4: revision.warc_f"),
    ("a name that leads out", weir("warc_file = '../../etc/passwd'"), WITHOUT_WEIR, "row 4: revision.warc_f"),
    ("an absolute name", weir("warc_file = '/etc/passwd'"), WITHOUT_WEIR, "row 4: revision.warc_file"),
    ("a name too long", weir(f"warc_file = '{'n' * 300}'"), WITHOUT_WEIR, "row 4: revision.warc_file"),
    (
        "an address that steers a terminal",
        "UPDATE articles SET url = url || char(27) || '[2J' WHERE id = 2",
        WITHOUT_WEIR,
        "articles, row 2: article.url is not what it should be",
    ),
    ("no time", weir("first_seen = 'noon'"), WITHOUT_WEIR, "revisions, row 4: revision.first_seen"),
    ("a time that is none", weir("first_seen = '2025-02-30T08:00:00Z'"), WITHOUT_WEIR, "row 4: revision.first"),
    (
        "first seen in the future",
        ("UPDATE revisions SET first_seen = '2031-01-01T00:00:00Z', last_seen = '2031-01-01T00:00:00Z' WHERE id = 4"),
        WITHOUT_WEIR,
        "revisions, row 4: revision is of the future",
    ),
    (
        "last seen in the future",
        (
            "UPDATE revisions SET last_seen = '9999-12-31T23:59:59Z' WHERE id = 4;"
            "UPDATE articles SET last_seen = '9999-12-31T23:59:59Z', last_checked = '9999-12-31T23:59:59Z' WHERE id = 2"
        ),
        ALL,
        "articles, row 2: article.last_checked is of the future: 9999-12-31T23:59:59Z; taken in as of",
    ),
    (
        "a look in the future",
        "UPDATE fetches SET fetched = '2031-01-01T00:00:00Z' WHERE id = 1",
        ALL,
        "fetches, row 1: what it tells",
    ),
    (
        "a number twice",
        (
            "PRAGMA writable_schema = ON; DROP TABLE quarantine; CREATE TABLE r AS SELECT * FROM revisions;"
            "DROP TABLE revisions; ALTER TABLE r RENAME TO revisions; UPDATE revisions SET number = 1 WHERE id = 2"
        ),
        ONCE,
        "revisions, row 2: ",
    ),
    ("a revision of no article", weir("article_id = 99"), WITHOUT_WEIR, "revisions, row 4: hangs on what"),
    (
        "a revision of an article by name",
        weir("article_id = 'x'"),
        WITHOUT_WEIR,
        "revisions, row 4: article_id is no number of a row",
    ),
    (
        "no such site",
        "UPDATE articles SET site_id = 'gone' WHERE id = 2",
        WITHOUT_WEIR,
        "articles, row 2: hangs on what is not there",
    ),
    ("a state of its own", "UPDATE states SET state = 'burnt'", ALL, "states, row "),
    (
        "a view for a table",
        "ALTER TABLE fetches RENAME TO f; CREATE VIEW fetches AS SELECT * FROM f",
        ALL,
        "fetches: no such table",
    ),
    (
        "a view that never ends",
        (
            "DROP TABLE aliases; CREATE VIEW aliases AS WITH RECURSIVE n(i) AS "
            "(SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i AS url, i AS article_id, i AS reason, i AS first_seen FROM n"
        ),
        ALL,
        "aliases: no such table",
    ),
    (
        "a virtual table",
        "DROP TABLE readings; CREATE VIRTUAL TABLE readings USING fts5(id, revision_id)",
        ALL,
        "readings: no such table",
    ),
    (
        "a computed column",
        (
            "ALTER TABLE readings RENAME TO old; CREATE TABLE readings (id INTEGER PRIMARY KEY, revision_id INTEGER "
            "AS (id), replaced TEXT); INSERT INTO readings (id) VALUES (1)"
        ),
        ALL,
        "readings, row 1: revision_id is no number of a row",
    ),
    ("a trigger that waits for a reader", "CREATE TRIGGER mine AFTER INSERT ON articles BEGIN DELETE FROM sites; END", ALL, ""),
    ("an index of lies", "CREATE INDEX lies ON revisions(id, abs(number) + length(body))", ALL, ""),
    ("no table", "DROP TABLE withdrawals", ALL, "withdrawals: no such table"),
]


@pytest.mark.slow
def test_what_is_wrong_is_told_and_left_out(sound: Path, tmp_path: Path, subtests: pytest.Subtests) -> None:
    for number, (name, script, revisions, said) in enumerate(CASES):
        with subtests.test(name):
            other = changed(sound, tmp_path / f"{number}.db", f"PRAGMA foreign_keys = OFF; {WITHOUT_TRIGGERS} {script}")
            told, counts = taken(other, tmp_path / f"ours-{number}.db")
            assert counts == revisions
            assert any(said in line for line in told) if said else told == []


NO_LEDGERS = (
    ("no database", b"once upon a time " * 400, "file is not a database"),
    ("nothing", b"", "no ledger"),
    ("a header only", b"SQLite format 3\x00", "not a database|no ledger|malformed"),
)


def test_what_is_no_ledger_is_refused(tmp_path: Path, subtests: pytest.Subtests) -> None:
    for name, content, why in NO_LEDGERS:
        path = tmp_path / "other.db"
        path.write_bytes(content)
        with subtests.test(name), pytest.raises(StoreError, match=why), checked_ledger(path, at(0), []):
            pass


def test_damaged_pages_cost_what_is_on_them(sound: Path, tmp_path: Path) -> None:
    other = changed(sound, tmp_path / "other.db", "VACUUM; PRAGMA journal_mode = DELETE")
    with closing(sqlite3.connect(other)) as conn:
        root, size = (conn.execute(sql).fetchone()[0] for sql in (
            "SELECT rootpage FROM sqlite_schema WHERE name = 'states'", "PRAGMA page_size"))  # fmt: skip
    content = bytearray(other.read_bytes())
    content[(root - 1) * size : root * size] = b"\xff" * size
    other.write_bytes(content)
    told, counts = taken(other, tmp_path / "ours.db")
    assert counts == ALL
    assert [line for line in told if line.startswith("states: the rest cannot be read")]


def test_what_is_still_in_the_log_is_read(sound: Path, tmp_path: Path) -> None:
    other = changed(sound, tmp_path / "other.db", "SELECT 1")
    with Store(other) as store:
        new_ledger(store).record(article("The lock leaks.", seen=200, modified=199))
        assert other.with_name("other.db-wal").stat().st_size > 0
        assert taken(other, tmp_path / "ours.db") == ([], {URL: 4, OTHER: 1})


def test_problems_beyond_a_bound_are_counted(sound: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipelines.store.ledger_files.foreign_ledger.MOST_PROBLEMS", 2)
    other = changed(sound, tmp_path / "other.db", "UPDATE fetches SET fetched = 'noon'")
    told, counts = taken(other, tmp_path / "ours.db")
    assert (len(told), told[-1], counts) == (3, "and 3 more", ALL)


@pytest.fixture
def locked(sound: Path, tmp_path: Path) -> Iterator[Path]:
    path = changed(sound, tmp_path / "locked.db", "PRAGMA journal_mode = DELETE")
    with closing(sqlite3.connect(path, isolation_level=None)) as conn:
        conn.execute("BEGIN EXCLUSIVE")
        yield path


def test_a_lock_of_another_process_is_told(locked: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipelines.store.ledger_files.foreign_ledger.SECONDS_FOR_A_ROW", 0.05)
    with pytest.raises(StoreError, match="locked"), checked_ledger(locked, at(0), []):
        pass
