"""The lease of a host: only its holder may request the host, whatever process dies. And how long each host is to be left alone.

The lock is redis-py's; what is ours is when it may be trusted. A holder counts its time from before it asked Redis for more, by
its own steady clock, and stops a margin before the end: cut off from Redis it is silent before anybody else can have the lease.
All leases are equally long, whatever pause their host wants: that one is a wait, written before each request. A Redis that has
just started, or was emptied, may have lost leases that still run, so it grants none until they are over.
"""

from __future__ import annotations

import logging
import math
import threading
from collections.abc import Callable
from contextlib import suppress

from redis import Redis
from redis.exceptions import LockError, RedisError
from redis.lock import Lock

from crawler.clock import steady_seconds

logger = logging.getLogger(__name__)

TTL_SECONDS = 20.0
"""A lease is over so long after it was last renewed. Longer: a host waits longer after a worker was killed; shorter: a worker
that is away from Redis for a moment has to stop."""
RENEWALS = 4
"""A lease is renewed so often within its time."""
MARGIN_SECONDS = 2.0
"""So long before the end is nothing more asked: a request may be on its way for a while."""

PREFIX = "newsledger:"
LEASES = f"{PREFIX}lease:"
FENCES = f"{PREFIX}fence:"
WAITS = f"{PREFIX}wait:"
SINCE = f"{PREFIX}since"
"""Since when this Redis knows of leases, in ms of its own clock: a Redis that was emptied does not know it any more."""


class Lease:
    """One host's lease. `acquire` it, ask `seconds_left` before each request, `release` it."""

    def __init__(self, redis: Redis, group: str, holder: str) -> None:
        """`group`: the host; `holder`: who takes it, for people.

        `redis` must answer or fail soon (short timeouts, no retries), or a renewal that hangs is one that was missed.
        """
        self.ttl = TTL_SECONDS
        self.fence = 0
        self._redis = redis
        self._group = group
        self._holder = holder
        self._lock = Lock(redis, f"{LEASES}{group}", timeout=self.ttl, thread_local=False)
        self._until = 0.0
        self._over = threading.Event()
        self._renewing = threading.Thread(target=self._renew, name=f"lease-{group}", daemon=True)

    def acquire(self) -> str | None:
        """Take the lease. None where it is ours, else why it is not. Raises RedisError."""
        server = self._redis.info("server")
        redis_ms = int(server["server_time_usec"]) // 1000
        self._redis.set(SINCE, redis_ms, nx=True)
        since = self._redis.get(SINCE)
        known_for = (redis_ms - int(since)) / 1000 if isinstance(since, bytes) and since.isdigit() else 0.0
        if min(float(server["uptime_in_seconds"]), known_for) < self.ttl:
            return "Redis has just started or was emptied, and may have forgotten who asks the host"
        requested_at = steady_seconds()
        if not self._lock.acquire(blocking=False, token=f"{self._holder} {requested_at:.3f}"):
            return f"{self._group} is being asked by {holder_of(self._redis, self._group) or 'another worker'}"
        self._redis.set(f"{FENCES}{self._group}", redis_ms, nx=True)  # above all that an emptied Redis has given out
        self.fence = int(self._redis.incr(f"{FENCES}{self._group}"))
        self._until = requested_at + self.ttl
        self._renewing.start()
        return None

    def seconds_left(self) -> float:
        """For how long requests may leave, whatever happens to us; 0: not now."""
        return 0.0 if self._over.is_set() else max(self._until - MARGIN_SECONDS - steady_seconds(), 0.0)

    def release(self) -> None:
        """Give it back. Where Redis cannot be reached it ends by itself."""
        self._over.set()
        if self._renewing.is_alive():
            self._renewing.join()
        with suppress(RedisError, LockError):
            self._lock.release()

    def _renew(self) -> None:
        while not self._over.wait(self.ttl / RENEWALS):
            requested_at = steady_seconds()
            try:
                self._lock.extend(self.ttl, replace_ttl=True)
                self._until = requested_at + self.ttl
            except LockError:
                logger.warning("%s: the lease is lost; nothing more is asked", self._group)
                self._over.set()
            except RedisError as error:
                logger.warning("%s: the lease could not be renewed: %s", self._group, error)


class HostWaits:
    """How long a host must not be asked, kept between crawls; like `crawler.schedule.processes.RetryAfterFile`.

    The clock of Redis counts it down, so machines whose clocks differ wait equally long.
    """

    def __init__(self, redis: Redis, covered: Callable[[], float]) -> None:
        """`covered`: for how long from now nobody else can ask the host; a wait that is over by then need not be written."""
        self._redis = redis
        self._covered = covered
        self._unkept: set[str] = set()

    @property
    def kept(self) -> bool:
        """Whether the next crawl will know of every wait that goes on when it may begin."""
        return not self._unkept

    def read(self, host: str) -> float:
        """Seconds that are left, 0 where nothing is known; where Redis cannot tell, as long as a lease may last."""
        try:
            left = int(self._redis.pttl(f"{WAITS}{host}"))
        except RedisError:
            return TTL_SECONDS
        return left / 1000 if left > 0 else 0.0

    def write(self, host: str, seconds: float) -> None:
        """From now on. What cannot be written is forgotten."""
        try:
            if seconds > 0:
                self._redis.set(f"{WAITS}{host}", "", px=math.ceil(seconds * 1000))
            else:
                self._redis.delete(f"{WAITS}{host}")
            self._unkept.discard(host)
        except RedisError:
            if seconds > self._covered():
                self._unkept.add(host)


def holder_of(redis: Redis, group: str) -> str | None:
    """Who holds a host's lease; None: nobody."""
    token = redis.get(f"{LEASES}{group}")
    return token.decode("utf-8", "replace").rpartition(" ")[0] if isinstance(token, bytes) else None
