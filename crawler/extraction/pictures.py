"""The article's pictures with their captions and credits, in page order."""

from __future__ import annotations

import re
from dataclasses import replace

from lxml.etree import _Element as Element

from crawler.extraction.page import Page, spaced_text_of, text_of
from crawler.extraction.printed import NAMES_WRITER, Step
from crawler.extraction.roles import Role
from pipelines.article import Image
from pipelines.captions import split_caption
from pipelines.text import squash

MAX_PICTURES = 300
MAX_CAPTION = 1_500
_SOURCES = ("data-src", "data-original", "data-lazy-src", "data-full-src", "src")


_LABEL = re.compile(
    r"^(?:view \d+ images?|(?:open|view) image in gallery|image \d+ of \d+|\d+ ?/ ?\d+|bild vergrößern|"
    r"agrandir l.image|ver galería|loading\.*)\s*|\s*(?:view image in fullscreen|opens? in new window)$",
    re.IGNORECASE,
)


_NO_CAPTION = re.compile(r"\bnewsletters?\b|^skip past\b|\bsign up (?:to|for)\b", re.IGNORECASE)


def read_pictures(page: Page, steps: list[Step], container: Element | None) -> tuple[list[Image], set[str]]:
    """The pictures, and every text printed as caption or credit (which then is no paragraph)."""
    pictures: list[Image] = []
    printed: set[str] = set()
    done: set[Element] = set()
    for element, role, _ in steps:
        if element.getparent() in done:
            done.add(element)
            continue
        if len(pictures) >= MAX_PICTURES:
            break
        if element is container or not _is_picture_box(page, element, role):
            continue
        picture = _picture(page, element, printed)
        if picture is not None:
            pictures.append(picture)
        done.add(element)
    return _without_numbers(pictures), printed


_NUMBERED = re.compile(r"[(\[]?(\d{1,3})[)\]]?(?:[.):]| ?(?:/|of|von|de|di|van|z|av|af) ?\d{1,3}\b[.):]?)\s+(?=\S)")


def _without_numbers(pictures: list[Image]) -> list[Image]:
    """The pictures of a gallery without the count before each caption ("3. ", "3 of 12: "), where it counts indeed."""
    found = [_NUMBERED.match(picture.caption or "") for picture in pictures]
    numbers = [int(match[1]) for match in found if match]
    if len(numbers) < 3 or len(numbers) < 0.6 * len(pictures) or numbers != sorted(set(numbers)):
        return pictures
    return [
        picture if match is None else replace(picture, caption=(picture.caption or "")[match.end() :])
        for picture, match in zip(pictures, found, strict=True)
    ]


def _is_picture_box(page: Page, element: Element, role: int) -> bool:
    """A figure, or a box named for a picture that holds one and little text; boxes around several pictures are gone into."""
    if element.tag == "figure":
        return element.find(".//figure") is None and element.find(".//blockquote") is None
    if element.tag == "figcaption":
        # Who said it, under a quotation, is no caption.
        return next(element.iterancestors("figure"), element).find(".//blockquote") is None
    if element.tag not in ("div", "p", "span", "td", "table", "dl", "li", "aside", "section", "a") or role & (
        Role.BYLINE | Role.TIME
    ):
        return False
    if role & Role.CAPTION and not role & Role.BODY and next(element.iter("img", "amp-img"), None) is None:
        return any(_holds_picture(page, ancestor) for ancestor in list(element.iterancestors())[:2])
    if role & Role.PICTURE:
        pictures = sum(1 for _ in zip(element.iter("img", "amp-img"), range(3), strict=False))
        named = pictures == 1 or any(page.role(inner) & Role.CAPTION for inner in element.iter())
        return pictures < 2 and named and element.find(".//figure") is None and len(text_of(element)) <= 800
    return False


def _holds_picture(page: Page, box: Element) -> bool:
    """Whether a box is small and holds a picture, or is named for one whose img a script will put in."""
    return (bool(page.role(box) & Role.PICTURE) or next(box.iter("img", "amp-img"), None) is not None) and len(
        text_of(box)
    ) <= 800


def _picture(page: Page, element: Element, printed: set[str]) -> Image | None:
    image = next(element.iter("img", "amp-img"), None)
    if image is None and element.tag != "figure":
        image = _image_beside(element)
    box = _caption_box(page, element)
    text = _caption_text(page, box)
    if not text or len(text) > MAX_CAPTION:
        return _image(page, image, None, None) if image is not None else None
    credit_box = next(
        (inner for inner in element.iter() if inner is not box and inner is not element and page.role(inner) & Role.CREDIT), None
    )
    credit_text = "" if credit_box is None else spaced_text_of(credit_box)
    printed.update((text, text_of(box), spaced_text_of(box), credit_text))
    printed.update(text_of(inner) for inner in box.iter() if inner is not box and len(inner) < 3)
    text = _LABEL.sub("", text)
    if NAMES_WRITER.match(text) or _NO_CAPTION.search(text) or element.find(".//address") is not None:
        return None
    if credit_text and len(credit_text) < 200 and len(credit_text) < 0.8 * len(text):
        rest = squash(text.replace(credit_text, " "))
        caption, credit = split_caption(rest), split_caption(credit_text)
        return _image(page, image, caption.caption or None, credit.credit or credit.caption or credit_text)
    split = split_caption(text)
    return _image(page, image, split.caption or None, split.credit or None)


def _image_beside(element: Element) -> Element | None:
    """The picture that a caption without a figure belongs to: the last one before it in the nearest box."""
    for ancestor in list(element.iterancestors())[:3]:
        found = None
        for inner in ancestor.iter():
            if inner is element:
                break
            if inner.tag in ("img", "amp-img"):
                found = inner
        if found is not None:
            return found
    return None


def _caption_box(page: Page, element: Element) -> Element:
    """The part of a picture box that holds the caption; the box itself where no part is named for it."""
    if page.role(element) & Role.CAPTION and element.tag != "figure" and next(element.iter("img"), None) is None:
        return element
    found = next(element.iter("figcaption"), None)
    if found is not None:
        return found
    return next(
        (
            inner
            for inner in element.iter()
            if inner is not element
            and page.role(inner) & Role.CAPTION
            and not page.role(inner) & Role.CREDIT
            and next(inner.iter("img"), None) is None
        ),
        element,
    )


def _caption_text(page: Page, box: Element) -> str:
    """Text of a caption without its buttons and what only screen readers are told."""
    parts: list[str] = []

    def gather(node: Element) -> None:
        parts.append(node.text or "")
        for child in node:
            if not (child.tag in ("button", "time", "h1", "h2", "h3", "select") or page.role(child) & Role.HIDDEN):
                parts.append(" ")
                gather(child)
                parts.append(" ")
            parts.append(child.tail or "")

    gather(box)
    return squash("".join(parts))


def _image(page: Page, image: Element | None, caption: str | None, credit: str | None) -> Image:
    url = alt = None
    if image is not None:
        url = next((absolute for name in _SOURCES if (absolute := page.absolute(image.get(name)))), None)
        alt = squash((image.get("alt") or "")[:MAX_CAPTION]) or None
    return Image(url=url, alt=alt, caption=caption, credit=credit)
