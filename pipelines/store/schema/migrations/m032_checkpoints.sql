-- What is signed of the chain, what others say of when, and the tree that proves a seal to be in it.

CREATE TABLE checkpoints (
    id INTEGER PRIMARY KEY, at TEXT NOT NULL, size INTEGER NOT NULL, root TEXT NOT NULL, link TEXT NOT NULL, note TEXT NOT NULL
);
CREATE TABLE checkpoint_timestamps (
    id INTEGER PRIMARY KEY, checkpoint_id INTEGER NOT NULL REFERENCES checkpoints(id), at TEXT NOT NULL, authority TEXT NOT NULL,
    token BLOB NOT NULL
);
CREATE INDEX checkpoint_timestamps_by_checkpoint ON checkpoint_timestamps(checkpoint_id);
CREATE TABLE seal_tree (
    level INTEGER NOT NULL, number INTEGER NOT NULL, hash BLOB NOT NULL, PRIMARY KEY (level, number)
) WITHOUT ROWID;
