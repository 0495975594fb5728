"""Crawls on workers, end to end: the real commands, a real Redis, real papers, real signals."""

from __future__ import annotations

import os
import re
import selectors
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import pytest
from redis import Redis
from redis.exceptions import NoPermissionError, RedisError
from rq.job import Job
from rq.serializers import JSONSerializer

from crawler.catalogue import load_sites
from crawler.cluster.lease import LEASES
from crawler.cluster.queue import connect, put, queue_of
from crawler.cluster.stream import ITEMS, REFUSED
from crawler.extensions import machine_name
from crawler.warc.writer import ArchiveWriter
from pipelines.article import Exchange
from tests.crawler.cluster.quick import TTL_SECONDS
from tests.crawler.cluster.real_redis import PROGRAM, RedisServer
from tests.crawler.cluster.sites_env import ROOT, Process, Town, eventually

ARTICLES = "SELECT site_id, url, state, kind, revision_count, next_check IS NULL AS unplanned FROM articles ORDER BY url"
REVISIONS = """
SELECT a.url, r.number, r.change, r.changed_fields, r.headline, r.body, r.byline, r.content_hash, r.date_published,
    r.date_modified FROM revisions r JOIN articles a ON a.id = r.article_id ORDER BY a.url, r.number
"""
FETCHES = "SELECT url, status, outcome, payload_hash, warc_file IS NULL AS unarchived FROM fetches ORDER BY url, id"
NOTING_IMPORTS = f"""
import os, sys
from crawler.cli import main
from crawler.cluster import lease
lease.TTL_SECONDS = {TTL_SECONDS}
def find_spec(name, *_):
    with open("imported", "a") as file:
        print(name, file=file)
os.register_at_fork(after_in_child=lambda: sys.meta_path.insert(0, type("Notes", (), {{"find_spec": staticmethod(find_spec)}})))
main()
"""
"""The command; what it forks notes all modules that it looks for."""
PAGES = 5
DELAY = 0.2

pytestmark = pytest.mark.skipif(not Path("/proc/net/tcp").exists(), reason="papers on addresses of their own need Linux")


@pytest.fixture
def town(redis_server: RedisServer, redis: Redis, tmp_path: Path) -> Iterator[Town]:
    """Two papers, and a Redis that is old enough to grant leases."""
    one = Town(tmp_path, redis_server.url, hosts=2, pages=PAGES)
    eventually(lambda: redis.info("server")["uptime_in_seconds"] > TTL_SECONDS)
    yield one
    one.close()


def enqueue(town: Town, redis: Redis) -> None:
    """All sites of the catalogue."""
    for site in load_sites(town.sites):
        assert put(queue_of(redis), site, planned=None, time_limit_seconds=60) is None


def status_of(redis: Redis, site: str) -> str:
    return Job.fetch(site, connection=redis, serializer=JSONSerializer).get_status().value


def children_of(pid: int) -> set[int]:
    text = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii")
    return {int(child) for child in text.split()}


def crawling(town: Town, redis: Redis, worker: Process) -> int:
    """Put the one site of the catalogue on the queue for the one worker; its crawl's process, once it has asked three times."""
    (keeper,) = eventually(lambda: children_of(worker.pid))
    enqueue(town, redis)
    eventually(lambda: len(town.requests()) >= 3)
    (pid,) = children_of(worker.pid) - {keeper}
    return pid


def test_a_worker_closes_archive_files_of_past_days(town: Town) -> None:
    archive = ArchiveWriter(town.pages / machine_name(), "paper")
    archive.write(Exchange("https://paper.example/a", (), 200, (), b"<p>The ferry sails."), datetime(2025, 3, 7, tzinfo=UTC))
    archive.close()
    with town.worker("w1"):
        eventually(lambda: sorted(path.suffix for path in town.pages.rglob("paper-*")) == [".cdxj", ".gz"])


