"""One reading of all that is watched: tallies, vital signs, sizes, the schedule's heartbeat. Reads the ledger alone.

What it costs is bounded: tallies are counted on from where they stood, and the vital signs of a site are read again only after
a crawl of it has ended. Both are kept in a file beside the ledger, so that a new process goes on from there.
"""

from __future__ import annotations

import logging
import shutil
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from crawler.cluster import ClusterStatus, Glance
from crawler.monitoring.state_files import Heartbeat, beside, read_beat, read_state, write_state
from pipelines.history.anomalies import Readings
from pipelines.queries.activity import site_names
from pipelines.queries.counters import Tallies
from pipelines.queries.health import Finding, Looks, Vitals, judge
from pipelines.queries.health_metrics import vitals
from pipelines.store.database import Store
from pipelines.store.rows import instant_of

logger = logging.getLogger(__name__)

NAME = "watch"
SAVE_SECONDS = 300.0
"""So often a running schedule keeps what it has counted. Shorter writes more; longer counts more anew after a kill."""
VITALS_SECONDS = 2.0
"""So long a reading looks at vital signs; the sites that are left come with the next. Longer: a busy hour makes readings slow."""
LOST_IS_NEWS = timedelta(hours=1)
"""A crawl that was found lost longer ago is history, not news."""


@dataclass(frozen=True, slots=True)
class Sizes:
    """The ledger's files, in bytes."""

    store: int = 0
    wal: int = 0
    free: int = 0
    """Room on its disk for an ordinary user."""


@dataclass(frozen=True, slots=True)
class Measurement:
    """What was found at one time."""

    at: datetime
    seconds: float
    """How long the reading took."""
    tallies: Tallies
    vitals: Mapping[str, Vitals] = field(default_factory=dict)
    """Site -> its vital signs, for the sites that are watched."""
    findings: Mapping[str, tuple[Finding, ...]] = field(default_factory=dict)
    whole: bool = True
    """False: the vital signs of some sites were never read yet."""
    lost: tuple[str, ...] = ()
    """Sites of crawls that were found lost within the last hour."""
    sizes: Sizes = Sizes()
    beat: Heartbeat | None = None
    writable: bool | None = None
    """None where that was not tried."""
    cluster: ClusterStatus | str | None = None
    """What the cluster is at, or why that cannot be told; None where there is none."""


class MeasurementReader:
    """Draws up readings, one after the other. For one thread."""

    def __init__(self, db: str, max_age: timedelta, cluster: Glance | None = None) -> None:
        """`max_age`: a site whose last success is older is ill. `cluster`: without it there is none."""
        self._db = db
        self._cluster = cluster
        self._max_age = max_age
        self._path = beside(db, NAME)
        self._saved = time.monotonic()
        self._tallies, self._vitals = _remembered(read_state(self._path))
        self._pending: dict[str, None] = {}
        """Sites whose vital signs are to be read, the longest waiting first."""

    def read(self, now: datetime, judged: Callable[[str], bool], *, seconds: float = VITALS_SECONDS,
             writable: bool | None = None) -> Measurement:  # fmt: skip
        """A reading; raises StoreError. `judged`: whether a site of the ledger is. `seconds`: at most so long for vital signs."""
        begun = time.monotonic()
        with Store(self._db, readonly=True) as store:
            self._tallies.read_on(store)
            known = set(site_names(store))
            # What is in quarantine a person may release between two crawls.
            doubted = {site for site, one in self._vitals.items() if one.quarantined}
            self._pending |= dict.fromkeys(sorted(self._tallies.ended | (known - self._vitals.keys()) | doubted))
            self._tallies.ended.clear()
            for site in list(self._pending):
                if time.monotonic() - begun > seconds:
                    break
                self._vitals |= {one.site_id: one for one in vitals(store, now, site)}
                del self._pending[site]
        self._tallies.lost = [(site, at) for site, at in self._tallies.lost if now - instant_of(at) <= LOST_IS_NEWS]
        lost = tuple(site for site, _ in self._tallies.lost)
        known = set(filter(judged, known))
        current = {site: _aged(one, now) for site, one in self._vitals.items() if site in known}
        findings = {site: judge(one, self._max_age) for site, one in current.items()}
        took = time.monotonic() - begun
        whole = known <= self._vitals.keys()
        return Measurement(
            now, took, self._tallies, current, findings, whole, lost, sizes(self._db), read_beat(self._db), writable,
            self._cluster() if self._cluster else None,
        )  # fmt: skip

    def save(self, *, always: bool = True) -> None:
        """Keep what was counted; unless `always`, only every SAVE_SECONDS. That it cannot be kept is only logged."""
        if not always and time.monotonic() - self._saved < SAVE_SECONDS:
            return
        kept = {site: one for site, one in self._vitals.items() if site not in self._pending}
        told = {"tallies": self._tallies.to_json(), "vitals": {site: _plain(one) for site, one in kept.items()}}
        try:
            write_state(self._path, told)
        except OSError as error:
            logger.warning("%s: what was counted is not kept: %s", self._path, error)
        self._saved = time.monotonic()


def sizes(db: str) -> Sizes:
    """The sizes of the ledger and its log; 0 for what is not there."""
    path = Path(db).absolute()

    def size(file: Path) -> int:
        return file.stat().st_size if file.is_file() else 0

    free = shutil.disk_usage(path.parent).free if path.parent.is_dir() else 0
    return Sizes(size(path), size(path.with_name(f"{path.name}-wal")), free)


def _aged(one: Vitals, now: datetime) -> Vitals:
    """Vital signs as of now: all but the age stands still between crawls."""
    return replace(one, success_age=now - instant_of(one.last_success)) if one.last_success else one


def _plain(one: Vitals) -> dict[str, Any]:
    return {**asdict(one), "success_age": None}


def _remembered(told: Mapping[str, Any]) -> tuple[Tallies, dict[str, Vitals]]:
    """What a process before this one counted; nothing where that was another version's."""
    try:
        return Tallies.from_json(told["tallies"]), {site: _vitals_of(one) for site, one in told["vitals"].items()}
    except (LookupError, TypeError, ValueError, AttributeError):
        return Tallies(), {}


def _vitals_of(told: Mapping[str, Any]) -> Vitals:
    values = {**told, **{key: tuple(told[key]) for key in ("articles_a_day", "unreadable_sources")}}
    values |= {key: Readings(**told[key]) for key in ("recent", "baseline")}
    values |= {key: Looks(**told[key]) for key in ("last_looks", "usual_looks")}
    return Vitals(**values)
