"""Reach: Manchester Evening News, BirminghamLive, WalesOnline, Daily Record, Belfast Live, Mirror, Daily Star and other
titles.

| generation | until | template, and how it is recognised |
|---|---|---|
| 2020 | 2025 | `ul.time-info`, `div.author-information-container` (seen 2020-2024); no JSON-LD on ordinary articles |
| 2025-11 | - | Next.js: `article#article-body`, names like `Byline_byline-container__<hash>` (seen 2025-2026) |

The byline's box contains the share bar and joins the section to the byline ("News By Ann Other Reporter"): those are silenced,
so that the general reader finds the name and its role. Its times need no rule: meta stamps are true UTC, and on live blogs,
where `article:published_time` is the last update, JSON-LD has the first publication and is trusted before meta.
"""

from __future__ import annotations

import re

from lxml.etree import _Element as Element

from crawler.extraction.declared.proposals import Proposals
from crawler.extraction.markup.page import LONDON, Page, assume_zone, classed, holds_class, silence, tested, text_of
from crawler.extraction.markup.roles import Role

_BYLINE_NOISE = {
    "2020": ("sharebar", "bookmark-", "article-type", "count-shares", "signin"),
    "2025-11": ("ShareBar_", "Badge_", "CopyButton_"),
}
_BYLINE_BOX = {"2020": "byline", "2025-11": "Byline_byline"}
_PLUG = re.compile(r"\b(?:premium|newsletters?|whatsapp|sign up|our app|click(?:ing)? here|top stories)\b", re.IGNORECASE)
"""English: words of promotion lines, which are paragraphs wholly in bold italics with a link (seen 2023)."""


class Reach:
    """The legacy template and the one of 2025."""

    name = "reach"
    version = 1

    def generation(self, page: Page) -> str | None:
        if not page.mentions("author-information-container", "time-info", "Byline_"):
            return None
        if page.body.find(".//article[@id='article-body']") is not None and holds_class(page.body, "Byline_"):
            return "2025-11"
        if holds_class(page.body, "author-information-container") or (
            page.body.find(".//ul[@class='time-info']") is not None and holds_class(page.body, "article-body")
        ):
            return "2020"
        return None

    def propose(self, page: Page, generation: str, into: Proposals) -> None:
        assume_zone(page, LONDON)
        for box in classed(page.body, _BYLINE_BOX[generation])[:20]:
            _clear_byline(page, box, _BYLINE_NOISE[generation])
        for start in ("commercial-", "recommended-"):
            for element in tested(page.body, start):
                page.drop(element)
        for part in ("BoxStyles_commercial", "skinny-signup"):
            for element in classed(page.body, part):
                page.drop(element)
        _drop_house_lines(page)


def _clear_byline(page: Page, box: Element, noise: tuple[str, ...]) -> None:
    """Leave only the writers' names and roles: box names are those of the kind of article ("affiliate"), link names those of a
    style."""
    for element in classed(box, "article-information") + classed(box, "article-author-container"):
        page.roles[element] = Role.NONE
    for link in box.iterfind(".//a[@data-tmdatatrack='author']"):
        page.roles[link] = Role.BYLINE
    for part in noise:
        for element in classed(box, part):
            silence(page, element)


def _drop_house_lines(page: Page) -> None:
    """Mark paragraphs of only bold italics with a link that promote the newspaper's own offers."""
    for path in (".//p/b/i/a", ".//p/i/b/a", ".//p/strong/em/a", ".//p/em/strong/a"):
        for link in page.body.iterfind(path):
            paragraph = next(link.iterancestors("p"), None)
            if paragraph is None or len(paragraph) != 1:
                continue
            text = text_of(paragraph)
            if len(text) < 300 and text == text_of(paragraph[0]) and _PLUG.search(text):
                page.drop(paragraph)
