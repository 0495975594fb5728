-- What an archived record is known by, beside its place; by its digest a later revisit finds what it repeats.

-- What `pipelines.store.pages` holds a record against. Null in fetches that an older version wrote.
ALTER TABLE fetches ADD COLUMN warc_uri TEXT;
ALTER TABLE fetches ADD COLUMN warc_date TEXT;
ALTER TABLE fetches ADD COLUMN record_hash TEXT;
ALTER TABLE fetches ADD COLUMN request_hash TEXT;
ALTER TABLE fetches ADD COLUMN warc_record_id TEXT;
ALTER TABLE fetches ADD COLUMN warc_file_id TEXT;
ALTER TABLE fetches ADD COLUMN payload_digest TEXT;
CREATE INDEX fetches_by_digest ON fetches(payload_digest) WHERE payload_digest IS NOT NULL;
CREATE INDEX fetches_by_payload ON fetches(payload_hash) WHERE payload_hash IS NOT NULL;
