"""What the commands of a cluster share: where Redis is, and what they need installed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

from crawler.cluster.status import ClusterStatus, Glance
from crawler.commands.options import SettingOption
from pipelines import MissingExtraError

if TYPE_CHECKING:
    from crawler.cluster.queue import Connection

redis_option = click.option("--redis", cls=SettingOption, setting="redis", metavar="URL",
                            help="Where Redis is: redis://HOST:PORT/NUMBER.")  # fmt: skip
_BROUGHT = ("msgspec", "redis", "rq", "croniter")


@contextmanager
def needing_cluster() -> Iterator[None]:
    """Where an import within fails for want of the extra, raises MissingExtraError."""
    try:
        yield
    except ImportError as error:
        if (error.name or "").partition(".")[0] not in _BROUGHT:
            raise
        raise MissingExtraError("cluster", error.name or "redis") from error


def glance_of(url: str) -> Glance | None:
    """How to see what the cluster is at; None where there is none. Raises MissingExtraError."""
    if not url:
        return None
    with needing_cluster():
        from crawler.cluster.queue import NoRedisError
        from crawler.cluster.status_reader import standing_at

    def glance() -> ClusterStatus | str:
        try:
            return standing_at(url)
        except NoRedisError as error:
            return str(error)

    return glance


def redis_of(url: str, *, seconds: float, reached: bool = True) -> Connection:
    """A connection to it whose answers take no longer; usage errors and MissingExtraError otherwise. `reached`: it answers."""
    if not url:
        raise click.UsageError("say where Redis is: --redis, NEWSLEDGER_REDIS, or `redis` in the settings")
    with needing_cluster():
        from crawler.cluster.queue import NoRedisError, connect, reach
    try:
        redis = connect(url, seconds=seconds)
        if reached:
            reach(redis)
    except NoRedisError as error:
        raise click.ClickException(str(error)) from error
    return redis
