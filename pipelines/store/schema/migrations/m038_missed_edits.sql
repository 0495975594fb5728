-- How many edits were probably made between two looks and never seen.

ALTER TABLE articles ADD COLUMN edits_missed REAL NOT NULL DEFAULT 0;
ALTER TABLE articles ADD COLUMN edits_unseen REAL NOT NULL DEFAULT 0;
CREATE VIEW missed_edits AS
    SELECT id AS article_id, site_id, url, first_seen, last_checked, revision_count - 1 AS edits_seen, edits_missed, edits_unseen
    FROM articles WHERE state <> 'moved';
