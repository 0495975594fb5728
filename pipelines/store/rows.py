"""Converts between values and rows: articles, fetches and times of the store; also a stored time in words for people.

No SQL, no connection.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from pipelines.article import CHANGES, ArchivedRecord, Article, Author, AuthorKind, Fetch, Image, Kind, Precision, Timestamp
from pipelines.article import instant_of as instant_of
from pipelines.article import moment as moment
from pipelines.history.edit_rates import Traits
from pipelines.history.revisions import EarlierRevision, Known, State
from pipelines.reasons import FetchReason

Row = dict[str, Any]


def optional_moment(instant: datetime | None) -> str | None:
    """`moment`; None for None."""
    return moment(instant) if instant else None


def optional_instant(stored: str | None) -> datetime | None:
    """`instant_of`; None for None."""
    return instant_of(stored) if stored else None


def is_archive_name(name: str) -> bool:
    """Whether a pointer may name this file: relative, within the archive's folder, and short enough for file systems."""
    parts = name.split("/")
    return (
        name.isprintable()
        and len(name) <= 1000
        and all(part not in ("", ".", "..") and len(part.encode("utf-8", "replace")) <= 240 for part in parts)
    )


def changed_by(published: str | None, modified: str | None, seen: datetime) -> datetime:
    """When a text that was first seen at `seen` was made: the time that it gives itself, but never later than `seen`."""
    stamp = modified or published
    return min(instant_of(stamp), seen) if stamp else seen


def last_change(revision: Row) -> datetime:
    """When an article last changed, by its latest revision; for a first one, its own time of publication or update."""
    seen = instant_of(revision["first_seen"])
    return seen if revision["number"] > 1 else changed_by(revision["date_published"], revision["date_modified"], seen)


def traits_of(article: Row, changed: datetime, section: str | None) -> Traits:
    """What influences how often an article is edited, by its row and the time of its last change."""
    edits = article["revision_count"] - 1
    age = changed - instant_of(article["date_published"] or article["first_seen"])
    return Traits(edits, article["kind"], section, max(age / timedelta(hours=1), 0.0) if edits > 0 else 0.0)


_PLAIN = (
    *("headline", "description", "body", "byline", "section", "kind", "language", "is_accessible_for_free", "canonical_url"),
    *("content_hash", "extractor"),
)
"""Columns of `revisions` that equal fields of an article without conversion."""


def revision_row(article: Article, fetch: Fetch) -> Row:
    """The columns of `revisions` that come from the reading itself."""
    seen = moment(fetch.fetched)
    return {
        **{name: getattr(article, name) for name in _PLAIN},
        **_dates(article),
        "topics": json.dumps(article.topics, ensure_ascii=False),
        "first_seen": seen,
        "last_seen": seen,
        "warc_file": fetch.warc_file,
        "warc_offset": fetch.warc_offset,
        "payload_hash": fetch.payload_hash,
    }


def _dates(article: Article) -> Row:
    """Both times, and the texts from which they were read."""
    found: Row = {}
    for name in ("date_published", "date_modified"):
        stamp: Timestamp | None = getattr(article, name)
        found |= {name: stamp.isoformat() if stamp else None, f"{name}_raw": stamp.raw if stamp else None}
    return found


ARCHIVED = {
    "warc_uri": "uri", "warc_date": "date", "record_hash": "record_hash", "request_hash": "request_hash",
    "warc_record_id": "record_id", "warc_file_id": "file_id", "payload_digest": "payload_digest",
}  # fmt: skip
"""Column of `fetches` -> field of `ArchivedRecord`."""


def archived_row(archived: ArchivedRecord | None) -> Row:
    """The columns of `fetches` that describe an archived record."""
    return {column: archived and getattr(archived, field) for column, field in ARCHIVED.items()}


def archived_of(fetch: Row) -> ArchivedRecord | None:
    """The archived record of a row of `fetches`; None if an older version wrote the row."""
    facts = {field: fetch[column] for column, field in ARCHIVED.items()}
    return ArchivedRecord(**facts) if facts["record_hash"] and facts["uri"] and facts["date"] else None


