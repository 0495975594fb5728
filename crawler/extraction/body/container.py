"""The body: which container of the page holds the article's paragraphs, and which of its blocks are the article.

Weighs blocks by their text outside links, and goes down the tree as long as the chosen element holds all of the article.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from lxml.etree import _Element as Element

from crawler.extraction.body.blocks import SUSPECT, Block, blocks_of, edges_of, is_under, place_of, prose_share
from crawler.extraction.body.lines import Context, article_blocks, ends_sentence, is_stamp
from crawler.extraction.body.notices import is_consent, speaks_to_reader
from crawler.extraction.markup.page import Page
from crawler.extraction.markup.roles import Role, all_words, element_words
from pipelines.text import DENSITY

MAX_BLOCKS = 6_000
"""Maximum number of blocks read on one page; the longest live blogs have about 2,000."""
MIN_GOOD = 50
"""Minimum characters of a paragraph of prose; fewer in dense scripts (see `DENSITY`)."""
_SENTENCE = re.compile(r"[.!?…。！？؟।։።។။:;,、，،]")
MAX_OPENING = 600
Weights = dict[Element, float]


@dataclass(frozen=True, slots=True)
class BodyReading:
    """A body and where it was found."""

    blocks: tuple[Block, ...]
    container: Element | None = None
    head: tuple[Block, ...] = ()
    """Everything between the heading and the first paragraph, including furniture."""
    edges: tuple[Block, ...] = ()
    """The few blocks of the container just above the first paragraph and just below the last."""
    live_posts: int = 0
    """Entries of a live blog: boxes in the container that are named live and contain a time."""
    prose_share: float = 0.0
    """Share of the whole page's text outside links."""
    opening: str = ""
    """The beginning of the whole page's text outside links, without headings."""
    confidence: float = 1.0
    """The body's share of the page's prose; readers' comments do not count."""

    @property
    def paragraphs(self) -> tuple[str, ...]:
        return tuple(block.text for block in self.blocks)

    @property
    def length(self) -> int:
        return sum(block.length for block in self.blocks)


def prose_weight(block: Block) -> float:
    """How much a block indicates that the article is around it; 0 for headings, link lists and short lines."""
    if block.weight < 0:
        block.weight = _weighed(block)
    return block.weight


def _weighed(block: Block) -> float:
    if block.length * DENSITY < MIN_GOOD or block.is_heading or block.tag in ("th", "dt"):
        return 0.0
    size = block.size
    if size < MIN_GOOD or block.link_share > 0.5 or not _SENTENCE.search(block.text):
        return 0.0
    if is_consent(block.text) or is_stamp(block.text):
        return 0.0
    return float(min(size, 1500.0)) * (1.0 - block.link_share) * (0.6 if block.tag == "li" else 1.0)


def read_body(page: Page, heading: Element | None, context: Context) -> BodyReading:
    """The body, from this page's own markup."""
    everything = blocks_of(page.body, page.roles)[:MAX_BLOCKS]
    prose = good = [(block, weight) for block in everything if (weight := prose_weight(block))]
    trusted = _trusted(page, everything, good, heading) | _harmless(page, everything)
    trusted |= _alike(page, good, trusted)
    place = place_of(everything, heading)
    trusted |= _between(page, everything, place, trusted)
    blocks = [block for block in everything if trusted.issuperset(block.suspects)]
    good = [(block, weight) for block, weight in good if trusted.issuperset(block.suspects)]
    if not good:
        kept = article_blocks(blocks, context) if len(blocks) < 10 else []
        return BodyReading(
            tuple(kept), None, _head(everything, heading, kept), (), 0, prose_share(everything), _opening(everything)
        )
    # A block above the heading is no part of the text, even if its words are not those of furniture.
    above = set(map(id, everything[:place]))
    below = [(block, weight) for block, weight in good if id(block) not in above]
    if sum(weight for _, weight in below) > 0.5 * sum(weight for _, weight in good):
        good = below
    container = find_container(page, heading, good, _weights(good, page.body))
    inside = [block for block in blocks if is_under(block.element, container)]
    kept = _without_standfirst(page, article_blocks(_introduction(good, heading, container) + inside, context))
    return BodyReading(
        tuple(kept),
        container,
        _head(everything, heading, kept),
        edges_of(inside, kept),
        _live_posts(page, container),
        prose_share(everything),
        _opening(everything),
        _confidence(page, prose, kept),
    )


