"""The rule of one who knows how a world edits: its true rates, from many other seeds of it, and which article is of which sort.

No rule that has to learn the rates from what it sees can be expected to do better at the same cost. What becomes of one article
it does not know either. See `recheck.py`.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Sequence
from functools import cache
from math import ceil, exp

from edits import DAY, HOUR, Scenario, Story, stories, tick_after
from timers import Tally

AGES = [HOUR * age for age in (0, 0.25, 0.5, 1, 1.5, 2, 3, 4, 6, 8, 12, 18, 24, 36, 48, 72, 96, 120, 144, 168, 240, 336)]
"""Lower bounds in minutes since the last change."""
SAMPLE = 8_000
"""Articles from which a world's rates are counted."""
HARDLY = 50 * HOUR
STRIDE = 0.05
LATE = 0.5
"""What an edit is worth that is seen later than a day after it was made; of a day, 1."""

Sort = tuple[str, bool, int]
"""Kind, whether of the one section, edits so far (2: or more)."""


class Rates:
    """Of one world: edits a minute by sort and age, and how much more or less in each hour of the week."""

    def __init__(self, scenario: Scenario) -> None:
        watched: dict[Sort, list[float]] = defaultdict(lambda: [0.0] * len(AGES))
        silent: dict[Sort, list[float]] = defaultdict(lambda: [0.0] * len(AGES))
        every: dict[Sort, list[float]] = defaultdict(lambda: [0.0] * len(AGES))
        hours = [0.0] * 168
        count = 0
        for seed in range(1_000, 1_000 + 840 // scenario.days):
            for story in stories(scenario, seed):
                count += 1
                ends = [edit.at for edit in story.edits] + [min(story.deleted or scenario.end, scenario.end)]
                begin = story.published
                for number, end in enumerate(ends):
                    sort = _sort(story, number)
                    end = min(end, scenario.end)
                    for age in range(_bucket(max(end - begin, 0)) + 1):
                        upper = AGES[age + 1] if age + 1 < len(AGES) else 1e9
                        watched[sort][age] += max(min(end - begin, upper) - max(AGES[age], -begin), 0)
                    if number < len(story.edits) and 0 <= end < scenario.end:
                        every[sort][_bucket(end - begin)] += 1
                        silent[sort][_bucket(end - begin)] += story.edits[number].silent
                        hours[int(end / HOUR) % 168] += 1
                    begin = end
            if count >= SAMPLE:
                break
        sorts = {(kind, is_one, edits) for kind, is_one, _ in watched for edits in range(3)}
        self.silent = {sort: _rates(silent, watched, sort) for sort in sorts}
        self.every = {sort: _rates(every, watched, sort) for sort in sorts}
        shaped = scenario.nightly or scenario.weekly
        mean = sum(hours) / len(hours) or 1.0
        self.hours = [hour / mean for hour in hours] if shaped else None
        self._lost: dict[Sort, list[float]] = {}

    def factor(self, minute: float) -> float:
        """How much more is edited at this hour of the week than in the mean."""
        return self.hours[int(minute / HOUR) % 168] if self.hours else 1.0

    def lost(self, sort: Sort, waited: float) -> float:
        """What waiting has cost an edit that may have been made meanwhile: the integral of u x (rate of another edit at u)."""
        if sort not in self._lost:
            after = (sort[0], sort[1], min(sort[2] + 1, 2))
            total, table = 0.0, [0.0]
            for lower, upper, rate in zip(AGES, AGES[1:], self.every[after], strict=False):
                total += rate * (upper**2 - lower**2) / 2
                table.append(total)
            self._lost[sort] = table
        age = _bucket(waited)
        rates = self.every[sort[0], sort[1], min(sort[2] + 1, 2)]
        return self._lost[sort][age] + rates[age] * (waited**2 - AGES[age] ** 2) / 2


class Oracle:
    """Looks where what waiting loses is worth more than a look; `price` is what a full page costs, in silent edits."""

    def __init__(self, price: float) -> None:
        self._price = price

    def replay(self, trace: Sequence[Story], scenario: Scenario) -> Tally:
        tally, rates = Tally(len(trace)), rates_of(scenario)
        for number, story in enumerate(trace):
            self._follow(number, story, scenario, rates, tally)
        return tally

    def _follow(self, number: int, story: Story, scenario: Scenario, rates: Rates, tally: Tally) -> None:
        tick, cheap = scenario.tick, scenario.validators == "true"
        checked = max(tick_after(story.published, tick), 0)
        if story.gone(checked):
            return
        told = sorted(tick_after(at, tick) for at in story.claims) if not scenario.bumps_a_day else []
        if story.vanishes and story.deleted:
            told.append(tick_after(story.deleted, tick))
        version, edits, pending = story.version(checked), 0, 0
        changed = max((edit.at for edit in story.edits[:version] if not edit.silent), default=story.published)
        while True:
            while pending < len(told) and told[pending] <= checked:
                pending += 1
            limit = told[pending] if pending < len(told) else scenario.end
            now = self._next(story, edits, changed, checked, limit, tick, rates, 0.1 if cheap else 1.0)
            if now >= scenario.end:
                return
            found = story.version(now)
            tally.spend(now, cheap and found == version and not story.gone(now))
            tally.told += now == limit
            checked = now
            if story.gone(now):
                tally.gone.setdefault(number, now)
                return
            if found > version:
                version, changed, edits = found, now, edits + 1
                tally.seen[number, found - 1] = now

    def _next(self, story: Story, edits: int, changed: float, checked: int, limit: int, tick: int, rates: Rates,
              cost: float) -> int:  # fmt: skip
        sort = _sort(story, edits)
        by_age = rates.silent[sort]
        price, now, expected = self._price * cost, checked, 0.0
        sums = [(checked, 0.0)]
        while now < limit:
            step = max(ceil((now - checked) * STRIDE / tick), 1) * tick
            middle = now + step / 2
            expected += by_age[_bucket(max(middle - changed, 0.0))] * rates.factor(middle) * step
            now += step
            sums.append((now, expected))
            waited = now - checked
            gain = expected / waited * rates.lost(sort, waited) * exp(-expected)
            if waited + step > DAY:
                gain += (1 - LATE) * (1 - exp(sums[bisect_right(sums, (now - DAY, 1e9)) - 1][1] - expected))
            if gain >= price:
                break
        return min(now, limit)


@cache
def rates_of(scenario: Scenario) -> Rates:
    """The rates of a world, counted once."""
    return Rates(scenario)


def _sort(story: Story, edits: int) -> Sort:
    return story.kind, story.section == "section 0", min(edits, 2)


def _bucket(age: float) -> int:
    return bisect_right(AGES, age) - 1


def _rates(found: dict[Sort, list[float]], watched: dict[Sort, list[float]], sort: Sort) -> list[float]:
    """Edits a minute by age; what was hardly ever met is as all of its kind and section at that age are."""
    alike = [(sort[0], sort[1], edits) for edits in range(3)]
    rates = []
    for age in range(len(AGES)):
        minutes = sum(watched[one][age] for one in alike)
        pooled = sum(found[one][age] for one in alike) / minutes if minutes else 0.0
        rates.append((found[sort][age] + pooled * HARDLY) / (watched[sort][age] + HARDLY))
    return rates
