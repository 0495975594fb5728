"""The news day: every event in time order, and the moments at which a crawl sees each of them apart from the next.

Pure data and one pure function of the paper's clock.
"""

from __future__ import annotations

from datetime import datetime
from functools import cache
from itertools import chain

from crawler.demo.stories import stories
from crawler.demo.story import DAY, ZONE, Event, PageState, at

__all__ = ["CRAWL_TIMES", "DAY", "ZONE", "at", "events", "state_at", "stories"]


@cache
def events() -> tuple[Event, ...]:
    """What happens to all stories, in time order."""
    return tuple(sorted(chain.from_iterable(story.events for story in stories()), key=lambda event: (event.at, event.story)))


CRAWL_TIMES: tuple[datetime, ...] = (
    *(at(f"{minutes // 60:02}:{minutes % 60:02}") for minutes in range(6 * 60, 24 * 60, 70)),
    at("08:00", 1),
    at("16:00", 1),
    at("23:00", 1),
)
"""Every 70 minutes from 06:00 to 23:30, and three times on the Saturday, when a 404 of Friday morning is certain.

70 minutes: longer than the hour after which an old copy is believed, and than the gap between two looks at an article
of the day.
"""


def state_at(now: datetime) -> dict[str, PageState]:
    """What each story's page says at a moment (aware), by story key; stories not yet published are not there."""
    return {event.story: event.page for event in events() if event.at <= now}
