"""Alert state: which problems are reported, and when. Pure: state, current problems and time in; the next state out.

A problem is reported once, again after a set time while it lasts, and once more when it is over. Messages collect all problems
and keep a distance, so that a bad day makes at most a dozen messages an hour.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, Self

from pipelines.queries.health import Finding
from pipelines.store.rows import instant_of, moment, optional_instant, optional_moment, span

GAP = timedelta(minutes=5)
"""Minimum time between two messages. Longer: problems are reported later; shorter: a bad hour fills a mailbox."""
MAX_LINES = 40
MANY_ALIKE = 4
"""From this many sites on, a shared finding takes one line: a broken network is one problem, not three hundred."""
MAX_LINE_CHARS = 300
MAX_MESSAGES = 20
"""Limit of waiting messages; beyond it the oldest are dropped. A problem that lasts is reported again."""
MAX_MESSAGE_AGE = timedelta(hours=24)
"""A message that could not be sent for this long is dropped."""
FIRST_RETRY = timedelta(minutes=1)
LONGEST_RETRY = timedelta(minutes=30)


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that an operator should know."""

    key: str
    """Identifies the problem over time."""
    text: str
    """One line of text."""
    lasts: bool = True
    """False: an event, which is reported once and has no end."""


@dataclass(frozen=True, slots=True)
class KnownProblem:
    """A problem in the state, with its history."""

    text: str
    since: datetime
    told: datetime | None = None
    lasts: bool = True
    over: datetime | None = None
    """When it ended; it stays in the state until that was reported."""


@dataclass(frozen=True, slots=True)
class AlertMessage:
    """A message, and the addresses that have not received it yet."""

    title: str
    body: str
    made: datetime
    left: tuple[str, ...] = ()
    """Hashes of the addresses that have not received it."""
    is_recovery: bool = False
    """Whether it reports only recoveries."""
    is_critical: bool = False
    """Whether it concerns more than single sites, so that nothing may be crawled or known until somebody acts."""
    tries: int = 0
    not_before: datetime | None = None


@dataclass(frozen=True, slots=True)
class AlertState:
    """Everything that must survive the process."""

    entries: Mapping[str, KnownProblem] = field(default_factory=dict)
    messages: tuple[AlertMessage, ...] = ()
    last_message: datetime | None = None
    mutes: Mapping[str, datetime] = field(default_factory=dict)
    """Site -> until when nothing is reported about it."""

    def is_muted(self, key: str, now: datetime) -> bool:
        """Whether a problem with this key belongs to a muted site."""
        parts = key.split("/")
        until = self.mutes.get(parts[1]) if len(parts) > 1 else None
        return until is not None and now < until

    def to_json(self) -> dict[str, Any]:
        entries = {key: {**asdict(one), "since": moment(one.since), "told": optional_moment(one.told),
                         "over": optional_moment(one.over)} for key, one in self.entries.items()}  # fmt: skip
        messages = [
            {**asdict(one), "made": moment(one.made), "not_before": optional_moment(one.not_before)} for one in self.messages
        ]
        return {"entries": entries, "letters": messages, "last_letter": optional_moment(self.last_message),
                "mutes": {site: moment(until) for site, until in self.mutes.items()}}  # fmt: skip

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Self:
        """The state from its file; raises LookupError, TypeError, ValueError or AttributeError for a foreign one."""
        entries = {
            key: KnownProblem(**{**one, **_instants(one, "since", "told", "over")}) for key, one in stored["entries"].items()
        }
        messages = [
            AlertMessage(**{**one, **_instants(one, "made", "not_before"), "left": tuple(one["left"])})
            for one in stored["letters"]
        ]
        mutes = {str(site): instant_of(until) for site, until in stored.get("mutes", {}).items()}
        return cls(entries, tuple(messages), optional_instant(stored["last_letter"]), mutes)


def problems_of(site: str, findings: Iterable[Finding]) -> Iterator[Problem]:
    """A site's findings as problems: one for each that means illness."""
    for finding in findings:
        if finding.ill:
            yield Problem(f"site/{site}/{finding.code}", f"{site}: {finding.text}")


@dataclass(frozen=True, slots=True)
class CurrentProblems:
    """The problems at one moment."""

    problems: tuple[Problem, ...] = ()
    whole: bool = True
    """False: not everything was checked, so that a missing problem is not over."""
    unseen: tuple[str, ...] = ()
    """The same for keys with these prefixes: several processes share the state, and not each sees everything."""


