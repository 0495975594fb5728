"""How long the disk lasts, of real files; and that a crawl's memory is bounded."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner

from crawler.cli import main
from crawler.monitoring.collector import MeasurementReader
from crawler.monitoring.disk import project
from crawler.monitoring.metrics import samples
from pipelines.store.database import Store
from tests.factories import T0, article, at, new_ledger, new_store

NOW = at(9 * 24 * 60)


def filled(folder: Path) -> None:
    """Ten days of 1,000 archived bytes each, five revisions on the first of them; another site has pages alone."""
    with new_store(folder) as store:
        ledger = new_ledger(store)
        for number in range(5):
            ledger.record(article(f"Text {number} of the mill.", seen=number, url=f"https://paper.example/{number}"))
    for site, days in {"paper": 10, "other": 1}.items():
        (folder / "warc" / site).mkdir(parents=True)
        for day in range(days):
            name = f"{site}-{T0 + timedelta(days=day):%Y%m%d}-01.warc.gz"
            (folder / "warc" / site / name).write_bytes(bytes(1000))


def test_pace_and_days_left(tmp_path: Path) -> None:
    filled(tmp_path)
    with Store(tmp_path / "news.db") as store:
        found = project(store, tmp_path / "warc", NOW)
        size = (tmp_path / "news.db").stat().st_size
        nothing = project(store, tmp_path / "none", NOW + timedelta(days=400))
    paper = found.sites["paper"]
    assert (paper.archive_bytes, paper.archive_bytes_a_day, found.archive_bytes) == (10_000, 1_000, 11_000)
    assert (paper.ledger_bytes_a_day, found.sites["other"].ledger_bytes_a_day) == (int(5 / 10 * (size / 5)), 0)
    pace = found.ledger_bytes_a_day + found.archive_bytes_a_day
    assert found.days_left == pytest.approx(found.ledger_free_bytes / pace, rel=0.05)
    assert (nothing.days_left, nothing.archive_bytes) == (None, 0)


def test_status_and_metrics_tell_it(tmp_path: Path) -> None:
    filled(tmp_path)
    db = str(tmp_path / "news.db")
    told = CliRunner().invoke(main, ["status", "--db", db], env={"NEWSLEDGER_NOW": NOW.isoformat()})
    assert "a day; archive 0.0 MB" in told.output
    assert "at this pace it lasts" in told.output
    row = json.loads(CliRunner().invoke(main, ["status", "--db", db, "--json"], env={"NEWSLEDGER_NOW": NOW.isoformat()}).output)
    assert row["disk"]["archive_bytes"] == 11_000
    reading = MeasurementReader(db, timedelta(hours=24)).read(NOW, lambda _: True)
    given = {(family.name, labels): value for family, labels, value in samples(reading)}
    assert given["newsledger_site_archive_growth_bytes_per_day", ("paper",)] == 1_000
    assert given["newsledger_disk_full_seconds", ()] == pytest.approx(row["disk"]["days_left"] * 86_400, rel=0.05)


def test_memory_of_a_crawl_is_bounded() -> None:
    code = "from crawler.schedule.processes import limit_memory; limit_memory(200); bytearray(300 << 20)"
    done = subprocess.run((sys.executable, "-c", code), capture_output=True, text=True, check=False)
    assert "MemoryError" in done.stderr
