"""The article's pictures with their captions and credits, in page order.

`picture_boxes` finds where they are, `picture_credits` who made them, `picture_files` their files.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import islice

from lxml.etree import _Element as Element

from crawler.extraction.declared.jsonld import Item
from crawler.extraction.declared.meta import Meta
from crawler.extraction.markup.page import Page, spaced_text_of, text_of
from crawler.extraction.markup.roles import Role, names_on
from crawler.extraction.printed.around import Step
from crawler.extraction.printed.picture_boxes import (
    FIGURES,
    MAX_BETWEEN,
    NO_PICTURE,
    PICTURED,
    TO_PICTURE,
    credited_box,
    is_picture_box,
    leads_away,
    stands_in_text,
    unnamed_box,
)
from crawler.extraction.printed.picture_credits import MAX_CREDIT, credit_beside, declared_credit, named_credit
from crawler.extraction.printed.picture_files import file_of, shown_without_img
from pipelines.article import Image
from pipelines.text import paragraphs, squash
from pipelines.text.boilerplate import is_furniture
from pipelines.text.bylines import NAMES_WRITER
from pipelines.text.captions import cleaned_credit, split_caption
from pipelines.text.lexicons import is_given_name

MAX_PICTURES = 300
MAX_IMAGES = 1_000
"""Maximum `img` elements looked at, icons included: the text around each is read."""
MAX_CAPTION = 1_500
MIN_PROSE = 350
"""Characters above which a paragraph is not a caption, unless it is named as one."""
_LINES = frozenset(("br", "p", "div", "li"))
_SPACE_BEFORE_STOP = re.compile(r" (?=[.,](?:\s|$))")
_LEAVES = frozenset(("p", "span", "div", "em", "i", "small", "figcaption", "dd", "td"))
_SHORTEST_ALT = 10
_ALT_REACH = 12
"""Maximum steps from a picture to its credit, or to a printed copy of its alternative text, which is its caption."""

_LABEL = re.compile(
    r"^(?:view \d+ images?|(?:open|view) image in gallery|image \d+ of \d+|\d+ ?/ ?\d+|bild vergrößern|"
    r"agrandir l.image|ver galería|loading\.*)\s*|\s*(?:view image in fullscreen|opens? in new window)$",
    re.IGNORECASE,
)
_NO_CAPTION = re.compile(
    r"\bnewsletters?\b|^skip past\b|\bsign up (?:to|for)\b|\blesezeit\b|\b\d+ min(?:ute)?s? read\b|\bleestijd\b|"
    r"\btemps de lecture\b|\btiempo de lectura\b|\btempo di lettura\b"
)
"""Searched for in lower case."""
_VIDEO = re.compile(r"(?<![a-z])video(?!s?-?less)", re.IGNORECASE)


@dataclass(slots=True)
class _Found:
    """The pictures of one page found so far."""

    pictures: list[Image] = field(default_factory=list)
    printed: set[str] = field(default_factory=set)
    at: dict[Element, int] = field(default_factory=dict)
    """The img elements whose picture is in the list, with its index."""
    boxes: int = 0

    def add(self, image: Element | None, picture: Image) -> None:
        """Add a picture, or complete a known one with the caption beside it. The same picture with the same caption is added
        once: pages print it twice for two screen sizes."""
        known = None if image is None else self.at.get(image)
        if known is not None and not self.pictures[known].caption:
            before = self.pictures[known]
            self.pictures[known] = replace(picture, credit=picture.credit or before.credit)
            return
        if picture.caption and any(map(partial(_is_same, picture), self.pictures)):
            return
        if image is not None:
            self.at[image] = len(self.pictures)
        self.pictures.append(picture)

    def complete(self, image: Element, text: str) -> None:
        """Add the credit from a line after a picture that is named for it."""
        known = self.at.get(image)
        if known is not None and not self.pictures[known].credit and 1 < len(text) < MAX_CREDIT:
            self.pictures[known] = replace(self.pictures[known], credit=split_caption(text).credit or cleaned_credit(text))
            self.printed.add(text)


def _is_same(one: Image, other: Image) -> bool:
    file, known = (picture.url.partition("?")[0] if picture.url else None for picture in (one, other))
    return one.caption == other.caption and one.credit == other.credit and (file == known or file is None)


def read_pictures(page: Page, steps: list[Step], container: Element | None) -> tuple[list[Image], set[str]]:
    """The pictures, and all texts printed as caption or credit (which are then not paragraphs)."""
    found = _Found()
    done: set[Element] = set()
    shown: tuple[Element, str] | None = None
    text_boxes = set() if container is None else {container, *container.iterancestors()}
    seen_at = last_at = images = 0
    last: Element | None = None
    for number, (element, role, inside) in enumerate(steps):
        tag = element.tag
        if tag == "img":
            last, last_at, images = element, number, images + 1
            if (alt := _alt(element)) is not None:
                shown, seen_at = (element, alt), number
        elif tag == "h1":
            last = None
        if done and element.getparent() in done:
            done.add(element)
            continue
        if found.boxes >= MAX_PICTURES or images > MAX_IMAGES:
            break
        if element in text_boxes:
            continue
        formed = unnamed_box(page, element, container) if tag == "img" and inside else None
        if tag == "img" and formed is None:
            formed = credited_box(page, element)
        if formed is not None:
            _read_box(page, formed, found)
            found.boxes += 1
        elif tag == "img" and inside and stands_in_text(page, element, {one.url for one in found.pictures}):
            found.add(element, _image(page, element, None, declared_credit(element, "")))
        elif (tag in FIGURES or role & PICTURED) and is_picture_box(page, element, role):
            _read_box(page, element, found)
            found.boxes += 1
            done.add(element)
        elif last is not None and role & Role.CREDIT and number - last_at <= _ALT_REACH:
            found.complete(last, text_of(element))
        elif shown is not None and tag in _LEAVES and number - seen_at <= _ALT_REACH and not len(element):
            _read_printed_alt(page, element, shown, found)
    return _without_numbers(found.pictures), found.printed


def _alt(image: Element) -> str | None:
    """The alternative text of an img, if it is long enough to be recognised in print."""
    alt = image.get("alt") or ""
    return squash(alt) if _SHORTEST_ALT <= len(alt) <= MAX_CAPTION else None


def _read_printed_alt(page: Page, element: Element, shown: tuple[Element, str], found: _Found) -> None:
    """`<img alt="The new bridge"><span>The new bridge</span>`: text below a picture that repeats its alternative text is its
    caption, whatever the name of its box."""
    image, alt = shown
    text = squash(element.text or "")
    if not (len(text) >= _SHORTEST_ALT and (alt == text or alt.startswith(f"{text} - "))):
        return
    is_titled = any(above.tag in ("a", "h1", "h2", "h3", "h4", "header") for above in islice(element.iterancestors(), 6))
    # A writer's portrait, with the name beside it.
    is_name = len(text.split()) < 4 and is_given_name(text.split()[0].casefold())
    if is_titled or leads_away(image):
        return
    found.printed.add(text)
    if is_name:
        return
    split = split_caption(text)
    found.add(image, _image(page, image, split.caption or None, split.credit))


def declared_pictures(page: Page, metas: Meta, item: Item | None) -> list[Image]:
    """The declared picture, for a page that prints none. It has no caption, because readers do not see the caption in JSON-LD
    and Open Graph. Logos and the site's card for shares are not pictures of the article."""
    value = (item or {}).get("image")
    listed = value if isinstance(value, list) else [value]
    declared = [one.get("url") or one.get("contentUrl") if isinstance(one, dict) else one for one in listed[:1]]
    for link in (*declared, *metas.get("og:image", ())[:1]):
        url = page.absolute(link) if isinstance(link, str) else None
        if url and not NO_PICTURE.search(url):
            return [Image(url=url, alt=squash(next(iter(metas.get("og:image:alt", ())), "")[:MAX_CAPTION]) or None)]
    return []


