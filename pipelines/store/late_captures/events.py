"""Restores the captures of a ledger from its fetches and what they read, as the gate let them in. Reads only.

`Neighbourhood` holds all that may depend on one another: articles, and what leads from one URL to another. `events_of` lists
its captures; `in_order` sorts captures into their one order in a history, whatever the order of their arrival.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from pipelines.article import CHANGES, Article, Fetch, Outcome
from pipelines.reasons import FetchReason, coded
from pipelines.store.database import Row, Store
from pipelines.store.judgement import fetch_of
from pipelines.store.resolver import CLOCK_AHEAD, LED, Lookup
from pipelines.store.rows import ARCHIVED, archived_of, article_of, instant_of, moment, rank_of
from pipelines.text.urls import amp_to_article, article_key

AGAIN = frozenset({FetchReason.NOT_THIS_PAGE, FetchReason.NOT_SURE_WHOLE})
"""Reasons for which readings wait for another fetch that says the same; these are judged again. What a crawl put into
quarantine because of its other readings stays there."""
_MISSING = frozenset({FetchReason.LEADS_ELSEWHERE, FetchReason.SOFT_404, FetchReason.MOVED})
_FETCH = (
    *("id", "crawl_id", "article_id", "url", "fetched", "status", "outcome", "bytes", "reason", "reason_code", "robots", "tdm"),
    *(
        "warc_file",
        "warc_offset",
        "payload_hash",
        "answered_url",
        "content_hash",
        "date_modified",
        "external_id",
        "doubt",
        "canonical_url",
    ),
    *ARCHIVED,
)
_OUTCOMES_WITH_TEXT = frozenset(
    {*CHANGES, Outcome.UNCHANGED, Outcome.REREAD, Outcome.STALE, Outcome.QUARANTINED, Outcome.NOT_MODIFIED}
)
"""Outcomes of a page that was read or was not modified: without its text, such a fetch says nothing."""
_OF_PAYLOAD = """SELECT * FROM (SELECT * FROM fetches WHERE payload_digest = :digest
    UNION SELECT * FROM fetches WHERE payload_hash = :hash) WHERE reason_code IS NOT 'original_unknown'
    ORDER BY :url IN (url, answered_url) DESC, fetched DESC, id DESC LIMIT 10"""
_READ = frozenset({*CHANGES, Outcome.UNCHANGED, Outcome.REREAD, Outcome.MOVED})


@dataclass(frozen=True, slots=True)
class HistoryEvent:
    """One capture, as the gate let it in."""

    item: Article | Fetch
    site_id: str
    crawl_id: int | None
    row: Row | None = None
    """The row of `fetches`, if the ledger has it already."""
    at: str = ""
    """The time by which it is ordered: that of the fetch, unless the clock was ahead."""
    is_believed: bool = False
    """A person, or a repaired extraction, accepted the reading: it does not wait for a second fetch."""

    @property
    def fetch(self) -> Fetch:
        """The fetch, also that of an article."""
        if isinstance(self.item, Fetch):
            return self.item
        if self.item.fetch is None:
            raise ValueError(f"{self.item.url}: an article that no fetch brought")
        return self.item.fetch

    @property
    def is_recorded(self) -> bool:
        """Whether it has a row in the ledger from which it was restored."""
        return self.row is not None and self.row["id"] is not None

    @property
    def place(self) -> tuple[str, str]:
        """Time and URL."""
        return moment(self.fetch.fetched), self.fetch.url

    @property
    def identity(self) -> tuple[str, ...]:
        """Equal for the same capture, from whatever source."""
        text = (self.row and self.row["content_hash"]) or self.item.content_hash
        return *self.place, text or str(self.fetch.status), self.fetch.answered_url or "", self.fetch.requested_url or ""

    @property
    def extractor(self) -> str | None:
        """The extractor that read it: the same capture, read by another extractor, is not another capture."""
        return self.item.extractor if isinstance(self.item, Article) else None

    @property
    def key(self) -> tuple[Any, ...]:
        """The sort key: time, then what the capture is."""
        fetched = moment(self.fetch.fetched)
        at = self.at or fetched
        return at, at != fetched, rank_of(self.item), *self.identity[1:], str(self.fetch.outcome)


def in_order(events: Iterable[HistoryEvent]) -> list[HistoryEvent]:
    """Captures, sorted into their order in a history."""
    return sorted(events, key=lambda event: event.key)


@dataclass(slots=True)
class Neighbourhood:
    """Articles and URLs that captures may join, separate or move, with all that leads to one of them."""

    articles: dict[int, Row] = field(default_factory=dict)
    withdrawn: dict[int, Row] = field(default_factory=dict)
    """Withdrawn articles: their content is gone, so their captures are not restored."""
    loose: dict[int, Row] = field(default_factory=dict)
    """Fetches of their URLs that led to no article."""


def neighbourhood(store: Store, events: Sequence[HistoryEvent] = (), urls: Iterable[str] = ()) -> Neighbourhood:
    """Everything that these captures, or knowledge about these URLs, may affect."""
    found = Neighbourhood()
    new = {*urls, *(url for event in events for url in _addresses(event))}
    urls = set[str]()
    external = {(event.site_id, event.fetch.external_id) for event in events if event.fetch.external_id}
    lookup = Lookup(store, "")
    while new or external:
        urls |= new
        rows = _articles_at(store, new)
        for site_id, external_id in external:
            if row := store.row("SELECT * FROM articles WHERE site_id = ? AND external_id = ?", (site_id, external_id)):
                rows.append(row)
        loose = _fetches_without_article(store, new, found)
        new = set()
        external = set()
        for row in rows:
            if row["id"] in found.articles or row["id"] in found.withdrawn:
                continue
            if lookup.is_withdrawn(row):
                found.withdrawn[row["id"]] = row
                continue
            found.articles[row["id"]] = row
            new |= _addresses_of(store, row)
            ids = store.rows("SELECT DISTINCT external_id AS own FROM fetches WHERE article_id = ?", (row["id"],))
            external |= {(row["site_id"], one["own"]) for one in ids if one["own"]}
        for row in loose:
            if row["article_id"] is None:
                found.loose[row["id"]] = row
            if row["outcome"] == Outcome.MOVED and _is_redirect(row):
                new |= {row["url"], row["answered_url"]}
        new -= urls
    return found


def events_of(store: Store, around: Neighbourhood, now: datetime | None, origin: str = "the ledger") -> list[HistoryEvent]:
    """The captures of a neighbourhood, in order. With `now` (the clock's time), captures from a clock that was ahead are
    ordered by when they were written. `origin` names the ledger in the reason of a capture for which it keeps no fetch.
    """
    texts = _Texts(store, around)
    fetches = [row for article_id in around.articles for row in _fetches_of(store, article_id, origin)]
    rows = sorted((*fetches, *around.loose.values()), key=lambda row: row["id"] or 0)
    limit, last = moment(now + CLOCK_AHEAD) if now else "~", "0"
    sites = {article["id"]: article["site_id"] for article in around.articles.values()}
    other = next(iter(sites.values()), "")
    events = []
    for row in rows:
        if texts.is_lost(row):
            continue
        ahead = row["fetched"] > limit  # ordered by when it was written, not by its wrong clock
        last = last if ahead else max(last, row["fetched"])
        site_id, at = sites.get(row["article_id"], other), last if ahead else row["fetched"]
        is_believed = row["outcome"] != Outcome.QUARANTINED and texts.is_accepted(row)
        events.append(HistoryEvent(_item(row, texts), site_id, row["crawl_id"], row, at, is_believed))
    return in_order(events)


def repeated(store: Store, digest: str, revisit: Fetch) -> Article | Fetch | None:
    """A revisit as the ledger read the payload that it repeats, in the form in which that came from the gate. Of several
    captures the last one at this URL is taken, otherwise the last. Canonical links without the revisit's own id are omitted.

    `digest` has the form of `ArchivedRecord.payload_digest`. None if nobody read the payload, or its text is no longer known.
    """
    facts = {
        "digest": digest,
        "hash": digest.removeprefix("sha256:"),
        "url": revisit.url,
        "unknown": FetchReason.ORIGINAL_UNKNOWN,
    }
    for row in list(store.rows(_OF_PAYLOAD, facts)):
        article = store.row("SELECT * FROM articles WHERE id = ?", (row["article_id"],))
        if article and Lookup(store, "").is_withdrawn(article):
            continue
        around = Neighbourhood({article["id"]: article}) if article else Neighbourhood(loose={row["id"]: row})
        item = _item(row, _Texts(store, around))
        if isinstance(item, Article) or item.outcome not in _OUTCOMES_WITH_TEXT:
            own_id = revisit.external_id
            fetch = replace(fetch_of(item), url=revisit.url, fetched=revisit.fetched, aliases=revisit.aliases,
                            requested_url=None, external_id=own_id)  # fmt: skip
            if isinstance(item, Fetch):
                return fetch
            is_other = own_id and own_id not in (item.canonical_url or "")
            return replace(item, url=revisit.url, fetch=fetch, canonical_url=None if is_other else item.canonical_url)
    return None


def unresolved(store: Store) -> Iterator[tuple[Row, Fetch]]:
    """Revisits that arrived before the capture that they repeat, with their rows, if the ledger has that capture now."""
    sql = """SELECT u.* FROM fetches u INDEXED BY fetches_unresolved
        WHERE u.reason_code = 'original_unknown' AND u.payload_digest IS NOT NULL AND EXISTS
        (SELECT 1 FROM fetches o WHERE o.reason_code IS NOT u.reason_code AND o.payload_digest = u.payload_digest
        UNION ALL SELECT 1 FROM fetches o WHERE o.payload_hash = substr(u.payload_digest, 8)) ORDER BY u.id"""
    for row in list(store.rows(sql)):
        aliases = ((row["url"], "amp"),) if amp_to_article(row["url"]) else ()
        yield row, Fetch(row["url"], instant_of(row["fetched"]), aliases=aliases, external_id=row["external_id"])


class _Texts:
    """The texts that the fetches of a neighbourhood read: revisions, their readings before corrections, quarantined readings."""

    def __init__(self, store: Store, around: Neighbourhood) -> None:
        self._revisions: dict[int, list[tuple[Row, Article]]] = {}
        self._by_hash: dict[str, list[tuple[Row, Article]]] = {}
        lookup = Lookup(store, "")
        for article in around.articles.values():
            for row in list(store.rows("SELECT * FROM revisions WHERE article_id = ? ORDER BY number", (article["id"],))):
                text = row, lookup.revision(row["id"], article["url"])
                self._revisions.setdefault(article["id"], []).append(text)
                was = "SELECT content_hash FROM readings WHERE revision_id = ?"
                for known in {row["content_hash"], *(one["content_hash"] for one in store.rows(was, (row["id"],)))}:
                    self._by_hash.setdefault(known, []).append(text)
        self._aside = _quarantined_readings(store, around)
        self._accepted = _accepted(store, around)
        self._aliases: dict[tuple[int, str], list[tuple[str, str]]] = {}
        self._redirects: dict[tuple[int, str], str] = {}
        for article in around.articles.values():
            for row in store.rows("SELECT url, reason, first_seen FROM aliases WHERE article_id = ?", (article["id"],)):
                if row["reason"] in ("redirect", "slug"):
                    self._redirects[article["id"], row["url"]] = article["url"]
                elif row["reason"] != "canonical":
                    self._aliases.setdefault((article["id"], row["first_seen"]), []).append((row["url"], row["reason"]))

    def is_accepted(self, row: Row) -> bool:
        """Whether a fetch read something that was quarantined and has been accepted since: it does not wait again."""
        return (row["fetched"], row["content_hash"]) in self._accepted

    def is_lost(self, row: Row) -> bool:
        """Whether a text was read that is missing, as in a ledger whose damaged rows were left out."""
        return row["outcome"] in _READ and row["content_hash"] is not None and row["content_hash"] not in self._by_hash

    def aliases(self, row: Row) -> tuple[tuple[str, str], ...]:
        """Aliases that led to the page, without those that follow from its own URLs."""
        return tuple(self._aliases.get((row["article_id"], row["fetched"]), ()))

    def address(self, row: Row) -> str:
        """The URL that answered; an older version kept only the requested one."""
        if row["answered_url"] or row["content_hash"]:
            return str(row["answered_url"] or row["url"])
        return self._redirects.get((row["article_id"], row["url"])) or str(row["url"])

    def of(self, row: Row) -> Article | None:
        """The text that a fetch read; None if it read none, or the text is no longer known."""
        seen, outcome = row["fetched"], row["outcome"]
        if row["content_hash"]:
            if outcome == Outcome.QUARANTINED:
                return self._aside.get((row["url"], row["content_hash"]))
            known = self._by_hash.get(row["content_hash"], ())
            same = [text for text in known if text[0]["date_modified"] == row["date_modified"]] or known
            best = max(same, key=lambda text: (text[0]["first_seen"] <= seen, text[0]["first_seen"]), default=None)
            return _with_stamp(*best, row) if best else None
        if outcome not in _READ or _is_redirect(row):
            return None  # only its time says which text a fetch of an older version read
        before = [text for text in self._revisions.get(row["article_id"], ()) if text[0]["first_seen"] <= seen]
        return before[-1][1] if before else None


def _quarantined_readings(store: Store, around: Neighbourhood) -> Mapping[tuple[str, str], Article]:
    urls = {row["url"] for row in around.loose.values()}
    sql = """SELECT url, content_hash, reading FROM quarantine WHERE content_hash <> '' AND (article_id IN (SELECT value FROM
        json_each(?)) OR (article_id IS NULL AND url IN (SELECT value FROM json_each(?))))"""
    found = {}
    for row in store.rows(sql, (json.dumps(list(around.articles)), json.dumps(sorted(urls)))):
        reading = json.loads(row["reading"])
        if not reading:  # erased
            continue
        facts = {**reading, "topics": json.dumps(reading["topics"])}
        found[row["url"], row["content_hash"]] = article_of(facts, reading["authors"], reading["images"], row["url"])
    return found


def _accepted(store: Store, around: Neighbourhood) -> frozenset[tuple[str, str]]:
    """(time, hash) of readings that a person, or a repaired extraction, took out of quarantine."""
    sql = """SELECT fetched, content_hash FROM quarantine WHERE state IN ('accepted', 'replayed')
        AND article_id IN (SELECT value FROM json_each(?))"""
    return frozenset((row["fetched"], row["content_hash"]) for row in store.rows(sql, (json.dumps(list(around.articles)),)))


def _with_stamp(revision: Row, text: Article, row: Row) -> Article:
    """A text with the modification time that the page had at that fetch."""
    if row["date_modified"] == revision["date_modified"]:
        return text
    stamped = {**revision, "date_modified": row["date_modified"], "date_modified_raw": None}
    return replace(text, date_modified=article_of(stamped, (), (), text.url).date_modified)


def _item(row: Row, texts: _Texts) -> Article | Fetch:
    """A fetch as it came from the gate, before it was judged."""
    redirect = _is_redirect(row)
    url = row["url"] if redirect else texts.address(row)
    fetch = Fetch(
        url, instant_of(row["fetched"]), row["url"] if url != row["url"] else None, row["status"], bytes=row["bytes"],
        answered_url=row["answered_url"] if redirect else None, doubt=row["doubt"], external_id=row["external_id"],
        robots=row["robots"], tdm=row["tdm"], warc_file=row["warc_file"], warc_offset=row["warc_offset"],
        payload_hash=row["payload_hash"], archived=archived_of(row), aliases=texts.aliases(row),
    )  # fmt: skip
    known = replace(fetch, outcome=_outcome(row), reason=row["reason"], reason_code=row["reason_code"],
                   content_hash=row["content_hash"], date_modified=row["date_modified"])  # fmt: skip
    if row["outcome"] == Outcome.QUARANTINED and row["reason_code"] not in AGAIN:
        return known
    if row["outcome"] == Outcome.UNCHANGED and row["reason_code"] == FetchReason.PAYWALLED:
        return known
    text = texts.of(row)
    if text and row["reason_code"] in (FetchReason.INFERRED, FetchReason.VALIDATORS_LIED):
        fetch = replace(fetch, reason=row["reason"], reason_code=row["reason_code"])
    if text and row["content_hash"] and row["outcome"] != Outcome.QUARANTINED:
        text = replace(text, canonical_url=row["canonical_url"])
    return replace(text, url=url, fetch=fetch) if text else known


def _outcome(row: Row) -> Outcome:
    """The gate's outcome of a fetch without an article; from what it knew the ledger may have recorded another one."""
    outcome = Outcome(row["outcome"])
    if outcome is Outcome.NOT_ARTICLE and row["reason_code"] in _MISSING:
        return Outcome.SUSPECTED
    if outcome is Outcome.SUSPECTED and row["status"] in (404, 410):
        return Outcome.GONE
    return Outcome.SUSPECTED if outcome is Outcome.GONE and row["reason_code"] in _MISSING else outcome


def _is_redirect(row: Row) -> bool:
    return bool(row["reason_code"] == FetchReason.MOVED and row["answered_url"])


def _addresses(event: HistoryEvent) -> Iterator[str]:
    fetch = event.fetch
    leads = fetch.answered_url if fetch.outcome is Outcome.MOVED else None
    canonical = event.item.canonical_url if isinstance(event.item, Article) else None
    found = (fetch.url, fetch.requested_url, leads, event.item.url, canonical, *(url for url, _ in fetch.aliases))
    yield from (url for url in found if url)


def _addresses_of(store: Store, article: Row) -> set[str]:
    """All URLs that an article has, had, or named."""
    sql = """SELECT url FROM aliases WHERE article_id = :id
        UNION SELECT url FROM fetches WHERE article_id = :id
        UNION SELECT answered_url FROM fetches WHERE article_id = :id AND (outcome = 'moved' OR reason_code IS NOT 'moved')
        UNION SELECT canonical_url FROM fetches WHERE article_id = :id
        UNION SELECT canonical_url FROM revisions WHERE article_id = :id"""
    return {article["url"]} | {row["url"] for row in store.rows(sql, {"id": article["id"]}) if row["url"]}


def _articles_at(store: Store, urls: set[str]) -> list[Row]:
    """Articles that have one of these URLs, or to which one leads or led, or a page of which named one as canonical."""
    keys = json.dumps(sorted({article_key(url) for url in urls}))
    sql = f"""SELECT * FROM articles WHERE url_key IN (SELECT value FROM json_each(:keys)) UNION
        SELECT a.* FROM aliases s JOIN articles a ON a.id = s.article_id
        WHERE s.url_key IN (SELECT value FROM json_each(:keys)) UNION
        SELECT a.* FROM fetches f JOIN articles a ON a.id = f.article_id WHERE f.id IN (
            SELECT id FROM fetches WHERE url IN (SELECT value FROM json_each(:urls)) AND {LED} UNION
            SELECT id FROM fetches WHERE canonical_url IN (SELECT value FROM json_each(:urls))
                AND canonical_url <> coalesce(answered_url, url))
        ORDER BY id"""  # noqa: S608 - our own words
    return list(store.rows(sql, {"keys": keys, "urls": json.dumps(sorted(urls))}))


def _fetches_without_article(store: Store, urls: set[str], found: Neighbourhood) -> list[Row]:
    """Fetches of these URLs that led to no article, and redirects to these URLs, also those of articles not yet found."""
    listed = json.dumps(sorted(urls))
    sql = "SELECT * FROM fetches WHERE article_id IS NULL AND url IN (SELECT value FROM json_each(?))"
    rows = list(store.rows(sql, (listed,)))
    sql = """SELECT * FROM fetches WHERE answered_url IN (SELECT value FROM json_each(?)) AND outcome = 'moved'
        AND reason_code = ?"""
    rows += store.rows(sql, (listed, FetchReason.MOVED))
    return [row for row in rows if row["id"] not in found.loose]


def _fetches_of(store: Store, article_id: int, origin: str) -> list[Row]:
    """Fetches of an article, and one for each time at which a revision was seen but for which no fetch is kept."""
    rows = list(store.rows("SELECT * FROM fetches WHERE article_id = ? ORDER BY id", (article_id,)))
    kept = {row["fetched"] for row in rows}
    bounds = """SELECT r.first_seen AS at, r.crawl_id, a.url FROM articles a JOIN revisions r ON r.article_id = a.id
        WHERE a.id = :id
        UNION SELECT r.last_seen, r.crawl_id, a.url FROM articles a JOIN revisions r ON r.article_id = a.id WHERE a.id = :id"""
    inferred = coded(FetchReason.INFERRED, origin)
    for bound in store.rows(bounds, {"id": article_id}):
        if bound["at"] not in kept:
            kept.add(bound["at"])
            row = {**dict.fromkeys(_FETCH), "article_id": article_id, "crawl_id": bound["crawl_id"], "url": bound["url"]}
            row |= {"fetched": bound["at"], "outcome": Outcome.UNCHANGED, "reason": inferred.text, "reason_code": inferred.code}
            rows.append(row)
    return rows
