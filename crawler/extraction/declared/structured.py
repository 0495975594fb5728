"""Proposes values that a page declares for machines: JSON-LD, meta, link and itemprop."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime
from functools import lru_cache
from itertools import islice
from typing import Any

from lxml.etree import _Element as Element

from crawler.extraction.declared import jsonld, meta
from crawler.extraction.declared.proposals import Proposal, Proposals
from crawler.extraction.markup.marks import INSTANTS
from crawler.extraction.markup.page import Page, text_of
from crawler.extraction.markup.roles import Role
from pipelines.text.bylines import NAMES_WRITER
from pipelines.text.dates import Timestamp, parse_timestamp


def stamp(raw: Any, page: Page, source: str) -> Proposal[Timestamp] | None:
    """A proposal of a time, or None if the text is none. Only texts with the possible length of a time are read."""
    text = (
        jsonld.text(raw)
        if not isinstance(raw, int | float) or isinstance(raw, bool)
        else str(int(raw))
        if abs(raw) < 1e14
        else ""
    )
    if not 4 <= len(text) <= 120:
        return None
    parsed = _parsed(text, page.timezone, page.fetched)
    return Proposal(replace(parsed, source=source), source) if parsed else None


@lru_cache(maxsize=1_000)
def _parsed(text: str, timezone: str, fetched: datetime | None) -> Timestamp | None:
    """Cached, because pages declare the same instant in four places."""
    return parse_timestamp(text, timezone, fetched)


def propose_jsonld(page: Page, item: jsonld.Item, into: Proposals) -> None:
    """Propose values from the JSON-LD item that describes this page."""
    for key in ("headline", "alternativeHeadline", "name"):
        value = jsonld.text(item.get(key))
        if value:
            into.headlines.append(Proposal(value, f"jsonld.{key}"))
    for key in ("description", "abstract", "alternativeHeadline"):
        value = jsonld.text(item.get(key))
        if value:
            into.descriptions.append(Proposal(value, f"jsonld.{key}"))
    for key in ("author", "creator", "contributor"):
        found = jsonld.names(item.get(key))
        into.bylines += [Proposal(name, f"jsonld.{key}") for name in found if name]
    houses = jsonld.names(item.get("author"), organisations=True)
    into.bylines += [Proposal(name, "jsonld.organisation") for name in houses if name]
    for key, where in (
        ("datePublished", into.published),
        ("dateCreated", into.published),
        ("uploadDate", into.published),
        ("dateModified", into.modified),
    ):
        proposal = stamp(item.get(key), page, f"jsonld.{key}")
        if proposal:
            where.append(proposal)
    sections = jsonld.words(item.get("articleSection"))
    if sections:
        into.sections.append(Proposal(sections[0], "jsonld.articleSection"))
    topics = jsonld.words(item.get("keywords"))
    if topics:
        into.topics.append(Proposal(tuple(topics), "jsonld.keywords"))
    about = [name for key in ("about", "mentions") for name in _names_of_things(item.get(key))]
    if about:
        into.topics.append(Proposal(tuple(about), "jsonld.about"))
    language = item.get("inLanguage")
    if isinstance(language, dict):
        language = language.get("alternateName") or language.get("name")
    if isinstance(language, str) and language:
        into.languages.append(Proposal(language, "jsonld.inLanguage"))


def _names_of_things(value: Any) -> list[str]:
    listed = value if isinstance(value, list) else [value]
    return [name for one in listed[:100] if isinstance(one, dict) and (name := jsonld.text(one.get("name")))]


def propose_meta(page: Page, found: meta.Meta, into: Proposals) -> None:
    """Propose values from meta elements and the title."""
    texts = ((meta.TITLES, into.headlines), (meta.DESCRIPTIONS, into.descriptions), (meta.SECTIONS, into.sections))
    for text_names, where in texts:
        where.extend(Proposal(jsonld.plain(found[name][0]), f"meta.{name}") for name in text_names if name in found)
    if page.title:
        into.headlines.append(Proposal(page.title, "title"))
    for name in meta.AUTHORS:
        into.bylines += [Proposal(value, f"meta.{name}") for value in found.get(name, ())[:20]]
    for number in ("1", "2"):
        label, told = (next(iter(found.get(f"twitter:{part}{number}", ())), "") for part in ("label", "data"))
        if told and NAMES_WRITER.match(f"{label} {told}"):
            into.bylines.append(Proposal(told, "meta.twitter:data"))
    for time_names, stamps in ((meta.published_names(found), into.published), (meta.modified_names(found), into.modified)):
        for name in time_names:
            proposal = stamp(found[name][0], page, f"meta.{name}")
            if proposal:
                stamps.append(proposal)
    for name in meta.TOPICS:
        values = found.get(name, [])
        words = values if len(values) > 1 else [word for value in values for word in jsonld.words(value)]
        if words:
            into.topics.append(Proposal(tuple(dict.fromkeys(words)), f"meta.{name}"))
    for name in ("og:locale", "language", "content-language", "dc.language", "inlanguage"):
        into.languages += [Proposal(value, f"meta.{name}") for value in found.get(name, ())[:1]]
    if page.language:
        into.languages.insert(0, Proposal(page.language, "html.lang"))
    into.kinds += [Proposal(value.lower(), "meta.og:type") for value in found.get("og:type", ())[:1]]


_PROPERTIES = {
    **dict.fromkeys(("dc:issued", "dcterms:issued", "dc:date", "dcterms:date", "article:published_time"), "datepublished"),
    **dict.fromkeys(("rnews:datepublished", "og:published_time"), "datepublished"),
    **dict.fromkeys(("dc:created", "dcterms:created"), "datecreated"),
    **dict.fromkeys(("dc:modified", "dcterms:modified", "article:modified_time", "rnews:datemodified"), "datemodified"),
}
"""Properties of RDFa -> their names in schema.org."""


def set_aside_foreign_items(page: Page, identity: jsonld.Identity) -> bool:
    """Mark items of microdata and RDFa that describe other pages, teasers with a headline, writer and time of their own, as
    elsewhere, for all readers. Returns whether there are any.

    An item with the first-level heading or with paragraphs of text is the page's, whatever it declares.
    """
    articles = jsonld.ARTICLE_TYPES
    scopes = (next((one for one in element.iterancestors() if _kind_of(one) in articles), None) for element in page.itemprops)
    found = islice((scope for scope in dict.fromkeys(scopes) if scope is not None), MAX_ITEMS)
    foreign = [scope for scope in found if _is_foreign(page, scope, identity)]
    for scope in foreign:
        page.roles[scope] = page.role(scope) | Role.ELSEWHERE | Role.FURNITURE
    return bool(foreign)


def _kind_of(element: Element) -> str | None:
    """The last part of the type that microdata or RDFa give an element."""
    kind = element.get("itemtype") or element.get("typeof")
    return kind and _KIND.split(kind)[-1].lower()


_KIND = re.compile(r"[/:#]")


def _is_foreign(page: Page, scope: Element, identity: jsonld.Identity) -> bool:
    elements = list(islice(scope.iter(), MAX_TEASER + 1))
    if len(elements) > MAX_TEASER:
        return False
    if next(scope.iter("h1"), None) is not None or sum(len(text_of(one)) > MIN_PROSE for one in scope.iter("p")) > 1:
        return False
    item: jsonld.Item = {}
    if address := page.absolute(scope.get("itemid") or scope.get("about")):
        item["url"] = address
    for element in elements:
        for named in f"{element.get('itemprop') or ''} {element.get('property') or ''}".split():
            name = named.removeprefix("schema:")
            if name not in ("headline", "name", "url", "mainEntityOfPage"):
                continue
            if next((one for one in element.iterancestors() if _kind_of(one)), None) is scope:
                link = element.get("href") or element.get("content") or element.get("itemid")
                is_link = name in ("url", "mainEntityOfPage")
                item.setdefault(name, page.absolute(link) if is_link else element.get("content") or text_of(element))
    if not item:
        item["url"] = next((page.absolute(link.get("href")) for link in scope.iter("a")), None)
    return jsonld.is_foreign(item, identity)


MAX_ITEMS, MAX_TEASER = 100, 300
"""Maximum items of microdata examined on one page, and elements of one that can be a teaser."""
MIN_PROSE = 80
"""Characters of a paragraph of text; a teaser has one at most."""


def propose_itemprops(page: Page, into: Proposals) -> None:
    """Propose times from microdata and RDFa in the page's body: the first with a value, because templates repeat empty ones."""
    done: set[str] = set()
    for element in page.itemprops:
        itemprop, rdfa = element.get("itemprop"), element.get("property")
        for name in f"{itemprop or ''} {rdfa or ''}".lower().split():
            part = name.removeprefix("schema:").rpartition("/")[2]
            part = _PROPERTIES.get(part, part)
            stamps = into.modified if part == "datemodified" else into.published
            if part not in ("datepublished", "datemodified", "datecreated") or part in done:
                continue
            if any(page.role(one) & Role.ELSEWHERE for one in (element, *element.iterancestors())):
                continue
            values = (element.get(key) for key in ("data-timestamp", *INSTANTS))
            read = (stamp(raw, page, f"itemprop.{part}") for raw in (*values, text_of(element)[:120]) if raw)
            proposal = next((one for one in read if one), None)
            if proposal:
                stamps.append(proposal)
                done.add(part)