@pytest.mark.slow
def test_the_ledger_is_that_of_one_machine(town: Town, redis: Redis) -> None:
    town.catalogue({f"paper-{number}": host for number, host in enumerate(town.hosts)}, DELAY)
    with town.writer(), town.worker("w1") as first, town.worker("w2") as second:
        town.schedule()
        eventually(lambda: town.outcomes() == ["finished"] * 2)
        forked = children_of(first.pid) | children_of(second.pid)
        assert forked, "one of them keeps time"
        for worker in (first, second):
            worker.terminate()
            assert worker.wait(20) == 0
        eventually(lambda: redis.xlen(ITEMS) == 0)
        assert [pid for pid in forked if Path(f"/proc/{pid}").exists()] == []
    alone = town.folder / "alone" / "news.db"
    town.once("crawl", "--all", "--jobs", "2", "--json", "--db", str(alone), "--sites", str(town.sites))
    for sql in (ARTICLES, REVISIONS, FETCHES):
        assert town.rows(sql)
        assert town.rows(sql) == town.rows(sql, alone)
    assert {row["site_id"] for row in town.rows("SELECT * FROM sources")} == {f"paper-{number}" for number in range(2)}
    crawls = town.rows("SELECT worker, trigger, planned, requests, pid FROM crawls")
    assert {row["worker"].partition(".")[0] for row in crawls} <= {"w1", "w2"}
    assert all(row["trigger"] == "schedule" and row["planned"] and row["requests"] and row["pid"] is None for row in crawls)
    archived = [row["warc_file"] for row in town.rows("SELECT warc_file FROM revisions")]
    # A crawl that changed hands while the first process still held the file writes the day's second one.
    assert all(re.fullmatch(rf"{machine_name()}/(paper-\d)/\1-\d{{8}}-0[12]\.warc\.gz", name) for name in archived), archived
    town.once("verify", "--db", str(town.db), "--warc", str(town.pages))
    assert redis.exists(REFUSED) == 0
    assert list(redis.scan_iter(f"{LEASES}*")) == []


@pytest.mark.slow
def test_a_worker_that_is_asked_to_end_puts_its_crawl_back(town: Town, redis: Redis) -> None:
    town.catalogue({"paper": town.hosts[0]}, 0.5)
    with town.writer():
        with town.worker("w1") as first:
            crawling(town, redis, first)
            first.terminate()
            assert first.wait(20) == 0
        assert status_of(redis, "paper") in ("scheduled", "queued")
        assert redis.exists(f"{LEASES}{town.hosts[0]}") == 0
        with town.worker("w2"):
            eventually(lambda: town.outcomes() == ["stopped", "finished"])
    assert len(town.rows(ARTICLES)) == PAGES
    assert min(town.gaps(town.hosts[0])) >= 0.5


@pytest.mark.slow
@pytest.mark.parametrize(("number", "outcome"), [(signal.SIGKILL, "lost"), (signal.SIGALRM, "stopped")])
def test_a_crawl_whose_process_is_ended_is_made_again(town: Town, redis: Redis, number: int, outcome: str) -> None:
    """Killed, or by the alarm that RQ sets for a job that takes too long."""
    town.catalogue({"paper": town.hosts[0]}, DELAY)
    with town.writer(), town.worker("w1") as worker:
        os.kill(crawling(town, redis, worker), number)
        eventually(lambda: town.outcomes() == [outcome, "finished"])
    assert len(town.rows(ARTICLES)) == PAGES
    assert min(town.gaps(town.hosts[0])) >= DELAY


@pytest.mark.slow
def test_a_crawl_ends_with_its_worker(town: Town, redis: Redis) -> None:
    """One that is killed leaves nobody behind who asks on, nor anybody who moves jobs."""
    town.catalogue({"paper": town.hosts[0]}, 0.5)
    with town.writer(), town.worker("w1") as worker:
        crawling(town, redis, worker)
        forked = children_of(worker.pid)
        worker.kill()
        eventually(lambda: not [pid for pid in forked if Path(f"/proc/{pid}").exists()], 10)
        eventually(lambda: town.outcomes() == ["stopped"])


@pytest.mark.slow
def test_a_request_under_way_ends_with_the_lease(town: Town, redis: Redis) -> None:
    """Long before a page that never comes is given up: the host may be another crawl's by then."""
    with socket.create_server(("127.0.2.1", 0)) as host, town.writer(), town.worker("w1"):
        place = f"127.0.2.1:{host.getsockname()[1]}"
        town.catalogue({"paper": place}, DELAY)
        enqueue(town, redis)
        connection, _ = host.accept()
        with connection:
            assert connection.recv(1 << 16).startswith(b"GET /robots.txt")
            redis.delete(f"{LEASES}{place}")
            connection.settimeout(TTL_SECONDS)
            with suppress(ConnectionResetError):
                assert connection.recv(1) == b"", "closed, and nothing more is asked"
        eventually(lambda: town.outcomes()[:1] == ["stopped"])


@pytest.mark.slow
def test_a_worker_whose_archive_is_away_asks_for_nothing(town: Town, redis: Redis) -> None:
    """The ledger points at pages of this machine; its folder is an empty mount point until the disk is there again."""
    town.catalogue({"paper": town.hosts[0]}, DELAY)
    with town.writer():
        enqueue(town, redis)
        town.once("worker", "--burst", "--warc", str(town.pages))
        eventually(lambda: town.outcomes() == ["finished"])
        asked = len(town.requests())
        town.pages.rename(town.folder / "away")
        (town.pages / machine_name()).mkdir(parents=True)
        enqueue(town, redis)
        town.once("worker", "--burst", "--warc", str(town.pages))
        eventually(lambda: town.outcomes() == ["finished", "failed"])
    (row,) = town.rows("SELECT reason, reason_code, requests FROM crawls WHERE outcome = 'failed'")
    assert (row["reason_code"], row["requests"]) == ("archive_missing", 0)
    assert f"on {machine_name()}:" in row["reason"]
    assert "mount its disk" in row["reason"]
    assert len(town.requests()) == asked
    assert list((town.pages / machine_name()).iterdir()) == []
    for verb in ("health", "doctor"):
        told = town.once(verb, "--db", str(town.db), "--sites", str(town.sites), code=1)
        assert f"on {machine_name()}:" in " ".join(told.split()), verb


