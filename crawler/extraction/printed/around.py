"""The text printed around the article: standfirst, byline and times."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import lru_cache
from typing import TypeAlias

from lxml.etree import _Element as Element

from crawler.extraction.body.blocks import INLINE, Block
from crawler.extraction.body.container import BodyReading
from crawler.extraction.body.lines import ends_sentence
from crawler.extraction.declared.jsonld import overlap
from crawler.extraction.declared.proposals import Proposal, Proposals
from crawler.extraction.declared.structured import stamp
from crawler.extraction.markup.marks import EPOCHS, INSTANTS, MAX_SPOKEN, SPOKEN
from crawler.extraction.markup.page import Page, spaced_text_of, text_of
from crawler.extraction.markup.roles import Role, all_words
from pipelines.text import paragraphs, squash
from pipelines.text.boilerplate import is_furniture
from pipelines.text.bylines import NAMES_WRITER
from pipelines.text.dates import Precision, Timestamp, is_at_midnight, parse_labelled
from pipelines.text.dates.words import code_of_known
from pipelines.text.zones import zone_of

MAX_PROPOSALS = 80
"""Maximum printed times, and maximum printed bylines, read on one page."""
MAX_BYLINE = 300
MAX_STANDFIRST = 800
MAX_LABEL = 40
"""Maximum characters of a label beside a time; longer texts are sentences."""
MAX_STEPS = 5
"""Maximum elements passed, backwards or upwards, in search of a time's label: an icon and one or two wrappers."""
TIMES = ("time", "relative-time", "local-time", "time-ago", "amp-timeago")
"""Elements whose `datetime` is the instant that they print: HTML's own and those that scripts commonly define."""
_WHOLE = ("body", "article", "main")
_WRAPPERS = frozenset(("span", "p", "div", "li", "dd", "td", "small", "em", "strong", "b", "i"))
_PROBE = "1 March 2025"
"""A date that is put after a label, to find out what the label says about it."""
_LABEL_BEHIND = re.compile(r"\s*[(\[]([^)\]]{4,40})[)\]]")
_DIGIT = re.compile(r"\d")
AUTHOR_LINK = re.compile(
    r"/(?:authors?|autor(?:en|es|a)?|auteurs?|profiles?|profil|staff|people|person|reporters?|journalists?|journalisten?|contributors?|by|writers?|columnist[as]*|team|redaktion|redactor)[-/]",
    re.IGNORECASE,
)


def article_region(page: Page, heading: Element | None, container: Element | None) -> Element:
    """The smallest element that contains heading and body, or the article element around both."""
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


Step: TypeAlias = tuple[Element, int, bool]
"""An element of the article's region, its roles, and whether it is in the body."""
_SIDES = frozenset(("nav", "form", "footer", "aside"))
_ASIDE = Role.COMMENTS | Role.DROPPED | Role.ELSEWHERE


def walk_region(page: Page, region: Element, container: Element | None) -> list[Step]:
    """The region in page order, without subtrees of other articles, comments or the site's frame."""
    steps: list[Step] = []
    protected = set() if container is None else {container, *container.iterancestors()}
    role_of = page.roles.get
    stack = [(region, container is region)]
    while stack:
        element, inside = stack.pop()
        role = role_of(element, 0)
        if (role & _ASIDE or element.tag in _SIDES) and element is not region and element not in protected:
            if element.tag in ("nav", "form") or role & (Role.COMMENTS | Role.DROPPED):
                continue
            # The footer of the article itself contains its times and tags.
            is_own_foot = element.tag == "footer" and region.tag == "article" and element.getparent() is region
            if element.tag == "footer" and not is_own_foot:
                continue
            picture = element.tag == "figure" or role & Role.PICTURE
            is_lead = role & Role.STANDFIRST and next(element.iter("a", "img", "h2", "h3"), None) is None
            if role & Role.ELSEWHERE and not (is_own_foot or is_lead or (role & Role.WEAK and (picture or inside))):
                continue
            if element.tag == "aside" and not picture and not inside:
                continue
        steps.append((element, role, inside))
        below = inside or element is container
        stack += [(child, below) for child in reversed(element)]
    return steps


