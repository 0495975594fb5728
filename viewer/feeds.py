"""Revisions as Atom (RFC 4287) and JSON Feed 1.1: title, summary and text of each entry, and the documents. Pure.

An entry is a revision, not an article. Its id is a UUID made of the ledger's mark and the row's id, so it stays the same when
the host, the filter or the article's address changes. All text comes from strangers: characters that XML does not allow are
dropped, HTML is escaped, and every length is limited.

`updated` and `published` are the time when the ledger first saw a revision: feed readers sort by them, and a new edit of an
article that is a month old must be at the top. The publication date that the article claims is in the summary.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from html import escape
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from lxml import etree

from pipelines.diff import FieldDifference, Op, Piece
from pipelines.proof.memento import header_uri
from pipelines.queries.results import Change
from pipelines.store.database import Row
from pipelines.store.rows import instant_of, moment
from pipelines.text.dates import digits_of
from viewer import labels

MAX_TITLE_CHARS = 300
MAX_SUMMARY_CHARS = 1_000
MAX_CONTENT_CHARS = 8_000
"""Characters of an entry's texts; the page that the entry links to has the rest."""
CONTEXT_CHARS = 120
"""Characters of unchanged text before and after a change."""
SCHEME = "urn:newsledger:"
_EXCERPT_CHARS = 600
_NOT_XML = re.compile(
    "[^\t\n\x20-\x7e\xa0-\u200d\u2010-\u2029\u202f-\u2065\u206a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]"
)
"""Characters that XML 1.0 does not allow, and characters that change the direction of the text after them."""
_STRAY_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")
_WEB = re.compile(
    r"(https?://(?:[A-Za-z0-9._~-][A-Za-z0-9%._~-]{0,500}|\[[0-9A-Fa-f:.]{2,45}\])(?::\d{1,5})?)((?:[/?#].*)?)", re.DOTALL
)
_LANGUAGE = re.compile(r"[A-Za-z]{2,8}(?:-[A-Za-z0-9]{1,8}){0,4}", re.ASCII)
_PREFIXES = {
    "updated": "Edited: ",
    "silent": "Edited without telling: ",
    "restamped": "New stamp, same text: ",
    "reverted": "Put back: ",
    "restored": "Back again: ",
    "paywall": "Paywall up or down: ",
}


@dataclass(frozen=True, slots=True)
class Entry:
    """A revision as a feed shows it."""

    id: str
    title: str
    at: str
    """When the ledger first saw it, as stored."""
    authors: tuple[str, ...]
    summary: str
    content: str
    """HTML."""
    page: str
    """URL of our page: what differs, or the text of a first revision."""
    original: str | None
    """URL of the article, if it is on the web."""
    language: str | None
    change: Change


def identity(mark: str, what: str) -> str:
    """A URI that is the same wherever the ledger is served; `mark` distinguishes ledgers."""
    return uuid5(uuid5(NAMESPACE_URL, SCHEME + mark), what).urn


def entry(change: Change, differing: Iterable[FieldDifference], text: str, base: str, mark: str, *,
          authors: tuple[str, ...] = (), language: str | None = None) -> Entry:  # fmt: skip
    """A revision as an entry. `differing`: differences from the revision before; `text`: the beginning of a first revision."""
    summary, path = clean(_summary(change), MAX_SUMMARY_CHARS), path_of(change.url)
    lang = language if language and _LANGUAGE.fullmatch(language) else None
    shown = _differences(differing, lang) if change.number > 1 else _excerpt(text, lang)
    page = f"/diff/{change.number - 1}..{change.number}/{path}" if change.number > 1 else (
        f"/memento/{digits_of(instant_of(change.first_seen))}/{path}")  # fmt: skip
    return Entry(
        id=identity(mark, f"revision {change.revision_id}"),
        title=_title(change),
        at=change.first_seen,
        authors=tuple(filter(None, (clean(name, 120) for name in authors[:20]))) or (_site(change),),
        summary=summary,
        content=f"<p>{escape(summary)}</p>{shown}",
        page=base + page,
        original=_original(change.url),
        language=lang,
        change=change,
    )


def categories(change: Change) -> list[tuple[str, str, str]]:
    """(term, scheme, label) of the kind of change, so that readers can filter silent edits, and of the site."""
    terms = [(change.change, "change", labels.change(change.change)), (change.site_id, "site", _site(change))]
    return [(clean(term, 200), scheme, clean(label, 200)) for term, scheme, label in terms]


def clean(text: object, limit: int) -> str:
    """Text on one line, without characters that a feed may not contain, of at most `limit` characters."""
    plain = " ".join(_NOT_XML.sub("", str(text or "")[: limit * 4]).split())
    return plain if len(plain) <= limit else plain[: limit - 1].rstrip() + "…"


def path_of(url: str) -> str:
    """An article's URL as the end of our addresses, valid in any URI: RFC 3986 allows no bare `[` or `%` in a path."""
    return _STRAY_PERCENT.sub("%25", header_uri(url)).replace("#", "%23").replace("[", "%5B").replace("]", "%5D")


def _original(url: str) -> str | None:
    """The article's URL, if it is on the web."""
    match = _WEB.fullmatch(_STRAY_PERCENT.sub("%25", header_uri(url)))
    if not match:
        return None
    rest, hash_, fragment = match[2].partition("#")
    return match[1] + (rest + hash_ + fragment.replace("#", "%23")).replace("[", "%5B").replace("]", "%5D")


