"""What we are measured against, each run as a child process of its own: `python benchmarks/peers.py NAME SITE_URL`.

`scrapy` only downloads: Scrapy as it comes, no parsing, no storing; the floor under any crawler built on it.
`trafilatura` downloads with its own downloader and extracts the text of every page.
Both take the article URLs from the sitemap and ask for one page at a time. The last line they print tells how many
pages they had something of.
"""

from __future__ import annotations

import argparse
import json
import re
from collections.abc import AsyncIterator, Iterator
from copy import deepcopy

LOCATION = re.compile(r"<loc>([^<]+)</loc>")
USER_AGENT = "newsledger-benchmark"


def scrapy(site_url: str) -> int:
    from scrapy import Request, Spider
    from scrapy.crawler import AsyncCrawlerProcess
    from scrapy.http import Response

    class Downloads(Spider):
        name = "downloads"
        kept = 0

        async def start(self) -> AsyncIterator[Request]:
            yield Request(site_url + "sitemap.xml", callback=self.read_index)

        def read_index(self, response: Response) -> Iterator[Request]:
            yield from (Request(url, callback=self.read_sitemap) for url in LOCATION.findall(response.text))

        def read_sitemap(self, response: Response) -> Iterator[Request]:
            yield from (Request(url, callback=self.keep) for url in LOCATION.findall(response.text))

        def keep(self, response: Response) -> None:
            type(self).kept += len(response.body) > 0

    settings = {
        "USER_AGENT": USER_AGENT,
        # a limit per domain is no limit here: without delay Scrapy 2.19 starts all that is queued before it counts
        "CONCURRENT_REQUESTS": 1,
        "DOWNLOAD_DELAY": 0,
        "LOG_LEVEL": "WARNING",
        # both open a port, and neither downloads anything
        "TELNETCONSOLE_ENABLED": False,
        "REMOTE_CONTROL_ENABLED": False,
    }
    process = AsyncCrawlerProcess(settings)
    process.crawl(Downloads)
    process.start()
    return Downloads.kept


def trafilatura(site_url: str) -> int:
    from trafilatura import extract, fetch_url
    from trafilatura.settings import DEFAULT_CONFIG

    config = deepcopy(DEFAULT_CONFIG)
    config.set("DEFAULT", "SSRF_PROTECTION", "off")  # it refuses loopback addresses otherwise

    def fetch(url: str) -> str:
        return fetch_url(url, config=config) or ""

    kept = 0
    for sitemap_url in LOCATION.findall(fetch(site_url + "sitemap.xml")):
        for url in LOCATION.findall(fetch(sitemap_url)):
            kept += extract(fetch(url), url=url, config=config) is not None
    return kept


PEERS = {"scrapy": scrapy, "trafilatura": trafilatura}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("name", choices=PEERS)
    parser.add_argument("site_url", help="ends in a slash; names its articles in sitemap.xml")
    options = parser.parse_args()
    print(json.dumps({"kept": PEERS[options.name](options.site_url)}))


if __name__ == "__main__":
    main()
