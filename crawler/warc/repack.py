"""Archives whose records have no usable offsets (WACZ, ARC, zstd, one stream of gzip), copied to WARC files whose records do.

The copy is in the archive's folder, named by the file's name and hash: importing a file again finds it. A damaged record is
lost, the others are copied. Names within a ZIP file are not used as paths; what unpacks to far more than its size is cut.
"""

from __future__ import annotations

import gzip
import io
import os
import re
import struct
import sys
import uuid
import zipfile
import zlib
from collections.abc import Callable, Generator, Iterator
from datetime import UTC, datetime
from hashlib import file_digest
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO

from crawler.files import replacing
from crawler.warc.cdxj import write_index
from crawler.warc.records import GZIP, BadRecordError, pack, records

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

MAX_RATIO = 200
"""What unpacks to more than this many times the file's size in all, and to more than `FLOOR_BYTES`, is cut there."""
FLOOR_BYTES = 256_000_000
MAX_ENTRIES = 10_000
"""Maximum number of WARC files that are read in one WACZ."""
_ZIP, _ZSTD, _ARC = b"PK\x03\x04", b"\x28\xb5\x2f\xfd", b"filedesc:"
_DICTIONARY = 0x184D2A5D
_MAX_DICTIONARY = 16_000_000
_STEP = 1 << 18
_ARC_LINE = re.compile(rb"(https?://[^\s]{1,4000}) ([^\s]{0,100}) (\d{14}) ([^\n]{0,300}?) ?(\d{1,12})\r?\n")
_BAD_ZIP = (zipfile.BadZipFile, RuntimeError, OSError, EOFError, ValueError, OverflowError, struct.error, zlib.error)
"""Exceptions of `zipfile` for damaged files, collected from 1,500 random damages; NotImplementedError is a RuntimeError."""
_ARCHIVES = (".warc", ".warc.gz", ".warc.zst", ".arc", ".arc.gz")


def addressable(path: Path, folder: Path, problems: list[str]) -> Path:
    """The file itself if its records have usable offsets; otherwise its copy in the archive's folder, created if missing.

    `problems` receives what could not be read. Raises OSError if the copy cannot be written.
    """
    with path.open("rb") as stream:
        if not _must_be_copied(stream):
            return path
        stream.seek(0)
        name, digest = re.sub(r"[^A-Za-z0-9._-]", "_", path.name.partition(".")[0])[:100], file_digest(stream, "sha256")
        target = folder / f"{name}-{digest.hexdigest()[:16]}.warc.gz"
        if not target.exists():
            return target if _copy(stream, path.name, target, problems) else path
        for _ in _members(stream, path.name, problems):  # what cannot be read is told again; pages may be withdrawn from the copy
            pass
    return target


def _must_be_copied(stream: IO[bytes]) -> bool:
    begins = stream.read(16)
    if begins.startswith((_ZIP, _ZSTD, _ARC)) or begins[:4] == struct.pack("<I", _DICTIONARY):
        return True
    if not begins.startswith(GZIP):
        return False
    stream.seek(0)
    inflate = zlib.decompressobj(16 + zlib.MAX_WBITS)
    try:
        if inflate.decompress(stream.read(_STEP), 64).startswith(_ARC):
            return True
    except zlib.error:
        return False
    found = next(records(stream), None)
    return found is not None and isinstance(found[1], str) and found[1].startswith(BadRecordError.MANY)


def _copy(stream: IO[bytes], name: str, target: Path, problems: list[str]) -> bool:
    """Copy the records; returns whether there were any."""
    target.parent.mkdir(parents=True, exist_ok=True)
    found = _members(stream, name, problems)
    first = next(found, None)
    if first is None:
        return False
    with replacing(target) as out:
        out.write(first)
        out.writelines(found)
    write_index(target)
    return True


def _members(stream: IO[bytes], name: str, problems: list[str]) -> Iterator[bytes]:
    left = max(FLOOR_BYTES, MAX_RATIO * stream.seek(0, os.SEEK_END))
    stream.seek(0)
    if stream.read(4) != _ZIP:
        yield from _records(stream, name, problems, left)
        return
    try:
        package = zipfile.ZipFile(stream)
    except _BAD_ZIP as error:
        problems.append(f"{name}: a ZIP file that is cut or damaged: {error}")
        return
    entries = [one for one in package.infolist() if one.filename.startswith("archive/") and one.filename.endswith(_ARCHIVES)]
    if not entries:
        problems.append(f"{name}: a ZIP file without an archive folder: no WACZ")
    for entry in entries[:MAX_ENTRIES]:
        within = f"{name}: {entry.filename[-100:]!r}"
        try:
            with package.open(entry) as packed, TemporaryFile() as plain:
                before = left - _bounded(packed, plain, left, within, problems)
                left = min(before, (yield from _records(plain, within, problems, left)))
        except _BAD_ZIP as error:
            problems.append(f"{within}: cut or damaged: {error}")


