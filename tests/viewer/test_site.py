"""Sites at a glance, the ill ones first and why; and one site with its charts, changes, takedowns and crawls."""

from __future__ import annotations

import json
from datetime import date, timedelta
from pathlib import Path

import pytest

from pipelines.reasons import CodedReason, CrawlReason
from pipelines.store.crawls import CrawlOutcome, finish_crawl, kept_lines, path_of_lines, start_crawl
from pipelines.store.statistics import StatsUpdater
from pipelines.store.writer import RevisionWriter
from tests.factories import T0, URL, article, at, new_store
from tests.table import table
from tests.viewer import syndication
from tests.viewer.client import answer, page, reading, texts
from tests.viewer.syndication import NOW, PAPERS
from viewer.pages.site import _shown
from viewer.site_health_cache import SiteHealthCache, counted


@pytest.fixture(scope="module")
def ledger(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("sites")
    syndication.make(path, with_stories=False).close()
    return path / "news.db"


def test_ill_ones_first(ledger: Path) -> None:
    root = page(ledger, "/sites", NOW)
    assert texts(root, "//h1|//*[@class='said']") == [
        "Sites",
        "5 sites: 1 ill, 4 too little to tell. Each is judged by its own history; the ill ones stand first.",
    ]
    names = list(zip(texts(root, "//tbody//th"), texts(root, "//tbody//*[contains(@class, 'badge')]"), strict=True))
    assert names[0] == ("Estuary Echo", "ill")
    assert set(names[1:]) == {(name, "too little to tell") for site, (name, _) in PAPERS.items() if site != "echo"}
    assert texts(root, "//*[@class='why']/li") == [
        "3 crawls in a row did not finish; the last: failed: refused: 403 <i>go away</i>"
    ]
    sparks = root.xpath("//svg/@aria-label")
    assert len(sparks) == 5
    assert all(spark.startswith("Revisions a day, 14 days: ") and spark.count(",") == 14 for spark in sparks)


def test_sites_are_paged(ledger: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("viewer.pages.sites.ROWS", 2)
    seen = [texts(page(ledger, f"/sites?page={number}", NOW), "//tbody//th/a") for number in (1, 2, 3, 99)]
    assert [len(names) for names in seen] == [2, 2, 1, 1]
    assert seen[2] == seen[3]
    assert {name for names in seen for name in names} == {name for name, _ in PAPERS.values()}
    assert answer(ledger, "/sites?page=x", NOW).status == 400


def test_sites_are_sorted_and_chosen(ledger: Path) -> None:
    names = texts(page(ledger, "/sites?sort=name", NOW), "//tbody//th/a")
    assert names == sorted(name for name, _ in PAPERS.values())
    shown = page(ledger, "/sites?sort=articles&q=estuary&health=ill", NOW)
    assert texts(shown, "//tbody//th/a") == ["Estuary Echo"]
    assert texts(shown, "//th[@aria-sort]") == ["Articles"]
    assert shown.xpath("//input[@name='q']/@value") == ["estuary"]
    assert len(json.loads(answer(ledger, "/sites.json?health=unsure", NOW).body)) == 4
    assert texts(page(ledger, "/sites?q=nowhere", NOW), "//*[@class='big']") == ["No site is like that."]
    for wrong in ("sort=colour", "health=good", "country=XX"):
        assert answer(ledger, f"/sites?{wrong}", NOW).status == 400, wrong


def test_rounds_are_made_little_by_little(ledger: Path) -> None:
    cache = SiteHealthCache()
    with reading(ledger, NOW) as repository:
        first = cache.sites(repository.store, NOW, limit=1)
        assert counted(first) == {"ill": 1, "unsure": 0, "well": 0, "paused": 0, "imported": 0, "unknown": 4}, (
            "what looks worst is judged first"
        )
        assert counted(cache.sites(repository.store, NOW, limit=3))["unknown"] == 1
        assert counted(cache.sites(repository.store, NOW, limit=3))["unknown"] == 0
        later = cache.sites(repository.store, NOW + timedelta(days=3), limit=0)
        assert counted(later) == {"ill": 5, "unsure": 0, "well": 0, "paused": 0, "imported": 0, "unknown": 0}, "what is kept ages"
        unseen = SiteHealthCache().sites(repository.store, NOW + timedelta(days=3), limit=0)
        assert counted(unseen) == {"ill": 5, "unsure": 0, "well": 0, "paused": 0, "imported": 0, "unknown": 0}, (
            "old age is seen without gathering"
        )
        assert {finding.code for one in unseen for finding in one.findings} == {"stale"}


def test_a_crawl_makes_a_site_judged_anew(tmp_path: Path) -> None:
    store = syndication.make(tmp_path, days=3, with_stories=False)
    cache, now = SiteHealthCache(), NOW - timedelta(days=11)
    before = {one.site.id: one.verdict for one in cache.sites(store, now)}
    for hours in (3, 2, 1):
        crawl = start_crawl(store, "argus", "schedule", now - timedelta(hours=hours))
        why = CodedReason(CrawlReason.OTHER, "no answer")
        finish_crawl(store, crawl, CrawlOutcome.FAILED, now - timedelta(hours=hours), reason=why)
    kept = {one.site.id: one.verdict for one in cache.sites(store, now, limit=0)}
    assert kept == before, "judged by what was found before, until its turn comes"
    after = {one.site.id: one.verdict for one in cache.sites(store, now, limit=1)}
    assert (before["argus"], after["argus"]) == ("unsure", "ill")
    assert {site: verdict for site, verdict in after.items() if site != "argus"} == {
        site: verdict for site, verdict in before.items() if site != "argus"
    }


def test_site(ledger: Path) -> None:
    root = page(ledger, "/site/bugle", NOW)
    assert texts(root, "//h1|//h2") == [
        "Saltham Bugle", "Too little to tell", "Articles and edits a day", "From publication to edit", "Latest changes",
        "Takedowns", "Last crawls",
    ]  # fmt: skip
    assert texts(root, "//dl[@class='figures']//dt") == [
        "Articles", "Edits", "Edited without telling", "Median time to an edit", "Taken down",
    ]  # fmt: skip
    with reading(ledger, NOW) as repository:
        articles = repository.store.value("SELECT count(*) FROM articles WHERE site_id = 'bugle'")
        rows = "SELECT count(*) FROM revisions r JOIN articles a ON a.id = r.article_id WHERE site_id = 'bugle' AND change {}"
        edits = repository.store.value(rows.format("IN ('updated', 'silent', 'reverted', 'restored')"))
        silent = repository.store.value(rows.format("= 'silent'"))
    figures = texts(root, "//dl[@class='figures']//dd")
    assert figures[:3] == [str(articles), str(edits), f"{silent} {silent / edits:.0%} of edits"]
    assert figures[4] == "2 and 1 missing"
    days, delays = root.xpath("//figure")
    new = sum(int(cell) for cell in texts(days, ".//tbody/tr/td[1]"))
    assert new == articles
    assert sum(int(cell) for cell in texts(delays, ".//tbody/tr/td[1]")) == edits
    assert len(root.xpath("//table[contains(@class, 'data')]/tbody/tr")) == 10
    assert len(texts(root, "//section[@aria-labelledby='latest']//h3")) == 8
    assert root.xpath("//link[@rel='alternate']/@href") == ["/feed.atom?site=bugle", "/feed.json?site=bugle"]


def test_site_that_is_ill(ledger: Path) -> None:
    root = page(ledger, "/site/echo", NOW)
    assert texts(root, "//section[@aria-labelledby='health']/h2") == ["Ill"]
    assert texts(root, "//section[@aria-labelledby='health']//li") == [
        "3 crawls in a row did not finish; the last: failed: refused: 403 <i>go away</i>"
    ]
    outcomes = texts(root, "//span[contains(@class, 'outcome')]")
    assert outcomes[:4] == ["failed", "failed", "failed", "finished"]


def test_log_lines_of_a_crawl_are_text(ledger: Path) -> None:
    lines = [
        {"time": "2025-03-07T08:00:00.000Z", "level": "WARNING", "message": "<script>x</script> \x1b[31m", "crawl": 7},
        {"time": "2025-03-07T08:00:01.000Z", "level": 5, "message": None, "crawl": 7},
        {"time": "2025-03-07T08:00:02.000Z", "level": "INFO", "message": "of another", "crawl": 8},
    ]
    (ledger.parent / "logs").mkdir()
    text = "\n".join(map(json.dumps, lines)) + '\n{"time": broken\n'
    path_of_lines(ledger, "echo").write_text(text, encoding="ascii")
    shown = texts(page(ledger, "/site/echo?crawl=7", NOW), "//section[@aria-labelledby='lines']//td")
    assert shown == ["WARNING", "<script>x</script> [31m", "5", "None"]
    for target in ("/site/echo?crawl=9", "/site/bugle?crawl=7"):
        assert texts(page(ledger, target, NOW), "//section[@aria-labelledby='lines']/p") == ["None are kept."]
    for target in ("/site/echo", "/site/echo?crawl=../7", "/site/echo?crawl=%D9%A7"):
        assert not page(ledger, target, NOW).xpath("//section[@aria-labelledby='lines']")
    assert kept_lines(ledger, "../logs/x-echo", 7) == []


def test_site_long_asleep(ledger: Path) -> None:
    """The chart shows its last days, and says so."""
    root = page(ledger, "/site/argus", NOW + timedelta(days=400))
    assert "The first chart ends with the last day that had anything." in texts(root, "//p[@class='hint']")
    assert len(root.xpath("//figure[1]//tbody/tr")) == 14


@pytest.mark.parametrize("target", ["/site/nope", "/site/", "/site/%22%3E%3Cscript%3E", "/site/argus/x", "/site/" + "a" * 700])
def test_no_such_site(ledger: Path, target: str) -> None:
    found = answer(ledger, target, NOW)
    assert found.status == 404
    assert b"<script>" not in found.body


def test_hostile_names_are_text(ledger: Path) -> None:
    assert texts(page(ledger, "/site/herald", NOW), "//h1") == ["<b>Herald</b> & Post"]


def test_empty_ledger(tmp_path: Path) -> None:
    from pipelines.store.database import Store

    Store(tmp_path / "news.db").close()
    root = page(tmp_path / "news.db", "/sites", NOW)
    assert texts(root, "//*[@class='big']") == ["No site has been crawled into this ledger yet."]
    assert texts(page(tmp_path / "news.db", "/stories", NOW), "//*[@class='big']") == ["No stories here."]
    assert texts(page(tmp_path / "news.db", "/takedowns", NOW), "//*[@class='big']") == ["Nothing has gone."]


@table(
    ("first", "last", "shown"),
    [
        (None, None, ("2025-03-08", "2025-03-21")),
        ("2020-01-01", "2025-03-21", ("2025-01-21", "2025-03-21")),
        ("2020-01-01", "2025-01-21", ("2025-01-21", "2025-03-21")),
        ("2020-01-01", "2025-01-20", ("2024-11-22", "2025-01-20")),
        ("2025-02-20", "2025-03-21", ("2025-02-20", "2025-03-21")),
        ("2025-03-20", "2025-03-21", ("2025-03-08", "2025-03-21")),
        ("2025-03-20", "2026-03-21", ("2025-03-08", "2025-03-21")),
    ],
)
def test_days_of_the_chart(first: str | None, last: str | None, shown: tuple[str, str]) -> None:
    assert _shown(date(2025, 3, 21), first, last) == tuple(map(date.fromisoformat, shown))


def test_what_was_probably_missed_is_told_of_site_and_article(tmp_path: Path) -> None:
    """Two days lay between two fetches that found different texts."""
    with new_store(tmp_path) as store:
        writer = RevisionWriter(store, "paper", start_crawl(store, "paper", "test", T0), StatsUpdater(store, "paper"))
        writer.record(article())
        writer.record(article("Changed.", seen=60 * 49))
    for target in ("/site/paper", f"/history/{URL}"):
        assert "more may have been missed (0 to 1)" in page(tmp_path / "news.db", target, at(60 * 50)).text_content(), target
