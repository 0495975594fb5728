-- What changed last, of a site and of a day, found without reading the ledger.

-- `revisions` does not say its site, and counting is reading: so what changed stands by site in a small table, and what pages count is
-- counted when it is written. Triggers keep it.
CREATE TABLE changes (
    revision_id INTEGER PRIMARY KEY REFERENCES revisions(id), site_id TEXT NOT NULL, change TEXT NOT NULL,
    first_seen TEXT NOT NULL, shown INTEGER NOT NULL
);
CREATE TABLE day_counts (
    site_id TEXT NOT NULL, day TEXT NOT NULL, change TEXT NOT NULL, n INTEGER NOT NULL, first_id INTEGER NOT NULL,
    last_id INTEGER NOT NULL, PRIMARY KEY (site_id, day, change)
) WITHOUT ROWID;
CREATE TABLE days (
    day TEXT PRIMARY KEY, n INTEGER NOT NULL, first_id INTEGER NOT NULL, last_id INTEGER NOT NULL
) WITHOUT ROWID;
CREATE TABLE site_counts (
    site_id TEXT NOT NULL, counted TEXT NOT NULL, kind TEXT NOT NULL, n INTEGER NOT NULL,
    PRIMARY KEY (site_id, counted, kind)
) WITHOUT ROWID;

-- What the triggers would have written, of rows that are there.
INSERT INTO changes (revision_id, site_id, change, first_seen, shown)
    SELECT r.id, a.site_id, r.change, r.first_seen,
        r.reads_as IS NULL AND r.article_id NOT IN (SELECT article_id FROM withdrawals)
    FROM revisions r JOIN articles a ON a.id = r.article_id ORDER BY r.id;
INSERT INTO day_counts (site_id, day, change, n, first_id, last_id)
    SELECT a.site_id, substr(r.first_seen, 1, 10), r.change, count(*), min(r.id), max(r.id)
    FROM revisions r JOIN articles a ON a.id = r.article_id WHERE r.reads_as IS NULL GROUP BY 1, 2, 3;
INSERT INTO days (day, n, first_id, last_id) SELECT day, sum(n), min(first_id), max(last_id) FROM day_counts GROUP BY day;
INSERT INTO site_counts (site_id, counted, kind, n)
    SELECT site_id, 'articles', state, count(*) FROM articles GROUP BY 1, 3;
INSERT INTO site_counts (site_id, counted, kind, n)
    SELECT a.site_id, 'revisions', iif(r.reads_as IS NULL, r.change, 'reads_as'), count(*)
    FROM revisions r JOIN articles a ON a.id = r.article_id GROUP BY 1, 3;

CREATE INDEX changes_by_site ON changes(site_id, change, first_seen) WHERE shown;
CREATE INDEX articles_moved ON articles(moved_to) WHERE moved_to IS NOT NULL;
CREATE INDEX takedowns_by_time ON states(at) WHERE state NOT IN ('live', 'moved');
CREATE INDEX crawls_in_order ON crawls(site_id);
CREATE INDEX crawls_by_outcome ON crawls(site_id, outcome, finished);

-- Columns are named in each: `last_seen` and `last_checked` move at every look, and none of this is of it.
CREATE TRIGGER changes_insert AFTER INSERT ON revisions BEGIN
    INSERT INTO changes (revision_id, site_id, change, first_seen, shown) VALUES (new.id, (SELECT site_id FROM articles WHERE id = new.article_id), new.change, new.first_seen, new.reads_as IS NULL AND NOT EXISTS (SELECT 1 FROM withdrawals WHERE article_id = new.article_id));
    INSERT INTO day_counts (site_id, day, change, n, first_id, last_id)
        SELECT (SELECT site_id FROM articles WHERE id = new.article_id), substr(new.first_seen, 1, 10), new.change, 1, new.id, new.id WHERE new.reads_as IS NULL
        ON CONFLICT (site_id, day, change) DO UPDATE SET n = n + 1, first_id = min(first_id, excluded.first_id), last_id = max(last_id, excluded.last_id);
    INSERT INTO days (day, n, first_id, last_id) SELECT substr(new.first_seen, 1, 10), 1, new.id, new.id WHERE new.reads_as IS NULL
        ON CONFLICT (day) DO UPDATE SET n = n + 1, first_id = min(first_id, excluded.first_id), last_id = max(last_id, excluded.last_id);
    INSERT INTO site_counts (site_id, counted, kind, n)
        VALUES ((SELECT site_id FROM articles WHERE id = new.article_id), 'revisions', iif(new.reads_as IS NULL, new.change, 'reads_as'), 1)
        ON CONFLICT (site_id, counted, kind) DO UPDATE SET n = n + 1;
