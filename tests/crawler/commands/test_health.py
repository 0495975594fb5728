"""`newsledger health`, as a person and as a monitor run it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from crawler.cli import main
from pipelines.store.crawls import CrawlOutcome, finish_crawl, put_sites, start_crawl
from pipelines.store.rows import moment
from tests.crawler.processes import site_table
from tests.factories import T0, article, at, new_ledger, new_store


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two sites that were crawled once, at T0; the catalogue has switched the second off."""
    sites = ("paper", "asleep")
    tables = [site_table(site, f"https://{site}.example/", delay_seconds=1, enabled=site == "paper") for site in sites]
    (tmp_path / "sites.toml").write_text("\n".join(tables), encoding="utf-8")
    with new_store(tmp_path) as store:
        put_sites(store, [{"id": "asleep", "name": "Asleep", "url": "https://asleep.example/"}])
        for site in sites:
            new_ledger(store, site).record(article(url=f"https://{site}.example/a", headline=f"News of {site}"))
            finish_crawl(store, store.value("SELECT max(id) FROM crawls"), CrawlOutcome.FINISHED, at(10))
    return tmp_path


def health(folder: Path, *more: str, hours: float = 1) -> Result:
    arguments = ["health", "--db", str(folder / "news.db"), "--sites", str(folder / "sites.toml"), *more]
    return CliRunner().invoke(main, arguments, env={"NEWSLEDGER_NOW": moment(at(60 * hours))})


def test_well(folder: Path) -> None:
    done = health(folder)
    assert done.exit_code == 0, done.output
    assert "too little to tell" in done.output
    assert done.output.splitlines()[-1] == "1 sites, 0 ill"


def test_ill(folder: Path) -> None:
    done = health(folder, hours=30)
    assert done.exit_code == 1
    assert "  the last success is 29 h old, more than 24 h; the last crawl: finished" in done.output.splitlines()
    assert health(folder, "--max-age", "48", hours=30).exit_code == 0
    assert health(folder, "--max-age", "0.5").exit_code == 1


def test_a_site_that_is_switched_off_is_asked_by_name(folder: Path) -> None:
    (found,) = json.loads(health(folder, "--site", "asleep", "--json", hours=30).output)
    assert (found["site"], found["ill"], found["findings"][0]["code"]) == ("asleep", True, "stale")
    assert (found["success_age"], found["recent"]["count"]) == (107_400.0, 1)
    assert found["missed"] == {"expected": 0.0, "low": 0, "high": 0}
    done = health(folder, "--site", "nowhere")
    assert (done.exit_code, "the ledger has no site 'nowhere'" in done.output) == (2, True)


def test_a_site_that_left_the_catalogue_is_nobodys(folder: Path) -> None:
    """Taken out of the file, it is crawled by nobody and judged by nobody: not by `health`, nor in the metrics or alerts."""
    (folder / "sites.toml").write_text(site_table("another", "https://another.example/", delay_seconds=1), encoding="utf-8")
    done = health(folder, hours=30)
    assert done.exit_code == 0
    assert "paper" not in done.output
    assert "2 more in the ledger, switched off or in no catalogue, and not judged" in done.output
    assert "never crawled, though enabled: another" in done.output.splitlines()
    assert json.loads(health(folder, "--json", hours=30).output) == []
    (found,) = json.loads(health(folder, "--site", "paper", "--json", hours=30).output)
    assert found["ill"], "asked by name"
    said = {"NEWSLEDGER_NOW": moment(at(60 * 30)), "NEWSLEDGER_SITES": str(folder / "sites.toml")}
    metrics = CliRunner().invoke(main, ["metrics", "--db", str(folder / "news.db")], env=said).output
    assert "newsledger_sites_watched 0.0" in metrics
    assert 'newsledger_site_ill{site="paper"}' not in metrics


def test_a_crawl_under_way_and_an_empty_ledger(tmp_path: Path, folder: Path) -> None:
    with new_store(folder) as store:
        start_crawl(store, "paper", "test", T0)
    assert health(folder).exit_code == 0
    (tmp_path / "news.db").unlink()
    assert health(folder).exit_code == 1, "no ledger is no health"
