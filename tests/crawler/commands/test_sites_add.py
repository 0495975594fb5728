"""`newsledger sites add URL`: of each shape of title a definition comes of which the first crawl finds every article."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

import pytest

from crawler.catalogue import load_sites
from crawler.spiders.probe import MAX_REQUESTS
from pipelines.store.database import Store
from tests.crawler.processes import ScriptedPaper, environment
from tests.forkserver import run
from tests.papers import pages

WORDS = ("footbridge", "library", "ferry", "allotment", "bakery", "chapel", "harbour", "quarry", "orchard", "signal-box", "weir")


def spelled(number: int) -> str:
    return f"/news/{WORDS[number % 11]}-at-nether-wick-to-close-for-the-winter"


def numbered(number: int) -> str:
    return f"/news/local/{WORDS[number % 11]}-at-nether-wick-to-close-{4_100_000 + 137 * number}"


def foldered(number: int) -> str:
    return f"/news/{21_000_000 + 91 * number}.{WORDS[number % 11]}-nether-wick-close-winter/"


def dated(number: int) -> str:
    return f"/2026/03/{number % 27 + 1:02d}/{WORDS[number % 11]}-at-nether-wick-to-close/"


def alternate(path: str, kind: str = "application/rss+xml") -> str:
    return (
        f"<link rel=alternate type='{kind}' title='News' href='{path}'><link rel=alternate type='{kind}' href='/comments/feed/'>"
    )


def json_feed(paths: list[str]) -> dict[str, Any]:
    items = [{"id": path, "url": f"{{base}}{path}", "title": "Closed for the winter"} for path in paths]
    feed = {"version": "https://jsonfeed.org/version/1.1", "title": "Echo", "items": items}
    return {"body": json.dumps(feed), "type": "application/feed+json"}


def robots_sitemap(paths: list[str]) -> dict[str, Any]:
    robots = pages.robots("User-agent: *", "Disallow: /account/", "Sitemap: {base}/maps/all.xml")
    return {"/robots.txt": robots, "/maps/all.xml": pages.sitemap(paths), "/": pages.front(paths[:4])}


def feeds_only(paths: list[str]) -> dict[str, Any]:
    return {"/": pages.front([], alternate("/echo.rss")), "/echo.rss": pages.rss(paths)}


def sections_only(paths: list[str]) -> dict[str, Any]:
    nav = ("/news/", "/sport/", "/about-us/", "/subscribe/")
    halves = {"/news/": pages.front(paths[:6], nav=nav), "/sport/": pages.front(paths[6:], nav=nav)}
    return {"/": pages.front([], nav=nav), **halves, "/about-us/": pages.front([]), "/subscribe/": pages.front([])}


def json_feed_only(paths: list[str]) -> dict[str, Any]:
    return {"/": pages.front([]), "/feed.json": json_feed(paths)}


def news_sitemap_index(paths: list[str]) -> dict[str, Any]:
    maps = {"/map-news-1.xml": pages.sitemap(paths[:5]), "/map-news-2.xml": pages.sitemap(paths[5:])}
    return {"/": pages.front([]), "/sitemap_index.xml": pages.index(maps), **maps}


def redirecting_front(paths: list[str]) -> dict[str, Any]:
    moved = {"status": 302, "body": "", "headers": {"Location": "{base}/home/"}}
    return {"/": moved, "/home/": pages.front([], alternate("/home/rss")), "/home/rss": pages.rss(paths)}


def another_host(paths: list[str]) -> dict[str, Any]:
    """The address leads to another name, whose robots.txt alone says where the sitemap is; its front page is a refresh."""
    moved = {"status": 301, "body": "", "headers": {"Location": "{other}/"}}
    refresh = {"body": "<!doctype html><html><head><meta http-equiv=refresh content='0; url=/home'></head><body></body></html>"}
    maps = pages.sitemap(paths)
    maps["body"] = maps["body"].replace("{base}", "{other}")
    robots = pages.robots("User-agent: *", "Sitemap: {other}/maps/all.xml")
    return {
        "/": moved,
        "//localhost/": refresh,
        "/home": pages.front([]),
        "//localhost/robots.txt": robots,
        "/maps/all.xml": maps,
    }


def listed_feeds(paths: list[str]) -> dict[str, Any]:
    """A page of the menu lists the feeds; the sitemap has what never changes."""
    lists = pages.front([])
    lists["body"] = lists["body"].replace("<main>", "<main><a href='/f/1.xml'>News</a> <a href='/f/2.xml'>Sport</a>")
    halves = {"/f/1.xml": pages.rss(paths[:6]), "/f/2.xml": pages.rss(paths[6:])}
    return {
        "/": pages.front([], nav=("/rss-feeds/",)),
        "/rss-feeds/": lists,
        "/sitemap.xml": pages.sitemap(["/about/"]),
        **halves,
    }


def circle_without_cookies(paths: list[str]) -> dict[str, Any]:
    """Each page leads to one that sets a cookie, and from there to itself."""
    given = {"status": 302, "body": "", "headers": {"Location": "{base}/", "Set-Cookie": "seen=1; Path=/"}}
    return {"/": given, "cookie:/": pages.front(paths)}


SHAPES = {
    "robots-only sitemaps": (robots_sitemap, numbered),
    "alternate feeds only": (feeds_only, foldered),
    "sections only": (sections_only, numbered),
    "a JSON Feed in the usual place": (json_feed_only, dated),
    "an index of news sitemaps": (news_sitemap_index, spelled),
    "a front page that redirects": (redirecting_front, numbered),
    "another host, and a refresh": (another_host, numbered),
    "feeds that a page lists": (listed_feeds, dated),
    "a circle without cookies": (circle_without_cookies, numbered),
    "no number in any address": (feeds_only, spelled),
    "sections, no number": (sections_only, spelled),
}


class Title:
    """A paper, and the operator's folder."""

    def __init__(self, folder: Path, paper: ScriptedPaper) -> None:
        self.folder, self.paper, self.routes = folder, paper, paper.routes

    def run(self, *arguments: str, code: int = 0) -> str:
        command = [sys.executable, "-m", "crawler", *arguments]
        done = run(command, env=environment(), cwd=self.folder, capture_output=True, text=True, check=False, timeout=120)
        assert done.returncode == code, (done.stdout, done.stderr)
        return done.stdout

    @property
    def own(self) -> Path:
        return self.folder / "newsledger-sites.toml"


