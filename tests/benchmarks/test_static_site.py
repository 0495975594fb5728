"""The static site weighs what it should, is the same every time, and is served as a real paper would be."""

from __future__ import annotations

import gzip
import importlib.util
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from http.client import HTTPConnection
from pathlib import Path
from types import ModuleType
from urllib.parse import urlsplit

import pytest
from lxml import etree, html

from tests.forkserver import Process

SCRIPT = Path(__file__).resolve().parents[2] / "benchmarks" / "static_site.py"
BASE_URL = "http://paper.test"
PAGES = 30
NAMESPACE = "{http://www.sitemaps.org/schemas/sitemap/0.9}"


def load_script() -> ModuleType:
    """`benchmarks` is no package: its scripts are run, and imported only here."""
    spec = importlib.util.spec_from_file_location("static_site", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["static_site"] = module
    spec.loader.exec_module(module)
    return module


static_site = load_script()


@pytest.fixture(scope="module")
def site() -> dict[str, bytes]:
    return {path: gzip.decompress(document.packed) for path, document in static_site.build(BASE_URL, PAGES).items()}


def articles(site: dict[str, bytes]) -> dict[str, bytes]:
    return {path: body for path, body in site.items() if re.search(r"-\d{7}$", path)}


def test_the_same_arguments_give_the_same_bytes() -> None:
    assert static_site.build(BASE_URL, 3) == static_site.build(BASE_URL, 3)
    assert static_site.build(BASE_URL, 3) != static_site.build(BASE_URL, 3, seed=2)


def test_pages_weigh_what_pages_of_local_news_weigh() -> None:
    medians = static_site.measure(static_site.build(BASE_URL, PAGES))
    assert 200_000 < medians["raw_bytes"] < 250_000
    assert 50_000 < medians["gzip_bytes"] < 70_000
    assert 900 < medians["elements"] < 1_100


def test_every_article_has_a_text_of_its_own(site: dict[str, bytes]) -> None:
    assert len(articles(site)) == PAGES
    bodies = [html.document_fromstring(page).xpath("//article//p/text()") for page in articles(site).values()]
    assert all(8 <= len(paragraphs) <= 30 for paragraphs in bodies)
    assert len({tuple(paragraphs) for paragraphs in bodies}) == PAGES


def test_an_article_tells_the_same_in_data_meta_and_print(site: dict[str, bytes]) -> None:
    path, page = next(iter(articles(site).items()))
    tree = html.document_fromstring(page)
    data = json.loads(tree.xpath("string(//script[@type='application/ld+json'])"))
    (heading,) = tree.xpath("//article//h1/text()")
    published, modified = tree.xpath("//article//time/@datetime")
    assert data["@type"] == "NewsArticle"
    assert (data["headline"], data["datePublished"], data["dateModified"]) == (heading, published, modified)
    assert tree.xpath("//link[@rel='canonical']/@href") == [data["mainEntityOfPage"]] == [BASE_URL + path]


def test_sitemaps_name_every_article_once(site: dict[str, bytes]) -> None:
    index = etree.fromstring(site["/sitemap.xml"])
    children = [(loc.text or "").removeprefix(BASE_URL) for loc in index.iter(NAMESPACE + "loc")]
    rows = [row for child in children for row in etree.fromstring(site[child])]
    assert sorted(row.findtext(NAMESPACE + "loc") or "" for row in rows) == sorted(BASE_URL + path for path in articles(site))
    assert all(re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", row.findtext(NAMESPACE + "lastmod") or "") for row in rows)
    assert f"Sitemap: {BASE_URL}/sitemap.xml".encode() in site["/robots.txt"]


def test_feed_and_sections_name_articles_that_exist(site: dict[str, bytes]) -> None:
    named = [link.text or "" for link in etree.fromstring(site["/rss.xml"]).iterfind("channel/item/link")]
    named += [BASE_URL + link for link in html.document_fromstring(site["/news/"]).xpath("//h3/a/@href")]
    assert {link.removeprefix(BASE_URL) for link in named} <= set(articles(site))


@pytest.fixture(scope="module")
def connection() -> Iterator[HTTPConnection]:
    command = [sys.executable, str(SCRIPT), "--serve", "--port", "0", "--pages", "2"]
    with Process(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        ready = json.loads(process.stdout.readline())
        assert ready["pages"] == 2
        client = HTTPConnection(urlsplit(ready["url"]).netloc, timeout=10)
        try:
            yield client
        finally:
            client.close()
            process.terminate()


def ask(connection: HTTPConnection, path: str, **headers: str) -> tuple[int, dict[str, str], bytes]:
    fields = {"Accept-Encoding": "identity"} | {name.replace("_", "-"): value for name, value in headers.items()}
    connection.request("GET", path, headers=fields)
    answer = connection.getresponse()
    return answer.status, dict(answer.getheaders()), answer.read()


def test_a_page_is_served_packed_and_plain_on_one_connection(connection: HTTPConnection) -> None:
    status, plain_fields, plain = ask(connection, "/news/")
    assert (status, plain_fields.get("Content-Encoding")) == (200, None)
    status, packed_fields, packed = ask(connection, "/news/", Accept_Encoding="gzip, br")
    assert (status, packed_fields["Content-Encoding"]) == (200, "gzip")
    assert gzip.decompress(packed) == plain
    assert packed_fields["ETag"] == plain_fields["ETag"]


def test_known_validators_are_answered_with_304(connection: HTTPConnection) -> None:
    _, fields, _ = ask(connection, "/sitemap.xml")
    cases = [
        ({"If_None_Match": fields["ETag"]}, 304),
        ({"If_Modified_Since": fields["Last-Modified"]}, 304),
        ({"If_None_Match": '"another"', "If_Modified_Since": fields["Last-Modified"]}, 200),
    ]
    assert [ask(connection, "/sitemap.xml", **headers)[0] for headers, _ in cases] == [status for _, status in cases]


def test_what_was_served_is_told(connection: HTTPConnection) -> None:
    def served() -> dict[str, int]:
        counts: dict[str, int] = json.loads(ask(connection, "/_served")[2])
        return counts

    before = served()
    path = re.findall(rb"<loc>http://[^/]+([^<]+)", ask(connection, "/sitemap-1.xml")[2])[0].decode()
    body = ask(connection, path)[2]
    assert ask(connection, "/nowhere")[0] == 404
    after = served()
    assert after["requests"] - before["requests"] == 3
    assert after["articles"] - before["articles"] == 1
    assert after["bytes"] - before["bytes"] > len(body)
