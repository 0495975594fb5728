"""Checks of untrusted rows and records: types as in the columns, times in order, texts that match their hashes.

The same checks for JSON lines and for other ledgers. Nothing dated in the future is accepted.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from pipelines.article import CHANGES, Kind, Outcome
from pipelines.exchange.export import REVISION
from pipelines.history.revisions import State
from pipelines.history.revisit import RARELY
from pipelines.store.crawls import CrawlOutcome
from pipelines.store.database import Row
from pipelines.store.resolver import CLOCK_AHEAD
from pipelines.store.rows import article_of, instant_of, is_archive_name, moment
from pipelines.text.normalise import content_hash

MAX_TEXT = 4_000_000
"""Maximum length of one text. A body has at most half a million characters."""
WEB_BEGAN = "1990"
"""No page was seen earlier."""
MAX_PARTS = 10_000
"""Maximum number of authors, pictures, addresses, states or fetches of one record."""

PARTS = {"revision_authors": ("name", "role", "agency", "kind"), "revision_images": ("url", "alt", "caption", "credit")}
"""Columns of a revision's parts, by table: free texts."""
LISTS = ("changed_fields", "topics")

_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", re.ASCII)
_STAMP = re.compile(r"\d{4}-\d\d-\d\d(?:T\d\d:\d\d:\d\dZ)?", re.ASCII)
_CODE, _HASH, _DIGEST = re.compile(r"[a-z0-9_]{1,40}"), re.compile(r"[0-9a-f]{64}"), re.compile(r"[a-z0-9]{3,6}:[0-9a-f]{32,128}")
_SITE_ID = re.compile(r"[^\W_][\w.-]{0,199}")
_WEB = re.compile(r"https?://[^\x00-\x20\x7f-\x9f]{1,8000}")
_USER = re.compile(r"https?://[^/?#]*@")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")
_INTEGERS = frozenset({
    *("number", "reverted_to", "reads_as", "warc_offset", "bytes", "suspected_looks", "revision_count", "revisions"),
    *("requests", "candidates", "errors"),
})  # fmt: skip
_MOMENTS = frozenset({
    *("first_seen", "last_seen", "last_checked", "at", "fetched", "replaced", "next_check", "suspected_since", "not_before"),
    *("started", "finished", "warc_date"),
})  # fmt: skip
_STAMPS = frozenset({"date_published", "date_modified"})
_CHOICES: dict[str, frozenset[str]] = {
    "change": frozenset(CHANGES), "state": frozenset(State), "outcome": frozenset(Outcome),
    "kind": frozenset(Kind) - {Kind.NOT_ARTICLE}, "crawls.outcome": frozenset(CrawlOutcome),
}  # fmt: skip
_FORMS = {
    "reason_code": _CODE, "content_hash": _HASH, "payload_hash": _HASH, "record_hash": _HASH, "request_hash": _HASH,
    "payload_digest": _DIGEST,
}  # fmt: skip
_NAMES = frozenset({"id", "site_id", "name", "external_id", "extractor", "trigger", "who", "warc_record_id", "warc_file_id"})
"""Single-line texts without control characters."""
NEEDED = frozenset({
    *("id", "name", "url", "kind", "first_seen", "last_seen", "last_checked", "state", "number", "change", "changed_fields"),
    *("body", "topics", "content_hash", "extractor", "fetched", "outcome", "at", "replaced"),
})  # fmt: skip


class RecordError(ValueError):
    """A record is refused; the message says why."""


def latest_of(now: datetime) -> str:
    """The last moment, in the store's form, that is not in the future."""
    return moment(now + CLOCK_AHEAD)


def check_article(article: Row, latest: str) -> str | None:
    """Check that times are in order; RecordError if not. A time after `latest` is corrected in place, and reported."""
    _check_seen("article", article)
    problem = _clip("article", article, "last_seen", latest, article["first_seen"])
    if article["last_seen"] > article["last_checked"]:
        raise RecordError("article: seen after it was last looked at")
    if article["suspected_since"] and article["suspected_since"] > latest:
        article["suspected_since"] = article["last_seen"]
    problem = _clip("article", article, "last_checked", latest, article["last_seen"]) or problem
    if article["next_check"] and article["next_check"] > moment(instant_of(latest) + RARELY):
        article["next_check"] = article["last_checked"]  # counted from a look in the future, it would keep all looks away
    return problem


def check_revision(revision: Row, authors: Sequence[Row], images: Sequence[Row], url: str, latest: str) -> str | None:
    """As `check_article`; also that the text matches its hash."""
    _check_seen("revision", revision)
    problem = _clip("revision", revision, "last_seen", latest, revision["first_seen"])
    if revision["number"] < 1:
        raise RecordError("revision.number: revisions are numbered from 1")
    try:
        found = content_hash(article_of(revision, authors, images, url))
    except ValueError as error:
        raise RecordError(f"revision: {error}") from error
    if found != revision["content_hash"]:
        raise RecordError("revision: its text is not the one of its hash")
    return problem


