"""`newsledger backup` and `newsledger restore`: make verified copies of the ledger, or of ledger and archive, and put one
back."""

from __future__ import annotations

import os
from itertools import islice
from pathlib import Path

import click

from crawler.commands import configuration, db_option, json_option, now, open_ledger, options, own_sites, warc_folder, warc_option
from crawler.commands.checkpoint import default_key
from crawler.commands.console import console, echo, print_json, progress_bars, table, when
from crawler.config import find
from crawler.offline.backups import MANIFEST, Backup, check, copies, prepare, read_copy, restore, take
from pipelines.store.database import holds_something
from pipelines.store.ledger_files.backup import back_up
from pipelines.store.rows import Row

MANY = 1_000
"""Problems of a copy that are printed."""


@click.command("backup")
@click.argument("target", type=click.Path(path_type=Path))
@click.option("--init", is_flag=True, help="Make TARGET a folder of dated copies, of ledger and archive; then copy.")
@click.option("--keep", metavar="N", type=click.IntRange(1, 10_000),
              help="Of a folder: delete the oldest copies beyond this number, once the new one is complete.")  # fmt: skip
@click.option("--list", "only_list", is_flag=True, help="Of a folder: print its copies, and make none.")
@click.option("--force", is_flag=True, help="Of a file: replace an existing one, once the new copy has been checked.")
@options(warc_option, db_option, json_option)
def backup_command(target: Path, init: bool, keep: int | None, only_list: bool, force: bool, warc_path: Path | None, db: str,
                   as_json: bool) -> None:  # fmt: skip
    """Copy the ledger, whole and checked, while crawls run: to a file, or with its archive into a folder of dated copies.

    A folder is one that --init has made; where its marker is missing, as on a disk that is not mounted, nothing is copied. Of the
    archive each copy takes what is new; the rest it shares with the copy before.
    """
    if only_list:
        _print([_facts(copy) for copy in copies(target)], as_json)
        return
    if not (init or target.is_dir()):
        if keep:
            raise click.UsageError("--keep is of a folder of copies; --init makes one")
        _to_file(target, db, force, as_json)
        return
    if init:
        if target.is_file():
            raise click.UsageError(f"{target} is a file, and --init makes a folder: name another")
        try:
            prepare(target)
        except OSError as error:
            raise click.ClickException(f"{target}: {error.strerror}") from error
        if not holds_something(Path(db)):
            echo(f"{target} is ready for copies; there is no ledger at {db} to copy yet", err=True)
            return
    with progress_bars(shown=not as_json) as progress, open_ledger(db) as store:
        task = progress.add_task("copying", total=None)
        backup = take(store, warc_folder(warc_path, db), own_sites(), target, now(), keep=keep,
                      on_progress=lambda done, total: progress.update(task, completed=done, total=total))  # fmt: skip
    left_out = _files_not_copied(Path(db))
    if as_json:
        print_json(_facts(backup) | {"not_held": left_out})
        return
    new = f"{_megabytes(backup.copied_bytes)} of them new"
    text = f"{backup.path}: {_megabytes(backup.bytes)} in {len(backup.files)} files, {new}; the ledger checked"
    console().print(f"{text}: {_rows(backup.rows)}")
    if left_out:
        console().print(f"not in it, and to be kept elsewhere: {', '.join(left_out)}")


def _files_not_copied(db: Path) -> list[str]:
    """Other files that a new machine needs: those with secrets, and a catalogue in another place."""
    settings, catalogue, key = find(os.environ), configuration().text("sites"), default_key(str(db))
    found = [settings, key if key.is_file() else None, Path(catalogue) if catalogue else None]
    return [str(path.absolute()) for path in found if path and path.absolute() != own_sites().absolute()]


def _to_file(target: Path, db: str, force: bool, as_json: bool) -> None:
    with open_ledger(db) as store:
        copy = back_up(store, target, force=force)
    if as_json:
        print_json({"path": copy.path, "bytes": copy.size_bytes, "rows": copy.rows})
        return
    console().print(f"{copy.path}: {_megabytes(copy.size_bytes)}, checked; {_rows(copy.rows)}")


@click.command("restore")
@click.argument("source", metavar="COPY|FOLDER", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--check", "only_check", is_flag=True, help="Change nothing: verify the copy; exit code 1 if something is wrong.")
@click.option("--force", is_flag=True, help="If there is a ledger already: move it aside.")
@options(warc_option, db_option, json_option)
def restore_command(source: Path, only_check: bool, force: bool, warc_path: Path | None, db: str, as_json: bool) -> None:
    """Put a copy of `newsledger backup` in place of the ledger and its archive, or verify it; of a folder the newest.

    Nothing is deleted: files in the way are moved aside, and named. No schedule and no crawl may run.
    """
    found = [read_copy(source)] if (source / MANIFEST).is_file() else copies(source)
    if not found:
        raise click.ClickException(f"{source}: there is no whole copy")
    copy = found[-1]
    with progress_bars(shown=not as_json) as progress:
        task = progress.add_task("reading", total=None)

        def on_progress(done: int, total: int) -> None:
            progress.update(task, completed=done, total=total)

        problems = list(islice(check(copy, now(), on_progress), MANY)) if only_check else []
        places = (Path(db).absolute(), warc_folder(warc_path, db), own_sites())
        moved = [] if only_check else restore(copy, *places, now(), force=force, on_progress=on_progress)
    if as_json:
        print_json({**_facts(copy), "problems": problems, "moved": moved})
    elif only_check:
        for problem in problems:
            echo(problem)
        echo(f"{copy.path}: {f'{len(problems)} faults' if problems else 'nothing is wrong'}; {_rows(copy.rows)}")
    else:
        for path in moved:
            echo(f"moved aside: {path}")
        echo(f"{db} is as it was at {when(copy.taken)}: {_rows(copy.rows)}; `newsledger verify` holds it against its archive")
    if problems:
        raise SystemExit(1)


def _print(rows: list[Row], as_json: bool) -> None:
    if as_json:
        print_json(rows)
        return
    cells = [(row["path"], when(row["taken"]), _megabytes(row["bytes"]), _megabytes(row["copied_bytes"]), row["files"],
              row["rows"].get("revisions")) for row in rows]  # fmt: skip
    columns = ("copy", "taken", "holds", "of them new", "files", "revisions")
    console().print(table(columns, cells) if rows else "There is no whole copy.")


def _facts(copy: Backup) -> Row:
    return {"path": str(copy.path), "taken": copy.taken, "bytes": copy.bytes, "copied_bytes": copy.copied_bytes,
            "files": len(copy.files), "rows": copy.rows}  # fmt: skip


def _rows(rows: dict[str, int]) -> str:
    return ", ".join(f"{count} {name}" for name, count in rows.items() if count)


def _megabytes(count: int) -> str:
    return f"{count / 1_000_000:.1f} MB"
