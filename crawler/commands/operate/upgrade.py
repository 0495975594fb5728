"""`newsledger upgrade`: a ledger is brought up to date, or it is told what that would do."""

from __future__ import annotations

from dataclasses import asdict
from datetime import timedelta
from pathlib import Path

import click

from crawler.commands import db_option, json_option
from crawler.commands.console import console, print_json, table
from pipelines.store.rows import span
from pipelines.store.upgrade import Upgrade, check_upgrade, upgrade


@click.command("upgrade")
@click.option("--check", "only_check", is_flag=True,
              help="List what would be done, and do nothing; exit code 1 if a step is pending.")  # fmt: skip
@click.option("--keep", default=2, show_default=True, metavar="N", type=click.IntRange(0, 1_000),
              help="How many copies from before upgrades stay, the newest.")  # fmt: skip
@db_option
@json_option
def command(only_check: bool, keep: int, db: str, as_json: bool) -> None:
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
            console().print(f"dropped: {path}", markup=False)
    if only_check and found.pending:
        raise SystemExit(1)


def _print(found: Upgrade, only_check: bool) -> None:
    out = console()
    if not found.pending:
        out.print(f"{found.path} is up to date, with {found.revisions:,} revisions", markup=False)
    else:
        rows = [(one.name, span(timedelta(seconds=one.seconds)) if one.seconds >= 60 else "moments", one.meaning)
                for one in found.pending]  # fmt: skip
        out.print(table(("pending" if only_check else "done", "takes about", "what for"), rows))
        is_kept = "would be kept" if only_check else "is kept"
        room = f"{found.bytes / 1e6:,.1f} MB; {found.free_bytes / 1e6:,.0f} MB free{'' if found.has_room else ': TOO LITTLE'}"
        out.print(f"\n{found.path}, {found.revisions:,} revisions; as it was {is_kept} as {found.copy} ({room})", markup=False)
    for path in filter(Path.exists, found.old_copies):
        out.print(f"a copy of before: {path}, {path.stat().st_size / 1e6:,.1f} MB", markup=False)
