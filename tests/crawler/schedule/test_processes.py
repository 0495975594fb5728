"""How long a host wants to be left alone, kept in a file whatever the clocks say."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from crawler.clock import steady_seconds
from crawler.schedule.processes import HOST_FILE_SECONDS, HostFiles, RetryAfterFile, hold_everywhere, machine_folder
from tests.table import table

HOST = "paper.example:8000"
HOURS = 3_600.0


def boot_of(folder: Path) -> str:
    """Which start of the machine a file of now names."""
    RetryAfterFile(folder).write(HOST, 1)
    return file_of(folder).read_text(encoding="ascii").split()[3]


def file_of(folder: Path) -> Path:
    (file,) = folder.glob("*.wait")
    return file


def test_a_wait_runs_out(tmp_path: Path) -> None:
    waits = RetryAfterFile(tmp_path)
    waits.write(HOST, 90)
    assert 88 < RetryAfterFile(tmp_path).read(HOST) <= 90
    waits.write(HOST, 0)
    assert waits.read(HOST) == 0
    assert waits.read("other.example") == 0


@table(
    ("asked", "steady_ago", "wall_ago", "left"),
    [
        (2 * HOURS, HOURS, HOURS, HOURS),
        (2 * HOURS, HOURS, -3 * HOURS, HOURS),  # written while the clock was ahead
        (2 * HOURS, HOURS, 3 * HOURS, HOURS),  # the clock was set forward since
        (2 * HOURS, HOURS, -9e8, HOURS),
        (2.0, 5.0, -3 * HOURS, 0.0),
        (2.0, 0.5, -3 * HOURS, 1.5),
    ],
)
def test_the_wall_clock_does_not_matter(tmp_path: Path, asked: float, steady_ago: float, wall_ago: float, left: float) -> None:
    text = f"{asked} {steady_seconds() - steady_ago} {time.time() - wall_ago} {boot_of(tmp_path)}"
    file_of(tmp_path).write_text(text, encoding="ascii")
    assert RetryAfterFile(tmp_path).read(HOST) == pytest.approx(left, abs=0.4)


@table(
    ("asked", "wall_ago", "left"),
    [(2 * HOURS, HOURS, HOURS), (2 * HOURS, 3 * HOURS, 0.0), (2 * HOURS, -3 * HOURS, 2 * HOURS), (2.0, -9e8, 2.0)],
)
def test_a_machine_that_started_anew_counts_by_it(tmp_path: Path, asked: float, wall_ago: float, left: float) -> None:
    """And never longer than what was asked, however far its clock was ahead."""
    boot_of(tmp_path)
    file_of(tmp_path).write_text(f"{asked} 5.0 {time.time() - wall_ago} another-start", encoding="ascii")
    assert RetryAfterFile(tmp_path).read(HOST) == pytest.approx(left, abs=0.4)
    assert RetryAfterFile(tmp_path).read(HOST) == pytest.approx(left, abs=0.4), "nor does the wait begin again at each crawl"
    assert left != asked or "another-start" not in file_of(tmp_path).read_text(encoding="ascii")


@table("text", ["", "1764489600.123", "a b c d", "2.0 1.0", "\x00", "1 2 3 4 5"])
def test_a_file_that_says_nothing_keeps_nobody_waiting(tmp_path: Path, text: str) -> None:
    boot_of(tmp_path)
    file_of(tmp_path).write_text(text, encoding="ascii")
    assert RetryAfterFile(tmp_path).read(HOST) == 0


def test_two_ledgers_of_one_machine_share_their_hosts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path / "run"))
    one, two = tmp_path / "one", tmp_path / "two"
    with hold_everywhere(one, "paper.example", is_local=False) as first:
        assert first is None
        with hold_everywhere(two, "paper.example", is_local=False) as second:
            assert second == str(os.getpid())
        with hold_everywhere(two, "other.example", is_local=False) as other:
            assert other is None
        with hold_everywhere(two, "127.0.0.1:8000", is_local=True) as local:
            assert local is None
    shared = machine_folder()
    assert shared == tmp_path / "run" / "newsledger"
    assert not (shared / "127.0.0.1_8000.lock").exists()
    for folder in (one, two):
        RetryAfterFile(folder, shared).write("127.0.0.1:8000", 60)
    assert not list(shared.glob("*.wait"))
    RetryAfterFile(one, shared).write("paper.example", 60)
    assert 58 < RetryAfterFile(two, shared).read("paper.example") <= 60, "asked of one of them to wait, the other waits"
    RetryAfterFile(two, shared).write("paper.example", 90)
    assert RetryAfterFile(one, shared).read("paper.example") > 88, "the longer of two waits counts"
    (tmp_path / "file").write_text("no folder", encoding="ascii")
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path / "file"))
    with hold_everywhere(one, "paper.example", is_local=False) as alone:
        assert alone is None, "a folder that cannot be used is passed over"
    assert machine_folder() is None


ROBOTS = "https://paper.example/robots.txt"


def test_what_one_site_read_of_robots_txt_holds_for_others_of_its_host(tmp_path: Path) -> None:
    body = b"User-agent: *\n\nDisallow: /private\n"
    HostFiles(tmp_path, "north").write(ROBOTS, body)
    assert HostFiles(tmp_path, "south").read(ROBOTS) == body
    assert HostFiles(tmp_path, "north").read(ROBOTS) is None, "else a site would never ask again"
    assert HostFiles(tmp_path, "south").read("https://paper.example:8000/robots.txt") is None
    HostFiles(tmp_path, "north").write(ROBOTS, b"")
    assert HostFiles(tmp_path, "south").read(ROBOTS) == b"", "there is none: that is known too"


@table(("seconds_ago", "known"), [(1.0, True), (HOST_FILE_SECONDS - 60, True), (HOST_FILE_SECONDS + 1, False), (-60.0, False)])
def test_what_was_read_holds_for_an_hour(tmp_path: Path, seconds_ago: float, known: bool) -> None:
    HostFiles(tmp_path, "north").write(ROBOTS, b"")
    (file,) = tmp_path.iterdir()
    os.utime(file, (time.time() - seconds_ago,) * 2)
    assert (HostFiles(tmp_path, "south").read(ROBOTS) is not None) is known
