"""How long to wait, and when to ask nothing more: the answers of one host in, pauses and ends out."""

from __future__ import annotations

import asyncio

from hypothesis import given, settings
from hypothesis import strategies as st
from scrapy import Request, Spider
from scrapy.crawler import Crawler
from scrapy.http import Response

from crawler.catalogue.site import Site
from crawler.clock import clock
from crawler.crawl.remote import CrawlScope, set_scope
from crawler.middlewares.throttle import (
    FAILURES_TO_END,
    KEPT_SECONDS,
    LONGEST_PAUSE_SECONDS,
    LONGEST_WAIT_SECONDS,
    REFUSALS_TO_END,
    HostAnswer,
    HostThrottle,
    ThrottleMiddleware,
)
from pipelines.reasons import CodedReason, CrawlReason
from tests.table import table

NOTHING_MORE = "nothing more is asked of it in this crawl"
FINE, GONE, ERROR, SILENCE = HostAnswer(200), HostAnswer(404), HostAnswer(500), HostAnswer()
FORBIDDEN = HostAnswer(403, "status 403")
BUSY = HostAnswer(429)


def later(seconds: float, status: int = 429) -> HostAnswer:
    return HostAnswer(status, retry_after=seconds)


@table(
    ("answers", "delay", "wait"),
    [
        ([], 2.0, 0.0),
        ([FINE], 2.0, 2.0),
        ([FINE], 0.0, 0.0),
        ([GONE], 2.0, 2.0),
        ([ERROR], 2.0, 4.0),
        ([ERROR, SILENCE], 2.0, 8.0),
        ([ERROR, SILENCE, HostAnswer(408)], 2.0, 16.0),
        ([ERROR, ERROR, FINE], 2.0, 2.0),
        ([ERROR, ERROR, GONE, ERROR], 2.0, 4.0),
        ([ERROR] * 20, 2.0, LONGEST_PAUSE_SECONDS),
        ([ERROR] * 20, 300.0, 300.0),
        ([ERROR] * 20, 0.0, 0.0),
        ([FORBIDDEN], 2.0, 2.0),
        ([later(30)], 2.0, 30.0),
        ([later(30, 503)], 2.0, 30.0),
        ([later(1)], 2.0, 2.0),
        ([later(0)], 2.0, 2.0),
        ([later(30), FINE], 2.0, 30.0),
        ([HostAnswer(503)], 2.0, 4.0),
        ([HostAnswer(503, "status 503, a challenge page (x)", 30)], 2.0, 30.0),
    ],
)
def test_waits(answers: list[HostAnswer], delay: float, wait: float) -> None:
    patience = HostThrottle("paper.example")
    for answer in answers:
        patience.record(answer, 100.0)
    assert patience.ended is None
    assert patience.wait(100.0, delay) == wait
    assert patience.wait(100.0 + wait, delay) == 0.0


@table(
    ("answers", "ended"),
    [
        ([FORBIDDEN] * 4, None),
        ([FORBIDDEN] * 5, "refused 5 times (status 403)"),
        ([FORBIDDEN] * 4 + [FINE] + [FORBIDDEN] * 4, None),
        ([FORBIDDEN] * 4 + [GONE] + [FORBIDDEN] * 4, None),
        ([FORBIDDEN] * 4 + [ERROR, FORBIDDEN], "refused 5 times (status 403)"),
        ([BUSY] * 5, "refused 5 times (status 429)"),
        ([FORBIDDEN, BUSY, FORBIDDEN, BUSY, FORBIDDEN], "refused 5 times (status 403; status 429)"),
        ([HostAnswer(200, "status 200, a challenge page (x)")] * 5, "refused 5 times (status 200, a challenge page (x))"),
        ([later(LONGEST_WAIT_SECONDS)], None),
        ([later(3600)], "asks to wait 3600 s"),
        ([later(3600, 503)], "asks to wait 3600 s"),
        ([HostAnswer(403, "status 403", 3600)], None),
        ([HostAnswer(429, "status 429, a challenge page (x)", 3600)], "asks to wait 3600 s"),
        ([HostAnswer(429, "status 429, a challenge page (x)", 60)], None),
        ([later(1e9)], "asks to wait 1000000000 s"),
        ([SILENCE] * (FAILURES_TO_END - 1), None),
        ([SILENCE] * FAILURES_TO_END, "failed 60 times on end"),
    ],
)
def test_ends(answers: list[HostAnswer], ended: str | None) -> None:
    patience = HostThrottle("paper.example")
    for answer in answers:
        patience.record(answer, 0.0)
    assert patience.ended == (ended and f"paper.example {ended}: {NOTHING_MORE}")


