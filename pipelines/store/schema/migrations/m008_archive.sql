-- Where pages are archived and the hash of what came; revisions that only a parser told apart; articles withdrawn.

ALTER TABLE revisions ADD COLUMN payload_hash TEXT;
ALTER TABLE revisions ADD COLUMN reads_as INTEGER REFERENCES revisions(id);
ALTER TABLE fetches ADD COLUMN warc_file TEXT;
ALTER TABLE fetches ADD COLUMN warc_offset INTEGER;
ALTER TABLE fetches ADD COLUMN payload_hash TEXT;
CREATE TABLE withdrawals (
    id INTEGER PRIMARY KEY, article_id INTEGER NOT NULL REFERENCES articles(id), at TEXT NOT NULL, who TEXT NOT NULL,
    reason TEXT NOT NULL, revisions INTEGER NOT NULL
);
CREATE INDEX withdrawals_by_article ON withdrawals(article_id);
