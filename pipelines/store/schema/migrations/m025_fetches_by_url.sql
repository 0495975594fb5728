-- Which articles a URL has led to, of which its alias tells one alone.

-- Without what only confirms an article at its own address: that is most of all fetches.
CREATE INDEX fetches_by_url ON fetches(url, fetched) WHERE article_id IS NOT NULL
    AND (outcome NOT IN ('unchanged', 'not_modified') OR answered_url IS NOT NULL OR canonical_url <> url);
