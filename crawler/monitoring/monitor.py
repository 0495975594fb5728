"""Monitor of a running schedule: a thread that reads the store every few seconds, serves metrics and health, and sends alerts.

Nothing here stops the schedule: a failure is logged and tried again in the next round.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from crawler.clock import Clock
from crawler.cluster import ReadClusterStatus, cluster_problems
from crawler.monitoring.alert_state import CurrentProblems, Problem, problems_of
from crawler.monitoring.collector import Measurement, MeasurementReader
from crawler.monitoring.state_files import LONGEST_SILENCE, SchedulePlan, read_heartbeat, read_plan, try_room
from pipelines.queries.articles import newest_revision
from pipelines.queries.search import search
from pipelines.store import saved_searches
from pipelines.store.database import Store, StoreError
from pipelines.store.rows import span

if TYPE_CHECKING:
    from crawler.monitoring.alerts import Alerts

logger = logging.getLogger(__name__)

ROUND_SECONDS = 15.0
"""Time between two readings, Prometheus's usual interval. Shorter: more reading of the ledger; longer: older numbers."""
SHOWN = 3
"""New hits of a saved search that an alert names."""
REVISIONS_WITHOUT_HIT = 10_000
"""Revisions without a hit after which a saved search need not check them again."""
LONGEST_ROUND_SECONDS = 180.0
"""Age of the last round from which the monitor itself counts as ill: a reading, a writer's wait, and slow mail servers."""


UNWRITABLE = "store"
"""Key of the problem that the ledger cannot be written, which only a running schedule sees."""
SILENT = "schedule"
"""Key of the problem that no schedule runs, which is only checked on request."""
CLUSTER = "cluster/"
"""Prefix of the keys of a cluster's problems."""


@dataclass(frozen=True, slots=True)
class MonitoredSchedule:
    """What a monitor needs to know of the schedule."""

    db: str
    judged: Callable[[str], bool]
    """Whether a site of the ledger is judged: disabled ones are not."""
    cluster: ReadClusterStatus | None = None
    """Reads the status of the cluster; None if there is none."""
    plan: Callable[[], SchedulePlan | None] | None = None
    """Reads the plan; None: the one that the ledger's schedule has stored beside it."""

    def read_plan(self) -> SchedulePlan | None:
        return self.plan() if self.plan else read_plan(self.db)


class Monitor:
    """Makes its rounds in its own thread."""

    def __init__(self, monitored: MonitoredSchedule, reader: MeasurementReader, clock: Clock, *,
                 alerts: Alerts | None = None, render: Callable[[Measurement], bytes] | None = None) -> None:  # fmt: skip
        """`render` formats the metrics; without it there are none."""
        self._monitored = monitored
        self._reader = reader
        self._clock = clock
        self._alerts = alerts
        self._render = render
        self._text: bytes | None = None
        self._unwritable: str | None = None
        self._no_archive: str | None = None
        self._round_ended = time.monotonic()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="watch", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """End the rounds, and save the counts. Waits for a running round, for a limited time."""
        self._stopping.set()
        self._thread.join(ROUND_SECONDS)
        if not self._thread.is_alive():  # else it is counting, and what it has counted is not whole
            self._reader.save()

    @property
    def text(self) -> bytes | None:
        """The metrics as of the last round."""
        return self._text

    def problems(self) -> list[str]:
        """Problems of the schedule itself; empty if it is well. Ill sites are not among them."""
        found = []
        heartbeat, now = read_heartbeat(self._monitored.db), self._clock()
        if heartbeat is None or not heartbeat.fresh(now):
            found.append(f"the schedule gave no sign of life for more than {span(LONGEST_SILENCE)}")
        plan = self._monitored.read_plan()
        if plan and plan.problem:
            found.append(f"{plan_problem(plan)}")
        if self._unwritable:
            found.append(f"the ledger cannot be written: {self._unwritable}")
        if self._no_archive:
            found.append(self._no_archive)
        if time.monotonic() - self._round_ended > LONGEST_ROUND_SECONDS:
            found.append(f"the last round of the watch is more than {LONGEST_ROUND_SECONDS:g} s ago")
        return found

    def round(self) -> None:
        """One round: try to write the store, read it, render the metrics, send alerts."""
        now = self._clock()
        self._unwritable = write_failure(self._monitored.db)
        problems = (Problem(UNWRITABLE, f"the ledger cannot be written: {self._unwritable}"),) if self._unwritable else ()
        try:
            plan = self._monitored.read_plan()
            reading = self._reader.read(now, self._monitored.judged, writable=not self._unwritable, plan=plan)
        except StoreError as error:
            logger.error("the ledger could not be read: %s", error)
            if self._alerts and problems:
                self._alerts.round(CurrentProblems(problems, whole=False), now)
            return
        self._no_archive = reading.no_archive
        self._text = self._render(reading) if self._render else None
        self._reader.save(always=False)
        if self._alerts:
            alive = reading.heartbeat is not None and reading.heartbeat.fresh(now)
            current = (*problems, *current_problems(reading))
            unseen = () if alive else (SILENT,)  # a thread that lives does not show that the timetable's does
            alert_round(self._alerts, self._monitored.db, CurrentProblems(current, reading.whole, unseen), now)

    def _run(self) -> None:
        while True:
            try:
                self.round()
            except Exception:  # the boundary of this thread: the next round may work
                logger.exception("a round of the watch failed")
            self._round_ended = time.monotonic()
            if self._stopping.wait(ROUND_SECONDS):
                return


