"""The address that a page calls its own: as it is meant, or none."""

from __future__ import annotations

from crawler.extraction import extract
from tests.table import table

URL = "https://www.fjordpost.example/kultur/the-choir-sings-again-88213"
TEXT = "<p>The choir of the old chapel will sing again in May, after three years in which its hall was closed for repairs.</p>"


def canonical(link: str, url: str = URL) -> str | None:
    head = f'<link rel="canonical" href="{link}">' if "<" not in link else link
    html = (
        f"<!doctype html><html><head>{head}</head><body><article><h1>The choir sings again</h1>{TEXT * 3}</article></body></html>"
    )
    return extract(html, url).canonical_url


@table(
    "link",
    [
        URL,
        "/kultur/the-choir-sings-again-88213",
        "the-choir-sings-again-88213",
        "www.fjordpost.example/kultur/the-choir-sings-again-88213",
        "fjordpost.example/kultur/the-choir-sings-again-88213",
        "//www.fjordpost.example/kultur/the-choir-sings-again-88213",
        "https:/www.fjordpost.example/kultur/the-choir-sings-again-88213",
        "https://https://www.fjordpost.example/kultur/the-choir-sings-again-88213",
        "https%3A%2F%2Fwww.fjordpost.example%2Fkultur%2Fthe-choir-sings-again-88213",
        "https%253A%252F%252Fwww.fjordpost.example%252Fkultur%252Fthe-choir-sings-again-88213",
        '<meta property="og:url" content="www.fjordpost.example/kultur/the-choir-sings-again-88213">',
        '<base target=_top><base href="//www.fjordpost.example/kultur/"><link rel=canonical href="the-choir-sings-again-88213">',
        '<base href="/"><base href="/other/"><link rel=canonical href="kultur/the-choir-sings-again-88213">',
        '<base href="mailto:a@b.example"><link rel=canonical href="/kultur/the-choir-sings-again-88213">',
        '<link rel=canonical href="undefined"><meta property="og:url" content="/kultur/the-choir-sings-again-88213">',
    ],
)
def test_it_is_read_as_it_is_meant(link: str) -> None:
    assert (canonical(link) or "").removeprefix("https://").removeprefix("www.") == URL.removeprefix("https://www.")


@table(
    "link",
    [
        "{{ page.url }}",
        "${canonicalUrl}",
        "&lt;%= canonical %&gt;",
        "[[canonical]]",
        "{canonical_url}",
        "%%CANONICAL_URL%%",
        "https://www.fjordpost.example/kultur/{{slug}}",
        "https://www.fjordpost.example/kultur/%7B%7Bslug%7D%7D",
        "https://www.fjordpost.example/kultur/:slug",
        "https://www.fjordpost.example/kultur/undefined",
        "https://undefined/kultur/the-choir-sings-again-88213",
        "undefined",
        "/undefined",
        "NaN",
        "null",
        "None",
        "nil",
        "https://",
        "false",
        "[object Object]",
        "#",
        "about:blank",
        "javascript:void(0)",
        "http://localhost/kultur/the-choir-sings-again-88213",
        "http://localhost:3000/kultur/the-choir-sings-again-88213",
        "http://127.0.0.1/kultur/the-choir-sings-again-88213",
        "http://10.0.3.7:8080/kultur/the-choir-sings-again-88213",
        "https://cms.internal/kultur/the-choir-sings-again-88213",
        "https://web-3/kultur/the-choir-sings-again-88213",
    ],
)
def test_it_is_none(link: str) -> None:
    assert canonical(link) is None


@table(
    "link,url",
    [
        ("https://www.fjordpost.example/kultur/null", "https://www.fjordpost.example/kultur/null"),
        ("https://www.fjordpost.example/kultur/null-problemo-88", URL),
        ("https://www.fjordpost.example/a/nothing-is-undefined-4", URL),
        ("https://www.fjordpost.example/a?id=88213", URL),
        ("http://127.0.0.1:8801/news/the-choir-1", "http://127.0.0.1:8801/news/the-choir-1?from=feed"),
        ("https://other.example/kultur/the-choir-sings-again", URL),
    ],
)
def test_a_sound_one_is_kept(link: str, url: str) -> None:
    assert canonical(link, url) == link
