"""`newsledger archive list|stats|close`: the files of archived pages."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from crawler.commands import db_option, json_option, now, warc_folder, warc_option
from crawler.commands.console import console, echo, print_json, table
from crawler.warc import holdings
from pipelines.queries.results import row_of


@click.group("archive")
def command() -> None:
    """The files of archived pages: list them, what they come to, close those that are done."""


_site_option = click.option("--site", "sites", multiple=True, metavar="ID", help="Only this site; may be given again.")


@command.command("list")
@_site_option
@warc_option
@db_option
@json_option
def list_command(sites: tuple[str, ...], warc_path: Path | None, db: str, as_json: bool) -> None:
    """The files, by site and day: how large, whether still open, how many pages (of closed ones, by their index)."""
    found = list(holdings.files(_folder(warc_path, db), sites))
    if as_json:
        print_json([row_of(one) | {"day": str(one.day)} for one in found])
        return
    rows = [(one.file, str(one.day), _size(one.bytes), _count(one.pages), _count(one.repeated), "open" if one.is_open else "")
            for one in found]  # fmt: skip
    console().print(table(("file", "day", "size", "pages", "repeated", ""), rows) if found else "No files.")


@command.command("stats")
@_site_option
@warc_option
@db_option
@json_option
def stats_command(sites: tuple[str, ...], warc_path: Path | None, db: str, as_json: bool) -> None:
    """What each site's files come to, what repeats is saved as, and what a year more takes at the pace of the last 30 days."""
    folder = _folder(warc_path, db)
    found = holdings.statistics(list(holdings.files(folder, sites)))
    free = holdings.free_bytes(folder)
    if as_json:
        rows = [row_of(one) | {"first": str(one.first), "last": str(one.last)} for one in found]
        print_json({"sites": rows[:-1], "all": rows[-1] if rows else None, "free_bytes": free})
        return
    columns = ("site", "files", "open", "size", "first", "last", "pages", "repeated", "saved", "a day", "a year")
    cells = [(one.site, one.files, one.open, _size(one.bytes), one.first, one.last, one.pages, one.repeated,
              _size(one.bytes_saved), _size(one.bytes_a_day), _size(one.bytes_a_year)) for one in found]  # fmt: skip
    console().print(table(columns, [tuple(map(str, row)) for row in cells]) if found else "No files.")
    if found:
        a_day, days = found[-1].bytes_a_day, min((found[-1].last - found[-1].first).days + 1, holdings.RECENT.days)
        lasts = f"; at {_size(a_day)} a day, the pace of {_days(days)}, it lasts {_span(free // a_day)}" if a_day else ""
        echo(f"{_size(free)} free{lasts}")


@command.command("close")
@_site_option
@click.option("--today", is_flag=True, help="Today's files too: the next crawl begins another.")
@warc_option
@db_option
@json_option
def close_command(sites: tuple[str, ...], today: bool, warc_path: Path | None, db: str, as_json: bool) -> None:
    """Give files of past days their final names and an index; a schedule does so at midnight (UTC).

    Exit code 1 where a crawl still writes one.
    """
    try:
        closed, busy = holdings.close(_folder(warc_path, db), None if today else now(), sites)
    except OSError as error:
        raise click.ClickException(f"the archive cannot be written: {error}") from error
    if as_json:
        print_json({"closed": [path.name for path in closed], "being_written": [path.name for path in busy]})
    else:
        for path in closed:
            echo(f"closed {path.name}")
    for path in busy:
        echo(f"{path.name} is being written by a crawl", err=True)
    if busy:
        sys.exit(1)


def _folder(given: Path | None, db: str) -> Path:
    folder = warc_folder(given, db)
    if not folder.is_dir():
        raise click.ClickException(f"{folder}: no archive")
    return folder


def _size(number: int) -> str:
    """Bytes for people."""
    size, unit = float(number), "B"
    for larger in ("kB", "MB", "GB", "TB"):
        if size < 1000:
            break
        size, unit = size / 1000, larger
    return f"{size:.0f} {unit}" if unit == "B" or size >= 100 else f"{size:.1f} {unit}"


_SPANS = ((100 * 365, 0, "more than a hundred years"), (2 * 365, 365, "years"), (60, 30.4, "months"), (14, 7, "weeks"))


def _span(days: int) -> str:
    """A time for people who plan: the longer, the less exactly."""
    for least, unit, name in _SPANS:
        if days >= least:
            return f"about {days / unit:.0f} {name}" if unit else name
    return _days(days) if days else "less than a day"


def _days(number: int) -> str:
    return "a day" if number == 1 else f"{number} days"


def _count(number: int | None) -> str:
    return "" if number is None else str(number)
