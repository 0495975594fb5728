"""Codings are undone whole or not at all."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Callable

import brotli
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawler.warc.decode import MAX_CODINGS, codings_of, decode, decode_undeclared, unchunk, zstd

PAGE = b"".join(f"<p>Paragraph {n} of the report on the ferry.</p>".encode() for n in range(4_000))


def bare_deflate(body: bytes) -> bytes:
    packer = zlib.compressobj(6, zlib.DEFLATED, -zlib.MAX_WBITS)
    return packer.compress(body) + packer.flush()


PACKED: list[tuple[str, str, Callable[[bytes], bytes]]] = [
    ("gzip", "gzip", gzip.compress),
    ("deflate", "deflate", zlib.compress),
    ("deflate without its wrapper", "deflate", bare_deflate),
    ("brotli", "br", brotli.compress),
    ("zstd", "zstd", zstd.compress),
]


@pytest.mark.parametrize(("coding", "pack"), [pytest.param(coding, pack, id=name) for name, coding, pack in PACKED])
def test_each_coding(coding: str, pack: Callable[[bytes], bytes], subtests: pytest.Subtests) -> None:
    packed = pack(PAGE)
    with subtests.test("whole"):
        assert decode(packed, [coding]).body == PAGE
        assert decode(packed, [coding]).problem is None
    for kept in (1, 3, len(packed) // 3, len(packed) // 2, len(packed) - 1):
        with subtests.test("cut", kept=kept):
            found = decode(packed[:kept], [coding])
            assert found.problem
            assert PAGE.startswith(found.body)
    with subtests.test("larger than the bound"):
        found = decode(packed, [coding], limit=10_000)
        assert found.problem is not None
        assert "more than 10000 bytes" in found.problem
        assert len(found.body) <= 10_000
    with subtests.test("empty"):
        assert decode(b"", [coding]) == decode(b"", ())


def test_shapes_of_gzip(subtests: pytest.Subtests) -> None:
    packed = gzip.compress(PAGE)
    wrong_sum = packed[:-8] + bytes(4) + packed[-4:]
    cases: list[tuple[str, bytes, bytes | None, str | None]] = [
        ("two members", gzip.compress(PAGE[:999]) + gzip.compress(PAGE[999:]), PAGE, None),
        ("padding behind", packed + bytes(64), PAGE, None),
        ("a second member cut", packed + gzip.compress(b"more")[:-5], None, "cut off"),
        ("a wrong checksum", wrong_sum, None, "damaged"),
        ("never packed", PAGE, b"", "damaged"),
        ("one byte", b"\x1f", b"", "cut off"),
    ]
    for name, body, plain, problem in cases:
        with subtests.test(name):
            found = decode(body, ["gzip"])
            assert plain is None or found.body == plain
            assert (problem or "") in (found.problem or "")
            assert bool(found.problem) is bool(problem)


def test_chains() -> None:
    twice = brotli.compress(gzip.compress(PAGE))
    assert decode(twice, codings_of(["gzip, br"])).body == PAGE
    assert decode(twice, codings_of(["x-gzip", "BR"])).body == PAGE
    assert "cut off" in str(decode(brotli.compress(gzip.compress(PAGE)[:-900]), ["gzip", "br"]).problem)
    assert decode(PAGE, codings_of(["identity"])).body == PAGE
    assert decode(PAGE, ["compress"]).problem == "a coding that is not known: 'compress'"
    assert decode(PAGE, ["gzip"] * (MAX_CODINGS + 1)).problem == f"{MAX_CODINGS + 1} codings, one upon the other"


def test_chunks(subtests: pytest.Subtests) -> None:
    cases = [
        ("whole", b"5\r\nferry\r\n4;ext=1\r\nboat\r\n0\r\n\r\n", b"ferryboat", False),
        ("capitals", b"A\r\n0123456789\r\n0\r\n\r\n", b"0123456789", False),
        ("no last chunk", b"5\r\nferry\r\n", b"ferry", True),
        ("a short chunk", b"9\r\nferry", b"ferry", True),
        ("no chunks at all", b"<html>plain</html>", b"<html>plain</html>", False),
    ]
    for name, body, plain, is_cut in cases:
        with subtests.test(name):
            found = unchunk(body)
            assert found.body == plain
            assert bool(found.problem) is is_cut


@settings(max_examples=80, deadline=None)
@given(st.binary(max_size=600), st.sampled_from(["gzip", "deflate", "br", "zstd", "none of these"]))
def test_it_never_raises_and_stays_within_the_bound(body: bytes, coding: str) -> None:
    assert len(decode(body, [coding], limit=1_000).body) <= 1_000
    assert len(decode(gzip.compress(PAGE)[:30] + body, [coding, coding], limit=1_000).body) <= 1_000


FEED = b"<?xml version='1.0'?>\n<rss><channel>" + PAGE + b"</channel></rss>"


def test_what_no_header_declares(subtests: pytest.Subtests) -> None:
    for name, _, pack in PACKED:
        for plain in (FEED, b"\xef\xbb\xbf\r\n" + FEED, b'{"items": [' + b'{"id": 1}, ' * 99, b"<urlset/>" + b" " * 99):
            with subtests.test("packed once and twice", coding=name, plain=plain[:20]):
                assert decode_undeclared(pack(plain)).body == plain
                assert decode_undeclared(gzip.compress(pack(plain))).body == plain
                assert decode_undeclared(pack(gzip.compress(plain))).body == plain
    texts = ("plain words", "x^2 is a square", "\u044f\u0437\u044b\u043a", "caf\u00e9 " * 500, "")
    images = (b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 40, b"%PDF-1.7\n\xe2\xe3\xcf\xd3", zlib.compress(b"no markup"), b"\x1f")
    for body in (
        *(text.encode() for text in texts),
        *(text.encode("utf-16") for text in texts),
        FEED.decode().encode("utf-16-be"),
        *images,
    ):
        with subtests.test("left as it is", body=body[:20]):
            assert decode_undeclared(body) == decode(body, ())


def test_what_no_header_declares_is_bounded(subtests: pytest.Subtests) -> None:
    bomb = gzip.compress(bytes(1_000_000))
    for name, body, problem in (
        ("cut", gzip.compress(FEED)[:-9], "the gzip stream is cut off"),
        ("a bomb", bomb, "the gzip stream unpacks to more than 500000 bytes"),
        ("a bomb in a bomb", gzip.compress(bomb), "the gzip stream unpacks to more than 500000 bytes"),
        ("members without end", gzip.compress(b"") * 2_000, "the gzip stream has more than 1000 members"),
        ("plain", b"<a>" * 200_000, "more than 500000 bytes"),
    ):
        with subtests.test(name):
            assert decode_undeclared(body, 500_000).problem == problem


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=400))
def test_any_body_that_nothing_declares_stays_or_is_unpacked(body: bytes) -> None:
    found = decode_undeclared(body, 10_000)
    assert found.problem or found.body == body or found.body[:100].lstrip(b"\xef\xbb\xbf \t\r\n")[:1] in (b"<", b"{", b"[")
