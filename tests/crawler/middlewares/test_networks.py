"""Networks as they are: real proxies, authorities, cookies and addresses, all of this machine."""

from __future__ import annotations

import asyncio
import json
import select
import socket
import ssl
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from scrapy import Request
from scrapy.http import Response

from crawler.config import SETTINGS as KNOWN
from crawler.config import ConfigurationError, load, shown
from crawler.discovery.proposal import needs_script
from crawler.middlewares.proxy import MAX_COOKIES, GuardedProxy, SiteCookies
from crawler.middlewares.ssrf import AddressRefused
from tests.crawler.processes import environment, site_table
from tests.forkserver import run
from tests.table import table

SECRET = "hunter2hunter2"
TEXT = "".join(f"<p>The ferry sailed at {hour} with forty people aboard, and nobody was late for it.</p>" for hour in range(8))


class Paper(ThreadingHTTPServer):
    """Two articles, by sitemap; with `walled` each page loops until a cookie comes back."""

    daemon_threads = True

    def __init__(self, host: str = "127.0.0.1", *, walled: bool = False) -> None:
        self.address_family = socket.AF_INET6 if ":" in host else socket.AF_INET
        super().__init__((host, 0), _Pages)
        self.walled = walled
        self.base = f"http://{f'[{host}]' if ':' in host else host}:{self.server_address[1]}"
        self.asked: list[str] = []


