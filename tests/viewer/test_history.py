"""An article's page: every revision with its bounds, its proof, what the page itself said, and where the article stands."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from pipelines.queries.results import StateChange
from pipelines.store.database import Store
from tests.table import table
from tests.viewer.page_reader import ARABIC, GONE, HOSTILE, HOSTILE_URL, LONG, MILL, NOW, ask, make
from viewer.pages import history
from viewer.pages.history import missing_since, next_look, stamp
from viewer.rendering import article_path


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make(tmp_path_factory.mktemp("history"))


def test_every_revision_with_its_bounds_newest_first(path: Path) -> None:
    page = ask(path, f"/history/{MILL}")
    assert page.texts("h1") == ["Two hurt in mill fire"]
    assert page.texts(".number") == ["Revision 4", "Revision 3", "Revision 2", "Revision 1"]
    assert page.texts(".kind") == ["put back", "edited without telling", "updated", "new"]
    assert page.texts(".when") == [
        "between 7 Mar 2025, 10:00 and 12:00; back to revision 2",
        "between 7 Mar 2025, 09:20 and 10:00",
        "between 7 Mar 2025, 08:00 and 09:00",
        "first seen 7 Mar 2025, 08:00",
    ]
    facts = page.texts(".entry-facts")
    assert "the page’s stamp still says 7 Mar 2025, 08:45" in facts[1]
    assert "the page says updated 7 Mar 2025, 11:20" in facts[0]
    assert "last seen 7 Mar 2025, 09:20" in facts[2]
    assert page.texts("del")[:1] == ["Fire at mill"] or "Fire" in " ".join(page.texts("del"))


def test_each_revision_leads_to_its_text_its_page_and_its_change(path: Path) -> None:
    links = ask(path, f"/history/{MILL}").links()
    for link in (f"/news/diff/3..4/{MILL}", f"/news/diff/1..2/{MILL}", f"/news/memento/20250307100000/{MILL}",
                 f"/news/diff/{MILL}", MILL, "/news/site/paper"):  # fmt: skip
        assert link in links
    assert not [link for link in links if "id_/" in link], "nothing is archived in this ledger"


def test_how_we_know(path: Path) -> None:
    proof = ask(path, f"/history/{MILL}").texts(".proof")
    assert len(proof) == 4
    with Store(path, readonly=True) as store:
        row = store.row("SELECT r.content_hash, max(c.id) AS seal FROM revisions r JOIN chain c ON c.subject = 'revision' "
                        "AND c.subject_id = r.id WHERE r.number = 4 AND r.headline = 'Two hurt in mill fire'")  # fmt: skip
    assert row is not None
    for fact in (
        f"sha256 {row['content_hash']}",
        f"no. {row['seal']} of the chain",
        "2025-03-07T12:00:00Z",
        "not archived",
        "test/1",
    ):
        assert fact in proof[0]


def test_any_two_can_be_chosen(path: Path) -> None:
    page = ask(path, f"/history/{MILL}")
    (form,) = page.tree.xpath("//form[@action='/news/diff/']")
    assert form.xpath(".//input[@name='url']/@value") == [MILL]
    assert form.xpath(".//input[@name='from']/@value") == form.xpath(".//input[@name='to']/@value") == ["4", "3", "2", "1"]
    assert (form.xpath(".//input[@name='from'][@checked]/@value"), form.xpath(".//input[@name='to'][@checked]/@value")) == (
        ["3"],
        ["4"],
    )
    chosen = ask(path, f"/diff/?url={MILL}&from=1&to=4")
    assert (chosen.status, chosen.header("Location")) == (302, f"/news/diff/1..4/{MILL}")


def test_where_it_stands(path: Path) -> None:
    gone = ask(path, f"/history/{GONE}")
    assert "taken down it went between 7 Mar 2025, 08:20 and 08:50" in gone.texts(".standing")[0]
    assert "status 410" in gone.text
    assert "on the site as of 7 Mar 2025, 12:00" in ask(path, f"/history/{MILL}").texts(".standing")[0]


def test_a_moved_article_says_where_to(tmp_path: Path) -> None:
    path = make(tmp_path)
    with Store(path) as store:
        store.execute(
            "UPDATE articles SET state = 'moved', moved_to = (SELECT id FROM articles WHERE url = ?) WHERE url = ?", (MILL, GONE)
        )
    page = ask(path, f"/history/{GONE}")
    assert "moved to another address to" in page.texts(".standing")[0]
    assert f"/news/history/{MILL}" in page.links()
    here = ask(path, f"/history/{MILL}")
    assert f"/news/history/{GONE}" in here.links()
    assert "Moved here from" in here.text


def test_other_addresses_and_looks(path: Path) -> None:
    page = ask(path, f"/history/{article_path(HOSTILE_URL)}")
    assert any("an earlier address" in text for text in page.texts(".marks"))
    looks = page.texts(".looks")
    assert looks
    assert "edited without telling" in looks[0]
    assert page.text.count("alert(1)") > 8, "all of it is shown"
    assert HOSTILE.replace("\u202e", "").replace("\x07", "") in page.text
    assert "49" not in page.texts("h1")[0]


def test_a_foreign_text_brings_its_language(path: Path) -> None:
    (headline,) = ask(path, f"/history/{ARABIC}").tree.xpath("//h1")
    assert (headline.get("lang"), headline.get("dir")) == ("ar", "auto")


def test_an_article_of_very_many_revisions_stays_a_page(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(history, "REVISIONS", 5)
    monkeypatch.setattr(history, "SIZED", 2)
    page = ask(path, f"/history/{LONG}")
    assert page.texts(".number") == [f"Revision {number}" for number in (12, 11, 10, 9, 8, 1)]
    assert "6 revisions in between are not listed here." in page.text
    assert len(page.texts(".size")) == 2


@table(
    ("states", "since"),
    [
        ([], None),
        ([("live", "a")], None),
        ([("live", "a"), ("suspected", "b"), ("gone", "c")], "b"),
        ([("gone", "a"), ("live", "b"), ("gone", "c")], "c"),
        ([("gone", "a"), ("live", "b")], None),
    ],
)
def test_missing_since(states: list[tuple[str, str]], since: str | None) -> None:
    assert missing_since([StateChange(at, state, None, None) for state, at in states]) == since


@pytest.mark.parametrize(
    ("check", "said"),
    [
        (None, "not by itself: only if the site names it as changed"),
        ("2025-03-09T15:10:00Z", "in 3 h 10 min"),
        ("2025-03-09T11:00:00Z", "due, with the next crawl"),
    ],
)
def test_next_look(check: str | None, said: str) -> None:
    assert next_look(check, NOW) == said
    assert next_look("2025-03-09T12:30:00Z", datetime(2025, 3, 9, 12, 0, tzinfo=UTC)) == "in 30 min"


@table(
    ("number", "before", "now", "said"),
    [
        (1, None, None, ""),
        (1, None, "a", "the page says updated"),
        (2, "a", "a", "the page’s stamp still says"),
        (2, "a", "b", "the page says updated"),
        (2, "a", None, "the page shows no update stamp"),
    ],
)
def test_what_the_stamp_did(number: int, before: str | None, now: str | None, said: str) -> None:
    assert stamp(number, now, before) == said
