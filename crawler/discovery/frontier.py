"""Which URLs a crawl asks for, in which order, and why not the others. Pure: candidates and the past in, a choice out.

Asked for is what is named by a person, what a source says has changed, what is new, and what is due for another look.
A claim of change is asked in full, where the site's claims mostly come true; a look that is only due goes with the stored
validators, as far as the host's 304s are trusted, and within the allowance of the hour.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import islice

from crawler.catalogue.site import Site
from crawler.discovery.candidate import Candidate, SourceKind
from pipelines.article import Outcome
from pipelines.history.revisions import State
from pipelines.history.revisit import Due, claim_is_due, dead_end_due, in_order
from pipelines.reasons import Skipped, skipped_after
from pipelines.store.crawls import Source
from pipelines.store.rows import instant_of, moment
from pipelines.store.snapshot import KnownArticle, LastAttempt, SiteSnapshot
from pipelines.text.dates import Timestamp
from pipelines.text.urls import amp_to_article, article_key, canonicalize

CLAIM_MARGIN = timedelta(seconds=90)
"""A sitemap's lastmod this little after the page's own stamp tells of the same edit."""

MAX_RETRIES = 5
"""So often is a URL asked for again that never answered and that no source names any more."""

AUDIT_INTERVAL = timedelta(hours=1)
"""Sections and feeds that named nothing the sitemaps did not are asked this often only. More often costs requests; more
seldom finds an article late when a sitemap stands still."""


class RecheckMode(StrEnum):
    """Which known articles a crawl looks at again."""

    DUE = "due"
    ALL = "all"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class PlannedRequest:
    """One URL to ask for, and why."""

    url: str
    why: str
    """"named", "changed", "vanished", "new", "due", "failed before"."""
    past: KnownArticle | None = None
    claimed_modified: Timestamp | None = None
    conditional: bool = False
    aliases: tuple[tuple[str, str], ...] = ()
    """(url, reason) pairs that are known to lead to the same page."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What to ask for, in order; how many candidates were passed over, by reason."""

    asks: tuple[PlannedRequest, ...] = ()
    skipped: Mapping[Skipped, int] = field(default_factory=dict)
    fresh: frozenset[str] = frozenset()
    """Keys of the candidates that the past did not know."""


@dataclass(slots=True)
class _Sorted:
    """Candidates, by what becomes of them; keys are those of `article_key`."""

    amp: dict[str, tuple[tuple[str, str], ...]]
    first: dict[str, PlannedRequest] = field(default_factory=dict)
    """Named by a person, or said to have changed."""
    fresh: dict[str, Candidate] = field(default_factory=dict)
    doubted: dict[str, Timestamp | None] = field(default_factory=dict)
    """Claims of a change that are not believed for now."""
    skipped: Counter[Skipped] = field(default_factory=Counter)


