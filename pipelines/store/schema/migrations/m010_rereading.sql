-- Which archived pages today's extraction has read again; what reads as it did before is no edit in the views.

-- A revision that reads as an earlier one today was told from it by an older parser only: it is no edit.
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
