"""Crawls on many machines, one writer: an RQ queue gives crawls to workers, a Redis stream brings what they fetch to the ledger.

Here: what goes on in a cluster, as values, and what of it is ill. Pure: knows no Redis.

messages.py codec.py    what workers and the writer say to each other, as versioned JSON; pure
stream.py               the stream: sending with a bounded backlog, reading as the group's one consumer
handler.py consumer.py  messages -> the ledger, without Redis; the loop of `newsledger writer`
keys.py                 what of it is ours: signatures, by keys that the machines share
queue.py                how Redis is reached, and the queue of crawls in it, which runs nothing else
lease.py                who may send requests to a host now, and when the next may be sent
client.py               one crawl's connection to the writer
jobs.py worker.py       the RQ job that is a crawl; the RQ worker that runs it
enqueue.py              the schedule's side: starts go on the queue, and are accounted for
status_reader.py        what goes on, read from Redis
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from pipelines.store.rows import span

LONG_UNWRITTEN = timedelta(minutes=10)
"""A look that has waited longer is no busy moment: the writer is away, stuck, or too slow. Higher: told later."""


@dataclass(frozen=True, slots=True)
class WorkerStatus:
    """One worker, as of its last heartbeat."""

    name: str
    site: str | None
    """What it crawls; None: nothing."""
    heard: timedelta
    """Since its last word."""


@dataclass(frozen=True, slots=True)
class ClusterStatus:
    """A cluster at one moment."""

    queued: int
    """Crawls that wait for a worker."""
    put_off: int
    """Crawls that wait for their host, for the writer, or to be tried again."""
    running: int
    failed: int
    workers: tuple[WorkerStatus, ...]
    leases: tuple[tuple[str, str], ...]
    """Hosts that are asked now, and by whom."""
    unwritten: int
    """Looks on the stream."""
    oldest: timedelta | None
    """How long the first of them has waited; None where there is none."""
    writer: str | None
    """Where looks are written; None: nowhere now."""
    refused: int
    """Entries that could not be written, and were put aside."""
    memory_bytes: int
    """Redis's."""


ReadClusterStatus = Callable[[], ClusterStatus | str]
"""What a cluster is at, or why that cannot be told."""


def ills(status: ClusterStatus | str) -> dict[str, str]:
    """What is wrong with it: a key that stays the same for the same trouble -> a line; empty is well."""
    if isinstance(status, str):
        return {"redis": status}
    found = {}
    unwritten = f"{status.unwritten} looks wait" + (f", the oldest for {span(status.oldest)}" if status.oldest else "")
    if status.writer is None:
        found["writer"] = f"nobody writes what workers find: {unwritten}"
    elif status.oldest and status.oldest > LONG_UNWRITTEN:
        found["behind"] = f"the writer is behind: {unwritten}"
    waiting = status.queued + status.put_off
    if waiting and not status.workers:
        found["workers"] = f"{waiting} crawls wait, and there is no worker"
    if status.refused:
        found["refused"] = f"{status.refused} entries could not be written, and were put aside"
    return found


def describe(status: ClusterStatus | str) -> list[str]:
    """All of it, for a person, a line each."""
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
