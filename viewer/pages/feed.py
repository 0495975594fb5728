"""`/feed.atom` and `/feed.json`: changes of all sites, of some sites, of an article, or of a saved search; bounded, with
validators.

/feed.atom?site=demo-gazette&silent=1     the parameters are those of the first page and of the search (viewer.filters)
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial

from pipelines.article import Article
from pipelines.diff import differences
from pipelines.proof.memento import http_date, parse_http_date
from pipelines.queries import changes
from pipelines.queries import search as searching
from pipelines.queries.articles import first_link, revision
from pipelines.queries.results import Change, Hits, row_of
from pipelines.store.database import Store
from pipelines.store.rows import instant_of
from viewer.feeds import ATOM_TYPE, JSON_TYPE, Entry, Feed, atom, entry, identity, json_feed, newest, path_of
from viewer.filters import Wanted, wanted
from viewer.http import COMMON, LOCKED, Headers, Request, Response
from viewer.pages.home import summary
from viewer.repository import Repository

MAX_ENTRIES = 60
MAX_HITS = 200
"""Hits of a search that are read together. If there are more, and they come by rank, only the latest months are searched."""
FORM = 1
"""Version of the entries' form. Raise it when entries are written in another way: otherwise readers get 304 for the old form."""


def respond(request: Request, repository: Repository, base: str) -> Response:
    """The requested feed; 304 if the reader has it already. `base`: address of the viewer, without a final slash."""
    asked = wanted(request.query_string)
    rows = _changes(asked, repository)
    shown = rows[:MAX_ENTRIES]
    texts = [_text(repository.store, change) for change in shown]
    updated = newest(shown, repository.now)
    tag = _tag(request.target, base, rows, texts)
    headers: Headers = (("ETag", tag), ("Last-Modified", http_date(instant_of(updated))), ("Cache-Control", "no-cache"), *COMMON)
    if _is_current(request, tag, instant_of(updated)):
        return Response(304, headers, b"")
    older = shown[-1].cursor if len(rows) > MAX_ENTRIES else None
    made = _feed(asked, repository.store, _entries(shown, texts, repository.store, base), updated, base, request.path, older)
    is_atom = request.path.endswith(".atom")
    ours = (("Content-Type", ATOM_TYPE if is_atom else JSON_TYPE), ("Content-Security-Policy", LOCKED))
    return Response(200, (*headers, *ours), atom(made) if is_atom else json_feed(made))


def _changes(asked: Wanted, repository: Repository) -> list[Change]:
    """The changes, newest first; one more than fits if there are more."""
    if asked.words:
        return _changes_found(asked, repository.store)
    if asked.url:
        asked = replace(asked, article_id=repository.article(asked.url).article_id)
    return changes.latest(repository.store, asked, limit=MAX_ENTRIES + 1, before=asked.before)


def _changes_found(asked: Wanted, store: Store) -> list[Change]:
    """The hits of a saved search, newest first whatever their rank."""
    sites = changes.sites_of(store, asked)
    if sites == []:
        return []
    moment, _, last = (asked.before or "").partition("~")
    until = min(filter(None, (moment, asked.until)), default=None)
    found = _newest(store, asked, tuple(sites or ()), until)
    keys = sorted(((hit.first_seen, hit.revision_id) for hit in found.hits), reverse=True)
    ids = [row_id for at, row_id in keys if not moment or (at, row_id) < (moment, int(last))]
    return changes.of_revisions(store, ids[: MAX_ENTRIES + 1])


def _newest(store: Store, asked: Wanted, sites: tuple[str, ...], until: str | None) -> Hits:
    """Hits that include all of the newest ones."""
    search = partial(searching.search, store, asked.words or "", sites=sites, changes=asked.changes, until=until)
    found = search(since=asked.since, limit=MAX_HITS)
    if found.ranked != "best" or found.total <= MAX_HITS:
        return found
    since, met = asked.since, 0
    for month, _, number in found.facets["month"]:
        since, met = max(f"{month}-01", asked.since or ""), met + number
        if met > MAX_HITS:
            break
    return search(since=since, limit=met)


def _text(store: Store, change: Change) -> Article:
    text = revision(store, change.article_id, change.url, change.number)
    if text is None:
        raise KeyError(change.revision_id)
    return text


def _entries(found: Sequence[Change], texts: Sequence[Article], store: Store, base: str) -> tuple[Entry, ...]:
    mark, made = _mark(store), []
    for change, text in zip(found, texts, strict=True):
        before = revision(store, change.article_id, change.url, change.number - 1) if change.number > 1 else None
        differing = differences(before, text) if before else ()
        begins = text.description or text.body
        names = tuple(author.name for author in text.authors)
        made.append(entry(change, differing, begins, base, mark, authors=names, language=text.language))
    return tuple(made)


def _feed(asked: Wanted, store: Store, entries: tuple[Entry, ...], updated: str, base: str, path: str, older: str | None) -> Feed:
    query, plain = asked.query(), asked.query(before=None)
    if asked.url:
        page, title = f"/history/{path_of(asked.url)}", asked.url
    else:
        parts = [f"search for {asked.words}"] if asked.words else []
        page, title = "/search" if asked.words else "/", ", ".join(filter(None, [*parts, summary(asked, changes.filters(store))]))
        page += f"?{plain}" if plain else ""
    return Feed(
        id=identity(_mark(store), f"feed {plain}"),
        title=f"Newsledger: {title or 'all changes'}",
        updated=updated,
        here=f"{base}{path}" + (f"?{query}" if query else ""),
        page=base + page,
        older=f"{base}{path}?{asked.query(before=older)}" if older else None,
        entries=entries,
    )


def _mark(store: Store) -> str:
    """The ledger's permanent identity: the first seal of its chain."""
    return first_link(store) or "unsealed"


def _tag(target: str, base: str, found: Sequence[Change], texts: Sequence[Article]) -> str:
    """The entity tag, from everything that the document is made of; much faster than making the document."""
    read = [(text.content_hash, text.extractor) for text in texts]
    identity = json.dumps([FORM, target, base, [row_of(change) for change in found], read], sort_keys=True)
    return f'"{hashlib.sha256(identity.encode("utf-8", "replace")).hexdigest()[:32]}"'


def _is_current(request: Request, tag: str, updated: datetime) -> bool:
    """Whether the reader's copy is current (RFC 9110, 13.2.2): by its entity tag, or without one by its time."""
    known = request.headers.get("if-none-match")
    if known is not None:
        return known.strip() == "*" or tag in (one.strip().removeprefix("W/") for one in known[:4_000].split(","))
    since = parse_http_date(request.headers.get("if-modified-since", ""))
    return since is not None and updated <= since
