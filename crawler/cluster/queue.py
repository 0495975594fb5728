"""Connection to Redis, and the queue of crawls in it, shared by the schedule, the workers and the status reader.

The queue, its retries and the recovery of what a killed worker left are RQ's. One job a site at a time.
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


class RefusedJobError(Exception):
    """A job that asks for anything but a crawl, or that none of ours has ordered."""


class CrawlJob(Job):
    """A job as it lies in Redis, where strangers may have written it: whatever it says, it is a crawl or nothing.

    RQ would import and call any function by its name, and callbacks after it; send what came of it to any URL; repeat it; and
    unpack whatever is packed. Of its fields only those are read that a crawl has.
    """

    keys = KeyRing()
    """By which orders are signed; set once a process."""
    order: JobOrder | None = None
    refusal = ""
    """Why it is refused."""

    def refresh(self) -> None:
        """As RQ does; a key that is no job's is none."""
        try:
            super().refresh()  # type: ignore[no-untyped-call]
        except ResponseError as error:
            raise NoSuchJobError(f"{self.key}: {error}") from error

    def restore(self, raw_data: Mapping[bytes, bytes]) -> None:
        """Take over what is allowed; anything else is a refusal, and never an error."""
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
"""Function, instance, (order as JSON, its signature), keywords: what RQ keeps of a job."""
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
"""What RQ can do beside, and no crawl asks for."""


def queue_of(redis: Redis, keys: KeyRing | None = None) -> Queue:
    """The queue of crawls; with `keys`, those by which orders are signed from now on."""
    if keys is not None:
        CrawlJob.keys = keys
    return Queue(QUEUE, connection=redis, serializer=JSONSerializer, job_class=CrawlJob)


def put(queue: Queue, site: Site, *, planned: datetime | None, time_limit_seconds: float, trigger: str = "schedule",
        recheck: str = "due") -> str | None:  # fmt: skip
    """Put a crawl of a site on the queue. None where it stands there now, else what the one that stands there is doing.

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
    """Remove a job that is over, or none of ours; of another, what it is doing."""
    job = _job(queue, site_id)
    if job is None:
        return None
    status = _status(job)
    if status is None or job.refusal:
        queue.remove(job)
        queue.connection.delete(job.key)
        return None
    if status in _OVER:
        job.delete()
        return None
    return {JobStatus.QUEUED: "waits for a worker", JobStatus.SCHEDULED: "was put off"}.get(status, "is under way")


def planned_of(queue: Queue, site_id: str) -> datetime | None:
    """When the crawl was planned that is on the queue, put off, or under way; None where there is none. Raises RedisError."""
    job = _job(queue, site_id)
    planned = job.order.planned if job and job.order and _status(job) not in (None, *_OVER) else ""
    return datetime.fromisoformat(planned) if planned else None


def _status(job: CrawlJob) -> JobStatus | None:
    with suppress(InvalidJobOperation, ValueError):  # where somebody has taken it away, or written another
        return job.get_status()
    return None


def _job(queue: Queue, site_id: str) -> CrawlJob | None:
    with suppress(NoSuchJobError):
        job = CrawlJob.fetch(site_id, connection=queue.connection, serializer=JSONSerializer)
        return job if isinstance(job, CrawlJob) else None
    return None
