"""The misbehaving paper misbehaves exactly as its paths say: asked over bare HTTP, byte by byte where that matters."""

from __future__ import annotations

import gzip
import json
import socket
import sys
import time
import zlib
from collections.abc import Iterator
from email.utils import parsedate_to_datetime
from http.client import BadStatusLine, HTTPConnection, HTTPException, HTTPResponse, IncompleteRead
from pathlib import Path
from urllib.parse import urlsplit
from xml.etree import ElementTree

import pytest

from crawler.demo.press import Press

TWIN = Path(__file__).parent / "misbehaving.py"
SITEMAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"


@pytest.fixture(scope="module")
def running() -> Iterator[Press]:
    with Press((sys.executable, str(TWIN))) as twin:
        yield twin


@pytest.fixture
def twin(running: Press) -> Press:
    running.forget_log()
    return running


def ask(twin: Press, path: str, *, seconds: float = 10, **headers: str) -> tuple[HTTPResponse, bytes]:
    connection = HTTPConnection(urlsplit(twin.url).netloc, timeout=seconds)
    try:
        connection.request("GET", path, headers={name.replace("_", "-"): value for name, value in headers.items()})
        response = connection.getresponse()
        return response, response.read()
    finally:
        connection.close()


def wire(twin: Press, path: str, enough: int, seconds: float = 5) -> bytes:
    """The first bytes on the wire, at least `enough` unless the answer ends before."""
    address = urlsplit(twin.url)
    with socket.create_connection((address.hostname, address.port), timeout=seconds) as connection:
        connection.sendall(f"GET {path} HTTP/1.1\r\nHost: {address.netloc}\r\n\r\n".encode())
        data = bytearray()
        while len(data) < enough:
            piece = connection.recv(1 << 16)
            if not piece:
                break
            data += piece
    return bytes(data)


def locs(body: bytes) -> list[str]:
    return [element.text or "" for element in ElementTree.fromstring(body).iter(f"{SITEMAP}loc")]


def test_the_front_lists_every_path_with_its_meaning(twin: Press) -> None:
    body = ask(twin, "/")[1].decode()
    paths = [urlsplit(url).path for url in locs(ask(twin, "/list/all")[1])]
    assert len(paths) == len(set(paths)) > 60
    for path in paths:
        assert f'<a href="{path}">{path}</a> ' in body
    assert "</a> </li>" not in body


def test_sitemaps_and_feeds_name_what_is_asked(twin: Press) -> None:
    base = twin.url.rstrip("/")
    assert locs(ask(twin, "/sitemap.xml?paths=/ok/7,/empty")[1]) == [f"{base}/ok/7", f"{base}/empty"]
    assert locs(ask(twin, "/sitemap.xml")[1]) == [f"{base}/ok/{n}" for n in (1, 2, 3)]
    assert sorted(locs(ask(twin, "/list/bomb")[1])) == [
        f"{base}/{name}" for name in ("brotli-bomb", "entity-bomb.xml", "gzip-bomb", "header-bomb", "sitemap-bomb.xml.gz")
    ]
    feed = ElementTree.fromstring(ask(twin, "/feed.xml?paths=/ok/9")[1])
    assert [item.findtext("link") for item in feed.iter("item")] == [f"{base}/ok/9"]


def test_the_log_tells_both_ports(twin: Press) -> None:
    ask(twin, "/ok/1", User_Agent="tester/1", Cookie="a=b")
    other = HTTPConnection(urlsplit(twin.ready["other"]).netloc, timeout=10)
    other.request("GET", "/ok/2")
    assert other.getresponse().status == 200
    other.close()
    here, there = (urlsplit(twin.ready[name]).port for name in ("url", "other"))
    log = twin.log()
    assert [(entry["port"], entry["path"]) for entry in log] == [(here, "/ok/1"), (there, "/ok/2")]
    assert (log[0]["User-Agent"], log[0]["Cookie"]) == ("tester/1", "a=b")