def _records(packed: IO[bytes], name: str, problems: list[str], left: int) -> Generator[bytes, None, int]:
    """The records of one WARC or ARC file, however it is packed, each as a gzip member. Returns the rest of `left`, the bytes
    that may be unpacked.
    """
    packed.seek(0)
    magic = packed.read(4)
    packed.seek(0)
    with TemporaryFile() as plain:
        try:
            if magic.startswith(GZIP):
                with gzip.GzipFile(fileobj=packed) as unpacked:
                    _bounded(unpacked, plain, left, name, problems)
            elif magic in (_ZSTD, struct.pack("<I", _DICTIONARY)):
                _unzstd(packed, plain, left, name, problems)
            else:
                _bounded(packed, plain, left, name, problems)
        except (OSError, EOFError, zlib.error, zstd.ZstdError, ValueError) as error:
            problems.append(f"{name}: cut or damaged: {error}")
        left -= plain.seek(0, os.SEEK_END)
        plain.seek(0)
        begins = plain.read(len(_ARC))
        found = _of_arc(plain, name, problems) if begins == _ARC else _of_warc(plain, name, problems)
        yield from map(pack, found)
    return left


def _of_warc(plain: IO[bytes], name: str, problems: list[str]) -> Iterator[bytes]:
    plain.seek(0)
    for offset, record in records(plain):
        if isinstance(record, str):
            problems.append(f"{name}: at byte {offset} once unpacked: {record}")
            continue
        plain.seek(offset)
        yield plain.read(record.end - offset)


def _of_arc(plain: IO[bytes], name: str, problems: list[str]) -> Iterator[bytes]:
    """Records of an ARC file (version 1) as WARC records. Their ids depend on their offset: a repeated copy is the same."""
    plain.seek(0)
    at, skipped = 0, False
    while line := plain.readline(8_192):
        found, after = _ARC_LINE.fullmatch(line), plain.tell()
        if found is None:
            if line.startswith(_ARC):  # the file's own record
                own = line.split()[-1]
                plain.seek(after + (int(own) if own.isdigit() and len(own) < 8 else 0))
            elif line.strip() and not skipped:
                skipped = True
                problems.append(f"{name}: at byte {at} once unpacked: no ARC record; what follows is skipped up to the next")
            at = plain.tell()
            continue
        skipped = False
        url, address, stamp, _, length = (part.decode("latin-1") for part in found.groups())
        block = plain.read(int(length)) if int(length) < FLOOR_BYTES else b""
        try:
            captured = datetime.strptime(stamp, "%Y%m%d%H%M%S").replace(tzinfo=UTC)
        except ValueError:
            problems.append(f"{name}: at byte {at} once unpacked: {url[:200]!r} without a time that can be read")
            at = plain.tell()
            continue
        if len(block) < int(length):
            problems.append(f"{name}: at byte {at} once unpacked: {url[:200]!r} is cut off")
        is_answer = block.startswith(b"HTTP/")
        known = re.fullmatch(r"[0-9a-fA-F.:]{7,45}", address) and address != "0.0.0.0"  # noqa: S104 - how ARC says "none"
        lines = [
            "WARC/1.1", f"WARC-Type: {'response' if is_answer else 'resource'}", f"WARC-Target-URI: {url}",
            f"WARC-Date: {captured:%Y-%m-%dT%H:%M:%SZ}",
            f"WARC-Record-ID: <urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, f'{url} {stamp} {at}')}>",
            *([f"WARC-IP-Address: {address}"] if known else []),
            f"Content-Type: {'application/http;msgtype=response' if is_answer else 'application/octet-stream'}",
            *(["WARC-Truncated: unspecified"] if len(block) < int(length) else []), f"Content-Length: {len(block)}",
        ]  # fmt: skip
        yield "\r\n".join(lines).encode() + b"\r\n\r\n" + block + b"\r\n\r\n"
        at = plain.tell()


def _bounded(packed: io.BufferedIOBase | IO[bytes], plain: IO[bytes], limit: int, name: str, problems: list[str]) -> int:
    """Unpack within a limit; returns how many bytes were written."""
    written = 0
    while piece := packed.read1(_STEP):  # type: ignore[union-attr]  # `read` would lose what stands before a cut
        written += plain.write(piece[: limit - written])
        if written == limit:
            problems.append(f"{name}: unpacks to more than {limit} bytes, and is cut there")
            break
    return written


def _unzstd(packed: IO[bytes], plain: IO[bytes], limit: int, name: str, problems: list[str]) -> None:
    """Frames one after the other; a dictionary may precede them in a skippable frame, itself compressed or not."""
    magic, length = struct.unpack("<II", packed.read(8).ljust(8, b"\0"))
    dictionary = None
    if magic == _DICTIONARY:
        raw = packed.read(min(length, _MAX_DICTIONARY))
        if raw.startswith(_ZSTD):
            raw = zstd.ZstdDecompressor().decompress(raw, _MAX_DICTIONARY)
        dictionary = zstd.ZstdDict(raw, is_raw=not raw.startswith(b"\x37\xa4\x30\xec"))
    else:
        packed.seek(0)
    make: Callable[[], zstd.ZstdDecompressor] = lambda: zstd.ZstdDecompressor(zstd_dict=dictionary)  # noqa: E731
    stream, waiting, written = make(), b"", 0
    while waiting or (waiting := packed.read(_STEP)):
        if stream.eof:
            stream = make()
        piece = stream.decompress(waiting, _STEP)
        while piece or not (stream.needs_input or stream.eof):
            plain.write(piece[: limit - written])
            written += len(piece)
            if written > limit:
                problems.append(f"{name}: unpacks to more than {limit} bytes, and is cut there")
                return
            if stream.eof:
                break
            piece = b"" if stream.needs_input else stream.decompress(b"", _STEP)
        waiting = stream.unused_data if stream.eof else b""
    if not stream.eof:
        raise EOFError("the zstd stream is cut off")
