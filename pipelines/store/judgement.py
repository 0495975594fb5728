"""Decides, by the present state of the ledger, to which article an item belongs and what kind of change it brings.

Called once for each item, in the transaction in which `pipelines.store.writer` writes the result.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from pipelines.article import CHANGES, Article, Fetch, Outcome
from pipelines.history.paywall import is_paywalled
from pipelines.history.revisions import Absence, Decision, Known, State, as_laid_out, decide, next_state, swapped_pictures
from pipelines.reasons import FetchReason, because, coded
from pipelines.store.database import Row, Store
from pipelines.store.resolver import CLOCK_AHEAD, Lookup, Resolution
from pipelines.store.rows import known_of, moment

_TIMES = ("last_seen", "last_checked", "stale_since", "suspected_since")


@dataclass(frozen=True, slots=True)
class Judgement:
    """The decision about an item, by the present state of the ledger; valid only in the transaction in which it was made."""

    item: Article | Fetch
    fetch: Fetch
    outcome: Outcome
    found: Row | None = None
    """The row of its article; None if the article is unknown."""
    may_archive: bool = False
    """False for a URL that led to no article, for a withdrawn article, and for a page older than the last one."""
    is_withdrawn: bool = False
    before: Article | None = None
    """The latest revision, if the item may add to the history or correct it."""
    place: Resolution | None = None
    decision: Decision | None = None
    removal: tuple[State, Absence] | None = None
    """State of the article after a fetch that found it missing."""
    is_late: bool = False
    """The ledger knows of later captures: `pipelines.store.late_captures.replay` puts this one in its place among them."""
    led: Fetch | None = None
    """The fetch; its requested URL is filled in if that URL's redirect was captured separately shortly before."""
    is_illustrated_anew: bool = False
    """Another picture has the same caption: no new revision, but the stored pictures change."""

    @property
    def article_id(self) -> int | None:
        return self.found["id"] if self.found else None


@dataclass(frozen=True, slots=True)
class Recorded:
    """What a fetch led to. `revision_id` is set if and only if it made a revision."""

    outcome: Outcome
    article_id: int | None = None
    revision_id: int | None = None


def judge(store: Store, lookup: Lookup, item: Article | Fetch, fetch: Fetch, now: datetime | None, *,
          in_order: bool = False) -> Judgement:  # fmt: skip
    """Decide about an item. `now` is the clock's time, and later than an import's captures.

    `in_order` says that all that the ledger knows is older. Raises ValueError for a fetch with neither article nor outcome.
    """
    if isinstance(item, Article):
        return _article(store, lookup, item, fetch, now, in_order=in_order)
    return _fetch(lookup, fetch, now, in_order=in_order)


def fetch_of(item: Article | Fetch) -> Fetch:
    """The fetch of an item; raises ValueError for an article that did not come through the pipelines."""
    if isinstance(item, Fetch):
        return item
    if item.fetch is None or item.content_hash is None:
        raise ValueError(f"{item.url}: an article must be normalised and carry its fetch")
    return item.fetch


def _article(store: Store, lookup: Lookup, article: Article, fetch: Fetch, now: datetime | None, *,
             in_order: bool) -> Judgement:  # fmt: skip
    if fetch.external_id and fetch.external_id not in article.url:
        fetch = replace(fetch, external_id=None)  # only a claim, by an older version or another ledger
    led_by = fetch if fetch.requested_url else lookup.led(fetch)
    place = lookup.place(article, led_by)
    place = replace(place, found=_with_clock_corrected(place.found, fetch, now))
    found = place.found
    if found and lookup.is_withdrawn(found):
        return Judgement(article, fetch, Outcome.REFUSED, found, is_withdrawn=True)
    if not in_order and lookup.is_overtaken(found, article, led_by, now):
        return Judgement(article, fetch, Outcome.STALE, found, is_late=True)
    if found is None:
        return Judgement(article, fetch, Outcome.NEW, may_archive=True, place=place, led=led_by)
    known = _known_state(store, found, article)
    before = lookup.latest(found) if article.content_hash != known.content_hash else None
    if before and known.extractor == article.extractor:
        article = as_laid_out(before, article)
    if before and is_paywalled(before, article):
        shown = _confirmation(before, fetch)
        return Judgement(shown, shown, Outcome.UNCHANGED, found, may_archive=True)
    decision = decide(known, article, fetch.fetched, before)
    adds = decision.outcome in CHANGES or decision.outcome is Outcome.REREAD
    if decision.outcome is Outcome.UNCHANGED and known.extractor == article.extractor:
        before = lookup.pictures(found, article)
        if swapped := swapped_pictures(before, article):
            pictures = swapped[0][1].url, swapped[0][0].url
            fetch = because(fetch, Outcome.UNCHANGED, coded(FetchReason.PICTURE_SWAPPED, *pictures))
            return Judgement(article, fetch, Outcome.UNCHANGED, found, may_archive=True, before=lookup.latest(found), place=place,
                             decision=decision, led=led_by, is_illustrated_anew=True)  # fmt: skip
    before = (before or lookup.latest(found)) if adds else None
    return Judgement(
        article, fetch, decision.outcome, found, may_archive=True, before=before, place=place, decision=decision, led=led_by
    )


