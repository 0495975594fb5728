"""Quarantine: doubtful readings wait for the crawl's other readings; then they are recorded, or quarantined with their page.

A quarantined reading is neither a revision nor a removal. It stays visible, makes its site ill (`pipelines.queries.health`),
and is read again from the stored page when extraction has been corrected. Knows no extraction: the caller reads.
"""

from __future__ import annotations

import json
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol

from pipelines.article import CHANGES, ArchivedRecord, Article, Fetch, Outcome, Payload
from pipelines.history.anomalies import (
    LOST_ARTICLE,
    Anomaly,
    BatchContext,
    Readings,
    as_before,
    fields_of_template,
    find_anomaly,
    judge_batch,
    second_look,
)
from pipelines.reasons import CodedReason, coded
from pipelines.store.boilerplate_lines import BoilerplateLines
from pipelines.store.database import Row, Store
from pipelines.store.judgement import Judgement
from pipelines.store.rows import instant_of, json_of, moment

MAX_HELD = 200
"""Maximum number of readings held at the same time; at this number they are judged before the crawl's end."""
PAGES_KEPT = 1_000
"""Maximum number of stored pages of a site. Beyond it, a reading that is not accepted is only a row of `fetches`."""
_FETCH_TEXTS = (
    "requested_url",
    "reason",
    "reason_code",
    "etag",
    "last_modified",
    "external_id",
    "robots",
    "tdm",
    "warc_file",
    "payload_hash",
)


class ItemWriter(Protocol):
    """Judges readings and records them: a `LedgerWriter`."""

    def judge(self, item: Article | Fetch, now: datetime | None = None, *, in_order: bool | None = None) -> Judgement:
        """Judge an item; with `in_order` it is compared with the latest revision, even if that is later than the item."""

    def believe(self, article: Article, now: datetime) -> object:
        """Record a quarantined reading."""


class QuarantineState(StrEnum):
    """State of a reading that is or was in quarantine."""

    QUARANTINED = "quarantined"
    REPLAYED = "replayed"
    ACCEPTED = "accepted"
    OVERTAKEN = "overtaken"
    DROPPED = "dropped"


@dataclass(frozen=True, slots=True)
class QuarantinedReading:
    """One reading in quarantine."""

    id: int
    site_id: str
    url: str
    fetch: Fetch
    """The fetch as it was, with the page if that was stored."""
    symptoms: tuple[str, ...]
    reason: str
    reason_code: str
    """A code of `pipelines.reasons.FetchReason`."""
    headline: str | None
    looks: int
    crawl_id: int | None


@dataclass(frozen=True, slots=True)
class HeldReading:
    """A reading that waits for the verdict on the crawl's readings."""

    article: Article | None
    """None if the page of an article no longer reads as an article."""
    fetch: Fetch
    page: bytes | None
    anomaly: Anomaly
    before: Article | None = None
    """The latest revision, from which it differs."""
    is_declared: bool = False

    @property
    def hash(self) -> str | None:
        return self.article.content_hash if self.article else None

    @property
    def item(self) -> Article | Fetch:
        return replace(self.article, fetch=self.fetch) if self.article else self.fetch


