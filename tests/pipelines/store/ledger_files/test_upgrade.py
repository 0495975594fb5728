"""What an upgrade would do is told before; old copies go by number."""

from __future__ import annotations

import json
import os
import sqlite3
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner

from crawler.cli import main
from pipelines.store.database import Store, StoreError
from pipelines.store.ledger_files.upgrade import check_upgrade
from tests.factories import article, new_ledger, new_store


@pytest.fixture
def older(tmp_path: Path) -> Path:
    """A ledger that lacks the columns of pauses."""
    with new_store(tmp_path) as store:
        new_ledger(store).record(article())
    path = tmp_path / "news.db"
    conn = sqlite3.connect(path)
    for column in ("paused", "paused_until", "next_crawl"):
        conn.execute(f"ALTER TABLE sites DROP COLUMN {column}")
    conn.execute("DELETE FROM _sqlite_migrations WHERE name = 'm035_pauses'")
    conn.commit()
    conn.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    conn.close()
    return path


def test_what_is_pending_is_told_and_done(older: Path) -> None:
    before = older.read_bytes()
    told = CliRunner().invoke(main, ["upgrade", "--check", "--db", str(older)])
    assert told.exit_code == 1, told.output
    assert "m035_pauses  moments" in told.output
    assert f"would be kept as {older}.before-m035_pauses" in told.output
    assert older.read_bytes() == before
    for number in range(3):
        old = older.with_name(f"news.db.before-m00{number}_x")
        old.write_bytes(b"x")
        os.utime(old, (number, number))
    done = json.loads(CliRunner().invoke(main, ["upgrade", "--json", "--db", str(older)]).output)
    assert [Path(path).name for path in done["dropped"]] == ["news.db.before-m001_x", "news.db.before-m000_x"]
    again = CliRunner().invoke(main, ["upgrade", "--check", "--db", str(older)])
    assert (again.exit_code, "is up to date, with 1 revisions" in again.output) == (0, True)
    with Store(older) as store:
        assert store.value("SELECT count(*) FROM sites WHERE paused IS NULL") == 1


def test_files_that_are_none(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="there is no ledger"):
        check_upgrade(tmp_path / "none.db")
    sqlite3.connect(tmp_path / "other.db").execute("CREATE TABLE t (a)").connection.close()
    with pytest.raises(StoreError, match="but no ledger"):
        check_upgrade(tmp_path / "other.db")
    (tmp_path / "text.db").write_text("no database at all, but a text", encoding="ascii")
    with pytest.raises(StoreError, match="not a database"):
        check_upgrade(tmp_path / "text.db")


def test_room_is_needed_for_the_copy_and_as_much_again(older: Path) -> None:
    found = check_upgrade(older)
    assert found.pending
    assert [replace(found, bytes=10, free_bytes=free).has_room for free in (19, 20, 21)] == [False, False, True]
    assert replace(found, bytes=10, free_bytes=0, pending=()).has_room, "no copy is made"
