"""Shows what an upgrade of a ledger would do before it runs, upgrades it, and lists the copies that upgrades have left."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

from pipelines.store.database import Store, StoreError, holds_something
from pipelines.store.schema import LATEST, meaning, steps_of

MS_A_REVISION = {"m023_search_in_every_script": 1.2, "m030_questions": 0.3, "m044_more_spellings": 0.4}
"""Migrations that read every revision -> milliseconds for one (CHANGELOG); the others take moments."""
_BEFORE = ".before-"


@dataclass(frozen=True, slots=True)
class PendingMigration:
    """A migration that a ledger lacks."""

    name: str
    meaning: str
    seconds: float
    """Estimate from the number of revisions; 0: moments."""


@dataclass(frozen=True, slots=True)
class Upgrade:
    """What an upgrade would do."""

    path: Path
    bytes: int
    """Size of the ledger, and so of the copy that is made first."""
    revisions: int
    pending: tuple[PendingMigration, ...]
    copy: Path | None
    """Path of the copy of the file before the upgrade; None if nothing is pending."""
    free_bytes: int
    old_copies: tuple[Path, ...]
    """Copies of earlier upgrades, newest first."""

    @property
    def has_room(self) -> bool:
        """Whether the disk has room for the copy, and the same again for what the upgrade writes."""
        return not self.pending or self.free_bytes > 2 * self.bytes


def check_upgrade(path: Path) -> Upgrade:
    """Find what is pending, without changing the file; raises StoreError."""
    if not holds_something(path):
        raise StoreError(f"{path}: there is no ledger")
    try:
        applied, names, revisions = steps_of(path)
    except ValueError as error:
        raise StoreError(f"{path}: {error}") from error
    if not applied:
        raise StoreError(f"{path}: an SQLite file, but no ledger")
    if max(applied) > LATEST:
        raise StoreError(f"{path}: written by a newer version ({max(applied)}); update newsledger to open it")
    pending = tuple(PendingMigration(name, meaning(name), MS_A_REVISION.get(name, 0.0) * revisions / 1000) for name in names)
    copy = path.with_name(f"{path.name}{_BEFORE}{names[0]}") if names else None
    free = shutil.disk_usage(path.absolute().parent).free
    return Upgrade(path, path.stat().st_size, revisions, pending, copy, free, _old_copies(path))


def upgrade(path: Path, keep: int) -> list[Path]:
    """Migrate a ledger, then delete the oldest copies beyond `keep`, and return the deleted ones. Raises StoreError."""
    found = check_upgrade(path)
    if not found.has_room:
        room = f"{2 * found.bytes / 1e6:,.0f} MB are needed beside it, {found.free_bytes / 1e6:,.0f} MB are free"
        raise StoreError(f"{path}: is not changed: {room}")
    Store(path).close()
    dropped = list(_old_copies(path)[keep:])
    for old in dropped:
        old.unlink()
    return dropped


def _old_copies(path: Path) -> tuple[Path, ...]:
    found = (one for one in path.parent.glob(f"{path.name}{_BEFORE}m*") if one.is_file())
    return tuple(sorted(found, key=lambda one: (one.stat().st_mtime, one.name), reverse=True))
