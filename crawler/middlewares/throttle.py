"""The throttle: rate limit, back-off and circuit breaker of each host that a crawl requests.

`HostThrottle` is pure: each answer in, the pause out; time is passed in, in seconds of any monotonic clock.
`ThrottleMiddleware` delays requests accordingly. Refusals are recorded as refusals and never circumvented.
"""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass, replace
from typing import Self
from urllib.parse import urlsplit

from scrapy import Request, signals
from scrapy.crawler import Crawler
from scrapy.downloadermiddlewares.retry import get_retry_request
from scrapy.exceptions import DownloadCancelledError, IgnoreRequest
from scrapy.http import Response

from crawler.catalogue.site import host_of
from crawler.clock import Clock, clock
from crawler.crawl.block_pages import plain_headers, refusal_of, retry_after
from crawler.crawl.remote import RetryClock, scope_of
from crawler.middlewares import HostSuspended
from crawler.schedule.processes import RetryAfterFile, locks_of, machine_folder
from pipelines.reasons import CodedReason, CrawlReason, FetchReason, coded

logger = logging.getLogger(__name__)

REFUSALS_TO_END = 5
"""Consecutive refusals after which the circuit opens: the host gets no more requests. Higher: a host that blocks us is bothered
longer; lower: one blocked page ends the crawl of a whole site."""

FAILURES_TO_END = 60
"""The same for 5xx and no answer, with retries: twenty pages. A paper that is down does not need 1,980 more requests."""

LONGEST_WAIT_SECONDS = 600.0
"""A longer Retry-After ends the host's crawl: the next one comes soon enough."""

KEPT_SECONDS = 86_400.0
"""A host that asks to wait longer is requested again after a day: the header may have been a mistake."""

LONGEST_PAUSE_SECONDS = 60.0
"""The longest pause while a host fails, or the site's own delay if that is longer."""

ON_ITS_WAY_SECONDS = 1.0
"""A request of a killed crawl may reach the host this much later; the next crawl waits for this too."""

STEP_SECONDS = 0.5
"""How often a waiting request checks whether the crawl must stop."""

NOTED_SECONDS = 2.0
"""While a crawl runs, a shorter wait is not stored for the next one: otherwise a site without a delay would cause a write at
each request and answer. Only a killed crawl leaves it so."""


@dataclass(frozen=True, slots=True)
class HostAnswer:
    """The relevant facts of one answer, or of a missing one."""

    status: int | None = None
    """None: no answer came."""
    refusal: str | None = None
    """How it refused us; see `crawler.crawl.block_pages`."""
    retry_after: float | None = None
    """Seconds."""


