"""`newsledger schedule`"""

from __future__ import annotations

import logging
import os
import threading
from contextlib import ExitStack
from datetime import timedelta
from functools import partial
from pathlib import Path

import click
from click.core import ParameterSource

from crawler.catalogue import CatalogueError, fingerprint
from crawler.clock import Clock, clock
from crawler.commands import (
    SettingOption,
    archive_by_settings,
    configuration,
    db_option,
    load_catalogue,
    log_option,
    options,
    own_sites,
    sites_option,
    warn_without_contact,
)
from crawler.commands.cluster import keys_of_cluster, needing_cluster, redis_of, redis_option, status_reader_of
from crawler.commands.operate import control
from crawler.commands.operate.monitoring import first_problem, open_alerts, open_monitor, send_alerts_once
from crawler.crawl.session import rows_of
from crawler.logs import JsonHandler, install, relay
from crawler.monitoring.monitor import MonitoredSchedule
from crawler.monitoring.state_files import SchedulePlan, read_heartbeat, read_plan, write_heartbeat, write_plan
from crawler.schedule import processes
from crawler.schedule.control import ControlServer, ScheduleControl
from crawler.schedule.service import Schedule
from crawler.schedule.subprocess_runner import STOP_SECONDS, CrawlRunner, RunnerConfig, SubprocessRunner
from crawler.warc.holdings import HourlyClosing
from pipelines.store.crawls import lose_dead, put_sites
from pipelines.store.database import Store, StoreError
from pipelines.store.rows import moment

logger = logging.getLogger(__name__)

REDIS_SECONDS = 3.0
"""Time limit for replies of Redis; a slower one counts as unreachable."""
CATALOGUE_SECONDS = 10.0
"""Interval of checks for changed catalogue files, and of heartbeats."""


@click.group("schedule", invoke_without_command=True)
@click.option("--once", is_flag=True, help="Run what is due and exit; for cron and CI.")
@click.option("--jobs", cls=SettingOption, setting="jobs", help="Crawls at the same time, never two of one host.")
@click.option("--time-limit", cls=SettingOption, setting="time_limit", metavar="MINUTES",
              help="A crawl that takes longer is stopped.")  # fmt: skip
@click.option("--metrics", cls=SettingOption, setting="metrics", metavar="ADDRESS",
              help="Serve /metrics and /healthz at this loopback address and port, as 127.0.0.1:9464.")  # fmt: skip
@options(redis_option, log_option, db_option, sites_option)
@click.pass_context
def command(ctx: click.Context, once: bool, jobs: int, time_limit: int, metrics: str, redis: str, log: str, db: str,
            sites_path: Path | None) -> None:  # fmt: skip
    """Crawl every enabled site on its own interval, until stopped.

    Starts are spread over the interval. A change of the catalogue is taken over while it runs; a broken one is refused, and the
    old plan goes on. SIGTERM or Ctrl-C ends the running crawls gracefully. With --redis crawls become jobs on a queue, for
    `newsledger worker` to run, and this process starts none itself.

    The verbs ask the schedule that runs.
    """
    if ctx.invoked_subcommand:
        if any(ctx.get_parameter_source(name) is ParameterSource.COMMANDLINE for name in ctx.params):
            raise click.UsageError(f"options stand behind the verb: `newsledger schedule {ctx.invoked_subcommand} ...`")
        return
    processes.share_heaps()
    handler = install(log, logging.INFO)
    logging.getLogger("apscheduler").setLevel(logging.ERROR)  # of a start that is skipped there is a row
    sites = load_catalogue(sites_path)
    now, config = clock(), configuration()
    alerts = open_alerts(db, config)
    max_age = timedelta(hours=config.number("max_age"))
    warn_without_contact(site for site in sites if site.enabled)
    with Store(db) as store:
        put_sites(store, rows_of(site for site in sites if site.enabled))
        for lost in lose_dead(store, now(), processes.is_running):
            logger.warning("a crawl of %s was lost: its process is no more", lost, extra={"site": lost})
    crawls = _crawls(db, time_limit, log, redis, handler, now)
    schedule = Schedule(db, crawls, now, jobs)
    schedule.replace(sites)
    _store_plan(db, SchedulePlan(schedule.site_ids, moment(now())))
    monitored = MonitoredSchedule(db, schedule.has, status_reader_of(redis))
    if once:
        _run_due(schedule, now)
        if alerts:
            send_alerts_once(monitored, alerts, max_age, now)
        return
    with ExitStack() as stack:
        server = ControlServer(db, ScheduleControl(schedule, crawls, db, now))
        server.start()
        stack.callback(server.close)
        open_monitor(stack, monitored, metrics, max_age, now, alerts)
        _run_until_stopped(schedule, crawls, db, sites_path, now)


