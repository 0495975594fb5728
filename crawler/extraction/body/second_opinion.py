"""Second opinions on the body, asked where our reading is likely wrong: it found little, or left much of the page's prose out.

Where much is left out, names of elements may have misled us: the page is read again by its form alone, and where that says
something else, trafilatura decides by whom it agrees with. Asked of 3 in 400 pages of the corpora. Where little was found and the
page says that it is an article, trafilatura's own reading is believed if it brings running text. Everywhere else our own reading
is better and several times cheaper (measured on 277 bodies: .972 against .950). See docs/decisions/0041.
"""

from __future__ import annotations

import re
from copy import copy, deepcopy
from typing import TypeAlias

from lxml import etree
from lxml.etree import _Element as Element

from crawler.extraction.body.container import BodyReading, read_body
from crawler.extraction.body.lines import Context, is_consent
from crawler.extraction.markup.page import Page, text_of
from crawler.extraction.markup.roles import Role
from pipelines.text import squash
from pipelines.text.boilerplate import is_furniture

WEAK = 250
"""Characters of body below which a second opinion is asked."""
MAX_ELEMENTS = 2_500
MAX_BYTES = 300_000
"""What trafilatura is given; it takes some 50 ms for so much."""
MIN_CONFIDENCE = 0.6
"""Confidence from which our reading needs no other: below are 4 of 100 pages."""
ALIKE, LEAD = 0.8, 0.1
"""Agreement of two readings that say the same, and by how much more trafilatura must agree with the other."""
MISLEADING = Role.FURNITURE | Role.ELSEWHERE | Role.WEAK | Role.PICTURE
"""What names say and a page's form may gainsay."""
MAX_READ_AGAIN = 8_000
"""Elements of a page that trafilatura is given to decide on."""
_SENTENCE = re.compile(r".{40,}[.!?…。！？؟।][\"'”’»)\]]*", re.DOTALL)
_MIN_PARAGRAPHS = 3


def reconsidered(
    page: Page, heading: Element | None, context: Context, reading: BodyReading, *, is_free: bool | None
) -> BodyReading:
    """A reading, or where it leaves much of the page's prose out the one by form alone, if that is the likelier.

    What the page's own markup hides is then read as well, unless the page is paid for.
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
    """Every four words on end."""
    words = _WORD.findall(" ".join(paragraphs))
    return set(zip(words, words[1:], words[2:], words[3:], strict=False))


def _agreement(one: set[_Run], other: set[_Run]) -> float:
    """From 0 for texts that have nothing in common to 1."""
    return 2 * len(one & other) / (len(one) + len(other)) if one and other else 0.0


def _markup(element: Element) -> str:
    markup = etree.tostring(element, encoding="unicode", method="html", with_tail=False)
    return markup if len(markup) <= MAX_BYTES else ""


def second_opinion(page: Page, own_length: int) -> tuple[str, ...]:
    """The paragraphs that trafilatura finds, where they are prose and clearly more than ours; else none."""
    element = _article(page)
    if sum(1 for _ in zip(element.iter(), range(MAX_ELEMENTS + 1), strict=False)) > MAX_ELEMENTS:
        return ()
    element = _shown(page, element)
    markup = _markup(element)
    if not markup:
        return ()
    headings = {text_of(heading) for heading in element.iter("h1")}
    asked = map(squash, _asked(markup).split("\n"))
    lines = tuple(line for line in asked if line and not (line in headings or is_furniture(line) or is_consent(line)))
    return lines if _is_prose(lines, _linked(element)) and sum(map(len, lines)) > max(2 * own_length, WEAK) else ()


def _article(page: Page) -> Element:
    """The one article element of the page, else its body."""
    articles = [element for element in page.tagged("article") if next(element.iterancestors("article"), None) is None]
    return articles[0] if len(articles) == 1 else page.body


def _shown(page: Page, element: Element) -> Element:
    """A copy without what the page's markup hides, what a family drops, and what readers wrote."""
    copied = deepcopy(element)
    for original, twin in zip(list(element.iter()), list(copied.iter()), strict=True):
        parent = twin.getparent()
        if parent is not None and page.role(original) & (Role.UNSEEN | Role.DROPPED | Role.COMMENTS):
            parent.remove(twin)
    return copied


def _asked(markup: str) -> str:
    # Imported here: it takes a third of a second and 20 MB, and most crawls never need it.
    from trafilatura import bare_extraction

    found = bare_extraction(f"<html><body>{markup}</body></html>", fast=True, include_comments=False, include_tables=False)
    text = getattr(found, "text", None)
    return text if isinstance(text, str) else ""


def _linked(element: Element) -> set[str]:
    """Texts that stand in links."""
    return {text_of(link) for link in element.iter("a")}


def _is_prose(lines: tuple[str, ...], linked: set[str]) -> bool:
    """Whether most of some lines is sentences in several paragraphs, and hardly any of it is a link."""
    total = sum(map(len, lines))
    sentences = [line for line in lines if _SENTENCE.fullmatch(line)]
    in_links = sum(len(line) for line in lines if line in linked)
    return len(sentences) >= _MIN_PARAGRAPHS and sum(map(len, sentences)) > 0.6 * total and in_links < 0.2 * total
