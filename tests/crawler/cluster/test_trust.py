"""What a neighbour can do who writes to Redis, and has no key: nothing is run, nothing is written, all is refused and counted."""

from __future__ import annotations

import json
import os
import pickle
import subprocess
import sys
import threading
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from redis import Redis
from redis.exceptions import RedisError
from rq.exceptions import NoSuchJobError
from rq.serializers import JSONSerializer

from crawler.clock import clock
from crawler.cluster import consumer as loop
from crawler.cluster.consumer import StreamConsumer
from crawler.cluster.keys import BadKeysError, KeyRing
from crawler.cluster.lease import FENCES, LEASES, SINCE, WAITS, HostWaits, Lease
from crawler.cluster.messages import (
    MAX_JSON_BYTES,
    BadMessageError,
    checked_answer,
    decode_context,
    encode,
    signed,
    signed_answer,
)
from crawler.cluster.queue import FUNCTION, GRACE_SECONDS, MAX_ORDER_BYTES, CrawlJob, RefusedJobError, planned_of, put, queue_of
from crawler.cluster.status_reader import of_url, status_of
from crawler.cluster.stream import ITEMS, REFUSED
from pipelines.store.crawls.snapshot import SiteSnapshot
from pipelines.store.database import Store
from tests.crawler.cluster.cluster_env import Paper, Worker, contents, site
from tests.crawler.cluster.real_redis import RedisServer
from tests.factories import T0
from tests.table import table

ROOT = Path(__file__).resolve().parents[3]
OURS = KeyRing.read("2026:0123456789abcdef 2025:fedcba9876543210")
OLD, THEIRS = KeyRing.read("2025:fedcba9876543210"), KeyRing.read("2026:a-guess-of-theirs")
HERALD, LIMIT = site("herald"), 600.0
Fields = dict[bytes, bytes]


@pytest.fixture(autouse=True)
def _keys(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loop, "BLOCK_MS", 10)
    monkeypatch.setattr(CrawlJob, "keys", OURS)


# --- jobs --------------------------------------------------------------------------------------------------------------------


def genuine(redis: Redis, keys: KeyRing = OURS) -> dict[str, Any]:
    """A job as the schedule puts it, signed by these keys."""
    CrawlJob.keys = keys
    assert put(queue_of(redis), HERALD, planned=T0, time_limit_seconds=LIMIT) is None
    CrawlJob.keys = OURS
    return redis.hgetall("rq:job:herald")


def called(*what: Any, packed: bool = True) -> Fields:
    data = json.dumps(what).encode()
    return {b"data": zlib.compress(data) if packed else data}


def changed(redis: Redis, change: Callable[[dict[str, Any]], object]) -> Fields:
    """A genuine order with something else in it, under its old signature."""
    _, _, (order, signature), _ = json.loads(zlib.decompress(genuine(redis)[b"data"]))
    table = json.loads(order)
    change(table)
    return called(FUNCTION, None, [json.dumps(table), signature], {})


def beside(redis: Redis, **fields: str) -> Fields:
    return genuine(redis) | {name.encode(): value.encode() for name, value in fields.items()}