def is_future(row: Row, latest: str) -> bool:
    """Whether a fetch, a state, an address or an earlier reading is dated after `latest`."""
    return any(row.get(column) and row[column] > latest for column in ("fetched", "at", "first_seen", "replaced", "started"))


def refuse_future(what: str, row: Row, latest: str) -> None:
    if is_future(row, latest):
        raise RecordError(f"{what} is of the future")


def _check_seen(what: str, row: Row) -> None:
    if row["first_seen"] > row["last_seen"]:
        raise RecordError(f"{what}: last seen before it was first seen")


def _clip(what: str, row: Row, column: str, latest: str, to: str) -> str | None:
    refuse_future(what, row, latest)
    if row[column] <= latest:
        return None
    problem = f"{what}.{column} is of the future: {row[column]}; taken in as of {to}"
    row[column] = to
    return problem


def revision_columns(revision: Row) -> Row:
    """The columns of `revisions` in a record; references to other revisions are added later."""
    row = {column: revision[column] for column in REVISION if column not in ("reverted_to", "reads_as")}
    return {**row, **{column: json.dumps(revision[column], ensure_ascii=column != "topics") for column in LISTS}}


def facts(record: Mapping[str, Any], name: str, columns: Iterable[str], needed: Iterable[str] = NEEDED, *,
          free: bool = False) -> Row:  # fmt: skip
    """The columns of one part of a record, each checked; RecordError names the first invalid one."""
    given = record.get(name)
    if not isinstance(given, dict):
        raise RecordError(f"{name} is missing")
    return {column: _value(f"{name}.{column}", column, given.get(column), needed, free=free) for column in columns}


def many(given: Any, name: str, columns: tuple[str, ...], *, also_needed: str = "", without: str = "",
         free: bool = False) -> list[Row]:  # fmt: skip
    """As `facts`, for each part of a list; `without` names a column that may be missing."""
    found = given.get(name, [])
    if not isinstance(found, list) or len(found) > MAX_PARTS:
        raise RecordError(f"{name} is no list")
    needed = {also_needed} if free else (NEEDED | {also_needed}) - {without}
    return [facts({name: one}, name, columns, needed, free=free) for one in found]


def _value(where: str, column: str, value: Any, needed: Iterable[str], *, free: bool) -> Any:
    """A value of its column's type; `free` columns are plain texts, whatever their name."""
    if value is None:
        if column in needed:
            raise RecordError(f"{where} is missing")
        return None
    if not free and not _has_valid_type(where, column, value):
        raise RecordError(f"{where} is not what it should be: {str(value)[:60]!r}")
    if free and not isinstance(value, str):
        raise RecordError(f"{where} is no text")
    if isinstance(value, str) and (len(value) > MAX_TEXT or not _is_unicode(value)):
        raise RecordError(f"{where} is {'too long' if len(value) > MAX_TEXT else 'not UTF-8'}")
    return value


def _is_unicode(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _has_valid_type(where: str, column: str, value: Any) -> bool:
    if column == "status":
        return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= 999
    if column in _INTEGERS:
        return isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**63
    if column == "is_accessible_for_free":
        return isinstance(value, bool)
    if column in LISTS:
        named = column == "changed_fields"
        return isinstance(value, list) and all(isinstance(one, str) and (not named or _CODE.fullmatch(one)) for one in value)
    if where == "readings.article":
        return isinstance(value, dict)
    if not isinstance(value, str):
        return False
    if (choices := _CHOICES.get(where) or _CHOICES.get(column)) is not None:
        return value in choices
    if column in _MOMENTS or column in _STAMPS:
        return _is_time(value, _MOMENT if column in _MOMENTS else _STAMP) and (column in _STAMPS or value >= WEB_BEGAN)
    if column in ("url", "answered_url", "warc_uri"):
        is_link = where in ("site.url", "article.url", "aliases.url")  # shown to readers, whom a user's name can mislead
        return bool(where.startswith("images") or (_WEB.fullmatch(value) and not (is_link and _USER.match(value))))
    if where == "site.id":
        return bool(_SITE_ID.fullmatch(value))
    if column == "warc_file":
        return is_archive_name(value)
    if column in _NAMES:
        return not _CONTROL.search(value)
    form = _FORMS.get(column)
    return form is None or bool(form.fullmatch(value))


def _is_time(text: str, form: re.Pattern[str]) -> bool:
    try:
        return bool(form.fullmatch(text) and datetime.fromisoformat(text))
    except ValueError:
        return False
