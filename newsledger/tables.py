"""ResultTable: rows with named columns, of a question or of any values that a ledger answers with, for data frames."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pipelines import MissingExtraError
from pipelines.queries.results import row_of
from pipelines.store.rows import Row, instant_of

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", re.ASCII)


@dataclass(frozen=True, slots=True)
class ResultTable:
    """Rows in order; `list(table)` are mappings."""

    columns: tuple[str, ...]
    rows: tuple[Row, ...]

    @classmethod
    def of(cls, values: Iterable[DataclassInstance]) -> ResultTable:
        """Of values such as revisions, changes or hits."""
        rows = tuple(map(row_of, values))
        return cls(tuple(rows[0]) if rows else (), rows)

    def __iter__(self) -> Iterator[Row]:
        return iter(self.rows)

    def __len__(self) -> int:
        return len(self.rows)

    def to_pandas(self) -> Any:
        """A pandas DataFrame; columns of instants are times in UTC. Raises MissingExtraError without pandas."""
        try:
            import pandas as pd
        except ImportError as error:
            raise MissingExtraError("frames", "pandas") from error
        return pd.DataFrame(self._columns())

    def to_polars(self) -> Any:
        """A polars DataFrame; columns of instants are times in UTC. Raises MissingExtraError without polars."""
        try:
            import polars as pl
        except ImportError as error:
            raise MissingExtraError("frames", "polars") from error
        return pl.DataFrame(self._columns(), strict=False)

    def _columns(self) -> dict[str, list[Any]]:
        """Values by column; where all of a column that are there are instants, as times."""
        found: dict[str, list[Any]] = {}
        for name in self.columns:
            values = [list(value) if isinstance(value, tuple) else value for value in (row[name] for row in self.rows)]
            known = [value for value in values if value is not None]
            if known and all(isinstance(value, str) and _INSTANT.fullmatch(value) for value in known):
                values = [instant_of(str(value)) if value else None for value in values]
            found[name] = values
        return found
