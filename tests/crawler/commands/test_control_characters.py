"""What a ledger holds never steers the terminal of who reads it: no verb prints a control character or turns the direction."""

from __future__ import annotations

import json
import os
import pty
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner

from crawler.cli import command_of, main
from pipelines.store.rows import moment
from tests.crawler.processes import environment
from tests.factories import URL, article, at, new_ledger, new_store
from tests.table import table

EVIL = "\x1b]0;own\x07\x1b[31mRED\x9b31m\u202e\u2066\u200f\u061c\x85\x08"
RAW = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
TEXTS = {
    "revisions": (
        *("headline", "description", "body", "byline", "section", "language", "date_published_raw", "date_modified_raw"),
        *("content_hash", "extractor", "canonical_url", "warc_file", "payload_hash"),
    ),
    "articles": ("url",),
    "aliases": ("url",),
    "sites": ("name", "region", "owner", "url"),
    "fetches": ("url", "reason"),
    "crawls": ("reason",),
    "states": ("reason",),
    "revision_images": ("url", "alt", "caption", "credit"),
    "revision_authors": ("name", "role", "agency"),
}


@pytest.fixture(scope="module")
def ledger(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A ledger into which somebody wrote past all checks."""
    with new_store(tmp_path_factory.mktemp("evil")) as store:
        writer = new_ledger(store)
        writer.record(article())
        writer.record(article("Two were hurt in the fire.", seen=10, modified=9))
        for name, columns in TEXTS.items():
            store.execute(f"UPDATE {name} SET {', '.join(f'{one} = {one} || ?' for one in columns)}", [EVIL] * len(columns))
        store.execute("UPDATE revision_authors SET role = ?, agency = ?", (EVIL, EVIL))
    return store.path


@table(
    "arguments",
    [
        *(["status"], ["status", "--json"], ["health"], ["health", "--json"], ["verify"], ["verify", "--json"], ["stories"]),
        *(["history", URL + EVIL], ["history", URL + EVIL, "--json"], ["history", EVIL], ["diff", URL + EVIL]),
        *(["diff", URL + EVIL, "--json"], ["search", "fire"], ["search", "fire", "--json", "--facets"], ["search", EVIL]),
        *(["search", f"site:{EVIL}", f"colour:{EVIL}", "fire"], ["why", URL + EVIL], ["why", URL + EVIL, "--json"]),
        *(["timemap", URL + EVIL], ["export", "jsonl"], ["export", "jsonl", "--query", f"a:{EVIL} fire"], ["metrics"]),
        *(["quarantine", "list"], ["stories", URL + EVIL], ["backup", f"/dev/null/{EVIL}"], ["merge", EVIL], ["import", EVIL]),
        *(["sites", "show", EVIL], ["extract", EVIL], ["serve", "--host", EVIL], ["search", "fire", "--since", EVIL]),
        *(["reprocess", "--site", EVIL], ["withdraw", URL + EVIL, "--reason", EVIL], [EVIL], ["export", EVIL], ["crawl", EVIL]),
    ],
)
def test_nothing_raw_is_printed(arguments: list[str], ledger: Path) -> None:
    verb = arguments[0]
    has_ledger = verb != EVIL and any("--db" in parameter.opts for parameter in command_of(verb).params)
    done = CliRunner().invoke(
        main, [*arguments, *(["--db", str(ledger)] if has_ledger else [])], env={"NEWSLEDGER_NOW": moment(at(60))}
    )
    assert not RAW.search(done.output), done.output
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exception


def test_texts_are_printed_as_they_are(tmp_path: Path) -> None:
    """Neither rich's markup nor its names of pictures mean anything in what a page says."""
    with new_store(tmp_path) as store:
        new_ledger(store).record(replace(article(), headline="[bold]Live :on: air[/bold] [link=x]"))
    for arguments in (["history", URL], ["search", "air"]):
        done = CliRunner().invoke(main, [*arguments, "--db", str(store.path)], env={"NEWSLEDGER_NOW": moment(at(60))})
        assert "[bold]Live :on: air[/bold] [link=x]" in done.output


def test_json_loses_nothing(ledger: Path) -> None:
    row, *_ = json.loads(CliRunner().invoke(main, ["search", "hurt", "--json", "--db", str(ledger)]).output)
    assert row["headline"] == "Fire at Cross Mill" + EVIL


def test_csv_is_cleared_for_a_terminal_alone(ledger: Path) -> None:
    """CSV cannot escape a character: into a pipe it goes as it is, and to a terminal without it."""
    command = [sys.executable, "-m", "crawler", "export", "csv", "--db", str(ledger)]
    piped = subprocess.run(command, env=environment(), capture_output=True, check=True).stdout.decode()
    assert EVIL in piped
    ours, theirs = pty.openpty()
    with subprocess.Popen(command, env=environment(), stdout=theirs, stderr=subprocess.PIPE) as process:
        os.close(theirs)
        seen = b""
        while True:
            try:
                part = os.read(ours, 65536)
            except OSError:  # Linux's end of a terminal
                break
            seen += part
    os.close(ours)
    assert process.returncode == 0
    assert "RED" in seen.decode()
    assert not RAW.search(seen.decode())
