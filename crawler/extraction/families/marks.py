"""What the families share: finding elements by the stable part of a generated class name, and saying what an element is.

Class names of today's build tools end in a hash ("Byline_dates-container__yHhr9"): only what stands before it may be relied on.
"""

from __future__ import annotations

from lxml import etree
from lxml.etree import _Element as Element

from crawler.extraction.page import Page, text_of
from crawler.extraction.roles import Role

LONDON = "Europe/London"

_CLASSED = etree.XPath("descendant::*[contains(@class, $part)]")
_HOLDS_CLASS = etree.XPath("boolean(descendant::*[contains(@class, $part)])")
_TESTED = etree.XPath("descendant::*[starts-with(@data-testid, $part)]")


def classed(inside: Element, part: str) -> list[Element]:
    """Elements below one whose class attribute holds a text, in page order."""
    found = _CLASSED(inside, part=part)
    return [one for one in found if isinstance(one, Element)] if isinstance(found, list) else []


def holds_class(inside: Element, part: str) -> bool:
    """Whether any element below one has a class attribute that holds a text."""
    return _HOLDS_CLASS(inside, part=part) is True


def tested(inside: Element, start: str) -> list[Element]:
    """Elements below one whose test id begins with a text, in page order."""
    found = _TESTED(inside, part=start)
    return [one for one in found if isinstance(one, Element)] if isinstance(found, list) else []


def silence(page: Page, element: Element) -> None:
    """What an element prints is no part of the byline around it: a section badge, a share bar, a bookmark button."""
    page.roles[element] = Role.HIDDEN


def keep(page: Page, element: Element) -> None:
    """An element holds the article's text, whatever its names seem to say."""
    page.roles[element] = page.role(element) & ~(Role.FURNITURE | Role.ELSEWHERE | Role.WEAK) | Role.BODY


def is_printed(page: Page, lines: list[str]) -> bool:
    """Whether the page shows the first paragraph of its data: what else the data holds is then withheld."""
    first = next((line for line in lines if len(line) > 40), "")
    return bool(first) and first in text_of(page.body)


def assume_zone(page: Page, name: str) -> None:
    """Read printed times in the family's zone, unless the site or the host's country said which."""
    if not page.is_zone_sure:
        page.timezone, page.is_zone_sure = name, True