def _title(change: Change) -> str:
    headline = clean(change.headline, MAX_TITLE_CHARS) or "(no headline)"
    before = clean(change.headline_before, MAX_TITLE_CHARS)
    was = f" (was: “{before}”)" if change.number > 1 and before and before != headline else ""
    return _PREFIXES.get(change.change, "") + headline + was


def _site(change: Change) -> str:
    return clean(change.site_name or change.site_id, 120) or "Newsledger"


def _summary(change: Change) -> str:
    """What changed, how much, and the bounds of the time of the edit."""
    published = f" Published {_readable_time(change.date_published)}, it says." if change.date_published else ""
    if change.number == 1:
        return f"{_site(change)}, new: first seen {_readable_time(change.first_seen)}.{published}"
    names = [name for name in change.changed_fields if name != "date_modified"]
    added, removed = change.words_added, change.words_removed
    size = f" ({labels.counted(added, 'word')} added, {removed:,} removed)" if added or removed else ""
    what = f": {labels.fields(names)}{size}" if names else ""
    return f"{_site(change)}, {labels.change(change.change)}{what}. {_edit_bounds(change)}{published}"


def _edit_bounds(change: Change) -> str:
    """The bounds of the time of an edit; a day that both share is named once."""
    until = _readable_time(change.first_seen)
    if not change.not_before:
        return f"Before {until}."
    since = _readable_time(change.not_before).removesuffix(" UTC")
    day, _, clock = since.rpartition(", ")
    return f"Between {since} and {until.removeprefix(f'{day}, ') if clock else until}."


def _readable_time(text: object) -> str:
    """A stored time for readers: "9 May 2025, 06:10 UTC"; a bare day gets no clock time."""
    try:
        at = instant_of(str(text))
    except ValueError:
        return clean(text, 40)
    day = f"{at.day} {at:%B} {at.year}"
    return day if len(str(text)) == len("2025-05-09") else f"{day}, {at:%H:%M} UTC"


def _excerpt(text: str, lang: str | None) -> str:
    begins = clean(text, _EXCERPT_CHARS)
    return f"<p{_lang(lang)}>{escape(begins)}</p>" if begins else ""


def _differences(differing: Iterable[FieldDifference], lang: str | None) -> str:
    """The differences, field by field, up to MAX_CONTENT_CHARS."""
    room, parts, all_of_it = MAX_CONTENT_CHARS, [], tuple(differing)
    for one in all_of_it:
        if one.field == "date_modified" and len(all_of_it) > 1:
            continue
        paragraphs, used = _paragraphs(one.pieces, room)
        room -= used
        shown = "".join(f"<p>{paragraph}</p>" for paragraph in paragraphs)
        parts.append(f'<h4>{escape(labels.fields([one.field]).capitalize())}</h4><div{_lang(lang)} dir="auto">{shown}</div>')
        if room <= 0:
            parts.append("<p>More differs: see the page.</p>")
            break
    return "".join(parts)


def _paragraphs(pieces: Sequence[Piece], room: int) -> tuple[list[str], int]:
    """Pieces as the contents of paragraphs, and the number of their characters."""
    paragraphs, used = [""], 0
    for position, piece in enumerate(pieces):
        text = _NOT_XML.sub("", piece.text)
        text = _context(text, position > 0, position < len(pieces) - 1) if piece.op is Op.SAME else text
        if len(text) > room - used:
            text = text[: max(0, room - used)] + " […]"
        first, *more = re.split(r"\n+", text)
        paragraphs[-1] += _marked(piece.op, first)
        paragraphs += [_marked(piece.op, part) for part in more]
        used += len(text)
        if used >= room:
            break
    return [paragraph for paragraph in paragraphs if paragraph.strip()], used


def _context(text: str, after: bool, before: bool) -> str:
    """Unchanged text, shortened to what is next to a change, and cut between words if there are any."""
    if len(text) <= CONTEXT_CHARS * (after + before) + 40:
        return text
    head, tail = text[:CONTEXT_CHARS].rpartition(" "), text[-CONTEXT_CHARS:].partition(" ")
    return ((head[0] or head[2]) if after else "") + " […] " + ((tail[2] or tail[0]) if before else "")


def _marked(op: Op, text: str) -> str:
    tag = {Op.REMOVED: "del", Op.ADDED: "ins"}.get(op)
    plain = escape(text)
    return f"<{tag}>{plain}</{tag}>" if tag and text else plain


def _lang(tag: str | None) -> str:
    return f' lang="{tag}"' if tag else ""


ATOM = "http://www.w3.org/2005/Atom"
JSON_FEED = "https://jsonfeed.org/version/1.1"
ATOM_TYPE = "application/atom+xml; charset=utf-8"
JSON_TYPE = "application/feed+json; charset=utf-8"


@dataclass(frozen=True, slots=True)
class Feed:
    """A feed: its entries, with what the document says around them."""

    id: str
    title: str
    updated: str
    here: str
    """URL of the feed itself."""
    page: str
    """URL of the same list as a page."""
    older: str | None
    entries: tuple[Entry, ...]


def atom(feed: Feed) -> bytes:
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
    document: dict[str, Any] = {
        "version": JSON_FEED,
        "title": clean(feed.title, MAX_TITLE_CHARS),
        "home_page_url": feed.page,
        "feed_url": feed.here,
        "language": "en",
        "authors": [{"name": "Newsledger"}],
    }
    if feed.older:
        document["next_url"] = feed.older
    document["items"] = [_json_item(one) for one in feed.entries]
    return (json.dumps(document, ensure_ascii=False, indent=1) + "\n").encode("utf-8", "replace")


def newest(changes: Iterable[Change], empty: datetime) -> str:
    """When a feed of these changes last changed; `empty`: the time for a feed without changes."""
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
