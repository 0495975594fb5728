"""What a reader sees: the heading, the standfirst, the byline, the times and the tags printed around the article."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from lxml.etree import _Element as Element

from crawler.extraction.blocks import INLINE, Block
from crawler.extraction.body import Reading
from crawler.extraction.jsonld import overlap
from crawler.extraction.page import Page, spaced_text_of, text_of
from crawler.extraction.proposals import Proposal, Proposals
from crawler.extraction.roles import Role, all_words
from crawler.extraction.structured import stamp
from pipelines.dates import parse_labelled
from pipelines.text import paragraphs

MAX_HEADING = 400
MAX_PROPOSALS = 80
"""Printed times, and printed bylines, looked at on one page."""
MAX_BYLINE = 300
MAX_STANDFIRST = 800
_EPOCHS = (
    "data-timestamp",
    "data-date",
    "data-datetime",
    "data-published",
    "data-publish-date",
    "data-epoch",
    "data-time",
    "data-seconds",
    "data-unixtime",
)
NAMES_WRITER = re.compile(r"^(?:by|von|par|por|di|da|av|af|door|text|texte|autor|kirjoitti)\s*:?\s+\S", re.IGNORECASE)


_AUTHOR_LINK = re.compile(
    r"/(?:authors?|autor(?:en|es|a)?|auteurs?|profiles?|profil|staff|people|person|reporters?|journalists?|journalisten?|contributors?|by|writers?|columnist[as]*|team|redaktion|redactor)[-/]",
    re.IGNORECASE,
)


def find_heading(page: Page, references: list[str], site_name: str | None = None) -> Element | None:
    """The element that prints the headline: the h1 most like what the page is called elsewhere, else the first in the article.

    An h2 stands in where the h1 is the site's name or where only the h2 says exactly what the page is called.
    """
    headings = [
        (element, text) for element in page.body.iter("h1", "h2", "h3") if 0 < len(text := heading_text(element)) <= MAX_HEADING
    ]
    told = {_key(reference) for reference in references[:2]}
    best, best_score = None, -1.0
    for element, text in headings[:200]:
        if site_name and _key(text) == _key(site_name):
            continue
        likeness = max((_likeness(text, reference) for reference in references), default=0.0)
        if element.tag != "h1":
            if likeness < 0.85:
                continue
            likeness -= 0.15 if _key(text) in told else 0.4
        elif any(key and key in _key(text) for key in told):
            likeness = max(likeness, 1.3)
        else:
            # The same as the title element only: written for search engines, like the title.
            likeness = min(likeness, 1.1)
        score = (
            likeness
            + ((0.1 if likeness > 1 else 0.3) if _inside(element, ("article", "main")) else 0.0)
            + min(len(text), 60) / 300
        )
        if page.role(element) & Role.HIDDEN:
            score -= 0.5
        if score > best_score:
            best, best_score = element, score
    return best if best is not None else _styled_heading(page, references)


def _styled_heading(page: Page, references: list[str]) -> Element | None:
    """A heading that only its style makes one."""
    for element in page.body.iter("div", "span", "p", "td", "strong", "b", "font"):
        if (
            len(element) < 4
            and (element.text or len(element))
            and (element.tag in ("strong", "b", "font") or page.role(element) & Role.HEADLINE)
        ):
            text = heading_text(element)
            if 3 <= len(text.split()) <= 40 and any(_likeness(text, reference) > 1 for reference in references):
                return element
    return None


def _likeness(text: str, reference: str) -> float:
    """0..1 by shared words; 1.3 for the same words in the same order."""
    if _key(text) == _key(reference):
        return 1.3
    return overlap(text, reference) * min(1.0, len(text.split()) / 3)


def _key(text: str) -> str:
    return " ".join(re.findall(r"\w+", text.casefold()))


def _inside(element: Element, tags: tuple[str, ...]) -> bool:
    return any(ancestor.tag in tags for ancestor in element.iterancestors())


def heading_text(element: Element) -> str:
    """Text of a heading; parts with a class of their own are laid out apart."""
    parted = any(child.get("class") or child.tag in ("br", "div", "p") for child in element)
    return spaced_text_of(element) if parted else text_of(element)


def article_region(page: Page, heading: Element | None, container: Element | None) -> Element:
    """The smallest element that holds heading and body, or the article element around both."""
    if container is None:
        return page.body
    start = container
    if heading is not None:
        above = {start, *start.iterancestors()}
        start = next((element for element in (heading, *heading.iterancestors()) if element in above), page.body)
    article = next((element for element in (start, *start.iterancestors()) if element.tag == "article"), None)
    if article is not None:
        return article
    parent = start.getparent()
    return start if parent is None or parent.tag in ("body", "html") else parent


def walk_region(page: Page, region: Element, container: Element | None) -> Iterator[tuple[Element, int, bool]]:
    """(element, its roles, whether it is in the body) in page order, without subtrees of other articles, comments or frame."""
    protected = set() if container is None else {container, *container.iterancestors()}
    stack = [(region, container is region)]
    while stack:
        element, inside = stack.pop()
        role = page.role(element)
        if element is not region and element not in protected:
            if element.tag in ("nav", "footer", "form") or role & (Role.COMMENTS | Role.DROPPED):
                continue
            picture = element.tag == "figure" or role & Role.PICTURE
            if role & Role.ELSEWHERE and not (role & Role.WEAK and (picture or inside)):
                continue
            if element.tag == "aside" and not picture and not inside:
                continue
        yield element, role, inside
        below = inside or element is container
        stack.extend((child, below) for child in reversed(element))


def propose_printed(page: Page, region: Element, heading: Element | None, reading: Reading, into: Proposals) -> None:
    """Standfirst, bylines, times and tags, from one walk over the region and the blocks between heading and text."""
    first = reading.blocks[0].element if reading.blocks else None
    place = "head"
    taken: set[Element] = set()
    below_heading = heading is None
    for element, role, _ in walk_region(page, region, reading.container):
        if element is first:
            place = "body"
        if element is heading:
            below_heading = True
            continue
        if element.getparent() in taken:
            taken.add(element)
            continue
        if len(into.published) + len(into.modified) < MAX_PROPOSALS and (
            element.tag == "time" or role & Role.TIME or _has_epoch(element)
        ):
            _propose_time(page, element, role, place, into)
        if element.tag == "figure" or (role & (Role.PICTURE | Role.CAPTION | Role.CREDIT) and not role & Role.BYLINE):
            taken.add(element)
        elif (
            (role & Role.BYLINE or element.tag == "address")
            and element.tag not in ("body", "article", "main")
            and not role & Role.CREDIT
        ):
            if _propose_byline(page, element, place, into):
                taken.add(element)
        elif place == "head" and below_heading and role & Role.STANDFIRST and heading is not None:
            text = text_of(element)
            if (
                20 <= len(text) <= MAX_STANDFIRST
                and not role & (Role.TIME | Role.CAPTION | Role.CREDIT)
                and _is_own_text(page, element, text)
            ):
                into.descriptions.append(Proposal(text, "printed.standfirst"))
                taken.add(element)
    _propose_head(page, reading.head, into)


def _is_own_text(page: Page, element: Element, text: str) -> bool:
    """Whether a box holds running text of this page: no picture, no link to elsewhere, no time or byline."""
    if (
        element.tag == "a"
        or next(element.iter("img"), None) is not None
        or any(ancestor.tag in ("a", "figure") for ancestor in list(element.iterancestors())[:3])
    ):
        return False
    linked = sum(len(text_of(link)) for link in element.iter("a"))
    return (
        linked < 0.5 * len(text)
        and not any(
            page.role(inner) & (Role.TIME | Role.BYLINE | Role.CREDIT) for inner in element.iter() if inner is not element
        )
        and not NAMES_WRITER.match(text)
    )


def _has_epoch(element: Element) -> bool:
    attributes = element.attrib
    return bool(attributes) and any(name in attributes for name in _EPOCHS)


def _propose_byline(page: Page, element: Element, place: str, into: Proposals) -> bool:
    """From a box that is named for authors: the links to them, the marked name, the whole text."""
    text = byline_text(page, element) if len(into.bylines) < MAX_PROPOSALS else ""
    if not 3 <= len(text) <= MAX_BYLINE:
        return False
    linked = [
        text_of(link)
        for link in element.iter("a")
        if _AUTHOR_LINK.search(link.get("href") or "") or "author" in (link.get("rel") or "")
    ]
    into.bylines += [Proposal(name, f"printed.link.{place}") for name in linked if 4 < len(name) < 60]
    marked = "author" in (element.get("itemprop") or "") or "author" in (element.get("rel") or "").split()
    into.bylines.append(Proposal(text, f"printed.{'itemprop' if marked else 'class'}.{place}"))
    return len(text) < 80


def byline_text(page: Page, element: Element) -> str:
    """Text of a byline box without its times, buttons and pictures; what stands on lines of its own stays on them."""
    parts: list[str] = []

    def gather(node: Element) -> None:
        parts.append(node.text or "")
        for child in node:
            if not (
                child.tag in ("time", "button", "img", "select")
                or (page.role(child) & (Role.TIME | Role.HIDDEN) and not page.role(child) & Role.BYLINE)
            ):
                block = child.tag not in INLINE
                parts.append("\n" if block else " ")
                gather(child)
                parts.append("\n" if block else " ")
            parts.append(child.tail or "")

    gather(element)
    return "\n".join(paragraphs("".join(parts)))[: MAX_BYLINE + 1]


def _propose_head(page: Page, head: tuple[Block, ...], into: Proposals) -> None:
    """From the plain lines between heading and text: dates, "By ...", and a sentence that is the standfirst."""
    has_time = any(proposal.source.startswith("printed") for proposal in into.published)
    for block in head:
        text = block.text
        if 6 <= block.length <= 160 and any(character.isdigit() for character in text):
            published, modified = parse_labelled(text, page.timezone, page.fetched)
            if published and not has_time:
                into.published.append(Proposal(replace(published, source="printed.line"), "printed.line"))
            if modified:
                into.modified.append(Proposal(replace(modified, source="printed.line"), "printed.line"))
        if block.length < 150 and NAMES_WRITER.match(text):
            into.bylines.append(Proposal(text, "printed.line"))
        elif (
            40 <= block.length <= MAX_STANDFIRST
            and block.link_share < 0.3
            and block.tag in ("p", "h2", "h3", "div", "strong", "li")
        ):
            role = page.role(block.element)
            if not role & (Role.CAPTION | Role.CREDIT | Role.BYLINE | Role.TIME | Role.TAGS) and not block.suspects:
                into.descriptions.append(Proposal(text, "printed.below-heading"))


def _propose_time(page: Page, element: Element, role: int, place: str, into: Proposals) -> None:
    """From one element that prints a time: its machine value, else its text."""
    text = spaced_text_of(element)
    if len(text) > 150:
        return
    names = all_words(element)
    machine = next((value for name in _EPOCHS if (value := element.get(name))), None)
    source = f"printed.epoch.{place}" if machine else f"printed.time.{place}"
    if machine is None and element.tag == "time":
        machine = element.get("datetime")
    proposal = stamp(machine, page, source) if machine else None
    if proposal:
        (into.modified if _says_modified(text, names) else into.published).append(proposal)
    if len(text) < 6 or not any(character.isdigit() for character in text):
        return
    published, modified = parse_labelled(text, page.timezone, page.fetched)
    source = f"printed.text.{place}"
    if published:
        where = into.modified if _says_modified("", names) and not names & {"published", "publish", "pubdate"} else into.published
        where.append(Proposal(replace(published, source=source), source))
    if modified:
        into.modified.append(Proposal(replace(modified, source=source), source))


_UPDATED = re.compile(
    r"updated|modified|aktualisiert|mis à jour|modifié|actualizad|atualizad|aggiorna|bijgewerkt|gewijzigd|oppdatert|"
    r"uppdaterad|opdateret|päivitetty|güncelle|обновлен|更新|aktualizac|zaktualizowan",
    re.IGNORECASE,
)


def _says_modified(text: str, names: frozenset[str]) -> bool:
    return bool(names & {"modified", "updated", "update", "datemodified", "dateupdated", "lastmodified"}) or bool(
        _UPDATED.search(text)
    )
