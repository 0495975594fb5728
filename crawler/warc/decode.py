"""Decoding of HTTP bodies within a limit: gzip, deflate (with and without its wrapper), brotli, zstd, and chains of them.

One decoder for the crawl, the archive's readers and the viewer of archived pages. A stream that is cut off or damaged, or that
unpacks to more than the limit, is reported as such: half a body must never pass for the whole.
"""

from __future__ import annotations

import re
import sys
import zlib
from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass
from typing import Any

import brotli  # type: ignore[import-untyped]

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

MAX_BODY_BYTES = 12 * 1024 * 1024
MAX_CODINGS = 5
"""A longer chain is refused: each coding multiplies the possible size of a small body."""
_STEP = 1 << 18
_GZIP = b"\x1f\x8b"
_ZSTD = b"\x28\xb5\x2f\xfd"
_CHUNK_LINE = 1_000
_MAX_MEMBERS = 1_000
_BEGINNING = 1_000
"""Bytes by which the type of a body is recognised."""
_BINARY = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f-\x9f\xf8-\xff]")
_MARKUP = re.compile(rb"\x1f\x8b\x08|\x28\xb5\x2f\xfd|(?:\xef\xbb\xbf)?[ \t\r\n]*(?:<[!?A-Za-z]|\{\s*\"|\[\s*[{\"])")


@dataclass(frozen=True, slots=True)
class Decoded:
    """A body without its codings."""

    body: bytes
    problem: str | None = None
    """Why it is not the complete body: "the gzip stream is cut off". `body` then holds what could be read."""


class _NotWholeError(Exception):
    def __init__(self, body: bytes, problem: str) -> None:
        super().__init__(problem)
        self.body = body


def codings_of(values: Sequence[str]) -> tuple[str, ...]:
    """Names of codings, in the order in which they were applied, from the values of all headers with one name."""
    names = (name.strip().lower().removeprefix("x-") for value in values for name in value.split(","))
    return tuple(name for name in names if name and name not in ("identity", "none", "utf-8"))


def decode(body: bytes, codings: Sequence[str], limit: int = MAX_BODY_BYTES) -> Decoded:
    """Decode codings, the last one first. Never raises; `limit` is in bytes of the result and of each intermediate step."""
    if len(codings) > MAX_CODINGS:
        return Decoded(b"", f"{len(codings)} codings, one upon the other")
    for coding in reversed(codings):
        undo = _DECODERS.get(coding)
        if undo is None:
            return Decoded(b"", f"a coding that is not known: {coding[:40]!r}")
        if not body:
            break  # an empty body is sent with any coding by some servers
        try:
            body = _joined(undo(body), limit)
        except _NotWholeError as error:
            return Decoded(error.body, f"the {coding} stream {error}")
    if len(body) > limit:
        return Decoded(body[:limit], f"more than {limit} bytes")
    return Decoded(body)


def decode_undeclared(body: bytes, limit: int = MAX_BODY_BYTES) -> Decoded:
    """Decode undeclared codings, repeatedly. Never raises.

    gzip and zstd are recognised by their first bytes. deflate and brotli have none: a body that is not text counts as one of
    them if it unpacks completely, to at least half of its size, and into markup or JSON.
    """
    for _ in range(MAX_CODINGS):
        begins = body[:_BEGINNING]
        if begins.startswith((_GZIP, _ZSTD)):
            decoded = decode(body, ("gzip" if begins.startswith(_GZIP) else "zstd",), limit)
        elif _BINARY.search(begins):
            tried = (decode(body, (coding,), limit) for coding in ("deflate", "br"))
            decoded = next((one for one in tried if _is_markup(one, len(body))), Decoded(b""))
            if not decoded.body:
                break
        else:
            break
        if decoded.problem:
            return decoded
        body = decoded.body
    return decode(body, (), limit)


def _is_markup(decoded: Decoded, size: int) -> bool:
    """Whether it is markup, or another compressed stream."""
    return not decoded.problem and 2 * len(decoded.body) > size and _MARKUP.match(decoded.body[:_BEGINNING]) is not None


Pieces = Generator[bytes, None, bytes]
"""Of an unpacked stream, each bounded; then the bytes behind it."""


