"""Migrations 13 to 15, 17, 19, 35 and 36: which worker made a crawl, what the one writer needs after it was killed, reasons as
codes, pauses, and what lets a crawl ask about the URLs that it meets alone.
"""

from __future__ import annotations

# A worker's crawl is open while it has a row in `open_books`; its fetches that wait
# (pipelines.store.quarantine) are kept as received.
CLUSTER = """
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
"""

# The keys under which crawls count the candidates that they passed over were sentences. The sentences of all older versions stand
# here as they were written; what is unknown is counted as `other`.
SKIPPED = """
UPDATE crawls SET counts = json_set(counts, '$.skipped', json((
    SELECT json_group_object(code, n) FROM (
        SELECT coalesce(codes.column2, 'other') AS code, sum(said.value) AS n
        FROM json_each(crawls.counts, '$.skipped') AS said LEFT JOIN (VALUES
            ('over the limit of one crawl', 'crawl_limit'),
            ('put off: the hour''s rechecks are spent', 'recheck_budget'),
            ('not asked for: the host''s patience had ended', 'host_suspended'),
            ('known, and not said to have changed', 'not_changed'),
            ('said to have changed, by sources that mostly say so in vain', 'unreliable_claim'),
            ('withdrawn', 'withdrawn'),
            ('reserved at the last look', 'reserved'),
            ('on another site', 'other_site'),
            ('kept by another site', 'other_sites_article'),
            ('not in the form of the site''s article URLs', 'not_article_url'),
            ('not_article at the last look', 'was_not_article'),
            ('gone at the last look', 'was_gone'),
            ('suspected at the last look', 'was_suspected'),
            ('moved at the last look', 'was_moved'),
            ('robots at the last look', 'was_robots'),
            ('refused at the last look', 'was_refused'),
            ('quarantined at the last look', 'was_quarantined'),
            ('error at the last look', 'was_error')
        ) AS codes ON codes.column1 = said.key
        GROUP BY 1 ORDER BY 1
    )
)))
WHERE json_type(counts, '$.skipped') = 'object';
"""

# The code beside each crawl's reason, decided from the sentences of all older versions; the sentence stays as it is.
CRAWLS = """
ALTER TABLE crawls ADD COLUMN reason_code TEXT;
UPDATE crawls SET reason_code = CASE
    WHEN instr(reason, 'nothing more is asked of it in this crawl') THEN 'host_suspended'
    WHEN instr(reason, 'no source could be read') THEN 'no_source'
    WHEN instr(reason, 'vouched for a text that had changed') THEN 'validators_lied'
    WHEN instr(reason, 'the store failed: ') THEN 'store_failed'
    WHEN instr(reason, 'the host''s lease was lost') THEN 'lease_lost'
    WHEN instr(reason, 'the writer could not be reached') THEN 'writer_unreachable'
    WHEN instr(reason, 'the writer did not answer within') THEN 'writer_unreachable'
    WHEN instr(reason, 'what the writer answered cannot be read') THEN 'writer_unreachable'
    WHEN instr(reason, 'stopped after ') THEN 'time_limit'
    WHEN instr(reason, 'killed after ') THEN 'time_limit'
    WHEN instr(reason, 'the crawl before it ') THEN 'previous_running'
    WHEN instr(reason, 'another schedule made this start already') THEN 'already_made'
    WHEN instr(reason, 'another crawl of ') THEN 'host_busy'
    WHEN instr(reason, 'the site has left the catalogue') THEN 'site_removed'
    WHEN instr(reason, 'nobody was there from ') THEN 'schedule_down'
    WHEN instr(reason, 'nobody kept time') THEN 'schedule_down'
    WHEN instr(reason, 'the crawl did not begin: ') THEN 'not_begun'
    WHEN instr(reason, 'the crawl could not be queued') THEN 'not_begun'
    WHEN instr(reason, 'its job is gone from the queue') THEN 'not_begun'
    WHEN instr(reason, 'its process ended with') THEN 'process_died'
    WHEN instr(reason, 'its worker ended without a word') THEN 'process_died'
    WHEN instr(reason, 'the crawl broke down') THEN 'process_died'
    WHEN instr(reason, 'it was asked to end before it asked for anything') THEN 'asked_to_end'
    WHEN instr(reason, 'shutdown') THEN 'asked_to_end'
    WHEN instr(reason, 'cancelled') THEN 'asked_to_end'
    ELSE 'other' END
WHERE reason IS NOT NULL AND trigger NOT IN ('merge', 'import');
"""

# The sentence of a suspended host begins with it. A crawl that suspended another host than its site's own gets a code of its own.
SUSPENDED = """
UPDATE crawls SET reason_code = 'other_host_suspended'
WHERE site_id = :site AND reason_code = 'host_suspended' AND substr(reason, 1, :length) <> :own
"""

SOURCE_PROBLEMS = """
ALTER TABLE sources ADD COLUMN problem_code TEXT;
ALTER TABLE sources ADD COLUMN problem TEXT;
"""

PAUSES = """
ALTER TABLE sites ADD COLUMN paused TEXT;
ALTER TABLE sites ADD COLUMN paused_until TEXT;
ALTER TABLE sites ADD COLUMN next_crawl TEXT;
"""

# What a crawl asks once its sources have answered. A URL's key is text work, and so stands in a table of its own.
QUESTION = """
CREATE TABLE dead_ends (url TEXT PRIMARY KEY, url_key TEXT NOT NULL) WITHOUT ROWID;
CREATE INDEX dead_ends_by_key ON dead_ends(url_key);
CREATE INDEX fetches_failed ON fetches(crawl_id) WHERE article_id IS NULL AND outcome = 'error';
CREATE INDEX articles_listed ON articles(site_id, listed_in) WHERE listed_in IS NOT NULL;
"""
DEAD_ENDS = "SELECT DISTINCT url FROM fetches WHERE article_id IS NULL"

MISSED = """
ALTER TABLE articles ADD COLUMN edits_missed REAL NOT NULL DEFAULT 0;
ALTER TABLE articles ADD COLUMN edits_unseen REAL NOT NULL DEFAULT 0;
CREATE VIEW missed_edits AS
    SELECT id AS article_id, site_id, url, first_seen, last_checked, revision_count - 1 AS edits_seen, edits_missed, edits_unseen
    FROM articles WHERE state <> 'moved';
"""
