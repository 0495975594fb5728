"""Page: bytes parsed once into a tree that every reader shares.

Removes what no parser should get, parses once, and separates the scripts. Knows nothing of articles.

At its end are the functions by which families find elements and set their roles. Class names of today's build tools end
in a hash ("Byline_dates-container__yHhr9"): only the part before it is reliable.
"""

from __future__ import annotations

import gc
import re
from codecs import BOM_UTF8
from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from urllib.parse import urljoin

from lxml import etree
from lxml.etree import _Element as Element

from crawler.extraction.markup.charset import as_utf8
from crawler.extraction.markup.html_shown import with_shown
from crawler.extraction.markup.html_trim import trim
from crawler.extraction.markup.marks import marks_of
from crawler.extraction.markup.roles import Role
from pipelines.text import squash

MAX_BYTES = 10_000_000
MAX_NODES = 30_000
"""Elements kept of one page; real pages have 500-8,000. The rest is cut off."""
MAX_TAGS = 100_000
"""Opening and closing tags that the parser gets."""

MAX_NOISE = 0.02
"""Largest share of control bytes and lost characters in text: noise has 8 %, the worst of 956 real pages 0.5 %."""
MAX_START = 1_024
_PRINTED = re.compile(rb"%PDF-\d|%!PS-Adobe", re.IGNORECASE)
_NO_PAGE = re.compile(
    rb"\s*\{\\rtf\d|\s*(?:<\?xml[^>]{0,200}\?>\s*|(?><!--.{0,300}?-->)\s*|<!DOCTYPE (?!html)[^>]{0,300}>\s*)*+"
    rb"<(?:svg|rss|feed|rdf:RDF|urlset|sitemapindex|opml|plist|Error)\b",
    re.DOTALL | re.IGNORECASE,
)
"""The beginnings of other kinds of files that are text, or nearly text. A comment ends at its first "-->": a hundred empty ones
could be divided in more ways than can be tried."""

_PLAIN_LINK = re.compile(
    r"(?=/|http)(?:https?://[a-z0-9.-]+)?(?:/[\w%,~+!$&()*@=:-][\w%,~+!$&()*@=:.-]*)*/?(?:\?[\w%,~+!$&()*@=:./-]+)?", re.ASCII
)
"""A URL that stays the same when it is joined to the page's."""
_XML_DECLARATION = re.compile(rb"^\s*<\?xml[^>]{0,200}\?>")
# NUL and control characters end the parser's input or break it.
_UNPARSABLE = bytes([*range(9), *range(14, 32), 127])
_FEEDS = bytes.maketrans(b"\v\f", b"  ")
_GONE = ("script", "style", "noscript", "template", "svg", "object", "embed", "iframe", "canvas", "select", "datalist", "map")
_TYPE = re.compile(rb"""\btype\s*=\s*["']?([\w/+.-]{1,60})""", re.IGNORECASE)


def collect_seldom() -> None:
    """Let the garbage collector skip everything loaded so far, and run less often: it takes a fifth of the time to read a
    page.

    Trees of pages are freed by their reference counts; little is left for the collector, and it is found later.
    """
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)


@dataclass(frozen=True)
class Script:
    """One script of the page: JSON-LD, page state, or code that carries data."""

    type: str
    code: bytes

    @cached_property
    def text(self) -> str:
        """The text of the script, decoded on demand: most scripts are never read."""
        return self.code.decode("utf-8", "replace")


