"""How articles are found, fetched, read, and when. Stands on `pipelines`."""
