"""The watch of a schedule: what its server says while all is well, and when it is not."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from crawler.clock import clock
from crawler.monitoring.alert_state import AlertState, CurrentProblems
from crawler.monitoring.collector import Measurement, MeasurementReader
from crawler.monitoring.monitor import Monitor, MonitoredSchedule, write_failure
from crawler.monitoring.server import WatchServer
from crawler.monitoring.state_files import Heartbeat, read_heartbeat, write_heartbeat
from crawler.schedule.processes import ALIVE, READY, STOPPING, notify_systemd
from pipelines.store.crawls import CrawlOutcome, Pause, finish_crawl, pause_site, start_crawl
from pipelines.store.database import Store
from tests.crawler.processes import environment, site_table
from tests.factories import T0, at, new_store
from tests.forkserver import Process, run

DAY = timedelta(hours=24)


def get(url: str, path: str, method: str = "GET") -> tuple[int, str]:
    """Status and body of an answer."""
    connection = HTTPConnection(urlsplit(url).netloc, timeout=20)
    connection.request(method, path)
    answer = connection.getresponse()
    found = answer.status, answer.read().decode()
    connection.close()
    return found


@contextmanager
def serving(text: bytes | None, ills: list[str], address: str = "127.0.0.1:0") -> Iterator[str]:
    server = WatchServer(address, lambda: (text, "text/plain") if text else None, lambda: ills)
    server.start()
    yield server.url
    server.stop()


def test_the_server() -> None:
    ills: list[str] = []
    with serving(b"newsledger_x 1\n", ills) as url:
        assert get(url, "/metrics") == (200, "newsledger_x 1\n")
        assert get(url, "/metrics?x=1", "HEAD") == (200, "")
        assert get(url, "/healthz") == (200, "well\n")
        ills += ["this is wrong", "and that"]
        assert get(url, "/healthz") == (503, "this is wrong\nand that\n")
        assert get(url, "/")[0] == 404
        assert get(url, "/metrics", "POST")[0] == 501
    with serving(None, []) as url:
        assert get(url, "/metrics") == (503, "nothing was read yet\n")


def test_a_client_that_says_nothing_holds_up_nobody() -> None:
    with serving(b"x 1\n", []) as url:
        host, port = urlsplit(url).hostname, urlsplit(url).port
        with socket.create_connection((host, port)):
            assert get(url, "/metrics")[0] == 200


def test_version_6() -> None:
    if not socket.has_ipv6:
        pytest.skip("this machine has no IPv6")
    try:
        with serving(b"x 1\n", [], "[::1]:0") as url:
            assert get(url, "/metrics") == (200, "x 1\n")
    except OSError as error:
        pytest.skip(f"no IPv6 on loopback: {error}")


def test_a_beat_is_fresh_for_a_minute(tmp_path: Path) -> None:
    db = str(tmp_path / "news.db")
    assert read_heartbeat(db) is None
    write_heartbeat(db, at(0), pid=3, sites=2, queued=1, running=0)
    heartbeat = read_heartbeat(db)
    assert heartbeat == Heartbeat("2025-03-07T08:00:00Z", 3, 2, 1, 0)
    assert (heartbeat.fresh(at(1)), heartbeat.fresh(at(1.1))) == (True, False)
    for broken in ("", "[]", '{"at": 1}', '{"at": "x", "pid": 1, "sites": 1, "queued": 1, "running": 1}'):
        (tmp_path / "news-schedule.json").write_text(broken, encoding="utf-8")
        assert read_heartbeat(db) is None


class Listening:
    """Keeps what it is told."""

    def __init__(self) -> None:
        self.told: list[CurrentProblems] = []

    def state(self) -> AlertState:
        return AlertState()

    def round(self, current: CurrentProblems, now: object) -> int:
        self.told.append(current)
        return 0


def watch(db: str, alerts: Listening) -> Monitor:
    def render(reading: Measurement) -> bytes:
        return f"writable {reading.writable}".encode()

    return Monitor(
        MonitoredSchedule(db, lambda _: True), MeasurementReader(db, DAY), clock(at(0).isoformat()), alerts=alerts, render=render
    )


def test_rounds_see_a_ledger_that_cannot_be_written(tmp_path: Path) -> None:
    """Root may write what others may not, so a folder in the place of the ledger stands for a disk that refuses."""
    new_store(tmp_path).close()
    db, alerts = str(tmp_path / "news.db"), Listening()
    one = watch(db, alerts)
    write_heartbeat(db, at(0), pid=1, sites=1, queued=0, running=0)
    one.round()
    assert (one.text, one.problems()) == (b"writable True", [])
    assert alerts.told == [CurrentProblems()], "a site that was never crawled is no trouble"
    for name in ("news.db", "news.db-wal", "news.db-shm"):
        (tmp_path / name).unlink(missing_ok=True)
    (tmp_path / "news.db").mkdir()
    one.round()
    (wrong,) = one.problems()
    assert wrong.startswith(f"the ledger cannot be written: {db}: ")
    assert [problem.key for problem in alerts.told[-1].problems] == ["store"]
    assert not alerts.told[-1].whole, "what could not be read is not over"


def test_write_failure(tmp_path: Path) -> None:
    new_store(tmp_path).close()
    db = tmp_path / "news.db"
    assert write_failure(str(db)) is None
    assert sorted(path.name for path in tmp_path.iterdir()) == ["news.db"], "what was tried is taken away"
    db.write_bytes(b"not a ledger at all, but long enough to be looked at" * 100)
    assert "not a database" in str(write_failure(str(db)))


def test_a_disk_without_room_is_trouble(tmp_path: Path) -> None:
    """A limit on the size of files stands for the end of the disk."""
    new_store(tmp_path).close()
    code = (
        "import resource, sys; from crawler.monitoring.monitor import write_failure\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (40_000, 40_000)); print(write_failure(sys.argv[1]))"
    )
    command = [sys.executable, "-c", code, str(tmp_path / "news.db")]
    done = run(command, env=environment(), capture_output=True, text=True, check=False, timeout=60)
    assert done.stdout == f"{tmp_path / 'news.db'}: File too large\n", done.stderr
    assert not list(tmp_path.glob(".room*")), "nothing is left behind"


def test_systemd_is_told(tmp_path: Path) -> None:
    assert not notify_systemd(READY, {})
    assert not notify_systemd(READY, {"NOTIFY_SOCKET": str(tmp_path / "none")})
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as channel:
        channel.bind(str(tmp_path / "notify"))
        channel.settimeout(5)
        assert notify_systemd(READY, {"NOTIFY_SOCKET": str(tmp_path / "notify")})
        assert channel.recv(100) == b"READY=1"


def test_a_schedule_serves_tells_and_ends(tmp_path: Path) -> None:
    """A real one: metrics, health, alerts of an ill site, systemd's socket, and what it keeps when it ends."""
    pytest.importorskip("prometheus_client", reason="the extra `metrics` is not installed")
    table = site_table("paper", "https://paper.example/", delay_seconds=1, every="7 days")
    (tmp_path / "sites.toml").write_text(table, encoding="utf-8")
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as channel:
        channel.bind(str(tmp_path / "notify"))
        channel.settimeout(60)
        command = [sys.executable, "-m", "crawler", "schedule", "--db", str(tmp_path / "news.db"), "--sites",
                   str(tmp_path / "sites.toml"), "--metrics", "127.0.0.1:0"]  # fmt: skip
        said = environment() | {"NOTIFY_SOCKET": str(tmp_path / "notify")}
        schedule = Process(command, env=said, stderr=subprocess.PIPE, text=True)
        try:
            assert schedule.stderr
            url = next(match[1] for line in schedule.stderr if (match := re.search(r"served at (http\S+/)metrics", line)))
            heard = {channel.recv(100).decode() for _ in range(2)}
            assert heard == {READY, ALIVE}
            while get(url, "/metrics")[0] == 503:
                pass
            text = get(url, "/metrics")[1]
            assert "newsledger_store_writable 1.0" in text
            assert 'newsledger_site_ill{site="paper"} 0.0' in text
            assert get(url, "/healthz") == (200, "well\n")
            os.kill(schedule.pid, signal.SIGTERM)
            assert schedule.wait(60) == 0
            assert channel.recv(100).decode() in (STOPPING, ALIVE)
        finally:
            schedule.kill()
            schedule.communicate()
    assert (tmp_path / "news-watch.json").exists()
    heartbeat = read_heartbeat(str(tmp_path / "news.db"))
    assert heartbeat
    assert (heartbeat.pid, heartbeat.sites) == (schedule.pid, 1)
    with Store(tmp_path / "news.db", readonly=True) as store:
        assert store.integrity_problems() == []


