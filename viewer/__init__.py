"""The viewer: a ledger in a browser, as pages, feeds, Memento and harmless archived pages, with all tables in Datasette.

app/            the dispatcher answers requests in bounded time, each with a connection; security: allowed hosts and headers;
                routes: the addresses; mount: our pages in front of another application; plugin, server, http_protocol:
                Datasette and uvicorn
pages/          one module a page: request and ledger -> response; memento.py and replay.py: RFC 7089 and archived pages that
                run nothing
feeds.py charts.py  Atom and JSON Feed; numbers as drawings
rendering.py templates/ static/     how pages look; labels.py filters.py: the words and the query parameters of pages
http.py repository.py article_view.py site_health_cache.py     requests and responses as values; what pages read of the ledger
"""
