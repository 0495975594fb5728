"""The SQLite file: schema, rows, and everything that writes."""
