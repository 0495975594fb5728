"""Dated copies of a ledger and its archive in one folder, and restoring them.

Each copy is complete: `2025-03-07T031700Z/` holds the ledger, `warc/`, the operator's own file of sites, and `backup.json`,
which lists every file with size, time and SHA-256. A file of the archive that is unchanged since the previous copy is a hard
link to that copy's file, so that a copy takes only the space of what is new, and any copy may be deleted. Files are never
linked to the archive itself: damage to one must not damage the other. The folder has a marker, which is missing if its disk is
not mounted.

The ledger is copied first, then the archive: a record is on the disk before a row points at it, so no pointer of a copy
dangles.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

from crawler.files import PARTIAL, pieces, sha256_of, sync, sync_folder
from crawler.schedule.processes import hold, locks_of
from crawler.warc.holdings import absence
from crawler.warc.reader import problem_of
from crawler.warc.writer import OPEN
from pipelines.proof.verify import Checked, verify
from pipelines.store.database import Store, StoreError
from pipelines.store.ledger_files.backup import back_up, row_counts
from pipelines.store.rows import moment

MARKER = "newsledger-backups.json"
MANIFEST = "backup.json"
ARCHIVE = "warc"
LEDGER = "news.db"
_ROUNDS = 4
"""How often the archive is listed again if files were closed, and so renamed, during the copy."""

OnProgress = Callable[[int, int], None]
"""Called with the number of finished files, and of all files."""


@dataclass(frozen=True, slots=True)
class CopiedFile:
    """A file of a copy, by its path in it."""

    path: str
    bytes: int
    mtime_ns: int
    """Of the original file."""
    sha256: str


@dataclass(frozen=True, slots=True)
class Backup:
    """A complete copy."""

    path: Path
    taken: str
    """UTC, ISO 8601."""
    files: tuple[CopiedFile, ...]
    rows: dict[str, int]
    """Number of rows of each table of the ledger."""
    copied_bytes: int
    """Its own size; the rest is shared with the previous copy."""

    @property
    def bytes(self) -> int:
        return sum(file.bytes for file in self.files)


def prepare(folder: Path) -> None:
    """Make a folder one for copies; raises OSError."""
    folder.mkdir(parents=True, exist_ok=True)
    marker = folder / MARKER
    if not marker.exists():
        marker.write_text('{"format": 1}\n', encoding="ascii")


def take(store: Store, archive: Path, own_sites: Path, folder: Path, now: datetime, *, keep: int | None = None,
         on_progress: OnProgress = lambda done, total: None) -> Backup:  # fmt: skip
    """Copy ledger and archive, while crawls run; then delete the oldest copies beyond `keep`. Raises StoreError; no part
    remains."""
    if absent := absence(archive, store):
        raise StoreError(absent)
    with _one_copy_at_a_time(folder):
        earlier = copies(folder)
        target = folder / f"{now.astimezone(UTC):%Y-%m-%dT%H%M%SZ}"
        if target.exists():
            raise StoreError(f"{target}: is there already")
        for left in folder.glob(f"*Z{PARTIAL}"):
            shutil.rmtree(left)
        partial = target.with_name(target.name + PARTIAL)
        partial.mkdir(mode=0o700)
        try:
            made = _Copying(partial, earlier[-1] if earlier else None, on_progress)
            rows = back_up(store, partial / LEDGER).rows
            made.note(LEDGER, 0, sha256_of(partial / LEDGER))
            if own_sites.is_file():
                made.take(own_sites, own_sites.name)
            made.take_all(archive)
            backup = Backup(target, moment(now), tuple(made.files), rows, made.copied_bytes)
            content = {**asdict(backup), "path": target.name, "format": 1}
            with (partial / MANIFEST).open("wb") as file:
                file.write(json.dumps(content, indent=1).encode())
                sync(file)
            partial.rename(target)
            sync_folder(folder)
        except BaseException:
            shutil.rmtree(partial, ignore_errors=True)
            raise
        for old in [*earlier, backup][:-keep] if keep else ():
            _drop(old.path)
        return backup


class _Copying:
    """The files of an unfinished copy."""

    def __init__(self, target: Path, before: Backup | None, on_progress: OnProgress) -> None:
        self._target = target
        self._before = before
        self._known = {file.path: file for file in before.files} if before else {}
        self._on_progress = on_progress
        self.files: list[CopiedFile] = []
        self.copied_bytes = 0

    def take_all(self, archive: Path) -> None:
        """Copy the archive's files, also those that are closed, and so renamed, meanwhile."""
        copied: set[str] = set()
        for _ in range(_ROUNDS):
            paths = [path for path in sorted(archive.rglob("*")) if path.is_file() and not path.is_symlink()]
            wanted = [path for path in paths if path.relative_to(archive).as_posix() not in copied]
            if not wanted:
                return
            for number, path in enumerate(wanted, 1):
                name = path.relative_to(archive).as_posix()
                with suppress(FileNotFoundError):
                    self.take(path, f"{ARCHIVE}/{name}")
                    copied.add(name)
                self._on_progress(number, len(wanted))

    def take(self, source: Path, name: str) -> None:
        """Copy one file: linked to the previous copy if unchanged, otherwise copied up to its size at the start."""
        found, known = source.stat(), self._known.get(name)
        target = self._target / name
        target.parent.mkdir(parents=True, exist_ok=True)
        if self._before and known and (known.bytes, known.mtime_ns) == (found.st_size, found.st_mtime_ns):
            try:
                os.link(self._before.path / name, target)
            except OSError:  # no hard links there, or the other copy lacks it
                pass
            else:
                self.files.append(known)
                return
        self.note(name, found.st_mtime_ns, copy_file(source, target, found.st_size))

    def note(self, name: str, mtime_ns: int, sha256: str) -> None:
        """Record a copied file, with the time of its last write before."""
        size = (self._target / name).stat().st_size
        self.files.append(CopiedFile(name, size, mtime_ns, sha256))
        self.copied_bytes += size


