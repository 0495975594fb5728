"""Records of WARC files (ISO 28500): framing, packed or plain, within limits.

Knows neither HTTP nor captures. A damaged record is lost; reading continues at the next one.
"""

from __future__ import annotations

import hashlib
import re
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import IO
from uuid import uuid4

from crawler.warc.decode import MAX_BODY_BYTES
from pipelines.article import moment

MAX_HEAD_BYTES = 64 * 1024
"""Limit for header lines of a record, and of the HTTP message in it."""
_STEP = 1 << 16
_FIRST_BYTES = 1 << 12
REDIRECTS = "Newsledger-Redirects"
"""Number of redirects that follow a response and its request, each with its own request."""
REDIRECTS_DIGEST = "Newsledger-Redirects-Digest"
"""Their digest (`redirects_digest`) in the response, whose own hash is sealed in the ledger, and so covers them too."""
MAX_REDIRECTS = 20
"""Maximum number that is read, whatever a record says. A crawl follows fewer."""
GZIP = b"\x1f\x8b\x08"
_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]{1,200}")
_LENGTH = re.compile(r"[0-9]{1,15}")

Headers = tuple[tuple[str, str], ...]


class BadRecordError(Exception):
    """No record can be read at an offset; the message says why."""

    MANY = "many records in one gzip stream"
    """Beginning of the message if records cannot be found by offset."""


@dataclass(frozen=True, slots=True)
class WarcRecord:
    """One record of a file."""

    offset: int
    end: int
    """Offset of the next one."""
    head_bytes: bytes
    """Its header lines as written, without the final empty line."""
    head: Headers
    block: bytes
    """Its content, cut at a limit; `problem` then says so."""
    problem: str | None = None
    """Why it is incomplete."""

    def header(self, name: str) -> str | None:
        return header(self.head, name)

    @property
    def digest(self) -> str:
        """SHA-256 (hex) of the whole record, however it is packed."""
        return record_digest(self.head_bytes, self.block)


def record_digest(head: bytes, block: bytes) -> str:
    """SHA-256 (hex) of header lines, an empty line and a block."""
    return hashlib.sha256(b"%b\r\n\r\n%b" % (head, block)).hexdigest()


def records(stream: IO[bytes]) -> Iterator[tuple[int, WarcRecord | str]]:
    """Offset and record, or why none could be read there, to the end of the file; damaged records are skipped."""
    offset = 0
    begins = stream.read(8)
    if begins.startswith(b"PK\x03\x04"):
        yield 0, "a ZIP file, not a WARC file: `newsledger import` reads one that is a WACZ"
        return
    while True:
        stream.seek(offset)
        if not stream.read(1):
            return
        stream.seek(offset)
        try:
            record = _read_record(stream)
            yield offset, record
            offset = record.end
        except BadRecordError as error:
            yield offset, str(error)
            after = _next_start(stream, offset + 1)
            if after is None:
                return
            offset = after


def record_at(path: Path, offset: int, kind: str | None = None) -> WarcRecord | None:
    """The record at an offset; None if there is none, or it has another WARC-Type."""
    try:
        with path.open("rb") as stream:
            stream.seek(offset)
            return _read_record(stream, kind)
    except (OSError, ValueError, BadRecordError):
        return None


def request_of(path: Path, answer: WarcRecord) -> WarcRecord | None:
    """The request that follows a response, if it belongs to it."""
    following = record_at(path, answer.end, "request")
    return following if following and following.header("WARC-Concurrent-To") == answer.header("WARC-Record-ID") else None


def redirects_of(path: Path, answer: WarcRecord) -> Iterator[tuple[WarcRecord, WarcRecord | None]]:
    """The redirects that led to a response, each with its request, as our writer puts them after it."""
    count = answer.header(REDIRECTS) or ""
    place = (request_of(path, answer) or answer).end
    for _ in range(min(int(count), MAX_REDIRECTS) if _LENGTH.fullmatch(count) else 0):
        redirect = record_at(path, place)
        if redirect is None or redirect.problem or redirect.header("WARC-Concurrent-To") != answer.header("WARC-Record-ID"):
            return
        request = request_of(path, redirect)
        yield redirect, request
        place = (request or redirect).end