class Quarantine:
    """The quarantine of one crawl of one site."""

    def __init__(self, store: Store, site_id: str, crawl_id: int | None, usual: Readings) -> None:
        self._store = store
        self._site_id = site_id
        self._crawl_id = crawl_id
        self._usual = usual
        self._held: list[HeldReading] = []
        self._sound = 0
        self._confirmed = 0
        self.boilerplate = BoilerplateLines(store, site_id, crawl_id)

    def screen(self, judged: Judgement) -> Article | Fetch | None:
        """The item to record now, perhaps a fetch that only confirms the article; None if the reading waits for `verdicts`."""
        item = judged.item
        if isinstance(item, Fetch):
            if item.outcome is Outcome.NOT_ARTICLE and item.payload and judged.found:
                self._held.append(self._reading(None, item, Anomaly(frozenset({LOST_ARTICLE}))))
                return None
            if item.outcome in (Outcome.UNCHANGED, Outcome.NOT_MODIFIED):
                self._count(known=True)
            return item
        if judged.outcome not in CHANGES and judged.outcome is not Outcome.REREAD:
            self._count(known=True)
            return item
        found = _find_anomaly(judged.before, item, judged.outcome, self._usual)
        if not found:
            self._count(known=judged.before is not None)
            return item
        one = self._reading(item, judged.fetch, found)
        self._held.append(replace(one, before=judged.before, is_declared=judged.outcome is Outcome.UPDATED))
        return None

    def second_look(self, judged: Judgement) -> tuple[HeldReading, CodedReason] | None:
        """A reading to quarantine without waiting for others, and why: it needs another, later fetch that says the same."""
        item, fetch = judged.item, judged.fetch
        if isinstance(item, Fetch) or judged.outcome not in CHANGES:
            return None
        is_declared, is_back = judged.outcome is Outcome.UPDATED, judged.outcome is Outcome.REVERTED
        found = second_look(judged.before, item, fetch.doubt, declared=is_declared, is_back=is_back)
        if found is None or self._was_seen(judged, item, fetch.fetched - found.wait):
            return None
        return self._reading(item, fetch, Anomaly(frozenset({found.symptom}))), coded(found.code, found.symptom)

    def _was_seen(self, judged: Judgement, article: Article, until: datetime) -> bool:
        """Whether the same text was quarantined at that time or before, and the article was not seen in its known state since."""
        sql = """SELECT 1 FROM quarantine
            WHERE site_id = ? AND state = ? AND url = ? AND content_hash = ? AND fetched BETWEEN ? AND ?"""
        since = judged.found["last_seen"] if judged.found else ""
        where = (*self._site_and_state, judged.fetch.url, article.content_hash or "", since, moment(until))
        return self._store.value(sql, where) is not None

    def verdicts(self) -> list[tuple[HeldReading, CodedReason | None]]:
        """All readings that waited, each with why it is not accepted (None if it is). Afterwards no reading waits.

        Changes that only come from the template are removed from readings that have others too.
        """
        held, self._held = self._held, []
        last = max((one.fetch.fetched for one in held), default=None)
        if last and self.boilerplate.learn([one.anomaly for one in held], self._confirmed, last):
            held = [self._with_known_parts(one, lines=self.boilerplate.lines) for one in held]
        anomalies, batch = [one.anomaly for one in held], self._batch_context({one.fetch.url for one in held})
        reasons = judge_batch(anomalies, batch)
        fields = fields_of_template(anomalies, batch)
        rests = [
            self._with_known_parts(one, fields=fields) if reason and fields else one
            for one, reason in zip(held, reasons, strict=True)
        ]
        still = judge_batch([one.anomaly for one in rests], batch)
        return [
            (rest, None) if why is None and rest.before and rest.hash != rest.before.content_hash else (one, reason)
            for one, reason, rest, why in zip(held, reasons, rests, still, strict=True)
        ]

    @staticmethod
    def _with_known_parts(
        one: HeldReading, fields: frozenset[str] = frozenset(), lines: frozenset[str] = frozenset()
    ) -> HeldReading:
        """A reading with these fields as in the latest revision, and without these lines."""
        if one.article is None or one.before is None:
            return one
        article = as_before(one.before, one.article, fields, lines)
        return replace(one, article=article, anomaly=find_anomaly(one.before, article, Readings(), declared=one.is_declared))

    @property
    def is_full(self) -> bool:
        """Whether `MAX_HELD` readings wait, so that they are judged before the crawl's end."""
        return len(self._held) >= MAX_HELD

    @property
    def is_holding(self) -> bool:
        return bool(self._held)

    @property
    def counts(self) -> tuple[int, int]:
        """Number of readings without anomaly, and how many of these are of articles known before."""
        return self._sound, self._confirmed

    def restore(self, counts: tuple[int, int]) -> None:
        """Continue with the counts of a crawl that was open before; the readings that it held are screened again afterwards."""
        self._sound, self._confirmed = counts

    def _count(self, *, known: bool) -> None:
        self._sound += 1
        self._confirmed += known

    def _batch_context(self, again: set[str]) -> BatchContext:
        """Context for judging the readings of the pages `again`: quarantined readings of other pages count too."""
        symptoms: Counter[str] = Counter()
        lines: set[str] = set()
        for row in self._store.rows(
            "SELECT url, symptoms, lines FROM quarantine WHERE site_id = ? AND state = ?", self._site_and_state
        ):
            if row["url"] not in again:
                symptoms.update(json.loads(row["symptoms"]))
                lines.update(json.loads(row["lines"]))
        return BatchContext(self._sound, self._confirmed, self._usual, symptoms, frozenset(lines))

    @staticmethod
    def _reading(article: Article | None, fetch: Fetch, found: Anomaly) -> HeldReading:
        page = zlib.compress(fetch.payload.body, 6) if fetch.payload else None
        slim = replace(fetch, payload=replace(fetch.payload, body=b"") if fetch.payload else None)
        return HeldReading(replace(article, fetch=None) if article else None, slim, page, found)

    def keep(self, one: HeldReading, fetch: Fetch, reason: CodedReason, article_id: int | None) -> None:
        """Store a reading whose fetch is recorded, with its page. The same reading seen again shares its row, unless the
        article was read well in between.
        """
        self.expire(article_id)
        same = self._same(one.article, one.fetch)
        if same:
            self._store.update("quarantine", same, {"last_seen": moment(fetch.fetched), **_reason_columns(reason)})
            self._store.execute("UPDATE quarantine SET looks = looks + 1 WHERE id = ?", (same,))
        elif (
            self._store.value("SELECT count(*) FROM quarantine WHERE site_id = ? AND state = ?", self._site_and_state)
            < PAGES_KEPT
        ):
            self._store.insert("quarantine", self._row(one, fetch, reason, article_id))

    def _row(self, one: HeldReading, fetch: Fetch, reason: CodedReason, article_id: int | None) -> Row:
        reading = json.dumps(json_of(one.article), ensure_ascii=False) if one.article else "{}"
        return {
            "site_id": self._site_id, "article_id": article_id, "crawl_id": self._crawl_id, "url": fetch.url,
            "fetched": moment(fetch.fetched), "last_seen": moment(fetch.fetched), "looks": 1,
            "state": QuarantineState.QUARANTINED, "symptoms": json.dumps(sorted(one.anomaly.symptoms)),
            "lines": json.dumps(sorted(one.anomaly.lines), ensure_ascii=False),
            **_reason_columns(reason), "content_hash": _hash(one.article),
            "extractor": one.article.extractor if one.article else "",
            "reading": reading, "look": json.dumps(_fetch_json(one.fetch)),
            "content_type": fetch.payload.content_type if fetch.payload else None, "page": one.page,
        }  # fmt: skip

    def accept(self, article: Article | None, fetch: Fetch) -> None:
        """Take a reading that is accepted now out of quarantine, if it was there."""
        same = self._same(article, fetch)
        if same:
            close(self._store, same, QuarantineState.ACCEPTED, fetch.fetched)

    def _same(self, article: Article | None, fetch: Fetch) -> int | None:
        sql = "SELECT id FROM quarantine WHERE site_id = ? AND state = ? AND url = ? AND content_hash = ?"
        found = self._store.value(sql, (*self._site_and_state, fetch.url, _hash(article)))
        return int(found) if found else None

    def expire(self, article_id: int | None = None) -> None:
        """Close readings whose article was read well since; those of the whole site, or of one article."""
        sql = """UPDATE quarantine SET state = ?, settled = last_seen, page = NULL WHERE site_id = ? AND state = ?
            AND (? IS NULL OR article_id = ?)
            AND EXISTS (SELECT 1 FROM articles a WHERE a.id = quarantine.article_id AND a.last_seen > quarantine.last_seen)"""
        with self._store.transaction():
            self._store.execute(sql, (QuarantineState.OVERTAKEN, *self._site_and_state, article_id, article_id))

    @property
    def _site_and_state(self) -> tuple[str, str]:
        return self._site_id, QuarantineState.QUARANTINED


