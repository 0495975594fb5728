"""Requests and responses as values: what a server passes in, what it sends back, and the headers of all of our responses.

Knows no socket, no ledger and no page.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import parse_qsl

Headers = tuple[tuple[str, str], ...]

POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
"""Content-Security-Policy of our pages: nothing from other hosts, nothing inline."""
LOCKED = "default-src 'none'; frame-ancestors 'none'"
"""Content-Security-Policy of responses that are not pages."""
COMMON: Headers = (("X-Content-Type-Options", "nosniff"), ("Referrer-Policy", "no-referrer"))

CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]+")
MAX_QUERY_CHARS = 4_000
MAX_VALUES = 50
MAX_VALUE_CHARS = 1_000


@dataclass(frozen=True, slots=True)
class Request:
    """A request; `headers` have lower-case names."""

    method: str
    target: str
    """Path and query exactly as in the request line, without the path below which the viewer is reached."""
    headers: Mapping[str, str]
    form: str = ""
    """The requested file instead of the page: "csv", "json", "jsonl", "xlsx" or "md"; `target` is then the page's."""

    @property
    def path(self) -> str:
        """The target before the first question mark."""
        return self.target.partition("?")[0]

    @property
    def query_string(self) -> str:
        """Everything after the first question mark."""
        return self.target.partition("?")[2]

    def below(self, prefix: str) -> str:
        """Everything after `prefix`, including the query of a URL in it."""
        return self.target.removeprefix(prefix)

    def query(self) -> Query:
        """The query string; what exceeds MAX_QUERY is cut off."""
        text = self.query_string.partition("#")[0][:MAX_QUERY_CHARS]
        pairs = parse_qsl(text, errors="replace")[:MAX_VALUES]
        return Query(tuple((name, CONTROL.sub(" ", value[:MAX_VALUE_CHARS]).strip()) for name, value in pairs))


@dataclass(frozen=True, slots=True)
class Query:
    """The names and values of a query string, in order; parameters with an empty value are left out."""

    pairs: Headers

    def one(self, name: str) -> str | None:
        return next((value for key, value in self.pairs if key == name and value), None)


@dataclass(frozen=True, slots=True)
class Response:
    """A response. For HEAD a server sends everything but the body."""

    status: int
    headers: Headers
    body: bytes


def html(status: int, markup: str, *headers: tuple[str, str]) -> Response:
    ours = (("Content-Type", "text/html; charset=utf-8"), ("Content-Security-Policy", POLICY))
    return Response(status, (*headers, *ours, *COMMON), markup.encode("utf-8", "replace"))


def document(status: int, text: str, content_type: str, *headers: tuple[str, str]) -> Response:
    """A document for programs: a feed, a TimeMap. A browser that shows it runs and loads nothing."""
    ours = (("Content-Type", content_type), ("Content-Security-Policy", LOCKED))
    return Response(status, (*headers, *ours, *COMMON), text.encode("utf-8", "replace"))


def redirect(location: str, *headers: tuple[str, str]) -> Response:
    """A redirect; `location` must be visible ASCII."""
    return document(302, "", "text/plain; charset=utf-8", ("Location", location), *headers)
