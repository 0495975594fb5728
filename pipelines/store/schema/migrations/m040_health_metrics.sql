-- What a list of all sites reads: a site's sums of missed edits, and the health metrics of its last crawl.

ALTER TABLE sites ADD COLUMN edits_missed REAL NOT NULL DEFAULT 0;
ALTER TABLE sites ADD COLUMN edits_unseen REAL NOT NULL DEFAULT 0;
UPDATE sites SET (edits_missed, edits_unseen) = (
    SELECT coalesce(sum(edits_missed), 0), coalesce(sum(iif(state = 'live', edits_unseen, 0)), 0)
    FROM articles WHERE site_id = sites.id);
CREATE TRIGGER site_edits_insert AFTER INSERT ON articles WHEN new.edits_missed + new.edits_unseen > 0 BEGIN
    UPDATE sites SET edits_missed = edits_missed + new.edits_missed,
        edits_unseen = edits_unseen + iif(new.state = 'live', new.edits_unseen, 0) WHERE id = new.site_id;
END;
CREATE TRIGGER site_edits_update AFTER UPDATE OF edits_missed, edits_unseen, state, site_id ON articles
WHEN (new.edits_missed, new.edits_unseen, new.state, new.site_id) <> (old.edits_missed, old.edits_unseen, old.state, old.site_id)
BEGIN
    UPDATE sites SET edits_missed = edits_missed - old.edits_missed,
        edits_unseen = edits_unseen - iif(old.state = 'live', old.edits_unseen, 0) WHERE id = old.site_id;
    UPDATE sites SET edits_missed = edits_missed + new.edits_missed,
        edits_unseen = edits_unseen + iif(new.state = 'live', new.edits_unseen, 0) WHERE id = new.site_id;
END;
CREATE TRIGGER site_edits_delete AFTER DELETE ON articles WHEN old.edits_missed + old.edits_unseen > 0 BEGIN
    UPDATE sites SET edits_missed = edits_missed - old.edits_missed,
        edits_unseen = edits_unseen - iif(old.state = 'live', old.edits_unseen, 0) WHERE id = old.site_id;
END;
CREATE TABLE health_metrics (
    site_id TEXT PRIMARY KEY REFERENCES sites(id), crawl_id INTEGER NOT NULL, metrics TEXT NOT NULL
) WITHOUT ROWID;
