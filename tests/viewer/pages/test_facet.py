"""Author, topic and section: counts, papers, latest changes, and the same name in lists, files and feeds."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from urllib.parse import quote

import pytest

from pipelines.queries import facets
from pipelines.queries.changes import Filter, latest
from pipelines.queries.facets import facets_named
from pipelines.store.crawls import start_crawl
from pipelines.store.database import Store
from pipelines.store.writer import RevisionWriter
from tests.factories import T0, article
from tests.viewer.page_reader import MILL, ask, make, target_of
from viewer.labels import signed

TOPICS = ("Cross Mill", "東京都", "Fire")


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = make(tmp_path_factory.mktemp("facet"))
    with Store(made) as store:
        writer = RevisionWriter(store, "star", start_crawl(store, "star", "test", T0))
        one = article("A fire.", seen=300, url="https://star.example/fire", topics=TOPICS, section="News")
        writer.record(one)
        writer.record(replace(article("A large fire.", seen=310, url=one.url, topics=TOPICS, section="News"), topics=TOPICS))
        writer.record(article("A safety day.", seen=305, url="https://star.example/day", topics=("Fire safety",)))
    return made


def test_an_author_has_counts_papers_and_the_latest_changes(path: Path) -> None:
    page = ask(path, "/author/Bo%20Lind")
    assert page.texts("h1") == ["Bo Lind"]
    assert page.texts("dd")[:4] == ["1", "1", "1 100% of edits", "1"]
    assert page.texts(".entry-head") == ["10:00 The Paper edited without telling"]
    links = page.links()
    assert f"/news/history/{MILL}" in links
    listed = next(link for link in links if link.startswith("/news/?"))
    assert ask(path, target_of(listed)).texts(".said") == ["Shown: by Bo Lind. Show all"]
    assert b"Two hurt in mill fire" in ask(path, "/revisions.csv?author=Bo+Lind").response.body
    assert ask(path, "/feed.atom?author=Bo+Lind").response.body.count(b"<entry>") == 1


def test_a_topic_is_its_whole_name_and_a_section_where_the_article_began(path: Path) -> None:
    assert ask(path, "/topic/Fire").texts("dd")[0] == "1", "Fire safety is another"
    assert ask(path, f"/topic/{quote('東京都')}").texts("dd")[:2] == ["1", "1"]
    assert ask(path, "/topic/Cross").status == 404
    page = ask(path, "/section/News")
    assert page.texts("dd")[0] == "2"
    assert page.texts(".facet") == ["The Paper 4 revisions Der Stern & Söhne 2 revisions"]
    narrowed = ask(path, "/section/News?site=star")
    assert narrowed.texts(".said") == ["Only Der Stern & Söhne. Show all"]
    assert len(narrowed.texts(".entry")) == 2
    assert ask(path, "/section/News?until=2025-03-06").texts("dd")[0] == "0"


def test_what_leads_to_them(path: Path) -> None:
    links = ask(path, f"/history/{MILL}").links()
    assert "/news/author/Ann%20Other" in links
    assert "/news/author/Ann%20Other" in ask(path, "/?site=paper").links()
    assert "/news/topic/Fire" in ask(path, "/search?q=Fire").links()
    assert not [link for link in ask(path, "/search?q=mill").links() if "/topic/" in link]
    for link in (one for one in ask(path, "/").links() + links if one.startswith(("/news/author/", "/news/section/"))):
        assert ask(path, target_of(link)).status == 200, link


def test_a_name_that_means_harm_is_a_name(path: Path) -> None:
    with Store(path, readonly=True) as store:
        name = store.value("SELECT name FROM revision_authors WHERE name LIKE '%<script>%'")
    page = ask(path, f"/author/{quote(name, safe='')}")
    assert page.status == 200
    assert "<script>alert(1)" in page.texts("h1")[0]
    assert "<script>alert" not in page.markup
    assert "\u202e" not in page.markup
    for strange in (
        "/author/",
        "/author/nobody",
        f"/topic/{'x' * 400}",
        "/topic/%22%29%20OR%20x",
        "/section/%00",
        "/author/a%2Fb",
    ):
        assert ask(path, strange).status == 404, strange
    assert ask(path, "/author/Ann%20Other?colour=red").status == 400
    assert ask(path, "/?author=Ann+Other&topic=Fire").status == 400


def test_no_more_is_looked_at_than_may_be_and_that_is_said(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(facets, "MAX_REVISIONS", 3)
    page = ask(path, "/author/Ann%20Other")
    assert page.texts(".said")[0].endswith("There are more: counted are the newest.")
    assert len(page.texts(".entry")) == 3


def test_names_that_there_are(path: Path) -> None:
    with Store(path, readonly=True) as store:
        assert facets_named(store, "Fire") == ["topic"]
        assert [one.authors for one in latest(store, Filter(facet=("topic", "Fire")))] == [("Ann Other",)] * 2


def test_names_are_told_apart_in_a_byline() -> None:
    assert signed("By Ann Other and Bo", ("Bo", "Ann Other")) == (
        ("By ", False),
        ("Ann Other", True),
        (" and ", False),
        ("Bo", True),
    )
    assert signed(None, ("Bo",)) == (("Bo", True),)
    assert signed("By staff", ()) == (("By staff", False),)
    assert signed("", ()) == ()
