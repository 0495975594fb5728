"""`newsledger backup`, on real files, while others write."""

from __future__ import annotations

import json
import sqlite3
import threading
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from crawler.cli import main
from pipelines.store.database import Store, StoreError
from pipelines.store.ledger_files.backup import COUNTED
from tests.factories import article, new_ledger, new_store


@pytest.fixture
def ledger(tmp_path: Path) -> Path:
    with new_store(tmp_path) as store:
        writer = new_ledger(store)
        writer.record(article())
        writer.record(article("Two were hurt.", seen=10, modified=9))
    return tmp_path / "news.db"


def backup(ledger: Path, target: Path, *more: str) -> Result:
    return CliRunner().invoke(main, ["backup", str(target), "--db", str(ledger), *more])


def rows(path: Path) -> dict[str, list[tuple[object, ...]]]:
    conn = sqlite3.connect(path)
    found = {name: conn.execute(f"SELECT * FROM {name}").fetchall() for name in COUNTED}
    conn.close()
    return found


def test_a_copy_is_the_ledger(ledger: Path, tmp_path: Path) -> None:
    target = tmp_path / "copies" / "news.db"
    done = backup(ledger, target)
    assert done.exit_code == 0, done.output
    assert "MB, checked; 1 sites, 1 articles, 2 revisions" in done.output
    assert rows(target) == rows(ledger)
    assert [path.name for path in target.parent.iterdir()] == ["news.db"], "one file, no log beside it"
    with Store(target) as store:
        assert store.integrity_problems() == []


def test_json(ledger: Path, tmp_path: Path) -> None:
    found = json.loads(backup(ledger, tmp_path / "copy.db", "--json").output)
    assert found["bytes"] == (tmp_path / "copy.db").stat().st_size
    assert (found["rows"]["articles"], found["rows"]["revisions"], found["rows"]["fetches"]) == (1, 2, 2)


def test_what_is_there_is_replaced_by_force_only(ledger: Path, tmp_path: Path) -> None:
    target = tmp_path / "copy.db"
    target.write_text("an older copy", encoding="utf-8")
    done = backup(ledger, target)
    assert (done.exit_code, "is there already; --force replaces it" in done.output) == (1, True)
    assert target.read_text(encoding="utf-8") == "an older copy"
    assert backup(ledger, target, "--force").exit_code == 0
    assert rows(target) == rows(ledger)


def test_targets_that_are_refused(ledger: Path, tmp_path: Path) -> None:
    (tmp_path / "open.db-wal").write_bytes(b"frames of another database")
    for target, message in (
        (ledger, "the ledger itself"),
        (tmp_path, "no folder of copies"),
        (tmp_path / "open.db", "open.db-wal lies beside it"),
        (ledger / "copy.db", "File exists"),
    ):
        done = backup(ledger, target, "--force")
        assert (done.exit_code, message in done.output) == (1, True), done.output
    assert backup(tmp_path / "none.db", tmp_path / "copy.db").exit_code == 1
    assert not list(tmp_path.glob("*copy*"))
    with Store(ledger) as store:
        assert store.integrity_problems() == []


def test_a_damaged_ledger_gives_no_copy(ledger: Path, tmp_path: Path) -> None:
    target = tmp_path / "copy.db"
    backup(ledger, target)
    before = target.read_bytes()
    with Store(ledger) as store:
        page_size = store.value("PRAGMA page_size")
        root = store.value("SELECT rootpage FROM sqlite_master WHERE name = 'fetches_by_crawl'")
    with ledger.open("r+b") as file:
        file.seek((root - 1) * page_size + page_size - 40)
        file.write(b"\xff" * 40)
    done = backup(ledger, target, "--force")
    assert done.exit_code == 1
    assert "damaged" in done.output or "malformed" in done.output
    assert target.read_bytes() == before
    assert not list(tmp_path.glob("*.partial*"))


def test_while_others_write(ledger: Path, tmp_path: Path) -> None:
    ready, stop = threading.Event(), threading.Event()

    def write() -> None:
        with Store(ledger) as store:
            writer = new_ledger(store)
            for number in range(100_000):
                if stop.is_set():
                    return
                writer.record(article(f"Text {number}.", url=f"https://paper.example/{number}", seen=number % 60))
                if number == 20:
                    ready.set()

    thread = threading.Thread(target=write)
    thread.start()
    try:
        assert ready.wait(60)
        results = [backup(ledger, tmp_path / f"copy{number}.db") for number in range(5)]
    finally:
        stop.set()
        thread.join()
    assert [done.exit_code for done in results] == [0] * 5, [done.output for done in results]
    counts = []
    for number in range(5):
        with Store(tmp_path / f"copy{number}.db", readonly=True) as store:
            assert store.integrity_problems() == []
            counts.append(store.value("SELECT count(*) FROM articles"))
            assert store.value("SELECT count(*) FROM articles WHERE latest_revision_id IS NULL") == 0
    assert counts == sorted(counts)
    assert counts[0] > 20


def test_a_snapshot_sees_one_moment(ledger: Path) -> None:
    with Store(ledger, readonly=True) as reader, Store(ledger) as store:
        count = "SELECT count(*) FROM articles"
        with reader.snapshot():
            before = reader.value(count)
            new_ledger(store).record(article("Other.", url="https://paper.example/other", seen=5))
            assert reader.value(count) == before
        assert reader.value(count) == before + 1


def test_a_place_that_cannot_be_written(ledger: Path) -> None:
    with Store(ledger) as store, pytest.raises(StoreError, match="unable to open"):
        store.backup(ledger.parent / "nowhere" / "copy.db")


def test_a_folder_is_made_before_there_is_a_ledger(tmp_path: Path) -> None:
    """As an installation does, before the service has begun."""
    db, folder = tmp_path / "news.db", tmp_path / "copies"
    done = backup(db, folder, "--init")
    assert (done.exit_code, f"{folder} is ready for copies" in done.stderr, db.exists()) == (0, True, False), done.output
    with new_store(tmp_path) as store:
        new_ledger(store).record(article())
    done = backup(db, folder)
    assert (done.exit_code, "1 articles" in done.output, "not in it" in done.output) == (0, True, False), done.output


def test_what_a_copy_does_not_hold_is_named(ledger: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """And so no secret is in it."""
    key, settings, sites = ledger.with_name("news.db.key"), tmp_path / "own.toml", tmp_path / "titles.toml"
    key.write_text("secret")
    settings.write_text('contact = "desk@paper.example"\n')
    monkeypatch.setenv("NEWSLEDGER_SETTINGS", str(settings))
    monkeypatch.setenv("NEWSLEDGER_SITES", str(sites))
    found = json.loads(backup(ledger, tmp_path / "copies", "--init", "--json").stdout)
    assert found["not_held"] == [str(settings), str(key), str(sites)]
    assert not [path for path in (tmp_path / "copies").rglob("*") if path.suffix in (".key", ".toml")]
