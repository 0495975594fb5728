"""Gzip bodies, unpacked under a limit that holds while unpacking, so that a bomb never goes off."""

from __future__ import annotations

import zlib
from typing import Final

_MAGIC: Final = b"\x1f\x8b"
_STEP: Final = 65_536
_MAX_MEMBERS: Final = 1_000
_GZIP: Final = 16 + zlib.MAX_WBITS


def inflate(body: bytes, limit: int) -> tuple[bytes, str | None]:
    """The body unpacked if it is gzip (twice packed, as some servers send `.gz` files, too), and what went wrong.

    Over `limit` bytes nothing is returned; a damaged or cut off body gives what could be unpacked.
    """
    problem = None
    for _ in range(2):
        if not body.startswith(_MAGIC):
            break
        body, problem = _unpacked(body, limit)
    if len(body) > limit:
        return b"", f"body of {len(body)} bytes is over the limit of {limit}"
    return body, problem


def _unpacked(body: bytes, limit: int) -> tuple[bytes, str | None]:
    pieces: list[bytes] = []
    size, members = 0, 1
    stream = zlib.decompressobj(_GZIP)
    for start in range(0, len(body), _STEP):
        waiting = body[start : start + _STEP]
        while waiting:
            try:
                piece = stream.decompress(waiting, limit + 1 - size)
            except zlib.error as error:
                return b"".join(pieces), f"damaged gzip body: {error}"
            pieces.append(piece)
            size += len(piece)
            if size > limit:
                return b"", f"gzip body unpacks to more than {limit} bytes"
            waiting = stream.unconsumed_tail
            if stream.eof:
                waiting = stream.unused_data
                if waiting.startswith(_MAGIC[:1]) or start + _STEP < len(body):
                    members += 1
                    stream = zlib.decompressobj(_GZIP)
                else:
                    waiting = b""  # padding after the last member
            if members > _MAX_MEMBERS:
                return b"", f"gzip body of more than {_MAX_MEMBERS} members"
    return b"".join(pieces), None if stream.eof else "gzip body is cut off"
