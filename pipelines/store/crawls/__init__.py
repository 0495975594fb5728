"""The record of crawls: running, finished or lost, with their counts; also the crawled sites, their sources, and the log lines
that `crawler.logs` writes beside the ledger, one file a site.

Stores the ids of processes but never inspects a process: the caller passes a function that says which of them run.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Any

from pipelines.reasons import CodedReason, CrawlReason
from pipelines.store.database import Row, Store, StoreError
from pipelines.store.rows import instant_of, moment, optional_instant, optional_moment

IMPORTED = """EXISTS (SELECT 1 FROM articles WHERE site_id = {0})
    AND NOT EXISTS (SELECT 1 FROM crawls WHERE site_id = {0} AND trigger NOT IN ('import', 'merge'))"""
"""SQL: whether a site has articles and was never crawled here."""
KEPT_BYTES = 256 * 1024
"""Size of a file of log lines, two for each site: some hundred crawls. Higher: a search for one crawl's lines reads more."""
_SITE = re.compile(r"[a-z0-9-]{1,80}")
"""Site ids that have a file of log lines. In a ledger from a stranger an id may be any text, and must not become a path."""


class CrawlOutcome(StrEnum):
    """How a crawl ended, or why it did not begin."""

    RUNNING = "running"
    FINISHED = "finished"
    STOPPED = "stopped"
    FAILED = "failed"
    LOST = "lost"
    SKIPPED = "skipped"
    MISSED = "missed"


@dataclass(frozen=True, slots=True)
class Source:
    """What the ledger keeps of a feed, sitemap or section page between crawls."""

    url: str
    kind: str
    fetched: datetime
    status: int | None = None
    etag: str | None = None
    last_modified: str | None = None
    claimed_modified: str | None = None
    """Its modification time in the sitemap index when it was last read. While that is the same, the sitemap is not fetched."""
    candidates: int = 0
    dated: int = 0
    """Number of its entries with a modification time."""
    contributed: int = 0
    """Number of unknown articles that it named at its last reading and that no sitemap named."""
    problem_code: str | None = None
    """A SourceProblem if it named nothing."""
    problem: str | None = None
    """The problem as a sentence."""


def put_sites(store: Store, sites: Iterable[Row]) -> None:
    """Copy the sites of the catalogue into the ledger; `sites` are rows of the table `sites`."""
    store.upsert("sites", sites, "id")


def is_imported(store: Store, site_id: str) -> bool:
    """Whether all articles of a site came from archives, records or other ledgers, and the site was never crawled here."""
    return bool(store.value(f"SELECT {IMPORTED.format('?1')}", (site_id,)))


@dataclass(frozen=True, slots=True)
class Pause:
    """The last pause of a site, over or not."""

    since: datetime
    until: datetime | None
    """When it ends or ended; None if it lasts until somebody resumes the site."""

    def holds(self, now: datetime) -> bool:
        """Whether the pause is still in force."""
        return self.until is None or self.until > now


def pauses(store: Store, site_id: str | None = None) -> dict[str, Pause]:
    """The last pause of each site that ever had one, or only that of `site_id`."""
    one = "" if site_id is None else " AND id = :site"
    sql = f"SELECT id, paused, paused_until AS until FROM sites WHERE paused IS NOT NULL{one}"  # noqa: S608 - our own words
    rows = store.rows(sql, {"site": site_id})
    return {row["id"]: Pause(instant_of(row["paused"]), optional_instant(row["until"])) for row in rows}


def pause_site(store: Store, site_id: str, pause: Pause) -> None:
    """Keep schedules from starting crawls of a site during a pause; raises StoreError if the ledger has no such site."""
    with store.transaction():
        if not store.value("SELECT 1 FROM sites WHERE id = ?", (site_id,)):
            raise StoreError(f"{store.path}: the ledger has no site {site_id}")
        store.update("sites", site_id, {"paused": moment(pause.since), "paused_until": optional_moment(pause.until)})


def note_next(store: Store, starts: Mapping[str, datetime | None]) -> None:
    """Store the next planned starts of sites, for readers of the ledger."""
    with store.transaction():
        for site_id, start in starts.items():
            store.update("sites", site_id, {"next_crawl": optional_moment(start)})


