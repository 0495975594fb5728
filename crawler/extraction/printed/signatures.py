"""Writers and days that are in no box of their own: elsewhere on the page, or in a line above or below the text.

Used only if the usual places name nobody. Proposes; the judge of bylines decides and trusts these proposals least.
"""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import islice, takewhile

from lxml.etree import _Element as Element

from crawler.extraction.body.blocks import Block
from crawler.extraction.body.container import BodyReading
from crawler.extraction.declared.proposals import Proposal, Proposals
from crawler.extraction.markup.page import Page, text_of
from crawler.extraction.markup.roles import Role
from crawler.extraction.printed.around import AUTHOR_LINK, byline_text, labelled
from pipelines.text.bylines import NAMES_WRITER
from pipelines.text.lexicons import is_given_name, word_set
from pipelines.text.lexicons.roles import is_modifier

MAX_PLACES = 3
"""Maximum number of different writers named outside the usual places; more are a list of authors or articles."""
MAX_LINE = 80
MAX_WORDS = 5
"""Maximum words of a link to an author; more are a headline."""
_NAME = re.compile(r"[^\W\d_][\w.'’-]*(?: [^\W\d_][\w.'’-]*){1,3}(?: ?(?:/|,|&| and | und | et | y | e ) ?[^\W\d_][\w.'’ -]+)?")
_DENSE_NAME = re.compile(
    r"[（(\[［【](?!.*(?:敬称略|[年月時写图圖]))[\u30a0-\u30ff\u3400-\u9fff\u3000 、・，:：/／＝=]{3,24}[）)\]］】]"
    r"|[\uac00-\ud7af]{2,4} ?(?:기자|특파원)(?: ?\S+@\S+)?"
)
"""A line that only names the writer, in East Asia: "（山田太郎）", "김철수 기자 cs@example.kr"."""
_AND = re.compile(r" ?[/,&] ?| (?:and|und|et|y|e) ")
_PARTICLES = word_set("and und et y e & / von van der den de del della di da dos la le el al bin ibn ter ten zu")
_LONG_NAME = 4
"""Number of words from which a bold line is more likely a kicker than a name."""
_FRAME = ("nav", "aside", "footer", "figure", "figcaption", "form")


def propose_signatures(page: Page, reading: BodyReading, into: Proposals) -> None:
    """Propose from links to authors and byline boxes up to the end of the text, then from the lines at the edges of the text."""
    if not any(one.source.startswith("printed") for one in into.bylines):
        last = reading.blocks[-1].element if reading.blocks else None
        marked = page.roles.get
        article = takewhile(lambda element: element is not last, page.elements)
        candidates = (element for element in article if element.tag == "a" or marked(element, 0) & Role.BYLINE)
        places = list(dict.fromkeys(text for element in candidates if (text := _named_at(page, element))))
        if len(places) <= MAX_PLACES:
            into.bylines += [Proposal(text, "printed.page") for text in places]
    into.bylines += [Proposal(block.text, "printed.edge") for block in reading.edges if _is_signature(block)]


def _named_at(page: Page, element: Element) -> str | None:
    """The writer's name in an element marked for one, outside the site's frame, lists of teasers and comments."""
    role = page.role(element)
    is_marked = element.tag == "a" and "author" in (element.get("rel") or "").split()
    is_link = is_marked or (element.tag == "a" and AUTHOR_LINK.search(element.get("href") or "") is not None)
    if not is_link and not (role & Role.BYLINE and len(element) < 6 and not role & (Role.CREDIT | Role.PICTURE)):
        return None
    for around in (element, *element.iterancestors()):
        if around.tag == "body":
            # Its classes are about the whole page ("with-recirculation").
            break
        if (around.tag in _FRAME and not (is_marked and around.tag == "aside")) or page.role(around) & (
            Role.ELSEWHERE | Role.COMMENTS | Role.DROPPED | Role.UNSEEN
        ):
            return None
    text = text_of(element) if is_link else byline_text(page, element)
    return text if 4 < len(text) <= MAX_LINE and not (is_link and len(text.split()) > MAX_WORDS) else None


def _is_signature(block: Block) -> bool:
    """Whether a short line at the edge of the text names the writer: "By ...", or only a name in bold."""
    if block.length > MAX_LINE or block.is_heading:
        return False
    if NAMES_WRITER.match(block.text) or _DENSE_NAME.fullmatch(block.text):
        return True
    is_bold = block.strong >= 0.9 * len(block.text.replace(" ", ""))
    return (
        is_bold
        and _NAME.fullmatch(block.text) is not None
        and all(word[0].isupper() or word in _PARTICLES for word in block.text.split())
        and not any(map(_is_kicker, _AND.split(block.text)))
        and all(len(name.split()) < _LONG_NAME or not _PARTICLES.isdisjoint(name.split()) for name in _AND.split(block.text))
    )


_MAX_UNMARKED = 100
_LEVELS = 3
_DATELINE = re.compile(r"(\d{1,2}[./]\d{1,2}[./]\d{4}|\d{1,2}\.? [^\W\d]{3,12} \d{4}) ?[–—-] ")


def _is_kicker(name: str) -> bool:
    """Whether a bold line is a section's name ("Real Life", "Harbour News"): it has a newsroom topic and no given name."""
    folded = name.casefold().split()
    return not is_given_name(folded[0]) and any(map(is_modifier, folded)) if folded else False


def propose_unmarked_day(page: Page, heading: Element | None, reading: BodyReading, into: Proposals) -> None:
    """If nothing else gives a time, propose one from a short line before the heading or from the start of the text."""
    if into.published or heading is None:
        return
    lines = []
    for around in (heading, *islice(heading.iterancestors(), _LEVELS)):
        if around.tag in ("article", "main", "body"):
            break
        lines += [text for before in around.itersiblings(preceding=True) if len(text := text_of(before)) <= _MAX_UNMARKED]
    start = _DATELINE.match(reading.blocks[0].text) if reading.blocks else None
    for line in (*lines, start[1] if start else ""):
        published, _, source = labelled(page, line, "printed.line") if any(map(str.isdigit, line)) else (None, None, "")
        if published:
            into.published.append(Proposal(replace(published, source=source), source))
            return
