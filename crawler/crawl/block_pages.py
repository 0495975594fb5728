"""Block pages: whether a response refuses us, whatever its status: 403 and the like, and challenge pages.

Pure: status, headers and body in, a code and one line of text out. Never raises; long bodies are not read. A recognised
refusal is recorded and respected, never circumvented.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from pipelines.reasons import CodedReason, FetchReason, coded

Headers = Mapping[str, tuple[str, ...]]
"""Names in lower case -> the values of all headers with that name, in order."""

REFUSING = frozenset({401, 402, 403, 407, 451})

MAX_HEADER_CHARS = 2_000
MAX_SEARCHED_BYTES = 64 * 1024
"""A challenge page is short; a longer page is none, and is not searched."""

_HEADER_MARKS = (("cf-mitigated", ("challenge",)), ("x-amzn-waf-action", ("challenge", "captcha")), ("x-sucuri-block", ("",)))
"""(header, prefix of its value): only sent with a challenge."""

_BODY_MARKS = (
    b"_cf_chl_opt",
    b"captcha-delivery.com/c",
    b"window.gokuProps",
    b'id="px-captcha"',
    b"sucuri_cloudproxy_js",
    b"Request unsuccessful. Incapsula incident ID",
)
"""Only in the challenges of the large bot filters, not in the scripts that they add to every page."""

_CAPTCHAS = (b"hcaptcha.com/1/api.js", b"recaptcha/api.js", b"recaptcha/enterprise.js", b"challenges.cloudflare.com/turnstile")
"""A comment form has them too: they count only with a title below, or if the status refuses service."""

_TITLE = re.compile(rb"<title[^>]{0,200}>([^<]{1,200})</title", re.IGNORECASE)
_TITLES = frozenset({
    "just a moment", "attention required! | cloudflare", "access denied", "access to this page has been denied", "robot check",
    "are you a robot", "are you human", "human verification", "security check", "pardon our interruption", "client challenge",
    "verifying you are human", "checking your browser", "ddos-guard", "captcha", "bot verification",
})  # fmt: skip
"""A complete title, without final punctuation: a newspaper's story has the paper's name in its title."""

MAX_RETRY_AFTER_SECONDS = 1e9
"""Thirty years: a longer Retry-After counts as this."""

_PIECES = re.compile(r"(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*,[^,]*|[^,]+", re.IGNORECASE)
"""Items of a list: a date has its own comma after the name of the day."""
_SECONDS = re.compile(r"\+?([0-9]+(?:\.[0-9]*)?) ?(?:s|secs?|seconds?|(m|mins?|minutes?)|(h|hrs?|hours?))?;?", re.IGNORECASE)


def plain_headers(headers: Iterable[tuple[bytes, Iterable[bytes]]]) -> Headers:
    """Headers as text, each cut to a limit."""
    return {
        name.decode("latin-1").lower(): tuple(value[:MAX_HEADER_CHARS].decode("latin-1") for value in values)
        for name, values in headers
    }


def refusal_of(status: int, headers: Headers, body: bytes) -> CodedReason | None:
    """How a response refuses us ("status 403", "status 200, a challenge page (...)"); None if it does not."""
    mark = _challenge(status, headers, body)
    if mark:
        return coded(FetchReason.CHALLENGE, status, mark)
    return coded(FetchReason.REFUSED, status) if status in REFUSING else None


def retry_after(headers: Headers, now: datetime) -> float | None:
    """Seconds to wait according to Retry-After (RFC 9110, 10.2.3), never below 0; None if there is none that can be read.

    A date is relative to the response's own Date, if it has one: the two clocks need not agree. Of several the longest counts.
    `now` is aware.
    """
    waits = []
    for piece in (piece.strip(" \t\"'") for value in headers.get("retry-after", ()) for piece in _PIECES.findall(value)):
        seconds = _SECONDS.fullmatch(piece)
        if seconds:
            waits.append(float(seconds[1]) * (60 if seconds[2] else 3_600 if seconds[3] else 1))
        elif until := _date(piece):
            since = _date(first_value(headers, "date")) or now
            waits.append(max((until - since).total_seconds(), 0.0))
    return min(max(waits), MAX_RETRY_AFTER_SECONDS) if waits else None


def _challenge(status: int, headers: Headers, body: bytes) -> str | None:
    for name, beginnings in _HEADER_MARKS:
        value = first_value(headers, name).strip().lower()
        if value and value.startswith(beginnings):
            return f"{name}: {value}"[:60]
    if len(body) > MAX_SEARCHED_BYTES:
        return None
    for mark in _BODY_MARKS:
        if mark in body:
            return mark.decode("ascii")
    found = _TITLE.search(body)
    title = " ".join(found[1].decode("utf-8", "replace").split()).rstrip(".…?!").lower() if found else ""
    if title in _TITLES:
        return f'titled "{title}"'
    if status in REFUSING or status in (405, 429, 503):
        return next((mark.decode("ascii") for mark in _CAPTCHAS if mark in body), None)
    return None


def first_value(headers: Headers, name: str) -> str:
    """The first header with a name (lower case); empty if there is none."""
    return next(iter(headers.get(name, ())), "")


def _date(text: str) -> datetime | None:
    """An HTTP-date in any of its three forms, or one of ISO 8601, aware."""
    if not 6 <= len(text) <= 64:
        return None
    try:
        found = datetime.fromisoformat(text) if text[:4].isdigit() else parsedate_to_datetime(text)
        return (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
