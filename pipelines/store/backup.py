"""A copy of the ledger that can be believed: written beside its target, checked, and only then put in its place.

Crawls may run meanwhile: the copy is the ledger at one moment. What was there before stays until the new copy has been checked.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from pipelines.store.database import Store, StoreError

COUNTED = ("sites", "articles", "revisions", "aliases", "states", "fetches", "crawls", "readings")
"""Tables whose rows are counted on both sides."""


@dataclass(frozen=True, slots=True)
class BackupCopy:
    """A copy that was checked: where it is, its bytes, and the rows of each table."""

    path: Path
    size_bytes: int
    rows: dict[str, int]


def back_up(store: Store, target: Path, *, force: bool = False) -> BackupCopy:
    """Copy the ledger to `target`; raises StoreError where that cannot be done, or the copy is not what it should be.

    Where it fails `target` is as it was. A target that is there is replaced with `force` only.
    """
    _refuse(store, target, force)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        return _written(store, target, target.with_name(f"{target.name}.partial"))
    except OSError as error:
        raise StoreError(f"{error.filename or target}: {error.strerror}") from error


def _written(store: Store, target: Path, partial: Path) -> BackupCopy:
    """Write the partial copy, check it, and put it in place; nothing partial stays behind."""
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
    # A log that lies beside a database is part of it: over another file SQLite would write it into that one.
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
    """How many rows each table that is counted has."""
    return {name: store.value(f"SELECT count(*) FROM {name}") for name in COUNTED}  # noqa: S608 - our own names


def _to_disk(path: Path) -> None:
    """Wait until the file is on the disk: a rename may else outlive a power cut that its content does not."""
    with path.open("rb") as file:
        os.fsync(file.fileno())


def _remove(partial: Path) -> None:
    for suffix in ("", "-wal", "-shm", "-journal"):
        partial.with_name(partial.name + suffix).unlink(missing_ok=True)
