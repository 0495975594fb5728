"""When an article, or a URL that led to none, is looked at again: a plain ladder by age since the last change. Pure.

Most edits come early (about four fifths within a day of publication), so looks are close at first and grow apart.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from pipelines.article import Outcome
from pipelines.revisions import State

_HOUR = timedelta(hours=1)
_DAY = timedelta(days=1)

LADDER: tuple[tuple[timedelta, timedelta], ...] = (
    (3 * _HOUR, _HOUR / 2),
    (6 * _HOUR, _HOUR),
    (_DAY, 3 * _HOUR),
    (3 * _DAY, 12 * _HOUR),
    (7 * _DAY, _DAY),
    (30 * _DAY, 3 * _DAY),
    (90 * _DAY, 14 * _DAY),
)
"""(age since the last change, below which the next look comes after this long). Shorter steps see more silent edits and cost
requests; the sum of this ladder is 36 looks in an unchanged article's first three months."""

RARELY = timedelta(days=30)
SUSPECTED_STEPS = (_HOUR, 8 * _HOUR, 16 * _HOUR)
"""Looks at a missing article, by how long it has been missing: three of them reach past the 24 h that `gone` takes."""
STALE_STEP = timedelta(minutes=20)
TROUBLE_STEP = _HOUR
DEAD_END_STEPS = {
    Outcome.NOT_ARTICLE: (_DAY, 7 * _DAY, 30 * _DAY),
    Outcome.GONE: (_DAY, 7 * _DAY, 30 * _DAY),
    Outcome.ROBOTS: (_DAY, 7 * _DAY),
    Outcome.REFUSED: (_DAY, 7 * _DAY, 30 * _DAY),
    Outcome.RESERVED: (_DAY, 7 * _DAY, 30 * _DAY),
    Outcome.ERROR: (_HOUR, 6 * _HOUR, _DAY, 7 * _DAY),
}


def next_check(outcome: Outcome, state: State, since: datetime, now: datetime) -> datetime | None:
    """When to look again, after a look with this outcome; None: never by the ladder.

    `since` is when the article changed last, or, while it is missing, since when it is.
    """
    if state is State.MOVED:
        return None
    if state is State.GONE:
        return now + (7 * _DAY if now - since < RARELY else RARELY)
    if state is State.SUSPECTED:
        missing_for = now - since
        return now + next((step for step in SUSPECTED_STEPS if missing_for < step), SUSPECTED_STEPS[0])
    if outcome is Outcome.STALE:
        return now + STALE_STEP
    step = _step(now - since)
    if outcome in (Outcome.ERROR, Outcome.REFUSED, Outcome.NOT_ARTICLE):
        step = max(step, TROUBLE_STEP)
    if outcome is Outcome.RESERVED:
        step = max(step, DEAD_END_STEPS[outcome][0])
    return now + step


def dead_end_due(outcome: Outcome, looks: int, last: datetime, now: datetime) -> bool:
    """Whether a URL that led to no article the last time (of `looks`) is worth another look."""
    return now >= dead_end_next(outcome, looks, last)


def dead_end_next(outcome: Outcome, looks: int, last: datetime) -> datetime:
    """From when on a URL that led to no article the last time (of `looks`) is worth another look."""
    steps = DEAD_END_STEPS.get(outcome, (_HOUR, _DAY, 7 * _DAY))
    return last + steps[min(looks, len(steps)) - 1]


def _step(age: timedelta) -> timedelta:
    return next((step for below, step in LADDER if age < below), RARELY)
