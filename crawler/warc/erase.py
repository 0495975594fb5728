"""Erasure of WARC records in place: each is overwritten with a filler record of the same packed length, so nothing moves.

A filler is a `metadata` record saying that something was here, in stored (not packed) deflate blocks of one gzip member, filled
up with blanks. It keeps the id of the record whose place it takes, since others refer to it. Pure but for `apply`, which writes.

What is to be overwritten is written down first, in a file beside it (`finish`): killed half way, a member would be broken, and
all behind it lost to whoever cuts off what is broken. Doing it again from the notes is always right.
"""

from __future__ import annotations

import json
import os
import struct
import zlib
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import IO

NOTES = ".erasing"
"""What the name of a WARC file ends with, instead of `.warc.gz`, while records of it are taken out."""
TEXT = "This record was withdrawn."
_TAKEN = frozenset({"response", "resource", "revisit"})
_GZIP_HEADER = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff"
_AROUND = len(_GZIP_HEADER) + 8
_BLOCK = 65_535
_BLOCK_HEAD = 5
_WINDOW = 16 + zlib.MAX_WBITS
_CHUNK = 1 << 16


class UnerasableError(Exception):
    """What stands at a place is no record that could be taken out; the message says why."""


@dataclass(frozen=True, slots=True)
class Erasure:
    """A place in a file, and what is to stand there."""

    offset: int
    length: int
    record_id: str
    at: str

    def member(self) -> bytes:
        """The member, exactly as long as the place."""
        blocks = max(-(-(self.length - _AROUND) // (_BLOCK + _BLOCK_HEAD)), 1)
        plain = self._record(self.length - _AROUND - blocks * _BLOCK_HEAD)
        packed = bytearray()
        for start in range(0, blocks * _BLOCK, _BLOCK):
            part = plain[start : start + _BLOCK]
            packed += struct.pack("<BHH", start + _BLOCK >= blocks * _BLOCK, len(part), len(part) ^ 0xFFFF) + part
        return _GZIP_HEADER + bytes(packed) + struct.pack("<II", zlib.crc32(plain), len(plain) & 0xFFFFFFFF)

    def _record(self, length: int) -> bytes:
        """A whole record of so many bytes. Its Content-Length has ten digits, so that the head is of one length."""
        room = length - len(self._head(0)) - len("\r\n\r\n")
        if room < 0:
            raise UnerasableError(f"the record at {self.offset} is too short to be overwritten")
        return f"{self._head(room)}{TEXT[:room]:<{room}}\r\n\r\n".encode("ascii")

    def _head(self, room: int) -> str:
        lines = ("WARC/1.1", "WARC-Type: metadata", f"WARC-Record-ID: {self.record_id}", f"WARC-Date: {self.at}")
        return "".join(f"{line}\r\n" for line in (*lines, "Content-Type: text/plain", f"Content-Length: {room:010}", ""))


def erasure_for(stream: IO[bytes], offset: int, at: datetime) -> Erasure | None:
    """The blank for the record at a place; None where one is there already. Raises UnerasableError where there is no record."""
    head, length = _member(stream, offset)
    fields = dict(line.split(": ", 1) for line in head.partition("\r\n\r\n")[0].split("\r\n")[1:] if ": " in line)
    kind, record_id = fields.get("WARC-Type", ""), fields.get("WARC-Record-ID", "")
    if kind == "metadata" and TEXT.startswith(head.partition("\r\n\r\n")[2].strip()):
        return None
    if not head.startswith("WARC/1.") or kind not in _TAKEN or not record_id.isascii() or not record_id:
        raise UnerasableError(f"what stands at {offset} is no archived page")
    erasure = Erasure(offset, length, record_id, at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"))
    erasure.member()  # a place that is too short is refused here, before anything is written down
    return erasure


def apply(stream: IO[bytes], path: Path, blanks: Iterable[Erasure]) -> None:
    """Overwrite the places in a file that nobody else writes; `path` is its name once closed. On the disk when it returns."""
    notes = notes_of(path)
    written = notes.with_name(f"{notes.name}.new")
    with written.open("w", encoding="utf-8") as out:
        json.dump([asdict(erasure) for erasure in blanks], out)
        out.flush()
        os.fsync(out.fileno())
    written.replace(notes)
    sync_folder(notes.parent)
    finish(stream, path)


def finish(stream: IO[bytes], path: Path) -> None:
    """Do what is written down beside a file; nothing where nothing is. Call it before the file is cut or written to."""
    notes = notes_of(path)
    if not notes.is_file():
        return
    # Not through the stream: one that was opened for appending writes nowhere else.
    with Path(stream.name).open("r+b") as out:
        for erasure in json.loads(notes.read_text(encoding="utf-8")):
            out.seek(erasure["offset"])
            out.write(Erasure(**erasure).member())
        out.flush()
        os.fsync(out.fileno())
    notes.unlink()


def notes_of(path: Path) -> Path:
    """Where it is written down what is taken out of a file, closed or open."""
    return path.with_name(path.name.partition(".warc")[0] + NOTES)


def _member(stream: IO[bytes], offset: int) -> tuple[str, int]:
    """The first text of a record's gzip member, and the member's length."""
    stream.seek(offset)
    member, head, read = zlib.decompressobj(_WINDOW), b"", 0
    try:
        while not member.eof:
            block = stream.read(_CHUNK)
            if not block:
                raise UnerasableError(f"the record at {offset} is cut off, or not packed by itself")
            read += len(block)
            head += member.decompress(block)[: max(_CHUNK - len(head), 0)]
    except zlib.error as error:
        raise UnerasableError(f"there is no packed record at {offset}") from error
    return head.decode("utf-8", "replace"), read - len(member.unused_data)


def sync_folder(folder: Path) -> None:
    """A file's name is on the disk when its folder is."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
