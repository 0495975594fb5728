"""Address book: URLs of articles, aliases that lead to them, and their changes of state. Writes in the caller's transaction."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from pipelines.article import Article, Fetch, Outcome
from pipelines.history.revisions import State
from pipelines.store.chain import Subject
from pipelines.store.database import Row, Store
from pipelines.store.resolver import Lookup, Resolution
from pipelines.store.rows import moment
from pipelines.text.urls import article_key

Touch = Callable[[Subject, int], None]
"""Called with each row of the record that was written."""


class AddressBook:
    """The addresses and states of one site's articles."""

    def __init__(self, store: Store, lookup: Lookup, crawl_id: int | None, touch: Touch) -> None:
        self._store = store
        self._lookup = lookup
        self._crawl_id = crawl_id
        self._touch = touch

    def set_address(self, resolution: Resolution, article: Article, fetch: Fetch, outcome: Outcome) -> Outcome:
        """Set the URL at which an article was found, and store all aliases. A new URL with an unchanged text gives `moved`."""
        found, url = resolution.found, resolution.url
        if found is None:
            raise ValueError("only an article that was found has an address to set")
        holder = self._lookup.by_address(url)
        moved = holder is None
        if url != found["url"] and (holder is None or holder["id"] == found["id"]):
            otherwise = "redirect" if fetch.requested_url == found["url"] else "canonical"
            self.forget(url)
            self._store.update("articles", found["id"], {"url": url, "url_key": article_key(url)})
            self._touch(Subject.ARTICLE, found["id"])
            self.remember(found["id"], url, ((found["url"], _alias_reason(found["url"], fetch, otherwise)),), fetch)
            found["url"] = url
        if fetch.external_id and not found["external_id"] and not self._lookup.by_external_id(fetch.external_id):
            self._store.update("articles", found["id"], {"external_id": fetch.external_id})
            self._touch(Subject.ARTICLE, found["id"])
        self.remember(found["id"], found["url"], aliases_of(article, fetch), fetch)
        self.mark_moved(found["id"], fetch)
        return Outcome.MOVED if moved and outcome is Outcome.UNCHANGED else outcome

    def send_back(self, displaced: Row, fetch: Fetch) -> None:
        """Return an article, which a canonical link had filed under another page's URL, to the URL at which it was read again.
        An id that came with the link (older versions took it) is removed. Older captures of the article are late from now on."""
        origin, own_id = self._lookup.origin(displaced), displaced["external_id"]
        if origin:
            self.forget(origin)
            is_own = own_id and own_id in origin
            changes = {"url": origin, "url_key": article_key(origin), "external_id": own_id if is_own else None,
                       "last_checked": max(displaced["last_checked"], moment(fetch.fetched))}  # fmt: skip
            self._store.update("articles", displaced["id"], changes)
            self._touch(Subject.ARTICLE, displaced["id"])

    def mark_moved(self, article_id: int, fetch: Fetch) -> None:
        """Mark the article whose URL was requested as moved, because that URL now redirects to another article."""
        other = self._lookup.by_address(fetch.requested_url) if fetch.requested_url else None
        if other and other["id"] != article_id and other["state"] != State.MOVED:
            self.set_state(other, State.MOVED, fetch, f"redirects to {fetch.url}")
            changes = {"moved_to": article_id, "next_check": None, "last_checked": moment(fetch.fetched)}
            self._store.update("articles", other["id"], changes)
            self._touch(Subject.ARTICLE, other["id"])

    def remember(self, article_id: int, url: str, aliases: Iterable[tuple[str, str]], fetch: Fetch) -> None:
        """Store the (url, reason) pairs as aliases of an article, except its own URL and those of other articles."""
        for alias, reason in aliases:
            if alias != url and not self._store.value("SELECT 1 FROM articles WHERE url = ?", (alias,)):
                row = {"url": alias, "article_id": article_id, "reason": reason, "first_seen": moment(fetch.fetched)}
                self._store.insert("aliases", {**row, "url_key": article_key(alias)}, on_conflict="IGNORE")
                self._touch(Subject.ARTICLE, article_id)

    def set_state(self, found: Row, state: State, fetch: Fetch, reason: str | None) -> None:
        """Set the state of an article; a change of state is a row of `states`. Only a moved article points to another one."""
        if state == found["state"]:
            return
        gone_on = {} if state is State.MOVED else {"moved_to": None}
        self._store.update("articles", found["id"], {"state": state, **gone_on})
        self.note_state(found["id"], state, fetch, reason)

    def note_state(self, article_id: int, state: State, fetch: Fetch, reason: str | None) -> None:
        """Write the row of `states` for an article that has this state."""
        row = {"article_id": article_id, "at": moment(fetch.fetched), "state": state, "status": fetch.status}
        state_id = self._store.insert("states", {**row, "reason": reason, "crawl_id": self._crawl_id})
        self._touch(Subject.STATE, state_id)
        self._touch(Subject.ARTICLE, article_id)

    def forget(self, alias: str) -> None:
        """Delete an alias, because its URL is now an article's own."""
        for row in list(self._store.rows("SELECT article_id FROM aliases WHERE url = ?", (alias,))):
            self._touch(Subject.ARTICLE, row["article_id"])
        self._store.execute("DELETE FROM aliases WHERE url = ?", (alias,))


def put_fetch(store: Store, row: Row) -> int:
    """Insert the row of a fetch, and return its id. If it led to no article, its URL can be found by its key from now on."""
    if row.get("article_id") is None:
        put_dead_end(store, row["url"])
    return store.insert("fetches", row)


def put_dead_end(store: Store, url: str) -> None:
    """Make a URL that led to no article findable by its key."""
    store.insert("dead_ends", {"url": url, "url_key": article_key(url)}, on_conflict="IGNORE")


def aliases_of(article: Article, fetch: Fetch) -> list[tuple[str, str]]:
    """All URLs that led to an article in one fetch, each with its reason."""
    found = list(fetch.aliases)
    if fetch.requested_url:
        found.append((fetch.requested_url, _alias_reason(fetch.requested_url, fetch, "redirect")))
    return [*found, (article.url, "canonical")]


def _alias_reason(url: str, fetch: Fetch, otherwise: str) -> str:
    """Why a former URL leads to an article: `slug` if it contains the owner's id (only the slug changed), or `otherwise`."""
    return "slug" if fetch.external_id and fetch.external_id in url else otherwise
