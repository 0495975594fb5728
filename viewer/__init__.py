"""The ledger shown in a browser: pages, feeds, Memento, archived pages that can do no harm, and all tables by Datasette.

routes.py       the one list of our addresses: a request -> its page
pages/          a page a module: request and ledger -> answer
rendering.py templates/ static/ assets.py     how pages look; charts.py svg.py words.py filters.py     what they are made of
feeds.py entries.py     Atom and JSON Feed
memento.py replay.py    RFC 7089; an archived page that runs nothing and asks for nothing
answering.py holdings.py     requests and answers as values; what is shown, read from the ledger
desk.py         several requests at once, each with a connection, in bounded time
door.py policies.py     who may come in, and what every answer carries
mounting.py     our pages in front of another application
plugin.py serving.py wire.py     Datasette and uvicorn, met here alone
"""
