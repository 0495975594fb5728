"""Each view is documented column by column, and how to ask it so that no page and no analyst reads the whole ledger."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from pipelines.store.database import Store
from tests.factories import new_store

ROOT = Path(__file__).resolve().parents[3]
VIEWS = dict(re.findall(r"^### (\w+)\n(.*?)(?=^### |\Z)", (ROOT / "docs" / "schema.md").read_text(encoding="utf-8")
                        .partition("\n## Views\n")[2], re.MULTILINE | re.DOTALL))  # fmt: skip
LISTS = {"SCAN json_each VIRTUAL TABLE INDEX 1:", "SCAN json_each EXISTS VIRTUAL TABLE INDEX 1:", "SCAN t VIRTUAL TABLE INDEX 1:"}
SMALL = {"SCAN s", "SCAN sites", "SCAN sites AS s"} | LISTS
"""`sites` is a row a paper: that may be walked; and so may the list that a row holds."""


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return new_store(tmp_path)


def test_each_view_has_its_section(store: Store) -> None:
    assert list(VIEWS) == re.findall(
        r"^\| `(\w+)` \|", (ROOT / "docs" / "schema.md").read_text(encoding="utf-8").partition("\n## Views\n")[2], re.MULTILINE
    )
    assert set(VIEWS) == {row["name"] for row in store.rows("SELECT name FROM sqlite_master WHERE type = 'view'")}


@pytest.mark.parametrize("view", VIEWS)
def test_each_column_is_told_and_none_that_is_not_there(store: Store, view: str) -> None:
    told = [
        name
        for line in re.findall(r"^- ((?:`\w+`(?:, ?\n? *)?)+)", VIEWS[view], re.MULTILINE)
        for name in re.findall(r"`(\w+)`", line)
    ]
    assert sorted(told) == sorted(row["name"] for row in store.rows(f"SELECT name FROM pragma_table_info('{view}')"))


@pytest.mark.parametrize("view", VIEWS)
def test_the_indexes_that_it_leans_on_are_there(store: Store, view: str) -> None:
    there = {row["name"] for row in store.rows("SELECT name FROM sqlite_master WHERE type = 'index'")}
    assert set(re.findall(r"`(\w+_(?:by|in)_\w+)`", VIEWS[view])) <= there


@pytest.mark.parametrize("view", VIEWS)
def test_asked_as_is_told_it_scans_nothing(store: Store, view: str) -> None:
    sql = re.search(r"^```sql\n(.*?)^```", VIEWS[view], re.MULTILINE | re.DOTALL)
    assert sql
    plan = [row["detail"] for row in store.rows(f"EXPLAIN QUERY PLAN {sql[1]}")]
    assert [step for step in plan if step.startswith("SCAN") and step not in SMALL | {f"SCAN {view}"}] == []