STARTED = "Redis has just started or was emptied, and may have forgotten who asks the host"
CANARY = "touch {canary}"
JOBS: dict[str, Callable[[Redis], Fields]] = {
    "a shell": lambda _: called("os.system", None, [CANARY], {}),
    "a shell, unpacked": lambda _: called("os.system", None, [CANARY], {}, packed=False),
    "a process": lambda _: called("subprocess.call", None, [["sh", "-c", CANARY]], {}),
    "an expression": lambda _: called("builtins.eval", None, ["__import__('os').system('{canary}')"], {}),
    "a method of an instance": lambda _: called("system", "os", [CANARY], {}),
    "another function of ours": lambda _: called("crawler.cluster.jobs._crawl_under", None, ["", ""], {}),
    "keywords": lambda _: called(FUNCTION, None, ["{}", ""], {"order": "x"}),
    "too many arguments": lambda _: called(FUNCTION, None, ["{}", "", "x"], {}),
    "a table for text": lambda _: called(FUNCTION, None, [{}, ""], {}),
    "a pickle": lambda _: {b"data": pickle.dumps(("os.system", None, (CANARY,), {}))},
    "a packed pickle": lambda _: {b"data": zlib.compress(pickle.dumps(os.system))},
    "nothing": lambda _: {b"description": b"x"},
    "an unsigned order": lambda redis: genuine(redis, KeyRing()),
    "an order signed by a guess": lambda redis: genuine(redis, THEIRS),
    "another site": lambda redis: changed(redis, lambda order: order["site"].update(url="https://victim.example/")),
    "all rechecks": lambda redis: changed(redis, lambda order: order.update(recheck="all")),
    "a week": lambda redis: changed(redis, lambda order: order.update(seconds=600_000)),
    "a callback when it ends": lambda redis: beside(redis, success_callback_name="os.system"),
    "a callback when it fails": lambda redis: beside(redis, failure_callback_name="os.system"),
    "a callback when it is stopped": lambda redis: beside(redis, stopped_callback_name="os.system"),
    "a webhook": lambda redis: beside(redis, webhooks='[{"url": "http://10.0.0.1/"}]'),
    "repeats": lambda redis: beside(redis, repeats_left="1000000", repeat_intervals="[0]"),
    "a dependency": lambda redis: beside(redis, dependency_ids='["gazette"]'),
    "a number that is none": lambda redis: beside(redis, retries_left="many"),
    "a bomb": lambda _: {b"data": zlib.compress(bytes(50_000_000))},
    "a huge order": lambda _: called(FUNCTION, None, ["x" * (MAX_ORDER_BYTES + 1), ""], {}, packed=False),
}


@table("attack", JOBS)
def test_a_job_is_a_crawl_that_was_ordered_or_nothing(redis: Redis, attack: str) -> None:
    redis.flushall()
    fields = JOBS[attack](redis)
    redis.delete("rq:job:herald")
    redis.hset("rq:job:herald", mapping=fields)  # type: ignore[arg-type]
    job = CrawlJob.fetch("herald", connection=redis, serializer=JSONSerializer)
    assert job.refusal
    with pytest.raises(RefusedJobError):
        _ = job.func
    assert (job.success_callback, job.failure_callback, job.stopped_callback, job.webhooks) == (None, None, None, [])
    assert planned_of(queue_of(redis), "herald") is None
    assert put(queue_of(redis), HERALD, planned=T0, time_limit_seconds=LIMIT) is None, "the schedule's own takes its place"
    assert not CrawlJob.fetch("herald", connection=redis, serializer=JSONSerializer).refusal


def test_a_genuine_order_is_followed_within_its_own_time(redis: Redis) -> None:
    redis.hset("rq:job:herald", mapping=genuine(redis) | {b"timeout": b"-1"})
    job = CrawlJob.fetch("herald", connection=redis, serializer=JSONSerializer)
    assert (job.refusal, job.timeout, job.func.__name__) == ("", LIMIT + GRACE_SECONDS, "crawl")


def test_an_order_is_for_one_site_and_signed_by_a_key_that_goes_later(redis: Redis) -> None:
    redis.hset("rq:job:gazette", mapping=genuine(redis))
    assert "signature" in CrawlJob.fetch("gazette", connection=redis, serializer=JSONSerializer).refusal
    redis.flushall()
    genuine(redis, OLD)
    assert not CrawlJob.fetch("herald", connection=redis, serializer=JSONSerializer).refusal
    redis.delete("rq:job:herald")
    redis.rpush("rq:job:herald", "x")
    with pytest.raises(NoSuchJobError):
        CrawlJob.fetch("herald", connection=redis, serializer=JSONSerializer)


@pytest.mark.slow
def test_a_worker_runs_nothing_else(redis_server: RedisServer, redis: Redis, tmp_path: Path) -> None:
    """All attacks on one queue: the worker goes through them, says so of each, and leaves."""
    canary = tmp_path / "canary"
    for number, attack in enumerate(JOBS.values()):
        fields = {name: value.replace(b"{canary}", str(canary).encode()) for name, value in attack(redis).items()}
        redis.delete("rq:job:herald", "rq:queue:newsledger")
        redis.hset(f"rq:job:job-{number}", mapping=fields)  # type: ignore[arg-type]
    redis.rpush("rq:queue:newsledger", *(f"job-{number}" for number in range(len(JOBS))))
    env = os.environ | {"NEWSLEDGER_REDIS": redis_server.url, "NEWSLEDGER_CLUSTER_KEYS": "2026:0123456789abcdef"}
    command = [sys.executable, "-m", "crawler", "worker", "--burst"]
    done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    assert not canary.exists()
    assert redis.zcard("rq:failed:newsledger") == len(JOBS)
    assert done.stderr.count("RefusedJobError: ") >= len(JOBS)
    assert "0123456789abcdef" not in done.stderr


