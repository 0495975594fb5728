"""WordPress: the small independents of many countries, DC Thomson (which has its own family), and a quarter of all news.

| generation | until | template, and how it is recognised |
|---|---|---|
| 2008 | - | classic: the core's names on the page's body ("single-post postid-1234", "archive category-7") (seen 2013-2026) |
| 2018 | - | blocks: the same, and text in blocks ("wp-block-quote", "wp-block-post-content") (seen 2019-2026) |

Both are made today, often on one site, because old posts keep their form. The general readers read posts well
("entry-content", "entry-date", "wp-caption" and "vcard" are names they know). Three things need rules of the platform: the
kind of page, which the core writes on the body of every page; the posts that a membership plug-in closes; and the names of the
plug-ins that put boxes among the paragraphs, many of which do not describe their content ("sharedaddy", "yarpp", "essb").
"""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import islice

from lxml.etree import _Element as Element

from crawler.extraction.declared.proposals import Proposal, Proposals
from crawler.extraction.markup.page import Page, classed, text_of
from crawler.extraction.markup.roles import Role
from pipelines.reasons import FetchReason

SOURCE = "family.wordpress"
_NUMBERED = re.compile(r"(?:postid|page-id|category|tag|author|attachmentid|parent-pageid)-\d+")
_POST_ID = re.compile(r"(?<![\w-])postid-(\d+)")
_POST = re.compile(r"post-\d+")
_BUILDERS = ("widget_sow-", "widget_siteorigin", "widget_black-studio", "widget_text_content")
"""Widgets in which a page builder puts the post's own text."""
_PAGES = (
    (frozenset(("error404",)), FetchReason.SOFT_404),
    (frozenset(("search-results", "search-no-results")), FetchReason.SEARCH_PAGE),
    (frozenset(("single-tribe_events", "post-type-archive-tribe_events")), FetchReason.EVENTS),
    (frozenset(("single-product", "post-type-archive-product")), FetchReason.SHOP_PAGE),
    (frozenset(("single-job_listing",)), FetchReason.CLASSIFIED),
)
"""Class names of the core and of widespread plug-ins -> the kind of page; tried in this order."""
_ARCHIVES = (("author", FetchReason.AUTHOR_PAGE), ("tag", FetchReason.TOPIC_PAGE), ("archive", FetchReason.SECTION_FRONT))
_OF_POSTS = ("entry-date", "entry-meta", "posted-on", "post-date")
"""What themes print of posts and not of standing pages; some papers publish their articles as pages, with a date."""
_FURNITURE = (
    *("sharedaddy", "jp-relatedposts", "jp-post-flair", "jetpack-likes", "jetpack_subscription", "jetpack_remote_comment"),
    *("wp-block-jetpack-subscriptions", "wp-block-jetpack-mailchimp", "wp-block-latest-posts", "wp-block-newspack-newsletters"),
    *("wpnbha", "newspack-popup", "newspack-inline-popup", "newspack_global_ad", "newspack-reg", "wp-block-newsletter"),
    *("yarpp", "rp4wp", "crp_related", "st-related-posts", "tptn_posts", "addtoany_", "a2a_kit", "heateor_", "essb_", "ssba"),
    *("swp_social", "nc_socialPanel", "simplesocialbuttons", "mc4wp-form", "mailpoet_form", "ez-toc", "toc_container", "lwptoc"),
    *("saboxplugin", "molongui-author-box", "author-box-wrap", "wp-polls", "post-views", "wpdiscuz", "printfriendly"),
    *("td-post-sharing", "td-post-next-prev", "td-a-rec", "penci-ilrelated", "penci-post-related", "bsac"),
)
_CLOSED = (
    *("leaky_paywall_message", "pmpro_content_message", "wc-memberships-restriction", "wc-memberships-content-restricted"),
    *("newspack-content-gate", "newspack-memberships__gate", "mepr-unauthorized", "memberpress-unauthorized", "rcp_restricted"),
    *("swpm-post-not-logged-in", "iump-locker", "piano-paywall", "leaky-paywall-message"),
)
"""Notices that membership plug-ins print instead of the rest of the text."""
_CLOSED_POST = "access-restricted"
"""On the post itself, from WooCommerce Memberships, which writes "access-granted" if the reader may read on (seen)."""


MAX_ABOVE = 8