def test_without_a_writer_crawls_wait(town: Town, redis: Redis) -> None:
    town.catalogue({"paper": town.hosts[0]}, DELAY)
    enqueue(town, redis)
    town.once("worker", "--burst", "--warc", str(town.pages))
    assert status_of(redis, "paper") == "scheduled"
    assert redis.xlen(ITEMS) == 0
    assert town.requests() == []


def test_a_crawl_imports_nothing_that_its_worker_has_not(town: Town, redis: Redis) -> None:
    """Scrapy and our modules took .8 s of CPU a crawl when each crawl imported them."""
    town.catalogue({"paper": town.hosts[0]}, 0)
    enqueue(town, redis)
    command = [sys.executable, "-c", NOTING_IMPORTS, "worker", "--burst", "--warc", str(town.pages)]
    with town.writer():
        subprocess.run(command, env=town.environment, cwd=town.folder, check=True, timeout=60)
        eventually(lambda: town.outcomes() == ["finished"])
    imported = (town.folder / "imported").read_text(encoding="ascii").split()
    assert [name for name in imported if not name.startswith("encodings.")] == []


def test_a_crawl_takes_no_longer_than_it_may(town: Town, redis: Redis) -> None:
    """By the time limit that came with the job."""
    town.catalogue({"paper": town.hosts[0]}, 1)
    (site,) = load_sites(town.sites)
    put(queue_of(redis), site, planned=None, time_limit_seconds=1.5)
    with town.writer(), town.worker("w1"):
        eventually(lambda: town.outcomes() == ["failed"])
        assert town.rows("SELECT reason, reason_code FROM crawls")[0] == {
            "reason": "stopped after 1.5 s",
            "reason_code": "time_limit",
        }
        eventually(lambda: status_of(redis, "paper") == "finished")


@pytest.mark.slow
def test_a_worker_outlives_a_redis_that_is_away(town: Town, redis: Redis, redis_server: RedisServer) -> None:
    town.catalogue({"paper": town.hosts[0]}, DELAY)
    with town.writer(), town.worker("w1") as worker:
        crawling(town, redis, worker)
        redis_server.kill()
        time.sleep(TTL_SECONDS)
        redis_server.start()
        eventually(lambda: (town.outcomes() or [""])[-1] == "finished", 100)
        assert worker.poll() is None
    assert len(town.rows(ARTICLES)) == PAGES
    assert min(town.gaps(town.hosts[0])) >= DELAY


# --- cut off -----------------------------------------------------------------------------------------------------------------


