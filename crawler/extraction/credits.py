"""Picture credits that the page sets apart: in a part named for them, beside the caption, or in an img's attributes."""

from __future__ import annotations

import re

from lxml.etree import _Element as Element

from crawler.extraction.page import Page, spaced_text_of, text_of
from crawler.extraction.roles import Role
from pipelines.text.captions import split_caption

MAX_CREDIT = 200
MAX_TOLD = 1_500
_JOINT = re.compile(r"[/|,–-]|via|for", re.IGNORECASE)


def named_credit(page: Page, element: Element, box: Element) -> tuple[str, str]:
    """The text of the part that is named for the credit, and of the part that goes on: "Photo by Jane Doe" / "Getty Images"."""
    part = next(
        (inner for inner in element.iter() if inner is not box and inner is not element and page.role(inner) & Role.CREDIT), None
    )
    if part is None:
        return "", ""
    tail, following = (part.tail or "").strip(), part.getnext()
    return spaced_text_of(part), text_of(following) if following is not None and _JOINT.fullmatch(tail) else ""


def credit_beside(element: Element, box: Element, image: Element | None, caption: str) -> str | None:
    """A credit that no name gives away: printed in the figure beside the caption, or told in the img behind the caption."""
    if element.tag == "figure":
        inside = {*box.iter()} if box is not element else set()
        for inner in element.iter("span", "div", "p", "small", "cite", "em", "i"):
            if inner in inside or len(inner) or not inner.text or len(inner.text) > MAX_CREDIT:
                continue
            split = split_caption(inner.text)
            if split.credit and not split.caption:
                return split.credit
    return None if image is None else _told_credit(image, caption)


def _told_credit(image: Element, caption: str) -> str | None:
    """`<img alt="The mayor" title="The mayor | Photo: Jane Doe">`: the title or alternative text that says what is known
    already, and goes on with a credit."""
    alt = image.get("alt") or ""
    for told in (image.get("title") or "", alt):
        known = next(
            (text for text in (caption, alt) if len(text) > 3 and len(told) > len(text) + 2 and told.startswith(text)), ""
        )
        if known or "©" in told:
            credit = split_caption(told[:MAX_TOLD]).credit
            if credit:
                return credit
    return None
