"""Verifies that the record is unchanged: chain, digests, content hashes, times, full-text index, archived pages.

Reads only. The message of a fault names its row; the caller decides at which fault to stop.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from pipelines.article import CHANGES
from pipelines.proof import checkpoints
from pipelines.proof.checkpoints import Anchors, CheckedAnchors
from pipelines.proof.derived import count_problems, schema_problems, text_problems
from pipelines.store.chain import AGAIN, START, TAKEN_OUT, Cause, Head, Subject, digest, head, link_of
from pipelines.store.database import Row, Store, holds_something
from pipelines.store.pages import EVIDENCE, NO_FILE, PRUNED, ArchivedPage, page_of, page_of_fetch
from pipelines.store.removal.retention import prunings
from pipelines.store.resolver import CLOCK_AHEAD
from pipelines.store.rows import article_of, is_archive_name, moment
from pipelines.text.normalise import content_hash

Pages = Callable[[ArchivedPage], str | None]
"""The problem of the archived record to which a row points; `NO_FILE` if its file is not available; None if all is well."""

_TABLES = {
    Subject.ARTICLE: "articles",
    Subject.REVISION: "revisions",
    Subject.READING: "readings",
    Subject.STATE: "states",
    Subject.WITHDRAWAL: "withdrawals",
    Subject.PRUNING: "prunings",
}
_OBSERVED = {
    "articles": ("first_seen", "last_seen", "last_checked"), "revisions": ("first_seen", "last_seen"), "fetches": ("fetched",),
    "states": ("at",), "chain": ("at",), "prunings": ("at",),
}  # fmt: skip
"""Columns with the time of an observation or of a write."""
_ONE_OF = {
    "articles": "article",
    "revisions": "revision",
    "fetches": "fetch",
    "states": "state",
    "chain": "seal",
    "prunings": "pruning",
}
_BATCH = 500
_OUTCOMES_WITHOUT_TEXT = "'robots', 'refused', 'reserved', 'error', 'quarantined', 'not_article', 'suspected', 'gone'"
"""Outcomes of fetches that did not see the article."""
_FIRST_CAUSE = "(SELECT min(id) FROM chain WHERE cause IS NOT NULL)"
_SEALED_AGAIN = f"""SELECT * FROM (SELECT c.*, (SELECT b.digest FROM chain b WHERE b.subject = c.subject
        AND b.subject_id = c.subject_id AND b.id < c.id ORDER BY b.id DESC LIMIT 1) AS before FROM chain c
        WHERE c.id >= {_FIRST_CAUSE} AND c.cause IS NOT NULL)
    WHERE before IS NOT NULL AND before <> '{TAKEN_OUT}' ORDER BY id"""  # noqa: S608 - our own words
_RECORDED = {
    Cause.READING: """SELECT 1 FROM revisions r WHERE r.id = ?1 AND (EXISTS (SELECT 1 FROM rereadings WHERE revision_id = r.id)
        OR EXISTS (SELECT 1 FROM revisions s JOIN readings g ON g.revision_id = s.id WHERE s.article_id = r.article_id))""",
    Cause.WITHDRAWAL: "SELECT 1 FROM revisions r JOIN withdrawals w ON w.article_id = r.article_id WHERE r.id = ?",
}
"""Cause -> query for the record that must exist if a revision was sealed again for this cause."""


@dataclass(frozen=True, slots=True)
class VerificationFault:
    """One problem: where it is, and what it is."""

    where: str
    what: str

    def __str__(self) -> str:
        """One line, whatever text the row holds."""
        return " ".join(f"{self.where}: {self.what}".split())


@dataclass(frozen=True, slots=True)
class SealedAgain:
    """A row that was sealed again."""

    seal: int
    subject: str
    row_id: int
    at: str
    cause: str | None

    @property
    def where(self) -> str:
        """Kind and id of the row."""
        return f"{self.subject} {self.row_id}"

    @property
    def what(self) -> str:
        """When and why it was sealed again."""
        return f"sealed again {self.at} by {self.cause or 'an older version, which recorded no cause'}"


@dataclass(slots=True)
class Checked:
    """What was checked, up to the fault at which the caller stopped, and what was not."""

    seals: Head = field(default_factory=Head)
    revisions: int = 0
    pages: int | None = None
    """Number of archived pages read; None if none were to be read."""
    unchecked: Counter[str] = field(default_factory=Counter)
    """Archived pages that were not read, by reason."""
    anchors: CheckedAnchors = field(default_factory=CheckedAnchors)

    def __str__(self) -> str:
        pages = "no archived pages" if self.pages is None else f"{self.pages} archived pages"
        checked = f"Checked: {self.seals.length} seals, the last {self.seals.link[:16]}; {self.revisions} revisions; {pages}."
        unchecked = self.unchecked + Counter(
            {
                "signatures of checkpoints, for want of the public key": self.anchors.unsigned,
                "timestamps of checkpoints, for want of their authorities' certificates": self.anchors.untimed,
            }
        )
        left = "; ".join(f"{number} {what}" for what, number in sorted(unchecked.items()))
        return f"{checked} Not checked: {left}." if left else checked


@dataclass(frozen=True, slots=True)
class Manifest:
    """The state of the chain at the end of a day; it can be published, or timestamped by others."""

    day: date
    seals: int
    link: str

    def __str__(self) -> str:
        return f"newsledger-manifest/1 {self.day.isoformat()} {self.seals} {self.link}"


def verify(store: Store, pages: Pages | None = None, now: datetime | None = None,
           checked: Checked | None = None, anchors: Anchors | None = None) -> Iterator[VerificationFault]:  # fmt: skip
    """Yield every fault, in the order of the checks. Without `pages` no archived page is read, without `now` no time counts as
    in the future, and without `anchors` no signature is checked. `checked` is filled with what was checked.
    """
    with store.lenient():
        yield from _faults(store, pages, now, checked or Checked(), anchors or Anchors())


def _faults(store: Store, pages: Pages | None, now: datetime | None, checked: Checked,
            anchors: Anchors) -> Iterator[VerificationFault]:  # fmt: skip
    yield from (VerificationFault(*problem) for problem in schema_problems(store))
    checked.seals = head(store)
    yield from (VerificationFault("the file", problem) for problem in store.integrity_problems())
    yield from _bytes_after_last_page(store)
    yield from _links(store)
    yield from (VerificationFault(*problem) for problem in checkpoints.problems(store, anchors, checked.anchors))
    yield from _resealed_rows(store)
    yield from _seals(store)
    yield from _unsealed(store)
    yield from _contents(store, checked)
    yield from _times(store)
    yield from _future(store, now) if now else ()
    yield from _search(store)
    yield from (VerificationFault(*problem) for problem in count_problems(store))
    if pages:
        yield from _pages(store, pages, checked)


def manifest(store: Store, day: date) -> Manifest:
    """The state of the chain at the end of a day (UTC)."""
    row = store.row("SELECT id, link FROM chain WHERE at < ? ORDER BY id DESC LIMIT 1", (f"{day.isoformat()}T24",))
    return Manifest(day, row["id"], row["link"]) if row else Manifest(day, 0, START)


def read_manifest(line: str) -> Manifest:
    """The manifest of a line; raises ValueError if the line is not a manifest."""
    words = line.split()
    if len(words) != 4 or words[0] != "newsledger-manifest/1" or len(words[3]) != 64:
        raise ValueError("a manifest line reads: newsledger-manifest/1 DAY SEALS LINK")
    return Manifest(date.fromisoformat(words[1]), int(words[2]), words[3])


def against(store: Store, published: Manifest) -> VerificationFault | None:
    """The fault if the chain differs from a published manifest."""
    found = store.value("SELECT link FROM chain WHERE id = ?", (published.seals,)) if published.seals else START
    if found == published.link:
        return None
    what = "is not there any more" if found is None else "differs from what was published"
    return VerificationFault(f"seal {published.seals}", f"{what} for {published.day.isoformat()}")


def sealed_again(store: Store, lengths: Collection[int]) -> Iterator[SealedAgain]:
    """Rows that were sealed when the chain had one of these lengths and have been sealed again since, in order.

    Articles that were captured again are left out: every live article is captured again.
    """
    known = sorted(lengths)
    sql = """SELECT * FROM (SELECT c.*, (SELECT min(id) FROM chain b WHERE b.subject = c.subject
            AND b.subject_id = c.subject_id) AS first
        FROM chain c WHERE c.id > ? AND NOT (c.subject = 'article' AND c.cause IS 'capture')) WHERE first < id ORDER BY id"""
    for row in store.rows(sql, (known[0],)) if known else ():
        if row["first"] <= known[bisect_left(known, row["id"]) - 1]:
            yield SealedAgain(row["id"], row["subject"], row["subject_id"], row["at"], row["cause"])


def _resealed_rows(store: Store) -> Iterator[VerificationFault]:
    """Every row that was sealed again has a cause that is allowed for it, and the record that the cause needs."""
    known = ", ".join(f"'{cause}'" for cause in Cause)
    for row in store.rows(f"SELECT id FROM chain WHERE cause NOT IN ({known}) OR (cause IS NULL AND id > {_FIRST_CAUSE})"):  # noqa: S608 - our own words
        yield VerificationFault(f"seal {row['id']}", "has no cause")
    for row in store.rows(_SEALED_AGAIN):
        where, subject, cause = f"{row['subject']} {row['subject_id']}", row["subject"], row["cause"]
        is_out = row["digest"] == TAKEN_OUT
        allowed = {Cause.ORDER} if is_out else AGAIN.get(Subject(subject), ()) if subject in set(Subject) else ()
        if cause not in allowed:
            yield VerificationFault(where, f"was {'taken out' if is_out else 'sealed again'} by {cause}, at seal {row['id']}")
            continue
        record = _RECORDED.get(cause) if subject == Subject.REVISION and not is_out else None
        if record and store.value(record, (row["subject_id"],)) is None:
            yield VerificationFault(where, f"was sealed again by {cause}, at seal {row['id']}, of which there is no record")


def _bytes_after_last_page(store: Store) -> Iterator[VerificationFault]:
    """The file has no bytes after its last page, which SQLite would not read. With a write-ahead log it may be longer."""
    more = store.path.stat().st_size - store.value("PRAGMA page_count") * store.value("PRAGMA page_size")
    if more > 0 and not holds_something(store.path.with_name(f"{store.path.name}-wal")):
        yield VerificationFault("the file", f"has {more} bytes behind its last page")


def _links(store: Store) -> Iterator[VerificationFault]:
    """Each link follows from the one before, no seal is missing, and the chain is as long as it ever was."""
    link, number = START, 0
    for row in store.rows("SELECT * FROM chain ORDER BY id"):
        number += 1
        if row["id"] != number:
            yield VerificationFault(f"seal {number}", "is missing")
            number = row["id"]
        elif link_of(link, row["at"], row["subject"], row["subject_id"], row["digest"], row["cause"]) != row["link"]:
            yield VerificationFault(
                f"seal {number}", f"does not follow from the one before ({row['subject']} {row['subject_id']})"
            )
        link = row["link"]
    longest = store.value("SELECT seq FROM sqlite_sequence WHERE name = 'chain'") or 0
    if longest != number:
        yield VerificationFault(f"seal {number + 1}", f"is missing, and all after it: there were {longest}")


def _seals(store: Store) -> Iterator[VerificationFault]:
    """Each row is as it was last sealed."""
    last = "SELECT subject, subject_id, digest FROM chain WHERE id IN (SELECT max(id) FROM chain GROUP BY subject, subject_id)"
    for rows in _batches(store.rows(f"{last} ORDER BY subject, subject_id")):
        for row in rows:
            try:
                found = digest(store, Subject(row["subject"]), row["subject_id"])
            except ValueError:
                yield VerificationFault(f"{row['subject']} {row['subject_id']}", "is of no kind that is known")
                continue
            if found is None:
                if row["digest"] != TAKEN_OUT:
                    yield VerificationFault(f"{row['subject']} {row['subject_id']}", "is gone, and was sealed")
            elif found != row["digest"]:
                yield VerificationFault(f"{row['subject']} {row['subject_id']}", "is not what was sealed")


def _unsealed(store: Store) -> Iterator[VerificationFault]:
    """Every row of the record has a seal. Of archived fetches, an older version sealed only those that wrote a revision."""
    if not store.value("SELECT 1 FROM chain LIMIT 1"):
        if any(store.value(f"SELECT 1 FROM {table} LIMIT 1") for table in _TABLES.values()):  # noqa: S608 - our own names
            yield VerificationFault("the chain", "is empty: nothing of the record is sealed")
        return
    for subject, table in _TABLES.items():
        sql = f"SELECT t.id FROM {table} t WHERE NOT EXISTS (SELECT 1 FROM chain c WHERE c.subject = ? AND c.subject_id = t.id)"  # noqa: S608 - our own names
        yield from (VerificationFault(f"{subject} {row['id']}", "was never sealed") for row in store.rows(sql, (subject,)))
    changes = ", ".join(f"'{outcome}'" for outcome in sorted(CHANGES))
    sql = f"""SELECT f.id, f.outcome IN ({changes}) AS changes FROM fetches f WHERE (changes OR (f.warc_file IS NOT NULL
        AND f.id > (SELECT min(subject_id) FROM chain WHERE subject = 'fetch' AND cause IS NOT NULL)))
        AND NOT EXISTS (SELECT 1 FROM chain c WHERE c.subject = 'fetch' AND c.subject_id = f.id)"""  # noqa: S608 - our own words
    for row in store.rows(sql):
        what = "claims a change" if row["changes"] else "points at an archived page"
        yield VerificationFault(f"fetch {row['id']}", f"{what}, and was never sealed")


def _contents(store: Store, checked: Checked) -> Iterator[VerificationFault]:
    """Each revision's hash is that of its text."""
    sql = """SELECT r.*, a.url AS article_url FROM revisions r JOIN articles a ON a.id = r.article_id
        WHERE NOT EXISTS (SELECT 1 FROM withdrawals w WHERE w.article_id = r.article_id) ORDER BY r.id"""
    for rows in _batches(store.rows(sql)):
        for row in rows:
            checked.revisions += 1
            authors = store.rows("SELECT * FROM revision_authors WHERE revision_id = ? ORDER BY position", (row["id"],))
            images = store.rows("SELECT * FROM revision_images WHERE revision_id = ? ORDER BY position", (row["id"],))
            try:
                found = content_hash(article_of(row, authors, images, row["article_url"]))
            except (ValueError, TypeError) as error:
                yield VerificationFault(f"revision {row['id']}", f"cannot be read: {error}")
                continue
            if found != row["content_hash"]:
                yield VerificationFault(f"revision {row['id']}", "has a text that is not the one of its hash")


