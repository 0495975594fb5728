"""Files that are whole or not there: replaced in one step, synced to the disk, read in bounded pieces.

The only place that syncs and renames; it does not know what a file holds. Everything here raises OSError.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

PARTIAL = ".partial"
"""End of the name of a file that is still being written."""
_PIECE_BYTES = 1 << 20


@contextmanager
def replacing(path: Path, partial: Path | None = None, *, mode: int | None = None) -> Iterator[IO[bytes]]:
    """A stream whose content replaces a file in one step, so that no reader ever sees half of it; on an error the old one stays.

    `partial`: where it is written, if several processes may write the file at once; never through a link that somebody put
    there. `mode`: default by the umask.
    """
    partial = partial or path.with_name(path.name + PARTIAL)
    try:
        with os.fdopen(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, 0o666), "wb") as stream:
            yield stream
            sync(stream)
        if mode is not None:
            partial.chmod(mode)
        partial.replace(path)
    finally:
        with suppress(OSError):
            partial.unlink(missing_ok=True)


def sync(stream: IO[bytes]) -> None:
    """Wait until what was written is on the disk."""
    stream.flush()
    os.fsync(stream.fileno())


def sync_folder(folder: Path) -> None:
    """The same for a folder: only then a file's name is on the disk."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def pieces(stream: IO[bytes], length: int | None = None) -> Iterator[bytes]:
    """The rest of a stream, or its next `length` bytes; fewer if it ends before."""
    left = length
    while piece := stream.read(_PIECE_BYTES if left is None else min(left, _PIECE_BYTES)):
        yield piece
        left = None if left is None else left - len(piece)


def copy(source: IO[bytes], target: IO[bytes], length: int | None = None) -> int:
    """Copy the rest of a stream, or its next `length` bytes; returns how many there were."""
    return sum(target.write(piece) for piece in pieces(source, length))


def sha256_of(path: Path, length: int | None = None) -> str:
    """SHA-256 (hex) of a file, or of its first `length` bytes."""
    digest = hashlib.sha256()
    with path.open("rb") as stream:
        for piece in pieces(stream, length):
            digest.update(piece)
    return digest.hexdigest()
