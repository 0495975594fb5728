"""The page as a list of text blocks in reading order, each with its place in the page and its share of link text.

Walks the shared tree once and does not change it. Leaves out only what markup does not show as text.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from lxml.etree import _Element as Element

from crawler.extraction.markup.roles import Role
from pipelines.text import size_of, squash
from pipelines.text.lexicons import word_set

MAX_DEPTH = 230

INLINE = word_set(
    """
    a abbr acronym b bdi bdo big cite code data del dfn em font i ins kbd label mark nobr q rb rp rt rtc ruby s samp small span
    strike strong sub sup time tt u var wbr amp-link hl2 person location org
    """
)
SILENT = word_set(
    """
    script style noscript template svg head title button select option input textarea iframe video audio canvas map
    object embed img picture source track nav footer menu dialog figcaption amp-ad amp-embed datalist progress meter
    link meta
    """
)
# CMSs often put a form around the whole page; around a newsletter box a form is furniture. Its content decides.
SUSPECT = frozenset(("aside", "form", "figure"))
HEADINGS = frozenset(("h1", "h2", "h3", "h4", "h5", "h6"))


@dataclass(slots=True)
class Block:
    """A piece of text without a break in it."""

    text: str
    tag: str
    """The nearest block element's tag: p, h2, li, blockquote, td, div ..."""
    element: Element
    linked: int
    """Characters inside links."""
    strong: int
    """Characters inside b, strong."""
    suspects: tuple[Element, ...] = ()
    """Elements around it whose names indicate furniture, outermost first."""
    length: int = field(init=False)
    weight: float = field(default=-1.0, init=False)
    """How much it indicates that the article is around it; negative until `container.prose_weight` computes it."""

    def __post_init__(self) -> None:
        self.length = len(self.text)

    @property
    def link_share(self) -> float:
        return min(1.0, self.linked / self.length) if self.length else 0.0

    @property
    def size(self) -> float:
        return size_of(self.text)

    @property
    def is_heading(self) -> bool:
        return self.tag in HEADINGS


class _Walker:
    """Collects text until a block element begins or ends. It takes most of a page's time, so its loop is written for speed."""

    __slots__ = ("blocks", "breaks", "linked", "parts", "roles", "strong")

    def __init__(self, roles: Mapping[Element, int]) -> None:
        self.roles = roles
        self.blocks: list[Block] = []
        self.parts: list[str] = []
        self.linked = 0
        self.strong = 0
        self.breaks = 0

    def count(self, text: str, in_link: bool, in_strong: bool) -> None:
        """Count the characters of a text in a link or in bold, and reset the count of line breaks."""
        length = len(text.strip())
        if length:
            self.breaks = 0
            self.linked += length * in_link
            self.strong += length * in_strong

    def flush(self, element: Element, suspects: tuple[Element, ...]) -> None:
        text = "".join(self.parts)
        self.parts.clear()
        if text and not text.isspace():
            text = squash(text)
            if text:
                self.blocks.append(Block(text, str(element.tag), element, self.linked, self.strong, suspects))
        self.linked = self.strong = self.breaks = 0

    def walk(
        self, element: Element, block: Element, suspects: tuple[Element, ...], in_link: bool, in_strong: bool, depth: int
    ) -> None:
        """`block` is the nearest block element at or above `element`."""
        parts = self.parts
        text = element.text
        if text and (parts or not text.isspace()):
            parts.append(text)
            if in_link or in_strong or self.breaks:
                self.count(text, in_link, in_strong)
        role_of = self.roles.get
        for child in element:
            tag = child.tag
            if tag in SILENT:
                pass
            elif tag == "br" or (tag == "span" and not len(child) and not child.text and "br" in child.get("class", "").split()):
                # Two line breaks in a row separate paragraphs on sites that use no p.
                if self.breaks:
                    self.flush(block, suspects)
                else:
                    parts.append("\n")
                    self.breaks = 1
            elif depth < MAX_DEPTH and not (role := role_of(child, 0)) & Role.UNSEEN:
                if tag not in INLINE:
                    if parts:
                        self.flush(block, suspects)
                    inner = suspects
                    if (tag in SUSPECT and not _is_quotation(child, tag)) or (
                        role & _DOUBTFUL and (role & _FURNITURE or not role & Role.BODY)
                    ):
                        inner = (*suspects, child)
                    self.walk(child, child, inner, in_link, in_strong, depth + 1)
                    if parts:
                        self.flush(child, inner)
                elif not (tag == "span" and role & _WHISPERED):
                    # An inline element with a suspect name inside a paragraph ("span.author") stays part of the paragraph.
                    is_strong = in_strong or tag in ("b", "strong") or child.get("class") == "strong"
                    self.walk(child, block, suspects, in_link or tag == "a", is_strong, depth + 1)
            text = child.tail
            if text and (parts or not text.isspace()):
                parts.append(text)
                if in_link or in_strong or self.breaks:
                    self.count(text, in_link, in_strong)


_FURNITURE = Role.FURNITURE | Role.COMMENTS
_DOUBTFUL = _FURNITURE | Role.PICTURE
_WHISPERED = Role.HIDDEN | Role.TOOLTIP


def _is_quotation(element: Element, tag: str) -> bool:
    """Whether a figure has no picture of its own but a table, or a quotation with its speaker as the caption (HTML, 4.4.12)."""
    return (
        tag == "figure"
        and (element.find("blockquote") is not None or element.find("table") is not None)
        and all(next(picture.iterancestors(tag)) is not element for picture in element.iter("img", "picture", "video"))
    )


def blocks_of(root: Element, roles: Mapping[Element, int]) -> list[Block]:
    """Blocks under an element in reading order."""
    walker = _Walker(roles)
    walker.walk(root, root, (), False, False, 0)
    walker.flush(root, ())
    return walker.blocks


def prose_share(blocks: list[Block]) -> float:
    """Share of the text outside links."""
    total = sum(block.length for block in blocks)
    return 1.0 - sum(min(block.linked, block.length) for block in blocks) / total if total else 0.0


MAX_EDGE = 4


def edges_of(blocks: list[Block], kept: list[Block]) -> tuple[Block, ...]:
    """The blocks just above the first kept block, the last kept block, and the blocks just below it."""
    if not kept:
        return ()
    first = next((index for index, block in enumerate(blocks) if block is kept[0]), 0)
    last = next((index for index in range(len(blocks) - 1, -1, -1) if blocks[index] is kept[-1]), len(blocks) - 1)
    return (*blocks[max(0, first - MAX_EDGE) : first], *blocks[last : last + 1 + MAX_EDGE])


def place_of(blocks: list[Block], heading: Element | None) -> int:
    """Index of the heading among blocks; 0 if it is not among them."""
    return next((place for place, one in enumerate(blocks) if heading is not None and is_under(one.element, heading)), 0)


def is_under(element: Element, ancestor: Element) -> bool:
    current: Element | None = element
    while current is not None:
        if current is ancestor:
            return True
        current = current.getparent()
    return False
