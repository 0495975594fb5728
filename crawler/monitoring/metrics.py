"""The metrics: their families, labels, and the samples of each from a reading. Knows no Prometheus.

docs/operate/metrics.md documents every family; a test checks that.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from crawler.cluster import ClusterStatus
from crawler.monitoring.collector import Measurement
from pipelines.history.anomalies import FIELDS
from pipelines.queries.health import HealthMetrics, is_ill
from pipelines.reasons import CrawlReason
from pipelines.store.rows import instant_of


class MetricKind(StrEnum):
    """How a number may change: only grow, or go up and down."""

    COUNTER = "counter"
    GAUGE = "gauge"


@dataclass(frozen=True, slots=True)
class MetricFamily:
    """A metric's name, labels and meaning. A counter's name is without the `_total` of its samples."""

    name: str
    kind: MetricKind
    labels: tuple[str, ...]
    meaning: str

    @property
    def sample(self) -> str:
        """The name in queries and alert rules."""
        return f"{self.name}_total" if self.kind is MetricKind.COUNTER else self.name


Sample = tuple[MetricFamily, tuple[str, ...], float]

MAX_LABEL_CHARS = 120


def _counter(name: str, meaning: str, *labels: str) -> MetricFamily:
    return MetricFamily(f"newsledger_{name}", MetricKind.COUNTER, labels, meaning)


def _gauge(name: str, meaning: str, *labels: str) -> MetricFamily:
    return MetricFamily(f"newsledger_{name}", MetricKind.GAUGE, labels, meaning)


_TALLIED = {
    "crawls": _counter("crawls", "Crawls and planned starts, by outcome.", "site", "trigger", "outcome"),
    "crawl_seconds": _counter("crawl_seconds", "Seconds that crawls took, from start to end.", "site"),
    "requests": _counter("requests", "Requests of crawls that have ended, robots.txt and retries included.", "site"),
    "fetches": _counter("fetches", "Fetches of article URLs, by outcome.", "site", "outcome"),
    "responses": _counter("responses", "The same fetches, by class of HTTP status.", "site", "class"),
    "fetched_bytes": _counter("fetched_bytes", "Bytes of the fetched pages, uncompressed.", "site"),
    "revisions": _counter("revisions", "Revisions written, by kind of change.", "site", "change"),
    "passed_over": _counter("passed_over", "Candidates and rechecks that crawls skipped or postponed.", "reason"),
}
"""Kind of tally -> its family; the keys of a tally are the labels."""

_SITE = {
    "success": _gauge("site_last_success_timestamp_seconds", "When a crawl of the site last finished.", "site"),
    "ill": _gauge("site_ill", "1 if `newsledger health` calls the site ill.", "site"),
    "finding": _gauge("site_finding", "1 for each thing that is wrong with a site.", "site", "code"),
    "failures": _gauge("site_failures_in_a_row", "Crawls in a row, the last included, that failed or were lost.", "site"),
    "closed": _gauge("site_host_closed", "1 if the host refused so often that it ended the last crawl.", "site"),
    "quarantined": _gauge("site_quarantined_readings", "Untrusted readings in quarantine.", "site"),
    "articles": _gauge("site_articles_last_day", "New articles in the day before the last success.", "site"),
    "usual": _gauge("site_articles_usual", "New articles of the median day before that.", "site"),
    "share": _gauge("site_field_share", "Part of the newest revisions that has the field.", "site", "field"),
    "ledger_growth": _gauge("site_store_growth_bytes_per_day", "The site's part of the growth of the ledger.", "site"),
    "archive_growth": _gauge("site_archive_growth_bytes_per_day", "The site's part of the growth of the archive.", "site"),
    "usual_share": _gauge("site_field_usual_share", "The same of the revisions before those.", "site", "field"),
}

_CLOSED = frozenset({CrawlReason.HOST_SUSPENDED, CrawlReason.OTHER_HOST_SUSPENDED})

_LEDGER = {
    "watched": _gauge("sites_watched", "Sites that are judged: in the ledger, and not switched off."),
    "all_ill": _gauge("sites_ill", "Sites among these that are ill."),
    "under_way": _gauge("crawls_running", "Crawls that have begun and not ended, whoever started them."),
    "beat": _gauge("schedule_heartbeat_timestamp_seconds", "When the schedule last gave a sign of life."),
    "scheduled": _gauge("schedule_sites", "Sites on the timetable."),
    "queued": _gauge("schedule_queued", "Starts that came due and wait for a free place or their host."),
    "running": _gauge("schedule_running", "Crawls that the schedule has running."),
    "peak": _gauge("crawl_peak_memory_bytes", "Peak memory of the largest crawl since the schedule started."),
    "config": _gauge("config_last_reload_successful", "1 if the catalogue is as it was last read; 0: it is wrong now."),
    "config_at": _gauge("config_last_reload_success_timestamp_seconds", "When the catalogue was last read without a fault."),
    "store": _gauge("store_size_bytes", "The ledger's file."),
    "wal": _gauge("store_wal_size_bytes", "Its write-ahead log."),
    "free": _gauge("store_disk_free_bytes", "Free space on its disk."),
    "store_growth": _gauge("store_growth_bytes_per_day", "Growth of the ledger, at the pace of the last 30 days."),
    "archive": _gauge("archive_size_bytes", "The archive's files."),
    "archive_growth": _gauge("archive_growth_bytes_per_day", "Growth of the archive, at the same pace."),
    "archive_free": _gauge("archive_disk_free_bytes", "Free space on the archive's disk."),
    "archive_there": _gauge("archive_present", "0 if the archive's folder is empty and the ledger points at pages there."),
    "days_left": _gauge("disk_full_seconds", "Seconds until the first of these disks is full; absent if nothing grows."),
    "writable": _gauge("store_writable", "1 if a transaction could be begun and the folder written to."),
    "read": _gauge("reading_timestamp_seconds", "When these numbers were read."),
    "read_seconds": _gauge("reading_seconds", "How long that took."),
}

_CLUSTER = {
    "up": _gauge("cluster_up", "1 if the cluster's Redis answers; absent if there is no cluster."),
    "queued": _gauge("cluster_queued", "Crawls that wait for a worker."),
    "put_off": _gauge("cluster_put_off", "Postponed crawls: for their host, for the writer, or to be tried again."),
    "running": _gauge("cluster_running", "Crawls under way on workers."),
    "failed": _gauge("cluster_failed", "Crawls that failed on the queue within the last minute."),
    "workers": _gauge("cluster_workers", "Workers with a recent heartbeat."),
    "leases": _gauge("cluster_leases", "Leased hosts."),
    "unwritten": _gauge("cluster_unwritten", "Fetches on the stream that are not written yet."),
    "oldest": _gauge("cluster_oldest_unwritten_seconds", "Age of the oldest of them."),
    "writer": _gauge("cluster_writer_up", "1 if a writer is running."),
    "refused": _gauge("cluster_refused", "Refused entries."),
    "memory": _gauge("cluster_redis_memory_bytes", "Memory of Redis."),
}

FAMILIES = (*_TALLIED.values(), *_SITE.values(), *_LEDGER.values(), *_CLUSTER.values())


def samples(reading: Measurement) -> Iterator[Sample]:
    """All samples of a reading. Unknown values are left out, never 0."""
    for kind, family in _TALLIED.items():
        for key, count in list(reading.tallies.counts[kind].items()):
            yield family, tuple(label[:MAX_LABEL_CHARS] for label in key), count
    for site, growth in reading.disk.sites.items() if reading.disk else ():
        yield _SITE["ledger_growth"], (site,), growth.ledger_bytes_a_day
        yield _SITE["archive_growth"], (site,), growth.archive_bytes_a_day
    for site, health_metrics in reading.health_metrics.items():
        yield from _site_samples(reading, site, health_metrics)
    yield from ((family, (), value) for family, value in _ledger_samples(reading) if value is not None)
    if reading.cluster is not None:
        yield from ((_CLUSTER[name], (), value) for name, value in _cluster_samples(reading.cluster))


def _site_samples(reading: Measurement, site: str, health_metrics: HealthMetrics) -> Iterator[Sample]:
    findings = reading.findings[site]
    if health_metrics.last_success:
        yield _SITE["success"], (site,), instant_of(health_metrics.last_success).timestamp()
        yield _SITE["articles"], (site,), health_metrics.articles_last_day
    yield _SITE["ill"], (site,), is_ill(findings)
    for code in {finding.code for finding in findings if finding.ill}:
        yield _SITE["finding"], (site, code), 1
    yield _SITE["failures"], (site,), health_metrics.failures
    yield _SITE["closed"], (site,), health_metrics.last_reason_code in _CLOSED
    yield _SITE["quarantined"], (site,), health_metrics.quarantined
    if health_metrics.usual_articles is not None:
        yield _SITE["usual"], (site,), health_metrics.usual_articles
    for name in FIELDS:
        if health_metrics.recent.count:
            yield _SITE["share"], (site, name), health_metrics.recent.share(name)
        if health_metrics.baseline.count:
            yield _SITE["usual_share"], (site, name), health_metrics.baseline.share(name)


def _ledger_samples(reading: Measurement) -> Iterator[tuple[MetricFamily, float | None]]:
    heartbeat, sizes = reading.heartbeat, reading.sizes
    alive = heartbeat if heartbeat and heartbeat.fresh(reading.at) else None  # the queue of a dead schedule is nobody's
    yield _LEDGER["watched"], len(reading.health_metrics)
    yield _LEDGER["all_ill"], sum(is_ill(findings) for findings in reading.findings.values())
    yield _LEDGER["under_way"], len(reading.tallies.running)
    yield _LEDGER["beat"], instant_of(heartbeat.at).timestamp() if heartbeat else None
    yield _LEDGER["scheduled"], alive.sites if alive else None
    yield _LEDGER["queued"], alive.queued if alive else None
    yield _LEDGER["running"], alive.running if alive else None
    yield _LEDGER["peak"], alive.peak if alive and alive.peak else None
    yield _LEDGER["config"], not reading.plan.problem if reading.plan else None
    yield _LEDGER["config_at"], instant_of(reading.plan.loaded).timestamp() if reading.plan else None
    yield _LEDGER["store"], sizes.store
    yield _LEDGER["wal"], sizes.wal
    yield _LEDGER["free"], sizes.free
    if disk := reading.disk:
        yield _LEDGER["store_growth"], disk.ledger_bytes_a_day
        yield _LEDGER["archive"], disk.archive_bytes
        yield _LEDGER["archive_growth"], disk.archive_bytes_a_day
        yield _LEDGER["archive_free"], disk.archive_free_bytes
        yield _LEDGER["days_left"], None if disk.days_left is None else disk.days_left * 86_400
    yield _LEDGER["archive_there"], not reading.no_archive
    yield _LEDGER["writable"], reading.writable
    yield _LEDGER["read"], reading.at.timestamp()
    yield _LEDGER["read_seconds"], reading.seconds


def _cluster_samples(status: ClusterStatus | str) -> Iterator[tuple[str, float]]:
    yield "up", not isinstance(status, str)
    if isinstance(status, str):
        return
    yield from (("queued", status.queued), ("put_off", status.put_off), ("running", status.running))
    yield from (("failed", status.failed), ("workers", len(status.workers)), ("leases", len(status.leases)))
    yield from (("unwritten", status.unwritten), ("writer", status.writer is not None), ("refused", status.refused))
    yield "oldest", status.oldest.total_seconds() if status.oldest else 0
    yield "memory", status.memory_bytes
