"""The news day: every event in time order, and the moments at which a crawl sees each of them apart from the next.

Pure data and one pure function of the paper's clock.
"""

from __future__ import annotations

from datetime import datetime
from itertools import chain

from crawler.demo.stories import breaking, council, features, town
from crawler.demo.story import DAY, ZONE, Event, PageState, Story, at

__all__ = ["CRAWL_TIMES", "DAY", "EVENTS", "STORIES", "ZONE", "at", "state_at"]

STORIES: tuple[Story, ...] = (*breaking.STORIES, *council.STORIES, *town.STORIES, *features.STORIES)

EVENTS: tuple[Event, ...] = tuple(
    sorted(chain.from_iterable(story.events for story in STORIES), key=lambda event: (event.at, event.story))
)

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
    return {event.story: event.page for event in EVENTS if event.at <= now}