_NUMBERED = re.compile(r"[(\[]?(\d{1,3})[)\]]?(?:[.):]| ?(?:/|of|von|de|di|van|z|av|af) ?\d{1,3}\b[.):]?)\s+(?=\S)")


def _without_numbers(pictures: list[Image]) -> list[Image]:
    """The pictures of a gallery without the number before each caption ("3. ", "3 of 12: "), if the numbers really count them."""
    found = [_NUMBERED.match(picture.caption or "") for picture in pictures]
    numbers = [int(match[1]) for match in found if match]
    if len(numbers) < 3 or len(numbers) < 0.6 * len(pictures) or numbers != sorted(set(numbers)):
        return pictures
    return [
        picture if match is None else replace(picture, caption=(picture.caption or "")[match.end() :])
        for picture, match in zip(pictures, found, strict=True)
    ]


def _read_box(page: Page, element: Element, found: _Found) -> None:
    """Add the picture of one box, if it belongs to the article."""
    image = next(element.iter("img", "amp-img"), None)
    if image is None and element.tag != "figure":
        image = _image_beside(element)
    box = _caption_box(page, element)
    text = "" if _holds_heading(box) or _holds_prose(page, element, box) else _caption_text(page, box)
    if not text or len(text) > MAX_CAPTION:
        if image is not None:
            found.add(image, _image(page, image, None, credit_beside(element, box, image, "")))
        return
    credit = named_credit(page, element, box)
    found.printed.update((squash(text), text_of(box), spaced_text_of(box), credit[0]))
    found.printed.update(text_of(inner) for inner in box.iter() if inner is not box and len(inner) < 3)
    text = _LABEL.sub("", text)
    if text.endswith(":") or (len(text) < 40 and is_furniture(text)):
        return
    if NAMES_WRITER.match(text) or _NO_CAPTION.search(text.lower()) or element.find(".//address") is not None:
        return
    if (found.pictures and _is_of_video(element)) or _is_teaser(page, box, text):
        return
    found.add(image, _captioned(page, element, box, image, text, credit))


