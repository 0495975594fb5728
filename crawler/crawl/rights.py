"""Rights that a site reserves: robots directives (X-Robots-Tag, robots meta) and text and data mining (TDMRep of May 2024).

Pure: headers and bytes in, one value out. Never raises; every input is read up to a limit. What a reservation means is
the site's policy in the catalogue, not decided here.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

from crawler.crawl.block_pages import Headers, first_value

TDM_WANTED = "mining_wanted"
"""Key of a request's `meta` that requests the host's rules."""
TDM_FOUND = "mining"
"""Key of `meta` for the result: a TdmReservation, or None."""

AGENT = "newsledger"

MAX_HEAD_BYTES = 256 * 1024
MAX_FILE_BYTES = 256 * 1024
MAX_RULES = 1_000
MAX_POLICY_CHARS = 500
MAX_VALUE_CHARS = 80

_KEPT = ("noarchive", "nocache", "noindex", "nosnippet", "none", "noai", "noimageai", "unavailable_after")
_WITH_VALUE = ("unavailable_after", "max-snippet", "max-image-preview", "max-video-preview")
_KEYS = ("tdm-reservation", "tdm-policy")
# Each begins with its "<": with IGNORECASE the search would stop at each letter.
_META = re.compile(rb"<[mM][eE][tT][aA]\s([^<>]{1,2000})>")
_HEAD_END = re.compile(rb"<(?:/[hH][eE][aA][dD]|[bB][oO][dD][yY])")
_SCRIPT, _SCRIPT_END = re.compile(rb"<[sS][cC][rR][iI][pP][tT]"), re.compile(rb"</[sS][cC][rR][iI][pP][tT]")
_UNREAD = ((re.compile(rb"<!--"), re.compile(rb"-->")), (_SCRIPT, _SCRIPT_END))
_RELEVANT = re.compile(rb"robots|newsledger|tdm-|&", re.IGNORECASE)
"""In a relevant meta element; character references may spell any name."""
_ATTRIBUTE = re.compile(r"""([a-zA-Z-]{1,20})\s{0,9}=\s{0,9}(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))""")


@dataclass(frozen=True, slots=True)
class TdmReservation:
    """A statement about text and data mining."""

    reserved: bool
    policy: str | None = None
    """URL of the terms for permission."""

    def __str__(self) -> str:
        return f"{int(self.reserved)} {self.policy}" if self.policy else str(int(self.reserved))


@dataclass(frozen=True, slots=True)
class Reservations:
    """The reservations of one page."""

    robots: tuple[str, ...] = ()
    """Restricting directives for everybody and for us, lower case: "noarchive", "unavailable_after: 25 jun 2025"."""
    tdm: TdmReservation | None = None
    """None if there is no statement."""


@dataclass(frozen=True, slots=True)
class TdmRule:
    """One entry of a host's tdmrep.json: its paths (with * and $, as in robots.txt), and its statement."""

    location: str
    reservation: TdmReservation


def reservations_of(headers: Headers, page: bytes = b"") -> Reservations:
    """The reservations in headers and in the head of an HTML page. A 1 outweighs a 0."""
    robots = [*_directives(headers.get("x-robots-tag", ()))]
    declared = [_reservation(first_value(headers, "tdm-reservation"), first_value(headers, "tdm-policy"))]
    named: dict[str, list[str]] = {}
    for name, content in _metas(page):
        named.setdefault(name, []).append(content)
    robots += _directives((*named.get("robots", ()), *named.get(AGENT, ())))
    policy = next(iter(named.get("tdm-policy", ())), "")
    declared += [_reservation(text, policy) for text in named.get("tdm-reservation", ())]
    found = [reservation for reservation in declared if reservation]
    tdm = next((reservation for reservation in found if reservation.reserved), found[0] if found else None)
    return Reservations(tuple(dict.fromkeys(robots)), tdm)


def forbids_copies(robots: str) -> bool:
    """Whether directives, joined by ", ", ask that no copy be shown; "nocache" is Bing's word for it."""
    return not {"noarchive", "nocache"}.isdisjoint(robots.split(", "))


