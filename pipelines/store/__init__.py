"""The SQLite file: schema, rows, and all code that writes to it."""
