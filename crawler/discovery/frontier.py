"""The frontier: which URLs a crawl fetches, in which order, and why not the others. Pure: candidates and snapshot in, plan
out.

Fetched are URLs that a person named, articles that a source declares changed, new ones, and those due for a recheck. A
declared change is fetched unconditionally, if the site's claims are mostly true; a recheck sends the stored validators, if the
host's 304s are trusted, and stays within the hour's limit.
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
from pipelines.history.edit_rates import Traits
from pipelines.history.revisions import State
from pipelines.history.revisit import RETRIED_FOR, Due, claim_is_due, dead_end_due, in_order
from pipelines.reasons import Skipped, skipped_after
from pipelines.store.crawls import Source
from pipelines.store.crawls.snapshot import KnownArticle, LastAttempt, SiteSnapshot, SnapshotQuestion
from pipelines.store.rows import instant_of, moment, optional_instant
from pipelines.text.dates import Timestamp
from pipelines.text.urls import amp_to_article, article_key, canonicalize

CLAIM_MARGIN = timedelta(seconds=90)
"""A sitemap's lastmod this little after the page's own stamp means the same edit."""

MAX_RETRIES = 5
"""How often a URL without an answer is fetched again when no source lists it any more."""

AUDIT_INTERVAL = timedelta(hours=1)
"""Sections and feeds that listed nothing beyond the sitemaps are fetched only this often. Shorter costs requests; longer
finds an article late if a sitemap stops changing."""


class RecheckMode(StrEnum):
    """Which known articles a crawl fetches again."""

    DUE = "due"
    ALL = "all"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class PlannedRequest:
    """One URL to fetch, and why."""

    url: str
    why: str
    """"named", "changed", "vanished", "new", "due", "failed before"."""
    known: KnownArticle | None = None
    claimed_modified: Timestamp | None = None
    conditional: bool = False
    aliases: tuple[tuple[str, str], ...] = ()
    """(url, reason) pairs that are known to lead to the same page."""


@dataclass(frozen=True, slots=True)
class Plan:
    """The requests in order; number of skipped candidates, by reason."""

    requests: tuple[PlannedRequest, ...] = ()
    skipped: Mapping[Skipped, int] = field(default_factory=dict)
    fresh: frozenset[str] = frozenset()
    """Keys of candidates that are not in the snapshot."""


@dataclass(slots=True)
class _Sorted:
    """Candidates by what is done with them; keys are those of `article_key`."""

    amp: dict[str, tuple[tuple[str, str], ...]]
    first: dict[str, PlannedRequest] = field(default_factory=dict)
    """Named by a person, or declared changed."""
    fresh: dict[str, Candidate] = field(default_factory=dict)
    doubted: dict[str, Timestamp | None] = field(default_factory=dict)
    """Declared changes that are not trusted for now."""
    skipped: Counter[Skipped] = field(default_factory=Counter)


def question_of(
    candidates: Iterable[Candidate],
    site: Site,
    now: datetime,
    *,
    recheck: RecheckMode = RecheckMode.DUE,
    named: Iterable[str] = (),
    lists: Iterable[str] = (),
) -> SnapshotQuestion:
    """The question to the store before planning a site's requests; `lists` are the URLs of completely read ones."""
    urls = {candidate.url for candidate in candidates} | {canonicalize(url) or url for url in named}
    keys = {article_key(url) for url in urls}
    ids = {found for url in urls if (found := site.external_id(url))}
    until = None if recheck is RecheckMode.NONE else now
    everything = recheck is RecheckMode.ALL
    return SnapshotQuestion(tuple(sorted(keys)), tuple(sorted(ids)), tuple(sorted(lists)), until, everything)


