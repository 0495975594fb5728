"""Which articles an operator has withdrawn, and which archived pages they still point at. Reads only."""

from __future__ import annotations

from dataclasses import dataclass

from pipelines.store.database import Store

_POINTERS = "SELECT warc_file, warc_offset FROM {} WHERE article_id = ? AND warc_file IS NOT NULL AND warc_offset IS NOT NULL"


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """That an article was withdrawn."""

    at: str
    who: str
    reason: str
    revisions: int
    pages: int
    """Pages that are pointed at still: they have yet to be overwritten."""

    def __str__(self) -> str:
        rest = f"; {self.pages} of its pages are not erased yet: withdraw it again" if self.pages else ""
        return f"withdrawn {self.at} by {self.who}: {self.reason}{rest}"


def withdrawal_of(store: Store, article_id: int) -> Withdrawal | None:
    """The withdrawal of an article, if it was withdrawn."""
    row = store.row("SELECT at, who, reason, revisions FROM withdrawals WHERE article_id = ? ORDER BY id", (article_id,))
    return Withdrawal(**row, pages=len(archived_records(store, article_id))) if row else None


def archived_records(store: Store, article_id: int) -> set[tuple[str, int]]:
    """(file, offset) of all archived answers of an article that are pointed at."""
    found = (row for table in ("revisions", "fetches") for row in store.rows(_POINTERS.format(table), (article_id,)))
    return {(row["warc_file"], row["warc_offset"]) for row in found}