def copies(folder: Path) -> list[Backup]:
    """The complete copies of a folder, the newest last; raises StoreError if it is not one for copies."""
    if not (folder / MARKER).is_file():
        raise StoreError(f"{folder}: no folder of copies ({MARKER} is not there): is its disk mounted? A new one: --init")
    found = (read_copy(path) for path in sorted(folder.glob("*Z")) if (path / MANIFEST).is_file())
    return list(found)


def read_copy(path: Path) -> Backup:
    """A copy by its folder; raises StoreError if its list cannot be read."""
    try:
        content: dict[str, Any] = json.loads((path / MANIFEST).read_bytes())
        files = tuple(CopiedFile(**file) for file in content["files"])
        if any(".." in Path(file.path).parts or Path(file.path).is_absolute() or not file.path.isprintable() for file in files):
            raise ValueError("a name that leads out of it, or that no file of ours has")
        if any(type(number) is not int or not 0 <= number < 2**63 for file in files for number in (file.bytes, file.mtime_ns)):
            raise ValueError("a size or a time that is no number")
        if LEDGER not in {file.path for file in files}:
            raise ValueError(f"{LEDGER} is not in it")
        return Backup(path, str(content["taken"]), files, dict(content["rows"]), int(content["copied_bytes"]))
    except (OSError, ValueError, TypeError, LookupError, RecursionError) as error:
        raise StoreError(f"{path / MANIFEST}: is no list of a copy: {error}") from error


def check(copy: Backup, now: datetime, on_progress: OnProgress = lambda done, total: None) -> Iterator[str]:
    """The faults of a copy: files by size and hash; the ledger's pages, rows, chain and texts; pointers into the archive."""
    is_intact = True
    for number, file in enumerate(copy.files, 1):
        problem = _problem(copy.path / file.path, file)
        if problem:
            is_intact = is_intact and file.path != LEDGER
            yield f"{file.path}: {problem}"
        on_progress(number, len(copy.files))
    if not is_intact:
        return
    try:
        yield from _ledger_problems(copy, now)
    except StoreError as error:  # damaged beyond reading, or an older version's, which only `restore` and a migration can tell of
        yield str(error)


def _ledger_problems(copy: Backup, now: datetime) -> Iterator[str]:
    with Store(copy.path / LEDGER, readonly=True) as store:
        yield from (f"{LEDGER}: {problem}" for problem in store.integrity_problems())
        for name, count in row_counts(store).items():
            if count != copy.rows.get(name, count):
                yield f"{LEDGER}: {count} rows of {name}, and not {copy.rows[name]}"
        checked = Checked()
        yield from map(str, verify(store, partial(problem_of, copy.path / ARCHIVE), now, checked))


