"""Archives of other kinds: what is read of them is what the same records say in a WARC file."""

from __future__ import annotations

import gzip
import io
import struct
import zipfile
from pathlib import Path

import pytest

from crawler.warc import reader, repack
from crawler.warc.decode import zstd
from crawler.warc.repack import addressable

PAGES = {f"https://paper.example/news/{n}": f"<p>The {n}th ferry sails at {n} o'clock.</p>".encode() * 40 for n in range(1, 6)}


def answer(body: bytes) -> bytes:
    return b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n" + body


def warc(url: str, body: bytes) -> bytes:
    block = answer(body)
    return (
        f"WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: {url}\r\nWARC-Date: 2025-03-07T08:00:00Z\r\n"
        f"WARC-Record-ID: <urn:uuid:{len(url)}>\r\nContent-Type: application/http; msgtype=response\r\n"
        f"Content-Length: {len(block)}\r\n\r\n"
    ).encode() + block + b"\r\n\r\n"  # fmt: skip


def arc(url: str, body: bytes) -> bytes:
    block = answer(body)
    return f"{url} 192.0.2.7 20250307080000 text/html {len(block)}\n".encode() + block + b"\n"


RECORDS = [warc(url, body) for url, body in PAGES.items()]
INFO = b"1 0 Archive\nURL IP-address Archive-date Content-type Archive-length\n"
ARC = [b"filedesc://a.arc 0.0.0.0 20250307080000 text/plain %d\n%b\n" % (len(INFO), INFO)]
ARC += [arc(url, body) for url, body in PAGES.items()]
DICTIONARY = b"".join(PAGES.values())[:4_000]


def frames(dictionary: bytes | None = None) -> bytes:
    known = zstd.ZstdDict(dictionary, is_raw=True) if dictionary else None
    return b"".join(zstd.compress(record, zstd_dict=known) for record in RECORDS)


def skipped(content: bytes) -> bytes:
    return struct.pack("<II", 0x184D2A5D, len(content)) + content


