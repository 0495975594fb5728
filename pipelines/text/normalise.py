"""Article -> Article: the one form in which articles are compared and stored. Pure and idempotent.

These count as content, so that a change of them is an edit: headline, standfirst, body, the names in the byline, captions and
credits. These never count: white space, Unicode form, boilerplate, URLs of pictures, section, topics, language, flags, and the
stamps themselves (a moved stamp over the same text is a change kind of its own, see `pipelines.history.revisions`).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import replace

from pipelines.article import Article, Author, Image
from pipelines.text import cut, join_paragraphs, paragraphs, squash
from pipelines.text.boilerplate import is_furniture
from pipelines.text.urls import canonicalize

# Bounds against broken or hostile pages; no real article comes near them.
MAX_LINE = 2_000
MAX_BODY = 500_000
MAX_IMAGES = 300
MAX_AUTHORS = 50
MAX_TOPICS = 100

CONTENT_FIELDS = ("headline", "description", "body", "authors", "images")
"""The fields under the content hash, in the order in which `changed_fields` lists them."""


def normalise(article: Article) -> Article:
    """Clean every text, remove boilerplate and repetitions, canonicalise the URLs, and set `content_hash`."""
    body = _body(article)
    clean = replace(
        article,
        url=canonicalize(article.url) or article.url,
        canonical_url=canonicalize(article.canonical_url, article.url) if article.canonical_url else None,
        headline=_line(article.headline),
        description=_line(article.description),
        body=body,
        byline=_line(article.byline),
        authors=_authors(article.authors),
        section=_line(article.section),
        topics=tuple(_unique(_line(topic) for topic in article.topics))[:MAX_TOPICS],
        language=_language(article.language),
        images=_images(article),
        reason=_line(article.reason),
    )
    return replace(clean, content_hash=content_hash(clean))


def content_hash(article: Article) -> str:
    """SHA-256 (hex) of the content fields of a normalised article; equal if and only if the content is equal."""
    parts = {field: content_of(article, field) for field in CONTENT_FIELDS}
    packed = json.dumps(parts, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    return hashlib.sha256(packed.encode("utf-8", "surrogatepass")).hexdigest()


def content_of(article: Article, field: str) -> object:
    """The part of a content field that counts, as plain JSON; empty and missing values are equal."""
    if field == "authors":
        return [[author.name, author.agency or ""] for author in article.authors]
    if field == "images":
        return [[image.caption or "", image.credit or ""] for image in article.images if image.caption or image.credit]
    return getattr(article, field) or ""


def _line(text: str | None) -> str | None:
    return cut(squash(text[: MAX_LINE * 4]), MAX_LINE) or None if text else None


def _body(article: Article) -> str:
    """The body without boilerplate, without the headline repeated at its top, and without repeated neighbouring lines."""
    headline = _line(article.headline)
    kept: list[str] = []
    for line in paragraphs(article.body[:MAX_BODY]):
        repeated = line == (kept[-1] if kept else headline)
        if not repeated and not is_furniture(line):
            kept.append(line)
    return join_paragraphs(kept)


def _authors(authors: tuple[Author, ...]) -> tuple[Author, ...]:
    seen: dict[str, Author] = {}
    for author in authors:
        name = _line(author.name)
        if name:
            seen.setdefault(name.casefold(), replace(author, name=name, role=_line(author.role), agency=_line(author.agency)))
    return tuple(seen.values())[:MAX_AUTHORS]


def _images(article: Article) -> tuple[Image, ...]:
    """Each picture once: a page prints its lead picture again in the gallery, or under the URL of a resizer."""
    seen: dict[tuple[str | None, ...], Image] = {}
    for image in article.images:
        url = canonicalize(image.url, article.url) if image.url else None
        clean = Image(url, _line(image.alt), _line(image.caption), _line(image.credit))
        if any((clean.url, clean.caption, clean.credit)):
            key = (clean.caption, clean.credit) if clean.caption else (clean.url, clean.credit)
            seen.setdefault(key, clean)
    return tuple(seen.values())[:MAX_IMAGES]


def _language(language: str | None) -> str | None:
    """BCP 47 in its usual case: "en_gb" -> "en-GB"."""
    parts = (squash(language) if language else "").replace("_", "-").split("-")
    if not parts[0].isalpha() or not 2 <= len(parts[0]) <= 8:
        return None
    rest = [part.upper() if len(part) == 2 else part.title() if len(part) == 4 else part for part in parts[1:4]]
    return "-".join([parts[0].lower(), *rest])


def _unique(lines: Iterable[str | None]) -> list[str]:
    kept: dict[str, str] = {}
    for line in lines:
        if line:
            kept.setdefault(line.casefold(), line)
    return list(kept.values())
