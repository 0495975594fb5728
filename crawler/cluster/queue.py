"""Connection to Redis, and the queue of crawls in it, shared by the schedule, the workers and the status reader.

RQ provides the queue, its retries and the recovery after a killed worker. One job a site at a time.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import datetime
from typing import Any

from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import RedisError, ResponseError
from redis.retry import Retry as ConnectionRetry
from rq import Queue, Retry
from rq.exceptions import DuplicateJobError, InvalidJobOperation, NoSuchJobError
from rq.job import Job, JobStatus
from rq.serializers import JSONSerializer
from rq.utils import import_attribute

from crawler.catalogue.site import Site
from crawler.cluster.codec import dumped, loaded
from crawler.cluster.keys import KeyRing
from crawler.cluster.messages import JobOrder, decode_order, site_table
from crawler.discovery.frontier import RecheckMode

Connection = Redis

SOON_SECONDS = 3.0
"""An answer that takes longer counts as none."""

QUEUE = "newsledger"
FUNCTION = "crawler.cluster.jobs.crawl"
NEVER_GIVEN_UP = 1_000_000
"""How often RQ may postpone a job, or requeue it after its worker died, before it would drop it."""
BUSY_SECONDS = 5
"""A job whose host is busy, or whose crawl was cut off, comes back after this."""
RESULT_SECONDS = 60
"""How long the result of a job is kept; with 0 a requeued job could run twice."""
GRACE_SECONDS = 600
"""Added to a crawl's own time limit before RQ ends the job: to get its snapshot, and to report its end, takes minutes at
worst. A minute later its process is killed."""
_FINAL_STATES = (JobStatus.FINISHED, JobStatus.FAILED, JobStatus.STOPPED, JobStatus.CANCELED)


class NoRedisError(Exception):
    """Redis cannot be reached; the message says where and why, without any password."""


def connect(url: str, *, seconds: float | None = SOON_SECONDS) -> Redis:
    """A connection that answers or fails within `seconds` (None: no limit), without retries. Opens nothing yet.

    Raises NoRedisError for an invalid URL.
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
    """Check that it answers; raises NoRedisError."""
    try:
        redis.ping()
    except RedisError as error:
        kwargs = redis.connection_pool.connection_kwargs
        where = kwargs.get("path") or f"{kwargs.get('host', 'localhost')}:{kwargs.get('port', 6379)}"
        raise NoRedisError(f"Redis at {where} does not answer: {error}") from error


class RefusedJobError(Exception):
    """A job asks for something other than a crawl, or has no valid signature."""


class CrawlJob(Job):
    """A job in Redis, where strangers may have written it: whatever it says, it is a crawl or nothing.

    RQ itself would import and call any function by name, and callbacks after it; send the result to any URL; repeat the job;
    and unpickle its data. This class reads only the fields that a crawl has.
    """

    keys = KeyRing()
    """Keys that sign orders; set once a process."""
    order: JobOrder | None = None
    refusal = ""
    """Why the job is refused."""

    def refresh(self) -> None:
        """As in RQ; a key that holds no job counts as absent."""
        try:
            super().refresh()  # type: ignore[no-untyped-call]
        except ResponseError as error:
            raise NoSuchJobError(f"{self.key}: {error}") from error

    def restore(self, raw_data: Mapping[bytes, bytes]) -> None:
        """Read the permitted fields; anything else is a refusal, and never an error."""
        fields = {name: value for name, value in raw_data.items() if name in _FIELDS and len(value) <= MAX_FIELD_BYTES}
        try:
            self.order = self._ordered(raw_data)
            super().restore({**fields, b"origin": QUEUE.encode(), b"timeout": b"%d" % _timeout(self.order.seconds)})
        except Exception as error:  # the boundary of one job: whatever is wrong with it must not end the worker
            self.order = None
            self.refusal = f"{type(error).__name__}: {error}"[:MAX_REASON_CHARS]
            status = {name: fields[name] for name in (b"status",) if fields.get(name) in _STATES}
            super().restore({b"data": _NOTHING, b"origin": QUEUE.encode(), b"failure_ttl": b"%d" % RESULT_SECONDS, **status})

    @property
    def func(self) -> Callable[..., Any]:
        """The crawl. Raises RefusedJobError."""
        if self.refusal or self.order is None:
            raise RefusedJobError(self.refusal or "it was not read from Redis")
        function: Callable[..., Any] = import_attribute(FUNCTION)
        return function

    def _ordered(self, raw: Mapping[bytes, bytes]) -> JobOrder:
        foreign = sorted(name.decode("latin-1")[:40] for name, value in raw.items() if name in _FOREIGN and value)
        if foreign:
            raise RefusedJobError(f"it has {', '.join(foreign)}")
        packed = raw.get(b"data", b"")
        stream = zlib.decompressobj()
        text = stream.decompress(packed, MAX_ORDER_BYTES) if packed.startswith(b"\x78") else packed
        if stream.unconsumed_tail or len(text) > MAX_ORDER_BYTES:
            raise RefusedJobError(f"its order is of more than {MAX_ORDER_BYTES} bytes")
        called = loaded(text, _Called)
        if called[0] != FUNCTION or called[1] is not None or called[3]:
            raise RefusedJobError(f"it asks for {called[0][:80]!r}")
        order, signature = called[2]
        self.keys.check(signature.encode(), f"job {self.id}", order.encode())
        return decode_order(order)


