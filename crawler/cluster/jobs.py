"""The RQ job of one crawl: runs in a process of the worker, under the host's lease.

A job that could not crawl (another worker has the host, there is no writer) returns `Retry`: it is postponed, and never counts
as done without a crawl.
"""

from __future__ import annotations

import logging
import os
import signal
import socket
import threading
import time
import uuid
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from typing import Any, NoReturn, TypeVar

from redis import Redis
from redis.exceptions import RedisError
from rq import Retry

from crawler import config
from crawler.catalogue.site import Site
from crawler.clock import Clock, clock
from crawler.cluster.consumer import WRITER
from crawler.cluster.keys import KeyRing
from crawler.cluster.lease import PREFIX, HostWaits, Lease
from crawler.cluster.messages import (
    NO_KEYS,
    BadMessageError,
    CrawlEnded,
    CrawlOpened,
    ItemFetched,
    Message,
    QuestionAsked,
    RefusedError,
    checked_answer,
    decode_answer,
    decode_context,
    decode_order,
    site_of,
)
from crawler.cluster.queue import BUSY_SECONDS, NEVER_GIVEN_UP, CrawlJob, connect
from crawler.cluster.stream import SEND_TIMEOUT_SECONDS, Stream, StreamError
from crawler.crawl.remote import DispatchError
from crawler.crawl.session import CrawlContext, CrawlResult
from crawler.spiders.run import Options, crawl_for
from pipelines.article import Article, Fetch
from pipelines.reasons import CrawlReason
from pipelines.store.crawls import CrawlOutcome
from pipelines.store.crawls.snapshot import SiteSnapshot, SnapshotQuestion

logger = logging.getLogger(__name__)

ANSWER_SECONDS = 60.0
"""A writer that has not answered by then is busy with other crawls, or away: the crawl is postponed."""
END_SECONDS = 30.0
"""How long a crawl tries to report its end, while a stopping worker waits for it. An unreported crawl is lost, and runs again."""
KEYS_TOGETHER = 20_000
"""Keys in one question: the writer works on it for some tenths of a second, and its answer has a few megabytes."""
_STEP_SECONDS = 1
_Answer = TypeVar("_Answer")


class WriterClient:
    """One crawl's `crawler.crawl.remote.RemoteWriter`, which says what each method does."""

    def __init__(self, redis: Redis, lease: Lease, worker: str, clock: Clock, keys: KeyRing = NO_KEYS) -> None:
        """`redis` must allow a blocking wait of more than a second."""
        self.waits = HostWaits(redis, lease.seconds_left)
        self.crawl = uuid.uuid4().hex
        self.result: CrawlResult | None = None
        """How the crawl ended; set before it is sent."""
        self.delivered = False
        """Whether the result has been sent."""
        self._clock = clock
        self._redis = redis
        self._lease = lease
        self._worker = worker
        self._stream = Stream(redis, keys=keys)
        self._keys = keys
        self._serial = 0
        self._sending = threading.Lock()

    def open(self, site: Site, trigger: str, planned: datetime | None, started: datetime) -> tuple[int, CrawlContext]:
        if not self._is_written():
            raise DispatchError("there is no writer")
        reply, fence = self._reply(), self._lease.fence
        self._put(lambda serial: CrawlOpened(self.crawl, serial, site, trigger, planned, started, self._worker, fence, reply))
        try:
            return self._answer(reply, decode_context)
        except RefusedError as error:
            raise DispatchError(str(error)) from error
        except DispatchError as error:
            self._give_up(str(error))

    def may_request(self) -> bool:
        return self.holds_host() and self.waits.kept

    def holds_host(self) -> bool:
        return self._lease.seconds_left() > 0

    def look_up(self, question: SnapshotQuestion) -> SiteSnapshot:
        """A long question is sent in parts."""
        found = SiteSnapshot()
        parts = max(len(question.keys), len(question.external_ids), 1)
        for start in range(0, parts, KEYS_TOGETHER):
            some = slice(start, start + KEYS_TOGETHER)
            part = replace(question, keys=question.keys[some], external_ids=question.external_ids[some])
            found.add(self._look_up_part(part if start == 0 else replace(part, lists=(), until=None, everything=False)))
        return found

    def _look_up_part(self, question: SnapshotQuestion) -> SiteSnapshot:
        reply = self._reply()
        self._put(lambda serial: QuestionAsked(self.crawl, serial, question, reply))
        return self._answer(reply, decode_answer)

    def send(self, item: Article | Fetch) -> None:
        self._put(lambda serial: ItemFetched(self.crawl, serial, item))

    def end(self, result: CrawlResult) -> None:
        self.result = result
        self._put(lambda serial: CrawlEnded(self.crawl, serial, result), END_SECONDS)
        self.delivered = True

    def _is_written(self) -> bool:
        """Whether a writer is running. Crawls opened without one would all be there when it comes back, and none of them would
        run."""
        try:
            return bool(self._redis.exists(WRITER))
        except RedisError as error:
            raise DispatchError(f"Redis does not answer: {error}") from error

    def _give_up(self, reason: str) -> NoReturn:
        """Tell the writer, which may have opened the crawl or will, that the crawl does not run."""
        with suppress(DispatchError):
            code = CrawlReason.WRITER_UNREACHABLE
            self.end(CrawlResult(CrawlOutcome.STOPPED, reason, self._clock(), reason_code=code))
        raise DispatchError(reason)

    def _put(self, message: Callable[[int], Message], seconds: float = SEND_TIMEOUT_SECONDS) -> None:
        with self._sending:
            self._serial += 1
            try:
                self._stream.send(message(self._serial), seconds)
            except (StreamError, BadMessageError) as error:
                raise DispatchError(str(error)) from error

    def _reply(self) -> str:
        return f"{PREFIX}reply:{self.crawl}:{self._serial + 1}"

    def _answer(self, reply: str, read: Callable[[bytes], _Answer]) -> _Answer:
        """The writer's answer; raises RefusedError, or DispatchError if there is none that can be read."""
        until = time.monotonic() + ANSWER_SECONDS
        while time.monotonic() < until:
            try:
                found = self._redis.blpop([reply], timeout=_STEP_SECONDS)
            except RedisError as error:
                logger.debug("waiting for an answer: %s", error)
                time.sleep(_STEP_SECONDS)
                continue
            if isinstance(found, tuple | list) and isinstance(found[1], bytes):
                try:
                    return read(checked_answer(found[1], reply, self._keys))
                except RefusedError:
                    raise
                except BadMessageError as error:
                    raise DispatchError(f"what the writer answered cannot be read: {error}") from error
        raise DispatchError(f"the writer did not answer within {ANSWER_SECONDS:g} s")


