"""Feeds of all kinds, whole and broken."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawler.discovery.candidate import Candidate, Listing
from crawler.discovery.feed import MAX_ENTRIES, MAX_FEED_BYTES, parse_feed
from tests.table import table

URL = "https://www.example.com/news/rss/"

RSS = """<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:atom="http://www.w3.org/2005/Atom"
 xmlns:dcterms="http://purl.org/dc/terms/" xmlns:media="http://search.yahoo.com/mrss/"
 xmlns:feedburner="http://rssnamespace.org/feedburner/ext/1.0">
<channel><title>Example Gazette</title><link>https://www.example.com/</link>
<atom:link rel="self" href="https://www.example.com/news/rss/"/>
<item><title><![CDATA[Café & bar <b>opens</b>]]></title>
 <link>https://www.example.com/news/101.cafe-opens/?a=1&amp;b=2&amp;utm_source=rss#0</link>
 <media:content url="https://i.example.com/1.jpg"><media:title>A picture</media:title></media:content>
 <pubDate>Fri, 07 Mar 2025 10:00:00 +0000</pubDate></item>
<item><title>Bridge &amp;amp; road shut</title><guid>https://www.example.com/news/102.bridge-shut/</guid>
 <dc:date>2025-03-07T11:00:00Z</dc:date><dcterms:modified>2025-03-07T12:00:00Z</dcterms:modified></item>
<item><title>Fair</title><link>https://counter.example.net/~r/1</link>
 <feedburner:origLink>/news/103.fair/</feedburner:origLink><atom:updated>2025-03-08T09:00:00Z</atom:updated></item>
</channel></rss>"""

RSS_READ = [
    ("https://www.example.com/news/101.cafe-opens/?a=1&b=2", "Café & bar opens", None, "2025-03-07T10:00:00Z"),
    (
        "https://www.example.com/news/102.bridge-shut/",
        "Bridge & road shut",
        "2025-03-07T12:00:00Z",
        "2025-03-07T11:00:00Z",
    ),
    ("https://www.example.com/news/103.fair/", "Fair", "2025-03-08T09:00:00Z", None),
]

ATOM = """<feed xmlns="http://www.w3.org/2005/Atom" xml:base="https://www.example.com/x/"><title>Gazette</title>
<link rel="self" href="https://www.example.com/feed"/>
<entry><title type="html">A &lt;em&gt;fine&lt;/em&gt; day</title><link rel="edit" href="edit"/>
 <link rel="alternate" type="application/json" href="one.json"/><link type="text/html" href="one"/>
 <id>urn:1</id><published>2025-03-07T10:00:00Z</published><updated>2025-03-07T11:00:00Z</updated>
 <source><title>Elsewhere</title></source></entry>
<entry xml:base="/y/"><title>Two</title><link rel="alternate" href="two"/><updated>2025-03-07T11:30:00Z</updated>
</entry></feed>"""

RDF = """<?xml version="1.0"?>
<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"
 xmlns:dc="http://purl.org/dc/elements/1.1/"><channel><items><rdf:Seq><rdf:li/></rdf:Seq></items></channel>
<item rdf:about="https://www.example.com/r1"><title>One</title><dc:date>2025-03-07T10:00:00+01:00</dc:date></item>
<item rdf:about="x"><title>Two</title><link>https://www.example.com/r2</link></item></rdf:RDF>"""

JSON_FEED = json.dumps(
    {
        "version": "https://jsonfeed.org/version/1.1",
        "items": [
            {
                "id": "1",
                "url": "/j1",
                "external_url": "https://other.example/",
                "title": "One",
                "date_published": "2025-03-07T10:00:00Z",
                "date_modified": "2025-03-07T12:00:00Z",
            },
            {"id": "https://www.example.com/j2"},
        ],
    }
)


def read(document: str | bytes, **options: str) -> Listing:
    return parse_feed(document if isinstance(document, bytes) else document.encode(), URL, **options)


def rows(listing: Listing) -> list[tuple[str, str | None, str | None, str | None]]:
    def stamp(candidate: Candidate, name: str) -> str | None:
        value = getattr(candidate, name)
        return None if value is None else str(value)

    return [(one.url, one.title, stamp(one, "claimed_modified"), stamp(one, "claimed_published")) for one in listing.candidates]


def test_rss() -> None:
    listing = read(RSS)
    assert (rows(listing), listing.problems) == (RSS_READ, ())
    assert {stamp.source for one in listing.candidates if (stamp := one.claimed_published)} == {"feed"}