_Called = tuple[str, None, tuple[str, str], dict[str, None]]
"""Function, instance, (order as JSON, its signature), keywords: RQ's form of a call."""
MAX_ORDER_BYTES = 1_000_000
MAX_FIELD_BYTES = MAX_ORDER_BYTES
MAX_REASON_CHARS = 300
_NOTHING = b'["", null, [], {}]'
_STATES = frozenset(status.value.encode() for status in JobStatus)
_FIELDS = frozenset(
    b"data created_at enqueued_at started_at ended_at last_heartbeat worker_name description result_ttl failure_ttl status "
    b"number_of_retries retries_left retry_intervals enqueue_at_front enqueue_at_front_on_retry".split()
)
_FOREIGN = frozenset(
    b"success_callback_name failure_callback_name stopped_callback_name webhooks dependency_id dependency_ids repeats_left "
    b"repeat_intervals rate_limit_key rate_limit_concurrency group_id".split()
)
"""Other features of RQ, which no crawl uses."""


def queue_of(redis: Redis, keys: KeyRing | None = None) -> Queue:
    """The queue of crawls; with `keys`, these sign orders from now on."""
    if keys is not None:
        CrawlJob.keys = keys
    return Queue(QUEUE, connection=redis, serializer=JSONSerializer, job_class=CrawlJob)


def put(queue: Queue, site: Site, *, planned: datetime | None, time_limit_seconds: float, trigger: str = "schedule",
        recheck: str = "due") -> str | None:  # fmt: skip
    """Put a crawl of a site on the queue. Returns None on success, otherwise the state of the job that is already there.

    Raises RedisError.
    """
    planned_text = planned.isoformat() if planned else ""
    order = dumped(JobOrder(site_table(site), trigger, RecheckMode(recheck), planned_text, time_limit_seconds))
    signature = CrawlJob.keys.sign(f"job {site.id}", order)
    for _ in range(2):
        try:
            queue.enqueue_call(
                FUNCTION, args=(order.decode(), signature.decode()), job_id=site.id, unique=True,
                timeout=_timeout(time_limit_seconds), result_ttl=RESULT_SECONDS, failure_ttl=RESULT_SECONDS,
                retry=Retry(NEVER_GIVEN_UP, BUSY_SECONDS), description=site.id,
            )  # fmt: skip
            return None
        except DuplicateJobError:
            doing = _clear(queue, site.id)
            if doing:
                return doing
    return "ended just now"


def _timeout(seconds: float) -> int:
    return int(seconds + GRACE_SECONDS)


def _clear(queue: Queue, site_id: str) -> str | None:
    """Remove a finished or foreign job; returns the state of any other."""
    job = _job(queue, site_id)
    if job is None:
        return None
    status = _status(job)
    if status is None or job.refusal:
        queue.remove(job)
        queue.connection.delete(job.key)
        return None
    if status in _FINAL_STATES:
        job.delete()
        return None
    return {JobStatus.QUEUED: "waits for a worker", JobStatus.SCHEDULED: "was put off"}.get(status, "is under way")


def planned_of(queue: Queue, site_id: str) -> datetime | None:
    """The planned time of the crawl that is queued, postponed or running; None if there is none. Raises RedisError."""
    job = _job(queue, site_id)
    planned = job.order.planned if job and job.order and _status(job) not in (None, *_FINAL_STATES) else ""
    return datetime.fromisoformat(planned) if planned else None


def status_of_job(queue: Queue, site_id: str) -> JobStatus | None:
    """How the crawl of a site stands on the queue; None where there is none that was ordered. Raises RedisError."""
    job = _job(queue, site_id)
    return None if job is None or job.refusal else _status(job)


def _status(job: CrawlJob) -> JobStatus | None:
    with suppress(InvalidJobOperation, ValueError):  # where somebody has taken it away, or written another
        return job.get_status()
    return None


def _job(queue: Queue, site_id: str) -> CrawlJob | None:
    with suppress(NoSuchJobError):
        job = CrawlJob.fetch(site_id, connection=queue.connection, serializer=JSONSerializer)
        return job if isinstance(job, CrawlJob) else None
    return None
