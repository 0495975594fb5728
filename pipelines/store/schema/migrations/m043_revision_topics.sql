-- The topics of revisions by name: a topic's page reads the revisions that have it, not all texts that hold its words.

CREATE TABLE revision_topics (
    name TEXT NOT NULL, revision_id INTEGER NOT NULL REFERENCES revisions(id), PRIMARY KEY (name, revision_id)
) WITHOUT ROWID;
INSERT OR IGNORE INTO revision_topics
    SELECT t.value, r.id FROM revisions r JOIN json_each(iif(json_valid(r.topics), r.topics, '[]')) t ON t.type = 'text' ORDER BY 1, 2;
CREATE TRIGGER revision_topics_insert AFTER INSERT ON revisions WHEN new.topics <> '[]' BEGIN
    INSERT OR IGNORE INTO revision_topics
        SELECT value, new.id FROM json_each(iif(json_valid(new.topics), new.topics, '[]')) WHERE type = 'text';
END;
CREATE TRIGGER revision_topics_update AFTER UPDATE OF topics, id ON revisions
WHEN (new.id, new.topics) IS NOT (old.id, old.topics) BEGIN
    DELETE FROM revision_topics WHERE (name, revision_id) IN (
        SELECT value, old.id FROM json_each(iif(json_valid(old.topics), old.topics, '[]')));
    INSERT OR IGNORE INTO revision_topics
        SELECT value, new.id FROM json_each(iif(json_valid(new.topics), new.topics, '[]')) WHERE type = 'text';
END;
CREATE TRIGGER revision_topics_gone BEFORE DELETE ON revisions BEGIN
    DELETE FROM revision_topics WHERE (name, revision_id) IN (
        SELECT value, old.id FROM json_each(iif(json_valid(old.topics), old.topics, '[]')));
END;
