"""What the one writer must know again after it was killed, where fetches come from many workers.

Crawls of workers that are open, their fetches that wait for a judgement, kept as received, and how far a stream's entries are
written. Knows no message: they are bytes here. All of it happens inside the caller's transaction.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass

from pipelines.store.database import Store

_OPEN = """
SELECT b.crawl_id, b.job, b.site, b.host, b.fence, b.serial, b.missing, b.sound, b.confirmed, b.answer, c.started
FROM open_books b JOIN crawls c ON c.id = b.crawl_id WHERE {} ORDER BY b.crawl_id
"""
_PROGRESS = """
UPDATE open_books SET answer = iif(serial = ?, answer, NULL), serial = ?, missing = ?, sound = ?, confirmed = ? WHERE crawl_id = ?
"""


@dataclass(frozen=True, slots=True)
class OpenCrawl:
    """A worker's crawl that has begun and not ended."""

    crawl_id: int
    job: str
    site: bytes
    """Its definition, as the worker had it."""
    host: str
    fence: int
    """Of the host's lease; the higher one is the later."""
    serial: int
    """Of its last message."""
    started: str
    answer: bytes | None
    """The reply to its first message; None once it has sent another."""
    missing: int = 0
    """How many messages before the last did not arrive."""
    sound: int = 0
    confirmed: int = 0
    """What its quarantine has counted."""


@dataclass(frozen=True, slots=True)
class WaitingFetch:
    """A fetch that waits for a judgement, as it was received."""

    serial: int
    version: bytes
    message: bytes
    page: bytes | None


def stream_position(store: Store, stream: str) -> str | None:
    """Id of the last entry of a stream that is written; None before the first."""
    found = store.value("SELECT last_id FROM stream_positions WHERE stream = ?", (stream,))
    return str(found) if found else None


def put_stream_position(store: Store, stream: str, entry_id: str) -> None:
    """Remember the last entry of a stream that is written."""
    store.insert("stream_positions", {"stream": stream, "last_id": entry_id}, on_conflict="REPLACE")


def was_opened(store: Store, job: str) -> bool:
    """Whether a crawl of this job ever began."""
    return bool(store.value("SELECT 1 FROM crawls WHERE job = ?", (job,)))


def open_crawl_of(store: Store, job: str) -> OpenCrawl | None:
    """The open crawl of a job."""
    row = store.row(_OPEN.format("b.job = ?"), (job,))
    return OpenCrawl(**{**row, "site": row["site"].encode()}) if row else None


def worker_at(store: Store, host: str) -> str | None:
    """Which worker crawls a politeness group; None: none."""
    found = store.value("SELECT c.worker FROM open_books b JOIN crawls c ON c.id = b.crawl_id WHERE b.host = ?", (host,))
    return str(found) if found else None


def open_crawls_of_site(store: Store, site_id: str) -> list[OpenCrawl]:
    """The open crawls of a site, the first begun first."""
    rows = store.rows(_OPEN.format("b.site_id = ?"), (site_id,))
    return [OpenCrawl(**{**row, "site": row["site"].encode()}) for row in rows]


def open_hosts(store: Store) -> dict[str, str]:
    """The host of each open crawl, by job."""
    return {row["job"]: row["host"] for row in store.rows("SELECT job, host FROM open_books ORDER BY crawl_id")}


def put_open_crawl(store: Store, site_id: str, crawl: OpenCrawl) -> None:
    """Remember a crawl as open."""
    row = asdict(crawl)
    del row["started"]  # stands in `crawls`
    store.insert("open_books", {**row, "site_id": site_id, "site": crawl.site.decode()})


def put_progress(store: Store, crawl_id: int, serial: int, missing: int, counts: tuple[int, int]) -> None:
    """Remember how far an open crawl has come. One that has said more needs its answer no more."""
    store.execute(_PROGRESS, (serial, serial, missing, *counts, crawl_id))


def forget_open_crawl(store: Store, crawl_id: int) -> None:
    """A crawl has ended."""
    store.execute("DELETE FROM open_books WHERE crawl_id = ?", (crawl_id,))


def put_waiting(store: Store, crawl_id: int, fetch: WaitingFetch) -> None:
    """Keep a fetch of an open crawl that waits."""
    row = {**asdict(fetch), "crawl_id": crawl_id, "version": fetch.version.decode()}
    store.insert("held_looks", row)


def waiting_fetches(store: Store, crawl_id: int) -> list[tuple[int, WaitingFetch]]:
    """The fetches of an open crawl that wait, each with its row's id, in the order in which they came."""
    rows = store.rows("SELECT id, serial, version, message, page FROM held_looks WHERE crawl_id = ? ORDER BY id", (crawl_id,))
    return [(row.pop("id"), WaitingFetch(**{**row, "version": row["version"].encode()})) for row in rows]


def forget_waiting(store: Store, crawl_id: int, row_id: int | None = None) -> None:
    """Let a waiting fetch go, or all of a crawl."""
    store.execute("DELETE FROM held_looks WHERE crawl_id = ? AND (? IS NULL OR id = ?)", (crawl_id, row_id, row_id))
