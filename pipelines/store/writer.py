"""Writing into the ledger: what becomes of one look at a URL. Each look is one transaction, whatever it leads to.

`record` is the only way a revision comes to be. It finds the article, decides again with `revisions.decide` (whoever looked
may have judged by an older state of the ledger), and writes revision, fetch, state and next check together.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime

from pipelines.article import CHANGES, Article, Fetch, Outcome
from pipelines.history.removals import Absence, missing
from pipelines.history.revisions import Decision, Known, State, changed_fields, decide
from pipelines.store.addresses import AddressBook, leads_to
from pipelines.store.chain import Subject, seal
from pipelines.store.corrections import correct, write_parts
from pipelines.store.database import Row, Store
from pipelines.store.resolver import Lookup
from pipelines.store.rows import changed_by, known_of, last_change, moment, optional_moment, revision_row
from pipelines.store.statistics import StatsUpdater
from pipelines.text.urls import article_key

WITHDRAWN = "withdrawn"
"""The reason of looks at articles that an operator has withdrawn."""

Recheck = Callable[[Outcome, State, datetime, datetime, int], datetime | None]
"""(outcome, state, last change, now, edits seen) -> when to look again, or None for never."""

Keep = Callable[[Fetch, Outcome, int | None], Fetch]
"""(fetch, what it comes to, its article) -> the fetch, with its place in the archive where its answer is kept.