@pytest.mark.parametrize("namespace", ["http://www.w3.org/2005/Atom", "http://www.w3.org/2005/Atom/", "urn:unknown"])
def test_atom(namespace: str) -> None:
    listing = read(ATOM.replace("http://www.w3.org/2005/Atom", namespace))
    assert (rows(listing), listing.problems) == (
        [
            ("https://www.example.com/x/one", "A fine day", "2025-03-07T11:00:00Z", "2025-03-07T10:00:00Z"),
            ("https://www.example.com/y/two", "Two", "2025-03-07T11:30:00Z", None),
        ],
        (),
    )


def test_atom_of_2003() -> None:
    older = ATOM.replace("http://www.w3.org/2005/Atom", "http://purl.org/atom/ns#")
    older = older.replace("published>", "issued>").replace("updated>", "modified>")
    assert rows(read(older)) == rows(read(ATOM))


def test_rdf() -> None:
    assert rows(read(RDF)) == [
        ("https://www.example.com/r1", "One", None, "2025-03-07T09:00:00Z"),
        ("https://www.example.com/r2", "Two", None, None),
    ]


def test_json_feed() -> None:
    assert rows(read(JSON_FEED)) == [
        ("https://www.example.com/j1", "One", "2025-03-07T12:00:00Z", "2025-03-07T10:00:00Z"),
        ("https://www.example.com/j2", None, None, None),
    ]
    assert rows(read(JSON_FEED[:-20])) == rows(read(JSON_FEED))[:1]


def test_times_without_zone_are_read_in_the_sites() -> None:
    item = "<rss><channel><item><link>/a</link><pubDate>7 Jul 2025 10:00:00</pubDate></item></channel></rss>"
    assert rows(read(item, timezone="Europe/London")) == [("https://www.example.com/a", None, None, "2025-07-07T09:00:00Z")]


@table(
    "document",
    [
        b"\xef\xbb\xbf" + RSS.encode(),
        b"\n\n  " + RSS.encode(),
        RSS.encode("utf-16"),
        RSS.encode("utf-16-be"),
        RSS.replace("UTF-8", "ISO-8859-1").encode("latin-1"),
        RSS.replace("UTF-8", "ISO-8859-1").encode(),
        RSS.encode("latin-1"),
        RSS.replace("UTF-8", "no-such-thing").encode(),
        b"<b>Warning</b>: line 7 in <b>feed</b><br>\n" + RSS.encode(),
        RSS.replace("café", "caf\x08é").replace("Fair", "Fa\x00ir").encode(),
        RSS.replace("&amp;b=2&amp;utm", "&b=2&utm").encode(),
        RSS.replace("Café", "Caf&eacute;").replace("<![CDATA[", "").replace("]]>", "").replace("& bar", "&amp; bar").encode(),
        RSS.replace("<?xml", "<?xml-stylesheet href='x'?><!-- <rss> --><?xml").encode(),
        RSS.replace("<rss", "<!DOCTYPE rss PUBLIC '-//N//DTD RSS 0.91//EN' 'http://x.example/rss.dtd'><rss").encode(),
    ],
)
def test_repairs(document: bytes) -> None:
    assert rows(read(document)) == RSS_READ


@table(
    "broken",
    [
        RSS.replace('xmlns:media="http://search.yahoo.com/mrss/"', ""),
        RSS.replace('xmlns:dc="http://purl.org/dc/elements/1.1/"', ""),
        RSS.replace("</media:content>", "<br></media:content>"),
        RSS.replace("</title><guid>", "</titel><guid>"),
        RSS.replace("</channel></rss>", ""),
        RSS.replace("</channel>", "<item><title>Cut o"),
    ],
)
def test_one_broken_entry_leaves_the_others(broken: str) -> None:
    listing = read(broken)
    assert [row[0] for row in rows(listing)] == [row[0] for row in RSS_READ]
    assert listing.problems[0] == "not well-formed: read entry by entry"


