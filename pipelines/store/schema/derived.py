"""Migrations 11 and 12: tables that can be worked out again from the record. Landed: never edited, not in the hash chain.

Stories are the articles of several sites that carry the same copy. The feed lets a page of the viewer be drawn up without reading
the ledger: `revisions` does not say its site, and counting is reading, so what changed stands by site in a small table, and what
pages count is counted when it is written. Triggers keep it.
"""

from __future__ import annotations

# Numbers of stories are addresses: AUTOINCREMENT never gives one away again. `story_seen` repeats the story's `first_seen`, so
# that a site's stories stand in order of time in one index; it is null while all of the story's articles are of one site.
STORIES = """
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
"""


_TABLES = """
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
"""

BACKFILL = """
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
"""
"""What the triggers would have written, of rows that are there."""

INDEXES = """
CREATE INDEX changes_by_site ON changes(site_id, change, first_seen) WHERE shown;
CREATE INDEX articles_moved ON articles(moved_to) WHERE moved_to IS NOT NULL;
CREATE INDEX takedowns_by_time ON states(at) WHERE state NOT IN ('live', 'moved');
CREATE INDEX crawls_in_order ON crawls(site_id);
CREATE INDEX crawls_by_outcome ON crawls(site_id, outcome, finished);
"""

_SITE_OF = "(SELECT site_id FROM articles WHERE id = {row}.article_id)"
_WIDEN = "first_id = min(first_id, excluded.first_id), last_id = max(last_id, excluded.last_id)"


def _count_revision(row: str, step: int) -> str:
    """Statements that count a revision, or count it no more, in its site, in its day, and in its site's day."""
    site, day = _SITE_OF.format(row=row), f"substr({row}.first_seen, 1, 10)"
    return f"""
    INSERT INTO day_counts (site_id, day, change, n, first_id, last_id)
        SELECT {site}, {day}, {row}.change, {step}, {row}.id, {row}.id WHERE {row}.reads_as IS NULL
        ON CONFLICT (site_id, day, change) DO UPDATE SET n = n + {step}, {_WIDEN};
    INSERT INTO days (day, n, first_id, last_id) SELECT {day}, {step}, {row}.id, {row}.id WHERE {row}.reads_as IS NULL
        ON CONFLICT (day) DO UPDATE SET n = n + {step}, {_WIDEN};
    INSERT INTO site_counts (site_id, counted, kind, n)
        VALUES ({site}, 'revisions', iif({row}.reads_as IS NULL, {row}.change, 'reads_as'), {step})
        ON CONFLICT (site_id, counted, kind) DO UPDATE SET n = n + {step};"""  # noqa: S608 - our own words


def _count_article(row: str, step: int) -> str:
    return f"""
    INSERT INTO site_counts (site_id, counted, kind, n) VALUES ({row}.site_id, 'articles', {row}.state, {step})
        ON CONFLICT (site_id, counted, kind) DO UPDATE SET n = n + {step};"""  # noqa: S608 - our own words


_SHOWN = "new.reads_as IS NULL AND NOT EXISTS (SELECT 1 FROM withdrawals WHERE article_id = new.article_id)"


def change_triggers(*more: str) -> str:
    """The triggers that write `changes`; `more` are columns that it takes from the revision as they are."""
    facts = f"({', '.join(('revision_id', 'site_id', 'change', 'first_seen', 'shown', *more))})"
    values = (_SITE_OF.format(row="new"), "new.change", "new.first_seen", _SHOWN, *(f"new.{column}" for column in more))
    change = f"(new.id, {', '.join(values)})"
    return f"""CREATE TRIGGER changes_insert AFTER INSERT ON revisions BEGIN
    INSERT INTO changes {facts} VALUES {change};{_count_revision("new", 1)}
END;
CREATE TRIGGER changes_update AFTER UPDATE OF id, article_id, change, first_seen, reads_as ON revisions BEGIN
    DELETE FROM changes WHERE revision_id = old.id;
    INSERT INTO changes {facts} VALUES {change};{_count_revision("old", -1)}{_count_revision("new", 1)}
END;
"""  # noqa: S608 - our own words


# Columns are named in each: `last_seen` and `last_checked` move at every look, and none of this is of it.
TRIGGERS = f"""
{change_triggers()}CREATE TRIGGER changes_delete AFTER DELETE ON revisions BEGIN
    DELETE FROM changes WHERE revision_id = old.id;{_count_revision("old", -1)}
END;
CREATE TRIGGER changes_withdraw AFTER INSERT ON withdrawals BEGIN
    UPDATE changes SET shown = 0 WHERE revision_id IN (SELECT id FROM revisions WHERE article_id = new.article_id);
END;
CREATE TRIGGER site_counts_insert AFTER INSERT ON articles BEGIN{_count_article("new", 1)}
END;
CREATE TRIGGER site_counts_update AFTER UPDATE OF state ON articles WHEN new.state <> old.state BEGIN{_count_article("old", -1)}
    {_count_article("new", 1)}
END;
CREATE TRIGGER site_counts_delete AFTER DELETE ON articles BEGIN{_count_article("old", -1)}
END;
"""  # noqa: S608 - our own words

# `takedowns` says what its steps are not, as its index does: along `states_by_state` the newest are found by sorting all.
_VIEWS = """
DROP VIEW daily_counts;
CREATE VIEW daily_counts AS
    SELECT site_id, day, sum(n) AS revisions, sum(iif(change = 'new', n, 0)) AS new,
        sum(iif(change = 'updated', n, 0)) AS updated, sum(iif(change = 'silent', n, 0)) AS silent,
        sum(iif(change = 'restamped', n, 0)) AS restamped, sum(iif(change = 'reverted', n, 0)) AS reverted,
        sum(iif(change = 'restored', n, 0)) AS restored
    FROM day_counts WHERE n > 0 GROUP BY site_id, day;
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
"""

FEED = _TABLES + BACKFILL + INDEXES + TRIGGERS + _VIEWS
