"""Several ledgers read as one: what lists, searches and files say is what one ledger that holds all of it says."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from crawler.commands.serve import command
from pipelines import stories
from pipelines.exchange.merge import MergeSource, merge
from pipelines.queries import changes
from pipelines.queries.changes import Filter
from pipelines.queries.facets import facet_counts
from pipelines.queries.removed import takedowns
from pipelines.queries.search import search
from pipelines.store.database import Store
from pipelines.store.ledgers import STEP, Ledgers, OneLedgerError
from pipelines.store.rows import instant_of
from tests.factories import article, at, new_ledger, new_store
from tests.viewer import syndication
from tests.viewer.client import BASE
from tests.viewer.ledgers import ask, serving
from tests.viewer.syndication import NOW
from viewer.app.federated import names_of, respond
from viewer.http import Request, Response
from viewer.repository import Repository

URL = "https://paper.example/news/weir"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """two.db has five papers, one.db one more, with revisions at the very times of others; whole.db has all of them."""
    path = tmp_path_factory.mktemp("federated")
    syndication.make(path, days=4).close()
    (path / "news.db").rename(path / "two.db")
    (path / "one").mkdir()
    store = new_store(path / "one")
    ledger = new_ledger(store)
    with Store(path / "two.db", readonly=True) as two:
        times = [row["first_seen"] for row in two.rows("SELECT DISTINCT first_seen FROM revisions ORDER BY first_seen LIMIT 6")]
    for number, time in enumerate(times):
        ledger.record(article(f"The ferry weir, part {number}.", url=URL, seen=_minutes(time), modified=number))
    store.close()
    (path / "one" / "news.db").rename(path / "one.db")
    shutil.copy(path / "two.db", path / "whole.db")
    with Store(path / "whole.db") as whole, Store(path / "one.db", readonly=True) as one:
        merge(whole, one, MergeSource("one.db", "merge"), NOW)
    return path


def _minutes(time: str) -> float:
    return (instant_of(time) - at(0)).total_seconds() / 60


@contextmanager
def opened(folder: Path) -> Iterator[tuple[Ledgers, Store]]:
    with ExitStack() as stack:
        both = stack.enter_context(Ledgers((folder / "two.db", folder / "one.db")))
        yield both, stack.enter_context(Store(folder / "whole.db", readonly=True))


def shown(found: list[Any]) -> list[tuple[Any, ...]]:
    return [(one.first_seen, one.url, one.number, one.change, one.words_added) for one in found]


def paged(store: Store, wanted: Filter, limit: int) -> list[Any]:
    found: list[Any] = []
    while part := changes.latest(store, wanted, limit=limit, before=found[-1].cursor if found else None):
        found += part
    return found


@pytest.mark.parametrize(
    "wanted", [Filter(), Filter(changes=("silent",)), Filter(sites=("paper", "argus")), Filter(country="GB")]
)
def test_the_latest_are_those_of_one_ledger_in_pages_of_any_size(folder: Path, wanted: Filter) -> None:
    with opened(folder) as (both, whole):
        expected = changes.latest(whole, wanted, limit=500)
        for limit in (1, 7, 500):
            found = paged(both, wanted, limit)
            assert [one.first_seen for one in found] == [one.first_seen for one in expected]
            assert sorted(shown(found)) == sorted(shown(expected))
            assert len({one.revision_id for one in found}) == len(found)
        again = changes.of_revisions(both, [one.revision_id for one in found])
        assert again == found


def test_searches_and_facets_add_up(folder: Path) -> None:
    with opened(folder) as (both, whole):
        for words in ("ferry", "weir", '"car ferry"', "ferry site:paper.example", "nowhere"):
            ours, theirs = (search(store, words, limit=100, by_article=True) for store in (both, whole))
            assert (ours.total, ours.articles, ours.unknown) == (theirs.total, theirs.articles, theirs.unknown)
            assert ours.facets == theirs.facets or not theirs.total
            assert {hit.url for hit in ours.hits} == {hit.url for hit in theirs.hits}
        pages = [
            hit.url for offset in range(0, 100, 2) for hit in search(both, "ferry", limit=2, offset=offset, by_article=True).hits
        ]
        assert pages == [hit.url for hit in search(both, "ferry", limit=100, by_article=True).hits]
        facets = [facet_counts(store, ("author", "Ann Other")) for store in (both, whole)]
        assert facets[0] == facets[1]
        assert facets[0].articles


def test_stories_and_takedowns(folder: Path) -> None:
    with opened(folder) as (both, whole):
        ours, theirs = (stories.latest(store, limit=50) for store in (both, whole))
        assert [(one.first_seen, one.headline) for one in ours] == [(one.first_seen, one.headline) for one in theirs]
        assert stories.carriers(both, ours[0].story_id, 5) == stories.carriers(whole, theirs[0].story_id, 5)
        expected = [(one.at, one.url) for one in takedowns(whole).takedowns]
        found, before = [], None
        for _ in range(20):
            part = takedowns(both, limit=1, before=before)
            found += [(one.at, one.url) for one in part.takedowns]
            before = part.older
            if before is None:
                break
        assert found == expected


def test_what_is_not_said_how_to_merge_is_refused(folder: Path) -> None:
    with opened(folder) as (both, _), pytest.raises(OneLedgerError):
        stories.story(both, STEP)


def answer(folder: Path, target: str, form: str = "") -> Response:
    with Ledgers((folder / "two.db", folder / "one.db")) as both, both.snapshot():
        found = respond(Request("GET", target, {}, form), Repository(both, lambda _: "", NOW), BASE, both)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("target", "holds"),
    [("/?site=paper", URL), ("/search?q=weir", URL), ("/stories", "ferry"), ("/sites", "/site/paper"), ("/takedowns", "Argus"),
     ("/feed.atom?site=paper", URL), ("/feed.json", "items"), ("/author/Ann%20Other", "Ann Other"),
     ("/revisions.csv?site=paper", URL),
     ("/search.json?q=weir", URL), ("/sites.csv", "paper")],
)  # fmt: skip
def test_pages_and_files_over_all(folder: Path, target: str, holds: str) -> None:
    found = answer(folder, target)
    assert found.status == 200
    assert holds in found.body.decode()


def test_what_is_of_one_ledger_is_found_there(folder: Path) -> None:
    (story,) = json.loads(answer(folder, "/stories.json?agency=PA").body)[:1]
    led = {
        target: dict(answer(folder, target).headers).get("Location")
        for target in (f"/history/{URL}", "/site/argus", f"/story/{story['story_id']}", f"/-/article/{STEP + 1}", "/history/none")
    }
    assert led == {
        f"/history/{URL}": f"/in/one/history/{URL}",
        "/site/argus": "/in/two/site/argus",
        f"/story/{story['story_id']}": f"/in/two/story/{story['story_id'] // STEP}",
        f"/-/article/{STEP + 1}": "/in/one/-/article/1",
        "/history/none": None,
    }
    assert answer(folder, "/history/none").status == 404


def test_names_in_addresses() -> None:
    paths = [Path("a/News.db"), Path("b/news.db"), Path("c/Größe & <x>.db"), Path("&.db")]
    assert list(names_of(paths)) == ["news", "news-2", "gr-e-x", "ledger"]


def test_a_server_of_two_ledgers(folder: Path) -> None:
    with serving(folder, str(folder / "two.db"), str(folder / "one.db")) as base:
        found = {
            target: ask(base, target).status
            for target in ("/", "/search?q=weir", "/in/one/", f"/in/one/history/{URL}", "/in/one/ledger",
                           "/in/one/ledger/articles.csv", f"/history/{URL}", "/ledger",
                           "/in/none/", "/in/one/site/argus", "/in/two/site/argus")
        }  # fmt: skip
        assert found == {
            "/": 200, "/search?q=weir": 200, "/in/one/": 200, f"/in/one/history/{URL}": 200, "/in/one/ledger": 200,
            "/in/one/ledger/articles.csv": 200, f"/history/{URL}": 302, "/ledger": 404, "/in/none/": 404,
            "/in/one/site/argus": 404, "/in/two/site/argus": 200,
        }  # fmt: skip
        assert URL in ask(base, "/in/one/ledger/articles.csv").text
        assert 'href="/in/one/search"' in ask(base, "/in/one/").text
        assert [ask(base, path, accept_encoding="gzip").get("Content-Encoding") for path in ("/", "/in/one/")] == ["gzip"] * 2


def test_a_ledger_that_is_none_is_named(folder: Path, tmp_path: Path) -> None:
    found = CliRunner().invoke(command, [str(folder / "one.db"), str(tmp_path / "none.db")])
    assert found.exit_code != 0
    assert "none.db" in f"{found.output} {found.exception}"
