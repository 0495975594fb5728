"""Invented news sites whose articles are edited and taken down as published counts say, or otherwise; a day or two weeks a seed.

The counts come from other outlets than those we crawl: 28-35 % of articles are ever edited, 1.94 times each, heavily tailed, 82 %
of it within 24 hours; breaking news four times, 67 minutes apart; 6-7.5 % change their headline; 1.6 % are taken down within 7
days, 42 % of those on day one; a fifth to a quarter of the edits are silent. How edits lie within their first day is our guess.
Times are minutes from the start of the trace.
"""

from __future__ import annotations

import random
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from math import ceil, log

HOUR, DAY = 60, 24 * 60
NEVER = 1e9
FEED_ITEMS = 30
SITEMAP_HOURS = 48
TAIL = 1.77
"""P(at least n edits | edited) = n ** -TAIL: 1.94 on average."""
MOST_EDITS = 60
FIRST_DAY, MEDIAN_HOURS = 0.82, 2.5
_Z_FIRST_DAY = 0.9154  # the normal quantile of 0.82
SIGMA = log(24 / MEDIAN_HOURS) / _Z_FIRST_DAY


@dataclass(frozen=True, slots=True)
class Scenario:
    """One kind of site."""

    name: str
    articles_a_day: float = 40
    tick: int = 30
    """Minutes from one crawl to the next; every policy looks at these moments only."""
    edited: float = 0.31
    silent: float = 0.23
    breaking: float = 0.03
    lastmod: bool = True
    """Whether feed and sitemap tell of declared edits at all."""
    unmoved: float = 0.0
    """The share of declared edits over which `lastmod` stays where it was."""
    bumps_a_day: float = 0.0
    """How often a day a listed article's `lastmod` moves though nothing changed."""
    vanishes: float = 0.9
    """The share of takedowns that also leave feed and sitemap, where those still held the article."""
    validators: str = "none"
    """"none"; "true" (an ETag of the text); "frozen" (an ETag that never changes, and 304 to whoever brings it)."""
    per_hour: float = 360
    """Our budget of rechecks an hour; nobody else has one."""
    hourly: float = 0.0
    """Edits an hour of every article, whatever its age."""
    late: float = 0.0
    """The share of articles that are corrected some days later (median 4)."""
    nightly: float = 0.0
    """The share of the articles of the last three days that are edited in a night, between 1 and 4."""
    live: float = 0.0
    """The share of live pages: edited three times an hour for six hours."""
    one_section: float = 0.0
    """Edits an hour of one section's articles, for a week each; a site has six sections."""
    weekly: float = 0.0
    """Edits an hour of every article, on working days between 8 and 18."""
    backlog: int = 0
    """Articles that were there before the trace begins, of its last ten days."""
    days: int = 14

    @property
    def end(self) -> int:
        """The last minute."""
        return self.days * DAY

    @property
    def weeks(self) -> range:
        """Those that are counted apart; what is shorter than two is one."""
        return range(max(self.days // 7, 1))


FIRST_DAY_ANY_AGE = Scenario(
    "first day, any age", articles_a_day=50, tick=60, hourly=0.026, silent=0.36, edited=0, breaking=0, backlog=58, days=1
)
"""One of four sites of a group that was met for a day: 4 % of the articles an hour, of which two thirds are edits."""
SCENARIOS = (
    Scenario("quiet weekly", articles_a_day=4, tick=60, edited=0.28, silent=0.2, breaking=0, validators="true"),
    Scenario("daily"),
    Scenario("daily, true 304s", validators="true"),
    Scenario("breaking news", articles_a_day=60, tick=15, edited=0.35, silent=0.25, breaking=0.2),
    Scenario("lying lastmod", unmoved=0.2, bumps_a_day=1.5, vanishes=0),
    Scenario("no lastmod", lastmod=False),
    Scenario("lying 304s", validators="frozen"),
    Scenario("cramped budget", articles_a_day=100, per_hour=30),
    Scenario("any age", articles_a_day=4, hourly=0.04, silent=0.5, edited=0, breaking=0, backlog=100, validators="true"),
    Scenario(
        "any age, rarely", articles_a_day=20, hourly=0.002, silent=0.5, edited=0, breaking=0, backlog=200, validators="true"
    ),
    Scenario("any age, no 304s", articles_a_day=20, hourly=0.01, silent=0.5, edited=0, breaking=0, backlog=150),
    FIRST_DAY_ANY_AGE,
    replace(FIRST_DAY_ANY_AGE, name="first day, any age, true 304s", validators="true"),
    Scenario("first day, daily", tick=60, backlog=200, days=1),
    Scenario("corrected days later", edited=0.1, late=0.3, silent=0.6, backlog=200),
    Scenario("nightly", edited=0.1, nightly=0.15, silent=0.5),
    Scenario("live pages", live=0.08, silent=0.5),
    Scenario("one section", edited=0.1, one_section=0.02, silent=0.5, backlog=200),
    Scenario("working hours", articles_a_day=20, edited=0.1, weekly=0.01, silent=0.5, backlog=150, validators="true"),
)


@dataclass(frozen=True, slots=True)
class Edit:
    """One edit: when, whether it moved the page's stamp, whether the source's `lastmod`, whether it changed the headline."""

    at: float
    silent: bool
    listed: bool
    headline: bool


@dataclass(slots=True)
class Story:
    """One article's life."""

    published: float
    edits: list[Edit]
    deleted: float | None = None
    claims: list[float] = field(default_factory=list)
    """When `lastmod` moves: listed edits, and bumps over nothing."""
    listed_until: float = 0.0
    vanishes: bool = False
    kind: str = "article"
    section: str = ""
    times: list[float] = field(default_factory=list)
    """Of its edits."""

    def version(self, now: float) -> int:
        """How many edits it has had."""
        return bisect_right(self.times, now)

    def gone(self, now: float) -> bool:
        return self.deleted is not None and self.deleted <= now


def stories(scenario: Scenario, seed: int) -> list[Story]:
    """A site's articles, by time of publication."""
    rng = random.Random(f"{scenario.name} {seed}")
    found = [_story(rng, scenario, _published(rng, scenario.days)) for _ in range(round(scenario.articles_a_day * scenario.days))]
    found += [_story(rng, scenario, -rng.uniform(0, 10 * DAY)) for _ in range(scenario.backlog)]
    count = len(found)
    found.sort(key=lambda story: story.published)
    for number, story in enumerate(found):
        pushed_out = found[number + FEED_ITEMS].published if number + FEED_ITEMS < count else scenario.end
        story.listed_until = max(pushed_out, story.published + SITEMAP_HOURS * HOUR)
        claims = [edit.at for edit in story.edits if edit.listed] + list(_bumps(rng, scenario, story))
        story.vanishes = rng.random() < scenario.vanishes and (story.deleted or NEVER) < story.listed_until
        story.claims = sorted(at for at in claims if at < min(story.listed_until, story.deleted or scenario.end))
    return found


def tick_after(at: float, tick: int) -> int:
    """The first crawl at or after a moment."""
    return ceil(at / tick) * tick


def _published(rng: random.Random, days: int) -> float:
    """Most between six in the morning and eight in the evening."""
    hour = rng.triangular(5, 23, 11) if rng.random() < 0.9 else rng.uniform(0, 24)
    return rng.randrange(days) * DAY + hour % 24 * HOUR


def _story(rng: random.Random, scenario: Scenario, published: float) -> Story:
    times: list[float] = []
    if rng.random() < scenario.breaking:
        at = published
        for _ in range(4):
            at += rng.gammavariate(3, 67 / 3)
            times.append(at)
    elif rng.random() < scenario.edited:
        number = min(int(rng.random() ** (-1 / TAIL)), MOST_EDITS)
        times = sorted(published + max(rng.lognormvariate(log(MEDIAN_HOURS), SIGMA) * HOUR, 1) for _ in range(number))
    section = f"section {rng.randrange(6)}"
    is_live = rng.random() < scenario.live
    times = sorted((*times, *_shaped(rng, scenario, published, section, is_live)))
    deleted = None
    if rng.random() < 0.016:
        deleted = published + (rng.uniform(0, DAY) if rng.random() < 0.42 else rng.uniform(DAY, 7 * DAY))
    edits = []
    for at in times:
        silent = rng.random() < scenario.silent
        listed = scenario.lastmod and not silent and rng.random() >= scenario.unmoved
        edits.append(Edit(at, silent, listed, rng.random() < 0.13))
    edits = [edit for edit in edits if deleted is None or edit.at < deleted]
    kind = "live" if is_live else "article"
    return Story(published, edits, deleted, kind=kind, section=section, times=[edit.at for edit in edits])


def _shaped(rng: random.Random, scenario: Scenario, published: float, section: str, is_live: bool) -> Iterator[float]:
    """Edits that do not come of an article's youth."""
    yield from _steadily(rng, scenario.hourly, published, scenario.end)
    if section == "section 0":
        yield from _steadily(rng, scenario.one_section, published, published + 7 * DAY)
    for at in _steadily(rng, scenario.weekly, published, scenario.end):
        if at // DAY % 7 < 5 and 8 * HOUR <= at % DAY < 18 * HOUR:
            yield at
    if rng.random() < scenario.late:
        yield published + max(rng.lognormvariate(log(4 * DAY), 0.5), 1)
    for night in range(3):
        if rng.random() < scenario.nightly:
            yield (published // DAY + 1 + night) * DAY + rng.uniform(1, 4) * HOUR
    if is_live:
        yield from (published + 20 * number + rng.uniform(1, 19) for number in range(18))


def _steadily(rng: random.Random, an_hour: float, begin: float, end: float) -> Iterator[float]:
    at = begin
    while an_hour and (at := at + rng.expovariate(an_hour / HOUR)) < end:
        yield at


def _bumps(rng: random.Random, scenario: Scenario, story: Story) -> Iterator[float]:
    if scenario.bumps_a_day:
        at = story.published
        while (at := at + rng.expovariate(scenario.bumps_a_day / DAY)) < story.listed_until:
            yield at
