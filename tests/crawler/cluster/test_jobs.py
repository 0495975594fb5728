"""Crawls as jobs: one a site, plain JSON, put off and never done without a crawl; every planned start is accounted for."""

from __future__ import annotations

import json
import zlib
from datetime import timedelta
from pathlib import Path

import pytest
from redis import Redis
from rq import Retry
from rq.job import Job, JobStatus
from rq.serializers import JSONSerializer

from crawler.catalogue import load_sites
from crawler.cluster.enqueue import QueuedRunner
from crawler.cluster.messages import site_of
from crawler.cluster.queue import FUNCTION, GRACE_SECONDS, CrawlJob, planned_of, put, queue_of
from crawler.crawl.session import rows_of
from crawler.schedule import next_start
from crawler.schedule.missed_runs import GONE
from crawler.schedule.service import Schedule
from crawler.schedule.subprocess_runner import NoCrawlError
from pipelines.store.crawls import CrawlOutcome, finish_crawl, put_sites, start_crawl
from pipelines.store.database import Row, Store
from pipelines.store.rows import moment
from tests.crawler.cluster.cluster_env import site
from tests.crawler.cluster.real_redis import RedisServer
from tests.factories import T0

HERALD = site("herald")
LATER = T0 + timedelta(minutes=30)
LIMIT = 600.0


def queued(redis: Redis) -> list[str]:
    return list(queue_of(redis).job_ids)


def enqueue(redis: Redis) -> str | None:
    return put(queue_of(redis), HERALD, planned=T0, time_limit_seconds=LIMIT)


def job(redis: Redis) -> Job:
    return Job.fetch("herald", connection=redis, serializer=JSONSerializer)


def test_a_site_stands_on_the_queue_once(redis: Redis) -> None:
    assert enqueue(redis) is None
    assert enqueue(redis) == "waits for a worker"
    assert queued(redis) == ["herald"]
    assert put(queue_of(redis), site("gazette"), planned=None, time_limit_seconds=LIMIT) is None
    assert queued(redis) == ["herald", "gazette"]


@pytest.mark.parametrize(("status", "doing"), [(JobStatus.STARTED, "is under way"), (JobStatus.SCHEDULED, "was put off")])
def test_one_that_is_at_work_is_left_alone(redis: Redis, status: JobStatus, doing: str) -> None:
    enqueue(redis)
    job(redis).set_status(status)
    assert enqueue(redis) == doing


@pytest.mark.parametrize("status", [JobStatus.FINISHED, JobStatus.FAILED, JobStatus.STOPPED, JobStatus.CANCELED])
def test_one_that_is_over_makes_room(redis: Redis, status: JobStatus) -> None:
    enqueue(redis)
    queue_of(redis).empty()
    enqueue(redis)
    redis.lrem("rq:queue:newsledger", 0, "herald")
    job(redis).set_status(status)
    assert enqueue(redis) is None
    assert queued(redis) == ["herald"]


def test_a_job_is_plain_json(redis: Redis) -> None:
    """No pickle: whoever can write to Redis must not be able to run what he likes."""
    enqueue(redis)
    name, instance, arguments, named = json.loads(zlib.decompress(redis.hget("rq:job:herald", "data") or b""))
    assert (name, instance, named) == (FUNCTION, None, {})
    order, signature = json.loads(arguments[0]), arguments[1]
    assert (site_of(order.pop("site")), signature) == (HERALD, "")
    assert order == {"trigger": "schedule", "recheck": "due", "planned": T0.isoformat(), "seconds": LIMIT}
    for value in redis.hvals("rq:job:herald"):
        assert not value.startswith(b"\x80"), "that is how pickles begin"


def test_what_comes_along_may_be_a_job(redis: Redis) -> None:
    for each in load_sites():
        assert put(queue_of(redis), each, planned=None, time_limit_seconds=LIMIT) is None
        order = CrawlJob.fetch(each.id, connection=redis, serializer=JSONSerializer).order
        assert site_of(order.site) == each


def test_rq_gives_a_crawl_more_time_than_it_takes_itself(redis: Redis) -> None:
    enqueue(redis)
    assert job(redis).timeout == LIMIT + GRACE_SECONDS


def test_a_job_that_breaks_does_not_run_in_circles(redis: Redis) -> None:
    """Put back by RQ itself, it waits a while as well."""
    enqueue(redis)
    assert (job(redis).retries_left, job(redis).get_retry_interval()) == (1_000_000, 5)
    assert Retry.get_interval(10_000, [5]) == 5


def test_what_is_planned_is_known(redis: Redis) -> None:
    assert planned_of(queue_of(redis), "herald") is None
    enqueue(redis)
    assert planned_of(queue_of(redis), "herald") == T0
    job(redis).set_status(JobStatus.FINISHED)
    assert planned_of(queue_of(redis), "herald") is None
    put(queue_of(redis), site("gazette"), planned=None, time_limit_seconds=LIMIT)
    assert planned_of(queue_of(redis), "gazette") is None


# --- the schedule's side -----------------------------------------------------------------------------------------------------


@pytest.fixture
def db(tmp_path: Path) -> str:
    with Store(tmp_path / "news.db") as store:
        put_sites(store, rows_of([HERALD]))
    return str(tmp_path / "news.db")


