"""`newsledger compact`: what may go with time."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import click

from crawler.commands import change_ledger, db_option, json_option, now, open_ledger
from crawler.commands.console import console, print_json
from crawler.discovery.frontier import MAX_RETRIES
from crawler.schedule.processes import is_running
from pipelines.history.revisit import DEAD_END_STEPS
from pipelines.queries.activity import running_crawls
from pipelines.store.crawls import lose_dead
from pipelines.store.retention import PruneResult, RetentionPolicy, compact, count_prunable

DEAD_END_FETCHES = max(MAX_RETRIES + 1, *(len(steps) for steps in DEAD_END_STEPS.values()))
"""With so many looks on record a dead end stands as high on its ladder as it can, and is retried no more by itself."""


@click.command("compact")
@click.option("--keep-fetches", default=90, show_default=True, metavar="DAYS", type=click.IntRange(1, 36_500),
              help="Keep all fetches of this many days.")  # fmt: skip
@click.option("--keep-crawls", default=365, show_default=True, metavar="DAYS", type=click.IntRange(1, 36_500),
              help="Keep all crawls of this many days.")  # fmt: skip
@click.option("--dry-run", is_flag=True, help="Say what would be deleted, and delete nothing.")
@click.option("--vacuum", is_flag=True, help="Rewrite the file, to give its free space back to the disk; no crawl may run.")
@db_option
@json_option
def compact_command(keep_fetches: int, keep_crawls: int, dry_run: bool, vacuum: bool, db: str, as_json: bool) -> None:
    """Delete old fetches that nothing refers to, and old crawls that left nothing; never a revision, a state or an alias.

    The fetch that wrote a revision stays, and so does the last fetch of each URL.
    """
    policy = RetentionPolicy(now() - timedelta(days=keep_fetches), now() - timedelta(days=keep_crawls), DEAD_END_FETCHES)
    before = _size(db)
    if dry_run:
        with open_ledger(db) as store:
            gone = count_prunable(store, policy)
    else:
        gone = _compact(db, policy, vacuum)
    if as_json:
        print_json({"dry_run": dry_run, "fetches": gone.fetches, "crawls": gone.crawls, "bytes": [before, _size(db)]})
        return
    goes = "would go" if dry_run else "went"
    text = f"{gone.fetches} fetches older than {keep_fetches} days and {gone.crawls} crawls older than {keep_crawls} days {goes}"
    sizes = "" if dry_run else f"; the file had {before / 1_000_000:.1f} MB and has {_size(db) / 1_000_000:.1f} MB"
    console().print(text + sizes, markup=False)


def _compact(db: str, policy: RetentionPolicy, vacuum: bool) -> PruneResult:
    with change_ledger(db) as store:
        lose_dead(store, now(), is_running)
        running = running_crawls(store)
        if vacuum and running:
            raise click.ClickException(
                f"{running} crawls run, and would fail while --vacuum rewrites the file; try when none does"
            )
        gone = compact(store, policy)
        store.tidy(vacuum=vacuum)
    return gone


def _size(db: str) -> int:
    return Path(db).stat().st_size if Path(db).is_file() else 0
