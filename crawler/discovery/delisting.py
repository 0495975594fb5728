"""Delisting: articles that a sitemap or feed listed before and no longer lists, although it still lists older ones. Pure.

They were probably taken down or moved: lists of the latest N or of the last two days drop only their oldest.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from crawler.discovery.candidate import Candidate, SourceKind
from pipelines.history.edit_rates import VANISHED
from pipelines.history.revisions import State
from pipelines.store.crawls.snapshot import KnownArticle, SiteSnapshot
from pipelines.store.rows import instant_of
from pipelines.text.urls import article_key

MOST_AT_ONCE = 20
"""If more than this many disappear from one list together, and more than the share below, the list itself is faulty."""
MOST_SHARE = 0.25
BELIEVED = 0.5


@dataclass(frozen=True, slots=True)
class SourceListing:
    """The articles in one completely read list."""

    url: str
    kind: SourceKind
    keys: frozenset[str]
    oldest: datetime | None
    """The earliest publication in the list, by its own claims or by what is known of its articles."""


def listing_of(url: str, kind: SourceKind, candidates: Iterable[Candidate], snapshot: SiteSnapshot) -> SourceListing:
    """The articles in a list, by the key of their own address."""
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
    """Keys of live articles that were removed from a list, and are in no other list that was read.

    Only one if such removals often meant nothing, to learn whether that is still so.
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
    """Keys of articles that a list contained before and that are older than everything in it now.

    They are forgotten, so that the known content of a list stays as small as the list.
    """
    read = {one.url: one for one in lists}
    named = frozenset().union(*(one.keys for one in read.values()))
    for known in snapshot.all():
        source, key = read.get(known.listed_in or ""), article_key(known.url)
        if source and key not in named and not _is_younger(known, source.oldest):
            yield key


def where_listed(lists: Iterable[SourceListing]) -> Mapping[str, str]:
    """Key -> the list that contains it; a sitemap before a feed."""
    found: dict[str, str] = {}
    for one in sorted(lists, key=lambda one: (one.kind is SourceKind.SITEMAP, one.url)):
        found |= dict.fromkeys(one.keys, one.url)
    return found


def _is_younger(known: KnownArticle, oldest: datetime | None) -> bool:
    published = known.known.date_published
    return bool(published and oldest) and instant_of(str(published)) > (oldest or instant_of(str(published)))
