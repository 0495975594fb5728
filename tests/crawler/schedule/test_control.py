"""What an operator asks of a schedule that runs: through a real socket, of real children; and a drill with a real schedule."""

from __future__ import annotations

import json
import signal
import socket
import stat
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from crawler.catalogue.site import Site
from crawler.demo.press import Press
from crawler.schedule import next_start
from crawler.schedule.control import (
    MAX_REQUEST_BYTES,
    ControlServer,
    ScheduleControl,
    _read_line,
    request,
    socket_path,
)
from crawler.schedule.service import Schedule
from crawler.schedule.subprocess_runner import RunnerConfig, SubprocessRunner
from pipelines.queries.health import judge
from pipelines.queries.health_metrics import health_metrics
from pipelines.store.crawls import CrawlOutcome, finish_crawl, kept_lines, pauses, put_sites, start_crawl
from pipelines.store.database import Store
from pipelines.store.rows import Row, moment
from tests.crawler.processes import crawl, newsledger, site_table
from tests.crawler.schedule.test_service import rows, running, soon, wait_for
from tests.factories import new_store

SITES = tuple(Site(name, name.title(), f"https://{name}.example/", "UTC", every="6 h") for name in ("a", "b"))
SLEEPER = (sys.executable, "-c", "import time; time.sleep(60)")


@dataclass
class Stage:
    """A schedule of two sites whose crawls last until they are asked to end; its clock stands still until it is moved."""

    db: str
    now: datetime
    schedule: Schedule
    runner: SubprocessRunner

    def clock(self) -> datetime:
        return self.now


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    with new_store(tmp_path) as store:
        put_sites(store, ({"id": site.id, "name": site.name, "url": site.url} for site in SITES))
    db = str(tmp_path / "news.db")
    now = datetime.now(UTC).replace(microsecond=0)
    made = Stage(db, now, None, None)  # type: ignore[arg-type]
    made.runner = SubprocessRunner(RunnerConfig(db, program=SLEEPER), made.clock)
    made.schedule = Schedule(db, made.runner, made.clock, 2)
    made.schedule.replace(SITES)
    made.schedule.note_missed()
    made.schedule.start()
    yield made
    made.runner.stop()
    made.schedule.stop()
    assert made.schedule.queues.wait_idle(30)


@contextmanager
def serving(stage: Stage) -> Iterator[ScheduleControl]:
    control = ScheduleControl(stage.schedule, stage.runner, stage.db, stage.clock)
    server = ControlServer(stage.db, control)
    server.start()
    try:
        wait_for(lambda: request(stage.db, "list"), 10)
        yield control
    finally:
        server.close()


def states(answer: dict[str, Any] | None) -> dict[str, str]:
    assert answer is not None
    return {row["site"]: row["state"] for row in answer["sites"]}


def test_crawls_are_run_and_cancelled(stage: Stage) -> None:
    with serving(stage):
        assert states(request(stage.db, "list")) == {"a": "idle", "b": "idle"}
        assert states(request(stage.db, "run", ["a"])) == {"a": "running"}
        again = request(stage.db, "run", ["a", "nowhere"])
        assert again
        assert [one["problem"] for one in again["problems"]] == [
            "a crawl of a is running already", "nowhere is not on the timetable: switched off, retired, or in no catalogue"
        ]  # fmt: skip
        wait_for(lambda: stage.runner.running, 10)
        assert request(stage.db, "cancel", ["a"])
        assert stage.schedule.queues.wait_idle(30)
        none = request(stage.db, "cancel", ["a"])
        assert none
        assert none["problems"] == [{"site": "a", "problem": "no crawl of a runs here"}]
    with Store(stage.db) as store:
        (row,) = store.rows("SELECT * FROM crawls")
    assert (row["site_id"], row["trigger"], row["outcome"]) == ("a", "hand", "stopped")
    assert not socket_path(stage.db).exists(), "a schedule that leaves takes its socket away"