class Page:
    """One parsed page. All readers read the tree and none changes it."""

    def __init__(
        self, root: Element, scripts: tuple[Script, ...], url: str, fetched: datetime | None, *, is_text: bool = True
    ) -> None:
        self.root = root
        self.is_text = is_text
        """Whether the bytes are text; otherwise they are a picture, a font, an archive or noise, whatever the content type
        says."""
        self.scripts = scripts
        self.url = url
        self.fetched = fetched
        self.timezone = "UTC"
        self.is_zone_sure = False
        # Kept, so that lxml creates the Python object of each element only once; `elements` are those of the body.
        self._everything = list(root.iter())
        self._start = self._everything.index(self.body)
        self.elements = self._everything[self._start :]
        self.roles, self.itemprops, self._names = marks_of(self.elements)

    def tagged(self, *tags: str) -> list[Element]:
        """The body's elements with these tags, in page order."""
        return [self._everything[place] for place in self._places_of(tags) if place >= self._start]

    def anywhere(self, *tags: str) -> list[Element]:
        """As `tagged`, with the elements before the body."""
        return [self._everything[place] for place in self._places_of(tags)]

    def _places_of(self, tags: tuple[str, ...]) -> list[int]:
        found = [place for tag in tags for place in self._places.get(tag, ())]
        return sorted(found) if len(tags) > 1 else found

    @cached_property
    def _places(self) -> dict[object, list[int]]:
        """Tag -> the places of its elements: every reader needs some."""
        places: dict[object, list[int]] = defaultdict(list)
        for place, element in enumerate(self._everything):
            places[element.tag].append(place)
        return places

    @cached_property
    def links(self) -> list[tuple[Element, str]]:
        """The links of the body with their targets, in page order."""
        return [(link, link.get("href") or "") for link in self.tagged("a")]

    @cached_property
    def _addresses(self) -> str:
        return "\n".join([address.replace("\n", " ") for _, address in self.links]).lower()

    def links_to(self, pattern: re.Pattern[str]) -> set[Element]:
        """Links whose URL, in lower case, contains a pattern: all are searched as one text, because hardly any matches."""
        found = pattern.finditer(self._addresses)
        return {self.links[self._addresses.count("\n", 0, match.start())][0] for match in found}

    def role(self, element: Element) -> int:
        """The roles of a body element by its names."""
        return self.roles.get(element, 0)

    def mentions(self, *names: str) -> bool:
        """Whether any of these is in a class, id, itemprop or test id of the page: a fast check before a slow one."""
        return any(name in self._spelled for name in names)

    @cached_property
    def _spelled(self) -> str:
        return "\n".join(self._names)

    def drop(self, element: Element) -> None:
        """Mark an element as certainly furniture; the tree stays unchanged."""
        self.roles[element] = self.roles.get(element, 0) | Role.DROPPED | Role.ELSEWHERE | Role.FURNITURE

    @cached_property
    def body(self) -> Element:
        found = self.root.find("body")
        return self.root if found is None else found

    @cached_property
    def base(self) -> str:
        """The base of the page's relative links: its URL, or that of the first `base` element that has one."""
        told = next((href for element in self.anywhere("base") if (href := element.get("href"))), "")
        try:
            base = urljoin(self.url, told.strip()[:4000])
        except ValueError:
            return self.url
        return base if base.startswith(("http://", "https://")) else self.url

    @cached_property
    def _origin(self) -> str:
        """Scheme and host of the base; empty if it has none."""
        try:
            joined = urljoin(self.base, "/")[:-1]
        except ValueError:
            return ""
        return joined if joined.startswith(("http://", "https://")) else ""

    @cached_property
    def title(self) -> str:
        for element in self.anywhere("title"):
            text = text_of(element)
            if text:
                return text[:1000]
        return ""

    @cached_property
    def language(self) -> str | None:
        """The language that the root element declares; its form is not checked here."""
        for name in ("lang", "xml:lang", "{http://www.w3.org/XML/1998/namespace}lang"):
            value = self.root.get(name) or self.body.get(name)
            if value and value.strip():
                return value.strip()[:40]
        return None

    def absolute(self, link: str | None) -> str | None:
        """A link of the page as an absolute http(s) URL, or None."""
        if not link or len(link) > 4000 or link.startswith(("data:", "javascript:", "blob:", "about:", "mailto:")):
            return None
        if self._origin and _PLAIN_LINK.fullmatch(link):  # most links; joining them costs ten times as much
            return f"{self._origin}{link}" if link[0] == "/" else link
        try:
            joined = urljoin(self.base, link.strip())
        except ValueError:
            return None
        return joined if joined.startswith(("http://", "https://")) else None


def text_of(element: Element) -> str:
    """All text under an element on one line; text of elements without white space between them is joined, as browsers show it."""
    # Half of all calls are for elements without children.
    return squash(raw_text_of(element))


def raw_text_of(element: Element) -> str:
    """All text under an element with its white space. The serializer costs a third of joining the parts of `itertext`."""
    if len(element):
        return etree.tostring(element, encoding="unicode", method="text", with_tail=False)
    return element.text or ""


def spaced_text_of(element: Element) -> str:
    """As `text_of`, with a space between elements: for boxes whose parts style sheets lay out."""
    return squash(" ".join(map(str, element.itertext())) if len(element) else element.text or "")


