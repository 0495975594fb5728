"""A second opinion on the body, used if our reading leaves out much of the page's prose: class names may have misled it.

The page is read again by its form alone. If the result differs, trafilatura decides by the reading with which it agrees more.
Used for 3 in 400 pages of the corpora. See docs/decisions/0041 and, for why trafilatura's text is never the answer, 0051.
"""

from __future__ import annotations

import re
from copy import copy, deepcopy
from typing import TypeAlias

from lxml import etree
from lxml.etree import _Element as Element

from crawler.extraction.body.container import BodyReading, read_body
from crawler.extraction.body.lines import Context
from crawler.extraction.markup.page import Page
from crawler.extraction.markup.roles import Role

MAX_BYTES = 300_000
"""Maximum size of the markup given to trafilatura, in characters; that much takes about 50 ms."""
MIN_CONFIDENCE = 0.6
"""Confidence from which our reading needs no second opinion; 4 of 100 pages are below it."""
ALIKE, LEAD = 0.8, 0.1
"""Agreement above which two readings count as the same, and by how much more trafilatura must agree with the other reading."""
MISLEADING = Role.FURNITURE | Role.ELSEWHERE | Role.WEAK | Role.PICTURE
"""Roles that names indicate and that the page's form may contradict."""
MAX_READ_AGAIN = 8_000
"""Maximum elements of a page that is read a second time."""


def reconsidered(
    page: Page, heading: Element | None, context: Context, reading: BodyReading, *, is_free: bool | None
) -> BodyReading:
    """The given reading; if it leaves out much of the page's prose, the reading by form alone if that is more likely.

    The second reading includes what the page's own markup hides, unless the page is paid for.
    """
    if reading.confidence >= MIN_CONFIDENCE or len(page.elements) > MAX_READ_AGAIN:
        return reading
    unnamed = copy(page)
    never = Role.COMMENTS | Role.DROPPED
    misleading = MISLEADING if is_free is False else MISLEADING | Role.UNSEEN
    unnamed.roles = {element: role if role & never else role & ~misleading for element, role in page.roles.items()}
    other = read_body(unnamed, heading, context)
    ours, theirs = _runs(reading.paragraphs), _runs(other.paragraphs)
    if _agreement(ours, theirs) > ALIKE:
        return reading
    asked = _runs(tuple(_asked(_markup(_shown(unnamed, page.body))).split("\n")))
    return other if _agreement(theirs, asked) > _agreement(ours, asked) + LEAD else reading


_Run: TypeAlias = tuple[str, ...]
_WORD = re.compile(r"\w+")


def _runs(paragraphs: tuple[str, ...]) -> set[_Run]:
    """All sequences of four words."""
    words = _WORD.findall(" ".join(paragraphs))
    return set(zip(words, words[1:], words[2:], words[3:], strict=False))


def _agreement(one: set[_Run], other: set[_Run]) -> float:
    """0 for texts that have nothing in common, 1 for equal ones."""
    return 2 * len(one & other) / (len(one) + len(other)) if one and other else 0.0


def _markup(element: Element) -> str:
    markup = etree.tostring(element, encoding="unicode", method="html", with_tail=False)
    return markup if len(markup) <= MAX_BYTES else ""


def _shown(page: Page, element: Element) -> Element:
    """A copy without what the page's markup hides, what a family drops, and readers' comments."""
    copied = deepcopy(element)
    for original, twin in zip(list(element.iter()), list(copied.iter()), strict=True):
        parent = twin.getparent()
        if parent is not None and page.role(original) & (Role.UNSEEN | Role.DROPPED | Role.COMMENTS):
            parent.remove(twin)
    return copied


def _asked(markup: str) -> str:
    # Imported here: it takes a third of a second and 20 MB, and most crawls never use it.
    from trafilatura import bare_extraction

    found = bare_extraction(f"<html><body>{markup}</body></html>", fast=True, include_comments=False, include_tables=False)
    text = getattr(found, "text", None)
    return text if isinstance(text, str) else ""