def _fetch(lookup: Lookup, fetch: Fetch, now: datetime | None, *, in_order: bool) -> Judgement:
    outcome = fetch.outcome
    if outcome is None:
        raise ValueError(f"{fetch.url}: a fetch without an article needs an outcome")
    found = _with_clock_corrected(lookup.by_urls(fetch.requested_url, fetch.url), fetch, now)
    if fetch.outcome is Outcome.SUSPECTED and not lookup.by_urls(fetch.requested_url or fetch.url):
        outcome = Outcome.NOT_ARTICLE  # only a known article can be missing
    if found and lookup.is_withdrawn(found):
        return Judgement(fetch, fetch, Outcome.REFUSED, found, is_withdrawn=True)
    if not in_order and lookup.is_overtaken(found, fetch, fetch, now):
        return Judgement(fetch, fetch, outcome, found, is_late=True)
    if found is None:
        return Judgement(fetch, fetch, outcome)
    if outcome not in (Outcome.GONE, Outcome.SUSPECTED):
        return Judgement(fetch, fetch, outcome, found, may_archive=True)
    since = found["suspected_since"]
    absence = Absence(datetime.fromisoformat(since), found["suspected_looks"]) if since else None
    removal = next_state(State(found["state"]), absence, fetch.status, fetch.fetched)
    outcome = Outcome.GONE if removal[0] is State.GONE else Outcome.SUSPECTED
    return Judgement(fetch, fetch, outcome, found, may_archive=True, removal=removal)


def _confirmation(before: Article, fetch: Fetch) -> Fetch:
    """The fetch of a paywalled page, which shows only the beginning of the known text: it confirms that text."""
    return replace(
        because(fetch, Outcome.UNCHANGED, coded(FetchReason.PAYWALLED)),
        content_hash=before.content_hash,
        date_modified=before.date_modified.isoformat() if before.date_modified else None,
        payload=None,
    )


def _known_state(store: Store, found: Row, article: Article) -> Known:
    columns = "id, content_hash, date_modified, date_published, extractor, is_accessible_for_free"
    sql = f"SELECT {columns} FROM revisions WHERE article_id = ? ORDER BY number"  # noqa: S608 - our own columns
    *earlier, latest = store.rows(sql, (found["id"],))
    known = known_of(found, latest, earlier)
    if not any(one["content_hash"] == article.content_hash for one in earlier):
        return known
    sql = "SELECT 1 FROM fetches WHERE article_id = ? AND outcome = ? AND content_hash = ? AND fetched < ?"
    was_stale = store.value(sql, (found["id"], Outcome.STALE, article.content_hash, found["last_seen"]))
    return replace(known, is_overtaken=was_stale is not None)


def _with_clock_corrected(found: Row | None, fetch: Fetch, now: datetime | None) -> Row | None:
    """The row of an article with times from a clock that was ahead replaced: they must not keep later fetches out."""
    if found is None or now is None:
        return found
    limit = moment(now + CLOCK_AHEAD)
    from_future = [name for name in _TIMES if (found[name] or "") > limit]
    return {**found, **dict.fromkeys(from_future, moment(fetch.fetched))} if from_future else found
