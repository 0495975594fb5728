"""The maker of a picture if no caption names it: from the part named for the credit, a line beside the caption, or attributes
of the img.

Knows markup; `pipelines.text.captions` knows the form of a credit.
"""

from __future__ import annotations

import re

from lxml.etree import _Element as Element

from crawler.extraction.markup.page import Page, spaced_text_of, text_of
from crawler.extraction.markup.roles import Role, names_on
from pipelines.text.captions import cleaned_credit, split_caption
from pipelines.text.captions.credits import is_capitalised
from pipelines.text.lexicons import is_given_name

MAX_CREDIT = 200
_CREDIT_ATTRIBUTES = ("data-credit", "data-credits", "data-photographer", "data-copyright", "copyright")
MAX_DECLARED = 1_500
_JOINT = re.compile(r"[/|,–-]|via|for", re.IGNORECASE)


def named_credit(page: Page, element: Element, box: Element) -> tuple[str, str]:
    """The text of the part named for the credit, and of the part that continues it: "Photo by Jane Doe" / "Getty Images"."""
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
    if not tail and following is not None and _JOINT.fullmatch(text_of(following)):
        tail, following = text_of(following), following.getnext()
    return spaced_text_of(part), text_of(following) if following is not None and _JOINT.fullmatch(tail) else ""


def _last_line(box: Element) -> str:
    """The text of a last element after the caption that looks like a credit: `At noon. <span>Jo Li</span>`."""
    last = box[-1] if len(box) > 1 or (len(box) == 1 and (box.text or "").strip()) else None
    if last is None or last.tag not in _LINES or (last.tail or "").strip():
        return ""
    text = text_of(last)
    is_name = 1 < len(text.split()) < 5 and is_capitalised(text) and not _DIGIT.search(text) and text[-1] not in _STOPS
    is_name = is_name and (last.tag != "a" or is_given_name(text.split()[0].casefold()))  # not "Watch on YouTube"
    return text if is_name and text_of(box).removesuffix(text).rstrip().endswith(_STOPS) else ""


_DIGIT = re.compile(r"\d")
_LINES = frozenset(("span", "small", "em", "i", "cite", "p", "div", "a"))
_STOPS = (".", "!", "?", "…", "”", "»", ")")
_MAKER = re.compile(r"source|attribut|agency|provider|fotogra|photo-?by|nachweis|courtesy", re.IGNORECASE)


def _names_maker(page: Page, part: Element) -> bool:
    """Whether a part of a caption is named for the picture's maker; in a caption, an author is the photographer."""
    role = page.role(part)
    return bool(role & Role.BYLINE or _MAKER.search(names_on(part))) and not role & Role.CAPTION and part.tag != "img"


def credit_beside(element: Element, box: Element, image: Element | None, caption: str) -> str | None:
    """A credit that no name marks: printed in the figure beside the caption, or in an attribute of the img."""
    if element.tag == "figure":
        inside = {*box.iter()} if box is not element else set()
        for inner in element.iter("span", "div", "p", "small", "cite", "em", "i"):
            text = "" if inner in inside or len(inner) > 1 else text_of(inner)
            if not text or len(text) > MAX_CREDIT:
                continue
            split = split_caption(text)
            if split.credit and not split.caption:
                return split.credit
    return None if image is None else declared_credit(image, caption)


def declared_credit(image: Element, caption: str) -> str | None:
    """The credit in an attribute made for it; or in a title or alternative text that repeats a known text and continues with a
    credit: `<img alt="The mayor" title="The mayor | Photo: Jane Doe">`."""
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