def test_a_port_that_is_taken_is_said(tmp_path: Path) -> None:
    pytest.importorskip("prometheus_client", reason="the extra `metrics` is not installed")
    (tmp_path / "sites.toml").write_text(site_table("paper", "https://paper.example/", delay_seconds=1), encoding="utf-8")
    with serving(None, []) as url:
        address = urlsplit(url).netloc
        command = [sys.executable, "-m", "crawler", "schedule", "--db", str(tmp_path / "news.db"), "--sites",
                   str(tmp_path / "sites.toml"), "--metrics", address]  # fmt: skip
        done = run(command, env=environment(), capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 2
    assert f"--metrics {address}: " in done.stderr
    assert "in use" in done.stderr


def test_a_pause_counts_from_the_next_reading_on(tmp_path: Path) -> None:
    """Whatever was read of the site before; and what is kept between two processes knows nothing of it."""
    with new_store(tmp_path) as store:
        crawl = start_crawl(store, "paper", "schedule", T0)
        finish_crawl(store, crawl, CrawlOutcome.FINISHED, T0)
        now = T0 + timedelta(days=3)
        reader = MeasurementReader(str(tmp_path / "news.db"), timedelta(hours=24))
        codes = {finding.code for finding in reader.read(now, lambda _: True).findings["paper"]}
        assert "stale" in codes
        pause_site(store, "paper", Pause(now, now + timedelta(hours=2)))
        paused = reader.read(now, lambda _: True)
        assert [(one.code, one.ill) for one in paused.findings["paper"]] == [("paused", False)]
        reader.save()
        after = MeasurementReader(str(tmp_path / "news.db"), timedelta(hours=24)).read(now + timedelta(hours=3), lambda _: True)
        assert "paused" not in {one.code for one in after.findings["paper"]}
        assert after.health_metrics["paper"].resumed_age == timedelta(hours=1)
