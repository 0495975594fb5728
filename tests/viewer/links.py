"""Reads the lists of links that the viewer answers with, as a Memento client does (RFC 8288, RFC 7089)."""

from __future__ import annotations

import re

from pipelines.proof.memento import Link, parse_http_date

_TARGET = re.compile(r"\s{0,64},?\s{0,64}<([^<>\s]{0,4096})>")
_PARAMETER = re.compile(r"\s{0,64};\s{0,64}([A-Za-z*-]{1,32})(?:\s{0,8}=\s{0,8}(?:\"([^\"]{0,4096})\"|([^\s;,\"]{0,4096})))?")


def parse_links(text: str) -> tuple[Link, ...]:
    """The links of a `Link` header or a list of links."""
    found, position = [], 0
    while target := _TARGET.match(text, position):
        position, parameters = target.end(), dict[str, str]()
        while parameter := _PARAMETER.match(text, position):
            position = parameter.end()
            name, quoted, bare = parameter.groups()
            parameters.setdefault(name.lower(), quoted if quoted is not None else bare or "")
        first, last = (parse_http_date(parameters.get(name, "")) for name in ("from", "until"))
        at = parse_http_date(parameters.get("datetime", ""))
        span = (first, last) if first and last else None
        found.append(Link(target[1], parameters.get("rel", ""), at, parameters.get("type"), span))
    return tuple(found)