def in_quarantine(store: Store, site_id: str | None = None) -> Iterator[QuarantinedReading]:
    """Readings in quarantine, of one site or all, in order of time."""
    sql = "SELECT * FROM quarantine WHERE state = ? AND (? IS NULL OR site_id = ?) ORDER BY fetched, id"
    for row in store.rows(sql, (QuarantineState.QUARANTINED, site_id, site_id)):
        payload = Payload(zlib.decompress(row["page"]), row["content_type"]) if row["page"] else None
        fetch = Fetch(row["url"], instant_of(row["fetched"]), payload=payload, **_read_fetch_json(json.loads(row["look"])))
        headline = json.loads(row["reading"]).get("headline")
        symptoms = tuple(json.loads(row["symptoms"]))
        yield QuarantinedReading(row["id"], row["site_id"], row["url"], fetch, symptoms, row["reason"], row["reason_code"],
                                 headline, row["looks"], row["crawl_id"])  # fmt: skip


def judge_replayed(store: Store, writers: Mapping[int | None, ItemWriter],
                   readings: Iterable[tuple[QuarantinedReading, Article]], usual: Readings, *, now: datetime,
                   believe: bool = False) -> dict[QuarantineState, int]:  # fmt: skip
    """Judge new readings of one site's quarantined pages, and record the sound ones; with `believe` all are recorded.

    `writers` has one for each crawl that a page came with. Returns the number of readings by their new state.
    """
    weighed = []
    for held, article in readings:
        judged = writers[held.crawl_id].judge(article, in_order=True)
        changes = judged.outcome in CHANGES or judged.outcome is Outcome.REREAD
        weighed.append((held, article, _find_anomaly(judged.before, article, judged.outcome, usual) if changes else Anomaly()))
    sound = sum(1 for *_, found in weighed if not found)
    verdicts = judge_batch([found for *_, found in weighed], BatchContext(sound, sound, usual))
    counts = {QuarantineState.REPLAYED: 0, QuarantineState.QUARANTINED: 0}
    for (held, article, _), reason in zip(weighed, verdicts, strict=True):
        if reason and not believe:
            counts[QuarantineState.QUARANTINED] += 1
            with store.transaction():
                store.update("quarantine", held.id, _reason_columns(reason))
            continue
        with store.transaction():
            writers[held.crawl_id].believe(article, now)
            close(store, held.id, QuarantineState.ACCEPTED if believe else QuarantineState.REPLAYED, now)
        counts[QuarantineState.REPLAYED] += 1
    return counts


