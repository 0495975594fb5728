"""Sitemaps: urlset, index, news extension, plain text -> candidates and child sitemaps.

Reads tags by their local names, since namespaces are often wrong, and keeps no tree: memory use is constant.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import Final

from lxml import etree

from crawler.discovery.candidate import Candidate, Listing, SitemapRef, SourceKind, claimed_time, claimed_title, problem_lines
from crawler.discovery.feed import parse_feed
from crawler.discovery.markup import decode, root_name, xml_parser, xml_source
from pipelines.text.dates import Timestamp
from pipelines.text.links import IsOwn, mended, own_hosts_of
from pipelines.text.urls import absolute, canonicalize

MAX_SITEMAP_BYTES: Final = 50_000_000
MAX_URLS: Final = 50_000
"""Both are the sitemap protocol's own limits (50 MB uncompressed, 50,000 addresses)."""

_ROOT_TAG: Final = re.compile(rb"<([A-Za-z_][\w.-]{0,30}:)?([\w.-]{1,60})[^<>]{0,20000}>")
_ENTRY_END: Final = re.compile(rb"</(?:url|sitemap)\s{0,9}>", re.IGNORECASE)
_ENTRIES: Final = tuple(f"{{*}}{form}" for name in ("url", "sitemap") for form in (name, name.upper(), name.title()))
_PIECE_BYTES: Final = 262_144

_Clock = Callable[[str | None], Timestamp | None]


def parse_sitemap(body: bytes, url: str, timezone: str = "UTC", *, same_site: IsOwn | None = None) -> Listing:
    """`lastmod` claims modification, `news:publication_date` publication. RSS and Atom, which the protocol allows in place of
    a sitemap, are read as feeds; `same_site` as there."""
    if not body:
        return Listing(problems=("the sitemap is empty",))
    data, complaints = xml_source(body)
    problems = list(complaints)
    kind = root_name(data)
    base, is_own = absolute(url) or url, same_site or own_hosts_of(url)
    if kind in {"rss", "rdf", "feed"}:
        listing = parse_feed(body, url, timezone, same_site=same_site)
        return Listing(listing.candidates, problems=tuple(dict.fromkeys([*problems, *listing.problems])))
    if kind == "html":
        return Listing(problems=problem_lines([*problems, "an HTML page, not a sitemap"]))
    if not kind:
        return _plain_listing(decode(body), base, is_own, problems)
    listing = _xml_listing(data, base, timezone, is_own, problems)
    if not listing.candidates and not listing.sitemaps and kind not in {"urlset", "sitemapindex"}:
        return Listing(problems=(f"no sitemap: the root element is <{kind}>", *listing.problems))
    return listing


def _plain_listing(text: str, base: str, is_own: IsOwn, problems: list[str]) -> Listing:
    """One address a line. Only absolute ones: any other text is no sitemap."""
    addresses: dict[str, None] = {}
    for match in re.finditer(r"[^\r\n]+", text):
        address = canonicalize(mended(match[0], base, is_own) or "")
        if address is not None:
            addresses[address] = None
        if len(addresses) >= MAX_URLS:
            problems.append(f"more than {MAX_URLS} addresses: the rest is left out")
            break
    if not addresses:
        problems.append("no sitemap: neither markup nor addresses")
    candidates = tuple(Candidate(url=address, source=SourceKind.SITEMAP) for address in addresses)
    return Listing(candidates, problems=problem_lines(problems))


def _xml_listing(data: bytes, base: str, timezone: str, is_own: IsOwn, problems: list[str]) -> Listing:
    candidates: dict[str, Candidate] = {}
    sitemaps: dict[str, SitemapRef] = {}
    clock = _clock(timezone)
    for kind, fields in _entries(data, problems):
        location = fields.get("loc", "")
        link = mended(location, base, is_own) or ""
        address = canonicalize(link, base) if kind == "url" else absolute(link, base)
        if address is None:
            problems.append(f"no usable address in an entry: {location[:200]!r}")
        elif kind == "sitemap":
            sitemaps.setdefault(address, SitemapRef(address, clock(fields.get("lastmod"))))
        elif address not in candidates:
            candidates[address] = _candidate(address, fields, clock)
        if len(candidates) + len(sitemaps) >= MAX_URLS:
            problems.append(f"{MAX_URLS} addresses or more: what follows is left out")
            break
    return Listing(tuple(candidates.values()), tuple(sitemaps.values()), problem_lines(problems))


