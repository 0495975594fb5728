"""The heading that a reader sees, found by its likeness to what machines are told the page is called."""

from __future__ import annotations

import re
from dataclasses import dataclass

from lxml.etree import _Element as Element

from crawler.extraction.page import Page, spaced_text_of, text_of
from crawler.extraction.roles import Role

MAX_HEADING = 400
MAX_HEADINGS = 200
"""Headings of each rank looked at on one page."""
_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class _Name:
    """A heading, or what the page is called elsewhere, ready to be compared."""

    text: str
    key: str
    words: frozenset[str]

    def likeness(self, reference: _Name) -> float:
        """0..1 by shared words; 1.3 for the same words in the same order."""
        if self.key == reference.key:
            return 1.3
        if not self.words or not reference.words:
            return 0.0
        shared = len(self.words & reference.words) / min(len(self.words), len(reference.words))
        return shared * min(1.0, len(self.text.split()) / 3)


def _name(text: str) -> _Name:
    found = _WORD.findall(text.casefold())
    return _Name(text, " ".join(found), frozenset(found))


def find_heading(page: Page, references: list[str], site_name: str | None = None) -> Element | None:
    """The element that prints the headline: the h1 most like what the page is called elsewhere, else the first in the article.

    An h2 stands in where the h1 is the site's name or where only the h2 says exactly what the page is called.
    """
    names = [_name(reference) for reference in dict.fromkeys(references)]
    told = [_name(reference).key for reference in references[:2]]
    site = _name(site_name).key if site_name else None
    best, best_score = None, -1.0
    for ranks in (("h1",), ("h2", "h3")):
        for _, element in zip(range(MAX_HEADINGS), page.body.iter(*ranks), strict=False):
            text = heading_text(element)
            if not 0 < len(text) <= MAX_HEADING:
                continue
            name = _name(text)
            score = -1.0 if site and name.key == site else _score(page, element, name, names, told)
            if score > best_score:
                best, best_score = element, score
        if best_score > 1.35:
            # An h1 that says word for word what the page is called.
            break
    return best if best is not None else _styled_heading(page, names)


# Tried: an h1 in a breadcrumb trail, or of the class "hidden", put behind the h2 that is shown. Headlines fell from .950 to
# .937 of the measured pages, because it is that h1 which agrees with what machines are told.
def _score(page: Page, element: Element, name: _Name, names: list[_Name], told: list[str]) -> float:
    likeness = max((name.likeness(reference) for reference in names), default=0.0)
    if element.tag != "h1":
        if likeness < 0.85:
            return -1.0
        likeness -= 0.15 if name.key in told else 0.4
    elif any(key and key in name.key for key in told):
        likeness = max(likeness, 1.3)
    else:
        # The same as the title element only: written for search engines, like the title.
        likeness = min(likeness, 1.1)
    inside = (0.1 if likeness > 1 else 0.3) if _inside(element, ("article", "main")) else 0.0
    return likeness + inside + min(len(name.text), 60) / 300 - (0.5 if page.role(element) & Role.HIDDEN else 0.0)


def _styled_heading(page: Page, names: list[_Name]) -> Element | None:
    """A heading that only its style makes one."""
    for element in page.body.iter("div", "span", "p", "td", "strong", "b", "font"):
        if (
            len(element) < 4
            and (element.text or len(element))
            and (element.tag in ("strong", "b", "font") or page.role(element) & Role.HEADLINE)
        ):
            text = heading_text(element)
            if 3 <= len(text.split()) <= 40:
                name = _name(text)
                if any(name.likeness(reference) > 1 for reference in names):
                    return element
    return None


def _inside(element: Element, tags: tuple[str, ...]) -> bool:
    return any(ancestor.tag in tags for ancestor in element.iterancestors())


def heading_text(element: Element) -> str:
    """Text of a heading; parts with a class of their own are laid out apart."""
    parted = any(child.get("class") or child.tag in ("br", "div", "p") for child in element)
    return spaced_text_of(element) if parted else text_of(element)
