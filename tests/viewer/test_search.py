"""Search: what was found, where it stands now, and how to narrow it."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipelines.store.saved_searches import save
from tests.factories import article, new_ledger, new_store
from tests.table import table
from tests.viewer.client import answer, page, texts
from tests.viewer.page_reader import MILL, NOW, SECRET, ask, make, target_of
from viewer.filters import Wanted
from viewer.pages.search import facet, page_number, span


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make(tmp_path_factory.mktemp("search"))


def test_hits_say_which_revision_and_whether_it_stands(path: Path) -> None:
    page = ask(path, '/search?q="no one was hurt"')
    assert page.texts(".said") == ['1 revision says “"no one was hurt"”; best match first.']
    assert page.texts("mark") == ["No one was hurt"] or "hurt" in " ".join(page.texts("mark"))
    assert page.texts(".entry-facts")[0] == "edited since revision 1"
    assert f"/news/memento/20250307080000/{MILL}" in page.links()


def test_revisions_of_one_article_stand_together(path: Path) -> None:
    page = ask(path, "/search?q=owner+lives")
    assert len(page.texts(".hit")) == 1
    assert "4 revisions say" in page.text
    assert "also in revisions" in page.texts(".entry-facts")[0]
    assert page.texts(".entry-facts")[0].startswith("still says so revision ")


def test_facets_narrow_and_can_be_taken_away(path: Path) -> None:
    page = ask(path, "/search?q=mill&site=paper")
    facets = {str(link.get("href")): link.get("aria-current") for link in page.tree.xpath("//ul[@class='facet']//a")}
    assert facets["/news/search?q=mill"] == "true"
    assert "/news/search?site=paper&change=silent&q=mill" in facets
    assert not any("since=" in link for link in facets), "all are of one year: there is nothing to choose"
    for link in facets:
        assert ask(path, target_of(link)).status == 200


def test_what_narrows_is_said_and_held(path: Path) -> None:
    page = ask(path, "/search?q=body:mill&change=new&since=2025-03-01&until=2025-03-31")
    assert page.texts(".said")[0].startswith(
        "1 revision says “body:mill”, only “new”, from 2025-03-01, to 2025-03-31; best match first."
    )
    assert page.tree.xpath("//input[@name='q']/@value") == ["body:mill"]
    assert page.tree.xpath("//input[@name='since']/@value") == ["2025-03-01"]
    assert page.tree.xpath("//option[@selected]/@value") == ["new"]


def test_a_saved_search_is_a_feed(path: Path) -> None:
    page = ask(path, "/search?q=mill&change=silent")
    (atom, told) = page.tree.xpath("//link[@rel='alternate']/@href")
    assert (atom, told) == ("/news/feed.atom?change=silent&q=mill", "/news/feed.json?change=silent&q=mill")
    assert ask(path, target_of(str(atom))).status == 200


def test_nothing_asked_and_nothing_found(path: Path) -> None:
    assert "Every revision is searched" in ask(path, "/search").text
    page = ask(path, "/search?q=zeppelin")
    assert page.texts(".said") == ["Nothing found for “zeppelin”."]
    assert not page.texts(".hit")


def test_withdrawn_words_are_not_found(path: Path) -> None:
    assert "Nothing found" in ask(path, "/search?q=secret").text
    assert ask(path, f"/search?q={SECRET}").status == 200, "and its address leads nowhere"


def test_an_address_leads_to_its_history(path: Path) -> None:
    found = ask(path, f"/search?q={MILL.replace('https://', 'https://www.')}/")
    assert (found.status, found.header("Location")) == (302, f"/news/history/{MILL}")


def test_words_that_nobody_meant_as_markup(path: Path) -> None:
    page = ask(path, "/search?q=%3Cscript%3Ealert(1)%3C/script%3E")
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page.markup
    assert not page.tree.xpath("//script")
    assert page.texts(".hit")


@table(("text", "number"), [(None, 1), ("", 1), ("2", 2), ("0", 1), ("-1", 1), ("99", 50), ("x", 1), ("٣", 1)])
def test_page_number(text: str | None, number: int) -> None:
    assert page_number(text) == number


@pytest.mark.parametrize(
    ("value", "days"),
    [
        ("2025", ("2025-01-01", "2025-12-31")),
        ("2024-02", ("2024-02-01", "2024-02-29")),
        ("2025-04", ("2025-04-01", "2025-04-30")),
    ],
)
def test_span(value: str, days: tuple[str, str]) -> None:
    assert span(value) == days


def test_facet() -> None:
    asked = Wanted(words="mill", sites=("paper",))
    assert facet(asked, "site", [("paper", "The Paper", 3), ("star", "Star", 1)]) == [
        {"name": "The Paper", "count": 3, "is_chosen": True, "query": "q=mill"},
        {"name": "Star", "count": 1, "is_chosen": False, "query": "site=star&q=mill"},
    ]
    assert facet(asked, "month", [("2025-03", "2025-03", 1)])[0]["query"] == "site=paper&since=2025-03-01&until=2025-03-31&q=mill"


def test_a_year_that_was_chosen_can_be_taken_away(path: Path) -> None:
    page = ask(path, "/search?q=mill&since=2025-01-01&until=2025-12-31")
    chosen = page.tree.xpath("//ul[@class='facet']//a[@aria-current]")
    assert [(link.get("href"), link.text_content().split()[0]) for link in chosen] == [("/news/search?q=mill", "2025")]


def test_a_saved_search_is_a_page_and_a_feed(tmp_path: Path) -> None:
    with new_store(tmp_path) as store:
        new_ledger(store).record(article("The mill burns."))
        save(store, "mills", "mill -drill", NOW)
    db = tmp_path / "news.db"
    assert "mills" in texts(page(db, "/search", NOW), "//ul[@class='marks']/li")[0]
    assert page(db, "/search?saved=mills", NOW).xpath("//input[@id='words']/@value") == ["mill -drill"]
    assert b"Cross Mill" in answer(db, "/feed.atom?saved=mills", NOW).body
    assert answer(db, "/feed.atom?saved=none", NOW).status == 404
