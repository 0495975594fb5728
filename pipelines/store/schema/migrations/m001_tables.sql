-- What the ledger holds.

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
