"""Choice of times: first publication and last update, from declared and printed times."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import lru_cache

from crawler.extraction.declared.meta import names
from crawler.extraction.declared.proposals import Proposal, Proposals, Verdict, rank, spoken
from pipelines.text.dates import Precision, Timestamp, is_at_midnight
from pipelines.text.zones import LETTERS, zone_of

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
"""A printed time further from the declared one belongs to something else."""
MINUTE = timedelta(minutes=1)

_NAMED_ZONE = re.compile(
    r"(?::\d\d|T\d{4,6})(?:[.,]\d{1,9})? ?(?:GMT|UTC)?[+-]\d\d:?\d\d\b"
    r"|(?:\d|\d ?[ap]\.?m\.?) ?[(,]?(?:Z|" + "|".join(sorted(LETTERS, key=len, reverse=True)) + r")\b|^\d{9,}$"
    r"|\b(?:Eastern|Central|Mountain|Pacific)(?: Standard| Daylight)? Time\b"
    r"|\b(?:Africa|America|Asia|Atlantic|Australia|Europe|Indian|Pacific)/[A-Z]",
    re.IGNORECASE,
)
_TimeProposal = Proposal[Timestamp]


LATEST = timedelta(hours=14)
"""How long after the fetch a time may be: the clock of another zone, printed without its zone, is ahead by up to this much.
Later times are those of future events."""


def without_future(proposals: Proposals, fetched: datetime | None) -> None:
    """Drop times that are more than `LATEST` after the fetch of the page."""
    if fetched is not None:
        latest = (fetched if fetched.tzinfo else fetched.replace(tzinfo=UTC)) + LATEST
        for stamps in (proposals.published, proposals.modified):
            stamps[:] = [one for one in stamps if one.value.instant <= latest]


_EXPLICIT = ("jsonld.datePublished", "meta.", "itemprop.datepublished")
"""Sources that call a time the publication: a printed time without that word does not overrule them."""


def published_at(proposals: Proposals, timezone: str | None) -> Verdict[Timestamp | None]:
    """First publication: the declared time, or a time printed at the top that is clearly earlier.

    A printed time of another day than the declared one must be called the publication: other printed times are those of a
    hearing, a match or another story.

    `timezone` is the page's, or None if it is only guessed.
    """
    ranked = sorted(proposals.published, key=lambda one: rank(one.source, PUBLISHED))
    if not ranked:
        return Verdict(None)
    chosen, why = _zoned(ranked) if timezone is None else (ranked[0], spoken(ranked[0].source))
    day_only = _is_day(chosen.value)
    for proposal in ranked[1:]:
        other = proposal.value
        if (
            is_at_midnight(chosen.value)
            and (_is_exact_print(proposal) or _is_clock(proposal))
            and _is_later_that_day(chosen.value, other)
        ):
            why = f"{spoken(chosen.source)} has midnight for want of a time; {spoken(proposal.source)} has it"
            chosen = proposal
        elif (
            day_only
            and not _is_day(other)
            and abs(other.instant - chosen.value.instant) < timedelta(hours=36)
            and proposal.source != "url"
        ):
            why = f"{spoken(chosen.source)} has only the day; {spoken(proposal.source)} of that day has the time"
            chosen, day_only = proposal, False
        elif _is_earlier(proposal, chosen) and (
            not chosen.source.startswith(_EXPLICIT)
            or proposal.value.instant in proposals.called_published
            or (_is_exact_print(proposal) and chosen.value.instant - proposal.value.instant < timedelta(days=1))
        ):
            why = f"{spoken(proposal.source)} is earlier than {spoken(chosen.source)} by {_span(chosen.value, other)}"
            chosen = proposal
        elif _is_witness(proposal) and is_mislabelled(chosen.value, other, timezone):
            why = f"{spoken(proposal.source)} shows that {spoken(chosen.source)} is local time marked as UTC"
            chosen = proposal
    day = next((one.value for one in ranked if _is_printed_day_of(one, chosen.value)), None)
    if day is not None:
        why = f"{spoken(chosen.source)} has midnight, and a day is printed"
        return Verdict(replace(day, raw=chosen.value.raw, source=chosen.source), chosen.source, why)
    return Verdict(chosen.value, chosen.source, why)


def _is_printed_day_of(proposal: _TimeProposal, midnight: Timestamp) -> bool:
    """Whether a day without a time is printed and the declared time is midnight at the start of that day."""
    day = proposal.value
    return (
        proposal.source.startswith("printed.")
        and is_at_midnight(midnight)
        and _is_day(day)
        and midnight.raw.strip().startswith(day.day.isoformat())
    )


def _zoned(ranked: list[_TimeProposal]) -> tuple[_TimeProposal, str]:
    """The first proposal; if its zone is a guess, the proposal that shows the same minute and names its zone."""
    first = ranked[0]
    if not names_zone(first.value):
        for other in ranked[1:]:
            if names_zone(other.value) and not other.source.endswith(".body") and is_other_zone(first.value, other.value):
                return other, f"{spoken(other.source)}; {spoken(first.source)} shows the same minute without a zone"
    return first, spoken(first.source)


def names_zone(stamp: Timestamp) -> bool:
    """Whether the text of a stamp names its zone: "+01:00", "Z", "BST", an epoch."""
    return _tells_zone(stamp.raw)


@lru_cache(maxsize=1_000)  # all pairs of a page's stamps are compared
def _tells_zone(raw: str) -> bool:
    return _NAMED_ZONE.search(raw) is not None


def _is_clock(proposal: _TimeProposal) -> bool:
    """Whether a source that calls the time the publication declares a time of day."""
    return proposal.source.startswith(_EXPLICIT) and not _is_day(proposal.value) and not is_at_midnight(proposal.value)


def _is_later_that_day(midnight: Timestamp, other: Timestamp) -> bool:
    return timedelta(0) < other.instant - midnight.instant < timedelta(days=1)


def _is_day(stamp: Timestamp) -> bool:
    return stamp.precision is Precision.DAY


def _span(one: Timestamp, other: Timestamp) -> str:
    """A difference in words, in its largest unit."""
    minutes = abs(int((one.instant - other.instant).total_seconds())) // 60
    return f"{minutes // 1440} d" if minutes >= 2880 else f"{minutes // 60} h" if minutes >= 120 else f"{minutes} min"


def _is_earlier(proposal: _TimeProposal, chosen: _TimeProposal) -> bool:
    """Whether a time printed at the top is an earlier first publication than the declared one."""
    source, other, declared = proposal.source, proposal.value, chosen.value
    if not source.startswith("printed.") or source.endswith((".body", ".relative")) or chosen.source.startswith("printed"):
        return False
    if other.raw[:1] in ("—", "–", "-"):
        return False  # "— Jane Doe (@janedoe) January 1, 2026" is below a post that the page shows
    if _is_day(other) or _is_day(declared):
        return other.day < (declared.instant - timedelta(hours=14)).date() and declared.instant - other.instant < MAX_APART
    return MINUTE < declared.instant - other.instant < MAX_APART and not is_other_zone(other, declared)


def _is_exact_print(proposal: _TimeProposal) -> bool:
    """Whether a time is printed to the minute: "2 hours ago" does not compete with a declared time."""
    source = proposal.source
    return source.startswith("printed.") and not source.endswith(".relative") and not _is_day(proposal.value)


def _is_witness(proposal: _TimeProposal) -> bool:
    """Whether a printed time can prove a declared one wrong: an epoch has no zone that could be wrong, and readers notice a
    wrong minute at the top of the page."""
    source = proposal.source
    return source.startswith("printed.epoch") or (_is_exact_print(proposal) and source.endswith((".head", ".line")))


def is_other_zone(one: Timestamp, other: Timestamp) -> bool:
    """Whether two stamps differ by whole half hours, as the same minute does when it is read in two zones."""
    seconds = abs((one.instant - other.instant).total_seconds())
    return 1500 < seconds < 50_400 and min(seconds % 1800, 1800 - seconds % 1800) <= 61


def is_mislabelled(declared: Timestamp, counted: Timestamp, timezone: str | None) -> bool:
    """Whether a stamp is local time marked as UTC: `counted`, of a known zone, shows the same clock time in `timezone`."""
    if timezone is None or _is_day(declared) or _is_day(counted):
        return False
    local = counted.instant.astimezone(zone_of(timezone)).replace(tzinfo=UTC)
    return abs(declared.instant - counted.instant) > MINUTE and abs((local - declared.instant).total_seconds()) <= 61


def modified_at(proposals: Proposals, first: Timestamp | None, timezone: str | None = None) -> Verdict[Timestamp | None]:
    """Last update: the time printed as such, made exact by a declared time; otherwise the declared time.

    "Updated 5 minutes ago" is none: read at each fetch it moves over the same text, and would invent a change each time.
    A time before the first publication is not an update: CMSs declare the last edit of a draft. `timezone` is the page's, or
    None if it is only guessed; then the printed time of a publication whose instant is declared shows the error of the guess.
    """
    exact = [one for one in proposals.modified if not one.source.endswith(".relative")]
    ranked = sorted(exact, key=lambda one: rank(one.source, MODIFIED))
    shift = timedelta() if timezone is not None or first is None else _shift(proposals, first)
    known = [replace(one, value=_shifted(one, shift)) for one in ranked]
    later = [one for one in known if first is None or not _is_before(one.value, first)]
    if not later:
        why = f"{spoken(ranked[0].source)} is earlier than the publication" if ranked else "nothing was proposed"
        return Verdict(None, why=why)
    chosen = later[0] if timezone is not None else _zoned(later)[0]
    # The printed time is trusted more than the attribute behind it: "<time datetime='...11:50Z'>11:50" of a British page in
    # summer.
    shown = min(filter(_is_exact_print, later), key=lambda one: one.source.startswith("printed.time"), default=None)
    if shown is None or _is_day(chosen.value):
        return Verdict(chosen.value, chosen.source, spoken(chosen.source))
    for one in [one for one in (chosen, *later) if one is not shown]:
        if abs(one.value.instant - shown.value.instant) <= MINUTE and not _is_day(one.value):
            return Verdict(one.value, one.source, f"{spoken(one.source)}, and the printed minute agrees with it")
    if not names_zone(shown.value):
        for one in [one for one in (chosen, *later) if one is not shown]:
            if is_other_zone(one.value, shown.value) and not is_mislabelled(one.value, shown.value, timezone):
                return Verdict(one.value, one.source, f"{spoken(one.source)}; the same minute is printed for another zone")
    why = f"{spoken(shown.source)}" if shown is chosen else f"{spoken(shown.source)}; {spoken(chosen.source)} is of another event"
    return Verdict(shown.value, shown.source, why)


def _is_before(stamp: Timestamp, first: Timestamp) -> bool:
    if _is_day(stamp) or _is_day(first):
        return stamp.day < first.day - timedelta(days=1)
    return first.instant - stamp.instant > MINUTE


def _shift(proposals: Proposals, first: Timestamp) -> timedelta:
    """How far printed times are off: the difference to the declared first publication, if that names its zone."""
    if first.source.startswith("printed") or not names_zone(first):
        return timedelta()
    for one in proposals.published:
        if _is_exact_print(one) and not names_zone(one.value) and is_other_zone(one.value, first):
            seconds = (first.instant - one.value.instant).total_seconds()
            return timedelta(minutes=30 * round(seconds / 1800))
    return timedelta()


def _shifted(proposal: _TimeProposal, shift: timedelta) -> Timestamp:
    stamp = proposal.value
    if not shift or not _is_exact_print(proposal) or names_zone(stamp):
        return stamp
    return replace(stamp, instant=_bounded(stamp.instant, shift))


def _bounded(instant: datetime, shift: timedelta) -> datetime:
    try:
        return instant + shift
    except OverflowError:
        return instant