def test_a_pause_holds_whatever_is_restarted_and_is_no_illness(stage: Stage) -> None:
    until = moment(stage.now + timedelta(hours=13))
    with serving(stage):
        assert states(request(stage.db, "pause", ["a"], until=until)) == {"a": "paused"}
        assert stage.schedule.starts()["a"] is None
    with Store(stage.db) as store:
        crawl = start_crawl(store, "a", "schedule", stage.now - timedelta(days=3), stage.now - timedelta(days=3))
        finish_crawl(store, crawl, CrawlOutcome.FINISHED, stage.now - timedelta(days=3))
    another = Schedule(stage.db, stage.runner, stage.clock, 2)
    another.replace(SITES)
    assert "a" in another.pauses
    assert another.note_missed() == 0, "what falls into a pause is not missed"
    another.stop()
    with Store(stage.db) as store:
        (paused,) = health_metrics(store, stage.now, "a")
        (later,) = health_metrics(store, stage.now + timedelta(hours=14), "a")
    assert [(one.code, one.ill) for one in judge(paused)] == [("paused", False)]
    assert "stale" not in {one.code for one in judge(later)}, "the age of a success counts from the end of the pause"
    stage.now += timedelta(hours=14)
    stage.schedule.follow_pauses()
    assert stage.schedule.starts()["a"] == next_start(SITES[0], stage.now)
    with Store(stage.db) as store:
        row = store.row("SELECT * FROM crawls WHERE reason_code = 'paused'")
    assert row
    assert (row["outcome"], row["planned"] < until) == ("skipped", True)


def test_a_site_is_resumed_by_hand(stage: Stage) -> None:
    with serving(stage):
        request(stage.db, "pause", ["a", "b"])
        assert states(request(stage.db, "resume", ["a"])) == {"a": "idle"}
        again = request(stage.db, "resume", ["a"])
        assert again
        assert again["problems"] == [{"site": "a", "problem": "a is not paused"}]
        past = request(stage.db, "pause", ["a"], until="2020-01-01T00:00:00Z")
        assert past
        assert past["problems"][0]["problem"] == "2020-01-01T00:00:00Z is over"
    with Store(stage.db) as store:
        assert {site: pause.holds(stage.now) for site, pause in pauses(store).items()} == {"a": False, "b": True}


def test_the_socket_is_its_owners_and_bounded(stage: Stage) -> None:
    path = socket_path(stage.db)
    path.touch()  # as one that a killed schedule left
    with serving(stage) as control:
        mode = path.stat().st_mode
        assert stat.S_ISSOCK(mode)
        assert stat.S_IMODE(mode) == 0o600
        second = ControlServer(stage.db, control)
        second.start()
        assert states(request(stage.db, "list")) == {"a": "idle", "b": "idle"}
        second.close()
        assert path.exists(), "a second schedule leaves the first one's socket alone"
        for sent, said in {
            b"{": "no line of JSON",
            b"[" * 10_000: "no line of JSON",
            b"[1]": "no object",
            b'{"version": 2, "verb": "list"}': "version 2 is not understood",
            b'{"version": 1, "verb": "halt"}': "there is no 'halt'",
            b'{"version": 1, "verb": "run", "sites": [1]}': "no list of ids",
        }.items():
            assert said in json.loads(exchange(path, sent + b"\n"))["error"]
        assert exchange(path, b"x" * (MAX_REQUEST_BYTES + 1)) == b""
        assert states(request(stage.db, "list")) == {"a": "idle", "b": "idle"}


def exchange(path: Path, sent: bytes) -> bytes:
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
        connection.settimeout(20)
        connection.connect(str(path))
        try:
            connection.sendall(sent)
            return _read_line(connection, 10_000_000)
        except OSError:
            return b""


def test_a_deep_folder_and_no_schedule(tmp_path: Path) -> None:
    deep = tmp_path / ("deep" * 30)
    deep.mkdir()
    assert request(str(deep / "news.db"), "list") is None
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as stale:
        stale.bind(str(socket_path(str(tmp_path / "news.db"))))  # nobody listens
        assert request(str(tmp_path / "news.db"), "list") is None
    (tmp_path / "other-schedule.sock").write_text("no socket", encoding="ascii")
    assert request(str(tmp_path / "other.db"), "list") is None