def propose_printed(page: Page, steps: list[Step], heading: Element | None, reading: BodyReading, into: Proposals) -> None:
    """Propose standfirst, bylines and times from the region's elements and from the blocks between heading and text."""
    first = reading.blocks[0].element if reading.blocks else None
    place = "head"
    taken: set[Element] = set()
    below_heading = heading is None
    for element, role, _ in steps:
        if element is first:
            place = "body"
        if element is heading:
            below_heading = True
            continue
        if taken and element.getparent() in taken:
            taken.add(element)
            continue
        if len(into.published) + len(into.modified) < MAX_PROPOSALS and (element.tag in TIMES or role & (Role.TIME | Role.EPOCH)):
            _propose_time(page, element, role, place, into)
        if element.tag == "figure" or (role & (Role.PICTURE | Role.CAPTION | Role.CREDIT) and not role & Role.BYLINE):
            taken.add(element)
        elif (role & Role.BYLINE or element.tag == "address") and element.tag not in _WHOLE and not role & Role.CREDIT:
            if _propose_byline(page, element, place, into):
                taken.add(element)
        elif (place == "head" or element is first) and below_heading and role & Role.STANDFIRST and heading is not None:
            text = _standfirst_text(element)
            if (
                20 <= len(text) <= MAX_STANDFIRST
                and not role & (Role.TIME | Role.CAPTION | Role.CREDIT)
                and _is_own_text(page, element, text)
            ):
                into.descriptions.append(Proposal(text, "printed.first" if element is first else "printed.standfirst"))
                taken.add(element)
    _propose_head(page, reading.head, heading, into)


def _standfirst_text(element: Element) -> str:
    """Text of a standfirst box; if it has paragraphs and other elements, only of paragraphs that are not furniture or links."""
    paragraphs_in = [child for child in element if child.tag == "p"]
    if not paragraphs_in or len(element) < 2 or (element.text or "").strip():
        return text_of(element)
    lines = [
        text
        for child in paragraphs_in
        if (text := text_of(child)) and sum(len(text_of(link)) for link in child.iter("a")) < 0.5 * len(text)
    ]
    return " ".join(line for line in lines if not is_furniture(line)) or text_of(element)


def _is_own_text(page: Page, element: Element, text: str) -> bool:
    """Whether a box contains continuous text of this page: no picture, no link to another page, no time or byline."""
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


def _propose_byline(page: Page, element: Element, place: str, into: Proposals) -> bool:
    """Propose from a box named for authors: the links to them, the name marked as author, the whole text."""
    text = byline_text(page, element) if len(into.bylines) < MAX_PROPOSALS else ""
    is_biography = place == "body" and ends_sentence(text) and not NAMES_WRITER.match(text)
    if is_biography or not 3 <= len(text) <= MAX_BYLINE:
        return False
    linked = [
        text_of(link)
        for link in element.iter("a")
        if AUTHOR_LINK.search(link.get("href") or "") or "author" in (link.get("rel") or "")
    ]
    into.bylines += [Proposal(name, f"printed.link.{place}") for name in linked if 4 < len(name) < 60]
    marked = "author" in (element.get("itemprop") or "") or "author" in (element.get("rel") or "").split()
    source = f"printed.{'itemprop' if marked else 'class'}.{place}"
    before = into.bylines[-1] if into.bylines else None
    is_next = before is not None and before.source == source and text not in before.value and _is_next_of_its_kind(element)
    if before and is_next and len(before.value) + len(text) < MAX_BYLINE:
        into.bylines[-1] = Proposal(f"{before.value}\n{text}", source)
    else:
        into.bylines.append(Proposal(text, source))
    return len(text) < 80


def _is_next_of_its_kind(element: Element) -> bool:
    """Whether a byline box follows one with the same tag and class: each writer has a box, and there is none around them all."""
    last = element.getprevious()
    return last is not None and (last.tag, last.get("class")) == (element.tag, element.get("class"))


def byline_text(page: Page, element: Element) -> str:
    """Text of a byline box without its times, buttons and pictures; separate lines stay separate."""
    parts: list[str] = []
    _gather(page, element, parts)
    return "\n".join(paragraphs("".join(parts)))[: MAX_BYLINE + 1]


def _gather(page: Page, node: Element, parts: list[str]) -> None:
    parts.append(node.text or "")
    for child in node:
        if not (
            child.tag in ("time", "button", "img", "select")
            or (page.role(child) & (Role.TIME | Role.HIDDEN) and not page.role(child) & Role.BYLINE)
        ):
            block = child.tag not in INLINE
            parts.append("\n" if block else " ")
            _gather(page, child, parts)
            parts.append("\n" if block else " ")
        parts.append(child.tail or "")