class _Pages(BaseHTTPRequestHandler):
    server: Paper
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        path = urlsplit(self.path).path
        self.server.asked.append(path)
        if path == "/robots.txt":
            self.answer(f"Sitemap: {self.server.base}/sitemap.xml\n", "text/plain")
        elif self.server.walled and "seen=1" not in self.headers.get("Cookie", ""):
            self.answer("", "text/html", 302, Location=self.path, **{"Set-Cookie": "seen=1; Path=/"})
        elif path == "/sitemap.xml":
            urls = "".join(f"<url><loc>{self.server.base}/news/the-ferry-sails-{n}</loc></url>" for n in (1234567, 1234568))
            self.answer(f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{urls}</urlset>', "application/xml")
        else:
            head = "<title>The ferry sails</title><meta property='article:published_time' content='2025-03-07T08:00:00Z'>"
            self.answer(
                f"<html><head>{head}</head><body><article><h1>The ferry sails</h1>{TEXT}</article></body></html>", "text/html"
            )

    def answer(self, text: str, kind: str, status: int = 200, **headers: str) -> None:
        body = text.encode()
        self.send_response(status)
        for name, value in {"Content-Type": kind, "Content-Length": str(len(body)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Quiet."""


class Proxy(ThreadingHTTPServer):
    """Resolves every name to one paper; wants a password where it is given one."""

    daemon_threads = True

    def __init__(self, paper: Paper, password: str = "") -> None:
        super().__init__(("127.0.0.1", 0), _Relay)
        self.paper = paper.server_address[:2]
        self.password = password
        self.url = f"http://127.0.0.1:{self.server_address[1]}"
        self.asked: list[str] = []


class _Relay(BaseHTTPRequestHandler):
    server: Proxy
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self.server.asked.append(self.path)
        connection = HTTPConnection(*self.server.paper, timeout=10)  # type: ignore[misc]
        connection.request(
            "GET", self.path.partition("://")[2].partition("/")[1] + self.path.partition("://")[2].partition("/")[2]
        )
        answer = connection.getresponse()
        body = answer.read()
        self.send_response(answer.status)
        self.send_header("Content-Type", answer.headers["Content-Type"])
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
        connection.close()

    def do_CONNECT(self) -> None:
        self.server.asked.append(self.path)
        if self.server.password and not self.headers.get("Proxy-Authorization"):
            self.send_error(407)
            return
        self.close_connection = True
        with socket.create_connection(self.server.paper) as paper:
            self.send_response(200)
            self.end_headers()
            ways = {self.connection: paper, paper: self.connection}
            while ready := select.select(ways, [], [], 10)[0]:
                for one in ready:
                    data = one.recv(65_536)
                    if not data:
                        return
                    ways[one].sendall(data)

    def log_message(self, *_: object) -> None:
        """Quiet."""


@contextmanager
def serving(*servers: ThreadingHTTPServer) -> Iterator[None]:
    with ExitStack() as stack:
        for server in servers:
            threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
            stack.callback(server.server_close)
            stack.callback(server.shutdown)
        yield


def crawl(folder: Path, url: str, *, settings: dict[str, str] | None = None, **keys: Any) -> tuple[dict[str, Any], str]:
    """A crawl of a site; its row, and all that it said."""
    (folder / "sites.toml").write_text(site_table("paper", url, **keys), encoding="utf-8")
    command = [sys.executable, "-m", "crawler", "crawl", "paper", "--db", str(folder / "news.db"), "--sites",
               str(folder / "sites.toml"), "--json", "--log-level", "DEBUG"]  # fmt: skip
    done = run(command, env=environment() | (settings or {}), capture_output=True, text=True, check=False, timeout=90)
    return json.loads(done.stdout)[0], done.stderr + done.stdout


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An authority of our own, and what it signed for paper.test: `ca.pem`, `paper.pem`, `paper.key`."""
    folder = tmp_path_factory.mktemp("ca")
    (folder / "names").write_text("subjectAltName=DNS:paper.test", encoding="ascii")
    key = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes")
    for command in (
        ("req", "-x509", *key, "-keyout", "ca.key", "-out", "ca.pem", "-subj", "/CN=Our authority", "-days", "2"),
        ("req", *key, "-keyout", "paper.key", "-out", "paper.csr", "-subj", "/CN=paper.test"),
        ("x509", "-req", "-in", "paper.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-out", "paper.pem",
         "-days", "2", "-extfile", "names"),
    ):  # fmt: skip
        subprocess.run(("openssl", *command), cwd=folder, check=True, capture_output=True)
    return folder


@contextmanager
def https_paper(authority: Path) -> Iterator[tuple[Paper, Proxy]]:
    """paper.test behind a proxy that wants a password."""
    paper = Paper()
    paper.base = "https://paper.test"
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(authority / "paper.pem", authority / "paper.key")
    paper.socket = context.wrap_socket(paper.socket, server_side=True)
    proxy = Proxy(paper, SECRET)
    with serving(paper, proxy):
        yield paper, proxy


def test_a_proxy_with_a_password_and_an_authority_of_ones_own(tmp_path: Path, authority: Path) -> None:
    """The name is the proxy's to resolve; the tunnel's other end shows a certificate that only our bundle knows."""
    with https_paper(authority) as (_, proxy):
        given = proxy.url.replace("://", f"://us:{SECRET}@")
        settings = {"NEWSLEDGER_PROXY": given, "NEWSLEDGER_CA_BUNDLE": str(authority / "ca.pem")}
        row, said = crawl(tmp_path, "https://paper.test/", settings=settings, delay_seconds=0.01)
        assert (row["outcome"], row["revisions"]) == ("finished", 2), said
        assert set(proxy.asked) == {"paper.test:443"}
        kept = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
        assert SECRET not in said
        assert SECRET.encode() not in kept


@pytest.mark.slow
def test_without_the_bundle_and_without_the_password(tmp_path: Path, authority: Path) -> None:
    with https_paper(authority) as (paper, proxy):
        given = {"NEWSLEDGER_PROXY": proxy.url.replace("://", f"://us:{SECRET}@")}
        row, _ = crawl(tmp_path, "https://paper.test/", settings=given, delay_seconds=0.01)
        assert (row["outcome"], "the certificate is not valid" in row["reason"]) == ("failed", True), row["reason"]
        row, _ = crawl(tmp_path, "https://paper.test/", settings={"NEWSLEDGER_PROXY": proxy.url}, delay_seconds=0.01)
        assert (row["outcome"], "the proxy makes no connection" in row["reason"]) == ("failed", True), row["reason"]
    assert not paper.asked


@pytest.mark.slow
def test_the_environments_proxy_and_what_it_is_not_asked_for(tmp_path: Path) -> None:
    paper = Paper()
    proxy = Proxy(paper)
    paper.base = "http://paper.test"
    with serving(paper, proxy):
        row, said = crawl(tmp_path, "http://paper.test/", settings={"http_proxy": proxy.url}, delay_seconds=0.01,
                          sections=["/news/"])  # fmt: skip
        assert (row["outcome"], row["revisions"]) == ("finished", 2), said
        assert "http://paper.test/robots.txt" in proxy.asked
        proxy.asked.clear()
        other = tmp_path / "direct"
        other.mkdir()
        direct = Paper()
        with serving(direct):
            row, said = crawl(other, direct.base, settings={"http_proxy": proxy.url, "no_proxy": "127.0.0.1"})
        assert (row["outcome"], proxy.asked) == ("finished", []), said


@table(
    ("addresses", "refused"),
    [(("93.184.216.34",), False), (("10.0.0.5",), True), (("93.184.216.34", "::1"), True), (("fd00::7",), True), ((), False)],
)
def test_through_a_proxy_names_are_judged_as_far_as_we_can(addresses: tuple[str, ...], refused: bool) -> None:
    async def resolve(name: str, port: int) -> tuple[str, ...]:
        assert (name, port) == ("inside.example", 80)
        return addresses

    guard = GuardedProxy("http://127.0.0.1:3128", resolve)
    request = Request("http://inside.example/a")
    if refused:
        with pytest.raises(AddressRefused):
            asyncio.run(guard.process_request(request))
    else:
        asyncio.run(guard.process_request(request))
        assert request.meta["proxy"] == "http://127.0.0.1:3128"


@table(
    ("value", "fine"),
    [
        ("http://proxy.example:3128", True),
        ("http://us:pass%40word@proxy.example:3128/", True),
        ("http://[fd00::1]:3128", True),
        ("proxy.example:3128", False),
        ("https://proxy.example:3128", False),
        ("socks5://proxy.example:1080", False),
        ("http://proxy.example", False),
    ],
)
def test_the_setting(value: str, fine: bool) -> None:
    if fine:
        assert load(None, {"NEWSLEDGER_PROXY": value}).text("proxy") == value
        assert "pass" not in shown(KNOWN["proxy"], value)
    else:
        with pytest.raises(ConfigurationError) as raised:
            load(None, {"NEWSLEDGER_PROXY": value})
        assert value not in str(raised.value), "what may be a secret is not told"


def test_a_bundle_that_is_none(tmp_path: Path) -> None:
    (tmp_path / "no.pem").write_text("no certificate", encoding="ascii")
    for path in ("no.pem", "missing.pem"):
        with pytest.raises(ConfigurationError, match=r"ca_bundle|CA_BUNDLE"):
            load(None, {"NEWSLEDGER_CA_BUNDLE": str(tmp_path / path)})


def test_a_host_of_ipv6_alone(tmp_path: Path) -> None:
    paper = Paper("::1")
    with serving(paper):
        row, said = crawl(tmp_path, f"{paper.base}/")
    assert (row["outcome"], row["revisions"]) == ("finished", 2), said


def test_a_jar_is_one_crawls_and_bounded() -> None:
    jar = SiteCookies()
    request = Request("https://paper.example/a", headers={"Cookie": "of=before"})
    jar.process_request(request)
    assert "Cookie" not in request.headers, "what a redirected request had before is not sent on"
    for number in range(MAX_COOKIES * 2):
        jar.process_response(request, Response(request.url, headers={"Set-Cookie": f"c{number}=1; Path=/"}))
    elsewhere = Request("https://elsewhere.example/a")
    for one in (request, elsewhere):
        jar.process_request(one)
    sent = (request.headers["Cookie"] or b"").decode()
    assert (sent.count("="), "Cookie" in elsewhere.headers) == (MAX_COOKIES, False)


@pytest.mark.slow
def test_a_site_that_loops_without_cookies(tmp_path: Path) -> None:
    paper = Paper(walled=True)
    with serving(paper):
        row, said = crawl(tmp_path, f"{paper.base}/")
        assert (row["outcome"], row["revisions"]) == ("failed", 0), said
        row, said = crawl(tmp_path, f"{paper.base}/", cookies=True)
    assert (row["outcome"], row["revisions"]) == ("finished", 2), said


NOSCRIPT, SCRIPT = "<noscript>You need to enable JavaScript to run this app.</noscript>", '<script src="/a.js"></script>'


@table(
    ("body", "shell"),
    [
        (f'{NOSCRIPT}<div id="root"></div>{SCRIPT}', True),
        ('<app-root></app-root><script type="module" src="/main.js"></script>', True),
        ('<header><a href="/">Home</a></header><div id="__next"><p>Loading …</p></div><script>start()</script>', True),
        (f'<div id="root"><article>{TEXT}</article></div>{SCRIPT}{NOSCRIPT}', False),
        ('<div id="root"></div>', False),
        ("<p>Nothing was found.</p><script>count()</script>", False),
        ("", False),
    ],
)
def test_pages_that_are_shells(body: str, shell: bool) -> None:
    assert needs_script(f"<html><head><title>The ferry</title></head><body>{body}</body></html>".encode()) is shell
