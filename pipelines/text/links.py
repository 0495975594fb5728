"""Repairs URLs as feeds, sitemaps and pages write them: corrected if only one reading is possible, skipped if none is.

The site's own hosts decide. If a scheme is missing, doubled or misspelt, the host still shows where the URL begins; a path
that only mentions another host is left alone. Pure text; the result still has to be joined with its base and made canonical.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from html import unescape
from itertools import zip_longest
from typing import Final, NamedTuple
from urllib.parse import unquote

from pipelines.text.urls import MAX_URL, article_key

IsOwn = Callable[[str], bool]
"""Whether an absolute URL belongs to the site that is read."""

_REFERENCE: Final = re.compile(r"&(?:amp|#[0-9]{1,9}|#x[0-9a-f]{1,8});", re.IGNORECASE)
"""A reference that is escaped once too often for the document's format. No query contains one: its "#" would end the query."""
_BLANKS: Final = re.compile(r"\s+")
_TAG: Final = re.compile(r"<[/!A-Za-z][^<>]{0,2000}>")
_NO_ADDRESS: Final = re.compile(r"#.*|null|none|nan|undefined|.*(?:\{\{|\$\{|\[object ).*", re.IGNORECASE)
"""A place on the page itself, or what templates print if they have no URL."""
_SCHEME: Final = re.compile(
    r"^(?:h?t{1,2}ps?|feed)(?:\s*[:;]\s*/*|\.?//+:?)\s*|https?(?:[:;]|%3a)(?:/|%2f)+|(?<=//)https?//+", re.IGNORECASE
)
"""A scheme in any spelling: "http:/", "https//", "ttp://", "http;//", "https%3A%2F%2F"."""
_SOUND: Final = re.compile(r"https?://([\w.-]+(?::\d+)?)(?:/[^\s?&<>\"'{}\\]*(?:\?(?:[^\s&<>\\]|&(?!#|amp;))*)?)?")
_HOST: Final = re.compile(
    r"(?:[\w-]+\.)+(?!s?html?$|php\d?$|aspx?$|jsp$|cgi$|xml$|json$)[a-z]{2,}|[\w.-]+:\d{1,5}|\d+(?:\.\d+){3}", re.IGNORECASE
)
_NO_PATH: Final = re.compile(r"[\s\"'<>{}\[\]]")
"""Signs before a URL that show words of a sentence or a piece of JSON."""
_QUOTES: Final = "\"'<>"
_MAX_STARTS: Final = 20


class _Start(NamedTuple):
    """A place where a URL may begin."""

    scheme: str
    slashes: int
    host: str
    rest: str
    """The host and everything after it, up to the query."""
    is_prefix: bool = False
    """Whether only this host is before the next start: a host was put in front of a URL that was already absolute."""
    is_glued: bool = False
    """Whether not even a slash is between this host and the next start."""


def own_hosts_of(url: str) -> IsOwn:
    """The test for a site of which only one URL is known: the same host, with or without `www.`."""
    own = article_key(url).partition("/")[0]
    return lambda other: article_key(other).partition("/")[0] == own


def mended(link: str, base: str, is_own: IsOwn) -> str | None:
    """The URL that a link means, absolute or to be joined with `base`; None if it cannot be one."""
    if _is_sound(link):
        return link
    text = _plain(link)
    if text is None or _is_sound(text):
        return text
    cut = min((at for at in map(text.find, "?#") if at >= 0), default=len(text))
    head, tail = text[:cut].replace("\\", "/"), text[cut:]
    starts = _starts(head)
    found = _absolute(head, starts, base, is_own) if starts else _without_scheme(head, base, is_own)
    return None if found is None else found + tail


