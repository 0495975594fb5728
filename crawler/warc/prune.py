"""Pruning of the archive by a policy: records that nothing refers to are removed from closed files, oldest days first.

The removal is first recorded in the ledger, in a sealed row; then the file is rewritten beside itself, with its moves
(`moves`), and replaced. Killed at any moment, no pointer dangles, and the next run continues: records that the ledger lists as
pruned are removed then, whatever its policy.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import IO

from crawler.files import copy, replacing, sync_folder
from crawler.warc.cdxj import index_of, write_index
from crawler.warc.erase import finish
from crawler.warc.holdings import ArchiveFile, files
from crawler.warc.moves import MAX_RECORDS, PrunedRecords, moves_of, moves_record
from crawler.warc.records import WarcRecord, pack, record_at, records
from crawler.warc.writer import lock

PART = ".pruning"
"""End of a file's name, instead of `.warc.gz`, while it is rewritten."""

RecordRemoval = Callable[[str, Sequence[int], int], None]
"""Called with a file, the offsets of the records to remove, and their size, before they are removed."""


@dataclass(frozen=True, slots=True)
class PrunePolicy:
    """What may be removed."""

    before: date
    """Only files of earlier days."""
    max_bytes: int | None = None
    """Size to come down to; days are removed one by one until it is reached."""
    takes_evidence: bool = False
    """Whether records behind revisions and states are removed too."""
    text: str = ""
    """The policy in words, for the ledger."""


@dataclass(frozen=True, slots=True)
class _Group:
    """A response with its request and redirects; from `start` up to `end` in its file."""

    name: int
    """Its offset in pointers."""
    start: int
    end: int
    capture: tuple[str, str]
    """URL and time."""
    repeats: tuple[str, str] | None
    """URL and time of the capture that a revisit repeats."""


@dataclass(slots=True)
class PruneReport:
    """What a pruning removed, or would remove."""

    records: int = 0
    bytes: int = 0
    files: list[str] = field(default_factory=list)
    left: list[str] = field(default_factory=list)
    """Files that could not be pruned, and why."""
    over: int = 0
    """Bytes above the policy's limit that are kept because something refers to them."""


def prune(folder: Path, policy: PrunePolicy, sites: tuple[str, ...], kept: Mapping[str, set[int]],
          known: Mapping[str, list[PrunedRecords]], now: datetime,
          record_removal: RecordRemoval | None) -> PruneReport:  # fmt: skip
    """Prune the closed files of past days; without `record_removal` nothing is written.

    `kept`: file -> offsets of records that something refers to. `known`: file -> records that the ledger lists as pruned.
    """
    report = PruneReport()
    found = list(files(folder, sites))
    groups = {one.file: _read(folder, one, report) for one in found}
    closed = sorted(
        (one for one in found if not one.is_open and groups[one.file] is not None), key=lambda one: (one.day, one.file)
    )
    days = sorted({one.day for one in closed if one.day < policy.before})
    total = sum(one.bytes for one in found)

    def removable(count: int) -> dict[str, list[_Group]]:
        """The records to remove from each file if this many of the oldest days are pruned."""
        chosen = {one.file for one in closed if count and one.day <= days[count - 1]}
        return _removable(groups, chosen, {} if policy.takes_evidence else kept, known)

    def size_of(removed: dict[str, list[_Group]]) -> int:
        return sum(group.end - group.start for one in removed.values() for group in one)

    count = len(days)
    if policy.max_bytes is not None:
        low, high = 0, len(days)
        while low < high:
            middle = (low + high) // 2
            low, high = (low, middle) if total - size_of(removable(middle)) <= policy.max_bytes else (middle + 1, high)
        count = low
        report.over = max(total - size_of(removable(count)) - policy.max_bytes, 0)
    for file, removed in sorted(removable(count).items()):
        recorded = {offset for one in known.get(file, ()) for offset in one.offsets}
        unrecorded = [group for group in removed if group.name not in recorded]
        if not removed:
            continue
        if record_removal:
            problem = _prune_file(folder, file, removed, unrecorded, list(known.get(file, ())), policy, now, record_removal)
            if problem:
                report.left.append(f"{file}: {problem}")
                continue
        report.files.append(file)
        report.records += len(removed)
        report.bytes += sum(group.end - group.start for group in removed)
    return report


