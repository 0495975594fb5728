"""Pages asked for without a server: a request goes in as a value, and what comes back is read as a browser reads it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from itertools import pairwise
from pathlib import Path

from lxml import html
from lxml.html import HtmlElement

from pipelines.store.database import Store
from viewer.app.routes import respond
from viewer.http import POLICY, Request, Response
from viewer.repository import Repository

BASE = "http://127.0.0.1:8001"


@contextmanager
def reading(path: Path, now: datetime) -> Iterator[Repository]:
    """The ledger as the server opens it for a request."""
    with Store(path, readonly=True) as store, store.snapshot():
        yield Repository(store, lambda file, offset: None, now)


def answer(path: Path, target: str, now: datetime, base: str = BASE) -> Response:
    """What our pages answer."""
    with reading(path, now) as repository:
        found = respond(Request("GET", target, {}), repository, base)
    assert found is not None, target
    return found


def page(path: Path, target: str, now: datetime, base: str = BASE) -> HtmlElement:
    """A page that is there, with what is true of all of ours."""
    found = answer(path, target, now, base)
    assert found.status == 200, found.body.decode()[:2000]
    assert dict(found.headers)["Content-Security-Policy"] == POLICY
    root = html.fromstring(found.body.decode())
    assert not root.xpath("//script[not(starts-with(@src, '/')) or text()]|//@style|//*[starts-with(name(@*[1]), 'on')]")
    assert not [one for one in root.xpath("//@href|//@src") if one.startswith(("javascript:", "data:"))]
    assert len(root.xpath("//h1")) == 1
    assert len(root.xpath("//@id")) == len(set(root.xpath("//@id"))), "ids are single"
    levels = [int(heading.tag[1]) for heading in root.xpath("//h1|//h2|//h3|//h4")]
    assert all(after - before <= 1 for before, after in pairwise(levels)), levels
    return root


def text(node: HtmlElement) -> str:
    """What a reader reads, on one line."""
    return " ".join(node.text_content().split())


def texts(root: HtmlElement, path: str) -> list[str]:
    """What stands at each of some places."""
    return [text(node) for node in root.xpath(path)]
