"""Feeds: RSS 2.0 and its elders, RSS 1.0, Atom 0.3 and 1.0, JSON Feed -> candidates.

Every entry stands for itself: one that is broken is reported, and the others are read. Fetches nothing and follows
nothing; wrapped links that only their maker can resolve are reported and left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Final, TypeAlias

from lxml import etree

from crawler.discovery.candidate import Candidate, FeedEntry, Listing, SourceKind, claimed_time, claimed_title, problem_lines
from crawler.discovery.json_feed import json_entries
from crawler.discovery.markup import decode, root_name, xml_source, xml_tree
from pipelines.text.urls import absolute, canonicalize

MAX_FEED_BYTES: Final = 20_000_000
MAX_ENTRIES: Final = 2_000
_MAX_TAGS: Final = 200_000
_MAX_ENTRY_BYTES: Final = 1_000_000
_MAX_PARTS: Final = 1_000

_CORE_NAMESPACES: Final = frozenset(
    {
        "http://purl.org/rss/1.0/",
        "http://my.netscape.com/rdf/simple/0.9/",
        "http://channel.netscape.com/rdf/simple/0.9/",
        "http://backend.userland.com/rss2",
        "http://blogs.law.harvard.edu/tech/rss",
    }
)
_PREFIXES: Final = {
    "http://www.w3.org/2005/Atom": "atom:",
    "http://purl.org/atom/ns#": "atom:",
    "http://purl.org/dc/elements/1.1/": "dc:",
    "http://purl.org/dc/terms/": "dcterms:",
    "http://rssnamespace.org/feedburner/ext/1.0": "feedburner:",
}
_PUBLISHED: Final = ("pubdate", "published", "issued", "atom:published", "dcterms:issued", "dc:date", "dcterms:created")
_MODIFIED: Final = ("updated", "modified", "atom:updated", "dcterms:modified")
_XML_BASE: Final = "{http://www.w3.org/XML/1998/namespace}base"
_RDF_ABOUT: Final = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}about"
_ENTRY_START: Final = re.compile(rb"<((?:[A-Za-z_][\w.-]{0,30}:)?(?:item|entry))(?=[\s>])")
_ROOT_TAG: Final = re.compile(rb"<[A-Za-z_][^<>]{0,20000}>")
_WRAPPER: Final = re.compile(r"https?://(?:news\.google\.[a-z.]{2,6}/|www\.google\.[a-z.]{2,6}/url\?)")

_Fields: TypeAlias = dict[str, list[etree._Element]]


def parse_feed(body: bytes, url: str, timezone: str = "UTC", content_type: str | None = None) -> Listing:
    """Candidates in the order of the feed, each URL once. `timezone` reads times that are written without a zone.

    An RSS `pubDate` or `dc:date` claims publication only; Atom `updated` and `dcterms:modified` claim modification.
    """
    if len(body) > MAX_FEED_BYTES:
        return Listing(problems=(f"feed of {len(body)} bytes is over the limit of {MAX_FEED_BYTES}",))
    problems: list[str] = []
    base = absolute(url) or url
    if body[:1024].lstrip(b"\xef\xbb\xbf \t\r\n")[:1] == b"{":
        entries = json_entries(decode(body, content_type), base, problems)
    else:
        entries = _xml_entries(body, base, content_type, problems)
    candidates = tuple(_candidates(entries, timezone, problems))
    return Listing(candidates=candidates, problems=problem_lines(problems))


def _candidates(entries: Iterable[FeedEntry], timezone: str, problems: list[str]) -> Iterator[Candidate]:
    seen: set[str] = set()
    for number, entry in enumerate(entries, start=1):
        if number > MAX_ENTRIES:
            problems.append(f"more than {MAX_ENTRIES} entries: the rest is left out")
            return
        found = [address for link in entry.links if (address := canonicalize(link, entry.base)) is not None]
        address = next((address for address in found if not _WRAPPER.match(address)), None)
        if address is None:
            problems.append(f"entry {number}: " + ("a Google News wrapper link" if found else "no usable link"))
        elif address not in seen:
            seen.add(address)
            yield Candidate(
                url=address,
                source=SourceKind.FEED,
                title=claimed_title(entry.title),
                claimed_modified=claimed_time(entry.modified, timezone, "feed"),
                claimed_published=claimed_time(entry.published, timezone, "feed"),
            )


def _xml_entries(body: bytes, base: str, content_type: str | None, problems: list[str]) -> Iterator[FeedEntry]:
    data, complaints = xml_source(body, content_type)
    problems.extend(complaints)
    kind = root_name(data)
    if kind in {"", "html", "urlset", "sitemapindex"}:
        problems.append(f"no feed: {f'the root element is <{kind}>' if kind else 'no markup'}")
        return
    # A tree of millions of empty tags would take a gigabyte; entry by entry each is small.
    many = data.count(b"<") > _MAX_TAGS
    root = None if many else xml_tree(data, recover=False)
    if root is None:
        if not many:
            problems.append("not well-formed: read entry by entry")
        yield from _entries_of_fragments(data, base, problems)
        return
    space = etree.QName(root).namespace
    for element in root.iter("{*}item", "{*}entry"):
        if _name(element, space) in {"item", "entry"}:
            yield _entry(element, element, space, base)


def _entries_of_fragments(data: bytes, base: str, problems: list[str]) -> Iterator[FeedEntry]:
    """Entries cut out of the text and parsed each on its own, so that no broken tag swallows the next entry."""
    root_tag = _ROOT_TAG.match(data)
    opening = re.sub(rb"/?>$", b">", root_tag[0]) if root_tag else b"<feed>"
    start = _ENTRY_START.search(data)
    while start is not None:
        following = _ENTRY_START.search(data, start.end())
        chunk = data[start.start() : following.start() if following else len(data)]
        end = chunk.rfind(b"</" + start[1])
        if end < 0 and following is None:
            problems.append("the document is cut off within its last entry")
            return
        tree = None
        if len(chunk) <= _MAX_ENTRY_BYTES:
            tree = xml_tree(opening + (chunk[:end] if end >= 0 else chunk), recover=True)
        if tree is None:
            problems.append(f"an entry of {len(chunk)} bytes that cannot be read")
        else:
            space = etree.QName(tree).namespace
            element = next(tree.iter("{*}" + start[1].decode("ascii").rpartition(":")[2]), tree)
            yield _entry(element, element.iter(), space, base)
        start = following


def _entry(element: etree._Element, parts: Iterable[etree._Element], space: str | None, base: str) -> FeedEntry:
    fields: _Fields = {}
    for part in islice(parts, _MAX_PARTS):
        if part is not element:
            fields.setdefault(_name(part, space), []).append(part)
    for ancestor in reversed([element, *element.iterancestors()]):
        base = absolute(ancestor.get(_XML_BASE, ""), base) or base
    return FeedEntry(
        links=tuple(_links(element, fields)),
        base=base,
        title=_first_text(fields, ("title", "atom:title", "dc:title")),
        published=_first_text(fields, _PUBLISHED),
        modified=_first_text(fields, _MODIFIED),
    )


def _name(element: etree._Element, root_namespace: str | None) -> str:
    """Name in lower case with the usual prefix, whatever the document's own; no prefix for the feed's own words."""
    tag = str(element.tag)
    if not tag.startswith("{"):
        return tag.lower()  # also "dc:date", where the prefix was never declared
    space, _, local = tag[1:].partition("}")
    if space == root_namespace or space in _CORE_NAMESPACES:
        return local.lower()
    return _PREFIXES.get(space, "other:") + local.lower()


def _links(element: etree._Element, fields: _Fields) -> Iterator[str]:
    """Addresses an entry gives for itself, best first. FeedBurner's is the publisher's own, `link` then its counter."""
    yield from (_text(part) for part in fields.get("feedburner:origlink", ()))
    atom_links: list[tuple[bool, str]] = []
    for part in (*fields.get("link", ()), *fields.get("atom:link", ())):
        if part.get("href") is None:
            yield _text(part)
        elif part.get("rel", "alternate") == "alternate":
            atom_links.append(("html" not in part.get("type", "html"), part.get("href", "")))
    yield from (link for _, link in sorted(atom_links, key=lambda link: link[0]))
    for part in (*fields.get("guid", ()), *fields.get("id", ())):
        if part.get("isPermaLink", "true").strip().lower() != "false" and _text(part).startswith("http"):
            yield _text(part)
    if element.get(_RDF_ABOUT, "").startswith("http"):
        yield element.get(_RDF_ABOUT, "")


def _first_text(fields: _Fields, names: tuple[str, ...]) -> str | None:
    texts = (_text(part) for name in names for part in fields.get(name, ()))
    return next((text for text in texts if text), None)


def _text(element: etree._Element) -> str:
    return "".join(element.itertext()).strip()
