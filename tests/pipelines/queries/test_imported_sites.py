"""Sites of which all was imported: not judged, and no next look; once crawled they are as any."""

from __future__ import annotations

from pathlib import Path

from click.testing import CliRunner

from crawler.cli import main
from pipelines.queries.articles import find_article
from pipelines.queries.health import is_ill, judge
from pipelines.queries.health_metrics import health_metrics
from pipelines.queries.url_report import trace
from pipelines.store.crawls import CrawlOutcome, finish_crawl, start_crawl
from pipelines.store.database import Store
from pipelines.store.rows import moment
from pipelines.store.writer import RevisionWriter
from tests.factories import URL, article, at, new_store
from viewer.site_health_cache import SiteHealthCache, counted

LATER = at(60 * 24 * 40)


def imported(path: Path, trigger: str = "import", site: str | None = "paper") -> Store:
    path.mkdir(exist_ok=True)
    store = new_store(path)
    crawl = start_crawl(store, site, trigger, at(0))
    RevisionWriter(store, "paper", crawl).record(article(seen=0))
    finish_crawl(store, crawl, CrawlOutcome.FINISHED, at(1))
    return store


def test_what_was_imported_is_not_judged(tmp_path: Path) -> None:
    for trigger, site in (("import", "paper"), ("merge", "paper"), ("import", None)):
        with imported(tmp_path / f"{trigger}-{site}", trigger, site) as store:
            (metrics,) = health_metrics(store, LATER)
            assert [finding.code for finding in judge(metrics)] == ["imported"]
            assert not is_ill(judge(metrics))
            cache = SiteHealthCache()
            for limit in (0, 10):
                assert counted(cache.sites(store, LATER, limit))["imported"] == 1


def test_it_has_no_next_look(tmp_path: Path) -> None:
    with imported(tmp_path) as store:
        found, told = find_article(store, URL), trace(store, URL).article
        assert found is not None
        assert told is not None
        assert (found.next_check, told["next_check"]) == (None, None)
    for verb, said in (("history", "next fetch never"), ("why", "never looked at again by itself")):
        done = CliRunner().invoke(main, [verb, URL, "--db", str(store.path)], env={"NEWSLEDGER_NOW": moment(LATER)})
        assert said in " ".join(done.output.split()), (verb, done.output)


def test_once_it_is_crawled_it_is_as_any(tmp_path: Path) -> None:
    with imported(tmp_path) as store:
        finish_crawl(store, start_crawl(store, "paper", "hand", at(5)), CrawlOutcome.FINISHED, at(6))
        (metrics,) = health_metrics(store, LATER)
        assert is_ill(judge(metrics))
        found = find_article(store, URL)
        assert found is not None
        assert found.next_check
        assert counted(SiteHealthCache().sites(store, LATER))["ill"] == 1
