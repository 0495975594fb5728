"""The ledger shown in a browser: pages, feeds, Memento, archived pages that can do no harm, and all tables by Datasette.

app/            several requests at once, each with its connection, in bounded time (dispatcher); who may come in, what
                every answer carries (security); the addresses (routes); our pages before another application (mount);
                Datasette and uvicorn (plugin, server, http_protocol)
pages/          a page a module: request and ledger -> answer; memento.py and replay.py: RFC 7089, archived pages that run nothing
feeds.py charts.py  Atom and JSON Feed; numbers as drawings
rendering.py templates/ static/     how pages look; labels.py filters.py: the words and the choices of pages
http.py repository.py article_view.py site_health_cache.py     requests and answers as values; what is shown, read from the ledger
"""