def _joined(pieces: Pieces, limit: int) -> bytes:
    """All of a stream; _NotWholeError has what came before it broke off, or went beyond the limit."""
    found: list[bytes] = []
    size = 0
    try:
        for piece in pieces:
            found.append(piece)
            size += len(piece)
            if size > limit:
                raise _NotWholeError(b"".join(found)[:limit], f"unpacks to more than {limit} bytes")
    except EOFError as error:
        raise _NotWholeError(b"".join(found), "is cut off") from error
    except ValueError as error:
        raise _NotWholeError(b"".join(found), str(error)) from error
    except (zlib.error, brotli.error, zstd.ZstdError) as error:
        raise _NotWholeError(b"".join(found), f"is damaged: {error}") from error
    return b"".join(found)


def _inflate(body: bytes, window: int) -> Pieces:
    stream = zlib.decompressobj(window)
    while not stream.eof:
        piece = stream.decompress(body, _STEP)
        yield piece
        body = stream.unconsumed_tail
        if not body and not stream.eof and not piece:
            raise EOFError
    return stream.unused_data


def _gunzip(body: bytes) -> Pieces:
    """Several members may follow each other, and then padding."""
    if not body.startswith(_GZIP):
        raise EOFError if _GZIP.startswith(body) else ValueError("is damaged: it does not begin as one")
    for _ in range(_MAX_MEMBERS):
        body = yield from _inflate(body, 16 + zlib.MAX_WBITS)
        if not body.startswith(_GZIP):
            return body
    raise ValueError(f"has more than {_MAX_MEMBERS} members")


def _undeflate(body: bytes) -> Pieces:
    """RFC 9110 means the zlib format; some servers send the raw stream."""
    is_wrapped = len(body) > 1 and body[0] & 0x0F == 8 and (body[0] * 256 + body[1]) % 31 == 0
    if is_wrapped:
        try:
            zlib.decompressobj().decompress(body, _STEP)
        except zlib.error:
            is_wrapped = False
    return (yield from _inflate(body, zlib.MAX_WBITS if is_wrapped else -zlib.MAX_WBITS))


def _unbrotli(body: bytes) -> Pieces:
    stream: Any = brotli.Decompressor()
    while not stream.is_finished():
        piece = stream.process(body, output_buffer_limit=_STEP)
        yield piece
        body = b""
        if not piece and not stream.is_finished():
            raise EOFError
    return b""


def _unzstd(body: bytes) -> Pieces:
    """Frames one after the other; skippable ones have no output."""
    while body:
        stream = zstd.ZstdDecompressor()
        while not stream.eof:
            piece = stream.decompress(body, _STEP)
            yield piece
            body = b""
            if not piece and stream.needs_input and not stream.eof:
                raise EOFError
        body = stream.unused_data if stream.unused_data[:4] == _ZSTD else b""
    return b""


def unchunk(body: bytes) -> Decoded:
    """Decode the chunks that an archive kept (RFC 9112, 7.1); a body with the header but without chunks is used as it is."""
    pieces: list[bytes] = []
    at = 0
    while True:
        end = body.find(b"\r\n", at, at + _CHUNK_LINE)
        size = _chunk_size(body[at:end]) if end >= 0 else None
        if size is None:
            return Decoded(b"".join(pieces), "the chunks are cut off") if pieces else Decoded(body)
        if size == 0:
            return Decoded(b"".join(pieces))
        piece = body[end + 2 : end + 2 + size]
        pieces.append(piece)
        if len(piece) < size:
            return Decoded(b"".join(pieces), "the chunks are cut off")
        at = end + 2 + size + (2 if body[end + 2 + size : end + 4 + size] == b"\r\n" else 0)


def _chunk_size(line: bytes) -> int | None:
    digits = line.partition(b";")[0].strip()
    return int(digits, 16) if 0 < len(digits) <= 8 and all(byte in b"0123456789abcdefABCDEF" for byte in digits) else None


_DECODERS: dict[str, Callable[[bytes], Pieces]] = {"gzip": _gunzip, "deflate": _undeflate, "br": _unbrotli, "zstd": _unzstd}