def _propose_head(page: Page, head: tuple[Block, ...], heading: Element | None, into: Proposals) -> None:
    """Propose from the plain lines between heading and text: dates, "By ...", and a sentence that is the standfirst."""
    has_time = any(proposal.source.startswith("printed") for proposal in into.published)
    for block in head:
        text = block.text
        if 6 <= block.length <= 160 and _DIGIT.search(text):
            published, modified, source = labelled(page, text, "printed.line")
            if published and (modified or _calls_published(text)):
                into.called_published.add(published.instant)
            if published and not has_time:
                into.published.append(Proposal(replace(published, source=source), source))
            if modified:
                into.modified.append(Proposal(replace(modified, source=source), source))
        naming = [part for part in _parts_of(block) if NAMES_WRITER.match(part)] if block.length < 150 else []
        into.bylines += [Proposal(part, "printed.line") for part in naming]
        if not naming and (
            40 <= block.length <= MAX_STANDFIRST
            and block.link_share < 0.3
            and block.tag in ("p", "h2", "h3", "div", "strong", "li")
        ):
            role = page.role(block.element)
            is_other = role & (Role.CAPTION | Role.CREDIT | Role.BYLINE | Role.TIME | Role.TAGS)
            if not is_other and _is_of_head(block, heading, into):
                into.descriptions.append(Proposal(text, "printed.below-heading"))


_BETWEEN = re.compile(r"\s*[|•·]\s*|\s+(?=(?:作者|撰文|筆者|記者|记者)\s?[:：])")
"""What separates a writer from the time, source or section before the name."""


def _parts_of(block: Block) -> list[str]:
    """The line, or its parts: "4 March 2025 | By Jane Doe", `<span>04.03.2025</span><span>Von Jane Doe</span>`."""
    is_row = len(block.element) > 1 and text_of(block.element) == block.text and not NAMES_WRITER.match(block.text)
    texts = [text for child in block.element for text in (text_of(child), squash(child.tail or ""))] if is_row else [block.text]
    return [part for text in texts for part in _BETWEEN.split(text)]


def _is_of_head(block: Block, heading: Element | None, into: Proposals) -> bool:
    """Whether a line is not furniture: every suspect box around it contains the heading too ("header.has-caption"), or the
    same text is declared. In the latter case the printed line is used, so that its edits are seen and edits of the declared
    text alone are not."""
    around = set() if heading is None else set(heading.iterancestors())
    return around.issuperset(block.suspects) or any(
        block.length < 1.3 * len(declared.value) and overlap(block.text, declared.value) > 0.9
        for declared in into.descriptions
        if not declared.source.startswith("printed")
    )


def _propose_time(page: Page, element: Element, role: int, place: str, into: Proposals) -> None:
    """Propose from one element that prints a time: its machine-readable value, otherwise its text."""
    spoken = next((told for key in SPOKEN if (told := element.get(key)) and "20" in told and code_of_known(told)), "")
    text = spoken or spaced_text_of(element)
    if len(text) > MAX_SPOKEN:
        return
    names = all_words(element)
    is_labelled = _is_labelled_update(element, text)
    machine = next((value for name in EPOCHS if (value := element.get(name))), None)
    source = f"printed.epoch.{place}" if machine else f"printed.time.{place}"
    if machine is None:
        named = (element.get(name) for name in INSTANTS if name != "content" or element.tag != "meta")
        machine = next((value for value in named if value and _DIGIT.search(value)), None)
    proposal = _as_shown(stamp(machine, page, source), text, page) if machine else None
    label = f"{element.get('aria-label') or _label_before(element)} {text}"
    is_first = bool(names & _FIRST) or _calls_published(label)
    if proposal:
        if is_first:
            into.called_published.add(proposal.value.instant)
        (into.modified if is_labelled or _says_modified(text, names) else into.published).append(proposal)
    if len(text) < 6 or not _DIGIT.search(text) or (proposal and _shows(text, proposal.value, page.timezone)):
        return
    published, modified, source = labelled(page, text, f"printed.text.{place}")
    if published and (is_first or modified):
        into.called_published.add(published.instant)
    if published:
        is_update = is_labelled or _says_modified("", names)
        where = into.modified if is_update and not names & _FIRST else into.published
        where.append(Proposal(replace(published, source=source), source))
    if modified:
        into.modified.append(Proposal(replace(modified, source=source), source))


_FIRST = frozenset(("published", "publish", "pubdate", "datepublished"))
_CLOCK = re.compile(r"\d[:.h]\d\d(?![.\d])|\d ?[ap]\.?m\b", re.IGNORECASE)


