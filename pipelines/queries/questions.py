"""Named questions, each with its SQL, for the command, Python and the viewer. Their only source is docs/cookbook.md.

A checkout has that page in docs/, a wheel has it beside this module. Below a question's heading is the command that asks it of
the demo.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from difflib import get_close_matches
from functools import cache
from pathlib import Path

from pipelines.queries.search_terms import match_of
from pipelines.store.database import Row, Store
from pipelines.store.rows import moment

PARAMETERS = {
    "since": "the first day or moment that counts, UTC: 2025-03-07; or how long back: 7d, 12h; else 30 days",
    "site": "the id of a site",
    "url": "the address of an article",
    "at": "a moment, UTC: 2025-03-07T09:00:00Z",
    "words": "words or a phrase, as in a search",
}
"""Parameters of questions, and what each means."""
DEFAULT_DAYS = 30
"""Default period of a question, in days."""
_QUESTION = re.compile(
    r"^## \d+\. (.+?)\n\n`newsledger[ ]ask ([a-z-]+)([^`\n]*)`\n\n(.*?)^```sql\n(.*?);?\n```\n", re.MULTILINE | re.DOTALL
)
_LIMIT = re.compile(r"\s+LIMIT (\d+)$")
_NAMED = re.compile(r"(?<!:):([a-z]+)\b")
_TIME_AGO = re.compile(r"(\d{1,5})\s*([hd])", re.ASCII)
_LINK = re.compile(r"\[([^\]]*)\]\([^)]*\)")
_DAY = re.compile(r"\d{4}-\d\d-\d\d(?:T\d\d:\d\d:\d\dZ)?", re.ASCII)


class QuestionError(ValueError):
    """An unknown question, or a missing, unknown or invalid value."""


@dataclass(frozen=True, slots=True)
class NamedQuestion:
    """A question with its SQL."""

    name: str
    title: str
    """The question as a sentence."""
    text: str
    """What the answer contains, in a sentence or two of Markdown."""
    sql: str
    example: Mapping[str, str]
    """Values for which the demo's ledger has an answer."""

    @property
    def parameters(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(name for name in _NAMED.findall(self.sql) if name in PARAMETERS))

    @property
    def first(self) -> int | None:
        """Number of rows to which the SQL limits its answer; None if it has all."""
        found = _LIMIT.search(self.sql)
        return int(found[1]) if found and found[1] != "1" else None

    @property
    def for_visitors(self) -> str:
        """The SQL for callers that do not prepare values: an empty `since` means the last DEFAULT_DAYS, and `escape_fts`
        prepares words."""
        since = f"coalesce(nullif(:since, ''), date('now', '-{DEFAULT_DAYS} days'))"
        return self.sql.replace(":since", since).replace(":words", "escape_fts(:words)")


@cache
def questions() -> Mapping[str, NamedQuestion]:
    """All questions by name, in the order of the page."""
    here = Path(__file__).parent
    page = here / "cookbook.md"
    text = (page if page.exists() else here.parents[1] / "docs" / "cookbook.md").read_text(encoding="utf-8")
    return {one.name: one for one in _parse(text)}


def _parse(text: str) -> Iterator[NamedQuestion]:
    for title, name, options, told, sql in _QUESTION.findall(text):
        words = shlex.split(options)
        example = {name.removeprefix("--"): value for name, value in zip(words[::2], words[1::2], strict=True)}
        yield NamedQuestion(name, title, " ".join(_LINK.sub(r"\1", told).split()), sql, example)


def answer(
    store: Store, name: str, values: Mapping[str, str | None], now: datetime, *, whole: bool = False
) -> tuple[tuple[str, ...], list[Row]]:
    """The columns and rows of a question's answer; `whole`: without its limit. Raises QuestionError; `since` is optional."""
    question = questions().get(name)
    if question is None:
        near = get_close_matches(name[:80], questions(), 1)
        raise QuestionError(f"no question is called {name!r}{f'; is {near[0]!r} meant?' if near else ''}")
    given = {parameter: value for parameter, value in values.items() if value}
    if strange := sorted(given.keys() - set(question.parameters)):
        raise QuestionError(f"{name} does not ask for {strange[0]}")
    given.setdefault("since", f"{DEFAULT_DAYS}d")
    if lacking := [parameter for parameter in question.parameters if parameter not in given]:
        raise QuestionError(f"{name} needs {lacking[0]}: {PARAMETERS[lacking[0]]}")
    bound = {parameter: _value(parameter, given[parameter], now) for parameter in question.parameters}
    sql = _LIMIT.sub("", question.sql) if whole and question.first else question.sql
    rows = list(store.rows(sql, bound))
    first = rows[0] if rows else store.row(f"SELECT q.* FROM (SELECT 1) LEFT JOIN ({question.sql}) q", bound)  # noqa: S608 - our own
    return tuple(first or ()), rows


def _value(parameter: str, text: str, now: datetime) -> str:
    """A value in the form that the SQL compares."""
    if parameter == "words":
        return match_of(text) or '""'
    if parameter not in ("since", "at"):
        return text
    if back := _TIME_AGO.fullmatch(text):
        return moment(now - timedelta(hours=int(back[1]) * (24 if back[2] == "d" else 1)))
    if not _DAY.fullmatch(text):
        raise QuestionError(f"{parameter}: {text[:40]!r} is not {PARAMETERS[parameter]}")
    return text
