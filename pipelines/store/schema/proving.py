"""Migrations 8 to 10, 22, 32 and 34: the page archive, the hash chain, revisions read again, archived records, checkpoints,
prunings.

Landed: never edited.
"""

from __future__ import annotations

ARCHIVE = """
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
"""

# AUTOINCREMENT: SQLite itself remembers how long the chain was, so that seals taken off its end are missed.
CHAIN = """
CREATE TABLE chain (
    id INTEGER PRIMARY KEY AUTOINCREMENT, at TEXT NOT NULL, subject TEXT NOT NULL, subject_id INTEGER NOT NULL,
    digest TEXT NOT NULL, link TEXT NOT NULL
);
CREATE INDEX chain_by_subject ON chain(subject, subject_id);
"""

# A revision that reads as an earlier one today was told from it by an older parser only: it is no edit.
REREADING = """
CREATE TABLE rereadings (
    revision_id INTEGER PRIMARY KEY REFERENCES revisions(id), extraction TEXT NOT NULL, at TEXT NOT NULL, reason TEXT
);
DROP VIEW headline_changes;
CREATE VIEW headline_changes AS
    SELECT r.id AS revision_id, r.article_id, a.site_id, a.url, r.number, r.change, before.headline AS headline_before,
        r.headline AS headline_after, r.not_before, r.first_seen
    FROM revisions r
    JOIN revisions before ON before.article_id = r.article_id AND before.number = r.number - 1
    JOIN articles a ON a.id = r.article_id
    WHERE r.headline IS NOT before.headline AND r.reads_as IS NULL;
DROP VIEW silent_edits;
CREATE VIEW silent_edits AS
    SELECT r.id AS revision_id, r.article_id, a.site_id, a.url, r.number, r.headline, r.changed_fields,
        before.id AS revision_id_before, before.body AS body_before, r.body AS body_after, r.date_modified, r.not_before,
        r.first_seen
    FROM revisions r
    JOIN revisions before ON before.article_id = r.article_id AND before.number = r.number - 1
    JOIN articles a ON a.id = r.article_id
    WHERE r.change = 'silent' AND r.reads_as IS NULL;
DROP VIEW edit_delays;
CREATE VIEW edit_delays AS
    SELECT r.id AS revision_id, r.article_id, a.site_id, a.url, r.number, r.change, a.date_published, r.not_before, r.first_seen,
        round((julianday(r.first_seen) - julianday(a.date_published)) * 1440) AS minutes_since_published,
        round((julianday(r.first_seen) - julianday(r.not_before)) * 1440) AS minutes_of_uncertainty
    FROM revisions r JOIN articles a ON a.id = r.article_id
    WHERE r.number > 1 AND r.change <> 'restamped' AND r.reads_as IS NULL;
DROP VIEW daily_counts;
CREATE VIEW daily_counts AS
    SELECT a.site_id, substr(r.first_seen, 1, 10) AS day, count(*) AS revisions,
        sum(r.change = 'new') AS new, sum(r.change = 'updated') AS updated, sum(r.change = 'silent') AS silent,
        sum(r.change = 'restamped') AS restamped, sum(r.change = 'reverted') AS reverted, sum(r.change = 'restored') AS restored
    FROM revisions r JOIN articles a ON a.id = r.article_id WHERE r.reads_as IS NULL
    GROUP BY a.site_id, substr(r.first_seen, 1, 10);
"""

# What `pipelines.store.pages` holds a record against. Null in fetches that an older version wrote.
RECORDS = """
ALTER TABLE fetches ADD COLUMN warc_uri TEXT;
ALTER TABLE fetches ADD COLUMN warc_date TEXT;
ALTER TABLE fetches ADD COLUMN record_hash TEXT;
ALTER TABLE fetches ADD COLUMN request_hash TEXT;
ALTER TABLE fetches ADD COLUMN warc_record_id TEXT;
ALTER TABLE fetches ADD COLUMN warc_file_id TEXT;
ALTER TABLE fetches ADD COLUMN payload_digest TEXT;
CREATE INDEX fetches_by_digest ON fetches(payload_digest) WHERE payload_digest IS NOT NULL;
CREATE INDEX fetches_by_payload ON fetches(payload_hash) WHERE payload_hash IS NOT NULL;
"""

CHECKPOINTS = """
CREATE TABLE checkpoints (
    id INTEGER PRIMARY KEY, at TEXT NOT NULL, size INTEGER NOT NULL, root TEXT NOT NULL, link TEXT NOT NULL, note TEXT NOT NULL
);
CREATE TABLE checkpoint_timestamps (
    id INTEGER PRIMARY KEY, checkpoint_id INTEGER NOT NULL REFERENCES checkpoints(id), at TEXT NOT NULL, authority TEXT NOT NULL,
    token BLOB NOT NULL
);
CREATE INDEX checkpoint_timestamps_by_checkpoint ON checkpoint_timestamps(checkpoint_id);
CREATE TABLE seal_tree (
    level INTEGER NOT NULL, number INTEGER NOT NULL, hash BLOB NOT NULL, PRIMARY KEY (level, number)
) WITHOUT ROWID;
"""

PRUNINGS = """
CREATE TABLE prunings (
    id INTEGER PRIMARY KEY, at TEXT NOT NULL, policy TEXT NOT NULL, file TEXT NOT NULL, offsets TEXT NOT NULL,
    bytes INTEGER NOT NULL
);
"""