def _confidence(page: Page, prose: list[tuple[Block, float]], kept: list[Block]) -> float:
    total = sum(
        weight for block, weight in prose if not any(page.role(box) & (Role.COMMENTS | Role.DROPPED) for box in block.suspects)
    )
    return min(1.0, sum(map(prose_weight, kept)) / total) if total else 1.0


def _opening(blocks: list[Block]) -> str:
    lines = (block.text for block in blocks[:MAX_HEAD] if not block.is_heading and block.link_share < 0.5)
    return "\n".join(lines)[:MAX_OPENING]


def _live_posts(page: Page, container: Element) -> int:
    posts = (element for element in container.iter("article", "li", "div", "section") if page.role(element) & Role.LIVE)
    return sum(
        1
        for post in posts
        if next(post.iter("time"), None) is not None
        and not any(page.role(child) & Role.LIVE for child in post.iter("article", "li", "div", "section") if child is not post)
    )


MAX_HEAD = 60


def _head(blocks: list[Block], heading: Element | None, kept: list[Block]) -> tuple[Block, ...]:
    """Blocks between heading and first paragraph; the few before that paragraph if the heading is unknown or below."""
    end = next((index for index, block in enumerate(blocks) if kept and block is kept[0]), 0)
    start = next(
        (index + 1 for index, block in enumerate(blocks) if heading is not None and is_under(block.element, heading)), None
    )
    if start is None or start > end:
        start = max(0, end - 8)
    return tuple(blocks[start:end][:MAX_HEAD])


def _without_standfirst(page: Page, blocks: list[Block]) -> list[Block]:
    """The blocks without a first one that is named as the standfirst, unless it is most of the text."""
    standfirst = element_words().standfirst - element_words().lead
    if len(blocks) > 2 and blocks[0].length < 500 and all_words(blocks[0].element) & standfirst:
        return blocks[1:]
    return blocks


def _introduction(good: list[tuple[Block, float]], heading: Element | None, container: Element) -> list[Block]:
    """Paragraphs that a layout puts between heading and container; one or two lines there are only the standfirst."""
    if heading is None or is_under(heading, container):
        return []
    outside = [(block, weight) for block, weight in good if block.tag == "p" and not is_under(block.element, container)]
    region = next((element for element in container.iterancestors() if is_under(heading, element)), None)
    if region is None:
        return []
    order = {element: place for place, element in enumerate(region.iter())}
    first, last = order[heading], order[container]
    between = [(block, weight) for block, weight in outside if first < order.get(block.element, -1) < last]
    return [block for block, _ in between] if sum(weight for _, weight in between) > MIN_LEAD else []


MIN_LEAD = 200
"""Minimum weight, about characters, of paragraphs between heading and text that belong to the text."""


def _by_suspects(blocks: list[Block]) -> list[tuple[tuple[Element, ...], list[Block]]]:
    """The blocks inside elements with doubtful names, grouped by these elements."""
    found: dict[int, list[Block]] = defaultdict(list)  # blocks in the same place share one tuple object
    for block in blocks:
        if block.suspects:
            found[id(block.suspects)].append(block)
    return [(under[0].suspects, under) for under in found.values()]


def _harmless(page: Page, blocks: list[Block]) -> set[Element]:
    """Elements with an ambiguous name if all elements of that name together contain continuous text and few links."""
    length: dict[str, int] = defaultdict(int)
    linked: dict[str, int] = defaultdict(int)
    named: dict[Element, str] = {}
    for suspects, under in _by_suspects(blocks):
        total, in_links = sum(block.length for block in under), sum(block.linked for block in under)
        for element in suspects:
            name = named.get(element)
            if name is None:
                name = named[element] = element.get("class") or ""
            length[name] += total
            linked[name] += in_links
    return {
        element
        for element, name in named.items()
        if not page.role(element) & Role.DROPPED
        and (
            (length[name] > 120 and linked[name] < 0.25 * length[name] and page.role(element) & Role.WEAK)
            or (length[name] > 700 and not page.role(element) & (Role.FURNITURE | Role.COMMENTS) and element.tag not in SUSPECT)
        )
    }


