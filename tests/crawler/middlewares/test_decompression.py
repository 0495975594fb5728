"""Whether a packed stream has its end."""

from __future__ import annotations

import gzip

from hypothesis import given, settings
from hypothesis import strategies as st

from crawler.middlewares.decompression import is_cut_off
from tests.table import table

WHOLE = gzip.compress(b"<p>The bridge is to be mended.</p>" * 10_000, mtime=0)
BROTLI_EMPTY = b"\x3b"
"""The brotli stream of nothing."""


@table(
    ("body", "packing", "cut"),
    [
        (WHOLE, b"gzip", False),
        (WHOLE[:-9], b"gzip", True),
        (WHOLE[: len(WHOLE) // 2], b"x-gzip", True),
        (WHOLE[:5], b"gzip", True),
        (WHOLE + WHOLE, b"gzip", False),
        (WHOLE + WHOLE[:-9], b"gzip", True),
        (WHOLE + bytes(100), b"gzip", False),
        (b"plain", b"gzip", False),
        (b"", b"gzip", False),
        (BROTLI_EMPTY, b"br", False),
        (WHOLE[:5], b"deflate", False),
        (WHOLE[:5], b"", False),
    ],
)
def test_cut_off(body: bytes, packing: bytes, cut: bool) -> None:
    assert is_cut_off(body, packing) is cut


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=500), st.sampled_from([b"gzip", b"br", b"deflate", b"", b"zstd"]))
def test_it_never_raises(body: bytes, packing: bytes) -> None:
    assert is_cut_off(body, packing) in (True, False)
    assert is_cut_off(WHOLE[:40] + body, packing) in (True, False)
