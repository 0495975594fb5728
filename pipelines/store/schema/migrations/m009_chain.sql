-- The hash chain over the record, in order of commitment.

-- AUTOINCREMENT: SQLite itself remembers how long the chain was, so that seals taken off its end are missed.
CREATE TABLE chain (
    id INTEGER PRIMARY KEY AUTOINCREMENT, at TEXT NOT NULL, subject TEXT NOT NULL, subject_id INTEGER NOT NULL,
    digest TEXT NOT NULL, link TEXT NOT NULL
);
CREATE INDEX chain_by_subject ON chain(subject, subject_id);
