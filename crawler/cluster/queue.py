"""Connection to Redis, and the queue of crawls in it, shared by the schedule, the workers and the status reader.

The queue, its retries and the recovery of what a killed worker left are RQ's. One job a site at a time.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, TypedDict

from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry as ConnectionRetry
from rq import Queue, Retry
from rq.exceptions import DuplicateJobError, NoSuchJobError
from rq.job import Job, JobStatus
from rq.serializers import JSONSerializer

from crawler.catalogue.site import Site
from crawler.cluster.messages import site_table

Connection = Redis

SOON_SECONDS = 3.0
"""An answer that takes longer is taken for none."""

QUEUE = "newsledger"
FUNCTION = "crawler.cluster.jobs.crawl"
NEVER_GIVEN_UP = 1_000_000
"""Times that a job is put off, or put back after its worker died, before RQ would drop it."""
BUSY_SECONDS = 5
"""A job whose host is busy, or whose crawl was cut off, comes again after this."""
RESULT_SECONDS = 60
"""What a job came to is kept so long; 0 would let a job that was put back run twice."""
GRACE_SECONDS = 600
"""Beyond a crawl's own time limit, before RQ ends the job: to get its briefing, and to hand over how it ended, takes minutes at
worst. A minute after that its process is killed."""
_OVER = (JobStatus.FINISHED, JobStatus.FAILED, JobStatus.STOPPED, JobStatus.CANCELED)


class NoRedisError(Exception):
    """Redis cannot be reached at all; the message says where and why, without any password."""


def connect(url: str, *, seconds: float | None = SOON_SECONDS) -> Redis:
    """A connection that answers or fails within `seconds` (None: whenever), and tries nothing twice by itself. Opens nothing yet.

    Raises NoRedisError for a URL that is none.
    """
    try:
        return Redis.from_url(
            url,
            socket_timeout=seconds,
            socket_connect_timeout=seconds,
            retry=ConnectionRetry(NoBackoff(), 0),
            health_check_interval=10,
        )
    except ValueError as error:
        raise NoRedisError(f"the setting `redis` is no URL of a Redis (redis://HOST:PORT/NUMBER): {error}") from error


def reach(redis: Redis) -> None:
    """Make sure that it answers; raises NoRedisError."""
    try:
        redis.ping()
    except RedisError as error:
        kwargs = redis.connection_pool.connection_kwargs
        where = kwargs.get("path") or f"{kwargs.get('host', 'localhost')}:{kwargs.get('port', 6379)}"
        raise NoRedisError(f"Redis at {where} does not answer: {error}") from error


class JobOrder(TypedDict):
    """What a job says: plain JSON."""

    site: dict[str, Any]
    trigger: str
    recheck: str
    planned: str
    seconds: float
    """The crawl's time limit."""


def queue_of(redis: Redis) -> Queue:
    """The queue of crawls."""
    return Queue(QUEUE, connection=redis, serializer=JSONSerializer)


def put(queue: Queue, site: Site, *, planned: datetime | None, time_limit_seconds: float, trigger: str = "schedule",
        recheck: str = "due") -> str | None:  # fmt: skip
    """Put a crawl of a site on the queue. None where it stands there now, else what the one that stands there is doing.

    Raises RedisError.
    """
    order = JobOrder(site=site_table(site), trigger=trigger, recheck=recheck, planned=planned.isoformat() if planned else "",
                  seconds=time_limit_seconds)  # fmt: skip
    for _ in range(2):
        try:
            queue.enqueue_call(
                FUNCTION, args=(order,), job_id=site.id, unique=True, timeout=int(time_limit_seconds + GRACE_SECONDS),
                result_ttl=RESULT_SECONDS, failure_ttl=RESULT_SECONDS, retry=Retry(NEVER_GIVEN_UP, BUSY_SECONDS),
                description=site.id,
            )  # fmt: skip
            return None
        except DuplicateJobError:
            doing = _clear(queue, site.id)
            if doing:
                return doing
    return "ended just now"


def _clear(queue: Queue, site_id: str) -> str | None:
    """Remove a job that is over; of another, what it is doing."""
    try:
        job = Job.fetch(site_id, connection=queue.connection, serializer=JSONSerializer)
        status = job.get_status()
    except NoSuchJobError:
        return None
    if status in _OVER:
        job.delete()
        return None
    return {JobStatus.QUEUED: "waits for a worker", JobStatus.SCHEDULED: "was put off"}.get(status, "is under way")


def planned_of(queue: Queue, site_id: str) -> datetime | None:
    """When the crawl was planned that is on the queue, put off, or under way; None where there is none. Raises RedisError."""
    try:
        job = Job.fetch(site_id, connection=queue.connection, serializer=JSONSerializer)
    except NoSuchJobError:
        return None
    planned = job.args[0]["planned"] if job.get_status() not in _OVER else ""
    return datetime.fromisoformat(planned) if planned else None