def plan_requests(
    candidates: Iterable[Candidate],
    snapshot: SiteSnapshot,
    site: Site,
    now: datetime,
    *,
    recheck: RecheckMode = RecheckMode.DUE,
    named: Iterable[str] = (),
    limit: int = 2_000,
    delisted: Iterable[str] = (),
    allowed: int | None = None,
) -> Plan:
    """Plan at most `limit` requests. `named` URLs are always included; `delisted` are keys of delisted articles.

    The snapshot must have answered `question_of` these candidates.

    `allowed` is the number of rechecks left for the hour; declared changes come first, and are always fetched.
    """
    sorted_out = _Sorted(amp={})
    for url in named:
        address = canonicalize(url) or url
        known = snapshot.find(address, site.external_id(address))
        if known and known.withdrawn:
            sorted_out.skipped[Skipped.WITHDRAWN] += 1
        else:
            sorted_out.first[article_key(address)] = PlannedRequest(address, "named", known)
    _sort(sorted_out, candidates, snapshot, site, now)
    if recheck is not RecheckMode.NONE:
        for key in delisted:
            article = snapshot.articles.get(key)
            if article and not article.withdrawn and key not in sorted_out.first:
                sorted_out.first[key] = PlannedRequest(article.url, "vanished", article)
    first, fresh, skipped = sorted_out.first, sorted_out.fresh, sorted_out.skipped
    rechecks = _rechecks(sorted_out, snapshot, now, recheck, allowed)
    room = max(limit - len(first) - min(len(rechecks), limit // 4), 0)
    newest = sorted(fresh.items(), key=lambda item: _newest_first(item[1]))
    new = [PlannedRequest(one.url, "new", None, one.claimed_modified, aliases=sorted_out.amp.get(key, ())) for key, one in newest]
    if len(new) > room:
        skipped[Skipped.CRAWL_LIMIT] = len(new) - room
    # Rechecks before new ones: a moved article is fetched at its old address, which redirects, before its new one.
    recheck_room = max(limit - len(first) - len(new[:room]), 0)
    requests = (*first.values(), *islice(rechecks.values(), recheck_room), *new[:room])
    return Plan(requests[:limit], dict(skipped), frozenset(fresh))


def is_source_due(source: Source | None, others: Iterable[Source], now: datetime) -> bool:
    """Whether a feed or section page is fetched in this crawl.

    It is, unless the site's sitemaps have `lastmod` and listed everything that this source listed when it was last read, less
    than AUDIT_INTERVAL ago.
    """
    if source is None or source.contributed or source.problem or source.status not in (200, 304):
        return True
    covered = any(other.kind == "sitemap" and other.dated for other in others)
    return not covered or now - source.fetched >= AUDIT_INTERVAL


def are_mostly_new(candidates: Iterable[Candidate], snapshot: SiteSnapshot, site: Site, now: datetime) -> bool:
    """Whether more than half of a list would be fetched for the first time, so that its next page is likely to name more.

    The snapshot must have answered `question_of` these candidates.
    """
    fresh = [
        snapshot.find(one.url, site.external_id(one.url)) is None and _skip_reason(one, None, snapshot, site, now) is None
        for one in candidates
    ]
    return 2 * sum(fresh) > len(fresh)


def _sort(out: _Sorted, candidates: Iterable[Candidate], snapshot: SiteSnapshot, site: Site, now: datetime) -> None:
    merged, out.amp = _merged(candidates)
    for key, candidate in merged.items():
        known = snapshot.find(candidate.url, site.external_id(candidate.url))
        if known and known.is_claimed and not known.withdrawn and key == article_key(known.url):
            known = None  # whoever claimed this address, the page itself was never read
        reason = _skip_reason(candidate, known, snapshot, site, now)
        if reason:
            out.skipped[reason] += 1
            if reason is Skipped.UNRELIABLE_CLAIM and known:
                out.doubted[article_key(known.url)] = candidate.claimed_modified
        elif known:
            planned = PlannedRequest(known.url, "changed", known, candidate.claimed_modified, aliases=out.amp.get(key, ()))
            out.first.setdefault(key, planned)
        elif key not in out.first:
            out.fresh[key] = candidate


def _rechecks(
    out: _Sorted, snapshot: SiteSnapshot, now: datetime, recheck: RecheckMode, allowed: int | None
) -> dict[str, PlannedRequest]:
    """Requests that no source causes: rechecks within the limit, then URLs that gave no answer before."""
    requested = [article_key(planned.known.url) for planned in out.first.values() if planned.known]
    planned_keys = {*out.first, *requested, *out.fresh}
    audits = {key: found for key, found in _audits(snapshot, now, recheck).items() if key not in planned_keys}
    room = len(audits) if allowed is None else max(allowed - len(requested), 0)
    order = in_order((due for due, _ in audits.values()), room, now, snapshot.edit_rates)
    if len(order) < len(audits):
        out.skipped[Skipped.RECHECK_BUDGET] = len(audits) - len(order)
    rechecks = {one.key: _audit(one.key, audits[one.key][1], snapshot, now, out.doubted.get(one.key)) for one in order}
    return rechecks | {key: planned for key, planned in _retries(snapshot, now, recheck).items() if key not in planned_keys}


def _merged(candidates: Iterable[Candidate]) -> tuple[dict[str, Candidate], dict[str, tuple[tuple[str, str], ...]]]:
    """One candidate a page, with the latest of each claim by several sources; and the AMP versions of pages listed plainly.

    An AMP page has the same text in another template, and may be read differently: it is fetched only if nothing else is
    known.
    """
    merged: dict[str, Candidate] = {}
    amp: dict[str, tuple[tuple[str, str], ...]] = {}
    for candidate in candidates:
        key = candidate.key
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


def _skip_reason(
    candidate: Candidate, known: KnownArticle | None, snapshot: SiteSnapshot, site: Site, now: datetime
) -> Skipped | None:
    if known and known.withdrawn:
        return Skipped.WITHDRAWN
    if known and known.reserved and not _due_again(known.reserved, now):
        return Skipped.RESERVED
    if known and not _claims_change(known, candidate):
        return Skipped.NOT_CHANGED
    if known:
        due = optional_instant(known.next_check)
        return None if claim_is_due(known.looked or now, due, now, snapshot.edit_rates) else Skipped.UNRELIABLE_CLAIM
    if not site.same_site(candidate.url):
        return Skipped.OTHER_SITE
    # A feed lists only articles; sitemaps and sections list all kinds of pages.
    if candidate.source is not SourceKind.FEED and site.looks_like_article(candidate.url) is False:
        return Skipped.NOT_ARTICLE_URL
    if candidate.key in snapshot.elsewhere:
        return Skipped.OTHER_SITES_ARTICLE
    attempt = snapshot.dead_ends.get(candidate.key)
    if attempt and not _due_again(attempt, now):
        return skipped_after(attempt.outcome)
    return None


def _due_again(attempt: LastAttempt, now: datetime) -> bool:
    return dead_end_due(attempt.outcome, attempt.looks, attempt.fetched, now)


def _claims_change(known: KnownArticle, candidate: Candidate) -> bool:
    """Whether a source declares an article newer than in the ledger.

    Compared with the sources' claims at its last fetch, if there were any: many sources have other stamps than their pages.
    """
    claim = candidate.claimed_modified
    if claim is None or known.known.state is State.MOVED:
        return False
    if known.claimed_modified:
        return _is_later(claim, known.claimed_modified, timedelta())
    stamp = known.known.date_modified or known.known.date_published
    return stamp is None or _is_later(claim, stamp, CLAIM_MARGIN)


def _is_later(claim: Timestamp, stored: str, margin: timedelta) -> bool:
    claimed = claim.isoformat()
    if len(claimed) == 10 or len(stored) == 10:
        return claimed[:10] > stored[:10]
    return claim.instant > instant_of(stored) + margin


def _later(one: Timestamp | None, other: Timestamp | None) -> Timestamp | None:
    if one is None or other is None:
        return one or other
    return max(one, other, key=lambda stamp: stamp.instant)


def _newest_first(candidate: Candidate) -> tuple[int, float]:
    """Undated candidates of a feed or section are news; then by date; undated ones of a sitemap last."""
    stamp = candidate.claimed_modified or candidate.claimed_published
    if stamp:
        return (1, -stamp.instant.timestamp())
    return (2 if candidate.source is SourceKind.SITEMAP else 0, 0.0)


def _audits(snapshot: SiteSnapshot, now: datetime, recheck: RecheckMode) -> dict[str, tuple[Due, KnownArticle]]:
    """Known articles to fetch again without a source's claim, by key."""
    found: dict[str, tuple[Due, KnownArticle]] = {}
    articles = {RecheckMode.DUE: snapshot.due(now), RecheckMode.ALL: snapshot.all(), RecheckMode.NONE: []}[recheck]
    for known in articles:
        if known.withdrawn:
            continue
        if known.known.state is not State.MOVED and (known.reserved is None or _due_again(known.reserved, now)):
            due = instant_of(known.next_check) if known.next_check else now
            last_fetched = known.looked or due
            urgent = known.known.state is State.SUSPECTED or known.known.stale_hash is not None
            key = article_key(known.url)
            traits = Traits(known.edits, known.kind, known.section, known.changed_after)
            found[key] = Due(key, due, last_fetched, known.changed or last_fetched, traits, urgent), known
    return found


def _audit(key: str, known: KnownArticle, snapshot: SiteSnapshot, now: datetime, claimed: Timestamp | None) -> PlannedRequest:
    """Unconditional if the host's 304s are not trusted for this one; otherwise with the validators of this URL."""
    last_fetched = moment(known.looked) if known.looked else ""
    conditional = known.validators_url == known.url and not snapshot.trust_in(known.url).wants_all(key, last_fetched, now)
    return PlannedRequest(known.url, "due", known, claimed, conditional)


def _retries(snapshot: SiteSnapshot, now: datetime, recheck: RecheckMode) -> dict[str, PlannedRequest]:
    """URLs that gave no answer: a source is only read when it changes, so they would otherwise never be fetched again."""
    if recheck is RecheckMode.NONE:
        return {}
    attempts = snapshot.dead_ends.items()
    failed = (
        (key, one)
        for key, one in attempts
        if one.outcome is Outcome.ERROR and one.looks <= MAX_RETRIES and now - one.fetched <= RETRIED_FOR
    )
    return {key: PlannedRequest(attempt.url, "failed before") for key, attempt in failed if _due_again(attempt, now)}
