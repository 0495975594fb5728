"""Papers side by side, and ranges of dates where lists are by day."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from pipelines import stories
from pipelines.store.database import Store
from tests import cookbook
from tests.viewer.page_reader import ask

TWO = "/compare?site=demo-gazette&site=wenshire-echo&since=2025-05-01"


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return cookbook.ledger(tmp_path_factory)


def test_papers_stand_side_by_side_with_a_chart_and_what_both_carried(path: Path) -> None:
    page = ask(path, f"{TWO}&until=2025-05-31")
    assert page.texts("th")[1:3] == ["The Haughmere Gazette", "Wenshire Echo"]
    rows = {row.xpath("string(th)"): [" ".join(cell.text_content().split()) for cell in row.xpath("td")]
            for row in page.tree.xpath("//table[@class='data']/tbody/tr")}  # fmt: skip
    assert rows["Articles first seen"] == ["28", "3"]
    assert rows["Articles that others carry too"] == ["1", "2"]
    assert page.tree.xpath("count(//*[name()='svg'][contains(@class, 'bars')]//*[name()='g'])") == 2
    assert page.texts(".variants")[0].startswith("Two rail firms agree")
    answer = json.loads(ask(path, f"{TWO.replace('?', '.json?')}&until=2025-05-31").response.body)
    assert [row["new"] for row in answer] == [28, 3]


def test_nothing_chosen_offers_the_choice(path: Path) -> None:
    page = ask(path, "/compare")
    assert len(page.tree.xpath("//select[@name='site']")) == 2
    assert "/news/compare" in ask(path, "/sites").links()
    assert ask(path, "/compare?site=none").status == 400
    assert ask(path, "/compare?since=yesterday").status == 400
    assert ask(path, "/compare?" + "&".join(f"site={one}" for one in ("demo-gazette", "wenshire-echo") * 4)).status == 200


@pytest.mark.parametrize("page", ["stories", "takedowns"])
def test_lists_by_day_take_a_range(path: Path, page: str) -> None:
    every = len(ask(path, f"/{page}").texts(".entry"))
    on_the_day = ask(path, f"/{page}?since=2025-05-09&until=2025-05-09")
    assert 0 < len(on_the_day.texts(".entry")) <= every
    assert on_the_day.tree.xpath("//input[@name='since']/@value") == ["2025-05-09"]
    assert ask(path, f"/{page}?until=2025-05-08").texts(".entry") == []
    assert ask(path, f"/{page}?since=2025-06-08").texts(".entry") == []
    assert ask(path, f"/{page}?since=soon").status == 400
    assert len(json.loads(ask(path, f"/{page}.json?since=2025-05-09").response.body)) == every


def test_no_query_reads_all_stories(path: Path) -> None:
    with Store(path, readonly=True) as store:
        values = {"sites": "[]", "n": 2, "since": "", "until": "~", "limit": 20, "ids": "[]"}
        for sql in (stories._BY_ALL, stories._COMPARED):
            plan = [row["detail"] for row in store.rows(f"EXPLAIN QUERY PLAN {sql}", values)]
            assert not [
                step for step in plan if step.startswith("SCAN") and not step.startswith(("SCAN k ", "SCAN json_each"))
            ], plan
