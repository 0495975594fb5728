"""Records of an archive copied byte for byte into a WARC file of their own: the answers behind some revisions, with requests.

Copies members, and reads of a record no more than its head: whatever an archive holds goes on as it is.
"""

from __future__ import annotations

import re
import uuid
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path
from typing import IO

from crawler.warc.writer import SOFTWARE, locate
from pipelines.exchange.export import Record
from pipelines.store.rows import moment

_WINDOW = 16 + zlib.MAX_WBITS
_CHUNK = 1 << 16
_HEAD_BYTES = 1 << 14
_MAX_RECORD_BYTES = 64 * 1024 * 1024
"""Packed size of a record; a longer one is not copied, for a record is held whole."""
_LENGTH = re.compile(rb"(?im)^content-length:[ \t]*([0-9]{1,12})[ \t]*\r?$")


def excerpt(records: Iterable[Record], folder: Path, now: datetime, counts: Counter[str]) -> Iterator[bytes]:
    """The members of a WARC file: `warcinfo`, then each answer with its request. `counts` is told what became of each."""
    yield _info(now)
    done: set[tuple[str, int]] = set()
    for record in records:
        place = record["revision"]["warc_file"], record["revision"]["warc_offset"]
        if place[0] is None or place[1] is None:
            counts["not archived"] += 1
        elif place in done:
            counts["copied already"] += 1
        else:
            done.add(place)
            path = locate(folder, place[0])
            members = copy(path, place[1]) if path else []
            counts["copied" if members else "missing"] += 1
            yield from members


def copy(path: Path, offset: int) -> list[bytes]:
    """The record at a place, and the request behind it if that is its; as gzip members. Empty where there is no whole record."""
    with path.open("rb") as stream:
        stream.seek(offset)
        answer = _member(stream)
        if answer is None:
            return []
        request = _member(stream)
    asked = request and _header(request[1], b"WARC-Concurrent-To") == _header(answer[1], b"WARC-Record-ID")
    return [answer[0], request[0]] if asked and request else [answer[0]]


def _member(stream: IO[bytes]) -> tuple[bytes, bytes] | None:
    """The member at the stream's place, which is moved behind it, and the head of its record; None where it is not whole."""
    start = stream.tell()
    if stream.read(5) == b"WARC/":
        stream.seek(start)
        return _plain(stream)
    stream.seek(start)
    member, packed, head = zlib.decompressobj(_WINDOW), bytearray(), bytearray()
    while block := stream.read(_CHUNK):
        try:
            unpacked = member.decompress(block)
        except zlib.error:
            return None
        head += unpacked[: max(_HEAD_BYTES - len(head), 0)]
        packed += block[: len(block) - len(member.unused_data)]
        if member.eof:
            stream.seek(start + len(packed))
            return (bytes(packed), bytes(head)) if head.startswith(b"WARC/") else None
        if len(packed) > _MAX_RECORD_BYTES:
            return None
    return None


def _plain(stream: IO[bytes]) -> tuple[bytes, bytes] | None:
    """A record of a file that is not packed, packed as a member of its own."""
    start = stream.tell()
    head = stream.read(_HEAD_BYTES)
    end = head.find(b"\r\n\r\n")
    length = _LENGTH.search(head[: end + 2]) if end >= 0 else None
    if not length or int(length[1]) > _MAX_RECORD_BYTES:
        return None
    whole = end + 4 + int(length[1]) + 4
    stream.seek(start)
    record = stream.read(whole)
    return (_pack(record), head[: end + 2]) if len(record) == whole else None


def _header(head: bytes, name: bytes) -> bytes | None:
    """A header of a WARC record; those of the HTTP message in it are not looked at."""
    for line in head.partition(b"\r\n\r\n")[0].split(b"\r\n"):
        key, _, value = line.partition(b":")
        if key.strip().lower() == name.lower():
            return value.strip()
    return None


def _info(now: datetime) -> bytes:
    fields = (f"software: {SOFTWARE}\r\nformat: WARC File Format 1.1\r\nisPartOf: an excerpt of revisions\r\n").encode()
    head = (
        f"WARC/1.1\r\nWARC-Type: warcinfo\r\nWARC-Record-ID: <urn:uuid:{uuid.uuid4()}>\r\nWARC-Date: {moment(now)}\r\n"
        f"Content-Type: application/warc-fields\r\nContent-Length: {len(fields)}\r\n\r\n"
    )
    return _pack(head.encode() + fields + b"\r\n\r\n")


def _pack(record: bytes) -> bytes:
    packer = zlib.compressobj(6, zlib.DEFLATED, _WINDOW)
    return packer.compress(record) + packer.flush()
