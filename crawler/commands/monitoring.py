"""`newsledger metrics` and `newsledger alerts`; and the monitor that other verbs run, opened as the settings say."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import ExitStack
from datetime import timedelta
from math import inf
from pathlib import Path
from typing import TYPE_CHECKING

import click

from crawler.catalogue import load_sites
from crawler.clock import Clock, clock
from crawler.commands import configuration, db_option, json_option, now, sites_option
from crawler.commands.cluster import glance_of, redis_option
from crawler.commands.console import console, plain, print_json, table, when
from crawler.config import SETTINGS, Configuration, ConfigurationError, checked
from crawler.monitoring.alert_state import CurrentProblems, Problem
from crawler.monitoring.collector import MeasurementReader
from crawler.monitoring.monitor import Monitor, MonitoredSchedule, troubles
from crawler.monitoring.server import WatchServer
from crawler.monitoring.state_files import ALERTS, beside, read_beat, read_book, write_text
from pipelines.store.database import StoreError
from pipelines.store.rows import moment, optional_moment

if TYPE_CHECKING:
    from crawler.monitoring.alerts import Alerts


def open_teller(db: str, said: Configuration) -> Alerts | None:
    """Whoever sends alerts; None where nobody is to be told. Raises MissingExtraError, or UsageError for a wrong address."""
    urls = said.secrets("alerts")
    if not urls:
        return None
    from crawler.monitoring.alerts import AlertError, Alerts  # an extra, and half a second of imports

    try:
        return Alerts(db, urls, timedelta(hours=said.number("alerts_again")))
    except AlertError as error:
        raise click.UsageError(str(error)) from error


def open_watch(
    stack: ExitStack, watched: MonitoredSchedule, address: str, max_age: timedelta, now: Clock, teller: Alerts | None
) -> None:
    """Start the watch of a schedule, and its server where there is an address; both end with the stack."""
    if not address and not teller:
        return
    if address:
        try:
            checked(SETTINGS["metrics"], address, "--metrics")
        except ConfigurationError as error:
            raise click.UsageError(str(error)) from error
    reader = MeasurementReader(watched.db, max_age, watched.cluster)
    if not address:
        watch = Monitor(watched, reader, now, teller=teller)
    else:
        from crawler.monitoring.exporter import CONTENT_TYPE, render  # an extra

        watch = Monitor(watched, reader, now, teller=teller, render=render)
        try:
            server = WatchServer(address, lambda: (watch.text, CONTENT_TYPE) if watch.text else None, watch.ills)
        except (OSError, ValueError, OverflowError) as error:
            raise click.UsageError(f"--metrics {address}: {error}") from error
        server.start()
        stack.callback(server.stop)
    watch.start()
    stack.callback(watch.stop)


def tell_once(
    watched: MonitoredSchedule, teller: Alerts, max_age: timedelta, now: Clock, more: Mapping[str, str] | None = None
) -> int:
    """One round of alerts without a schedule; how many letters could not be sent. `more`: other trouble, by its key."""
    reader = MeasurementReader(watched.db, max_age, watched.cluster)
    reading = reader.read(now(), watched.judged, seconds=inf)
    found = [Problem(key, text) for key, text in (more or {}).items()]
    failed = teller.round(CurrentProblems((*found, *troubles(reading)), reading.whole), now())
    reader.save()
    return failed


def watched_by(db: str, path: Path | None, redis: str = "") -> MonitoredSchedule:
    """What is watched where no schedule runs: all sites of the ledger but those that the catalogue has switched off."""
    off = {site.id for site in load_sites(path) if not site.enabled}
    return MonitoredSchedule(db, lambda site: site not in off, glance_of(redis))


@click.command("metrics")
@click.option("--textfile", default=None, metavar="PATH", type=click.Path(dir_okay=False, path_type=Path),
              help="Replace this file in one step, for node_exporter's textfile collector; its name ends in .prom.")  # fmt: skip
@redis_option
@db_option
@sites_option
def metrics_command(textfile: Path | None, redis: str, db: str, sites_path: Path | None) -> None:
    """Print the metrics of the ledger, or write them for a textfile collector.

    Reads the ledger, and of a cluster its Redis, so it tells the truth when no schedule runs. What was counted is kept beside the
    ledger, so that the next reading costs what is new.
    """
    from crawler.monitoring.exporter import render  # an extra

    watched = watched_by(db, sites_path, redis)
    reader = MeasurementReader(db, timedelta(hours=configuration().number("max_age")), watched.cluster)
    text = render(reader.read(now(), watched.judged, seconds=inf)).decode()
    reader.save()
    if textfile is None:
        click.echo(text, nl=False)
        return
    try:
        write_text(textfile, text, mode=0o644)  # the collector runs as somebody else
    except OSError as error:
        raise click.ClickException(f"{textfile}: {error.strerror}") from error


if TYPE_CHECKING:
    from crawler.monitoring.alerts import Alerts


@click.group("alerts")
def alerts_command() -> None:
    """Tell of trouble by mail, chat or webhook."""


@alerts_command.command("test")
@db_option
def test(db: str) -> None:
    """Send a letter to every address of the setting `alerts`, now; exit code 1 where one could not be reached."""
    failed = _teller(db).test()
    for scheme in failed:
        click.echo(f"could not be sent: {scheme}://...", err=True)
    if failed:
        raise SystemExit(1)
    click.echo("sent")


@alerts_command.command("check")
@click.option("--schedule", "needs_schedule", is_flag=True, help="That no schedule runs is trouble too.")
@db_option
@sites_option
def check(needs_schedule: bool, db: str, sites_path: Path | None) -> None:
    """Look for trouble once, and send what is to be sent; for a timer where a schedule may be dead.

    Exit code 1 where a letter could not be sent, or the ledger could not be read. Trouble that a schedule has told of is not told
    twice.
    """
    teller, said = _teller(db), configuration()
    watched, max_age = watched_by(db, sites_path), timedelta(hours=said.number("max_age"))
    beat = read_beat(db)
    silent = needs_schedule and not (beat and beat.fresh(now()))
    since = f" since {beat.at}" if beat else ""
    more = {"schedule": f"the schedule gives no sign of life{since}"} if silent else {}
    try:
        failed = tell_once(watched, teller, max_age, clock(said.text("now")), more)
    except StoreError as error:
        teller.unreadable(str(error), now())
        raise
    if failed:
        raise click.ClickException(f"{failed} letters could not be sent; they are tried again")


@alerts_command.command("list")
@db_option
@json_option
def listing(db: str, as_json: bool) -> None:
    """What is known of trouble: since when, when it was told, and what waits to be sent."""
    book = read_book(beside(db, ALERTS))
    if as_json:
        print_json(book.to_json())
        return
    rows = [(plain(one.text), when(moment(one.since)), when(optional_moment(one.told))) for one in book.entries.values()]
    out = console()
    out.print(table(("trouble", "since", "told"), rows) if rows else "No trouble is known.")
    if book.letters:
        out.print(f"{len(book.letters)} letters wait to be sent")


def _teller(db: str) -> Alerts:
    teller = open_teller(db, configuration())
    if teller is None:
        raise click.UsageError("nobody is to be told: the setting `alerts` is empty")
    return teller
