"""The same captures by a crawl, and by an import of what that crawl archived, give the same ledger."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

from crawler.demo.press import Paper, site_toml
from crawler.demo.story import at as on_the_day
from pipelines.store.database import Store
from tests.crawler.crawl.test_order import told
from tests.crawler.processes import crawl, newsledger


def redirects(store: Store) -> Iterator[bytes]:
    """A crawl follows redirects and archives the page alone: the answers that led there."""
    sql = "SELECT DISTINCT url, answered_url, fetched FROM fetches WHERE answered_url <> url ORDER BY fetched"
    for row in store.rows(sql):
        answer = f"HTTP/1.1 301 Moved Permanently\r\nLocation: {row['answered_url']}\r\nContent-Length: 0\r\n\r\n"
        yield (
            f"WARC/1.1\r\nWARC-Type: response\r\nWARC-Target-URI: {row['url']}\r\nWARC-Date: {row['fetched']}\r\n"
            f"Content-Type: application/http; msgtype=response\r\nContent-Length: {len(answer)}\r\n\r\n{answer}\r\n\r\n"
        ).encode()


def test_a_crawl_and_an_import_of_its_archive_give_equal_ledgers(paper: Paper, tmp_path: Path) -> None:
    """New articles, edits told and untold, moved stamps, takedowns, and an address that moved."""
    (tmp_path / "sites.toml").write_text(f'{site_toml(paper.url)}\narchive = "on"\nnoarchive = "ignore"\n', encoding="utf-8")
    for now in map(on_the_day, ("06:00", "10:00", "18:00")):
        paper.set_clock(now)
        crawl(tmp_path, "demo-gazette", now=now, recheck="all")
    with Store(tmp_path / "news.db", readonly=True) as store:
        crawled = told(store)
        (tmp_path / "redirects.warc").write_bytes(b"".join(redirects(store)))
    files = [*sorted((tmp_path / "warc").rglob("*.warc*")), tmp_path / "redirects.warc"]
    where = ("--db", str(tmp_path / "imported.db"), "--sites", str(tmp_path / "sites.toml"))
    done = newsledger("import", *map(str, files), *where, now=now + timedelta(hours=1))
    assert done.returncode == 0, done.stderr
    with Store(tmp_path / "imported.db", readonly=True) as store:
        imported = told(store)
    # which form of a page a feed has named is no capture
    crawled["aliases"] = {url: place for url, place in crawled["aliases"].items() if place[1] != "amp"}
    kinds = {row["change"] for rows in crawled["revisions"].values() for row in rows}
    assert kinds >= {"new", "updated", "silent", "restamped"}
    for what in ("articles", "revisions", "states", "aliases"):
        assert imported[what] == crawled[what], what
