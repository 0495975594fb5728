-- What looks have taught: how a site edits, and whether a host's 304s are true.

CREATE TABLE habits (
    site_id TEXT NOT NULL REFERENCES sites(id), habit TEXT NOT NULL, watched REAL NOT NULL, found REAL NOT NULL,
    PRIMARY KEY (site_id, habit)
) WITHOUT ROWID;
CREATE TABLE hosts (
    host TEXT PRIMARY KEY, passed INTEGER NOT NULL DEFAULT 0, losses INTEGER NOT NULL DEFAULT 0, lost TEXT, lost_url TEXT
) WITHOUT ROWID;
ALTER TABLE articles ADD COLUMN listed_in TEXT;
