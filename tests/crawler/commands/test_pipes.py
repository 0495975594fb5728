"""What verbs print into a pipe: a row a line, ids and addresses whole, and no complaint when the reader has had enough."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from crawler.cli import command_of, main
from pipelines.store.crawls import CrawlOutcome, finish_crawl, put_sites
from pipelines.store.rows import moment
from tests.crawler.processes import environment, site_table
from tests.factories import article, at, new_ledger, new_store
from tests.table import table

SITES = ("the-upper-marl-and-eight-parishes-weekly-courier-incorporated", "qu-2")
NAME = "The Upper Marl Courier, with which is incorporated the Eight Parishes Gazette and General Advertiser"
HEADLINE = "Ferry timetable is cut for the third winter in a row\n\twhile the council waits for a report on the slipway"
URL = f"https://{SITES[0]}.example/news/2025/03/07/" + "ferry-timetable-is-cut-" * 12 + "1234567"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A ledger and a catalogue of two sites, one of which has everything long."""
    folder = tmp_path_factory.mktemp("pipes")
    tables = [
        site_table(site, f"https://{site}.example/", name=NAME, delay_seconds=1, region="North of the river") for site in SITES
    ]
    (folder / "sites.toml").write_text("\n".join(tables), encoding="utf-8")
    with new_store(folder) as store:
        put_sites(store, [{"id": site, "name": NAME, "url": f"https://{site}.example/"} for site in SITES])
        writer = new_ledger(store, SITES[0])
        writer.record(article(headline=HEADLINE, url=URL))
        writer.record(article("It is cut, and no date is given.", headline=HEADLINE, url=URL, seen=10, modified=9))
        why = "no source could be read; https://" + "a" * 250 + ".example/feed: status 503"
        finish_crawl(store, store.value("SELECT max(id) FROM crawls"), CrawlOutcome.FINISHED, at(11))
        store.execute("UPDATE crawls SET reason = ?", (why,))
    return folder


def where(verb: str, folder: Path) -> list[str]:
    options = {option for parameter in command_of(verb).params for option in parameter.opts}
    options |= {"--sites"} if verb == "sites" else set()
    return [*(["--db", str(folder / "news.db")] if "--db" in options else []),
            *(["--sites", str(folder / "sites.toml")] if "--sites" in options else [])]  # fmt: skip


@table(
    "verb, more, row",
    [
        ("sites", ["list"], (SITES[0], NAME, "North of the river", f"https://{SITES[0]}.example/")),
        ("sites", ["show", SITES[0]], ("name", NAME)),
        ("status", [], (SITES[0], "finished", "no source could be read", "status 503")),
        ("health", [], (SITES[0], "too little to tell", "finished")),
        ("history", [URL], ("08:00Z … 08:10Z", "updated", "body", " ".join(HEADLINE.split()))),
        ("history", [URL], (URL,)),
        ("search", ["ferry"], (URL, "revision 2")),
        ("settings", [], ("max_pages", "2000", "articles fetched in one crawl, a quarter of them reserved for rechecks")),
    ],
)
def test_a_row_is_a_line(verb: str, more: list[str], row: tuple[str, ...], folder: Path) -> None:
    done = CliRunner().invoke(main, [verb, *more, *where(verb, folder)], env={"NEWSLEDGER_NOW": moment(at(60))})
    assert any(all(cell in line for cell in row) for line in done.output.splitlines()), done.output
    assert "…" not in done.output.replace(" … ", "")


def test_narrow_terminals_do_not_narrow_a_pipe(folder: Path) -> None:
    done = CliRunner().invoke(main, ["sites", "list", *where("sites", folder)], env={"COLUMNS": "20", "TTY_COMPATIBLE": "0"})
    assert [line.split()[0] for line in done.output.splitlines()[1:3]] == list(SITES)


@pytest.fixture
def busy(folder: Path) -> str:
    """A catalogue whose list is longer than a pipe holds."""
    tables = [
        site_table(f"paper-{number}", f"https://paper-{number}.example/", delay_seconds=1, name=NAME) for number in range(900)
    ]
    (folder / "many.toml").write_text("\n".join(tables), encoding="utf-8")
    return str(folder / "many.toml")


@pytest.mark.parametrize(
    "arguments",
    ["sites list --sites {many}", "sites list --json --sites {many}", "--help", "export jsonl --db {db}", "status --db {db}"],
)
def test_a_reader_that_has_enough(arguments: str, busy: str, folder: Path) -> None:
    """`head` goes after its first line, or before: neither a complaint nor a failure."""
    words = arguments.format(many=busy, db=folder / "news.db").split()
    read, write = os.pipe()
    os.close(read)
    done = subprocess.run(
        [sys.executable, "-m", "crawler", *words], env=environment(), stdout=write, stderr=subprocess.PIPE, check=False
    )
    os.close(write)
    assert (done.returncode, done.stderr) == (0, b"")
    pipeline = f"set -o pipefail; '{sys.executable}' -m crawler {' '.join(words)} | head -1"
    shell = subprocess.run(["bash", "-c", pipeline], env=environment(), capture_output=True, check=False)
    assert (shell.returncode, shell.stderr) == (0, b""), shell.stderr
    assert shell.stdout.count(b"\n") == 1


def test_the_exit_code_is_the_verbs_own(folder: Path) -> None:
    """A monitor that reads the first lines of `health` still learns that a site is ill."""
    words = ["health", *where("health", folder), "--max-age", "0.01"]
    read, write = os.pipe()
    os.close(read)
    done = subprocess.run(
        [sys.executable, "-m", "crawler", *words], env=environment(at(60)), stdout=write, stderr=subprocess.PIPE, check=False
    )
    os.close(write)
    assert (done.returncode, done.stderr) == (1, b"")
