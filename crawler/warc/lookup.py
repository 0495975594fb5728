"""Archived answers at their places, for whoever shows them: status, headers and body of one record.

Knows neither ledger nor article. What is damaged or not there is None, never a crash.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from pathlib import Path

from warcio.archiveiterator import ArchiveIterator
from warcio.exceptions import ArchiveLoadFailed

from crawler.warc.reader import MAX_BODY_BYTES
from crawler.warc.writer import locate

_DAMAGE = (ArchiveLoadFailed, EOFError, OSError, ValueError, zlib.error)


@dataclass(frozen=True, slots=True)
class ArchivedResponse:
    """What a server answered."""

    status: int
    headers: tuple[tuple[str, str], ...]
    """All as they came; those of the packing are no longer true of `body`."""
    body: bytes
    """Unpacked, cut at `MAX_BODY_BYTES`."""


def answer_at(folder: Path, file: str, offset: int) -> ArchivedResponse | None:
    """The answer that a pointer of the ledger leads to."""
    path = locate(folder, file)
    if path is None:
        return None
    try:
        with path.open("rb") as stream:
            stream.seek(offset)
            record = next(iter(ArchiveIterator(stream)), None)
            if record is None or record.rec_type != "response" or record.http_headers is None:
                return None
            status = str(record.http_headers.get_statuscode())
            headers = tuple((str(name), str(value)) for name, value in record.http_headers.headers)
            return ArchivedResponse(int(status) if status.isdigit() else 0, headers, record.content_stream().read(MAX_BODY_BYTES))
    except _DAMAGE:
        return None
