"""`newsledger import FILE...`: archives of all kinds, and records that `export jsonl` wrote; `newsledger merge OTHER.db`."""

from __future__ import annotations

import resource
from pathlib import Path
from typing import Any

import click

from crawler.clock import clock
from crawler.commands import db_option, json_option, load_catalogue, now, options, sites_option, warc_folder, warc_option
from crawler.commands.console import PROBLEMS, console, echo, print_json, print_problems, progress_bars, table
from crawler.extraction.markup.page import collect_seldom
from crawler.offline.import_warc import (
    CaptureReaders,
    ImportReport,
    RecordsReport,
    WarcFiles,
    default_jobs,
    import_archive,
    import_records,
    is_records,
)
from crawler.warc.repack import addressable
from pipelines.exchange.import_ledger import checked_ledger
from pipelines.exchange.merge import Merged, MergeSource, merge
from pipelines.queries.activity import article_count, has_archived_pages
from pipelines.queries.results import row_of
from pipelines.store.database import Store
from pipelines.stories.update import catch_up


@click.command("import")
@click.argument(
    "files",
    nargs=-1,
    required=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    metavar="FILE.warc.gz|FILE.wacz|FILE.jsonl...",
)
@click.option("--jobs", default=0, metavar="N", help="Processes that read pages; 0 is one a core.")
@options(warc_option, db_option, sites_option, json_option)
def command(files: tuple[Path, ...], jobs: int, warc_path: Path | None, db: str, sites_path: Path | None, as_json: bool) -> None:
    """Read WARC files into the ledger, as if their pages had been crawled when they were captured; or records of `export jsonl`.

    Captures of all files are read in order of time. Of WACZ, ARC, .warc.zst and WARC files that are one gzip stream a copy,
    in which each page is found by its place, is put into the archive's folder. Records (FILE.jsonl, FILE.jsonl.gz) bring
    histories as they are, which are interleaved with what the ledger has. Importing a file again adds nothing.
    """
    for file in files:
        if is_records(file):
            _records(file, db, as_json)
    files = tuple(file for file in files if not is_records(file))
    if files:
        _archive(files, jobs, warc_folder(warc_path, db), db, sites_path, as_json)


def _records(file: Path, db: str, as_json: bool) -> None:
    with Store(db) as store, progress_bars() as progress:
        reading, taking = progress.add_task("reading", total=None), progress.add_task("taking in", total=None)
        imported = import_records(
            file, store, clock()(), read=lambda n: progress.advance(reading, n),
            advance=lambda n, total: progress.update(taking, advance=n, total=total),
        )  # fmt: skip
        catch_up(store, clock()())
    print_problems(imported.problems)
    _print_records(imported, as_json)
    if imported.problems:
        raise SystemExit(1)


def _print_records(imported: RecordsReport, as_json: bool) -> None:
    if as_json:
        print_json({"records": imported.records, "problems": imported.problems, **merged_json(imported.merged)})
        return
    out = console()
    out.print(f"{imported.records} records")
    print_merged(imported.merged)


def _archive(files: tuple[Path, ...], jobs: int, folder: Path, db: str, sites_path: Path | None, as_json: bool) -> None:
    collect_seldom()
    now = clock()()
    problems: list[str] = []
    try:
        archive = WarcFiles([addressable(file, folder, problems) for file in files], now)
    except OSError as error:
        raise click.ClickException(f"a copy cannot be put into the archive: {error}") from error
    archive.problems[:0] = problems
    with (
        CaptureReaders(load_catalogue(sites_path), len(archive.work), jobs or default_jobs()) as readers,
        Store(db) as store,
        progress_bars() as progress,
    ):
        task = progress.add_task("importing", total=len(archive.work))
        report = import_archive(archive, store, readers, now, lambda n: progress.advance(task, n))
        catch_up(store, clock()())
    milliseconds = 1000 * _cpu_seconds() / max(report.captures, 1)
    print_problems(report.problems)
    _print(report, milliseconds, as_json)
    if report.problems:
        raise SystemExit(1)


def _cpu_seconds() -> float:
    """Processor time of this process and of the workers that have ended."""
    usages = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(usage.ru_utime + usage.ru_stime for usage in usages)


def _print(report: ImportReport, milliseconds: float, as_json: bool) -> None:
    if as_json:
        print_json(row_of(report) | {"cpu_ms_per_capture": round(milliseconds, 1)})
        return
    out = console()
    out.print(table(("outcome", "count"), report.outcomes.most_common()))
    if report.refused:
        out.print()
        out.print(table(("no article, because", "count"), report.refused.most_common(20)))
    out.print(f"\n{report.captures} captures, {milliseconds:.1f} ms of CPU each")


@click.command("merge")
@click.argument("other", type=click.Path(exists=True, dir_okay=False, path_type=Path), metavar="OTHER.db")
@click.option("--warc", "under", metavar="NAME",
              help="The folder, within our archive's, that holds OTHER's archived pages; default OTHER's name.")  # fmt: skip
@options(db_option, json_option)
def merge_command(other: Path, under: str | None, db: str, as_json: bool) -> None:
    """Add another ledger to this one: no duplicates, histories combined in order of time.

    Rows of OTHER that are wrong are reported and left out; exit code 1 then.
    Run it again after an interruption; running it twice changes nothing. Archived pages are not copied: put OTHER's
    archive into the folder that is named at the end.
    """
    if other.resolve() == Path(db).resolve():
        raise click.UsageError("a ledger cannot be merged into itself")
    folder = other.stem if under is None else under.strip("/")
    if ".." in Path(folder).parts:
        raise click.UsageError("--warc names a folder within the archive's")
    problems: list[str] = []
    with progress_bars() as bar:
        reading, merging = bar.add_task("reading", total=None), bar.add_task("merging", total=None)
        with checked_ledger(other, now(), problems, lambda n: bar.advance(reading, n)) as source, Store(db) as store:
            bar.update(merging, total=article_count(source))
            merged = merge(store, source, MergeSource(other.name, "merge", folder), now(), lambda n: bar.advance(merging, n))
            catch_up(store, now())
            pages = has_archived_pages(source)
    print_problems([f"{other.name}: {problem}" for problem in problems])
    if as_json:
        print_json({**merged_json(merged), "problems": problems[:PROBLEMS]})
    else:
        print_merged(merged)
        if pages and merged.revisions:
            text = f"Archived pages are not copied; pointers say {folder or '.'}/ within the archive's folder."
            echo(text, err=True)
    if problems:
        raise SystemExit(1)


def merged_json(merged: Merged) -> dict[str, Any]:
    return {"articles": merged.articles, "by_outcome": merged.counts, "revisions": merged.revisions, "by_change": merged.kinds}


def print_merged(merged: Merged) -> None:
    """Print a merge's result for people."""
    out = console()
    out.print(table(("articles", "count"), [(str(merged.articles), ""), *sorted(merged.counts.items())]))
    out.print()
    out.print(table(("revisions added", "count"), merged.kinds.most_common() or [("none", 0)]))
