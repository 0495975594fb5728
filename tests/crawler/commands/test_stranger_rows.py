"""Rows that a stranger, or an older version, left in a ledger: no reader ends in a traceback, and none obeys what they hold."""

from __future__ import annotations

import re
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from crawler.cli import main
from pipelines.article import Fetch, Outcome
from tests.factories import URL, article, at, new_ledger, new_store
from tests.viewer.client import answer

CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
OTHER = "https://paper.example/news/the-weir"
EVIL = "\x1b]0;taken\x07\x1b[31m\x9b2J\u202eder\u2066"
TIMES = {
    "articles": ("first_seen", "last_seen", "last_checked", "next_check", "date_published", "suspected_since"),
    "revisions": ("first_seen", "last_seen", "not_before", "date_published", "date_modified"),
    "fetches": ("fetched",),
    "states": ("at",),
    "crawls": ("started", "finished", "planned"),
    "aliases": ("first_seen",),
}
TEXTS = {
    "articles": ("url", "external_id"), "aliases": ("url", "reason"), "sites": ("name", "url", "owner", "region"),
    "revisions": ("headline", "description", "body", "byline", "section", "extractor", "warc_file", "language"),
    "revision_authors": ("name", "role", "agency"), "revision_images": ("url", "alt", "caption", "credit"),
    "fetches": ("url", "reason", "robots", "tdm", "warc_file"), "states": ("reason",), "crawls": ("reason", "trigger"),
}  # fmt: skip
READERS = (
    ("history", URL), ("history", URL, "--at", "2025-03-07T12:00"), ("diff", URL), ("diff", URL, "1", "2"), ("why", URL),
    ("why", OTHER),
    ("search", "mill"), ("status",), ("health",), ("verify", "--all"), ("export", "jsonl"), ("timemap", URL), ("stories",),
    ("quarantine", "list"), ("metrics",), ("reprocess", "--all", "--again", "--jobs", "1"), ("history", URL, "--json"),
    ("why", URL, "--json"), ("health", "--json"), ("search", "mill", "--json"), ("history", f"{URL}{EVIL}"), ("diff", EVIL),
    ("why", EVIL),
    ("compact", "--dry-run"), ("withdraw", URL, "--reason", "x", "--yes"),
)  # fmt: skip


@pytest.fixture
def ledger(tmp_path: Path) -> Path:
    with new_store(tmp_path) as store:
        writer = new_ledger(store)
        pointer = {"warc_file": "paper/a.warc.gz", "warc_offset": 0, "payload_hash": "0" * 64}
        writer.record(article(fetch=pointer))
        writer.record(article("Two were hurt at the mill.", seen=10, modified=9, fetch=pointer))
        writer.record(article("The weir holds, says the mill.", seen=20, url=OTHER, fetch=pointer))
        writer.record(Fetch(OTHER, at(40), status=404, outcome=Outcome.SUSPECTED, reason="status 404"))
    return tmp_path / "news.db"


def run(ledger: Path, *arguments: str, now: str = "2026-03-04T10:00:00+00:00") -> Result:
    return CliRunner().invoke(main, [*arguments, "--db", str(ledger)], env={"NEWSLEDGER_NOW": now})


def change(ledger: Path, columns: dict[str, tuple[str, ...]], value: str) -> None:
    """Put a value, or an expression of the column, in columns, a table at a time and without any trigger."""
    with closing(sqlite3.connect(ledger)) as conn:
        for (name,) in conn.execute("SELECT name FROM sqlite_schema WHERE type = 'trigger'").fetchall():
            conn.execute(f"DROP TRIGGER {name}")
        for table, names in columns.items():
            conn.execute(f"UPDATE {table} SET {', '.join(f'{name} = {value.format(name)}' for name in names)}")
        conn.commit()


@pytest.mark.parametrize(
    "time", ["0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z", pytest.param("2262-04-12T00:00:00Z", marks=pytest.mark.slow)]
)
def test_times_at_the_ends_of_the_calendar_stop_no_reader(ledger: Path, time: str, subtests: pytest.Subtests) -> None:
    change(ledger, TIMES, f"'{time}'")
    for verb in READERS:
        with subtests.test(" ".join(verb)):
            done = run(ledger, *verb)
            assert isinstance(done.exception, SystemExit | None), done.exception


VIEWED = (
    "/", "/sites", "/site/paper", "/takedowns", "/stories", "/search?q=mill", "/feed.atom", "/feed.json", f"/history/{URL}",
    f"/diff/1..2/{URL}", f"/timemap/link/{URL}", f"/memento/99991231235959/{URL}", f"/memento/00010101000000/{URL}",
)  # fmt: skip


@pytest.mark.parametrize("time", ["0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z"])
def test_times_at_the_ends_of_the_calendar_stop_no_page(ledger: Path, time: str, subtests: pytest.Subtests) -> None:
    change(ledger, TIMES, f"'{time}'")
    for target in VIEWED:
        with subtests.test(target):
            assert answer(ledger, target, at(900)).status in (200, 302)