def alert_round(alerts: Alerts, db: str, current: CurrentProblems, now: datetime) -> int:
    """A round of alerts, with new hits of saved searches; returns how many messages could not be sent.

    Hits count as reported once they are in the alert state: messages that cannot be sent now are tried again from there.
    """
    try:
        with Store(db, readonly=True) as store:
            found = dict(new_hits(store))
        failed = alerts.round(replace(current, problems=(*current.problems, *filter(None, found.values()))), now)
        noted = alerts.state().entries
        reported = {key: problem for key, problem in found.items() if problem is None or problem.key in noted}
        if reported:
            with Store(db) as store, store.transaction():
                for name, last in reported:
                    saved_searches.mark_reported(store, name, last)
    except StoreError as error:
        logger.error("saved searches could not be told of: %s", error)
        return alerts.round(current, now)
    return failed


def new_hits(store: Store) -> Iterator[tuple[tuple[str, int], Problem | None]]:
    """Name of a saved search and newest checked revision -> its new hits as an event; None if many revisions had none."""
    last = newest_revision(store)
    for known in saved_searches.saved_searches(store):
        if last <= known.told_revision_id:
            continue
        hits = search(store, known.words, newer_than=known.told_revision_id, limit=SHOWN, by_article=True)
        if hits.hits:
            shown = "; ".join(f"{hit.headline or hit.url} ({hit.site_name})" for hit in hits.hits)
            many = f"{'more than ' if hits.is_more else ''}{hits.total:,}"
            yield (
                (known.name, last),
                Problem(f"search:{known.name}/{last}", f"search {known.name}: {many} new: {shown}", lasts=False),
            )
        elif last - known.told_revision_id > REVISIONS_WITHOUT_HIT:
            yield (known.name, last), None


def current_problems(reading: Measurement) -> list[Problem]:
    """Everything in a measurement that an operator should know."""
    found = [problem for site, findings in reading.findings.items() for problem in problems_of(site, findings)]
    lost = dict.fromkeys(reading.lost)
    if reading.plan and reading.plan.problem:
        found.append(Problem("catalogue", plan_problem(reading.plan)))
    if reading.no_archive:
        found.append(Problem("archive", reading.no_archive))
    if reading.cluster is not None:
        found += [Problem(f"{CLUSTER}{key}", f"cluster: {text}") for key, text in cluster_problems(reading.cluster).items()]
    return found + [
        Problem(f"lost/{site}", f"{site}: a crawl was lost, its process ended without a word", lasts=False) for site in lost
    ]


def plan_problem(plan: SchedulePlan) -> str:
    """The fault of the catalogue, for people."""
    return f"the catalogue is wrong, and the plan of {plan.loaded} goes on: {plan.problem}"


def write_failure(db: str) -> str | None:
    """Why the ledger cannot be written now; None if a transaction could be begun, and a file written beside it."""
    try:
        with Store(db) as store, store.transaction():
            try_room(Path(db).absolute().parent)
    except StoreError as error:
        return str(error)
    except OSError as error:
        return f"{db}: {error.strerror}"
    return None
