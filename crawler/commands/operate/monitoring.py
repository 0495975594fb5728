"""`newsledger metrics` and `newsledger alerts`; and the monitor of other verbs, opened according to the settings."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import replace
from datetime import datetime, timedelta
from math import inf
from pathlib import Path
from typing import TYPE_CHECKING

import click
from click.core import ParameterSource

from crawler.catalogue import CatalogueError
from crawler.clock import Clock, clock
from crawler.commands import (
    SettingOption,
    archive_by_settings,
    configuration,
    db_option,
    duration,
    json_option,
    load_catalogue,
    now,
    options,
    pick_sites,
    sites_option,
)
from crawler.commands.cluster import redis_option, status_reader_of
from crawler.commands.console import console, echo, print_json, table, when
from crawler.config import SETTINGS, Configuration, ConfigurationError, checked
from crawler.monitoring.alert_state import AlertState, CurrentProblems, Problem
from crawler.monitoring.collector import MeasurementReader
from crawler.monitoring.monitor import CLUSTER, SILENT, UNWRITABLE, Monitor, MonitoredSchedule, alert_round, current_problems
from crawler.monitoring.server import WatchServer
from crawler.monitoring.state_files import (
    ALERTS,
    SchedulePlan,
    path_beside,
    read_alert_state,
    read_heartbeat,
    read_plan,
    write_state,
    write_text,
)
from crawler.schedule.processes import hold, is_running, locks_of
from pipelines.store.database import StoreError
from pipelines.store.rows import moment, optional_moment

if TYPE_CHECKING:
    from crawler.monitoring.alerts import Alerts


def open_alerts(db: str, config: Configuration) -> Alerts | None:
    """The sender of alerts; None if no address is set. Raises MissingExtraError, or UsageError for a wrong address."""
    urls = config.secrets("alerts")
    if not urls:
        return None
    from crawler.monitoring.alerts import AlertError, Alerts  # an extra, and half a second of imports

    try:
        return Alerts(db, urls, timedelta(hours=config.number("alerts_again")))
    except AlertError as error:
        raise click.UsageError(str(error)) from error


def open_monitor(
    stack: ExitStack, monitored: MonitoredSchedule, address: str, max_age: timedelta, now: Clock, alerts: Alerts | None
) -> None:
    """Start the monitor of a schedule, and its server if there is an address; both end with the stack."""
    if not address and not alerts:
        return
    if address:
        try:
            checked(SETTINGS["metrics"], address, "--metrics")
        except ConfigurationError as error:
            raise click.UsageError(str(error)) from error
    reader = MeasurementReader(monitored.db, max_age, monitored.cluster, archive_by_settings(monitored.db))
    if not address:
        monitor = Monitor(monitored, reader, now, alerts=alerts)
    else:
        from crawler.monitoring.exporter import CONTENT_TYPE, render  # an extra

        monitor = Monitor(monitored, reader, now, alerts=alerts, render=render)
        try:
            server = WatchServer(address, lambda: (monitor.text, CONTENT_TYPE) if monitor.text else None, monitor.problems)
        except (OSError, ValueError, OverflowError) as error:
            why = getattr(error, "strerror", None) or error
            raise click.UsageError(f"--metrics {address}: {why}; another schedule, or another port?") from error
        server.start()
        stack.callback(server.stop)
    monitor.start()
    stack.callback(monitor.stop)


def send_alerts_once(
    monitored: MonitoredSchedule, alerts: Alerts, max_age: timedelta, now: Clock, more: Mapping[str, str] | None = None
) -> int:
    """Run one round of alerts without a schedule; return how many messages could not be sent.

    `more`: other problems, by key; None: nobody checked whether a schedule runs.
    """
    reader = MeasurementReader(monitored.db, max_age, monitored.cluster, archive_by_settings(monitored.db))
    reading = reader.read(now(), monitored.judged, seconds=inf, plan=monitored.read_plan())
    found = [*(Problem(key, text) for key, text in (more or {}).items()), *current_problems(reading)]
    unseen = (UNWRITABLE, *([SILENT] if more is None else []), *([] if monitored.cluster else [CLUSTER]))
    failed = alert_round(alerts, monitored.db, CurrentProblems(tuple(found), reading.whole, unseen), now())
    reader.save()
    return failed


def judged_plan(db: str, path: Path | None, at: datetime) -> SchedulePlan | None:
    """The sites that are judged, and the problems of the catalogue: the same for each command as for the running schedule.

    If none runs, or --sites is given: the plan of a schedule that starts now. If the catalogue cannot be read: the last
    schedule's plan; None if there is none.
    """
    context = click.get_current_context()
    is_given = context.get_parameter_source("sites_path") is ParameterSource.COMMANDLINE
    plan, heartbeat = read_plan(db), read_heartbeat(db)
    if plan and heartbeat and heartbeat.fresh(at) and is_running(heartbeat.pid) and not is_given:
        return plan
    try:
        return SchedulePlan(tuple(site.id for site in load_catalogue(path) if site.enabled), moment(at))
    except CatalogueError as error:
        return replace(plan, problem=first_problem(error)) if plan else None


def first_problem(error: CatalogueError) -> str:
    """The first problem of a catalogue, and the number of the others."""
    more = len(error.problems) - 1
    return f"{error.problems[0]}{f' (and {more} more)' if more else ''}"


def monitored_without_schedule(db: str, path: Path | None, redis: str = "") -> MonitoredSchedule:
    plan = judged_plan(db, path, now())
    if plan is None:
        load_catalogue(path)  # raises the error that says what is wrong
    judged = frozenset(plan.sites if plan else ())
    return MonitoredSchedule(db, judged.__contains__, status_reader_of(redis), lambda: plan)


@click.command("metrics")
@click.option("--textfile", metavar="PATH", type=click.Path(dir_okay=False, path_type=Path),
              help="Replace this file in one step, for node_exporter's textfile collector; its name ends in .prom.")  # fmt: skip
@options(redis_option, db_option, sites_option)
def metrics_command(textfile: Path | None, redis: str, db: str, sites_path: Path | None) -> None:
    """Print the metrics of the ledger, or write them for a textfile collector.

    Reads the ledger, and of a cluster its Redis, so it tells the truth when no schedule runs. What was counted is kept beside the
    ledger, so that the next reading costs what is new.
    """
    from crawler.monitoring.exporter import render  # an extra

    monitored = monitored_without_schedule(db, sites_path, redis)
    reader = MeasurementReader(db, timedelta(hours=configuration().number("max_age")), monitored.cluster, archive_by_settings(db))
    text = render(reader.read(now(), monitored.judged, seconds=inf, plan=monitored.read_plan())).decode()
    reader.save()
    if textfile is None:
        echo(text, nl=False)
        return
    try:
        write_text(textfile, text, mode=0o644)  # the collector runs as another user
    except OSError as error:
        raise click.ClickException(f"{textfile}: {error.strerror}") from error


@click.group("alerts")
def alerts_command() -> None:
    """Send alerts by mail, chat or webhook."""


_unused_sites_option = click.option(
    "--sites", cls=SettingOption, setting="sites", metavar="PATH", type=click.Path(exists=True), expose_value=False,
    help="Taken as by `check`, so that one line of options serves all three; no catalogue is read.",
)  # fmt: skip


@alerts_command.command("test")
@options(db_option, _unused_sites_option, json_option)
def test(db: str, as_json: bool) -> None:
    """Send a message to every address of the setting `alerts`, now; exit code 1 if one could not be reached."""
    failed = _alerts(db).test()
    if as_json:
        print_json({"failed": failed})
    for scheme in failed:
        echo(f"could not be sent: {scheme}://...", err=True)
    if failed:
        raise SystemExit(1)
    if not as_json:
        echo("sent")


@alerts_command.command("check")
@click.option("--schedule", "needs_schedule", is_flag=True, help="Treat a missing schedule as a problem too.")
@options(redis_option, db_option, sites_option, json_option)
def check(needs_schedule: bool, redis: str, db: str, sites_path: Path | None, as_json: bool) -> None:
    """Look for problems once, and send what is due; for a timer, in case the schedule is dead.

    Exit code 1 if a message could not be sent, or the ledger could not be read. A problem that the schedule has reported is
    not reported twice.
    """
    alerts, config = _alerts(db), configuration()
    monitored, max_age = monitored_without_schedule(db, sites_path, redis), timedelta(hours=config.number("max_age"))
    heartbeat = read_heartbeat(db)
    is_alive = heartbeat is not None and heartbeat.fresh(now())
    since = f" since {heartbeat.at}" if heartbeat else ""
    more = ({} if is_alive else {SILENT: f"the schedule gives no sign of life{since}"}) if needs_schedule else None
    try:
        failed = send_alerts_once(monitored, alerts, max_age, clock(config.text("now")), more)
    except StoreError as error:
        alerts.unreadable(str(error), now())
        raise
    if as_json:
        print_json({"failed": failed, "trouble": [one.text for one in alerts.state().entries.values() if one.over is None]})
    if failed:
        raise click.ClickException(f"{failed} letters could not be sent; they are tried again")


@alerts_command.command("list")
@options(db_option, _unused_sites_option, json_option)
def listing(db: str, as_json: bool) -> None:
    """List known problems: since when, when they were reported, and what waits to be sent."""
    state = read_alert_state(path_beside(db, ALERTS))
    if as_json:
        print_json(state.to_json())
        return
    rows = [(one.text, when(moment(one.since)), when(optional_moment(one.told))) for one in state.entries.values()]
    out = console()
    out.print(table(("trouble", "since", "told"), rows) if rows else "No problem is known.")
    if state.messages:
        out.print(f"{len(state.messages)} letters wait to be sent")
    for site, until in sorted(state.mutes.items()):
        out.print(f"{site} is muted until {when(moment(until))}")


@alerts_command.command("mute")
@click.argument("site_id", metavar="SITE")
@click.option("--for", "span", default="24 h", show_default=True, metavar="TIME",
              help="How long: 90 min, 2 h, 3 days; a number alone is hours. A mute always ends.")  # fmt: skip
@options(db_option, sites_option, json_option)
def mute(site_id: str, span: str, db: str, sites_path: Path | None, as_json: bool) -> None:
    """Send nothing about a site for a while; problems that last are reported when that is over."""
    pick_sites(sites_path, (site_id,))
    until = now() + duration(span)
    _change_alert_state(db, lambda state: replace(state, mutes={**state.mutes, site_id: until}))
    if as_json:
        print_json({"site": site_id, "until": moment(until)})
    else:
        echo(f"{site_id} is muted until {when(moment(until))}")


@alerts_command.command("unmute")
@click.argument("site_id", metavar="SITE")
@options(db_option, _unused_sites_option, json_option)
def unmute(site_id: str, db: str, as_json: bool) -> None:
    """Send alerts about a site again."""
    if site_id not in read_alert_state(path_beside(db, ALERTS)).mutes:
        raise click.UsageError(f"{site_id} is not muted")
    _change_alert_state(db, lambda state: replace(state, mutes={one: at for one, at in state.mutes.items() if one != site_id}))
    if as_json:
        print_json({"site": site_id, "until": None})
    else:
        echo(f"{site_id} is muted no more")


def _change_alert_state(db: str, change: Callable[[AlertState], AlertState]) -> None:
    path = path_beside(db, ALERTS)
    try:
        with hold(locks_of(db), f"{path.stem}.book") as holder:
            if holder is not None:
                raise click.ClickException(f"alerts are being sent (process {holder or 'unknown'}); try again in a moment")
            write_state(path, change(read_alert_state(path)).to_json())
    except OSError as error:
        raise click.ClickException(f"{path}: {error.strerror}") from error


def _alerts(db: str) -> Alerts:
    alerts = open_alerts(db, configuration())
    if alerts is None:
        raise click.UsageError("nobody to send to: the setting `alerts` is empty")
    return alerts
