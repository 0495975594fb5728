"""Crawls as jobs of RQ: put on the queue by the schedule, run by a worker's own process, one a site at a time.

The queue, its retries and the recovery of what a killed worker left are RQ's. A job that could not crawl (its host is asked by
another, the writer is silent) returns `Retry`: it is put off, and never done without a crawl.
"""

from __future__ import annotations

import logging
import os
import signal
import socket
from datetime import datetime
from typing import Any, TypedDict

from redis import Redis
from redis.exceptions import RedisError
from rq import Queue, Retry
from rq.exceptions import DuplicateJobError, NoSuchJobError
from rq.job import Job, JobStatus
from rq.serializers import JSONSerializer

from crawler import config
from crawler.catalogue.site import Site
from crawler.clock import Clock, clock
from crawler.cluster.client import WriterClient
from crawler.cluster.connection import connect
from crawler.cluster.lease import Lease
from crawler.cluster.messages import site_of, site_table
from crawler.crawl.remote import DispatchError
from crawler.crawl.session import CrawlResult
from crawler.spiders.run import Options, crawl_for
from pipelines.store.crawls import CrawlOutcome

logger = logging.getLogger(__name__)

QUEUE = "newsledger"
FUNCTION = f"{__name__}.crawl"
NEVER_GIVEN_UP = 1_000_000
"""Times that a job is put off, or put back after its worker died, before RQ would drop it."""
BUSY_SECONDS = 5
"""A job whose host is busy, or whose crawl was cut off, comes again after this."""
SILENT_SECONDS = 15
"""The same where nobody writes, or Redis has just started."""
RESULT_SECONDS = 60
"""What a job came to is kept so long; 0 would let a job that was put back run twice."""
GRACE_SECONDS = 600
"""Beyond a crawl's own time limit, before RQ ends the job: to get its briefing, and to hand over how it ended, takes minutes at
worst. A minute after that its process is killed."""
NOT_BEGUN = "it was asked to end before it asked for anything"
BROKE_DOWN = "the crawl broke down; its worker's log tells why"
_OVER = (JobStatus.FINISHED, JobStatus.FAILED, JobStatus.STOPPED, JobStatus.CANCELED)


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


def crawl(order: JobOrder) -> dict[str, Any] | Retry:
    """The job: crawl the site under the host's lease, or put it off. Runs in a process of its own that RQ has forked."""
    signal.signal(signal.SIGALRM, _end_gracefully)
    said = config.load(config.find(os.environ), os.environ)
    site, now = site_of(order["site"]), clock(said.text("now"))
    redis = connect(said.text("redis"))
    worker = os.environ.get("RQ_WORKER_ID") or f"{socket.gethostname()}:{os.getppid()}"
    lease = Lease(redis, site.politeness_group, worker, site.delay_seconds)
    try:
        why_not = lease.take()
    except RedisError as error:
        return _put_off(site, f"Redis does not answer: {error}", SILENT_SECONDS)
    if why_not:
        return _put_off(site, why_not, BUSY_SECONDS)
    line = WriterClient(redis, lease, worker, now)
    options = Options(db="", recheck=order["recheck"], trigger=order["trigger"], planned=order["planned"],
                      log_level=said.text("log_level"), log=said.text("log"), warc=said.text("warc"))  # fmt: skip
    try:
        crawl_id = _crawl_under(line, site, options, now, order["seconds"])
    except DispatchError as error:
        return _put_off(site, str(error), SILENT_SECONDS)
    finally:
        lease.release()
    if line.ending is None or not line.told or line.ending.outcome is CrawlOutcome.STOPPED:
        return _put_off(site, (line.ending and line.ending.reason) or "its end could not be told", BUSY_SECONDS)
    return {"crawl": crawl_id, "outcome": line.ending.outcome.value, "requests": line.ending.requests}


def _crawl_under(line: WriterClient, site: Site, options: Options, now: Clock, seconds: float) -> int:
    """The crawl's id. Raises DispatchError where it could not begin, or its end could not be told."""
    planned = datetime.fromisoformat(options.planned) if options.planned else None
    told = line.open(site, options.trigger, planned, now())
    try:
        crawl_for(site, options, line, told, seconds)
    except Exception:  # the one door of a crawl: what is wrong with it is wrong with the next attempt too
        logger.exception("%s: the crawl broke down", site.id, extra={"site": site.id})
        if line.ending is None:
            line.end(CrawlResult(CrawlOutcome.FAILED, BROKE_DOWN, now()))
    if line.ending is None:  # its worker died, or was asked to end, while it was still being set up
        line.end(CrawlResult(CrawlOutcome.STOPPED, NOT_BEGUN, now()))
    return told[0]


def _end_gracefully(*_: object) -> None:
    """RQ's alarm would raise wherever the reactor is just then, and be caught there. As a request to end it is understood."""
    os.kill(os.getpid(), signal.SIGTERM)


def _put_off(site: Site, reason: str, seconds: int) -> Retry:
    logger.info("%s: put off for %d s: %s", site.id, seconds, reason, extra={"site": site.id})
    return Retry(NEVER_GIVEN_UP, seconds)
