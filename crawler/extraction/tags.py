"""Topics printed as a row of links below the heading: by rel=tag, by the name of their box, or by where they lead."""

from __future__ import annotations

import re
from itertools import islice

from lxml.etree import _Element as Element

from crawler.extraction.page import Page, text_of
from crawler.extraction.proposals import Proposal, Proposals
from crawler.extraction.roles import Role

MAX_LINKS = 25
"""A longer row is the site's cloud of all topics."""
_TAG_ADDRESS = re.compile(
    r"/(?:tags?|topics?|themen?|th[eè]mes?|keywords?|temas?|etiquetas?|schlagw(?:ort|orte|oerter)|sujets?|dossiers?|argoment[io]|tema|all-about|stichwort|onderwerpen?|etykiet[ay]|emner?|ämnen?)/",
    re.IGNORECASE,
)
_OTHER_LINK = re.compile(
    r"(?:share|e-?mail|print|tweet|more|mehr|alle|all|see all|read|follow|newsletter|themen?|topics?|tags?)\b", re.IGNORECASE
)


def propose_tags(page: Page, heading: Element | None, into: Proposals) -> None:
    """The first row that is marked as tags; else the first whose links all lead to pages of topics."""
    below = heading is None
    marked: dict[Element, list[str]] = {}
    leading: dict[Element, list[str]] = {}
    boxes = {element for element, role in page.roles.items() if role & Role.TAGS}
    for element in page.body.iter("a", "h1", "h2"):
        below = below or element is heading
        if not below or element.tag != "a":
            continue
        is_tag = "tag" in (element.get("rel") or "").split()
        leads = _TAG_ADDRESS.search(element.get("href") or "") is not None
        if not (is_tag or leads or boxes):
            continue
        around = [element, *islice(element.iterancestors(), 4)]
        named = not boxes.isdisjoint(around)
        if not (is_tag or leads or named) or not _is_own(page, element, around, named or is_tag):
            continue
        text = text_of(element).lstrip("#").strip()
        if 1 < len(text) < 50 and not _OTHER_LINK.match(text):
            (marked if is_tag or named else leading).setdefault(_row(element), []).append(text)
    rows = [row for row in marked.values() if len(row) <= MAX_LINKS] + [
        row for row in leading.values() if 2 <= len(row) <= MAX_LINKS
    ]
    if rows:
        into.topics.append(Proposal(tuple(dict.fromkeys(rows[0])), "printed.tags"))


def _is_own(page: Page, link: Element, around: list[Element], is_marked: bool) -> bool:
    """Whether a link is of this article and stands apart from running text."""
    for ancestor in around:
        role = page.role(ancestor)
        if ancestor.tag in ("nav", "aside") or role & (Role.COMMENTS | Role.DROPPED) or (role & Role.ELSEWHERE and not is_marked):
            return False
        if ancestor.tag in ("p", "h1", "h2", "h3") and len(text_of(ancestor)) > 3 * len(text_of(link)) + 60:
            return False
    return True


def _row(link: Element) -> Element:
    """The element that holds the whole row: the link's parent, or the parent of its list item or wrapper."""
    parent = link.getparent()
    if parent is None:
        return link
    above = parent.getparent()
    alone = sum(1 for child in parent if child.tag == "a") == 1
    return above if above is not None and alone and parent.tag in ("li", "span", "div", "dd", "p") else parent
