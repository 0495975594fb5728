"""The stream consumer, the loop of `newsledger writer`: writes and answers the stream's entries, and does maintenance.

If Redis or the store is away, it waits, logs that once, and continues from the position in the store.
"""

from __future__ import annotations

import logging
import socket
import threading
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress

from redis import Redis
from redis.exceptions import RedisError

from crawler.clock import Clock
from crawler.cluster.handler import MessageHandler
from crawler.cluster.keys import KeyRing
from crawler.cluster.lease import LEASES, PREFIX
from crawler.cluster.messages import NO_KEYS
from crawler.cluster.stream import ENTRIES_PER_READ, ITEMS, SEND_TIMEOUT_SECONDS, Stream
from pipelines.reasons import CodedReason, CrawlReason
from pipelines.store.database import Store, StoreError
from pipelines.stories.update import catch_up

logger = logging.getLogger(__name__)

WRITER = f"{PREFIX}writer"
"""Which ledger the items go to: two writers with different ledgers would divide the entries between them."""
CLAIM_SECONDS = 60
"""A writer of another ledger may start this long after this one's last heartbeat."""
LOST_AFTER_SECONDS = SEND_TIMEOUT_SECONDS + 60
"""A crawl without a lease that has been silent for this long is lost: a worker without connection has given up by then.
Shorter: what such a worker still sends is refused; longer: a killed crawl counts as running."""

BLOCK_MS = 1_000
_UPKEEP_SECONDS = 5.0
_STORIES_SECONDS = 60.0
_STORIES_BUSY_SECONDS = 900.0
"""Stories are searched in quiet moments, or after this long without one."""
_REVISIONS_AT_ONCE = 1_000
"""Revisions whose stories are searched in one step: about five seconds, in which no question is answered."""
_WAIT_SECONDS = 1.0


class StreamConsumer:
    """The only consumer of the stream."""

    def __init__(self, redis: Redis, store: Store, clock: Clock, *, lost_after_seconds: float = LOST_AFTER_SECONDS,
                 alive: Callable[[], object] = lambda: None, keys: KeyRing = NO_KEYS) -> None:  # fmt: skip
        """`redis` must time out by itself, after more than a second; `alive` is called regularly, for a watchdog."""
        self._redis = redis
        self._store = store
        self._clock = clock
        self._lost_after = lost_after_seconds
        self._alive = alive
        self._stream = Stream(redis, keys=keys)
        self._handler = MessageHandler(store, ITEMS, keys)
        self._name = f"{socket.gethostname()}:{store.path.absolute()}"
        self._joined = False
        self._problem = ""
        self._since = time.monotonic()
        self._last_message: dict[str, float] = {}
        self._upkeep_at = self._stories_at = -_STORIES_BUSY_SECONDS
        self.counts: Counter[str] = Counter()
        """Number of entries by result; see `HandledMessages`."""

    def run(self, stopping: threading.Event, *, once: bool = False) -> None:
        """Write until stopped or, with `once`, until nothing waits. The current entries are finished first."""
        while not stopping.is_set():
            self._alive()
            try:
                if not self._joined and not self._join():
                    stopping.wait(_WAIT_SECONDS)
                    continue
                if not self._step() and once:
                    self._upkeep(quiet=True)
                    break
            except RedisError as error:
                self._wait_for("Redis does not answer", error, stopping)
            except StoreError as error:
                self._wait_for("the ledger cannot be written", error, stopping)
        with suppress(RedisError):
            if self._redis.get(WRITER) == self._name.encode():
                self._redis.delete(WRITER)

    def _step(self) -> bool:
        """Write the waiting entries; returns whether there were any."""
        entries = self._stream.read(BLOCK_MS, ENTRIES_PER_READ)
        if entries:
            written = self._handler.write(entries)
            for reply, answer in written.answers:
                self._stream.answer(reply, answer)
            for entry, reason in written.refused:
                logger.error("entry %s was refused: %s", entry.id, reason)
                self._stream.refuse(entry, reason)
            self._stream.done(entries[-1].id)
            self.counts += written.counts
            self._last_message |= dict.fromkeys(written.crawls, time.monotonic())
        self._note_recovery()
        if time.monotonic() - self._upkeep_at > _UPKEEP_SECONDS:
            self._upkeep(quiet=not entries)
        return bool(entries)

    # --- beside ----------------------------------------------------------------------------------------------------

    def _join(self) -> bool:
        """Claim the stream for this ledger, and start with entries that were read but not finished; False while another ledger
        has it."""
        if not self._claim():
            return False
        self._stream.join()
        self._joined = True
        self._since = time.monotonic()  # nobody could be heard meanwhile
        return True

    def _claim(self) -> bool:
        if self._redis.set(WRITER, self._name, nx=True, ex=CLAIM_SECONDS):
            return True
        found = self._redis.get(WRITER)
        holder = found.decode("utf-8", "replace") if isinstance(found, bytes) else None
        if holder == self._name:
            self._redis.expire(WRITER, CLAIM_SECONDS)
            return True
        if holder is not None and not self._problem:
            self._problem = "another ledger's writer"
            logger.error("looks go to the ledger %s; this writer waits until that one's is gone", holder)
        return False

    def _upkeep(self, *, quiet: bool) -> None:
        self._upkeep_at = time.monotonic()
        self._joined = self._claim()
        if quiet:
            self._lose_silent()
        since = time.monotonic() - self._stories_at
        if since > (_STORIES_SECONDS if quiet else _STORIES_BUSY_SECONDS):
            done = catch_up(self._store, self._clock(), at_most=_REVISIONS_AT_ONCE)
            self._stories_at = time.monotonic() - (_STORIES_SECONDS if done >= _REVISIONS_AT_ONCE else 0)  # soon again, if quiet

    def _lose_silent(self) -> None:
        """Close crawls whose worker is gone. Only when everything sent is written."""
        now, crawls = time.monotonic(), self._handler.open_crawls()
        self._last_message = {job: at for job, at in self._last_message.items() if job in crawls}
        for job, host in crawls.items():
            silent = now - max(self._last_message.get(job, 0.0), self._since)
            if silent > self._lost_after and not self._redis.exists(f"{LEASES}{host}"):
                logger.warning("a crawl of %s was lost: nothing came from its worker for %.0f s", host, silent)
                self._handler.lose(job, self._clock(), CodedReason(CrawlReason.PROCESS_DIED, "its worker ended without a word"))

    def _wait_for(self, what: str, error: Exception, stopping: threading.Event) -> None:
        """Log a problem once, and wait until it is over."""
        if self._problem != what:
            self._problem = what
            logger.warning("%s, the writer waits: %s", what, error)
        self._joined = False
        stopping.wait(_WAIT_SECONDS)

    def _note_recovery(self) -> None:
        if self._problem:
            logger.warning("the writer goes on")
            self._problem = ""
