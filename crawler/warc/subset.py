"""Records of an archive copied byte for byte into a WARC file of their own: the answers behind some revisions, with requests.

Copies members, and reads of a record no more than its head: whatever an archive holds goes on as it is.
"""

from __future__ import annotations

import uuid
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path

from crawler.warc.reader import recorded
from crawler.warc.records import GZIP, record_at, redirects_of, request_of
from crawler.warc.writer import SOFTWARE, locate
from pipelines.article import Outcome
from pipelines.exchange.export import Record
from pipelines.store.pages import NO_FILE, NOT_THERE, page_of_export, page_of_fetch
from pipelines.store.rows import moment

_TAKEDOWNS = frozenset({Outcome.SUSPECTED, Outcome.GONE})
_COPIED = {"": "copied", "takedown": "takedown pages copied", "look": "other looks copied"}
_WINDOW = 16 + zlib.MAX_WBITS


def excerpt(records: Iterable[Record], folder: Path, now: datetime, counts: Counter[str],
            problems: list[str], *, every: bool = False) -> Iterator[bytes]:  # fmt: skip
    """The members of a WARC file: `warcinfo`, then each answer with its request, takedown pages too; `every`: all looks.

    `counts` is told what became of each, `problems` of each that is not there, or is not the record that the ledger points at.
    """
    yield _info(now)
    done: set[tuple[str, int]] = set()
    for record in records:
        page = page_of_export(record)
        if page is None:
            counts["not archived"] += 1
        looks = [look for look in record["looks"] if look["warc_file"] and (every or look["outcome"] in _TAKEDOWNS)]
        wanted_pages = [(page, "")] if page else []
        wanted_pages += [(page_of_fetch(look), "takedown" if look["outcome"] in _TAKEDOWNS else "look") for look in looks]
        for wanted, kind in wanted_pages:
            if (wanted.file, wanted.offset) in done:
                counts["copied already"] += not kind
                continue
            done.add((wanted.file, wanted.offset))
            found, path = recorded(folder, wanted), locate(folder, wanted.file)
            members = copy(path, wanted.offset) if path and not isinstance(found, str) else []
            if members:
                counts[_COPIED[kind]] += 1
                yield from members
                continue
            why = found if isinstance(found, str) else "its record in the archive is not whole"
            counts["missing" if why in (NO_FILE, NOT_THERE) else "refused"] += 1
            what = kind or f"revision {record['revision']['number']}"
            problems.append(f"{record['article']['url']} {what}: {why} ({wanted.file} at {wanted.offset})")


def copy(path: Path, offset: int) -> list[bytes]:
    """The record at a place, the request behind it if that is its, and the answers that led there with theirs; as gzip members.

    Empty where there is no whole record.
    """
    answer = record_at(path, offset)
    if answer is None or (answer.problem and not answer.header("WARC-Truncated")):
        return []
    request = request_of(path, answer)
    found = [answer, request] if request and not request.problem else [answer]
    for led in redirects_of(path, answer):
        found += filter(None, led)
    members = []
    with path.open("rb") as stream:
        for record in found:
            stream.seek(record.offset)
            member = stream.read(record.end - record.offset)
            members.append(member if member.startswith(GZIP) else pack(member))
    return members


def _info(now: datetime) -> bytes:
    fields = (f"software: {SOFTWARE}\r\nformat: WARC File Format 1.1\r\nisPartOf: an excerpt of revisions\r\n").encode()
    head = (
        f"WARC/1.1\r\nWARC-Type: warcinfo\r\nWARC-Record-ID: <urn:uuid:{uuid.uuid4()}>\r\nWARC-Date: {moment(now)}\r\n"
        f"Content-Type: application/warc-fields\r\nContent-Length: {len(fields)}\r\n\r\n"
    )
    return pack(head.encode() + fields + b"\r\n\r\n")


def pack(record: bytes) -> bytes:
    """A record as a gzip member."""
    packer = zlib.compressobj(6, zlib.DEFLATED, _WINDOW)
    return packer.compress(record) + packer.flush()
