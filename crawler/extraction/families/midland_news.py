"""Midland News Association: Shropshire Star, Express & Star and other titles, through four generations of their sites.

| generation | until | template, and how it is recognised |
|---|---|---|
| wordpress | about 2017 | WordPress: `article#page-article-container`, `h1.content-title` |
| 2018 | 2025-02 | Arc XP with its own structure: `Fusion.globalContent` whose `content` is a list of typed items |
| 2025-02 | 2026-04 | Next.js: a `story` object in the flight payload; scripts fill in the times, their labels are empty |
| 2026-05 | - | National World's platform |

Premium ("Plus") text is in the page's data although it is not shown: it is not read, and the flag is recorded. If a page
prints the beginning of the text in its data, the rest is not read either, whatever the flag is called.
"""

from __future__ import annotations

import re

from lxml.etree import _Element as Element

from crawler.extraction.declared.jsonld import plain
from crawler.extraction.declared.pagedata import Json, flight_object, fusion_content, strings_at
from crawler.extraction.declared.proposals import Proposal, Proposals
from crawler.extraction.declared.structured import stamp
from crawler.extraction.families.national_world import correct_claims, drop_furniture
from crawler.extraction.markup.page import LONDON, Page, assume_zone, classed, holds_class, is_printed, text_of

SOURCE = "family.midland-news"
_TITLES = ("shropshirestar.com", "expressandstar.com", "shropshirestar.mna", "expressandstar.mna", "mna.arcpublishing")
_ORIGIN = re.compile(r"https?://(?:cdn-)?www\.([a-z-]{3,40})\.mna\.arcpublishing\.com/([^?#]*)")
_ITEM_TYPES = {"p", "img", "h", "li", "youtube", "html", "safe-html"}
_HEADLINES = ("headline", "headlines", "title")
_STANDFIRSTS = ("subheadline", "subheadlines", "subHeadline", "standfirst", "description")
_BYLINES = ("byline", "authorByline", "authors", "author", "credits")
_PUBLISHED = (
    "firstPublishDate",
    "first_publish_date",
    "publishedDate",
    "datePublished",
    "publishDate",
    "publish_date",
    "published",
    "displayDate",
    "display_date",
)
_MODIFIED = ("lastUpdatedDate", "last_updated_date", "updatedDate", "dateModified", "lastUpdated", "updated", "modified")
_PREMIUM = ("isPremium", "premium", "isPlus", "plus", "isSubscriberOnly")


class MidlandNews:
    """The four generations."""

    name = "midland-news"
    version = 1

    def generation(self, page: Page) -> str | None:
        if (
            page.mentions("page-article-container")
            and page.body.find(".//article[@id='page-article-container']//h1[@class='content-title']") is not None
        ):
            return "wordpress"
        if _typed_items(fusion_content(page)):
            return "2018"
        if _typed_items(flight_object(page, "story")):
            return "2025-02"
        if any(title in page.url for title in _TITLES) and page.body.find(".//article[@data-testid='article-page']") is not None:
            return "2026-05"
        return None

    def propose(self, page: Page, generation: str, into: Proposals) -> None:
        assume_zone(page, LONDON)
        _propose_public_address(page, into)
        if generation == "wordpress":
            _propose_wordpress(page, into)
        elif generation == "2026-05":
            drop_furniture(page)
            correct_claims(page, into)
        else:
            story = fusion_content(page) if generation == "2018" else flight_object(page, "story")
            _propose_story(page, story, into)
        if _is_marked_plus(page):
            into.free.append(Proposal(False, SOURCE))


def _propose_public_address(page: Page, into: Proposals) -> None:
    """The origin's hosts ("cdn-www.shropshirestar.mna.arcpublishing.com") serve the public sites' pages under the same paths."""
    found = _ORIGIN.match(page.url)
    if found:
        into.canonicals.insert(0, Proposal(f"https://www.{found[1]}.com/{found[2]}", SOURCE))


def _typed_items(story: Json) -> list[dict[str, Json]]:
    """The story's `content` if it is MNA's list of typed items, otherwise an empty list."""
    content = story.get("content") if isinstance(story, dict) else None
    if not isinstance(content, list):
        return []
    items = [item for item in content[:2000] if isinstance(item, dict)]
    known = [item for item in items if item.get("type") in _ITEM_TYPES]
    return items if known and len(known) * 2 >= len(items) else []


def _propose_wordpress(page: Page, into: Proposals) -> None:
    """Propose the standfirst and the times. A time element has the instant in UTC; its text is the same in local time."""
    for element in page.body.iterfind(".//p[@class='content-excerpt']"):
        into.descriptions.append(Proposal(text_of(element), SOURCE))
    for element in page.body.iterfind(".//time[@class='content-times']"):
        proposal = stamp(element.get("datetime"), page, SOURCE)
        if proposal:
            (into.modified if "updated" in text_of(element).lower() else into.published).append(proposal)


def _propose_story(page: Page, story: Json, into: Proposals) -> None:
    if not isinstance(story, dict):
        return
    into.headlines += [Proposal(value, SOURCE) for value in strings_at(story, _HEADLINES)[:1]]
    into.descriptions += [Proposal(value, SOURCE) for value in strings_at(story, _STANDFIRSTS)[:1]]
    into.bylines += [Proposal(value, SOURCE) for value in strings_at(story, _BYLINES)[:10]]
    for keys, stamps in ((_PUBLISHED, into.published), (_MODIFIED, into.modified)):
        found = (stamp(story.get(key), page, SOURCE) for key in keys)
        stamps += [proposal for proposal in found if proposal][:1]
    if any(story.get(key) in (True, "true", "plus") for key in _PREMIUM) or _is_restricted(story):
        into.free.append(Proposal(False, SOURCE))
    elif not _is_marked_plus(page) and not is_printed(page, lines := _lines(_typed_items(story))):
        into.bodies.append(Proposal(tuple(lines), SOURCE))


def _is_restricted(story: dict[str, Json]) -> bool:
    restrictions = story.get("content_restrictions") or story.get("contentRestrictions")
    code = restrictions.get("content_code") or restrictions.get("contentCode") if isinstance(restrictions, dict) else restrictions
    return isinstance(code, str) and code.lower() not in ("", "free", "none")


def _lines(items: list[dict[str, Json]]) -> list[str]:
    """Texts of paragraphs, headings and list items; pictures and embeds have none."""
    lines = []
    for item in items:
        if item.get("type") not in ("p", "h", "li"):
            continue
        parts = item.get("items")
        texts = (
            strings_at({"items": parts}, ("items",))
            if isinstance(parts, list)
            else strings_at(item, ("text", "content", "value", "html", "children"))[:1]
        )
        lines += [line for line in map(plain, texts) if line]
    return lines


def _is_marked_plus(page: Page) -> bool:
    """Whether there is a Plus badge above the article, or a fade over its text."""
    badges = classed(page.body, "bg-plus-")
    return any(text_of(badge).strip().lower() == "plus" for badge in badges) or any(
        map(_covers_text, classed(page.body, "bg-gradient-to-b"))
    )


def _covers_text(fade: Element) -> bool:
    """Whether a fade is in or beside the text; over a picture it is decoration."""
    around = list(fade.iterancestors())
    if any(one.tag in ("figure", "a", "button") for one in around):
        return False
    return any("prose" in (one.get("class") or "") for one in around) or (bool(around) and holds_class(around[0], "prose"))