def restore(copy: Backup, db: Path, archive: Path, own_sites: Path, now: datetime, *, force: bool = False,
            on_progress: OnProgress = lambda done, total: None) -> list[Path]:  # fmt: skip
    """Restore a ledger and its archive; existing files are moved aside, and returned. Raises StoreError.

    A file of the archive that begins with the copy's bytes stays: it has only grown. So does the file of sites.
    """
    if db.exists() and not force:
        raise StoreError(f"{db}: is there already; --force moves it aside")
    aside = f".replaced-{now.astimezone(UTC):%Y%m%dT%H%M%SZ}"
    moved: list[Path] = []
    with _nobody_writes(db):
        for number, file in enumerate(copy.files, 1):
            if file.path.startswith(f"{ARCHIVE}/"):
                _put(copy, file, archive / Path(file.path).relative_to(ARCHIVE), aside, moved)
            elif file.path != LEDGER and not own_sites.exists():
                _put(copy, file, own_sites, aside, moved)
            on_progress(number, len(copy.files))
        ledger = next(file for file in copy.files if file.path == LEDGER)
        for suffix in ("-wal", "-shm", ""):  # a log that is left beside the file would be written into the new one
            _move_aside(db.with_name(db.name + suffix), aside, moved)
        _put(copy, ledger, db, aside, moved)
        sync_folder(db.parent)
    return moved


def _put(copy: Backup, file: CopiedFile, target: Path, aside: str, moved: list[Path]) -> None:
    closed = target.with_name(target.name.removesuffix(OPEN))
    if any(path.is_file() and sha256_of(path, file.bytes) == file.sha256 for path in (target, closed)):
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    partial = target.with_name(f".{target.name}{PARTIAL}")
    source = copy.path / file.path
    if not is_ordinary(source) or copy_file(source, partial, file.bytes) != file.sha256:
        partial.unlink(missing_ok=True)
        raise StoreError(f"{copy.path / file.path}: is not what was copied; `newsledger restore --check` says more")
    if file.mtime_ns:
        os.utime(partial, ns=(file.mtime_ns, file.mtime_ns))
    _move_aside(target, aside, moved)
    partial.rename(target)


def _move_aside(path: Path, aside: str, moved: list[Path]) -> None:
    if path.exists():
        moved.append(path.rename(path.with_name(path.name + aside)))


def copy_file(source: Path, target: Path, size: int) -> str:
    """Copy the first `size` bytes, and sync them; returns their SHA-256."""
    digest = hashlib.sha256()
    with source.open("rb") as reading, target.open("wb") as writing:
        for piece in pieces(reading, size):
            digest.update(piece)
            writing.write(piece)
        sync(writing)
    return digest.hexdigest()


def is_ordinary(path: Path) -> bool:
    """Whether it is a regular file: no link, and no pipe or device that would never end."""
    return path.is_file() and not path.is_symlink()


def _problem(path: Path, file: CopiedFile) -> str | None:
    try:
        if path.exists() and not is_ordinary(path):
            return "no ordinary file"
        size = path.stat().st_size
        if size != file.bytes:
            return f"{size} bytes, and not {file.bytes}"
        return None if sha256_of(path) == file.sha256 else "another content than was copied"
    except OSError as error:
        return str(error.strerror)


def _drop(path: Path) -> None:
    """Delete a copy: its list first, so that half of it never counts as a copy."""
    gone = path.rename(path.with_name(path.name + PARTIAL))
    shutil.rmtree(gone)


@contextmanager
def _one_copy_at_a_time(folder: Path) -> Iterator[None]:
    """Allow one copy at a time; errors of the disk become StoreErrors."""
    copies(folder)  # says that it is no folder for copies, where that is so
    try:
        with hold(folder, "copies") as holder:
            if holder is not None:
                raise StoreError(f"{folder}: another copy is being made (process {holder or 'unknown'})")
            yield
    except OSError as error:
        raise StoreError(f"{error.filename or folder}: {error.strerror}") from error


@contextmanager
def _nobody_writes(db: Path) -> Iterator[None]:
    """Hold every lock of a ledger's crawls and schedules; StoreError if one of them runs."""
    try:
        with ExitStack() as stack:
            for path in sorted(locks_of(db).glob("*.lock")):
                holder = stack.enter_context(hold(path.parent, path.stem))
                if holder is not None:
                    raise StoreError(
                        f"{db}: a schedule or a crawl runs ({path.name}, process {holder or 'unknown'}); stop it first"
                    )
            yield
    except OSError as error:
        raise StoreError(f"{error.filename or db}: {error.strerror}") from error
