"""What several verbs need of the watch: opened as the settings say, with a clear word where an extra is missing."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import ExitStack
from datetime import timedelta
from math import inf
from pathlib import Path
from typing import TYPE_CHECKING

import click

from crawler.catalogue import load_sites
from crawler.clock import Clock
from crawler.commands.cluster import glance_of
from crawler.config import SETTINGS, Configuration, ConfigurationError, checked
from crawler.monitoring.alert_state import CurrentProblems, Problem
from crawler.monitoring.collector import MeasurementReader
from crawler.monitoring.monitor import Monitor, MonitoredSchedule, troubles
from crawler.monitoring.server import WatchServer

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
