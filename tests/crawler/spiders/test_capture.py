"""The gate: what an answer is, whoever brought it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from scrapy.http import HtmlResponse

from crawler.catalogue.site import Site
from crawler.discovery.frontier import PlannedRequest
from crawler.spiders.capture import Capture, read_capture
from crawler.spiders.response import item_from_response
from pipelines.article import Article, Fetch, Outcome
from pipelines.history.revisions import Known
from pipelines.reasons import FetchReason
from pipelines.store.crawls.snapshot import KnownArticle
from tests.table import table

NOON = datetime(2025, 6, 1, 12, tzinfo=UTC)
URL = "https://www.gazette.example/news/ferry-to-sail-again"
SITE = Site(id="gazette", name="Gazette", url="https://www.gazette.example/", timezone="Europe/London")
STORY = (
    "<p>The ferry across the Wend is to sail again on Saturday, four months after its chain broke in a storm.</p>"
    "<p>Repairs cost the two parishes some ninety thousand pounds, their councils said after a meeting on Thursday.</p>"
    "<p>Ferryman Tom Arkle said he had missed the bell, the children and the dogs, in that order.</p>"
)
PAGE = (
    '<html lang="en"><head><title>Ferry to sail again</title><meta property="og:type" content="article">'
    '<meta property="article:published_time" content="2025-05-31T08:00:00Z"></head>'
    f"<body><main><article><h1>Ferry to sail again</h1>{STORY}</article></main></body></html>"
).encode()
CAPTURE = Capture(URL, NOON, 200, {"content-type": ("text/html; charset=utf-8",)}, PAGE)
FETCH = Fetch(URL, NOON, status=200)


def of_type(content_type: str) -> Capture:
    return replace(CAPTURE, headers={"content-type": (content_type,)})


def test_a_whole_page_is_an_article() -> None:
    found = read_capture(CAPTURE, SITE, FETCH)
    assert isinstance(found, Article)
    assert found.fetch is not None
    assert (found.headline, found.fetch.outcome, found.fetch.reason, found.fetch.doubt) == (
        "Ferry to sail again",
        None,
        None,
        None,
    )


def test_a_type_that_only_tells_the_packing_says_nothing_of_the_page() -> None:
    assert isinstance(read_capture(of_type("application/x-gzip"), SITE, FETCH), Article)
    found = read_capture(replace(of_type("application/gzip"), body=b"ustar" + bytes(500)), SITE, FETCH)
    assert (found.fetch if isinstance(found, Article) else found).reason_code is FetchReason.NOT_HTML


def test_what_is_no_article_and_why(subtests: pytest.Subtests) -> None:
    redirect = {"location": ("/",)}
    cases: list[tuple[str, Capture, Outcome, FetchReason]] = [
        ("cut off", replace(CAPTURE, problem="the record is cut off"), Outcome.ERROR, FetchReason.NOT_WHOLE),
        ("cut off, and a 404", replace(CAPTURE, status=404, problem="damaged"), Outcome.ERROR, FetchReason.NOT_WHOLE),
        ("accepted", replace(CAPTURE, status=202), Outcome.ERROR, FetchReason.NOT_WHOLE),
        ("a part", replace(CAPTURE, status=206), Outcome.ERROR, FetchReason.NOT_WHOLE),
        ("no content", replace(CAPTURE, status=204, body=b""), Outcome.ERROR, FetchReason.NOT_WHOLE),
        ("a success nobody knows", replace(CAPTURE, status=299, body=b""), Outcome.NOT_ARTICLE, FetchReason.EMPTY_PAGE),
        ("a 304, unasked", replace(CAPTURE, status=304, is_conditional=False), Outcome.ERROR, FetchReason.UNASKED_304),
        ("not found", replace(CAPTURE, status=404), Outcome.GONE, FetchReason.GONE),
        ("forbidden", replace(CAPTURE, status=403), Outcome.REFUSED, FetchReason.REFUSED),
        ("a challenge", replace(CAPTURE, headers={"cf-mitigated": ("challenge",)}), Outcome.REFUSED, FetchReason.CHALLENGE),
        ("out of order", replace(CAPTURE, status=503), Outcome.ERROR, FetchReason.HTTP_ERROR),
        ("no status", replace(CAPTURE, status=0), Outcome.ERROR, FetchReason.HTTP_ERROR),
        ("a script", of_type("application/javascript"), Outcome.NOT_ARTICLE, FetchReason.NOT_HTML),
        ("a picture", of_type("IMAGE/webp"), Outcome.NOT_ARTICLE, FetchReason.NOT_HTML),
        ("a drawing", of_type("image/svg+xml; charset=utf-8"), Outcome.NOT_ARTICLE, FetchReason.NOT_HTML),
        ("a feed", of_type("application/rss+xml"), Outcome.NOT_ARTICLE, FetchReason.NOT_HTML),
        ("to the front page", replace(CAPTURE, status=302, headers=redirect), Outcome.SUSPECTED, FetchReason.MOVED),
        ("to nowhere", replace(CAPTURE, status=302, headers={}), Outcome.REFUSED, FetchReason.MOVED),
    ]  # fmt: skip
    for name, capture, outcome, code in cases:
        with subtests.test(name):
            found = read_capture(capture, SITE, replace(FETCH, status=capture.status))
            assert isinstance(found, Fetch)
            assert (found.outcome, found.reason_code) == (outcome, code)
            assert found.reason


def test_a_redirect_that_nobody_followed_says_where_it_leads() -> None:
    found = read_capture(replace(CAPTURE, status=301, headers={"location": ("../sport/ferry?utm_source=x",)}), SITE, FETCH)
    assert isinstance(found, Fetch)
    assert (found.outcome, found.answered_url) == (Outcome.MOVED, "https://www.gazette.example/sport/ferry")


def test_a_304_to_a_conditional_request_says_nothing_new() -> None:
    found = read_capture(replace(CAPTURE, status=304, body=b""), SITE, FETCH)
    assert isinstance(found, Fetch)
    assert (found.outcome, found.reason) == (Outcome.NOT_MODIFIED, None)


def test_what_may_not_be_the_whole_page_is_doubted(subtests: pytest.Subtests) -> None:
    cut = PAGE[: PAGE.index(b"Repairs cost")]
    cases = [
        ("no end, and the connection ended", replace(CAPTURE, body=cut, is_end_known=False), True),
        ("no end, of known length", replace(CAPTURE, body=PAGE.replace(b"</html>", b"")), False),
        ("its last tag", replace(CAPTURE, is_end_known=False), False),
        ("its last tag in capitals, a comment behind", replace(CAPTURE, body=PAGE.replace(b"</html>", b"</HTML>\n<!-- 12 ms -->"),
                                                              is_end_known=False), False),
        ("changed on its way", replace(CAPTURE, status=203), True),
    ]  # fmt: skip
    for name, capture, is_doubted in cases:
        with subtests.test(name):
            found = read_capture(capture, SITE, FETCH)
            assert isinstance(found, Article)
            assert found.fetch is not None
            assert bool(found.fetch.doubt) is is_doubted


def test_reserved_pages_are_not_read() -> None:
    wary = replace(SITE, tdm="skip", noarchive="skip")
    for headers in ({"tdm-reservation": ("1",)}, {"x-robots-tag": ("noarchive",)}):
        found = read_capture(replace(CAPTURE, headers=headers), wary, FETCH)
        assert isinstance(found, Fetch)
        assert found.outcome is Outcome.RESERVED


def test_what_leads_to_no_article_may_be_missing_and_the_store_knows_whether_it_was_there() -> None:
    front = replace(CAPTURE, url=SITE.url, body=b"<html><body><h1>Gazette</h1></body></html>")
    led = read_capture(front, SITE, replace(FETCH, url=SITE.url, requested_url=URL))
    assert isinstance(led, Fetch)
    assert (led.outcome, led.reason_code) == (Outcome.SUSPECTED, FetchReason.LEADS_ELSEWHERE)
    here = read_capture(front, SITE, replace(FETCH, url=SITE.url))
    assert isinstance(here, Fetch)
    assert here.outcome is Outcome.NOT_ARTICLE


@table(
    ("age", "looked_minutes_ago", "is_doubted"),
    [
        ("7200", 60, True),
        ("3601", 60, True),
        ("3600", 60, True),
        ("3599", 60, False),
        ("0", 60, False),
        ("", 60, False),
        ("-7200", 60, False),
        ("9" * 30, 60, False),
        ("7200", None, False),
    ],
)
def test_a_copy_that_a_cache_made_before_the_last_fetch(age: str, looked_minutes_ago: int | None, is_doubted: bool) -> None:
    looked = NOON - timedelta(minutes=looked_minutes_ago) if looked_minutes_ago is not None else None
    known = KnownArticle(URL, Known("hash"), None, None, None, None, None, looked=looked)
    response = HtmlResponse(URL, headers={"Content-Type": "text/html", "Age": age}, body=PAGE)
    found = item_from_response(response, PlannedRequest(URL, "due", known), SITE, NOON)
    assert isinstance(found, Article)
    assert found.fetch is not None
    assert (found.fetch.doubt is not None) is is_doubted
