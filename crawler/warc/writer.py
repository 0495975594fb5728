"""Writer of WARC/1.1 files (ISO 28500:2017): stores each exchange before a row points at it.

A site has one file a day: `SITE/SITE-20250307-01.warc.gz` under the archive's folder, whose name ends in `.open` until a later
day, or its size, closes it. Each record is its own gzip member and is synced to the disk before its offset is returned: a
pointer never dangles; a record half written by a killed process is cut off before the file is written again.
"""

from __future__ import annotations

import base64
import fcntl
import hashlib
import os
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from http.client import responses
from io import BytesIO
from pathlib import Path
from typing import IO
from urllib.parse import urlsplit
from uuid import uuid4

from warcio.recordbuilder import RecordBuilder
from warcio.recordloader import ArcWarcRecord
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from crawler import __version__
from crawler.files import sync, sync_folder
from crawler.warc.cdxj import index_of, write_index
from crawler.warc.erase import apply, erasure_for, finish
from crawler.warc.moves import moves_of
from crawler.warc.records import (
    REDIRECTS,
    REDIRECTS_DIGEST,
    file_id,
    header,
    header_lines,
    record_at,
    record_digest,
    redirects_digest,
    redirects_of,
)
from pipelines.article import ArchivedRecord, Exchange
from pipelines.store.rows import is_archive_name

OPEN = ".open"
MARKER = ".newsledger-archive"
"""An empty file in an archive's folder: if its disk is not mounted it is missing."""
MAX_FILE_BYTES = 1_000_000_000
"""Size at which a file is closed. Larger: fewer files, and more to copy for one page."""
SOFTWARE = f"newsledger/{__version__}"
PAYLOAD_SHA256 = "Newsledger-Payload-SHA256"
"""A field of our own beside WARC-Payload-Digest, which stays SHA-1 as in revisits of other tools. Other readers ignore it."""
_VERSION = "WARC/1.1"
_REVISIT = "http://netpreserve.org/warc/1.1/revisit"
_WINDOW = 16 + zlib.MAX_WBITS
_CHUNK = 1 << 20


@dataclass(frozen=True, slots=True)
class RecordLocation:
    """Location of a record: the file's name relative to the archive's folder, as it is once closed, and the offset in it."""

    file: str
    offset: int
    payload_hash: str | None
    """SHA-256 (hex) of the body as received, with its Content-Encoding; None for a revisit, which has no body."""
    archived: ArchivedRecord


@dataclass(frozen=True, slots=True)
class CrawlerIdentity:
    """The crawler, as described in a file's `warcinfo`."""

    operator: str = ""
    """The operator's contact."""
    user_agent: str = ""
    host: str = ""
    """The machine's name."""


@dataclass(frozen=True, slots=True)
class RepeatedRecord:
    """The archived response that another repeats: byte for byte, or according to the server (304)."""

    url: str
    captured: datetime
    by_server: bool = False


class ArchiveWriter:
    """The open file of one site. After closing it is still the day's file, for the next crawl."""

    def __init__(
        self, folder: Path, site_id: str, *, identity: CrawlerIdentity | None = None, max_file_bytes: int = MAX_FILE_BYTES
    ) -> None:
        """`folder` is created if missing; raises OSError if it cannot be written."""
        self._identity = identity or CrawlerIdentity()
        self._site_id = site_id
        self._folder = folder / site_id
        self._max_file_bytes = max_file_bytes
        self._stream: IO[bytes] | None = None
        self._day = ""
        self._name = ""
        self._file_id = ""

    def write(self, exchange: Exchange, captured: datetime, earlier: RepeatedRecord | None = None) -> RecordLocation:
        """Write a response with its request, and sync them; a revisit record if it repeats an `earlier` one.

        Raises OSError if that fails, and then leaves no half record.
        """
        stream = self._open_for(captured)
        start = stream.seek(0, os.SEEK_END)
        digest = hashlib.sha256(exchange.body).hexdigest()
        facts, redirects = {}, []
        if exchange.redirects:
            record_id = f"<urn:uuid:{uuid4()}>"
            link = {"WARC-Concurrent-To": record_id}
            redirects = [_pair(one, captured, None, hashlib.sha256(one.body).hexdigest(), link) for one in exchange.redirects]
            redirects_hash = redirects_digest((one.record_hash, one.request_hash) for _, one in redirects)
            facts = {"WARC-Record-ID": record_id, REDIRECTS: str(len(redirects)), REDIRECTS_DIGEST: redirects_hash}
        members, archived = _pair(exchange, captured, earlier, digest, facts)
        try:
            stream.write(members + b"".join(pair for pair, _ in redirects))
            sync(stream)
        except OSError:
            stream.truncate(start)
            raise
        archived = replace(archived, file_id=self._file_id)
        return RecordLocation(f"{self._site_id}/{self._name}", start, None if earlier else digest, archived)

    def close(self) -> None:
        """Release the file; it stays `.open` until its day is over."""
        if self._stream:
            self._stream.close()
            self._stream = None

    def _open_for(self, captured: datetime) -> IO[bytes]:
        day = captured.astimezone(UTC).strftime("%Y%m%d")
        if self._stream and day == self._day and self._stream.tell() < self._max_file_bytes:
            return self._stream
        self.close()
        self._folder.mkdir(parents=True, exist_ok=True)
        self._folder.with_name(MARKER).touch()
        self._day = day
        close_files(self._folder, but=day)
        number = 1
        while (stream := self._take(f"{self._site_id}-{day}-{number:02}.warc.gz")) is None:
            number += 1
        self._stream = stream
        return stream

    def _take(self, name: str) -> IO[bytes] | None:
        """Open a file for appending, without a half record; None if it is closed, full, or another process writes it."""
        closed, opened = self._folder / name, self._folder / (name + OPEN)
        if closed.exists():
            return None
        stream = opened.open("a+b")
        if not lock(stream):
            stream.close()
            return None
        if not opened.exists():  # closed by another process before the lock was ours
            stream.close()
            return None
        end = _repair(stream, opened)
        if end >= self._max_file_bytes:
            _rename(opened)
            stream.close()
            return None
        self._name = name
        stream.seek(0, os.SEEK_END)
        if end == 0:
            stream.write(_info(name, self._identity))
            sync(stream)
            sync_folder(self._folder)
        self._file_id = file_id(opened)
        return stream


