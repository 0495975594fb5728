"""Answers that turn us away, and how long they ask us to stay away."""

from __future__ import annotations

from datetime import UTC, datetime

from hypothesis import given, settings
from hypothesis import strategies as st

from crawler.crawl.block_pages import Headers, plain_headers, refusal_of, retry_after
from pipelines.reasons import FetchReason
from tests.table import table

NOW = datetime(2025, 3, 7, 8, 0, tzinfo=UTC)
PAGE = b"<html><head><title>%b</title></head><body><p>Please wait.</p>%b</body></html>"
CAPTCHA = b'<script src="https://www.google.com/recaptcha/api.js"></script>'


@table(
    ("status", "headers", "body", "refusal"),
    [
        (200, {}, b"", None),
        (404, {}, b"", None),
        (429, {}, b"", None),
        (503, {}, b"", None),
        (401, {}, b"", "status 401"),
        (403, {}, b"", "status 403"),
        (451, {}, b"", "status 451"),
        (403, {"cf-mitigated": ("challenge",)}, b"", "status 403, a challenge page (cf-mitigated: challenge)"),
        (200, {"cf-mitigated": ("challenge",)}, b"", "status 200, a challenge page (cf-mitigated: challenge)"),
        (202, {"x-amzn-waf-action": ("challenge",)}, b"", "status 202, a challenge page (x-amzn-waf-action: challenge)"),
        (200, {"cf-mitigated": ("log",)}, b"", None),
        (200, {}, PAGE % (b"Just a moment...", b""), 'status 200, a challenge page (titled "just a moment")'),
        (503, {}, PAGE % (b" Just a\nmoment... ", b""), 'status 503, a challenge page (titled "just a moment")'),
        (200, {}, PAGE % ("Just a moment…".encode(), b""), 'status 200, a challenge page (titled "just a moment")'),
        (200, {}, PAGE % (b"Just a moment: mayor asks for patience | Mercury", b""), None),
        (200, {}, PAGE % (b"Council | Mercury", b"<script>window._cf_chl_opt={}</script>"),
         "status 200, a challenge page (_cf_chl_opt)"),
        (200, {}, PAGE % (b"Council | Mercury", CAPTCHA), None),
        (403, {}, PAGE % (b"Mercury", CAPTCHA), "status 403, a challenge page (recaptcha/api.js)"),
        (503, {}, PAGE % (b"Mercury", CAPTCHA), "status 503, a challenge page (recaptcha/api.js)"),
        (200, {}, PAGE % (b"Just a moment...", b"<p>" + 70_000 * b"x"), None),
        (200, {}, PAGE % (b"Mercury", b'<script src="/cdn-cgi/challenge-platform/scripts/jsd/main.js"></script>'), None),
    ],
)  # fmt: skip
def test_refusals(status: int, headers: Headers, body: bytes, refusal: str | None) -> None:
    found = refusal_of(status, headers, body)
    assert (found and found.text) == refusal
    assert found is None or found.code is (FetchReason.CHALLENGE if "challenge page" in found.text else FetchReason.REFUSED)


@table(
    ("headers", "seconds"),
    [
        ({}, None),
        ({"retry-after": ("120",)}, 120.0),
        ({"retry-after": (" 0 ",)}, 0.0),
        ({"retry-after": ("-5",)}, None),
        ({"retry-after": ("1.5",)}, 1.5),
        ({"retry-after": ("90.",)}, 90.0),
        ({"retry-after": ("\t45 ",)}, 45.0),
        ({"retry-after": ('"45"',)}, 45.0),
        ({"retry-after": ("45s",)}, 45.0),
        ({"retry-after": ("45 Seconds",)}, 45.0),
        ({"retry-after": ("12345678901",)}, 1e9),
        ({"retry-after": ("45, 30",)}, 45.0),
        ({"retry-after": ("30", "45")}, 45.0),
        ({"retry-after": ("later, 45",)}, 45.0),
        ({"retry-after": ("45, Fri, 07 Mar 2025 08:01:30 GMT, 30",)}, 90.0),
        ({"retry-after": ("Fri, 31 Dec 9999 23:59:59 GMT",)}, 1e9),
        ({"retry-after": ("Fri, 07 Mar 12025 08:01:30 GMT",)}, None),
        ({"retry-after": ("-1.5",)}, None),
        ({"retry-after": ("1.5.2",)}, None),
        ({"retry-after": ("45 minutes",)}, 2_700.0),
        ({"retry-after": ("1 hour;",)}, 3_600.0),
        ({"retry-after": ("+45",)}, 45.0),
        ({"retry-after": ("2025-03-07T08:01:30Z",)}, 90.0),
        ({"retry-after": ("soon",)}, None),
        ({"retry-after": ("",)}, None),
        ({"retry-after": ("9" * 400,)}, 1e9),
        ({"retry-after": ("٣",)}, None),
        ({"retry-after": ("Fri, 07 Mar 2025 08:01:30 GMT",)}, 90.0),
        ({"retry-after": ("Friday, 07-Mar-25 08:01:30 GMT",)}, 90.0),
        ({"retry-after": ("Fri Mar  7 08:01:30 2025",)}, 90.0),
        ({"retry-after": ("Fri, 07 Mar 2025 07:00:00 GMT",)}, 0.0),
        ({"retry-after": ("Fri, 07 Mar 2025 09:00:30 GMT",), "date": ("Fri, 07 Mar 2025 09:00:00 GMT",)}, 30.0),
        ({"retry-after": ("Fri, 99 Mar 2025 09:00:30 GMT",)}, None),
    ],
)
def test_retry_after(headers: Headers, seconds: float | None) -> None:
    assert retry_after(headers, NOW) == seconds


def test_headers_keep_each_value() -> None:
    assert plain_headers([(b"X-Robots-Tag", [b"noarchive", b"otherbot: none"]), (b"Age", [5000 * b"1"])]) == {
        "x-robots-tag": ("noarchive", "otherbot: none"), "age": (2000 * "1",),
    }  # fmt: skip


@settings(max_examples=100, deadline=None)
@given(st.integers(100, 599), st.text(max_size=80), st.binary(max_size=400))
def test_nothing_raises(status: int, value: str, body: bytes) -> None:
    headers = {"retry-after": (value,), "date": (value,), "cf-mitigated": (value,)}
    assert (retry_after(headers, NOW) or 0.0) >= 0.0
    refusal_of(status, headers, body)
    refusal_of(status, {}, b"<title>" + body + b"</title>")
