"""URLs: one normal form, the same page, dates and pictures in addresses."""

from __future__ import annotations

from datetime import date

from hypothesis import example, given, settings
from hypothesis import strategies as st

from pipelines.text.urls import (
    MAX_URL,
    absolute,
    amp_to_article,
    article_key,
    canonicalize,
    date_in_path,
    image_key,
)
from tests.table import table

BASE = "https://www.example.com/news/today/"


@table(
    ("url", "normal"),
    [
        ("HTTPS://WWW.Example.COM/News/", "https://www.example.com/News/"),
        ("https://example.com", "https://example.com/"),
        ("http://example.com:80/a", "http://example.com/a"),
        ("https://example.com:443/a", "https://example.com/a"),
        ("https://example.com:8443/a", "https://example.com:8443/a"),
        ("https://example.com:/a", "https://example.com/a"),
        ("https://example.com?x=1", "https://example.com/?x=1"),
        ("  https://example.com/a \n", "https://example.com/a"),
        ("https://example.com/a/./b/../c", "https://example.com/a/c"),
        ("https://example.com/../a/%2e%2E/b", "https://example.com/b"),
        ("https://example.com/a/..", "https://example.com/"),
        ("https://example.com/a//b", "https://example.com/a//b"),
        ("https://example.com/%7euser/%e2%82%ac%2f", "https://example.com/~user/%E2%82%AC%2F"),
        ("https://example.com/100%/a b|c", "https://example.com/100%25/a%20b%7Cc"),
        ("https://example.com/größe?ort=köln", "https://example.com/gr%C3%B6%C3%9Fe?ort=k%C3%B6ln"),
        ("https://bücher.example/a", "https://xn--bcher-kva.example/a"),
        ("https://example.com\\@trusted.example/", "https://example.com/@trusted.example/"),
        ("https://example.com\\a\\b?c=\\", "https://example.com/a/b?c=%5C"),
        ("https://example.com/a?", "https://example.com/a"),
        ("https://example.com/a?&&", "https://example.com/a"),
        ("https://example.com/a#0", "https://example.com/a"),
        ("https://example.com/a?b=2&a=1&b=3", "https://example.com/a?b=2&a=1&b=3"),
        ("https://example.com/a?x=1&amp;y=2", "https://example.com/a?x=1&y=2"),
        ("https://example.com/show,99.html;jsessionid=AB12?a=1", "https://example.com/show,99.html?a=1"),
        ("http://0x7f.1/", "http://127.0.0.1/"),
        ("http://[0:0::1]:8000/", "http://[::1]:8000/"),
    ],
)
def test_normal_form(url: str, normal: str) -> None:
    assert canonicalize(url) == normal


@table(
    ("query", "kept"),
    [
        ("utm_source=a&utm_medium=b&id=7", "?id=7"),
        ("UTM_Source=a&fbclid=b&gclid=c&msclkid=d&igshid=e&_ga=f&mc_cid=g&mc_eid=h", ""),
        ("at_medium=RSS&at_campaign=x&ns_mchannel=rss&xtor=RSS-1&wt_mc=a&cmpid=b&itm_source=c", ""),
        ("ref=rss&source=feed&criteo=1&outputType=amp&amp=1", ""),
        ("print=1&view=print&id=5&page=2", "?id=5&page=2"),
        ("utm%5Fsource=a", ""),
        ("service=rss", "?service=rss"),
        ("sezione=825", "?sezione=825"),
        ("format=feed&type=rss", "?format=feed&type=rss"),
        ("outputType=xml", "?outputType=xml"),
        ("page=2&unknown=1&empty=&flag", "?page=2&unknown=1&empty=&flag"),
        ("cid=5&sid=6&s=7", "?cid=5&sid=6&s=7"),
    ],
)
def test_tracking_goes_and_the_rest_stays_in_order(query: str, kept: str) -> None:
    assert canonicalize(f"https://example.com/a?{query}") == f"https://example.com/a{kept}"
    assert absolute("https://example.com/a?utm_source=x&b=1") == "https://example.com/a?utm_source=x&b=1"


@table(
    ("url", "normal"),
    [
        ("story-1", "https://www.example.com/news/today/story-1"),
        ("../story-1", "https://www.example.com/news/story-1"),
        ("/story-1", "https://www.example.com/story-1"),
        ("//other.example/story-1", "https://other.example/story-1"),
        ("?page=2", "https://www.example.com/news/today/?page=2"),
        ("http://other.example/", "http://other.example/"),
        ("#top", "https://www.example.com/news/today/"),
        ("", None),
        ("javascript:void(0)", None),
        ("mailto:desk@example.com", None),
    ],
)
def test_relative_to_a_base(url: str, normal: str | None) -> None:
    assert canonicalize(url, BASE) == normal