def close_files(folder: Path, but: str = "") -> tuple[list[Path], list[Path]]:
    """Give a site's open files, except those of one day, their final names and an index; closed files without an index get
    one.

    Returns the closed ones, and those that another process still writes. Raises OSError.
    """
    closed: list[Path] = []
    busy: list[Path] = []
    for path in sorted(folder.glob(f"*.warc.gz{OPEN}")):
        if but and f"-{but}-" in path.name:
            continue
        try:
            stream = path.open("r+b")
        except FileNotFoundError:  # closed by another process meanwhile
            continue
        with stream:
            if not lock(stream):
                busy.append(path)
                continue
            if not path.exists():  # or before the lock was ours
                continue
            _repair(stream, path)
            closed.append(_rename(path))
    for path in sorted(folder.glob("*.warc.gz")):
        if not index_of(path).exists():
            write_index(path)
    return closed, busy


def _rename(path: Path) -> Path:
    """Give a complete file its final name, and its index; call it with its lock held. After a kill between both, the index is
    made later."""
    closed = path.rename(path.with_name(path.name.removesuffix(OPEN)))
    sync_folder(closed.parent)
    write_index(closed)
    return closed


def locate(folder: Path, name: str) -> Path | None:
    """The file of a pointer, closed or still open; None if it is missing. A name never leads out of the folder."""
    if not is_archive_name(name):
        return None
    try:
        for candidate in (folder / name, folder / (name + OPEN)):
            if candidate.resolve().is_relative_to(folder.resolve()) and candidate.is_file():
                return candidate
    except (OSError, RuntimeError, ValueError):  # RuntimeError: links in a circle
        return None
    return None


class ArchiveBusyError(Exception):
    """Another process is writing a file of the archive; the message names it."""


def erase(folder: Path, name: str, offsets: Iterable[int], at: datetime) -> int:
    """Overwrite records of a file, and their redirects, with fillers of the same length (see `erase`); returns how many there
    were. `offsets` are those in pointers, which differ from present ones in a pruned file.

    Raises BusyError if another process writes the file, OSError if it cannot be written, and UnerasableError, with nothing
    overwritten, if no packed record begins at an offset.
    """
    path = locate(folder, name)
    if path is None:
        return 0
    with path.open("r+b") as stream:
        if not lock(stream):
            raise ArchiveBusyError(f"{name} is being written by another process")
        if not path.exists() or path.stat().st_ino != os.fstat(stream.fileno()).st_ino:
            raise ArchiveBusyError(f"{name} was written anew by another process")
        if path.name.endswith(OPEN):
            _repair(stream, path)
        else:
            finish(stream, path)
        moves = moves_of(path)
        places = {place for offset in offsets if isinstance(place := moves.place(offset), int)}
        for answer in filter(None, [record_at(path, offset) for offset in places]):
            places |= {redirect.offset for redirect, _ in redirects_of(path, answer)}
        blanks = [found for offset in sorted(places) if (found := erasure_for(stream, offset, at))]
        if blanks:
            apply(stream, path, blanks)
            if index_of(path).exists():
                write_index(path)
    return len(blanks)


def _repair(stream: IO[bytes], path: Path) -> int:
    """Complete what a killed process left in an open file: erasures, and a half record, which is cut off; returns its length."""
    finish(stream, path)
    end = whole_length(path)
    if end < path.stat().st_size:
        stream.truncate(end)
    return end


