"""`newsledger archive list|stats|close|prune`: the files of archived pages."""

from __future__ import annotations

import re
from collections import defaultdict
from datetime import timedelta
from functools import partial
from pathlib import Path

import click

from crawler.commands import change_ledger, db_option, json_option, now, options, warc_folder, warc_option
from crawler.commands.console import console, echo, print_json, table
from crawler.warc import holdings
from crawler.warc.moves import PrunedRecords
from crawler.warc.prune import PrunePolicy, prune
from pipelines.queries.results import row_of
from pipelines.store.removal.retention import kept_pages, prunings, record_pruning


@click.group("archive")
def command() -> None:
    """The files of archived pages: list them, add up their sizes, close finished ones, prune old records."""


_site_option = click.option("--site", "sites", multiple=True, metavar="ID", help="Only this site; may be repeated.")


@command.command("list")
@options(_site_option, warc_option, db_option, json_option)
def list_command(sites: tuple[str, ...], warc_path: Path | None, db: str, as_json: bool) -> None:
    """List the files by site and day: size, open or closed, number of pages (of closed ones, by their index)."""
    found = list(holdings.files(_folder(warc_path, db), sites))
    if as_json:
        print_json([row_of(one) | {"day": str(one.day)} for one in found])
        return
    rows = [(one.file, str(one.day), _size(one.bytes), _count(one.pages), _count(one.repeated), "open" if one.is_open else "")
            for one in found]  # fmt: skip
    console().print(table(("file", "day", "size", "pages", "repeated", ""), rows) if found else "No files.")


@command.command("stats")
@options(_site_option, warc_option, db_option, json_option)
def stats_command(sites: tuple[str, ...], warc_path: Path | None, db: str, as_json: bool) -> None:
    """The size of each site's files, what deduplication saves, and what a year adds at the pace of the last 30 days."""
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
@click.option("--today", is_flag=True, help="Today's files too: the next crawl starts a new one.")
@options(warc_option, db_option, json_option)
def close_command(sites: tuple[str, ...], today: bool, warc_path: Path | None, db: str, as_json: bool) -> None:
    """Give files of past days their final names and an index; a schedule does so at midnight (UTC).

    Exit code 1 if a crawl still writes one.
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
        raise SystemExit(1)


@command.command("prune")
@_site_option
@click.option("--keep-days", metavar="N", type=click.IntRange(min=1), help="Remove nothing of the last N days.")
@click.option("--max-bytes", metavar="SIZE", help="Remove no more than is needed to come down to this: 50GB.")
@click.option("--evidence", is_flag=True, help="Remove pages behind revisions and states too; their hashes stay in the ledger.")
@click.option("--dry-run", is_flag=True, help="Say what would be removed.")
@options(warc_option, db_option, json_option)
def prune_command(sites: tuple[str, ...], keep_days: int | None, max_bytes: str | None, evidence: bool, dry_run: bool,
                  warc_path: Path | None, db: str, as_json: bool) -> None:  # fmt: skip
    """Remove records that nothing refers to from closed files, oldest days first; the ledger records it before.

    Exit code 1 if a file could not be pruned. What is kept, and why: docs/archive.md.
    """
    if keep_days is None and max_bytes is None:
        raise click.UsageError("say what stays: --keep-days N, --max-bytes SIZE, or both")
    at, text = (
        now(),
        " and ".join(filter(None, [f"keep {_days(keep_days)}" if keep_days else "", f"keep {max_bytes}" if max_bytes else ""])),
    )
    policy = PrunePolicy(at.date() - timedelta(days=keep_days or 0), _bytes(max_bytes), evidence,
                         text + (", evidence too" if evidence else ""))  # fmt: skip
    folder = _folder(warc_path, db)
    with change_ledger(db) as store:
        known: dict[str, list[PrunedRecords]] = defaultdict(list)
        for row, offsets in prunings(store):
            known[row["file"]].append(PrunedRecords(row["at"], row["policy"], tuple(offsets)))
        kept = kept_pages(store, with_evidence=not evidence)
        tell = None if dry_run else partial(record_pruning, store, at, policy.text)
        report = prune(folder, policy, sites, kept, known, at, tell)
    if as_json:
        print_json(row_of(report))
    else:
        done = "would be pruned" if dry_run else "pruned"
        echo(f"{report.records} records of {len(report.files)} files {done}: {_size(report.bytes)}")
        if report.over:
            echo(f"{_size(report.over)} more than {max_bytes} are left: something refers to them")
    for problem in report.left:
        echo(problem, err=True)
    if report.left:
        raise SystemExit(1)


def _bytes(text: str | None) -> int | None:
    found = re.fullmatch(r"(\d+(?:\.\d+)?) ?([kMGT]?)B?", (text or "").strip(), re.IGNORECASE)
    if text and not found:
        raise click.UsageError(f"--max-bytes: {text!r} is no size such as 50GB")
    return int(float(found[1]) * 1000 ** " kmgt".index(found[2].lower() or " ")) if found else None


def _folder(given: Path | None, db: str) -> Path:
    folder = warc_folder(given, db)
    if not folder.is_dir():
        raise click.ClickException(f"{folder}: no archive")
    return folder


def _size(number: int) -> str:
    """A number of bytes for people."""
    size, unit = float(number), "B"
    for larger in ("kB", "MB", "GB", "TB"):
        if size < 1000:
            break
        size, unit = size / 1000, larger
    return f"{size:.0f} {unit}" if unit == "B" or size >= 100 else f"{size:.1f} {unit}"


_SPANS = ((100 * 365, 0, "more than a hundred years"), (2 * 365, 365, "years"), (60, 30.4, "months"), (14, 7, "weeks"))


def _span(days: int) -> str:
    """A duration for people who plan: the longer, the less exact."""
    for least, unit, name in _SPANS:
        if days >= least:
            return f"about {days / unit:.0f} {name}" if unit else name
    return _days(days) if days else "less than a day"


def _days(number: int) -> str:
    return "a day" if number == 1 else f"{number} days"


def _count(number: int | None) -> str:
    return "" if number is None else str(number)
