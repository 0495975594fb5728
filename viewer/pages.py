"""Our own pages as HTML: readable, light and dark, one inline style, no script, nothing from elsewhere. All text is escaped."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from html import escape
from itertools import groupby

from pipelines.memento import Memento, TimeMap, digits_of, header_uri
from pipelines.rows import instant_of
from pipelines.store import Row

MAX_TEXT_CHARS = 500_000
"""Of one text; what is longer is cut, and says so."""
STYLE = """
:root { color-scheme: light dark; --soft: #5f6368; --line: #d8dadd; --accent: #1a5fb4 }
@media (prefers-color-scheme: dark) { :root { --soft: #a5a9ae; --line: #43474c; --accent: #8ab4f8 } }
body { font: 1.0625rem/1.6 system-ui, sans-serif; max-width: 44rem; margin: 2rem auto; padding: 0 1rem; overflow-wrap: anywhere }
a { color: var(--accent) } h1 { font-size: 1.6rem; line-height: 1.25 } h2 { font-size: 1rem; margin: 2rem 0 .5rem }
nav { display: flex; flex-wrap: wrap; gap: 0 1.25rem } nav, small, dt, .soft { color: var(--soft) }
dl { display: grid; grid-template-columns: minmax(7rem, max-content) 1fr; gap: .25rem 1rem; font-size: .9375rem;
  border-top: 1px solid var(--line); padding-top: 1rem } dd { margin: 0 }
ul { list-style: none; padding: 0 } li { padding: .3rem 0; border-bottom: 1px solid var(--line) }
p { white-space: pre-line } code { font-size: .85em }
"""
_HASH = base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
POLICY = f"default-src 'none'; style-src 'sha256-{_HASH}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
_LANGUAGE = re.compile(r"[A-Za-z0-9-]{1,35}", re.ASCII)


def start(latest: list[Row], root: str = "") -> str:
    """The latest revisions, by day. `root` stands before all paths, for a viewer that is reached below one."""
    parts = ["<h1>Newsledger</h1>", "<p class=soft>The latest revisions. Times are UTC.</p>"]
    if not latest:
        parts.append("<p>The ledger holds no revisions yet.</p>")
    for day, rows in groupby(latest, key=lambda row: str(row["first_seen"])[:10]):
        items = "".join(f"<li>{_item(row, root)}</li>" for row in rows)
        parts.append(f"<h2>{escape(day)}</h2><ul>{items}</ul>")
    return _document("Newsledger", "".join(parts))


def refusal(status: int, why: str) -> str:
    """A page that says why there is none."""
    return _document(str(status), f"<h1>{status}</h1><p>{escape(why)}</p>")


def revision(article: Row, row: Row, found: TimeMap, memento: Memento, root: str = "") -> str:
    """A revision: what it said, and all that is known of it."""
    headline = _cut(row["headline"]) or "(no headline)"
    language = row["language"] if _LANGUAGE.fullmatch(str(row["language"] or "")) else None
    paragraphs = "".join(f"<p>{escape(text)}</p>" for text in _cut(row["body"]).split("\n\n") if text)
    standfirst = f"<p><strong>{escape(_cut(row['description']))}</strong></p>" if row["description"] else ""
    byline = f"<p class=soft>{escape(_cut(row['byline']))}</p>" if row["byline"] else ""
    lang = f" lang='{language}'" if language else ""
    text = f"<article dir=auto{lang}><h1>{escape(headline)}</h1>{standfirst}{byline}{paragraphs}</article>"
    facts = "".join(f"<dt>{escape(name)}</dt><dd>{value}</dd>" for name, value in _facts(article, row, memento) if value)
    around = _around(row, found, memento, root)
    return _document(headline, f"{around}{text}<dl>{facts}</dl>{around}")


def _facts(article: Row, row: Row, memento: Memento) -> list[tuple[str, str]]:
    count = article["revision_count"]
    changed = ", ".join(json.loads(row["changed_fields"]))
    back = f", back to revision {row['back_to']}" if row["back_to"] else ""
    happened = f"between {row['not_before']} and {row['first_seen']}" if row["not_before"] else ""
    said = (("published", row["date_published"]), ("updated", row["date_modified"]))
    stamps = ", ".join(f"{what} {at}" for what, at in said if at)
    where = f"{row['warc_file']}, at byte {row['warc_offset']}" if row["warc_file"] else "not archived"
    return [
        ("Address", f"<a rel=noreferrer href='{escape(memento_original(article))}'>{escape(_cut(article['url']))}</a>"),
        ("Revision", f"{memento.number} of {count}: {escape(str(row['change']))}{escape(back)}"),
        ("What changed", escape(changed)),
        ("When", escape(happened)),
        ("Seen", f"{escape(row['first_seen'])} to {escape(row['last_seen'])}"),
        ("Page says", escape(stamps)),
        ("Authors", escape(", ".join(row["authors"]))),
        ("Content", f"<code>sha256 {escape(row['content_hash'])}</code>"),
        ("Page received", f"<code>sha256 {escape(row['payload_hash'])}</code>" if row["payload_hash"] else ""),
        ("Archived in", f"<code>{escape(where)}</code>"),
        ("Read by", f"<code>{escape(row['extractor'])}</code>"),
    ]


def memento_original(article: Row) -> str:
    """The article's address as a link; only those of the web are links."""
    url = header_uri(article["url"])
    return url if url.startswith(("http://", "https://")) else ""


def _around(row: Row, found: TimeMap, memento: Memento, root: str) -> str:
    """Where to go from a revision."""
    here = found.mementos.index(memento)
    links = [("", "Latest revisions")]
    if here > 0:
        links.append((_path(found.original, found.mementos[here - 1]), "← Revision before"))
    if here + 1 < len(found.mementos):
        links.append((_path(found.original, found.mementos[here + 1]), "Revision after →"))
    if row["warc_file"]:
        links.append((_path(found.original, memento, "id_"), "Archived page"))
    links.append((f"timemap/link/{found.original}", "TimeMap"))
    items = [f"<a href='{escape(root)}/{escape(path)}'>{name}</a>" for path, name in links]
    return f"<nav>{''.join(items)}</nav>"


def _path(original: str, memento: Memento, suffix: str = "") -> str:
    return f"memento/{digits_of(memento.at)}{suffix}/{original}"


def _item(row: Row, root: str) -> str:
    at = instant_of(row["first_seen"])
    url = escape(f"{root}/memento/{digits_of(at)}/{header_uri(row['url'])}")
    headline = escape(_cut(row["headline"])) or "(no headline)"
    about = escape(f"{at:%H:%M} {row['site_id']}, revision {row['number']}, {row['change']}")
    return f"<a href='{url}' dir=auto>{headline}</a><br><small>{about}</small>"


def _cut(text: object) -> str:
    """Text from a page, without what a browser would not show, and bounded."""
    plain = "".join(char for char in str(text or "")[:MAX_TEXT_CHARS] if char.isprintable() or char in "\n\t")
    return plain + (" […]" if len(str(text or "")) > MAX_TEXT_CHARS else "")


def _document(title: str, body: str) -> str:
    head = f"<meta charset=utf-8><meta name=viewport content='width=device-width'><title>{escape(title)}</title>"
    return f"<!doctype html><html lang=en><head>{head}<style>{STYLE}</style></head><body>{body}</body></html>\n"
