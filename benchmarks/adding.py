"""`newsledger sites add URL` of a simulated group of titles: does the first crawl of what it defines find every article?

    python -m benchmarks.adding [--titles 60] [--other] [--jobs 1] [--only WORD]

Sixty titles: eight shapes (where articles are named), eight forms of address, five countries with their time zones. `--other`:
shapes beside those that the verb was built with, one title each. Every title is a server of its own on loopback; add and crawl
are the command, in processes of their own. Prints a row for each, and exits 1 where a title of the sixty was not defined or an
article not found.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import Any

from crawler.demo.press import Press
from pipelines.store.database import Store, StoreError
from tests.crawler.commands import test_sites_add as shapes
from tests.crawler.processes import environment
from tests.papers import pages

PAPER = Path(__file__).resolve().parents[1] / "tests" / "papers" / "scripted.py"
ARTICLES = 11
Routes = dict[str, Any]


def _dashed(middle: str, end: str = "") -> Callable[[int], str]:
    return lambda n: f"{middle}{shapes.WORDS[n % 11]}-at-nether-wick-to-close-{30_000_123 + n * 717}{end}"


ADDRESSES: dict[str, Callable[[int], str]] = {
    "numbered": shapes.numbered,
    "foldered": shapes.foldered,
    "spelled": shapes.spelled,
    "dated": shapes.dated,
    "html": _dashed("/local/", ".html"),
    "middle": lambda n: f"/article/{700_121 + n * 97}/{shapes.WORDS[n % 11]}-nether-wick-shuts",
    "code": lambda n: f"/news/articles/c{'qzmkptrghlb'[n]}8w{n % 7}exyo",
    "month": lambda n: f"/2026/03/{shapes.WORDS[n % 11]}-at-nether-wick-to-close",
}
COUNTRIES = (("en-GB", "Z"), ("en-AU", "+10:30"), ("en-US", "-07:00"), ("en-IE", "+00:00"), ("de-DE", "+01:00"))
"""Language of the pages, and the offset in which their times are written."""
SHAPES: dict[str, Callable[[list[str]], Routes]] = {
    "robots-only sitemaps": shapes.robots_sitemap,
    "alternate feeds only": shapes.feeds_only,
    "sections only": shapes.sections_only,
    "a JSON Feed in the usual place": shapes.json_feed_only,
    "an index of news sitemaps": shapes.news_sitemap_index,
    "a front page that redirects": shapes.redirecting_front,
    "a zone that is not UTC": shapes.robots_sitemap,
    "no article id": shapes.feeds_only,
}


def _links(paths: list[str], head: str = "", nav: tuple[str, ...] = ()) -> Routes:
    return pages.front(paths, head, nav)


def atom_only(paths: list[str]) -> Routes:
    entries = "".join(f"<entry><title>Shut for the winter</title><link href='{{base}}{path}'/></entry>" for path in paths)
    body = f'<feed xmlns="http://www.w3.org/2005/Atom"><title>Echo</title>{entries}</feed>'
    feed = {"body": body, "type": "application/atom+xml"}
    return {"/": _links([], shapes.alternate("/news.atom", "application/atom+xml")), "/news.atom": feed}


def rss_1(paths: list[str]) -> Routes:
    items = "".join(f"<item rdf:about='{{base}}{path}'><title>Shut</title><link>{{base}}{path}</link></item>" for path in paths)
    namespaces = 'xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"'
    body = f"<rdf:RDF {namespaces}><channel><title>Echo</title></channel>{items}</rdf:RDF>"
    feed = {"body": body, "type": "application/rdf+xml"}
    return {"/": _links([], shapes.alternate("/index.rdf", "application/rdf+xml")), "/index.rdf": feed}


def feed_in_the_body(paths: list[str]) -> Routes:
    front = _links([])
    front["body"] = front["body"].replace("</body>", "<footer><a href='/services/rss/all'>RSS</a></footer></body>")
    return {"/": front, "/services/rss/all": pages.rss(paths)}


def feeds_in_a_list(paths: list[str]) -> Routes:
    nav = ("/news/", "/rss-feeds/")
    listed = _links([])
    listed["body"] = listed["body"].replace("<main>", "<main><a href='/f/1.xml'>News</a> <a href='/f/2.xml'>Sport</a>")
    halves = {"/f/1.xml": pages.rss(paths[:6]), "/f/2.xml": pages.rss(paths[6:])}
    return {"/": _links([], nav=nav), "/news/": _links([]), "/rss-feeds/": listed, **halves}


def feed_elsewhere(paths: list[str]) -> Routes:
    return {"/": _links([], shapes.alternate("{other}/echo.rss")), "/echo.rss": pages.rss(paths)}


def robots_of_another_name(paths: list[str]) -> Routes:
    """As a title whose bare domain leads to its www host, whose robots.txt alone names the sitemap."""
    moved = {"status": 301, "body": "", "headers": {"Location": "{other}/"}}
    there = {"/robots.txt": pages.robots("User-agent: *", "Sitemap: {other}/maps/all.xml"), "/": _links([])}
    maps = pages.sitemap(paths)
    maps["body"] = maps["body"].replace("{base}", "{other}")
    return {"/": moved, "//localhost/robots.txt": there["/robots.txt"], "//localhost/": there["/"], "/maps/all.xml": maps}


def language_versions(paths: list[str]) -> Routes:
    """The address leads to one language of two; its articles alone are meant."""
    head = "<link rel=alternate hreflang=en href='{base}/en/'><link rel=alternate hreflang=cy href='{base}/cy/'>"
    own, others = [f"/en{path}" for path in paths], [f"/cy{path}-cy" for path in paths]
    moved = {"status": 302, "body": "", "headers": {"Location": "{base}/en/"}}
    return {"/": moved, "/en/": _links(own[:4], head, ("/en/news/", "/cy/")), "/en/news/": _links(own), "/cy/": _links(others)}


def paginated_sections(paths: list[str]) -> Routes:
    first, second = _links(paths[:6], "<link rel=next href='/news/page/2/'>", ("/news/",)), _links(paths[6:])
    first["body"] = first["body"].replace("</main>", "<a href='/news/page/2/' rel=next>Older</a></main>")
    return {"/": _links([], nav=("/news/",)), "/news/": first, "/news/page/2/": second}


def endless_scroll(paths: list[str]) -> Routes:
    """The markup has four; a script asks for the rest as JSON; a sitemap in the usual place has them all."""
    front = _links(paths[:4], "<script>fetch('/api/stories?page=2').then(r => r.json()).then(draw)</script>")
    more = {"body": json.dumps({"stories": [{"url": path} for path in paths[4:]]}), "type": "application/json"}
    return {"/": front, "/api/stories?page=2": more, "/sitemap.xml": pages.sitemap(paths)}


def meta_refresh(paths: list[str]) -> Routes:
    door = {"body": "<!doctype html><html><head><meta http-equiv=refresh content='0; url=/home'></head><body></body></html>"}
    return {"/": door, "/home": _links([], shapes.alternate("/home.rss")), "/home.rss": pages.rss(paths)}


def crowded_front(paths: list[str]) -> Routes:
    """Links of its menus lead elsewhere; the front page names all."""
    return {"/": _links(paths, nav=("https://jobs.example/", "/about-us/")), "/about-us/": _links([])}


def sitemap_of_standing_pages(paths: list[str]) -> Routes:
    """Its sitemap has what never changes; articles are on the pages of its menu."""
    standing = {path: _links([]) for path in ("/about/", "/contact/", "/privacy/", "/advertise/")}
    return shapes.sections_only(paths) | standing | {"/sitemap.xml": pages.sitemap(standing)}


def sitemap_in_the_head(paths: list[str]) -> Routes:
    head = "<link rel=sitemap type=application/xml href='/maps/echo-index.xml'>"
    return {"/": _links([], head), "/maps/echo-index.xml": pages.index(["/maps/1.xml"]), "/maps/1.xml": pages.sitemap(paths)}


def sitemap_of_text(paths: list[str]) -> Routes:
    listed = {"body": "\n".join(f"{{base}}{path}" for path in paths), "type": "text/plain"}
    return {"/": _links([]), "/robots.txt": pages.robots("Sitemap: {base}/sitemap.txt"), "/sitemap.txt": listed}


def feed_as_sitemap(paths: list[str]) -> Routes:
    return {"/": _links([]), "/robots.txt": pages.robots("Sitemap: {base}/rss/all"), "/rss/all": pages.rss(paths)}


OTHER_SHAPES: dict[str, Callable[[list[str]], Routes]] = {
    "Atom only": atom_only,
    "RSS 1.0": rss_1,
    "a feed that only the footer links to": feed_in_the_body,
    "feeds that a page of the menu lists": feeds_in_a_list,
    "a feed on another host": feed_elsewhere,
    "a sitemap in the robots.txt of the www host": robots_of_another_name,
    "two languages": language_versions,
    "sections of several pages": paginated_sections,
    "endless scrolling": endless_scroll,
    "a front page that refreshes": meta_refresh,
    "the front page alone": crowded_front,
    "a sitemap of standing pages": sitemap_of_standing_pages,
    "a sitemap that the head links to": sitemap_in_the_head,
    "a sitemap of plain text": sitemap_of_text,
    "a feed that robots.txt calls a sitemap": feed_as_sitemap,
}


@dataclass(frozen=True, slots=True)
class Title:
    """One of the group."""

    shape: str
    make: Callable[[list[str]], Routes]
    address: str
    language: str = "en-GB"
    zone: str = "Z"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one title."""

    title: Title
    found: int
    requests: int
    seconds: float
    problem: str


