"""`newsledger merge OTHER.db`"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click
from rich.progress import Progress

from crawler.commands import db_option, json_option, now
from crawler.commands.console import PROBLEMS, console, echo, print_json, print_problems, table
from pipelines.exchange.import_ledger import checked_ledger
from pipelines.exchange.merge import Merged, MergeSource, merge
from pipelines.queries.activity import article_count, has_archived_pages
from pipelines.store.database import Store
from pipelines.stories.update import catch_up


@click.command("merge")
@click.argument("other", type=click.Path(exists=True, dir_okay=False, path_type=Path), metavar="OTHER.db")
@click.option("--warc", "under", default=None, metavar="NAME",
              help="The folder, within our archive's, that holds OTHER's archived pages; default OTHER's name.")  # fmt: skip
@db_option
@json_option
def command(other: Path, under: str | None, db: str, as_json: bool) -> None:
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
    with Progress(console=console(error=True), transient=True) as bar:
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
        show(merged)
        if pages and merged.revisions:
            text = f"Archived pages are not copied; pointers say {folder or '.'}/ within the archive's folder."
            echo(text, err=True)
    if problems:
        raise SystemExit(1)


def merged_json(merged: Merged) -> dict[str, Any]:
    """As JSON."""
    return {"articles": merged.articles, "by_outcome": merged.counts, "revisions": merged.revisions, "by_change": merged.kinds}


def show(merged: Merged) -> None:
    """For people."""
    out = console()
    out.print(table(("articles", "count"), [(str(merged.articles), ""), *sorted(merged.counts.items())]))
    out.print()
    out.print(table(("revisions added", "count"), merged.kinds.most_common() or [("none", 0)]))
