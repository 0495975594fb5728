"""Edit-rate model of a site: how often an article changes that no source says has changed, by the time since its last change;
and the precision of its sources' claims of a change. Pure; rows of the table `habits` in, rates out.

A new site is judged by published figures (the prior), and ever more by its own the longer it is observed. Knows no database.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from math import exp, inf, sqrt

AGES_HOURS = (1.0, 3.0, 8.0, 24.0, 72.0, 168.0, 720.0, inf)
"""Upper bounds of the ages (since the last change) within which one rate holds. Finer: each is learned more slowly."""

PRIOR = (
    (0.045, 0.012, 0.0042, 0.0012, 0.00027, 0.00006, 0.00001, 0.0000005),
    (0.045, 0.012, 0.003, 0.001, 0.00027, 0.00006, 0.00001, 0.0000005),
    (0.14, 0.05, 0.012, 0.004, 0.0012, 0.0003, 0.00006, 0.000003),
)
"""Untold edits an hour, by age, of articles never seen edited, edited once, and oftener. From published counts: 31 % are ever
edited, 1.94 times each with a heavy tail, four fifths of it within a day, a quarter of the edits silent. They are of other
outlets than ours; so they only begin the count."""
_FREQUENCIES = ("first", "edited once", "edited often")

SITE_EDITS = 3.0
"""So many edits' worth of doubt whether the site as a whole edits as the prior says. Higher: a site is known later; lower: its
first edit makes it a site of many."""
AGE_EDITS = 8.0
"""The same for each age, against the site's own general rate."""
FORGET_AT = 40.0
"""Where the prior would have expected so many edits of a row, what it counts is halved: about a month at a daily paper. Higher:
a site's habits of last year count as much as today's."""

SURE = 2.0
"""What was seen bounds a rate, whatever the prior says: by so many standard deviations of the edits found. Lower: a site of other
habits than the published ones is known sooner, and chance taken for habit more often."""

CLAIMS, VANISHED = "claims", "vanished"
"""Rows of what sources tell: that an article has changed, or, by naming it no more, that it is gone."""
CLAIMS_TRUE, CLAIMS_FALSE = 9.0, 1.0
"""What a site's sources tell begins as if nine of ten had been true."""
CLAIMS_HALVED_AT = 200.0


@dataclass(frozen=True, slots=True)
class Count:
    """Hours watched (or claims heard), and the edits found."""

    watched: float = 0.0
    found: float = 0.0


@dataclass(frozen=True, slots=True)
class EditRateModel:
    """What one site has shown; nothing yet where `counts` is empty. Keys are those of `rate_name`, CLAIMS and VANISHED."""

    counts: Mapping[str, Count] = field(default_factory=dict)
    rates: tuple[tuple[float, ...], ...] = field(init=False, repr=False, compare=False)
    """Untold edits an hour, as PRIOR has them."""

    general: float = field(init=False, repr=False, compare=False)
    """How much more (or less) this site edits untold than the prior says."""

    def __post_init__(self) -> None:
        expected = sum(_prior_of(name) * count.watched for name, count in self.counts.items())
        found = sum(count.found for name, count in self.counts.items() if name in _PRIORS)
        general = (found + SITE_EDITS) / (expected + SITE_EDITS)
        ages = range(len(AGES_HOURS))
        rates = tuple(tuple(self._rate(age, frequency, general) for age in ages) for frequency in range(len(PRIOR)))
        object.__setattr__(self, "rates", rates)
        object.__setattr__(self, "general", general)

    def precision(self, claim: str) -> float:
        """The share of what sources tell (CLAIMS or VANISHED) that turns out true."""
        count = self.counts.get(claim, Count())
        return (count.found + CLAIMS_TRUE) / (count.watched + CLAIMS_TRUE + CLAIMS_FALSE)

    def chance(self, age: timedelta, waited: timedelta, edits: int) -> float:
        """The probability of an untold edit in an article that was `age` old at its last look, `waited` ago."""
        start, end = _hours(age), _hours(age) + _hours(waited)
        return 1 - exp(-sum(rate * (min(end, upper) - lower) for lower, upper, rate in self._pieces(start, edits) if lower < end))

    def wait_for(self, chance: float, age: timedelta, edits: int) -> timedelta:
        """How long until an untold edit is as likely as `chance`, or rather -log(1 - chance) of them are expected."""
        left, start = chance, _hours(age)
        for lower, upper, rate in self._pieces(start, edits):
            if rate * (upper - lower) >= left:
                return timedelta(hours=min(lower + left / rate - start, 1e6))
            left -= rate * (upper - lower)
        return timedelta(hours=1e6)

    def _pieces(self, start: float, edits: int) -> Iterator[tuple[float, float, float]]:
        lower = 0.0
        for upper, rate in zip(AGES_HOURS, self.rates[_frequency(edits)], strict=True):
            if upper > start:
                yield max(lower, start), upper, rate
            lower = upper

    def _rate(self, age: int, frequency: int, general: float) -> float:
        prior = PRIOR[frequency][age] * general
        count = self.counts.get(_name(age, frequency), Count())
        rate = prior * (count.found + AGE_EDITS) / (prior * count.watched + AGE_EDITS)
        if not count.watched:
            return rate
        spread = SURE * sqrt(count.found)
        return min(max(rate, (count.found - spread) / count.watched), (count.found + spread + SURE**2) / count.watched)

    def watched(self, age: timedelta) -> float:
        """For how many hours articles of an age, never seen edited, were watched."""
        return self.counts.get(rate_name(age, timedelta(), 0), Count()).watched


def rate_name(age: timedelta, waited: timedelta, edits: int) -> str:
    """The row that a look belongs to, by the middle of the time that it looks back over."""
    middle = _hours(age) + _hours(waited) / 2
    return _name(next(n for n, upper in enumerate(AGES_HOURS) if middle < upper), _frequency(edits))


def counted(before: Count, name: str, watched: float, found: bool) -> Count:
    """The row after one more look; halved where it counts for enough."""
    after = Count(before.watched + watched, before.found + found)
    enough = after.watched >= CLAIMS_HALVED_AT if name not in _PRIORS else _prior_of(name) * after.watched >= FORGET_AT
    return Count(after.watched / 2, after.found / 2) if enough else after


def _frequency(edits: int) -> int:
    return min(max(edits, 0), len(PRIOR) - 1)


def _name(age: int, frequency: int) -> str:
    upper = AGES_HOURS[age]
    return f"{_FREQUENCIES[frequency]}, {'older' if upper == inf else f'under {upper:.0f} h'}"


_PRIORS = {_name(age, frequency): PRIOR[frequency][age] for age in range(len(AGES_HOURS)) for frequency in range(len(PRIOR))}


def _prior_of(name: str) -> float:
    return _PRIORS.get(name, 0.0)


def _hours(span: timedelta) -> float:
    return max(span.total_seconds(), 0.0) / 3600
