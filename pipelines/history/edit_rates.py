"""Edit-rate model of a site: how often articles change silently, by the time since the last change, the number of earlier
edits, kind and section; and the precision of its sources' declared changes. Pure; rows of the table `habits` in, rates out.

A new site is judged by published figures (the prior), and increasingly by its own. Knows no database.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from math import exp, expm1, inf, lgamma, log

AGES_HOURS = (1.0, 3.0, 8.0, 24.0, 72.0, 168.0, 720.0, inf)
"""Upper bounds of the ages (since the last change) with one rate each. Finer: each is learned more slowly."""
_BOUNDS = (0.0, *AGES_HOURS[:-1])

PRIOR = (
    (0.045, 0.012, 0.0042, 0.0012, 0.00027, 0.00006, 0.00001, 0.0000005),
    (0.045, 0.012, 0.003, 0.001, 0.00027, 0.00006, 0.00001, 0.0000005),
    (0.14, 0.05, 0.012, 0.004, 0.0012, 0.0003, 0.00006, 0.000003),
    (0.25, 0.1, 0.02, 0.006, 0.0015, 0.0003, 0.00006, 0.000003),
    (0.18, 0.05, 0.017, 0.005, 0.001, 0.00025, 0.00004, 0.000002),
    (0.25, 0.2, 0.15, 0.08, 0.05, 0.04, 0.03, 0.03),
)
"""Undeclared edits an hour, by age, of articles never seen edited, edited once, and more often; of articles ever edited and of
those never edited, all edits; last, all edits in the SOON hours after one, by the age since publication at which that was made.
From published counts: 31 % are ever edited, 1.94 times each with a heavy tail, four fifths of it within a day, a quarter of the
edits silent. They are from other papers than ours; so they are only the beginning of the count."""
_FREQUENCIES = ("first", "edited once", "edited often", "followed", "any", "followed soon")
_OFTEN, _FOLLOWED, _ANY, _SOON = 2, 3, 4, 5
SOON = 3.0
"""Only edits that follow another within this many hours count as overwriting it; a bound of AGES_HOURS. Longer: more fetches of
old articles, for little."""
_FIRST_AGE_AFTER_A_DAY = AGES_HOURS.index(24.0) + 1

Factors = tuple[float, float]

SITE_EDITS = 3.0
"""Weight, in edits, of the prior for the site as a whole. Higher: a site is known later; lower: its first edit makes it a site
with many."""
AGE_EDITS = 4.0
"""The same for each age, against the site's own general rate."""
OWN_WAY, OWN_EDITS, OWN_HOURS = 0.1, 0.5, 12.0
"""The prior odds that a site at some age differs from all published counts: then any rate is possible, about OWN_EDITS in
OWN_HOURS. So ages that were never watched are worth a few fetches, and edits found there outweigh the prior at once. Higher
odds: a new site costs more fetches; lower: a site that edits old articles is recognised late."""
UNTOLD, UNTOLD_HOURS = 0.25, 50.0
"""The share of undeclared ones among all edits, as published; and the weight, in hours, of the doubt whether declared ones
continue."""
SECTION_EDITS = 4.0
"""Weight, in expected edits, of the assumption that a section, or a kind of page, is edited like the others."""
SECTION, MOST_SECTIONS = "section ", 80
"""Prefix of the rows of sections, and their maximum number a site, two a section; further sections are not distinguished."""
FORGET_EDITS, FORGET_HOURS = 60.0, 20_000.0
"""A row with this many edits or hours is halved: about a month at a daily paper. Higher: last year's behaviour
counts as much as today's."""

RANGE_EDITS = 4.0
"""Precision of the number of missed edits: as if from this many. Fewer: wider ranges. Fitted to simulations."""

CLAIMS, VANISHED = "claims", "vanished"
"""Rows of the sources' claims: that an article has changed, or, by no longer listing it, that it is gone."""
SILENT = "silent"
"""The row of undeclared edits: how many of them left the page's own stamp unchanged."""
CLAIMS_TRUE, CLAIMS_FALSE = 9.0, 1.0
"""The prior of a site's claims: nine of ten are true."""
CLAIMS_HALVED_AT = 200.0


@dataclass(frozen=True, slots=True)
class Count:
    """Hours watched (for a section or kind: expected edits; for claims: their number), and edits found."""

    watched: float = 0.0
    found: float = 0.0


