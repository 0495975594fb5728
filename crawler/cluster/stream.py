"""The stream that carries all items to the writer: one Redis Stream, read by one consumer of one group.

Entries stay until they are written: they are trimmed only behind the writer, so the stream's length is the backlog.
A sender slows down if the backlog is long. Knows nothing of the messages' meaning.

StreamError             a message could not be handed over
    RedisAwayError      Redis did not answer in time; the message may have arrived
    StreamBacklogError  the writer did not catch up in time; the message was not sent
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from redis import Redis
from redis.exceptions import RedisError, ResponseError

from crawler.cluster.keys import KeyRing
from crawler.cluster.messages import NO_KEYS, Message, StreamEntry, encode, place_of, signed, signed_answer

logger = logging.getLogger(__name__)

ITEMS = "newsledger:looks"
REFUSED = "newsledger:refused"
"""Stream of entries that cannot be written, for people to read."""
GROUP = "ledger"
CONSUMER = "writer"

BACKLOG = 5_000
"""Entries that may wait. More: crawls continue longer while the writer is away, at about 4 KB each; fewer: they stop early."""
SEND_TIMEOUT_SECONDS = 180.0
"""How long a message waits for Redis or for the writer before its crawl is given up."""
REFUSED_KEPT = 1_000
ANSWER_SECONDS = 120
"""How long an answer is kept if it is not fetched."""
ENTRIES_PER_READ = 200
"""Entries that are read and written in one step, at most: about 0.3 s if all are new. More: fewer round trips and commits;
fewer: answers come sooner, and less is read again after a writer was killed."""

_SOON_SECONDS = 0.2
_LATER_SECONDS = 2.0


@contextmanager
def _ignoring_foreign_keys() -> Iterator[None]:
    """A key at which somebody put something else takes nothing; what is written to it is lost, and the stream goes on."""
    try:
        yield
    except ResponseError as error:
        if "WRONGTYPE" not in str(error):
            raise
        logger.warning("somebody else has written to Redis: %s", error)


class StreamError(Exception):
    """A message could not be handed over."""


class RedisAwayError(StreamError):
    """Redis does not answer. A sent message may have arrived, or not."""


class StreamBacklogError(StreamError):
    """The writer's backlog is too long."""


class Stream:
    """Both ends of the stream; each crawl has its own, and so has the writer."""

    def __init__(
        self, redis: Redis, *, backlog: int = BACKLOG, pause: Callable[[float], Any] = time.sleep, keys: KeyRing = NO_KEYS
    ) -> None:
        """`redis` must answer or fail by itself, without retries: those are decided here."""
        self._redis = redis
        self._most = backlog
        self._pause = pause
        self._keys = keys
        self._waiting = 0
        self._pending = True
        self._undone: list[str] = []

    # --- the workers' end ------------------------------------------------------------------------------------------

    def send(self, message: Message, seconds: float = SEND_TIMEOUT_SECONDS) -> None:
        """Append a message. Waits while the writer is behind or Redis is away; raises StreamError after `seconds`.

        A message that was sent twice because the answer was lost is written once, by its serial. After an error the serial is
        used up: the next message needs a greater one. Raises BadMessageError for a message that cannot be sent.
        """
        fields, until = signed(encode(message), self._keys), time.monotonic() + seconds
        self._await_writer(until)
        wait = _SOON_SECONDS
        while True:
            try:
                pipe = self._redis.pipeline(transaction=False)
                pipe.xadd(ITEMS, fields)  # type: ignore[arg-type]
                pipe.xlen(ITEMS)
                _, self._waiting = pipe.execute()
                return
            except RedisError as error:
                wait = self._wait(wait, until, RedisAwayError(f"Redis does not answer: {error}"))

    def backlog(self) -> int:
        """How many entries wait to be written; raises RedisError."""
        return int(self._redis.xlen(ITEMS))

    def _await_writer(self, until: float) -> None:
        wait = _SOON_SECONDS
        while self._waiting > self._most:
            try:
                self._waiting = self.backlog()
            except RedisError as error:
                wait = self._wait(wait, until, RedisAwayError(f"Redis does not answer: {error}"))
                continue
            if self._waiting > self._most:
                wait = self._wait(wait, until, StreamBacklogError(f"{self._waiting} fetches wait for the writer"))

    def _wait(self, seconds: float, until: float, error: StreamError) -> float:
        """Pause, or raise when time is up; returns the length of the next pause."""
        if time.monotonic() + seconds > until:
            raise error
        self._pause(seconds)
        return min(seconds * 2, _LATER_SECONDS)

    # --- the writer's end ------------------------------------------------------------------------------------------

    def join(self) -> None:
        """Create the group if there is none, from the stream's beginning; unfinished entries are read again next.

        Call it first, and after every error. Raises RedisError.
        """
        try:
            self._redis.xgroup_create(ITEMS, GROUP, id="0", mkstream=True)
        except ResponseError as error:
            if "BUSYGROUP" not in str(error):  # it is there
                raise
        self._pending, self._undone = True, []

    def read(self, block_ms: int, count: int = ENTRIES_PER_READ) -> list[StreamEntry]:
        """The next entries, in order; waits for the first of them. Raises RedisError."""
        found = self._next("0", count, None) if self._pending else []
        if not found:
            self._pending = False
            found = self._next(">", count, block_ms)
        self._undone += [entry.id for entry in found]
        return found

    def done(self, entry_id: str) -> None:
        """Acknowledge this entry and all that were read before it: they are written and may be deleted. Raises RedisError."""
        milliseconds, number = place_of(entry_id)
        written = [read for read in self._undone if place_of(read) <= (milliseconds, number)]
        pipe = self._redis.pipeline(transaction=False)
        if written:
            pipe.xack(ITEMS, GROUP, *written)
        pipe.xtrim(ITEMS, minid=f"{milliseconds}-{number + 1}", approximate=False)
        pipe.execute()
        self._undone = self._undone[len(written) :]

    def answer(self, reply: str, answer: bytes) -> None:
        """Put an answer on the list that waits for it. Raises RedisError."""
        pipe = self._redis.pipeline()
        pipe.rpush(reply, signed_answer(answer, reply, self._keys))
        pipe.expire(reply, ANSWER_SECONDS)
        with _ignoring_foreign_keys():
            pipe.execute()

    def refuse(self, entry: StreamEntry, reason: str) -> None:
        """Move an entry that cannot be written to the refused ones, with the reason; the oldest of many are deleted. Raises
        RedisError."""
        fields = {**entry.fields, b"id": entry.id, b"why": reason}
        with _ignoring_foreign_keys():
            self._redis.xadd(REFUSED, fields, maxlen=REFUSED_KEPT, approximate=True)  # type: ignore[arg-type]

    def _next(self, after: str, count: int, block_ms: int | None) -> list[StreamEntry]:
        try:
            found: Any = self._redis.xreadgroup(GROUP, CONSUMER, {ITEMS: after}, count=count, block=block_ms)
        except ResponseError as error:
            if "NOGROUP" not in str(error):  # Redis has lost the stream, or the group
                raise
            self.join()
            return []
        entries = found.get(ITEMS.encode(), [[]])[0] if isinstance(found, dict) else found[0][1] if found else []
        return [StreamEntry(entry_id.decode(), fields or {}) for entry_id, fields in entries]
