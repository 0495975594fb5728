"""WARC files as captures: the request, its time, the response, and whether that is complete.

Knows nothing of articles. A file is indexed first, so that the captures of many files can be read in order of time and by many
processes. Reading is bounded and never raises: a bad record is reported with its offset, and the others are read.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from http import HTTPStatus
from pathlib import Path

from crawler.warc.decode import MAX_BODY_BYTES, Decoded, codings_of, decode, decode_undeclared, unchunk
from crawler.warc.moves import moves_of
from crawler.warc.records import (
    MAX_HEAD_BYTES,
    REDIRECTS_DIGEST,
    Headers,
    WarcRecord,
    file_id,
    header,
    header_lines,
    record_at,
    records,
    redirects_digest,
    redirects_of,
    request_of,
)
from crawler.warc.writer import locate
from pipelines.article import ArchivedRecord, moment
from pipelines.store.pages import NO_FILE, NOT_THERE, ArchivedPage
from pipelines.text.urls import canonicalize

MAX_PROBLEMS = 100
"""Problems of a file that are reported one by one."""
_REDIRECTS_DIFFER = "what led to its page in the archive is not as it was"
_KINDS = frozenset({"response", "resource", "revisit"})
_FIRST_YEAR = 1989
"""There was no web before: a record with an earlier date has a wrong one."""
_STATUS = re.compile(r"HTTP/\d(?:\.\d)? +(\d{3})(?: |$)")
_LENGTH = re.compile(r"[0-9]{1,15}")
_DIGEST = re.compile(r"(?:([A-Za-z0-9-]{3,10}):)?([A-Za-z0-9+/=_-]{20,128})")
_SIZES = {16: "md5", 20: "sha1", 32: "sha256", 48: "sha384", 64: "sha512"}
_SPELLINGS: tuple[Callable[[str], bytes], ...] = (
    binascii.unhexlify,
    lambda value: base64.b32decode(value.upper() + "=" * (-len(value) % 8)),
    lambda value: base64.b64decode(value.replace("-", "+").replace("_", "/") + "=" * (-len(value) % 4), validate=True),
)
"""Spellings of a digest: hex, base32, base64, also as in URLs."""
EMPTY = {hashlib.new(name, b"", usedforsecurity=False).digest() for name in _SIZES.values()}
"""The digests of an empty body, which many captures share."""


@dataclass(frozen=True, slots=True)
class CaptureLocation:
    """The location of one capture, and the facts of its record's header."""

    file: str
    offset: int
    kind: str
    url: str
    captured: datetime
    digest: bytes | None = None
    """Digest of the payload as in the record; a revisit names the payload that it repeats by it."""
    refers_to: tuple[str, datetime | None] | None = None
    """URL and time of the capture that a revisit repeats."""
    is_not_modified: bool = False
    """A revisit because of the server's answer (304), not because of the digest."""
    file_id: str | None = None
    """See `ArchivedRecord`."""
    problem: str | None = None
    """Why the record is incomplete."""


@dataclass(frozen=True, slots=True)
class ArchivedCapture:
    """One capture, with transfer and content codings decoded."""

    url: str
    captured: datetime
    status: int
    headers: Headers
    """Headers of the HTTP response; of the record if it contains no HTTP response."""
    body: bytes
    archived: ArchivedRecord
    """What distinguishes the record from others."""
    payload_hash: str | None = None
    """SHA-256 (hex) of the body as received, with its Content-Encoding; None for a revisit, and without an HTTP response."""
    problem: str | None = None
    """Why this is not the complete response: `body` then holds what there was."""
    has_its_redirects: bool = True
    """Whether the redirects that it counts follow it."""

    def header(self, name: str) -> str | None:
        return header(self.headers, name)


@dataclass(frozen=True, slots=True)
class CaptureIndex:
    """The captures of a file in file order, and its problems."""

    entries: tuple[CaptureLocation, ...]
    problems: tuple[str, ...] = ()


def index(path: Path) -> CaptureIndex:
    """List a file's captures and its unreadable records. Holds one record at a time."""
    entries: list[CaptureLocation] = []
    problems: list[str] = []
    try:
        with path.open("rb") as stream:
            file = file_id(path)
            for offset, found in records(stream):
                entry = found if isinstance(found, str) else _entry(path, found, file)
                if isinstance(entry, CaptureLocation):
                    entries.append(entry)
                problem = entry.problem if isinstance(entry, CaptureLocation) else entry
                if problem and len(problems) <= MAX_PROBLEMS:
                    problems.append(f"{path.name}: at byte {offset}: {problem}")
    except OSError as error:
        problems.append(f"{path.name}: cannot be read: {error}")
    if len(problems) > MAX_PROBLEMS:
        problems[MAX_PROBLEMS:] = [f"{path.name}: more that cannot be read"]
    return CaptureIndex(tuple(entries), tuple(problems))