def _removable(groups: Mapping[str, list[_Group] | None], chosen: set[str], kept: Mapping[str, set[int]],
           known: Mapping[str, list[PrunedRecords]]) -> dict[str, list[_Group]]:  # fmt: skip
    """The records to remove from each file; a record that a kept one repeats is kept too."""
    recorded = {file: {offset for one in found for offset in one.offsets} for file, found in known.items()}

    def may_go(file: str, group: _Group) -> bool:
        is_recorded = group.name in recorded.get(file, ())
        return is_recorded or (file in chosen and group.name not in kept.get(file, ()))

    repeated = {
        group.repeats for file, found in groups.items() for group in found or () if group.repeats and not may_go(file, group)
    }
    return {
        file: [group for group in found or () if may_go(file, group) and (group.repeats or group.capture not in repeated)]
        for file, found in groups.items()
    }


def _read(folder: Path, file: ArchiveFile, report: PruneReport) -> list[_Group] | None:
    """The groups of a file, in order; None if it cannot be read completely."""
    path = folder / (file.file + (".open" if file.is_open else ""))
    try:
        found = list(_groups(path))
    except (OSError, ValueError) as error:
        if not file.is_open:
            report.left.append(f"{file.file}: {error}")
        return None
    return found


def _groups(path: Path) -> Iterator[_Group]:
    moves = moves_of(path)
    ids: set[str] = set()
    current: _Group | None = None
    with path.open("rb") as stream:
        for number, (offset, record) in enumerate(records(stream)):
            if isinstance(record, str) or number > MAX_RECORDS:
                raise ValueError(f"at byte {offset}: {record if isinstance(record, str) else 'too many records to prune'}")
            if record.header("WARC-Type") == "warcinfo" or offset < moves.begin:
                continue
            if current and (record.header("WARC-Concurrent-To") or "") in ids:
                current = _Group(current.name, current.start, record.end, current.capture, current.repeats)
            else:
                if current:
                    yield current
                ids = set()
                current = _Group(moves.name(offset), offset, record.end, *_captures(record))
            ids.add(record.header("WARC-Record-ID") or "-")
    if current:
        yield current
    if record_at(path, 0, "warcinfo") is None:
        raise ValueError("does not begin with a warcinfo record")


def _captures(record: WarcRecord) -> tuple[tuple[str, str], tuple[str, str] | None]:
    at, url = record.header("WARC-Date") or "", record.header("WARC-Target-URI") or ""
    if record.header("WARC-Type") != "revisit":
        return (url, at), None
    return (url, at), (record.header("WARC-Refers-To-Target-URI") or url, record.header("WARC-Refers-To-Date") or "")


def _prune_file(folder: Path, file: str, removed: list[_Group], unrecorded: list[_Group], known: list[PrunedRecords],
                policy: PrunePolicy, now: datetime, record_removal: RecordRemoval) -> str | None:  # fmt: skip
    """Record the removal in the ledger, and rewrite the file; returns why that failed."""
    path = folder / file
    part = path.with_name(path.name.partition(".warc")[0] + PART)
    with path.open("r+b") as stream:
        if not lock(stream):
            return "is being written by another process"
        finish(stream, path)
        if unrecorded:
            offsets = tuple(group.name for group in unrecorded)
            record_removal(file, offsets, sum(group.end - group.start for group in unrecorded))
            known.append(PrunedRecords(f"{now:%Y-%m-%dT%H:%M:%SZ}", policy.text, offsets))
        removed_starts = {group.start for group in removed}
        left = [group for group in _groups(path) if group.start not in removed_starts]
        info = record_at(path, 0, "warcinfo")
        assert info, "`_groups` would have raised"  # noqa: S101
        moved, distance = [], 0
        for group in left:
            moved.append((group.name, distance))
            distance += group.end - group.start
        with replacing(path, part) as out:
            _copy(stream, out, 0, info.end)
            out.write(pack(moves_record(moved, known, now)))
            for group in left:
                _copy(stream, out, group.start, group.end)
            index_of(path).unlink(missing_ok=True)  # of a file without one it is made anew
        sync_folder(path.parent)
        write_index(path)
    return None


def _copy(source: IO[bytes], target: IO[bytes], start: int, end: int) -> None:
    source.seek(start)
    if copy(source, target, end - start) < end - start:
        raise OSError("the file ends within a record")
