"""Reads the attributes of a page's elements in one pass: their roles, and the few elements that carry data.

`roles` interprets names, each combination once for all pages; this module reads the attributes that contain no names.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

from lxml.etree import _Element as Element

from crawler.extraction.markup.roles import MAX_NAMES, NAMES, SPELLED, UNDECIDED, Role, decided, names_on, roles_of_names

_DATA = ("timestamp", "date", "datetime", "published", "publish-date", "epoch", "time", "seconds", "unixtime", "utc")
EPOCHS = tuple(f"data-{name}" for name in _DATA)
"""Attributes in which templates leave a time for their scripts, the most reliable first."""
INSTANTS = ("datetime", "content", "title", "value", "timestamp")
"""Attributes in which any element can have an instant: hAtom's abbr, RDFa's content, data."""
SPOKEN = ("aria-label", "data-tooltip")
"""Attributes in which any element can have the whole of a time that it prints in part, or as an icon."""
_NAME, _ITEMPROP, _EPOCH, _HIDDEN, _STYLE, _PROPERTY, _INSTANT, _SPOKEN = range(1, 9)
_KINDS = {
    **dict.fromkeys(NAMES, _NAME),
    "itemprop": _ITEMPROP,
    **dict.fromkeys(EPOCHS, _EPOCH),
    "hidden": _HIDDEN,
    "style": _STYLE,
    "property": _PROPERTY,
    **dict.fromkeys(INSTANTS, _INSTANT),
    **dict.fromkeys(SPOKEN, _SPOKEN),
}


class Marks(NamedTuple):
    """The attributes of a page's elements."""

    roles: dict[Element, int]
    """The roles of each element by its names, data attributes and own style; elements without a role are left out."""
    itemprops: list[Element]
    """The elements with an itemprop, in page order."""
    spelled: set[str]
    """All attribute values with names; one value can have several names."""


def marks_of(elements: Iterable[Element]) -> Marks:
    """Read the elements in one pass. Written for speed: each line runs a thousand times per page."""
    roles: dict[Element, int] = {}
    itemprops: list[Element] = []
    spelled: set[str] = set()
    kind_of = _KINDS.get
    for element in elements:
        role = Role.NONE
        length = 0
        for key, value in element.items():
            kind = kind_of(key)
            if kind is None:
                continue
            if kind <= _ITEMPROP:
                if kind == _ITEMPROP:
                    itemprops.append(element)
                spelled.add(value)
                role |= SPELLED[value]
                length += len(value) + 1
            elif kind == _EPOCH:
                role |= Role.EPOCH
            elif kind == _PROPERTY:
                itemprops.append(element)
            elif kind == _INSTANT:
                if value[4:5] == "-" and value[13:14] == ":":
                    role |= Role.EPOCH
            elif kind == _SPOKEN:
                if "20" in value and _YEAR.search(value[:MAX_SPOKEN]):
                    role |= Role.EPOCH
            elif value != "until-found" if kind == _HIDDEN else _hides(value):
                role |= Role.UNSEEN
        if role:
            if role & Role.UNSEEN and (element.get("id") or "")[:2] in ("S:", "B:"):
                # Streamed React pages send their content hidden and show it by script.
                role &= ~Role.UNSEEN
            if length > MAX_NAMES:
                role = role & (Role.UNSEEN | Role.EPOCH) | roles_of_names(names_on(element))
            if role & UNDECIDED:
                role = decided(role)
            if role:
                roles[element] = role
    return Marks(roles, itemprops, spelled)


MAX_SPOKEN = 150
_YEAR = re.compile(r"\b20\d\d\b")


def _hides(style: str) -> bool:
    return "display" in style and "display:none" in style[:300].replace(" ", "").lower()
