-- Lines that a site's template shows at times: they make no edit in a later crawl either.

CREATE TABLE boilerplate_lines (
    site_id TEXT NOT NULL REFERENCES sites(id), line TEXT NOT NULL, crawl_id INTEGER REFERENCES crawls(id), learned TEXT NOT NULL,
    PRIMARY KEY (site_id, line)
) WITHOUT ROWID;
