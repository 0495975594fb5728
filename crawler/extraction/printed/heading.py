"""The printed heading, found by its similarity to the declared headlines."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from lxml.etree import _Element as Element

from crawler.extraction.declared.jsonld import plain
from crawler.extraction.declared.proposals import Proposal
from crawler.extraction.declared.titles import letters, without_site_name
from crawler.extraction.markup.page import Page, spaced_text_of, text_of
from crawler.extraction.markup.roles import Role

MAX_HEADING = 400
MAX_HEADINGS = 200
"""Maximum headings of each rank read on one page."""
MAX_WORDS = 40
MAX_PIECES = 8
"""Maximum parts of one heading that are compared separately."""
_WORD = re.compile(r"\w+")
_TOLD = ("jsonld.headline", "meta.og:title")
"""Sources that name the article for its readers, not for search engines or a browser tab."""
_ALSO_TOLD = ("title", "meta.twitter:title", "meta.sailthru.title", "meta.parsely-title", "meta.dc.title", "meta.citation_title")
_UNFILLED = re.compile(r"\{\{|\}\}|<%|%>|\$\{")


@dataclass(frozen=True, slots=True)
class Name:
    """A heading, or a name of the page in its markup, prepared for comparison."""

    text: str
    key: str
    words: frozenset[str]
    is_declared: bool = False
    """Whether markup declares it as the article's name."""

    def likeness(self, reference: Name) -> float:
        """0..1 by shared words; 1.3 for the same words in the same order."""
        if self.key == reference.key:
            return 1.3
        if not self.words or not reference.words:
            return 0.0
        shared = len(self.words & reference.words) / min(len(self.words), len(reference.words))
        return shared * min(1.0, len(self.text.split()) / 3)


def _name(text: str, *, is_declared: bool = False) -> Name:
    found = _WORD.findall(text.casefold())
    return Name(text, " ".join(found), frozenset(found), is_declared)


def declared_names(proposals: list[Proposal[str]], names_of_site: frozenset[str]) -> list[Name]:
    """The declared names of the page, each as declared and without the site's name, the most trusted first."""
    found: dict[str, Name] = {}
    for source in (*_TOLD, *_ALSO_TOLD):
        for proposal in proposals:
            if proposal.source == source:
                cut = without_site_name(proposal.value, names_of_site)
                for text in dict.fromkeys((cut, proposal.value)):
                    found.setdefault(text, _name(text, is_declared=source in _TOLD))
    return list(found.values())


def find_heading(
    page: Page, names: list[Name], names_of_site: frozenset[str] = frozenset(), sections: frozenset[str] = frozenset()
) -> Element | None:
    """The element that prints the headline: the h1 most like a declared name, otherwise the first h1 in the article.

    An h2 or h3 is used instead if the h1 is the site's or the section's name, or if only the h2 or h3 equals a declared name.
    If no heading is suitable, the h2 in the article's header is used.
    """
    no_headings = names_of_site | sections | {letters(part) for part in urlsplit(page.url).path.rstrip("/").split("/")[:-1]}
    best, best_score = None, -1.0
    for ranks in (("h1",), ("h2", "h3")):
        for element in page.tagged(*ranks)[:MAX_HEADINGS]:
            text = heading_text(element)
            if not 0 < len(text) <= MAX_HEADING or _UNFILLED.search(text):
                continue
            score = _score(page, element, _name(text), names, no_headings)
            if score > best_score:
                best, best_score = element, score
        if best_score > 1.35:
            # An h1 that is equal to a declared name.
            break
    return _heading_of_article(page) if best is None else best


