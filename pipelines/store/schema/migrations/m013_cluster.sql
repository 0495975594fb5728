-- Which worker made a crawl, and what the writer of many workers' looks must know again after it was killed.

-- A worker's crawl is open while it has a row in `open_books`; its fetches that wait are kept as received.
ALTER TABLE crawls ADD COLUMN worker TEXT;
ALTER TABLE crawls ADD COLUMN job TEXT;
CREATE UNIQUE INDEX crawls_by_job ON crawls(job) WHERE job IS NOT NULL;
CREATE TABLE stream_positions (stream TEXT PRIMARY KEY, last_id TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE open_books (
    crawl_id INTEGER PRIMARY KEY REFERENCES crawls(id), job TEXT NOT NULL UNIQUE, site_id TEXT NOT NULL, site TEXT NOT NULL,
    host TEXT NOT NULL, fence INTEGER NOT NULL, serial INTEGER NOT NULL, missing INTEGER NOT NULL DEFAULT 0,
    sound INTEGER NOT NULL DEFAULT 0, confirmed INTEGER NOT NULL DEFAULT 0, answer BLOB
);
CREATE TABLE held_looks (
    id INTEGER PRIMARY KEY, crawl_id INTEGER NOT NULL REFERENCES crawls(id), serial INTEGER NOT NULL, version TEXT NOT NULL,
    message BLOB NOT NULL, page BLOB
);
CREATE INDEX held_looks_by_crawl ON held_looks(crawl_id);
