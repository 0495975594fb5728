-- The URLs that led to no article by their key, failures by crawl, articles by the list that names them.

-- What a crawl asks once its sources have answered. A URL's key is text work, and so stands in a table of its own.
CREATE TABLE dead_ends (url TEXT PRIMARY KEY, url_key TEXT NOT NULL) WITHOUT ROWID;
CREATE INDEX dead_ends_by_key ON dead_ends(url_key);
CREATE INDEX fetches_failed ON fetches(crawl_id) WHERE article_id IS NULL AND outcome = 'error';
CREATE INDEX articles_listed ON articles(site_id, listed_in) WHERE listed_in IS NOT NULL;
-- Filled here, by a function.