def wacz(entries: dict[str, bytes], packing: int = zipfile.ZIP_STORED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", packing) as package:
        for name, content in {"datapackage.json": b"{}", **entries}.items():
            package.writestr(name, content)
    return out.getvalue()


WHOLE = {
    "ARC": b"".join(ARC),
    "ARC with members": b"".join(map(gzip.compress, ARC)),
    "ARC as one stream": gzip.compress(b"".join(ARC)),
    "ARC, damaged between": b"".join([*ARC[:3], b"\nnoise here\nand there\n", *ARC[3:]]),
    "one gzip stream": gzip.compress(b"".join(RECORDS)),
    "zstd": frames(),
    "zstd as one frame": zstd.compress(b"".join(RECORDS)),
    "zstd with a dictionary": skipped(DICTIONARY) + frames(DICTIONARY),
    "zstd with a packed dictionary": skipped(zstd.compress(DICTIONARY)) + frames(DICTIONARY),
    "WACZ": wacz({"archive/data.warc.gz": b"".join(map(gzip.compress, RECORDS))}),
    "WACZ, packed again": wacz({"archive/data.warc": b"".join(RECORDS)}, zipfile.ZIP_DEFLATED),
    "WACZ of two files": wacz(
        {"archive/a.warc.gz": gzip.compress(b"".join(RECORDS[:2])), "archive/b.arc": b"".join(ARC[:1] + ARC[3:])}
    ),
}


def pages(path: Path, folder: Path) -> tuple[dict[str, bytes], list[str]]:
    problems: list[str] = []
    found = reader.index(addressable(path, folder, problems))
    captures = [capture for entry in found.entries if not entry.problem and (capture := reader.read(entry))]
    assert all(f"{capture.captured:%Y%m%d%H%M}" == "202503070800" for capture in captures)
    return {capture.url: capture.body for capture in captures}, [*problems, *found.problems]


def put(folder: Path, content: bytes) -> Path:
    path = folder / "an archive.of.some-kind"
    path.write_bytes(content)
    return path


def test_each_kind_is_read(tmp_path: Path, subtests: pytest.Subtests) -> None:
    for name, content in WHOLE.items():
        with subtests.test(name):
            found, problems = pages(put(tmp_path, content), tmp_path / "warc")
            assert (found, len(problems)) == (PAGES, int("damaged" in name)), problems
    copies = sorted((tmp_path / "warc").iterdir())
    assert len(copies) == 2 * len(WHOLE), "each with its index"
    before = {path: path.stat().st_ino for path in copies}
    pages(put(tmp_path, WHOLE["zstd"]), tmp_path / "warc")
    assert {path: path.stat().st_ino for path in (tmp_path / "warc").iterdir()} == before, (
        "a copy that is there is not made again"
    )


def test_what_is_addressable_stays_where_it_is(tmp_path: Path) -> None:
    for content in (b"".join(map(gzip.compress, RECORDS)), b"".join(RECORDS), b"a letter", b"", b"\x1f\x8b\x08"):
        path = put(tmp_path, content)
        assert addressable(path, tmp_path / "warc", []) == path
    assert not (tmp_path / "warc").exists()


def test_what_is_cut_or_damaged_costs_what_stands_there(tmp_path: Path, subtests: pytest.Subtests) -> None:
    for name, content in WHOLE.items():
        with subtests.test(name):
            cut = put(tmp_path, content[: len(content) * 3 // 4])
            found, problems = pages(cut, tmp_path / "warc")
            assert problems
            assert pages(cut, tmp_path / "warc") == (found, problems), "it is told as often as it is read"
            assert all(PAGES[url] == body for url, body in found.items())
            if name.startswith("ARC") or name == "zstd":
                assert found


def test_of_what_cannot_be_read_there_is_no_copy(tmp_path: Path) -> None:
    for content in (b"PK\x03\x04 and no more", b"\x28\xb5\x2f\xfd and no more", b"filedesc:"):
        assert pages(put(tmp_path, content), tmp_path / "warc")[1]
    assert list((tmp_path / "warc").iterdir()) == []


def test_hostile_files_are_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, subtests: pytest.Subtests) -> None:
    monkeypatch.setattr(repack, "FLOOR_BYTES", 20_000)
    monkeypatch.setattr(repack, "MAX_RATIO", 5)
    bomb = b"".join(RECORDS) + bytes(5_000_000)
    cases = {
        "gzip": gzip.compress(bomb), "zstd": zstd.compress(bomb), "WACZ": wacz({"archive/a.warc": bomb}, zipfile.ZIP_DEFLATED),
        "ARC": gzip.compress(b"".join(ARC) + bytes(5_000_000)),
    }  # fmt: skip
    for name, content in cases.items():
        with subtests.test(name):
            found, problems = pages(put(tmp_path, content), tmp_path / "warc")
            assert (found, "is cut there" in problems[0]) == (PAGES, True), problems
    within = wacz({f"archive/{n}.warc.gz": gzip.compress(bytes(5_000_000)) for n in range(3)}, zipfile.ZIP_DEFLATED)
    problems = pages(put(tmp_path, within), tmp_path / "warc")[1]
    assert [one.rpartition(" more than ")[2] for one in problems if "is cut there" in one][1:] == [
        "0 bytes, and is cut there"
    ] * 2, "what is packed in what is packed, and many of them, count together"
    outside = wacz({"archive/../../../../tmp/x.warc": b"".join(RECORDS), "/etc/x.warc": b"".join(RECORDS)})
    assert pages(put(tmp_path, outside), tmp_path / "warc")[0] == PAGES, "names in it are no paths"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["an archive.of.some-kind", "warc"]
    found, problems = pages(put(tmp_path, wacz({"pages/pages.jsonl": b"{}"})), tmp_path / "warc")
    assert (found, "no WACZ" in problems[0]) == ({}, True)