def read(entry: CaptureLocation) -> ArchivedCapture | None:
    """Read one capture again by its location; None if there is no record."""
    return _capture_at(Path(entry.file), entry.offset, entry.file_id)


def recorded(folder: Path, page: ArchivedPage) -> ArchivedCapture | str:
    """The record of a pointer in the ledger, or why it is missing or not the same."""
    path = locate(folder, page.file)
    if path is None:
        return NO_FILE
    place = moves_of(path).place(page.offset)
    if isinstance(place, str):
        return place
    found = _capture_at(path, place)
    if found is None:
        return NOT_THERE
    return page.refusal(found.archived, found.payload_hash) or found


def answer(folder: Path, page: ArchivedPage) -> ArchivedCapture | str:
    """As `recorded`, for a record with a response: a revisit has none."""
    found = recorded(folder, page)
    return NOT_THERE if isinstance(found, ArchivedCapture) and found.payload_hash is None else found


def problem_of(folder: Path, page: ArchivedPage) -> str | None:
    """The problem of a pointer's record, or of the redirects after it; None if they are as written."""
    found = recorded(folder, page)
    if isinstance(found, str):
        return found
    if page.record is None:
        return found.problem  # what is wrong with one of a known hash was so from the beginning
    return None if found.has_its_redirects else _REDIRECTS_DIFFER


def digest_of(text: str | None) -> bytes | None:
    """A digest in any spelling: "sha1:" with base32 or hex, in capitals or not, without its name, in base64."""
    found = _DIGEST.fullmatch((text or "").strip())
    if not found:
        return None
    value = found[2]
    wanted = {"sha1": 20, "sha-1": 20, "sha256": 32, "sha-256": 32, "md5": 16, "sha512": 64, "sha-512": 64}.get(
        (found[1] or "").lower()
    )
    for read_as in _SPELLINGS:
        try:
            digest = read_as(value)
        except ValueError:
            continue
        if len(digest) in _SIZES and wanted in (None, len(digest)):
            return digest
    return None


def spelled(digest: bytes) -> str | None:
    """A digest in the ledger's spelling: "sha1:" and hex; None for an empty body, whose digest many captures share."""
    return None if digest in EMPTY else f"{_SIZES[len(digest)]}:{digest.hex()}"


def _entry(path: Path, record: WarcRecord, file: str) -> CaptureLocation | str | None:
    """The capture of a record; a text if it is left out; None for records that are no captures."""
    kind = (record.header("WARC-Type") or "").lower()
    url = (record.header("WARC-Target-URI") or "").strip("<> ")
    is_answer = "msgtype=response" in (record.header("Content-Type") or "")
    if kind not in _KINDS:
        return record.problem or (f"a record of the type {kind[:40]!r}" if is_answer or not kind else None)
    if not url.startswith(("http://", "https://")):
        return f"an answer from {url[:200]!r}, which is no URL of the web" if is_answer or not url else None
    if canonicalize(url) is None:  # a host or a port that none can be, a password, control characters
        return f"an answer from {url[:200]!r}, which is no URL of the web"
    captured = moment_of(record.header("WARC-Date"))
    if captured is None:
        return f"{url[:200]!r} without a time that can be read"
    profile = (record.header("WARC-Profile") or "").lower()
    status = _status(record.block) if kind == "revisit" else None
    refers = (record.header("WARC-Refers-To-Target-URI") or "").strip("<> ")
    refers_date = moment_of(record.header("WARC-Refers-To-Date"))
    return CaptureLocation(
        str(path), record.offset, kind, url, captured, digest_of(record.header("WARC-Payload-Digest")),
        (refers or url, refers_date) if refers or refers_date else None,
        kind == "revisit" and ("not-modified" in profile or status == HTTPStatus.NOT_MODIFIED),
        file, record.problem or (_http_problem(record.block) if kind == "response" else None),
    )  # fmt: skip


