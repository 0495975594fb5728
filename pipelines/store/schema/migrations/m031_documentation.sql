-- What each table and column means, in the file itself; opening it for writing fills it.

CREATE TABLE documentation (
  relation TEXT NOT NULL, column_name TEXT, meaning TEXT NOT NULL,
  UNIQUE (relation, column_name)
);
