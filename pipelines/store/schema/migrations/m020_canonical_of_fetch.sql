-- Which address a page that was fetched named as its own: that decides which article it is.

ALTER TABLE fetches ADD COLUMN canonical_url TEXT;
