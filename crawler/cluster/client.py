"""A worker's connection to the writer: items and questions go on the stream, answers come back on a list of the crawl's own.

The messages of a crawl are numbered and sent one after the other, so that the writer can keep their order.
"""

from __future__ import annotations

import logging
import threading
import time
import uuid
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from typing import NoReturn

from redis import Redis
from redis.exceptions import RedisError

from crawler.catalogue.site import Site
from crawler.clock import Clock
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
)
from crawler.cluster.stream import SEND_TIMEOUT_SECONDS, Stream, StreamError
from crawler.crawl.remote import DispatchError
from crawler.crawl.session import CrawlContext, CrawlResult
from pipelines.article import Article, Fetch
from pipelines.reasons import CrawlReason
from pipelines.store.crawls import CrawlOutcome
from pipelines.store.snapshot import SiteSnapshot, SnapshotQuestion

logger = logging.getLogger(__name__)

ANSWER_SECONDS = 60.0
"""A writer that has not answered by then is busy with other crawls, or away: the crawl is postponed."""
END_SECONDS = 30.0
"""How long a crawl tries to report its end, while a stopping worker waits for it. An unreported crawl is lost, and runs again."""
KEYS_TOGETHER = 20_000
"""Keys in one question: the writer works on it for some tenths of a second, and its answer has a few megabytes."""
_STEP_SECONDS = 1


class WriterClient:
    """One crawl's `crawler.crawl.remote.RemoteWriter`."""

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
        """As `RemoteWriter` says."""
        if not self._is_written():
            raise DispatchError("nobody writes")
        reply = self._reply()
        self._put(
            lambda serial: CrawlOpened(
                self.crawl, serial, site, trigger, planned, started, self._worker, self._lease.fence, reply
            )
        )
        answer = self._answer(reply, ANSWER_SECONDS)
        if answer is None:
            return self._give_up(f"the writer did not answer within {ANSWER_SECONDS:g} s")
        try:
            return decode_context(checked_answer(answer, reply, self._keys))
        except RefusedError as error:
            raise DispatchError(str(error)) from error
        except BadMessageError as error:
            return self._give_up(f"what the writer answered cannot be read: {error}")

    def may_request(self) -> bool:
        """As `RemoteWriter` says."""
        return self.holds_host() and self.waits.kept

    def holds_host(self) -> bool:
        """As `RemoteWriter` says."""
        return self._lease.seconds_left() > 0

    def look_up(self, question: SnapshotQuestion) -> SiteSnapshot:
        """As `RemoteWriter` says. A long question is sent in parts."""
        found = SiteSnapshot()
        parts = max(len(question.keys), len(question.external_ids), 1)
        for start in range(0, parts, KEYS_TOGETHER):
            some = slice(start, start + KEYS_TOGETHER)
            part = replace(question, keys=question.keys[some], external_ids=question.external_ids[some])
            found.add(self._asked(part if start == 0 else replace(part, lists=(), until=None, everything=False)))
        return found

    def _asked(self, question: SnapshotQuestion) -> SiteSnapshot:
        reply = self._reply()
        self._put(lambda serial: QuestionAsked(self.crawl, serial, question, reply))
        answer = self._answer(reply, ANSWER_SECONDS)
        if answer is None:
            raise DispatchError(f"the writer did not answer within {ANSWER_SECONDS:g} s")
        try:
            return decode_answer(checked_answer(answer, reply, self._keys))
        except BadMessageError as error:
            raise DispatchError(f"what the writer answered cannot be read: {error}") from error

    def send(self, item: Article | Fetch) -> None:
        """As `RemoteWriter` says."""
        self._put(lambda serial: ItemFetched(self.crawl, serial, item))

    def end(self, result: CrawlResult) -> None:
        """As `RemoteWriter` says."""
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

    def _answer(self, reply: str, seconds: float) -> bytes | None:
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            try:
                found = self._redis.blpop([reply], timeout=_STEP_SECONDS)
            except RedisError as error:
                logger.debug("waiting for an answer: %s", error)
                time.sleep(_STEP_SECONDS)
                continue
            if isinstance(found, tuple | list) and isinstance(found[1], bytes):
                return found[1]
        return None