def redirects_digest(hashes: Iterable[tuple[str, str | None]]) -> str:
    """The digest of a response's redirects: "sha256:" and the SHA-256 (hex) over the digest of each record and of its
    request, in their order, each with a line feed after it.
    """
    lines = "".join(f"{answer}\n{request or ''}\n" for answer, request in hashes)
    return f"sha256:{hashlib.sha256(lines.encode()).hexdigest()}"


def record_about_file(kind: str, content_type: str, block: bytes, now: datetime) -> bytes:
    """A record that describes its own file, as `warcinfo` and `metadata` do, not packed."""
    head = (
        f"WARC/1.1\r\nWARC-Type: {kind}\r\nWARC-Record-ID: <urn:uuid:{uuid4()}>\r\nWARC-Date: {moment(now)}\r\n"
        f"Content-Type: {content_type}\r\nContent-Length: {len(block)}\r\n\r\n"
    )
    return head.encode() + block + b"\r\n\r\n"


def pack(record: bytes) -> bytes:
    """A record as a gzip member."""
    packer = zlib.compressobj(6, zlib.DEFLATED, 16 + zlib.MAX_WBITS)
    return packer.compress(record) + packer.flush()


def file_id(path: Path) -> str:
    """What distinguishes a file from others with its name: the id of its `warcinfo`, otherwise a hash of name and first bytes."""
    first = record_at(path, 0)
    named = first.header("WARC-Record-ID") if first and (first.header("WARC-Type") or "").lower() == "warcinfo" else None
    if named:
        return named
    with path.open("rb") as stream:
        begins = stream.read(_FIRST_BYTES)
    name = path.name.removesuffix(".open").encode("utf-8", "surrogateescape")
    return f"sha256:{hashlib.sha256(b'%b %b' % (name, begins)).hexdigest()}"


def _read_record(stream: IO[bytes], kind: str | None = None) -> WarcRecord:
    """The record at the stream's position, packed or plain."""
    offset = stream.tell()
    is_packed = stream.read(3) == GZIP
    stream.seek(offset)
    source = _Member(stream) if is_packed else _Plain(stream)
    head_bytes, block = source.head()
    line, _, rest = head_bytes.partition(b"\n")
    if not line.strip().startswith(b"WARC/"):
        what = "an ARC file" if line.startswith(b"filedesc:") else "not a WARC record"
        raise BadRecordError(f"{what}: it begins with {line[:40]!r}")
    head = header_lines(rest)
    if kind and (header(head, "WARC-Type") or "").lower() != kind:
        raise BadRecordError(f"not a record of type {kind}")
    length = header(head, "Content-Length") or ""
    if not _LENGTH.fullmatch(length):
        raise BadRecordError(f"a record of {header(head, 'WARC-Target-URI') or 'no URL'} without its length")
    block, problem = source.block(block, int(length))
    if truncated := header(head, "WARC-Truncated"):
        problem = problem or f"the record says that it was truncated: {truncated[:40]!r}"
    return WarcRecord(offset, source.end(), head_bytes, head, block, problem)


