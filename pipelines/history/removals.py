"""When an article that does not answer is gone: live -> suspected -> gone, and back. Pure; every step becomes a row.

410 says so itself. A 404, or a redirect to a section front, is often a passing fault of the site, so it takes three looks over
at least a day.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from pipelines.history.revisions import State

LOOKS_TO_BE_SURE = 3
TIME_TO_BE_SURE = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Absence:
    """How long an article has been missing: since when (aware), and in how many looks."""

    since: datetime
    looks: int


def missing(state: State, absence: Absence | None, status: int | None, now: datetime) -> tuple[State, Absence]:
    """The state after one more look (HTTP `status`, or None where a redirect led to no article) found nothing."""
    absence = Absence(absence.since, absence.looks + 1) if absence else Absence(now, 1)
    sure = status == 410 or (absence.looks >= LOOKS_TO_BE_SURE and now - absence.since >= TIME_TO_BE_SURE)
    return (State.GONE if sure or state is State.GONE else State.SUSPECTED), absence