def test_the_first_reason_stands() -> None:
    patience = HostThrottle("paper.example")
    for answer in (later(3600), *[FORBIDDEN] * 9):
        patience.record(answer, 0.0)
    assert patience.ended == f"paper.example asks to wait 3600 s: {NOTHING_MORE}"


def test_a_host_that_refused_before_is_asked_once() -> None:
    wary = HostThrottle("paper.example", wary=True)
    wary.record(FORBIDDEN, 0.0)
    assert wary.ended == f"paper.example refused once (status 403): {NOTHING_MORE}"


def test_until_it_answers() -> None:
    wary = HostThrottle("paper.example", wary=True)
    for answer in (FINE, *[FORBIDDEN] * (REFUSALS_TO_END - 1)):
        wary.record(answer, 0.0)
    assert wary.ended is None


@table(
    ("answer", "again"),
    [(later(5), True), (later(5, 503), True), (later(5, 500), False), (BUSY, False), (later(3600), False), (FINE, False)],
)
def test_what_is_asked_again(answer: HostAnswer, again: bool) -> None:
    assert HostThrottle("paper.example").record(answer, 0.0) is again


ANSWERS = st.builds(
    HostAnswer, st.none() | st.integers(100, 599), st.none() | st.just("status 403"), st.none() | st.floats(0, 1e9)
)


@settings(max_examples=100, deadline=None)
@given(st.lists(st.tuples(ANSWERS, st.floats(0, 1e4)), max_size=200), st.floats(0, 3600))
def test_never_sooner_than_the_delay_and_never_for_ever(heard: list[tuple[HostAnswer, float]], delay: float) -> None:
    patience, now = HostThrottle("paper.example"), 0.0
    for answer, passed in heard:
        now += passed
        patience.record(answer, now)
        wait = patience.wait(now, delay)
        # Once nothing more is asked of the host, what it said is kept for the next crawl.
        longest = LONGEST_WAIT_SECONDS if patience.ended is None else KEPT_SECONDS
        assert delay - 1e-6 <= wait <= max(delay, LONGEST_PAUSE_SECONDS, longest) + 1e-6


def test_what_the_crawl_before_was_told_is_kept() -> None:
    soon = HostThrottle("paper.test", not_before=1_030.0)
    soon.begin(1_000.0)
    assert (soon.wait(1_000.0, 1.0), soon.ended) == (30.0, None)
    late = HostThrottle("paper.test", not_before=1_000.0 + LONGEST_WAIT_SECONDS + 1)
    late.begin(1_000.0)
    assert late.ended == f"paper.test asks to wait 601 s more: {NOTHING_MORE}"


@table(
    ("host", "code"),
    [("paper.example", CrawlReason.HOST_SUSPENDED), ("cdn.paper.example", CrawlReason.OTHER_HOST_SUSPENDED)],
)
def test_a_crawl_tells_its_own_host_from_another(host: str, code: CrawlReason) -> None:
    async def ended() -> CodedReason | None:
        crawler = Crawler(Spider)
        set_scope(crawler, CrawlScope(Site("paper", "The Paper", "https://paper.example/", "Europe/London")))
        throttle = ThrottleMiddleware(crawler, 1.0, clock())
        for number in range(REFUSALS_TO_END):
            assert throttle.ended is None
            url = f"https://{host}/{number}"
            throttle.process_response(Request(url), Response(url, 403))
        return throttle.ended

    assert asyncio.run(ended()) == CodedReason(code, f"{host} refused 5 times (status 403): {NOTHING_MORE}")
