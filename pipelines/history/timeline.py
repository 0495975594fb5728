"""Two histories of one article become one, in order of time: pure, and judged by the very table of `revisions`.

What a ledger knows of a text is that it was there at its first and at its last look. So a history is a row of sights, both rows
are sorted into one, and that is walked as if one crawler had looked: a text seen before and after another was there twice. As
long as a history is that of one ledger from its beginning, its judgements stand; what follows a strange revision is judged anew.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import NamedTuple

from pipelines.article import CHANGES, Article, Outcome, instant_of
from pipelines.history.revisions import Decision, EarlierRevision, Known, State, changed_fields, decide


@dataclass(frozen=True, slots=True)
class RevisionRecord:
    """A revision as one of the ledgers tells it. Times are in the store's form."""

    own: bool
    """Of the ledger that takes the other in: its rows stay, whatever the other tells."""
    number: int
    article: Article
    first_seen: str
    last_seen: str
    change: str
    changed_fields: tuple[str, ...] = ()
    reverted_to: int | None = None
    """A number in the same ledger."""
    not_before: str | None = None


@dataclass(frozen=True, slots=True)
class StateStep:
    """A step of the article's state."""

    own: bool
    at: str
    state: State
    status: int | None = None
    reason: str | None = None


@dataclass(slots=True)
class TimelineEntry:
    """A revision of the history that both make."""

    record: RevisionRecord
    """Whose text it has."""
    first_seen: str
    last_seen: str
    stays: bool = False
    """It is the row that `record` has in the own ledger; else a new row."""
    judged: Decision | None = None
    begun: dict[tuple[bool, int], RevisionRecord] = field(default_factory=dict)
    """The revisions that were first seen in it, by (own, number)."""
    change: str = ""
    changed_fields: tuple[str, ...] = ()
    reverted_to: int | None = None
    """A place in the history that both make, from 0."""
    not_before: str | None = None


class _Observation(NamedTuple):
    at: str
    not_own: bool
    number: int
    is_last: bool
    record: RevisionRecord
    same: tuple[RevisionRecord, ...] = ()
    """Revisions of the other ledger that are first seen at the same moment with the same text."""


@dataclass(frozen=True, slots=True)
class History:
    """What one ledger has of an article: revisions by their numbers, and steps, in order."""

    revisions: Sequence[RevisionRecord] = ()
    steps: Sequence[StateStep] = ()


@dataclass(frozen=True, slots=True)
class MergedHistory:
    """The history that two make."""

    entries: list[TimelineEntry]
    steps: list[StateStep]


def interleave(own: History, other: History) -> MergedHistory:
    """One history of two. Revisions and steps of `own` are never lost; what `other` knows no more of adds nothing."""
    steps = _steps(own, other)
    entries = _side_by_side(own.revisions, other.revisions) or _TimelineBuilder(steps).build(own.revisions, other.revisions)
    unknown_removals = {True: _first_unknown_removal(own, other), False: _first_unknown_removal(other, own)}
    for place, entry in enumerate(entries):
        _classify(entries, place, steps, [side for side in (True, False) if entry.first_seen <= unknown_removals[side]])
    return MergedHistory(entries, steps)


def _first_unknown_removal(to: History, record: History) -> str:
    """The first takedown that one ledger knows nothing of: from then on its judgements do not stand by themselves."""
    known = {step.at for step in to.steps if step.state is State.GONE}
    return min((step.at for step in record.steps if step.state is State.GONE and step.at not in known), default="~")


def _steps(own: History, other: History) -> list[StateStep]:
    """The steps of both in order of time: all of `own`, of `other` those that change the state, and new ones where the article
    was seen although it was thought to be missing.
    """
    record = (*own.steps, *other.steps)
    observations = {at for one in (*own.revisions, *other.revisions) for at in (one.first_seen, one.last_seen)}
    events: list[tuple[str, int, bool, StateStep | None]] = [(at, 0, False, None) for at in observations]
    events += [(step.at, 1, not step.own, step) for step in record]
    back = {step.at for step in record if step.state is State.LIVE}
    kept: list[StateStep] = []
    for at, _, _, step in sorted(events, key=lambda event: event[:3]):
        state = kept[-1].state if kept else None
        if step is None:
            if state not in (None, State.LIVE) and at not in back:
                kept.append(StateStep(False, at, State.LIVE, None, "answered a look of another ledger"))
        elif step.own or step.state != state or not own.steps:
            kept.append(step)
    return kept


def _side_by_side(own: Sequence[RevisionRecord], other: Sequence[RevisionRecord]) -> list[TimelineEntry]:
    """The history where one ledger only knows more of the same: no walk is needed; empty where that is not so."""
    longer = own if len(own) >= len(other) else other
    entries = [TimelineEntry(record, record.first_seen, record.last_seen, record.own, begun=_begun(record)) for record in longer]
    for entry, left, right in zip(entries, own, other, strict=False):
        if _text(left) != _text(right):
            return []
        entry.record, entry.stays = left, True
        entry.begun = _begun(left, right)
        entry.first_seen, entry.last_seen = min(left.first_seen, right.first_seen), max(left.last_seen, right.last_seen)
    in_order = all(before.last_seen <= after.first_seen for before, after in pairwise(entries))
    return entries if in_order or not own or not other else []