def _candidate(address: str, fields: dict[str, str], clock: _Clock) -> Candidate:
    return Candidate(
        url=address,
        source=SourceKind.SITEMAP,
        title=claimed_title(fields.get("title")),
        claimed_modified=clock(fields.get("lastmod")),
        claimed_published=clock(fields.get("publication_date")),
    )


def _clock(timezone: str) -> _Clock:
    """Reads the times of one document. Sitemaps repeat a few stamps by the thousand, so each is parsed once."""
    known: dict[str, Timestamp | None] = {}

    def read(text: str | None) -> Timestamp | None:
        if not text:
            return None
        if text not in known:
            known[text] = claimed_time(text, timezone, "sitemap")
        return known[text]

    return read


def _entries(data: bytes, problems: list[str]) -> Iterator[tuple[str, dict[str, str]]]:
    """("url" or "sitemap", texts by local name) of each complete entry."""
    match = _ROOT_TAG.match(data)
    opening, prefix, root = (match[0], match[1] or b"", match[2]) if match else (b"<urlset>", b"", b"urlset")
    if not re.search(rb"</" + re.escape(prefix + root) + rb"\s*>\s*\Z", data[-1000:]):
        problems.append("the sitemap is cut off")
    if prefix:  # "<sm:urlset>": the prefix goes, whether it was declared or not
        data = data.replace(b"<" + prefix, b"<").replace(b"</" + prefix, b"</")
        opening = b"<" + opening[1 + len(prefix) :]
    for piece in _pieces(data, len(opening), problems):
        parser = xml_parser(recover=True)
        tree = etree.fromstring(opening + piece + b"</" + root + b">", parser)
        if len(parser.error_log):
            problems.append(f"broken XML: {parser.error_log[0].message}")
        for element in tree.iter(*_ENTRIES) if tree is not None else ():
            yield _local(str(element.tag)), _texts(element)


def _pieces(data: bytes, start: int, problems: list[str]) -> Iterator[bytes]:
    """Groups of complete entries, small enough for a tree each: one tree of all takes six times the document's memory,
    iterparse is constant in memory but three times as slow. What follows the last complete entry of a cut document is no
    entry, even if it contains an address."""
    end = start
    for match in _ENTRY_END.finditer(data, start):
        end = match.end()
        if end - start > 4 * _PIECE_BYTES:
            problems.append(f"{end - start} bytes without the end of an entry are left out")
            start = end
        elif end - start > _PIECE_BYTES:
            yield data[start:end]
            start = end
    if end > start:
        yield data[start:end]


def _texts(entry: etree._Element) -> dict[str, str]:
    """Texts of an entry and of `news:news` within it. Pictures and videos have a `loc` and `title` of their own, which never
    belong to the entry, neither in their element nor, as some write them, beside it."""
    texts: dict[str, str] = {}
    own = _namespace(str(entry.tag))
    for child in entry:
        tag = str(child.tag)
        name = _local(tag)
        if name == "news":
            texts |= {_local(str(part.tag)): part.text or "" for part in child}
        elif _namespace(tag) == own:
            texts.setdefault(name, child.text or "")
    return texts


@lru_cache(maxsize=256)
def _namespace(tag: str) -> tuple[str, str]:
    """Namespace, or the prefix if it was never declared."""
    space, _, name = tag.rpartition("}")
    return space, name.rpartition(":")[0]


@lru_cache(maxsize=256)
def _local(tag: str) -> str:
    """ "title" for "{http://www.google.com/...}title", and for "news:title" with an undeclared prefix."""
    return tag.rpartition("}")[2].rpartition(":")[2].lower()
