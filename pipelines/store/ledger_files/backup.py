"""A verified copy of the ledger: written beside its target, checked, and only then renamed to it.

Crawls may run at the same time: the copy is the ledger at one moment. An older copy stays until the new one has been checked.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from pipelines.store.database import Store, StoreError

COUNTED = ("sites", "articles", "revisions", "aliases", "states", "fetches", "crawls", "readings")
"""Tables whose rows are counted in the ledger and in the copy."""


@dataclass(frozen=True, slots=True)
class BackupCopy:
    """A checked copy: its path, its size in bytes, and the number of rows of each counted table."""

    path: Path
    size_bytes: int
    rows: dict[str, int]


def back_up(store: Store, target: Path, *, force: bool = False) -> BackupCopy:
    """Copy the ledger to `target`; raises StoreError if this is impossible or the copy is damaged or incomplete.

    After a failure `target` is as it was before. An existing target is replaced only with `force`.
    """
    _refuse(store, target, force)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        return _written(store, target, target.with_name(f"{target.name}.partial"))
    except OSError as error:
        raise StoreError(f"{error.filename or target}: {error.strerror}") from error


def _written(store: Store, target: Path, partial: Path) -> BackupCopy:
    """Write the partial copy, check it, and rename it to the target; removes the partial copy in any case."""
    _remove(partial)
    try:
        with store.snapshot():
            counted = row_counts(store)
            store.backup(partial)
        _check(partial, counted)
        _to_disk(partial)
        size = partial.stat().st_size
        partial.replace(target)
    finally:
        _remove(partial)
    return BackupCopy(target, size, counted)


def _refuse(store: Store, target: Path, force: bool) -> None:
    if target.exists() and (target.is_dir() or target.samefile(store.path)):
        raise StoreError(f"{target}: {'a folder' if target.is_dir() else 'the ledger itself'}; name a file for the copy")
    if target.exists() and not force:
        raise StoreError(f"{target}: is there already; --force replaces it")
    # A log beside a database is part of it: SQLite would write an old log into the file that replaces its database.
    log = target.with_name(f"{target.name}-wal")
    if log.exists():
        raise StoreError(f"{target}: is open, or was left open ({log.name} lies beside it); name another file")


def _check(partial: Path, counted: dict[str, int]) -> None:
    with Store(partial, readonly=True) as copy:
        problems = copy.integrity_problems()
        found = row_counts(copy)
    if problems:
        raise StoreError(f"{partial}: the copy is damaged: {problems[0]}")
    if short := [name for name in COUNTED if found[name] < counted[name]]:
        raise StoreError(f"{partial}: the copy lacks rows of {', '.join(short)}")


def row_counts(store: Store) -> dict[str, int]:
    """Number of rows of each counted table."""
    return {name: store.value(f"SELECT count(*) FROM {name}") for name in COUNTED}  # noqa: S608 - our own names


def _to_disk(path: Path) -> None:
    """Wait until the file is on the disk: otherwise, after a power cut, the rename may be on the disk and the content not."""
    with path.open("rb") as file:
        os.fsync(file.fileno())


def _remove(partial: Path) -> None:
    for suffix in ("", "-wal", "-shm", "-journal"):
        partial.with_name(partial.name + suffix).unlink(missing_ok=True)
