"""Revisit policy: when an article, or a URL that led to none, is fetched again, and which of the due ones come first. Pure.

A source's declared change causes an immediate fetch, if it is trusted (`claim_is_due`). All other fetches of live
articles look for undeclared edits: each is made when such an edit has become likely enough by the site's edit
rates, within limits that grow with the time since the last change. Fetches beyond the hour's limit are postponed, the least
likely first.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from math import ceil

from pipelines.article import Outcome
from pipelines.history.edit_rates import CLAIMS, EditRateModel, Traits
from pipelines.history.revisions import State

UNKNOWN, ORDINARY = EditRateModel(), Traits()
_HOUR = timedelta(hours=1)
_DAY = timedelta(days=1)

PRICES = {"thrifty": 0.0035, "balanced": 0.0012, "thorough": 0.0004}
"""Undeclared edits, lost by further waiting, that are worth a fetch of a full page. Higher: fewer requests, and silent edits
are seen later or never."""
DEFAULT_RECHECK = "balanced"
NOT_MODIFIED_COST = 0.15
"""Cost of a fetch, relative to a full page, at a host whose 304s are trusted: a tenth, and the few unconditional ones."""
LEAST_STEP = 20 * _HOUR / 60
MONTH, WEEKLY = 30 * _DAY, 7 * _DAY
"""Within its first month unchanged an article is fetched at least once a week: some are taken down silently."""
RARELY = 30 * _DAY

SUSPECTED_STEPS = (_HOUR, 8 * _HOUR, 16 * _HOUR)
"""Fetches of a missing article, by how long it has been missing: three of them cover the 24 h that `gone` takes."""
STALE_STEP = timedelta(minutes=20)
ERROR_STEP = _HOUR
DEAD_END_STEPS = {
    Outcome.NOT_ARTICLE: (_DAY, 7 * _DAY, 30 * _DAY),
    Outcome.GONE: (_DAY, 7 * _DAY, 30 * _DAY),
    Outcome.ROBOTS: (_DAY, 7 * _DAY),
    Outcome.REFUSED: (_DAY, 7 * _DAY, 30 * _DAY),
    Outcome.RESERVED: (_DAY, 7 * _DAY, 30 * _DAY),
    Outcome.ERROR: (_HOUR, 6 * _HOUR, _DAY, 7 * _DAY),
}

RETRIED_FOR = timedelta(days=45)
"""A URL without an answer is fetched again, even if no source lists it any more, until this long after its last fetch: its
steps take sixteen days. Longer: every crawl reads the failures of a longer time."""

BELIEVED = 0.5
"""Minimum precision of a site's claims to be trusted at once. Higher: vague sites are seen later; lower: fetches in vain."""
DOUBTED_SHARE = 0.75
"""A claim that is not trusted waits for this part of the step to the next fetch."""

OLDEST_SHARE = 20
"""One in this many of the hour's rechecks goes to the articles that have waited longest, whatever their rates: none is
forgotten."""
LONGEST_SAVED = 24 * _HOUR

LAST = datetime.max.replace(tzinfo=UTC, microsecond=0)
"""The last second of the calendar: a stored time may come from a wrong clock, or from a stranger."""


@dataclass(frozen=True, slots=True)
class Due:
    """An article that is due."""

    key: str
    due: datetime
    last_fetched: datetime
    changed: datetime
    """When it last changed."""
    traits: Traits = ORDINARY
    urgent: bool = False
    """Suspected to be gone, or answering with an old copy: such a fetch decides something."""


def next_check(outcome: Outcome, state: State, since: datetime, now: datetime, traits: Traits = ORDINARY,
               edit_rates: EditRateModel = UNKNOWN, *, price: float = PRICES[DEFAULT_RECHECK]) -> datetime | None:  # fmt: skip
    """When to fetch again, after a fetch with this outcome; None: never by itself.

    `since` is when the article last changed or, if it is missing, since when it is; `price` is the cost of a fetch, in
    undeclared edits (`price_of`).
    """
    if state is State.MOVED:
        return None
    if state is State.GONE:
        return _later(now, 7 * _DAY if now - since < RARELY else RARELY)
    if state is State.SUSPECTED:
        missing_for = now - since
        return _later(now, next((step for step in SUSPECTED_STEPS if missing_for < step), SUSPECTED_STEPS[0]))
    if outcome is Outcome.STALE:
        return _later(now, STALE_STEP)
    step = audit_step(now - since, traits, edit_rates, price)
    if outcome in (Outcome.ERROR, Outcome.REFUSED, Outcome.NOT_ARTICLE):
        step = max(step, ERROR_STEP)
    if outcome is Outcome.RESERVED:
        step = max(step, DEAD_END_STEPS[outcome][0])
    return _later(now, step)


