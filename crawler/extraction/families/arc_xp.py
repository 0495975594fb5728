"""Arc XP: The Irish Times and titles of several groups worldwide, by the standard content in the data of their pages.

| generation | until | template, and how it is recognised |
|---|---|---|
| 2019 | - | `Fusion.globalContent` of type "story" with `content_elements` (seen 2019-2025); markup differs by group |

Facts (seen on ten groups' pages): `first_publish_date` is the first publication. `display_date` is shown; if it is later than
the first publication, it is the last update, otherwise `last_updated_date` is. `subheadlines.basic` is the standfirst.
`credits.by` names the writers; a staff writer may have a wire agency beside the name as `source`.
`content_restrictions.content_code` names the reader's contract, free, metered or paid, in each group's own words.

Text in the data is read only if it is declared free, or if nothing declares it as paid for and the page prints none of it.
Promotion between paragraphs ("interstitial_link") is not read.
"""

from __future__ import annotations

from datetime import timedelta

from crawler.extraction.declared.jsonld import overlap, plain
from crawler.extraction.declared.pagedata import Json, fusion_content, strings_at
from crawler.extraction.declared.proposals import Proposal, Proposals
from crawler.extraction.declared.structured import stamp
from crawler.extraction.markup.page import Page, classed, is_printed
from crawler.extraction.markup.roles import Role

SOURCE = "family.arc-xp"
_PAID = frozenset(("metered", "meter", "premium", "paid", "paywall", "plus", "locked", "subscriber", "subscribers"))
_FREE = frozenset(("", "free", "none", "open"))
_TEXTS = frozenset(("text", "header"))


class ArcXp:
    """The structure of the content API, which stays the same when templates change."""

    name = "arc-xp"
    version = 1

    def generation(self, page: Page) -> str | None:
        story = fusion_content(page)
        if not isinstance(story, dict) or story.get("type") not in ("story", None):
            return None
        return "2019" if isinstance(story.get("content_elements"), list) and isinstance(story.get("headlines"), dict) else None

    def propose(self, page: Page, generation: str, into: Proposals) -> None:
        story = fusion_content(page)
        if not isinstance(story, dict):
            return
        _propose_standfirst(story, into)
        if not any(one.source.startswith("jsonld.") for one in into.bylines):
            into.bylines += [Proposal(name, SOURCE) for name in _writers(story)]
        _propose_times(page, story, into)
        code = _content_code(story)
        if code in _PAID:
            into.free.append(Proposal(False, SOURCE))
        lines = _paragraphs(story) if code in _FREE and all(one.value for one in into.free) else []
        if lines and (code or not is_printed(page, lines)):
            into.bodies.append(Proposal(tuple(lines), SOURCE))
        for element in classed(page.body, "byline-date"):
            # Its class names a byline and a date; read as a byline it would end the writer's role ("China Correspondent, in Seoul
            # Fri Nov 3 ...").
            page.roles[element] = Role.TIME


def _propose_standfirst(story: dict[str, Json], into: Proposals) -> None:
    """Propose only a text that the page does not already have: the data's copy may lack the full stop that is printed."""
    for text in map(plain, strings_at(story, ("subheadlines",))[:1]):
        if text and not any(overlap(text, one.value) > 0.9 for one in into.descriptions):
            into.descriptions.append(Proposal(text, SOURCE))


def _propose_times(page: Page, story: dict[str, Json], into: Proposals) -> None:
    first = stamp(story.get("first_publish_date"), page, SOURCE) or stamp(story.get("display_date"), page, SOURCE)
    if first is None:
        return
    into.published.append(first)
    if any(one.source == "jsonld.dateModified" for one in into.modified):
        return
    for key in ("display_date", "last_updated_date"):
        last = stamp(story.get(key), page, SOURCE)
        if last is not None and last.value.instant - first.value.instant > timedelta(minutes=1):
            into.modified.append(last)
            return


def _writers(story: dict[str, Json]) -> list[str]:
    """Names as the writers sign: the original byline is preferred to the name that the system composes of its parts."""
    named = story.get("credits")
    listed = named.get("by") if isinstance(named, dict) else None
    names = []
    for writer in listed[:20] if isinstance(listed, list) else []:
        extra = writer.get("additional_properties") if isinstance(writer, dict) else None
        original = extra.get("original") if isinstance(extra, dict) else None
        names += (strings_at(original, ("byline",)) or strings_at(writer, ("name",)))[:1]
    return [name[:200] for name in names]


def _content_code(story: dict[str, Json]) -> str:
    restrictions = story.get("content_restrictions")
    code = restrictions.get("content_code") if isinstance(restrictions, dict) else None
    return code.strip().lower() if isinstance(code, str) else ""


def _paragraphs(story: dict[str, Json]) -> list[str]:
    """Texts, headings and list items, in order."""
    lines: list[str] = []
    elements = story.get("content_elements")
    for element in elements[:2000] if isinstance(elements, list) else []:
        if not isinstance(element, dict):
            continue
        if element.get("type") in _TEXTS:
            lines += strings_at(element, ("content",))[:1]
        elif element.get("type") == "list":
            lines += strings_at(element, ("items",))
    return [line for line in map(plain, lines) if line]