def _times(store: Store) -> Iterator[VerificationFault]:
    """First and last times are those of recorded fetches, and revision numbers count from one."""
    unseen = """SELECT r.id, r.{0} AS moment FROM revisions r WHERE NOT EXISTS (
        SELECT 1 FROM fetches f WHERE f.article_id = r.article_id AND f.fetched = r.{0} AND f.outcome NOT IN ({1}))"""
    for column in ("first_seen", "last_seen"):
        for row in store.rows(unseen.format(column, _OUTCOMES_WITHOUT_TEXT)):
            yield VerificationFault(f"revision {row['id']}", f"{column} {row['moment']} is the time of no fetch")
    unseen = """SELECT a.id, a.last_seen FROM articles a WHERE a.revision_count > 0 AND NOT EXISTS (
        SELECT 1 FROM fetches f WHERE f.article_id = a.id AND f.fetched = a.last_seen AND f.outcome NOT IN ({0}))"""
    for row in store.rows(unseen.format(_OUTCOMES_WITHOUT_TEXT)):
        yield VerificationFault(f"article {row['id']}", f"last_seen {row['last_seen']} is the time of no fetch")
    counted = """SELECT a.id FROM articles a LEFT JOIN revisions r ON r.article_id = a.id GROUP BY a.id
        HAVING a.revision_count <> count(r.id) OR a.revision_count <> coalesce(max(r.number), 0)"""
    for row in store.rows(counted):
        yield VerificationFault(f"article {row['id']}", "has other revisions than it counts")
    later = "SELECT id FROM articles WHERE last_seen > last_checked OR first_seen > last_seen"
    for row in store.rows(later):
        yield VerificationFault(f"article {row['id']}", "was seen before it was first seen, or after it was last looked at")


