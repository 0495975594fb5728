"""Other houses' rules of when to look again, which know an article's times alone: see `recheck.py`, which replays them."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from edits import DAY, HOUR, NEVER, Scenario, Story, tick_after

NOT_MODIFIED_COST = 0.1


@dataclass(slots=True)
class Tally:
    """What one policy did on one trace."""

    articles: int = 0
    looks: int = 0
    """Requests for articles after the first, 304s included."""
    not_modified: int = 0
    told: int = 0
    wasted: int = 0
    seen: dict[tuple[int, int], float] = field(default_factory=dict)
    """(story, edit) -> when a look found it standing."""
    gone: dict[int, float] = field(default_factory=dict)
    put_off: int = 0
    missed: float = 0.0
    """Edits that the policy itself believes it has missed."""
    cost: dict[int, float] = field(default_factory=lambda: defaultdict(float))
    """By week; a page costs 1, a 304 a tenth."""

    def spend(self, minute: float, not_modified: bool) -> None:
        """Count the cost of a look."""
        self.looks += 1
        self.not_modified += not_modified
        self.cost[int(minute // (7 * DAY))] += NOT_MODIFIED_COST if not_modified else 1.0


class Timer:
    """A rule that knows an article's times alone. `wait` gives the minutes to the next look."""

    def __init__(self, wait: Any, claims: bool = False, scale: float = 1.0) -> None:
        """`scale` makes all its waits longer or shorter."""
        self._wait = wait
        self._claims = claims
        self._scale = scale

    def replay(self, trace: Sequence[Story], scenario: Scenario) -> Tally:
        tally = Tally(len(trace))
        cheap = scenario.validators == "true"
        for number, story in enumerate(trace):
            self._follow(number, story, scenario, tally, cheap)
        return tally

    def _follow(self, number: int, story: Story, scenario: Scenario, tally: Tally, cheap: bool) -> None:
        tick = scenario.tick
        created = checked = max(tick_after(story.published, tick), 0)
        state: dict[str, Any] = {}
        if story.gone(created):
            return
        claims = deque(tick_after(at, tick) for at in story.claims) if self._claims else deque()
        version, changed = story.version(created), float(created)
        while True:
            while claims and claims[0] <= checked:
                claims.popleft()
            by_rule = tick_after(checked + max(self._scale * self._wait(created, checked, changed, state), tick), tick)
            now = min(by_rule, claims[0] if claims else NEVER)
            if now >= scenario.end:
                return
            told = bool(claims) and now == claims[0]
            tally.told += told
            checked = int(now)
            if story.gone(now):
                tally.spend(now, False)
                tally.gone.setdefault(number, now)
                state["changed"] = False
                continue
            found = story.version(now)
            state["changed"] = found > version
            tally.spend(now, cheap and found == version)
            tally.wasted += told and found == version
            if found > version:
                version, changed = found, now
                tally.seen[number, found - 1] = now


def one_fifth(created: float, checked: float, changed: float, state: dict[str, Any]) -> float:
    """diffengine: stale when the time since the look is a fifth of the time since it was first met. (It means `total_seconds` and
    writes `seconds`, and asks a dead URL at each run; neither is held against it here.)"""
    return (checked - 0.2 * created) / 0.8 - checked


def tiers(created: float, checked: float, changed: float, state: dict[str, Any]) -> float:
    """newsdiffs: by the time since the last change, judged at each run."""
    for below, wait in ((3 * HOUR, 15), (DAY, 60), (7 * DAY, 180), (30 * DAY, 3 * DAY), (360 * DAY, 30 * DAY)):
        # the first moment at which the wait of the tier then reached is over
        if checked + wait - changed < below:
            return wait
    return NEVER


def adaptive(created: float, checked: float, changed: float, state: dict[str, Any]) -> float:
    """StormCrawler's AdaptiveScheduler with its defaults: a day at first, half as long again or half way to an hour."""
    if "interval" not in state:
        state["interval"] = DAY
    elif state["changed"]:
        state["interval"] = int(0.5 * state["interval"] + 0.5 * HOUR)
    else:
        state["interval"] = min(int(state["interval"] * 1.5), 14 * DAY)
    return float(state["interval"])


def doubling(created: float, checked: float, changed: float, state: dict[str, Any]) -> float:
    """A look when the article is twice as old as at the last."""
    return checked - created


def hourly(created: float, checked: float, changed: float, state: dict[str, Any]) -> float:
    """A look an hour, for ever."""
    return HOUR


def never(created: float, checked: float, changed: float, state: dict[str, Any]) -> float:
    """No look but for a claim."""
    return NEVER
