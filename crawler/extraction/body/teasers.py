"""Teasers: boxes of a page that link to other pages of the site, each with a linked headline, and how much text is in them.

A list of articles differs from an article not by its number of links but by what is left without the teasers. Knows no
languages and no class names: a teaser is a linked line with the largest element around it that contains no other linked line.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from dataclasses import dataclass
from urllib.parse import urlsplit

from lxml.etree import _Element as Element

from crawler.extraction.body.blocks import HEADINGS, Block
from crawler.extraction.body.container import BodyReading
from crawler.extraction.markup.page import Page, text_of
from crawler.extraction.markup.roles import Role
from pipelines.text import DENSE

MAX_LINKS = 1_500
"""Maximum links read on one page."""
MIN_HEADED, MIN_LINES = 3, 6
"""Minimum teasers of a list: with headings or times, or plain linked lines, which menus have too."""
MIN_HEADLINE, MAX_HEADLINE = 15, 250
MIN_WORDS = 3
MIN_DENSE = 6
"""Length of a headline: characters, words, and characters in scripts that do not separate words."""
MAX_BESIDE = 40
"""Maximum characters beside a link on its line: a number, a time, a label. With more, the line is a sentence with a link."""
MAX_TEASER = 1_500
MAX_PARAGRAPHS = 3
"""Maximum characters and paragraphs of a teaser; a longer box is a teaser only if there are others with the same mark."""
MAX_BELOW = 500
"""Maximum characters of a teaser below a linked heading without a box of its own."""
MAX_AHEAD = 250
"""Maximum characters of a teaser before its headline: a label, a time, a caption. After more, a linked line ends an article."""
MAX_OWN, MAX_SHARE = 500, 0.35
"""Maximum characters of a list outside its teasers (an introduction), and their maximum share of the text in its teasers."""
MIN_OWN = 250
_FROM_ROOT = re.compile(r"/[\w-]")
_INLINE = frozenset(("a", "span", "b", "strong", "em", "i", "font"))
_FRAME = frozenset(("nav", "footer", "form", "menu", "figcaption", "button"))


@dataclass(frozen=True, slots=True)
class Teasers:
    """The parts of a page that link to other pages."""

    boxes: tuple[Element, ...] = ()
    headed: int = 0
    """Number of teasers with a heading or a time."""
    listed: int = 0
    """Characters of text in all teasers."""
    own: int = 0
    """Characters of the page's text outside teasers."""

    @property
    def is_list(self) -> bool:
        """Whether the page consists of teasers, at most with an introduction."""
        enough = self.headed >= MIN_HEADED or len(self.boxes) >= MIN_LINES
        return enough and (self.own < MIN_OWN or (self.own < MAX_OWN and self.own < MAX_SHARE * self.listed))


def find_teasers(page: Page, heading: Element | None, reading: BodyReading) -> Teasers:
    """The teasers of a page, whose heading and text are already found."""
    lines = _linked_lines(page)
    if len(set(lines.values())) < MIN_HEADED:
        return Teasers()
    targets: dict[Element, set[str]] = defaultdict(set)
    for line, target in lines.items():
        for element in (line, *line.iterancestors()):
            targets[element].add(target)
    kept = set() if heading is None else {heading, *heading.iterancestors()}
    boxes = {_box(line, targets, kept): target for line, target in lines.items()}
    marks = Counter(map(_mark, boxes))
    paragraphs = Counter(around for block in reading.blocks for around in (block.element, *block.element.iterancestors()))
    teasers = [
        box
        for box in boxes
        if box not in kept
        and (marks[_mark(box)] >= MIN_HEADED or (len(text_of(box)) <= MAX_TEASER and paragraphs[box] <= MAX_PARAGRAPHS))
    ]
    inside = set(teasers)
    outside = [one for one in reading.blocks if inside.isdisjoint((one.element, *one.element.iterancestors()))]
    below = _below(outside, inside)
    own = sum(block.size for block in outside) - below
    headed = len({boxes[box] for box in teasers if _is_headed(box)})
    return Teasers(tuple(teasers), headed, sum(len(text_of(box)) for box in teasers) + below, int(own))


def _linked_lines(page: Page) -> dict[Element, str]:
    """Linked headlines -> the path of the page on this site to which they link."""
    here = urlsplit(page.url)
    host, path = here.hostname or "", here.path.rstrip("/")
    found: dict[Element, str] = {}
    framed: dict[Element, bool] = {}
    origin = f"{here.scheme}://{here.netloc}/"
    for link, address in page.links[:MAX_LINKS]:
        target = _target(page, address[len(origin) - 1 :] if address.startswith(origin) else address, host, path)
        if target and _is_headline(page, link, framed):
            found[link] = target
    return found


