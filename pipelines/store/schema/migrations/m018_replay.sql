-- What a fetch read and where it led, so that a history can be written anew when an older capture comes in.

-- What `pipelines.store.events` needs to tell a capture again. Not sealed, as the code of the reason is not.
ALTER TABLE fetches ADD COLUMN answered_url TEXT;
ALTER TABLE fetches ADD COLUMN content_hash TEXT;
ALTER TABLE fetches ADD COLUMN date_modified TEXT;
ALTER TABLE fetches ADD COLUMN external_id TEXT;
ALTER TABLE fetches ADD COLUMN doubt TEXT;
CREATE INDEX fetches_by_answer ON fetches(answered_url, fetched) WHERE answered_url IS NOT NULL;
