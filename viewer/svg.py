"""SVG of charts: elements, text, lines and bars, placed in per cent of the width. Pure; knows no chart and no number's
meaning.

Our policy forbids style attributes and scripts: only presentation attributes, and classes that the style sheet colours.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from html import escape

from markupsafe import Markup

LEFT, RIGHT = 7.0, 99.5
"""Left and right edge of a plot, in per cent; the numbers of its lines are left of it."""
HEAD, FOOT = 22.0, 166.0
"""Top and foot of bars, in pixels."""
HEIGHT = 190
"""Height of a drawing with bars, in pixels, including the text below them."""

Attributes = Mapping[str, object]


def element(name: str, attributes: Attributes, *inner: str) -> Markup:
    """An element; attributes, and text that is not markup already, are escaped."""
    attributes_text = "".join(f' {key}="{escape(_printable(str(value)))}"' for key, value in attributes.items())
    return Markup(f"<{name}{attributes_text}>{''.join(map(_safe, inner))}</{name}>")  # noqa: S704 - escaped one by one


def text(x: float, y: float, words: str, anchor: str, *kinds: str) -> Markup:
    """Words at a place; with the kind `minor` they are hidden on narrow screens."""
    return element("text", {"class": " ".join(kinds), "x": cent(x), "y": round(y, 2), "text-anchor": anchor}, words)


def upright(x: float, top: float, foot: float, kind: str) -> Markup:
    return element("line", {"class": kind, "x1": cent(x), "x2": cent(x), "y1": round(top, 2), "y2": round(foot, 2)})


def level(y: float, left: float, right: float, kind: str) -> Markup:
    return element("line", {"class": kind, "x1": cent(left), "x2": cent(right), "y1": round(y, 2), "y2": round(y, 2)})


def bar(kind: str, left: float, width: float, y: float, height: float) -> Markup:
    """A bar that begins at `y`; with the kind `hatched` it is filled with the pattern of `hatching()`."""
    paint = {"fill": "url(#hatching)"} if kind == "hatched" else {"class": kind}
    return element("rect", {**paint, "x": cent(left), "y": round(y, 2), "width": cent(width), "height": round(height, 2)})


def hatching() -> Markup:
    """The pattern of `hatched` bars; once per page."""
    line = element("path", {"class": "hatching", "d": "M-1,1 l2,-2 M0,4 l4,-4 M3,5 l2,-2"})
    return element(
        "defs", {}, element("pattern", {"id": "hatching", "width": 4, "height": 4, "patternUnits": "userSpaceOnUse"}, line)
    )


def grid(top: int) -> Iterator[Markup]:
    """Lines at zero, half and all of `top`, with their numbers above."""
    for part in sorted({0, top // 2, top}):
        y = FOOT - height_of(part, top)
        yield level(y, 0, 100, "line")
        if part:
            yield text(0, y - 4, f"{part:,}", "start")


def drawing(name: str, title: str, summary: str, height: float, parts: Sequence[Markup]) -> Markup:
    """The complete drawing: for screen readers an image with its name and summary."""
    words = (element("title", {"id": f"{name}-title"}, title), element("desc", {"id": f"{name}-desc"}, summary))
    about = {"class": f"chart {name}", "role": "img", "aria-labelledby": f"{name}-title {name}-desc"}
    return element("svg", {**about, "width": "100%", "height": height}, *words, *parts)


def cent(value: float) -> str:
    return f"{value:.2f}%"


def height_of(count: int, top: int) -> float:
    """The height of a bar, in pixels, if `top` reaches from foot to head."""
    return round((FOOT - HEAD) * count / top, 2) if top else 0.0


def round_up(most: int) -> int:
    """The number at the top of an axis, at least `most`: 2, 4, 6, 10, 20, 40, 60, 100, …"""
    size = 1
    while most > 10 * size:
        size *= 10
    return next(factor * size for factor in (2, 4, 6, 10) if most <= factor * size)


def _safe(words: str) -> str:
    return words if isinstance(words, Markup) else escape(_printable(words))


def _printable(words: str) -> str:
    return words if words.isprintable() else "".join(char for char in words if char.isprintable())
