"""Our pages in a real browser: a reader's way, on a phone and on a desk, by day and by night, by keyboard, without scripts."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from tests import cookbook
from tests.viewer.ledgers import serving

playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")

from tests.viewer.browser import (  # noqa: E402 - only where playwright is
    AXE,
    CHROMIUM,
    DESKTOP,
    NARROW,
    PHONE,
    REFUSED,
    WITHOUT_AXE,
    Reader,
    addresses,
    browser,
    edited,
    reader,
)

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not CHROMIUM, reason="no Chromium is installed"),
    pytest.mark.timeout(300),  # the first waits for the demo ledger
]
needs_axe = pytest.mark.skipif(not AXE.is_file(), reason=WITHOUT_AXE)


@pytest.fixture(scope="module")
def db(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return cookbook.ledger(tmp_path_factory)


@pytest.fixture(scope="module")
def base(db: Path) -> Iterator[str]:
    with serving(db.parent, db=db.name) as url:
        yield url


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    with browser() as started:
        yield started


@needs_axe
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desktop"])
def test_a_readers_way(chromium: Any, base: str, db: Path, size: dict[str, int], scheme: str) -> None:
    """Today, an article, what changed in it, a search, a story, the feed."""
    with reader(chromium, base, size, color_scheme=scheme) as one:
        page = one.page
        one.go("/")
        one.look_with_axe()
        one.follow(page.locator(f'main a[href="/history/{edited(db)}"]').first)
        one.look_with_axe()
        one.follow(page.locator('main a[href^="/diff/"]').last)
        assert page.locator("main ins, main del").count() > 0, "the change is shown"
        one.look_with_axe()
        page.locator('input[type="search"]').first.fill("council")
        page.locator('input[type="search"]').first.press("Enter")
        page.wait_for_url("**/search?*")
        one.arrived()
        assert page.locator("main mark").count() > 0, "the words are shown where they stand"
        one.look_with_axe()
        one.follow(page.locator('nav a[href="/stories"]').first)
        one.follow(page.locator('main a[href^="/story/"]').first)
        one.look_with_axe()
        one.go("/")
        feed = page.locator('a[href*="/feed.atom"], link[href*="/feed.atom"]').first.get_attribute("href")
        assert feed
        answer = page.request.get(base + feed)
        assert (answer.status, answer.text()[:5]) == (200, "<?xml")
        kinds = [re.sub(r"[/?].*", "", url.removeprefix(f"{base}/")) for url in one.visited]
        assert kinds == ["", "history", "diff", "search", "stories", "story", ""]


@needs_axe
@pytest.mark.parametrize(("size", "scheme"), [(PHONE, "dark"), (DESKTOP, "light")], ids=["phone", "desktop"])
def test_axe_finds_nothing_on_any_page(chromium: Any, base: str, db: Path, size: dict[str, int], scheme: str) -> None:
    with reader(chromium, base, size, color_scheme=scheme) as one:
        for name, path in addresses(db).items():
            assert one.go(path) == REFUSED.get(name, 200), name
            one.look_with_axe()


@needs_axe
def test_axe_is_not_blind(chromium: Any, base: str) -> None:
    with reader(chromium, base, PHONE, color_scheme="light") as one:
        one.go("/none")
        one.page.evaluate("for (const it of document.querySelectorAll('main p')) it.style.color = '#ccc'")
        one.look_with_axe()
        assert "color-contrast" in one.wrong.pop()


def test_every_page_fits_the_narrowest_phone(chromium: Any, base: str, db: Path) -> None:
    with reader(chromium, base, NARROW) as one:
        for name, path in addresses(db).items():
            assert one.go(path) == REFUSED.get(name, 200), name


def test_every_page_is_read_without_scripts(chromium: Any, base: str, db: Path) -> None:
    with closing(chromium.new_context(java_script_enabled=False, viewport=PHONE)) as context:
        page = context.new_page()
        for name, path in addresses(db).items():
            page.goto(base + path)
            assert page.locator("main h1").is_visible(), name
        page.goto(f"{base}/")
        page.locator('input[type="search"]').first.fill("council")
        page.locator('input[type="search"]').first.press("Enter")
        page.wait_for_url("**/search?*")
        assert page.locator("main mark").first.is_visible()


def test_the_keyboard_reaches_what_the_mouse_does(chromium: Any, base: str) -> None:
    with reader(chromium, base, DESKTOP) as one:
        one.go("/")
        reached = list(tabbed(one, 60))
        assert reached[0] == "#main", "the first leads past the masthead"
        assert {"/", "/stories", "/sites", "/takedowns", "/search", "#stream"} <= set(reached)
        assert [where for where in reached if where.startswith("/history/")], "and on to the articles"
        one.go("/")
        one.page.keyboard.press("Tab")
        one.page.keyboard.press("Enter")
        one.page.keyboard.press("Tab")
        assert one.page.evaluate("document.activeElement.closest('main') !== null"), "what comes next is in the text"


def tabbed(one: Reader, times: int) -> Iterator[str]:
    """Where each tab leads, each of which must be seen to be there."""
    for _ in range(times):
        one.page.keyboard.press("Tab")
        where, seen = one.page.evaluate("""() => {
            const it = document.activeElement, look = getComputedStyle(it), box = it.getBoundingClientRect()
            const framed = look.outlineStyle !== 'none' && parseFloat(look.outlineWidth) >= 1
            return [it.getAttribute('href') || it.name || it.tagName, framed && box.width > 1 && box.height > 1]
        }""")
        assert seen or where == "BODY", f"focus is not seen on {where}"
        yield where


def test_the_tables_work_under_the_policy(chromium: Any, base: str) -> None:
    """Datasette's pages: its scripts run, its menus open, and nothing is refused or asked elsewhere."""
    with reader(chromium, base, DESKTOP) as one:
        page = one.page
        page.goto(f"{base}/ledger")
        assert page.locator(".CodeMirror").count() == 1, "the editor of SQL is there"
        page.goto(f"{base}/ledger/revisions?_facet=change")
        assert page.locator(".facet-results a", has_text="silent").count() >= 1
        page.locator("th .dropdown-menu-icon").first.click()
        assert page.locator(".dropdown-menu").first.is_visible(), "a column's menu opens"
        assert page.locator("header.masthead nav a", has_text="Stories").is_visible(), "and there is a way back to ours"
        page.goto(f"{base}/ledger?sql=select+id+as+article_id+from+articles+limit+3")
        page.locator('td a[href^="/-/article/"]').first.click()
        page.wait_for_url("**/history/**")
        page.goto(f"{base}/ledger/articles/1")
        page.goto(f"{base}/ledger?sql=select+*+from+nowhere")
        page.goto(f"{base}/-/settings")


def test_keys_lead_from_change_to_change_and_to_the_next_revision(chromium: Any, base: str, db: Path) -> None:
    with reader(chromium, base, DESKTOP) as one:
        one.go(addresses(db)["first change"])
        where = "document.activeElement.id"
        one.page.keyboard.press("j")
        first = one.page.evaluate(where)
        one.page.keyboard.press("j")
        assert first.startswith("p")
        assert one.page.evaluate(where) not in ("", first)
        one.page.keyboard.press("k")
        assert one.page.evaluate(where) == first
        before = one.page.url
        one.page.keyboard.press("n")
        one.page.wait_for_url(lambda url: url != before)
        assert "/diff/2..3/" in one.page.url
