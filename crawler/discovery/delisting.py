"""Articles that a sitemap or feed named before and names no more, though it still names older ones: probably taken down or moved.

Lists that hold the latest N or the last two days drop their oldest, so what goes from the middle was taken out. Pure.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
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


def listed(url: str, kind: SourceKind, candidates: Iterable[Candidate], past: SiteSnapshot) -> SourceListing:
    """What a list names; articles by the key of their own address."""
    keys, published = set(), []
    for candidate in candidates:
        known = past.find(candidate.url)
        keys.add(article_key(known.url if known else candidate.url))
        if known and known.known.date_published:
            published.append(instant_of(known.known.date_published))
        elif candidate.claimed_published:
            published.append(candidate.claimed_published.instant)
    return SourceListing(url, kind, frozenset(keys), min(published, default=None))


def vanished(lists: Iterable[SourceListing], past: SiteSnapshot) -> tuple[str, ...]:
    """Keys of the live articles that were taken out of a list, and are in no other that was read.

    One only where that was often found to mean nothing, to learn whether it still does.
    """
    read = {one.url: one for one in lists}
    named = frozenset().union(*(one.keys for one in read.values()))
    taken: dict[str, list[str]] = {}
    before: dict[str, int] = {}
    for known in past.all():
        source = read.get(known.listed_in or "")
        if source is None or known.known.state is not State.LIVE:
            continue
        before[source.url] = before.get(source.url, 0) + 1
        key = article_key(known.url)
        if key not in named and _is_younger(known, source.oldest):
            taken.setdefault(source.url, []).append(key)
    enough = {url for url, keys in taken.items() if len(keys) <= max(MOST_AT_ONCE, MOST_SHARE * before[url])}
    found = tuple(key for url in taken if url in enough for key in taken[url])
    return found if past.edit_rates.precision(VANISHED) >= BELIEVED else found[:1]


def where_listed(lists: Iterable[SourceListing]) -> Mapping[str, str]:
    """Key -> the list that names it; a sitemap before a feed."""
    found: dict[str, str] = {}
    for one in sorted(lists, key=lambda one: (one.kind is SourceKind.SITEMAP, one.url)):
        found |= dict.fromkeys(one.keys, one.url)
    return found


def _is_younger(known: KnownArticle, oldest: datetime | None) -> bool:
    published = known.known.date_published
    return bool(published and oldest) and instant_of(str(published)) > (oldest or instant_of(str(published)))
