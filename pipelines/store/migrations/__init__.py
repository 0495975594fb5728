"""The SQL of each migration, as text; `pipelines.store.schema` names and numbers them. Knows no connection."""