def _future(store: Store, now: datetime) -> Iterator[VerificationFault]:
    """No time is later than now: the clock that wrote such a time was ahead."""
    for table, columns in _OBSERVED.items():
        last = f"max({', '.join(columns)})" if len(columns) > 1 else columns[0]
        sql = f"SELECT id, {last} AS moment FROM {table} WHERE {last} > ?"  # noqa: S608 - our own names
        for row in store.rows(sql, (moment(now + CLOCK_AHEAD),)):
            yield VerificationFault(f"{_ONE_OF[table]} {row['id']}", f"lies in the future: {row['moment']}")


def _search(store: Store) -> Iterator[VerificationFault]:
    """The index agrees with the texts; only a writable store can compare the full-text index."""
    problem = None if store.readonly else store.search_problem()
    if problem:
        yield VerificationFault("revisions_fts", problem)
    yield from (VerificationFault(*found) for found in text_problems(store))


# A revision shares the archived record of the fetch that created it, so the fetch's hashes are used for both.
_FETCHED = """SELECT f.*, c.trigger, (SELECT r.id FROM revisions r WHERE r.article_id = f.article_id AND r.warc_file = f.warc_file
        AND r.warc_offset = f.warc_offset LIMIT 1) AS revision_id
    FROM fetches f LEFT JOIN crawls c ON c.id = f.crawl_id
    WHERE f.warc_file IS NOT NULL AND f.warc_offset IS NOT NULL ORDER BY f.warc_file, f.warc_offset"""