def start_crawl(store: Store, site_id: str | None, trigger: str, now: datetime, planned: datetime | None = None, *,
                pid: int | None = None, worker: str | None = None, job: str | None = None) -> int:  # fmt: skip
    """Insert the row of a running crawl: of a process of this machine (`pid`), or of a `worker` elsewhere (with a `job`)."""
    row = {"site_id": site_id, "trigger": trigger, "planned": optional_moment(planned), "started": moment(now)}
    with store.transaction():
        return store.insert("crawls", {**row, "outcome": CrawlOutcome.RUNNING, "pid": pid, "worker": worker, "job": job})


def lose_dead(store: Store, now: datetime, is_running: Callable[[int], bool]) -> list[str]:
    """Mark this machine's running crawls as lost if their process has ended; return their sites. Skips crawls of workers."""
    lost = []
    with store.transaction():
        sql = "SELECT id, pid, site_id FROM crawls WHERE outcome = 'running' AND worker IS NULL"
        for crawl in list(store.rows(sql)):
            if not crawl["pid"] or not is_running(crawl["pid"]):
                why = _reason_columns(CodedReason(CrawlReason.PROCESS_DIED, "its process ended without a word"))
                store.update("crawls", crawl["id"], {"outcome": CrawlOutcome.LOST, "finished": moment(now), **why})
                lost.append(str(crawl["site_id"]))
    return lost


def note_crawl(store: Store, site_id: str, trigger: str, outcome: CrawlOutcome, planned: datetime, now: datetime,
               reason: CodedReason) -> int:  # fmt: skip
    """Insert a row for a planned start that led to no crawl: skipped, missed, or failed before it began."""
    row = {"site_id": site_id, "trigger": trigger, "planned": moment(planned), "started": None, "finished": moment(now)}
    with store.transaction():
        return store.insert("crawls", {**row, "outcome": outcome, **_reason_columns(reason)})


def close_left_open(store: Store, pid: int, outcome: CrawlOutcome, reason: CodedReason, now: datetime) -> None:
    """Close the rows of a process that ended without closing them."""
    with store.transaction():
        for row in list(store.rows("SELECT id FROM crawls WHERE outcome = 'running' AND pid = ?", (pid,))):
            store.update("crawls", row["id"], {"outcome": outcome, "finished": moment(now), **_reason_columns(reason)})


_WITHOUT_ARCHIVE = """
SELECT c.reason FROM crawls c JOIN (SELECT max(id) AS last FROM crawls WHERE outcome IN ('finished', 'stopped', 'failed')
    AND id > (SELECT max(id) FROM crawls) - 1000 GROUP BY site_id) ON c.id = last
WHERE c.worker IS NOT NULL AND c.reason_code = 'archive_missing' ORDER BY c.id DESC LIMIT 1
"""


def last_reason_code(store: Store, site_id: str) -> str | None:
    """The reason code of the site's last crawl that finished, stopped or failed."""
    ran = "('finished', 'stopped', 'failed')"
    sql = f"SELECT reason_code FROM crawls WHERE site_id = ? AND outcome IN {ran} ORDER BY id DESC LIMIT 1"  # noqa: S608 - our own words
    return store.text(sql, (site_id,))


def worker_without_archive(store: Store) -> str | None:
    """Why the newest crawl of a site that workers could not archive failed; None if no site's last crawl failed for that. Of the
    last 1,000 crawls."""
    return store.text(_WITHOUT_ARCHIVE)


def last_planned(store: Store, site_id: str, until: datetime, *, by_hand: bool = True) -> datetime | None:
    """The latest time up to `until` for which a crawl of the site was planned, or (`by_hand`) at which it began; None without.

    Later times were written by a clock that has since been set back; they must not make the site wait until then.
    """
    when = "coalesce(planned, started)" if by_hand else "planned"
    sql = f"SELECT max({when}) FROM crawls WHERE site_id = ? AND {when} <= ?"  # noqa: S608 - our own words
    return optional_instant(store.text(sql + ("" if by_hand else " AND trigger = 'schedule'"), (site_id, moment(until))))


def starts_waited(store: Store, site_id: str) -> tuple[datetime | None, datetime | None]:
    """The last planned start that is accounted for, and the first later one skipped because the previous crawl was running."""
    row = store.row(_STARTS_WAITING, (CrawlReason.PREVIOUS_RUNNING, site_id)) or {}
    return optional_instant(row.get("accounted")), optional_instant(row.get("waited"))


