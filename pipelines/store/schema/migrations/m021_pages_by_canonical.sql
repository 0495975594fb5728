-- Which pages named an address as their own that is another's: what comes of them hangs on what that address says.

CREATE INDEX fetches_by_canonical ON fetches(canonical_url) WHERE canonical_url <> coalesce(answered_url, url);
