"""`newsledger reprocess`"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import click
from rich.progress import Progress

from crawler.commands import (
    change_ledger,
    command_clock,
    db_option,
    json_option,
    load_catalogue,
    open_ledger,
    options,
    sites_option,
    warc_folder,
    warc_option,
)
from crawler.commands.console import console, print_json, table
from crawler.commands.diff import difference
from crawler.offline.import_warc import default_jobs
from crawler.offline.reprocess import Correction, ReprocessReport, preview, scope_of
from crawler.offline.reprocess import reprocess as reprocess_pages
from pipelines.diff import differences
from pipelines.queries.results import row_of
from pipelines.store.corrections import count

DAY = click.DateTime(["%Y-%m-%d"])


@click.command("reprocess")
@click.option("--all", "everything", is_flag=True, help="Every archived page; without it another filter is needed.")
@click.option("--site", "site_id", metavar="ID", help="Only this site.")
@click.option("--family", metavar="NAME", help="Only what this family read, as `generic` or `newsquest`.")
@click.option("--since", type=DAY, metavar="DAY", help="Only revisions first seen on this day or later.")
@click.option("--until", type=DAY, metavar="DAY", help="Only revisions first seen on this day or before.")
@click.option("--again", is_flag=True, help="Also read pages that this version has read already.")
@click.option("--jobs", default=0, metavar="N", help="Processes that read pages; 0 is one a core.")
@click.option("--dry-run", is_flag=True, help="Show field by field what would change, and write nothing.")
@options(warc_option, db_option, sites_option, json_option)
def command(everything: bool, site_id: str | None, family: str | None, since: datetime | None, until: datetime | None,
            again: bool, jobs: int, dry_run: bool, warc_path: Path | None, db: str, sites_path: Path | None,
            as_json: bool) -> None:  # fmt: skip
    """Read archived pages again with the installed extraction, and correct in place the revisions that it reads better.

    No revision is added, and nothing is asked of a site. What today's extraction has read before is passed over, so what was
    interrupted goes on where it was. Pages in quarantine are read again by `newsledger quarantine replay`.
    """
    bounds = {"site_id": site_id, "family": family, "since": _day(since), "until": _day(until)}
    if not everything and not any(bounds.values()):
        raise click.UsageError("say which pages: --site, --family, --since, --until, or --all for every one")
    scope, folder, sites = scope_of(**bounds, again=again), warc_folder(warc_path, db), load_catalogue(sites_path)
    jobs = jobs or default_jobs()
    opened = open_ledger if dry_run else change_ledger
    with opened(db) as store, _progress(count(store, scope)[0]) as advance:
        if dry_run:
            report = ReprocessReport()
            found = preview(store, folder, sites, scope, report, jobs=jobs, advance=advance)
            _show(found, report, as_json)
            return
        report = reprocess_pages(store, folder, sites, scope, command_clock(), jobs=jobs, advance=advance)
    if as_json:
        print_json(row_of(report))
    else:
        _print(report, "corrected")


@contextmanager
def _progress(total: int) -> Iterator[Callable[[int], None]]:
    """A progress bar on a terminal; nothing otherwise."""
    err = console(error=True)
    with Progress(console=err, transient=True, disable=not err.is_terminal) as progress:
        task = progress.add_task("reading", total=total)
        yield lambda n: progress.advance(task, n)


def _show(found: Iterator[Correction], report: ReprocessReport, as_json: bool) -> None:
    """Print what would change, revision by revision; without --json each as it is found."""
    if as_json:
        listed = [_difference(one) for one in found]
        print_json({**row_of(report), "differences": listed})
        return
    out = console()
    for one in found:
        out.print(f"{one.url}  revision {one.number}", style="bold")
        out.print(f"{one.before.extractor} -> {one.after.extractor}")
        for field in differences(one.before, one.after):
            out.print(difference(field, coloured=out.is_terminal))
        out.print()
    _print(report, "would be corrected")


def _print(report: ReprocessReport, what: str) -> None:
    out = console()
    same = report.read - report.corrected - report.left.total()
    out.print(f"{report.read} pages read: {report.corrected} revisions {what}, {same} read as they did")
    if report.left:
        out.print(table(("left as they are, because", "count"), report.left.most_common(20)))
    if report.unarchived:
        out.print(f"{report.unarchived} more revisions have no archived page.")


def _difference(one: Correction) -> dict[str, object]:
    fields = differences(one.before, one.after)
    return {
        "url": one.url, "number": one.number, "from": one.before.extractor, "to": one.after.extractor,
        "fields": {field.field: [{"op": piece.op, "text": piece.text} for piece in field.pieces] for field in fields},
    }  # fmt: skip


def _day(when: datetime | None) -> str | None:
    return when.date().isoformat() if when else None
