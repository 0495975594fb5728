"""Reads the status of a cluster from Redis; changes nothing."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any

from redis import Redis
from redis.exceptions import RedisError, ResponseError
from rq import Worker as RqWorker
from rq.job import JobStatus
from rq.serializers import JSONSerializer

from crawler.catalogue.site import Site
from crawler.cluster import ClusterStatus, WorkerStatus
from crawler.cluster.consumer import WRITER
from crawler.cluster.lease import LEASES, holder_of
from crawler.cluster.messages import BadMessageError, ItemFetched, StreamEntry, decode, place_of
from crawler.cluster.queue import NoRedisError, connect, queue_of, reach, status_of_job
from crawler.cluster.stream import ITEMS, REFUSED

_LAST_SECOND = 253_402_300_799
"""Of the year 9999, behind which there is no time."""
MOST_LEASES = 1_000
MOST_SEARCHED = 5_000
"""Entries that are searched for a URL."""


def status_at(url: str) -> ClusterStatus:
    """The present status; raises NoRedisError."""
    redis = connect(url)
    reach(redis)
    try:
        return status_of(redis)
    except RedisError as error:
        raise NoRedisError(f"Redis does not answer: {error}") from error


def status_of(redis: Redis) -> ClusterStatus:
    """The same over a connection; raises RedisError."""
    queue, now = queue_of(redis), _now(redis)
    first: Any = redis.xrange(ITEMS, count=1)
    writer = redis.get(WRITER)
    return ClusterStatus(
        queued=queue.count,
        put_off=queue.scheduled_job_registry.count,
        running=queue.started_job_registry.count,
        failed=queue.failed_job_registry.count,
        workers=tuple(sorted(_workers(redis, now), key=lambda one: one.name)),
        leases=tuple(sorted(_leases(redis))),
        unwritten=int(redis.xlen(ITEMS)),
        oldest=max(now - _sent(first[0][0]), timedelta()) if first else None,
        writer=writer.decode("utf-8", "replace") if isinstance(writer, bytes) else None,
        refused=int(redis.xlen(REFUSED)),
        memory_bytes=int(redis.info("memory")["used_memory"]),
    )


def describe_url(redis_url: str, site: Site | None, url: str) -> list[str]:
    """What the cluster is about to do with a URL; one line with the reason if that is unknown."""
    try:
        redis = connect(redis_url)
        reach(redis)
        return list(of_url(redis, site, url))
    except NoRedisError as error:
        return [str(error)]
    except RedisError as error:
        return [f"Redis does not answer: {error}"]


def of_url(redis: Redis, site: Site | None, url: str) -> Iterator[str]:
    """What the cluster is about to do with a URL, and has not written yet, one line each; raises RedisError."""
    if site:
        status = status_of_job(queue_of(redis), site.id)
        if status in _STATE_SENTENCES:
            yield f"A crawl of {site.id} {_STATE_SENTENCES[status]}."
        holder = holder_of(redis, site.politeness_group)
        if holder:
            yield f"{site.politeness_group} is being asked by worker {holder}."
    entries: Any = redis.xrange(ITEMS, count=MOST_SEARCHED)
    items = sum(_is_item_of(StreamEntry(entry_id.decode(), fields), url) for entry_id, fields in entries)
    if items:
        yield f"{items} look{'s' if items > 1 else ''} at it {'are' if items > 1 else 'is'} on the stream and not written yet."


_STATE_SENTENCES = {
    JobStatus.QUEUED: "waits on the queue for a worker",
    JobStatus.STARTED: "is under way",
    JobStatus.SCHEDULED: "was put off, and is tried again soon",
    JobStatus.FAILED: "failed on the queue; the next planned start makes a new one",
}


def _is_item_of(entry: StreamEntry, url: str) -> bool:
    if url.encode() not in entry.fields.get(b"m", b""):
        return False
    try:
        message = decode(entry.fields)
    except BadMessageError:
        return False
    return isinstance(message, ItemFetched) and url == message.item.url


def _workers(redis: Redis, now: datetime) -> Iterator[WorkerStatus]:
    keys: Any = redis.smembers(RqWorker.redis_workers_keys)
    for key in keys:
        with suppress(ValueError, ResponseError):  # what somebody else has written there is no worker
            one = RqWorker.find_by_key(key.decode(), connection=redis, serializer=JSONSerializer)
            heard = one.last_heartbeat if one else None
            silent = max(now - heard.replace(tzinfo=UTC), timedelta()) if heard else timedelta()
            if one:
                yield WorkerStatus(one.name, one.get_current_job_id(), silent)


def _leases(redis: Redis) -> Iterator[tuple[str, str]]:
    for key in islice(redis.scan_iter(f"{LEASES}*", count=1_000), MOST_LEASES):
        host = key.decode("utf-8", "replace").removeprefix(LEASES)
        holder = holder_of(redis, host)
        if holder:
            yield host, holder


def _now(redis: Redis) -> datetime:
    """The time by Redis's clock, which is also in the entries' ids."""
    seconds, micros = redis.time()
    return datetime.fromtimestamp(seconds + micros / 1e6, UTC)


def _sent(entry_id: bytes) -> datetime:
    """By its id, which whoever wrote it may have made up."""
    return datetime.fromtimestamp(min(place_of(entry_id.decode())[0] / 1000, _LAST_SECOND), UTC)
