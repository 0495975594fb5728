"""Repository: what the viewer's pages read from a ledger: an article with its revisions, its time map, an archived page.

Read-only. It does not know how pages are archived: it is given a function that reads one.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from urllib.parse import unquote

from pipelines.article import Article
from pipelines.proof.memento import TimeMap, time_map
from pipelines.queries import articles
from pipelines.queries.activity import site_of
from pipelines.queries.results import ArticleRecord, Revision
from pipelines.store.database import Store
from pipelines.store.pages import NOT_THERE, ArchivedPage, page_of_revision
from pipelines.text.urls import MAX_URL, canonicalize

_SCHEME = re.compile(r"(https?):/{1,64}", re.ASCII | re.IGNORECASE)
_ENCODED = re.compile(r"https?%3a", re.ASCII | re.IGNORECASE)


class Answered(Protocol):
    """An archived response."""

    @property
    def headers(self) -> tuple[tuple[str, str], ...]:
        """As received."""

    @property
    def body(self) -> bytes:
        """Decompressed, of limited length."""


ReadPage = Callable[[ArchivedPage], Answered | str]
"""The ledger's entry of an archived page -> the archived response, or the reason why there is none."""

RevisionText = tuple[Revision, Article]
"""A revision and its text."""


@dataclass(frozen=True, slots=True)
class FoundArticle:
    """An article, and whether it was withdrawn."""

    article: ArticleRecord
    withdrawn: bool


class NotHeldError(LookupError):
    """The ledger does not have an article, or no longer has it."""

    def __init__(self, status: int, why: str, *headers: tuple[str, str]) -> None:
        super().__init__(why)
        self.status = status
        self.headers = headers


class Repository:
    """The ledger and its archive, for one request: at one moment, within the store's time limit."""

    def __init__(self, store: Store, page: ReadPage, now: datetime, tables: str = "") -> None:
        """`now`: aware UTC. `tables`: path of all tables below the viewer's own path ("/ledger"); "" if there are none."""
        self.store = store
        self.now = now
        self.tables = tables
        self._zones: dict[str, str | None] = {}
        self._page = page

    def zone(self, site_id: str) -> str | None:
        """The name of a site's time zone; None if there is no such site, or its zone is not known."""
        if site_id not in self._zones:
            self._zones[site_id] = site_of(self.store, site_id).timezone if site_id else None
        return self._zones[site_id]

    def find(self, url: str) -> FoundArticle | None:
        """The article that a URL is or has led to, in any spelling that a path may give it."""
        plain = address(url)
        found = articles.find_article(self.store, plain, canonicalize(plain))
        return FoundArticle(found, bool(articles.withdrawn_among(self.store, [found.article_id]))) if found else None

    def article(self, url: str) -> ArticleRecord:
        """The article at a URL, in any spelling; raises NotHeldError if there is none, or if it was withdrawn."""
        if len(url) > MAX_URL * 3:  # each character may be encoded
            raise NotHeldError(414, "This URL is longer than any that the ledger keeps.")
        held = self.find(url) if url else None
        if held is None:
            raise NotHeldError(404, "The ledger has no article at this URL.")
        if held.withdrawn:
            raise NotHeldError(451, "This article was withdrawn.", ("X-Archive-Reason", "withdrawn"))
        return held.article

    def time_map(self, article: ArticleRecord, base: str) -> TimeMap | None:
        """The mementos of an article, with addresses of a server at `base`; None if there are none."""
        return time_map(article.url, map(articles.facts, articles.history(self.store, article.article_id)), base)

    def revision(self, article: ArticleRecord, number: int) -> RevisionText | None:
        entry = articles.history_entry(self.store, article.article_id, number)
        text = articles.revision(self.store, article.article_id, article.url, number)
        return (entry, text) if entry and text else None

    def page(self, revision: Revision) -> Answered | str:
        """The page that a revision was read from, or the reason why it is not archived."""
        page = page_of_revision(self.store, revision.revision_id)
        return self._page(page) if page else NOT_THERE


def address(text: str) -> str:
    """A URL in a path, repaired: decoded if it was encoded as a whole, both slashes after the scheme, `http://` if it has no
    scheme."""
    plain = unquote(text) if _ENCODED.match(text) else text
    return _SCHEME.sub(r"\1://", plain, count=1) if _SCHEME.match(plain) else f"http://{plain.lstrip('/')}"
