-- Full-text search over all revisions, not only the latest.

CREATE VIRTUAL TABLE revisions_fts USING fts5(
    headline, description, body, byline, content='revisions', content_rowid='id', tokenize="unicode61 remove_diacritics 2"
);
CREATE TRIGGER revisions_fts_insert AFTER INSERT ON revisions BEGIN
    INSERT INTO revisions_fts (rowid, headline, description, body, byline)
    VALUES (new.id, new.headline, new.description, new.body, new.byline);
END;
CREATE TRIGGER revisions_fts_delete AFTER DELETE ON revisions BEGIN
    INSERT INTO revisions_fts (revisions_fts, rowid, headline, description, body, byline)
    VALUES ('delete', old.id, old.headline, old.description, old.body, old.byline);
END;
CREATE TRIGGER revisions_fts_update AFTER UPDATE OF headline, description, body, byline ON revisions BEGIN
    INSERT INTO revisions_fts (revisions_fts, rowid, headline, description, body, byline)
    VALUES ('delete', old.id, old.headline, old.description, old.body, old.byline);
    INSERT INTO revisions_fts (rowid, headline, description, body, byline)
    VALUES (new.id, new.headline, new.description, new.body, new.byline);
END;
INSERT INTO revisions_fts (revisions_fts) VALUES ('rebuild');