class Wire:
    """A way to Redis that can be cut: what is sent then goes nowhere, and nobody is told."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"redis://127.0.0.1:{self._listener.getsockname()[1]}/0"
        self._is_cut = threading.Event()
        self._selector = selectors.DefaultSelector()
        self._selector.register(self._listener, selectors.EVENT_READ)
        self._ends: dict[socket.socket, socket.socket] = {}
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._carry)
        self._thread.start()

    def cut(self) -> None:
        self._is_cut.set()

    def close(self) -> None:
        self._closing.set()
        self._thread.join()
        for end in (self._listener, *self._ends):
            end.close()
        self._selector.close()

    def _carry(self) -> None:
        while not self._closing.is_set():
            for key, _ in self._selector.select(0.1):
                source = key.fileobj
                assert isinstance(source, socket.socket)
                if source is self._listener:
                    self._accept()
                elif not self._is_cut.is_set():
                    self._forward(source)
            if self._is_cut.is_set():
                time.sleep(0.05)

    def _accept(self) -> None:
        near, _ = self._listener.accept()
        if self._is_cut.is_set():
            self._ends[near] = near
            return
        far = socket.create_connection(("127.0.0.1", self._port))
        self._ends |= {near: far, far: near}
        for end in (near, far):
            self._selector.register(end, selectors.EVENT_READ)

    def _forward(self, source: socket.socket) -> None:
        try:
            data = source.recv(1 << 16)
            if data:
                self._ends[source].sendall(data)
                return
        except OSError:
            pass
        for end in (source, self._ends[source]):
            if end in self._ends:
                self._selector.unregister(end)
                del self._ends[end]
                end.close()


@pytest.fixture
def wires(redis_server: RedisServer) -> Iterator[tuple[Wire, Wire]]:
    both = Wire(redis_server.port), Wire(redis_server.port)
    yield both
    for wire in both:
        wire.close()


@pytest.mark.slow
def test_a_worker_that_is_cut_off_is_silent_before_another_asks(town: Town, redis: Redis, wires: tuple[Wire, Wire]) -> None:
    """Each crawls a host. One is cut off in the middle, and another site of its host is put on the queue."""
    delay = 0.5
    town.catalogue({"a0": town.hosts[0], "a1": town.hosts[1], "b0": town.hosts[0], "b1": town.hosts[1]}, delay)
    sites = {site.id: site for site in load_sites(town.sites)}
    with town.writer(), town.worker("w0", wires[0].url) as zero, town.worker("w1", wires[1].url) as one:
        eventually(lambda: redis.scard("rq:workers") == 2)
        for name in ("a0", "a1"):
            put(queue_of(redis), sites[name], planned=None, time_limit_seconds=60)
        eventually(lambda: all(len(town.requests(host)) >= 2 for host in town.hosts[:2]))
        # RQ's scheduler lives with one of them; that the other keeps it spares a minute.
        lost = 0 if len(children_of(zero.pid)) == 1 else 1
        wires[lost].cut()
        cut = time.time()
        host = town.hosts[0] if town.of_worker(town.hosts[0], f"w{lost}") else town.hosts[1]
        second = f"b{town.hosts.index(host)}"
        put(queue_of(redis), sites[second], planned=None, time_limit_seconds=60)
        eventually(lambda: second in {row["site_id"] for row in town.rows(FINISHED)})
        for pid in (*children_of((zero, one)[lost].pid), (zero, one)[lost].pid):
            os.kill(pid, signal.SIGKILL)  # it has a look in hand for which it would wait for minutes
    by_lost, by_other = town.of_worker(host, f"w{lost}"), town.of_worker(host, f"w{1 - lost}")
    assert by_other[0]["begin"] - by_lost[-1]["end"] >= delay
    assert by_lost[-1]["begin"] - cut <= TTL_SECONDS - delay
    assert min(town.gaps(host)) >= delay
    assert len(by_other) > PAGES + 1 > len(by_lost), "the first was in the middle, the second crawled it all"


FINISHED = "SELECT site_id FROM crawls WHERE outcome = 'finished'"


@pytest.mark.slow
def test_a_crawl_needs_no_more_than_its_user_may(tmp_path: Path) -> None:
    """TLS alone, a user with the rules of docs/scale.md, and a key: the crawl is made, and the user may do nothing else."""
    rules = re.search(
        r"^user newsledger on (>PASSWORD .*)$", (ROOT / "docs" / "scale.md").read_text(encoding="utf-8"), re.MULTILINE
    )
    assert rules is not None
    request = "openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=127.0.0.1 -addext subjectAltName=IP:127.0.0.1"
    files = ("-keyout", str(tmp_path / "key.pem"), "-out", str(tmp_path / "cert.pem"))
    subprocess.run([*request.split(), *files], check=True, capture_output=True)
    (tmp_path / "users.acl").write_text(f"user default off\nuser newsledger on {rules[1]}\n", encoding="ascii")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    options = {"port": "0", "tls-port": str(port), "bind": "127.0.0.1", "tls-cert-file": str(tmp_path / "cert.pem"),
               "tls-key-file": str(tmp_path / "key.pem"), "tls-auth-clients": "no", "dir": str(tmp_path), "save": "",
               "aclfile": str(tmp_path / "users.acl")}  # fmt: skip
    server = subprocess.Popen([str(PROGRAM), *(text for name, value in options.items() for text in (f"--{name}", value))],
                              stdout=subprocess.DEVNULL)  # fmt: skip
    url = f"rediss://newsledger:PASSWORD@127.0.0.1:{port}/0?ssl_ca_certs={tmp_path / 'cert.pem'}"
    redis = connect(url, seconds=5)
    town = Town(tmp_path, url, hosts=1, pages=2, keys="2026:0123456789abcdef")
    try:
        eventually(lambda: _answers(redis) and redis.info("server")["uptime_in_seconds"] > TTL_SECONDS)
        town.catalogue({"paper": town.hosts[0]}, DELAY)
        with town.writer(), town.worker("w1"):
            town.schedule()
            eventually(lambda: town.outcomes() == ["finished"])
        for command in ("CONFIG GET *", "FLUSHALL", "ACL LIST", "SET other 1", "MODULE LIST", "SHUTDOWN"):
            with pytest.raises(NoPermissionError):
                redis.execute_command(*command.split())
    finally:
        town.close()
        redis.close()
        server.terminate()
        server.wait()


def _answers(redis: Redis) -> bool:
    with suppress(RedisError):
        return bool(redis.ping())
    return False
