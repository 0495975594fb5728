"""Dated copies of ledger and archive: taken, shared, kept, damaged, put back; and a drill with real crawls."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from crawler.cli import main
from crawler.demo.press import Press
from crawler.offline.backups import MARKER
from crawler.schedule.processes import SchedulerLock, hold
from crawler.warc.writer import ArchiveWriter, close_files
from pipelines.article import Exchange
from pipelines.store.database import Store
from tests.crawler.processes import crawl, newsledger, site_table
from tests.crawler.schedule.test_service import running, soon, wait_for
from tests.factories import article, at, new_ledger, new_store

NOW = at(3 * 24 * 60)


def record(store: Store, folder: Path, body: str, minutes: float) -> None:
    """A revision, with its page in the archive."""
    archive = ArchiveWriter(folder / "warc", "paper")
    item = article(body, seen=minutes, modified=minutes)
    assert item.fetch
    page = Exchange(item.fetch.url, (), 200, (("Content-Type", "text/html"),), f"<p>{body}".encode())
    place = archive.write(page, item.fetch.fetched)
    fetch = replace(item.fetch, warc_file=place.file, warc_offset=place.offset, payload_hash=place.payload_hash,
                    archived=place.archived)  # fmt: skip
    new_ledger(store).record(replace(item, fetch=fetch))
    archive.close()


@pytest.fixture
def live(tmp_path: Path) -> Path:
    """A ledger with two days of an archive, the first of them closed."""
    folder = tmp_path / "live"
    folder.mkdir()
    with new_store(folder) as store:
        record(store, folder, "One was hurt.", 0)
        record(store, folder, "Two were hurt.", 24 * 60)
    close_files(folder / "warc" / "paper", but=f"{at(24 * 60):%Y%m%d}")
    return folder


def run(live: Path, verb: str, target: Path, *more: str, now: datetime = NOW) -> Result:
    where = ("--db", str(live / "news.db"))
    return CliRunner().invoke(main, [verb, str(target), *more, *where], env={"NEWSLEDGER_NOW": now.isoformat()})


def facts(result: Result) -> dict[str, Any]:
    assert result.exit_code == 0, result.output
    found: dict[str, Any] = json.loads(result.output)
    return found


def test_a_copy_takes_what_is_new_and_the_oldest_go(live: Path, tmp_path: Path) -> None:
    folder = tmp_path / "copies"
    first = facts(run(live, "backup", folder, "--init", "--json"))
    assert (first["copied_bytes"], first["rows"]["revisions"]) == (first["bytes"], 2)
    with Store(live / "news.db") as store:
        record(store, live, "Three were hurt.", 24 * 60 + 30)
    second = facts(run(live, "backup", folder, "--json", now=NOW + timedelta(days=1)))
    closed = "warc/paper/paper-20250307-01.warc.gz"
    a, b = Path(first["path"]), Path(second["path"])
    assert (a / closed).stat().st_ino == (b / closed).stat().st_ino
    assert (a / closed).stat().st_ino != (live / closed).stat().st_ino
    opened = "warc/paper/paper-20250308-01.warc.gz.open"
    assert (a / opened).stat().st_size < (b / opened).stat().st_size
    assert second["bytes"] - second["copied_bytes"] == sum((a / name).stat().st_size for name in (closed, f"{closed[:-8]}.cdxj"))
    third = facts(run(live, "backup", folder, "--keep", "2", "--json", now=NOW + timedelta(days=2)))
    assert sorted(path.name for path in folder.iterdir()) == ["2025-03-11T080000Z", "2025-03-12T080000Z", "copies.lock", MARKER]
    for path in (second["path"], third["path"]):
        checked = run(live, "restore", Path(path), "--check")
        assert checked.exit_code == 0, checked.output
    assert "3 revisions" in checked.output
    assert len(json.loads(run(live, "backup", folder, "--list", "--json").output)) == 2


def test_a_disk_that_is_not_mounted_is_noticed(live: Path, tmp_path: Path) -> None:
    (tmp_path / "mnt").mkdir()
    for verb in ("backup", "restore"):
        done = run(live, verb, tmp_path / "mnt")
        assert (done.exit_code, "is its disk mounted?" in done.output) == (1, True)
    assert not list((tmp_path / "mnt").iterdir())


def test_a_file_is_no_folder_of_copies(live: Path, tmp_path: Path) -> None:
    (tmp_path / "copy.db").touch()
    done = run(live, "backup", tmp_path / "copy.db", "--init")
    assert (done.exit_code, "is a file, and --init makes a folder" in done.output) == (2, True)


def test_two_copies_at_once_and_what_a_killed_one_left(live: Path, tmp_path: Path) -> None:
    folder = tmp_path / "copies"
    assert run(live, "backup", folder, "--init").exit_code == 0
    (folder / "2025-03-01T000000Z.partial").mkdir()
    with hold(folder, "copies"):
        done = run(live, "backup", folder, now=NOW + timedelta(days=1))
        assert "another copy is being made" in done.output
    assert run(live, "backup", folder, now=NOW + timedelta(days=1)).exit_code == 0
    assert not list(folder.glob("*.partial"))


@pytest.mark.parametrize("what", ["page", "ledger", "gone", "pointer", "list"])
def test_a_damaged_copy_is_told(live: Path, tmp_path: Path, what: str) -> None:
    copy = Path(facts(run(live, "backup", tmp_path / "copies", "--init", "--json"))["path"])
    warc = copy / "warc" / "paper" / "paper-20250307-01.warc.gz"
    said = {"page": f"warc/paper/{warc.name}: another content", "ledger": "news.db: ", "gone": "No such file",
            "pointer": "1 faults", "list": "is no list of a copy"}[what]  # fmt: skip
    if what == "page":
        with warc.open("r+b") as file:
            file.seek(40)
            file.write(b"\0\0\0\0")
    elif what == "ledger":
        os.truncate(copy / "news.db", 4096)
    elif what == "gone":
        warc.unlink()
    elif what == "pointer":
        listed = json.loads((copy / "backup.json").read_bytes())
        listed["files"] = [one for one in listed["files"] if not one["path"].endswith("20250307-01.warc.gz")]
        (copy / "backup.json").write_text(json.dumps(listed), encoding="utf-8")
        warc.unlink()
    else:
        (copy / "backup.json").write_text('{"files": [{"path": "../../x"}]}', encoding="utf-8")
    done = run(live, "restore", copy, "--check")
    assert (done.exit_code, said in done.output) == (1, True), done.output


LISTED: dict[str, Callable[[Path, dict[str, Any]], object]] = {
    "another folder": lambda copy, listed: listed["files"][1].update(path="warc/../../x"),
    "a zero in a name": lambda copy, listed: listed["files"][1].update(path="warc/\0x"),
    "a line in a name": lambda copy, listed: listed["files"][1].update(path="warc/x\nnothing is wrong"),
    "a size that is none": lambda copy, listed: listed["files"][1].update(bytes="x"),
    "a size below zero": lambda copy, listed: listed["files"][1].update(bytes=-1),
    "a time beyond all": lambda copy, listed: listed["files"][1].update(mtime_ns=10**30),
    "no ledger": lambda copy, listed: listed["files"].pop(0),
    "a pipe": lambda copy, listed: (copy / listed["files"][1]["path"]).unlink() or os.mkfifo(copy / listed["files"][1]["path"]),
    "a device": lambda copy, listed: (
        (copy / listed["files"][1]["path"]).unlink() or (copy / listed["files"][1]["path"]).symlink_to("/dev/zero")
    ),
}


def test_a_strangers_copy_leads_nowhere(live: Path, tmp_path: Path, subtests: pytest.Subtests) -> None:
    made = Path(facts(run(live, "backup", tmp_path / "copies", "--init", "--json"))["path"])
    for name, change in LISTED.items():
        with subtests.test(name):
            copy = shutil.copytree(made, tmp_path / name / made.name)
            listed = json.loads((copy / "backup.json").read_bytes())
            change(copy, listed)
            (copy / "backup.json").write_text(json.dumps(listed), encoding="utf-8")
            done = run(live, "restore", copy, "--check")
            assert (done.exit_code, type(done.exception)) == (1, SystemExit), done.output
            done = run(live, "restore", copy, "--force")
            assert isinstance(done.exception, SystemExit | None), done.exception


def test_what_stands_in_the_way_is_moved_aside(live: Path, tmp_path: Path) -> None:
    folder = tmp_path / "copies"
    assert run(live, "backup", folder, "--init").exit_code == 0
    with Store(live / "news.db") as store:
        record(store, live, "Three were hurt.", 24 * 60 + 30)
    closed = live / "warc" / "paper" / "paper-20250307-01.warc.gz"
    closed.write_bytes(b"damaged")
    assert "--force moves it aside" in run(live, "restore", folder).output
    with closing(SchedulerLock(live / "locks")):
        assert "a schedule or a crawl runs" in run(live, "restore", folder, "--force").output
    done = run(live, "restore", folder, "--force")
    assert done.exit_code == 0, done.output
    aside = sorted(path.name for path in live.rglob("*.replaced-20250310T080000Z"))
    assert aside == ["news.db.replaced-20250310T080000Z", f"{closed.name}.replaced-20250310T080000Z"]
    assert [path.name for path in (live / "warc" / "paper").glob("*.open")] == ["paper-20250308-01.warc.gz.open"]
    verified = CliRunner().invoke(main, ["verify", "--db", str(live / "news.db")], env={"NEWSLEDGER_NOW": NOW.isoformat()})
    assert verified.exit_code == 0, verified.output
    with Store(live / "news.db") as store:
        assert store.value("SELECT count(*) FROM revisions") == 2


@pytest.mark.slow
def test_drill(twin: Press, tmp_path: Path) -> None:
    """A copy is taken while a schedule's crawl runs; all is destroyed, put back, verified, and crawled on."""
    live = tmp_path / "live"
    live.mkdir()
    name = soon(50)
    table = site_table(name, twin.url, sitemaps=["/sitemap.xml?paths=/ok/1,/ok/2,/slow/2,/ok/3"], every="1 min")
    (live / "sites.toml").write_text(table, encoding="utf-8")
    crawl(live, f"{twin.url}ok/1")
    where = ("--db", str(live / "news.db"))
    with running(live):
        wait_for((live / "news-schedule.sock").exists)
        assert newsledger("schedule", "run", name, *where).returncode == 0
        wait_for(lambda: any(entry["path"] == "/slow/2" for entry in twin.log()))
        done = newsledger("backup", str(tmp_path / "copies"), "--init", "--json", *where)
        assert done.returncode == 0, done.stderr
    shutil.rmtree(live)
    live.mkdir()
    (live / "sites.toml").write_text(table, encoding="utf-8")
    for verb in (("restore", str(tmp_path / "copies"), "--check"), ("restore", str(tmp_path / "copies")), ("verify",)):
        done = newsledger(*verb, *where)
        assert done.returncode == 0, done.stdout + done.stderr
    (row,) = crawl(live, name)
    assert row["outcome"] == "finished"
    assert newsledger("verify", *where).returncode == 0
