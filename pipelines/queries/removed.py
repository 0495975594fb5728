"""Removed articles: removed from their site, or withdrawn from the ledger by an operator. Reads only.

Takedowns: when an article disappeared, the site's response, how long it had been up, whether it came back. An article that
cannot be fetched is `suspected`, then `gone`; both steps are one disappearance, listed once, by the later step. Withdrawn
articles are not among them; for these the ledger says who withdrew them and why, and which archived pages they still refer to.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from itertools import islice, takewhile
from typing import Any

from pipelines.history.revisions import State
from pipelines.queries.results import Takedown, Takedowns, value_of
from pipelines.store.database import Row, Store
from pipelines.store.ledgers import STEP, Ledgers, cursor_in, numbered, over_all
from pipelines.store.pages import place_of

STEPS_SEARCHED = 5_000
"""Newest steps that are searched for those of one site. Higher: for a site with few takedowns older ones are found, and its
page takes longer."""
_CURSOR = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ)~(\d{1,18})", re.ASCII)
_FIRST_CURSOR = ("9999", 0)

# Two ranges of the index states_by_state, merged while they are read: no more rows of either are read than are needed.
_STEPS = """
SELECT id, article_id, at, state, status, reason FROM states
WHERE state = 'gone' AND at >= :since AND at <= :at AND (:state IS NULL OR :state = 'gone')
UNION ALL
SELECT id, article_id, at, state, status, reason FROM states
WHERE state = 'suspected' AND at >= :since AND at <= :at AND (:state IS NULL OR :state = 'suspected')
ORDER BY at DESC, id DESC
"""
_STATES_OF_ARTICLE = "SELECT id, at, state FROM states WHERE article_id = ? ORDER BY id"
_ARTICLE = """
SELECT a.url, a.site_id, s.name AS site_name, r.headline, r.language, r.number, a.date_published, a.first_seen, a.last_seen
FROM articles a JOIN sites s ON s.id = a.site_id LEFT JOIN revisions r ON r.id = a.latest_revision_id
WHERE a.id = ? AND (? IS NULL OR a.site_id = ?) AND NOT EXISTS (SELECT 1 FROM withdrawals w WHERE w.article_id = a.id)
"""
_ANSWERED = """
SELECT fetched FROM fetches WHERE article_id = ? AND fetched < ? AND outcome IN
    ('new', 'updated', 'silent', 'restamped', 'reverted', 'restored', 'paywall', 'unchanged', 'not_modified', 'stale', 'reread')
ORDER BY fetched DESC LIMIT 1
"""


def _takedowns_of_ledgers(ledgers: Ledgers, query: Callable[..., Takedowns], *, limit: int = 50, before: str | None = None,
            **wanted: Any) -> Takedowns:  # fmt: skip
    """A page of several ledgers; it ends where the search of any one of them ended."""
    found = [query(store, limit=limit, before=cursor_in(before, place), **wanted) for place, store in enumerate(ledgers.each)]
    ends = [
        (match[1], int(match[2]) * STEP + place)
        for place, one in enumerate(found)
        if (match := _CURSOR.fullmatch(one.older or ""))
    ]
    end = max(ends, default=("", 0))
    of_each = (numbered(one, place) for place, page in enumerate(found) for one in page.takedowns)
    shown = sorted((one for one in of_each if _place(one) >= end), key=_place, reverse=True)
    if len(shown) > limit:
        end = _place(shown[limit - 1])
    searched = [one.searched for one in found if one.searched]
    return Takedowns(
        tuple(shown[:limit]), f"{end[0]}~{end[1]}" if ends or len(shown) > limit else None, max(searched, default=None)
    )


def _place(one: Takedown) -> tuple[str, int]:
    """Sort key: the order of time."""
    return one.at, one.state_id


@over_all(_takedowns_of_ledgers)
def takedowns(store: Store, *, site: str | None = None, state: State | None = None, limit: int = 50,
              before: str | None = None, since: str | None = None, until: str | None = None) -> Takedowns:  # fmt: skip
    """Takedowns, newest first, of all sites or one; `state`: only those that are `gone`, or only those that are `suspected`.

    `since` and `until` are days or moments, both included.
    """
    match = _CURSOR.fullmatch(before or "")
    at, last_id = min((match[1], int(match[2])) if match else _FIRST_CURSOR, (f"{until}~" if until else "9999", 0))
    steps = store.rows(_STEPS, {"at": at, "state": state, "since": since or ""})
    found: list[Takedown] = []
    step: Row | None = None
    for step in islice(steps, STEPS_SEARCHED):
        if (step["at"] < at or step["id"] < last_id) and (one := _takedown(store, step, site)):
            found.append(one)
            if len(found) > limit:
                break
    else:
        return Takedowns(tuple(found), *_continuation(next(steps, None), step))
    steps.close()  # type: ignore[attr-defined]
    last = found[limit - 1]
    return Takedowns(tuple(found[:limit]), f"{last.at}~{last.state_id}")


def _continuation(following: Row | None, last: Row | None) -> tuple[str | None, int | None]:
    if following is None or last is None:
        return None, None
    return f"{last['at']}~{last['id']}", STEPS_SEARCHED


def _takedown(store: Store, step: Row, site: str | None) -> Takedown | None:
    """A step with its article; None if it is another site's, or if a later step lists the same disappearance."""
    article = store.row(_ARTICLE, (step["article_id"], site, site))
    if article is None:
        return None
    around = list(store.rows(_STATES_OF_ARTICLE, (step["article_id"],)))
    after = [one for one in around if one["id"] > step["id"]]
    if step["state"] == State.SUSPECTED and after and after[0]["state"] == State.GONE:
        return None
    since = _missing_since([one for one in around if one["id"] <= step["id"]])
    answered = store.value(_ANSWERED, (step["article_id"], since))
    if answered is None and article["last_seen"] <= since:  # old fetches may have been dropped
        answered = article["last_seen"]
    restored = next((one["at"] for one in after if one["state"] in (State.LIVE, State.MOVED)), None)
    seen = {"state_id": step["id"], "last_answered": answered, "missing_since": since, "restored": restored}
    return value_of(Takedown, {**step, **article, **seen})


def _missing_since(steps: list[Row]) -> str:
    """When the article was first missing: at the first of the unbroken run of missing steps at the end of `steps`."""
    missing = takewhile(lambda step: step["state"] in (State.SUSPECTED, State.GONE), reversed(steps))
    return str(list(missing)[-1]["at"])


_POINTERS = "SELECT warc_file, warc_offset FROM {} WHERE article_id = ? AND warc_file IS NOT NULL AND warc_offset IS NOT NULL"


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """The withdrawal of an article."""

    at: str
    who: str
    reason: str
    revisions: int
    pages: int
    """Archived pages that are still referred to: they are not overwritten yet."""

    def __str__(self) -> str:
        rest = f"; {self.pages} of its pages are not erased yet: withdraw it again" if self.pages else ""
        return f"withdrawn {self.at} by {self.who}: {self.reason}{rest}"


def withdrawal_of(store: Store, article_id: int) -> Withdrawal | None:
    row = store.row("SELECT at, who, reason, revisions FROM withdrawals WHERE article_id = ? ORDER BY id", (article_id,))
    return Withdrawal(**row, pages=len(archived_records(store, article_id))) if row else None


def archived_records(store: Store, article_id: int) -> set[tuple[str, int]]:
    """(file, offset) of all archived responses that an article refers to."""
    found = (row for table in ("revisions", "fetches") for row in store.rows(_POINTERS.format(table), (article_id,)))
    return {place_of(row) for row in found}