@dataclass(frozen=True, slots=True)
class Traits:
    """Facts of an article that influence how often it is edited, besides the time since its last change."""

    edits: int = 0
    """Number of its changes seen so far."""
    kind: str = "article"
    section: str | None = None
    changed_after: float = 0.0
    """Hours from its publication to its last change; 0 if it has none."""


@dataclass(frozen=True, slots=True)
class EditRateModel:
    """The counts of one site; empty for a new one."""

    counts: Mapping[str, Count] = field(default_factory=dict)
    rates: tuple[tuple[float, ...], ...] = field(init=False, repr=False, compare=False)
    """Undeclared edits an hour, in the form of PRIOR."""
    _sums: tuple[tuple[float, ...], ...] = field(init=False, repr=False, compare=False)
    """Edits expected up to the beginning of each age."""

    def __post_init__(self) -> None:
        young = [(name, count) for name, count in self.counts.items() if name in _RATES_OF_FIRST_DAY]
        expected = sum(_PRIORS[name] * count.watched for name, count in young)
        general = (sum(count.found for _, count in young) + SITE_EDITS) / (expected + SITE_EDITS)
        rates = tuple(
            tuple(self._rate(prior * general, age, frequency) for age, prior in enumerate(priors))
            for frequency, priors in enumerate(PRIOR)
        )
        object.__setattr__(self, "rates", rates)
        object.__setattr__(self, "_sums", tuple(_running(row) for row in rates))

    def _rate(self, prior: float, age: int, frequency: int) -> float:
        """The rate from the prior and the counts; at least as many undeclared edits are expected as the declared ones imply."""
        if frequency < _FOLLOWED:
            every = self.counts.get(_name(age, _FOLLOWED if frequency else _ANY), Count())
            prior = max(prior, UNTOLD * every.found / (every.watched + UNTOLD_HOURS))
        return _posterior(prior, self.counts.get(_name(age, frequency)))

    def precision(self, claim: str) -> float:
        """The share of the sources' claims (CLAIMS or VANISHED) that turn out true."""
        count = self.counts.get(claim, Count())
        return (count.found + CLAIMS_TRUE) / (count.watched + CLAIMS_TRUE + CLAIMS_FALSE)

    def factors(self, traits: Traits) -> Factors:
        """How much more (or less) an article of this kind and section is edited than others of its age: on its first day, and
        later.

        Separate, because a section whose old articles are edited often edits its young ones like others, and vice versa.
        """
        found = [1.0, 1.0]
        for era in (0, 1):
            for name in _groups(traits, era):
                found[era] *= _relative_rate(self.counts.get(name))
        return found[0], found[1]

    def expected(self, age: timedelta, waited: timedelta, traits: Traits) -> float:
        """Undeclared edits expected in an article that was `age` old at its last fetch, `waited` ago."""
        start, frequency, factors = _hours(age), _frequency(traits.edits), self.factors(traits)
        return self.upto(start + _hours(waited), frequency, factors) - self.upto(start, frequency, factors)

    def worth(self, age: timedelta, traits: Traits) -> Worth:
        """The worth of fetching an article that was `age` old at its last fetch."""
        return Worth(self, _hours(age), traits.changed_after, _frequency(traits.edits), self.factors(traits))

    def upto(self, age: float, frequency: int, factors: Factors) -> float:
        """Edits expected up to an age in hours."""
        piece = bisect_right(AGES_HOURS, age)
        sums = self._sums[frequency]
        found = sums[piece] + self.rates[frequency][piece] * (age - _BOUNDS[piece])
        return (
            factors[0] * found
            if piece < _FIRST_AGE_AFTER_A_DAY
            else (factors[0] - factors[1]) * sums[_FIRST_AGE_AFTER_A_DAY] + factors[1] * found
        )

    def soon_after(self, age: float, factors: Factors) -> float:
        """All edits an hour within SOON hours of one that is made at an age since publication."""
        return factors[0] * self.rates[_SOON][bisect_right(AGES_HOURS, age)]


NEWS_HOURS = 48.0
"""An edit loses its worth evenly over this many hours until it is seen: half in a day."""