def update(
    state: AlertState, current: CurrentProblems, now: datetime, repeat_after: timedelta, addresses: tuple[str, ...]
) -> AlertState:
    """The state after the current problems are added, with a new message if one is due.

    `repeat_after`: a problem that lasts is reported again after this. `addresses`: hashes of those that receive messages.
    """
    state = replace(state, mutes={site: until for site, until in state.mutes.items() if now < until})
    noted = _updated_entries(state.entries, current, now, repeat_after)
    entries = {key: one for key, one in noted if one.lasts or one.told or not state.is_muted(key, now)}
    if state.last_message and timedelta() <= now - state.last_message < GAP:
        return replace(state, entries=entries)
    unmuted = {key: one for key, one in entries.items() if not state.is_muted(key, now)}
    new = {key: one for key, one in unmuted.items() if one.told is None and one.over is None}
    seen = {problem.key for problem in current.problems}
    lasting = ((key, unmuted[key]) for key in seen & unmuted.keys() if unmuted[key].over is None and unmuted[key].lasts)
    still = {key: one for key, one in lasting if one.told and now - one.told >= repeat_after}
    over = {key: one for key, one in entries.items() if one.over}
    if not (new or still or over):
        return replace(state, entries=entries)
    entries = {
        key: replace(one, told=now) if key in new or key in still else one for key, one in entries.items() if key not in over
    }
    title, body = _title(len(new), len(still), len(over)), _body(new, still, over, now)
    critical = any(is_critical(key) for key in (*new, *still))
    message = AlertMessage(title, body, now, addresses, is_recovery=not new and not still, is_critical=critical)
    return replace(state, entries=entries, messages=(*state.messages, message)[-MAX_MESSAGES:], last_message=now)


def is_critical(key: str) -> bool:
    """Whether a problem concerns the ledger, the schedule, the catalogue or the cluster, rather than one site."""
    return not key.startswith(("site/", "lost/", "search:"))


def next_due(state: AlertState, now: datetime) -> AlertMessage | None:
    """The oldest message that is due."""
    return next((one for one in state.messages if one.not_before is None or one.not_before <= now), None)


def sent(state: AlertState, message: AlertMessage, left: tuple[str, ...], now: datetime) -> AlertState:
    """The state after an attempt to send: the message is dropped if all have it or it is too old, otherwise tried again later."""
    rest = [one for one in state.messages if one is not message]
    if left and now - message.made < MAX_MESSAGE_AGE:
        wait = min(FIRST_RETRY * 2 ** min(message.tries, 10), LONGEST_RETRY)
        rest.append(replace(message, left=left, tries=message.tries + 1, not_before=now + wait))
    return replace(state, messages=tuple(rest))


def one_line(text: str) -> str:
    """A line without control characters, of bounded length."""
    return "".join(char if char.isprintable() else " " for char in text[:MAX_LINE_CHARS])


def _updated_entries(
    entries: Mapping[str, KnownProblem], current: CurrentProblems, now: datetime, repeat_after: timedelta
) -> Iterator[tuple[str, KnownProblem]]:
    by_key = {problem.key: problem for problem in current.problems}
    for key, one in entries.items():
        if key in by_key:
            yield key, replace(one, text=one_line(by_key[key].text), over=None)
        elif one.lasts and (not current.whole or key.startswith(current.unseen)):
            yield key, one
        elif one.told is None:
            if not one.lasts:  # an event waits to be told, however short it was
                yield key, one
        elif one.lasts:
            yield key, replace(one, over=one.over or now)
        elif now - one.told < repeat_after:
            yield key, one
    for key, problem in by_key.items():
        if key not in entries:
            yield key, KnownProblem(one_line(problem.text), now, lasts=problem.lasts)


def _title(new: int, still: int, over: int) -> str:
    parts = [f"{count} {word}" for count, word in ((new, "new"), (still, "still so"), (over, "well again")) if count]
    return f"Newsledger: {', '.join(parts)}"


def _body(
    new: Mapping[str, KnownProblem], still: Mapping[str, KnownProblem], over: Mapping[str, KnownProblem], now: datetime
) -> str:
    lines = [
        *_grouped(new, lambda one: one.text),
        *_grouped(still, lambda one: f"still, for {span(now - one.since)}: {one.text}"),
        *_grouped(over, lambda one: f"well again, after {span((one.over or now) - one.since)}: {one.text}"),
    ]
    more = [f"and {len(lines) - MAX_LINES} more; `newsledger health` tells all"] if len(lines) > MAX_LINES else []
    return "\n".join((*lines[:MAX_LINES], *more))


def _grouped(problems: Mapping[str, KnownProblem], line_of: Callable[[KnownProblem], str]) -> Iterator[str]:
    """One line a problem, critical ones first; a finding of many sites takes one line, the first site in full."""
    groups: dict[str, list[str]] = {}
    for key in sorted(problems, key=lambda key: not is_critical(key)):
        code = key.removeprefix("site/").partition("/")[2]
        groups.setdefault(code if key.startswith("site/") else key, []).append(key)
    for keys in groups.values():
        if len(keys) < MANY_ALIKE:
            yield from (line_of(problems[key]) for key in keys)
            continue
        others = ", ".join(key.split("/")[1] for key in keys[1:])
        yield one_line(f"{line_of(problems[keys[0]])}; so are {len(keys) - 1} more: {others}")


def _instants(stored: Mapping[str, Any], *names: str) -> dict[str, datetime | None]:
    return {name: optional_instant(stored[name]) for name in names}
