"""What each address answers at a moment: the story as the script tells it, well-formed, never twice the same bytes."""

from __future__ import annotations

import json
import re
from datetime import datetime, timedelta
from html import unescape
from html.parser import HTMLParser
from xml.etree import ElementTree

import pytest

from crawler.demo.desk import answer, changed_at, listed_at, picture
from crawler.demo.look import SECTIONS, printed
from crawler.demo.stories import CRAWL_TIMES, at, events, state_at
from crawler.demo.story import Event, EventKind, Template
from crawler.demo.templates import E_PAPER_PATH, PRIVATE_PATH, PUZZLE_PATH
from tests.table import table

BASE = "http://127.0.0.1:8000"
VOID = {"meta", "link", "img", "br"}
LIVE = [event for event in events() if event.page.status == 200]
NIGHT = CRAWL_TIMES[15]
SITEMAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"


class Balance(HTMLParser):
    """Collects the text, and fails on a tag that closes what is not open."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.text: list[str] = []
        self.described: list[object] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in VOID:
            self.open.append("ld" if ("type", "application/ld+json") in attrs else tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open, f"</{tag}> closes nothing"
        assert self.open.pop() in (tag, "ld")

    def handle_data(self, data: str) -> None:
        if self.open[-1:] == ["ld"]:
            self.described.append(json.loads(data))
        elif self.open and self.open[-1] not in ("script", "style"):
            self.text.append(data)


def read(html: bytes) -> Balance:
    parser = Balance()
    parser.feed(html.decode())
    parser.close()
    assert parser.open == []
    return parser


def get(path: str, now=NIGHT, serial: int = 1) -> bytes:
    result = answer(path, now, serial, BASE)
    assert result.status == 200, path
    return result.body


@pytest.mark.parametrize("event", LIVE, ids=lambda event: f"{event.story}-{event.at:%d-%H%M}")
def test_a_page_says_what_the_script_says(event: Event) -> None:
    page = event.page
    parser = read(get(page.path, event.at))
    words = " ".join(" ".join(parser.text).split())
    for line in (page.headline, page.standfirst, page.byline, *page.body.split("\n\n")):
        assert line in words
    for shown in page.pictures:
        assert shown.caption in words
        assert shown.credit in words
    html = get(page.path, event.at).decode()
    assert f'<link rel="canonical" href="{BASE}{page.path}">' in html
    assert html.count("<h1") == 1


@table("template", Template)
def test_each_template_tells_the_times_it_should(template: Template) -> None:
    for event in (event for event in LIVE if event.page.template is template):
        page = event.page
        html = unescape(get(page.path, event.at).decode())
        times = [page.published] + ([page.modified] if page.modified else [])
        found = {
            "printed": all(printed(moment) in html for moment in times),
            "datetime": all(f'datetime="{moment.isoformat()}"' in html for moment in times),
            "json": all(f"{moment:%Y-%m-%dT%H:%M:%S}.000Z" in html for moment in times),
            "meta": "article:published_time" in html and ("article:modified_time" in html) == (page.modified is not None),
        }
        assert {name for name, there in found.items() if there} == {
            Template.RICH: {"printed", "datetime", "json", "meta"},
            Template.WIRE: {"datetime", "json"},
            Template.META: {"meta"},
            Template.PRINTED: {"printed"},
            Template.UNDATED: set(),
        }[template], page.path


def test_an_unchanged_page_never_has_the_same_bytes_twice() -> None:
    for page in state_at(NIGHT).values():
        if page.status == 200:
            assert len({get(page.path, serial=serial) for serial in range(1, 31)}) == 30, page.path


def test_the_amp_twin_is_the_same_story_and_the_same_bytes() -> None:
    page = state_at(NIGHT)["bakery"]
    assert get(page.amp_path, serial=1) == get(page.amp_path, serial=2)
    parser = read(get(page.amp_path))
    assert page.headline in parser.text
    assert parser.described[0]["dateModified"] == "2025-05-09T12:20:00.000Z"
    assert f'<link rel="canonical" href="{BASE}{page.path}">'.encode() in get(page.amp_path)
    assert f'<link rel="amphtml" href="{BASE}{page.amp_path}">'.encode() in get(page.path)


@table("path", ["/", *SECTIONS.values(), PUZZLE_PATH, E_PAPER_PATH])
def test_pages_that_are_no_articles(path: str) -> None:
    parser = read(get(path))
    assert parser.described == []
    assert get(path, serial=1) != get(path, serial=2)


def test_a_section_names_its_stories_newest_first() -> None:
    html = get("/sport/", at("20:00")).decode()
    main = html[html.index("<main") : html.index("<aside")]
    assert re.findall(r'href="(/sport/[^?"]+)', main) == [state_at(at("20:00"))["live"].path]
    front = get("/news/", at("09:00")).decode()
    main = front[front.index("<main") : front.index("<aside")]
    paths = re.findall(r'href="(/news/[^?"]+)\?', main)
    wanted = [page.path for page in listed_at(at("09:00")) if page.section == "News"]
    assert paths == wanted
    assert wanted[0] == "/news/burst-pipe-closes-ternbridge-primary-school-4512023"


@table(
    ("path", "when", "status"),
    [
        ("/whats-on/night-market-to-return-to-castle-gate-4511975", "08:30", 200),
        ("/whats-on/night-market-to-return-to-castle-gate-4511975", "08:50", 404),
        ("/news/former-treasurer-denies-taking-bowls-club-funds-4512003", "13:00", 410),
        ("/news/former-treasurer-denies-taking-bowls-club-funds-4512003", "16:30", 200),
        ("/news/plans-for-26-homes-at-weir-lane-go-to-committee-4511990", "13:00", 404),
        ("/news/libary-to-open-on-sundays-4512013", "10:00", 200),
        ("/news/libary-to-open-on-sundays-4512013", "11:00", 301),
        ("/news/2025/05/08/towpath-shut-for-a-month/", "13:00", 301),
        ("/news/council-leader-to-step-down-in-june-4512014", "22:00", 404),
        ("/nothing/here", "13:00", 404),
    ],
)
def test_statuses(path: str, when: str, status: int) -> None:
    result = answer(path, at(when), 1, BASE)
    assert result.status == status
    if status == 301:
        follow = answer(result.location.removeprefix(BASE), at(when), 2, BASE)
        assert (follow.status, follow.location) == (200, None)


def test_a_slipped_cache_shows_the_old_copy_and_no_listing_knows() -> None:
    path = state_at(at("15:20"))["fire"].path
    assert b"Timber yard fire: all eleven workers safe" in get(path, at("15:20"))
    assert b"Timber yard fire out after seven hours" in get(path, at("15:50"))
    assert get("/sitemaps/news.xml", at("15:20")) == get("/sitemaps/news.xml", at("15:05"))


# -- listings -------------------------------------------------------------------------------------------------------


def sitemap(path: str, now) -> dict[str, str | None]:
    tree = ElementTree.fromstring(get(path, now))
    return {row.find(f"{SITEMAP}loc").text.removeprefix(BASE): row.findtext(f"{SITEMAP}lastmod") for row in tree}


@table("now", CRAWL_TIMES, ids=lambda now: f"{now:%d-%H%M}")
def test_the_sitemaps_name_every_listed_story_with_its_lastmod(now) -> None:
    index = sitemap("/sitemap.xml", now)
    assert list(index) == ["/sitemaps/news.xml", "/sitemaps/archive.xml"]
    news, archive = sitemap("/sitemaps/news.xml", now), sitemap("/sitemaps/archive.xml", now)
    pages = {page.path: page for page in listed_at(now)}
    assert set(news) | set(archive) == {*pages, "/news/", PUZZLE_PATH}
    assert set(news) == {path for path, page in pages.items() if now - page.published <= timedelta(hours=48)}
    for path, page in pages.items():
        assert datetime.fromisoformat(news.get(path) or archive[path]) == page.lastmod


def test_silent_edits_leave_sitemap_and_feed_as_they_were() -> None:
    for event in events():
        if event.what is EventKind.EDITED_SILENTLY:
            before = event.at - timedelta(seconds=1)
            for path in ("/sitemap.xml", "/sitemaps/news.xml", "/sitemaps/archive.xml", "/rss.xml"):
                assert get(path, event.at) == get(path, before), (path, event.note)


def test_updates_move_the_lastmod_and_the_index() -> None:
    for event in events():
        if event.what in (EventKind.UPDATED, EventKind.RESTAMPED) and event.at > CRAWL_TIMES[0]:
            listing = sitemap("/sitemaps/news.xml", event.at)
            assert event.page.path in listing
            assert changed_at(event.at) == event.at


def test_the_feed_names_the_newest_with_links_as_papers_write_them() -> None:
    tree = ElementTree.fromstring(get("/rss.xml", at("14:10")))
    items = tree.findall("channel/item")
    links = [item.findtext("link") for item in items]
    video = "/news/video/watch-drone-footage-of-the-timber-yard-fire-4512032"
    assert len(items) == 20
    assert links[0] == f"{BASE}{video}?utm_source=rss&utm_medium=feed#0"
    assert f"{BASE}{state_at(NIGHT)['bakery'].amp_path}?utm_source=rss&utm_medium=feed#0" in links
    assert items[0].findtext("pubDate") == "Fri, 09 May 2025 14:00:00 +0100"
    updated = {item.findtext("guid"): item.findtext("{http://www.w3.org/2005/Atom}updated") for item in items}
    assert updated["fire-at-haughmere-timber-yard-4512001"] == "2025-05-09T13:30:00+01:00"


def test_robots_forbids_what_the_front_page_names() -> None:
    robots = get("/robots.txt").decode()
    assert robots.splitlines() == [
        "User-agent: *",
        "Disallow: /private/",
        "Disallow: /adverts/",
        "",
        f"Sitemap: {BASE}/sitemap.xml",
    ]
    assert PRIVATE_PATH.encode() in get("/")


def test_a_picture_is_a_real_png() -> None:
    data = picture("parade-1")
    assert data.startswith(b"\x89PNG\r\n\x1a\n")
    assert data != picture("parade-2")
    assert len(data) < 8000