@table(
    ("entry", "problem"),
    [
        ("<title>x</title>", "entry 1: no usable link"),
        ("<link>mailto:desk@example.com</link>", "entry 1: no usable link"),
        ("<link>https://u:p@example.com/</link>", "entry 1: no usable link"),
        ("<guid isPermaLink='false'>https://www.example.com/?p=1</guid>", "entry 1: no usable link"),
        ("<link>https://news.google.com/rss/articles/CBMiabc?oc=5</link>", "entry 1: a Google News wrapper link"),
        ("<link>https://www.example.com/</link>", "entry 1: leads to a front page only"),
        ("<link>https://www.example.com/index.html</link>", "entry 1: leads to a front page only"),
        ("<link>other.example/a</link>", "entry 1: no usable link"),
        ("<link>undefined</link>", "entry 1: no usable link"),
    ],
)
def test_entries_that_lead_nowhere(entry: str, problem: str) -> None:
    good = "<item><link>/a</link></item>"
    listing = read(f"<rss><channel><item>{entry}</item>{good}{good}</channel></rss>")
    assert (rows(listing), listing.problems) == ([("https://www.example.com/a", None, None, None)], (problem,))


@table(
    ("document", "problem"),
    [
        ("", "no feed: no markup"),
        ("Forbidden", "no feed: no markup"),
        ("<!doctype html><html><body>Sign in</body></html>", "no feed: the root element is <html>"),
        ("<urlset><url><loc>/a</loc></url></urlset>", "no feed: the root element is <urlset>"),
        ("<opml version='2.0'><body><outline xmlUrl='/a.xml'/></body></opml>", "no feed: the root element is <opml>"),
        ("<podcasts><show href='/a'/></podcasts>", "no feed: the root element is <podcasts>"),
        ("<SITES><SITE>/a</SITE></SITES>", "no feed: the root element is <sites>"),
        ("{}", "no JSON Feed: it has no list of items"),
        ('{"posts": [{"url": "/a"}]}', "no JSON Feed: it has no list of items"),
        ("[" * 100_000, "no feed: no markup"),
        ('{"items":' + "[" * 100_000, "not well-formed JSON: read entry by entry"),
    ],
)
def test_what_is_no_feed(document: str, problem: str) -> None:
    assert read(document) == Listing(problems=(problem,))


def urls(document: str | bytes) -> list[str]:
    return [candidate.url for candidate in read(document).candidates]


CAPITALS = """<RSS VERSION="2.0"><CHANNEL><TITLE>Gazette</TITLE><ITEM><TITLE>One</TITLE><LINK>/a</LINK></ITEM>
<Item><Guid IsPermaLink="false">https://www.example.com/x</Guid><Link>/b</Link></Item></CHANNEL></RSS>"""


@table(
    "document",
    [
        CAPITALS,
        CAPITALS.replace("</CHANNEL>", "<BR></CHANNEL>"),
        CAPITALS.replace("</ITEM>", "</item>"),
        "<FEED><ENTRY><LINK REL='edit' HREF='/x'/><LINK HREF='/a'/></ENTRY><Entry><Link HREF='/b'/></Entry></FEED>",
        "<channel><item><link>/a</link></item><item><link>/b</link></item></channel>",
    ],
)
def test_capitals(document: str) -> None:
    assert urls(document) == ["https://www.example.com/a", "https://www.example.com/b"]


@table(
    "nested",
    [
        "<source url='/w.xml'>Wire</source>",
        "<source><title>Wire</title><link>/w</link><updated>2001-01-01T00:00:00Z</updated></source>",
        "<image><title>Wire</title><url>/w.gif</url><link>/w</link></image>",
        "<textInput><title>Wire</title><name>q</name><link>/w</link></textInput>",
        "<author><title>Wire</title><link>/w</link><id>https://www.example.com/w</id></author>",
        "<m:group><m:title>Wire</m:title><link>/w</link></m:group>",
        "<m:group><m:group><link>/w</link></m:group><link>/w</link></m:group>",
        "<content><div><title>Wire</title><p><link href='/w'/></p></div></content>",
        "<description><img src='/i'><title>Wire</title><link rel='alternate' href='/w'></description>",
    ],
)
def test_fields_of_nested_elements_are_not_the_entrys(nested: str) -> None:
    space = "xmlns:m='http://search.yahoo.com/mrss/'"
    own = "<title>Own</title><link>/a</link><updated>2025-03-07T10:00:00Z</updated>"
    for entry in (nested + own, own + nested):
        for within, end in (("", ""), ("", "<hr>"), ("<a b=c></a>", ""), ("<p>", "")):
            items = f"<item>{entry.replace(own, within + own)}</item><item><link>/b</link></item>"
            document = f"<rss {space}><channel>{items}{end}</channel></rss>"
            assert [row[:3] for row in rows(read(document))] == [
                ("https://www.example.com/a", "Own", "2025-03-07T10:00:00Z"),
                ("https://www.example.com/b", None, None),
            ]


