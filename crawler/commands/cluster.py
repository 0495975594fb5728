"""`newsledger worker` and `newsledger writer`; and what other verbs need of a cluster: the connection to Redis, the extra."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from crawler.clock import clock
from crawler.cluster import ClusterStatus, ReadClusterStatus
from crawler.commands import SettingOption, configuration, db_option, log_option, now, options
from crawler.config import PREFIX
from crawler.logs import install
from crawler.schedule import processes
from crawler.schedule.processes import hold, locks_of
from crawler.warc.holdings import HourlyClosing
from pipelines import MissingExtraError
from pipelines.store.database import Store

if TYPE_CHECKING:
    from crawler.cluster.keys import KeyRing
    from crawler.cluster.queue import Connection

logger = logging.getLogger(__name__)

redis_option = click.option("--redis", cls=SettingOption, setting="redis", metavar="URL",
                            help="Where Redis is: redis://HOST:PORT/NUMBER.")  # fmt: skip
_MODULES_OF_EXTRA = ("msgspec", "redis", "rq", "croniter")


@contextmanager
def needing_cluster() -> Iterator[None]:
    """Raise MissingExtraError if an import within fails because the extra is not installed."""
    try:
        yield
    except ImportError as error:
        if (error.name or "").partition(".")[0] not in _MODULES_OF_EXTRA:
            raise
        raise MissingExtraError("cluster", error.name or "redis") from error


def status_reader_of(url: str) -> ReadClusterStatus | None:
    """A function that reads the status of the cluster; None if there is no cluster. Raises MissingExtraError."""
    if not url:
        return None
    with needing_cluster():
        from crawler.cluster.queue import NoRedisError
        from crawler.cluster.status_reader import status_at

    def read_status() -> ClusterStatus | str:
        try:
            return status_at(url)
        except NoRedisError as error:
            return str(error)

    return read_status


def redis_of(url: str, *, seconds: float, reached: bool = True) -> Connection:
    """A connection to Redis with a time limit of `seconds` for each reply. With `reached`, checks that Redis replies. Raises
    UsageError without an address, ClickException if Redis cannot be reached, and MissingExtraError."""
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


def keys_of_cluster() -> KeyRing:
    """The keys in the file of the setting `cluster_keys`. It has no option, because secrets must not be on a command line.

    Logs a warning if there are no keys; raises ClickException if they cannot be read.
    """
    with needing_cluster():
        from crawler.cluster.keys import BadKeysError, KeyRing
    try:
        keys = KeyRing.read(configuration().text("cluster_keys"))
    except BadKeysError as error:
        raise click.ClickException(f"cluster_keys: {error}") from error
    if not keys.keys:
        logger.warning("no `cluster_keys` are set: anybody who can write to Redis can start crawls and forge their results")
    return keys


@click.command("worker")
@click.option("--name", metavar="NAME",
              help="Its name among the workers, before a number of its own; default the machine's.")  # fmt: skip
@click.option("--warc", "warc_path", cls=SettingOption, setting="warc", metavar="PATH", type=click.Path(path_type=Path),
              help="Where pages are archived on this machine, in a folder of its name; default data/warc.")  # fmt: skip
@click.option("--burst", is_flag=True, help="Exit when the queue is empty.")
@options(log_option, redis_option)
def worker_command(name: str | None, warc_path: Path | None, burst: bool, log: str, redis: str) -> None:
    """Run crawls from the queue, until stopped. Opens no ledger: its results go to `newsledger writer`.

    Start one a core. SIGTERM ends the current crawl gracefully; another worker runs it again.
    """
    install(log, logging.INFO)
    with needing_cluster():
        from crawler.cluster.queue import queue_of
        from crawler.cluster.worker import ANSWER_SECONDS, work
    connection = redis_of(redis, seconds=ANSWER_SECONDS)
    queue_of(connection, keys_of_cluster())
    os.environ[f"{PREFIX}REDIS"] = redis  # the crawl's own process finds all of it there
    os.environ[f"{PREFIX}LOG"] = log
    if warc_path:
        os.environ[f"{PREFIX}WARC"] = str(warc_path.absolute())
    closing = HourlyClosing(warc_path or Path("data/warc"))
    if not work(connection, name, lambda: closing.run(now()) if closing.is_due(now()) else None, burst=burst):
        raise SystemExit(1)


ANSWER_SECONDS = 15.0
"""Time limit for replies of Redis. From time to time it rewrites its file, and may be slow for a moment."""


@click.command("writer")
@click.option("--once", is_flag=True, help="Write what waits, and exit.")
@options(log_option, redis_option, db_option)
def writer_command(once: bool, log: str, redis: str, db: str) -> None:
    """Write the results of a cluster's workers into the ledger, until stopped. One a ledger.

    If Redis goes away, it waits and continues. Killed at any moment, it loses nothing and writes nothing twice.
    """
    install(log, logging.INFO)
    connection = redis_of(redis, seconds=ANSWER_SECONDS, reached=False)  # the writer waits until Redis is back
    keys = keys_of_cluster()
    with needing_cluster():
        from crawler.cluster.consumer import StreamConsumer
    stopping = processes.stop_event()
    with hold(locks_of(db), f"writer of {Path(db).name}") as holder:
        if holder is not None:
            raise click.ClickException(f"{db}: another writer (process {holder or 'unknown'}) keeps this ledger")
        with Store(db) as store:
            consumer = StreamConsumer(
                connection, store, clock(), alive=partial(processes.notify_systemd, processes.ALIVE), keys=keys
            )
            processes.notify_systemd(processes.READY)
            consumer.run(stopping, once=once)
            processes.notify_systemd(processes.STOPPING)
    logger.info("written: %s", ", ".join(f"{what} {count}" for what, count in sorted(consumer.counts.items())) or "nothing")
