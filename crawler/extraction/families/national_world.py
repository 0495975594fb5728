"""National World's platform: local titles of England, Scotland and Northern Ireland; Midland News since May 2026.

| generation | until | template, and how it is recognised |
|---|---|---|
| 2023-11 | 2026 | `ArticleMeta__*` and `Markup__*` before a hash, `div.markup` on local titles (seen) |
| 2026-05 | - | test ids on article and content wrapper (from code that reads it) |

Its pages need these rules besides the general ones: names for its advertisements, newsletter boxes and teasers (seen); `date`
in meta is the last update (seen); `isAccessibleForFree: "False"` is on every page, free or not (seen), so that only the
wrapper of premium content shows that a page is paid for (inferred from "NonPremiumContent", which is seen). Its other
properties need no rule: structured times change with every update, and the printed first publication has priority in general;
zone letters are hints.
"""

from __future__ import annotations

from crawler.extraction.declared.proposals import Proposal, Proposals
from crawler.extraction.markup.page import LONDON, Page, assume_zone, classed, holds_class

SOURCE = "family.national-world"

_PAGE = ".//article[@data-testid='article-page']"
_FURNITURE = (
    *("piano-", "PianoArticle", "MarkupAds", "NewsletterSignup", "newsletter-signup", "ReadmoreTeaser", "article-read-more"),
    *("teads_adslot", "helper__AdContainer", "SocialShare__", "disqus"),
    *("OUTBRAIN", "taboola", "sidebar-most-popular", "social-share", "viafoura", "bnews-bar", "dailymotion", "exco-"),
)
_TEST_IDS = ("article-newsletter-su", "article-recommended", "related-articles")


class NationalWorld:
    """Class names before the hash of the build are the same since 2023; test ids are used since 2026."""

    name = "national-world"
    version = 1

    def generation(self, page: Page) -> str | None:
        if not page.mentions("article-page", "article-content-wrapper", "ArticleMeta__"):
            return None
        if page.body.find(_PAGE) is not None:
            return "2026-05"
        if page.body.find(".//div[@data-testid='article-content-wrapper']") is not None:
            return "2026-05"
        has_markup = holds_class(page.body, "Markup__") or page.body.find(".//div[@class='markup']") is not None
        return "2023-11" if has_markup and holds_class(page.body, "ArticleMeta__") else None

    def propose(self, page: Page, generation: str, into: Proposals) -> None:
        assume_zone(page, LONDON)
        drop_furniture(page)
        correct_claims(page, into)


def correct_claims(page: Page, into: Proposals) -> None:
    """Correct what the platform's structured data says on every page: that it is paid for, and its last update as its date."""
    into.free[:] = [one for one in into.free if one.source != "jsonld.isAccessibleForFree"]
    if any("NonPremium" not in (one.get("class") or "") for one in classed(page.body, "PremiumContent")):
        into.free.append(Proposal(False, SOURCE))
    into.modified += [one for one in into.published if one.source == "meta.date"]
    into.published[:] = [one for one in into.published if one.source != "meta.date"]


def drop_furniture(page: Page) -> None:
    """Mark the platform's advertisements, newsletter boxes, teasers and comments."""
    for element in page.body.iterfind(".//*[@class]"):
        names = element.get("class") or ""
        if any(part in names for part in _FURNITURE) or names.startswith("vf-"):
            page.drop(element)
    for element in page.body.iterfind(".//*[@data-testid]"):
        if element.get("data-testid") in _TEST_IDS:
            page.drop(element)
