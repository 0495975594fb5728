"""How Redis is reached: one place for timeouts and names."""

from __future__ import annotations

from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry

Connection = Redis

SOON_SECONDS = 3.0
"""An answer that takes longer is taken for none."""


class NoRedisError(Exception):
    """Redis cannot be reached at all; the message says where and why, without any password."""


def connect(url: str, *, seconds: float | None = SOON_SECONDS) -> Redis:
    """A connection that answers or fails within `seconds` (None: whenever), and tries nothing twice by itself. Opens nothing yet.

    Raises NoRedisError for a URL that is none.
    """
    try:
        return Redis.from_url(
            url, socket_timeout=seconds, socket_connect_timeout=seconds, retry=Retry(NoBackoff(), 0), health_check_interval=10
        )
    except ValueError as error:
        raise NoRedisError(f"the setting `redis` is no URL of a Redis (redis://HOST:PORT/NUMBER): {error}") from error


def reach(redis: Redis) -> None:
    """Make sure that it answers; raises NoRedisError."""
    try:
        redis.ping()
    except RedisError as error:
        said = redis.connection_pool.connection_kwargs
        where = said.get("path") or f"{said.get('host', 'localhost')}:{said.get('port', 6379)}"
        raise NoRedisError(f"Redis at {where} does not answer: {error}") from error
