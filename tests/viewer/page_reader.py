"""A ledger whose articles have gone through what articles go through, and its pages asked for in the same process."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from lxml import html

from pipelines.article import Author, Fetch, Image, Outcome
from pipelines.store.crawls import put_sites, start_crawl
from pipelines.store.database import Store
from pipelines.store.removal.redaction import withdraw
from pipelines.store.writer import RevisionWriter
from pipelines.stories.update import forget
from tests.factories import T0, article, at
from viewer.app import routes
from viewer.http import Request, Response
from viewer.repository import Repository

NOW = datetime(2025, 3, 9, 12, 0, tzinfo=UTC)
BASE = "http://127.0.0.1:8001/news"
MILL = "https://paper.example/news/mill-fire"
BRIDGE = "https://paper.example/news/bridge?id=7&page=a%20b"
GONE = "https://star.example/gone"
ARABIC = "https://star.example/arabic"
LONG = "https://star.example/live"
SECRET = "https://paper.example/news/secret"
HOSTILE_URL = 'https://star.example/odd?q="><script>alert(1)</script>'
HOSTILE = '"><script>alert(1)</script>\u202e\x07<img src=x onerror=alert(1)>{{ 7*7 }}'
START = "It began before four in the morning on the upper floor, the brigade said, and had spread to the roof within minutes."
FIRST = f"Fire broke out at Cross Mill.\n\nNo one was hurt.\n\nThe road was shut.\n\nThe owner lives nearby.\n\n{START}"
SECOND = FIRST.replace("No one was hurt.", "Two people were hurt.")
MOVED = f"{START.replace('upper', 'top')}\n\n{SECOND.removesuffix(START).strip()}"


@dataclass(frozen=True, slots=True)
class Page:
    """An answer, and what it says where it is HTML."""

    response: Response
    tree: html.HtmlElement

    @property
    def status(self) -> int:
        return self.response.status

    @property
    def markup(self) -> str:
        return self.response.body.decode()

    @property
    def text(self) -> str:
        """All that is read, white space made one."""
        return " ".join(self.tree.text_content().split())

    def header(self, name: str) -> str:
        return next((value for key, value in self.response.headers if key == name), "")

    def texts(self, selector: str) -> list[str]:
        """What each element of a class or a name (".kind", "h1") says."""
        path = f"//*[contains(concat(' ', @class, ' '), ' {selector[1:]} ')]" if selector.startswith(".") else f"//{selector}"
        return [" ".join(found.text_content().split()) for found in self.tree.xpath(path)]

    def links(self) -> list[str]:
        return [str(link) for link in self.tree.xpath("//a/@href")]


def make(folder: Path) -> Path:
    """The ledger's file."""
    path = folder / "news.db"
    with Store(path) as store:
        sites = [("paper", "The Paper", "Northshire", "GB"), ("star", "Der Stern & Söhne", "Süden", "DE")]
        put_sites(store, [{"id": one, "name": name, "url": f"https://{one}.example/", "region": region, "country": country}
                          for one, name, region, country in sites])  # fmt: skip
        paper, star = (RevisionWriter(store, site, start_crawl(store, site, "test", T0)) for site in ("paper", "star"))
        _mill(paper)
        paper.record(article("The bridge will open on Monday.", seen=30, url=BRIDGE, headline="Bridge to open Monday"))
        paper.record(article("The bridge will open on Tuesday.", seen=90, url=BRIDGE, headline="Bridge to open Tuesday"))
        star.record(article("It will go.", seen=20, url=GONE, headline="Soon gone"))
        star.record(Fetch(GONE, at(50), status=404, outcome=Outcome.GONE, reason="status 404"))
        star.record(Fetch(GONE, at(200), status=410, outcome=Outcome.GONE, reason="status 410"))
        star.record(article("قال المجلس إن الجسر سيفتح يوم الاثنين.", seen=25, url=ARABIC, headline="الجسر يفتح", language="ar"))
        _hostile(star)
        for number in range(12):
            text = "\n\n".join(f"Minute {minute}: nothing happened." for minute in range(number + 1))
            star.record(article(text, seen=100 + number, modified=100 + number, url=LONG, headline="Live", published=100))
        secret = paper.record(article("A secret.", seen=40, url=SECRET, headline="Secret headline")).article_id
        withdraw(store, store.row("SELECT * FROM articles WHERE id = ?", (secret,)) or {}, "x", "y", NOW, forget)
    return path


def _mill(ledger: RevisionWriter) -> None:
    ledger.record(article(FIRST, headline="Fire at mill", section="News"))
    ledger.record(article(SECOND, seen=60, modified=45, headline="Two hurt in mill fire"))
    ledger.record(article(SECOND, seen=80, modified=45, headline="Two hurt in mill fire"))
    moved = {"headline": "Two hurt in mill fire", "byline": "By Ann Other and Bo Lind", "modified": 45}
    people = (Author("Ann Other", "Crime Reporter"), Author("Bo Lind", None, "PA"))
    smoke = Image("https://paper.example/1.jpg", None, "Smoke over the mill at dawn", "Ann Other/PA")
    ledger.record(article(MOVED, seen=120, authors=people, images=(smoke,), **moved))
    ledger.record(article(SECOND, seen=240, modified=200, headline="Two hurt in mill fire"))


def _hostile(ledger: RevisionWriter) -> None:
    words = {"headline": HOSTILE, "description": HOSTILE, "byline": HOSTILE, "section": HOSTILE}
    people, images = (Author(HOSTILE, HOSTILE, HOSTILE),), (Image(None, HOSTILE, HOSTILE, HOSTILE),)
    ledger.record(article(f"Odd.\n\n{HOSTILE}", seen=70, url=HOSTILE_URL, authors=people, images=images, **words))
    other = {**words, "headline": f"More {HOSTILE}", "byline": "By nobody"}
    look = {"aliases": (('https://star.example/"><script>', "slug"),), "reason": HOSTILE}
    ledger.record(article(f"Odder.\n\n{HOSTILE}", seen=75, url=HOSTILE_URL, fetch=look, **other))


@contextmanager
def reading(path: Path) -> Iterator[Repository]:
    """The ledger as the server hands it to a page."""
    with Store(path, readonly=True) as store, store.snapshot():
        yield Repository(store, lambda *_: None, NOW)


def ask(path: Path, target: str, method: str = "GET", **headers: str) -> Page:
    """A page, as a server below /news gets it."""
    with reading(path) as repository:
        found = routes.respond(Request(method, target, headers), repository, BASE)
    assert found is not None, f"{target} is none of ours"
    is_page = any(value.startswith("text/html") for name, value in found.headers if name == "Content-Type")
    return Page(found, html.document_fromstring(found.body.decode()) if is_page else html.Element("p"))


def target_of(link: str) -> str:
    """A link of ours as a server below /news gets it."""
    assert link.startswith("/news/"), link
    return re.sub(r"#.*", "", link.removeprefix("/news"))