def test_an_entry_within_an_entry_is_none_of_the_feeds() -> None:
    inner = "<content type='application/atom+xml'><entry><link href='/w'/></entry></content>"
    assert urls(f"<feed><entry><link href='/a'/>{inner}</entry></feed>") == ["https://www.example.com/a"]


@table(
    ("written", "query"),
    [
        ("x=1&amp;y=2", "x=1&y=2"),
        ("x=1&#X26;y=2", "x=1&y=2"),
        ("x=1&#x26;y=2", "x=1&y=2"),
        ("x=1&#38y=2", "x=1&y=2"),
        ("x=1&#0000000000038;y=2", "x=1&y=2"),
        ("x=1&AMP;y=2", "x=1&y=2"),
        ("x=1&y=2", "x=1&y=2"),
        ("x=1&amp;amp;y=2", "x=1&y=2"),
        ("x=1&amp;#38;y=2", "x=1&y=2"),
        ("x=1&amp;#X26;y=2", "x=1&y=2"),
        ("<![CDATA[/a?x=1&#x26;y=2]]>", "x=1&y=2"),
        ("x=1&copy=2&lang=3&ampere=4", "x=1&copy=2&lang=3&ampere=4"),
        ("x=1&copy", "x=1&copy"),
        ("x=1&amp", "x=1"),
    ],
)
def test_references_in_addresses(written: str, query: str) -> None:
    link = written if "CDATA" in written else f"/a?{written}"
    for end in ("", "<hr>"):
        assert urls(f"<rss><channel><item><link>{link}</link></item>{end}</channel></rss>") == [
            f"https://www.example.com/a?{query}"
        ]


def test_references_in_titles() -> None:
    item = "<item><title>Caf&#XE9; &amp b&#228r &#146;n&#x2019 {}</title><link>/a</link></item>"
    for more in ("", "&eacute;"):
        assert (
            rows(read(f"<rss><channel>{item.format(more)}</channel></rss>"))[0][1]
            == f"Café & bär ’n’ {'é' if more else ''}".strip()
        )


FRONTS = "".join(f"<item><link>{{0}}</link><guid isPermaLink='true'>{{1}}/{number}</guid></item>" for number in (1, 2))


@table("front", ["https://www.example.com/", "/", "https://www.example.com/news/", "https://www.example.com/news/rss/", "#"])
def test_where_all_links_lead_to_one_page_the_permalink_is_the_address(front: str) -> None:
    own = "https://www.example.com/story"
    for permalink in (own, "www.example.com/story"):
        assert urls(f"<rss><channel>{FRONTS.format(front, permalink)}</channel></rss>") == [f"{own}/1", f"{own}/2"]


def test_one_page_that_entries_share_stays_theirs_where_they_name_no_others() -> None:
    shared = "<item><link>/live/1</link><guid>https://www.example.com/live/1#{}</guid></item>"
    assert urls(f"<rss><channel>{shared.format(1)}{shared.format(2)}</channel></rss>") == ["https://www.example.com/live/1"]


@table(
    ("channel", "link", "address"),
    [
        ("<link>https://www.example.com/sport/</link>", "a-1", "https://www.example.com/sport/a-1"),
        ("<link>www.example.com/sport/</link>", "a-1", "https://www.example.com/sport/a-1"),
        ("<image><link>/pictures/</link></image><link>https://www.example.com/</link>", "a-1", "https://www.example.com/a-1"),
        ("<link>https://vendor.example/</link>", "a-1", "https://www.example.com/news/rss/a-1"),
        ("<link>https://www.example.com/</link>", "?p=1", "https://www.example.com/?p=1"),
        ("", "a-1", "https://www.example.com/news/rss/a-1"),
    ],
)
def test_what_relative_links_belong_to(channel: str, link: str, address: str) -> None:
    for end in ("", "<hr>"):
        assert urls(f"<rss><channel>{channel}<item><link>{link}</link></item>{end}</channel></rss>") == [address]


def test_what_an_html_parser_made_of_a_link() -> None:
    assert urls("<rss><channel><item><link/>https://www.example.com/a<guid>1</guid></item></channel></rss>") == [
        "https://www.example.com/a"
    ]