_STARTS_WAITING = """
WITH planned AS (SELECT planned, reason_code IS ? AS waits FROM crawls
    WHERE site_id = ? AND trigger = 'schedule' AND planned IS NOT NULL ORDER BY id DESC LIMIT 200),
told AS (SELECT max(planned) AS at FROM planned WHERE NOT waits)
SELECT told.at AS accounted, min(planned.planned) AS waited FROM told LEFT JOIN planned ON waits AND planned > told.at
"""


def made_already(store: Store, site_id: str, planned: datetime, now: datetime) -> int | None:
    """Id of the crawl that another schedule made of a planned start and that has ended; None if there is none."""
    sql = "SELECT id FROM crawls WHERE site_id = ? AND planned = ? AND trigger = 'schedule' AND finished <= ? AND outcome IN "
    found = store.value(
        sql + "('finished', 'stopped', 'failed') AND started IS NOT NULL", (site_id, moment(planned), moment(now))
    )
    return int(found) if found else None


def rows_of_start(store: Store, site_id: str, planned: datetime) -> int:
    """Number of rows of a planned start: one for each schedule that planned it."""
    return int(store.value("SELECT count(*) FROM crawls WHERE site_id = ? AND planned = ?", (site_id, moment(planned))))


def last_of_start(store: Store, site_id: str, planned: datetime) -> Row | None:
    return store.row(
        "SELECT * FROM crawls WHERE site_id = ? AND planned = ? ORDER BY id DESC LIMIT 1", (site_id, moment(planned))
    )


def finish_crawl(store: Store, crawl_id: int, outcome: CrawlOutcome, now: datetime, *, reason: CodedReason | None = None,
                 requests: int = 0, candidates: int = 0, skipped: Mapping[str, int] | None = None) -> None:  # fmt: skip
    """Close a crawl's row. Fetches, errors, bytes and revisions are counted from the ledger."""
    with store.transaction():
        fetched = (
            "SELECT outcome, count(*) AS n, coalesce(sum(bytes), 0) AS bytes FROM fetches WHERE crawl_id = ? GROUP BY outcome"
        )
        by_outcome = list(store.rows(fetched, (crawl_id,)))
        counts = {row["outcome"]: row["n"] for row in by_outcome}
        stored = {**counts, **({"skipped": dict(skipped)} if skipped else {})}
        revisions = store.value("SELECT count(*) FROM revisions WHERE crawl_id = ?", (crawl_id,))
        store.update("crawls", crawl_id, {
            "outcome": outcome, "finished": moment(now), **_reason_columns(reason),
            "requests": requests, "candidates": candidates,
            "looks": sum(counts.values()), "errors": counts.get("error", 0), "bytes": sum(row["bytes"] for row in by_outcome),
            "revisions": revisions, "counts": json.dumps(stored),
        })  # fmt: skip


def put_health_metrics(store: Store, site_id: str, crawl_id: int, metrics: Row) -> None:
    """Store what the end of a crawl says about its site's health."""
    row = {"site_id": site_id, "crawl_id": crawl_id, "metrics": json.dumps(metrics, separators=(",", ":"))}
    store.insert("health_metrics", row, on_conflict="REPLACE")


def put_source(store: Store, site_id: str, source: Source) -> None:
    """Store a source; the columns are the fields of `Source`."""
    row = {"site_id": site_id, **asdict(source), "fetched": moment(source.fetched)}
    store.insert("sources", row, on_conflict="REPLACE")


def _reason_columns(reason: CodedReason | None) -> Row:
    return {"reason": reason and reason.text, "reason_code": reason and reason.code}


def path_of_lines(db: Path, site: str) -> Path:
    """The file of a site's log lines; older lines are in the file of the same name with `.1` appended."""
    path = db.absolute()
    return path.parent / "logs" / f"{path.stem}-{site}.jsonl"


def kept_lines(db: Path, site: str, crawl_id: int) -> list[dict[str, Any]]:
    """The log lines of one crawl that still exist, oldest first."""
    if not _SITE.fullmatch(site):
        return []
    path, read = path_of_lines(db, site), b""
    for file in (path.with_name(f"{path.name}.1"), path):
        with suppress(OSError), file.open("rb") as stream:
            read += stream.read(2 * KEPT_BYTES)
    lines = filter(None, map(read_line, read.decode("ascii", "replace").splitlines()))
    return [line for line in lines if line.get("crawl") == crawl_id]


def read_line(text: str) -> dict[str, Any] | None:
    """A line that `crawler.logs` wrote, parsed; None for any other."""
    if not text.startswith('{"time": ') or not text.isascii():
        return None
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None
