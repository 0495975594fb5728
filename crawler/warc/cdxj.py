"""CDXJ: the index beside a closed WARC file, by which replay tools (pywb, browsertrix, ReplayWeb.page) find its captures.

A line is the address in SURT form, the 14 digits of its time, and JSON; lines are sorted by their bytes. It can be rebuilt
from the file at any time.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote_from_bytes, unquote_to_bytes, urlsplit

from crawler.files import replacing
from crawler.warc.records import MAX_HEAD_BYTES, WarcRecord, header, header_lines, records

SUFFIX = ".cdxj"
_KINDS = frozenset({"response", "resource", "revisit"})
_DEFAULT_PORTS = {"http": 80, "https": 443}
_SESSION = re.compile(r"(^|&)(?:(?:jsessionid|phpsessid|sid)=[0-9a-z]{32}|aspsessionid[a-z]{8}=[a-z]{24})(?:&|$)")
_SAFE = "".join(map(chr, range(0x21, 0x7F))).replace("#", "").replace("%", "")
_STATUS = re.compile(rb"HTTP/\d(?:\.\d)? +(\d{3})")


def index_of(path: Path) -> Path:
    return path.with_name(path.name.partition(".warc")[0] + SUFFIX)


def write_index(path: Path) -> Path:
    """Index a closed WARC file; the index is replaced atomically, and on the disk when this returns. Raises OSError."""
    target = index_of(path)
    with replacing(target) as out:
        out.writelines(sorted(f"{line}\n".encode() for line in lines(path)))
    return target


def lines(path: Path) -> Iterator[str]:
    """The index lines of a WARC file's captures, in file order; unreadable records have none."""
    with path.open("rb") as stream:
        for _, record in records(stream):
            line = None if isinstance(record, str) else _line(path, record)
            if line:
                yield line


def surt(url: str) -> str:
    """An address as a key that sorts by host, from its end: `example,paper)/news/weir?page=2`.

    As in other tools: without scheme, `www`, user, default port, final slash and session ids; in lower case, parameters
    sorted.
    """
    parts = urlsplit(url)
    host = (parts.hostname or "").replace("..", ".").strip(".")
    if not host.isascii():
        try:
            host = host.encode("idna").decode("ascii")
        except UnicodeError:
            host = quote_from_bytes(host.encode())
    host = ",".join(reversed(re.sub(r"^www\d*\.", "", host).split(".")))
    try:
        port = parts.port
    except ValueError:
        port = None
    where = host if port in (None, _DEFAULT_PORTS.get(parts.scheme.lower())) else f"{host}:{port}"
    kept: list[str] = []
    for step in _escaped(parts.path).split("/")[1:]:
        if step == "..":
            kept[-1:] = [] if kept else [step]
        elif step != ".":
            kept.append(step)
    asked = "&".join(sorted(_SESSION.sub(r"\1", _escaped(parts.query).lower()).split("&")))
    return f"{where})/{'/'.join(filter(None, kept))}".lower() + (f"?{asked}" if asked else "")


def _escaped(text: str) -> str:
    """Decode percent signs completely, then encode what needs it."""
    raw = text.encode("utf-8", "surrogateescape")
    while (plain := unquote_to_bytes(raw)) != raw:
        raw = plain
    return quote_from_bytes(raw, safe=_SAFE)


def _line(path: Path, record: WarcRecord) -> str | None:
    kind = (record.header("WARC-Type") or "").lower()
    url = (record.header("WARC-Target-URI") or "").strip("<> ")
    digits = re.sub(r"\D", "", record.header("WARC-Date") or "")[:14]
    if kind not in _KINDS or not url.startswith(("http://", "https://")) or len(digits) < 14:
        return None
    found = _STATUS.match(record.block)
    head = header_lines(record.block[:MAX_HEAD_BYTES].replace(b"\r\n", b"\n").partition(b"\n\n")[0]) if found else record.head
    mime = (header(head, "Content-Type") or "").partition(";")[0].strip().lower() or None
    facts = {
        "url": url,
        "mime": "warc/revisit" if kind == "revisit" else mime,
        "status": found[1].decode() if found else None,
        "digest": record.header("WARC-Payload-Digest"),
        "length": str(record.end - record.offset),
        "offset": str(record.offset),
        "filename": path.name,
    }
    try:
        key = surt(url)
    except ValueError:  # a host in brackets that is none
        return None
    return f"{key} {digits} {json.dumps({name: value for name, value in facts.items() if value is not None})}"