# --- entries of the stream -----------------------------------------------------------------------------------------------------


def crawl(number: int) -> list[Fields]:
    """What a worker of ours sends."""
    paper = Paper("herald", 0)
    for minute in (0, 60, 120):
        paper.live(minute)
    worker = Worker(paper, number, 0)
    found = [message for _, message in zip(range(3), worker.rest(SiteSnapshot()), strict=False)]
    return [signed(encode(message), OURS) for message in (worker.opened, worker.question, *found)]


def forged(entry: int, **fields: bytes) -> Callable[[list[Fields]], Fields]:
    return lambda sent: sent[entry] | {name.encode(): value for name, value in fields.items()}


ENTRIES: dict[str, Callable[[list[Fields]], Fields]] = {
    "unsigned": lambda sent: {name: value for name, value in sent[2].items() if name != b"s"},
    "signed by a guess": lambda sent: signed(sent[2], THEIRS),
    "an unknown key": forged(2, s=b"2031:" + b"0" * 64),
    "a signature of nothing": forged(2, s=b""),
    "rubbish for a signature": forged(2, s=b"\xff" * 1000),
    "the signature of another entry": lambda sent: sent[2] | {b"s": sent[3][b"s"]},
    "another text": forged(2, m=b'{"type": "looked"}'),
    "a page": forged(2, p=zlib.compress(b"<html></html>")),
    "a bomb for a page": forged(2, p=zlib.compress(bytes(50_000_000))),
    "another version": forged(2, v=b"2"),
    "a huge text": forged(2, m=b" " * (MAX_JSON_BYTES + 1)),
    "an end of a crawl": forged(2, m=json.dumps({"type": "ended", "crawl": "0" * 32, "serial": 9}).encode()),
    "nothing of ours": lambda _: {b"\x00": b"\xff"},
}


def written(redis: Redis, store: Store) -> StreamConsumer:
    writer = StreamConsumer(redis, store, clock(), keys=OURS)
    writer.run(threading.Event(), once=True)
    return writer


def test_entries_of_a_stranger_are_put_aside_and_counted(redis: Redis, tmp_path: Path) -> None:
    sent = crawl(1)
    with Store(tmp_path / "sound.db") as sound, Store(tmp_path / "attacked.db") as attacked:
        for fields in sent:
            redis.xadd(ITEMS, fields)  # type: ignore[arg-type]
        assert written(redis, sound).counts == {"opened": 1, "asked": 1, "recorded": 3}
        redis.flushall()
        for fields in [*sent[:2], *(attack(sent) for attack in ENTRIES.values()), *sent[2:], *sent]:  # and all of it once more
            redis.xadd(ITEMS, fields)  # type: ignore[arg-type]
        counts = written(redis, attacked).counts
        assert counts["refused"] == len(ENTRIES)
        assert (counts["recorded"], counts["opened"], counts["again"]) == (3, 1, 4)
        assert contents(attacked) == contents(sound)
    reasons = [fields[b"why"] for _, fields in redis.xrange(REFUSED)]
    assert len(reasons) == len(ENTRIES)
    assert all(b"forged" in why or b"too big" in why for why in reasons), reasons


def test_an_answer_is_the_writers_to_one_question() -> None:
    answer = signed_answer(b"what is known", "newsledger:reply:a", OURS)
    assert checked_answer(answer, "newsledger:reply:a", OURS) == b"what is known"
    for other, reply in ((answer, "newsledger:reply:b"), (answer + b"!", "newsledger:reply:a"), (b"", "newsledger:reply:a"),
                         (signed_answer(b"what is known", "newsledger:reply:a", THEIRS), "newsledger:reply:a")):  # fmt: skip
        with pytest.raises(BadMessageError, match="forged"):
            checked_answer(other, reply, OURS)
    assert checked_answer(b"as it came", "newsledger:reply:a", KeyRing()) == b"as it came"
    with pytest.raises(BadMessageError):
        decode_context(b"what is known")


