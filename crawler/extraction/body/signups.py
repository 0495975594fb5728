"""Boxes that ask a reader to sign up for something or to vote, found by what they hold and not by what they are called.

Templates of today name their elements by hashes, so no word tells. What tells is a field for an e-mail address, a link to a
newsletter, or a question over buttons, in a small box of its own. Reads the tree; marks through the page.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import TypeAlias

from lxml.etree import _Element as Element

from crawler.extraction.body.blocks import DENSE, DENSITY
from crawler.extraction.markup.page import Page, raw_text_of, text_of
from pipelines.text import squash

MOST_CHARS = 450
"""A box with more text than this is no box. Larger takes short articles with a form below; smaller misses wordy boxes."""

PLUG_CHARS = 140
"""A paragraph longer than this is the article's and not a plug, and no box holds it."""

LEAST_ASKED = 25
"""Characters from which a box says by itself what it asks for, and needs no words of its neighbours."""

MOST_BOXES = 20

_BOXES = frozenset({"div", "section", "aside", "form", "ul", "li", "article"})
_LINK = re.compile(
    r"/(?:newsletters?|subscribe|subscription|abonnement|abonnieren|abbonamenti|suscripciones|suscribete|signup|sign-up)\b"
)
"""Searched in small letters."""
_SHORTEST_SENTENCE = 30
_SENTENCE = re.compile(r".{30,}[.!?…。।][\"'”’»)]{0,2}")


Lengths: TypeAlias = dict[Element, float]
"""Of elements that were looked at: links stand in the same boxes."""


def drop_signups(page: Page) -> None:
    """Mark the boxes of a page that ask for an e-mail address or a vote, or lead to a newsletter."""
    found = 0
    lengths: Lengths = {}
    leading = page.links_to(_LINK)
    for element in page.tagged(*(("a",) if leading else ()), "input", "button"):
        tag = element.tag
        if tag == "input":
            kind = (element.get("type") or "").lower()
            asks = kind == "email" or (kind == "radio" and _is_answer(element))
        elif tag == "button":
            asks = _follows_question(element)
        else:
            asks = element in leading
        if asks:
            box = _box_of(element, lengths)
            if box is not None:
                page.drop(box)
                found += 1
                if found == MOST_BOXES:
                    return


def _is_answer(radio: Element) -> bool:
    """A choice with words beside it; without, style sheets make carousels and tabs of them."""
    parent, following = radio.getparent(), radio.getnext()
    if parent is None or next(parent.iter("img"), None) is not None:
        return False
    return parent.tag == "label" or (following is not None and following.tag == "label" and bool(text_of(following)))


def _follows_question(button: Element) -> bool:
    """`<p>Is the plan right?</p><button>Yes</button><button>No</button>`, seen from the last button."""
    other = button.getprevious()
    if other is None or other.tag != "button":
        return False
    for _ in range(10):
        other = other.getprevious()
        if other is None:
            return False
        if other.tag != "button":
            return text_of(other)[-1:] in ("?", "？", "؟", ";", "か") and _length(other, {}) <= PLUG_CHARS
    return False


def _box_of(element: Element, lengths: Lengths) -> Element | None:
    """The largest small box around an element: the last before one that holds more than a box does."""
    box: Element | None = None
    current = element.getparent()
    for _ in range(8):
        if current is None or current.tag in ("body", "main", "html"):
            break
        if _length(current, lengths) > MOST_CHARS or any(_length(one, lengths) > PLUG_CHARS for one in current.iter("p")):
            break
        if box is not None and _length(box, lengths) > LEAST_ASKED and _adds_sentence(current, box):
            break
        if current.tag in _BOXES and current.find(".//h1") is None:
            box = current
        current = current.getparent()
    return box


def _adds_sentence(larger: Element, box: Element) -> bool:
    """Whether a larger box brings a whole sentence that stands beside the smaller one: a short paragraph of the article."""
    if len(raw_text_of(larger)) - len(raw_text_of(box)) <= _SHORTEST_SENTENCE:
        return False
    beside = Counter(_long_texts(larger)) - Counter(_long_texts(box))
    return any(_SENTENCE.search(squash(text)) for text in beside)


def _long_texts(element: Element) -> list[str]:
    return [text for text in element.itertext() if len(text) > _SHORTEST_SENTENCE]


def _length(element: Element, lengths: Lengths) -> float:
    """Characters of an element's text, those of dense scripts weighed, counted until there are more than a box holds."""
    length = lengths.get(element)
    if length is None:
        length = 0.0
        for text in element.itertext():
            stripped = text.strip()
            length += len(stripped) * (DENSITY if not stripped.isascii() and DENSE.search(stripped[:60]) else 1)
            if length > MOST_CHARS:
                break
        lengths[element] = length
    return length