@pytest.mark.parametrize(
    ("path", "location"),
    [
        ("/redirect-loop", "/redirect-loop"),
        ("/redirect-chain/3", "/redirect-chain/2"),
        ("/redirect-chain/1", "/ok/1"),
        ("/redirect-forever/7", "/redirect-forever/8"),
        ("/redirect-to-private", "http://10.0.0.1/"),
        ("/redirect-to-private/metadata", "http://169.254.169.254/latest/meta-data/"),
        ("/redirect-to-private/decimal", "http://167772161/"),
        ("/redirect-to-file", "file:///etc/passwd"),
        ("/redirect-to-ftp", "ftp://127.0.0.1/story.html"),
        ("/redirect-to-other-site", "http://other-paper.invalid/ok/1"),
        ("/redirect-to-section", "/section/"),
        ("/redirect-to-home", "/"),
        ("/redirect-to-nothing", ""),
        ("/redirect-without-location", None),
        ("/cookie-loop", "/cookie-loop"),
    ],
)
def test_redirects(twin: Press, path: str, location: str | None) -> None:
    response, _ = ask(twin, path)
    assert response.status in (301, 302)
    assert response.getheader("Location") == location


def test_the_other_port_is_where_it_says(twin: Press) -> None:
    assert ask(twin, "/redirect-to-loopback-other-port")[0].getheader("Location") == twin.ready["other"] + "ok/1"


def test_a_cookie_ends_the_loop(twin: Press) -> None:
    response, _ = ask(twin, "/cookie-loop")
    cookie = (response.getheader("Set-Cookie") or "").partition(";")[0]
    assert ask(twin, "/cookie-loop", Cookie=cookie)[0].status == 200


@pytest.mark.parametrize("code", [200, 403, 404, 410, 451, 500, 503])
def test_status(twin: Press, code: int) -> None:
    assert ask(twin, f"/status/{code}")[0].status == code


def test_flaky_gets_well(twin: Press) -> None:
    assert [ask(twin, "/flaky/2")[0].status for _ in range(4)] == [500, 500, 200, 200]
    twin.forget_log()
    assert ask(twin, "/flaky/2")[0].status == 500


def test_retry_after(twin: Press) -> None:
    first, _ = ask(twin, "/retry-after/0")
    assert (first.status, first.getheader("Retry-After")) == (429, "0")
    assert ask(twin, "/retry-after/0")[0].status == 200
    assert [ask(twin, "/retry-after/60")[0].status for _ in range(2)] == [429, 429]


def test_retry_after_a_date(twin: Press) -> None:
    response, _ = ask(twin, "/retry-after-date/60")
    until = parsedate_to_datetime(response.getheader("Retry-After") or "")
    since = parsedate_to_datetime(response.getheader("Date") or "")
    assert (response.status, 60 <= (until - since).total_seconds() <= 62) == (503, True)
    assert ask(twin, "/retry-after-date/60")[0].status == 503


def test_refusals(twin: Press) -> None:
    assert [ask(twin, f"/forbidden/{n}")[0].status for n in (1, 2)] == [403, 403]
    asked = [ask(twin, f"/challenge/{n}")[0] for n in (1, 2)]
    assert [(answer.status, answer.getheader("Cf-Mitigated")) for answer in asked] == [(403, "challenge"), (200, None)]


def test_reservations(twin: Press) -> None:
    assert ask(twin, "/tdm-header")[0].getheader("TDM-Reservation") == "1"
    assert b'<meta name="tdm-reservation" content="1"></head>' in ask(twin, "/tdm-meta")[1]
    assert json.loads(ask(twin, "/.well-known/tdmrep.json")[1]) == [{"location": "/tdm-file/*", "tdm-reservation": 1}]
    assert b"tdm" not in ask(twin, "/tdm-file/1")[1]
    assert "noarchive" in (ask(twin, "/noarchive")[0].getheader("X-Robots-Tag") or "")


def test_slow_is_slow(twin: Press) -> None:
    started = time.monotonic()
    assert ask(twin, "/slow/0.3")[0].status == 200
    assert time.monotonic() - started >= 0.3


def test_drip_comes_byte_by_byte(twin: Press) -> None:
    data = wire(twin, "/drip", enough=1)
    assert data.startswith(b"HTTP/1.1 200")
    assert len(data.partition(b"\r\n\r\n")[2]) <= 2


