"""National World's platform: local titles of England, Scotland and Northern Ireland; Midland News since May 2026.

What its pages need beyond the general rules: names for its advertisements, newsletter boxes and teasers. Its other habits
need no rule of their own: structured times that move with every update (the printed first publication wins in general),
and `isAccessibleForFree: "False"` on every page, free or not, which is why that flag is not believed here.
"""

from __future__ import annotations

from crawler.extraction.page import Page
from crawler.extraction.proposals import Proposals

_PAGE = ".//article[@data-testid='article-page']"
_FURNITURE = (
    *("piano-", "PianoArticle", "MarkupAds", "NewsletterSignup", "newsletter-signup", "ReadmoreTeaser", "article-read-more"),
    *("OUTBRAIN", "taboola", "sidebar-most-popular", "social-share", "viafoura", "bnews-bar", "dailymotion", "exco-"),
)
_TEST_IDS = ("article-newsletter-su", "article-recommended", "related-articles")


class NationalWorld:
    """Class names before the hash of the build stay the same from 2023 on; test ids come in 2026."""

    name = "national-world"
    version = 1

    def generation(self, page: Page) -> str | None:
        if page.body.find(_PAGE) is not None:
            return "2026-05"
        if page.body.find(".//div[@data-testid='article-content-wrapper']") is not None:
            return "2026-05"
        found = any("ArticleMeta__" in (element.get("class") or "") for element in page.body.iterfind(".//div[@class]"))
        return "2023-11" if found and _has_markup(page) else None

    def propose(self, page: Page, generation: str, into: Proposals) -> None:
        drop_furniture(page)
        # Said of every page of the platform, free ones too.
        into.free[:] = [proposal for proposal in into.free if proposal.source != "jsonld.isAccessibleForFree"]


def _has_markup(page: Page) -> bool:
    return any(
        "Markup__" in name or "markup" in name.split()
        for element in page.body.iterfind(".//div[@class]")
        if (name := element.get("class") or "")
    )


def drop_furniture(page: Page) -> None:
    """Mark the platform's advertisements, newsletter boxes, teasers and comments."""
    for element in page.body.iterfind(".//*[@class]"):
        names = element.get("class") or ""
        if any(part in names for part in _FURNITURE) or names.startswith("vf-"):
            page.drop(element)
    for element in page.body.iterfind(".//*[@data-testid]"):
        if element.get("data-testid") in _TEST_IDS:
            page.drop(element)
