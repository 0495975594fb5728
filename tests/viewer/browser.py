"""A real browser, watched: what its console says, whom its pages ask, what axe finds; and the demo ledger served to it."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

from playwright.sync_api import Browser, Page, sync_playwright

from pipelines.store.database import Store

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome") or ""
AXE = Path(__file__).parent / "node_modules" / "axe-core" / "axe.min.js"
WITHOUT_AXE = "axe-core is not installed: make axe"
PHONE, DESKTOP, NARROW = {"width": 390, "height": 844}, {"width": 1440, "height": 900}, {"width": 360, "height": 740}
_FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"]
_FINDING = """axe.run(document, {resultTypes: ['violations'], rules: {'target-size': {enabled: true}}})
    .then(found => JSON.stringify(found.violations))"""


@contextmanager
def browser() -> Iterator[Browser]:
    """Chromium, without a window; no name but this machine's leads anywhere."""
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=CHROMIUM, args=_FLAGS)
        yield started
        started.close()


class Reader:
    """Someone who reads at `base`. Whatever goes wrong on the way is kept in `wrong`."""

    def __init__(self, page: Page, base: str) -> None:
        self.page = page
        self.base = base
        self.wrong: list[str] = []
        self.visited: list[str] = []
        page.on("console", lambda message: self.wrong.append(f"console: {message.text}") if self._counts(message) else None)
        page.on("pageerror", lambda error: self.wrong.append(f"script: {error}"))
        page.on("request", lambda request: self._asked(request.url))

    def go(self, path: str) -> int:
        """To an address here; the status of what came."""
        answer = self.page.goto(self.base + path)
        self.arrived()
        return answer.status if answer else 0

    def follow(self, link: Any) -> None:
        """Click what leads to another page."""
        before = self.page.url
        link.click()
        self.page.wait_for_url(lambda url: url != before)
        self.arrived()

    def arrived(self) -> None:
        """A page that was reached, and is not wider than the window."""
        self.visited.append(self.page.url)
        wide, there = self.page.evaluate("[document.documentElement.scrollWidth, document.documentElement.clientWidth]")
        if wide > there:
            self.wrong.append(f"{self.page.url} is {wide} wide where there are {there}")

    def look_with_axe(self) -> None:
        """What shuts readers out of this page."""
        self.page.evaluate(AXE.read_text(encoding="utf-8"))
        for found in json.loads(self.page.evaluate(_FINDING)):
            where = "; ".join(f"{node['target']} {node['failureSummary']} {node['html'][:200]}" for node in found["nodes"][:4])
            self.wrong.append(f"{self.page.url}: {found['id']} ({found['impact']}), {found['help']}: {where}")

    def _asked(self, url: str) -> None:
        if not url.startswith((f"{self.base}/", "data:")):
            self.wrong.append(f"asked elsewhere: {url}")

    def _counts(self, message: Any) -> bool:
        """The status of a page that was asked for on purpose is no complaint of the page's."""
        told = message.type in ("error", "warning")
        return told and not (message.text.startswith("Failed to load resource") and message.location["url"] == self.page.url)


@contextmanager
def reader(chromium: Browser, base: str, size: dict[str, int], **context: Any) -> Iterator[Reader]:
    """A reader with a window of this size; fails where anything went wrong. `context`: `color_scheme`, `java_script_enabled`."""
    opened = chromium.new_context(viewport=size, reduced_motion="reduce", locale="en-GB", **context)
    opened.set_default_timeout(15_000)
    one = Reader(opened.new_page(), base)
    yield one
    opened.close()
    assert one.wrong == []


REFUSED = {"not there": 404, "no such article": 404, "no such cursor": 400}
"""Of the addresses, those that are none."""


def edited(db: Path) -> str:
    """The article of the demo with the most revisions that still stands."""
    sql = "SELECT url FROM articles WHERE state = 'live' AND kind = 'article' ORDER BY revision_count DESC, id LIMIT 1"
    with Store(db, readonly=True) as store:
        return str(store.value(sql))


def addresses(db: Path) -> dict[str, str]:
    """Every kind of page we have, with an address of it in the demo ledger."""
    url = edited(db)
    with Store(db, readonly=True) as store:
        story, article = store.row("SELECT story_id, article_id FROM story_articles ORDER BY story_id, article_id DESC").values()  # type: ignore[union-attr]
        seen = store.value("SELECT r.first_seen FROM revisions r JOIN articles a ON a.id = r.article_id WHERE a.url = ?", (url,))
        site = store.value("SELECT site_id FROM articles WHERE url = ?", (url,))
        author = store.value("SELECT name FROM revision_authors GROUP BY name ORDER BY count(*) DESC, name")
        topic = store.value("SELECT t.value FROM revisions, json_each(topics) t GROUP BY t.value ORDER BY count(*) DESC, t.value")
        gone = store.value("SELECT url FROM articles WHERE state = 'gone' ORDER BY id")
    digits = "".join(filter(str.isdigit, str(seen)))[:14]
    return {
        "today": "/",
        "today, silent only": "/?silent=1",
        "today, nothing there": "/?since=2031-01-01",
        "article": f"/history/{url}",
        "article that is gone": f"/history/{gone}",
        "last change": f"/diff/{url}",
        "first change": f"/diff/1..2/{url}",
        "first change, side by side": f"/diff/1..2/side/{url}",
        "search": "/search?q=council",
        "search, nothing there": "/search?q=zyxwvut",
        "search, nothing asked": "/search",
        "sites": "/sites",
        "site": f"/site/{site}",
        "stories": "/stories",
        "story": f"/story/{story}",
        "story, laid against its source": f"/story/{story}/{article}",
        "takedowns": "/takedowns",
        "papers side by side": "/compare?site=demo-gazette&site=wenshire-echo&since=2025-05-01&until=2025-05-31",
        "papers, none chosen": "/compare",
        "author": f"/author/{quote(author)}",
        "topic": f"/topic/{quote(topic)}",
        "section": "/section/News",
        "memento": f"/memento/{digits}/{url}",
        "all tables": "/ledger",
        "table, chosen and counted": "/ledger/articles?state=live&_facet=site_id&_sort_desc=id",
        "row": "/ledger/articles/1",
        "view": "/ledger/headline_changes",
        "own SQL": "/ledger?sql=select+*+from+sites",
        "not there": "/none",
        "no such article": "/history/https://paper.example/none",
        "no such cursor": "/?before=x",
    }