def parse(html: bytes | str, url: str, *, content_type: str | None = None, fetched: datetime | None = None) -> Page | None:
    """The page, or None if it has no element. Never raises for any content."""
    data = html[:MAX_BYTES].encode("utf-8", "replace") if isinstance(html, str) else as_utf8(html[:MAX_BYTES], content_type)
    while data.startswith(BOM_UTF8):
        data = data[len(BOM_UTF8) :]
    if data[:400].lstrip().startswith(b"<?xml"):
        data = _XML_DECLARATION.sub(b"", data, count=1)
    markup = trim(data)
    shown = with_shown(markup.data)
    parsable = shown.translate(_FEEDS, _UNPARSABLE)
    tags = parsable.count(b"<")
    clean = parsable if tags <= MAX_TAGS else b"<".join(parsable.split(b"<", MAX_TAGS)[:MAX_TAGS])
    if not clean.strip() and not markup.scripts:
        return None
    parser = etree.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True, collect_ids=False)
    try:
        root = etree.fromstring(clean if clean.strip() else b"<html></html>", parser)
    except (etree.LxmlError, ValueError):
        return None
    if root is None or not isinstance(root.tag, str):
        return None
    # In C and in place: setting a tail from Python would refuse characters that a page can contain.
    etree.strip_elements(root, *_GONE, with_tail=False)
    if tags > MAX_NODES:
        _cut(root)
    scripts = tuple(_script(attributes, code) for attributes, code in markup.scripts)
    start = data[:MAX_START]
    is_page = _NO_PAGE.match(start) is None and not (b"%" in start and _PRINTED.search(start))
    is_text = is_page and _noise(shown, parsable) <= MAX_NOISE
    return Page(root, scripts, url, fetched, is_text=is_text)


def _noise(received: bytes, parsable: bytes) -> float:
    """Share of bytes that no text has: control bytes and bytes that could not be decoded. NUL does not count: it only shows a
    wide charset."""
    controls = len(received) - len(parsable)
    if controls:
        controls -= received.count(b"\0")
    lost = received.count(b"\xef\xbf\xbd") if b"\xef" in received else 0  # one byte is found fifty times as fast as three
    return (controls + lost) / len(received) if received else 0.0


def _script(attributes: bytes, code: bytes) -> Script:
    kind = _TYPE.search(attributes[:2000]) if attributes else None
    return Script(kind[1].decode("ascii", "replace").lower() if kind else "", code)


def _cut(root: Element) -> None:
    """Keep the first MAX_NODES elements."""
    if int(root.xpath("count(//*)")) <= MAX_NODES:
        return
    surplus = [element for number, element in enumerate(root.iter()) if number >= MAX_NODES]
    for element in surplus:
        parent = element.getparent()
        if parent is not None:
            parent.remove(element)


LONDON = "Europe/London"

_CLASSED = etree.XPath("descendant::*[contains(@class, $part)]")
_HOLDS_CLASS = etree.XPath("boolean(descendant::*[contains(@class, $part)])")
_TESTED = etree.XPath("descendant::*[starts-with(@data-testid, $part)]")


def classed(inside: Element, part: str) -> list[Element]:
    """Elements below one whose class attribute contains a text, in page order."""
    found = _CLASSED(inside, part=part)
    return [one for one in found if isinstance(one, Element)] if isinstance(found, list) else []


def holds_class(inside: Element, part: str) -> bool:
    """Whether any element below one has a class attribute that contains a text."""
    return _HOLDS_CLASS(inside, part=part) is True


def tested(inside: Element, start: str) -> list[Element]:
    """Elements below one whose test id begins with a text, in page order."""
    found = _TESTED(inside, part=start)
    return [one for one in found if isinstance(one, Element)] if isinstance(found, list) else []


def silence(page: Page, element: Element) -> None:
    """Mark an element that is not part of the byline around it: a section badge, a share bar, a bookmark button."""
    page.roles[element] = Role.HIDDEN


def keep(page: Page, element: Element) -> None:
    """Mark an element that contains the article's text, whatever its names say."""
    page.roles[element] = page.role(element) & ~(Role.FURNITURE | Role.ELSEWHERE | Role.WEAK) | Role.BODY


def is_printed(page: Page, lines: list[str]) -> bool:
    """Whether the page shows the first paragraph of its data: then the rest of the data is withheld from readers."""
    first = next((line for line in lines if len(line) > 40), "")
    return bool(first) and first in text_of(page.body)


def assume_zone(page: Page, name: str) -> None:
    """Read printed times in the family's zone, unless the site or the host's country has set the zone."""
    if not page.is_zone_sure:
        page.timezone, page.is_zone_sure = name, True
