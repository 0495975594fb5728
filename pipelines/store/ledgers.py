"""Several ledgers read as one: a query is asked of each of them, and their answers become one.

A query that can be asked of several is marked with `over_all` and with how its answers are merged; any other raises
OneLedgerError there, so that none answers for one ledger as if it were for all. The number of a row is then the ledger's own,
times STEP, and the ledger's place: so a number names its ledger, and rows of all of them stand in one order.
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
"""More ledgers than this cannot be read as one."""
_NUMBERS = frozenset({"revision_id", "article_id", "story_id", "state_id", "source_article_id"})
_CURSOR = re.compile(r"(.*)~(\d{1,17})", re.ASCII)

P = ParamSpec("P")
Answer = TypeVar("Answer")
Item = TypeVar("Item", bound="DataclassInstance")
Query = Callable[Concatenate[Store, P], Answer]
Merge = Callable[..., Any]
"""The ledgers, the query, and what it was asked with -> one answer."""


class OneLedgerError(StoreError):
    """Several ledgers were asked what can be asked of one alone."""


class Ledgers(Store):
    """Several open ledgers; readonly. Only queries that are marked with `over_all` can be asked."""

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
        """Close each."""
        for store in self.each:
            store.close()

    @contextmanager
    def snapshot(self) -> Iterator[None]:
        """One moment of each, begun one after the other."""
        with ExitStack() as stack:
            for store in self.each:
                stack.enter_context(store.snapshot())
            yield

    @contextmanager
    def limited(self, seconds: float) -> Iterator[None]:
        """Of each ledger's statements those may take so long that come within the time."""
        with ExitStack() as stack:
            for store in self.each:
                stack.enter_context(store.limited(seconds))
            yield

    def rows(self, sql: str, parameters: Iterable[object] | Mapping[str, object] = ()) -> NoReturn:
        """Nothing that has not been said how to merge."""
        raise OneLedgerError("this is asked of one ledger alone")

    values = row = value = execute = rows

    def of(self, number: int) -> tuple[Store, int]:
        """The ledger that a number names, and the number there; the first where it names none."""
        own, place = divmod(number, STEP)
        return (self.each[place], own) if place < len(self.each) else (self.each[0], -1)


def over_all(merge: Merge) -> Callable[[Query[P, Answer]], Query[P, Answer]]:
    """A query that can be asked of several ledgers, and how their answers become one."""

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
    """Lists of values, the greatest by these fields first, `limit` of them; `before` is the cursor of one of them."""
    key = attrgetter(*order)

    def merge(ledgers: Ledgers, query: Any, *given: Any, limit: int, before: str | None = None, **named: Any) -> list[Any]:
        found = [
            [numbered(one, place) for one in query(store, *given, limit=limit, before=cursor_in(before, place), **named)]
            for place, store in enumerate(ledgers.each)
        ]
        return list(islice(heapq.merge(*found, key=key, reverse=True), limit))

    return merge


def joined(ledgers: Ledgers, query: Any, *given: Any, **named: Any) -> Any:
    """Lists behind one another, mappings together, of two with one key the first ledger's."""
    found = [query(store, *given, **named) for store in ledgers.each]
    if isinstance(found[0], dict):
        return {key: value for one in reversed(found) for key, value in one.items()}
    return list(dict.fromkeys(chain.from_iterable(found)))


def by_number(ledgers: Ledgers, query: Any, number: int, *given: Any, **named: Any) -> Any:
    """The answer of the ledger that a number names."""
    store, own = ledgers.of(number)
    return query(store, own, *given, **named)


def by_site(ledgers: Ledgers, query: Any, site_id: str, *given: Any, **named: Any) -> Any:
    """The answer of the first ledger that has the site; of the first where none has."""
    has = (store for store in ledgers.each if store.value("SELECT 1 FROM sites WHERE id = ?", (site_id,)))
    return query(next(has, ledgers.each[0]), site_id, *given, **named)


def numbered(value: Item, place: int) -> Item:
    """A value of the ledger at a place, with numbers as over several."""
    own: Row = {one.name: getattr(value, one.name) for one in fields(value) if one.name in _NUMBERS or one.name == "cursor"}
    new: Row = {name: number * STEP + place for name, number in own.items() if isinstance(number, int)}
    if cursor := _CURSOR.fullmatch(own.get("cursor") or ""):
        new["cursor"] = f"{cursor[1]}~{int(cursor[2]) * STEP + place}"
    return replace(value, **new)


def cursor_in(cursor: str | None, place: int) -> str | None:
    """A cursor over several ledgers as the one at a place knows it: whatever comes behind it there."""
    found = _CURSOR.fullmatch(cursor or "")
    return f"{found[1]}~{max(0, -((place - int(found[2])) // STEP))}" if found else cursor
