"""`newsledger compact`, as a person runs it."""

from __future__ import annotations

import json
import os
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from crawler.cli import main
from crawler.commands.operate.maintenance import DEAD_END_FETCHES
from crawler.discovery.frontier import MAX_RETRIES
from pipelines.article import Fetch, Outcome
from pipelines.history.revisit import DEAD_END_STEPS
from pipelines.store.crawls import CrawlOutcome, finish_crawl, start_crawl
from pipelines.store.database import Store
from pipelines.store.rows import moment
from tests.factories import T0, URL, article, at, new_ledger, new_store

HOUR = 60
DAY = 24 * HOUR


@pytest.fixture
def ledger(tmp_path: Path) -> Path:
    """A page that was looked at for two days, long ago."""
    with new_store(tmp_path) as store:
        writer = new_ledger(store)
        writer.record(article())
        for hours in range(1, 48):
            writer.record(Fetch(URL, at(hours * HOUR), status=304, outcome=Outcome.NOT_MODIFIED))
        finish_crawl(store, 1, CrawlOutcome.FINISHED, at(3 * DAY))
    return tmp_path / "news.db"


def compact(ledger: Path, *more: str, days: float = 200) -> Result:
    now = moment(T0 + timedelta(days=days))
    return CliRunner().invoke(main, ["compact", "--db", str(ledger), *more], env={"NEWSLEDGER_NOW": now})


def fetches(ledger: Path) -> int:
    with Store(ledger, readonly=True) as store:
        return int(store.value("SELECT count(*) FROM fetches"))


def test_a_dry_run_deletes_nothing(ledger: Path) -> None:
    done = compact(ledger, "--dry-run")
    assert done.output.strip() == "46 fetches older than 90 days and 0 crawls older than 365 days would go"
    assert fetches(ledger) == 48


def test_what_goes_is_told(ledger: Path) -> None:
    done = compact(ledger)
    assert done.exit_code == 0, done.output
    assert done.output.startswith("46 fetches older than 90 days and 0 crawls older than 365 days went; the file had ")
    assert fetches(ledger) == 2
    assert json.loads(compact(ledger, "--json").output)["fetches"] == 0


def test_how_long_things_are_kept(ledger: Path) -> None:
    assert compact(ledger, "--keep-fetches", "200").output.startswith("0 fetches")
    assert compact(ledger, "--keep-fetches", "199").output.startswith("23 fetches")
    assert compact(ledger, "--keep-fetches", "0").exit_code == 2
    assert compact(ledger, "--keep-crawls", "10", "--dry-run").output.endswith("0 crawls older than 10 days would go\n")


def test_vacuum_gives_room_back(ledger: Path) -> None:
    with Store(ledger) as store, store.transaction():
        for number in range(5_000):
            store.insert(
                "fetches",
                {"crawl_id": 1, "article_id": 1, "url": URL, "fetched": moment(at(number / 100)), "outcome": "unchanged"},
            )
    compact(ledger)
    before = ledger.stat().st_size
    assert compact(ledger, "--vacuum").exit_code == 0
    assert ledger.stat().st_size < before / 1.5
    with Store(ledger) as store:
        assert store.integrity_problems() == []
        start_crawl(store, "paper", "test", T0, pid=os.getpid())
    done = compact(ledger, "--vacuum")
    assert (done.exit_code, "1 crawls run" in done.output) == (1, True)


def test_a_missing_ledger_is_not_made(tmp_path: Path) -> None:
    assert compact(tmp_path / "none.db").exit_code == 1
    assert list(tmp_path.iterdir()) == []


def test_so_many_looks_stay_as_the_ladder_tells_apart() -> None:
    assert DEAD_END_FETCHES > MAX_RETRIES
    assert all(len(steps) <= DEAD_END_FETCHES for steps in DEAD_END_STEPS.values())