def close(store: Store, row_id: int, state: QuarantineState, now: datetime) -> None:
    """Take a reading out of quarantine: its row stays, its page is deleted."""
    with store.transaction():
        store.update("quarantine", row_id, {"state": state, "settled": moment(now), "page": None})


def _find_anomaly(before: Article | None, article: Article, outcome: Outcome, usual: Readings) -> Anomaly:
    """The anomaly of a reading. Another version of the same extractor is trusted, because it was changed on purpose; if
    another extractor, or none, reads the page, the page has changed."""
    if before and outcome is Outcome.REREAD and _family(before) == _family(article):
        return Anomaly()
    return find_anomaly(before, article, usual, declared=outcome is Outcome.UPDATED)


def _reason_columns(reason: CodedReason) -> Row:
    return {"reason": reason.text, "reason_code": reason.code}


def _hash(article: Article | None) -> str:
    return (article.content_hash if article else None) or ""


def _family(article: Article) -> str:
    return article.extractor.partition("/")[0]


def _fetch_json(fetch: Fetch) -> Row:
    """The facts of a fetch that are stored beside its page, as plain JSON."""
    texts = {name: getattr(fetch, name) for name in _FETCH_TEXTS if getattr(fetch, name)}
    facts = {"status": fetch.status, "bytes": fetch.bytes, "aliases": fetch.aliases, "warc_offset": fetch.warc_offset}
    return {**texts, **facts, **({"archived": asdict(fetch.archived)} if fetch.archived else {})}


def _read_fetch_json(stored: Row) -> dict[str, Any]:
    archived = ArchivedRecord(**stored["archived"]) if stored.get("archived") else None
    return {**stored, "aliases": tuple((url, reason) for url, reason in stored.get("aliases", ())), "archived": archived}
