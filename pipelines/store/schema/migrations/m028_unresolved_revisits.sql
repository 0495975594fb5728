-- Revisits whose original is not known yet: few, and looked for at the end of every crawl and import.

CREATE INDEX fetches_unresolved ON fetches(payload_digest) WHERE reason_code = 'original_unknown';
