"""All our addresses and pages together: nothing leads nowhere, nothing of a stranger's runs, everyone can read every page."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from itertools import pairwise
from pathlib import Path
from typing import ClassVar
from urllib.parse import quote

import pytest
from lxml import html

from pipelines.store.database import Row, Store
from tests.table import table
from tests.viewer.page_reader import (
    ARABIC,
    BASE,
    BRIDGE,
    GONE,
    HOSTILE_URL,
    LONG,
    MILL,
    NOW,
    SECRET,
    Page,
    ask,
    make,
    reading,
    target_of,
)
from viewer.app import routes
from viewer.http import POLICY, Request
from viewer.rendering import article_path
from viewer.repository import Repository

ODD = article_path(HOSTILE_URL)
PAGES = [
    "/",
    "/?silent=1",
    "/?site=star&change=new",
    "/?since=2031-01-01",
    f"/history/{MILL}",
    f"/history/{GONE}",
    f"/history/{ARABIC}",
    f"/history/{LONG}",
    f"/history/{ODD}",
    f"/history/{BRIDGE}",
    f"/diff/{MILL}",
    f"/diff/1..2/{MILL}",
    f"/diff/2..3/{MILL}",
    f"/diff/4..1/{MILL}",
    f"/diff/{ODD}",
    "/search",
    "/search?q=mill",
    "/search?q=%3Cscript%3E&site=star",
    "/search?q=nothingsays",
    f"/memento/20250307080000/{MILL}",
    f"/memento/20250307091000/{ODD}",
    "/history/https://none.example/",
    "/?change=none",
    "/search?since=yesterday&q=x",
]


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make(tmp_path_factory.mktemp("reading"))


@pytest.fixture(scope="module")
def pages(path: Path) -> dict[str, Page]:
    return {target: ask(path, target) for target in PAGES}


@table(
    ("target", "status"),
    [
        ("/", 200),
        ("/?x=1", 400),
        ("/search?q=a", 200),
        (f"/history/{MILL}", 200),
        (f"/history/{quote(MILL, safe='')}", 200),
        ("/history/", 404),
        (f"/history/{SECRET}", 451),
        (f"/diff/{SECRET}", 451),
        (f"/memento/20250307084000/{SECRET}", 451),
        ("/history/" + "a" * 7_000, 414),
        ("/diff/", 404),
        (f"/timegate/{MILL}", 302),
        ("/-/viewer/viewer.css", 200),
        ("/site/paper", 200),
        ("/feed.atom", 200),
        ("/-/viewer/none.css", None),
        ("/ledger", None),
        ("/historyx", None),
        ("/search/x", None),
        ("//x", None),
        ("", None),
        ("*", None),
        ("/-/static/app.css", None),
    ],
)
def test_addresses(path: Path, target: str, status: int | None) -> None:
    with reading(path) as repository:
        found = routes.respond(Request("GET", target, {}), repository, BASE)
    assert (found.status if found else None) == status


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "BREW"])
def test_nothing_can_be_changed(path: Path, method: str) -> None:
    for target in ("/", f"/history/{MILL}", "/search?q=x", f"/timegate/{MILL}"):
        found = ask(path, target, method)
        assert (found.status, found.header("Allow")) == (405, "GET, HEAD")


@table("target", PAGES)
def test_a_page_runs_nothing_and_asks_for_nothing(pages: dict[str, Page], target: str) -> None:
    page = pages[target]
    assert page.header("Content-Security-Policy") == POLICY
    assert (page.header("X-Content-Type-Options"), page.header("Referrer-Policy")) == ("nosniff", "no-referrer")
    assert not page.tree.xpath(
        "//script[not(@src) or text()] | //style | //img | //iframe | //object | //embed | //base | //meta[@http-equiv]"
    )
    for element in page.tree.iter():
        names = {str(name).lower() for name in element.attrib}
        assert not {name for name in names if name.startswith("on") or name == "style"}, html.tostring(element)
    loaded = page.tree.xpath("//@src | //link[@rel='stylesheet' or @rel='icon']/@href | //form/@action | //form/@formaction")
    assert all(str(one).startswith("/news/") for one in loaded), loaded
    for link in page.links():
        assert link.startswith(("/news/", "#", "http://", "https://")), link
    for link in page.tree.xpath("//a[starts-with(@href, 'http')]"):
        assert link.get("rel") == "noreferrer"
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f\u202a-\u202e]", page.markup)


@table("target", PAGES)
def test_a_page_can_be_read_by_everyone(pages: dict[str, Page], target: str) -> None:
    tree = pages[target].tree
    assert tree.get("lang") == "en"
    assert len(tree.xpath("//h1")) == len(tree.xpath("//main")) == len(tree.xpath("//title")) == 1
    levels = [int(heading.tag[1]) for heading in tree.xpath("//h1 | //h2 | //h3 | //h4")]
    assert all(after <= before + 1 for before, after in pairwise(levels)), levels
    ids = [str(one) for one in tree.xpath("//@id")]
    assert len(ids) == len(set(ids))
    for field in tree.xpath("//input[not(@type='hidden')] | //select"):
        assert field.xpath("ancestor::label") or field.get("id") in tree.xpath("//label/@for")
    for named in tree.xpath("//*[@aria-labelledby]"):
        assert named.get("aria-labelledby") in ids
    labels = [nav.get("aria-label") for nav in tree.xpath("//nav")]
    assert None not in labels
    assert len(labels) == len(set(labels))
    for link in tree.xpath("//a"):
        assert link.text_content().strip() or link.get("aria-label"), html.tostring(link)
    assert tree.xpath("//a[@class='skip' and @href='#main']")


@table("target", PAGES)
def test_templates_print_no_values_of_python(pages: dict[str, Page], target: str) -> None:
    assert not re.search(r"\bNone\b|Undefined|<Kind|<Op|Timestamp\(|&lt;viewer", pages[target].markup)


def test_every_link_of_ours_leads_somewhere(path: Path) -> None:
    """From the first page through all there is."""
    waiting, seen = deque(["/"]), {"/"}
    while waiting:
        target = waiting.popleft()
        page = ask(path, target, accept="text/html")
        missing = page.status == 404 and "not archived" in page.text
        assert page.status in (200, 302) or missing, f"{target}: {page.status} {page.text[:200]}"
        alternates = [str(link) for link in page.tree.xpath("//link[@rel='alternate']/@href")]
        for link in [*page.links(), *alternates]:
            if link.startswith("/news/") and (following := target_of(link)) not in seen and len(seen) < 600:
                seen.add(following)
                waiting.append(following)
    assert len(seen) > 80


HOSTILE_TARGETS = [
    "/history/javascript:alert(1)",
    "/history/%ff%fe%00",
    "/history/../../etc/passwd",
    "/history/?",
    "/history/#",
    f"/diff/0..1/{MILL}",
    f"/diff/1..999999/{MILL}",
    f"/diff/1..1/{MILL}",
    f"/diff/1..0000001/{MILL}",
    f"/diff/-1..2/{MILL}",
    f"/diff/1..2/{MILL}%0d%0aX-Evil:%201",
    "/diff/?from=1&to=2",
    "/diff/?from=1&to=x&url=a",
    "/diff/?from=9&to=99&url=//evil.example/",
    "/diff/?from=1&to=2&url=%0d%0aX-Evil:1",
    "/search?q=%22%22%22",
    "/search?q=*",
    "/search?q=AND+OR+NOT+NEAR(",
    "/search?q=%00",
    "/search?q=headline:x",
    "/search?q=mill&page=0",
    "/search?q=mill&page=99",
    "/search?q=mill&page=1e9",
    "/search?q=" + "a+" * 900,
    "/?before=2025",
    "/?before=x~y",
    "/?site=" + "a" * 5_000,
    "/?" + "&".join(["change=new"] * 300),
    "/?site=%27;drop",
    "/?region=%00",
    "/search?q=x&until=9999-99-99",
    "/history/https://[::1",
    "/history/https://paper.example:99999999/x",
]


@pytest.mark.parametrize("target", HOSTILE_TARGETS)
def test_no_target_breaks_a_page(path: Path, target: str) -> None:
    page = ask(path, target)
    assert page.status in (200, 302, 400, 404)
    for name, value in page.response.headers:
        assert not re.search(r"[\r\n\0]", name + value)
        assert value.isascii() or name == "Content-Type"
    assert not page.tree.xpath("//script[not(@src)]")
    assert not page.header("Location").startswith("//")


LARGE = {"articles", "revisions", "fetches", "states", "aliases", "changes", "revision_authors", "revision_images", "a", "r", "f"}
"""Tables that grow with the ledger, and the letters that stand for them in statements."""


class Planned(Store):
    """A store that keeps the plan of every statement."""

    plans: ClassVar[dict[str, list[str]]] = {}

    def rows(self, sql: str, parameters: Iterable[object] | Mapping[str, object] = ()) -> Iterator[Row]:
        values = parameters if isinstance(parameters, Mapping) else tuple(parameters)
        if not sql.startswith("PRAGMA"):
            self.plans[sql] = [str(row["detail"]) for row in super().rows(f"EXPLAIN QUERY PLAN {sql}", values)]
        return super().rows(sql, values)


@pytest.mark.parametrize(
    "target", ["/", "/?silent=1", "/?country=GB", f"/history/{MILL}", f"/diff/1..3/{MILL}", "/search?q=mill"]
)
def test_no_page_reads_the_ledger_through(path: Path, target: str) -> None:
    with Planned(path, readonly=True) as store, store.snapshot():
        store.plans.clear()
        routes.respond(Request("GET", target, {}), Repository(store, lambda *_: None, NOW), BASE)
    assert len(store.plans) >= 3
    for sql, plan in store.plans.items():
        scanned = {step.split()[1] for step in plan if step.startswith("SCAN")}
        assert not scanned & LARGE, f"{plan}\n{sql}"


@pytest.mark.parametrize(("tables", "links"), [("", []), ("/ledger", ["/news/ledger"])])
def test_the_tables_are_linked_where_there_are_any(path: Path, tables: str, links: list[str]) -> None:
    with Store(path, readonly=True) as store, store.snapshot():
        found = routes.respond(Request("GET", "/", {}), Repository(store, lambda *_: None, NOW, tables), BASE)
    assert found is not None
    assert html.fromstring(found.body).xpath("//a[text()='Tables']/@href") == links
