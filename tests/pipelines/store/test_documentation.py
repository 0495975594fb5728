"""What a ledger says of itself to whoever finds the file alone: its application, its version, its tables and columns."""

from __future__ import annotations

import shutil
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path

import pytest

from pipelines.store.database import Store
from pipelines.store.schema import NUMBER
from pipelines.store.schema.documentation import documentation
from tests.factories import new_store
from tests.table import table

RELATIONS = """
SELECT name FROM sqlite_master WHERE type IN ('table', 'view') AND name NOT LIKE 'sqlite_%' AND name NOT LIKE '\\_%' ESCAPE '\\'
    AND name NOT GLOB 'revisions_fts_*'
"""
COLUMNS = f"SELECT r.name, c.name FROM ({RELATIONS}) r JOIN pragma_table_info(r.name) c"


@pytest.fixture
def ledger(tmp_path: Path) -> sqlite3.Connection:
    """The file as someone without this software opens it."""
    new_store(tmp_path).close()
    return sqlite3.connect(tmp_path / "news.db")


def test_each_table_view_and_column_is_told_once(ledger: sqlite3.Connection) -> None:
    with closing(ledger):
        told = ledger.execute("SELECT relation, column_name, meaning FROM documentation").fetchall()
        assert sorted(name for name, column, _ in told if column is None) == sorted(name for (name,) in ledger.execute(RELATIONS))
        assert sorted((name, column) for name, column, _ in told if column) == sorted(ledger.execute(COLUMNS))
    for name, column, meaning in told:
        assert len(meaning) > 3, (name, column)
        assert "](" not in meaning, "no link that leads nowhere from here"
        assert "|" not in meaning


@table(
    ("relation", "column", "words"),
    [
        ("articles", None, "One story at one site"),
        ("articles", "next_check", "when the next fetch is due"),
        ("fetches", "warc_offset", "warc_file, warc_offset, payload_hash: where this answer is archived"),
        ("takedowns", None, "a step to `suspected` or `gone`"),
        ("stories", "agency_is", "two sites are credited to it; null as above"),
    ],
)
def test_the_meaning_is_that_of_the_page(relation: str, column: str | None, words: str) -> None:
    assert words in {(name, part): meaning for name, part, meaning in documentation()}[relation, column]


def test_the_header_names_application_and_version(ledger: sqlite3.Connection, tmp_path: Path) -> None:
    with closing(ledger):
        last = ledger.execute("SELECT max(name) FROM _sqlite_migrations").fetchone()[0]
        assert ledger.execute("PRAGMA user_version").fetchone()[0] == NUMBER == int(last[1:4])
    header = (tmp_path / "news.db").read_bytes()[:100]
    assert header[68:72] == b"NLDG"
    if shutil.which("file"):
        said = subprocess.run(["file", tmp_path / "news.db"], capture_output=True, text=True, check=True).stdout
        assert f"user version {NUMBER}" in said or f"user version {NUMBER:#x}" in said


@table(
    "damage",
    [
        "PRAGMA user_version = 3",
        "PRAGMA application_id = 0",
        "DELETE FROM documentation WHERE relation = 'chain'",
        "UPDATE documentation SET meaning = 'something else' WHERE relation = 'states' AND column_name = 'at'",
        "INSERT INTO documentation VALUES ('states', 'colour', 'what never was')",
    ],
)
def test_a_writer_brings_it_up_to_date_and_a_reader_changes_nothing(tmp_path: Path, damage: str) -> None:
    new_store(tmp_path).close()
    path = tmp_path / "news.db"
    whole = labels(path)
    with closing(sqlite3.connect(path, isolation_level=None)) as conn:
        conn.execute(damage)
    damaged = labels(path)
    assert damaged != whole
    Store(path, readonly=True).close()
    assert labels(path) == damaged
    Store(path).close()
    assert labels(path) == whole
    assert whole[2] == list(documentation())


def test_a_file_that_says_it_already_is_not_written(tmp_path: Path) -> None:
    with new_store(tmp_path), closing(sqlite3.connect(tmp_path / "news.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")  # whoever wrote now would wait for this one
        Store(tmp_path / "news.db").close()


def labels(path: Path) -> tuple[int, int, list[tuple[str, str | None, str]]]:
    with closing(sqlite3.connect(path)) as conn:
        numbers = [conn.execute(f"PRAGMA {name}").fetchone()[0] for name in ("application_id", "user_version")]
        return (*numbers, conn.execute("SELECT relation, column_name, meaning FROM documentation ORDER BY rowid").fetchall())
