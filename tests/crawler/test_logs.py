"""JSON lines: one object a line, whatever is in it; in a real crawl every line."""

from __future__ import annotations

import io
import json
import logging
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawler.demo.press import Press
from crawler.logs import MAX_EXCEPTION_CHARS, MAX_MESSAGE_CHARS, JsonHandler, JsonLines, PlainLines, relay
from tests.crawler.processes import environment, newsledger, site_table
from tests.forkserver import run


def record(message: str, *values: object, **more: Any) -> logging.LogRecord:
    return logging.getLogger("t").makeRecord("crawler.some.room", logging.WARNING, "file", 1, message, values, None, extra=more)


def test_a_line() -> None:
    made = record("%s: %d candidates", "paper", 3)
    made.created = 1_741_334_400.25
    formatter = JsonLines(lambda: {"site": "paper", "crawl": 7})
    assert json.loads(formatter.format(made)) == {
        "time": "2025-03-07T08:00:00.250Z", "level": "WARNING", "logger": "crawler.some.room", "message": "paper: 3 candidates",
        "event": "%s: %d candidates", "site": "paper", "crawl": 7,
    }  # fmt: skip


def test_what_the_record_says_goes_before_the_context() -> None:
    assert json.loads(JsonLines(lambda: {"site": "a"}).format(record("x", site="b")))["site"] == "b"


def test_an_exception_is_a_field() -> None:
    try:
        raise ValueError("what\nhappened " + "x" * 20_000)
    except ValueError:
        made = record("it failed")
        made.exc_info = sys.exc_info()
    line = JsonLines().format(made)
    told = json.loads(line)["exception"]
    assert "\n" not in line
    assert told.startswith("Traceback")
    assert told.endswith("xxx"), "the end, where it says what was raised, is kept"
    assert len(told) <= MAX_EXCEPTION_CHARS + 3


def test_a_message_whose_values_do_not_fit() -> None:
    assert "%d" in json.loads(JsonLines().format(record("%d of %d", "x")))["message"]


@settings(deadline=None)
@given(st.text(), st.text())
def test_any_text_stays_one_line(message: str, value: str) -> None:
    line = JsonLines().format(record(message.replace("%", "") + "%s", value))
    assert line.isascii()
    assert line.isprintable()
    assert len(line.splitlines()) == 1
    assert json.loads(line)["message"][:50] == (message.replace("%", "") + value)[:MAX_MESSAGE_CHARS][:50]


def test_no_line_of_text_passes_for_another() -> None:
    forged = logging.makeLogRecord({"msg": "refused: x\n2025-03-07 08:00:00,000 INFO all is well\x1b[2K", "levelname": "WARNING"})
    assert PlainLines().format(forged).split("\n")[1:] == ["  2025-03-07 08:00:00,000 INFO all is well[2K"]


def test_what_a_child_writes_is_passed_on_as_lines() -> None:
    ours = JsonLines().format(record("ours"))
    stream = io.StringIO()
    handler = JsonHandler(stream)
    handler.setFormatter(JsonLines())
    written = (
        f'{ours}\nTraceback (most recent call last):\n\n{{"time": broken\n\x1b[31m\u2028red\n'.encode() + b"\xff" + b"y" * 300_000
    )
    relay(io.BytesIO(written), "paper", handler)
    lines = stream.getvalue().splitlines()
    assert lines[0] == ours
    others = [json.loads(line) for line in lines[1:]]
    assert {one["site"] for one in others} == {"paper"}
    assert [one["message"][:9] for one in others[:3]] == ["Traceback", '{"time": ', "\x1b[31m\u2028red"]
    assert len(others) > 4, "a line without end is cut"


HOSTILE = "/sitemap.xml?paths=/ok/1,/error/500,/slow/1"


@pytest.fixture
def paper(twin: Press, tmp_path: Path) -> Press:
    """A site with pages that are well and ill, and a source that is not there."""
    table = site_table("twin", twin.url, sitemaps=[HOSTILE, "/none.xml"], every="1 min")
    (tmp_path / "sites.toml").write_text(table, encoding="utf-8")
    return twin


def where(folder: Path) -> tuple[str, ...]:
    return ("--db", str(folder / "news.db"), "--sites", str(folder / "sites.toml"))


def test_every_line_of_a_crawl(paper: Press, tmp_path: Path) -> None:
    done = newsledger("crawl", "twin", "--log", "json", "--log-level", "DEBUG", "--json", *where(tmp_path))
    (crawl,) = json.loads(done.stdout)
    lines = [json.loads(line) for line in done.stderr.splitlines()]
    assert len(lines) > 20
    for line in lines:
        assert {"time", "level", "logger", "message", "site"} <= line.keys()
        assert line["site"] == "twin"
    assert {line["crawl"] for line in lines if "crawl" in line} == {crawl["id"]}
    opened = next(n for n, line in enumerate(lines) if "crawl" in line)
    assert all(line["crawl"] == crawl["id"] for line in lines[opened:]), "known from the row on"
    names = {line["logger"].partition(".")[0] for line in lines}
    assert {"scrapy", "crawler"} <= names, "Scrapy's lines and ours"


def test_text_is_the_default(paper: Press, tmp_path: Path) -> None:
    done = newsledger("crawl", "twin", "--log-level", "INFO", *where(tmp_path))
    assert "[scrapy" in done.stderr
    assert not done.stderr.startswith("{")


def test_every_line_of_a_schedule_and_its_children(paper: Press, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "crawler", "schedule", "--once", *where(tmp_path), "--log", "json"]
    said = environment() | {"NEWSLEDGER_LOG_LEVEL": "INFO"}
    done = run(command, env=said, capture_output=True, text=True, check=False, timeout=90)
    assert done.returncode == 0, done.stderr
    lines = [json.loads(line) for line in done.stderr.splitlines()]
    assert {line["logger"] for line in lines if "site" not in line} == {"crawler.commands.operate.schedule"}
    children = [line for line in lines if line.get("crawl")]
    assert {(line["site"], type(line["crawl"])) for line in children} == {("twin", int)}
    assert any(line["logger"].startswith("scrapy") for line in children)
    assert {line["level"] for line in lines} == {"INFO", "WARNING"}