class _Plain:
    """A record in a file that is not packed."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream
        self._end = stream.tell()

    def head(self) -> tuple[bytes, bytes]:
        """The header lines, and the bytes read after them."""
        data = self._stream.read(MAX_HEAD_BYTES)
        return _head_and_rest(data)

    def block(self, begun: bytes, length: int) -> tuple[bytes, str | None]:
        """The block of the record, and why it is incomplete."""
        start = self._stream.tell() - len(begun)
        self._stream.seek(start)
        block = self._stream.read(min(length, 2 * MAX_BODY_BYTES))
        self._end = start + length
        size = self._stream.seek(0, 2)
        if self._end > size:
            self._end = size
            return block, "the record is cut off"
        self._stream.seek(self._end)
        blank = self._stream.read(4)
        if blank.startswith(b"\r\n\r\n"):
            self._end += 4
        elif blank.startswith(b"\n\n"):
            self._end += 2
        elif blank.strip():
            self._end = _next_start(self._stream, start) or size
            return block, "the record's length is not that of what it holds"
        return block, None if length <= 2 * MAX_BODY_BYTES else f"a record of {length} bytes"

    def end(self) -> int:
        """Offset of the next record."""
        return self._end


class _Member:
    """A record in a gzip member of its own."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream
        self._start = stream.tell()
        self._packed = 0
        self._inflate = zlib.decompressobj(16 + zlib.MAX_WBITS)
        self._waiting = b""
        self._problem: str | None = None

    def head(self) -> tuple[bytes, bytes]:
        """The header lines, and the bytes read after them."""
        data = b""
        while len(data) < MAX_HEAD_BYTES and b"\n\r\n" not in data and b"\n\n" not in data:
            piece = self._more()
            if not piece:
                break
            data += piece
        if not data:
            raise BadRecordError(self._problem or "an empty gzip member")
        return _head_and_rest(data)

    def block(self, begun: bytes, length: int) -> tuple[bytes, str | None]:
        """The block of the record, and why it is incomplete."""
        block = bytearray(begun)
        bound = min(length, 2 * MAX_BODY_BYTES)
        size = len(begun)
        while piece := self._more():
            size += len(piece)
            if len(block) < bound:
                block += piece
        excess = size - length
        if self._problem or excess < 0:
            return bytes(block[:bound]), self._problem or "the record is cut off"
        if length > bound:
            return bytes(block[:bound]), f"a record of {length} bytes"
        if excess > 4 or bytes(block[length:]).strip():
            raise BadRecordError(
                f"{BadRecordError.MANY}, where no record can be found by its place: `newsledger import` takes a copy"
            )
        return bytes(block[:length]), None

    def end(self) -> int:
        """Offset of the next member."""
        if self._inflate.eof:
            return self._start + self._packed - len(self._inflate.unused_data)
        return _next_start(self._stream, self._start + 1) or self._stream.seek(0, 2)

    def _more(self) -> bytes:
        """The next bytes of the member; empty at its end, or if it is damaged."""
        while not self._inflate.eof and not self._problem:
            data = self._waiting or self._stream.read(_STEP)
            if not self._waiting:
                self._packed += len(data)
            if not data:
                self._problem = "the gzip member is cut off"
                break
            try:
                piece = self._inflate.decompress(data, _STEP)
            except zlib.error as error:
                self._problem = f"the gzip member is damaged: {str(error)[:80]}"
                break
            self._waiting = self._inflate.unconsumed_tail
            if piece:
                return piece
        return b""


def _next_start(stream: IO[bytes], offset: int) -> int | None:
    """The next offset, from a given one on, where a record seems to begin; None at the end of the file."""
    stream.seek(offset)
    base, data = offset, stream.read(_STEP)
    while data:
        for mark in re.finditer(rb"\x1f\x8b\x08|WARC/[01]\.", data):
            place = base + mark.start()
            if mark[0] != GZIP or _begins_record(stream, place):
                return place
        stream.seek(base + len(data))
        tail, base = data[-7:], base + len(data) - len(data[-7:])
        more = stream.read(_STEP)
        if not more:
            return None
        data = tail + more
    return None


def _begins_record(stream: IO[bytes], offset: int) -> bool:
    stream.seek(offset)
    try:
        return zlib.decompressobj(16 + zlib.MAX_WBITS).decompress(stream.read(512), 8).startswith(b"WARC/")
    except zlib.error:
        return False


def _head_and_rest(data: bytes) -> tuple[bytes, bytes]:
    """Header lines, and the bytes after the empty line that ends them."""
    found = re.search(rb"\r?\n\r?\n", data)
    if not found:
        begins = data.partition(b"\n")[0][:40]
        known = data.startswith((b"WARC/", b"filedesc:"))
        raise BadRecordError("header lines without an end" if known else f"not a WARC record: it begins with {begins!r}")
    return data[: found.start()], data[found.end() :]


def header_lines(head: bytes) -> Headers:
    """Header lines; folded ones are joined, unreadable ones ignored."""
    lines: list[tuple[str, str]] = []
    for raw in head.split(b"\n"):
        line = raw.rstrip(b"\r").decode("utf-8", "replace")
        if line[:1] in (" ", "\t") and lines:
            lines[-1] = lines[-1][0], f"{lines[-1][1]} {line.strip()}"
            continue
        name, colon, value = line.partition(":")
        if colon and _NAME.fullmatch(name.strip()):
            lines.append((name.strip(), value.strip()))
    return tuple(lines)


def header(headers: Headers, name: str) -> str | None:
    low = name.lower()
    return next((value for key, value in headers if key.lower() == low), None)
