-- An old crawl may go only where no state refers to it: without the index each one that goes reads all states.

CREATE INDEX states_by_crawl ON states(crawl_id);
