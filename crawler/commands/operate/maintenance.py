"""`newsledger upgrade` and `newsledger compact`: migrate an older ledger; delete what is no longer needed."""

from __future__ import annotations

from dataclasses import asdict
from datetime import timedelta
from pathlib import Path

import click

from crawler.commands import change_ledger, db_option, json_option, now, open_ledger, options
from crawler.commands.console import console, print_json, table
from crawler.discovery.frontier import MAX_RETRIES
from crawler.schedule.processes import is_running
from pipelines.history.revisit import DEAD_END_STEPS
from pipelines.queries.activity import running_crawls
from pipelines.store.crawls import lose_dead
from pipelines.store.ledger_files.upgrade import Upgrade, check_upgrade, upgrade
from pipelines.store.removal.retention import PruneResult, RetentionPolicy, compact, count_prunable
from pipelines.store.rows import span

DEAD_END_FETCHES = max(MAX_RETRIES + 1, *(len(steps) for steps in DEAD_END_STEPS.values()))
"""After this number of fetches a dead end has reached its longest interval, and is no longer retried by itself."""


@click.command("compact")
@click.option("--keep-fetches", default=90, show_default=True, metavar="DAYS", type=click.IntRange(1, 36_500),
              help="Keep all fetches of this many days.")  # fmt: skip
@click.option("--keep-crawls", default=365, show_default=True, metavar="DAYS", type=click.IntRange(1, 36_500),
              help="Keep all crawls of this many days.")  # fmt: skip
@click.option("--dry-run", is_flag=True, help="Say what would be deleted, and delete nothing.")
@click.option("--vacuum", is_flag=True, help="Rewrite the file, to give its free space back to the disk; no crawl may run.")
@options(db_option, json_option)
def compact_command(keep_fetches: int, keep_crawls: int, dry_run: bool, vacuum: bool, db: str, as_json: bool) -> None:
    """Delete old fetches that nothing refers to, and old crawls that left nothing; never a revision, a state or an alias.

    The fetch that wrote a revision stays, and so does the last fetch of each URL.
    """
    policy = RetentionPolicy(now() - timedelta(days=keep_fetches), now() - timedelta(days=keep_crawls), DEAD_END_FETCHES)
    before = _size(db)
    if dry_run:
        with open_ledger(db) as store:
            pruned = count_prunable(store, policy)
    else:
        pruned = _compact(db, policy, vacuum)
    if as_json:
        print_json({"dry_run": dry_run, "fetches": pruned.fetches, "crawls": pruned.crawls, "bytes": [before, _size(db)]})
        return
    done = "would go" if dry_run else "went"
    text = (
        f"{pruned.fetches} fetches older than {keep_fetches} days and {pruned.crawls} crawls older than {keep_crawls} days {done}"
    )
    sizes = "" if dry_run else f"; the file had {before / 1_000_000:.1f} MB and has {_size(db) / 1_000_000:.1f} MB"
    console().print(text + sizes)


def _compact(db: str, policy: RetentionPolicy, vacuum: bool) -> PruneResult:
    with change_ledger(db) as store:
        lose_dead(store, now(), is_running)
        running = running_crawls(store)
        if vacuum and running:
            raise click.ClickException(
                f"{running} crawls run, and would fail while --vacuum rewrites the file; try when none does"
            )
        pruned = compact(store, policy)
        store.tidy(vacuum=vacuum)
    return pruned


def _size(db: str) -> int:
    return Path(db).stat().st_size if Path(db).is_file() else 0


@click.command("upgrade")
@click.option("--check", "only_check", is_flag=True,
              help="List what would be done, and do nothing; exit code 1 if a step is pending.")  # fmt: skip
@click.option("--keep", default=2, show_default=True, metavar="N", type=click.IntRange(0, 1_000),
              help="How many copies from before upgrades stay, the newest.")  # fmt: skip
@options(db_option, json_option)
def upgrade_command(only_check: bool, keep: int, db: str, as_json: bool) -> None:
    """Bring a ledger of an older version up to date, after making a copy; --check lists what that would do.

    Every command that writes does the same; this one also says what it costs, and deletes old copies.
    """
    found = check_upgrade(Path(db))
    dropped = [] if only_check else upgrade(Path(db), keep)
    if as_json:
        print_json({**asdict(found), "has_room": found.has_room, "done": not only_check, "dropped": dropped})
    else:
        _print(found, only_check)
        for path in dropped:
            console().print(f"dropped: {path}")
    if only_check and found.pending:
        raise SystemExit(1)


def _print(found: Upgrade, only_check: bool) -> None:
    out = console()
    if not found.pending:
        out.print(f"{found.path} is up to date, with {found.revisions:,} revisions")
    else:
        rows = [(one.name, span(timedelta(seconds=one.seconds)) if one.seconds >= 60 else "moments", one.meaning)
                for one in found.pending]  # fmt: skip
        out.print(table(("pending" if only_check else "done", "takes about", "what for"), rows))
        is_kept = "would be kept" if only_check else "is kept"
        room = f"{found.bytes / 1e6:,.1f} MB; {found.free_bytes / 1e6:,.0f} MB free{'' if found.has_room else ': TOO LITTLE'}"
        out.print(f"\n{found.path}, {found.revisions:,} revisions; as it was {is_kept} as {found.copy} ({room})")
    for path in filter(Path.exists, found.old_copies):
        out.print(f"a copy of before: {path}, {path.stat().st_size / 1e6:,.1f} MB")