END;
CREATE TRIGGER changes_update AFTER UPDATE OF id, article_id, change, first_seen, reads_as ON revisions BEGIN
    DELETE FROM changes WHERE revision_id = old.id;
    INSERT INTO changes (revision_id, site_id, change, first_seen, shown) VALUES (new.id, (SELECT site_id FROM articles WHERE id = new.article_id), new.change, new.first_seen, new.reads_as IS NULL AND NOT EXISTS (SELECT 1 FROM withdrawals WHERE article_id = new.article_id));
    INSERT INTO day_counts (site_id, day, change, n, first_id, last_id)
        SELECT (SELECT site_id FROM articles WHERE id = old.article_id), substr(old.first_seen, 1, 10), old.change, -1, old.id, old.id WHERE old.reads_as IS NULL
        ON CONFLICT (site_id, day, change) DO UPDATE SET n = n + -1, first_id = min(first_id, excluded.first_id), last_id = max(last_id, excluded.last_id);
    INSERT INTO days (day, n, first_id, last_id) SELECT substr(old.first_seen, 1, 10), -1, old.id, old.id WHERE old.reads_as IS NULL
        ON CONFLICT (day) DO UPDATE SET n = n + -1, first_id = min(first_id, excluded.first_id), last_id = max(last_id, excluded.last_id);
    INSERT INTO site_counts (site_id, counted, kind, n)
        VALUES ((SELECT site_id FROM articles WHERE id = old.article_id), 'revisions', iif(old.reads_as IS NULL, old.change, 'reads_as'), -1)
        ON CONFLICT (site_id, counted, kind) DO UPDATE SET n = n + -1;
    INSERT INTO day_counts (site_id, day, change, n, first_id, last_id)
        SELECT (SELECT site_id FROM articles WHERE id = new.article_id), substr(new.first_seen, 1, 10), new.change, 1, new.id, new.id WHERE new.reads_as IS NULL
        ON CONFLICT (site_id, day, change) DO UPDATE SET n = n + 1, first_id = min(first_id, excluded.first_id), last_id = max(last_id, excluded.last_id);
    INSERT INTO days (day, n, first_id, last_id) SELECT substr(new.first_seen, 1, 10), 1, new.id, new.id WHERE new.reads_as IS NULL
        ON CONFLICT (day) DO UPDATE SET n = n + 1, first_id = min(first_id, excluded.first_id), last_id = max(last_id, excluded.last_id);
    INSERT INTO site_counts (site_id, counted, kind, n)
        VALUES ((SELECT site_id FROM articles WHERE id = new.article_id), 'revisions', iif(new.reads_as IS NULL, new.change, 'reads_as'), 1)
        ON CONFLICT (site_id, counted, kind) DO UPDATE SET n = n + 1;
END;
CREATE TRIGGER changes_delete AFTER DELETE ON revisions BEGIN
    DELETE FROM changes WHERE revision_id = old.id;
    INSERT INTO day_counts (site_id, day, change, n, first_id, last_id)
        SELECT (SELECT site_id FROM articles WHERE id = old.article_id), substr(old.first_seen, 1, 10), old.change, -1, old.id, old.id WHERE old.reads_as IS NULL
        ON CONFLICT (site_id, day, change) DO UPDATE SET n = n + -1, first_id = min(first_id, excluded.first_id), last_id = max(last_id, excluded.last_id);
    INSERT INTO days (day, n, first_id, last_id) SELECT substr(old.first_seen, 1, 10), -1, old.id, old.id WHERE old.reads_as IS NULL
        ON CONFLICT (day) DO UPDATE SET n = n + -1, first_id = min(first_id, excluded.first_id), last_id = max(last_id, excluded.last_id);
    INSERT INTO site_counts (site_id, counted, kind, n)
        VALUES ((SELECT site_id FROM articles WHERE id = old.article_id), 'revisions', iif(old.reads_as IS NULL, old.change, 'reads_as'), -1)
        ON CONFLICT (site_id, counted, kind) DO UPDATE SET n = n + -1;
