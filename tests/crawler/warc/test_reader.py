"""Records of WARC files: what is whole is read, what is not costs itself alone, and is told with its place."""

from __future__ import annotations

import base64
import gzip
import hashlib
import tracemalloc
from datetime import UTC, datetime
from pathlib import Path

import brotli
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crawler.warc import reader
from crawler.warc.decode import zstd
from pipelines.store.pages import ArchivedPage

URL = "https://gazette.example/news/ferry"
BODY = b"<html><body><p>The ferry sails at nine.</p></body></html>"


def sha1(body: bytes) -> str:
    return "sha1:" + base64.b32encode(hashlib.sha1(body).digest()).decode()


def record(
    url: str = URL, body: bytes = BODY, *, head: bytes = b"", status: bytes = b"200 OK", http: bytes = b"",
    kind: bytes = b"response", date: bytes | None = b"2025-06-01T10:00:00Z", length: int | None = -1,
) -> bytes:  # fmt: skip
    block = b"HTTP/1.1 " + status + b"\r\nContent-Type: text/html\r\n" + http + b"\r\n" + body
    lines = [b"WARC/1.1", b"WARC-Type: " + kind, b"WARC-Target-URI: " + url.encode()]
    lines += [b"WARC-Date: " + date] if date is not None else []
    lines += [b"Content-Length: %d" % (len(block) if length == -1 else length)] if length is not None else []
    return b"\r\n".join(lines) + b"\r\n" + head + b"\r\n" + block + b"\r\n\r\n"


ANSWER = b"Content-Type: application/http; msgtype=response\r\n"
SOUND = [record(f"https://gazette.example/sound/{n}") for n in range(2)]


def file_of(folder: Path, *records: bytes, packed: bool = True) -> Path:
    path = folder / ("a.warc.gz" if packed else "a.warc")
    path.write_bytes(b"".join(map(gzip.compress, records) if packed else records))
    return path


def captures(path: Path) -> tuple[dict[str, reader.ArchivedCapture], tuple[str, ...]]:
    found = reader.index(path)
    read = {entry.url: reader.read(entry) for entry in found.entries}
    assert all(read.values())
    return {url: capture for url, capture in read.items() if capture}, found.problems


@pytest.mark.parametrize("packed", [True, False])
def test_one_bad_record_costs_that_record(tmp_path: Path, subtests: pytest.Subtests, packed: bool) -> None:
    """Between two sound ones; what it is told as."""
    cases = {
        "no time": (record(date=None), "without a time"),
        "a time in words": (record(date=b"last Tuesday"), "without a time"),
        "before the calendar": (record(date=b"0001-01-01T00:00:00+14:00"), "without a time"),
        "before the web": (record(date=b"1970-01-01T00:00:00Z"), "without a time"),
        "a status of 23 digits": (record(status=b"2" * 23 + b" OK"), "no HTTP answer"),
        "a status of one digit": (record(status=b"7 Lucky"), "no HTTP answer"),
        "no HTTP in it": (record().replace(b"HTTP/1.1", b"GOPHER/0"), "no HTTP answer"),
        "truncated by length": (record(head=b"WARC-Truncated: length\r\n"), "says that it was truncated: 'length'"),
        "truncated for a reason nobody foresaw": (record(head=b"WARC-Truncated: moon\r\n"), "says that it was truncated: 'moon'"),
        "no length": (record(length=None), "without its length"),
        "a length in words": (record(length=None, head=b"Content-Length: long\r\n"), "without its length"),
        "endless header lines": (record(head=b"X-Noise: " + b"n" * 70_000 + b"\r\n"), "header lines without an end"),
        "no type": (record().replace(b"WARC-Type: response\r\n", b""), "of the type ''"),
        "an answer of no known type": (record(kind=b"resq0nse", head=ANSWER), "of the type 'resq0nse'"),
        "no URL": (record().replace(b"WARC-Target-URI", b"WARC-Target"), "from '', which is no URL"),
        "an answer from nowhere": (record("99999", head=ANSWER), "from '99999', which is no URL"),
        "a port that is none": (record("https://gazette.example:99999/news/ferry"), "which is no URL"),
        "a host that is none": (record("https://gaz ette.example/news/ferry"), "which is no URL"),
        "a password": (record("https://me:secret@gazette.example/news/ferry"), "which is no URL"),
        "an escape sequence": (record("https://gazette.example/news/\x1b[31mferry"), "which is no URL"),
        "something else": (b"Dear editor, this is a letter.\r\n\r\n", "not a WARC record"),
    }
    for name, (bad, problem) in cases.items():
        with subtests.test(name):
            found = reader.index(file_of(tmp_path, SOUND[0], bad, SOUND[1], packed=packed))
            sound = [entry.url for entry in found.entries if not entry.problem]
            assert sound == [f"https://gazette.example/sound/{n}" for n in range(2)]
            assert any(problem in told and told.startswith("a.warc") and ": at byte " in told for told in found.problems), (
                found.problems
            )


