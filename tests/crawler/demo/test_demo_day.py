"""The demo newspaper's whole day, crawled by the real spider into a real store, compared with its script."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from crawler.demo.stories import events
from pipelines.store.database import Store
from pipelines.store.rows import instant_of, optional_moment
from tests.cookbook import demo_day
from tests.crawler.demo.expected import ExpectedArticle, expected
from tests.crawler.processes import newsledger
from tests.table import table

EXPECTED = {article.path: article for article in expected()}


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """The ledger that `newsledger demo` leaves, and what it printed."""
    folder = demo_day(tmp_path_factory)
    return folder / "data" / "demo.db", (folder / "printed.txt").read_text(encoding="utf-8")


def ledger(db: Path) -> dict[str, dict[str, Any]]:
    """Path -> article with its revisions, states and aliases."""
    with Store(db, readonly=True) as store:
        found = {}
        for row in store.rows("SELECT * FROM articles"):
            parts = {
                "revisions": list(store.rows("SELECT * FROM revisions WHERE article_id = ? ORDER BY number", (row["id"],))),
                "states": [
                    r["state"] for r in store.rows("SELECT state FROM states WHERE article_id = ? ORDER BY id", (row["id"],))
                ],
                "aliases": list(store.rows("SELECT url, reason FROM aliases WHERE article_id = ?", (row["id"],))),
                "outcomes": {r["outcome"] for r in store.rows("SELECT outcome FROM fetches WHERE article_id = ?", (row["id"],))},
            }
            found[path_of(row["url"])] = {**row, **parts}
    return found


def path_of(url: str) -> str:
    return re.sub(r"^https?://[^/]+", "", url)


def test_the_ledger_holds_the_script_and_nothing_else(demo: tuple[Path, str]) -> None:
    found = ledger(demo[0])
    changes = {path: [row["change"] for row in article["revisions"]] for path, article in found.items()}
    assert changes == {path: [str(change) for change in article.changes] for path, article in EXPECTED.items()}
    assert {path: article["states"] for path, article in found.items()} == {
        path: [str(state) for state in article.states] for path, article in EXPECTED.items()
    }


@table("article", EXPECTED.values(), ids=lambda article: article.story)
def test_each_revision_is_told_right(demo: tuple[Path, str], article: ExpectedArticle) -> None:
    """What changed, within which bounds, and what the page said."""
    row = ledger(demo[0])[article.path]
    assert (row["state"], row["external_id"]) == (article.state, article.external_id)
    assert article.outcomes <= row["outcomes"]
    assert sorted((path_of(alias["url"]), alias["reason"]) for alias in row["aliases"]) == list(article.aliases)
    for told, revision in zip(row["revisions"], article.revisions, strict=True):
        assert set(json.loads(told["changed_fields"])) == set(revision.changed_fields), revision.event.note
        assert revision.event.at <= instant_of(told["first_seen"])
        assert told["not_before"] is None or instant_of(told["not_before"]) <= revision.event.at
        assert told["headline"] == revision.page.headline
        assert told["date_published"] == optional_moment(revision.page.shown_published)
        assert told["date_modified"] == optional_moment(revision.page.shown_modified)


def test_bodies_are_the_pages(demo: tuple[Path, str]) -> None:
    found = ledger(demo[0])
    for article in EXPECTED.values():
        last = article.revisions[-1].page
        told = found[article.path]["revisions"][-1]
        if told["kind"] == "article":
            assert told["body"] == last.body, article.story


def test_it_ends_with_a_table_and_three_commands_that_work(demo: tuple[Path, str]) -> None:
    db, printed = demo
    assert f"{len(events())} events in the script" in printed
    commands = re.findall(r"^  newsledger (.*)$", printed, re.MULTILINE)
    assert [command.split()[0] for command in commands] == ["history", "diff", "search"]
    for command in commands:
        done = newsledger(*command.split(), cwd=db.parents[1])
        assert done.returncode == 0, done.stderr
        assert done.stdout.strip()


def test_full_text_and_integrity(demo: tuple[Path, str], tmp_path: Path) -> None:
    with Store(demo[0], readonly=True) as store:
        store.backup(tmp_path / "copy.db")  # the check of the index writes
    with Store(tmp_path / "copy.db") as store:
        assert store.integrity_problems() == []
        store.execute("INSERT INTO revisions_fts (revisions_fts, rank) VALUES ('integrity-check', 1)")
