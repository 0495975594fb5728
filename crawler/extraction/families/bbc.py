"""BBC News articles.

| generation | until | template, and how it is recognised |
|---|---|---|
| 2023 | - | `data-component` names on every block of the article (seen 2024-2026); class names are hashes |

Special rules (seen): the one printed time is the last update although its element does not say so. The first publication is in
`cXenseParse:publishtime` and in the page's data (`firstPublished`; `lastPublished` is the printed time, `lastUpdated` may be
later; epoch milliseconds). Each contributor has a box with a name and lines below it, a role ("Local Democracy Reporting
Service") or a place ("in Dublin"). Links to other stories are in blocks between the paragraphs.
"""

from __future__ import annotations

import re

from crawler.extraction.declared.proposals import Proposal, Proposals
from crawler.extraction.declared.structured import stamp
from crawler.extraction.markup.page import Page, tested, text_of

SOURCE = "family.bbc"
_LINKS = ".//*[@data-component='links-block']"
_FIRST = re.compile(r'"firstPublished":(\d{12,13})\b')
_LAST = re.compile(r'"last(?:Published|Updated)":(\d{12,13})\b')
MAX_BETWEEN = 200
"""Characters between the two times of one article in the data; times of other articles are farther away."""


class Bbc:
    """The block template."""

    name = "bbc"
    version = 1

    def generation(self, page: Page) -> str | None:
        if not page.mentions("headline-block"):
            return None
        has_heading = page.body.find(".//*[@data-component='headline-block']") is not None
        return "2023" if has_heading and page.body.find(".//*[@data-component='text-block']") is not None else None

    def propose(self, page: Page, generation: str, into: Proposals) -> None:
        for element in page.body.iterfind(_LINKS):
            page.drop(element)
        _propose_contributors(page, into)
        _propose_times(page, into)


def _propose_contributors(page: Page, into: Proposals) -> None:
    """Propose one byline per contributor: "Ann Other, Local Democracy Reporting Service"."""
    for box in tested(page.body, "byline-contributors-contributor")[:20]:
        lines = [line for line in (text_of(one) for one in box.iter() if not len(one)) if line]
        if lines and len(lines[0]) < 100:
            into.bylines.append(Proposal(", ".join(lines[:4]), SOURCE))


def _propose_times(page: Page, into: Proposals) -> None:
    """Propose the first publication from meta and from the data, and the last update as shown and from the data."""
    declared = [one.value for one in into.published if one.source == "meta.cxenseparse:publishtime"]
    into.published += [Proposal(value, SOURCE) for value in declared[:1]]
    for element in page.body.iterfind(".//*[@data-testid='byline']//time[@datetime]"):
        shown = stamp(element.get("datetime"), page, SOURCE)
        into.modified += [shown] if shown else []
    for script in page.scripts:
        first = _FIRST.search(script.text) if b"firstPublished" in script.code else None
        if first is None:
            continue
        last = _LAST.search(script.text, first.end(), first.end() + MAX_BETWEEN)
        for found, stamps in ((first, into.published), (last, into.modified)):
            counted = stamp(int(found[1]), page, SOURCE) if found else None
            stamps += [counted] if counted else []
        return