def _capture_at(path: Path, offset: int, file: str | None = None) -> ArchivedCapture | None:
    record = record_at(path, offset)
    captured = moment_of(record.header("WARC-Date")) if record else None
    if record is None or captured is None:
        return None
    kind = (record.header("WARC-Type") or "").lower()
    if kind not in _KINDS:
        return None
    url = (record.header("WARC-Target-URI") or "").strip("<> ")
    request = request_of(path, record)
    archived = ArchivedRecord(
        url, moment(captured), record.digest, request.digest if request else None, record.header("WARC-Record-ID"), file
    )
    problem, is_whole = record.problem or _block_problem(record), _has_its_redirects(path, record)
    response = _http(record.block) if kind != "resource" else (200, record.head, record.block)
    if response is None:
        return ArchivedCapture(url, captured, 0, (), b"", archived, None, problem or _http_problem(record.block), is_whole)
    status, headers, received = response
    if kind == "revisit":
        return ArchivedCapture(url, captured, status, headers, b"", archived, None, problem, is_whole)
    digest, other = _payload_digest(record, headers, received)
    problem = problem or _length_problem(headers, received) or other
    unpacked = _unpack(headers, received) if kind == "response" else Decoded(received[:MAX_BODY_BYTES])
    return ArchivedCapture(
        url, captured, status, headers, unpacked.body, replace(archived, payload_digest=spelled(digest)),
        hashlib.sha256(received).hexdigest(), problem or unpacked.problem, is_whole,
    )  # fmt: skip


def _has_its_redirects(path: Path, record: WarcRecord) -> bool:
    known = record.header(REDIRECTS_DIGEST)
    if known is None:
        return True
    redirects = redirects_of(path, record)
    return redirects_digest((answer.digest, request.digest if request else None) for answer, request in redirects) == known


def _http(block: bytes) -> tuple[int, Headers, bytes] | None:
    """Status, headers and body of an HTTP response; None if it is none."""
    status = _status(block)
    found = re.search(rb"\r?\n\r?\n", block[:MAX_HEAD_BYTES])
    if status is None or not found:
        return None
    return status, header_lines(block[: found.start()].partition(b"\n")[2]), block[found.end() :]


def _status(block: bytes) -> int | None:
    found = _STATUS.match(block[:200].partition(b"\n")[0].decode("latin-1").strip())
    return int(found[1]) if found and 100 <= int(found[1]) <= 599 else None


def _http_problem(block: bytes) -> str | None:
    if _status(block) is None:
        return f"no HTTP answer: it begins with {block[:40]!r}"
    return None if _http(block) else "HTTP header lines without an end"


def _block_problem(record: WarcRecord) -> str | None:
    declared = digest_of(record.header("WARC-Block-Digest"))
    if declared is None or hashlib.new(_SIZES[len(declared)], record.block, usedforsecurity=False).digest() == declared:
        return None
    return "its block is not the one of its digest"


def _length_problem(headers: Headers, received: bytes) -> str | None:
    """The fault of a Content-Length longer than the body. A shorter one comes from tools that decoded the body and kept its
    headers."""
    length = header(headers, "Content-Length") or ""
    if header(headers, "Transfer-Encoding") or not _LENGTH.fullmatch(length) or int(length) <= len(received):
        return None
    if header(headers, "Content-Encoding") and decode(received, ()).body.lstrip()[:1] == b"<":
        return None  # the length was that of the packed body, and the archive holds it unpacked
    return f"{len(received)} bytes of a body of {length}"


def _payload_digest(record: WarcRecord, headers: Headers, received: bytes) -> tuple[bytes, str | None]:
    """The digest by which a revisit names the payload, and a fault if the record's own differs.

    Tools compute it of the body with its codings, without the chunks, or decoded. If the record has none, or the SHA-256 of
    the body as received, which is kept anyway, it is the SHA-1: nearly all revisits have that.
    """
    declared = digest_of(record.header("WARC-Payload-Digest"))
    if declared is None or declared == hashlib.sha256(received).digest():
        return hashlib.sha1(received, usedforsecurity=False).digest(), None
    name = _SIZES[len(declared)]
    for body in (received, unchunk(received).body, _unpack(headers, received).body):
        if hashlib.new(name, body, usedforsecurity=False).digest() == declared:
            return declared, None
    return declared, "its payload is not the one of its digest"


def _unpack(headers: Headers, received: bytes) -> Decoded:
    """The decoded body; codings that an archive has decoded already are recognised by the body's first bytes."""
    body = Decoded(received)
    if "chunked" in (header(headers, "Transfer-Encoding") or "").lower():
        body = unchunk(received)
    codings = codings_of([value for name, value in headers if name.lower() == "content-encoding"])
    if not body.problem and codings and body.body.lstrip()[:1] != b"<":
        body = decode(body.body, codings)
    return body if body.problem else decode_undeclared(body.body)


def moment_of(text: str | None) -> datetime | None:
    """WARC-Date, ISO 8601 in UTC; None if it cannot be read, or is before the web existed."""
    try:
        value = datetime.fromisoformat((text or "").strip())
        value = value.astimezone(UTC) if value.tzinfo else value.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        return None
    return value if value.year >= _FIRST_YEAR else None
