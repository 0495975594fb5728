"""Migrations 4 to 7: reservations, what looks have taught, readings that are not believed. Landed: never edited."""

from __future__ import annotations

RESERVATIONS = """
ALTER TABLE fetches ADD COLUMN robots TEXT;
ALTER TABLE fetches ADD COLUMN tdm TEXT;
CREATE INDEX fetches_reserved ON fetches(article_id, fetched) WHERE outcome = 'reserved';
"""

LEARNED = """
CREATE TABLE habits (
    site_id TEXT NOT NULL REFERENCES sites(id), habit TEXT NOT NULL, watched REAL NOT NULL, found REAL NOT NULL,
    PRIMARY KEY (site_id, habit)
) WITHOUT ROWID;
CREATE TABLE hosts (
    host TEXT PRIMARY KEY, passed INTEGER NOT NULL DEFAULT 0, losses INTEGER NOT NULL DEFAULT 0, lost TEXT, lost_url TEXT
) WITHOUT ROWID;
ALTER TABLE articles ADD COLUMN listed_in TEXT;
"""

QUARANTINE = """
CREATE TABLE quarantine (
    id INTEGER PRIMARY KEY, site_id TEXT NOT NULL REFERENCES sites(id), article_id INTEGER REFERENCES articles(id),
    crawl_id INTEGER REFERENCES crawls(id), url TEXT NOT NULL, fetched TEXT NOT NULL, last_seen TEXT NOT NULL,
    looks INTEGER NOT NULL DEFAULT 1, state TEXT NOT NULL, settled TEXT, reason TEXT NOT NULL, symptoms TEXT NOT NULL,
    lines TEXT NOT NULL, extractor TEXT NOT NULL, content_hash TEXT NOT NULL, reading TEXT NOT NULL, look TEXT NOT NULL,
    content_type TEXT, page BLOB
);
CREATE INDEX quarantine_by_site ON quarantine(site_id, state, url);
CREATE INDEX quarantine_by_article ON quarantine(article_id);
CREATE INDEX quarantine_by_crawl ON quarantine(crawl_id);
"""
