"""WARC files as captures: what was asked, when, and what came back. Reads response, resource and revisit records (ISO 28500).

Knows nothing of articles. A file is indexed first (offsets and dates), so that captures of many files can be taken in order of
time and by many processes. Damaged ends and foreign records are problems in words, never a crash.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from warcio.archiveiterator import ArchiveIterator
from warcio.exceptions import ArchiveLoadFailed

MAX_BODY_BYTES = 12 * 1024 * 1024
_DAMAGE = (ArchiveLoadFailed, EOFError, OSError, ValueError, zlib.error)
_KINDS = frozenset({"response", "resource", "revisit"})


@dataclass(frozen=True, slots=True)
class CaptureLocation:
    """Where one capture stands."""

    file: str
    offset: int
    kind: str
    url: str
    captured: datetime
    digest: str | None
    """Payload digest as the file says it; a revisit names the payload it repeats by it."""


@dataclass(frozen=True, slots=True)
class Capture:
    """One capture, decoded: transfer and content encoding removed, cut at MAX_BODY_BYTES."""

    url: str
    captured: datetime
    status: int
    content_type: str | None
    body: bytes
    location: str | None = None


@dataclass(frozen=True, slots=True)
class CaptureIndex:
    """The captures of a file in file order, and what was wrong with it."""

    entries: tuple[CaptureLocation, ...]
    problems: tuple[str, ...] = ()


def index(path: Path) -> CaptureIndex:
    """List a file's captures without reading their bodies into memory. Never raises for what the file holds."""
    entries: list[CaptureLocation] = []
    problems: list[str] = []
    is_warc = False
    try:
        with path.open("rb") as stream:
            archive = ArchiveIterator(stream, no_record_parse=True)
            for record in archive:
                is_warc = is_warc or record.format == "warc"
                entry = _entry(path, archive.get_record_offset(), record)
                if entry:
                    entries.append(entry)
    except _DAMAGE as error:
        problems.append(f"{path.name}: cut or damaged after {len(entries)} captures: {str(error).strip().partition(chr(10))[0]}")
    if not entries and not is_warc and not problems:
        problems.append(f"{path.name}: no WARC records in it")
    return CaptureIndex(tuple(entries), tuple(problems))


def read(entry: CaptureLocation) -> Capture | None:
    """Read one capture again by its place; None where its record is damaged."""
    try:
        with Path(entry.file).open("rb") as stream:
            stream.seek(entry.offset)
            return next(_captures(stream), None)
    except _DAMAGE:
        return None


def payload(path: Path, offset: int) -> bytes | None:
    """The body of the response at a place, as received (its Content-Encoding kept); None where there is no whole record."""
    try:
        with path.open("rb") as stream:
            stream.seek(offset)
            record = next(iter(ArchiveIterator(stream)), None)
            if record is None or record.rec_type != "response":
                return None
            body: bytes = record.raw_stream.read()
            return body
    except _DAMAGE:
        return None


def _captures(stream: Any) -> Iterator[Capture]:
    for record in ArchiveIterator(stream):
        headers = record.http_headers
        status = headers.get_statuscode() if headers else "200"
        yield Capture(
            url=record.rec_headers.get_header("WARC-Target-URI") or "",
            captured=_moment(record.rec_headers.get_header("WARC-Date")),
            status=int(status) if str(status).isdigit() else 0,
            content_type=headers.get_header("Content-Type") if headers else record.rec_headers.get_header("Content-Type"),
            body=record.content_stream().read(MAX_BODY_BYTES),
            location=headers.get_header("Location") if headers else None,
        )


def _entry(path: Path, offset: int, record: Any) -> CaptureLocation | None:
    url = (record.rec_headers.get_header("WARC-Target-URI") or "").strip("<>")
    if record.rec_type not in _KINDS or not url.startswith(("http://", "https://")):
        return None
    captured = _moment(record.rec_headers.get_header("WARC-Date"))
    digest = record.rec_headers.get_header("WARC-Payload-Digest")
    return CaptureLocation(str(path), offset, record.rec_type, url, captured, digest)


def _moment(text: str | None) -> datetime:
    """WARC-Date is ISO 8601 in UTC; a record without a readable one is as old as can be, and so revises nothing."""
    try:
        value = datetime.fromisoformat(text or "")
    except ValueError:
        return datetime(1990, 1, 1, tzinfo=UTC)
    return value if value.tzinfo else value.replace(tzinfo=UTC)
