"""Terminal output: tables, times, kinds of change. Text from pages is never interpreted as markup."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

import click
from rich.console import Console
from rich.table import Table
from rich.text import Text

from crawler.logs import discard, plain
from pipelines.exchange.formats import json_text
from pipelines.store.rows import Row, instant_of

if TYPE_CHECKING:
    from rich.progress import Progress

STYLES = {
    "new": "green", "updated": "cyan", "silent": "bold magenta", "restamped": "dim", "reverted": "yellow", "restored": "green",
    "paywall": "blue",
    "live": "green", "suspected": "yellow", "gone": "bold red", "moved": "blue",
    "finished": "green", "running": "cyan", "failed": "bold red", "lost": "red", "stopped": "yellow",
}  # fmt: skip

PROBLEMS = 100
"""Problems that are printed one by one."""

_ANY_WIDTH = 10_000_000
"""Width of an output that is not a terminal: wider than any row."""


class PlainConsole(Console):
    """Prints no control characters except its own: addresses, headlines and reasons come from strangers."""

    def print(self, *objects: Any, **options: Any) -> None:
        """As `Console.print`; `plain` removes control characters from texts."""
        cleaners = {str: plain, Text: _cleared}
        super().print(*(cleaners[type(one)](one) if type(one) in cleaners else one for one in objects), **options)

    def on_broken_pipe(self) -> None:
        """The reader has closed the pipe: discard the rest, so that the verb continues to its own exit code."""
        discard(self.file)


def _cleared(text: Text) -> Text:
    cleared = plain(text.plain)
    return text if cleared == text.plain else Text(cleared, style=text.style)


def console(*, error: bool = False) -> Console:
    """The console to print on: texts are never markup, nor `:on:` a picture; if it is no terminal, without a limit of width."""
    stream = sys.stderr if error else sys.stdout
    width = None if stream.isatty() else _ANY_WIDTH
    return PlainConsole(file=stream, highlight=False, markup=False, emoji=False, soft_wrap=not stream.isatty(), width=width)


def print_json(value: object) -> None:
    """Print one indented JSON document."""
    _echo(json_text(value, indent=2))


def echo(text: object, *, err: bool = False, nl: bool = True) -> None:
    """Print a text on either stream; `plain` removes its control characters."""
    _echo(plain(text), err=err, nl=nl)


def _echo(text: str, *, err: bool = False, nl: bool = True) -> None:
    try:
        click.echo(text, err=err, nl=nl)
    except BrokenPipeError:  # as `PlainConsole.on_broken_pipe`
        discard(sys.stderr if err else sys.stdout)


def progress_bars(*, shown: bool = True) -> Progress:
    """Progress bars on standard error, which disappear at the end."""
    from rich.progress import Progress  # loaded here because most commands need none

    return Progress(console=console(error=True), transient=True, disable=not shown)


def word(value: object) -> Text:
    """A kind of change or a state, in its colour."""
    text = str(value or "")
    return Text(text, style=STYLES.get(text, ""))


def when(stamp: str | None) -> str:
    """A stored time for people: to the minute, with a space instead of the T."""
    if not stamp:
        return ""
    return stamp if len(stamp) == 10 else f"{stamp[:10]} {stamp[11:16]}Z"


def ago(stamp: str, now: datetime) -> str:
    """How long before `now` a stored time was, in its largest unit: "3 d ago"."""
    minutes = int((now - instant_of(stamp)).total_seconds() // 60)
    for unit, length in (("y", 525_960), ("d", 1_440), ("h", 60)):
        if minutes >= length:
            return f"{minutes // length} {unit} ago"
    return f"{minutes} min ago" if minutes > 0 else "now"


def bounds(row: Row) -> str:
    """The two fetches between which an edit happened; for a first revision, when it was seen."""
    if row["not_before"] is None:
        return f"seen {when(row['first_seen'])}"
    before, after = when(row["not_before"]), when(row["first_seen"])
    return f"{before} … {after[11:] if before[:10] == after[:10] else after}"


def print_problems(problems: Sequence[str]) -> None:
    """Print what an import or a merge left out, one line each, on standard error."""
    for problem in problems[:PROBLEMS]:
        echo(problem.replace("\n", " "), err=True)
    if len(problems) > PROBLEMS:
        echo(f"and {len(problems) - PROBLEMS} more", err=True)


def table(columns: Sequence[str], rows: Iterable[Sequence[Any]], *, title: str | None = None) -> Table:
    """A table without borders, with one line per row if the output is not a terminal. Cells are Text, or plain text shown
    unchanged."""
    made = Table(title=title, box=None, pad_edge=False, header_style="bold", title_justify="left")
    for column in columns:
        made.add_column(column, justify="right" if column in _NUMBERS else "left", overflow="fold")
    for row in rows:
        made.add_row(*(_cleared(cell) if isinstance(cell, Text) else Text(_BREAKS.sub(" ", plain(cell))) for cell in row))
    return made


_BREAKS = re.compile(r"[\n\t]+")


_NUMBERS = frozenset({"no", "articles", "revisions", "count", "requests", "fetches", "looks", "errors", "gone"})


def has_colours(out: Console) -> bool:
    """Whether marks may be colours; without colours they need signs."""
    return out.is_terminal and out.color_system is not None and not out.no_color