def _captioned(page: Page, element: Element, box: Element, image: Element | None, text: str, credit: tuple[str, str]) -> Image:
    """A picture with its caption, and with the credit from a part named for it or from the caption."""
    declared = "/".join(filter(None, credit))
    if declared and len(declared) < MAX_CREDIT and len(declared) < 0.8 * len(text):
        rest = squash(text)
        for part in filter(None, credit):
            ahead, _, behind = rest.partition(part) if not rest.rstrip(" .)").endswith(part) else rest.rpartition(part)
            rest = f"{ahead} {behind}"
        caption, named = split_caption(squash(rest).rstrip(" /|")), split_caption(declared)
        return _image(page, image, caption.caption or None, named.credit or cleaned_credit(declared) or None)
    split = split_caption(text)
    beside = split.credit or credit_beside(element, box, image, split.caption)
    picture = _image(page, image, split.caption or None, beside)
    return picture if image is not None else replace(picture, url=shown_without_img(page, element))


def _holds_heading(box: Element) -> bool:
    """Whether a box is the head of an article, with picture, heading and writer: its text is not a caption. Nor is the text of
    a figcaption that contains the h1."""
    return next(box.iter("h1"), None) is not None


def _holds_prose(page: Page, element: Element, box: Element) -> bool:
    """Whether a box named for the picture contains a paragraph of the text too: one too long for a caption. Above the picture
    or below a heading the limit is `MAX_BETWEEN`."""
    if box is not element or element.tag == "figure" or page.role(element) & Role.CAPTION:
        return False
    image = next(element.iter("img", "amp-img"), None)
    ahead, headed = True, False
    for inner in element.iter("img", "amp-img", "p", "h2", "h3"):
        ahead = ahead and inner is not image
        headed = headed or inner.tag in ("h2", "h3")
        longest = MAX_BETWEEN if headed or (ahead and image is not None) else MIN_PROSE
        if inner.tag == "p" and len(text_of(inner)) > longest and image not in set(inner.iter()):
            return True
    return False


def _is_of_video(element: Element) -> bool:
    """Whether a caption belongs to a video: a player, or a box named for one. At the top of an article the video is the
    article's picture; further down it is separate content."""
    if next(element.iter("video"), None) is not None:
        return True
    inside = () if element.tag == "figure" else element.iter("div", "span", "a")
    return any(
        box.get("data-video-id") or _VIDEO.search(names_on(box))
        for box in (element, *islice(element.iterancestors(), 2), *inside)
    )


def _is_teaser(page: Page, box: Element, text: str) -> bool:
    """Whether a caption is only a link to another page of the site: the picture belongs to another article."""
    linked = [link for link in box.iter("a") if not TO_PICTURE.search(link.get("href") or "#") and _is_own(page, link)]
    return bool(linked) and len(text) > 15 and sum(len(text_of(link)) for link in linked) > 0.9 * len(text)


def _is_own(page: Page, link: Element) -> bool:
    address = page.absolute(link.get("href"))
    return address is not None and address.split("/", 3)[2] == page.url.split("/", 3)[2]


def _image_beside(element: Element) -> Element | None:
    """The picture of a caption without a figure: the last one before it in the nearest box."""
    for ancestor in islice(element.iterancestors(), 3):
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
    """The part of a picture box that contains the caption; the box itself if no part is named for it."""
    if page.role(element) & Role.CAPTION and element.tag != "figure" and next(element.iter("img"), None) is None:
        return element
    found = next(element.iter("figcaption"), None)
    if found is not None:
        # <div><figcaption>What it shows</figcaption><figcaption>Ann Ward/PA</figcaption></div>
        around, beside = found.getparent(), found.getnext()
        is_split = beside is not None and beside.tag == "figcaption" and around is not None and around is not element
        return around if is_split and around is not None else found
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
    """Text of a caption without its buttons and without text for screen readers only."""
    parts: list[str] = []
    _gather(page, box, parts)
    return _SPACE_BEFORE_STOP.sub("", "\n".join(paragraphs("".join(parts))))


def _gather(page: Page, node: Element, parts: list[str]) -> None:
    parts.append(node.text or "")
    for child in node:
        role = page.role(child)
        # A heading belongs to the gallery, unless it is named as the caption.
        is_heading = child.tag in ("h1", "h2", "h3") and not role & Role.CAPTION
        if not (is_heading or child.tag in ("button", "time", "select") or role & Role.HIDDEN):
            edge = "\n" if child.tag in _LINES else " "
            parts.append(edge)
            _gather(page, child, parts)
            parts.append(edge)
        parts.append(child.tail or "")


def _image(page: Page, image: Element | None, caption: str | None, credit: str | None) -> Image:
    url = alt = None
    if image is not None:
        url = file_of(page, image)
        alt = squash((image.get("alt") or "")[:MAX_CAPTION]) or None
    return Image(url=url, alt=alt, caption=caption, credit=credit)
