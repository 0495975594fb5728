"""`newsledger backup TARGET`"""

from __future__ import annotations

from pathlib import Path

import click

from crawler.commands.console import console, print_json
from crawler.commands.options import db_option, json_option, open_ledger
from pipelines.store.backup import back_up


@click.command("backup")
@click.argument("target", type=click.Path(path_type=Path))
@click.option("--force", is_flag=True, help="Replace a file that is there, once the new copy has been checked.")
@db_option
@json_option
def command(target: Path, force: bool, db: str, as_json: bool) -> None:
    """Copy the ledger to TARGET, whole and checked, while crawls run."""
    with open_ledger(db) as store:
        copy = back_up(store, target, force=force)
    if as_json:
        print_json({"path": copy.path, "bytes": copy.size_bytes, "rows": copy.rows})
        return
    rows = ", ".join(f"{count} {name}" for name, count in copy.rows.items() if count)
    console().print(f"{copy.path}: {copy.size_bytes / 1_000_000:.1f} MB, checked; {rows}", markup=False)