def group(count: int) -> Iterator[Title]:
    """Shapes, addresses and countries in turn, so that each meets each of the others in some title."""
    able = [name for name in ADDRESSES if name != "code"]
    for number, (address, shape) in zip(range(count), product(ADDRESSES, SHAPES), strict=False):
        if shape == "no article id":
            address = ("spelled", "code", "month")[number // 8 % 3]
        elif shape == "sections only" and address == "code":
            address = able[number % len(able)]  # a page of links tells such an address from no other
        language, zone = COUNTRIES[number % 5 or 1 if shape == "a zone that is not UTC" else number % 5]
        yield Title(shape, SHAPES[shape], address, language, zone)


def others() -> Iterator[Title]:
    return (Title(shape, make, "numbered") for shape, make in OTHER_SHAPES.items())


def run(title: Title) -> Outcome:
    paths = [ADDRESSES[title.address](number) for number in range(ARTICLES)]
    routes = title.make(paths)
    named = [f"/en{path}" for path in paths] if title.shape == "two languages" else paths
    routes |= {path: pages.article(number, zone=title.zone) for number, path in enumerate(named)}
    for route in routes.values():
        route["body"] = route["body"].replace("lang=en-GB", f"lang={title.language}")
    with tempfile.TemporaryDirectory() as scratch, Press((sys.executable, str(PAPER), scratch)) as paper:
        folder = Path(scratch)
        (folder / "routes.json").write_text(json.dumps(routes), encoding="utf-8")
        began = cpu_of_children()
        done = command(folder, "sites", "add", paper.url, "--json")
        seconds = cpu_of_children() - began
        try:
            row = json.loads(done.stdout)
        except ValueError:
            return Outcome(title, 0, 0, seconds, done.stderr[-200:])
        if row["problem"]:
            return Outcome(title, 0, row["requests"], seconds, row["problem"])
        done = command(folder, "crawl", row["definition"]["id"], "--db", "news.db")
        try:
            with Store(folder / "news.db", readonly=True) as store:
                found = int(store.value("SELECT count(*) FROM articles"))
        except StoreError as error:
            return Outcome(title, 0, row["requests"], seconds, str(error))
        problem = "" if found == ARTICLES else done.stdout.partition("\n")[0]
        return Outcome(title, found, row["requests"], seconds, problem)


def command(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    call = [sys.executable, "-m", "crawler", *arguments]
    return subprocess.run(call, cwd=folder, env=environment(), capture_output=True, text=True, check=False)


def cpu_of_children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--titles", type=int, default=60)
    parser.add_argument("--other", action="store_true", help="shapes beside those that the verb was built with")
    parser.add_argument("--only", default="", help="shapes with this word")
    parser.add_argument("--jobs", type=int, default=1)
    options = parser.parse_args()
    titles = [one for one in (others() if options.other else group(options.titles)) if options.only in one.shape]
    with ThreadPoolExecutor(options.jobs) as pool:
        outcomes = []
        for one in pool.map(run, titles):
            outcomes.append(one)
            print(f"| {one.title.shape} | {one.title.address} | {one.title.language} | {one.found} of {ARTICLES} | {one.requests}"
                  f" | {one.seconds:.1f} | {one.problem} |", flush=True)  # fmt: skip
    good = sum(one.found == ARTICLES for one in outcomes)
    print(f"{good} of {len(outcomes)} titles: the first crawl finds every article")
    sys.exit(0 if good == len(outcomes) or options.other else 1)


if __name__ == "__main__":
    main()