@dataclass(frozen=True, slots=True)
class Worth:
    """The worth of a fetch, by the hours waited: the undeclared edits that further waiting loses, because another overwrites
    them or they are seen late.

    With fetches at equal distances w, each finding W(w) edits in time for the price p, (W(w) - p) / w is greatest if W(w) - w
    W'(w) is p (Cho and Garcia-Molina 2003; Azar and others 2018). For edits at rate h, each lost after u hours at rate g(u),
    that is h times the integral of u g(u). An edit is lost to another that follows it, and by growing old.
    """

    model: EditRateModel
    start: float
    changed_after: float
    frequency: int
    factors: Factors

    def after(self, hours: float) -> float:
        """Its worth after so many hours, in undeclared edits."""
        model, end, frequency, factors = self.model, self.start + hours, self.frequency, self.factors
        until = model.upto(end, frequency, factors)
        expected = until - model.upto(self.start, frequency, factors)
        soon = model.soon_after(self.changed_after + self.start + hours / 2, factors)
        overwritten, late = soon * min(hours, SOON) ** 2 / 2, min(hours, NEWS_HOURS) ** 2 / (2 * NEWS_HOURS)
        return -expm1(-expected) / hours * (overwritten + late)

    def hours_until(self, price: float, least: float, most: float) -> float:
        """How long to wait until a fetch is worth its price, within limits."""
        short, hours = least, least
        while self.after(hours) < price:
            if hours >= most:
                return most
            short, hours = hours, min(hours * 1.5, most)
        if hours > least:
            for _ in range(5):
                middle = (short + hours) / 2
                if self.after(middle) < price:
                    short = middle
                else:
                    hours = middle
        return hours


def learned(
    model: EditRateModel, age: timedelta, waited: timedelta, traits: Traits, found: bool, *, claimed: bool = False
) -> Iterator[tuple[str, float, float]]:
    """The counts that a fetch adds: (row, watched, found). A fetch that a source's claim caused says nothing about undeclared
    edits, but about how soon edits follow each other.
    """
    start, frequency, factors = _hours(age), _frequency(traits.edits), model.factors(traits)
    end, expected, seen = start + _hours(waited), [0.0, 0.0], [0.0, 0.0]
    every = _FOLLOWED if traits.edits else _ANY
    for age_now, watched, edits in _split_by_age(model, start, end, every, factors, found):
        if traits.edits or age_now >= _FIRST_AGE_AFTER_A_DAY:
            yield _name(age_now, every), watched, edits
        if traits.edits and AGES_HOURS[age_now] <= SOON:
            yield _name(bisect_right(AGES_HOURS, traits.changed_after), _SOON), watched, edits
    if claimed:
        return
    for age_now, watched, edits in _split_by_age(model, start, end, frequency, factors, found):
        expected[age_now >= _FIRST_AGE_AFTER_A_DAY] += model.rates[frequency][age_now] * watched
        seen[age_now >= _FIRST_AGE_AFTER_A_DAY] += edits
        yield _name(age_now, frequency), watched, edits
    for era in (0, 1):
        for name in _groups(traits, era):
            if expected[era]:
                yield name, expected[era] / _relative_rate(model.counts.get(name)), seen[era]


def overwritten(model: EditRateModel, age: timedelta, waited: timedelta, traits: Traits, *, claimed: bool = False) -> float:
    """Undeclared edits expected between two fetches beside the one that the second found: after it; or, with `claimed`, before
    it, where `waited` ends at the time that a source gave it.

    Close to an edit there are as many as edits follow one another soon, before it as after it; further away, as ever.
    """
    start, factors, after = _hours(age), model.factors(traits), _frequency(traits.edits + 1)
    end, missed = start + _hours(waited), 0.0
    at_first = model.upto(SOON, after, factors)
    undeclared = min(at_first / model.upto(SOON, _FOLLOWED, factors), 1.0)

    def nearby(age: float, hours: float) -> float:
        return undeclared * model.soon_after(traits.changed_after + age, factors) * min(hours, SOON)

    if claimed:
        earlier = max(waited - timedelta(hours=SOON), timedelta())
        return nearby(end, end - start) + model.expected(age, earlier, traits)
    for piece, _, edits in _split_by_age(model, start, end, _frequency(traits.edits), factors, found=True):
        upper = min(end, AGES_HOURS[piece])
        middle = (start + upper) / 2
        missed += edits * (nearby(middle, end - middle) + max(model.upto(end - middle, after, factors) - at_first, 0.0))
        start = upper
    return missed


