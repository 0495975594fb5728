"""WACZ 1.1.1: WARC records, their index and the list of pages in one ZIP file, with the hash of each file.

Replay tools (ReplayWeb.page, pywb, browsertrix) open it directly. Its WARC files are stored, not compressed again, so that a
record can be found by its offset.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO

from crawler.files import pieces
from crawler.warc.cdxj import lines
from crawler.warc.writer import SOFTWARE
from pipelines.exchange.export import Record
from pipelines.store.rows import moment

VERSION = "1.1.1"
DATA = "archive/data.warc.gz"
PACKAGE = "datapackage.json"
DIGEST = "datapackage-digest.json"
_INDEX = "index.cdx.gz"
_BLOCK_LINES = 3_000
"""Lines of the index in a gzip member. A reader unpacks one member to find a capture."""

Sign = Callable[[str], Mapping[str, str]]
"""Fields of `signedData` that sign a hash: `signature`, `publicKey`."""


@dataclass(frozen=True, slots=True)
class WaczPage:
    """A line of `pages/pages.jsonl`: an entry point for readers."""

    url: str
    captured: str
    title: str


@dataclass(frozen=True, slots=True)
class WaczText:
    """The package's description of itself."""

    title: str
    description: str
    main: WaczPage | None = None


def pages_of(records: Iterable[Record], pages: list[WaczPage]) -> Iterator[Record]:
    """Pass on the records; `pages` receives those whose page is archived."""
    for record in records:
        url, revision = record["article"]["url"], record["revision"]
        if revision["warc_file"] is not None:
            place = (revision["warc_file"], revision["warc_offset"])
            of_page = (one for one in record["looks"] if (one["warc_file"], one["warc_offset"]) == place and one["warc_uri"])
            found = next(((one["warc_uri"], one["warc_date"]) for one in of_page), (url, revision["first_seen"]))
            pages.append(WaczPage(*found, revision["headline"] or url))
        yield record


def write_wacz(stream: IO[bytes], members: Iterable[bytes], pages: Callable[[], Iterable[WaczPage]], text: WaczText,
               now: datetime, extra: Callable[[], Mapping[str, bytes]] = dict, sign: Sign | None = None) -> None:  # fmt: skip
    """Write a package to a seekable stream. `pages` and `extra` (path -> content) are used once all records are written.

    Paths of `extra` are a folder and a name: validators accept no deeper ones.
    """
    resources: list[dict[str, object]] = []
    with (
        TemporaryDirectory(prefix="newsledger-") as folder,
        zipfile.ZipFile(stream, "w", zipfile.ZIP_STORED, strict_timestamps=False) as package,
    ):
        data = Path(folder) / Path(DATA).name
        with data.open("wb") as out:
            out.writelines(members)
        with data.open("rb") as archive:
            _add(package, DATA, pieces(archive), now, resources)
        index, blocks = _index(sorted(lines(data), key=str.encode))
        _add(package, f"indexes/{_INDEX}", [index], now, resources)
        _add(package, "indexes/index.idx", [blocks], now, resources, zipfile.ZIP_DEFLATED)
        _add(package, "pages/pages.jsonl", _page_lines(pages()), now, resources, zipfile.ZIP_DEFLATED)
        for path, content in extra().items():
            _add(package, path, [content], now, resources, zipfile.ZIP_DEFLATED)
        main = {"mainPageURL": text.main.url, "mainPageDate": text.main.captured} if text.main else {}
        facts = {
            "profile": "data-package", "wacz_version": VERSION, "title": text.title, "description": text.description,
            "created": moment(now), "software": SOFTWARE, **main, "resources": resources,
        }  # fmt: skip
        described = _json(facts)
        _add(package, PACKAGE, [described], now, [], zipfile.ZIP_DEFLATED)
        found = f"sha256:{hashlib.sha256(described).hexdigest()}"
        digest: dict[str, object] = {"path": PACKAGE, "hash": found}
        if sign:
            digest["signedData"] = {
                "hash": found,
                **sign(found),
                "created": moment(now),
                "software": SOFTWARE,
                "version": "0.1.0",
            }
        _add(package, DIGEST, [_json(digest)], now, [], zipfile.ZIP_DEFLATED)


def _add(package: zipfile.ZipFile, path: str, content: Iterable[bytes], now: datetime, resources: list[dict[str, object]],
         packing: int = zipfile.ZIP_STORED) -> None:  # fmt: skip
    info = zipfile.ZipInfo(path, now.timetuple()[:6])
    info.compress_type = packing
    info.external_attr = 0o644 << 16
    size, digest = 0, hashlib.sha256()
    with package.open(info, "w", force_zip64=packing == zipfile.ZIP_STORED) as out:
        for piece in content:
            size += len(piece)
            digest.update(piece)
            out.write(piece)
    resources.append({"name": Path(path).name.lower(), "path": path, "hash": f"sha256:{digest.hexdigest()}", "bytes": size})


def _index(found: list[str]) -> tuple[bytes, bytes]:
    """CDXJ lines as gzip members of several lines each, and the list of members (ZipNum)."""
    packed = bytearray()
    listed = [f"!meta 0 {json.dumps({'format': 'cdxj-gzip-1.0', 'filename': _INDEX})}\n"]
    for start in range(0, len(found), _BLOCK_LINES):
        member = gzip.compress("".join(f"{line}\n" for line in found[start : start + _BLOCK_LINES]).encode(), mtime=0)
        key = found[start].rpartition(" {")[0]
        where = {"offset": len(packed), "length": len(member), "digest": f"sha256:{hashlib.sha256(member).hexdigest()}"}
        listed.append(f"{key} {json.dumps(where)}\n")
        packed += member
    return bytes(packed), "".join(listed).encode()


def _page_lines(pages: Iterable[WaczPage]) -> Iterator[bytes]:
    yield b'{"format": "json-pages-1.0", "id": "pages", "title": "All Pages"}\n'
    for number, page in enumerate(pages, 1):
        facts = {"id": f"page-{number}", "url": page.url, "ts": page.captured, "title": page.title}
        yield json.dumps(facts, ensure_ascii=False).encode("utf-8", "replace") + b"\n"


def _json(value: object) -> bytes:
    return (json.dumps(value, ensure_ascii=False, indent=2) + "\n").encode("utf-8", "replace")