class WordPress:
    """Recognised by names that the core writes and themes do not change."""

    name = "wordpress"
    version = 1

    def generation(self, page: Page) -> str | None:
        names = page.body.get("class") or ""
        if not (_NUMBERED.search(names) or _is_named_archive(names) or _says_so(page)):
            return None
        return "2018" if page.mentions("wp-block-") else "2008"

    def propose(self, page: Page, generation: str, into: Proposals) -> None:
        kind = page_kind(page)
        if kind:
            into.kinds.append(Proposal(kind, SOURCE))
        drop_furniture(page)
        propose_closed(page, into, SOURCE)
        _propose_category(page, into)


def _is_named_archive(names: str) -> bool:
    """Whether the body's names are those of a list without a number: "archive date", "error404", "search search-results"."""
    words = set(names.split())
    return bool(words & {"error404", "search-results", "search-no-results"}) or {"archive", "date"} <= words


def _says_so(page: Page) -> bool:
    head = page.root.find("head")
    if head is None:
        return False
    for element in head.iter("meta", "link"):
        if element.tag == "link":
            if element.get("rel") == "https://api.w.org/":
                return True
        elif (element.get("name") or "").lower() == "generator" and (element.get("content") or "").startswith("WordPress"):
            return True
    return False


def _propose_category(page: Page, into: Proposals) -> None:
    """Propose the first of the post's categories, which the core links with their own rel; in a widget they are the site's."""
    for link in page.body.iterfind(".//a[@rel='category tag']"):
        if not any(page.role(one) & Role.DROPPED for one in islice(link.iterancestors(), MAX_ABOVE)):
            into.sections.append(Proposal(text_of(link), SOURCE))
            return


def page_kind(page: Page) -> FetchReason | None:
    """The reason why a page is no article, by the core's names on its body; None for posts and unknown pages.

    The names of a post have priority over those of lists, because themes add names of their own to its body.
    """
    names = frozenset((page.body.get("class") or "").split())
    for marks, reason in _PAGES:
        if names & marks:
            return reason
    if "single" in names or "single-post" in names or any(name.startswith("postid-") for name in names):
        return None
    if "home" in names and ("blog" in names or "page" in names):
        return FetchReason.FRONT_PAGE
    if "page" in names and any(name.startswith("page-id-") for name in names) and not _has_time(page):
        return FetchReason.ABOUT_PAGE
    return next((reason for mark, reason in _ARCHIVES if "archive" in names and mark in names), None)


def _has_time(page: Page) -> bool:
    return page.mentions(*_OF_POSTS) or page.body.find(".//time") is not None


def drop_furniture(page: Page) -> None:
    """Mark the boxes of plug-ins, the core's widgets and, on a post's page, other posts: teasers, and posts that are loaded
    below."""
    number = _POST_ID.search(page.body.get("class") or "")
    own = f"post-{number[1]}" if number else ""
    for element in page.elements:
        written = element.get("class")
        if not written or element is page.body:
            continue
        if _is_furniture(written) or (own and _is_other(element, written.split(), own)):
            page.drop(element)


@lru_cache(maxsize=10_000)  # all elements and pages of a site use the same few hundred combinations
def _is_furniture(written: str) -> bool:
    """Whether a class attribute names a plug-in's box or one of the core's widgets."""
    names = written.split()
    if any(name.startswith(_FURNITURE) for name in names):
        return True
    return "widget" in names and any(name.startswith("widget_") and not name.startswith(_BUILDERS) for name in names)


def _is_other(element: Element, names: list[str], own: str) -> bool:
    """Whether an element is a post other than the page's own."""
    if not ("hentry" in names or "type-post" in names):
        return False
    numbers = [name for name in (*names, element.get("id") or "") if _POST.fullmatch(name)]
    return bool(numbers) and own not in numbers


def propose_closed(page: Page, into: Proposals, source: str) -> None:
    """Propose that a post is paid for if a membership plug-in closes it, and mark the plug-in's notice."""
    notices = [box for name in _CLOSED if page.mentions(name) for box in classed(page.body, name)]
    for box in notices:
        page.drop(box)
    if notices or (page.mentions(_CLOSED_POST) and any(map(_is_post, classed(page.body, _CLOSED_POST)))):
        into.free.append(Proposal(False, source))


def _is_post(element: Element) -> bool:
    names = (element.get("class") or "").split()
    return "membership-content" in names and (element.tag in ("article", "body", "main") or "hentry" in names)