@table(
    "url",
    [
        "story-1",
        "ftp://example.com/a",
        "data:text/html,x",
        "https://",
        "https:///a",
        "https://user:secret@example.com/",
        "https://trusted.example@evil.example/",
        "https://example.com/a\nb",
        "https://example.com/a\x00b",
        "https://exa mple.com/",
        "https://example.com:99999/",
        "https://example.com:port/",
        "https://[::1/",
        "https://example.com/\ud800",
        "https://example.com/" + "a" * MAX_URL,
        "https://example.com/" + "ä" * (MAX_URL // 3),
        "https://999.1.1.1/",
    ],
)
def test_refused(url: str) -> None:
    assert canonicalize(url) is None


@table(
    ("amp", "article"),
    [
        ("https://example.com/news/slug-28036293.amp", "https://example.com/news/slug-28036293"),
        ("https://example.com/news/slug.amp.html", "https://example.com/news/slug.html"),
        ("https://example.com/2025/03/slug/amp/", "https://example.com/2025/03/slug/"),
        ("https://example.com/slug-1/amp", "https://example.com/slug-1"),
        ("https://example.com/12345/amp/", "https://example.com/12345/"),
        ("https://example.com/amp/news/slug-1", "https://example.com/news/slug-1"),
        ("https://example.com/slug-1?amp=1&page=2", "https://example.com/slug-1?page=2"),
        ("https://example.com/slug-1?amp", "https://example.com/slug-1"),
        ("https://example.com/slug-1/?outputType=amp", "https://example.com/slug-1/"),
        ("https://amp.example.com/slug-1", "https://www.example.com/slug-1"),
        ("https://amp.example.co.uk/slug-1", "https://www.example.co.uk/slug-1"),
        ("https://amp.city.example.com/slug-1", "https://city.example.com/slug-1"),
        ("https://www-example-com.cdn.ampproject.org/c/s/www.example.com/a/amp/", "https://www.example.com/a/"),
        ("https://www.google.co.uk/amp/s/example.com/a", "https://example.com/a"),
        ("https://example.com/news/12345.amp/", None),
        ("https://example.com/news/slug-1", None),
        ("https://example.com/amp/", None),
        ("https://example.com/?amp=0", None),
        ("https://amp.com/a", None),
        ("https://example.com/camp/scamp", None),
        ("not a url amp", None),
    ],
)
def test_amp_forms(amp: str, article: str | None) -> None:
    assert amp_to_article(amp) == article
    assert article is None or amp_to_article(article) is None


@table(
    ("one", "other"),
    [
        ("https://www.example.com/a/", "http://example.com/a"),
        ("https://m.example.com/a?utm_source=x#top", "https://example.com/a"),
        ("https://amp.example.com/a", "https://www.example.com/a"),
        ("https://example.com/a-1.amp", "https://example.com/a-1"),
        ("https://www.example.com", "https://example.com/"),
        ("https://www.example.com/?p=7", "http://example.com?p=7"),
    ],
)
def test_the_same_page(one: str, other: str) -> None:
    assert article_key(one) == article_key(other)


@table(
    ("one", "other"),
    [
        ("https://example.com/a", "https://example.com/A"),
        ("https://example.com/a", "https://news.example.com/a"),
        ("https://example.com/?p=7", "https://example.com/?p=8"),
        ("https://m.tv/a", "https://tv/a"),
    ],
)
def test_other_pages(one: str, other: str) -> None:
    assert article_key(one) != article_key(other)


def test_the_form_of_a_key() -> None:
    assert article_key("https://www.example.com/news/a/?x=1") == "example.com/news/a?x=1"
    assert article_key("https://www.example.com/?x=1") == "example.com/?x=1"
    assert article_key("  no url ") == "no url"


@table(
    ("path", "day"),
    [
        ("/2025/03/07/slug", date(2025, 3, 7)),
        ("/news/2025/3/7/slug/", date(2025, 3, 7)),
        ("/2025/mar/07/slug", date(2025, 3, 7)),
        ("/2025-03-07/slug", date(2025, 3, 7)),
        ("/slug-2025-03-07.html", date(2025, 3, 7)),
        ("/2025-3-7-10-30-0-slug", date(2025, 3, 7)),
        ("/20250307/slug", date(2025, 3, 7)),
        ("/20250307-123456/", date(2025, 3, 7)),
        ("/slug-20250307", date(2025, 3, 7)),
        ("/slug-20250307.html", date(2025, 3, 7)),
        ("/2025/13/07/x-2024-02-29", date(2024, 2, 29)),
        ("/news/20110523.slug/", None),
        ("/2025/03/slug", None),
        ("/2025/02/30/slug", None),
        ("/1985/03/07/slug", None),
        ("/2101/03/07/slug", None),
        ("/slug-120250307", None),
        ("/slug?d=2025-03-07", None),
        ("/slug", None),
    ],
)
def test_dates_in_paths(path: str, day: date | None) -> None:
    assert date_in_path(f"https://example.com{path}") == day


@table(
    ("one", "other"),
    [
        ("https://i.example.com/abc-def?tr=w-600", "https://i.example.com/abc-def?tr=w-1200,h-800"),
        ("https://example.com/a.jpg?width=300&quality=80", "http://example.com/a.jpg"),
        ("https://example.com/up/2025/a-300x200.jpg", "https://example.com/up/2025/a.jpg"),
        ("https://example.com/up/a-scaled.jpg", "https://example.com/up/a@2x.jpg"),
        ("https://example.com/i/w600/a.jpg", "https://example.com/i/1200x800/a.jpg"),
        ("https://example.com/w_300,c_fill,q_80/a.jpg", "https://example.com/a.jpg"),
        ("https://example.com/styles/large/public/a.jpg", "https://example.com/styles/thumb/public/a.jpg"),
        ("https://e.com/_next/image?url=https%3A%2F%2Fi.e.com%2Fa.jpg%3Fw%3D9&w=640", "https://i.e.com/a.jpg"),
        ("https://e.com/_next/image?url=%2Fimg%2Fa.jpg&w=640&q=75", "https://e.com/img/a.jpg"),
    ],
)
def test_one_picture_in_two_sizes(one: str, other: str) -> None:
    assert image_key(one) == image_key(other) is not None


@table(
    ("one", "other"),
    [
        ("https://example.com/a.jpg", "https://example.com/b.jpg"),
        ("https://example.com/i?id=1&w=300", "https://example.com/i?id=2&w=300"),
        ("https://example.com/a.jpg?src=web", "https://example.com/b.jpg?src=web"),
        ("https://example.com/2024/a.jpg", "https://example.com/2025/a.jpg"),
        ("https://example.com/a-1.jpg", "https://example.com/a-2.jpg"),
    ],
)
def test_two_pictures(one: str, other: str) -> None:
    assert image_key(one) != image_key(other)


def test_what_is_no_picture_address() -> None:
    assert image_key("data:image/png;base64,AAAA") is None
    assert image_key("") is None


_PIECES = """
    http https :// // / : @ ? & = # % %2e %2F %zz .. . amp amp; amp= .amp www. m. [::1] 127.1 example.com ä é \\ ;
    ;jsessionid=1 utm_a=1 id=5 a b -300x200 url= 2025/03/07
"""
_URLISH = st.lists(st.sampled_from([*_PIECES.split(), " ", "\t", "\x00", "\ud800"]), max_size=14).map("".join) | st.text(
    max_size=60
).map("https://example.com/{}".format)


@settings(max_examples=200)
@given(_URLISH | st.text(max_size=80), st.none() | _URLISH)
@example("https://example.com/.;jsessionid=1", None)
@example("https://example.com/a?&%61mp;amp;b", None)
def test_never_raises_and_canonical_urls_stay_as_they_are(url: str, base: str | None) -> None:
    normal = canonicalize(url, base)
    if normal is not None:
        assert canonicalize(normal) == normal == absolute(normal)
        assert canonicalize(normal, base) == normal
        assert len(normal) <= MAX_URL
        assert normal.isascii()
        assert article_key(normal) == article_key(normal.replace("https://", "http://", 1))
    for read in (amp_to_article, article_key, date_in_path, image_key):
        read(url)
    assert len(article_key(url)) <= MAX_URL


@table("piece", ["a", "/", "/.", "/..", "%", "amp;", "&", "?", "/amp", "-1", "1/", "x=", "url=", "A"])
def test_long_input_takes_no_time(piece: str) -> None:
    for head in ("", "https://example.com/", "https://example.com/?"):
        text = head + piece * 1_000_000
        assert canonicalize(text) is None
        assert amp_to_article(text) is image_key(text) is None
        date_in_path(text)
        full = (head + piece * MAX_URL)[:MAX_URL]
        assert len(article_key(full)) <= MAX_URL
        image_key(full)
