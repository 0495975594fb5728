"""Sitemaps of all kinds, packed, broken, oversized."""

from __future__ import annotations

import gzip

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawler.catalogue.site import Site
from crawler.discovery import sources
from crawler.discovery.candidate import Listing, SourceKind
from crawler.discovery.sitemap import MAX_SITEMAP_BYTES, MAX_URLS
from tests.table import table

URL = "https://www.example.com/sitemaps/news.xml"
SITE = Site(id="gazette", name="Gazette", url="https://www.example.com/", timezone="UTC")

NEWS = """<?xml version="1.0" encoding="UTF-8"?>
<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:n="http://www.google.com/schemas/sitemap-news/0.9"
 xmlns:image="http://www.google.com/schemas/sitemap-image/1.1">
<url><loc> https://www.example.com/news/one-1000001?a=1&amp;b=2 </loc><lastmod>2025-03-07T11:00:00+01:00</lastmod>
<n:news><n:publication><n:name>Gazette</n:name><n:language>en</n:language></n:publication>
<n:publication_date>2025-03-07</n:publication_date><n:title>Caf&#233; &amp; bar</n:title></n:news>
<image:image><image:loc>https://i.example.com/1.jpg</image:loc><image:title>No title</image:title></image:image></url>
<url><image:image><image:loc>https://i.example.com/2.jpg</image:loc></image:image>
<loc><![CDATA[https://www.example.com/news/two-1000002]]></loc><lastmod>2025-03</lastmod></url>
<url><loc>/news/three-1000003#top</loc><lastmod>yesterday-ish</lastmod></url>
<url><loc>https://www.example.com/news/one-1000001?a=1&amp;b=2</loc></url>
</urlset>"""

NEWS_READ = [
    ("https://www.example.com/news/one-1000001?a=1&b=2", "Café & bar", "2025-03-07T10:00:00Z", "2025-03-07"),
    ("https://www.example.com/news/two-1000002", None, None, None),
    ("https://www.example.com/news/three-1000003", None, None, None),
]

INDEX = """<sitemapindex><sitemap><loc>https://www.example.com/s/articles-2025.xml?outputType=xml</loc>
<lastmod>2025-03-07</lastmod></sitemap><sitemap><loc>/s/pages.xml.gz</loc></sitemap></sitemapindex>"""


def read(document: str | bytes) -> Listing:
    return sources.read(SourceKind.SITEMAP, document if isinstance(document, bytes) else document.encode(), URL, SITE)


def rows(listing: Listing) -> list[tuple[str, str | None, str | None, str | None]]:
    return [
        (
            one.url,
            one.title,
            None if one.claimed_modified is None else str(one.claimed_modified),
            None if one.claimed_published is None else str(one.claimed_published),
        )
        for one in listing.candidates
    ]


def urls(listing: Listing) -> list[str]:
    return [candidate.url for candidate in listing.candidates]


def test_news_sitemap() -> None:
    listing = read(NEWS)
    assert [
        (url, title, modified if url.endswith("b=2") else None, day) for url, title, modified, day in rows(listing)
    ] == NEWS_READ
    assert (listing.sitemaps, listing.problems) == ((), ())
    assert {candidate.source for candidate in listing.candidates} == {SourceKind.SITEMAP}


def test_index() -> None:
    listing = read(INDEX)
    assert [(one.url, str(one.claimed_modified)) for one in listing.sitemaps] == [
        ("https://www.example.com/s/articles-2025.xml?outputType=xml", "2025-03-07"),
        ("https://www.example.com/s/pages.xml.gz", "None"),
    ]
    assert (listing.candidates, listing.problems) == ((), ())


@table(
    "document",
    [
        gzip.compress(NEWS.encode(), mtime=0),
        gzip.compress(gzip.compress(NEWS.encode(), mtime=0), mtime=0),
        gzip.compress(NEWS.encode()[:400], mtime=0) + gzip.compress(NEWS.encode()[400:], mtime=0),
        gzip.compress(NEWS.encode(), mtime=0) + b"\0" * 20,
        b"\xef\xbb\xbf\r\n" + NEWS.encode(),
        NEWS.encode("utf-16"),
        NEWS.replace("&amp;b=2", "&b=2").encode(),
        NEWS.replace("<n:", "<news:").replace("</n:", "</news:").replace("xmlns:n=", "xmlns:news=").encode(),
        NEWS.replace('xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"', "").encode(),
    ],
)
def test_repairs(document: bytes) -> None:
    assert urls(read(document)) == [row[0] for row in NEWS_READ]
    assert read(document).problems == ()


def test_prefixes_that_were_never_declared() -> None:
    document = "<s:urlset><s:url><s:loc>/a</s:loc><news:news><news:title>A b</news:title></news:news></s:url></s:urlset>"
    assert rows(read(document)) == [("https://www.example.com/a", "A b", None, None)]


@table(
    "entry",
    [
        "<loc>/a</loc><image:loc>/w.jpg</image:loc>",
        "<image:loc>/w.jpg</image:loc><loc>/a</loc>",
        "<video:player_loc>/w</video:player_loc><video:title>W</video:title><loc>/a</loc><video:loc>/w</video:loc>",
        "<image:image><image:loc>/w.jpg</image:loc><image:title>W</image:title></image:image><loc>/a</loc>",
        "<loc>www.example.com/a</loc><image:title>W</image:title>",
        "<loc>\n  https://www.example.com/\n  a\n</loc><xhtml:link rel='alternate' href='/w'/>",
        "<loc>https://www.example.com/https://www.example.com/a</loc><news:loc>/w</news:loc>",
        "<loc><![CDATA[ http:/www.example.com/a ]]></loc>",
    ],
)
def test_the_page_is_what_the_entrys_own_loc_names(entry: str) -> None:
    spaces = " ".join(f"xmlns:{name}='https://schemas.example/{name}'" for name in ("image", "video", "news", "xhtml"))
    for document in (
        f"<urlset {spaces}><url>{entry}</url></urlset>",
        f"<urlset><url>{entry}</url></urlset>",
        f"<URLSET><URL>{entry.replace('loc>', 'LOC>')}</URL></URLSET>",
    ):
        listing = read(document)
        assert [url.partition("://")[2] for url in urls(listing)] == ["www.example.com/a"]
        assert [candidate.title for candidate in listing.candidates] == [None]


