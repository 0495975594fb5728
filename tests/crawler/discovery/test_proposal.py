"""What is proposed of a title from its pages and addresses."""

from __future__ import annotations

import re
from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from crawler.discovery.proposal import (
    article_pattern,
    country_of,
    language_of,
    platform_of,
    read_front_page,
    site_id_of,
    zone_of,
)
from pipelines.article import Timestamp
from tests.table import table

HOST = "https://echo.example"
NUMBERS = (48_213_001, 48_213_772, 48_214_019, 48_220_450, 48_231_118, 48_240_906)
SLUGS = ("weir-repaired", "ferry-is-late", "kiln-for-sale", "bells-recast", "orchard-fair", "mill-is-let")


@table(
    "form, expected",
    [
        ("/news/{slug}-{number}", r"-(?P<id>\d{7,9})/?$"),
        ("/news/{slug}-{number}/", r"-(?P<id>\d{7,9})/?$"),
        ("/news/{number}.{slug}/", r"/(?P<id>\d{7,9})\.[^/]+/?$"),
        ("/regionals/{slug}/a{number}.html", r"(?:/a|-)(?P<id>\d{7,9})\.html$"),
        ("/{slug}-{number}.html", r"(?:/a|-)(?P<id>\d{7,9})\.html$"),
        ("/{slug},{number}.php?x=1", None),
        ("/story/{number}/{slug}", r"/(?P<id>\d{7,9})/[^/]+/?$"),
        ("/story/{number}-{slug}", r"/(?P<id>\d{7,9})-[^/]+/?$"),
        ("/n/{number}", r"/(?P<id>\d{7,9})/?$"),
        ("/?p={short}", r"[?&](?:id|story|storyid|artid|articleid|p)=(?P<id>\d{2,4})(?!\d)"),
        ("/show?story={number}", r"[?&](?:id|story|storyid|artid|articleid|p)=(?P<id>\d{7,9})(?!\d)"),
        ("/2026/03/07/{slug}", r"/\d{4}/\d{2}/(?:\d{2}/)?[^/]+/?$"),
        ("/2026/03/{slug}/", r"/\d{4}/\d{2}/(?:\d{2}/)?[^/]+/?$"),
        ("/news/{slug}", None),
    ],
)
def test_the_pattern_of_articles(form: str, expected: str | None) -> None:
    urls = [HOST + form.format(slug=slug, number=n, short=n // 7 % 1000) for slug, n in zip(SLUGS, NUMBERS, strict=True)]
    found = article_pattern(urls, [f"{HOST}/", f"{HOST}/news/", f"{HOST}/sport/", f"{HOST}/page/2"])
    assert found == expected
    if found:
        assert all(re.search(found, url.removeprefix(HOST)) for url in urls)


def test_no_pattern_where_it_would_lose_articles() -> None:
    """One article that has no number, too few, days that are no numbers, a number that two share, a section that has one too."""
    urls = [f"{HOST}/news/{slug}-{number}" for slug, number in zip(SLUGS, NUMBERS, strict=True)]
    assert article_pattern([*urls, f"{HOST}/news/a-story-without"], []) is None
    assert article_pattern(urls[:4], []) is None
    assert article_pattern([f"{HOST}/{slug}-202603{day:02d}" for day, slug in enumerate(SLUGS, 1)], []) is None
    assert article_pattern([*urls, f"{HOST}/sport/another-{NUMBERS[0]}"], []) is None
    assert article_pattern(urls, [f"{HOST}/topic/harbour-48213999"]) is None


def test_a_title_with_a_part_of_its_host_has_no_article_elsewhere() -> None:
    urls = [f"{HOST}/north/news/{slug}-{number}" for slug, number in zip(SLUGS, NUMBERS, strict=True)]
    numbered = article_pattern(urls, [], "/north/") or ""
    for pattern in (numbered, article_pattern([url.rpartition("-")[0] for url in urls], [], "/north/") or ""):
        found = [re.search(pattern, url.removeprefix(HOST)) for url in (*urls, f"{HOST}/north/{SLUGS[0]}-{NUMBERS[0]}")]
        assert all(found)
        assert not re.search(pattern, urls[0].replace("north", "south").removeprefix(HOST))
    assert re.search(numbered, "/north/news/x-48213001")
    assert not re.search(numbered, "/north/about-us/")


@table(
    "host, language, country",
    [
        ("www.echo.co.uk", "", "GB"),
        ("echo.ie", "en", "IE"),
        ("echo.com", "en-US", "US"),
        ("echo.tv", "en-CA", "CA"),
        ("echo.news", "", ""),
        ("echo.de", "de", "DE"),
        ("127.0.0.1:80", "en-NZ", "NZ"),
        ("echo.com.au", "en-US", "AU"),
        ("echo.io", "", ""),
        ("echo.eu", "fr-FR", "FR"),
    ],
)
def test_the_country(host: str, language: str, country: str) -> None:
    assert country_of(host, language) == country


@table(
    "country, raws, zone, is_sure",
    [
        ("IE", (), "Europe/Dublin", True),
        ("GB", ("2026-07-01T09:00:00+01:00",), "Europe/London", True),
        ("AU", ("2026-03-01T09:00:00+08:00",), "Australia/Perth", True),
        ("US", ("2026-01-05T09:00:00-06:00",), "America/Chicago", True),
        ("US", ("2026-01-05T09:00:00-08:00", "2026-07-05T09:00:00-07:00"), "America/Los_Angeles", True),
        ("US", (), "America/New_York", False),
        ("GB", ("2026-01-01T09:00:00+05:30",), "Europe/London", False),
        ("", (), "UTC", False),
        ("XX", (), "UTC", False),
        ("AU", ("2026-03-01T09:00:00+10:30",), "Australia/Adelaide", True),
        ("ES", ("2026-01-01T09:00:00+01:00",), "Europe/Madrid", True),
        ("EC", ("2026-01-01T09:00:00Z",), "America/Guayaquil", False),
        ("NZ", ("2026-01-01T09:00:00Z",), "Pacific/Auckland", False),
    ],
)
def test_the_zone(country: str, raws: tuple[str, ...], zone: str, is_sure: bool) -> None:
    found, doubt = zone_of(country, [Timestamp(datetime.fromisoformat(raw).astimezone(UTC), raw=raw) for raw in raws])
    assert (found, doubt is None) == (zone, is_sure), doubt


def test_languages_and_ids_and_families() -> None:
    tags = {"en_gb": "en-GB", "DE": "de", "fr-CA": "fr-CA", "": "", "x": "", "english": "", "pt-BR-x": "pt-BR"}
    assert {text: language_of(text) for text in tags} == tags
    assert site_id_of("The Wick Echo & Gazette", HOST) == "the-wick-echo-gazette"
    assert site_id_of("Вести", "https://www.vesti.example:8080/") == "vesti-example"
    families = {"WordPress 6.8": "wordpress", "Drupal 10 (https://…)": "drupal", "": "generic"}
    assert {text: platform_of(text) for text in families} == families


def test_a_front_page() -> None:
    head = """<title>Home | The Wick Echo</title><meta property="og:site_name" content="The Wick Echo">
        <link rel="alternate" type="application/rss+xml" href="/rss"><link rel="alternate" hreflang="fr" href="/fr/">
        <link rel=alternate type=application/rss+xml href="/comments/feed/">"""
    menu = """<a href="/sport/">Sport</a><a href="/news/local/">Local</a><a href="https://elsewhere.example/x">x</a>
        <a href="/news/the-old-weir-is-to-be-repaired-4821300">Weir</a><a href="/">Home</a>"""
    page = f'<html lang="en-IE"><head>{head}</head><body><nav>{menu}</nav></body></html>'
    found = read_front_page(page.encode(), "https://www.echo.example/")
    assert (found.name, found.language, found.feeds) == ("The Wick Echo", "en-IE", ("https://www.echo.example/rss",))
    assert found.sections == ("https://www.echo.example/news/local/", "https://www.echo.example/sport/")


@given(st.binary(max_size=300), st.text(max_size=40))
def test_any_page_is_read(body: bytes, text: str) -> None:
    read_front_page(b"<html><head>" + body, HOST)
    language_of(text)
    assert site_id_of(text, HOST)
    article_pattern([f"{HOST}/{text}{number}" for number in range(6)], [text])


def test_feeds_and_sections_of_menus_and_footers() -> None:
    page = b"""<html lang=en-GB><title>The Echo</title><link rel=sitemap href=/maps/all.xml>
        <nav><a href=/news/>News</a><a href=/rss-feeds/>Feeds</a></nav>
        <main><a href=/news/feed-the-birds-says-the-mayor-48213001>Feed the birds</a></main>
        <footer><a href=/services/rss/all>RSS</a></footer>"""
    front = read_front_page(page, f"{HOST}/")
    assert front.sections[0] == f"{HOST}/news/"
    assert front.feeds == (f"{HOST}/rss-feeds/", f"{HOST}/services/rss/all")
    assert front.sitemaps == (f"{HOST}/maps/all.xml",)
    linked = read_front_page(
        page.replace(b"<link", b"<link rel=alternate type=application/rss+xml href=/rss><link", 1), f"{HOST}/"
    )
    assert linked.feeds == (f"{HOST}/rss",), "what its head names goes before what it links to"


def test_a_feed_by_its_words_and_menus_without_their_elements() -> None:
    page = b"""<div class=bar><a href=/jobs/>Jobs</a><a href='/?cat=3'>Local politics</a><a href=/sport>Sport</a>
        <a href=/news/>News</a></div><h2><a href=/weir>The old weir is to be repaired</a></h2>
        <a href=/export/latest.php><img src=x.png alt='RSS feed'></a><a href=/atomic>Atomic age</a>"""
    front = read_front_page(page, f"{HOST}/")
    assert front.feeds == (f"{HOST}/export/latest.php",)
    assert [front.sections.index(f"{HOST}{path}") for path in ("/news/", "/sport", "/jobs/", "/?cat=3")] == [0, 2, 4, 5]
