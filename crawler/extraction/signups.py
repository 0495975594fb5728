"""Boxes that ask a reader to sign up for something, found by what they hold and not by what they are called.

Templates of today name their elements by hashes, so no word tells. What tells is a field for an e-mail address, or a link to a
newsletter, in a small box of its own. Reads the tree; marks through the page.
"""

from __future__ import annotations

import re

from lxml.etree import _Element as Element

from crawler.extraction.page import Page

MOST_CHARS = 450
"""A box with more text than this is no box. Larger takes short articles with a form below; smaller misses wordy boxes."""

PLUG_CHARS = 140
"""A paragraph longer than this is the article's and not a plug, and no box holds it."""

MOST_BOXES = 20

_BOXES = frozenset({"div", "section", "aside", "form", "ul", "li", "article"})
_LINK = re.compile(
    r"/(?:newsletters?|subscribe|subscription|abonnement|abonnieren|abbonamenti|suscripciones|suscribete|signup|sign-up)\b",
    re.IGNORECASE,
)


def drop_signups(page: Page) -> None:
    """Mark the boxes of a page that ask for an e-mail address or lead to a newsletter."""
    found = 0
    for element in page.elements:
        tag = element.tag
        if tag == "input":
            asks = (element.get("type") or "").lower() == "email"
        else:
            asks = tag == "a" and _LINK.search(element.get("href") or "") is not None
        if asks:
            box = _box_of(element)
            if box is not None:
                page.drop(box)
                found += 1
                if found == MOST_BOXES:
                    return


def _box_of(element: Element) -> Element | None:
    """The largest small box around an element: the last before one that holds more than a box does."""
    box: Element | None = None
    current = element.getparent()
    for _ in range(8):
        if current is None or current.tag in ("body", "main", "html"):
            break
        if _is_longer(current, MOST_CHARS) or any(_is_longer(paragraph, PLUG_CHARS) for paragraph in current.iter("p")):
            break
        if current.tag in _BOXES and current.find(".//h1") is None:
            box = current
        current = current.getparent()
    return box


def _is_longer(element: Element, most: int) -> bool:
    length = 0
    for text in element.itertext():
        length += len(text.strip())
        if length > most:
            return True
    return False
