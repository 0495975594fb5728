"""Migrations 1 to 7: tables, search and views as the ledger began; reservations, statistics, quarantine. Landed: never edited."""

from __future__ import annotations

TABLES = """
CREATE TABLE sites (
    id TEXT PRIMARY KEY, name TEXT NOT NULL, url TEXT NOT NULL, country TEXT, region TEXT, owner TEXT, platform TEXT,
    timezone TEXT, language TEXT
);
CREATE TABLE crawls (
    id INTEGER PRIMARY KEY, site_id TEXT REFERENCES sites(id), trigger TEXT NOT NULL, planned TEXT, started TEXT, finished TEXT,
    outcome TEXT NOT NULL, reason TEXT, pid INTEGER,
    requests INTEGER NOT NULL DEFAULT 0, bytes INTEGER NOT NULL DEFAULT 0, candidates INTEGER NOT NULL DEFAULT 0,
    looks INTEGER NOT NULL DEFAULT 0, revisions INTEGER NOT NULL DEFAULT 0, errors INTEGER NOT NULL DEFAULT 0,
    counts TEXT NOT NULL DEFAULT '{}'
);
CREATE TABLE articles (
    id INTEGER PRIMARY KEY, site_id TEXT NOT NULL REFERENCES sites(id), url TEXT NOT NULL UNIQUE, url_key TEXT NOT NULL,
    external_id TEXT, kind TEXT NOT NULL, date_published TEXT,
    first_seen TEXT NOT NULL, last_seen TEXT NOT NULL, last_checked TEXT NOT NULL, next_check TEXT,
    state TEXT NOT NULL DEFAULT 'live', revision_count INTEGER NOT NULL DEFAULT 0,
    latest_revision_id INTEGER REFERENCES revisions(id) DEFERRABLE INITIALLY DEFERRED,
    moved_to INTEGER REFERENCES articles(id),
    etag TEXT, last_modified TEXT, validators_url TEXT, claimed_modified TEXT,
    suspected_since TEXT, suspected_looks INTEGER NOT NULL DEFAULT 0, stale_hash TEXT, stale_since TEXT
);
CREATE TABLE aliases (
    url TEXT PRIMARY KEY, article_id INTEGER NOT NULL REFERENCES articles(id), reason TEXT NOT NULL, first_seen TEXT NOT NULL,
    url_key TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE revisions (
    id INTEGER PRIMARY KEY, article_id INTEGER NOT NULL REFERENCES articles(id), number INTEGER NOT NULL,
    change TEXT NOT NULL, changed_fields TEXT NOT NULL DEFAULT '[]', reverted_to INTEGER REFERENCES revisions(id),
    headline TEXT, description TEXT, body TEXT NOT NULL DEFAULT '', byline TEXT, section TEXT, topics TEXT NOT NULL DEFAULT '[]',
    kind TEXT NOT NULL, language TEXT, is_accessible_for_free INTEGER, canonical_url TEXT,
    date_published TEXT, date_published_raw TEXT, date_modified TEXT, date_modified_raw TEXT,
    first_seen TEXT NOT NULL, last_seen TEXT NOT NULL, not_before TEXT,
    content_hash TEXT NOT NULL, extractor TEXT NOT NULL, crawl_id INTEGER REFERENCES crawls(id),
    warc_file TEXT, warc_offset INTEGER,
    UNIQUE (article_id, number)
);
CREATE TABLE revision_authors (
    revision_id INTEGER NOT NULL REFERENCES revisions(id), position INTEGER NOT NULL, name TEXT NOT NULL, role TEXT, agency TEXT,
    PRIMARY KEY (revision_id, position)
) WITHOUT ROWID;
CREATE TABLE revision_images (
    revision_id INTEGER NOT NULL REFERENCES revisions(id), position INTEGER NOT NULL, url TEXT, alt TEXT, caption TEXT,
    credit TEXT,
    PRIMARY KEY (revision_id, position)
) WITHOUT ROWID;
CREATE TABLE readings (
    id INTEGER PRIMARY KEY, revision_id INTEGER NOT NULL REFERENCES revisions(id), replaced TEXT NOT NULL,
    extractor TEXT NOT NULL, content_hash TEXT NOT NULL, article TEXT NOT NULL
);
CREATE TABLE fetches (
    id INTEGER PRIMARY KEY, crawl_id INTEGER REFERENCES crawls(id), article_id INTEGER REFERENCES articles(id),
    url TEXT NOT NULL, fetched TEXT NOT NULL, status INTEGER, outcome TEXT NOT NULL, bytes INTEGER, reason TEXT
);
CREATE TABLE states (
    id INTEGER PRIMARY KEY, article_id INTEGER NOT NULL REFERENCES articles(id), at TEXT NOT NULL, state TEXT NOT NULL,
    status INTEGER, reason TEXT, crawl_id INTEGER REFERENCES crawls(id)
);
CREATE TABLE sources (
    site_id TEXT NOT NULL REFERENCES sites(id), url TEXT NOT NULL, kind TEXT NOT NULL, fetched TEXT NOT NULL, status INTEGER,
    etag TEXT, last_modified TEXT, claimed_modified TEXT, candidates INTEGER NOT NULL DEFAULT 0,
    dated INTEGER NOT NULL DEFAULT 0, contributed INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (site_id, url)
) WITHOUT ROWID;

CREATE INDEX articles_by_site ON articles(site_id, first_seen);
CREATE INDEX articles_by_key ON articles(url_key);
CREATE UNIQUE INDEX articles_by_external_id ON articles(site_id, external_id) WHERE external_id IS NOT NULL;
CREATE INDEX articles_due ON articles(site_id, next_check) WHERE next_check IS NOT NULL;
CREATE INDEX aliases_by_article ON aliases(article_id);
CREATE INDEX aliases_by_key ON aliases(url_key);
CREATE INDEX revisions_by_time ON revisions(first_seen);
CREATE INDEX revisions_by_change ON revisions(change, first_seen);
CREATE INDEX revisions_by_crawl ON revisions(crawl_id);
CREATE INDEX revision_authors_by_name ON revision_authors(name);
CREATE INDEX readings_by_revision ON readings(revision_id);
CREATE INDEX fetches_by_article ON fetches(article_id, fetched);
CREATE INDEX fetches_without_article ON fetches(url, fetched) WHERE article_id IS NULL;
CREATE INDEX fetches_by_crawl ON fetches(crawl_id);
CREATE INDEX states_by_article ON states(article_id, at);
CREATE INDEX states_by_state ON states(state, at);
CREATE INDEX crawls_by_site ON crawls(site_id, started);
CREATE INDEX crawls_running ON crawls(outcome) WHERE outcome = 'running';
"""

