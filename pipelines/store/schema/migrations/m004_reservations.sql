-- What a page reserves for itself, on the fetch that saw it; and which articles were passed over for it.

ALTER TABLE fetches ADD COLUMN robots TEXT;
ALTER TABLE fetches ADD COLUMN tdm TEXT;
CREATE INDEX fetches_reserved ON fetches(article_id, fetched) WHERE outcome = 'reserved';
