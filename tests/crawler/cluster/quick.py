"""The `newsledger` command with a cluster's times made short: `python -m tests.crawler.cluster.quick worker ...`."""

from __future__ import annotations

from crawler.cli import main
from crawler.cluster import jobs, lease, queue, worker

TTL_SECONDS = 3.0
MARGIN_SECONDS = 0.3


def hurry() -> None:
    """Make this process, and what it forks, as quick as a test wants it."""
    lease.TTL_SECONDS, lease.MARGIN_SECONDS = TTL_SECONDS, MARGIN_SECONDS
    queue.BUSY_SECONDS = jobs.BUSY_SECONDS = jobs.SILENT_SECONDS = 1
    worker.MAINTENANCE_SECONDS, worker.MONITORING_SECONDS = 1, 2


if __name__ == "__main__":
    hurry()
    main()
