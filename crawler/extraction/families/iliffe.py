"""Iliffe: Kent Online, Newbury Today, Suffolk News, Lincs Online, the Highland titles and other titles.

| generation | until | template, and how it is recognised |
|---|---|---|
| 2022 | - | `#ColLeft` with `.PageContent` around `.PageStory`, `.CatKey` (from code that reads it) |

No page of it was seen. Its names are spelled like a database's fields, which the general readers do not know. The text is
in `.PageStory`, in several of them if advertisements split it; promotion ("Read more") is in paragraphs among the others;
`.CatKey` is the section; an `h2` of the column above the text is the standfirst (inferred), below it the heading of a list.
"""

from __future__ import annotations

from lxml.etree import _Element as Element

from crawler.extraction.declared.proposals import Proposal, Proposals
from crawler.extraction.markup.page import LONDON, Page, assume_zone, classed, holds_class, keep, text_of

SOURCE = "family.iliffe"
_PLUGS = ("read more", "more news", "more stories", "sign up", "subscribe")
"""English, like the group's titles: beginnings of paragraphs that link to other pages."""
MAX_PLUG = 300


class Iliffe:
    """The only known template."""

    name = "iliffe"
    version = 1

    def generation(self, page: Page) -> str | None:
        if not page.mentions("PageStory", "pagestory"):
            return None
        is_framed = page.body.find(".//*[@id='ColLeft']") is not None or holds_class(page.body, "CatKey")
        return "2022" if is_framed and holds_class(page.body, "PageContent") else None

    def propose(self, page: Page, generation: str, into: Proposals) -> None:
        assume_zone(page, LONDON)
        stories = classed(page.body, "PageStory") + classed(page.body, "pagestory")
        for story in dict.fromkeys(stories):
            keep(page, story)
            for paragraph in story.iter("p"):
                if _is_plug(paragraph):
                    page.drop(paragraph)
        into.sections += [Proposal(text_of(one), SOURCE) for one in classed(page.body, "CatKey")[:1]]
        into.descriptions += [Proposal(text, SOURCE) for text in _standfirst(page)]


def _is_plug(paragraph: Element) -> bool:
    """Whether a paragraph is promotion: it has a known beginning, and a link is more than half of it."""
    text = text_of(paragraph)
    return (
        len(text) < MAX_PLUG
        and text.lower().startswith(_PLUGS)
        and 2 * sum(len(text_of(link)) for link in paragraph.iter("a")) > len(text)
    )


def _standfirst(page: Page) -> list[str]:
    """The column's own h2 between its h1 and its text."""
    column = page.body.find(".//*[@id='ColLeft']")
    if column is None:
        return []
    below = False
    for child in column:
        below = below or child.tag == "h1" or next(child.iter("h1"), None) is not None
        if "PageContent" in (child.get("class") or ""):
            return []
        if below and child.tag == "h2":
            return [text_of(child)]
    return []
