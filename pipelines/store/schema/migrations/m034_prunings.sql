-- Which records of the page archive were taken out by a policy, so that they are not missed.

CREATE TABLE prunings (
    id INTEGER PRIMARY KEY, at TEXT NOT NULL, policy TEXT NOT NULL, file TEXT NOT NULL, offsets TEXT NOT NULL,
    bytes INTEGER NOT NULL
);