END;
CREATE TRIGGER changes_withdraw AFTER INSERT ON withdrawals BEGIN
    UPDATE changes SET shown = 0 WHERE revision_id IN (SELECT id FROM revisions WHERE article_id = new.article_id);
END;
CREATE TRIGGER site_counts_insert AFTER INSERT ON articles BEGIN
    INSERT INTO site_counts (site_id, counted, kind, n) VALUES (new.site_id, 'articles', new.state, 1)
        ON CONFLICT (site_id, counted, kind) DO UPDATE SET n = n + 1;
END;
CREATE TRIGGER site_counts_update AFTER UPDATE OF state ON articles WHEN new.state <> old.state BEGIN
    INSERT INTO site_counts (site_id, counted, kind, n) VALUES (old.site_id, 'articles', old.state, -1)
        ON CONFLICT (site_id, counted, kind) DO UPDATE SET n = n + -1;
    
    INSERT INTO site_counts (site_id, counted, kind, n) VALUES (new.site_id, 'articles', new.state, 1)
        ON CONFLICT (site_id, counted, kind) DO UPDATE SET n = n + 1;
END;
CREATE TRIGGER site_counts_delete AFTER DELETE ON articles BEGIN
    INSERT INTO site_counts (site_id, counted, kind, n) VALUES (old.site_id, 'articles', old.state, -1)
        ON CONFLICT (site_id, counted, kind) DO UPDATE SET n = n + -1;
END;

DROP VIEW daily_counts;
CREATE VIEW daily_counts AS
    SELECT site_id, day, sum(n) AS revisions, sum(iif(change = 'new', n, 0)) AS new,
        sum(iif(change = 'updated', n, 0)) AS updated, sum(iif(change = 'silent', n, 0)) AS silent,
        sum(iif(change = 'restamped', n, 0)) AS restamped, sum(iif(change = 'reverted', n, 0)) AS reverted,
        sum(iif(change = 'restored', n, 0)) AS restored
    FROM day_counts WHERE n > 0 GROUP BY site_id, day;
-- It says what its steps are not, as its index does: along `states_by_state` the newest are found by sorting all.
DROP VIEW takedowns;
CREATE VIEW takedowns AS
    SELECT s.id AS state_id, s.article_id, a.site_id, a.url, r.headline, s.state, s.at, s.status, s.reason,
        a.date_published, a.first_seen, a.last_seen,
        (SELECT min(back.at) FROM states back WHERE back.article_id = s.article_id AND back.state = 'live' AND back.id > s.id)
            AS restored
    FROM states s JOIN articles a ON a.id = s.article_id LEFT JOIN revisions r ON r.id = a.latest_revision_id
    WHERE s.state NOT IN ('live', 'moved');
DROP VIEW site_health;
CREATE VIEW site_health AS
    SELECT s.id AS site_id, s.name,
        (SELECT max(c.finished) FROM crawls c WHERE c.site_id = s.id AND c.outcome = 'finished') AS last_finished,
        (SELECT c.outcome FROM crawls c WHERE c.site_id = s.id ORDER BY c.id DESC LIMIT 1) AS last_outcome,
        (SELECT c.reason FROM crawls c WHERE c.site_id = s.id ORDER BY c.id DESC LIMIT 1) AS last_reason,
        (SELECT c.errors FROM crawls c WHERE c.site_id = s.id ORDER BY c.id DESC LIMIT 1) AS last_errors,
        (SELECT coalesce(sum(n), 0) FROM site_counts WHERE site_id = s.id AND counted = 'articles') AS articles,
        (SELECT coalesce(sum(n), 0) FROM site_counts WHERE site_id = s.id AND counted = 'articles' AND kind = 'gone') AS gone,
        (SELECT sum(n) FROM site_counts WHERE site_id = s.id AND counted = 'revisions') AS revisions,
        (SELECT max(a.first_seen) FROM articles a WHERE a.site_id = s.id) AS last_new_article
    FROM sites s;
