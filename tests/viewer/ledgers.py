"""A ledger with an archive, and the viewer over it as a subprocess, asked over a real socket."""

from __future__ import annotations

import http.client
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit

from crawler.warc.writer import ArchiveWriter
from pipelines.article import Article, Exchange
from pipelines.store.database import Store
from tests.crawler.processes import environment
from tests.factories import URL, article, at, new_ledger, new_store
from tests.forkserver import Process

OLD_SLUG = "https://paper.example/news/mill-blaze"
GONE_QUIET = "https://paper.example/news/withdrawn-story"
UNKEPT = "https://paper.example/news/never-archived"
HOSTILE = 'https://paper.example/news/odd?q="><script>alert(1)</script>'
BAIT = "http://127.0.0.1:{port}/leak"
PAGE = """<html><head><title>Fire</title><link rel="preconnect" href="{bait}/preconnect"><LINK rel=stylesheet href="{bait}/style">
<link rel=icon href="{bait}/icon"><meta http-equiv="refresh" content="0;url={bait}/refresh"><base href="{bait}/base/">
<style>@import url("{bait}/import"); body {{ background: url("{bait}/background") }}</style>
<script src="{bait}/script"></script></head><body onload="document.title='ran'"><h1 id="said">Fire at Cross Mill £5</h1>
<img src="{bait}/image" onerror="document.title='ran'"><iframe src="{bait}/frame"></iframe><video poster="{bait}/poster"></video>
<object data="{bait}/object"></object><script>document.title = 'ran'; fetch("{bait}/fetch")</script>
<form action="{bait}/form"><input autofocus onfocus="this.form.submit()"></form></body></html>"""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back."""

    status: int
    headers: list[tuple[str, str]]
    body: bytes

    def get(self, name: str) -> str:
        """A header's value; "" where it is not there."""
        return next((value for key, value in self.headers if key.lower() == name.lower()), "")

    @property
    def text(self) -> str:
        return self.body.decode()


def page(port: int = 9) -> bytes:
    """An archived page that tries to run and to fetch, in Windows' letters."""
    return PAGE.format(bait=BAIT.format(port=port)).encode("windows-1252")


def make(folder: Path, port: int = 9) -> Store:
    """A ledger with its archive: an article of three revisions, one withdrawn, one not archived, one with an odd address."""
    store = new_store(folder)
    store.execute("UPDATE sites SET timezone = 'Europe/London'")
    ledger, archive = new_ledger(store), ArchiveWriter(folder / "warc", "paper")

    def write(read: Article, body: bytes = b"<p>ok</p>") -> int:
        fetch = read.fetch
        assert fetch is not None
        sent = (("Content-Type", "text/html; charset=windows-1252"), ("Set-Cookie", "a=1"), ("Link", "<http://127.0.0.1:9/>"))
        place = archive.write(Exchange(fetch.url, (("Host", "paper.example"),), 200, sent, body), fetch.fetched)
        kept = replace(fetch, warc_file=place.file, warc_offset=place.offset, payload_hash=place.payload_hash)
        return ledger.record(replace(read, fetch=kept)).article_id or 0

    write(article("The mill burned.\n\n<script>alert(1)</script> & more"), page(port))
    write(article("The mill burned down.", seen=60, modified=50, headline="Mill lost", fetch={"aliases": ((OLD_SLUG, "slug"),)}))
    ledger.record(article("The mill burned down.", seen=90, modified=50, headline="Mill lost"))
    write(article("The mill is lost.", seen=120, modified=110, headline="<b>Mill</b> lost"))
    write(article("Odd.", seen=30, url=HOSTILE, headline="Odd address"))
    ledger.record(article("Never kept.", seen=40, url=UNKEPT, headline="Kept nowhere"))
    withdrawn = write(article("A secret text.", seen=50, url=GONE_QUIET, headline="A secret headline"))
    store.insert(
        "withdrawals", {"article_id": withdrawn, "at": "2025-03-08T00:00:00Z", "who": "x", "reason": "y", "revisions": 1}
    )
    archive.close()
    return store


@contextmanager
def serving(folder: Path, *options: str, db: str = "news.db", now: datetime | None = None) -> Iterator[str]:
    """`newsledger serve` over a ledger in `folder`; where it is."""
    command = [sys.executable, "-m", "crawler", "serve", "--port", "0", "--db", str(folder / db), *options]
    with Process(command, stdout=subprocess.PIPE, text=True, env=environment(now)) as child:
        try:
            assert child.stdout is not None
            yield child.stdout.readline().split()[-1].rstrip("/")
        finally:
            child.terminate()
            assert child.wait(10) == 0


def ask(base: str, target: str, method: str = "GET", **headers: str) -> Answer:
    """Ask for a target exactly as it is given; `accept_datetime` becomes Accept-Datetime."""
    connection = http.client.HTTPConnection(urlsplit(base).netloc, timeout=20)
    connection._validate_path = lambda url: None  # type: ignore[method-assign, attr-defined]
    connection.request(method, target, headers={name.replace("_", "-").title(): value for name, value in headers.items()})
    with connection.getresponse() as got:
        found = Answer(got.status, got.getheaders(), got.read())
    connection.close()
    return found


__all__ = ["GONE_QUIET", "HOSTILE", "OLD_SLUG", "UNKEPT", "URL", "Answer", "ask", "at", "make", "page", "serving"]
