"""Replays edit traces (`edits.py`) against rules of when to look again: ours, by the very functions that the crawler asks, and
those of diffengine, newsdiffs, StormCrawler, doubling ages, a look an hour, looks only where `lastmod` moves; and, at the same
cost, against one who knows how the site edits (`oracle.py`).

    python benchmarks/recheck.py [--compare] [--seeds 2] [--scenario NAME ...] [--json]

Needs nothing but the project; two minutes with two seeds. docs/benchmarks.md says what the columns mean.
"""

from __future__ import annotations

import argparse
import heapq
import json
import sys
from collections import Counter, deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from math import isnan, nan
from pathlib import Path
from statistics import mean, median, stdev
from typing import Any, Protocol

sys.path.insert(0, str(Path(__file__).parents[1]))

from edits import DAY, HOUR, SCENARIOS, Scenario, Story, stories, tick_after
from oracle import Oracle
from timers import Tally, Timer, adaptive, doubling, hourly, never, one_fifth, tiers

from pipelines.article import Outcome
from pipelines.history.edit_rates import CLAIMS, Count, EditRateModel, Traits, counted, learned, overwritten
from pipelines.history.revisions import Absence, State, next_state
from pipelines.history.revisit import Due, allowance, claim_is_due, in_order, next_check, price_of, window
from pipelines.history.validators import Validators, ValidatorTrust, confirmed, is_violation, violated

T0 = datetime(2025, 3, 1, tzinfo=UTC)


class Policy(Protocol):
    """A rule of when to look again."""

    def replay(self, trace: Sequence[Story], scenario: Scenario) -> Tally: ...


@dataclass(slots=True)
class Kept:
    """What our ledger knows of one article."""

    version: int
    looked: datetime
    since: datetime
    due: datetime | None
    traits: Traits
    state: State = State.LIVE
    absence: Absence | None = None
    vouched: datetime | None = None


class Ours:
    """The crawler's own: every judgement is made by `revisit`, `edit_rates` or `validators` of `pipelines.history`."""

    def __init__(self, recheck: str = "balanced") -> None:
        self._recheck = recheck

    def replay(self, trace: Sequence[Story], scenario: Scenario) -> Tally:
        return _Crawls(trace, scenario, self._recheck).run()