def schedule_verb(folder: Path, *arguments: str, code: int = 0) -> Any:
    done = newsledger("schedule", *arguments, "--db", str(folder / "news.db"), "--json")
    assert done.returncode == code, done.stderr
    return json.loads(done.stdout)


def test_without_a_schedule_the_ledger_keeps_the_pause(tmp_path: Path) -> None:
    (tmp_path / "sites.toml").write_text(site_table("a", "http://127.0.0.1:1/"), encoding="utf-8")
    with new_store(tmp_path) as store:
        put_sites(store, ({"id": site.id, "name": site.name, "url": site.url} for site in SITES))
    schedule_verb(tmp_path, "pause", "a", "--for", "2h")
    listed = newsledger("schedule", "next", "--db", str(tmp_path / "news.db"), "--sites", str(tmp_path / "sites.toml"), "--json")
    assert listed.returncode == 0, listed.stderr
    assert [(row["site"], row["state"], row["next"]) for row in json.loads(listed.stdout)] == [("a", "paused", None)]
    assert "no schedule of this ledger runs" in listed.stderr
    none = newsledger("schedule", "run", "a", "--db", str(tmp_path / "news.db"))
    assert (none.returncode, "no schedule of" in none.stderr) == (1, True)


@pytest.mark.slow
def test_a_running_schedule_is_asked(twin: Press, tmp_path: Path) -> None:
    """Cancel is graceful, its crawl's log lines are kept, and a pause outlives the schedule."""
    name = soon(40)
    slow = "/sitemap.xml?paths=/ok/1,/slow/2,/ok/2,/ok/3"
    table = site_table(name, twin.url, sitemaps=[slow], feeds=["/none.xml"], every="1 min")
    (tmp_path / "sites.toml").write_text(table, encoding="utf-8")
    with running(tmp_path) as schedule:
        wait_for(socket_path(str(tmp_path / "news.db")).exists)
        assert schedule_verb(tmp_path, "run", name)["sites"][0]["state"] == "running"
        wait_for(lambda: any(entry["path"] == "/slow/2" for entry in twin.log()))
        assert not schedule_verb(tmp_path, "cancel", name)["problems"]
        wait_for(lambda: [row for row in rows(tmp_path) if row["finished"]])
        assert schedule_verb(tmp_path, "pause", name, "--for", "2h")["sites"][0]["paused_until"]
        schedule.send_signal(signal.SIGTERM)
        assert schedule.wait(60) == 0
    (row,) = rows(tmp_path)
    assert (row["trigger"], row["outcome"], row["reason_code"]) == ("hand", "stopped", "asked_to_end")
    shown = newsledger("crawls", "show", str(row["id"]), "--db", str(tmp_path / "news.db"), "--json")
    kept: Row = json.loads(shown.stdout)
    assert any("none.xml could not be read: status 404" in line["message"] for line in kept["log"])
    with running(tmp_path):
        wait_for(socket_path(str(tmp_path / "news.db")).exists)
        listed = newsledger("schedule", "next", "--db", str(tmp_path / "news.db")).stdout
        assert "paused" in listed


@pytest.mark.slow
def test_a_lasting_problem_of_a_source_is_a_warning_once(twin: Press, tmp_path: Path) -> None:
    table = site_table("twin", twin.url, sitemaps=["/sitemap.xml?paths=/ok/1"], feeds=["/none.xml"])
    (tmp_path / "sites.toml").write_text(table, encoding="utf-8")
    levels = []
    for _ in range(2):
        (row,) = crawl(tmp_path, "twin")
        lines = kept_lines(tmp_path / "news.db", "twin", row["id"])
        levels.append([line["level"] for line in lines if "none.xml could not be read" in line["message"]])
    assert levels == [["WARNING"], ["INFO"]]
