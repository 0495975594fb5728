"""Crawls on many machines with one writer: an RQ queue gives crawls to workers, a Redis stream brings their fetches to the
ledger.

This module: the status of a cluster as values, and its problems. Pure: knows no Redis.

messages.py codec.py    messages between workers and the writer, as versioned JSON; pure
stream.py               the stream: sending with a bounded backlog, reading as the group's only consumer
handler.py consumer.py  messages -> the ledger, without Redis; the loop of `newsledger writer`
keys.py                 signatures of messages, with keys that the machines share
queue.py                the connection to Redis, and the queue of crawls in it, which runs nothing else
lease.py                who may send requests to a host now, and when the next may be sent
jobs.py worker.py       the RQ job of a crawl, and its connection to the writer; the RQ worker that runs it
enqueue.py              the schedule's side: puts starts on the queue and accounts for them
status_reader.py        the status of the cluster, read from Redis
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from pipelines.store.rows import span

LONG_UNWRITTEN = timedelta(minutes=10)
"""If a fetch has waited longer, the writer is away, stuck, or too slow. A higher limit delays the alert."""


@dataclass(frozen=True, slots=True)
class WorkerStatus:
    """One worker, as of its last heartbeat."""

    name: str
    site: str | None
    """The site that it crawls; None if idle."""
    heard: timedelta
    """Time since its last heartbeat."""


@dataclass(frozen=True, slots=True)
class ClusterStatus:
    """A cluster at one moment."""

    queued: int
    """Crawls that wait for a worker."""
    put_off: int
    """Postponed crawls: for their host, for the writer, or to be tried again."""
    running: int
    failed: int
    workers: tuple[WorkerStatus, ...]
    leases: tuple[tuple[str, str], ...]
    """Leased hosts, each with its holder."""
    unwritten: int
    """Fetches on the stream."""
    oldest: timedelta | None
    """Age of the oldest of them; None if there is none."""
    writer: str | None
    """The ledger that is written; None if there is no writer."""
    refused: int
    """Entries that could not be written and were refused."""
    memory_bytes: int
    """Memory of Redis."""


ReadClusterStatus = Callable[[], ClusterStatus | str]
"""The status of a cluster, or the reason why it is unknown."""


def cluster_problems(status: ClusterStatus | str) -> dict[str, str]:
    """The problems of a cluster: a key that identifies the problem -> a line of text. Empty if all is well."""
    if isinstance(status, str):
        return {"redis": status}
    found = {}
    unwritten = f"{status.unwritten} fetches wait" + (f", the oldest for {span(status.oldest)}" if status.oldest else "")
    if status.writer is None:
        found["writer"] = f"there is no writer: {unwritten}"
    elif status.oldest and status.oldest > LONG_UNWRITTEN:
        found["behind"] = f"the writer is behind: {unwritten}"
    waiting = status.queued + status.put_off
    if waiting and not status.workers:
        found["workers"] = f"{waiting} crawls wait, and there is no worker"
    if status.refused:
        found["refused"] = f"{status.refused} entries could not be written, and were put aside"
    return found


def describe(status: ClusterStatus | str) -> list[str]:
    """The whole status for people, one line each."""
    if isinstance(status, str):
        return [status]
    busy = [f"{one.name}: {one.site}" for one in status.workers if one.site]
    names = f" ({', '.join(busy[:8])}{', ...' if len(busy) > 8 else ''})" if busy else ""
    oldest = f", the oldest for {span(status.oldest)}" if status.oldest else ""
    return [
        f"queue: {status.queued} crawls wait, {status.put_off} are put off, {status.running} run, {status.failed} failed",
        f"workers: {len(status.workers)}, {len(busy)} busy{names}; {len(status.leases)} hosts are being asked",
        f"stream: {status.unwritten} looks unwritten{oldest}; written to {status.writer or 'nowhere: no writer runs'}",
        f"Redis holds {status.memory_bytes / 1e6:.0f} MB",
    ]
