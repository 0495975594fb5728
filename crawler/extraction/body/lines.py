"""Which blocks of the article's container are its paragraphs: promotion, captions, labels and scraps are removed.

Most rules are about form (links, capitals, length, place); rules about words name their language.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field, replace
from functools import lru_cache
from itertools import islice, pairwise
from typing import TypeAlias

from lxml.etree import _Element as Element

from crawler.extraction.body.blocks import Block
from crawler.extraction.body.closing import cut_closing, tells
from crawler.extraction.body.code_in_text import without_code
from crawler.extraction.body.notices import is_consent, is_house_line, without_summaries
from pipelines.text.boilerplate import is_furniture
from pipelines.text.dates.words import code_of_known

_PROSE_TAGS = frozenset(("p", "blockquote", "li", "pre", "dt", "dd", "td", "th", "summary"))
_END = re.compile(r"[.!?…。！？؟।։።។။:;][\"'”’»“)\]]*$")
_PROMO = re.compile(
    r"(?:read (?:more|also|next|the full|our|all)|see also|see more|also read|more (?:on|from|about|news|stories)|"
    r"related\b|watch(?: (?:more|the|live|now|below|:)| ?[|:])|listen (?:to|:|now)|"
    r"sign up|subscribe|follow (?:us|the|@)|join (?:our|the)|click here|download (?:the|our)|don't miss|don’t miss|"
    r"keep up|get the latest|like us|support our|"
    r"lesen sie|lies auch|mehr (?:zum|dazu|von|aus dem ressort)|lesetipp|auch interessant|lire aussi|à lire|voir aussi|lea tambi|"
    r"lee tambi|ver también|te puede|leia (?:também|mais)|veja também|"
    r"leggi anche|leggi:|guarda anche|czytaj|zobacz|przeczytaj|lees ook|lees meer|bekijk ook|les også|les mer|"
    r"läs (?:också|mer|även)|læs også|lue myös|přečtěte|čtěte|"
    r"přečtete|читайте|смотрите|ayrıca|oku(?:yun)?:|olvass|citește|прочети|διαβάστε|اقرأ|इसे भी|यह भी|関連記事|関連リンク|"
    r"あわせて読みたい|相关阅读|相關|관련기사)",
    re.IGNORECASE,
)  # fmt: skip
_CREDIT_LINE = re.compile(
    r"\(?(?:images?|image (?:source|credit)|pictures?|photos?|fotos?|photo credit|credits?|bild|bildquelle|grafik|"
    r"crédito|imagen|immagine|zdjęcie|fot\.|video)"
    r"\s?(?:by|von|:|©).{1,80}",
    re.IGNORECASE,
)


_MAX_STAMP = 160
_ANY_DIGIT = re.compile(r"\d")
_ANY_LETTER = re.compile(r"[^\W_]")


@lru_cache(maxsize=1_000)  # called when a block is weighed and again when it is judged
def is_stamp(text: str) -> bool:
    """Whether a line has only times and their labels, in any language: "Published 9th May 2025, 16:15 BST". A line that ends
    with a colon is none: it announces what happened on that day."""
    if len(text) > _MAX_STAMP or text.endswith(":") or not _ANY_DIGIT.search(text):
        return False
    return not _STAMP_SIGNS.isdisjoint(code_of_known(text)) and 25 * sum(map(str.isdigit, text)) >= len(text)


_STAMP_SIGNS = frozenset("abcdefghijklBUOVJG:YND")
"""Code letters of months, labels, "today", "ago" and East Asian day signs, and the colon of a clock time."""


@dataclass(slots=True)
class Context:
    """Texts that are printed elsewhere on the page and so are not paragraphs of the body."""

    headline: str = ""
    captions: set[str] = field(default_factory=set)
    furniture: set[str] = field(default_factory=set)
    """Printed bylines, dates and standfirst."""
    writers: frozenset[str] = frozenset()
    """Full names of the declared authors."""


def article_blocks(blocks: list[Block], context: Context) -> list[Block]:
    """The blocks that are the article, in order."""
    blocks = without_summaries(_readable(blocks))
    lines = _lines_of(blocks)
    noise = [_is_noise(block, context, place in lines) for place, block in enumerate(blocks)]
    boxes = _text_boxes(blocks)
    linked_heads = _linked_heads(blocks, boxes)
    kept = [
        block
        for place, block in enumerate(blocks)
        if not (noise[place] or _is_over_links(blocks, noise, place)) or _is_beside(block, boxes) or place in linked_heads
    ]
    start = next((index for index, block in enumerate(kept) if _is_opening(block)), None)
    if start is None:
        return [block for block in kept if block.tag in _PROSE_TAGS]
    if (
        len(kept) > start + 3
        and _run_of(kept[start]) != _run_of(kept[start + 1])
        and any(kept[start].text.startswith(writer) for writer in context.writers)
    ):
        # A box below the heading about the writer. A paragraph like the next one may just begin with the name.
        kept = kept[start + 1 :]
        start = next((index for index, block in enumerate(kept) if _is_opening(block)), 0)
    while start and _belongs_before(kept[start - 1], kept[start]):
        start -= 1
    kept = [
        block
        for block, following in zip(kept[start:], [*kept[start + 1 :], None], strict=True)
        if not _is_empty_heading(block, following)
    ]
    cut_closing(kept, context.writers)
    return _without_doubles(kept)


def _readable(blocks: list[Block]) -> list[Block]:
    """The blocks without code and other text meant for machines."""
    kept = []
    for block in blocks:
        text = block.text if block.tag == "pre" or block.element.find("code") is not None else without_code(block.text)
        if text:
            kept.append(block if text == block.text else replace(block, text=text))
    return kept


_Run: TypeAlias = tuple[int, str, str | None]


def _run_of(block: Block) -> _Run:
    """What the lines of one text share if a site uses no p: the box around them, their tag and their class."""
    box = block.element.getparent()
    return id(box), block.tag, block.element.get("class")


def _lines_of(blocks: list[Block]) -> set[int]:
    """Places of the short lines that belong to a text without p.

    In a box with several sentences on separate lines, or beside boxes of the same kind with a sentence each, such a line is a
    sentence, bold, or a label with a figure ("Killed: 3"). Between two sentences of the same box any line of several words is.
    """
    sentences = [
        place for place, one in enumerate(blocks) if one.tag not in _PROSE_TAGS and not one.is_heading and _is_opening(one)
    ]
    found = Counter[_Run | int](key for place in sentences for key in (id(blocks[place].element), _run_of(blocks[place])))
    last = {id(blocks[place].element): place for place in sentences}
    first = {id(blocks[place].element): place for place in reversed(sentences)}
    return {
        place
        for place, block in enumerate(blocks)
        if not block.linked
        and block.tag not in _PROSE_TAGS
        and (
            (first.get(id(block.element), place) < place < last[id(block.element)] and block.text.count(" ") > 1)
            or ((found[id(block.element)] > 1 or found[_run_of(block)] > 1) and _is_line(block))
        )
        and not is_stamp(block.text)
    }


def _is_line(block: Block) -> bool:
    return bool(_ENDS_SENTENCE.search(block.text) or _TELLS_FIGURE.match(block.text)) or _is_bold(block)


def _is_bold(block: Block) -> bool:
    """Whether a line of several words is bold as a whole."""
    return block.strong >= 0.9 * block.length and block.text.count(" ") > 1 and not block.text.endswith(":")


_ENDS_SENTENCE = re.compile(r"(?:[^.][.!]|\s.*…|[?。！？؟।։።။]|[^\W\d];)[\"'”’»“)\]]*$")
_TELLS_FIGURE = re.compile(r"[^\W\d_]{2}.*(?:[:：] ?\W{0,2}\d|：\w|\d,.*\d)|.*\d.*:$")


def _text_boxes(blocks: list[Block]) -> set[Element | None]:
    """Boxes that contain several paragraphs side by side."""
    found = Counter(block.element.getparent() for block in blocks if block.tag == "p" and _is_opening(block))
    return {box for box, count in found.items() if count >= _MIN_BESIDE}


_MIN_BESIDE = 3


def _is_beside(block: Block, boxes: set[Element | None]) -> bool:
    """Whether a block is a short sentence without p among paragraphs; it is kept whatever the blocks next to it are."""
    around = (block.element, *islice(block.element.iterancestors(), 2))
    return (
        block.tag not in _PROSE_TAGS
        and block.length < 40
        and not block.linked
        and not block.is_heading
        and any(box in boxes for box in around)
        and _SHORT_SENTENCE.fullmatch(block.text) is not None
        and not is_furniture(block.text)
    )


def _linked_heads(blocks: list[Block], boxes: set[Element | None]) -> set[int]:
    """Places of linked sub-headings, each above a paragraph in the same box, if there are several, as in a list of books or
    cars. A single one leads to another story."""
    found = {
        place
        for place, (block, below) in enumerate(pairwise(blocks))
        if block.is_heading
        and block.link_share > 0.4
        and block.tag != "h1"
        and below.tag == "p"
        and below.length > 100
        and below.link_share < 0.3
        and below.element.getparent() in boxes
        and block.element.getparent() is below.element.getparent()
    }
    return found if len(found) >= _MIN_BESIDE else set()


_SHORT_SENTENCE = re.compile(r"[^\W\d_][^:|©]* [^:|©]* [^:|©]*[.!?]|[^\W\d_][^:|©]{4,}[。！？]")


def _is_over_links(blocks: list[Block], noise: list[bool], place: int) -> bool:
    """Whether a block is a title above links to other articles, in any words and language: the two blocks below it are links
    and are removed."""
    block, below = blocks[place], blocks[place + 1 : place + 3]
    is_title = block.is_heading or (block.tag != "li" and block.length < 60 and not ends_sentence(block.text))
    return is_title and len(below) == 2 and all(noise[place + 1 : place + 3]) and all(one.link_share > 0.6 for one in below)


def _is_empty_heading(block: Block, following: Block | None) -> bool:
    """Whether a heading has nothing below it before the next heading of the same or a higher rank."""
    return block.is_heading and (following is None or (following.is_heading and following.tag <= block.tag))


def ends_sentence(text: str) -> bool:
    """Whether a text ends as a sentence does, or with a colon or semicolon."""
    return bool(_END.search(text))


def _is_opening(block: Block) -> bool:
    if block.tag in ("p", "div", "td") and block.size >= 150 and block.link_share < 0.3:
        # Indian and East Asian sites often end their first paragraph without punctuation.
        return True
    return not block.is_heading and block.size >= 60 and ends_sentence(block.text)


def _belongs_before(block: Block, following: Block) -> bool:
    """Whether a block is a short first sentence before the first long paragraph, or the label of the list that follows."""
    if not ends_sentence(block.text):
        return False
    beside = following.element
    is_label = following.tag == "li" and block.text.endswith((":", "："))
    if is_label:
        beside = next(beside.iterancestors("ul", "ol"), beside)
    is_alike = is_label or block.tag == following.tag in ("p", "div")
    return block.element is following.element or (is_alike and block.element.getparent() is beside.getparent())


def _is_noise(block: Block, context: Context, is_line: bool) -> bool:
    text = block.text
    if (
        block.tag == "h1"
        or text in context.captions
        or text in context.furniture
        or text == context.headline
        or is_furniture(text)
    ):
        return True
    if (block.is_heading and block.link_share > 0.4) or (block.length < 800 and is_consent(text)):
        return True
    if block.length < 90 and _CREDIT_LINE.fullmatch(text):
        return True
    if block.length < 400 and is_house_line(text):
        return True
    if block.tag == "li":
        if block.link_share > (0.45 if block.length < 100 else 0.8) or _names_channels(block):
            return True
    elif block.link_share > 0.6 and not _is_linked_sentence(block):
        return True
    if _is_label_and_link(block):
        return True
    if (
        block.length < 300
        and _PROMO.match(text)
        and (block.linked or text.endswith(":") or (block.length < 60 and not tells(text)))
    ):
        return True
    if block.tag not in _PROSE_TAGS and not block.is_heading:
        # A div or a cell may contain the whole text, cut by a widget before its full stop.
        if block.size >= 40 and (ends_sentence(text) or (block.size >= 200 and block.link_share <= 0.3)):
            return False
        return not is_line
    return not _ANY_LETTER.search(text) or is_stamp(text)


_CHANNEL = re.compile(r"\b(?:facebook|instagram|whatsapp|twitter|tiktok|youtube|telegram|android|ios)\b", re.IGNORECASE)


def _names_channels(block: Block) -> bool:
    """Whether a bullet with a link names two networks or stores, in any language: "The Echo on <a>WhatsApp</a> and Instagram"."""
    return block.linked > 0 and block.length < 150 and len(set(map(str.lower, _CHANNEL.findall(block.text)))) > 1


def _is_label_and_link(block: Block) -> bool:
    """Whether a paragraph is a label with only a link after it: "Around town: <a>School choir to sing</a>"."""
    colon = block.text.find(":", 0, 30)
    return block.tag == "p" and 20 < block.linked < 250 and colon > 0 and block.linked >= block.length - colon - 2


def _is_linked_sentence(block: Block) -> bool:
    """Whether a sentence of the text is mostly a link: "The sisters <a>sold their bakery in May after ninety years</a>." """
    is_linked_whole = block.length - block.linked < 6 or block.link_share > 0.95
    return (
        block.tag == "p"
        and block.length >= 50
        and not (is_linked_whole and block.length < 100)
        and block.text.rstrip("\"'”’»)").endswith((".", "。", "।", "!"))
        and ":" not in block.text[:30]
        and not _PROMO.match(block.text)
    )


def _without_doubles(blocks: list[Block]) -> list[Block]:
    """The blocks without repeated paragraphs: pull quotes and copies for mobile screens print a paragraph twice."""
    seen: set[str] = set()
    kept = []
    for block in blocks:
        if block.length > 60 and block.tag != "li" and block.text in seen:
            continue
        seen.add(block.text)
        kept.append(block)
    return kept
