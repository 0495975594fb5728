"""`newsledger worker`"""

from __future__ import annotations

import logging
import os
from pathlib import Path

import click

from crawler.commands.cluster import needing_cluster, redis_of, redis_option
from crawler.commands.options import SettingOption, log_option
from crawler.config import PREFIX
from crawler.logs import install


@click.command("worker")
@click.option("--name", default=None, metavar="NAME",
              help="What it is called among the workers, before a number of its own; else as this machine.")  # fmt: skip
@click.option("--warc", "warc_path", cls=SettingOption, setting="warc", metavar="PATH", type=click.Path(path_type=Path),
              help="Where pages are archived on this machine, in a folder of its name; else data/warc.")  # fmt: skip
@click.option("--burst", is_flag=True, help="Leave when the queue is empty.")
@log_option
@redis_option
def command(name: str | None, warc_path: Path | None, burst: bool, log: str, redis: str) -> None:
    """Run crawls from the queue, until asked to stop. Opens no ledger: what it finds goes to `newsledger writer`.

    Start as many as the machine has cores. SIGTERM ends the crawl in hand gracefully; another worker does it again.
    """
    install(log, logging.INFO)
    with needing_cluster():
        from crawler.cluster.worker import ANSWER_SECONDS, work
    connection = redis_of(redis, seconds=ANSWER_SECONDS)
    os.environ[f"{PREFIX}REDIS"] = redis  # the crawl's own process finds all of it there
    os.environ[f"{PREFIX}LOG"] = log
    if warc_path:
        os.environ[f"{PREFIX}WARC"] = str(warc_path.absolute())
    if not work(connection, name, burst=burst):
        raise SystemExit(1)
