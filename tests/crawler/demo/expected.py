"""What a ledger must hold of the demo newspaper at the end of the day, read off the script's own declarations.

Runs none of the code that it judges. Paths stand for addresses: the port is only known at run time.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

from crawler.demo.stories import CRAWL_TIMES, stories
from crawler.demo.story import DemoStory, Event, EventKind, PageState
from pipelines.article import Outcome
from pipelines.history.revisions import State

SURE_AFTER = timedelta(hours=24)
"""A 404 is certain after this long (and three looks, which the crawl times allow)."""

_ID = re.compile(r"-(\d{7})$")


@dataclass(frozen=True, slots=True)
class ExpectedRevision:
    """One revision. The event it stems from must lie between the revision's `not_before` and its `first_seen`."""

    number: int
    change: Outcome
    changed_fields: tuple[str, ...]
    """Sorted; empty for the first."""
    event: Event

    @property
    def page(self) -> PageState:
        return self.event.page


@dataclass(frozen=True, slots=True)
class ExpectedArticle:
    """One row of the articles table, with its history."""

    story: str
    path: str
    """The address it is known by in the end."""
    external_id: str | None
    state: State
    states: tuple[State, ...]
    """Every state it went through, in order, the first included."""
    revisions: tuple[ExpectedRevision, ...]
    aliases: tuple[tuple[str, str], ...] = ()
    """(path, reason), sorted; reasons as in the `aliases` table."""
    outcomes: frozenset[Outcome] = frozenset()
    """Outcomes that its fetches must show at least once, the changes aside."""

    @property
    def changes(self) -> tuple[Outcome, ...]:
        return tuple(revision.change for revision in self.revisions)


def expected(crawl_times: Sequence[datetime] = CRAWL_TIMES) -> tuple[ExpectedArticle, ...]:
    """The whole ledger after the last crawl, sorted by path. An article that moved is one row, under its new address."""
    return tuple(sorted((_row(story, crawl_times) for story in stories()), key=lambda row: row.path))


def _row(story: DemoStory, crawl_times: Sequence[datetime]) -> ExpectedArticle:
    last = story.page
    states = _states(story, crawl_times)
    told = pairwise([None, *(event for event in story.events if event.change)])
    revisions = tuple(
        ExpectedRevision(number, event.change, _all_changed(before, event), event)
        for number, (before, event) in enumerate(told, 1)
        if event and event.change
    )
    return ExpectedArticle(
        story=story.key,
        path=last.path,
        external_id=_external_id(last.path),
        state=states[-1],
        states=states,
        revisions=revisions,
        aliases=_aliases(last),
        outcomes=_outcomes(story, states),
    )


def _all_changed(before: Event | None, event: Event | None) -> tuple[str, ...]:
    """What an event changes, with what changes beside it: the printed byline, and the address that a page calls its own."""
    if before is None or event is None:
        return ()
    also = {"byline"} if "authors" in event.changed else set()
    if event.page.path != before.page.path:
        also.add("canonical_url")
    return tuple(sorted({*event.changed, *also}))


def _states(story: DemoStory, crawl_times: Sequence[datetime]) -> tuple[State, ...]:
    states = [State.LIVE]
    for event in story.events:
        if event.what is EventKind.RESTORED:
            states.append(State.LIVE)
        elif event.page.status == 410:
            states.append(State.GONE)
        elif event.page.status == 404:
            states.append(State.SUSPECTED)
            if _stays_down(story, event) and crawl_times[-1] - event.at > SURE_AFTER + timedelta(hours=3):
                states.append(State.GONE)
    return tuple(states)


def _stays_down(story: DemoStory, event: Event) -> bool:
    return story.events[-1] is event


def _outcomes(story: DemoStory, states: tuple[State, ...]) -> frozenset[Outcome]:
    found = {Outcome(state) for state in states if state in (State.SUSPECTED, State.GONE)}
    for before, event in pairwise(story.events):
        went_back = (event.page.modified or event.page.published) < (before.page.modified or before.page.published)
        if event.what in (EventKind.CACHE_SLIPPED, EventKind.REVERTED) and went_back:
            found.add(Outcome.STALE)
        if event.what is EventKind.MOVED:
            found.add(Outcome.MOVED)
    return frozenset(found)


def _aliases(page: PageState) -> tuple[tuple[str, str], ...]:
    reason = "slug" if _external_id(page.path) else "redirect"
    aliases = [(path, reason) for path in page.former_paths]
    if page.amp_path:
        aliases.append((page.amp_path, "amp"))
    return tuple(sorted(aliases))


def _external_id(path: str) -> str | None:
    match = _ID.search(path)
    return match[1] if match else None
