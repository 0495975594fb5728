-- Between when and when a site is paused, and its next planned start: what a schedule that runs is told, and tells.

ALTER TABLE sites ADD COLUMN paused TEXT;
ALTER TABLE sites ADD COLUMN paused_until TEXT;
ALTER TABLE sites ADD COLUMN next_crawl TEXT;