def _split_by_age(
    model: EditRateModel, start: float, end: float, frequency: int, factors: Factors, found: bool
) -> Iterator[tuple[int, float, float]]:
    """The time between two fetches, and the edit found, by ages.

    The second fetch does not say when the edit was made: by the rates known so far it is divided among the ages between, and
    they count as watched only until then (the E step of EM; Dempster, Laird, Rubin 1977).
    """
    whole = model.upto(end, frequency, factors) - model.upto(start, frequency, factors)
    survived, any_edit = 1.0, -expm1(-whole)
    piece = bisect_right(AGES_HOURS, start)
    while start < end:
        hours = min(end, AGES_HOURS[piece]) - start
        factor = factors[piece >= _FIRST_AGE_AFTER_A_DAY]
        here = factor * model.rates[frequency][piece] * hours
        watched, edits = hours, 0.0
        if found and any_edit > 1e-12:
            edits = survived * -expm1(-here) / any_edit
            after = (survived * exp(-here) - exp(-whole)) / any_edit
            until = hours * (1 / here - 1 / expm1(here)) if here > 1e-6 else hours / 2
            watched = hours * max(after, 0.0) + until * edits
            survived *= exp(-here)
        yield piece, factor * watched, edits
        start, piece = start + hours, piece + 1


def likely_range(expected: float) -> tuple[int, int]:
    """The 90 % range of a count with this expected value: Poisson with a rate that is itself
    only roughly known (negative binomial)."""
    share = RANGE_EDITS / (RANGE_EDITS + expected)
    chance = share**RANGE_EDITS
    low, number, below = None, 0, chance
    while below < 0.95 and number < 10 * expected + 10:
        if low is None and below >= 0.05:
            low = number
        chance *= (number + RANGE_EDITS) / (number + 1) * (1 - share)
        number += 1
        below += chance
    return number if low is None else low, number


def counted(before: Count, name: str, watched: float, found: float) -> Count:
    """The row after one more fetch; halved if it counts for enough."""
    after = Count(before.watched + watched, before.found + found)
    if name in _PRIORS:
        enough = after.found >= FORGET_EDITS or after.watched >= FORGET_HOURS
    elif name in (CLAIMS, VANISHED, SILENT):
        enough = after.watched >= CLAIMS_HALVED_AT
    else:
        enough = after.watched + after.found >= FORGET_EDITS
    return Count(after.watched / 2, after.found / 2) if enough else after


def _posterior(prior: float, count: Count | None) -> float:
    """The expected rate at an age, for a site that edits about like the prior, or in its own way, by the odds."""
    count = count or Count()
    usual, own = (AGE_EDITS, AGE_EDITS / prior), (OWN_EDITS, OWN_HOURS)
    difference = _evidence(*own, count) - _evidence(*usual, count) + log(OWN_WAY / (1 - OWN_WAY))
    odds = 1 / (1 + exp(-difference)) if difference > -500 else 0.0
    means = [(edits + count.found) / (hours + count.watched) for edits, hours in (usual, own)]
    return (1 - odds) * means[0] + odds * means[1]


def _evidence(edits: float, hours: float, count: Count) -> float:
    """The log likelihood of a count if the rate is distributed as a Gamma of so many edits in so many hours."""
    return lgamma(edits + count.found) - lgamma(edits) + edits * log(hours) - (edits + count.found) * log(hours + count.watched)


def _running(rates: tuple[float, ...]) -> tuple[float, ...]:
    sums = [0.0]
    for lower, upper, rate in zip(_BOUNDS, AGES_HOURS[:-1], rates, strict=False):
        sums.append(sums[-1] + rate * (upper - lower))
    return tuple(sums)


def _groups(traits: Traits, era: int) -> Iterator[str]:
    """The rows of an article's section, and of its kind if that is an unusual one."""
    when = ("young", "old")[era]
    if traits.section:
        yield f"{SECTION}{traits.section.casefold()[:60]}, {when}"
    if traits.kind != "article":
        yield f"kind {traits.kind}, {when}"


def _relative_rate(count: Count | None) -> float:
    return (count.found + SECTION_EDITS) / (count.watched + SECTION_EDITS) if count else 1.0


def _frequency(edits: int) -> int:
    return min(max(edits, 0), _OFTEN)


def _name(age: int, frequency: int) -> str:
    upper = AGES_HOURS[age]
    return f"{_FREQUENCIES[frequency]}, {'older' if upper == inf else f'under {upper:.0f} h'}"


_PRIORS = {_name(age, frequency): PRIOR[frequency][age] for age in range(len(AGES_HOURS)) for frequency in range(len(PRIOR))}
_RATES_OF_FIRST_DAY = frozenset(_name(age, frequency) for age in range(_FIRST_AGE_AFTER_A_DAY) for frequency in range(_FOLLOWED))
"""The ages that show how much a site edits as a whole."""


def _hours(span: timedelta) -> float:
    return max(span.total_seconds(), 0.0) / 3600