@lru_cache(maxsize=1_000)
def _calls_published(text: str) -> bool:
    """Whether a line labels its time as the publication."""
    return "B" in code_of_known(text)


def _as_shown(proposal: Proposal[Timestamp] | None, text: str, page: Page) -> Proposal[Timestamp] | None:
    """The proposal; if it is midnight and its text shows only a day, that day: a template added the time."""
    if proposal is None or _CLOCK.search(text):
        return proposal
    is_midnight = is_at_midnight(proposal.value)
    local = proposal.value.instant.astimezone(zone_of(page.timezone))
    if local.minute or local.second:
        return proposal
    published, modified = _dated(text, page.timezone)
    shown = published or modified
    is_other_day = shown is not None and shown.precision is Precision.DAY and shown.day != local.date()
    if not is_midnight and local.hour and not is_other_day:
        return proposal
    machine = stamp(proposal.value.raw[:10], page, proposal.source) if is_midnight else None
    day = shown if shown and shown.precision is Precision.DAY else machine.value if machine else None
    return proposal if day is None else replace(proposal, value=replace(day, raw=proposal.value.raw, source=proposal.source))


def _is_labelled_update(element: Element, text: str) -> bool:
    """Whether a label beside an element that contains only a time says "updated": "Last updated <time>Friday</time>"."""
    told = (element.get("aria-label") or element.get("title") or "")[:MAX_LABEL]
    label = told if told and not _DIGIT.search(told) else _label_before(element)
    if label and not _UPDATED.search(text):
        published, modified = _dated(f"{label} {_PROBE}", "UTC")
        if modified is not None and published is None:
            return True
    behind = _LABEL_BEHIND.match(element.tail or "")
    if behind is not None and _UPDATED.search(behind[1]):
        return True
    parent = element.getparent()
    return (
        parent is not None
        and parent.tag in _WRAPPERS
        and len(spaced_text_of(parent)) <= len(text) + MAX_LABEL
        and sum(1 for _ in parent.iter(*TIMES)) == 1
        and _says_modified("", all_words(parent))
    )


def _label_before(element: Element) -> str:
    """The short text just before an element, unless it belongs to another time: on its line, or in the cell or term before it."""
    current = element
    for _ in range(MAX_STEPS):
        previous, parent = current.getprevious(), current.getparent()
        if parent is None or current.tag in _WHOLE:
            return ""
        text = squash((parent.text if previous is None else previous.tail) or "")
        if text:
            return text[-MAX_LABEL:]
        if previous is None:
            current = parent
            continue
        text = text_of(previous)
        if text:
            is_time = previous.tag in TIMES or next(previous.iter(*TIMES), None) is not None
            return "" if is_time or len(text) > MAX_LABEL else text
        current = previous
    return ""


def _shows(text: str, stamp: Timestamp, timezone: str) -> bool:
    """Whether a text shows the day and minute of a stamp, so that reading it would add nothing."""
    local = stamp.instant.astimezone(zone_of(timezone))
    return (
        stamp.precision is not Precision.DAY and f"{local:%H:%M}" in text and str(local.day) in text and str(local.year) in text
    )


@lru_cache(maxsize=1_000)
def _dated(text: str, timezone: str) -> tuple[Timestamp | None, Timestamp | None]:
    """Cached, because a box of times and the line in it often print the same words."""
    return parse_labelled(text, timezone)


def labelled(page: Page, text: str, source: str) -> tuple[Timestamp | None, Timestamp | None, str]:
    """(published, modified, source). The source of a text that is readable only with the time of the fetch ("2 hours ago")
    ends in ".relative"."""
    published, modified = _dated(text, page.timezone)
    if published or modified or page.fetched is None:
        return published, modified, source
    published, modified = parse_labelled(text, page.timezone, page.fetched)
    return published, modified, f"{source}.relative"


_UPDATED = re.compile(
    r"updated|modified|aktualisiert|mis à jour|modifié|actualizad|atualizad|aggiorna|bijgewerkt|gewijzigd|oppdatert|"
    r"uppdaterad|opdateret|päivitetty|güncelle|обновлен|更新|aktualizac|zaktualizowan",
    re.IGNORECASE,
)


def _says_modified(text: str, names: frozenset[str]) -> bool:
    # WordPress marks the only time of an entry that was never changed as "published updated".
    named = names & {"modified", "updated", "update", "datemodified", "dateupdated", "lastmodified"}
    return bool(named and "published" not in names) or bool(_UPDATED.search(text))
