"""Boxes that ask a reader to sign up for something or to vote, found by their content and not by their names.

Many templates name their elements by hashes, so names are no evidence. The evidence is a field for an e-mail address, a link
to a newsletter, or a question above buttons, in a small box of its own. Reads the tree; marks boxes through the page.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import TypeAlias

from lxml.etree import _Element as Element

from crawler.extraction.markup.page import Page, raw_text_of, text_of
from pipelines.text import size_of, squash

MOST_CHARS = 450
"""Maximum characters of a box. A larger value removes short articles with a form below; a smaller one misses wordy boxes."""

PLUG_CHARS = 140
"""A longer paragraph belongs to the article, so no box contains one."""

LEAST_ASKED = 25
"""Characters above which a box itself says what it asks for, without the text of its neighbours."""

MOST_BOXES = 20

_BOXES = frozenset({"div", "section", "aside", "form", "ul", "li", "article"})
_LINK = re.compile(
    r"/(?:newsletters?|subscribe|subscription|abonnement|abonnieren|abbonamenti|suscripciones|suscribete|signup|sign-up)\b"
)
"""Searched for in lower case."""
_SHORTEST_SENTENCE = 30
_SENTENCE = re.compile(r".{30,}[.!?…。।][\"'”’»)]{0,2}")


Lengths: TypeAlias = dict[Element, float]
"""Lengths computed so far: many links are in the same boxes."""


def drop_signups(page: Page) -> None:
    """Mark the boxes of a page that ask for an e-mail address or a vote, or that link to a newsletter."""
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
    """Whether a radio button has a label with words; without one, style sheets use it for carousels and tabs."""
    parent, following = radio.getparent(), radio.getnext()
    if parent is None or next(parent.iter("img"), None) is not None:
        return False
    return parent.tag == "label" or (following is not None and following.tag == "label" and bool(text_of(following)))


def _follows_question(button: Element) -> bool:
    """Whether a button is the last one below a question: `<p>Is it right?</p><button>Yes</button><button>No</button>`."""
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
    """The largest small box around an element: the search ends at the first element with more text than a box has."""
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
    """Whether a larger box adds a whole sentence beside the smaller one: a short paragraph of the article."""
    if len(raw_text_of(larger)) - len(raw_text_of(box)) <= _SHORTEST_SENTENCE:
        return False
    beside = Counter(_long_texts(larger)) - Counter(_long_texts(box))
    return any(_SENTENCE.search(squash(text)) for text in beside)


def _long_texts(element: Element) -> list[str]:
    return [text for text in element.itertext() if len(text) > _SHORTEST_SENTENCE]


def _length(element: Element, lengths: Lengths) -> float:
    """Characters of an element's text, those of dense scripts multiplied by `DENSITY`; counting stops at a box's maximum."""
    length = lengths.get(element)
    if length is None:
        length = 0.0
        for text in element.itertext():
            stripped = text.strip()
            length += size_of(stripped)
            if length > MOST_CHARS:
                break
        lengths[element] = length
    return length
