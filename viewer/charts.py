"""Numbers as charts: changes per day, delays of edits, how a story spread. Pure; knows no ledger and no template.

Positions are per cent of the width, so that letters keep their size on every screen, from a phone to a desktop. Colour is
never the only sign: silent edits are hatched, marks have shapes, and each chart comes with its numbers as a table.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from math import log1p
from statistics import median

from markupsafe import Markup

from viewer.labels import counted, lasted
from viewer.svg import (
    FOOT,
    HEAD,
    HEIGHT,
    LEFT,
    RIGHT,
    bar,
    cent,
    drawing,
    element,
    grid,
    hatching,
    height_of,
    level,
    round_up,
    text,
    upright,
)


def along(value: int, start: int, end: int) -> float:
    """The position of a value between `start` and `end`, 0 to 1, on a logarithmic scale: near values stay distinct, far ones
    visible."""
    low, high = log1p(max(start, 0)), log1p(max(end, start + 1, 1))
    return min(max((log1p(max(value, 0)) - low) / (high - low), 0.0), 1.0)


SERIES = ("new", "updated", "silent", "other")
"""From the foot of a bar to its top."""
LEGEND = (("new", "new articles"), ("updated", "updated"), ("silent", "edited without telling"), ("other", "other changes"))
_STAMPS = ("first_seen", "at", "day", "not_before", "gone_by")
"""Columns of a query's result that are times."""
_ORDINALS = ("local_hour", "back_to", "revision", "number", "revision_id", "article_id", "story_id")
"""Columns of a query's result whose numbers are names, not amounts."""
_OTHER = ("restamped", "reverted", "restored")
MAX_DAYS = 366
MAX_ARRIVALS = 40
"""Papers in the drawing of a spread; the table beside it has all."""
MAX_BARS = 30
"""Rows in a drawing of bars; the table beside it has all."""
MAX_EDITS = 30
"""Changes of one paper in the drawing of a spread."""
MAX_NAME_CHARS = 30
ROW = 34
"""Pixels of a row: one paper or one name."""
_SHORT = 10
"""Up to this number of days, every day has its date on the axis."""
_BINS = (
    (5, "5 m", "5 min"),
    (15, "15 m", "15 min"),
    (60, "1 h", "1 h"),
    (180, "3 h", "3 h"),
    (720, "12 h", "12 h"),
    (1440, "1 d", "1 day"),
    (4320, "3 d", "3 days"),
    (10080, "1 w", "1 week"),
)
"""Ends of the bins of delays: in minutes, on the axis, in words. Each is two to four times the one before; the last bin is
open."""
_OPEN_END = 43_200
_TICKS = (
    (1, "1 min"),
    (10, "10 min"),
    (60, "1 h"),
    (360, "6 h"),
    (1440, "1 day"),
    (4320, "3 days"),
    (10080, "1 week"),
    (_OPEN_END, "30 days"),
)


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart with its title, summary, table and legend."""

    title: str
    summary: str
    """What it shows, as a sentence."""
    svg: Markup
    columns: tuple[str, ...]
    rows: tuple[tuple[str | int, ...], ...]
    """The same numbers as a table."""
    legend: tuple[tuple[str, str], ...] = ()
    """(class of the swatch, what it means)"""


@dataclass(frozen=True, slots=True)
class Arrival:
    """A paper that carried a story."""

    name: str
    minutes: int
    """Minutes after the first paper."""
    edits: tuple[int, ...] = ()
    """Times of its changes, in minutes after the first paper."""
    is_source: bool = False


def days(counts: Sequence[Mapping[str, object]], since: date, until: date) -> Chart:
    """One bar per day from `since` to `until`, both included: new articles at its foot, edits above them by kind.

    `counts` has a mapping for each day with any changes: `day` (ISO), and a number for each kind of change.
    """
    found = {str(row["day"]): _stack(row) for row in counts}
    length = min(max((until - since).days + 1, 1), MAX_DAYS)
    names = [(until - timedelta(days=back)).isoformat() for back in reversed(range(length))]
    stacks = [found.get(name, dict.fromkeys(SERIES, 0)) for name in names]
    top, step = round_up(max(sum(stack.values()) for stack in stacks)), (RIGHT - LEFT) / length
    drawn = [
        _day(name, stack, LEFT + place * step, step, top) for place, (name, stack) in enumerate(zip(names, stacks, strict=True))
    ]
    parts = [hatching(), *grid(top), *drawn, *_dates(names, step), text(0, 3, "revisions a day", "start", "axis")]
    new, updated, silent, other = (sum(stack[one] for stack in stacks) for one in SERIES)
    summary = f"In {counted(length, 'day')}: {counted(new, 'new article')}, {counted(updated, 'update')}, "
    summary += f"{counted(silent, 'silent edit')}, {counted(other, 'other change')}."
    rows = [_numbers(name, stack) for name, stack in zip(names, stacks, strict=True) if any(stack.values())]
    title = "Articles and edits a day"
    return Chart(title, summary, drawing("days", title, summary, HEIGHT, parts), ("day", *SERIES), tuple(rows[::-1]), LEGEND)


def delays(minutes: Sequence[int]) -> Chart:
    """How long after publication edits were seen, in bins that grow with the delay; the median is marked."""
    counts = [0] * (len(_BINS) + 1)
    for one in minutes:
        counts[next((place for place, (end, *_) in enumerate(_BINS) if one < end), len(_BINS))] += 1
    top, step = round_up(max(counts)), (RIGHT - LEFT) / len(counts)
    parts = [*grid(top), text(0, 3, "edits", "start", "axis"), text(100, 3, "after publication", "end", "axis")]
    for place, count in enumerate(counts):
        height = height_of(count, top)
        drawn = bar("updated", LEFT + place * step + step * 0.06, step * 0.88, FOOT - height, height)
        parts.append(element("g", {}, element("title", {}, f"{_bin(place)}: {counted(count, 'edit')}"), drawn))
    parts += [
        text(LEFT + (place + 1) * step, FOOT + 17, name, "middle", *(("minor",) if place % 2 == 0 else ()))
        for place, (_, name, _) in enumerate(_BINS)
    ]
    summary = "No edits yet."
    if minutes:
        middle = int(median(minutes))
        summary = f"Of the latest {counted(len(minutes), 'edit')}, half were seen within {lasted(middle)} of publication."
        where = LEFT + _bins_before(middle) * step
        anchor = "start" if where < 20 else "end" if where > 80 else "middle"
        parts += [upright(where, 16, FOOT, "mark"), text(where, 11, f"median {lasted(middle)}", anchor, "mark")]
    title = "From publication to edit"
    return Chart(
        title,
        summary,
        drawing("delays", title, summary, HEIGHT, parts),
        ("after publication", "edits", "share so far"),
        _cumulative(counts),
    )


def spread(arrivals: Sequence[Arrival]) -> Chart:
    """When each paper had a story, the first at the top, and when each changed it; the axis is logarithmic and starts at the
    first."""
    ordered = sorted(arrivals, key=lambda one: (one.minutes, not one.is_source))
    drawn = ordered[:MAX_ARRIVALS]
    end = max((max((one.minutes, *one.edits[:MAX_EDITS])) for one in drawn), default=0)
    foot = ROW * len(drawn) + 10
    parts = [*_axis(end, foot), *(_arrival(one, row * ROW + 26, end) for row, one in enumerate(drawn))]
    last = max((one.minutes for one in arrivals), default=0)
    summary = f"{counted(len(arrivals), 'paper')}, " + (
        f"the last {lasted(last)} after the first." if last else "seen at the same moment."
    )
    title = "Which paper, and when"
    svg = drawing("spread", title, summary, foot + 22, parts)
    rows = tuple((one.name, lasted(one.minutes) if one.minutes else "first", len(one.edits)) for one in ordered)
    legend = (
        ("source", "first, and what the others are held against"),
        ("copy", "first seen in a paper"),
        ("edit", "changed later"),
    )
    return Chart(title, summary, svg, ("paper", "after the first", "changes"), rows, legend)


def bars(title: str, summary: str, columns: Sequence[str], rows: Sequence[tuple[str, Sequence[float]]],
         legend: Sequence[tuple[str, str]] = (("updated", ""),)) -> Chart:  # fmt: skip
    """One row per name, with its numbers as the parts of one bar; `legend`: the class and the meaning of each part."""
    longest = max((sum(numbers) for _, numbers in rows[:MAX_BARS]), default=0) or 1
    parts = [hatching()]
    for place, (name, numbers) in enumerate(rows[:MAX_BARS]):
        y, left = place * ROW, 0.0
        whole = _rounded(sum(numbers))
        inner = [text(0, y + 12, _short(name), "start", "name"), text(RIGHT, y + 12, whole, "end", "name")]
        for (kind, _), number in zip(legend, numbers, strict=True):
            width = RIGHT * max(number, 0) / longest
            inner += [bar(one, left, width, y + 17, 11) for one in _classes(kind) if width]
            left += width
        parts.append(element("g", {}, *inner))
    svg = drawing("bars", title, summary, ROW * min(len(rows), MAX_BARS), parts)
    kept = tuple((name, *map(_rounded, numbers)) for name, numbers in rows)
    return Chart(title, summary, svg, tuple(columns), kept, tuple(legend) if len(legend) > 1 else ())


def answer(title: str, columns: Sequence[str], rows: Sequence[Sequence[object]]) -> Chart | None:
    """The result of a query as bars: one per row, named by the first text column without repeats, with the numbers of the
    column that sorts the rows, or of the first number column.

    Without such columns: how many rows each paper has, or each day. None if there is nothing to draw.
    """
    places = [place for place, name in enumerate(columns) if name not in _STAMPS + _ORDINALS]
    names = [place for place in places if _column_is(rows, place, str) and len({row[place] for row in rows}) == len(rows)]
    numbers = [place for place in places if _column_is(rows, place, (int, float))]
    falling = (place for place in numbers if all(_number(one[place]) >= _number(other[place]) for one, other in pairwise(rows)))
    number = next(falling, numbers[0] if numbers else None)
    if number is not None and (names or columns[0] in _ORDINALS):
        label = names[0] if names else 0
        pairs = [(str(row[label]), (_number(row[number]),)) for row in rows]
        what = f"{columns[number]} by {columns[label]}".replace("_id", "").replace("_", " ")
        return bars(title, f"{what[0].upper()}{what[1:]}.", (columns[label], columns[number]), pairs)
    by = next((name for name in ("site_id", "site_name", *_STAMPS) if name in columns), None)
    if by is None or not rows:
        return None
    counts = Counter(str(row[columns.index(by)] or "–")[: 10 if by in _STAMPS else None] for row in rows)
    counted_by, order = ("day", sorted(counts.items())) if by in _STAMPS else ("paper", counts.most_common())
    return bars(title, f"Rows of each {counted_by}.", (counted_by, "rows"), [(name, (count,)) for name, count in order])


def _column_is(rows: Sequence[Sequence[object]], place: int, kind: type | tuple[type, ...]) -> bool:
    """Whether a column has values, all of this kind, and at least one that is not zero or empty."""
    values = [row[place] for row in rows if row[place] is not None]
    return any(values) and all(isinstance(value, kind) for value in values)


def _number(value: object) -> float:
    return value if isinstance(value, int | float) else 0.0


def sparkline(counts: Sequence[int], what: str) -> Markup:
    """A few days as small bars; the numbers are its accessible name."""
    kept = list(counts)[-MAX_DAYS:]
    top, step = max([*kept, 1]), 100 / max(len(kept), 1)
    bars = []
    for place, count in enumerate(kept):
        height = max(22 * count / top, 1)
        bars.append(bar("updated" if count else "none", place * step, step * 0.8, 23 - height, height))
    name = f"{what}: {', '.join(str(count) for count in kept)}"
    about = {"class": "spark", "role": "img", "aria-label": name, "width": "100%", "height": 24}
    return element("svg", about, element("title", {}, name), *bars)


def shares(kept: int, cut: int, added: int) -> Markup:
    """The words of a text as one bar: cut, kept, added; the numbers are its accessible name."""
    whole = max(kept + cut + added, 1)
    name = f"{counted(cut, 'word')} cut, {kept:,} kept, {added:,} added"
    parts, left = [element("title", {}, name), hatching()], 0.0
    for kind, count in (("cut", cut), ("same", kept), ("added", added)):
        width = 100 * count / whole
        parts += [bar(one, left, width, 0, 18) for one in _classes(kind) if count]
        left += width
    return element("svg", {"class": "chart shares", "role": "img", "aria-label": name, "width": "100%", "height": 18}, *parts)


def _stack(row: Mapping[str, object]) -> dict[str, int]:
    def number(name: str) -> int:
        value = row.get(name)
        return value if isinstance(value, int) else 0

    return {"new": number("new"), "updated": number("updated"), "silent": number("silent"), "other": sum(map(number, _OTHER))}


def _numbers(name: str, stack: Mapping[str, int]) -> tuple[str | int, ...]:
    return (name, *(stack[one] for one in SERIES))


def _day(name: str, stack: Mapping[str, int], left: float, step: float, top: int) -> Markup:
    """The bar of one day; a day without changes has a tooltip too."""
    summary = ", ".join(f"{count} {kind}" for kind, count in stack.items() if count) or "nothing"
    inner, foot = [element("title", {}, f"{name}: {summary}"), bar("ground", left, step, HEAD, FOOT - HEAD)], FOOT
    for kind in SERIES:
        height = height_of(stack[kind], top)
        if height:
            foot -= height
            inner += [bar(one, left + step * 0.1, step * 0.8, foot, height) for one in _classes(kind)]
    return element("g", {}, *inner)


def _classes(kind: str) -> tuple[str, ...]:
    return (kind, "hatched") if kind in ("silent", "cut") else (kind,)


def _dates(names: Sequence[str], step: float) -> Iterator[Markup]:
    """The date of every Monday, or of every day in a short chart; on narrow screens every other date is hidden."""
    short = len(names) <= _SHORT
    wanted = [place for place, name in enumerate(names) if short or date.fromisoformat(name).weekday() == 0]
    shown = [place for place in wanted[:: 1 + len(wanted) // 12] if short or 0.02 < place / len(names) < 0.97]
    for number, place in enumerate(shown):
        day = date.fromisoformat(names[place])
        minor = ("minor",) if number % 2 and len(shown) > 5 else ()
        yield text(LEFT + (place + 0.5) * step, FOOT + 17, f"{day.day} {day:%b}", "middle", *minor)


def _bin(place: int) -> str:
    if place == 0:
        return f"under {_BINS[0][2]}"
    return f"over {_BINS[-1][2]}" if place == len(_BINS) else f"{_BINS[place - 1][2]} to {_BINS[place][2]}"


def _bins_before(minutes: int) -> float:
    """The position of a delay in bins: the number of bins before its own, plus the part of its own."""
    for place, (start, end) in enumerate(pairwise((0, *(end for end, *_ in _BINS), _OPEN_END))):
        if minutes < end:
            return place + along(minutes, start, end)
    return len(_BINS) + 1.0


def _cumulative(counts: Sequence[int]) -> tuple[tuple[str | int, ...], ...]:
    total, done = sum(counts), 0
    rows: list[tuple[str | int, ...]] = []
    for place, count in enumerate(counts):
        done += count
        rows.append((_bin(place), count, f"{done / total:.0%}" if total else ""))
    return tuple(rows)


def _axis(end: int, foot: float) -> Iterator[Markup]:
    """The first moment, and those `_TICKS` that are not after `end`."""
    yield upright(_position_of(0, end), 0, foot, "line")
    yield text(_position_of(0, end) - 1.5, foot + 16, "first seen", "start")
    passed = [(at, name) for at, name in _TICKS if at <= end and _position_of(at, end) > 18]
    for number, (at, name) in enumerate(passed):
        minor = ("minor",) if number % 2 != (len(passed) - 1) % 2 else ()
        yield upright(_position_of(at, end), 0, foot, "line")
        yield text(_position_of(at, end), foot + 16, name, "end" if _position_of(at, end) > 94 else "middle", *minor)


def _arrival(one: Arrival, y: float, end: int) -> Markup:
    at, edits = _position_of(one.minutes, end), [_position_of(edit, end) for edit in one.edits[:MAX_EDITS]]
    inner = [level(y, at, max([at, *edits]), "trace")]
    # A diamond is a letter: paths cannot be placed in per cent.
    inner += [text(edit, y + 4, "◆", "middle", "edit") for edit in edits]
    inner.append(element("circle", {"class": "source" if one.is_source else "copy", "cx": cent(at), "cy": y, "r": 5}))
    name = _short(one.name)
    later = [element("tspan", {"class": "soft"}, f" +{lasted(one.minutes)}")] if one.minutes else []
    anchor, shift = ("start", -0.7) if at < 35 else ("end", 0.7) if at > 65 else ("middle", 0.0)
    place = {"class": "name", "x": cent(at + shift), "y": y - 9, "text-anchor": anchor}
    return element("g", {}, *inner, element("text", place, name, *later))


def _rounded(number: float) -> str:
    return f"{number:,.2f}".rstrip("0").rstrip(".")


def _short(name: str) -> str:
    return name if len(name) <= MAX_NAME_CHARS else f"{name[: MAX_NAME_CHARS - 1]}…"


def _position_of(minutes: int, end: int) -> float:
    """The position of a moment in a spread, in per cent of the width."""
    return 2.0 + 96 * along(minutes, 0, end)