def _alike(page: Page, good: list[tuple[Block, float]], trusted: set[Element]) -> set[Element]:
    """Elements with doubtful names whose paragraphs have the same markup as those of the text: "div.teaser-content" holds the
    part before a paywall, and its p.body-text belongs to the article as does the p.body-text in div.article-text below."""
    common = Counter(_signature(block) for block, _ in good if trusted.issuperset(block.suspects))
    return {
        element
        for block, _ in good
        if block.suspects and block.element.get("class") and common[_signature(block)] >= _COMMON
        for element in block.suspects
        if not page.role(element) & (Role.COMMENTS | Role.DROPPED)
    }


def _between(page: Page, everything: list[Block], start: int, trusted: set[Element]) -> set[Element]:
    """Boxes with doubtful names between the heading and the end of the text that contain several paragraphs, hardly a link and
    nothing else: a part of the text that a site separates for its subscribers, its advertisements or its layout."""
    clean = [place for place, one in enumerate(everything) if trusted.issuperset(one.suspects) and prose_weight(one)]
    if not clean:
        return set()
    around = {element for place in clean if place > start for element in everything[place].element.iterancestors()}
    under: dict[Element, list[Block]] = defaultdict(list)
    for block in everything[start : clean[-1]]:
        box = next((element for element in block.suspects if element not in trusted), None)
        if box is not None and box.getparent() in around:
            under[box].append(block)
    return {box for box, blocks in under.items() if not page.role(box) & _NEVER_TEXT and _is_text(blocks, page.role(box))}


_NEVER_TEXT = Role.COMMENTS | Role.DROPPED | Role.PICTURE | Role.BYLINE


def _is_text(blocks: list[Block], role: int) -> bool:
    """Whether blocks are nearly all paragraphs, at least two. In a box with an ambiguous name one is enough, if no block
    addresses the reader."""
    prose = [block.length for block in blocks if block.tag != "li" and prose_weight(block)]
    total = sum(block.length for block in blocks)
    linked = sum(block.linked for block in blocks)
    is_callout = bool(prose and role & Role.WEAK) and not any(speaks_to_reader(block.text) for block in blocks)
    return (len(prose) > 1 or is_callout) and sum(prose) > 0.8 * total and linked < 0.1 * total


_COMMON = 3
_BIOGRAPHY = 500
"""A box named for the author with less weight of prose is about the author, even if the page shows no other text."""


def _trusted(page: Page, everything: list[Block], good: list[tuple[Block, float]], heading: Element | None) -> set[Element]:
    """Elements whose names wrongly indicate furniture: they contain the headline too, or most of the prose."""
    trusted = set() if heading is None else {heading, *heading.iterancestors()}
    alike: Mapping[Element, frozenset[Element]] = {}
    for _ in range(30):
        doubtful = [(block, weight) for block, weight in good if not trusted.issuperset(block.suspects)]
        least = max(1.2 * sum(weight for block, weight in good if trusted.issuperset(block.suspects)), 100)
        if sum(weight for _, weight in doubtful) <= least:
            break
        alike = alike or _alike_boxes(everything)
        under: dict[frozenset[Element], float] = defaultdict(float)
        for block, weight in doubtful:
            under[alike[next(element for element in block.suspects if element not in trusted)]] += weight
        wrong = [
            (weight, boxes)
            for boxes, weight in under.items()
            if weight > least and not any(_is_never_text(page, element, weight) for element in boxes)
        ]
        if not wrong:
            break
        trusted |= max(wrong, key=lambda one: one[0])[1]
    return trusted


def _alike_boxes(everything: list[Block]) -> Mapping[Element, frozenset[Element]]:
    """Each element with a doubtful name, with all elements of its name; alone if such boxes contain links, as teasers do."""
    names: dict[Element, str] = {}
    boxes: dict[str, set[Element]] = defaultdict(set)
    length: Counter[str] = Counter()
    linked: Counter[str] = Counter()
    for suspects, blocks in _by_suspects(everything):
        total, in_links = sum(block.length for block in blocks), sum(min(block.linked, block.length) for block in blocks)
        for element in suspects:
            name = names.get(element) or names.setdefault(element, _name(element))
            boxes[name].add(element)
            length[name] += total
            linked[name] += in_links
    found: dict[Element, frozenset[Element]] = {}
    for name, named in boxes.items():
        if linked[name] < MAX_BOX_LINKED * length[name]:
            found |= dict.fromkeys(named, frozenset(named))
        else:
            found |= {element: frozenset((element,)) for element in named}
    return found


