"""State that the one writer of a cluster needs again after it was killed.

It holds the open crawls of workers, their fetches that wait for a judgement, as received, and the last entry of each stream
that is written. Messages are only bytes here. Everything happens in the caller's transaction.
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
    """Fencing token of the host's lease; the higher one is the later."""
    serial: int
    """Serial number of its last message."""
    started: str
    answer: bytes | None
    """The reply to its first message; None once it has sent another message."""
    missing: int = 0
    """Number of messages before the last one that did not arrive."""
    sound: int = 0
    confirmed: int = 0
    """`sound` and `confirmed`: the counts of its quarantine."""


@dataclass(frozen=True, slots=True)
class WaitingFetch:
    """A fetch that waits for a judgement, as it was received."""

    serial: int
    version: bytes
    message: bytes
    page: bytes | None


def stream_position(store: Store, stream: str) -> str | None:
    """Id of the last written entry of a stream; None before the first."""
    return store.text("SELECT last_id FROM stream_positions WHERE stream = ?", (stream,))


def put_stream_position(store: Store, stream: str, entry_id: str) -> None:
    store.insert("stream_positions", {"stream": stream, "last_id": entry_id}, on_conflict="REPLACE")


def was_opened(store: Store, job: str) -> bool:
    """Whether a crawl of this job ever began."""
    return bool(store.value("SELECT 1 FROM crawls WHERE job = ?", (job,)))


def open_crawl_of(store: Store, job: str) -> OpenCrawl | None:
    row = store.row(_OPEN.format("b.job = ?"), (job,))
    return OpenCrawl(**{**row, "site": row["site"].encode()}) if row else None


def worker_at(store: Store, host: str) -> str | None:
    """The worker that crawls a politeness group; None if there is none."""
    return store.text("SELECT c.worker FROM open_books b JOIN crawls c ON c.id = b.crawl_id WHERE b.host = ?", (host,))


def open_crawls_of_site(store: Store, site_id: str) -> list[OpenCrawl]:
    """The open crawls of a site, oldest first."""
    rows = store.rows(_OPEN.format("b.site_id = ?"), (site_id,))
    return [OpenCrawl(**{**row, "site": row["site"].encode()}) for row in rows]


def open_hosts(store: Store) -> dict[str, str]:
    return {row["job"]: row["host"] for row in store.rows("SELECT job, host FROM open_books ORDER BY crawl_id")}


def put_open_crawl(store: Store, site_id: str, crawl: OpenCrawl) -> None:
    row = asdict(crawl)
    del row["started"]  # is in `crawls`
    store.insert("open_books", {**row, "site_id": site_id, "site": crawl.site.decode()})


def put_progress(store: Store, crawl_id: int, serial: int, missing: int, counts: tuple[int, int]) -> None:
    """Store the progress of an open crawl. Its `answer` is deleted once it has sent another message."""
    store.execute(_PROGRESS, (serial, serial, missing, *counts, crawl_id))


def forget_open_crawl(store: Store, crawl_id: int) -> None:
    store.execute("DELETE FROM open_books WHERE crawl_id = ?", (crawl_id,))


def put_waiting(store: Store, crawl_id: int, fetch: WaitingFetch) -> None:
    row = {**asdict(fetch), "crawl_id": crawl_id, "version": fetch.version.decode()}
    store.insert("held_looks", row)


def waiting_fetches(store: Store, crawl_id: int) -> list[tuple[int, WaitingFetch]]:
    """The waiting fetches of an open crawl, each with its row's id, in order of arrival."""
    rows = store.rows("SELECT id, serial, version, message, page FROM held_looks WHERE crawl_id = ? ORDER BY id", (crawl_id,))
    return [(row.pop("id"), WaitingFetch(**{**row, "version": row["version"].encode()})) for row in rows]


def forget_waiting(store: Store, crawl_id: int, row_id: int | None = None) -> None:
    """Delete a waiting fetch, or all those of a crawl."""
    store.execute("DELETE FROM held_looks WHERE crawl_id = ? AND (? IS NULL OR id = ?)", (crawl_id, row_id, row_id))
