"""Spider that fetches given pages, under the same limits as a crawl, and stores nothing: for `newsledger extract URL`."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass
from typing import Any, Self

from scrapy import Request, Spider
from scrapy.crawler import Crawler
from scrapy.http import Response
from twisted.python.failure import Failure

from crawler.catalogue.site import Site
from crawler.clock import clock
from crawler.crawl.remote import CrawlScope, set_scope
from crawler.discovery.frontier import PlannedRequest
from crawler.middlewares.ssrf import allow_private_places
from crawler.spiders.response import item_from_response, outcome_of_failure
from crawler.warc.decode import decode_undeclared
from pipelines.article import Article, Fetch
from pipelines.reasons import because
from pipelines.text.normalise import normalise


@dataclass(frozen=True, slots=True)
class FetchedPage:
    """One fetch, and its response, which is empty if there was none."""

    item: Article | Fetch
    body: bytes = b""
    content_type: str | None = None


class OneSiteSpider(Spider):
    """Requests from one site, given as `site`, and stores nothing."""

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **kwargs: Any) -> Self:
        """Allows the names of the site's own hosts to resolve to private addresses."""
        allow_private_places(kwargs["site"])
        set_scope(crawler, CrawlScope(kwargs["site"]))
        return super().from_crawler(crawler, *args, **kwargs)


class PageSpider(OneSiteSpider):
    """Passes each fetch to `on_page`, in the order of the responses."""

    name = "page"

    def __init__(self, *, site: Site, urls: tuple[str, ...], on_page: Callable[[FetchedPage], None], **kwargs: Any) -> None:
        """`site` says whose pages they are, and so which private hosts may be requested."""
        super().__init__(**kwargs)
        self.site = site
        self._urls = urls
        self._on_page = on_page
        self._clock = clock()

    async def start(self) -> AsyncIterator[Any]:
        """One request a page."""
        for url in self._urls:
            yield Request(url, callback=self.parse, errback=self.failed, dont_filter=True, cb_kwargs={"url": url})

    def parse(self, response: Response, url: str) -> Iterator[Any]:
        """A page was received."""
        item = item_from_response(response, PlannedRequest(url, "named"), self.site, self._clock())
        content_type = (response.headers.get(b"Content-Type") or b"").decode("latin-1") or None
        body = decode_undeclared(response.body).body
        self._on_page(FetchedPage(normalise(item) if isinstance(item, Article) else item, body, content_type))
        yield from ()

    def failed(self, failure: Failure) -> Iterator[Any]:
        """There was no response."""
        outcome, reason = outcome_of_failure(failure)
        url = failure.request.cb_kwargs["url"]  # type: ignore[attr-defined]
        self._on_page(FetchedPage(because(Fetch(url, self._clock()), outcome, reason)))
        yield from ()