MAX_BOX_LINKED = 0.1


def _name(element: Element) -> str:
    """The name that elements repeated by a template share: tag and class or id."""
    return f"{element.tag!s} {element.get('class') or element.get('id') or ''}"


def _is_never_text(page: Page, element: Element, weight: float) -> bool:
    role = page.role(element)
    return bool(role & (Role.COMMENTS | Role.DROPPED) or (role & Role.BYLINE and weight < _BIOGRAPHY))


def _weights(good: list[tuple[Block, float]], root: Element) -> Weights:
    weights: Weights = defaultdict(float)
    for block, weight in good:
        element: Element | None = block.element
        while element is not None:
            weights[element] += weight
            if element is root:
                break
            element = element.getparent()
    return weights


def find_container(page: Page, heading: Element | None, good: list[tuple[Block, float]], weights: Weights) -> Element:
    """The lowest element that contains all of the article's prose."""
    node = page.body
    above_heading = set() if heading is None else {heading, *heading.iterancestors()}
    while True:
        articles = [child for child in node if child.tag == "article" and child in weights]
        if len(articles) > 1 and heading is not None:
            # On pages that load the next articles below, only the article with the heading is this page's.
            of_heading = next((child for child in articles if child in above_heading), None)
            if of_heading is not None and weights[of_heading] > 100:
                node = of_heading
                continue
        children = sorted(((weights[child], child) for child in node if child in weights), key=lambda pair: -pair[0])
        if not children:
            return node
        best_weight, best = children[0]
        for weight, child in children[1:]:
            # One short paragraph below the heading may be the standfirst of a text elsewhere, and a line the byline.
            if (
                child in above_heading
                and weight > 0.25 * weights[node]
                and (weight > 400 or sum(ends_sentence(block.text) and is_under(block.element, child) for block, _ in good) > 1)
            ):
                best_weight, best = weight, child
        own = [weight for block, weight in good if block.element is node or block.element.getparent() is node]
        if (best_weight < weights[node] * 2 / 3 and best not in above_heading) or len(own) > 2 or sum(own) > 0.15 * weights[node]:
            return node
        if best.tag in _PARTS or (len(children) > 1 and page.role(best) & Role.LIVE):
            return node
        if len(children) > 1 and best.tag not in ("article", "main") and _is_split(node, best, good):
            return node
        node = best


_PARTS = frozenset(("blockquote", "ul", "ol", "dl", "figure"))
"""Elements that are only a part of a text: a label or prose stands beside them."""


def _is_split(node: Element, best: Element, good: list[tuple[Block, float]]) -> bool:
    """Whether there are paragraphs beside `best` under `node` like those inside it: advertisements split the body.

    Paragraphs are alike if tag and classes are the same, or if they have few links and the same tags above them up to `node`.
    """
    inside: set[tuple[object, ...]] = set()
    beside: list[tuple[tuple[object, ...], tuple[object, ...] | None, float]] = []
    for block, weight in good:
        path = _path(block.element, node)
        if path is None:
            continue
        shape = (*(element.tag for element in path), block.tag)
        if best in path:
            inside.update((_signature(block), shape))
        else:
            beside.append((_signature(block), shape if block.link_share < MAX_LINKED else None, weight))
    shaped = sum(weight for _, shape, weight in beside if shape in inside)
    marked = sum(weight for signature, _, weight in beside if signature in inside)
    return shaped > MIN_SHAPED or marked > min(120.0, 0.15 * sum(weight for _, weight in good))


MAX_LINKED, MIN_SHAPED = 0.05, 150


def _path(element: Element, above: Element) -> list[Element] | None:
    """The elements from `element` up to `above`, without `above`; None if it is not above."""
    path = []
    current: Element | None = element
    while current is not above:
        if current is None:
            return None
        path.append(current)
        current = current.getparent()
    return path


def _signature(block: Block) -> tuple[str, str, str]:
    parent = block.element.getparent()
    return block.tag, block.element.get("class") or "", "" if parent is None else str(parent.tag) + (parent.get("class") or "")
