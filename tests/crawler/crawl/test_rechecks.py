"""Looks again, by real crawls: what sources tell of by silence, and what the hour does not allow."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from crawler.demo.press import Paper, Press, site_toml
from crawler.demo.story import at as on_the_day
from pipelines.store.database import Store
from tests.crawler.processes import crawl, newsledger, site_table
from tests.factories import T0

MARKET = "SELECT id FROM articles WHERE external_id = '4511975'"


def test_an_article_taken_out_of_the_news_sitemap_is_looked_at_long_before_it_is_due(paper: Paper, tmp_path: Path) -> None:
    (tmp_path / "sites.toml").write_text(site_toml(paper.url), encoding="utf-8")
    morning = on_the_day("06:00")
    for now in (morning, morning + timedelta(hours=2, minutes=20), morning + timedelta(hours=3, minutes=30)):
        paper.set_clock(now)
        crawl(tmp_path, "demo-gazette", now=now)
    with Store(tmp_path / "news.db", readonly=True) as store:
        market = store.value(MARKET)
        looks = [row["outcome"] for row in store.rows("SELECT outcome FROM fetches WHERE article_id = ? ORDER BY id", (market,))]
        assert looks == ["new", "unchanged", "suspected"]
        assert store.value("SELECT state FROM articles WHERE id = ?", (market,)) == "suspected"
        assert store.value("SELECT listed_in FROM articles WHERE id = ?", (market,)) is None
        assert store.value("SELECT found = watched FROM habits WHERE habit = 'vanished'") == 1
        assert store.value("SELECT count(*) FROM articles WHERE listed_in LIKE '%/sitemaps/news.xml'") > 5


def test_what_the_hour_does_not_allow_is_put_off_counted_and_told(twin: Press, tmp_path: Path) -> None:
    paths = ",".join(f"/ok/{number}" for number in range(1, 9))
    table = site_table("twin", twin.url, sitemaps=[f"/sitemap.xml?paths={paths}"], recheck_per_hour=2)
    (tmp_path / "sites.toml").write_text(table, encoding="utf-8")
    later = T0 + timedelta(minutes=40)
    crawl(tmp_path, "twin", now=T0)
    (row,) = crawl(tmp_path, "twin", now=later)
    (again,) = crawl(tmp_path, "twin", now=later + timedelta(minutes=5))
    assert (row["looks"], again["looks"]) == (2, 0)
    assert row["counts"]["skipped"]["recheck_budget"] == 6
    with Store(tmp_path / "news.db", readonly=True) as store:
        waiting = store.value("SELECT url FROM articles WHERE last_checked < ?", (row["started"],))
    where = ("--db", str(tmp_path / "news.db"), "--sites", str(tmp_path / "sites.toml"))
    said = newsledger("why", waiting, *where, now=later + timedelta(minutes=6)).stdout
    assert "looks that the last crawl put off" in said
    (everything,) = crawl(tmp_path, "twin", now=later + timedelta(minutes=7), recheck="all")
    assert everything["looks"] == 8
