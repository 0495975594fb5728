"""`newsledger schedule`"""

from __future__ import annotations

import logging
import signal
import threading
from pathlib import Path

import click

from crawler.catalogue import CatalogueError, load_sites
from crawler.catalogue.load import fingerprint
from crawler.clock import Clock, clock
from crawler.commands.options import db_option, sites_option
from crawler.extensions.crawl_record import site_row
from crawler.schedule.children import STOP_SECONDS, Children, Orders
from crawler.schedule.service import Schedule
from crawler.sites import Site
from pipelines.crawls import lose_dead, put_sites
from pipelines.store import Store

logger = logging.getLogger(__name__)

LOOK_SECONDS = 10.0
"""How often the catalogue's files are looked at for changes."""


@click.command("schedule")
@click.option("--once", is_flag=True, help="Run what is due and leave; for cron and CI.")
@click.option("--jobs", default=4, show_default=True, type=click.IntRange(1, 64), help="Crawls at once, never two of one host.")
@click.option("--time-limit", default=60, show_default=True, type=click.IntRange(1), metavar="MINUTES",
              help="A crawl that takes longer is stopped.")  # fmt: skip
@db_option
@sites_option
def command(once: bool, jobs: int, time_limit: int, db: str, sites_path: Path | None) -> None:
    """Crawl every enabled site on its own interval, until asked to stop.

    Starts are spread over the interval. A change of the catalogue is taken over while it runs; a broken one is refused, and the
    old plan goes on. SIGTERM or Ctrl-C ends the running crawls gracefully.
    """
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s")
    logging.getLogger("apscheduler").setLevel(logging.WARNING)
    sites = load_sites(sites_path)
    now = clock()
    with Store(db) as store:
        put_sites(store, [site_row(site) for site in sites if site.enabled])
        for lost in lose_dead(store, now()):
            logger.warning("a crawl of %s was lost: its process is no more", lost)
    orders = Orders(db, str(sites_path or ""), time_limit_seconds=time_limit * 60.0)
    children = Children(orders, now)
    schedule = Schedule(db, children, now, jobs)
    schedule.replace(sites)
    if once:
        _run_due(schedule, now)
    else:
        _run_on(schedule, children, db, sites_path)


def _run_due(schedule: Schedule, now: Clock) -> None:
    due = schedule.due(now())
    logger.info("%d sites are due", len(due))
    for site, planned in due:
        schedule.queues.submit(site, planned)
    schedule.queues.wait_idle()


def _run_on(schedule: Schedule, children: Children, db: str, path: Path | None) -> None:
    stopping = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopping.set())
    logger.info("%d starts were missed while no scheduler ran", schedule.note_missed())
    schedule.start()
    logger.info("%d sites are scheduled", schedule.size)
    seen = fingerprint(path)
    while not stopping.wait(LOOK_SECONDS):
        current = fingerprint(path)
        if current != seen:
            seen = current
            _take_over(schedule, db, path)
    schedule.stop()
    children.stop()
    if not schedule.queues.wait_idle(STOP_SECONDS + 10):
        logger.error("crawls that did not end in time are left to the system")


def _take_over(schedule: Schedule, db: str, path: Path | None) -> None:
    try:
        sites: tuple[Site, ...] = load_sites(path)
    except CatalogueError as error:
        logger.error("the catalogue changed and is wrong; the old plan goes on:\n%s", error)
        return
    with Store(db) as store:
        put_sites(store, [site_row(site) for site in sites if site.enabled])
    schedule.replace(sites)
    logger.info("the catalogue changed: %d sites are scheduled", schedule.size)