class _Crawls:
    """One site's crawls, one a tick."""

    def __init__(self, trace: Sequence[Story], scenario: Scenario, recheck: str) -> None:
        self.trace, self.scenario, self.recheck = trace, scenario, recheck
        self.tally = Tally(len(trace))
        self.kept: dict[int, Kept] = {}
        self.counts: dict[str, Count] = {}
        self.edit_rates = EditRateModel()
        self.trust = ValidatorTrust()
        self.pending: set[int] = set()
        self.spent: deque[datetime] = deque()
        self.heap: list[tuple[datetime, int]] = []

    def run(self) -> Tally:
        tick = self.scenario.tick
        news: dict[int, list[int]] = {}
        claims: dict[int, list[int]] = {}
        vanished: dict[int, list[int]] = {}
        for number, story in enumerate(self.trace):
            news.setdefault(max(tick_after(story.published, tick), 0), []).append(number)
            for at in story.claims:
                claims.setdefault(tick_after(at, tick), []).append(number)
            if story.vanishes and story.deleted:
                vanished.setdefault(tick_after(story.deleted, tick), []).append(number)
        for minute in range(0, self.scenario.end, tick):
            self.edit_rates = EditRateModel(dict(self.counts))  # as a crawl loads them: once
            self.pending |= {number for number in claims.get(minute, ()) if number in self.kept}
            self._claimed(minute)
            for number in vanished.get(minute, ()):
                if number in self.kept and self.kept[number].state is State.LIVE:
                    self._look(number, minute, told=True)
            self._audits(minute)
            for number in news.get(minute, ()):
                self._meet(number, minute)
        for kept in self.kept.values():
            if kept.state is State.LIVE:
                waited = _at(self.scenario.end) - kept.looked
                self.tally.missed += self.edit_rates.expected(kept.looked - kept.since, waited, kept.traits)
        return self.tally

    def _meet(self, number: int, minute: int) -> None:
        story, now = self.trace[number], _at(minute)
        if not story.gone(minute):
            version = story.version(minute)
            since = min(_at(_stamp(story, version)), now)
            kept = Kept(version, now, since, None, Traits(0, story.kind, story.section))
            kept.due = next_check(Outcome.NEW, State.LIVE, since, now, kept.traits, self.edit_rates, price=self._price(now))
            self.kept[number] = kept
            self._push(number)

    def _claimed(self, minute: int) -> None:
        now = _at(minute)
        for number in sorted(self.pending):
            kept = self.kept[number]
            if self.trace[number].listed_until < minute or kept.state is State.GONE:
                self.pending.discard(number)
            elif claim_is_due(kept.looked, kept.due, now, self.edit_rates):
                self._look(number, minute, told=True)

    def _audits(self, minute: int) -> None:
        now = _at(minute)
        waiting: dict[str, Due] = {}
        while self.heap and self.heap[0][0] <= now:
            due, number = heapq.heappop(self.heap)
            kept = self.kept[number]
            if kept.due == due:
                urgent = kept.state is State.SUSPECTED
                waiting[str(number)] = Due(str(number), due, kept.looked, kept.since, kept.traits, urgent)
        since_last = timedelta(minutes=self.scenario.tick)
        while self.spent and self.spent[0] <= now - window(since_last):
            self.spent.popleft()
        allowed = allowance(self.scenario.per_hour, len(self.spent), since_last)
        for one in in_order(waiting.values(), allowed, now, self.edit_rates):
            del waiting[one.key]
            self._look(int(one.key), minute, told=False)
        self.tally.put_off += len(waiting)
        for key in waiting:
            self._push(int(key))

    def _look(self, number: int, minute: int, told: bool) -> None:
        story, kept, now = self.trace[number], self.kept[number], _at(minute)
        claimed = number in self.pending
        self.pending.discard(number)
        self.tally.told += told
        self.spent.append(now)
        if story.gone(minute):
            self.tally.spend(minute, False)
            self.tally.gone.setdefault(number, minute)
            kept.state, kept.absence = next_state(kept.state, kept.absence, 404, now)
            kept.looked = now
            outcome = Outcome.GONE if kept.state is State.GONE else Outcome.SUSPECTED
            kept.due = next_check(outcome, kept.state, kept.absence.since, now)
        else:
            self._read(number, story, kept, minute, told, claimed)
        self._push(number)

    def _read(self, number: int, story: Story, kept: Kept, minute: int, told: bool, claimed: bool) -> None:
        now, found = _at(minute), story.version(minute)
        changed = self._answer(number, story, kept, found, now, told)
        self.tally.wasted += told and not changed
        age, waited = kept.looked - kept.since, now - kept.looked
        if claimed:
            self._count(CLAIMS, 1, changed)
        for name, watched, edits in learned(self.edit_rates, age, waited, kept.traits, changed, claimed=claimed):
            self._count(name, watched, edits)
        outcome = Outcome.UNCHANGED
        if changed:
            made = _at(max(at for at in story.claims if at <= minute)) if claimed else now
            until = max(made - kept.looked, timedelta())
            self.tally.missed += overwritten(self.edit_rates, age, until, kept.traits, claimed=claimed)
            silent = story.edits[found - 1].silent
            outcome = Outcome.SILENT if silent else Outcome.UPDATED
            self.tally.seen[number, found - 1] = minute
            after = max(_minute(now) - story.published, 0) / HOUR
            traits = replace(kept.traits, edits=kept.traits.edits + 1, changed_after=after)
            kept.version, kept.since, kept.traits = found, now, traits
        kept.looked = now
        kept.due = next_check(outcome, State.LIVE, kept.since, now, kept.traits, self.edit_rates, price=self._price(now))

    def _answer(self, number: int, story: Story, kept: Kept, found: int, now: datetime, told: bool) -> bool:
        """Ask, with or without validators, and learn how honest the host is; whether a changed text came back."""
        kind = self.scenario.validators
        full = told or kind == "none" or self.trust.wants_all(str(number), kept.looked.isoformat(), now)
        if not full and (kind == "frozen" or found == kept.version):
            self.tally.spend(_minute(now), True)
            kept.vouched = now
            return False
        self.tally.spend(_minute(now), False)
        changed = found > kept.version
        if kind != "none":
            before, after = (Validators(_etag(kind, version)) for version in (kept.version, found))
            stamp = None if not changed or story.edits[found - 1].silent else _at(_stamp(story, found))
            if is_violation(before, after, changed, stamp, kept.vouched):
                self.trust = violated(self.trust, str(number), now)
            else:
                self.trust = confirmed(self.trust, before.says_same(after), changed)
        return changed

    def _count(self, name: str, watched: float, found: float) -> None:
        self.counts[name] = counted(self.counts.get(name, Count()), name, watched, found)

    def _price(self, now: datetime) -> float:
        return price_of(self.recheck, cheap=self.trust.is_good(now))

    def _push(self, number: int) -> None:
        due = self.kept[number].due
        if due is not None:
            heapq.heappush(self.heap, (due, number))