def test_addresses_of_an_index_are_mended_too() -> None:
    listing = read("<sitemapindex><sitemap><loc>www.example.com/s/1.xml?a=amp</loc></sitemap></sitemapindex>")
    assert [one.url for one in listing.sitemaps] == ["https://www.example.com/s/1.xml?a=amp"]


def test_plain_text() -> None:
    listing = read("https://www.example.com/a\r\nnot an address\nwww.example.com/d\nhttps://www.example.com/b?utm_source=x\n/c\n")
    assert (urls(listing), listing.problems) == (
        [f"https://www.example.com/{name}" for name in "adb"],
        (),
    )


def test_a_feed_in_a_sitemaps_place() -> None:
    assert urls(read("<rss><channel><item><link>/a</link></item></channel></rss>")) == ["https://www.example.com/a"]


@table(
    ("document", "problem"),
    [
        ("", "the sitemap is empty"),
        (gzip.compress(b"", mtime=0), "the sitemap is empty"),
        ("<!DOCTYPE html><html><body>Not found</body></html>", "an HTML page, not a sitemap"),
        ("Not found", "no sitemap: neither markup nor addresses"),
        ('{"urls": ["https://www.example.com/a"]}', "no sitemap: neither markup nor addresses"),
        ("<opml version='2.0'><body/></opml>", "no sitemap: the root element is <opml>"),
        ("<urlset><url><loc>mailto:x@example.com</loc></url></urlset>", "no usable address in an entry: 'mailto:x@example.com'"),
        (b"\x1f\x8b" + b"junk" * 9, "the gzip stream is damaged: Error -3 while decompressing data: unknown compression method"),
    ],
)
def test_what_is_no_sitemap(document: str | bytes, problem: str) -> None:
    assert read(document) == Listing(problems=(problem,))


def test_one_broken_entry_leaves_the_others() -> None:
    listing = read(
        "<urlset><url><loc>/a</loc></url><url><loc>/b</url><url><loc>/c</loc><x></url><url><loc>/d</loc></url></urlset>"
    )
    assert urls(listing) == [f"https://www.example.com/{name}" for name in "abcd"]
    assert listing.problems[0].startswith("broken XML: ")


def test_capped_at_what_the_protocol_allows() -> None:
    entry = "<url><loc>https://www.example.com/news/place/some-headline-of-a-story-{0}</loc><lastmod>2025-03-07</lastmod></url>"
    document = f"<urlset>{''.join(entry.format(number) for number in range(MAX_URLS + 1000))}</urlset>".encode()
    listing = read(document)
    assert urls(listing)[-1] == "https://www.example.com/news/place/some-headline-of-a-story-49999"
    assert (len(listing.candidates), listing.problems[0]) == (MAX_URLS, "50000 addresses or more: what follows is left out")


def test_bombs_are_stopped_while_they_unpack() -> None:
    bomb = gzip.compress(b"\0" * (2 * MAX_SITEMAP_BYTES))
    problem = f"the gzip stream unpacks to more than {MAX_SITEMAP_BYTES} bytes"
    assert read(bomb) == Listing(problems=(problem,))
    assert read(gzip.compress(bomb)) == Listing(problems=(problem,))
    assert read(gzip.compress(b"") * 5_000) == Listing(problems=("the gzip stream has more than 1000 members",))


@table(
    "document",
    [
        "<urlset>" + "<url>" * 500_000,
        "<urlset>" + "</url>" * 300_000,
        "<urlset>" + "<a/>" * 1_000_000 + "<url><loc>/a",
        "<urlset><url>" + "<a/>" * 1_000_000 + "</url></urlset>",
        "<!DOCTYPE urlset [" + "<!ENTITY a 'b'>" * 100_000 + "]><urlset/>",
        "https://\n" * 100_000,
    ],
)
def test_hostile_documents_are_got_through(document: str) -> None:
    listing = read(document)
    assert listing.candidates == ()
    assert len(repr(listing.problems)) < 20_000


def test_entities_are_never_expanded() -> None:
    document = "<!DOCTYPE u [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><urlset><url><loc>/a?&x;</loc></url></urlset>"
    listing = read(document)
    assert listing.problems == ("document type declares entities: they are not expanded",)
    assert "root:" not in repr(listing)


@pytest.mark.parametrize("document", [NEWS.encode(), INDEX.encode(), gzip.compress(NEWS.encode(), mtime=0)])
def test_cut_off_anywhere(document: bytes) -> None:
    whole = [*urls(read(document)), *(one.url for one in read(document).sitemaps)]
    for end in range(0, len(document), 13):
        listing = read(document[:end])
        found = [*urls(listing), *(one.url for one in listing.sitemaps)]
        assert found == whole[: len(found)]
        assert listing.problems


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=300) | st.text(alphabet="<>/&;![]urlseti loc\n\":'=?-", max_size=300).map(str.encode))
def test_never_raises(data: bytes) -> None:
    for document in (data, b"\x1f\x8b\x08" + data, NEWS.encode()[:500] + data + NEWS.encode()[500:]):
        assert isinstance(read(document), Listing)