@pytest.fixture
def title(tmp_path: Path, scripted: ScriptedPaper) -> Title:
    return Title(tmp_path, scripted)


FIRST = ("robots-only sitemaps", "sections only", "another host, and a refresh")
"""Those that between them take each way to the articles; the rest is slow."""


@pytest.mark.parametrize("shape", [pytest.param(one, marks=() if one in FIRST else pytest.mark.slow) for one in SHAPES])
def test_the_first_crawl_finds_every_article(shape: str, title: Title) -> None:
    make, address = SHAPES[shape]
    paths = [address(number) for number in range(11)]
    title.routes(make(paths) | {path: pages.article(number) for number, path in enumerate(paths)})
    row = json.loads(title.run("sites", "add", title.paper.url, "--json"))
    assert row["requests"] <= MAX_REQUESTS
    assert len([one for one in row["articles"] if not one["problem"]]) == 3
    definition = row["definition"]
    assert (definition["id"], definition["country"], definition["timezone"], definition["language"]) == (
        "the-wick-echo", "GB", "Europe/London", "en-GB",
    )  # fmt: skip
    assert ("article_url" in definition) == (address is not spelled)
    assert definition.get("cookies", False) is (make is circle_without_cookies)
    title.run("crawl", "the-wick-echo", "--db", "news.db")
    with Store(title.folder / "news.db", readonly=True) as store:
        found = {row["url"] for row in store.rows("SELECT url FROM articles")}
    assert {url.rstrip("/") for url in found} == {urljoin(definition["url"], path).rstrip("/") for path in paths}


def test_probe_changes_nothing_and_asks_little(title: Title) -> None:
    paths = [numbered(number) for number in range(11)]
    title.routes(robots_sitemap(paths) | {path: pages.article(number) for number, path in enumerate(paths)})
    said = title.run("sites", "probe", title.paper.url)
    for line in ("[[site]]", 'id = "the-wick-echo"', 'timezone = "Europe/London"', "article_url = '-(?P<id>\\d{6,8})/?$'"):
        assert line in said.splitlines(), said
    assert "By Oda Fenwright" in said
    assert list(title.folder.iterdir()) == []
    assert len(title.paper.log()) < 20


def test_what_is_not_sure_is_said_and_written_as_a_comment(title: Title) -> None:
    """A country with several zones, times that say which, and no bylines."""
    paths = [spelled(number) for number in range(11)]
    front = pages.front([], alternate("/rss"))
    front["body"] = front["body"].replace("lang=en-GB", "lang=en-AU")
    articles = {path: pages.article(number, zone="+08:00", byline=None) for number, path in enumerate(paths)}
    title.routes({"/": front, "/rss": pages.rss(paths), **articles})
    row = json.loads(title.run("sites", "add", title.paper.url, "--json", "--off"))
    assert row["definition"]["timezone"] == "Australia/Perth"
    assert any("no byline" in doubt for doubt in row["doubts"])
    assert any(line.startswith("# article_url: ") for line in title.own.read_text(encoding="utf-8").splitlines())
    (site,) = (site for site in load_sites(None, title.own) if site.id == "the-wick-echo")
    assert (site.enabled, site.country) == (False, "AU")


def test_what_cannot_be_told_is_not_written(title: Title) -> None:
    lost = {"/": pages.front([], alternate("/rss")), "/rss": pages.rss(["/a-page-that-is-not-there"])}
    for routes, reason in (
        ({"/robots.txt": {"status": 503, "body": ""}}, "robots.txt could not be read, so nothing may be asked"),
        ({}, "the front page answers with status 404"),
        ({"/": pages.front([])}, "no feed, sitemap or page of its menus names articles"),
        (lost, "no page that its sources name reads"),
    ):
        title.routes(routes)
        row = json.loads(title.run("sites", "add", title.paper.url, "--json", code=1))
        assert reason in row["problem"]
    assert not title.own.exists()


def test_a_title_that_is_there_is_not_added_twice(title: Title) -> None:
    paths = [numbered(number) for number in range(11)]
    title.routes(robots_sitemap(paths) | {path: pages.article(number) for number, path in enumerate(paths)})
    title.run("sites", "add", title.paper.url)
    before = title.own.read_text(encoding="utf-8")
    title.run("sites", "add", title.paper.url, code=2)
    title.run("sites", "add", "not an address", code=2)
    assert title.own.read_text(encoding="utf-8") == before
