-- Which article a change is of, in the narrow table: hits of a search are grouped without reading what they say.

-- The triggers of the feed's migration, which write one column more.
ALTER TABLE changes ADD COLUMN article_id INTEGER;
UPDATE changes SET article_id = (SELECT article_id FROM revisions WHERE id = revision_id);
DROP TRIGGER changes_insert;
DROP TRIGGER changes_update;
CREATE TRIGGER changes_insert AFTER INSERT ON revisions BEGIN
    INSERT INTO changes (revision_id, site_id, change, first_seen, shown, article_id) VALUES (new.id, (SELECT site_id FROM articles WHERE id = new.article_id), new.change, new.first_seen, new.reads_as IS NULL AND NOT EXISTS (SELECT 1 FROM withdrawals WHERE article_id = new.article_id), new.article_id);
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
    INSERT INTO changes (revision_id, site_id, change, first_seen, shown, article_id) VALUES (new.id, (SELECT site_id FROM articles WHERE id = new.article_id), new.change, new.first_seen, new.reads_as IS NULL AND NOT EXISTS (SELECT 1 FROM withdrawals WHERE article_id = new.article_id), new.article_id);
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
