-- Readings that are not believed, with their pages, until extraction is mended or a person decides.

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
