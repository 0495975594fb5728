"""`newsledger crawls`, `health --ill`, and what is said where no contact address is set."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from crawler.cli import main
from pipelines.article import Fetch, Outcome
from pipelines.reasons import CodedReason, CrawlReason, FetchReason, because, coded
from pipelines.store.crawls import CrawlOutcome, finish_crawl, note_crawl, put_sites
from pipelines.store.rows import moment
from tests.crawler.processes import newsledger, site_table
from tests.factories import T0, article, at, new_ledger, new_store


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A site that was crawled with one page lost, and one whose last start led to nothing."""
    sites = ("paper", "other")
    tables = [site_table(site, f"https://{site}.example/", delay_seconds=1) for site in sites]
    (tmp_path / "sites.toml").write_text("\n".join(tables), encoding="utf-8")
    with new_store(tmp_path) as store:
        put_sites(store, [{"id": site, "name": site, "url": f"https://{site}.example/"} for site in sites])
        writer = new_ledger(store)
        writer.record(article())
        writer.record(
            because(Fetch("https://paper.example/lost", at(3), status=500), Outcome.ERROR, coded(FetchReason.HTTP_ERROR, 500))
        )
        last = store.value("SELECT max(id) FROM crawls")
        finish_crawl(store, last, CrawlOutcome.FINISHED, at(4), requests=5, candidates=9, skipped={"known": 3})
        why = CodedReason(CrawlReason.NOT_BEGUN, "the crawl did not begin: its process ended with 3")
        note_crawl(store, "other", "schedule", CrawlOutcome.FAILED, at(30), at(31), why)
    return tmp_path


def run(folder: Path, *arguments: str, code: int = 0) -> Result:
    said = {"NEWSLEDGER_NOW": moment(at(60)), "NEWSLEDGER_SITES": str(folder / "sites.toml")}
    done = CliRunner().invoke(main, [*arguments, "--db", str(folder / "news.db")], env=said)
    assert done.exit_code == code, (done.output, done.exception)
    return done


def test_the_list(folder: Path) -> None:
    lines = run(folder, "crawls").output.splitlines()
    columns = ["id", "site", "by", "began", "took", "outcome", "requests", "fetches", "revisions", "errors", "why"]
    assert lines[0].split() == columns
    assert lines[1].split()[:7] == ["2", "other", "schedule", "planned", "2025-03-07", "08:30Z", "failed"]
    assert "its process ended with 3" in lines[1]
    assert lines[2].split()[:5] == ["1", "paper", "test", "2025-03-07", "08:00Z"]
    assert [row["id"] for row in json.loads(run(folder, "crawls", "paper", "--json").output)] == [1]
    assert [row["id"] for row in json.loads(run(folder, "crawls", "--failed", "--json").output)] == [2]
    assert [row["id"] for row in json.loads(run(folder, "crawls", "--since", "2025-03-07T08:10", "--json").output)] == [2]
    assert [row["id"] for row in json.loads(run(folder, "crawls", "--limit", "1", "--json").output)] == [2]
    assert run(folder, "crawls", "nobody").output == "No such crawl.\n"


def test_one(folder: Path) -> None:
    output = run(folder, "crawls", "show", "1").output
    head = ("crawl 1 of paper, by test: finished", "took 4 min", "5 requests, 9 candidates", "1 error, 1 new")
    for part in (*head, "passed over: 3 ", "status 500", "https://paper.example/lost"):
        assert part in output, output
    found = json.loads(run(folder, "crawls", "show", "1", "--json").output)
    assert [one["url"] for one in found["fetches"]] == ["https://paper.example/lost"]
    assert "did not begin" in run(folder, "crawls", "show", "2").output
    assert "the ledger has no crawl 9" in run(folder, "crawls", "show", "9", code=1).output
    for wrong in (("show",), ("show", "x"), ("paper", "other"), ("--since", "yesterday")):
        run(folder, "crawls", *wrong, code=2)


def test_only_what_is_ill(folder: Path) -> None:
    output = run(folder, "health", "--ill", code=1).output
    assert "other" in output
    assert "paper" not in output
    assert output.endswith("2 sites, 1 ill\n")
    assert [row["site"] for row in json.loads(run(folder, "health", "--ill", "--json", code=1).output)] == ["other"]


@pytest.mark.slow
def test_who_asks_strangers_says_who_they_are(tmp_path: Path) -> None:
    """Of one's own hosts nobody minds; nothing is asked here, for the name leads nowhere."""
    (tmp_path / "sites.toml").write_text(site_table("paper", "https://paper.invalid/", delay_seconds=1), encoding="utf-8")
    where = ("--db", str(tmp_path / "news.db"), "--sites", str(tmp_path / "sites.toml"))
    assert "no contact address is set" in newsledger("crawl", "paper", *where, now=T0).stderr