def _plain(link: str) -> str | None:
    """The text of a link on one line, without tags, quotation marks and superfluous escapes; None if it is no URL."""
    text = link.strip()
    if len(text) > 4 * MAX_URL:  # a part of it may be escapes and line breaks
        return None
    if "&" in text:
        text = _REFERENCE.sub(lambda match: unescape(match[0].lower()), text)
    if "<" in text:
        text = _TAG.sub(" ", text).strip() or text
    if text[:1] in _QUOTES and text[-1:] in _QUOTES:
        text = text.strip(f"{_QUOTES} \t\r\n")
    text = _BLANKS.sub(lambda match: "" if set("\t\r\n").intersection(match[0]) else match[0], text)
    parts = text.split()
    if len(parts) > 1 and all(part.lower().startswith(("http://", "https://")) for part in parts):
        text = parts[0] if len(set(parts)) == 1 else ""
    return None if not text or _NO_ADDRESS.fullmatch(text) else text


def _is_sound(text: str) -> bool:
    """Whether there is nothing to repair: true for most links, so this test is fast."""
    sound = _SOUND.fullmatch(text) if len(text) <= MAX_URL else None
    return sound is not None and "http" not in text[5:] and sound[1] not in text[sound.end(1) :]


def _starts(head: str) -> list[_Start]:
    found: list[_Start] = []
    marks = list(_SCHEME.finditer(head))[:_MAX_STARTS]
    for mark, following in zip_longest(marks, marks[1:]):
        scheme, rest = mark[0].lower(), head[mark.end() :]
        if "%" in scheme:
            scheme, rest = unquote(scheme), unquote(rest)
        before = head[mark.end() : following.start()] if following else rest
        host = before.partition("/")[0].strip()
        is_prefix = following is not None and before.strip("/ ") == host
        name = "https" if "s" in scheme else "http"
        found.append(_Start(name, scheme.count("/"), host, rest, is_prefix, is_prefix and "/" not in before))
    return found


def _absolute(head: str, starts: list[_Start], base: str, is_own: IsOwn) -> str | None:
    """The last URL of the site itself in a text; another site's URL if the text begins with it, or contains no other."""
    found = _SCHEME.search(head)
    before = head[: found.start()] if found else ""
    begins = not before
    if _NO_PATH.search(before):
        return None
    own = next((number for number in range(len(starts) - 1, -1, -1) if _owns(starts[number], is_own)), None)
    if begins and "." in starts[0].host and not starts[0].is_glued and not _owns(starts[0], is_own):
        chosen = starts[0]
    elif own is not None:
        is_prefix = starts[own].is_prefix and "." in starts[own + 1].host
        chosen = starts[own + 1] if is_prefix else starts[own]
    elif not begins:
        return _without_scheme(head, base, is_own)
    else:
        chosen = next(start for start in starts if not start.is_prefix)
    rest = _without_twin(chosen, is_own)
    if chosen.slashes == 2 or _owns(chosen, is_own) or ("." in chosen.host and chosen.slashes > 2):
        return f"{chosen.scheme}://{rest}"
    return None if "." in chosen.host else "/" * min(chosen.slashes, 1) + rest


def _without_scheme(head: str, base: str, is_own: IsOwn) -> str | None:
    bare = head.lstrip("/:; ")
    host = bare.partition("/")[0]
    start = _Start(base.partition(":")[0], 0, host, bare)
    if _owns(start, is_own):
        return f"{start.scheme}://{_without_twin(start, is_own)}"
    if head.startswith("//"):
        return head if "." in host else f"/{bare}"  # every public host has a dot
    if head.startswith(("/", ".")):
        return head
    return None if " " in host or _is_host(host, bare) else head


def _is_host(name: str, text: str) -> bool:
    """Whether a first segment must be the host of another site: "www.other.example", "other.example:8080/path"."""
    return name.lower().startswith("www.") or (name != text and _HOST.fullmatch(name) is not None)


def _owns(start: _Start, is_own: IsOwn) -> bool:
    return bool(start.host) and is_own(f"{start.scheme}://{start.host}/")


def _without_twin(start: _Start, is_own: IsOwn) -> str:
    """The rest without a repeated host: "host/host/path" -> "host/path"."""
    rest = start.rest
    while True:
        inner = rest.partition("/")[2].lstrip("/")
        host = inner.partition("/")[0]
        if ("." in host or ":" in host) and host.lower() == start.host.lower() and is_own(f"{start.scheme}://{host}/"):
            rest = inner
        else:
            return rest
