"""What the viewer shows, read from the ledger: an article with its revisions, the latest revisions, an archived page.

Reads only. How pages are archived it does not know: it is handed a function that reads one.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from urllib.parse import unquote

from pipelines.proof.memento import TimeMap, time_map
from pipelines.queries import articles
from pipelines.store.database import Row, Store
from pipelines.store.resolver import Lookup
from pipelines.text.urls import canonicalize

_SCHEME = re.compile(r"(https?):/{1,64}", re.ASCII | re.IGNORECASE)
_ENCODED = re.compile(r"https?%3a", re.ASCII | re.IGNORECASE)


class Answered(Protocol):
    """An archived answer."""

    @property
    def headers(self) -> tuple[tuple[str, str], ...]:
        """As they came."""

    @property
    def body(self) -> bytes:
        """Unpacked and bounded."""


ReadPage = Callable[[str, int], Answered | None]
"""(file, offset) as the ledger has them -> the answer that is archived there; None where there is none."""


@dataclass(frozen=True, slots=True)
class Held:
    """An article, and whether it may be shown."""

    article: Row
    withdrawn: bool


class Holdings:
    """The ledger and its archive, for one request: one moment of it, and only so long as the store allows."""

    def __init__(self, store: Store, page: ReadPage, now: datetime, tables: str = "") -> None:
        """`now`: aware UTC. `tables`: where all tables are shown, below the viewer's own path ("/ledger"); "" for nowhere."""
        self.store = store
        self.now = now
        self.tables = tables
        self._page = page

    def find(self, url: str) -> Held | None:
        """The article that a URL is or has led to, in whatever spelling a path has left of it."""
        lookup = Lookup(self.store, "")
        plain = address(url)
        found = lookup.by_urls(plain, canonicalize(plain))
        if found is None:
            return None
        return Held(found, lookup.is_withdrawn(found))

    def time_map(self, held: Held, base: str) -> TimeMap | None:
        """The mementos of an article, as a server at `base` has them; None where there are none."""
        return time_map(held.article["url"], map(articles.facts, articles.history(self.store, held.article["id"])), base)

    def revision(self, held: Held, number: int) -> Row:
        """One revision in full, with the names of its authors; KeyError where there is none."""
        row = articles.revision_row(self.store, held.article["id"], number)
        if row is None:
            raise KeyError(number)
        return {**row, "authors": [str(author["name"]) for author in articles.authors(self.store, row["id"])]}

    def page(self, revision: Row) -> Answered | None:
        """The page that a revision was read from, where it is archived."""
        if revision["warc_file"] is None or revision["warc_offset"] is None:
            return None
        return self._page(str(revision["warc_file"]), int(revision["warc_offset"]))


def address(text: str) -> str:
    """A URL as it stands in a path: unpacked where it was encoded whole, its slashes mended, `http://` where it has no scheme."""
    plain = unquote(text) if _ENCODED.match(text) else text
    return _SCHEME.sub(r"\1://", plain, count=1) if _SCHEME.match(plain) else f"http://{plain.lstrip('/')}"
