"""Lists as files, what a permanent address leads to, and what a page says of itself to who cites, shares or prints it."""

from __future__ import annotations

import csv
import importlib
import io
import json
import re
import zipfile
from datetime import UTC, datetime
from pathlib import Path

import pytest

from pipelines.proof.citation import FORMS
from pipelines.store.database import Store
from tests.table import table
from tests.viewer import syndication
from tests.viewer.client import BASE, answer, page, texts
from tests.viewer.syndication import NOW
from viewer.labels import FILES

LISTS = ("revisions", "search.?q=the", "sites", "site./{site}", "stories", "takedowns", "history./{url}", "story./{story}")


@pytest.fixture(scope="module")
def ledger(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("files")
    syndication.make(path, days=4).close()
    return path / "news.db"


@pytest.fixture(scope="module")
def url(ledger: Path) -> str:
    """Of an article with an edit."""
    rows = json.loads(answer(ledger, "/revisions.json", NOW).body)
    return str(next(row["url"] for row in rows if row["number"] > 1))


def body(ledger: Path, target: str) -> bytes:
    found = answer(ledger, target, NOW)
    assert found.status == 200, (target, found.body[:300])
    assert "attachment" in dict(found.headers)["Content-Disposition"]
    return found.body


@table("which", LISTS)
def test_each_list_is_the_same_in_each_form(which: str, ledger: Path, url: str) -> None:
    story = json.loads(body(ledger, "/stories.json"))[0]["story_id"]
    name, _, rest = which.partition(".")
    rest = rest.format(url=url, story=story, site="herald")
    rows = json.loads(body(ledger, f"/{name}.json{rest}"))
    assert rows
    assert [json.loads(line) for line in body(ledger, f"/{name}.jsonl{rest}").splitlines()] == rows
    (names, *table_rows) = csv.reader(io.StringIO(body(ledger, f"/{name}.csv{rest}").decode()))
    assert (names, len(table_rows)) == (list(rows[0]), len(rows))
    with zipfile.ZipFile(io.BytesIO(body(ledger, f"/{name}.xlsx{rest}"))) as book:
        assert book.read("xl/worksheets/sheet1.xml").count(b"<row ") == len(rows) + 1


def test_a_page_offers_what_is_on_the_screen(ledger: Path) -> None:
    shown = page(ledger, "/?change=silent", NOW)
    links = shown.xpath("//p[starts-with(normalize-space(), 'This list as a file')]/a/@href")
    assert links == [f"/revisions.{form}?change=silent" for form in FILES]
    assert {row["change"] for row in json.loads(body(ledger, links[1]))} == {"silent"}
    assert answer(ledger, "/revisions.csv?chnage=silent", NOW).status == 400


@table(
    ("page", "name", "key", "rows"),
    [("home", "revisions", "revision_id", 2), ("stories", "stories", "story_id", 1), ("search", "search", "article_id", 2)],
)
def test_files_in_a_row_have_the_whole_list(
    page: str, name: str, key: str, rows: int, ledger: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file holds no more rows than is allowed, and names the one with the next."""
    query = "?q=the" if name == "search" else ""
    whole = [row[key] for row in json.loads(body(ledger, f"/{name}.json{query}"))]
    module = importlib.import_module(f"viewer.pages.{page}")
    for constant, value in {"FILE_ROWS": rows, **({"ROWS": 1, "MAX_PAGE": 99} if name == "search" else {})}.items():
        monkeypatch.setattr(module, constant, value)
    found, target = [], f"/{name}.json{query}"
    while target:
        answered = answer(ledger, target, NOW)
        found += json.loads(answered.body)
        assert len(found) <= len(whole)
        link = re.fullmatch(r'<(.+)>; rel="next"', dict(answered.headers).get("Link", ""))
        target = f"/{name}.json{link[1]}" if link else ""
    assert len(whole) > rows
    assert [row[key] for row in found] == whole


@table(("target", "status"), [("/feed.csv", None), ("/search.pdf?q=a", None), ("/history.csv/https://paper.example/none", 404)])
def test_what_is_no_file(target: str, status: int | None, ledger: Path) -> None:
    if status is None:
        with pytest.raises(AssertionError):
            answer(ledger, target, NOW)
    else:
        assert answer(ledger, target, NOW).status == status


def test_a_permanent_address_leads_to_the_text(ledger: Path, url: str) -> None:
    address = json.loads(body(ledger, f"/history.json/{url}"))[0]["address"]
    found = answer(ledger, address.removeprefix(BASE), NOW)
    assert found.status == 302
    shown = page(ledger, dict(found.headers)["Location"], NOW)
    assert shown.xpath("//meta[@property='og:url']/@content") == [address]
    assert address in texts(shown, "//p[@class='printed']")[0]
    assert len(texts(shown, "//details[contains(@class, 'cite')]/pre")) == len(FORMS)
    other = address.replace("/revision/", "/revision/0")
    assert answer(ledger, other.removeprefix(BASE), NOW).status == 404


def test_a_difference_is_cited_by_two_texts(ledger: Path, url: str) -> None:
    shown = page(ledger, f"/diff/1..2/{url}", NOW)
    (address,) = shown.xpath("//meta[@property='og:url']/@content")
    again = page(ledger, address.removeprefix(BASE), NOW)
    assert texts(again, "//article") == texts(shown, "//article")
    told = body(ledger, f"/diff.md/1..2/{url}").decode()
    assert told.startswith("# ")
    assert address in told


def test_a_citation_in_markdown_loads_nothing(ledger: Path, url: str, tmp_path: Path) -> None:
    copy = tmp_path / "news.db"
    copy.write_bytes(ledger.read_bytes())
    with Store(copy) as store:
        store.execute("UPDATE revisions SET headline = ?", (r"\![x](https://e.example/x.gif) <img src=x> `y`",))
    told = body(copy, f"/diff.md/1..2/{url}").decode()
    assert not re.search(r"<img|(?<!\\)(\\\\)*(\[|`)", told), told


def test_a_story_is_named_by_an_article_of_it(ledger: Path) -> None:
    first = json.loads(body(ledger, "/stories.json"))[0]
    found = answer(ledger, f"/story/{first['source_url']}", NOW)
    assert (found.status, dict(found.headers)["Location"]) == (302, f"/story/{first['story_id']}")


def test_a_search_is_named_by_its_query_and_the_time(ledger: Path) -> None:
    links = page(ledger, "/search?q=the", datetime(2025, 6, 1, tzinfo=UTC)).xpath("//a[contains(@href, 'until=')]/@href")
    assert links[0] == "/search?until=2025-06-01T00%3A00%3A00Z&q=the"
