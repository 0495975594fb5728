"""Tables as CSV: all rows, whatever Datasette's limits are, and a connection that breaks where they cannot all come."""

from __future__ import annotations

import asyncio
import csv
import io
import json
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from http.client import HTTPConnection, IncompleteRead
from pathlib import Path
from urllib.parse import quote, urlsplit

import lxml.html
import pytest

from pipelines.queries.questions import questions
from pipelines.store.database import Store
from tests.factories import article, new_ledger, new_store
from tests.table import table
from tests.viewer.ledgers import ask, serving
from viewer.app.csv_tables import STATEMENT_ONLY
from viewer.app.dispatcher import DispatcherConfig
from viewer.app.server import NAME, QueryLimits, tables

ARTICLES = 700
VIEWS = ("headline_changes", "silent_edits", "edit_delays", "latest_articles", "daily_counts", "takedowns", "stories")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """More rows than a page of Datasette has: each article is edited silently, headline and all."""
    folder = tmp_path_factory.mktemp("csv")
    with new_store(folder) as store:
        writer = new_ledger(store)
        with store.transaction():
            for number in range(ARTICLES):
                url = f"https://paper.example/{number}"
                writer.record(article(url=url, headline=f'Story "{number}", one'))
                writer.record(article("Another text.\n\nOf two lines.", url=url, headline=f"Story {number}", seen=10))
    return folder


@pytest.fixture(scope="module")
def base(folder: Path) -> Iterator[str]:
    with serving(folder) as url:
        yield url


def rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text, newline="")))


@table("query", ["", "?_stream=1", "?_size=max", "?_stream=on&_labels=on&_dl=1", "?_size=10", "?_next=100"])
def test_every_link_gives_all_rows(base: str, query: str) -> None:
    answer = ask(base, f"/ledger/revisions.csv{query}")
    found = rows(answer.text)
    assert (answer.status, len(found)) == (200, 2 * ARTICLES)
    assert found[0]["headline"] == 'Story "0", one'
    assert found[1]["body"] == "Another text.\n\nOf two lines."
    assert answer.get("Content-Type").startswith("text/csv" if "_dl" in query else "text/plain")


@table("view", VIEWS)
def test_all_rows_of_a_view(base: str, folder: Path, view: str) -> None:
    with Store(folder / "news.db", readonly=True) as store:
        assert len(rows(ask(base, f"/ledger/{view}.csv?_stream=1").text)) == store.value(f"SELECT count(*) FROM {view}")


def test_what_is_filtered_and_sorted_is(base: str) -> None:
    found = rows(ask(base, "/ledger/revisions.csv?change=silent&_sort_desc=id&_col=headline&id__gt=20").text)
    assert len(found) == ARTICLES - 10
    assert found[0] == {"id": str(2 * ARTICLES), "headline": f"Story {ARTICLES - 1}"}
    assert ask(base, "/ledger/revisions.csv?_search=two&_col=id&_header=off").text.count("\r\n") == ARTICLES


def test_own_sql(base: str) -> None:
    sql = quote("select id, headline from revisions where id > :least")
    assert len(rows(ask(base, f"/ledger.csv?sql={sql}&least=100").text)) == 2 * ARTICLES - 100
    for bad in ("select nonsense", "delete from revisions", "select fts3_tokenizer('simple')", "select :unbound"):
        assert ask(base, f"/ledger.csv?sql={quote(bad)}").status == 400, bad


@table("target", ["/ledger/none.csv", "/other/revisions.csv"])
def test_what_is_not_there(base: str, target: str) -> None:
    assert ask(base, target).status in (400, 404)


def test_a_part_is_never_taken_for_the_whole(base: str) -> None:
    forever = quote("with recursive c(x) as (select 1 union all select x + 1 from c) select x from c")
    with closing(HTTPConnection(urlsplit(base).netloc, timeout=30)) as connection:
        connection.request("GET", f"/ledger.csv?sql={forever}")
        with connection.getresponse() as got, pytest.raises((IncompleteRead, ConnectionError)):
            got.read()
    assert ask(base, "/ledger.json?sql=select+1+as+one&_shape=array").text.strip() == '[{"one": 1}]'


def test_an_answer_names_no_file(base: str, folder: Path) -> None:
    for target in ("/ledger", "/ledger.json", "/ledger/revisions.json", "/ledger.json?sql=select+*+from+pragma_database_list",
                   "/-/versions.json", "/-/settings.json", "/-/plugins.json", "/-/metadata.json"):  # fmt: skip
        assert str(folder) not in ask(base, target).text, target


def test_the_cookbooks_questions_are_queries_of_the_tables(base: str) -> None:
    listed = ask(base, "/ledger").text
    assert 'href="/ledger/largest-silent"' in listed
    assert 'aria-current="page">Tables' in listed
    assert "a revision that changed under the same stamp" in listed, "views say what they are"
    assert "revisions_fts_data" not in listed
    page = ask(base, "/ledger/largest-silent?since=2025-03-07").text
    assert "Which edits without telling changed most words?" in page
    assert "Story 1" in page
    assert "Say below which words you ask about." in ask(base, "/ledger/first-use").text
    answers = json.loads(ask(base, "/ledger/first-use.json?words=two+lines&_shape=array").text)
    assert [row["site_id"] for row in answers] == ["paper"]
    assert len(rows(ask(base, "/ledger/headline-tests.csv?since=2025-03-07").text)) == 0
    assert len(rows(ask(base, "/ledger/largest-silent.csv?since=2025-03-07&_size=max").text)) == 5
    told = json.loads(ask(base, "/ledger.json").text)
    assert not set(questions()) & {one["name"] for one in (*told["views"], *told["tables"])}


def test_fields_of_tables_have_names(base: str) -> None:
    shown = lxml.html.fromstring(ask(base, "/ledger/headline_changes?site_id=paper&_facet=change").text)
    unnamed = shown.xpath("//form[@class='filters']//*[self::select or self::input[@type='text']][not(@aria-label)]")
    assert not unnamed, [field.get("name") for field in unnamed]
    assert shown.xpath("string(//p[@class='said'])").startswith("A revision whose headline differs")
    assert not shown.xpath("//h3|//*[@class='suggested-facets']")
    assert lxml.html.fromstring(ask(base, "/ledger?sql=select+1").text).xpath("//textarea/@aria-label") == ["SQL"]


def test_to_say_which_statement_a_page_is_runs_nothing(folder: Path) -> None:
    shown = DispatcherConfig(folder / "news.db", lambda: datetime.now(UTC))
    database = tables(shown, QueryLimits()).databases[NAME]
    endless = "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT max(x) AS most FROM n"
    asked = STATEMENT_ONLY.set(True)
    try:
        found = asyncio.run(database.execute(endless, truncate=True))
    finally:
        STATEMENT_ONLY.reset(asked)
    assert [column[0] for column in found.description] == ["most"]
    assert list(found.rows) == []
