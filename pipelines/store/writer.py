"""Writer of revisions: records what one fetch found, in one transaction, whatever the outcome.

Only `RevisionWriter` creates revisions. `judge` finds the article and decides, once and in the transaction, what kind of
change the item brings; `apply` writes revision, fetch, state and next check accordingly. In between, the caller may hold the
item back (`pipelines.store.quarantine`) or archive its page. Items come in order of time; late captures are for
`pipelines.store.late_captures.replay`.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta

from pipelines.article import CHANGES, Article, Fetch, Outcome
from pipelines.history.edit_rates import EditRateModel, Traits
from pipelines.history.revisions import Absence, Decision, State, changed_fields
from pipelines.history.revisit import PRICES, UNKNOWN, next_check
from pipelines.reasons import FetchReason, because, coded
from pipelines.store.addresses import AddressBook, aliases_of, put_fetch
from pipelines.store.chain import Cause, Subject, seal
from pipelines.store.corrections import correct, write_parts
from pipelines.store.database import Row, Store
from pipelines.store.judgement import Judgement, Recorded, fetch_of, judge
from pipelines.store.resolver import Lookup
from pipelines.store.rows import (
    archived_row,
    changed_by,
    instant_of,
    last_change,
    moment,
    optional_moment,
    revision_row,
    traits_of,
)
from pipelines.store.statistics import StatsUpdater
from pipelines.text.urls import article_key

_SEALED_ONCE = frozenset({Subject.STATE, Subject.FETCH})
"""Rows that are written once: a touched one was made in this transaction."""
_OF_TEMPLATE = (FetchReason.SILENT_EDITS, FetchReason.SHARED_LINE)
"""Reasons for which a page differs from the latest revision only by its template: the article is there."""


class RevisionWriter:
    """The writing side of a store, for one crawl of one site (or one import)."""

    _in_order = True
    """Whether items come in order of time, so that none is late; `late_captures.replay` has a writer for any order."""

    _seals = True
    """Whether written rows are sealed; not in a scratch ledger."""

    def __init__(self, store: Store, site_id: str, crawl_id: int | None, statistics: StatsUpdater | None = None, *,
                 edit_rates: EditRateModel = UNKNOWN, price: float = PRICES["balanced"]) -> None:  # fmt: skip
        """Without `statistics` fetches are not counted in them: fetches of an archive are not ours.

        `edit_rates` and `price` determine the next check (`pipelines.history.revisit.next_check`).
        """
        self._store = store
        self._written: dict[Cause, list[tuple[Subject, int]]] = {Cause.READING: [], Cause.CAPTURE: []}
        self._made: set[tuple[Subject, int]] = set()
        self._is_open = False
        self._lookup = Lookup(store, site_id)
        self._addresses = AddressBook(store, self._lookup, crawl_id, self._touch)
        self._site_id = site_id
        self._crawl_id = crawl_id
        self._statistics = statistics
        self._edit_rates = edit_rates
        self._price = price

    def record(self, item: Article | Fetch, now: datetime | None = None) -> Recorded:
        """Judge an item and write it. `now` (aware) is used for the next check and the seal; default: the time of the fetch."""
        with self.transaction(now or fetch_of(item).fetched):
            return self.apply(self.judge(item, now), now)

    def judge(self, item: Article | Fetch, now: datetime | None = None, *, in_order: bool | None = None) -> Judgement:
        """Decide about an item; with `now` (the clock's time) later times are ignored: a clock was ahead.

        `in_order` compares it with the latest revision, even if that is later. Raises ValueError for an article without a
        fetch or a content hash: it did not come through the pipelines.
        """
        fetch = fetch_of(item)
        with self.transaction(fetch.fetched):
            return judge(self._store, self._lookup, item, fetch, now, in_order=self._in_order if in_order is None else in_order)

    def apply(self, judged: Judgement, now: datetime | None = None) -> Recorded:
        """Write a decision that was made in this transaction."""
        now = now or judged.fetch.fetched
        with self.transaction(now):
            if isinstance(judged.item, Article):
                return self._article(judged, judged.item, now)
            return self._fetch(judged, now)

    @contextmanager
    def transaction(self, now: datetime) -> Iterator[None]:
        """One transaction, at whose end all rows of the record that it wrote are sealed. Nested use joins the outer one."""
        if self._is_open:
            yield
            return
        for rows in self._written.values():
            rows.clear()
        self._made.clear()
        self._is_open = True
        try:
            with self._store.transaction():
                yield
                self._seal(now)
        finally:
            self._is_open = False

    def _seal(self, now: datetime) -> None:
        done: set[tuple[Subject, int]] = set()
        for cause, rows in self._written.items():
            if self._seals and (some := [row for row in rows if row not in done]):
                seal(self._store, some, now, cause, made=self._made)
                done.update(some)

    def _touch(self, subject: Subject, row_id: int) -> None:
        self._written[Cause.CAPTURE].append((subject, row_id))
        if subject in _SEALED_ONCE:
            self._made.add((subject, row_id))

    def _touch_read(self, subject: Subject, row_id: int) -> None:
        self._written[Cause.READING].append((subject, row_id))

    def _next_check(self, outcome: Outcome, state: State, since: datetime, now: datetime, traits: Traits) -> str | None:
        return optional_moment(next_check(outcome, state, since, now, traits, self._edit_rates, price=self._price))

    # --- an article was read -------------------------------------------------------------------------------------

    def _article(self, judged: Judgement, article: Article, now: datetime) -> Recorded:
        found, place, fetch, decision, led = judged.found, judged.place, judged.fetch, judged.decision, judged.led or judged.fetch
        if place and place.displaced:
            self._addresses.send_back(place.displaced, fetch)
        if found is None:
            return self._first(article, fetch, led, place.url if place else article.url, now)
        if judged.is_withdrawn or decision is None or place is None:
            return self._refused(found, fetch)
        revision_id = None
        fetch = self._with_violation(found, fetch, decision.outcome, article)
        if decision.outcome in CHANGES:
            revision_id = self._revise(found, judged.before, article, fetch, decision)
        elif decision.outcome is Outcome.REREAD:
            self._correct(found, judged.before, article, fetch)
        elif judged.is_illustrated_anew and judged.before:
            self._correct(found, judged.before, replace(judged.before, images=article.images), fetch)
        elif decision.outcome is not Outcome.STALE:
            self._confirm_latest(found, fetch)
        outcome = self._addresses.set_address(place, article, led, decision.outcome)
        self._answered(found, fetch, outcome, now, article)
        self._write_fetch(fetch, outcome, found["id"], article)
        return Recorded(outcome, found["id"], revision_id)

    def _first(self, article: Article, fetch: Fetch, led: Fetch, url: str, now: datetime) -> Recorded:
        """Write an unknown article: article, first revision, fetch."""
        seen = moment(fetch.fetched)
        published = str(article.date_published) if article.date_published else None
        since = changed_by(published, str(article.date_modified) if article.date_modified else None, fetch.fetched)
        traits = Traits(0, article.kind, article.section)
        row: Row = {
            "site_id": self._site_id, "url": url, "url_key": article_key(url), "external_id": fetch.external_id,
            "kind": article.kind, "date_published": published, "first_seen": seen, "last_seen": seen, "last_checked": seen,
            "next_check": self._next_check(Outcome.NEW, State.LIVE, since, now, traits), **_validators(fetch),
        }  # fmt: skip
        self._addresses.forget(url)
        article_id = self._store.insert("articles", row)
        self._made.add((Subject.ARTICLE, article_id))
        made = {"id": article_id, "latest_revision_id": None, "revision_count": 0, "last_seen": None}
        revision_id = self._revise(made, None, article, fetch, Decision(Outcome.NEW))
        self._addresses.note_state(article_id, State.LIVE, fetch, "first seen")
        self._addresses.remember(article_id, url, aliases_of(article, led), fetch)
        self._addresses.mark_moved(article_id, led)
        self._write_fetch(fetch, Outcome.NEW, article_id, article)
        return Recorded(Outcome.NEW, article_id, revision_id)

    def _revise(self, found: Row, before: Article | None, article: Article, fetch: Fetch, decision: Decision) -> int:
        """Append a revision to the article and make it the latest."""
        row = revision_row(article, fetch)
        row |= {
            "article_id": found["id"], "number": found["revision_count"] + 1, "change": decision.outcome,
            "changed_fields": json.dumps(changed_fields(before, article) if before else []), "reverted_to": decision.reverted_to,
            "not_before": self._seen_until(found, fetch), "crawl_id": self._crawl_id,
        }  # fmt: skip
        revision_id = self._store.insert("revisions", row)
        self._made.add((Subject.REVISION, revision_id))
        self._touch(Subject.REVISION, revision_id)
        self._touch(Subject.ARTICLE, found["id"])
        write_parts(self._store, revision_id, article, place=(found["id"], row["number"]))
        self._store.update("articles", found["id"], {"latest_revision_id": revision_id, "revision_count": row["number"]})
        return revision_id

    def _seen_until(self, found: Row, fetch: Fetch) -> str | None:
        """When the latest revision was last seen completely: if a paywall hid its end, that may have changed.

        304s of a host that are shown to be wrong prove nothing; then the last page that was read counts.
        """
        sql = "SELECT first_seen, last_seen, content_hash FROM revisions WHERE id = ?"
        latest = self._store.row(sql, (found["latest_revision_id"],))
        if latest is None:
            return None
        seen = latest["last_seen"]
        if fetch.reason_code == FetchReason.VALIDATORS_LIED:
            sql = """SELECT max(fetched) FROM fetches WHERE article_id = ? AND content_hash = ? AND fetched >= ?
                AND outcome <> 'not_modified' AND reason_code IS NOT 'paywalled'"""
            seen = self._store.value(sql, (found["id"], latest["content_hash"], latest["first_seen"])) or latest["first_seen"]
        return min(found["last_seen"] or "", seen, moment(fetch.fetched)) or None

    def _correct(self, found: Row, before: Article | None, article: Article, fetch: Fetch) -> None:
        """Correct the latest revision in place, because another extractor reads it or the page shows another picture under the
        same text; the former reading is kept in `readings`.
        """
        revision_id = found["latest_revision_id"]
        if before is None:
            raise KeyError(revision_id)
        correct(self._store, revision_id, before, replace(article, fetch=fetch), fetch.fetched, self._touch_read)
        self._confirm_latest(found, fetch)

    def _confirm_latest(self, found: Row, fetch: Fetch) -> None:
        """Record that the page still has the latest revision."""
        sql = "UPDATE revisions SET last_seen = max(last_seen, ?) WHERE id = ?"
        self._store.execute(sql, (moment(fetch.fetched), found["latest_revision_id"]))

    def _refused(self, found: Row, fetch: Fetch) -> Recorded:
        """Record a fetch of a withdrawn article: neither its text nor its page is stored."""
        seen = max(moment(fetch.fetched), found["last_checked"])
        self._store.update("articles", found["id"], {"last_checked": seen, "next_check": None})
        self._write_fetch(because(fetch, Outcome.REFUSED, coded(FetchReason.WITHDRAWN)), Outcome.REFUSED, found["id"])
        return Recorded(Outcome.REFUSED, found["id"])

    # --- no article was read ---------------------------------------------------------------------------------------

    def _fetch(self, judged: Judgement, now: datetime) -> Recorded:
        found, fetch, outcome = judged.found, judged.fetch, judged.outcome
        if found is None:
            self._write_fetch(fetch, outcome, None)
            return Recorded(outcome)
        if judged.is_withdrawn:
            return self._refused(found, fetch)
        if outcome in (Outcome.NOT_MODIFIED, Outcome.UNCHANGED):
            self._confirmed(found, fetch, outcome, now)
        elif judged.removal:
            self._not_found(found, fetch, outcome, judged.removal, now)
        else:
            self._unread(found, fetch, outcome, now)
        self._write_fetch(fetch, outcome, found["id"])
        return Recorded(outcome, found["id"])

    def _confirmed(self, found: Row, fetch: Fetch, outcome: Outcome, now: datetime) -> None:
        """The fetch confirms the latest revision. If the ledger has another revision by now, the article is due immediately."""
        latest = self._store.row("SELECT content_hash, date_modified FROM revisions WHERE id = ?", (found["latest_revision_id"],))
        confirmed = (fetch.content_hash, fetch.date_modified)
        if outcome is Outcome.UNCHANGED and latest and confirmed != (latest["content_hash"], latest["date_modified"]):
            self._store.update("articles", found["id"], {"next_check": moment(now)})
            return
        if fetch.reason_code != FetchReason.PAYWALLED:
            self._confirm_latest(found, fetch)
        self._answered(found, fetch, outcome, now)
        self._with_violation(found, fetch, outcome)
        self._addresses.remember(found["id"], found["url"], fetch.aliases, fetch)

    def _not_found(self, found: Row, fetch: Fetch, outcome: Outcome, removal: tuple[State, Absence], now: datetime) -> None:
        """404, 410 or a redirect to no article, for a known article."""
        after, absence = removal
        self._addresses.set_state(found, after, fetch, fetch.reason)
        self._store.update("articles", found["id"], {
            "suspected_since": moment(absence.since), "suspected_looks": absence.fetches, "last_checked": moment(fetch.fetched),
            "next_check": self._next_check(outcome, after, absence.since, now, Traits()),
        })  # fmt: skip

    # --- what every fetch updates ---------------------------------------------------------------------------------

    def _answered(self, found: Row, fetch: Fetch, outcome: Outcome, now: datetime, article: Article | None = None) -> None:
        """Set times, validators and state of an article that answered; `article` if it was read, not only confirmed."""
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
                **(_validators(fetch) if fetch.reason_code != FetchReason.PAYWALLED else {}),
            }
        if article and article.kind != found["kind"]:
            changes["kind"] = article.kind
            self._touch(Subject.ARTICLE, found["id"])
        self._addresses.set_state(found, State.LIVE, fetch, "answers again")
        changed = outcome in CHANGES
        since, section = self._last_change(found)
        if article:
            section = article.section
        since = fetch.fetched if changed else since
        kind = str(article.kind if article else found["kind"])
        traits = traits_of({**found, "kind": kind, "revision_count": found["revision_count"] + changed}, since, section)
        changes["next_check"] = self._next_check(outcome, State.LIVE, since, now, traits)
        if self._statistics and changes["next_check"]:
            until = max(instant_of(changes["next_check"]) - now, timedelta())
            changes["edits_unseen"] = round(self._edit_rates.expected(now - since, until, traits), 5)
        self._store.update("articles", found["id"], changes)

    def _with_violation(self, before: Row, fetch: Fetch, outcome: Outcome, article: Article | None = None) -> Fetch:
        """The fetch, with a reason if it shows that validators were wrong; `before` is the article's row before the fetch."""
        if self._statistics is None:
            return fetch
        violation = self._statistics.learn(before, *self._last_change(before), fetch, outcome, article)
        return because(fetch, outcome, coded(violation)) if violation and not fetch.reason else fetch

    def _unread(self, found: Row, fetch: Fetch, outcome: Outcome, now: datetime) -> None:
        """A fetch that showed nothing of the article: an error, a refusal, a page that could not be read as one. A page that
        differs only by its template shows that the article is there."""
        since, section = self._last_change(found)
        traits = Traits(found["revision_count"] - 1, found["kind"], section)
        next_check = self._next_check(outcome, State(found["state"]), since, now, traits)
        changes = {"last_checked": max(moment(fetch.fetched), found["last_checked"]), "next_check": next_check}
        if outcome is Outcome.QUARANTINED and fetch.reason_code in _OF_TEMPLATE:
            changes |= {"suspected_since": None, "suspected_looks": 0}
            self._addresses.set_state(found, State.LIVE, fetch, "answers again")
        self._store.update("articles", found["id"], changes)

    def _write_fetch(self, fetch: Fetch, outcome: Outcome, article_id: int | None, article: Article | None = None) -> None:
        """Insert the row of a fetch, with what `pipelines.store.late_captures.events` needs to restore it."""
        leads = fetch.url if fetch.requested_url and fetch.requested_url != fetch.url else fetch.answered_url
        stamp = article.date_modified.isoformat() if article and article.date_modified else None
        fetch_id = put_fetch(self._store, {
            "crawl_id": self._crawl_id, "article_id": article_id, "url": fetch.requested_url or fetch.url, "outcome": outcome,
            "fetched": moment(fetch.fetched), "status": fetch.status, "bytes": fetch.bytes, "reason": fetch.reason,
            "reason_code": fetch.reason_code, "robots": fetch.robots, "tdm": fetch.tdm,
            "warc_file": fetch.warc_file, "warc_offset": fetch.warc_offset, "payload_hash": fetch.payload_hash,
            **archived_row(fetch.archived),
            "answered_url": leads, "content_hash": (article or fetch).content_hash,
            "date_modified": stamp if article else fetch.date_modified, "external_id": fetch.external_id, "doubt": fetch.doubt,
            "canonical_url": (article or fetch).canonical_url,
        })  # fmt: skip
        if outcome in CHANGES or fetch.warc_file or any(subject is Subject.STATE for subject, _ in self._written[Cause.CAPTURE]):
            self._touch(Subject.FETCH, fetch_id)

    # --- what the ledger knows -------------------------------------------------------------------------------------

    def _last_change(self, found: Row) -> tuple[datetime, str | None]:
        """When the article last changed (for a first revision, when it says it was published or updated), and its section."""
        sql = "SELECT number, first_seen, date_published, date_modified, section FROM revisions WHERE id = ?"
        latest = self._store.row(sql, (found["latest_revision_id"],))
        if latest is None:
            raise KeyError(found["latest_revision_id"])
        return last_change(latest), latest["section"]


def _validators(fetch: Fetch) -> Row:
    """What the next conditional request sends; after a 304 the stored validators stay."""
    claimed = {"claimed_modified": str(fetch.claimed_modified)} if fetch.claimed_modified else {}
    if fetch.status == 304:
        return claimed
    return {"etag": fetch.etag, "last_modified": fetch.last_modified, "validators_url": fetch.url, **claimed}