def tdm_rules(body: bytes) -> tuple[TdmRule, ...]:
    """The rules of a `/.well-known/tdmrep.json`; empty if it is no such file. Entries without a statement are ignored."""
    if len(body) > MAX_FILE_BYTES:
        return ()
    try:
        entries = json.loads(body)
    except (ValueError, RecursionError):
        return ()
    rules = []
    for entry in entries[:MAX_RULES] if isinstance(entries, list) else ():
        location = entry.get("location") if isinstance(entry, dict) else None
        if isinstance(location, str) and location:
            reservation = _reservation(*(str(raw) if isinstance(raw := entry.get(key), str | int) else "" for key in _KEYS))
            if reservation:
                rules.append(TdmRule(location[:MAX_POLICY_CHARS], reservation))
    return tuple(rules)


def rule_for(rules: Iterable[TdmRule], url: str) -> TdmReservation | None:
    """The statement about a URL: by the longest matching location, and of two equal ones by the one that reserves."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    path = f"{parts.path or '/'}?{parts.query}" if parts.query else parts.path or "/"
    fitting = [rule for rule in rules if _matches_pattern(rule.location, path)]
    best = max(fitting, key=lambda rule: (len(rule.location), rule.reservation.reserved), default=None)
    return best.reservation if best else None


def _matches_pattern(location: str, path: str) -> bool:
    """Whether a path matches a pattern of * (anything) and a final $ (the end). Left to right, without backtracking."""
    whole = location.endswith("$")
    first, *rest = location.removesuffix("$").split("*")
    if not path.startswith(first):
        return False
    at = len(first)
    for position, piece in enumerate(rest):
        if whole and position == len(rest) - 1:
            return len(path) - len(piece) >= at and path.endswith(piece)
        found = path.find(piece, at)
        if found < 0:
            return False
        at = found + len(piece)
    return not whole or at == len(path)


def _reservation(reservation: str, policy: str) -> TdmReservation | None:
    flag = reservation.strip().lower()
    if flag not in ("0", "1", "true", "false"):
        return None
    policy = policy.strip()[:MAX_POLICY_CHARS]
    return TdmReservation(
        flag in ("1", "true"), policy if policy.startswith(("https://", "http://")) and policy.isprintable() else None
    )


def _directives(values: Iterable[str]) -> Iterator[str]:
    """Directives for everybody or for us: "otherbot: noindex, noarchive" is for another up to its end."""
    for value in values:
        for_us, parts = True, value.lower().split(",")
        for position, part in enumerate(parts):
            name, colon, rest = (piece.strip() for piece in part.partition(":"))
            if colon and name not in _WITH_VALUE and " " not in name:  # "25-Jun-25 15:00:00" is the rest of a date
                for_us = name == AGENT
                name, _, rest = (piece.strip() for piece in rest.partition(":"))
            if not for_us or name not in _KEPT:
                continue
            if name != "unavailable_after":
                yield name
            elif rest:
                # "Saturday, 25-Jun-25 15:00:00 GMT": the comma belongs to the date
                day = f"{rest}, {parts[position + 1].strip()}" if rest.isalpha() and position + 1 < len(parts) else rest
                yield f"{name}: {day[:MAX_VALUE_CHARS]}"


def _metas(page: bytes) -> Iterator[tuple[str, str]]:
    """(name, content) of the meta elements of the head, names in lower case."""
    end = _HEAD_END.search(page, 0, MAX_HEAD_BYTES)
    head = page[: end.start() if end else MAX_HEAD_BYTES]
    for opening, closing in _UNREAD:
        head = _without_parts(head, opening, closing)
    for match in _META.finditer(head):
        if not _RELEVANT.search(match[1]):
            continue
        pairs: dict[str, str] = {}
        for found in _ATTRIBUTE.finditer(match[1].decode("utf-8", "replace")):
            pairs.setdefault(found[1].lower(), html.unescape(found[2] or found[3] or found[4] or ""))
        if pairs.get("name") and "content" in pairs:
            yield pairs["name"].strip().lower(), pairs["content"]


def _without_parts(data: bytes, opening: re.Pattern[bytes], closing: re.Pattern[bytes]) -> bytes:
    """The bytes without the parts between two marks; an unclosed one reaches to the end. One pass."""
    kept, at = [], 0
    while start := opening.search(data, at):
        kept.append(data[at : start.start()])
        end = closing.search(data, start.end())
        if end is None:
            return b"".join(kept)
        at = end.end()
    return b"".join((*kept, data[at:]))
