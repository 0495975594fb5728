"""The paper as a real server in a real child process."""

from __future__ import annotations

import gzip
import json
import os
import signal
import socket
import struct
import subprocess
import sys
import tomllib
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection, HTTPResponse
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from crawler.demo.press import Paper, Press, PressError, site_toml
from crawler.demo.stories import CRAWL_TIMES, at, state_at
from tests.forkserver import Process

PAPER = (sys.executable, "-m", "crawler.demo.paper")
PRINTED = state_at(CRAWL_TIMES[0])["bins"].path


@pytest.fixture
def paper(paper: Paper) -> Paper:
    """The paper as it is at the first crawl."""
    paper.set_clock(CRAWL_TIMES[0])
    return paper


def ask(paper: Press, path: str, method: str = "GET", body: str | None = None, **headers: str) -> tuple[HTTPResponse, bytes]:
    connection = HTTPConnection(urlsplit(paper.url).netloc, timeout=10)
    try:
        connection.request(method, path, body, {name.replace("_", "-"): value for name, value in headers.items()})
        response = connection.getresponse()
        return response, response.read()
    finally:
        connection.close()


def test_the_clock_decides_what_is_printed(paper: Paper) -> None:
    fire = state_at(at("13:30"))["fire"].path
    assert ask(paper, fire)[0].status == 404
    paper.set_clock(at("06:40"))
    assert b"Fire at Haughmere timber yard" in ask(paper, fire)[1]
    paper.set_clock(at("13:40"))
    response, body = ask(paper, fire)
    assert b"Timber yard fire out after seven hours" in body
    assert response.getheader("Date") == "Fri, 09 May 2025 12:40:00 GMT"


@pytest.mark.parametrize("body", ["", "soon", "2025-05-09T08:00:00", "1" * 200])
def test_a_clock_that_is_none_is_refused(paper: Paper, body: str) -> None:
    assert ask(paper, "/_clock", "PUT", body)[0].status == 400
    assert ask(paper, "/_clock")[1] == CRAWL_TIMES[0].isoformat().encode()


def test_connections_are_kept_and_lengths_are_true(paper: Paper) -> None:
    connection = HTTPConnection(urlsplit(paper.url).netloc, timeout=10)
    for path in ("/", "/rss.xml", "/nothing", PRINTED, "/pictures/drone.png?w=640"):
        connection.request("GET", path)
        response = connection.getresponse()
        assert len(response.read()) == int(response.getheader("Content-Length"))
        assert response.version == 11
        assert connection.sock is not None
    connection.close()


def test_gzip_where_it_is_accepted(paper: Paper) -> None:
    response, body = ask(paper, "/rss.xml", Accept_Encoding="gzip, deflate")
    plain, text = ask(paper, "/rss.xml")
    assert (response.getheader("Content-Encoding"), plain.getheader("Content-Encoding")) == ("gzip", None)
    assert gzip.decompress(body) == text
    assert len(body) < len(text)


@pytest.mark.parametrize("path", ["/rss.xml", "/sitemap.xml", "/sitemaps/news.xml", "/sitemaps/archive.xml", PRINTED])
def test_conditional_requests(paper: Paper, path: str) -> None:
    first, _ = ask(paper, path)
    etag, modified = first.getheader("ETag"), first.getheader("Last-Modified")
    assert etag
    assert modified
    again, body = ask(paper, path, If_None_Match=etag)
    assert (again.status, body, again.getheader("ETag")) == (304, b"", etag)
    assert ask(paper, path, If_Modified_Since=modified)[0].status == 304
    assert ask(paper, path, If_None_Match='"other"', If_Modified_Since=modified)[0].status == 200
    assert ask(paper, path, If_Modified_Since="Fri, 02 May 2025 00:00:00 GMT")[0].status == 200
    assert ask(paper, path, If_Modified_Since="not a date")[0].status == 200


def test_a_validator_of_yesterday_does_not_hide_an_edit(paper: Paper) -> None:
    paper.set_clock(at("17:00"))
    farm = state_at(at("17:00"))["farm"].path
    before, _ = ask(paper, farm)
    paper.set_clock(at("17:20"))
    after, body = ask(paper, farm, If_None_Match=before.getheader("ETag"))
    assert after.status == 200
    assert b"would not cost more" in body