class _TimelineBuilder:
    """Builds the merged timeline from all observations in order of time, as the writer does while a site is crawled."""

    def __init__(self, steps: Sequence[StateStep]) -> None:
        self._steps = steps
        self._entries: list[TimelineEntry] = []

    def build(self, own: Sequence[RevisionRecord], other: Sequence[RevisionRecord]) -> list[TimelineEntry]:
        """The history that they make."""
        of_own, of_other = _observations(own), _observations(other)
        # What both saw in one second is one sight: else two looks in that second would be two edits, back and forth.
        known = {_moment_of(seen) for seen in of_own}
        begun: dict[tuple[str, str | None], list[RevisionRecord]] = {}
        for seen in of_other:
            if not seen.is_last:
                begun.setdefault(_moment_of(seen), []).append(seen.record)
        of_own = [seen._replace(same=tuple(begun.get(_moment_of(seen), ()))) for seen in of_own]
        of_other = [seen for seen in of_other if _moment_of(seen) not in known]
        for seen in sorted((*of_own, *of_other), key=lambda seen: seen[:4]):
            self._observe(seen)
        return self._entries

    def _observe(self, seen: _Observation) -> None:
        record, at, begins = seen.record, seen.at, not seen.is_last
        decision = judge(self._entries, record, at, state_before(self._steps, at))
        if decision.outcome is Outcome.STALE and begins and record.change == Outcome.REVERTED:
            # Its ledger had seen the old copy for so long that it was believed.
            decision = Decision(Outcome.REVERTED, decision.reverted_to)
        latest = self._entries[-1] if self._entries else None
        if latest is None or decision.outcome in CHANGES:
            self._add(seen, decision)
        elif begins and record.own and (latest.stays or decision.outcome is Outcome.STALE):
            self._add(seen, None)  # a row of ours stays a revision
        elif decision.outcome is not Outcome.STALE:
            if begins and record.own:
                latest.record, latest.stays = record, True
            latest.begun |= _begun(*((record,) if begins else ()), *seen.same)
            latest.last_seen = max(latest.last_seen, at)

    def _add(self, seen: _Observation, decision: Decision | None) -> None:
        begins = not seen.is_last
        begun = _begun(*((seen.record,) if begins else ()), *seen.same)
        self._entries.append(TimelineEntry(seen.record, seen.at, seen.at, begins and seen.record.own, decision, begun))


def judge(before: Sequence[TimelineEntry], record: RevisionRecord, at: str, state: State) -> Decision:
    """What a sight is against the history so far; `reverted_to` is a place in it."""
    if not before:
        return Decision(Outcome.NEW)
    texts = [entry.record.article for entry in before]
    latest = texts[-1]
    known = Known(
        content_hash=str(latest.content_hash),
        date_modified=latest.date_modified.isoformat() if latest.date_modified else None,
        date_published=latest.date_published.isoformat() if latest.date_published else None,
        state=state,
        earlier=tuple(EarlierRevision(place, str(text.content_hash)) for place, text in enumerate(texts[:-1])),
        extractor=latest.extractor,
        is_free=latest.is_accessible_for_free,
    )
    return decide(known, record.article, instant_of(at), latest)


def state_before(steps: Sequence[StateStep], at: str) -> State:
    """The article's state just before a moment."""
    return next((step.state for step in reversed(steps) if step.at < at), State.LIVE)


def _classify(entries: list[TimelineEntry], place: int, steps: Sequence[StateStep], trusted: Sequence[bool]) -> None:
    """What kind of change an entry is: as a trusted ledger said if all up to it is that ledger's own, else as judged."""
    entry, before = entries[place], entries[place - 1] if place else None
    stored = entry.record.not_before if entry.begun else None
    if before:
        entry.not_before = min(max(stored or "", before.last_seen), entry.first_seen)
    for side in trusted:
        if all((side, number) in one.begun for number, one in enumerate(entries[: place + 1], 1)):
            record = entry.begun[side, place + 1]
            entry.change, entry.changed_fields = record.change, record.changed_fields
            entry.reverted_to = record.reverted_to - 1 if record.reverted_to else None
            return
    decision = entry.judged or judge(entries[:place], entry.record, entry.first_seen, state_before(steps, entry.first_seen))
    entry.change, entry.reverted_to = _as_change(decision, entry.record), decision.reverted_to
    entry.changed_fields = tuple(changed_fields(before.record.article, entry.record.article)) if before else ()


def _as_change(decision: Decision, record: RevisionRecord) -> str:
    """The kind of change of what is a revision in any case: a row of ours that is judged to be none keeps what it was."""
    if decision.outcome in CHANGES:
        return decision.outcome
    return Outcome.REVERTED if decision.outcome is Outcome.STALE else record.change


def _observations(history: Sequence[RevisionRecord]) -> list[_Observation]:
    """First and last sight of each revision."""
    first = [_Observation(record.first_seen, not record.own, record.number, False, record) for record in history]
    return first + [_Observation(t.last_seen, not t.own, t.number, True, t) for t in history if t.last_seen > t.first_seen]


def _moment_of(seen: _Observation) -> tuple[str, str | None]:
    return seen.at, seen.record.article.content_hash


def _begun(*record: RevisionRecord) -> dict[tuple[bool, int], RevisionRecord]:
    return {(one.own, one.number): one for one in record}


def _text(record: RevisionRecord) -> tuple[str | None, str | None]:
    stamp = record.article.date_modified
    return record.article.content_hash, stamp.isoformat() if stamp else None