def whole_length(path: Path) -> int:
    """Bytes of a file up to the end of its last complete gzip member."""
    end = 0
    with path.open("rb") as stream:
        member, read = zlib.decompressobj(_WINDOW), 0
        while block := stream.read(_CHUNK):
            read += len(block)
            while block:
                try:
                    member.decompress(block)
                except zlib.error:
                    return end
                if not member.eof:
                    break
                block = member.unused_data
                end = read - len(block)
                member = zlib.decompressobj(_WINDOW)
    return end


def _pair(
    exchange: Exchange, captured: datetime, earlier: RepeatedRecord | None, sha256: str, more: Mapping[str, str]
) -> tuple[bytes, ArchivedRecord]:
    """A response record, or a revisit, with `more` in its head, then its request, each a gzip member; and their hashes."""
    made = RecordBuilder(warc_version=_VERSION)
    facts = {"WARC-Date": _date(captured), **more}
    if not (earlier and earlier.by_server):
        facts[PAYLOAD_SHA256] = sha256
    if exchange.ip_address:
        facts["WARC-IP-Address"] = exchange.ip_address
    status = f"{exchange.status} {responses.get(exchange.status, '')}".strip()
    http = StatusAndHeaders(status, list(exchange.headers), protocol="HTTP/1.1")
    digest = f"sha1:{hashlib.sha1(exchange.body, usedforsecurity=False).hexdigest()}" if exchange.body else None
    if earlier is None:
        answer = made.create_warc_record(
            exchange.url, "response", payload=BytesIO(exchange.body), length=len(exchange.body), http_headers=http,
            warc_headers_dict=facts,
        )  # fmt: skip
    else:
        base32 = "sha1:" + base64.b32encode(hashlib.sha1(exchange.body, usedforsecurity=False).digest()).decode()
        refers = {"WARC-Refers-To-Target-URI": earlier.url, "WARC-Refers-To-Date": _date(earlier.captured)}
        same = {"WARC-Profile": f"{_REVISIT}/identical-payload-digest", "WARC-Payload-Digest": base32}
        profile = {"WARC-Profile": f"{_REVISIT}/server-not-modified"} if earlier.by_server else same
        answer = made.create_warc_record(exchange.url, "revisit", http_headers=http, warc_headers_dict=facts | refers | profile)
    parts = urlsplit(exchange.url)
    line = f"GET {parts.path or '/'}{'?' * bool(parts.query)}{parts.query} HTTP/1.1"
    request_line = StatusAndHeaders(line, list(exchange.request_headers), is_http_request=True)
    record_id = answer.rec_headers.get_header("WARC-Record-ID")
    concurrent = {"WARC-Date": _date(captured), "WARC-Concurrent-To": record_id}
    request = made.create_warc_record(exchange.url, "request", http_headers=request_line, warc_headers_dict=concurrent)
    # A body that the server has compressed does not get smaller by compressing it again.
    is_packed = any(name.lower() == "content-encoding" and value.lower() != "identity" for name, value in exchange.headers)
    first, second = _plain(answer), _plain(request)
    head = header_lines(first.partition(b"\r\n\r\n")[0])
    archived = ArchivedRecord(header(head, "WARC-Target-URI") or "", _date(captured), _digest(first), _digest(second), record_id,
                              payload_digest=None if earlier else digest)  # fmt: skip
    return _packed(first, level=0 if is_packed else 1) + _packed(second), archived


def _info(name: str, identity: CrawlerIdentity) -> bytes:
    made = RecordBuilder(warc_version=_VERSION)
    known = {"operator": identity.operator, "http-header-user-agent": identity.user_agent, "hostname": identity.host}
    stated = {field: " ".join(text.split()) for field, text in known.items() if text.strip()}
    facts = {"software": SOFTWARE, "format": "WARC File Format 1.1", "robots": "obey"} | stated
    return _packed(_plain(made.create_warcinfo_record(name, facts)))


def _plain(record: ArcWarcRecord) -> bytes:
    """One record with the empty lines after it."""
    plain = BytesIO()
    WARCWriter(plain, gzip=False, warc_version=_VERSION).write_record(record)
    return plain.getvalue()


def _packed(record: bytes, level: int = 1) -> bytes:
    """One record as a gzip member."""
    packer = zlib.compressobj(level, zlib.DEFLATED, _WINDOW, 6)  # larger tables take longer to set up than a request to pack
    return packer.compress(record) + packer.flush()


def _digest(record: bytes) -> str:
    head, _, block = record.removesuffix(b"\r\n\r\n").partition(b"\r\n\r\n")
    return record_digest(head, block)


def _date(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def lock(stream: IO[bytes]) -> bool:
    """Lock a file, while it is open, against other processes that write the archive; returns whether that succeeded."""
    try:
        fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