def test_pages_with_furniture_bear_no_validators(paper: Paper) -> None:
    response, _ = ask(paper, "/news/coldhatch-reservoir-wall-to-be-rebuilt-4511871")
    assert (response.getheader("ETag"), response.getheader("Last-Modified")) == (None, None)


def test_head_and_redirect(paper: Paper) -> None:
    paper.set_clock(at("11:00"))
    response, body = ask(paper, "/news/libary-to-open-on-sundays-4512013", "HEAD")
    assert (response.status, body) == (301, b"")
    assert response.getheader("Location") == f"{paper.url}news/library-to-open-on-sundays-4512013"


def test_the_log_tells_what_was_asked_for(paper: Paper) -> None:
    ask(paper, "/robots.txt", User_Agent="tester/1")
    ask(paper, "/rss.xml", If_None_Match='"x"')
    log = paper.log()
    assert [(entry["path"], entry["status"]) for entry in log] == [("/robots.txt", 200), ("/rss.xml", 200)]
    assert (log[0]["User-Agent"], log[1]["If-None-Match"]) == ("tester/1", '"x"')
    assert log[0]["time"] <= log[1]["time"]
    assert log[0]["clock"] == CRAWL_TIMES[0].isoformat()
    paper.forget_log()
    assert paper.log() == []


def test_many_at_once(paper: Paper) -> None:
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: ask(paper, "/news/")[0].status, range(40)))
    assert answers == [200] * 40
    assert len(paper.log()) == 40


def test_the_definition_is_toml_for_this_paper(paper: Paper) -> None:
    [site] = tomllib.loads(site_toml(paper.url))["site"]
    assert (site["id"], site["url"], site["timezone"], site["sitemaps"]) == (
        "demo-gazette",
        paper.url,
        "Europe/London",
        [],
    )
    [bare] = tomllib.loads(site_toml(paper.url, feeds=(), sections=(), sitemaps=("/sitemap.xml",)))["site"]
    assert (bare["feeds"], bare["sections"], bare["sitemaps"]) == ([], [], ["/sitemap.xml"])


def start(*arguments: str) -> tuple[subprocess.Popen, str]:
    process = Process([*PAPER, *arguments], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    return process, json.loads(process.stdout.readline())["url"]


def finish(process: subprocess.Popen) -> tuple[int, bytes]:
    code = process.wait(10)
    noise = process.stderr.read()
    for stream in (process.stdin, process.stdout, process.stderr):
        stream.close()
    return code, noise


def test_it_ends_with_the_pipe_to_its_parent() -> None:
    process, _ = start()
    process.stdin.close()
    assert finish(process) == (0, b"")


@pytest.mark.parametrize("sign", [signal.SIGTERM, signal.SIGINT])
def test_it_ends_on_a_signal(sign: signal.Signals) -> None:
    process, _ = start()
    os.kill(process.pid, sign)
    assert finish(process) == (0, b"")


def test_the_access_log_is_a_file_of_json_lines(tmp_path: Path) -> None:
    path = tmp_path / "access.jsonl"
    process, url = start("--access-log", str(path))
    connection = HTTPConnection(urlsplit(url).netloc, timeout=10)
    connection.request("GET", "/robots.txt")
    connection.getresponse().read()
    connection.close()
    process.stdin.close()
    assert finish(process)[0] == 0
    assert [json.loads(line)["path"] for line in path.read_text().splitlines()] == ["/robots.txt"]


def test_a_server_that_does_not_start_is_told() -> None:
    with pytest.raises(PressError):
        Press((sys.executable, "-c", "print('nonsense')")).start()
    with pytest.raises(PressError):
        Press((sys.executable, "-c", "")).start()


def test_stopping_twice_is_nothing() -> None:
    paper = Paper()
    paper.start()
    pid = paper.pid
    paper.stop()
    paper.stop()
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)
    with pytest.raises(PressError):
        _ = paper.pid


def test_it_starts_from_any_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with Paper() as paper:
        assert ask(paper, "/robots.txt")[0].status == 200


def test_a_reader_that_goes_away_leaves_no_noise() -> None:
    process, url = start()
    address = urlsplit(url)
    for _ in range(5):
        connection = socket.create_connection((address.hostname, address.port))
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        connection.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\nGET / HTTP/1.1\r\n")
        connection.close()
    process.stdin.close()
    assert finish(process) == (0, b"")
