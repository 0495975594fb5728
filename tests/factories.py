"""Articles, fetches and ledgers for tests, made short."""

from __future__ import annotations

import os
import tempfile
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlite_utils import Database

from pipelines.article import Article, Author, Fetch, Image
from pipelines.store.chain import START, TAKEN_OUT, digest, link_of
from pipelines.store.crawls import put_sites, start_crawl
from pipelines.store.database import Row, Store
from pipelines.store.late_captures.replay import LedgerWriter
from pipelines.text.dates import Precision, Timestamp
from pipelines.text.normalise import normalise

T0 = datetime(2025, 3, 7, 8, 0, tzinfo=UTC)
URL = "https://paper.example/news/mill-fire"
BODY = (
    "Firefighters were called to Cross Mill at 4.10am.\n\nNo one was hurt, the brigade said.\n\nThe road was shut for six hours."
)


def at(minutes: float) -> datetime:
    """So many minutes after T0."""
    return T0 + timedelta(minutes=minutes)


def stamp(minutes: float | None) -> Timestamp | None:
    """A page's stamp so many minutes after T0."""
    return None if minutes is None else Timestamp(at(minutes))


def day(text: str) -> Timestamp:
    """A stamp that is only a day."""
    return Timestamp(datetime.fromisoformat(text).replace(tzinfo=UTC), Precision.DAY, text)


def article(body: str = BODY, *, seen: float = 0, modified: float | None = 0, published: float | None = 0, url: str = URL,
            fetch: dict[str, Any] | None = None, **fields: Any) -> Article:  # fmt: skip
    """A normalised article, read `seen` minutes after T0."""
    values: dict[str, Any] = {
        "headline": "Fire at Cross Mill",
        "description": "Crews from three towns fought it until dawn.",
        "byline": "By Ann Other",
        "authors": (Author("Ann Other"),),
        "images": (Image("https://paper.example/1.jpg", None, "Smoke over the mill", "Ann Other"),),
        "extractor": "test/1",
        "date_published": stamp(published),
        "date_modified": stamp(modified),
    }
    look = Fetch(url, at(seen), status=200, **(fetch or {}))
    return normalise(Article(url=url, body=body, fetch=look, **{**values, **fields}))


def copy_new_ledgers() -> None:
    """From now on this process, and what it forks, begins each new ledger with a copy of one that the migrations made.

    They take 70 ms of CPU, and the tests make more than a thousand ledgers. A copy is there as a whole or not at all.
    """
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "news.db"
        Store(path).close()
        migrated = path.read_bytes()
    opened = Store._open

    def _open(self: Store, *, immutable: bool = False) -> Database:
        if not self.readonly and not self.path.exists():
            with suppress(OSError):  # opening the ledger will say what is wrong
                self.path.parent.mkdir(parents=True, exist_ok=True)
                with tempfile.TemporaryDirectory(dir=self.path.parent) as folder:
                    copy = Path(folder) / "news.db"
                    copy.write_bytes(migrated)
                    os.link(copy, self.path)
        return opened(self, immutable=immutable)

    Store._open = _open  # type: ignore[method-assign]


OPENED: list[Store] = []
"""Ledgers that a test opened here; closed when it ends."""


def new_store(path: Path) -> Store:
    """An empty ledger with one site."""
    store = Store(path / "news.db")
    OPENED.append(store)
    put_sites(store, [{"id": "paper", "name": "The Paper", "url": "https://paper.example/"}])
    return store


def new_ledger(store: Store, site: str = "paper") -> LedgerWriter:
    """The writing side, within a crawl of the site."""
    return LedgerWriter(store, site, start_crawl(store, site, "test", T0))


def revisions(store: Store) -> list[tuple[Any, ...]]:
    """(number, change, changed_fields) of all revisions, in order of writing."""
    rows = store.rows("SELECT number, change, changed_fields FROM revisions ORDER BY id")
    return [(row["number"], row["change"], row["changed_fields"]) for row in rows]


def make_chain_anew(store: Store) -> None:
    """The whole chain over the rows as they stand, and without those that are gone, as somebody would who knows how."""
    rows = list(store.rows("SELECT * FROM chain ORDER BY id"))
    last = {(row["subject"], row["subject_id"]): row["id"] for row in rows}
    store.execute("DELETE FROM chain")
    link, number = START, 0
    for row in rows:
        found = digest(store, row["subject"], row["subject_id"]) or row["digest"]
        if found != TAKEN_OUT and digest(store, row["subject"], row["subject_id"]) is None:
            continue
        number += 1
        found = found if last[row["subject"], row["subject_id"]] == row["id"] else row["digest"]
        link = link_of(link, row["at"], row["subject"], row["subject_id"], found, row["cause"])
        store.insert("chain", row | {"id": number, "digest": found, "link": link})
    store.execute("UPDATE sqlite_sequence SET seq = ? WHERE name = 'chain'", (number,))


def only_article(store: Store) -> Row:
    """The one article there is."""
    (row,) = store.rows("SELECT * FROM articles")
    return row
