"""Delisting: articles that a sitemap or feed named before and names no more, though it still names older ones. Pure.

They were probably taken down or moved: lists that hold the latest N or the last two days drop their oldest only.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from crawler.discovery.candidate import Candidate, SourceKind
from pipelines.history.edit_rates import VANISHED
from pipelines.history.revisions import State
from pipelines.store.rows import instant_of
from pipelines.store.snapshot import KnownArticle, SiteSnapshot
from pipelines.text.urls import article_key

MOST_AT_ONCE = 20
"""More than so many gone from one list at once, and more than the share below, is the list's own fault."""
MOST_SHARE = 0.25
BELIEVED = 0.5


@dataclass(frozen=True, slots=True)
class SourceListing:
    """What one list named when it was read whole."""

    url: str
    kind: SourceKind
    keys: frozenset[str]
    oldest: datetime | None
    """The earliest publication it tells of, or that we know of what it names."""


def listing_of(url: str, kind: SourceKind, candidates: Iterable[Candidate], snapshot: SiteSnapshot) -> SourceListing:
    """What a list names; articles by the key of their own address."""
    keys, published = set(), []
    for candidate in candidates:
        known = snapshot.find(candidate.url)
        keys.add(article_key(known.url if known else candidate.url))
        if known and known.known.date_published:
            published.append(instant_of(known.known.date_published))
        elif candidate.claimed_published:
            published.append(candidate.claimed_published.instant)
    return SourceListing(url, kind, frozenset(keys), min(published, default=None))


def find_delisted(lists: Iterable[SourceListing], snapshot: SiteSnapshot) -> tuple[str, ...]:
    """Keys of the live articles that were taken out of a list, and are in no other that was read.

    One only where that was often found to mean nothing, to learn whether it still does.
    """
    read = {one.url: one for one in lists}
    named = frozenset().union(*(one.keys for one in read.values()))
    removed: dict[str, list[str]] = {}
    before: dict[str, int] = {}
    for known in snapshot.all():
        source = read.get(known.listed_in or "")
        if source is None or known.known.state is not State.LIVE:
            continue
        before[source.url] = before.get(source.url, 0) + 1
        key = article_key(known.url)
        if key not in named and _is_younger(known, source.oldest):
            removed.setdefault(source.url, []).append(key)
    enough = {url for url, keys in removed.items() if len(keys) <= max(MOST_AT_ONCE, MOST_SHARE * before[url])}
    found = tuple(key for url in removed if url in enough for key in removed[url])
    return found if snapshot.edit_rates.precision(VANISHED) >= BELIEVED else found[:1]


def fallen_out(lists: Iterable[SourceListing], snapshot: SiteSnapshot) -> Iterator[str]:
    """Keys of the articles that a list named before and that are older than all that it names now: it lists them no more.

    So what a list is known to name stays as small as the list.
    """
    read = {one.url: one for one in lists}
    named = frozenset().union(*(one.keys for one in read.values()))
    for known in snapshot.all():
        source, key = read.get(known.listed_in or ""), article_key(known.url)
        if source and key not in named and not _is_younger(known, source.oldest):
            yield key


def where_listed(lists: Iterable[SourceListing]) -> Mapping[str, str]:
    """Key -> the list that names it; a sitemap before a feed."""
    found: dict[str, str] = {}
    for one in sorted(lists, key=lambda one: (one.kind is SourceKind.SITEMAP, one.url)):
        found |= dict.fromkeys(one.keys, one.url)
    return found


def _is_younger(known: KnownArticle, oldest: datetime | None) -> bool:
    published = known.known.date_published
    return bool(published and oldest) and instant_of(str(published)) > (oldest or instant_of(str(published)))
