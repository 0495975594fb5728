-- The views that analysts query.

CREATE VIEW latest_articles AS
    SELECT a.id AS article_id, a.site_id, a.url, a.state, a.revision_count, r.id AS revision_id, r.number, r.change, r.headline,
        r.description, r.byline, r.section, r.kind, r.language, a.date_published, r.date_modified, a.first_seen,
        r.first_seen AS last_changed, a.last_seen, a.last_checked, a.next_check, length(r.body) AS body_length
    FROM articles a JOIN revisions r ON r.id = a.latest_revision_id;

CREATE VIEW headline_changes AS
    SELECT r.id AS revision_id, r.article_id, a.site_id, a.url, r.number, r.change, before.headline AS headline_before,
        r.headline AS headline_after, r.not_before, r.first_seen
    FROM revisions r
    JOIN revisions before ON before.article_id = r.article_id AND before.number = r.number - 1
    JOIN articles a ON a.id = r.article_id
    WHERE r.headline IS NOT before.headline;

CREATE VIEW silent_edits AS
    SELECT r.id AS revision_id, r.article_id, a.site_id, a.url, r.number, r.headline, r.changed_fields,
        before.id AS revision_id_before, before.body AS body_before, r.body AS body_after, r.date_modified, r.not_before,
        r.first_seen
    FROM revisions r
    JOIN revisions before ON before.article_id = r.article_id AND before.number = r.number - 1
    JOIN articles a ON a.id = r.article_id
    WHERE r.change = 'silent';

CREATE VIEW takedowns AS
    SELECT s.id AS state_id, s.article_id, a.site_id, a.url, r.headline, s.state, s.at, s.status, s.reason,
        a.date_published, a.first_seen, a.last_seen,
        (SELECT min(back.at) FROM states back WHERE back.article_id = s.article_id AND back.state = 'live' AND back.id > s.id)
            AS restored
    FROM states s JOIN articles a ON a.id = s.article_id LEFT JOIN revisions r ON r.id = a.latest_revision_id
    WHERE s.state IN ('suspected', 'gone');

CREATE VIEW edit_delays AS
    SELECT r.id AS revision_id, r.article_id, a.site_id, a.url, r.number, r.change, a.date_published, r.not_before, r.first_seen,
        round((julianday(r.first_seen) - julianday(a.date_published)) * 1440) AS minutes_since_published,
        round((julianday(r.first_seen) - julianday(r.not_before)) * 1440) AS minutes_of_uncertainty
    FROM revisions r JOIN articles a ON a.id = r.article_id
    WHERE r.number > 1 AND r.change <> 'restamped';

CREATE VIEW daily_counts AS
    SELECT a.site_id, substr(r.first_seen, 1, 10) AS day, count(*) AS revisions,
        sum(r.change = 'new') AS new, sum(r.change = 'updated') AS updated, sum(r.change = 'silent') AS silent,
        sum(r.change = 'restamped') AS restamped, sum(r.change = 'reverted') AS reverted, sum(r.change = 'restored') AS restored
    FROM revisions r JOIN articles a ON a.id = r.article_id
    GROUP BY a.site_id, substr(r.first_seen, 1, 10);

CREATE VIEW site_health AS
    SELECT s.id AS site_id, s.name,
        (SELECT max(c.finished) FROM crawls c WHERE c.site_id = s.id AND c.outcome = 'finished') AS last_finished,
        (SELECT c.outcome FROM crawls c WHERE c.site_id = s.id ORDER BY c.id DESC LIMIT 1) AS last_outcome,
        (SELECT c.reason FROM crawls c WHERE c.site_id = s.id ORDER BY c.id DESC LIMIT 1) AS last_reason,
        (SELECT c.errors FROM crawls c WHERE c.site_id = s.id ORDER BY c.id DESC LIMIT 1) AS last_errors,
        (SELECT count(*) FROM articles a WHERE a.site_id = s.id) AS articles,
        (SELECT count(*) FROM articles a WHERE a.site_id = s.id AND a.state = 'gone') AS gone,
        (SELECT sum(a.revision_count) FROM articles a WHERE a.site_id = s.id) AS revisions,
        (SELECT max(a.first_seen) FROM articles a WHERE a.site_id = s.id) AS last_new_article
    FROM sites s;