class HostThrottle:
    """Rate limit, back-off and circuit breaker of one host. Times are seconds of one monotonic clock."""

    def __init__(self, host: str, *, wary: bool = False, not_before: float | None = None) -> None:
        """`wary`: it refused us the last time, so the first refusal is enough until it answers otherwise.

        `not_before`: the end of a wait from the previous crawl.
        """
        self._host = host
        self._bound = 1 if wary else REFUSALS_TO_END
        self._refusals: list[str] = []
        self._failures = 0
        self._last_answer: float | None = None
        self._not_before = not_before
        self.ended: str | None = None
        """Why the host gets no more requests; None while it may."""

    def wait(self, now: float, delay: float) -> float:
        """Seconds to wait before the next request: `delay` after the last answer, doubled for each failure in a row.

        Counted from the answer, not from our request, so that the server never sees a shorter gap.
        """
        pause = max(delay, min(delay * 2.0**self._failures, LONGEST_PAUSE_SECONDS))
        times = [0.0]
        if self._last_answer is not None:
            times.append(self._last_answer + pause - now)
        if self._not_before is not None:
            times.append(self._not_before - now)
        return max(times)

    def begin(self, now: float) -> None:
        """Before the first request: end immediately if the host has imposed a wait longer than LONGEST_WAIT_SECONDS."""
        if self._not_before is not None and self._not_before - now > LONGEST_WAIT_SECONDS:
            self._end(f"asks to wait {self._not_before - now:.0f} s more")

    def note_traffic(self, now: float) -> None:
        """Note that something came from the host; the next gap counts from here."""
        self._last_answer = now

    def record(self, answer: HostAnswer, now: float) -> bool:
        """Record an answer. True: the host wants the request again later, after `wait`."""
        self.note_traffic(now)
        wanted_wait = answer.retry_after if answer.status in (429, 503) else None
        if answer.refusal:
            self._refused(answer.refusal)
            if wanted_wait is not None:
                self._note_retry_after(wanted_wait, now)
        elif wanted_wait is not None:
            return self._note_retry_after(wanted_wait, now)
        elif answer.status == 429:
            self._refused("status 429")
        elif answer.status is None or answer.status >= 500 or answer.status == 408:
            self._failed()
        else:
            self._refusals.clear()
            self._failures, self._bound = 0, REFUSALS_TO_END
        return False

    def _note_retry_after(self, seconds: float, now: float) -> bool:
        self._not_before = now + min(seconds, KEPT_SECONDS)
        if seconds > LONGEST_WAIT_SECONDS:
            self._end(f"asks to wait {seconds:.0f} s")
            return False
        return True

    def _refused(self, how: str) -> None:
        self._refusals.append(how)
        if len(self._refusals) >= self._bound:
            often = "once" if len(self._refusals) == 1 else f"{len(self._refusals)} times"
            self._end(f"refused {often} ({'; '.join(dict.fromkeys(self._refusals))})")

    def _failed(self) -> None:
        self._failures += 1
        if self._failures >= FAILURES_TO_END:
            self._end(f"failed {self._failures} times on end")

    def _end(self, what: str) -> None:
        if self.ended is None:
            self.ended = coded(FetchReason.HOST_SUSPENDED, self._host, what).text
            logger.warning("%s", self.ended)


