"""`newsledger writer`, a real Redis, real kills."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from click.testing import CliRunner
from redis import Redis
from redis.exceptions import RedisError

from crawler.cli import main
from crawler.clock import clock
from crawler.cluster import consumer as loop
from crawler.cluster.consumer import WRITER, StreamConsumer
from crawler.cluster.lease import LEASES
from crawler.cluster.messages import decode_answer, decode_context
from crawler.cluster.stream import GROUP, ITEMS, REFUSED, Stream
from pipelines.store.database import Store
from tests.crawler.cluster.cluster_env import ESTIMATES, Paper, Worker, contents
from tests.crawler.cluster.real_redis import RedisServer
from tests.crawler.cluster.test_handler import NAMES, end, left_behind, live_alone, look, minutes, opened
from tests.forkserver import Process, run

ROOT = Path(__file__).resolve().parents[3]
KILLS = 20
CRAWLS = 6


def eventually(what: Callable[[], object], seconds: float = 60) -> None:
    until = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < until, "not within the time"
        time.sleep(0.02)


def answer_of(redis: Redis, reply: str) -> bytes:
    """Answers are given once they are true; whoever waits may have to wait for a writer to come back."""
    until = time.monotonic() + 60
    while time.monotonic() < until:
        found = None
        with suppress(RedisError):
            found = redis.blpop([reply], timeout=1)
        if isinstance(found, list | tuple):
            assert isinstance(found[1], bytes)
            return found[1]
    raise AssertionError("no answer")


def live_with_workers(redis: Redis, seed: int = 0) -> None:
    """The same life as `live_alone`, told to the stream; each crawl waits for its briefing."""
    papers, stream = [Paper(name, seed) for name in NAMES], Stream(redis)
    for crawl in range(CRAWLS):
        for number, paper in enumerate(papers):
            paper.live(minutes(crawl))
            worker = Worker(paper, crawl * 10 + number + 1, minutes(crawl))
            stream.send(worker.opened)
            answer_of(redis, worker.reply)
            stream.send(worker.question)
            for message in worker.rest(decode_answer(answer_of(redis, worker.question.reply))):
                stream.send(message)


@contextmanager
def running(*command: str) -> Iterator[subprocess.Popen[str]]:
    process = Process([sys.executable, *command], cwd=ROOT, stderr=subprocess.PIPE, text=True)
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        if process.stderr:
            process.stderr.close()


def writer_of(server: RedisServer, db: Path, *more: str) -> tuple[str, ...]:
    return ("-m", "crawler", "writer", "--redis", server.url, "--db", str(db), *more)


def waiting(redis: Redis) -> int:
    return int(redis.xlen(ITEMS))


@pytest.fixture
def written(tmp_path: Path) -> Path:
    """The ledger of one machine, and where that of the writer is to be."""
    live_alone(opened(tmp_path / "alone.db"), 0)
    return tmp_path / "many.db"


def check_equal(db: Path, without: frozenset[str] = frozenset()) -> None:
    with Store(db) as store, Store(db.with_name("alone.db")) as alone:
        assert contents(store, without) == contents(alone, without)
        assert left_behind(store) == 0
        assert store.integrity_problems() == []
        assert store.search_problem() is None


def test_what_workers_send_becomes_the_ledger_of_one_machine(redis_server: RedisServer, redis: Redis, written: Path) -> None:
    """And the writer, asked to end, ends; the stream is empty behind it, and the ledger free for the next."""
    with running(*writer_of(redis_server, written)) as process:
        live_with_workers(redis)
        eventually(lambda: waiting(redis) == 0)
        assert redis.get(WRITER) is not None
        process.send_signal(signal.SIGTERM)
        assert process.wait(30) == 0
        assert process.stderr is not None
        assert "ended 12" in process.stderr.read()
    check_equal(written)
    assert redis.get(WRITER) is None
    assert redis.xpending(ITEMS, GROUP)["pending"] == 0
    assert redis.exists(REFUSED) == 0


@pytest.mark.slow
def test_a_writer_that_is_killed_again_and_again_doubles_and_loses_nothing(
    redis_server: RedisServer, redis: Redis, written: Path
) -> None:
    mortal = ("-m", "tests.crawler.cluster.mortal_writer", redis_server.url, str(written), "0.25", str(KILLS), "1")
    with running(*mortal) as process:
        live_with_workers(redis)
        eventually(lambda: waiting(redis) == 0)
        process.terminate()
        assert process.wait(30) == 0, process.stderr and process.stderr.read()
    check_equal(written, ESTIMATES)
    assert redis.exists(REFUSED) == 0


@pytest.mark.slow
def test_redis_may_be_killed_and_come_back(redis_server: RedisServer, redis: Redis, written: Path) -> None:
    """Senders and writer wait for it; its file has what it had said yes to."""
    with running(*writer_of(redis_server, written)) as process:
        eventually(lambda: redis.get(WRITER))
        living = threading.Thread(target=live_with_workers, args=(redis_server.client(),))
        living.start()
        for _ in range(3):
            time.sleep(0.3)
            redis_server.kill()
            time.sleep(0.3)
            redis_server.start()
        living.join(60)
        assert not living.is_alive()
        eventually(lambda: waiting(redis) == 0)
        # Redis may have been away after the last entry: only a writer that reads again has said that it goes on when it ends.
        eventually(lambda: any(client["cmd"] == "xreadgroup" for client in redis.client_list()))
        process.terminate()
        assert process.wait(30) == 0
        assert process.stderr is not None
        told = process.stderr.read()
    assert 1 <= told.count("the writer waits") == told.count("the writer goes on") <= 3
    check_equal(written)


@pytest.mark.parametrize("told", ["redis://:hush@redis.example:6379/0", "rediss://user:hush@redis.example", "unix:///run/hush"])
def test_where_redis_is_is_never_told(told: str) -> None:
    """It may hold a password."""
    shown = CliRunner().invoke(main, ["settings", "--json"], env={"NEWSLEDGER_REDIS": told})
    assert shown.exit_code == 0
    assert f"{told.partition(':')[0]}://***" in shown.output
    assert "hush" not in shown.output


def test_what_is_no_redis_is_refused_and_not_told() -> None:
    refused = CliRunner().invoke(main, ["writer"], env={"NEWSLEDGER_REDIS": "http://hush@redis.example"})
    assert refused.exit_code == 2
    assert "NEWSLEDGER_REDIS: not allowed" in refused.output
    assert "hush" not in refused.output
    assert "say where Redis is" in CliRunner().invoke(main, ["writer"], env={"NEWSLEDGER_REDIS": ""}).output


def test_there_is_one_writer_of_a_ledger(redis_server: RedisServer, redis: Redis, tmp_path: Path) -> None:
    db = tmp_path / "news.db"
    with running(*writer_of(redis_server, db)) as first:
        eventually(lambda: redis.get(WRITER))
        command = [sys.executable, *writer_of(redis_server, db, "--once")]
        second = run(command, cwd=ROOT, capture_output=True, text=True)
        assert second.returncode == 1
        assert f"another writer (process {first.pid}) keeps this ledger" in second.stderr


# --- within one process ------------------------------------------------------------------------------------------------------


def once(redis: Redis, store: Store, **more: float) -> StreamConsumer:
    """A writer that writes what waits, and leaves."""
    writer = StreamConsumer(redis, store, clock(), **more)
    writer.run(threading.Event(), once=True)
    return writer


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loop, "BLOCK_MS", 10)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return opened(tmp_path / "many.db")


def begin(redis: Redis, store: Store, number: int = 1, name: str = "herald") -> Worker:
    paper = Paper(name, 0)
    paper.live(0)
    worker = Worker(paper, number, 0)
    Stream(redis).send(worker.opened)
    once(redis, store)
    return worker


def test_once_writes_what_waits_and_leaves(redis: Redis, store: Store) -> None:
    worker = begin(redis, store)
    stream = Stream(redis)
    for message in (look(worker, 2), look(worker, 2), end(worker, 3)):
        stream.send(message)
    assert once(redis, store).counts == {"recorded": 1, "again": 1, "ended": 1}
    assert waiting(redis) == 0
    assert once(redis, store).counts == {}


def test_what_cannot_be_written_is_put_aside_for_a_person(redis: Redis, store: Store) -> None:
    redis.xadd(ITEMS, {"v": "9", "m": "{}"})
    assert once(redis, store).counts == {"refused": 1}
    ((_, fields),) = redis.xrange(REFUSED)
    assert (fields[b"v"], fields[b"m"]) == (b"9", b"{}")
    assert b"of version" in fields[b"why"]
    assert waiting(redis) == 0


def test_a_writer_that_was_killed_before_it_answered_answers(redis: Redis, store: Store) -> None:
    """Written and committed, neither answered nor acknowledged: the next one reads it again, and knows it."""
    paper = Paper("herald", 0)
    worker = Worker(paper, 1, 0)
    stream = Stream(redis)
    stream.send(worker.opened)
    stream.join()
    loop.MessageHandler(store, ITEMS).write(stream.read(10))
    assert redis.exists(worker.reply) == 0
    assert once(redis, store).counts == {"again": 1}
    assert decode_context(answer_of(redis, worker.reply))[0] == 1


def test_a_crawl_whose_worker_is_no_more_is_lost(redis: Redis, store: Store) -> None:
    begin(redis, store)
    redis.set(f"{LEASES}herald.example", "worker-1", ex=100)
    assert states(store, redis) == ["running"], "its host is leased"
    redis.delete(f"{LEASES}herald.example")
    once(redis, store, lost_after_seconds=100)
    assert states(store) == ["running"], "a worker that is cut off may still have something to say"
    assert states(store, redis) == ["lost"]


def states(store: Store, redis: Redis | None = None) -> list[str]:
    """Outcomes of all crawls; with Redis, after a writer that waits for nobody has looked."""
    if redis:
        once(redis, store, lost_after_seconds=-1)
    return [row["outcome"] for row in store.rows("SELECT outcome FROM crawls ORDER BY id")]


def test_another_ledgers_writer_waits(redis: Redis, store: Store, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """Two of them would share out the looks between two ledgers."""
    redis.set(WRITER, "elsewhere:/var/lib/news.db")
    Stream(redis).send(Worker(Paper("herald", 0), 1, 0).opened)
    stopping = threading.Event()
    writer = StreamConsumer(redis, store, clock())
    thread = threading.Thread(target=writer.run, args=(stopping,))
    stopper = threading.Timer(0.3, stopping.set)
    stopper.start()
    thread.start()
    thread.join(20)
    assert "looks go to the ledger elsewhere:/var/lib/news.db" in caplog.text
    assert waiting(redis) == 1
    redis.delete(WRITER)
    assert once(redis, store).counts == {"opened": 1}


def test_stories_are_found_beside(redis: Redis, store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[object] = []
    monkeypatch.setattr(loop, "catch_up", lambda *given, **_: asked.append(given) or 0)
    once(redis, store)
    assert len(asked) == 1
