"""`newsledger schedule next|run|cancel|pause|resume`: requests to the running schedule of a ledger."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import click

from crawler.commands import (
    change_ledger,
    db_option,
    duration,
    json_option,
    load_catalogue,
    now,
    open_ledger,
    options,
    sites_option,
)
from crawler.commands.console import console, echo, print_json, table, when
from crawler.schedule import next_start
from crawler.schedule.control import LAST, NotPossibleError, end_pause, request, row_of_site, set_pause
from pipelines.store.crawls import Pause, pauses
from pipelines.store.database import holds_something
from pipelines.store.rows import optional_moment

sites_argument = click.argument("sites", nargs=-1, required=True, metavar="SITE...")


@click.command("next")
@click.argument("sites", nargs=-1, metavar="[SITE...]")
@click.option("--limit", default=20, show_default=True, type=click.IntRange(1, 100_000), help="At most this many sites.")
@options(db_option, sites_option, json_option)
def following(sites: tuple[str, ...], limit: int, db: str, sites_path: Path | None, as_json: bool) -> None:
    """What is crawled next, and what runs, waits or is paused; without a running schedule, what one would start with."""
    answer = _request(db, "list", sites)
    rows = answer["sites"] if answer else _planned_starts(db, sites_path, sites)
    if answer is None:
        echo("no schedule of this ledger runs; one that is started now would do this:", err=True)
    _print(rows[:limit], as_json)
    if len(rows) > limit and not as_json:
        echo(f"and {len(rows) - limit} more; --limit shows them")


@click.command("run")
@sites_argument
@options(db_option, json_option)
def run(sites: tuple[str, ...], db: str, as_json: bool) -> None:
    """Crawl sites now, in addition to their planned starts; those of a busy host wait."""
    _print_answer(_request(db, "run", sites), as_json, db)


@click.command("cancel")
@sites_argument
@options(db_option, json_option)
def cancel(sites: tuple[str, ...], db: str, as_json: bool) -> None:
    """Stop a site's running crawl gracefully, or drop the waiting one; the next start is made as planned."""
    _print_answer(_request(db, "cancel", sites), as_json, db)


@click.command("pause")
@sites_argument
@click.option("--for", "span", metavar="TIME", help="How long: 90 min, 2h, 3 days; default until resumed.")
@options(db_option, json_option)
def pause(sites: tuple[str, ...], span: str | None, db: str, as_json: bool) -> None:
    """Start no crawl of these sites for a while; the pause survives restarts, and a paused site is never ill.

    A running crawl is not stopped.
    """
    until = now() + duration(span) if span else None
    answer = _request(db, "pause", sites, until=optional_moment(until))
    if answer is None:
        answer = _change_ledger(db, sites, lambda site_id: set_pause(db, site_id, now(), until))
    _print_answer(answer, as_json, db)


@click.command("resume")
@sites_argument
@options(db_option, json_option)
def resume(sites: tuple[str, ...], db: str, as_json: bool) -> None:
    """Crawl paused sites again, from their next start on."""
    answer = _request(db, "resume", sites)
    if answer is None:
        paused = _current_pauses(db)
        if unpaused := [site_id for site_id in sites if site_id not in paused]:
            raise click.UsageError(f"not paused: {', '.join(unpaused)}")
        answer = _change_ledger(db, sites, lambda site_id: end_pause(db, site_id, now(), paused[site_id]))
    _print_answer(answer, as_json, db)


def _request(db: str, verb: str, sites: Sequence[str], **more: str | None) -> dict[str, Any] | None:
    try:
        return request(db, verb, sites, **more)
    except NotPossibleError as error:
        raise click.ClickException(str(error)) from error


def _change_ledger(db: str, sites: Sequence[str], change: Callable[[str], None]) -> dict[str, Any]:
    """Without a running schedule: change the ledger, which the next schedule reads."""
    change_ledger(db).close()
    for site_id in sites:
        change(site_id)
    paused = _current_pauses(db)
    return {"sites": [row_of_site(site_id, None, paused.get(site_id)) for site_id in sites], "problems": []}


def _planned_starts(db: str, sites_path: Path | None, sites: Sequence[str]) -> list[dict[str, str | None]]:
    paused = _current_pauses(db)
    defined = [site for site in load_catalogue(sites_path) if site.enabled and (site.id in sites or not sites)]
    rows = [row_of_site(site.id, None if site.id in paused else next_start(site, now()), paused.get(site.id)) for site in defined]
    return sorted(rows, key=lambda row: (row["next"] or LAST, str(row["site"])))


def _current_pauses(db: str) -> dict[str, Pause]:
    if not holds_something(Path(db)):
        return {}
    with open_ledger(db) as store:
        return {site_id: one for site_id, one in pauses(store).items() if one.holds(now())}


def _print_answer(answer: dict[str, Any] | None, as_json: bool, db: str) -> None:
    if answer is None:
        raise click.ClickException(
            f"no schedule of {db} runs: `newsledger schedule` starts one; `newsledger crawl SITE` needs none"
        )
    if as_json:
        print_json(answer)
    else:
        if answer["sites"] or not answer["problems"]:
            _print(answer["sites"], as_json)
        for one in answer["problems"]:
            echo(f"{one['site']}: {one['problem']}", err=True)
    if answer["problems"]:
        raise SystemExit(1)


def _print(rows: list[dict[str, str | None]], as_json: bool) -> None:
    if as_json:
        print_json(rows)
        return
    cells = [(row["site"], row["state"], when(row["next"]), when(row["paused_until"]) or ("resumed" if row["paused"] else ""))
             for row in rows]  # fmt: skip
    console().print(table(("site", "state", "next start", "paused until"), cells) if rows else "No site is scheduled.")


VERBS = (following, run, cancel, pause, resume)