It is called inside the transaction, and what it keeps is on the disk when it returns: the ledger never points at nothing.
"""


@dataclass(frozen=True, slots=True)
class Recorded:
    """What a look led to. `revision_id` is set if and only if it made a revision."""

    outcome: Outcome
    article_id: int | None = None
    revision_id: int | None = None


class Ledger:
    """The writing side of a store, for one crawl of one site (or one import)."""

    def __init__(self, store: Store, site_id: str, crawl_id: int | None, recheck: Recheck,
                 lessons: StatsUpdater | None = None, keep: Keep | None = None) -> None:  # fmt: skip
        """Without `lessons` looks teach nothing: those of an archive are not ours. Without `keep` no page is archived."""
        self._store = store
        self._written: list[tuple[Subject, int]] = []
        self._lookup = Lookup(store, site_id, self._touch)
        self._trail = AddressBook(store, self._lookup, crawl_id, self._touch)
        self._keep = keep
        self._site_id = site_id
        self._crawl_id = crawl_id
        self._recheck = recheck
        self._lessons = lessons

    def record(self, item: Article | Fetch, now: datetime | None = None) -> Recorded:
        """Write what one look found; `now` (aware) is for the next check only and defaults to the time of the fetch.

        Raises ValueError for an article without a fetch or a content hash: it did not come through the pipelines.
        """
        if isinstance(item, Article):
            if item.fetch is None or item.content_hash is None:
                raise ValueError(f"{item.url}: an article must be normalised and carry its fetch")
            with self._sealed(now or item.fetch.fetched):
                return self._article(item, item.fetch, now or item.fetch.fetched)
        with self._sealed(now or item.fetched):
            return self._fetch(item, now or item.fetched)

    def knows(self, fetch: Fetch) -> bool:
        """Whether a look was one at an article of the ledger."""
        return self._lookup.by_urls(fetch.requested_url, fetch.url) is not None

    def weigh(self, article: Article) -> tuple[Article | None, Outcome]:
        """The latest revision that a normalised article is compared with, and the outcome that `record` would come to now."""
        if article.fetch is None:
            raise ValueError(f"{article.url}: an article must carry its fetch")
        with self._sealed(article.fetch.fetched):
            found = self._lookup.place(article, article.fetch).found
            if found is None:
                return None, Outcome.NEW
            if self._lookup.is_withdrawn(found):
                return None, Outcome.REFUSED
            if _is_late(found, article.fetch):
                return self._lookup.latest(found), Outcome.STALE
            outcome = decide(self._known(found), article, article.fetch.fetched).outcome
            return self._lookup.latest(found), outcome

    @contextmanager
    def _sealed(self, now: datetime) -> Iterator[None]:
        """One transaction, at whose end all that it wrote to the record is sealed."""
        self._written.clear()
        with self._store.transaction():
            yield
            seal(self._store, self._written, now)

    def _touch(self, subject: Subject, row_id: int) -> None:
        self._written.append((subject, row_id))

    def _kept(self, fetch: Fetch, outcome: Outcome, article_id: int | None) -> Fetch:
        return self._keep(fetch, outcome, article_id) if self._keep else fetch

    # --- an article was read -------------------------------------------------------------------------------------

    def _article(self, article: Article, fetch: Fetch, now: datetime) -> Recorded:
        place = self._lookup.place(article, fetch)
        found = place.found
        if found is None:
            return self._first(article, fetch, place.url, now)
        if self._lookup.is_withdrawn(found):
            return self._refused(found, fetch)
        if _is_late(found, fetch):
            return self._out_of_order(found, article, fetch)
        decision = decide(self._known(found), article, fetch.fetched)
        fetch = self._kept(fetch, decision.outcome, found["id"])
        revision_id = None
        if decision.outcome in CHANGES:
            revision_id = self._revise(found, article, fetch, decision)
        elif decision.outcome is Outcome.REREAD:
            self._correct(found, article, fetch)
        elif decision.outcome is not Outcome.STALE:
            self._still(found, fetch)
        before = dict(found)
        outcome = self._trail.follow(place, article, fetch, decision.outcome)
        self._looked(found, fetch, outcome, now, article)
        self._write_fetch(self._taught(before, fetch, outcome, article), outcome, found["id"])
        return Recorded(outcome, found["id"], revision_id)

    def _first(self, article: Article, fetch: Fetch, url: str, now: datetime) -> Recorded:
        """A page never seen: article, first revision, fetch."""
        seen, fetch = moment(fetch.fetched), self._kept(fetch, Outcome.NEW, None)
        published = str(article.date_published) if article.date_published else None
        since = changed_by(published, str(article.date_modified) if article.date_modified else None, fetch.fetched)
        row: Row = {
            "site_id": self._site_id, "url": url, "url_key": article_key(url), "external_id": fetch.external_id,
            "kind": article.kind, "date_published": published, "first_seen": seen, "last_seen": seen, "last_checked": seen,
            "next_check": optional_moment(self._recheck(Outcome.NEW, State.LIVE, since, now, 0)), **_validators(fetch),
        }  # fmt: skip
        article_id = self._store.insert("articles", row)
        made = {"id": article_id, "latest_revision_id": None, "revision_count": 0, "last_seen": None}
        revision_id = self._revise(made, article, fetch, Decision(Outcome.NEW))
        self._trail.step({"id": article_id, "state": None}, State.LIVE, fetch, "first seen")
        self._trail.remember(article_id, url, leads_to(article, fetch), fetch)
        self._trail.superseded(article_id, fetch)
        self._write_fetch(fetch, Outcome.NEW, article_id)
        return Recorded(Outcome.NEW, article_id, revision_id)

    def _revise(self, found: Row, article: Article, fetch: Fetch, decision: Decision) -> int:
        """Append a revision to the article and make it the latest."""
        before = self._lookup.latest(found)
        row = revision_row(article, fetch)
        row |= {
            "article_id": found["id"], "number": found["revision_count"] + 1, "change": decision.outcome,
            "changed_fields": json.dumps(changed_fields(before, article) if before else []), "reverted_to": decision.reverted_to,
            "not_before": found["last_seen"], "crawl_id": self._crawl_id,
        }  # fmt: skip
        revision_id = self._store.insert("revisions", row)
        self._touch(Subject.REVISION, revision_id)
        self._touch(Subject.ARTICLE, found["id"])
        write_parts(self._store, revision_id, article)
        self._store.update("articles", found["id"], {"latest_revision_id": revision_id, "revision_count": row["number"]})
        return revision_id

    def _correct(self, found: Row, article: Article, fetch: Fetch) -> None:
        """Another extractor reads the latest revision: it is corrected in place, and what it was is kept in `readings`."""
        revision_id, before = found["latest_revision_id"], self._lookup.latest(found)
        if before is None:
            raise KeyError(revision_id)
        correct(self._store, revision_id, before, replace(article, fetch=fetch), fetch.fetched, self._touch)
        self._still(found, fetch)

    def _still(self, found: Row, fetch: Fetch) -> None:
        """The latest revision is still what the page says."""
        sql = "UPDATE revisions SET last_seen = max(last_seen, ?) WHERE id = ?"
        self._store.execute(sql, (moment(fetch.fetched), found["latest_revision_id"]))

    def _out_of_order(self, found: Row, article: Article, fetch: Fetch) -> Recorded:
        """A look older than the last one (an archive read late, a clock set back). It may confirm, it never revises."""
        seen = moment(fetch.fetched)
        sql = "SELECT id, number, first_seen FROM revisions WHERE article_id = ? AND content_hash = ? ORDER BY number"
        same = self._store.row(sql, (found["id"], article.content_hash))
        if same and same["number"] == 1 and seen < same["first_seen"]:
            self._store.update("revisions", same["id"], {"first_seen": seen})
            self._store.update("articles", found["id"], {"first_seen": seen})
            self._touch(Subject.REVISION, same["id"])
            self._touch(Subject.ARTICLE, found["id"])
        outcome = Outcome.UNCHANGED if same else Outcome.STALE
        reason = None if same else "older than the last look, and unlike any revision: kept out of the history"
        self._write_fetch(replace(fetch, reason=reason), outcome, found["id"])
        return Recorded(outcome, found["id"])

    def _refused(self, found: Row, fetch: Fetch) -> Recorded:
        """A withdrawn article: nothing of what it says is kept, neither text nor page."""
        seen = max(moment(fetch.fetched), found["last_checked"])
        self._store.update("articles", found["id"], {"last_checked": seen, "next_check": None})
        self._write_fetch(replace(fetch, reason=WITHDRAWN), Outcome.REFUSED, found["id"])
        return Recorded(Outcome.REFUSED, found["id"])

    # --- no article was read ---------------------------------------------------------------------------------------

    def _fetch(self, fetch: Fetch, now: datetime) -> Recorded:
        if fetch.outcome is None:
            raise ValueError(f"{fetch.url}: a fetch without an article needs an outcome")
        found = self._lookup.by_urls(fetch.requested_url, fetch.url)
        if found is None:
            self._write_fetch(fetch, fetch.outcome, None)
            return Recorded(fetch.outcome)
        if self._lookup.is_withdrawn(found):
            return self._refused(found, fetch)
        outcome = fetch.outcome
        if outcome in (Outcome.NOT_MODIFIED, Outcome.UNCHANGED):
            outcome = self._confirmed(found, fetch, outcome, now)
        elif outcome in (Outcome.GONE, Outcome.SUSPECTED):
            outcome = self._missing(found, fetch, now)
        else:
            self._unread(found, fetch, outcome, now)
        self._write_fetch(self._kept(fetch, outcome, found["id"]), outcome, found["id"])
        return Recorded(outcome, found["id"])

    def _confirmed(self, found: Row, fetch: Fetch, outcome: Outcome, now: datetime) -> Outcome:
        """The page says what the latest revision says; unless the ledger has moved on meanwhile: then look again at once."""
        latest = self._store.row("SELECT content_hash, date_modified FROM revisions WHERE id = ?", (found["latest_revision_id"],))
        told = (fetch.content_hash, fetch.date_modified)
        if outcome is Outcome.UNCHANGED and latest and told != (latest["content_hash"], latest["date_modified"]):
            self._store.update("articles", found["id"], {"next_check": moment(now)})
            return outcome
        self._still(found, fetch)
        self._looked(found, fetch, outcome, now)
        self._taught(found, fetch, outcome)
        self._trail.remember(found["id"], found["url"], fetch.aliases, fetch)
        return outcome

    def _missing(self, found: Row, fetch: Fetch, now: datetime) -> Outcome:
        """404, 410 or a redirect to no article, on an article we know."""
        state = State(found["state"])
        absence = None
        if found["suspected_since"]:
            absence = Absence(datetime.fromisoformat(found["suspected_since"]), found["suspected_looks"])
        after, absence = missing(state, absence, fetch.status, fetch.fetched)
        self._trail.step(found, after, fetch, fetch.reason)
        outcome = Outcome.GONE if after is State.GONE else Outcome.SUSPECTED
        self._store.update("articles", found["id"], {
            "suspected_since": moment(absence.since), "suspected_looks": absence.looks, "last_checked": moment(fetch.fetched),
            "next_check": optional_moment(self._recheck(outcome, after, absence.since, now, 0)),
        })  # fmt: skip
        return outcome

    # --- what every look leaves behind ---------------------------------------------------------------------------

    def _looked(self, found: Row, fetch: Fetch, outcome: Outcome, now: datetime, article: Article | None = None) -> None:
        """Times, validators and state of an article that answered; `article` where it was read, not only confirmed."""
        checked = moment(fetch.fetched)
        changes: Row = {"last_checked": max(checked, found["last_checked"]), "suspected_since": None, "suspected_looks": 0}
        if outcome is Outcome.STALE and article:
            same = found["stale_hash"] == article.content_hash
            changes |= {"stale_hash": article.content_hash, "stale_since": found["stale_since"] if same else checked}
        else:
            changes |= {
                "last_seen": max(checked, found["last_seen"]),
                "stale_hash": None,
                "stale_since": None,
                **_validators(fetch),
            }
        if article and article.kind != found["kind"]:
            changes["kind"] = article.kind
            self._touch(Subject.ARTICLE, found["id"])
        self._trail.step(found, State.LIVE, fetch, "answers again")
        changed = outcome in CHANGES
        since, edits = fetch.fetched if changed else self._last_change(found), found["revision_count"] - 1 + changed
        changes["next_check"] = optional_moment(self._recheck(outcome, State.LIVE, since, now, edits))
        self._store.update("articles", found["id"], changes)

    def _taught(self, before: Row, fetch: Fetch, outcome: Outcome, article: Article | None = None) -> Fetch:
        """The fetch, with its reason where it shows that the host lied; `before` is the article's row as it was."""
        lie = self._lessons.learn(before, self._last_change(before), fetch, outcome, article) if self._lessons else None
        return replace(fetch, reason=fetch.reason or lie)

    def _unread(self, found: Row, fetch: Fetch, outcome: Outcome, now: datetime) -> None:
        """A look that told nothing of the article: an error, a refusal, a page that could not be read as one."""
        edits = found["revision_count"] - 1
        next_check = self._recheck(outcome, State(found["state"]), self._last_change(found), now, edits)
        changes = {
            "last_checked": max(moment(fetch.fetched), found["last_checked"]),
            "next_check": optional_moment(next_check),
        }
        self._store.update("articles", found["id"], changes)

    def _write_fetch(self, fetch: Fetch, outcome: Outcome, article_id: int | None) -> None:
        fetch_id = self._store.insert("fetches", {
            "crawl_id": self._crawl_id, "article_id": article_id, "url": fetch.requested_url or fetch.url, "outcome": outcome,
            "fetched": moment(fetch.fetched), "status": fetch.status, "bytes": fetch.bytes, "reason": fetch.reason,
            "robots": fetch.robots, "tdm": fetch.tdm,
            "warc_file": fetch.warc_file, "warc_offset": fetch.warc_offset, "payload_hash": fetch.payload_hash,
        })  # fmt: skip
        if outcome in CHANGES:
            self._touch(Subject.FETCH, fetch_id)

    # --- what the ledger knows -------------------------------------------------------------------------------------

    def _known(self, found: Row) -> Known:
        columns = "id, content_hash, date_modified, date_published, extractor"
        sql = f"SELECT {columns} FROM revisions WHERE article_id = ? ORDER BY number"  # noqa: S608 - our own columns
        *earlier, latest = self._store.rows(sql, (found["id"],))
        return known_of(found, latest, earlier)

    def _last_change(self, found: Row) -> datetime:
        """When the article changed last: of a first revision when it says it was published or updated."""
        sql = "SELECT number, first_seen, date_published, date_modified FROM revisions WHERE id = ?"
        latest = self._store.row(sql, (found["latest_revision_id"],))
        if latest is None:
            raise KeyError(found["latest_revision_id"])
        return last_change(latest)


def _is_late(found: Row, fetch: Fetch) -> bool:
    """Whether a look comes after one that is newer and told something: a page that could not be read told nothing."""
    told = found["last_seen"] if found["state"] == State.LIVE and not found["suspected_since"] else found["last_checked"]
    return bool(moment(fetch.fetched) < max(told, found["stale_since"] or ""))


def _validators(fetch: Fetch) -> Row:
    """What the next conditional request sends; a 304 keeps those it was sent with."""
    claimed = {"claimed_modified": str(fetch.claimed_modified)} if fetch.claimed_modified else {}
    if fetch.status == 304:
        return claimed
    return {"etag": fetch.etag, "last_modified": fetch.last_modified, "validators_url": fetch.url, **claimed}
