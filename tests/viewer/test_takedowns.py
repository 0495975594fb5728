"""What went from its site, told once each, the last first; and its page."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from pipelines.history.revisions import State
from pipelines.queries.removed import takedowns
from pipelines.queries.results import Takedowns
from tests.viewer import syndication
from tests.viewer.client import answer, page, reading, texts
from tests.viewer.syndication import NOW


@pytest.fixture(scope="module")
def ledger(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("takedowns")
    syndication.make(path, days=6, with_stories=False).close()
    return path / "news.db"


def found(path: Path, **wanted: Any) -> Takedowns:
    with reading(path, NOW) as repository:
        return takedowns(repository.store, **wanted)


def slugs(rows: Takedowns) -> list[str]:
    return [one.url.rpartition("/")[2] for one in rows.takedowns]


def test_each_disappearance_is_told_once(ledger: Path) -> None:
    assert [
        (one.url[-3:], one.state, one.status, one.last_answered, one.missing_since, one.at, one.restored)
        for one in found(ledger).takedowns
    ] == [
        ("3-0", "gone", 404, "2025-03-11T12:17:00Z", "2025-03-12T15:00:00Z", "2025-03-13T18:00:00Z", None),
        ("4-0", "suspected", None, "2025-03-12T17:17:00Z", "2025-03-13T12:00:00Z", "2025-03-13T12:00:00Z", None),
        ("2-0", "suspected", 404, "2025-03-10T06:00:00Z", "2025-03-12T09:00:00Z", "2025-03-12T09:00:00Z", "2025-03-12T12:00:00Z"),
        ("1-0", "gone", 410, "2025-03-09T13:17:00Z", "2025-03-12T08:00:00Z", "2025-03-12T08:00:00Z", None),
    ]


def test_pages_follow_each_other(ledger: Path) -> None:
    rows = found(ledger)
    seen, before = [], None
    for _ in range(10):
        part = found(ledger, limit=1, before=before)
        seen += slugs(part)
        before = part.older
        if before is None:
            break
    assert seen == slugs(rows)
    assert len(seen) == 4
    assert slugs(found(ledger, before="no cursor")) == seen


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        ({"state": State.GONE}, ["council-notes-3-0", "council-notes-1-0"]),
        ({"state": State.SUSPECTED}, ["council-notes-4-0", "council-notes-2-0"]),
        ({"site": "bugle", "limit": 2}, ["council-notes-3-0", "council-notes-4-0"]),
        ({"site": "argus"}, []),
    ],
)
def test_filters(ledger: Path, wanted: dict[str, Any], expected: list[str]) -> None:
    assert slugs(found(ledger, **wanted)) == expected


def test_what_is_withdrawn_is_not_told(tmp_path: Path) -> None:
    store = syndication.make(tmp_path, days=6, with_stories=False)
    article_id = store.value("SELECT id FROM articles WHERE url LIKE '%bugle%council-notes-1-0'")
    row = {"article_id": article_id, "at": "2025-03-20T00:00:00Z", "who": "x", "reason": "y", "revisions": 1}
    store.insert("withdrawals", row)
    assert slugs(takedowns(store)) == ["council-notes-3-0", "council-notes-4-0", "council-notes-2-0"]


def test_the_search_of_one_site_ends(ledger: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipelines.queries.removed.STEPS_SEARCHED", 2)
    part = found(ledger, site="argus")
    assert (part.takedowns, part.searched) == ((), 2)
    assert part.older is not None
    while part.older:
        part = found(ledger, site="argus", before=part.older)
    assert part.searched is None


def test_steps_are_found_by_an_index(ledger: Path) -> None:
    from pipelines.queries.removed import _STEPS

    with reading(ledger, NOW) as repository:
        values = {"at": "9999", "state": None, "since": ""}
        plan = [row["detail"] for row in repository.store.rows(f"EXPLAIN QUERY PLAN {_STEPS}", values)]
    assert not [step for step in plan if "SCAN" in step or "TEMP B-TREE" in step], plan


def test_page(ledger: Path) -> None:
    root = page(ledger, "/takedowns", NOW)
    assert texts(root, "//h1|//h2") == ["Takedowns", "Thursday, 13 March 2025", "Wednesday, 12 March 2025"]
    assert texts(root, "//h3") == ["Council notes 3 0", "Council notes 4 0", "Council notes 2 0", "Council notes 1 0"]
    assert texts(root, "//*[contains(@class, 'fate')]") == ["gone", "missing, not yet sure", "came back", "gone"]
    assert texts(root, "//*[contains(@class, 'entry-facts')]/span") == [
        "Went between 11 Mar 2025, 12:17 and 12 Mar 2025, 15:00, up for at least 6 h 22 min.",
        "The answer: 404, not found.",
        "Held to be gone since 13 Mar 2025, 18:00.",
        "Went between 12 Mar 2025, 17:17 and 13 Mar 2025, 12:00, up for at least 11 h 22 min.",
        "The answer: led to the section front.",
        "Went between 10 Mar 2025, 06:00 and 12 Mar 2025, 09:00, up for at least 5 min.",
        "The answer: 404, not found.",
        "Seen again 12 Mar 2025, 12:00, 3 h later.",
        "Went between 9 Mar 2025, 13:17 and 12 Mar 2025, 08:00, up for at least 7 h 22 min.",
        "The answer: 410, gone for good.",
    ]
    last = root.xpath("//a[normalize-space()='What it last said']/@href")
    assert last[3] == "/memento/20250309131700/https://bugle.example/news/council-notes-1-0"


def test_page_of_a_site_below_a_path(ledger: Path) -> None:
    root = page(ledger, "/takedowns?site=bugle&state=gone", NOW, "https://press.example/news")
    assert texts(root, "//h1") == ["Takedowns of Saltham Bugle"]
    assert texts(root, "//select/option[@selected]") == ["Saltham Bugle", "gone"]
    assert all(link.startswith(("/news/", "#", "https://bugle.example/")) for link in root.xpath("//@href|//form/@action"))


@pytest.mark.parametrize("query", ["site=nope", "site=%00%22%3E%3Cscript%3E"])
def test_unknown_sites(ledger: Path, query: str) -> None:
    found = answer(ledger, f"/takedowns?{query}", NOW)
    assert found.status == 400
    assert b"<script>" not in found.body


def test_nothing_gone(ledger: Path) -> None:
    assert texts(page(ledger, "/takedowns?site=argus", NOW), "//*[@class='big']") == ["Nothing has gone."]
