"""Sources: which parser reads which kind of source, and which sitemaps of an index come first."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta

from crawler.catalogue.site import Site
from crawler.discovery.candidate import Listing, SitemapRef, SourceKind
from crawler.discovery.feed import MAX_FEED_BYTES, parse_feed
from crawler.discovery.section import MAX_PAGE_BYTES, parse_section
from crawler.discovery.sitemap import MAX_SITEMAP_BYTES, parse_sitemap
from crawler.warc.decode import decode_undeclared

_NOT_NEWS = re.compile(r"image|video|tag|categor|author|topic|page-|section|static|listing", re.IGNORECASE)
_OF_POSTS = re.compile(r"/(?:wp-sitemap-posts-post-|post-sitemap)\d*\.xml")
_NOT_OF_POSTS = re.compile(
    r"/(?:wp-sitemap-(?:posts-page|taxonomies-[\w-]+|users)-\d+|(?:page|category|post_tag|post_format|author)-sitemap\d*)\.xml"
)
"""Names that WordPress and its plug-ins give to the sitemaps of standing pages, lists and authors, beside those of posts."""
_DATED = re.compile(r"(?:19|20)\d\d[-_/]?(?:0[1-9]|1[0-2])?[-_/]?(?:[0-3]\d)?")


ONE_MOMENT = timedelta(seconds=60)
FEWEST_CLAIMS = 3
MAX_BYTES = {SourceKind.FEED: MAX_FEED_BYTES, SourceKind.SITEMAP: MAX_SITEMAP_BYTES, SourceKind.SECTION: MAX_PAGE_BYTES}


def read(kind: SourceKind, body: bytes, url: str, site: Site, content_type: str | None = None, first: str = "") -> Listing:
    """What a document of this kind names, unpacked first where no header told that it is packed. `first`: see `parse_section`."""
    unpacked = decode_undeclared(body, MAX_BYTES[kind])
    body, problem = unpacked.body, unpacked.problem
    if problem and (not body or len(body) >= MAX_BYTES[kind]):
        return Listing(problems=(problem,))
    if kind is SourceKind.SITEMAP:
        listing = believable(parse_sitemap(body, url, site.timezone, same_site=site.same_site))
    elif kind is SourceKind.FEED:
        listing = parse_feed(body, url, site.timezone, content_type, same_site=site.same_site)
    else:
        decides = site.looks_like_article if site.article_url else None
        listing = parse_section(body, url, is_article=decides, same_site=site.same_site, content_type=content_type, first=first)
    return replace(listing, problems=(problem, *listing.problems)) if problem else listing


def believable(listing: Listing) -> Listing:
    """A listing without its claims of modification where all of them name one moment.

    That is when the sitemap was made, at each answer perhaps, and says nothing of its articles; believed, it would have
    each of them fetched at each crawl.
    """
    claims = [one.claimed_modified.instant for one in listing.candidates if one.claimed_modified]
    if len(claims) < FEWEST_CLAIMS or max(claims) - min(claims) > ONE_MOMENT:
        return listing
    plain = tuple(replace(one, claimed_modified=None) for one in listing.candidates)
    return replace(listing, candidates=plain, problems=(*listing.problems, "every lastmod is the same: not believed"))


def newest_first(sitemaps: tuple[SitemapRef, ...]) -> list[SitemapRef]:
    """News sitemaps before others, then by what the index says, then by a date in the name, the latest first. Without those of
    WordPress's pages and lists where those of its posts are named."""
    if any(_OF_POSTS.search(one.url) for one in sitemaps):
        sitemaps = tuple(one for one in sitemaps if not _NOT_OF_POSTS.search(one.url))
    return sorted(sitemaps, key=_rank)


def _rank(sitemap: SitemapRef) -> tuple[int, float, str]:
    name = sitemap.url.partition("://")[2].partition("/")[2]
    family = 2 if _NOT_NEWS.search(name) else 0 if "news" in name.lower() else 1
    claimed = -sitemap.claimed_modified.instant.timestamp() if sitemap.claimed_modified else 0.0
    dated = max(_DATED.findall(name), default="")
    inverted = "".join(chr(0x10FFFF - ord(char)) for char in re.sub(r"\D", "", dated))
    return (family, claimed, inverted or "\U0010ffff")
