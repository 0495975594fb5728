"""The notice of a paywall printed below a text: the rest is only for those who pay or sign in, whatever the page declares."""

from __future__ import annotations

from lxml.etree import _Element as Element

from crawler.extraction.body.container import BodyReading
from crawler.extraction.declared.proposals import Proposal, Proposals
from crawler.extraction.markup.page import Page, text_of
from crawler.extraction.markup.roles import Role
from pipelines.history.paywall import MAX_NOTICE, is_wall

MAX_AFTER = 40
"""Maximum elements from the last paragraph to a wall's notice. With more, offers in the site's frame are mistaken for a wall."""
_NO_WALL = Role.UNSEEN | Role.HIDDEN | Role.COMMENTS | Role.CAPTION


def propose_wall(page: Page, reading: BodyReading, into: Proposals) -> None:
    """Propose "paid for" if the page prints at the end of its text that the rest is only for those who pay or sign in."""
    if not reading.blocks:
        return
    last = reading.blocks[-1].element
    if any(is_wall(block.text) for block in (*reading.blocks[-2:], *reading.edges)) or _stands_below(page, last):
        into.free.append(Proposal(False, "printed.wall"))


def _stands_below(page: Page, last: Element) -> bool:
    """Whether a visible notice of a wall follows the text; a paragraph longer than a notice is none."""
    start = page.elements.index(last) + 1
    for element in page.elements[start : start + MAX_AFTER]:
        if not isinstance(element.tag, str) or page.role(element) & _NO_WALL:
            continue
        if element.tag in ("footer", "nav"):
            return False
        text = text_of(element) if element.tag != "script" else ""
        if (
            len(text) <= MAX_NOTICE
            and is_wall(text)
            and not any(page.role(above) & _NO_WALL for above in element.iterancestors())
        ):
            return True
    return False