def _target(page: Page, href: str, host: str, here: str) -> str | None:
    """The path to which a link leads; None for this page, the front page and other sites."""
    if _FROM_ROOT.match(href):  # most links; joining them costs more than everything else here
        path, _, query = href.partition("#")[0].partition("?")
    else:
        address = page.absolute(href)
        try:
            parts = urlsplit(address or "")
            other = parts.hostname or ""
        except ValueError:
            return None
        if address is None or (other != host and _domain(other) != _domain(host)):
            return None
        path, query = parts.path, parts.query
    path = path.rstrip("/")
    target = path + (f"?{query}" if query and len(path) < MIN_WORDS else "")
    return target if target and path != here else None


def _domain(host: str) -> str:
    return ".".join(host.rsplit(".", 2)[-2:])


def _is_headline(page: Page, link: Element, framed: dict[Element, bool]) -> bool:
    """Whether a link is a line of its own, as long as a headline, and outside the site's frame."""
    if _is_framed(page, link, framed):
        return False
    heading = next(link.iter(*HEADINGS), None) if len(link) else None
    if heading is None and len(link) and next(link.iter("p", "div"), None) is not None:
        # A link around a whole teaser: its first line is the headline.
        heading = next((one for one in link.iterdescendants() if len(one) == 0 and len(text_of(one)) >= MIN_HEADLINE), None)
    text = text_of(link if heading is None else heading)
    dense = MIN_DENSE if DENSE.search(text) else 0
    if not (dense or MIN_HEADLINE) <= len(text) <= MAX_HEADLINE or (not dense and len(text.split()) < MIN_WORDS):
        return False
    if heading is not None or any(around.tag in HEADINGS for around in link.iterancestors()):
        return True
    line = link
    while (parent := line.getparent()) is not None and line.tag in _INLINE:
        line = parent
    return len(text_of(line)) <= len(text_of(link)) + MAX_BESIDE or _beside(link) <= MAX_BESIDE


def _is_framed(page: Page, link: Element, known: dict[Element, bool]) -> bool:
    """Whether a link is in the site's frame or in comments; elements around several links are examined once."""
    path: list[Element] = []
    around = link.getparent()
    while around is not None and around not in known:
        path.append(around)
        known[around] = around.tag in _FRAME or bool(page.role(around) & Role.COMMENTS)
        around = None if known[around] else around.getparent()
    is_framed = known[path[-1] if around is None else around] if path or around is not None else False
    known.update(dict.fromkeys(path, is_framed))
    return is_framed


def _beside(link: Element) -> int:
    """Characters on the same line as a link, without other links; the line ends at the nearest block element around it."""
    total, line = 0, link
    while (parent := line.getparent()) is not None:
        total += len((line.tail or "").strip())
        for sibling in line.itersiblings():
            if sibling.tag not in _INLINE:
                break
            total += len((sibling.tail or "").strip()) + (sibling.tag != "a" and len(text_of(sibling)))
        for sibling in line.itersiblings(preceding=True):
            total += len((sibling.tail or "").strip())
            if sibling.tag not in _INLINE:
                break
            total += sibling.tag != "a" and len(text_of(sibling))
        else:
            total += len((parent.text or "").strip())
        if parent.tag not in _INLINE:
            break
        line = parent
    return total


def _box(line: Element, targets: dict[Element, set[str]], kept: set[Element]) -> Element:
    """The largest element around a linked line that has no other target and does not contain the page's own heading."""
    box, name = line, text_of(line)
    for element in line.iterancestors():
        if len(targets[element]) > 1 or element in kept or element.tag in ("body", "main", "html"):
            break
        if text_of(element).find(name) > MAX_AHEAD:
            break
        box = element
    return box


def _mark(box: Element) -> str:
    """The name that boxes of one kind share: tag and class without numbers; a div without a class has a name of its own."""
    name = " ".join(re.sub(r"\d+", "", box.get("class") or "").split())
    return f"{box.tag!s} {name}" if name or box.tag in ("article", "section", "li") else str(id(box))


def _is_headed(box: Element) -> bool:
    around = box.getparent()
    return next(box.iter("time", *HEADINGS), None) is not None or (around is not None and around.tag in HEADINGS)


def _below(outside: list[Block], boxes: set[Element]) -> int:
    """Characters of text below linked headings if no box surrounds both."""
    total, left = 0, 0
    for block in outside:
        before = block.element.getprevious()
        if before is not None and before in boxes:
            left = MAX_BELOW
        elif before is None or before.tag in HEADINGS:
            left = 0
        total += min(block.length, left)
        left -= min(block.length, left)
    return total
