"""`newsledger alerts`"""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import click

from crawler.clock import clock
from crawler.commands.console import console, plain, print_json, table, when
from crawler.commands.monitoring import open_teller, tell_once, watched_by
from crawler.commands.options import configuration, db_option, json_option, now, sites_option
from crawler.monitoring.state_files import ALERTS, beside, read_beat, read_book
from pipelines.store.database import StoreError
from pipelines.store.rows import moment, optional_moment

if TYPE_CHECKING:
    from crawler.monitoring.alerts import Alerts


@click.group("alerts")
def command() -> None:
    """Tell of trouble by mail, chat or webhook."""


@command.command("test")
@db_option
def test(db: str) -> None:
    """Send a letter to every address of the setting `alerts`, now; exit code 1 where one could not be reached."""
    failed = _teller(db).test()
    for scheme in failed:
        click.echo(f"could not be sent: {scheme}://...", err=True)
    if failed:
        raise SystemExit(1)
    click.echo("sent")


@command.command("check")
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


@command.command("list")
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