class ThrottleMiddleware:
    """Comes last before the request is sent and first after the decompressed response, so that it sees every attempt."""

    def __init__(self, crawler: Crawler, delay: float, clock: Clock, retry_clock: RetryClock | None = None) -> None:
        """`retry_clock`: waits imposed on earlier crawls, and stored for later ones."""
        self._crawler = crawler
        self._retry_clock = retry_clock
        self._delay = delay
        self._clock = clock
        self._hosts: dict[str, HostThrottle] = {}
        self._due: dict[str, float] = {}
        self._noted: dict[str, float] = {}
        crawler.signals.connect(self.downloaded, signals.response_downloaded)
        crawler.signals.connect(self.spider_closed, signals.spider_closed)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Reads DOWNLOAD_DELAY, NEWSLEDGER_NOW (for a Retry-After with a date), NEWSLEDGER_DB (the retry clock is beside it)
        and the crawl's scope (with the remote writer's retry clock, if the store is elsewhere)."""
        settings = crawler.settings
        db, scope = settings.get("NEWSLEDGER_DB"), scope_of(crawler)
        retry_clock: RetryClock | None = None
        if scope and scope.remote_writer:
            retry_clock = scope.remote_writer.waits
        elif db:
            retry_clock = RetryAfterFile(locks_of(db), machine_folder())
        return cls(crawler, settings.getfloat("DOWNLOAD_DELAY"), clock(settings.get("NEWSLEDGER_NOW")), retry_clock)

    @property
    def ended(self) -> CodedReason | None:
        """Why a host of this crawl got no more requests: the first of them."""
        scope = scope_of(self._crawler)
        for host, throttle in self._hosts.items():
            if throttle.ended:
                is_own = scope is not None and host == scope.site.host
                return CodedReason(CrawlReason.HOST_SUSPENDED if is_own else CrawlReason.OTHER_HOST_SUSPENDED, throttle.ended)
        return None

    async def process_request(self, request: Request) -> None:
        """Wait for the host's pause. Raises HostSuspended."""
        throttle = self._throttle_of(request)
        while throttle.ended is None:
            wait = throttle.wait(_loop_time(), self._gap(request))
            if wait <= 0:
                self._note(request, self._gap(request) + ON_ITS_WAY_SECONDS)  # and anew when its answer comes
                return
            if not self._crawler.crawling:
                raise HostSuspended(coded(FetchReason.CRAWL_ENDING))
            await asyncio.sleep(min(wait, STEP_SECONDS))
        raise HostSuspended(CodedReason(FetchReason.HOST_SUSPENDED, throttle.ended))

    def process_response(self, request: Request, response: Response) -> Request | Response:
        """The response, or the same request again if the host wants it later."""
        throttle, headers = self._throttle_of(request), plain_headers(response.headers.items())
        seconds = retry_after(headers, self._clock()) if response.status in (429, 503) else None
        if seconds is None and (request.meta.get("dont_obey_robotstxt") or request.meta.get("neutral")):
            return response  # to refuse robots.txt refuses nothing (RFC 9309, 2.3.1.3), nor does a file few sites have
        refusal = refusal_of(response.status, headers, response.body)
        answer = HostAnswer(response.status, str(refusal) if refusal else None, seconds)
        if throttle.record(answer, _loop_time()) and self._crawler.spider:
            logger.info("%s asks to wait %.0f s", request.url, seconds)
            retry = get_retry_request(request, spider=self._crawler.spider, reason="asked to wait", give_up_log_level="DEBUG")
            if retry:
                self._note(request)
                return retry
            throttle.record(replace(answer, retry_after=None), _loop_time())
        if throttle.ended:
            request.meta["dont_retry"] = True  # this answer is the last, and is recorded
        self._note(request)
        return response

    def process_exception(self, request: Request, exception: Exception) -> None:
        """No answer came. Requests that we did not send, or cut off ourselves, are no fault of the host."""
        throttle = self._throttle_of(request)
        if isinstance(exception, IgnoreRequest):
            return
        if isinstance(exception, DownloadCancelledError):
            throttle.note_traffic(_loop_time())
        else:
            throttle.record(HostAnswer(), _loop_time())
            if throttle.ended:
                request.meta["dont_retry"] = True
        self._note(request)

    def downloaded(self, request: Request) -> None:
        """Counts redirects too, which are followed before `process_response` sees them."""
        self._throttle_of(request).note_traffic(_loop_time())
        self._note(request)

    def spider_closed(self) -> None:
        """The crawl is over: store each host's remaining wait."""
        for host, due in self._due.items():
            if self._retry_clock and self._noted[host] > due:
                self._retry_clock.write(host, max(due - _loop_time(), 0.0))

    def _note(self, request: Request, pause: float | None = None) -> None:
        """Store when the host may be requested again, for the next crawl, however this one ends."""
        if self._retry_clock:
            now, host = _loop_time(), host_of(request.url)
            wait = self._throttle_of(request).wait(now, self._gap(request)) if pause is None else pause
            self._due[host] = now + wait
            if host not in self._noted or now + wait > self._noted[host]:
                wait = max(wait, NOTED_SECONDS)
                self._noted[host] = now + wait
                self._retry_clock.write(host, wait)

    def _throttle_of(self, request: Request) -> HostThrottle:
        host = host_of(request.url)
        if host not in self._hosts:
            left = self._retry_clock.read(host) if self._retry_clock else 0.0
            scope = scope_of(self._crawler)
            wary = scope is not None and host == scope.wary_of
            self._hosts[host] = HostThrottle(
                host, wary=wary, not_before=_loop_time() + min(left, KEPT_SECONDS) if left > 0 else None
            )
            self._hosts[host].begin(_loop_time())
        return self._hosts[host]

    def _gap(self, request: Request) -> float:
        """The host's gap: the site's delay, or a longer Crawl-delay once robots.txt was read."""
        engine = self._crawler.engine
        named = engine.downloader.per_slot_settings.get(urlsplit(request.url).hostname or "", {}) if engine else {}
        return max(self._delay, float(named.get("delay", 0.0)))


def _loop_time() -> float:
    return asyncio.get_running_loop().time()
