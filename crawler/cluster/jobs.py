"""The RQ job of one crawl: runs in a process of the worker, under the host's lease.

A job that could not crawl (another worker has the host, there is no writer) returns `Retry`: it is postponed, and never counts
as done without a crawl.
"""

from __future__ import annotations

import logging
import os
import signal
import socket
from datetime import datetime
from typing import Any

from redis.exceptions import RedisError
from rq import Retry

from crawler import config
from crawler.catalogue.site import Site
from crawler.clock import Clock, clock
from crawler.cluster.client import WriterClient
from crawler.cluster.lease import Lease
from crawler.cluster.messages import decode_order, site_of
from crawler.cluster.queue import BUSY_SECONDS, NEVER_GIVEN_UP, CrawlJob, connect
from crawler.crawl.remote import DispatchError
from crawler.crawl.session import CrawlResult
from crawler.spiders.run import Options, crawl_for
from pipelines.reasons import CrawlReason
from pipelines.store.crawls import CrawlOutcome

logger = logging.getLogger(__name__)

SILENT_SECONDS = 15
"""The same if there is no writer, or Redis has just started."""
NOT_BEGUN = "it was asked to end before it asked for anything"
BROKE_DOWN = "the crawl broke down; its worker's log tells why"


def crawl(text: str, _: str) -> dict[str, Any] | Retry:
    """The job: crawl the site of an order (JSON, whose signature `CrawlJob` has checked) under the host's lease, or postpone
    it.

    Runs in a process of its own, forked by RQ.
    """
    signal.signal(signal.SIGALRM, _end_gracefully)
    settings = config.load(config.find(os.environ), os.environ)
    order = decode_order(text)
    site, now = site_of(order.site), clock(settings.text("now"))
    redis = connect(settings.text("redis"))
    worker = os.environ.get("RQ_WORKER_ID") or f"{socket.gethostname()}:{os.getppid()}"
    lease = Lease(redis, site.politeness_group, worker)
    try:
        why_not = lease.acquire()
    except RedisError as error:
        return _put_off(site, f"Redis does not answer: {error}", SILENT_SECONDS)
    if why_not:
        return _put_off(site, why_not, BUSY_SECONDS)
    client = WriterClient(redis, lease, worker, now, CrawlJob.keys)
    options = Options(db="", recheck=order.recheck, trigger=order.trigger, planned=order.planned,
                      log_level=settings.text("log_level"), log=settings.text("log"), warc=settings.text("warc"))  # fmt: skip
    try:
        crawl_id = _crawl_under(client, site, options, now, order.seconds)
    except DispatchError as error:
        return _put_off(site, str(error), SILENT_SECONDS)
    finally:
        lease.release()
    if client.result is None or not client.delivered or client.result.outcome is CrawlOutcome.STOPPED:
        return _put_off(site, (client.result and client.result.reason) or "its end could not be told", BUSY_SECONDS)
    return {"crawl": crawl_id, "outcome": client.result.outcome.value, "requests": client.result.requests}


def _crawl_under(client: WriterClient, site: Site, options: Options, now: Clock, seconds: float) -> int:
    """The crawl's id. Raises DispatchError if it could not start, or its end could not be reported."""
    planned = datetime.fromisoformat(options.planned) if options.planned else None
    opened = client.open(site, options.trigger, planned, now())
    try:
        crawl_for(site, options, client, opened, seconds)
    except Exception:  # the boundary of a crawl: what is wrong with it is wrong with the next attempt too
        logger.exception("%s: the crawl broke down", site.id, extra={"site": site.id})
        if client.result is None:
            client.end(CrawlResult(CrawlOutcome.FAILED, BROKE_DOWN, now(), reason_code=CrawlReason.PROCESS_DIED))
    if client.result is None:  # its worker died, or was asked to end, while it was still being set up
        client.end(CrawlResult(CrawlOutcome.STOPPED, NOT_BEGUN, now(), reason_code=CrawlReason.ASKED_TO_END))
    return opened[0]


def _end_gracefully(*_: object) -> None:
    """End the crawl gracefully. RQ's alarm would raise an exception anywhere in the reactor, which would catch it."""
    os.kill(os.getpid(), signal.SIGTERM)


def _put_off(site: Site, reason: str, seconds: int) -> Retry:
    logger.info("%s: put off for %d s: %s", site.id, seconds, reason, extra={"site": site.id})
    return Retry(NEVER_GIVEN_UP, seconds)