for verb in control.VERBS:
    command.add_command(verb)


def _crawls(db: str, time_limit: int, log: str, redis: str, handler: JsonHandler | None,
            now: Clock) -> CrawlRunner:  # fmt: skip
    """The runner that turns planned starts into crawls."""
    if redis:
        connection = redis_of(redis, seconds=REDIS_SECONDS)
        with needing_cluster():
            from crawler.cluster.enqueue import QueuedRunner

        return QueuedRunner(connection, db, now, time_limit * 60.0, keys_of_cluster())
    config = RunnerConfig(db, time_limit_seconds=time_limit * 60.0, log=log)
    return SubprocessRunner(config, now, partial(relay, handler=handler) if handler else None)


def _run_due(schedule: Schedule, now: Clock) -> None:
    due = schedule.due(now())
    logger.info("%d sites are due", len(due))
    for site, planned in due:
        schedule.queues.submit(site, planned)
    schedule.queues.wait_idle()


def _run_until_stopped(schedule: Schedule, crawls: CrawlRunner, db: str, path: Path | None, now: Clock) -> None:
    stopping = processes.stop_event()
    before = read_heartbeat(db)
    logger.info("%d starts were missed while no scheduler ran", schedule.note_missed())
    if schedule.is_second:
        where = f" (process {before.pid}, last sign of life {before.at})" if before else ""
        logger.warning("another schedule of this ledger runs%s; each start is made by one of the two", where)
    schedule.start()
    logger.info("%d sites are scheduled", schedule.size)
    _heartbeat(schedule, crawls, db, now)
    processes.notify_systemd(processes.READY)
    loaded_files = fingerprint(path, own_sites())
    closing, closer = HourlyClosing(archive_by_settings(db)), threading.Thread()
    while not stopping.wait(CATALOGUE_SECONDS):
        schedule.follow_clock()
        schedule.follow_pauses()
        if closing.is_due(now()) and not closer.is_alive():
            closer = threading.Thread(target=closing.run, args=(now(),), name="archive", daemon=True)
            closer.start()
        _heartbeat(schedule, crawls, db, now)
        current = fingerprint(path, own_sites())
        if current != loaded_files and _load_changed(schedule, db, path, now):
            loaded_files = current
    processes.notify_systemd(processes.STOPPING)
    schedule.stop()
    crawls.stop()
    if not schedule.queues.wait_idle(STOP_SECONDS + 10):
        logger.error("crawls that did not end in time are left to the system")


def _heartbeat(schedule: Schedule, crawls: CrawlRunner, db: str, now: Clock) -> None:
    """Write the heartbeat to its file and to systemd, but only while the thread of the timetable lives too."""
    if not schedule.keeps_time:
        logger.error("the timetable is stopped")
        return
    processes.notify_systemd(processes.ALIVE)
    try:
        write_heartbeat(db, now(), pid=os.getpid(), sites=schedule.size, queued=schedule.queues.queued,
                        running=crawls.running, peak=processes.peak_of_children())  # fmt: skip
    except OSError as error:
        logger.error("the schedule's sign of life could not be written: %s", error)


def _load_changed(schedule: Schedule, db: str, path: Path | None, now: Clock) -> bool:
    """Apply a changed catalogue, or keep the old plan if it is wrong; False if the ledger cannot be written and a retry is
    needed."""
    try:
        sites = load_catalogue(path)
    except CatalogueError as error:
        logger.error("the changed catalogue is broken; the old plan stays in force:\n%s", error)
        before = read_plan(db)
        loaded = before.loaded if before else moment(now())
        _store_plan(db, SchedulePlan(schedule.site_ids, loaded, first_problem(error)))
        return True
    try:
        with Store(db) as store:
            put_sites(store, rows_of(site for site in sites if site.enabled))
    except StoreError as error:
        logger.error("the catalogue changed, and is taken over as soon as the ledger can be written: %s", error)
        return False
    schedule.replace(sites)
    _store_plan(db, SchedulePlan(schedule.site_ids, moment(now())))
    logger.info("the catalogue changed: %d sites are scheduled", schedule.size)
    return True


def _store_plan(db: str, plan: SchedulePlan) -> None:
    try:
        write_plan(db, plan)
    except OSError as error:
        logger.error("what the schedule goes by could not be written: %s", error)
