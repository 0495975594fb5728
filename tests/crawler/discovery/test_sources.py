"""Which reader reads what, which sitemaps come first, which claims are believed."""

from __future__ import annotations

import gzip
import zlib

from crawler.catalogue.site import Site
from crawler.discovery.candidate import Candidate, Listing, SitemapRef, SourceKind
from crawler.discovery.sources import believable, newest_first, read
from tests.factories import stamp
from tests.table import table


@table(
    ("minutes", "believed"),
    [((0, 0, 0), False), ((0, 0.5, 1), False), ((0, 0, 2), True), ((0, 0), True), ((), True), ((5,) * 50, False)],
)
def test_one_moment_for_all_is_when_the_sitemap_was_made(minutes: tuple[float, ...], believed: bool) -> None:
    candidates = [Candidate(f"https://paper.example/{n}", SourceKind.SITEMAP, None, stamp(at)) for n, at in enumerate(minutes)]
    found = believable(Listing((*candidates, Candidate("https://paper.example/x", SourceKind.SITEMAP))))
    assert [one.claimed_modified for one in found.candidates[:-1]] == [stamp(at) if believed else None for at in minutes]
    assert bool(found.problems) is not believed


def test_newest_first() -> None:
    names = ["tags.xml", "posts-2023-01.xml", "posts-2024-11.xml", "news.xml", "posts-2024-02.xml", "pages.xml"]
    listed = tuple(SitemapRef(f"https://paper.example/sitemaps/{name}") for name in names)
    assert [one.url.rpartition("/")[2] for one in newest_first(listed)] == [
        "news.xml", "posts-2024-11.xml", "posts-2024-02.xml", "posts-2023-01.xml", "pages.xml", "tags.xml",
    ]  # fmt: skip
    dated = (SitemapRef("https://paper.example/a.xml", stamp(0)), SitemapRef("https://paper.example/b.xml", stamp(9)))
    assert [one.url[-5:] for one in newest_first(dated)] == ["b.xml", "a.xml"]


def test_sitemaps_of_wordpress_pages_and_lists_are_left_out_beside_those_of_posts() -> None:
    def kept(*names: str) -> list[str]:
        return [one.url.rpartition("/")[2] for one in newest_first(tuple(SitemapRef(f"{SITE.url}{name}") for name in names))]

    assert kept("page-sitemap.xml", "post-sitemap2.xml", "post_tag-sitemap.xml", "event-sitemap.xml") == [
        "post-sitemap2.xml", "event-sitemap.xml",
    ]  # fmt: skip
    assert kept("wp-sitemap-users-1.xml", "wp-sitemap-posts-page-1.xml", "wp-sitemap-posts-post-1.xml") == [
        "wp-sitemap-posts-post-1.xml"
    ]
    assert len(kept("page-sitemap.xml", "category-sitemap.xml")) == 2


SITE = Site(id="gazette", name="Gazette", url="https://www.example.com/", timezone="UTC")
DOCUMENTS = {
    SourceKind.FEED: "<rss><channel><item><link>example.com/news/weir-1000001</link></item></channel></rss>",
    SourceKind.SITEMAP: "<urlset><url><loc>example.com/news/weir-1000001</loc></url></urlset>",
    SourceKind.SECTION: "<main><a href='//example.com/news/weir-1000001'>Weir</a></main>",
}


def test_packed_documents_are_read_whatever_their_type_says() -> None:
    for kind, document in DOCUMENTS.items():
        packed = gzip.compress(document.encode(), mtime=0)
        for body in (document.encode(), packed, gzip.compress(packed, mtime=0), zlib.compress(document.encode())):
            for content_type in (None, "application/gzip", "text/html; charset=utf-8"):
                listing = read(kind, body, "https://feeds.example.com/x", SITE, content_type)
                assert [one.url for one in listing.candidates] == ["https://example.com/news/weir-1000001"]
                assert listing.problems == ()


def test_packed_documents_that_are_damaged_or_too_large_say_so() -> None:
    for kind, document in DOCUMENTS.items():
        packed = gzip.compress(document.encode() + b" " * 100_000, mtime=0)
        assert read(kind, packed[:-9], "https://feeds.example.com/x", SITE).problems[0] == "the gzip stream is cut off"
        listing = read(kind, gzip.compress(b" " * 60_000_000, mtime=0), "https://feeds.example.com/x", SITE)
        assert (listing.candidates, listing.problems[0].startswith("the gzip stream unpacks to more than ")) == ((), True)
