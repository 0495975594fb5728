"""Contents of an archive's folder: its files by site, their sizes, and closing them when their day is over."""

from __future__ import annotations

import json
import logging
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from crawler.warc.cdxj import index_of
from crawler.warc.writer import MARKER, OPEN, close_files
from pipelines.store.crawls import worker_without_archive
from pipelines.store.database import Store
from pipelines.store.pages import newest_page

logger = logging.getLogger(__name__)

_NAME = re.compile(r"(?P<site>.+)-(?P<day>\d{8})-(?P<number>\d{2,})\.warc\.gz(?:\.open)?")
RECENT = timedelta(days=30)
"""Period whose growth is used to project a year."""
YEAR = 365


@dataclass(frozen=True, slots=True)
class ArchiveFile:
    """One file of a site's day."""

    site: str
    file: str
    """Its name in the ledger."""
    day: date
    bytes: int
    is_open: bool
    pages: int | None
    """Captures, including `repeated` revisit records, from the index; None if there is no index yet."""
    repeated: int | None
    page_bytes: int = 0
    repeated_bytes: int = 0
    """Size of the records of complete pages, and of revisit records, from the index, without their requests."""


@dataclass(frozen=True, slots=True)
class ArchiveStatistics:
    """Totals of a site's files; `site` is "*" for all sites."""

    site: str
    files: int
    open: int
    bytes: int
    first: date
    last: date
    pages: int
    repeated: int
    """Captures, and how many of them repeat an earlier one, in files that have an index."""
    bytes_saved: int
    """Additional size of the revisit records if they were complete pages of average size."""
    bytes_a_day: int
    """Growth over the last 30 days up to its last one, or over all its days if there are fewer."""
    bytes_a_year: int
    """The same growth for a year."""


def files(folder: Path, sites: tuple[str, ...] = (), *, with_pages: bool = True) -> Iterator[ArchiveFile]:
    """The files of an archive, by site and day; also those in folders of other machines.

    Without `with_pages` no index is read: sizes alone take a hundredth of the time.
    """
    for path in sorted(path for pattern in ("*.warc.gz", f"*.warc.gz{OPEN}") for path in folder.rglob(pattern)):
        found = _NAME.fullmatch(path.name)
        if found is None or found["site"] != path.parent.name or (sites and found["site"] not in sites):
            continue
        try:
            day = datetime.strptime(found["day"], "%Y%m%d").replace(tzinfo=UTC).date()
            size = path.stat().st_size
        except (ValueError, FileNotFoundError):  # no day; closed, and so renamed, meanwhile
            continue
        name = path.relative_to(folder).as_posix().removesuffix(OPEN)
        counted = _counted(index_of(path)) if with_pages else (None, None)
        yield ArchiveFile(found["site"], name, day, size, path.name.endswith(OPEN), *counted)


def statistics(found: list[ArchiveFile]) -> list[ArchiveStatistics]:
    """One row a site, and one for all; none if there are no files."""
    sites = sorted({one.site for one in found})
    rows = [_sum(site, [one for one in found if one.site == site]) for site in sites]
    return [*rows, _sum("*", found)] if found else []


def free_bytes(folder: Path) -> int:
    """Free space on the archive's disk."""
    return shutil.disk_usage(folder).free


def absence(folder: Path, store: Store) -> str | None:
    """Why nothing may be written to this machine's archive; None if all is well."""
    return absence_of(folder, newest_page(store))


def absence_anywhere(folder: Path, store: Store) -> str | None:
    """The same of this machine or, in a cluster, of a worker's, by what its last crawls reported."""
    return absence(folder, store) or worker_without_archive(store)


def absence_of(folder: Path, page: str | None) -> str | None:
    """Why nothing may be written to an archive: the ledger points at `page`, and the folder has neither marker nor file."""
    try:
        if (folder / MARKER).exists() or next(folder.glob("*/*.warc.gz*"), None):
            return None
    except OSError as error:
        return f"{folder}: the archive cannot be read: {error.strerror}"
    begin = f"to begin an archive anew, make the folder and an empty file {MARKER} in it"
    return f"{folder}: the archive is not there, nor is {page}: mount its disk, or set `warc`; {begin}" if page else None


def close(folder: Path, now: datetime | None, sites: tuple[str, ...] = ()) -> tuple[list[Path], list[Path]]:
    """Close the files of days before `now`, or with None all; returns the closed ones, and those that are being written.
    Raises OSError."""
    closed: list[Path] = []
    busy: list[Path] = []
    day = f"{now.astimezone(UTC):%Y%m%d}" if now else ""
    for site in sorted({path.parent for path in folder.rglob("*.warc.gz*")}):
        if not sites or site.name in sites:
            more, held = close_files(site, but=day)
            closed += more
            busy += held
    return closed, busy


class HourlyClosing:
    """Closes the files of past days once an hour: after midnight, and later if a crawl was still writing."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._hour = ""

    def is_due(self, now: datetime) -> bool:
        """Whether a new hour has begun since the last run."""
        return f"{now:%d%H}" != self._hour

    def run(self, now: datetime) -> None:
        """Close them, and log the result. Indexing reads the whole file."""
        self._hour = f"{now:%d%H}"
        try:
            closed, _ = close(self._folder, now)
        except OSError as error:
            logger.error("files of the page archive could not be closed: %s", error)
        else:
            if closed:
                logger.info("%d files of the page archive are closed", len(closed))


def _sum(site: str, found: list[ArchiveFile]) -> ArchiveStatistics:
    first, last = min(one.day for one in found), max(one.day for one in found)
    begin = max(first, last - RECENT + timedelta(days=1))
    a_day = sum(one.bytes for one in found if one.day >= begin) // ((last - begin).days + 1)
    pages, repeated = sum(one.pages or 0 for one in found), sum(one.repeated or 0 for one in found)
    whole = sum(one.page_bytes for one in found) // max(pages - repeated, 1)
    saved = max(repeated * whole - sum(one.repeated_bytes for one in found), 0)
    return ArchiveStatistics(
        site, len(found), sum(one.is_open for one in found), sum(one.bytes for one in found), first, last,
        pages, repeated, saved, a_day, a_day * YEAR,
    )  # fmt: skip


def _counted(index: Path) -> tuple[int | None, int | None, int, int]:
    """Number of pages, number of revisits among them, and the size of both."""
    numbers, sizes = [0, 0], [0, 0]
    try:
        with index.open(encoding="utf-8") as lines:
            for line in lines:
                facts = json.loads(line.split(" ", 2)[2])
                is_repeated = facts.get("mime") == "warc/revisit"
                numbers[is_repeated] += 1
                sizes[is_repeated] += int(facts.get("length", 0))
    except (OSError, ValueError, LookupError, TypeError, AttributeError):
        return None, None, 0, 0
    return sum(numbers), numbers[1], sizes[0], sizes[1]
