"""The lease of a host: only its holder may send requests to the host, whatever process dies. And the time when the next may be
sent.

The lock is redis-py's; this module decides when it can be trusted. A holder measures its time from before each renewal, by its
own monotonic clock, and stops a margin before the end: without connection to Redis it is silent before anybody else can have
the lease. All leases have the same length, whatever delay their host needs: the delay is stored separately, before each
request. A Redis that has just started, or was emptied, may have lost running leases, so it grants none until they have
expired.
"""

from __future__ import annotations

import logging
import math
import threading
from collections.abc import Callable
from contextlib import suppress

from redis import Redis
from redis.exceptions import LockError, RedisError, ResponseError
from redis.lock import Lock

from crawler.clock import steady_seconds

logger = logging.getLogger(__name__)

TTL_SECONDS = 20.0
"""A lease ends this long after its last renewal. Longer: a host waits longer after a worker was killed; shorter: a worker
has to stop after a short loss of Redis."""
RENEWALS = 4
"""Renewals within that time."""
MARGIN_SECONDS = 2.0
"""No request is sent this long before the end, because a request may take a while to arrive."""

PREFIX = "newsledger:"
LEASES = f"{PREFIX}lease:"
FENCES = f"{PREFIX}fence:"
WAITS = f"{PREFIX}wait:"
SINCE = f"{PREFIX}since"
"""Since when this Redis has known leases, in ms of its own clock: an emptied Redis has lost this key."""


class Lease:
    """One host's lease. Call `acquire`, check `seconds_left` before each request, then `release`."""

    def __init__(self, redis: Redis, group: str, holder: str) -> None:
        """`group`: the host; `holder`: a name for people.

        `redis` must answer or fail soon (short timeouts, no retries), because a renewal that hangs is a missed one.
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
        """Take the lease. Returns None if it is ours, otherwise the reason. Raises RedisError."""
        server = self._redis.info("server")
        redis_ms = int(server["server_time_usec"]) // 1000
        self._redis.set(SINCE, redis_ms, nx=True)
        since = self._redis.get(SINCE)
        known_for = (redis_ms - int(since)) / 1000 if isinstance(since, bytes) and since.isdigit() and len(since) < 20 else 0.0
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
        """How long requests may still be sent, whatever happens; 0: not now."""
        return 0.0 if self._over.is_set() else max(self._until - MARGIN_SECONDS - steady_seconds(), 0.0)

    def release(self) -> None:
        """Release it. If Redis cannot be reached it expires by itself."""
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
    """When each host may be requested next, stored between crawls; like `crawler.schedule.processes.RetryAfterFile`.

    Redis's clock counts it down, so machines whose clocks differ wait equally long.
    """

    def __init__(self, redis: Redis, covered: Callable[[], float]) -> None:
        """`covered`: how long from now nobody else can request the host; a shorter wait need not be stored."""
        self._redis = redis
        self._covered = covered
        self._unstored_hosts: set[str] = set()

    @property
    def kept(self) -> bool:
        """Whether the next crawl will know of every wait that is not over when it can start."""
        return not self._unstored_hosts

    def read(self, host: str) -> float:
        """Seconds left, 0 if unknown; if Redis does not answer, the length of a lease."""
        try:
            left = int(self._redis.pttl(f"{WAITS}{host}"))
        except RedisError:
            return TTL_SECONDS
        return left / 1000 if left > 0 else 0.0

    def write(self, host: str, seconds: float) -> None:
        """Store a wait from now on. One that cannot be stored is dropped."""
        try:
            if seconds > 0:
                self._redis.set(f"{WAITS}{host}", "", px=math.ceil(seconds * 1000))
            else:
                self._redis.delete(f"{WAITS}{host}")
            self._unstored_hosts.discard(host)
        except RedisError:
            if seconds > self._covered():
                self._unstored_hosts.add(host)


def holder_of(redis: Redis, group: str) -> str | None:
    """The holder of a host's lease; None if there is none."""
    try:
        token = redis.get(f"{LEASES}{group}")
    except ResponseError:
        return "what is no lease"
    return token.decode("utf-8", "replace").rpartition(" ")[0] if isinstance(token, bytes) else None