SETTINGS = ("thrifty", "balanced", "thorough")
POLICIES: dict[str, Policy] = {
    "newsledger": Ours(),
    **{f"newsledger, {one}": Ours(one) for one in SETTINGS},
    "diffengine, 1/5": Timer(one_fifth),
    "newsdiffs, tiers": Timer(tiers),
    "StormCrawler, adaptive": Timer(adaptive),
    "doubling ages": Timer(doubling),
    "hourly": Timer(hourly),
    "lastmod only": Timer(never, claims=True),
}
FIXED: dict[str, Any] = {
    "diffengine": one_fifth, "newsdiffs": tiers, "StormCrawler": adaptive, "doubling": doubling, "hourly": hourly,
}  # fmt: skip
SCALES = (0.25, 0.5, 1.0, 2.0, 4.0, 8.0, 24.0)
"""The fixed rules are compared at our cost: with all their waits so much longer or shorter."""
PRICES = (0.03, 0.01, 0.003, 0.001, 0.0003, 0.0001)
"""And so is the oracle, which takes a look to be worth so many edits."""


def measure(policy: Policy, scenario: Scenario, seed: int) -> dict[str, float]:
    """One policy on one trace: looks an article, shares, and delays in hours; by week the cost and the silent edits."""
    trace = stories(scenario, seed)
    tally = policy.replay(trace, scenario)
    chances: Counter[str] = Counter()
    seen: Counter[str] = Counter()
    delays: dict[str, list[float]] = {"declared": [], "silent": []}
    judged = scenario.end - min(DAY, scenario.days * HOUR)
    for number, story in enumerate(trace):
        met = max(tick_after(story.published, scenario.tick), 0)
        ends = [edit.at for edit in story.edits[1:]] + [story.deleted if story.deleted is not None else scenario.end]
        for position, (edit, end) in enumerate(zip(story.edits, ends, strict=False)):
            if edit.at <= met or edit.at > judged:
                continue  # part of what was met first; or too near the end of the trace to have been seen within a day
            kind, week = "silent" if edit.silent else "declared", int(edit.at // (7 * DAY))
            at = tally.seen.get((number, position))
            within = at is not None and at - edit.at <= DAY
            in_reach = tick_after(edit.at, scenario.tick) < end
            seen[kind] += at is not None
            seen[f"{kind} within 24 h"] += within
            seen[f"{kind} {week}"] += within
            chances[kind] += 1
            chances[f"{kind} in reach"] += in_reach
            chances[f"{kind} {week}"] += in_reach
            if at is not None:
                delays[kind].append((at - edit.at) / HOUR)
    met_before = ((n, s.deleted) for n, s in enumerate(trace) if s.deleted and tick_after(s.published, scenario.tick) < s.deleted)
    takedowns = {number: deleted for number, deleted in met_before if 0 < deleted < scenario.end - 7 * DAY}
    waits = [(tally.gone[n] - deleted) / HOUR for n, deleted in takedowns.items() if n in tally.gone]
    return {
        "looks": tally.looks / tally.articles,
        "full": (tally.looks - tally.not_modified) / tally.articles,
        "told": tally.told / tally.articles,
        "wasted": _share(tally.wasted, tally.told),
        "declared": _share(seen["declared"], chances["declared in reach"]),
        "declared h": median(delays["declared"] or [nan]),
        "takedowns": _share(len(waits), len(takedowns)),
        "takedown h": median(waits or [nan]),
        "silent 24 h": _share(seen["silent within 24 h"], chances["silent in reach"]),
        "silent ever": _share(seen["silent"], chances["silent in reach"]),
        "silent h": median(delays["silent"] or [nan]),
        "put off": tally.put_off / tally.articles,
        "cost": sum(tally.cost.values()) / tally.articles,
        **{f"cost {week}": tally.cost[week] for week in scenario.weeks},
        **{f"seen {week}": float(seen[f"silent {week}"]) for week in scenario.weeks},
        **{f"edits {week}": float(chances[f"silent {week}"]) for week in scenario.weeks},
    }


Curve = list[tuple[float, float]]
"""Silent edits seen within a day, by cost."""


def curve(policies: Iterable[Policy], scenario: Scenario, seeds: Iterable[int], week: int | None = None) -> Curve:
    """What some policies, or one with several settings, see at which cost."""
    weeks = scenario.weeks if week is None else (week,)
    points = []
    for policy in policies:
        rows = [measure(policy, scenario, seed) for seed in seeds]
        points.append(tuple(sum(row[f"{what} {one}"] for row in rows for one in weeks) for what in ("cost", "seen")))
    return sorted(points)


def at_cost(points: Curve, cost: float) -> float:
    """What is seen at a cost: between two points as between them, beyond the last as at the last."""
    best = 0.0
    before = (0.0, 0.0)
    for point in points:
        if point[0] >= cost:
            between = (cost - before[0]) / (point[0] - before[0]) if point[0] > before[0] else 1.0
            return max(best, before[1] + between * (point[1] - before[1]))
        best, before = max(best, point[1]), point
    return best


def summary(rows: Iterable[dict[str, float]]) -> dict[str, tuple[float, float]]:
    """Mean and standard deviation over the seeds; of those that had anything to tell."""
    rows = list(rows)
    told = {key: [row[key] for row in rows if not isnan(row[key])] for key in rows[0]}
    return {key: (mean(found or [nan]), stdev(found) if len(found) > 1 else 0.0) for key, found in told.items()}


COLUMNS = ("looks", "full", "cost", "told", "wasted", "declared", "takedowns", "silent 24 h", "silent ever", "silent h")
SHARES = {"wasted", "declared", "takedowns", "silent 24 h", "silent ever"}


def cell(key: str, value: tuple[float, float]) -> str:
    """ "98.2 ±0.4" for shares, in per cent."""
    scale = 100 if key in SHARES else 1
    if isnan(value[0]):
        return "-"
    return f"{value[0] * scale:.1f} ±{value[1] * scale:.1f}"


def compared(scenario: Scenario, seeds: Sequence[int]) -> dict[str, list[list[float]]]:
    """For each setting and week: the share of the silent edits seen within a day, and what that is of what oracle and best
    fixed rule see at the same cost; last, over all weeks, of what diffengine's own rule sees, with half its looks an hour."""
    oracle = {week: curve(map(Oracle, PRICES), scenario, seeds, week) for week in scenario.weeks}
    fixed = {
        week: [curve([Timer(rule, scale=scale) for scale in SCALES], scenario, seeds, week) for rule in FIXED.values()]
        for week in scenario.weeks
    }
    theirs = Timer(one_fifth)
    looks = sum(theirs.replay(stories(scenario, seed), scenario).looks for seed in seeds)
    half = replace(scenario, per_hour=min(looks / len(seeds) / (scenario.days * 24) / 2, scenario.per_hour))
    ours = curve([Ours()], half, seeds)[0][1] / curve([theirs], scenario, seeds)[0][1]
    found: dict[str, list[list[float]]] = {}
    for setting in SETTINGS:
        rows = [measure(Ours(setting), scenario, seed) for seed in seeds]
        for week in scenario.weeks:
            cost, seen, edits = (sum(row[f"{what} {week}"] for row in rows) for what in ("cost", "seen", "edits"))
            best = max(at_cost(one, cost) for one in fixed[week])
            found.setdefault(setting, []).append([seen / edits, seen / at_cost(oracle[week], cost), seen / best])
        found[setting].append([ours])
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, default=2)
    parser.add_argument("--first-seed", type=int, default=0, help="100 and up were never tuned to")
    parser.add_argument("--scenario", action="append", choices=[one.name for one in SCENARIOS])
    parser.add_argument("--policy", action="append", choices=list(POLICIES))
    parser.add_argument("--compare", action="store_true", help="beside the oracle and the best fixed rule at the same cost")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    seeds = range(options.first_seed, options.first_seed + options.seeds)
    told: dict[str, Any] = {}
    for scenario in SCENARIOS:
        if options.scenario and scenario.name not in options.scenario:
            continue
        if options.compare:
            told[scenario.name] = compared(scenario, seeds)
            for setting, weeks in told[scenario.name].items():
                if not options.json:
                    cells = (f"{100 * figure:.1f}" for week in weeks for figure in week)
                    print(f"| {scenario.name} | {setting} | {' | '.join(cells)} |", flush=True)
            continue
        if not options.json:
            print(f"\n**{scenario.name}**\n\n| policy | {' | '.join(COLUMNS)} |\n|---|{'---|' * len(COLUMNS)}")
        for name, policy in POLICIES.items():
            if options.policy and name not in options.policy:
                continue
            found = summary(measure(policy, scenario, seed) for seed in seeds)
            told.setdefault(scenario.name, {})[name] = found
            if not options.json:
                print(f"| {name} | {' | '.join(cell(key, found[key]) for key in COLUMNS)} |", flush=True)
    if options.json:
        print(json.dumps(told))


def _share(found: int, of: int) -> float:
    return found / of if of else nan


def _at(minute: float) -> datetime:
    return T0 + timedelta(minutes=minute)


def _minute(instant: datetime) -> float:
    return (instant - T0) / timedelta(minutes=1)


def _stamp(story: Story, version: int) -> float:
    """What the page says of its last update: the last declared edit, or its publication."""
    return max((edit.at for edit in story.edits[:version] if not edit.silent), default=story.published)


def _etag(kind: str, version: int) -> str:
    return "same" if kind == "frozen" else f"v{version}"


if __name__ == "__main__":
    main()
