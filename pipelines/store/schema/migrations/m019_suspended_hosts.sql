-- Whether the host that a crawl stopped asking was the site's own.

-- Filled here, by a function.
