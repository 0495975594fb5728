"""What is written on the elements of a page: one pass over them gives their roles and the few that carry data.

Names are read by `roles`, each combination once across pages; here stand the attributes that hold no names.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from lxml.etree import _Element as Element

from crawler.extraction.markup.roles import MAX_NAMES, NAMES, SPELLED, UNDECIDED, Role, decided, names_on, roles_of_names

_DATA = ("timestamp", "date", "datetime", "published", "publish-date", "epoch", "time", "seconds", "unixtime", "utc")
EPOCHS = tuple(f"data-{name}" for name in _DATA)
"""Attributes in which templates leave a time for their scripts, the most telling first."""
INSTANTS = ("datetime", "content", "title", "value", "timestamp")
"""Attributes in which elements of any name leave an instant: hAtom's abbr, RDFa's content, data."""
_NAME, _ITEMPROP, _EPOCH, _HIDDEN, _STYLE, _PROPERTY, _INSTANT = range(1, 8)
_KINDS = {
    **dict.fromkeys(NAMES, _NAME),
    "itemprop": _ITEMPROP,
    **dict.fromkeys(EPOCHS, _EPOCH),
    "hidden": _HIDDEN,
    "style": _STYLE,
    "property": _PROPERTY,
    **dict.fromkeys(INSTANTS, _INSTANT),
}


class Marks(NamedTuple):
    """What is written on the elements of a page."""

    roles: dict[Element, int]
    """What each element's names, data attributes and own style hint at; elements of no role are left out."""
    itemprops: list[Element]
    """The elements with an itemprop, in page order."""
    spelled: set[str]
    """Every name, or several, as an attribute has them."""


def marks_of(elements: Iterable[Element]) -> Marks:
    """One pass over the elements. Written for speed: every page pays for every line of it a thousand times."""
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
            elif value != "until-found" if kind == _HIDDEN else _hides(value):
                role |= Role.UNSEEN
        if role:
            if role & Role.UNSEEN and (element.get("id") or "")[:2] in ("S:", "B:"):
                # Streamed React pages bring their content hidden and show it by script.
                role &= ~Role.UNSEEN
            if length > MAX_NAMES:
                role = role & (Role.UNSEEN | Role.EPOCH) | roles_of_names(names_on(element))
            if role & UNDECIDED:
                role = decided(role)
            if role:
                roles[element] = role
    return Marks(roles, itemprops, spelled)


def _hides(style: str) -> bool:
    return "display" in style and "display:none" in style[:300].replace(" ", "").lower()
