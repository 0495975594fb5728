-- Which articles of several sites carry the same copy.

-- Numbers of stories are addresses: AUTOINCREMENT never gives one away again. `story_seen` repeats the story's `first_seen`, so that a
-- site's stories stand in order of time in one index; it is null while all of the story's articles are of one site.
CREATE TABLE sketches (
    article_id INTEGER PRIMARY KEY REFERENCES articles(id), revision_id INTEGER NOT NULL REFERENCES revisions(id),
    words INTEGER NOT NULL, agency TEXT, credited TEXT, hashes BLOB NOT NULL
);
CREATE TABLE sketch_hashes (
    hash INTEGER NOT NULL, article_id INTEGER NOT NULL, PRIMARY KEY (hash, article_id)
) WITHOUT ROWID;
CREATE TABLE story_heads (
    id INTEGER PRIMARY KEY AUTOINCREMENT, found TEXT NOT NULL, source_id INTEGER NOT NULL REFERENCES articles(id),
    first_id INTEGER NOT NULL REFERENCES articles(id), first_seen TEXT NOT NULL, last_changed TEXT NOT NULL,
    articles INTEGER NOT NULL, sites INTEGER NOT NULL, edited INTEGER NOT NULL, agency TEXT, agency_is TEXT
);
CREATE TABLE story_members (
    article_id INTEGER PRIMARY KEY REFERENCES articles(id), story_id INTEGER NOT NULL REFERENCES story_heads(id),
    site_id TEXT NOT NULL REFERENCES sites(id), shared REAL, kept REAL, agency TEXT, agency_is TEXT,
    story_seen TEXT
);
CREATE TABLE story_progress (
    id INTEGER PRIMARY KEY CHECK (id = 1), revision_id INTEGER NOT NULL, reading_id INTEGER NOT NULL
);
CREATE INDEX story_heads_by_time ON story_heads(first_seen, id) WHERE sites > 1;
CREATE INDEX story_heads_by_agency ON story_heads(agency, first_seen, id) WHERE sites > 1;
CREATE INDEX story_members_by_story ON story_members(story_id);
CREATE INDEX story_members_by_site ON story_members(site_id, story_seen, story_id);
INSERT INTO story_progress (id, revision_id, reading_id) VALUES (1, 0, 0);

CREATE VIEW stories AS
    SELECT h.id AS story_id, r.headline, h.agency, h.agency_is, h.articles, h.sites, h.first_seen, f.site_id AS first_site_id,
        h.source_id AS source_article_id, a.site_id AS source_site_id, a.url AS source_url, a.date_published, h.last_changed,
        h.edited, h.found
    FROM story_heads h JOIN articles a ON a.id = h.source_id JOIN articles f ON f.id = h.first_id
    LEFT JOIN revisions r ON r.id = a.latest_revision_id
    WHERE h.sites > 1;

CREATE VIEW story_articles AS
    SELECT m.story_id, m.article_id, a.url, m.site_id, s.name AS site_name, r.headline, r.byline, a.first_seen, a.date_published,
        a.revision_count, r.first_seen AS last_changed, m.shared, m.kept, k.words, m.agency, m.agency_is, a.state,
        m.article_id = h.source_id AS is_source
    FROM story_members m JOIN story_heads h ON h.id = m.story_id JOIN articles a ON a.id = m.article_id
    JOIN sites s ON s.id = m.site_id LEFT JOIN revisions r ON r.id = a.latest_revision_id
    LEFT JOIN sketches k ON k.article_id = m.article_id
    WHERE h.sites > 1;
