"""Several ledgers read as one: a query runs on each of them, and the answers are merged.

A query that can run on several is marked with `over_all` and the way to merge its answers. Any other raises OneLedgerError, so
that no query answers for one ledger as if it were for all. The number of a row is then the ledger's own number times STEP,
plus the ledger's place: so a number identifies its ledger, and the rows of all ledgers have one order.
"""

from __future__ import annotations

import heapq
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import fields, replace
from functools import wraps
from itertools import chain, islice
from operator import attrgetter
from pathlib import Path
from typing import TYPE_CHECKING, Any, Concatenate, NoReturn, ParamSpec, TypeVar

from pipelines.store.database import Row, Store, StoreError

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

STEP = 100
"""Maximum number of ledgers that can be read as one."""
_NUMBERS = frozenset({"revision_id", "article_id", "story_id", "state_id", "source_article_id"})
_CURSOR = re.compile(r"(.*)~(\d{1,17})", re.ASCII)

P = ParamSpec("P")
Answer = TypeVar("Answer")
Item = TypeVar("Item", bound="DataclassInstance")
Query = Callable[Concatenate[Store, P], Answer]
Merge = Callable[..., Any]
"""Ledgers, query, and the query's arguments -> one answer."""


class OneLedgerError(StoreError):
    """A query that works only on one ledger was run on several."""


class Ledgers(Store):
    """Several open ledgers; read-only. Only queries that are marked with `over_all` can run."""

    def __init__(self, paths: Sequence[Path]) -> None:
        if not 0 < len(paths) <= STEP:
            raise StoreError(f"{len(paths)} ledgers cannot be read as one")
        self.path, self.readonly = paths[0], True
        self.each: tuple[Store, ...] = ()
        try:
            for path in paths:
                self.each = (*self.each, Store(path, readonly=True))
        except StoreError:
            self.close()
            raise

    def close(self) -> None:
        for store in self.each:
            store.close()

    @contextmanager
    def snapshot(self) -> Iterator[None]:
        """A snapshot of each ledger; the snapshots begin one after the other."""
        with ExitStack() as stack:
            for store in self.each:
                stack.enter_context(store.snapshot())
            yield

    @contextmanager
    def limited(self, seconds: float) -> Iterator[None]:
        """Limit the time of the statements within, in all ledgers together."""
        with ExitStack() as stack:
            for store in self.each:
                stack.enter_context(store.limited(seconds))
            yield

    def rows(self, sql: str, parameters: Iterable[object] | Mapping[str, object] = ()) -> NoReturn:
        """Raises OneLedgerError: nothing says how to merge these rows."""
        raise OneLedgerError("this is asked of one ledger alone")

    values = row = value = execute = rows

    def of(self, number: int) -> tuple[Store, int]:
        """The ledger of a number, and the number there; for a number of no ledger, the first one and -1."""
        own, place = divmod(number, STEP)
        return (self.each[place], own) if place < len(self.each) else (self.each[0], -1)


def over_all(merge: Merge) -> Callable[[Query[P, Answer]], Query[P, Answer]]:
    """Mark a query that can run on several ledgers; `merge` makes one answer of theirs."""

    def marked(query: Query[P, Answer]) -> Query[P, Answer]:
        @wraps(query)
        def answered(store: Store, /, *given: P.args, **named: P.kwargs) -> Answer:
            if isinstance(store, Ledgers):
                answer: Answer = merge(store, query, *given, **named)
                return answer
            return query(store, *given, **named)

        return answered

    return marked


def newest(*order: str) -> Merge:
    """Merge lists of values, greatest by these fields first, at most `limit`; `before` is the cursor of one of the values."""
    key = attrgetter(*order)

    def merge(ledgers: Ledgers, query: Any, *given: Any, limit: int, before: str | None = None, **named: Any) -> list[Any]:
        found = [
            [numbered(one, place) for one in query(store, *given, limit=limit, before=cursor_in(before, place), **named)]
            for place, store in enumerate(ledgers.each)
        ]
        return list(islice(heapq.merge(*found, key=key, reverse=True), limit))

    return merge


def joined(ledgers: Ledgers, query: Any, *given: Any, **named: Any) -> Any:
    """Lists are concatenated without duplicates; mappings are merged, and for a shared key the first ledger's value counts."""
    found = [query(store, *given, **named) for store in ledgers.each]
    if isinstance(found[0], dict):
        return {key: value for one in reversed(found) for key, value in one.items()}
    return list(dict.fromkeys(chain.from_iterable(found)))


def by_number(ledgers: Ledgers, query: Any, number: int, *given: Any, **named: Any) -> Any:
    """The answer of the ledger to which the number belongs."""
    store, own = ledgers.of(number)
    return query(store, own, *given, **named)


def by_site(ledgers: Ledgers, query: Any, site_id: str, *given: Any, **named: Any) -> Any:
    """The answer of the first ledger that has the site; that of the first one if none has it."""
    has = (store for store in ledgers.each if store.value("SELECT 1 FROM sites WHERE id = ?", (site_id,)))
    return query(next(has, ledgers.each[0]), site_id, *given, **named)


def numbered(value: Item, place: int) -> Item:
    """A value of the ledger at this place, with its numbers and cursor converted to those over several ledgers."""
    own: Row = {one.name: getattr(value, one.name) for one in fields(value) if one.name in _NUMBERS or one.name == "cursor"}
    new: Row = {name: number * STEP + place for name, number in own.items() if isinstance(number, int)}
    if cursor := _CURSOR.fullmatch(own.get("cursor") or ""):
        new["cursor"] = f"{cursor[1]}~{int(cursor[2]) * STEP + place}"
    return replace(value, **new)


def cursor_in(cursor: str | None, place: int) -> str | None:
    """A cursor over several ledgers, converted for the ledger at this place: all that comes after it there."""
    found = _CURSOR.fullmatch(cursor or "")
    return f"{found[1]}~{max(0, -((place - int(found[2])) // STEP))}" if found else cursor
