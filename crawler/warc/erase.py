"""Erasure of WARC records in place: each is overwritten with a filler record of the same packed length, so that nothing moves.

A filler is a `metadata` record that says that a record was erased, in stored (uncompressed) deflate blocks of one gzip member,
padded with blanks. It keeps the id of the erased record, because others refer to it. Pure except `apply`, which writes.

A list of the erasures is first written to a file beside it (`finish`): after a kill half way a member would be broken, and
a writer that cuts off broken records would lose everything after it. Repeating the erasures of the list is always safe.
"""

from __future__ import annotations

import json
import struct
import zlib
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import IO

from crawler.files import replacing, sync, sync_folder

NOTES = ".erasing"
"""End of the name of that list, instead of `.warc.gz`."""
TEXT = "This record was withdrawn."
_ERASABLE = frozenset({"response", "resource", "revisit"})
_GZIP_HEADER = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff"
_GZIP_OVERHEAD = len(_GZIP_HEADER) + 8
_BLOCK = 65_535
_BLOCK_HEAD = 5
_WINDOW = 16 + zlib.MAX_WBITS
_CHUNK = 1 << 16


class UnerasableError(Exception):
    """There is no erasable record at a position; the message says why."""


@dataclass(frozen=True, slots=True)
class Erasure:
    """A position in a file, and its filler."""

    offset: int
    length: int
    record_id: str
    at: str

    def member(self) -> bytes:
        """The filler's gzip member, exactly as long as the erased one."""
        blocks = max(-(-(self.length - _GZIP_OVERHEAD) // (_BLOCK + _BLOCK_HEAD)), 1)
        plain = self._record(self.length - _GZIP_OVERHEAD - blocks * _BLOCK_HEAD)
        packed = bytearray()
        for start in range(0, blocks * _BLOCK, _BLOCK):
            part = plain[start : start + _BLOCK]
            packed += struct.pack("<BHH", start + _BLOCK >= blocks * _BLOCK, len(part), len(part) ^ 0xFFFF) + part
        return _GZIP_HEADER + bytes(packed) + struct.pack("<II", zlib.crc32(plain), len(plain) & 0xFFFFFFFF)

    def _record(self, length: int) -> bytes:
        """A complete record of a given length. Its Content-Length has ten digits, so that the head has a fixed length."""
        room = length - len(self._head(0)) - len("\r\n\r\n")
        if room < 0:
            raise UnerasableError(f"the record at {self.offset} is too short to be overwritten")
        return f"{self._head(room)}{TEXT[:room]:<{room}}\r\n\r\n".encode("ascii")

    def _head(self, room: int) -> str:
        lines = ("WARC/1.1", "WARC-Type: metadata", f"WARC-Record-ID: {self.record_id}", f"WARC-Date: {self.at}")
        return "".join(f"{line}\r\n" for line in (*lines, "Content-Type: text/plain", f"Content-Length: {room:010}", ""))


def erasure_for(stream: IO[bytes], offset: int, at: datetime) -> Erasure | None:
    """The filler for the record at a position; None if there is one already. Raises UnerasableError if there is no record."""
    head, length = _member(stream, offset)
    fields = dict(line.split(": ", 1) for line in head.partition("\r\n\r\n")[0].split("\r\n")[1:] if ": " in line)
    kind, record_id = fields.get("WARC-Type", ""), fields.get("WARC-Record-ID", "")
    if kind == "metadata" and TEXT.startswith(head.partition("\r\n\r\n")[2].strip()):
        return None
    if not head.startswith("WARC/1.") or kind not in _ERASABLE or not record_id.isascii() or not record_id:
        raise UnerasableError(f"what stands at {offset} is no archived page")
    erasure = Erasure(offset, length, record_id, at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"))
    erasure.member()  # a place that is too short is refused here, before anything is written down
    return erasure


def apply(stream: IO[bytes], path: Path, blanks: Iterable[Erasure]) -> None:
    """Overwrite positions in a file that nobody else writes; `path` is its name once closed. On the disk when it returns."""
    notes = notes_of(path)
    with replacing(notes) as out:
        out.write(json.dumps([asdict(erasure) for erasure in blanks]).encode())
    sync_folder(notes.parent)
    finish(stream, path)


def finish(stream: IO[bytes], path: Path) -> None:
    """Complete the erasures in the list beside a file, if there is one. Call it before the file is cut or written."""
    notes = notes_of(path)
    if not notes.is_file():
        return
    # Not through the stream: one opened for appending can only write at its end.
    with Path(stream.name).open("r+b") as out:
        for erasure in json.loads(notes.read_text(encoding="utf-8")):
            out.seek(erasure["offset"])
            out.write(Erasure(**erasure).member())
        sync(out)
    notes.unlink()


def notes_of(path: Path) -> Path:
    """Path of the list of erasures of a file, closed or open."""
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
