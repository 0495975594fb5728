"""The SQL of each migration, as text; `pipelines.schema` names and numbers them. Knows no connection."""
