"""How long the disk lasts: what ledger and archive grow by, for each site and in all, and when a disk is full."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from crawler.warc import holdings
from pipelines.queries.activity import recent_revisions, revision_count
from pipelines.store.database import Store


@dataclass(frozen=True, slots=True)
class SiteGrowth:
    """One site's part, in bytes."""

    site: str
    ledger_bytes_a_day: int = 0
    archive_bytes: int = 0
    archive_bytes_a_day: int = 0


@dataclass(frozen=True, slots=True)
class DiskProjection:
    """All sites, in bytes."""

    ledger_bytes: int
    archive_bytes: int
    ledger_bytes_a_day: int
    archive_bytes_a_day: int
    ledger_free_bytes: int
    archive_free_bytes: int
    """The same space as the ledger's, if both are on one disk."""
    days_left: int | None
    """Until the first of the disks is full; None if nothing grows."""
    sites: dict[str, SiteGrowth]


def project(store: Store, archive: Path, now: datetime) -> DiskProjection:
    """The projection as of now; raises StoreError."""
    size = store.path.stat().st_size
    a_revision = size / max(revision_count(store), 1)
    recent = recent_revisions(store, now.date(), holdings.RECENT.days)
    statistics = holdings.statistics(list(holdings.files(archive, with_pages=False)))
    whole = statistics[-1] if statistics else None
    archived = {one.site: one for one in statistics[:-1]}
    sites = {}
    for site in sorted(recent.keys() | archived.keys()):
        revisions, days = recent.get(site, (0, 1))
        found = archived.get(site)
        ledger = int(revisions / days * a_revision)
        sites[site] = SiteGrowth(site, ledger, *((found.bytes, found.bytes_a_day) if found else ()))
    ledger_a_day, archive_a_day = sum(one.ledger_bytes_a_day for one in sites.values()), whole.bytes_a_day if whole else 0
    folder = archive if archive.is_dir() else store.path.absolute().parent
    places = (store.path.absolute().parent, folder)
    ledger_free, archive_free = map(holdings.free_bytes, places)
    if places[0].stat().st_dev == places[1].stat().st_dev:
        paces = [(ledger_free, ledger_a_day + archive_a_day)]
    else:
        paces = [(ledger_free, ledger_a_day), (archive_free, archive_a_day)]
    left = [free // a_day for free, a_day in paces if a_day]
    return DiskProjection(size, whole.bytes if whole else 0, ledger_a_day, archive_a_day, ledger_free, archive_free,
                          min(left) if left else None, sites)  # fmt: skip