def article_of(revision: Row, authors: Iterable[Row], images: Iterable[Row], url: str) -> Article:
    values = {name: revision[name] for name in _PLAIN} | {
        "kind": Kind(revision["kind"]), "is_accessible_for_free": _flag(revision["is_accessible_for_free"]),
    }  # fmt: skip
    return Article(
        url=url,
        authors=tuple(Author(row["name"], row["role"], row["agency"], _author_kind(row.get("kind"))) for row in authors),
        date_published=_timestamp(revision["date_published"], revision["date_published_raw"]),
        date_modified=_timestamp(revision["date_modified"], revision["date_modified_raw"]),
        topics=tuple(json.loads(revision["topics"])),
        images=tuple(Image(row["url"], row["alt"], row["caption"], row["credit"]) for row in images),
        **values,
    )


def _author_kind(stored: str | None) -> AuthorKind:
    """A person for rows of older versions, which knew no other kind."""
    return AuthorKind.ORGANISATION if stored == AuthorKind.ORGANISATION else AuthorKind.PERSON


def known_of(article: Row, latest: Row, earlier: Iterable[Row]) -> Known:
    """What the decision needs: the article, its latest revision, and the earlier ones, oldest first.

    If the latest has no stamp, the last one before it counts: templates show their stamp at times, and it does not move then.
    """
    earlier = list(earlier)
    return Known(
        content_hash=latest["content_hash"],
        date_modified=next((row["date_modified"] for row in (latest, *reversed(earlier)) if row["date_modified"]), None),
        date_published=latest["date_published"],
        state=State(article["state"]),
        earlier=tuple(EarlierRevision(row["id"], row["content_hash"], bool(row["date_modified"])) for row in earlier),
        stale_hash=article["stale_hash"],
        stale_since=article["stale_since"],
        extractor=latest["extractor"],
        is_free=_flag(latest["is_accessible_for_free"]),
    )


LAST_RANK = 3


def rank_of(item: Article | Fetch) -> int:
    """Rank of a capture among those of one second: redirects, pages to which another URL led, other pages, all else."""
    if isinstance(item, Article):
        return 1 if item.fetch and item.fetch.requested_url else 2
    return 0 if item.answered_url and item.reason_code == FetchReason.MOVED else LAST_RANK


def rank_of_row(fetch: Row) -> int:
    if fetch["reason_code"] == FetchReason.MOVED:
        return 0
    if fetch["content_hash"] or fetch["outcome"] in CHANGES:
        return 1 if fetch["answered_url"] else 2
    return LAST_RANK


def json_of(article: Article) -> Row:
    """An article as the JSON object that `extract` prints; the keys are a contract."""
    return {
        **{key: getattr(article, key, None) for key in _JSON_KEYS},
        **_dates(article),
        "authors": [{"name": a.name, "role": a.role, "agency": a.agency, "kind": a.kind} for a in article.authors],
        "topics": list(article.topics),
        "images": [{"url": i.url, "alt": i.alt, "caption": i.caption, "credit": i.credit} for i in article.images],
    }


_JSON_KEYS = (
    *("url", "canonical_url", "kind", "reason", "reason_code", "headline", "description", "body", "byline", "authors"),
    *("date_published", "date_published_raw", "date_modified", "date_modified_raw", "section", "topics", "language", "images"),
    *("is_accessible_for_free", "content_hash", "extractor"),
)


def _flag(stored: int | None) -> bool | None:
    return None if stored is None else bool(stored)


def _timestamp(text: str | None, raw: str | None) -> Timestamp | None:
    if not text:
        return None
    return Timestamp(instant_of(text), Precision.DAY if len(text) == 10 else Precision.SECOND, raw or "")


_STEPS = ((timedelta(days=2), timedelta(days=1), "day"), (timedelta(hours=2), timedelta(hours=1), "h"))
"""(smallest length, unit, its name); below two hours the unit is minutes."""


def span(length: timedelta) -> str:
    """One unit, rounded down, without the sign of a negative length: "45 min", "7 h", "12 days"."""
    size = abs(length)
    for at_least, unit, name in _STEPS:
        if size >= at_least:
            count = size // unit
            return f"{count} {name}s" if name == "day" else f"{count} {name}"
    return f"{size // timedelta(minutes=1)} min"


def humanize(stamp: str, now: datetime) -> str:
    """A stored time and its distance from `now`: "2025-03-07 08:10Z (20 min ago)", "... (in 3 h)"."""
    when = instant_of(stamp)
    away = f"in {span(when - now)}" if when > now else f"{span(now - when)} ago"
    return f"{stamp if len(stamp) == 10 else f'{stamp[:10]} {stamp[11:16]}Z'} ({away})"