def test_the_sites_own_address_is_taken_before_a_counters() -> None:
    links = "<link>https://counter.example.net/~r/9</link><guid>https://www.example.com/a</guid>"
    assert urls(f"<rss><channel><item>{links}</item></channel></rss>") == ["https://www.example.com/a"]
    assert urls("<rss><channel><item><link>https://other.example/b</link></item></channel></rss>") == ["https://other.example/b"]


def test_what_is_commented_out_of_a_broken_feed_is_not_in_it() -> None:
    gone = "<!-- <item><link>/w</link></item> -->"
    told = "<item><title><![CDATA[ a <!-- b ]]></title><link>/a</link></item>"
    assert urls(f"<rss><channel><hr>{gone}{told}{gone}<item><link>/b</link></item></channel></rss>") == [
        "https://www.example.com/a",
        "https://www.example.com/b",
    ]


def test_an_empty_feed_is_no_problem() -> None:
    assert read("<rss><channel><title>x</title></channel></rss>") == Listing()


def test_limits() -> None:
    items = "".join(f"<item><link>/a/{number}</link></item>" for number in range(MAX_ENTRIES + 5))
    listing = read(f"<rss><channel>{items}</channel></rss>")
    assert len(listing.candidates) == MAX_ENTRIES
    assert listing.problems == ("more than 2000 entries: the rest is left out",)
    assert read(b" " * (MAX_FEED_BYTES + 1)).problems == ("feed of 20000001 bytes is over the limit of 20000000",)


LAUGHS = (
    "<!DOCTYPE rss [<!ENTITY a 'ha'>"
    + "".join(f"<!ENTITY {here} '{f'&{before};' * 10}'>" for before, here in zip("abcdefgh", "bcdefghi", strict=True))
    + "]>"
)


@table(
    ("doctype", "title"),
    [
        (LAUGHS, "&i;"),
        ("<!DOCTYPE rss [<!ENTITY i SYSTEM 'file:///etc/passwd'>]>", "&i;"),
        ("<!DOCTYPE rss [<!ENTITY i ']>'> ]> <!DOCTYPE rss [<!ENTITY i 'x'>]>", "&i;"),
        ("<!DOCTYPE rss [<!ENTITY % p SYSTEM 'http://127.0.0.1:9/x'> %p;]>", "&i;"),
    ],
)
def test_entities_are_never_expanded(doctype: str, title: str) -> None:
    listing = read(f"{doctype}<rss><channel><item><title>{title}</title><link>/a?x={title}</link></item></channel></rss>")
    assert [(one.url, one.title) for one in listing.candidates] in (
        [(f"https://www.example.com/a?x={title}", title)],
        [],
    )
    assert "document type declares entities: they are not expanded" in listing.problems
    assert "root:" not in repr(listing)


@table(
    "document",
    [
        "<rss>" + "<item " * 200_000,
        "<rss>" + "<item>" * 1_000_000,
        "<rss><item>" + "<a>" * 1_000_000 + "</item></rss>",
        "<rss><item>" + "<a/>" * 1_000_000 + "</item></rss>",
        "<rss><item>" + "<![CDATA[" * 500_000,
        "<rss>" + "<!-- " * 500_000,
        "<rss><hr>-->" + "<!-- " * 500_000,
        "<rss><hr>" + "<![CDATA[ <!-- " * 200_000 + "-->",
        "<?a?>" * 500_000 + "<rss/>",
        "&" * 2_000_000,
        "<rss><item " + " ".join(f"a{number}='1'" for number in range(100_000)) + "/></rss>",
    ],
)
def test_hostile_documents_are_got_through(document: str) -> None:
    listing = read(document)
    assert listing.candidates == ()
    assert len(repr(listing.problems)) < 20_000


@table("document", [RSS, ATOM, RDF, JSON_FEED])
def test_cut_off_anywhere(document: str) -> None:
    data = document.encode()
    whole = [row[0] for row in rows(read(data))]
    for end in range(0, len(data), 47):
        found = [row[0] for row in rows(read(data[:end]))]
        assert found == whole[: len(found)]


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=300) | st.text(alphabet="<>/&;![]rsitem link{}\":,'=?-", max_size=300).map(str.encode))
def test_never_raises(data: bytes) -> None:
    for document in (data, RSS.encode()[:900] + data + RSS.encode()[900:], ATOM.encode()[:500] + data):
        assert isinstance(read(document), Listing)
