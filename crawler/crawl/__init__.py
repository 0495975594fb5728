"""One crawl: its session with the store, the process that runs it, the client of a remote writer, and refusals in responses."""
