-- More of what analysts ask: places and stamps in the views, sections, searches by name.

DROP VIEW revision_details;
CREATE VIEW revision_details AS
    SELECT r.id AS revision_id, r.article_id, a.site_id, s.name AS site_name, s.country, s.region,
        s.timezone, a.url, r.number, r.change, r.kind, nullif(r.headline, '') AS headline,
        nullif(before.headline, '') AS headline_before, nullif(r.description, '') AS description,
        nullif(r.byline, '') AS byline,
        (SELECT group_concat(name, ', ') FROM (
            SELECT name FROM revision_authors WHERE revision_id = r.id ORDER BY position)) AS authors,
        (SELECT agency FROM revision_authors WHERE revision_id = r.id AND agency <> '' ORDER BY position LIMIT 1) AS agency,
        (SELECT group_concat(value, ', ') FROM json_each(iif(json_valid(r.topics), r.topics, '[]'))) AS topics, nullif(r.section, '') AS section, nullif(r.language, '') AS language, r.is_accessible_for_free,
        f.words, f.words_added, f.words_removed, f.note, r.number > 1 AND r.headline IS NOT before.headline AS headline_changed,
        EXISTS (SELECT 1 FROM json_each(r.changed_fields) WHERE value = 'images') AS picture_changed, a.date_published, r.date_modified, CASE WHEN length(a.date_published) = 10 THEN a.date_published || 'T00:00:00Z' ELSE a.date_published END AS published,
        length(a.date_published) = 10 AS published_day_only, CASE WHEN length(r.date_modified) = 10 THEN r.date_modified || 'T00:00:00Z' ELSE r.date_modified END AS modified,
        length(r.date_modified) = 10 AS modified_day_only,
        CASE WHEN length(a.date_published) > 10
        THEN round((julianday(r.first_seen) - julianday(a.date_published)) * 1440) END AS minutes_after_publication, f.local_hour, r.not_before, r.first_seen, r.last_seen, r.content_hash
    FROM revisions r JOIN articles a ON a.id = r.article_id LEFT JOIN sites s ON s.id = a.site_id
    LEFT JOIN revision_facts f ON f.revision_id = r.id LEFT JOIN revisions before ON before.article_id = r.article_id AND before.number = r.number - 1
    WHERE r.reads_as IS NULL;
DROP VIEW paper_comparison;
CREATE VIEW paper_comparison AS
    SELECT m.story_id, m.article_id, m.site_id, s.name AS site_name, a.url, nullif(r.headline, '') AS headline,
        m.article_id = h.source_id AS is_source, a.first_seen, h.first_seen AS story_first_seen,
        round((julianday(a.first_seen) - julianday(h.first_seen)) * 1440) AS minutes_behind, f.words, m.shared, m.kept,
        a.revision_count - 1 AS edits, a.state, r.is_accessible_for_free, m.agency
    FROM story_members m JOIN story_heads h ON h.id = m.story_id JOIN articles a ON a.id = m.article_id
    JOIN sites s ON s.id = m.site_id LEFT JOIN revisions r ON r.id = a.latest_revision_id
    LEFT JOIN revision_facts f ON f.revision_id = r.id
    WHERE h.sites > 1;
CREATE INDEX revisions_first_by_section ON revisions(section, first_seen) WHERE number = 1;
CREATE TABLE saved_searches (
    name TEXT PRIMARY KEY, words TEXT NOT NULL, created TEXT NOT NULL, told_revision_id INTEGER NOT NULL
);
