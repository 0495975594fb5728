"""Which trouble is told, and when. Pure: a book of what is known, the trouble of now and the time in; the book and a letter out.

Trouble is told once, again after a stated time while it lasts, and once more when it is over. Letters gather what there is and
keep a distance, so that a bad day makes a dozen letters an hour at most.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, Self

from pipelines.queries.health import Finding
from pipelines.store.rows import instant_of, moment, optional_moment, span

GAP = timedelta(minutes=5)
"""Between two letters. Longer: trouble is told later; shorter: a bad hour fills a mailbox."""
MAX_LINES = 40
MAX_LINE_CHARS = 300
MAX_LETTERS = 20
"""Letters that wait to be sent; beyond this the oldest go. Their trouble is told again while it lasts."""
LETTER_AGE = timedelta(hours=24)
"""A letter that could not be sent for so long is given up."""
FIRST_RETRY = timedelta(minutes=1)
LONGEST_RETRY = timedelta(minutes=30)


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that somebody should know."""

    key: str
    """The same for the same trouble."""
    text: str
    """One line for a person."""
    lasts: bool = True
    """False: an event, that is told and not taken back."""


@dataclass(frozen=True, slots=True)
class KnownProblem:
    """What is known of a problem."""

    text: str
    since: datetime
    told: datetime | None = None
    lasts: bool = True
    over: datetime | None = None
    """Since when it is no more; it stays until that was told."""


@dataclass(frozen=True, slots=True)
class AlertMessage:
    """What is to be sent, and to whom it was not yet."""

    title: str
    body: str
    made: datetime
    left: tuple[str, ...] = ()
    """Marks of the addresses that have not got it."""
    tries: int = 0
    not_before: datetime | None = None


@dataclass(frozen=True, slots=True)
class AlertState:
    """All that must outlive the process."""

    entries: Mapping[str, KnownProblem] = field(default_factory=dict)
    letters: tuple[AlertMessage, ...] = ()
    last_letter: datetime | None = None

    def to_json(self) -> dict[str, Any]:
        """For a file."""
        entries = {key: {**asdict(one), "since": moment(one.since), "told": optional_moment(one.told),
                         "over": optional_moment(one.over)} for key, one in self.entries.items()}  # fmt: skip
        letters = [
            {**asdict(one), "made": moment(one.made), "not_before": optional_moment(one.not_before)} for one in self.letters
        ]
        return {"entries": entries, "letters": letters, "last_letter": optional_moment(self.last_letter)}

    @classmethod
    def from_json(cls, told: Mapping[str, Any]) -> Self:
        """From a file; raises LookupError, TypeError, ValueError or AttributeError where it is none of ours."""
        entries = {
            key: KnownProblem(**{**one, **_instants(one, "since", "told", "over")}) for key, one in told["entries"].items()
        }
        letters = [
            AlertMessage(**{**one, **_instants(one, "made", "not_before"), "left": tuple(one["left"])}) for one in told["letters"]
        ]
        return cls(entries, tuple(letters), _instant(told["last_letter"]))


def problems_of(site: str, findings: Iterable[Finding]) -> Iterator[Problem]:
    """What is wrong with a site, as problems: one for each finding that means illness."""
    for finding in findings:
        if finding.ill:
            yield Problem(f"site/{site}/{finding.code}", f"{site}: {finding.text}")


@dataclass(frozen=True, slots=True)
class CurrentProblems:
    """The trouble of one time."""

    problems: tuple[Problem, ...] = ()
    whole: bool = True
    """False: not all was looked at, so that what is not named here is not over."""


def turn(book: AlertState, trouble: CurrentProblems, now: datetime, again: timedelta, marks: tuple[str, ...]) -> AlertState:
    """Take note of the trouble of now; where there is something to tell and the time has come, a letter lies in the book.

    `again`: trouble that lasts is told again after so long. `marks`: the addresses that get letters.
    """
    entries = dict(_noted(book.entries, trouble, now, again))
    if book.last_letter and timedelta() <= now - book.last_letter < GAP:
        return replace(book, entries=entries)
    new = {key: one for key, one in entries.items() if one.told is None and one.over is None}
    still = {key: one for key, one in entries.items() if one.told and one.over is None and one.lasts and now - one.told >= again}
    over = {key: one for key, one in entries.items() if one.over}
    if not (new or still or over):
        return replace(book, entries=entries)
    entries = {
        key: replace(one, told=now) if key in new or key in still else one for key, one in entries.items() if key not in over
    }
    letter = AlertMessage(_title(len(new), len(still), len(over)), _body(new, still, over, now), now, marks)
    return AlertState(entries, (*book.letters, letter)[-MAX_LETTERS:], now)


def ready(book: AlertState, now: datetime) -> AlertMessage | None:
    """The oldest letter whose time has come."""
    return next((one for one in book.letters if one.not_before is None or one.not_before <= now), None)


def sent(book: AlertState, letter: AlertMessage, left: tuple[str, ...], now: datetime) -> AlertState:
    """After a try to send a letter: it goes where nobody is left or it grew too old, else it is tried again later."""
    rest = [one for one in book.letters if one is not letter]
    if left and now - letter.made < LETTER_AGE:
        wait = min(FIRST_RETRY * 2 ** min(letter.tries, 10), LONGEST_RETRY)
        rest.append(replace(letter, left=left, tries=letter.tries + 1, not_before=now + wait))
    return replace(book, letters=tuple(rest))


def one_line(text: str) -> str:
    """A line that no page's control characters can break, bounded."""
    return "".join(char if char.isprintable() else " " for char in text[:MAX_LINE_CHARS])


def _noted(
    entries: Mapping[str, KnownProblem], trouble: CurrentProblems, now: datetime, again: timedelta
) -> Iterator[tuple[str, KnownProblem]]:
    current = {problem.key: problem for problem in trouble.problems}
    for key, one in entries.items():
        if key in current:
            yield key, replace(one, text=one_line(current[key].text), over=None)
        elif one.lasts and not trouble.whole:
            yield key, one
        elif one.told is None:
            if not one.lasts:  # an event waits to be told, however short it was
                yield key, one
        elif one.lasts:
            yield key, replace(one, over=one.over or now)
        elif now - one.told < again:
            yield key, one
    for key, problem in current.items():
        if key not in entries:
            yield key, KnownProblem(one_line(problem.text), now, lasts=problem.lasts)


def _title(new: int, still: int, over: int) -> str:
    parts = [f"{count} {word}" for count, word in ((new, "new"), (still, "still so"), (over, "well again")) if count]
    return f"Newsledger: {', '.join(parts)}"


def _body(
    new: Mapping[str, KnownProblem], still: Mapping[str, KnownProblem], over: Mapping[str, KnownProblem], now: datetime
) -> str:
    lines = [
        *(one.text for one in new.values()),
        *(f"still, for {span(now - one.since)}: {one.text}" for one in still.values()),
        *(f"well again, after {span((one.over or now) - one.since)}: {one.text}" for one in over.values()),
    ]
    more = [f"and {len(lines) - MAX_LINES} more; `newsledger health` tells all"] if len(lines) > MAX_LINES else []
    return "\n".join((*lines[:MAX_LINES], *more))


def _instant(text: str | None) -> datetime | None:
    return instant_of(text) if text else None


def _instants(told: Mapping[str, Any], *names: str) -> dict[str, datetime | None]:
    return {name: _instant(told[name]) for name in names}