def test_endless_goes_on_after_many_megabytes(twin: Press) -> None:
    assert len(wire(twin, "/endless", enough=10 << 20)) >= 10 << 20


def test_endless_headers(twin: Press) -> None:
    data = wire(twin, "/endless-headers", enough=1 << 16)
    assert b"\r\n\r\n" not in data


def test_truncated_stops_half_way(twin: Press) -> None:
    with pytest.raises(IncompleteRead) as violated:
        ask(twin, "/truncated")
    assert violated.value.expected == len(violated.value.partial)


@pytest.mark.parametrize("path", ["/close", "/bad-status-line", "/bad-head/status", "/bad-chunk", "/header-bomb"])
def test_what_is_not_http(twin: Press, path: str) -> None:
    with pytest.raises((BadStatusLine, HTTPException, ConnectionError, ValueError)):
        ask(twin, path)


def test_compression_bombs_are_small_and_unpack_to_100_mib(twin: Press) -> None:
    response, packed = ask(twin, "/gzip-bomb", Accept_Encoding="gzip")
    assert response.getheader("Content-Encoding") == "gzip"
    assert len(packed) < 200_000
    unpacker, size = zlib.decompressobj(31), 0
    for start in range(0, len(packed), 1024):
        size += len(unpacker.decompress(packed[start : start + 1024]))
    assert (size, unpacker.eof) == (100 << 20, True)
    response, packed = ask(twin, "/brotli-bomb")
    assert (response.getheader("Content-Encoding"), len(packed)) == ("br", 165)
    brotli = pytest.importorskip("brotli")
    assert len(brotli.decompress(packed)) == 100 << 20


def test_gzip_that_is_none(twin: Press) -> None:
    with pytest.raises(EOFError):
        gzip.decompress(ask(twin, "/gzip-cut-off")[1])
    with pytest.raises(gzip.BadGzipFile):
        gzip.decompress(ask(twin, "/gzip-lie")[1])


@pytest.mark.parametrize(
    ("path", "content_type"),
    [
        ("/no-content-type", None),
        ("/unknown-charset", "text/html; charset=klingon"),
        ("/html-as-binary", "application/octet-stream"),
        ("/binary-as-html", "text/html; charset=utf-8"),
        ("/html-as-feed", "application/rss+xml"),
    ],
)
def test_content_types(twin: Press, path: str, content_type: str | None) -> None:
    assert ask(twin, path)[0].getheader("Content-Type") == content_type


def test_bodies(twin: Press) -> None:
    assert ask(twin, "/empty")[1] == b""
    assert ask(twin, "/garbage")[1] == ask(twin, "/garbage")[1]
    assert len(ask(twin, "/garbage")[1]) == 20_000
    assert b"\0" in ask(twin, "/nul-bytes")[1]
    with pytest.raises(UnicodeDecodeError):
        ask(twin, "/wrong-charset")[1].decode()
    assert ask(twin, "/deep-nesting")[1].count(b"<div>") == 100_000
    assert ask(twin, "/million-tags")[1].count(b"<b></b>") == 1_000_000
    assert ask(twin, "/duplicate-ids")[1].count(b'id="article"') == 600
    assert 3 << 20 <= len(ask(twin, "/huge/3")[1]) < 4 << 20


@pytest.mark.parametrize("path", ["/soft-404", "/login-wall", "/meta-refresh"])
def test_pages_without_an_article(twin: Press, path: str) -> None:
    response, body = ask(twin, path)
    assert response.status == 200
    assert b"<article" not in body
    assert b"ld+json" not in body


def test_canonical_links_that_mislead(twin: Press) -> None:
    base = twin.url.rstrip("/")
    for path, target in (
        ("/canonical-to-home", f"{base}/"),
        ("/canonical-to-other-article", f"{base}/ok/1"),
        ("/canonical-to-other-site", "http://other-paper.invalid/ok/1"),
    ):
        assert f'<link rel="canonical" href="{target}">'.encode() in ask(twin, path)[1]
    assert b"bridge" not in ask(twin, "/canonical-to-other-article")[1].lower()