# --- leases, and keys -----------------------------------------------------------------------------------------------------------


@table("key", [*(f"{prefix}herald.example" for prefix in (LEASES, FENCES, WAITS)), SINCE])
def test_a_poisoned_lease_costs_a_crawl_and_no_more(redis: Redis, key: str) -> None:
    """Without a lease nothing is asked, which is what whoever writes to Redis can always have."""
    for poison in (lambda: redis.set(key, b"\xff{}"), lambda: redis.rpush(key, "x")):
        redis.flushall()
        redis.set(SINCE, 0)
        redis.delete(key)
        poison()
        lease, waits = Lease(redis, "herald.example", "w1"), HostWaits(redis, lambda: 4.0)
        try:
            assert lease.acquire() is not None or lease.fence >= 0
            assert waits.read("herald.example") >= 0
        except RedisError:
            pass  # the job is put off
        finally:
            lease.release()


POISONS: dict[str, Callable[[Redis], object]] = {
    "a job of no time": lambda redis: redis.hset("rq:job:herald", mapping={"created_at": "junk", "status": "queued"}),
    "a job of no state": lambda redis: redis.hset("rq:job:herald", mapping={"status": "at the pub"}),
    "a worker of no number": lambda redis: (
        redis.sadd("rq:workers", "rq:worker:w"), redis.hset("rq:worker:w", mapping={"birth": "x", "pid": "x"})
    ),
    "a worker that is a word": lambda redis: (redis.sadd("rq:workers", "rq:worker:w"), redis.set("rq:worker:w", "x")),
    "a worker of no name": lambda redis: redis.sadd("rq:workers", "w", b"rq:worker:\xff"),
    "a lease that is a list": lambda redis: redis.rpush(f"{LEASES}herald.example", "x"),
    "an entry from beyond all time": lambda redis: redis.xadd(ITEMS, {"m": "x"}, id="18446744073709551615-1"),
    "a time of many digits": lambda redis: redis.set(SINCE, "9" * 5_000),
}  # fmt: skip


def test_a_poisoned_key_hides_nothing_else(redis: Redis, subtests: pytest.Subtests) -> None:
    for name, poison in POISONS.items():
        with subtests.test(name):
            redis.flushall()
            redis.set(SINCE, 0)
            poison(redis)
            assert status_of(redis).workers == ()
            assert list(of_url(redis, HERALD, "https://herald.example/1")) in (
                [],
                ["herald.example is being asked by worker what is no lease."],
            )
            lease = Lease(redis, "gazette.example", "w1")
            assert lease.acquire() in (None, STARTED)
            lease.release()


def test_a_key_of_another_type_does_not_stop_the_writer(redis: Redis, tmp_path: Path) -> None:
    sent = crawl(1)
    redis.set(REFUSED, "x")
    redis.set(json.loads(sent[0][b"m"])["reply"], "x")
    for fields in [{b"m": b"junk"}, *sent]:
        redis.xadd(ITEMS, fields)  # type: ignore[arg-type]
    with Store(tmp_path / "news.db") as store:
        assert written(redis, store).counts == {"refused": 1, "opened": 1, "asked": 1, "recorded": 3}


@table("text", ["short:secret", "no-id", "a:0123456789abcdef a:fedcba9876543210", "/no/such/file", "ü:0123456789abcdef"])
def test_what_are_no_keys_is_said_without_telling_them(text: str) -> None:
    with pytest.raises(BadKeysError) as error:
        KeyRing.read(text)
    assert "0123456789abcdef" not in str(error.value)


def test_keys_come_from_a_file(tmp_path: Path) -> None:
    file = tmp_path / "keys"
    file.write_text("2026:0123456789abcdef\n2025:fedcba9876543210\n", encoding="ascii")
    assert KeyRing.read(str(file)) == OURS
    assert repr(OURS) == "KeyRing(2026, 2025)"
