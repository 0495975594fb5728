"""Positions of the records in a pruned file: pointers keep their old offsets, and the file says where those are now.

A pruned file has a `metadata` record after its `warcinfo`: which records moved, and which were removed, when and by which
policy. So a file and its record of moves change in one step, and tools that do not know that record ignore it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path

from crawler.warc.records import record_about_file, record_at
from pipelines.store.pages import NOT_THERE, PRUNED

KIND = "application/vnd.newsledger.pruned+json"
MAX_RECORDS = 500_000
"""Limit for a file that is pruned: its moves must fit into one record that every reader accepts."""


@dataclass(frozen=True, slots=True)
class PrunedRecords:
    """Records that a policy removed, by the offsets in pointers."""

    at: str
    policy: str
    offsets: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Moves:
    """Moves in one file: offsets in pointers -> present offsets."""

    to: Mapping[int, int]
    names: Mapping[int, int]
    """The reverse mapping."""
    pruned: Mapping[int, PrunedRecords]
    begin: int
    """Offset of its first record after the moves."""

    def place(self, offset: int) -> int | str:
        """The present offset of a pointer's record; if it was removed, the reason."""
        if removal := self.pruned.get(offset):
            return f"{PRUNED} on {removal.at[:10]} by policy: {removal.policy}"
        return self.to.get(offset, NOT_THERE) if self.begin else offset

    def name(self, offset: int) -> int:
        """The offset in pointers of a record at a present offset."""
        return self.names.get(offset, offset)


_NONE = Moves({}, {}, {}, 0)


def moves_of(path: Path) -> Moves:
    """The moves of a file; empty if it was never pruned, or cannot be read."""
    try:
        facts = path.stat()
    except OSError:
        return _NONE
    return _moves(path, facts.st_ino, facts.st_mtime_ns, facts.st_size)


@lru_cache(maxsize=64)
def _moves(path: Path, *_: int) -> Moves:
    """Cached by the file's state."""
    first = record_at(path, 0, "warcinfo")
    second = record_at(path, first.end, "metadata") if first else None
    if second is None or second.problem or second.header("Content-Type") != KIND:
        return _NONE
    try:
        facts = json.loads(second.block)
        places = {int(name): second.end + int(distance) for name, distance in facts["moved"]}
        removals = [PrunedRecords(str(one["at"]), str(one["policy"]), tuple(map(int, one["offsets"]))) for one in facts["pruned"]]
    except (ValueError, TypeError, LookupError):
        return _NONE
    names = {place: name for name, place in places.items()}
    return Moves(places, names, {offset: one for one in removals for offset in one.offsets}, second.end)


def moves_record(moved: Sequence[tuple[int, int]], pruned: Iterable[PrunedRecords], now: datetime) -> bytes:
    """The record of moves; `moved`: offsets in pointers, and the distance of each record from this record's end."""
    removals = [{"at": one.at, "policy": one.policy, "offsets": one.offsets} for one in pruned]
    block = json.dumps({"format": "newsledger-pruned/1", "moved": moved, "pruned": removals}, separators=(",", ":")).encode()
    return record_about_file("metadata", KIND, block, now)
