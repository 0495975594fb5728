"""Revisions as Atom (RFC 4287) and JSON Feed 1.1. Pure: entries in, a document out.

`updated` and `published` are when the ledger first saw a revision, for readers of feeds sort by them, and an edit of an article a
month old must stand on top. When the article itself says it was published stands in the summary.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from lxml import etree

from pipelines.queries.results import Change
from pipelines.store.database import Row
from pipelines.store.rows import moment
from viewer.feeds.entries import MAX_TITLE_CHARS, SCHEME, Entry, categories, clean

ATOM = "http://www.w3.org/2005/Atom"
JSON_FEED = "https://jsonfeed.org/version/1.1"
ATOM_TYPE = "application/atom+xml; charset=utf-8"
JSON_TYPE = "application/feed+json; charset=utf-8"


@dataclass(frozen=True, slots=True)
class Feed:
    """What stands around the entries."""

    id: str
    title: str
    updated: str
    here: str
    """Its own address."""
    page: str
    """The same as a page for people."""
    older: str | None
    entries: tuple[Entry, ...]


def atom(feed: Feed) -> bytes:
    """The feed as an Atom document."""
    root = etree.Element(f"{{{ATOM}}}feed", nsmap={None: ATOM})
    root.set("{http://www.w3.org/XML/1998/namespace}lang", "en")
    _put(root, "id", feed.id)
    _put(root, "title", clean(feed.title, MAX_TITLE_CHARS))
    _put(root, "updated", feed.updated)
    _put(_put(root, "author"), "name", "Newsledger")
    _put(root, "generator", "Newsledger")
    _link(root, "self", feed.here, "application/atom+xml")
    _link(root, "alternate", feed.page, "text/html")
    if feed.older:
        _link(root, "next", feed.older, "application/atom+xml")
    for one in feed.entries:
        _atom_entry(root, one)
    return etree.tostring(root, encoding="utf-8", xml_declaration=True, pretty_print=True)


def json_feed(feed: Feed) -> bytes:
    """The feed as a JSON Feed."""
    told: dict[str, Any] = {
        "version": JSON_FEED,
        "title": clean(feed.title, MAX_TITLE_CHARS),
        "home_page_url": feed.page,
        "feed_url": feed.here,
        "language": "en",
        "authors": [{"name": "Newsledger"}],
    }
    if feed.older:
        told["next_url"] = feed.older
    told["items"] = [_json_item(one) for one in feed.entries]
    return (json.dumps(told, ensure_ascii=False, indent=1) + "\n").encode("utf-8", "replace")


def newest(changes: Iterable[Change], empty: datetime) -> str:
    """When a feed of these changes last changed; `empty`: what a feed without any says."""
    return max((change.first_seen for change in changes), default=moment(empty))


def _atom_entry(root: etree._Element, one: Entry) -> None:
    made = _put(root, "entry")
    _put(made, "id", one.id)
    _put(made, "title", one.title)
    _put(made, "updated", one.at)
    _put(made, "published", one.at)
    for name in one.authors:
        _put(_put(made, "author"), "name", name)
    _link(made, "alternate", one.page, "text/html")
    if one.original:
        _link(made, "related", one.original)
    for term, scheme, label in categories(one.change):
        _put(made, "category").attrib.update({"term": term, "scheme": SCHEME + scheme, "label": label})
    _put(made, "summary", one.summary)
    content = _put(made, "content", one.content)
    content.set("type", "html")


def _json_item(one: Entry) -> Row:
    change = one.change
    item = {
        "id": one.id,
        "url": one.page,
        "external_url": one.original,
        "title": one.title,
        "content_html": one.content,
        "summary": one.summary,
        "date_published": one.at,
        "authors": [{"name": name} for name in one.authors],
        "tags": [term for term, _, _ in categories(change)],
        "language": one.language,
        "_newsledger": {
            "change": change.change,
            "changed_fields": change.changed_fields,
            "number": change.number,
            "not_before": change.not_before,
            "first_seen": change.first_seen,
            "words_added": change.words_added,
            "words_removed": change.words_removed,
            "article_published": change.date_published,
            "site_id": change.site_id,
        },
    }
    return {key: value for key, value in item.items() if value is not None}


def _put(parent: etree._Element, name: str, text: str | None = None) -> etree._Element:
    made = etree.SubElement(parent, f"{{{ATOM}}}{name}")
    made.text = text
    return made


def _link(parent: etree._Element, rel: str, href: str, kind: str | None = None) -> None:
    made = _put(parent, "link")
    made.attrib.update({"rel": rel, "href": href} | ({"type": kind} if kind else {}))