def test_lies_about_change(twin: Press) -> None:
    first, second = ask(twin, "/etag-always-304"), ask(twin, "/etag-always-304")
    assert first[0].getheader("ETag") == second[0].getheader("ETag")
    assert first[1] != second[1]
    assert ask(twin, "/etag-always-304", If_None_Match='"same"')[0].status == 304
    assert ask(twin, "/etag-weak")[0].getheader("ETag") == 'W/"story"'
    assert ask(twin, "/etag-weak", If_None_Match='W/"story"')[0].status == 304
    assert ask(twin, "/ever-new-text")[1] != ask(twin, "/ever-new-text")[1]
    lastmods = [ElementTree.fromstring(ask(twin, "/lying-lastmod")[1])[0].findtext(f"{SITEMAP}lastmod") for _ in range(2)]
    assert lastmods[0] < lastmods[1]


def test_xml_that_bites(twin: Press) -> None:
    bomb = ask(twin, "/entity-bomb.xml")[1]
    assert len(bomb) < 2_000
    assert bomb.count(b"<!ENTITY") == 10
    assert f'SYSTEM "{twin.ready["other"]}entity"'.encode() in ask(twin, "/external-entity.xml")[1]
    with pytest.raises(ElementTree.ParseError):
        ElementTree.fromstring(ask(twin, "/broken-feed.xml")[1])
    assert locs(ask(twin, "/sitemap-loop.xml")[1]) == [f"{twin.url}sitemap-loop.xml"]


@pytest.mark.parametrize(
    ("how", "status", "beginning"),
    [
        ("ok", 200, b"User-agent: *\nDisallow: /private/\nSitemap: http://127.0.0.1:"),
        ("missing", 404, b""),
        ("forbidden", 403, b"<!DOCTYPE html>"),
        ("error", 500, b""),
        ("busy", 429, b""),
        ("slow", 200, b"User-agent: *\nDisallow:\n"),
        ("disallow-all", 200, b"User-agent: *\nDisallow: /\n"),
        ("html", 200, b"<!DOCTYPE html>"),
        ("crawl-delay", 200, b"User-agent: *\nCrawl-delay: 2\n"),
        ("redirect-loop", 302, b""),
        ("second-hand", 203, b"User-agent: *\nDisallow: /private/\n"),
        ("elsewhere", 302, b""),
    ],
)
def test_robots(how: str, status: int, beginning: bytes) -> None:
    with Press((sys.executable, str(TWIN), "--robots", how, "--robots-seconds", "0.2", "--paths", "/ok/5,/empty")) as twin:
        response, body = ask(twin, "/robots.txt")
        assert response.status == status
        assert body.startswith(beginning)
        assert [urlsplit(url).path for url in locs(ask(twin, "/sitemap.xml")[1])] == ["/ok/5", "/empty"]


def test_every_path_answers_within_its_bounds(twin: Press) -> None:
    """All that neither pour nor sleep: one correct HTTP answer each, and the server lives on."""
    wild = (
        "/drip",
        "/endless",
        "/endless-headers",
        "/truncated",
        "/close",
        "/bad-status-line",
        "/bad-chunk",
        "/header-bomb",
    )
    for url in locs(ask(twin, "/list/all")[1]):
        path = urlsplit(url).path
        if path not in (*wild, "/slow/2", "/million-tags", "/gzip-bomb"):
            response, _ = ask(twin, path)
            assert 200 <= response.status < 600, path
    assert ask(twin, "/ok/1")[0].status == 200
    assert json.loads(ask(twin, "/_log")[1])[-1]["path"] == "/ok/1"


def test_broken_sitemaps(twin: Press) -> None:
    assert len(zlib.decompress(ask(twin, "/sitemap-bomb.xml.gz")[1], 31)) == 100 << 20
    for path, end in (("/sitemap-cut-off.xml", b"</loc>"), ("/sitemap-deep.xml", b"</urlset>\n")):
        body = ask(twin, path)[1]
        assert body.endswith(end)
        assert f"{twin.url}ok/1".encode() in body
    assert b"<loc>file:///etc/passwd</loc>" in ask(twin, "/sitemap-elsewhere.xml")[1]
    assert ask(twin, "/utf16-as-utf8")[1].startswith(b"<\0!\0")