_POINTERS_WITHOUT_FETCH = f"""SELECT r.id, r.warc_file, r.warc_offset, r.payload_hash, c.trigger, {EVIDENCE}
    FROM revisions r JOIN articles a ON a.id = r.article_id LEFT JOIN crawls c ON c.id = r.crawl_id
    WHERE r.warc_file IS NOT NULL AND r.warc_offset IS NOT NULL AND r.payload_hash IS NOT NULL AND NOT EXISTS (
        SELECT 1 FROM fetches f WHERE f.article_id = r.article_id AND f.warc_file = r.warc_file
            AND f.warc_offset = r.warc_offset AND f.payload_hash IS r.payload_hash)
    ORDER BY r.warc_file, r.warc_offset"""  # noqa: S608 - our own columns


def _pages(store: Store, pages: Pages, checked: Checked) -> Iterator[VerificationFault]:
    """Each archived record exists, and is the one that was written or imported."""
    checked.pages = 0
    pruned: dict[tuple[str, int], str] = {}
    for row, offsets in prunings(store):
        what = f"pages pruned on {row['at'][:10]} by policy ({row['policy']})"
        pruned |= dict.fromkeys(((row["file"], offset) for offset in offsets), what)
    for rows in _batches(store.rows(_FETCHED)):
        for row in rows:
            where = f"revision {row['revision_id']}" if row["revision_id"] else f"fetch {row['id']}"
            if row["payload_hash"] is None and row["record_hash"] is None:
                checked.unchecked["pages of which an older version kept no hash"] += 1
            else:
                yield from _page(pages, page_of_fetch(row), row["trigger"], where, checked, pruned)
    for rows in _batches(store.rows(_POINTERS_WITHOUT_FETCH)):
        for row in rows:
            yield from _page(pages, page_of(row), row["trigger"], f"revision {row['id']}", checked, pruned)


