"""Who made a picture, where no caption says it: the part that is named for it, a line beside the caption, attributes of the img.

Knows markup; what a credit looks like is told by `pipelines.text.captions`.
"""

from __future__ import annotations

import re

from lxml.etree import _Element as Element

from crawler.extraction.markup.page import Page, spaced_text_of, text_of
from crawler.extraction.markup.roles import Role, names_on
from pipelines.text.captions import cleaned_credit, split_caption
from pipelines.text.captions.credits import is_capitalised

MAX_CREDIT = 200
_CREDIT_ATTRIBUTES = ("data-credit", "data-credits", "data-photographer", "data-copyright", "copyright")
MAX_DECLARED = 1_500
_JOINT = re.compile(r"[/|,–-]|via|for", re.IGNORECASE)


def named_credit(page: Page, element: Element, box: Element) -> tuple[str, str]:
    """The text of the part that is named for the credit, and of the part that goes on: "Photo by Jane Doe" / "Getty Images"."""
    inside = set(box.iter()) if box is not element else set()
    part = next(
        (
            inner
            for inner in element.iter()
            if inner is not box
            and inner is not element
            and (page.role(inner) & Role.CREDIT or (inner in inside and _names_maker(page, inner)))
        ),
        None,
    )
    if part is None:
        return _last_line(box), ""
    tail, following = (part.tail or "").strip(), part.getnext()
    return spaced_text_of(part), text_of(following) if following is not None and _JOINT.fullmatch(tail) else ""


def _last_line(box: Element) -> str:
    """What stands in an element of its own behind a caption and looks like a credit: `At noon. <span>Jo Li</span>`."""
    last = box[-1] if len(box) > 1 or (len(box) == 1 and (box.text or "").strip()) else None
    if last is None or last.tag not in _LINES or (last.tail or "").strip():
        return ""
    text = text_of(last)
    is_name = 1 < len(text.split()) < 5 and is_capitalised(text) and not _DIGIT.search(text) and text[-1] not in _STOPS
    return text if is_name and text_of(box).removesuffix(text).rstrip().endswith(_STOPS) else ""


_DIGIT = re.compile(r"\d")
_LINES = frozenset(("span", "small", "em", "i", "cite", "p", "div"))
_STOPS = (".", "!", "?", "…", "”", "»", ")")
_MAKER = re.compile(r"source|attribut|agency|provider|fotogra|photo-?by|nachweis|courtesy", re.IGNORECASE)


def _names_maker(page: Page, part: Element) -> bool:
    """Whether a part of a caption is named for who made the picture: there an author is the photographer."""
    role = page.role(part)
    return bool(role & Role.BYLINE or _MAKER.search(names_on(part))) and not role & Role.CAPTION and part.tag != "img"


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
    return None if image is None else declared_credit(image, caption)


def declared_credit(image: Element, caption: str) -> str | None:
    """`<img alt="The mayor" title="The mayor | Photo: Jane Doe">`: the title or alternative text that says what is known
    already, and goes on with a credit."""
    named = next((value for key in _CREDIT_ATTRIBUTES if (value := image.get(key))), "")
    if named and len(named) < MAX_CREDIT:
        return cleaned_credit(named) or None
    alt = image.get("alt") or ""
    for declared in (image.get("title") or "", alt):
        known = next(
            (text for text in (caption, alt) if len(text) > 3 and len(declared) > len(text) + 2 and declared.startswith(text)), ""
        )
        if known or "©" in declared:
            credit = split_caption(declared[:MAX_DECLARED]).credit
            if credit:
                return credit
    return None
