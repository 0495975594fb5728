"""Where the records of a pruned file stand: pointers keep the places they were written with, and the file tells where those lead.

A pruned file has a `metadata` record behind its `warcinfo`: which records moved, and which are no more, since when and by what
policy. So a file and what is known of it change at one moment, and tools that do not know that record pass it over.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path

from crawler.warc.records import record_at
from pipelines.store.pages import NOT_THERE, PRUNED
from pipelines.store.rows import moment

KIND = "application/vnd.newsledger.pruned+json"
MAX_RECORDS = 500_000
"""Of a file that is pruned: what is known of them must go into one record that every reader takes."""


@dataclass(frozen=True, slots=True)
class PrunedRecords:
    """Records that a policy took, by the places that pointers name."""

    at: str
    policy: str
    offsets: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Moves:
    """Of one file: pointers' places -> where the records stand now."""

    to: Mapping[int, int]
    names: Mapping[int, int]
    """The other way round."""
    pruned: Mapping[int, PrunedRecords]
    begin: int
    """Where its records begin: behind what tells all this."""

    def place(self, offset: int) -> int | str:
        """Where the record of a pointer stands; where it is no more, why."""
        if gone := self.pruned.get(offset):
            return f"{PRUNED} on {gone.at[:10]} by policy: {gone.policy}"
        return self.to.get(offset, NOT_THERE) if self.begin else offset

    def name(self, offset: int) -> int:
        """How pointers call the place of a record."""
        return self.names.get(offset, offset)


_NONE = Moves({}, {}, {}, 0)


def moves_of(path: Path) -> Moves:
    """Of a file; one that was never pruned, or cannot be read, has none."""
    try:
        facts = path.stat()
    except OSError:
        return _NONE
    return _moves(path, facts.st_ino, facts.st_mtime_ns, facts.st_size)


@lru_cache(maxsize=64)
def _moves(path: Path, *_: int) -> Moves:
    """Once a state of the file."""
    first = record_at(path, 0, "warcinfo")
    second = record_at(path, first.end, "metadata") if first else None
    if second is None or second.problem or second.header("Content-Type") != KIND:
        return _NONE
    try:
        facts = json.loads(second.block)
        to = {int(name): second.end + int(distance) for name, distance in facts["moved"]}
        took = [PrunedRecords(str(one["at"]), str(one["policy"]), tuple(map(int, one["offsets"]))) for one in facts["pruned"]]
    except (ValueError, TypeError, LookupError):
        return _NONE
    names = {place: name for name, place in to.items()}
    return Moves(to, names, {offset: one for one in took for offset in one.offsets}, second.end)


def moves_record(moved: Sequence[tuple[int, int]], pruned: Iterable[PrunedRecords], now: datetime) -> bytes:
    """The record; `moved`: places of pointers, and how far behind this record's end each stands."""
    took = [{"at": one.at, "policy": one.policy, "offsets": one.offsets} for one in pruned]
    block = json.dumps({"format": "newsledger-pruned/1", "moved": moved, "pruned": took}, separators=(",", ":")).encode()
    head = (
        f"WARC/1.1\r\nWARC-Type: metadata\r\nWARC-Record-ID: <urn:uuid:{uuid.uuid4()}>\r\nWARC-Date: {moment(now)}\r\n"
        f"Content-Type: {KIND}\r\nContent-Length: {len(block)}\r\n\r\n"
    )
    return head.encode() + block + b"\r\n\r\n"