def queueing(redis: Redis, db: str) -> QueuedRunner:
    return QueuedRunner(redis, db, lambda: LATER, LIMIT)


def crawls(db: str) -> list[Row]:
    with Store(db, readonly=True) as store:
        return list(store.rows("SELECT planned, outcome, reason, reason_code FROM crawls ORDER BY id"))


def test_a_start_becomes_a_job(redis: Redis, db: str) -> None:
    one = queueing(redis, db)
    one.crawl(HERALD, T0)
    assert queued(redis) == ["herald"]
    assert one.promised("herald") == T0
    assert one.promised("gazette") is None
    assert one.running == 0
    assert crawls(db) == []


def test_a_start_whose_last_one_waits_is_skipped(redis: Redis, db: str) -> None:
    one = queueing(redis, db)
    one.crawl(HERALD, T0)
    with pytest.raises(NoCrawlError, match="the crawl before it waits for a worker") as told:
        one.crawl(HERALD, LATER)
    assert (told.value.outcome, told.value.reason.code) == (CrawlOutcome.SKIPPED, "previous_running")


def test_a_job_that_is_gone_from_the_queue_is_told_of(redis: Redis, db: str) -> None:
    """Redis lost everything, and nobody had begun."""
    one = queueing(redis, db)
    one.crawl(HERALD, T0)
    redis.flushall()
    one.crawl(HERALD, LATER)
    assert crawls(db) == [{"planned": moment(T0), "outcome": "failed", "reason": GONE.text, "reason_code": "not_begun"}]
    assert one.promised("herald") == LATER


def test_a_job_that_is_over_has_told_of_itself(redis: Redis, db: str) -> None:
    one = queueing(redis, db)
    one.crawl(HERALD, T0)
    with Store(db) as store:
        finish_crawl(store, start_crawl(store, "herald", "schedule", T0, T0, worker="w", job="1"), CrawlOutcome.FINISHED, LATER)
    redis.flushall()
    one.crawl(HERALD, LATER)
    assert [row["outcome"] for row in crawls(db)] == ["finished"]


def test_a_start_that_another_schedule_made_is_not_made_again(redis: Redis, db: str) -> None:
    with Store(db) as store:
        made = start_crawl(store, "herald", "schedule", T0, T0, worker="w", job="1")
        finish_crawl(store, made, CrawlOutcome.FINISHED, T0)
    with pytest.raises(NoCrawlError, match=rf"another schedule made this start already \(crawl {made}\)") as told:
        queueing(redis, db).crawl(HERALD, T0)
    assert told.value.reason.code == "already_made"
    assert queued(redis) == []


def test_a_schedule_that_begins_anew_finds_its_start_on_the_queue(redis: Redis, db: str) -> None:
    """It is not missed: a worker will make it. And should it vanish, that is told."""
    queueing(redis, db).crawl(HERALD, T0)
    with Store(db) as store:
        earlier = T0 - timedelta(minutes=30)
        finish_crawl(store, start_crawl(store, "herald", "schedule", earlier, earlier), CrawlOutcome.FINISHED, earlier)
    again = queueing(redis, db)
    schedule = Schedule(db, again, lambda: T0 + timedelta(minutes=5), 1)
    schedule.replace([HERALD])
    assert schedule.note_missed() == 0
    schedule.stop()
    redis.flushall()
    again.crawl(HERALD, LATER)
    assert [row["reason_code"] for row in crawls(db)] == [None, "not_begun"]


def test_a_start_that_vanished_while_a_schedule_began_anew_is_told_of(redis: Redis, db: str) -> None:
    """Later starts have rows already: that they waited for it."""
    earlier = next_start(HERALD, T0 - timedelta(days=1))
    gone = earlier and next_start(HERALD, earlier)
    later = gone and next_start(HERALD, gone)
    assert earlier
    assert gone
    assert later
    with Store(db) as store:
        finish_crawl(store, start_crawl(store, "herald", "schedule", earlier, earlier), CrawlOutcome.FINISHED, earlier)
    first = Schedule(db, queueing(redis, db), lambda: later, 1)
    first.replace([HERALD])
    for planned in (gone, later):
        first.queues.submit(HERALD, planned)
        assert first.queues.wait_idle(10)
    first.stop()

    def begin_anew() -> list[tuple[str, str]]:
        again = Schedule(db, queueing(redis, db), lambda: later, 1)
        again.replace([HERALD])
        again.note_missed()
        again.stop()
        return [(row["planned"], row["reason_code"]) for row in crawls(db)][1:]

    assert begin_anew() == [(moment(later), "previous_running")], "it waits for a worker"
    redis.flushall()
    assert begin_anew() == begin_anew() == [(moment(later), "previous_running"), (moment(gone), "not_begun")]


def test_a_redis_that_is_away_fails_the_start(redis_server: RedisServer, redis: Redis, db: str) -> None:
    one = queueing(redis, db)
    redis_server.kill()
    try:
        with pytest.raises(NoCrawlError, match="the crawl could not be queued") as told:
            one.crawl(HERALD, T0)
        assert (told.value.outcome, told.value.reason.code) == (CrawlOutcome.FAILED, "not_begun")
        assert one.running == 0
        assert one.promised("herald") is None
    finally:
        redis_server.start()