def audit_step(age: timedelta, traits: Traits, edit_rates: EditRateModel, price: float = PRICES[DEFAULT_RECHECK]) -> timedelta:
    """From a fetch of an article unchanged for `age` to the next, without a source's claim."""
    age = max(age, timedelta())
    most = WEEKLY if age < MONTH else RARELY
    hours = edit_rates.worth(age, traits).hours_until(price, LEAST_STEP / _HOUR, most / _HOUR)
    return timedelta(seconds=round(hours * 3600))


def price_of(recheck: str, *, cheap: bool) -> float:
    """The cost of a fetch by the site's setting; `cheap` if most are answered by a trusted 304."""
    return PRICES[recheck] * (NOT_MODIFIED_COST if cheap else 1)


def claim_is_due(last_fetched: datetime, due: datetime | None, now: datetime, edit_rates: EditRateModel) -> bool:
    """Whether an article is fetched now because a source claims that it has changed."""
    if edit_rates.precision(CLAIMS) >= BELIEVED or due is None:
        return True
    return now >= last_fetched + DOUBTED_SHARE * (due - last_fetched)


def allowance(per_hour: float, spent: int, since_last: timedelta | None) -> int:
    """How many rechecks of known articles a crawl may still make.

    `spent` are those within the last `window(since_last)`, where `since_last` is the time since the previous crawl.
    """
    return max(ceil(per_hour * (window(since_last) / _HOUR)) - spent, 0)


def window(since_last: timedelta | None) -> timedelta:
    """The period whose rechecks count: an hour, or since the last crawl if that is longer, up to a day."""
    return min(max(since_last or _HOUR, _HOUR), LONGEST_SAVED)


def in_order(due: Iterable[Due], allowed: int, now: datetime, edit_rates: EditRateModel) -> list[Due]:
    """The due articles that are fetched within the limit, in order.

    Fetches that decide something come first, whatever the limit; then those most likely to find an undeclared edit; one in
    twenty goes to an article that has waited longest.
    """
    waiting = list(due)
    urgent = sorted((one for one in waiting if one.urgent), key=lambda one: one.due)
    audits = [one for one in waiting if not one.urgent]
    room = max(allowed - len(urgent), 0)
    if len(audits) <= room:
        return [*urgent, *sorted(audits, key=lambda one: one.due)]
    oldest = sorted(audits, key=lambda one: one.due)[: ceil(room / OLDEST_SHARE)]
    kept = {one.key for one in oldest}
    best = sorted((one for one in audits if one.key not in kept), key=lambda one: (-gain(one, now, edit_rates), one.due))
    return [*urgent, *best[: room - len(oldest)], *oldest]


def gain(due: Due, now: datetime, edit_rates: EditRateModel) -> float:
    """The worth of a fetch now, in undeclared edits that further waiting loses."""
    hours = (now - due.last_fetched) / _HOUR
    return edit_rates.worth(due.last_fetched - due.changed, due.traits).after(hours) if hours > 0 else 0.0


def dead_end_due(outcome: Outcome, attempts: int, last: datetime, now: datetime) -> bool:
    """Whether a URL that led to no article the last time (of `attempts`) is worth another fetch."""
    return now >= dead_end_next(outcome, attempts, last)


def dead_end_next(outcome: Outcome, attempts: int, last: datetime) -> datetime:
    """When a URL that led to no article the last time (of `attempts`) is worth another fetch."""
    steps = DEAD_END_STEPS.get(outcome, (_HOUR, _DAY, 7 * _DAY))
    return _later(last, steps[min(attempts, len(steps)) - 1])


def _later(instant: datetime, step: timedelta) -> datetime:
    """An instant one step later, at most the calendar's last one."""
    return instant + step if instant <= LAST - step else LAST