def test_packed_records_that_are_cut_or_damaged(tmp_path: Path, subtests: pytest.Subtests) -> None:
    whole = gzip.compress(record(body=BODY * 500))
    cases = {
        "half of it": whole[: len(whole) // 2],
        "all but its last byte": whole[:-1],
        "all but its checksum": whole[:-8],
        "a wrong checksum": whole[:-8] + b"\0\0\0\0" + whole[-4:],
        "a wrong size": whole[:-4] + b"\0\0\0\0",
        "a byte turned over": whole[: len(whole) // 2] + bytes([whole[len(whole) // 2] ^ 0xFF]) + whole[len(whole) // 2 + 1 :],
    }
    for name, bad in cases.items():
        for behind in (b"", gzip.compress(SOUND[1])):
            with subtests.test(name, is_last=not behind):
                path = tmp_path / "a.warc.gz"
                path.write_bytes(gzip.compress(SOUND[0]) + bad + behind)
                found = reader.index(path)
                sound = [entry.url for entry in found.entries if not entry.problem]
                assert sound == [f"https://gazette.example/sound/{n}" for n in range(2 if behind else 1)]
                assert len(found.problems) == 1


def test_a_plain_record_longer_or_shorter_than_it_says(tmp_path: Path, subtests: pytest.Subtests) -> None:
    length = len(record()) - len(record().partition(b"\r\n\r\n")[0]) - 8
    for name, said in {"shorter": length - 20, "longer": length + 20, "beyond the file": length + 9_000}.items():
        with subtests.test(name):
            found = reader.index(file_of(tmp_path, SOUND[0], record(length=said), SOUND[1], packed=False))
            assert next(entry.url for entry in found.entries if not entry.problem) == "https://gazette.example/sound/0"
            assert URL not in [entry.url for entry in found.entries if not entry.problem]
            assert found.problems


def test_files_of_other_kinds_are_told(tmp_path: Path, subtests: pytest.Subtests) -> None:
    cases = {
        "an ARC file": b"filedesc://a.arc 0.0.0.0 20250601100000 text/plain 40\n1 0 Archive\nURL IP-address\n\n",
        "a packed ARC file": gzip.compress(b"filedesc://a.arc 0.0.0.0 20250601100000 text/plain 9\n1 0 Archive\n\n"),
        "a WACZ": b"PK\x03\x04" + bytes(100),
        "text": b"Dear editor, this is a letter.",
        "a page": BODY,
        "many records in one stream": gzip.compress(b"".join(SOUND)),
    }
    for name, content in cases.items():
        with subtests.test(name):
            path = tmp_path / "b.warc.gz"
            path.write_bytes(content)
            found = reader.index(path)
            assert found.entries == ()
            assert len(found.problems) == 1
    path.write_bytes(b"")
    assert reader.index(path) == reader.CaptureIndex(())


def test_an_answer_that_is_not_whole(tmp_path: Path, subtests: pytest.Subtests) -> None:
    packed = gzip.compress(BODY)
    cases = {
        "shorter than its length": (record(http=b"Content-Length: 4000\r\n"), "bytes of a body of 4000"),
        "gzip cut within": (record(http=b"Content-Encoding: gzip\r\n", body=packed[:-9]), "the gzip stream is cut off"),
        "brotli cut within": (record(http=b"Content-Encoding: br\r\n", body=brotli.compress(BODY)[:-3]), "the br stream"),
        "zstd cut within": (record(http=b"Content-Encoding: zstd\r\n", body=zstd.compress(BODY)[:-3]), "the zstd stream"),
        "chunks cut within": (record(http=b"Transfer-Encoding: chunked\r\n", body=b"fff\r\n" + BODY), "the chunks are cut off"),
        "the digest of another body": (record(head=b"WARC-Payload-Digest: " + sha1(b"another").encode() + b"\r\n"), "its digest"),
    }
    for name, (bad, problem) in cases.items():
        with subtests.test(name):
            found, _ = captures(file_of(tmp_path, bad))
            assert problem in str(found[URL].problem)


def test_whole_answers_in_all_their_shapes(tmp_path: Path, subtests: pytest.Subtests) -> None:
    """Also as tools leave them: unpacked with the headers of the packed body, digests of this or that form of it."""
    packed = gzip.compress(BODY)
    chunked = b"%x\r\n" % len(BODY) + BODY + b"\r\n0\r\n\r\n"
    cases = {
        "plain": record(),
        "gzip": record(http=b"Content-Encoding: gzip\r\nContent-Length: %d\r\n" % len(packed), body=packed),
        "brotli": record(http=b"content-encoding: br\r\n", body=brotli.compress(BODY)),
        "zstd": record(http=b"Content-Encoding: zstd\r\n", body=zstd.compress(BODY)),
        "chunks": record(http=b"Transfer-Encoding: chunked\r\n", body=chunked),
        "unpacked by its tool": record(http=b"Content-Encoding: gzip\r\nContent-Length: 17\r\n"),
        "unpacked, shorter than it was packed": record(http=b"Content-Encoding: br\r\nContent-Length: 900\r\n"),
        "its chunks undone": record(http=b"Transfer-Encoding: chunked\r\n"),
        "the digest of the body": record(head=b"WARC-Payload-Digest: " + sha1(BODY).encode() + b"\r\n"),
        "the digest of the chunks": record(http=b"Transfer-Encoding: chunked\r\n", body=chunked,
                                           head=b"WARC-Payload-Digest: " + sha1(chunked).encode() + b"\r\n"),
        "the digest of the unpacked": record(http=b"Content-Encoding: gzip\r\n", body=packed,
                                             head=b"WARC-Payload-Digest: " + sha1(BODY).encode() + b"\r\n"),
        "a digest that nobody can read": record(head=b"WARC-Payload-Digest: crc32:zz\r\n"),
        "bare line ends": b"\n\n".join(part.replace(b"\r\n", b"\n") if n == 0 else part for n, part in
                                       enumerate(record().split(b"\r\n\r\n", 1))),
        "a folded header": record(head=b"X-Long: one\r\n two\r\n"),
    }  # fmt: skip
    for name, whole in cases.items():
        with subtests.test(name):
            found, problems = captures(file_of(tmp_path, whole))
            assert (found[URL].status, found[URL].body, found[URL].problem, problems) == (200, BODY, None, ())


def test_digests_in_any_spelling() -> None:
    digest = hashlib.sha1(BODY).digest()
    base32, base64_ = base64.b32encode(digest).decode(), base64.b64encode(digest).decode()
    spelled = [
        f"sha1:{base32}",
        f"sha1:{base32.lower()}",
        base32,
        f"sha1:{digest.hex()}",
        f"sha-1:{digest.hex().upper()}",
        f"sha1:{base64_}",
    ]
    assert {reader.digest_of(text) for text in spelled} == {digest}
    assert reader.digest_of("sha256:" + hashlib.sha256(BODY).hexdigest()) == hashlib.sha256(BODY).digest()
    assert [reader.digest_of(text) for text in (None, "", "sha1:", "sha1:zz", "sha256:" + base32)] == [None] * 5


def test_revisits_name_what_they_repeat(tmp_path: Path) -> None:
    refers = b"WARC-Refers-To-Target-URI: <https://gazette.example/old>\r\nWARC-Refers-To-Date: 2025-05-01T10:00:00Z\r\n"
    profile = b"WARC-Profile: http://netpreserve.org/warc/1.0/revisit/server-not-modified\r\n"
    path = file_of(
        tmp_path,
        record("https://gazette.example/1", b"", kind=b"revisit", head=refers),
        record("https://gazette.example/2", b"", kind=b"revisit", head=profile),
        record("https://gazette.example/3", b"", kind=b"revisit", status=b"304 Not Modified"),
    )
    one, two, three = reader.index(path).entries
    assert one.refers_to == ("https://gazette.example/old", datetime(2025, 5, 1, 10, tzinfo=UTC))
    assert [entry.is_not_modified for entry in (one, two, three)] == [False, True, True]


def test_one_record_at_a_time_is_held(tmp_path: Path) -> None:
    """A record of 200 MB, whose zeros pack to nothing, and endless header lines."""
    path = file_of(tmp_path, SOUND[0], record(body=bytes(200_000_000)), record(head=b"A: " + bytes(90_000_000)), SOUND[1])
    tracemalloc.start()
    found = reader.index(path)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 80_000_000
    assert [entry.url for entry in found.entries if not entry.problem] == [f"https://gazette.example/sound/{n}" for n in range(2)]


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(cut=st.integers(0, 2_000), noise=st.binary(max_size=40), packed=st.booleans())
def test_whatever_a_file_holds_it_never_raises(tmp_path: Path, cut: int, noise: bytes, packed: bool) -> None:
    path = file_of(tmp_path, *SOUND, record(), packed=packed)
    data = path.read_bytes()
    path.write_bytes(data[: cut % len(data)] + noise + data[cut % len(data) + len(noise) :])
    for entry in reader.index(path).entries:
        reader.read(entry)
    for offset in (0, cut, 10**9):
        reader.recorded(tmp_path, ArchivedPage(path.name, offset))