# Tried: an h1 in a breadcrumb trail, or of the class "hidden", ranked below the visible h2. Headlines fell from .950 to .937 of
# the measured pages, because it is that h1 which agrees with the declared headline.
def _score(page: Page, element: Element, name: Name, names: list[Name], no_headings: frozenset[str]) -> float:
    likeness = max((name.likeness(reference) for reference in names), default=0.0)
    if likeness <= 1 and (letters(name.text) in no_headings or _leads_up(page, element)):
        return -1.0
    if element.tag != "h1":
        # A sub-heading of the text may repeat a part of the page's name.
        if likeness < 0.85 or all(len(name.words) < 0.6 * len(reference.words) for reference in names):
            return -1.0
        likeness -= 0.15 if any(one.is_declared and one.key == name.key for one in names) else 0.4
    elif any(one.is_declared and one.key and one.key in name.key for one in names):
        # One with more words than the declared name ("Buying Guide: ...") ranks below one that equals it.
        likeness = max(likeness, 1.5 if any(one.is_declared and one.key == name.key for one in names) else 1.3)
    else:
        # Equal only to the title element: written for search engines, like the title.
        likeness = min(likeness, 1.1)
    inside = (0.1 if likeness > 1 else 0.3) if _inside(element, ("article", "main")) else 0.0
    return likeness + inside + min(len(name.text), 60) / 300 - (0.5 if page.role(element) & Role.HIDDEN else 0.0)


def _leads_up(page: Page, element: Element) -> bool:
    """Whether a heading is wholly a link to a page above this one: the site's logo, a section's name."""
    text = text_of(element)
    links = list(element.iterancestors("a"))[:1] or [one for one in element.iter("a") if text_of(one) == text]
    address = page.absolute(links[0].get("href")) if links else None
    if address is None:
        return False
    linked, here = urlsplit(address), urlsplit(page.url)
    above, path = linked.path.rstrip("/"), here.path.rstrip("/")
    return linked.hostname == here.hostname and path != above and f"{path}/".startswith(f"{above}/")


def _heading_of_article(page: Page) -> Element | None:
    """The element marked as the headline; otherwise the h2 in the header of the one article that has paragraphs. The declared
    headline may be another one, for social media."""
    for element in page.itemprops:
        is_marked = element.get("itemprop") == "headline" and 2 < len(text_of(element).split()) <= MAX_WORDS
        if is_marked and not any(
            one.tag == "a" or page.role(one) & Role.ELSEWHERE for one in (element, *element.iterancestors())
        ):
            return element
    for element in page.tagged("h2"):
        header = next((one for one in list(element.iterancestors())[:3] if one.tag == "header"), None)
        article = None if header is None else header.getparent()
        if article is not None and article.tag == "article" and sum(1 for _ in article.iter("p")) > 2:
            return element if len(text_of(element).split()) > 2 else None
    return None


def _inside(element: Element, tags: tuple[str, ...]) -> bool:
    return any(ancestor.tag in tags for ancestor in element.iterancestors())


def heading_text(element: Element) -> str:
    """Text of a heading; parts with a class of their own are separated by spaces, and text that was encoded twice is decoded."""
    parted = any(child.get("class") or child.tag in ("br", "div", "p") for child in element)
    text = spaced_text_of(element) if parted else text_of(element)
    return plain(text) if "&" in text or "<" in text else text


def printed_headline(element: Element, names: list[Name]) -> str:
    """The text of the heading: without the kicker or label before or after it if the headline is declared without it, and the
    declared text if bytes of the printed one were lost.
    """
    text = heading_text(element)
    declared, titled = {one.key for one in names if one.is_declared}, {one.key for one in names}
    key = _name(text).key
    if key in declared:
        return text
    if "\ufffd" in text:
        lost = re.compile(r".{1,6}".join(re.escape(part) for part in re.split("\ufffd+", text)))
        return next((one.text for one in names if lost.fullmatch(one.text)), text)
    pieces = _pieces(element)
    # What follows may be a second half that the title element has too; what comes before is a kicker even then.
    ends = (len(pieces),) if any(one.key == key for one in names) else range(len(pieces), 0, -1)
    for start in range(len(pieces)):
        for end in ends if _WORD.search(pieces[start]) else ():
            piece = " ".join(pieces[start:end])
            # The title element, too, is without the kicker.
            known = declared if start == 0 else titled
            if _name(piece).key in known and len(piece.split()) > 2:
                return piece
    return text


def _pieces(element: Element) -> list[str]:
    """The parts of a heading: the texts of its children and those between them; a single wrapper is replaced by its content."""
    while len(element) == 1 and text_of(element) == text_of(element[0]):
        element = element[0]
    texts = [element.text or ""]
    for child in element:
        texts += [text_of(child), child.tail or ""]
    cleaned = [plain(text) for text in texts]
    return [text for text in cleaned if text][:MAX_PIECES]
