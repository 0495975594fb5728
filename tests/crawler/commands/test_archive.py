"""`newsledger archive`: what the disk holds, and files that are closed when their day is over."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

import pytest
from click.testing import CliRunner, Result

from crawler.cli import main
from crawler.commands.archive import _span
from crawler.warc.writer import MARKER, ArchiveWriter, RepeatedRecord
from pipelines.article import Exchange

PAGE = b"<p>The ferry sails.</p>" + Random(7).randbytes(3_000)  # such as no packing makes smaller than a revisit record
NOON = datetime(2025, 3, 7, 12, tzinfo=UTC)


def exchange(url: str) -> Exchange:
    return Exchange(url, (("Host", "paper.example"),), 200, (("Content-Type", "text/html"),), PAGE)


def run(folder: Path, *arguments: str, now: str = "2025-03-08T00:00:30Z") -> Result:
    return CliRunner().invoke(main, ["archive", *arguments, "--db", str(folder / "news.db")], env={"NEWSLEDGER_NOW": now})


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two sites, the second of a worker elsewhere; the first has files of two days."""
    paper = ArchiveWriter(tmp_path / "warc", "paper")
    for hour in range(3):
        paper.write(exchange("https://paper.example/a"), NOON + timedelta(hours=hour),
                    RepeatedRecord("https://paper.example/a", NOON) if hour else None)  # fmt: skip
    paper.write(exchange("https://paper.example/b"), NOON + timedelta(days=1))
    paper.close()
    weekly = ArchiveWriter(tmp_path / "warc" / "machine-1", "weekly")
    weekly.write(exchange("https://weekly.example/a"), NOON)
    weekly.close()
    return tmp_path


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.rglob("*") if path.is_file() and path.name != MARKER)


def test_files_of_past_days_are_closed_with_an_index(folder: Path) -> None:
    done = run(folder, "close")
    assert (done.exit_code, done.output) == (0, "closed weekly-20250307-01.warc.gz\n"), "the crawl of the 8th closed the paper's"
    assert names(folder) == ["paper-20250307-01.cdxj", "paper-20250307-01.warc.gz", "paper-20250308-01.warc.gz.open",
                             "weekly-20250307-01.cdxj", "weekly-20250307-01.warc.gz"]  # fmt: skip
    assert run(folder, "close").output == ""
    assert run(folder, "close", "--today", "--site", "weekly").output == ""
    assert run(folder, "close", "--today").output == "closed paper-20250308-01.warc.gz\n"


def test_a_file_that_is_being_written_is_left(folder: Path) -> None:
    crawl = ArchiveWriter(folder / "warc", "paper")
    crawl.write(exchange("https://paper.example/c"), NOON + timedelta(days=1))
    done = run(folder, "close", now="2025-03-09T00:00:30Z")
    assert done.exit_code == 1
    assert "paper-20250308-01.warc.gz.open is being written" in done.output
    as_json = run(folder, "close", "--json", now="2025-03-09T00:00:30Z")
    assert json.loads(as_json.stdout) == {"closed": [], "being_written": ["paper-20250308-01.warc.gz.open"]}
    crawl.close()
    assert run(folder, "close", now="2025-03-09T00:00:30Z").exit_code == 0


def test_an_index_that_is_missing_is_made_again(folder: Path) -> None:
    run(folder, "close", "--today")
    index = next(folder.rglob("paper-20250307-01.cdxj"))
    whole = index.read_bytes()
    index.unlink()
    index.with_name("paper-20250307-01.cdxj.new").write_text("half")
    run(folder, "close")
    assert index.read_bytes() == whole


def test_what_there_is(folder: Path) -> None:
    run(folder, "close")
    found = json.loads(run(folder, "list", "--json").output)
    assert [(one["file"], one["day"], one["is_open"], one["pages"], one["repeated"]) for one in found] == [
        ("machine-1/weekly/weekly-20250307-01.warc.gz", "2025-03-07", False, 1, 0),
        ("paper/paper-20250307-01.warc.gz", "2025-03-07", False, 3, 2),
        ("paper/paper-20250308-01.warc.gz", "2025-03-08", True, None, None),
    ]
    assert [one["bytes"] for one in found] == [next(folder.rglob(Path(one["file"]).name + "*")).stat().st_size for one in found]
    assert "paper/paper-20250308-01.warc.gz" in run(folder, "list", "--site", "paper").output
    assert "weekly" not in run(folder, "list", "--site", "paper").output


def test_what_it_comes_to(folder: Path) -> None:
    run(folder, "close")
    found = json.loads(run(folder, "stats", "--json").output)
    sizes = {one["file"]: one["bytes"] for one in json.loads(run(folder, "list", "--json").output)}
    paper, weekly = found["sites"]
    assert (paper["site"], paper["files"], paper["open"], paper["pages"], paper["repeated"]) == ("paper", 2, 1, 3, 2)
    assert (paper["first"], paper["last"]) == ("2025-03-07", "2025-03-08")
    assert paper["bytes_a_day"] == paper["bytes"] // 2
    assert paper["bytes_a_year"] == paper["bytes_a_day"] * 365
    assert weekly["bytes"] + paper["bytes"] == found["all"]["bytes"] == sum(sizes.values())
    assert found["free_bytes"] > 0
    listed = json.loads(run(folder, "list", "--site", "paper", "--json").output)
    whole, repeated = (sum(one[name] for one in listed) for name in ("page_bytes", "repeated_bytes"))
    assert paper["bytes_saved"] == 2 * whole - repeated > 0, "one page is kept whole, and two are not"
    assert weekly["bytes_saved"] == 0
    shown = run(folder, "stats").output
    assert "paper" in shown
    assert " free; at " in shown
    assert " a day, the pace of 2 days, it lasts " in shown


def test_how_long_it_lasts_is_said_for_people() -> None:
    said = {0: "less than a day", 1: "a day", 13: "13 days", 20: "about 3 weeks", 100: "about 3 months", 1_000: "about 3 years",
            36_500: "more than a hundred years", 10**9: "more than a hundred years"}  # fmt: skip
    assert {days: _span(days) for days in said} == said


def test_no_archive_is_said(tmp_path: Path) -> None:
    done = run(tmp_path, "stats")
    assert done.exit_code == 1
    assert "no archive" in done.output
