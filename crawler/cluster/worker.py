"""An RQ worker for crawls, with settings that were measured to recover soon from a killed worker."""

from __future__ import annotations

import logging
import os
import re
import signal
import socket
import threading
import uuid
from collections.abc import Callable
from contextlib import suppress
from functools import partial

import rq.scheduler
from redis import Redis
from redis.exceptions import RedisError
from rq import Queue, Worker
from rq import worker_registration as registration
from rq.exceptions import StopRequested
from rq.executions import Execution
from rq.job import Job
from rq.serializers import JSONSerializer
from rq.utils import import_attribute

from crawler.cluster.queue import FUNCTION, CrawlJob, queue_of
from crawler.schedule.processes import end_with

logger = logging.getLogger(__name__)

WORKER_TTL_SECONDS = 30
MAINTENANCE_SECONDS = 20
"""With these a job whose worker was killed is back on the queue within about 80 s; with RQ's defaults it takes minutes."""
MONITORING_SECONDS = 10
"""How often a worker reports that its job still runs; a minute after its last report it counts as dead."""
ANSWER_SECONDS = 30.0
"""Redis delays its answer to a worker that waits for a job for half of this. A connection that is silent for longer is dead."""
_RECONNECT_SECONDS = 1.0


class CrawlWorker(Worker):
    """When told to end, it tells its crawl to end as well. It survives an absence of Redis; its crawl and its scheduler do not
    survive the worker."""

    stopping = threading.Event()
    tidy: Callable[[], None] = staticmethod(lambda: None)
    """Called between crawls, and regularly while there are none. One worker a process."""

    def handle_warm_shutdown_request(self) -> None:
        """End the crawl too: it may take an hour, and a worker that waited for it would be killed with it. The job goes back
        to the queue."""
        self.stopping.set()
        super().handle_warm_shutdown_request()  # type: ignore[no-untyped-call]
        if self.horse_pid:
            with suppress(ProcessLookupError):
                os.kill(self.horse_pid, signal.SIGTERM)

    def main_work_horse(self, job: Job, queue: Queue) -> None:
        """Runs in the crawl's own process."""
        end_with(self.pid or 0)
        super().main_work_horse(job, queue)

    def execute_job(self, job: Job, queue: Queue) -> None:
        """Keep the worker running if it cannot report a job's result, where RQ would end it. The job is requeued."""
        try:
            super().execute_job(job, queue)
        except RedisError as error:
            logger.warning("what became of the crawl of %s could not be told: %s", job.id, error)
            self._await_redis()

    def maintain_heartbeats(self, job: Job, execution: Execution) -> None:
        """While Redis is away, the crawl continues for as long as it may."""
        try:
            super().maintain_heartbeats(job, execution)
        except RedisError as error:
            logger.warning("Redis does not answer: %s", error)

    def run_maintenance_tasks(self) -> None:
        """Register again at a Redis that has lost everything."""
        if not self.connection.sismember(self.redis_workers_keys, self.key):
            self.connection.hset(self.key, mapping=self.serialize())
            registration.register(self)
        super().run_maintenance_tasks()  # type: ignore[no-untyped-call]
        self.tidy()

    def _await_redis(self) -> None:
        while not self.stopping.wait(_RECONNECT_SECONDS):
            with suppress(RedisError):
                self.connection.ping()
                return


def work(redis: Redis, name: str | None, tidy: Callable[[], None], *, burst: bool = False) -> bool:
    """Run crawls from the queue until told to end; with `burst`, until the queue is empty. Returns False if it ended by
    itself.

    `tidy()` is called between crawls, and every few seconds while there are none. `redis` must time out after
    ANSWER_SECONDS. Call once a process.
    """
    import_attribute(FUNCTION)  # once: each crawl is forked from here, and would import it again
    import_attribute("crawler.spiders.run.preload")()
    CrawlWorker.tidy = staticmethod(tidy)
    rq.scheduler.Job = CrawlJob  # type: ignore[attr-defined] # of jobs that were put off; it takes no class
    os.register_at_fork(after_in_child=partial(_end_with, os.getpid()))
    worker = CrawlWorker(
        [queue_of(redis)], job_class=CrawlJob, name=_unique(name), connection=redis, serializer=JSONSerializer,
        worker_ttl=WORKER_TTL_SECONDS, maintenance_interval=MAINTENANCE_SECONDS, job_monitoring_interval=MONITORING_SECONDS,
    )  # fmt: skip
    try:
        worker.work(with_scheduler=not burst, burst=burst, logging_level="WARNING")
    except (RedisError, StopRequested) as error:  # as it says goodbye
        logger.warning("the worker ends: %s", error or "it was asked to")
    return burst or worker.stopping.is_set()


def _end_with(worker: int) -> None:
    """Runs in what a worker has forked: its crawl, and RQ's scheduler. They handle their own children."""
    if os.getppid() == worker:
        end_with(worker)


def _unique(name: str | None) -> str:
    """A unique name: RQ accepts no name twice, and remembers that of a killed worker for a while."""
    return f"{name or re.sub(r'[^A-Za-z0-9-]', '-', socket.gethostname())[:60]}.{uuid.uuid4().hex[:6]}"
