"""Feeds: RSS 2.0 and earlier versions, RSS 1.0, Atom 0.3 and 1.0, JSON Feed -> candidates.

Entries are independent: a broken one is reported, and the others are read. Fetches nothing and follows
nothing; wrapped links that only their maker can resolve are reported and left out.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Final, TypeAlias

from lxml import etree

from crawler.discovery.candidate import Candidate, FeedEntry, Listing, SourceKind, claimed_time, claimed_title, problem_lines
from crawler.discovery.markup import decode, root_name, xml_source, xml_tree
from pipelines.text.links import IsOwn, mended, own_hosts_of
from pipelines.text.urls import absolute, article_key, canonicalize

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
_FIELDS: Final = frozenset(
    name.rpartition(":")[2].encode() for name in (*_PUBLISHED, *_MODIFIED, "title", "link", "guid", "id", "feedburner:origlink")
)
_FRAME: Final = frozenset({b"item", b"entry", b"channel", b"rss", b"rdf", b"feed"})
_XML_BASE: Final = "{http://www.w3.org/XML/1998/namespace}base"
_RDF_ABOUT: Final = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}about"
_ROOTS: Final = frozenset({"rss", "rdf", "feed", "channel"})
_ENTRIES: Final = tuple(f"{{*}}{form}" for name in ("item", "entry") for form in (name, name.upper(), name.title()))
_ENTRY_START: Final = re.compile(rb"<((?:[A-Za-z_][\w.-]{0,30}:)?(?:item|entry))(?=[\s>])", re.IGNORECASE)
_COMMENT: Final = re.compile(rb"(<!\[CDATA\[.*?(?:\]\]>|\Z))|<!--.*?-->", re.DOTALL)
_TAG: Final = re.compile(rb"<!\[CDATA\[.*?(?:\]\]>|\Z)|<(/?)([A-Za-z_][\w.:-]{0,60})[^<>]*>", re.DOTALL)
_ROOT_TAG: Final = re.compile(rb"<[A-Za-z_][^<>]{0,20000}>")
_WRAPPER: Final = re.compile(r"https?://(?:news\.google\.[a-z.]{2,6}/|www\.google\.[a-z.]{2,6}/url\?)")

_Fields: TypeAlias = dict[str, list[etree._Element]]


def parse_feed(body: bytes, url: str, timezone: str = "UTC", content_type: str | None = None, *,
               same_site: IsOwn | None = None) -> Listing:  # fmt: skip
    """Candidates in the order of the feed, each URL once. `timezone` applies to times without a zone; `same_site`
    says whether an absolute URL belongs to the site (without it: the feed's host, with or without `www.`).

    An RSS `pubDate` or `dc:date` claims only publication; Atom `updated` and `dcterms:modified` claim modification.
    """
    if len(body) > MAX_FEED_BYTES:
        return Listing(problems=(f"feed of {len(body)} bytes is over the limit of {MAX_FEED_BYTES}",))
    problems: list[str] = []
    page, is_own = absolute(url) or url, same_site or own_hosts_of(url)
    if body[:1024].lstrip(b"\xef\xbb\xbf \t\r\n")[:1] == b"{":
        entries = json_entries(decode(body, content_type), page, problems)
    else:
        entries = _xml_entries(body, page, content_type, is_own, problems)
    candidates = tuple(_candidates(entries, page, timezone, is_own, problems))
    return Listing(candidates=candidates, problems=problem_lines(problems))


def _candidates(entries: Iterable[FeedEntry], page: str, timezone: str, is_own: IsOwn,
                problems: list[str]) -> Iterator[Candidate]:  # fmt: skip
    read = list(islice(entries, MAX_ENTRIES + 1))
    addresses = [_addresses(entry, is_own) for entry in read[:MAX_ENTRIES]]
    fronts = _shared_first_links(addresses) | {article_key(page)}
    seen: set[str] = set()
    for number, (entry, found) in enumerate(zip(read, addresses, strict=False), start=1):
        direct = [address for address in found if not _WRAPPER.match(address)]
        pages = [address for address in direct if not _is_front(address, fronts)]
        address = next(filter(is_own, pages), pages[0] if pages else None)  # a counter's `link` stands before the permalink
        if address is None:
            why = "leads to a front page only" if direct else "a Google News wrapper link" if found else "no usable link"
            problems.append(f"entry {number}: {why}")
        elif address not in seen:
            seen.add(address)
            yield Candidate(
                url=address,
                source=SourceKind.FEED,
                title=claimed_title(entry.title),
                claimed_modified=claimed_time(entry.modified, timezone, "feed"),
                claimed_published=claimed_time(entry.published, timezone, "feed"),
            )
    if len(read) > MAX_ENTRIES:
        problems.append(f"more than {MAX_ENTRIES} entries: the rest is left out")


def _addresses(entry: FeedEntry, is_own: IsOwn) -> list[str]:
    links = (mended(link, entry.base, is_own) for link in entry.links)
    return [address for link in links if link and (address := canonicalize(link, entry.base)) is not None]


def _shared_first_links(entries: list[list[str]]) -> set[str]:
    """The page that all entries of a feed link to first, if they also link to others: it is no entry's own."""
    firsts = Counter(article_key(found[0]) for found in entries if found)
    others = {article_key(found[1]) for found in entries if len(found) > 1}
    return set(firsts) if len(firsts) == 1 and firsts.total() > 1 and len(others - set(firsts)) > 1 else set()


_INDEX = re.compile(r"(?:(?:index|default|home)\.\w{2,5})?")


def _is_front(address: str, fronts: set[str]) -> bool:
    return _INDEX.fullmatch(address.partition("://")[2].partition("/")[2]) is not None or article_key(address) in fronts


def _xml_entries(body: bytes, page: str, content_type: str | None, is_own: IsOwn, problems: list[str]) -> Iterator[FeedEntry]:
    data, complaints = xml_source(body, content_type)
    problems.extend(complaints)
    kind = root_name(data)
    if kind in {"", "html", "urlset", "sitemapindex"}:
        problems.append(f"no feed: {f'the root element is <{kind}>' if kind else 'no markup'}")
        return
    # A tree of millions of empty tags would take a gigabyte; single entries are small.
    many = data.count(b"<") > _MAX_TAGS
    root = None if many else xml_tree(data, recover=False)
    count = 0
    if root is not None:
        for count, entry in enumerate(_entries_of_tree(root, page, is_own), start=1):  # noqa: B007
            yield entry
    else:
        if not many:
            problems.append("not well-formed: read entry by entry")
        for count, entry in enumerate(_entries_of_fragments(data, page, is_own, problems), start=1):  # noqa: B007
            yield entry
    if not count and kind not in _ROOTS:
        problems.append(f"no feed: the root element is <{kind}>")


def _entries_of_tree(root: etree._Element, page: str, is_own: IsOwn) -> Iterator[FeedEntry]:
    space, base = etree.QName(root).namespace, _base(root, page, is_own)
    for element in root.iter(*_ENTRIES):
        if _name(element, space) in {"item", "entry"} and next(element.iterancestors(*_ENTRIES), None) is None:
            yield _entry(element, element, space, base)


def _base(root: etree._Element | None, page: str, is_own: IsOwn) -> str:
    """Base of relative links in RSS: the site's address in its channel, as in feed readers; Atom has `xml:base`."""
    for channel in root.iter("{*}channel", "{*}CHANNEL") if root is not None else ():
        for part in channel:
            link = mended(_text(part), page, is_own) if _name(part, etree.QName(channel).namespace) == "link" else None
            if link and (address := absolute(link, page)) and is_own(address):
                return address
        break
    return page


def _entries_of_fragments(data: bytes, page: str, is_own: IsOwn, problems: list[str]) -> Iterator[FeedEntry]:
    """Entries cut out of the text and parsed separately, so that no broken tag swallows the next entry."""
    root_tag = _ROOT_TAG.match(data)
    opening = re.sub(rb"/?>$", b">", root_tag[0]) if root_tag else b"<feed>"
    closed = data.rfind(b"-->") + 3  # behind it no comment ends, and looking for its end would take ever longer
    data = _COMMENT.sub(lambda match: match[1] or b"", data[:closed]) + data[closed:] if closed > 2 else data
    start = _ENTRY_START.search(data)
    head = data[: start.start()] if start else b""
    base = _base(xml_tree(_fields_only(head), recover=True), page, is_own) if len(head) <= _MAX_ENTRY_BYTES else page
    while start is not None:
        following = _ENTRY_START.search(data, start.end())
        chunk = data[start.start() : following.start() if following else len(data)]
        end = chunk.lower().rfind(b"</" + start[1].lower())
        if end < 0 and following is None:
            problems.append("the document is cut off within its last entry")
            return
        tree = None
        if len(chunk) <= _MAX_ENTRY_BYTES:
            tree = xml_tree(opening + _fields_only(chunk[:end] if end >= 0 else chunk), recover=True)
        if tree is None:
            problems.append(f"an entry of {len(chunk)} bytes that cannot be read")
        else:
            space = etree.QName(tree).namespace
            element = next(tree.iter("{*}" + start[1].decode("ascii").rpartition(":")[2]), tree)
            yield _entry(element, element.iter(), space, base)
        start = following


def _fields_only(entry: bytes) -> bytes:
    """A broken entry reduced to its field elements. Nested elements such as `source` and `image` are removed with their
    fields, and all other tags are removed too, because they may be the broken ones."""
    opened: list[tuple[bytes, int, int]] = []
    names: Counter[bytes] = Counter()
    cuts: list[tuple[int, int]] = []
    fields = 0
    for tag in _TAG.finditer(entry):
        name = (tag[2] or b"").lower()
        local, start = name.rpartition(b":")[2], tag.start()
        fields += local in _FIELDS
        if not name or local in _FIELDS or local in _FRAME:
            continue
        if tag[1] and names[name]:
            other, before = b"", 0
            while other != name:
                other, begin, before = opened.pop()
                names[other] -= 1
            if fields > before:
                start = begin
                while cuts and cuts[-1][0] >= start:
                    cuts.pop()
        elif not tag[1] and not tag[0].endswith(b"/>"):
            opened.append((name, start, fields))
            names[name] += 1
        cuts.append((start, tag.end()))
    bounds = [0, *(place for cut in cuts for place in cut), len(entry)]
    return b"".join(entry[begin:end] for begin, end in zip(bounds[::2], bounds[1::2], strict=True))


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
    """Name in lower case with the usual prefix, whatever prefix the document uses; no prefix for the feed's own namespace."""
    tag = str(element.tag)
    if not tag.startswith("{"):
        return tag.lower()  # also "dc:date", where the prefix was never declared
    space, _, local = tag[1:].partition("}")
    if space == root_namespace or space in _CORE_NAMESPACES:
        return local.lower()
    return _PREFIXES.get(space, "other:") + local.lower()


def _links(element: etree._Element, fields: _Fields) -> Iterator[str]:
    """Addresses of an entry, best first. FeedBurner's original link is the publisher's own, `link` then its counter."""
    yield from (_text(part) for part in fields.get("feedburner:origlink", ()))
    atom_links: list[tuple[bool, str]] = []
    for part in (*fields.get("link", ()), *fields.get("atom:link", ())):
        address = _attribute(part, "href")
        if address is None:
            yield _text(part) or (part.tail or "")  # "<link/>https://...": what an HTML parser made of it
        elif (_attribute(part, "rel") or "alternate").lower() == "alternate":
            atom_links.append(("html" not in (_attribute(part, "type") or "html"), address))
    yield from (link for _, link in sorted(atom_links, key=lambda link: link[0]))
    for part in (*fields.get("guid", ()), *fields.get("id", ())):
        permanent = (_attribute(part, "ispermalink") or "").strip().lower()
        if permanent == "true" or (permanent != "false" and _text(part).startswith("http")):
            yield _text(part)
    if element.get(_RDF_ABOUT, "").startswith("http"):
        yield element.get(_RDF_ABOUT, "")


def _attribute(element: etree._Element, name: str) -> str | None:
    """An attribute by its name in lower case, however the document writes it."""
    return next((str(value) for key, value in element.attrib.items() if str(key).lower() == name), None)


def _first_text(fields: _Fields, names: tuple[str, ...]) -> str | None:
    texts = (_text(part) for name in names for part in fields.get(name, ()))
    return next((text for text in texts if text), None)


def _text(element: etree._Element) -> str:
    return "".join(element.itertext()).strip()


_DECODER: Final = json.JSONDecoder()


def json_entries(text: str, base: str, problems: list[str]) -> Iterator[FeedEntry]:
    for item in _json_items(text.lstrip("\ufeff"), problems):
        if isinstance(item, dict):
            # `url` is the entry's own page; `external_url` is the target of a link blog, often another site.
            links = [item.get(key) for key in ("url", "id", "external_url")]
            yield FeedEntry(
                links=tuple(link for link in links if isinstance(link, str) and (link == links[0] or _is_http(link))),
                base=base,
                title=_json_text(item.get("title")),
                published=_json_text(item.get("date_published")),
                modified=_json_text(item.get("date_modified")),
            )
        else:
            problems.append("an entry that is no object")


def _json_items(text: str, problems: list[str]) -> Iterator[object]:
    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        problems.append("not well-formed JSON: read entry by entry")
        yield from _complete_objects(text)
        return
    items = document.get("items") if isinstance(document, dict) else None
    if isinstance(items, list):
        yield from items
    else:
        problems.append("no JSON Feed: it has no list of items")


def _complete_objects(text: str) -> Iterator[object]:
    """The complete objects after `"items": [`, up to the first incomplete one."""
    _, found, rest = text.partition('"items"')
    position = rest.find("[") + 1
    while found and position > 0:
        while rest[position : position + 1] in {" ", "\t", "\r", "\n", ","}:
            position += 1
        try:
            item, position = _DECODER.raw_decode(rest, position)
        except (ValueError, RecursionError):
            return
        yield item


def _is_http(text: str) -> bool:
    return text.startswith(("http://", "https://"))


def _json_text(value: object) -> str | None:
    return value if isinstance(value, str) else None