# External content: the text stands once, in revisions; Datasette recognises the form. The update trigger names its columns,
# for `last_seen` moves at every look and would otherwise rewrite the index each time.
SEARCH = """
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
"""

VIEWS = """
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
"""


RESERVATIONS = """
ALTER TABLE fetches ADD COLUMN robots TEXT;
ALTER TABLE fetches ADD COLUMN tdm TEXT;
CREATE INDEX fetches_reserved ON fetches(article_id, fetched) WHERE outcome = 'reserved';
"""

LEARNED = """
CREATE TABLE habits (
    site_id TEXT NOT NULL REFERENCES sites(id), habit TEXT NOT NULL, watched REAL NOT NULL, found REAL NOT NULL,
    PRIMARY KEY (site_id, habit)
) WITHOUT ROWID;
CREATE TABLE hosts (
    host TEXT PRIMARY KEY, passed INTEGER NOT NULL DEFAULT 0, losses INTEGER NOT NULL DEFAULT 0, lost TEXT, lost_url TEXT
) WITHOUT ROWID;
ALTER TABLE articles ADD COLUMN listed_in TEXT;
"""

QUARANTINE = """
CREATE TABLE quarantine (
    id INTEGER PRIMARY KEY, site_id TEXT NOT NULL REFERENCES sites(id), article_id INTEGER REFERENCES articles(id),
    crawl_id INTEGER REFERENCES crawls(id), url TEXT NOT NULL, fetched TEXT NOT NULL, last_seen TEXT NOT NULL,
    looks INTEGER NOT NULL DEFAULT 1, state TEXT NOT NULL, settled TEXT, reason TEXT NOT NULL, symptoms TEXT NOT NULL,
    lines TEXT NOT NULL, extractor TEXT NOT NULL, content_hash TEXT NOT NULL, reading TEXT NOT NULL, look TEXT NOT NULL,
    content_type TEXT, page BLOB
);
CREATE INDEX quarantine_by_site ON quarantine(site_id, state, url);
CREATE INDEX quarantine_by_article ON quarantine(article_id);
CREATE INDEX quarantine_by_crawl ON quarantine(crawl_id);
"""