def choose(
    candidates: Iterable[Candidate],
    past: SiteSnapshot,
    site: Site,
    now: datetime,
    *,
    recheck: RecheckMode = RecheckMode.DUE,
    named: Iterable[str] = (),
    elsewhere: frozenset[str] = frozenset(),
    limit: int = 2_000,
    vanished: Iterable[str] = (),
    allowed: int | None = None,
) -> Plan:
    """Choose at most `limit` URLs. `named` come whatever is known; `elsewhere` are URLs that another site's article has;
    `vanished` are keys of articles that a source has taken out.

    `allowed` are the looks at known articles that the hour leaves; claims of change come first, and are asked for in any case.
    """
    sorted_out = _Sorted(amp={})
    for url in named:
        address = canonicalize(url) or url
        known = past.find(address, site.external_id(address))
        if known and known.withdrawn:
            sorted_out.skipped[Skipped.WITHDRAWN] += 1
        else:
            sorted_out.first[article_key(address)] = PlannedRequest(address, "named", known)
    _sort(sorted_out, candidates, past, site, now, elsewhere)
    if recheck is not RecheckMode.NONE:
        gone = {key: past.articles[key] for key in vanished if key in past.articles and not past.articles[key].withdrawn}
        sorted_out.first |= {
            key: PlannedRequest(one.url, "vanished", one) for key, one in gone.items() if key not in sorted_out.first
        }
    first, fresh, skipped = sorted_out.first, sorted_out.fresh, sorted_out.skipped
    again = _again(sorted_out, past, now, recheck, allowed)
    room = max(limit - len(first) - min(len(again), limit // 4), 0)
    newest = sorted(fresh.items(), key=lambda item: _newest_first(item[1]))
    new = [PlannedRequest(one.url, "new", None, one.claimed_modified, aliases=sorted_out.amp.get(key, ())) for key, one in newest]
    if len(new) > room:
        skipped[Skipped.CRAWL_LIMIT] = len(new) - room
    # Rechecks before new ones: an article that has moved is met at its old address, which redirects, before its new one.
    again_room = max(limit - len(first) - len(new[:room]), 0)
    asks = (*first.values(), *islice(again.values(), again_room), *new[:room])
    return Plan(asks[:limit], dict(skipped), frozenset(fresh))


def worth_asking(source: Source | None, others: Iterable[Source], now: datetime) -> bool:
    """Whether a feed or section page is asked in this crawl.

    It is, unless the site's sitemaps carry `lastmod` and named all that this source named when it was last read, less than
    AUDIT_INTERVAL ago.
    """
    if source is None or source.contributed or source.status not in (200, 304):
        return True
    covered = any(other.kind == "sitemap" and other.dated for other in others)
    return not covered or now - source.fetched >= AUDIT_INTERVAL


def _sort(out: _Sorted, candidates: Iterable[Candidate], past: SiteSnapshot, site: Site, now: datetime,
          elsewhere: frozenset[str]) -> None:  # fmt: skip
    merged, out.amp = _merged(candidates)
    for key, candidate in merged.items():
        known = past.find(candidate.url, site.external_id(candidate.url))
        reason = _passed_over(candidate, known, past, site, now, elsewhere)
        if reason:
            out.skipped[reason] += 1
            if reason is Skipped.UNRELIABLE_CLAIM and known:
                out.doubted[article_key(known.url)] = candidate.claimed_modified
        elif known:
            ask = PlannedRequest(known.url, "changed", known, candidate.claimed_modified, aliases=out.amp.get(key, ()))
            out.first.setdefault(key, ask)
        elif key not in out.first:
            out.fresh[key] = candidate


def _again(
    out: _Sorted, past: SiteSnapshot, now: datetime, recheck: RecheckMode, allowed: int | None
) -> dict[str, PlannedRequest]:
    """What is asked for though no source wants it: audits within the allowance, then what gave no answer before."""
    asked = [article_key(ask.past.url) for ask in out.first.values() if ask.past]
    taken = {*out.first, *asked, *out.fresh}
    audits = {key: found for key, found in _audits(past, now, recheck).items() if key not in taken}
    room = len(audits) if allowed is None else max(allowed - len(asked), 0)
    order = in_order((due for due, _ in audits.values()), room, now, past.edit_rates)
    if len(order) < len(audits):
        out.skipped[Skipped.RECHECK_BUDGET] = len(audits) - len(order)
    again = {one.key: _audit(one.key, audits[one.key][1], past, now, out.doubted.get(one.key)) for one in order}
    return again | {key: ask for key, ask in _retries(past, now, recheck).items() if key not in taken}


def _merged(candidates: Iterable[Candidate]) -> tuple[dict[str, Candidate], dict[str, tuple[tuple[str, str], ...]]]:
    """One candidate a page: what several sources claim of it, the latest of each; and the AMP twins of those named plainly.

    An AMP page tells the same story in another template, and may be read otherwise: it is asked for only where nothing else is
    known.
    """
    merged: dict[str, Candidate] = {}
    amp: dict[str, tuple[tuple[str, str], ...]] = {}
    for candidate in candidates:
        key = article_key(candidate.url)
        other = merged.get(key)
        if other and other.url != candidate.url:
            if amp_to_article(other.url):
                other, candidate = candidate, other
            if amp_to_article(candidate.url) and not amp_to_article(other.url):
                amp[key] = ((candidate.url, "amp"),)
        merged[key] = candidate if other is None else replace(
            other,
            claimed_modified=_later(other.claimed_modified, candidate.claimed_modified),
            claimed_published=_later(other.claimed_published, candidate.claimed_published),
        )  # fmt: skip
    return merged, amp


def _passed_over(candidate: Candidate, known: KnownArticle | None, past: SiteSnapshot, site: Site, now: datetime,
                 elsewhere: frozenset[str]) -> Skipped | None:  # fmt: skip
    """Why a candidate is not asked for, or None where it is."""
    if known and known.withdrawn:
        return Skipped.WITHDRAWN
    if known and known.reserved and not _due_again(known.reserved, now):
        return Skipped.RESERVED
    if known and not _claims_change(known, candidate):
        return Skipped.NOT_CHANGED
    if known:
        due = instant_of(known.next_check) if known.next_check else None
        return None if claim_is_due(known.looked or now, due, now, past.edit_rates) else Skipped.UNRELIABLE_CLAIM
    if not site.same_site(candidate.url):
        return Skipped.OTHER_SITE
    # A feed names articles only; sitemaps and sections name all sorts.
    if candidate.source is not SourceKind.FEED and site.looks_like_article(candidate.url) is False:
        return Skipped.NOT_ARTICLE_URL
    if candidate.url in elsewhere:
        return Skipped.OTHER_SITES_ARTICLE
    look = past.dead_ends.get(article_key(candidate.url))
    if look and not _due_again(look, now):
        return skipped_after(look.outcome)
    return None


def _due_again(look: LastAttempt, now: datetime) -> bool:
    return dead_end_due(look.outcome, look.looks, look.fetched, now)


def _claims_change(known: KnownArticle, candidate: Candidate) -> bool:
    """Whether a source says that an article is newer than what the ledger has.

    Against what sources said when it was last fetched, where they said something: many stamp otherwise than their pages do.
    """
    claim = candidate.claimed_modified
    if claim is None or known.known.state is State.MOVED:
        return False
    if known.claimed_modified:
        return _is_later(claim, known.claimed_modified, timedelta())
    stamp = known.known.date_modified or known.known.date_published
    return stamp is None or _is_later(claim, stamp, CLAIM_MARGIN)


def _is_later(claim: Timestamp, stored: str, margin: timedelta) -> bool:
    told = claim.isoformat()
    if len(told) == 10 or len(stored) == 10:
        return told[:10] > stored[:10]
    return claim.instant > instant_of(stored) + margin


def _later(one: Timestamp | None, other: Timestamp | None) -> Timestamp | None:
    if one is None or other is None:
        return one or other
    return max(one, other, key=lambda stamp: stamp.instant)


def _newest_first(candidate: Candidate) -> tuple[int, float]:
    """What a feed or section shows without a date is news; then by date; a sitemap's undated rest last."""
    stamp = candidate.claimed_modified or candidate.claimed_published
    if stamp:
        return (1, -stamp.instant.timestamp())
    return (2 if candidate.source is SourceKind.SITEMAP else 0, 0.0)


def _audits(past: SiteSnapshot, now: datetime, recheck: RecheckMode) -> dict[str, tuple[Due, KnownArticle]]:
    """Known articles to look at again though no source asks for it, by key."""
    found: dict[str, tuple[Due, KnownArticle]] = {}
    known_ones = {RecheckMode.DUE: past.due(now), RecheckMode.ALL: past.all(), RecheckMode.NONE: []}[recheck]
    for known in known_ones:
        if known.withdrawn:
            continue
        if known.known.state is not State.MOVED and (known.reserved is None or _due_again(known.reserved, now)):
            due = instant_of(known.next_check) if known.next_check else now
            looked = known.looked or due
            urgent = known.known.state is State.SUSPECTED or known.known.stale_hash is not None
            key = article_key(known.url)
            found[key] = Due(key, due, looked, known.changed or looked, known.edits, urgent), known
    return found


def _audit(key: str, known: KnownArticle, past: SiteSnapshot, now: datetime, claimed: Timestamp | None) -> PlannedRequest:
    """A look in full where the host has no trust for this one; else with the validators that the URL itself sent."""
    looked = moment(known.looked) if known.looked else ""
    conditional = known.validators_url == known.url and not past.trust_in(known.url).wants_all(key, looked, now)
    return PlannedRequest(known.url, "due", known, claimed, conditional)


def _retries(past: SiteSnapshot, now: datetime, recheck: RecheckMode) -> dict[str, PlannedRequest]:
    """URLs that gave no answer: a source is read only when it changes, so these would else never be asked for again."""
    if recheck is RecheckMode.NONE:
        return {}
    worn = ((key, look) for key, look in past.dead_ends.items() if look.outcome is Outcome.ERROR and look.looks <= MAX_RETRIES)
    return {key: PlannedRequest(look.url, "failed before") for key, look in worn if _due_again(look, now)}
