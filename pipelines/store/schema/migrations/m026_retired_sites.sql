-- Since when a site is history: it is crawled and judged no more.

ALTER TABLE sites ADD COLUMN retired TEXT;
