"""`newsledger writer`"""

from __future__ import annotations

import logging
import signal
import threading
from functools import partial
from pathlib import Path

import click

from crawler.clock import clock
from crawler.commands.cluster import needing_cluster, redis_of, redis_option
from crawler.commands.options import db_option, log_option
from crawler.logs import install
from crawler.schedule import processes
from crawler.schedule.processes import hold
from pipelines.store.database import Store

logger = logging.getLogger(__name__)

ANSWER_SECONDS = 15.0
"""Redis writes its file anew now and then, and may be slow for a moment."""


@click.command("writer")
@click.option("--once", is_flag=True, help="Write what waits, and leave.")
@log_option
@redis_option
@db_option
def command(once: bool, log: str, redis: str, db: str) -> None:
    """Write what the workers of a cluster found into the ledger, until asked to stop. One for a ledger.

    It survives Redis: it waits, and goes on. Killed at any moment, it loses nothing and writes nothing twice.
    """
    install(log, logging.INFO)
    connection = redis_of(redis, seconds=ANSWER_SECONDS, reached=False)  # it waits for one that is away
    with needing_cluster():
        from crawler.cluster.consumer import StreamConsumer
    stopping = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopping.set())
    path = Path(db).absolute()
    with hold(path.parent / "locks", f"writer of {path.name}") as holder:
        if holder is not None:
            raise click.ClickException(f"{db}: another writer (process {holder or 'unknown'}) keeps this ledger")
        with Store(db) as store:
            writer = StreamConsumer(connection, store, clock(), alive=partial(processes.tell, processes.ALIVE))
            processes.tell(processes.READY)
            writer.run(stopping, once=once)
            processes.tell(processes.STOPPING)
    logger.info("written: %s", ", ".join(f"{what} {count}" for what, count in sorted(writer.counts.items())) or "nothing")
