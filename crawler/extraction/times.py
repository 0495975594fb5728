"""The judge of times: first publication and last update, from what machines are told and what is printed."""

from __future__ import annotations

from datetime import UTC, timedelta

from crawler.extraction.meta import names
from crawler.extraction.proposals import Proposal, Proposals, rank
from pipelines.dates import Precision, Timestamp
from pipelines.zones import zone_of

PUBLISHED = names(
    """
    family jsonld.datePublished meta.article:published_time itemprop.datepublished meta.itemprop:datepublished
    meta.datepublished meta.parsely-pub-date meta.cxenseparse:publishtime meta.cxenseparse:recs:publishtime
    meta.sailthru.date meta.dc.date.issued meta.dcterms.created meta.pubdate meta.publish-date printed.epoch.head
    printed.time.head printed.text.head meta.* jsonld.* printed.line itemprop.* printed.epoch.body printed.time.body
    printed.text.body url
    """
)
MODIFIED = names(
    """
    family jsonld.dateModified meta.article:modified_time itemprop.datemodified meta.itemprop:datemodified
    meta.og:updated_time meta.* printed.epoch.head printed.time.head printed.text.head printed.line printed.time.body
    printed.text.body
    """
)
"""Sources of each, the most trusted first."""
MAX_APART = timedelta(days=40)
"""A printed time further from the structured one is of something else."""


def published_at(proposals: Proposals, timezone: str | None) -> Timestamp | None:
    """First publication: the earlier of what machines are told and what is printed on top, where they differ in earnest.

    `timezone` is the page's, or None where it is only guessed.
    """
    ranked = sorted(proposals.published, key=lambda one: rank(one.source, PUBLISHED))
    if not ranked:
        return None
    chosen = ranked[0].value
    day_only = chosen.precision is Precision.DAY
    for proposal in ranked[1:]:
        other = proposal.value
        if (
            day_only
            and other.precision is not Precision.DAY
            and abs(other.instant - chosen.instant) < timedelta(hours=36)
            and proposal.source != "url"
        ):
            # A bare day is made exact by any time of that day.
            chosen, day_only = other, False
        elif _is_earlier(other, chosen, proposal.source) or (
            proposal.source.startswith("printed.epoch") and is_mislabelled(chosen, other, timezone)
        ):
            chosen = other
    return chosen


def _is_earlier(other: Timestamp, chosen: Timestamp, source: str) -> bool:
    """Whether a time printed on top is a first publication that machines were not told."""
    if not source.startswith("printed.") or source.endswith((".body", ".relative")) or chosen.source.startswith("printed"):
        return False
    if Precision.DAY in (other.precision, chosen.precision):
        return other.day < (chosen.instant - timedelta(hours=14)).date() and chosen.instant - other.instant < MAX_APART
    return timedelta(minutes=1) < chosen.instant - other.instant < MAX_APART and not is_other_zone(other, chosen)


def _is_exact_print(proposal: Proposal[Timestamp]) -> bool:
    """Whether a reader sees this time to the minute: "2 hours ago" is no rival to what machines are told."""
    source = proposal.source
    return source.startswith("printed.") and not source.endswith(".relative") and proposal.value.precision is not Precision.DAY


def is_other_zone(one: Timestamp, other: Timestamp) -> bool:
    """Whether two stamps show the same minute of different zones: they differ by whole half hours."""
    seconds = abs((one.instant - other.instant).total_seconds())
    return 1500 < seconds < 50_400 and min(seconds % 1800, 1800 - seconds % 1800) <= 61


def is_mislabelled(told: Timestamp, counted: Timestamp, timezone: str | None) -> bool:
    """Whether a stamp is local time marked Z: an epoch value, which has no zone to get wrong, shows the same wall clock here."""
    if timezone is None:
        return False
    local = counted.instant.astimezone(zone_of(timezone)).replace(tzinfo=UTC)
    return told.instant != counted.instant and abs((local - told.instant).total_seconds()) <= 61


def modified_at(proposals: Proposals, first: Timestamp | None) -> Timestamp | None:
    """Last update: what is printed as such, made exact by what machines are told; else what they are told."""
    ranked = sorted(proposals.modified, key=lambda one: rank(one.source, MODIFIED))
    if not ranked:
        return None
    chosen = ranked[0].value
    shown = next((one.value for one in ranked if _is_exact_print(one)), None)
    if (
        shown is None
        or chosen.precision is Precision.DAY
        or abs(shown.instant - chosen.instant) <= timedelta(minutes=1)
        or is_other_zone(shown, chosen)
    ):
        return chosen
    told = [one.value for one in ranked if one.value is not shown]
    return next(
        (one for one in told if abs(one.instant - shown.instant) <= timedelta(minutes=1) or is_other_zone(one, shown)), shown
    )