SILENT_SECONDS = 15
"""The same if there is no writer, or Redis has just started."""
NOT_BEGUN = "it was asked to end before it asked for anything"
BROKE_DOWN = "the crawl broke down; its worker's log tells why"


def crawl(text: str, _: str) -> dict[str, Any] | Retry:
    """The job: crawl the site of an order (JSON, whose signature `CrawlJob` has checked) under the host's lease, or postpone
    it.

    Runs in a process of its own, forked by RQ.
    """
    signal.signal(signal.SIGALRM, _end_gracefully)
    settings = config.load(config.find(os.environ), os.environ)
    order = decode_order(text)
    site, now = site_of(order.site), clock(settings.text("now"))
    redis = connect(settings.text("redis"))
    worker = os.environ.get("RQ_WORKER_ID") or f"{socket.gethostname()}:{os.getppid()}"
    lease = Lease(redis, site.politeness_group, worker)
    try:
        why_not = lease.acquire()
    except RedisError as error:
        return _postponed(site, f"Redis does not answer: {error}", SILENT_SECONDS)
    if why_not:
        return _postponed(site, why_not, BUSY_SECONDS)
    client = WriterClient(redis, lease, worker, now, CrawlJob.keys)
    options = Options(db="", recheck=order.recheck, trigger=order.trigger, planned=order.planned,
                      log_level=settings.text("log_level"), log=settings.text("log"), warc=settings.text("warc"))  # fmt: skip
    try:
        crawl_id = _crawl_under(client, site, options, now, order.seconds)
    except DispatchError as error:
        return _postponed(site, str(error), SILENT_SECONDS)
    finally:
        lease.release()
    if client.result is None or not client.delivered or client.result.outcome is CrawlOutcome.STOPPED:
        return _postponed(site, (client.result and client.result.reason) or "its end could not be told", BUSY_SECONDS)
    return {"crawl": crawl_id, "outcome": client.result.outcome.value, "requests": client.result.requests}


def _crawl_under(client: WriterClient, site: Site, options: Options, now: Clock, seconds: float) -> int:
    """The crawl's id. Raises DispatchError if it could not start, or its end could not be reported."""
    planned = datetime.fromisoformat(options.planned) if options.planned else None
    opened = client.open(site, options.trigger, planned, now())
    try:
        crawl_for(site, options, client, opened, seconds)
    except Exception:  # the boundary of a crawl: what is wrong with it is wrong with the next attempt too
        logger.exception("%s: the crawl broke down", site.id, extra={"site": site.id})
        if client.result is None:
            client.end(CrawlResult(CrawlOutcome.FAILED, BROKE_DOWN, now(), reason_code=CrawlReason.PROCESS_DIED))
    if client.result is None:  # its worker died, or was asked to end, while it was still being set up
        client.end(CrawlResult(CrawlOutcome.STOPPED, NOT_BEGUN, now(), reason_code=CrawlReason.ASKED_TO_END))
    return opened[0]


def _end_gracefully(*_: object) -> None:
    """End the crawl gracefully. RQ's alarm would raise an exception anywhere in the reactor, which would catch it."""
    os.kill(os.getpid(), signal.SIGTERM)


def _postponed(site: Site, reason: str, seconds: int) -> Retry:
    logger.info("%s: put off for %d s: %s", site.id, seconds, reason, extra={"site": site.id})
    return Retry(NEVER_GIVEN_UP, seconds)
