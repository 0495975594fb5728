"""`newsledger sites check` against real servers: what passes, what does not and why, and how little is asked."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.crawler.processes import ScriptedPaper, newsledger, site_table
from tests.papers import pages

PATHS = [f"/news/footbridge-at-nether-wick-{number}" for number in range(1, 8)]


class Scripted:
    """A paper whose routes a test sets, and its catalogue."""

    def __init__(self, folder: Path, paper: ScriptedPaper) -> None:
        self.folder, self.paper, self.routes = folder, paper, paper.routes

    def defined(self, **keys: Any) -> None:
        (self.folder / "sites.toml").write_text(site_table("wick-echo", self.paper.url, **keys), encoding="utf-8")

    def check(self, *more: str, code: int = 0) -> dict[str, Any]:
        done = newsledger("sites", "check", *(more or ("wick-echo",)), "--json", "--sites", str(self.folder / "sites.toml"),
                          "--db", str(self.folder / "news.db"))  # fmt: skip
        assert done.returncode == code, (done.stdout, done.stderr)
        assert done.stderr == ""
        (row,) = json.loads(done.stdout)
        return dict(row)

    def asked(self) -> list[str]:
        return [one["path"] for one in self.paper.log()]


@pytest.fixture
def echo(tmp_path: Path, scripted: ScriptedPaper) -> Scripted:
    return Scripted(tmp_path, scripted)


def codes(row: dict[str, Any], *, ill: bool = True) -> set[str]:
    return {finding["code"] for finding in row["findings"] if finding["ill"] is ill}


def articles(**keys: Any) -> dict[str, Any]:
    return {path: pages.article(number, **keys) for number, path in enumerate(PATHS)}


def test_a_site_that_is_as_defined_passes(echo: Scripted) -> None:
    routes = {
        "/robots.txt": pages.robots("User-agent: *", "Allow: /"),
        "/rss": pages.rss(PATHS),
        "/map.xml": pages.sitemap(PATHS),
    }
    echo.routes(routes | articles())
    echo.defined(feeds=["/rss"], sitemaps=["/map.xml"])
    row = echo.check()
    assert row["passes"]
    assert row["robots"] == {"allows": True, "delay_seconds": None, "sitemaps": [], "unreadable": None}
    assert {(one["kind"], one["named"], one["problem"], one["is_defined"]) for one in row["sources"]} == {
        ("feed", 7, None, True), ("sitemap", 7, None, True),
    }  # fmt: skip
    assert [(one["byline"], one["authors"], one["problem"]) for one in row["articles"]] == [
        ("By Oda Fenwright", ["Oda Fenwright"], None)
    ] * 3
    assert all(one["date_published"] and one["body_chars"] > 300 for one in row["articles"])
    asked = echo.asked()
    assert sorted(set(asked) - set(PATHS)) == ["/.well-known/tdmrep.json", "/map.xml", "/robots.txt", "/rss"]
    assert len(asked) == 7, "and three articles"
    assert not (echo.folder / "news.db").exists(), "nothing is kept"
    assert not (echo.folder / "locks").exists()


def test_where_nothing_is_defined_the_usual_place_is_asked(echo: Scripted) -> None:
    echo.routes({"/sitemap.xml": pages.sitemap(PATHS[:1]), **articles()})
    echo.defined()
    row = echo.check()
    assert {"/robots.txt", "/sitemap.xml", PATHS[0]} <= set(echo.asked())
    assert codes(row) == set(), "a front page that is missing is no fault of the definition"


FEED, MAP = {"/rss": pages.rss(PATHS)}, {"/map.xml": pages.sitemap(PATHS)}
OF_FEED: dict[str, Any] = {"feeds": ["/rss"]}
OF_MAP: dict[str, Any] = {"sitemaps": ["/map.xml"]}
KEPT_OUT = {"/robots.txt": pages.robots("User-agent: *", "Disallow: /")}
SLOWLY = {"/robots.txt": pages.robots("User-agent: *", "Crawl-delay: 0.2")}
BROKEN = {"/robots.txt": {"status": 503, "body": ""}}
REFUSED = {path: {"status": 403, "body": "no"} for path in PATHS}
LOST = {PATHS[0]: {"status": 404, "body": "gone"}}
NARROW = {"article_url": r"-(?P<id>\d{7})$"}

FAULTS: dict[str, tuple[dict[str, Any], dict[str, Any], set[str], set[str]]] = {
    "a feed that is gone": (MAP | articles(), OF_FEED | OF_MAP, {"source"}, set()),
    "a feed that is a page": ({"/rss": pages.front([])} | MAP | articles(), OF_FEED | OF_MAP, {"source"}, set()),
    "no article is named": ({"/rss": pages.rss([])}, OF_FEED, {"source", "nothing_named"}, set()),
    "robots.txt keeps us out": (KEPT_OUT | FEED, OF_FEED, {"source", "nothing_named"}, {"robots_forbids"}),
    "robots.txt is broken": (BROKEN | FEED, OF_FEED, {"robots_unreadable", "source", "nothing_named"}, set()),
    "articles that are refused": (FEED | REFUSED, OF_FEED, {"page"}, set()),
    "a page that is lost": (FEED | articles() | LOST, OF_FEED, set(), {"page"}),
    "no dates": (FEED | articles(dated=False), OF_FEED, {"no_date"}, set()),
    "no text": (FEED | articles(text=False), OF_FEED, {"no_text"}, set()),
    "no bylines": (FEED | articles(byline=None), OF_FEED, set(), {"no_byline"}),
    "a pattern that is too narrow": (MAP | articles(), OF_MAP | NARROW, {"nothing_wanted"}, set()),
    "a platform that is misspelt": (FEED | articles(), OF_FEED | {"platform": "newsquets"}, set(), {"platform"}),
    "a platform without code": (FEED | articles(), OF_FEED | {"platform": "tindle"}, set(), set()),
    "a longer gap": (SLOWLY | FEED | articles(), OF_FEED, set(), {"longer_delay"}),
}
"""Routes and definition -> what keeps the site from passing, and what is only doubted."""


@pytest.mark.parametrize("fault", FAULTS)
def test_what_is_wrong_is_said(fault: str, echo: Scripted) -> None:
    routes, keys, ills, doubts = FAULTS[fault]
    echo.routes(routes)
    echo.defined(**keys)
    row = echo.check(code=1 if ills else 0)
    assert (codes(row), codes(row, ill=False)) == (ills, doubts), row
    assert len(echo.asked()) <= 8


@pytest.mark.slow
def test_several_at_once_and_as_text(echo: Scripted) -> None:
    echo.routes({"/rss": pages.rss(PATHS), **articles()})
    titles = (("echo-0", "IE", "/none"), ("echo-1", "IE", "/rss"), ("echo-2", "GB", "/rss"))
    tables = [site_table(one, echo.paper.url, feeds=[feed], country=country, enabled=False) for one, country, feed in titles]
    (echo.folder / "sites.toml").write_text("\n".join(tables), encoding="utf-8")
    where = ("--sites", str(echo.folder / "sites.toml"))
    done = newsledger("sites", "check", "--country", "ie", *where)
    assert (done.returncode, done.stdout.splitlines()[-1]) == (1, "2 sites, 1 pass")
    assert f"  {echo.paper.url}none: status 404" in done.stdout.splitlines()
    assert any(line.startswith("echo-1: pass") for line in done.stdout.splitlines())
    assert newsledger("sites", "check", "echo-1", "echo-2", *where).returncode == 0
    assert newsledger("sites", "check", "--all", "echo-1", *where).returncode == 2


def test_a_host_that_is_being_crawled_is_left_alone(echo: Scripted) -> None:
    from crawler.schedule.processes import hold

    echo.routes({"/rss": pages.rss(PATHS), **articles()})
    echo.defined(feeds=["/rss"])
    (echo.folder / "news.db").touch()
    with hold(echo.folder / "locks", echo.paper.url.split("/")[2]) as holder:
        assert holder is None
        assert codes(echo.check(code=1)) == {"host_busy"}
    assert echo.asked() == []


def test_a_file_is_meant_where_one_is_named(echo: Scripted, tmp_path: Path) -> None:
    echo.defined()
    file = str(tmp_path / "sites.toml")
    assert newsledger("sites", "check", file).stdout == "1 sites, nothing wrong\n"
    assert json.loads(newsledger("sites", "check", file, "--json").stdout) == {"sites": 1}
    assert newsledger("sites", "check", str(tmp_path / "none.toml")).returncode == 2
    assert (
        "no site 'wick-ech' in the catalogue; there is wick-echo"
        in newsledger("sites", "check", "wick-ech", "--sites", file).stderr
    )
    assert echo.asked() == []
