-- What analysts ask of a revision, worked out once, and views that ask it.

CREATE TABLE revision_facts (
    revision_id INTEGER PRIMARY KEY REFERENCES revisions(id), words INTEGER NOT NULL, words_added INTEGER, words_removed INTEGER,
    local_hour INTEGER, note TEXT
);
CREATE TRIGGER revision_facts_gone BEFORE DELETE ON revisions BEGIN
    DELETE FROM revision_facts WHERE revision_id = old.id;
END;
CREATE INDEX revisions_first_by_day ON revisions(substr(first_seen, 1, 10)) WHERE number = 1;
CREATE INDEX fetches_swapped ON fetches(fetched) WHERE reason_code = 'picture_swapped';
-- Filled here, by a function.
CREATE VIEW revision_details AS
    SELECT r.id AS revision_id, r.article_id, a.site_id, a.url, r.number, r.change, r.kind, nullif(r.headline, '') AS headline,
        nullif(before.headline, '') AS headline_before, nullif(r.description, '') AS description,
        (SELECT group_concat(name, ', ') FROM (
            SELECT name FROM revision_authors WHERE revision_id = r.id ORDER BY position)) AS authors,
        (SELECT agency FROM revision_authors WHERE revision_id = r.id AND agency <> '' ORDER BY position LIMIT 1) AS agency,
        (SELECT group_concat(value, ', ') FROM json_each(iif(json_valid(r.topics), r.topics, '[]'))) AS topics, nullif(r.section, '') AS section, nullif(r.language, '') AS language, r.is_accessible_for_free,
        f.words, f.words_added, f.words_removed, f.note, r.number > 1 AND r.headline IS NOT before.headline AS headline_changed,
        EXISTS (SELECT 1 FROM json_each(r.changed_fields) WHERE value = 'images') AS picture_changed, a.date_published, CASE WHEN length(a.date_published) > 10
        THEN round((julianday(r.first_seen) - julianday(a.date_published)) * 1440) END AS minutes_after_publication, f.local_hour, r.not_before, r.first_seen
    FROM revisions r JOIN articles a ON a.id = r.article_id LEFT JOIN revision_facts f ON f.revision_id = r.id LEFT JOIN revisions before ON before.article_id = r.article_id AND before.number = r.number - 1
    WHERE r.reads_as IS NULL;
CREATE VIEW corrections AS
    SELECT r.id AS revision_id, r.article_id, a.site_id, a.url, r.number, r.change, nullif(r.headline, '') AS headline, f.note,
        CASE WHEN length(a.date_published) > 10
        THEN round((julianday(r.first_seen) - julianday(a.date_published)) * 1440) END AS minutes_after_publication, r.not_before, r.first_seen
    FROM revisions r CROSS JOIN revision_facts f ON f.revision_id = r.id JOIN articles a ON a.id = r.article_id
    WHERE f.note IS NOT NULL AND r.number > 1 AND r.reads_as IS NULL;
CREATE VIEW night_edits AS
    SELECT r.id AS revision_id, r.article_id, a.site_id, a.url, r.number, r.change, nullif(r.headline, '') AS headline,
        f.words_added, f.words_removed, f.local_hour, CASE WHEN length(a.date_published) > 10
        THEN round((julianday(r.first_seen) - julianday(a.date_published)) * 1440) END AS minutes_after_publication, r.not_before, r.first_seen
    FROM revisions r CROSS JOIN revision_facts f ON f.revision_id = r.id JOIN articles a ON a.id = r.article_id
    WHERE r.number > 1 AND (f.local_hour >= 22 OR f.local_hour < 6) AND r.change <> 'restamped' AND r.reads_as IS NULL;
CREATE VIEW images_swapped AS
    SELECT r.id AS revision_id, r.article_id, a.site_id, a.url, r.number, nullif(r.headline, '') AS headline,
        old.url AS picture_before, new.url AS picture_after, nullif(old.caption, '') AS caption_before,
        nullif(new.caption, '') AS caption_after, r.not_before, r.first_seen
    FROM revisions r JOIN articles a ON a.id = r.article_id LEFT JOIN revisions before ON before.article_id = r.article_id AND before.number = r.number - 1
    LEFT JOIN revision_images old ON old.revision_id = before.id AND old.position = 0
    LEFT JOIN revision_images new ON new.revision_id = r.id AND new.position = 0
    WHERE r.number > 1 AND EXISTS (SELECT 1 FROM json_each(r.changed_fields) WHERE value = 'images') AND old.url IS NOT new.url AND r.reads_as IS NULL
    UNION ALL
    SELECT r.id, r.article_id, a.site_id, a.url, r.number, nullif(r.headline, ''),
        (SELECT json_extract(g.article, '$.images[0].url') FROM readings g
            WHERE g.revision_id = r.id AND g.replaced = f.fetched AND json_valid(g.article) ORDER BY g.id LIMIT 1), new.url,
        nullif(new.caption, ''), nullif(new.caption, ''), NULL, f.fetched
    FROM fetches f JOIN articles a ON a.id = f.article_id JOIN revisions r ON r.id = a.latest_revision_id
    LEFT JOIN revision_images new ON new.revision_id = r.id AND new.position = 0
    WHERE f.reason_code = 'picture_swapped';
CREATE VIEW authors_activity AS
    SELECT w.name AS author, a.site_id, count(DISTINCT r.article_id) AS articles,
        count(*) - count(DISTINCT r.article_id) AS later_revisions, min(r.first_seen) AS first_seen,
        max(r.first_seen) AS last_seen
    FROM revision_authors w JOIN revisions r ON r.id = w.revision_id JOIN articles a ON a.id = r.article_id
    WHERE w.kind IS NOT 'organisation' AND r.reads_as IS NULL
    GROUP BY w.name, a.site_id;
CREATE VIEW topic_trends AS
    SELECT substr(r.first_seen, 1, 10) AS day, t.value AS topic, a.site_id, count(*) AS articles
    FROM revisions r JOIN articles a ON a.id = r.article_id
    JOIN json_each(iif(json_valid(r.topics), r.topics, '[]')) t
    WHERE r.number = 1
    GROUP BY substr(r.first_seen, 1, 10), t.value, a.site_id;
CREATE VIEW paper_comparison AS
    SELECT m.story_id, m.article_id, m.site_id, s.name AS site_name, a.url, nullif(r.headline, '') AS headline,
        m.article_id = h.source_id AS is_source, a.first_seen,
        round((julianday(a.first_seen) - julianday(h.first_seen)) * 1440) AS minutes_behind, f.words, m.shared, m.kept,
        a.revision_count - 1 AS edits, a.state, r.is_accessible_for_free, m.agency
    FROM story_members m JOIN story_heads h ON h.id = m.story_id JOIN articles a ON a.id = m.article_id
    JOIN sites s ON s.id = m.site_id LEFT JOIN revisions r ON r.id = a.latest_revision_id
    LEFT JOIN revision_facts f ON f.revision_id = r.id
    WHERE h.sites > 1;