def _page(pages: Pages, page: ArchivedPage, trigger: str | None, where: str, checked: Checked,
          pruned: Mapping[tuple[str, int], str]) -> Iterator[VerificationFault]:  # fmt: skip
    if known := pruned.get((page.file, page.offset)):
        checked.unchecked[known] += 1
        return
    problem = pages(page)
    if problem and problem.startswith(PRUNED):
        if trigger == "merge":  # the other ledger has the record of it, ours does not
            checked.unchecked["pages that were pruned before their ledger was merged"] += 1
            return
        problem = f"{problem}, of which the ledger has no record"
    if problem == NO_FILE and trigger in ("import", "merge") and is_archive_name(page.file):
        checked.unchecked["pages of files that were imported and are not in the archive"] += 1
        return
    checked.pages = (checked.pages or 0) + 1
    if problem:
        file = page.file if page.file.isprintable() else ascii(page.file)
        yield VerificationFault(where, f"{problem} ({file[:120]} at {page.offset})")


def _batches(rows: Iterable[Row]) -> Iterator[list[Row]]:
    """Batches of `_BATCH` rows: other statements can run between two batches, and memory stays flat."""
    batch: list[Row] = []
    for row in rows:
        batch.append(row)
        if len(batch) == _BATCH:
            yield batch
            batch = []
    yield batch
