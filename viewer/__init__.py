"""The ledger shown in a browser: Memento (RFC 7089), a readable page a revision, archived pages that can do no harm.

holdings.py     what is shown, read from the ledger
memento.py      request -> response: pure but for what the holdings read
replay.py       an archived page that runs nothing and asks for nothing
pages.py        our own pages, as HTML
server.py       a small server in front of it
"""
