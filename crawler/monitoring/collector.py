"""Collector: one measurement of everything that is monitored: counters, health metrics, sizes, the schedule's heartbeat. Reads
only.

Its cost is bounded: counters continue from where they were, and the health metrics of a site are read again only after a
crawl of it has ended. Both are kept in a file beside the store, so that a new process continues from there.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from crawler.cluster import ClusterStatus, ReadClusterStatus
from crawler.monitoring.disk import DiskProjection, project
from crawler.monitoring.state_files import Heartbeat, SchedulePlan, path_beside, read_heartbeat, read_state, write_state
from crawler.warc import holdings
from pipelines.queries.activity import site_names
from pipelines.queries.counters import Tallies
from pipelines.queries.health import Finding, HealthMetrics, judge
from pipelines.queries.health_metrics import aged, as_stored, health_metrics, metrics_of, with_pause
from pipelines.store.crawls import pauses
from pipelines.store.database import Store
from pipelines.store.rows import instant_of

logger = logging.getLogger(__name__)

NAME = "watch"
SAVE_SECONDS = 300.0
"""How often a running schedule saves its counts. Shorter writes more; longer counts more again after a kill."""
HEALTH_METRICS_SECONDS = 2.0
"""Time limit of one reading for health metrics; the other sites are read the next time. Longer: slow readings in a busy hour."""
DISK_SECONDS = 3600.0
"""How often the archive's files are counted: 100,000 of them take a second."""
LOST_IS_NEWS = timedelta(hours=1)
"""A crawl that was found lost longer ago is not reported any more."""


@dataclass(frozen=True, slots=True)
class Sizes:
    """The ledger's files, in bytes."""

    store: int = 0
    wal: int = 0
    free: int = 0
    """Free space on its disk for an ordinary user."""


@dataclass(frozen=True, slots=True)
class Measurement:
    """Everything measured at one time."""

    at: datetime
    seconds: float
    """Duration of the reading."""
    tallies: Tallies
    health_metrics: Mapping[str, HealthMetrics] = field(default_factory=dict)
    """Site -> its health metrics, for judged sites."""
    findings: Mapping[str, tuple[Finding, ...]] = field(default_factory=dict)
    whole: bool = True
    """False: the health metrics of some sites were never read yet."""
    lost: tuple[str, ...] = ()
    """Sites of crawls that were found lost within the last hour."""
    sizes: Sizes = Sizes()
    heartbeat: Heartbeat | None = None
    writable: bool | None = None
    """None if that was not tried."""
    cluster: ClusterStatus | str | None = None
    """The status of the cluster, or why it is unknown; None if there is none."""
    plan: SchedulePlan | None = None
    """The schedule's plan; None if unknown."""
    disk: DiskProjection | None = None
    """Computed within the last hour."""
    no_archive: str | None = None
    """Why crawls cannot archive, such as a disk that is not mounted; None if they can."""


class MeasurementReader:
    """Makes readings, one after the other. For one thread."""

    def __init__(
        self, db: str, max_age: timedelta, cluster: ReadClusterStatus | None = None, archive: Path | None = None
    ) -> None:
        """`max_age`: a site whose last success is older is ill. `cluster`: None without one. `archive`: its folder."""
        self._db = db
        self._archive = archive or Path(db).absolute().parent / "warc"
        self._disk: DiskProjection | None = None
        self._disk_read = -DISK_SECONDS
        self._cluster = cluster
        self._max_age = max_age
        self._path = path_beside(db, NAME)
        self._saved = time.monotonic()
        self._tallies, self._health_metrics = _remembered(read_state(self._path))
        self._pending: dict[str, None] = {}
        """Sites whose health metrics must be read, the longest waiting first."""

    def read(self, now: datetime, judged: Callable[[str], bool], *, seconds: float = HEALTH_METRICS_SECONDS,
             writable: bool | None = None, plan: SchedulePlan | None = None) -> Measurement:  # fmt: skip
        """A reading; raises StoreError. `judged`: whether a site of the ledger is judged. `seconds`: time limit for health
        metrics."""
        begun = time.monotonic()
        with Store(self._db, readonly=True) as store:
            self._tallies.read_on(store)
            last_pauses = pauses(store)
            no_archive = holdings.absence_anywhere(self._archive, store)
            if begun - self._disk_read >= DISK_SECONDS:
                self._disk, self._disk_read = project(store, self._archive, now), begun
            known = set(site_names(store))
            # A person may release readings from quarantine between two crawls.
            doubted = {site for site, one in self._health_metrics.items() if one.quarantined}
            self._pending |= dict.fromkeys(sorted(self._tallies.ended | (known - self._health_metrics.keys()) | doubted))
            self._tallies.ended.clear()
            for site in list(self._pending):
                if time.monotonic() - begun > seconds:
                    break
                self._health_metrics |= {one.site_id: one for one in health_metrics(store, now, site)}
                del self._pending[site]
        self._tallies.lost = [(site, at) for site, at in self._tallies.lost if now - instant_of(at) <= LOST_IS_NEWS]
        lost = tuple(site for site, _ in self._tallies.lost)
        known = set(filter(judged, known))
        current = {
            site: with_pause(aged(one, now), last_pauses.get(site), now)
            for site, one in self._health_metrics.items()
            if site in known
        }
        findings = {site: judge(one, self._max_age) for site, one in current.items()}
        took = time.monotonic() - begun
        whole = known <= self._health_metrics.keys()
        return Measurement(
            now, took, self._tallies, current, findings, whole, lost, sizes(self._db), read_heartbeat(self._db), writable,
            self._cluster() if self._cluster else None, plan, self._disk, no_archive,
        )  # fmt: skip

    def save(self, *, always: bool = True) -> None:
        """Save the counts; unless `always`, only every SAVE_SECONDS. A failure is only logged."""
        if not always and time.monotonic() - self._saved < SAVE_SECONDS:
            return
        kept = {site: as_stored(one) for site, one in self._health_metrics.items() if site not in self._pending}
        try:
            write_state(self._path, {"tallies": self._tallies.to_json(), "vitals": kept})
        except OSError as error:
            logger.warning("%s: what was counted is not kept: %s", self._path, error)
        self._saved = time.monotonic()


def sizes(db: str) -> Sizes:
    """The sizes of the ledger and its log; 0 for missing files."""
    path = Path(db).absolute()

    def size(file: Path) -> int:
        return file.stat().st_size if file.is_file() else 0

    free = holdings.free_bytes(path.parent) if path.parent.is_dir() else 0
    return Sizes(size(path), size(path.with_name(f"{path.name}-wal")), free)


def _remembered(stored: Mapping[str, Any]) -> tuple[Tallies, dict[str, HealthMetrics]]:
    """The counts of an earlier process; empty if they are from another version."""
    try:
        return Tallies.from_json(stored["tallies"]), {site: metrics_of(one) for site, one in stored["vitals"].items()}
    except (LookupError, TypeError, ValueError, AttributeError):
        return Tallies(), {}
