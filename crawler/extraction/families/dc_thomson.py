"""DC Thomson: The Press and Journal, The Courier, Evening Express and other titles: WordPress with a theme of their own.

| generation | until | template, and how it is recognised |
|---|---|---|
| 2022 | - | `h1.title`, `.lightbox-content`, `.byline__name`, `.post-timestamp__published` (from code that reads it) |

No page of this theme was seen, so the family has few rules: times are Scottish, the box named for a lightbox contains the
article's text, the byline is a name in its own box, and the rules of WordPress apply.
"""

from __future__ import annotations

from crawler.extraction.declared.proposals import Proposal, Proposals
from crawler.extraction.families.wordpress import drop_furniture, page_kind, propose_closed
from crawler.extraction.markup.page import LONDON, Page, assume_zone, classed, holds_class, keep, text_of

SOURCE = "family.dc-thomson"
_MARKS = ("post-timestamp__published", "byline__name", "lightbox-content")


class DcThomson:
    """Two of three names of the theme are required: other themes have each of them alone."""

    name = "dc-thomson"
    version = 1

    def generation(self, page: Page) -> str | None:
        if not page.mentions("lightbox-content", "post-timestamp__"):
            return None
        return "2022" if sum(holds_class(page.body, mark) for mark in _MARKS) >= 2 else None

    def propose(self, page: Page, generation: str, into: Proposals) -> None:
        assume_zone(page, LONDON)
        for element in classed(page.body, "lightbox-content"):
            if element.find(".//p") is not None:
                keep(page, element)
        into.bylines += [Proposal(text_of(one), SOURCE) for one in classed(page.body, "byline__name")[:10]]
        kind = page_kind(page)
        if kind:
            into.kinds.append(Proposal(kind, SOURCE))
        drop_furniture(page)
        propose_closed(page, into, SOURCE)