@pytest.mark.slow
def test_one_time_at_an_end_stops_no_reader(ledger: Path, subtests: pytest.Subtests) -> None:
    for table, names in TIMES.items():
        for name in names:
            for time in ("0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z"):
                change(ledger, {table: (name,)}, f"iif(rowid = 1, '{time}', {{0}})" if table != "aliases" else f"'{time}'")
                for verb in (("why", URL), ("health",), ("history", URL), ("status",)):
                    with subtests.test(f"{table}.{name} {time} {verb[0]}"):
                        done = run(ledger, *verb)
                        assert isinstance(done.exception, SystemExit | None), done.exception


def test_control_characters_reach_no_terminal(ledger: Path, subtests: pytest.Subtests) -> None:
    change(ledger, TEXTS, f"{{0}} || '{EVIL}'")
    for verb in READERS:
        with subtests.test(" ".join(map(ascii, verb))):
            done = run(ledger, *verb)
            assert isinstance(done.exception, SystemExit | None), done.exception
            assert not CONTROL.search(done.output), ascii(done.output)


@pytest.mark.parametrize("name", ["a\0b", "n" * 300, "../../etc/passwd", "/etc/passwd", "", "a//b", "\udce9"])
def test_a_name_that_no_archive_has_costs_its_row_only(ledger: Path, name: str, subtests: pytest.Subtests) -> None:
    raw = name.encode("utf-8", "surrogateescape").hex()
    change(ledger, {"revisions": ("warc_file",), "fetches": ("warc_file",)}, f"iif(id = 1, CAST(x'{raw}' AS TEXT), {{0}})")
    for verb in (
        ("verify", "--all"),
        ("reprocess", "--all", "--jobs", "1"),
        ("export", "jsonl"),
        ("export", "warc", "-o", "x.warc.gz"),
    ):
        with subtests.test(verb[0]):
            done = run(ledger, *(str(ledger.parent / one) if one == "x.warc.gz" else one for one in verb))
            assert isinstance(done.exception, SystemExit | None), done.exception


@pytest.mark.parametrize("table", ["sites", *(pytest.param(one, marks=pytest.mark.slow) for one in ("revisions", "fetches"))])
def test_a_damaged_table_is_told_in_a_line(ledger: Path, table: str, subtests: pytest.Subtests) -> None:
    with closing(sqlite3.connect(ledger, isolation_level=None)) as conn:
        conn.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        conn.execute("PRAGMA journal_mode = DELETE")
        root, size = (conn.execute(sql).fetchone()[0] for sql in (
            f"SELECT rootpage FROM sqlite_schema WHERE name = '{table}'", "PRAGMA page_size"))  # fmt: skip
    content = bytearray(ledger.read_bytes())
    content[(root - 1) * size : root * size] = b"\xee" * size
    ledger.write_bytes(content)
    assert run(ledger, "verify", "--no-pages").exit_code == 1
    for verb in READERS:
        with subtests.test(" ".join(verb)):
            done = run(ledger, *verb)
            assert isinstance(done.exception, SystemExit | None), done.exception
            if "malformed" in done.output and verb[0] not in ("verify", "metrics"):
                assert "is damaged" in done.output
                assert "newsledger verify" in done.output


FUTURE = (
    ("revisions", "first_seen", "revision 1: lies in the future: 2031"),
    ("revisions", "last_seen", "revision 1: lies in the future: 2031"),
    ("articles", "last_checked", "article 1: lies in the future: 2031"),
    ("fetches", "fetched", "fetch 1: lies in the future: 2031"),
    ("states", "at", "state 1: lies in the future: 2031"),
    ("chain", "at", "seal 1: lies in the future: 2031"),
)


def test_verify_names_rows_of_the_future(ledger: Path, tmp_path: Path, subtests: pytest.Subtests) -> None:
    assert "future" not in run(ledger, "verify", "--all", "--no-pages").output
    for table, column, said in FUTURE:
        with subtests.test(f"{table}.{column}"):
            copy = tmp_path / "copy.db"
            shutil.copy(ledger, copy)
            change(copy, {table: (column,)}, "iif(id = 1, '2031-01-01T00:00:00Z', {0})")
            done = run(copy, "verify", "--all", "--no-pages")
            assert (done.exit_code, said in done.output) == (1, True), done.output


@pytest.mark.parametrize("ahead", ["2026-03-04T11:00:00Z", "2031-01-01T00:00:00Z", "9999-12-31T23:59:59Z"])
def test_health_says_that_rows_lie_in_the_future(ledger: Path, ahead: str) -> None:
    assert "future" not in run(ledger, "health", "--site", "paper").output
    change(ledger, {"revisions": ("first_seen", "last_seen")}, f"iif(id = 1, '{ahead}', {{0}})")
    done = run(ledger, "health", "--site", "paper")
    assert (done.exit_code, "1 row lies in the future: a clock was ahead" in done.output) == (1, True), done.output
    assert "future" not in run(ledger, "health", "--site", "paper", now="2026-03-04T10:57:00+00:00").output or ahead[:4] != "2026"
