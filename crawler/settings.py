"""Scrapy settings, polite and explicit: every library default that matters for politeness or safety is set here, even if it
is right today. docs/operate.md explains them; our own settings come from `crawler.config`.
"""

from __future__ import annotations

import os

from crawler import __version__, config

BOT_NAME = "newsledger"
SPIDER_MODULES = ["crawler.spiders"]

# --- ours --------------------------------------------------------------------------------------------------------------
_configuration = config.load(config.find(os.environ), os.environ)
NEWSLEDGER_CONTACT = _configuration.text("contact")
NEWSLEDGER_DB = _configuration.text("db")
NEWSLEDGER_WARC = _configuration.text("warc")
NEWSLEDGER_SITES = _configuration.text("sites")
NEWSLEDGER_OWN_SITES = _configuration.text("own_sites")
NEWSLEDGER_RECHECK = _configuration.text("recheck")
NEWSLEDGER_NOW = _configuration.text("now")
NEWSLEDGER_MAX_PAGES = _configuration.count("max_pages")
NEWSLEDGER_MAX_SITEMAPS = _configuration.count("max_sitemaps")
NEWSLEDGER_TIME_LIMIT = _configuration.count("time_limit")
NEWSLEDGER_PROXY = _configuration.text("proxy")
config.trust(_configuration.text("ca_bundle"), os.environ)

# --- who we are, and what we may ask -----------------------------------------------------------------------------------
USER_AGENT = f"Newsledger/{__version__.rpartition('.')[0]} (keeps revisions of news articles; {NEWSLEDGER_CONTACT})"
ROBOTSTXT_OBEY = True
ROBOTSTXT_USER_AGENT = "Newsledger"
DOWNLOAD_DELAY = 1.0
DOWNLOAD_DELAY_JITTER = 0.0  # jitter would make some gaps shorter than the site's delay
# One request at a time for the whole crawl: with a delay of 0 Scrapy 2.19 does not keep to one a host by itself.
CONCURRENT_REQUESTS = 1
CONCURRENT_REQUESTS_PER_DOMAIN = 1
CONCURRENT_ITEMS = 1  # Scrapy starts this many tasks for each answer; ours gives one item
SCHEDULER_MEMORY_QUEUE = "scrapy.squeues.FifoMemoryQueue"  # first chosen, first asked for; the default asks backwards
WARN_ON_GENERATOR_RETURN_VALUE = False  # reads and parses our own source for each answer, to warn of what mypy finds
AUTOTHROTTLE_ENABLED = False
COOKIES_ENABLED = False
REFERRER_POLICY = "no-referrer"
RETRY_TIMES = 2
# Not 429, and 503 only if it names no time: those are repeated when the host says, see crawler.middlewares.throttle.
RETRY_HTTP_CODES = [500, 502, 503, 504, 522, 524, 408]
HTTPERROR_ALLOW_ALL = True  # each status is an answer; the spider says what it means
METAREFRESH_ENABLED = False  # news pages reload themselves to count another view
REDIRECT_MAX_TIMES = 5

# --- bounds ------------------------------------------------------------------------------------------------------------
DOWNLOAD_TIMEOUT = 30
DOWNLOAD_MAXSIZE = 12 * 1024 * 1024
DOWNLOAD_WARNSIZE = 0
DOWNLOAD_FAIL_ON_DATALOSS = True
DOWNLOAD_VERIFY_CERTIFICATES = True
# Resolves both families, without a timeout of its own: DOWNLOAD_TIMEOUT covers it.
TWISTED_DNS_RESOLVER = "crawler.middlewares.ssrf.GuardedResolver"
REACTOR_THREADPOOL_MAXSIZE = 4
# No file, ftp, s3 or data: a page can lead only to the web.
DOWNLOAD_HANDLERS = {
    "http": "crawler.middlewares.lease.LeasedHandler",
    "https": "crawler.middlewares.lease.LeasedHandler",
    "file": None,
    "ftp": None,
    "s3": None,
    "data": None,
}

# --- what stays off --------------------------------------------------------------------------------------------------
TELNETCONSOLE_ENABLED = False
REMOTE_CONTROL_ENABLED = False

# --- components --------------------------------------------------------------------------------------------------------
ITEM_PIPELINES = {"pipelines.items.WriteItems": 100}
# Only those of Scrapy that a crawl needs: disabled ones would still be imported, some with large libraries.
DOWNLOADER_MIDDLEWARES_BASE = {
    "scrapy.downloadermiddlewares.downloadtimeout.DownloadTimeoutMiddleware": 350,
    "scrapy.downloadermiddlewares.defaultheaders.DefaultHeadersMiddleware": 400,
    "scrapy.downloadermiddlewares.useragent.UserAgentMiddleware": 500,
    "scrapy.downloadermiddlewares.retry.RetryMiddleware": 550,
    "scrapy.downloadermiddlewares.redirect.RedirectMiddleware": 600,
    "scrapy.downloadermiddlewares.stats.DownloaderStats": 850,
}
DOWNLOADER_MIDDLEWARES = {
    "crawler.middlewares.ssrf.SsrfMiddleware": 40,
    "crawler.middlewares.proxy.GuardedProxy": 45,
    "crawler.middlewares.robots.RobotsMiddleware": 100,
    "crawler.middlewares.tdmrep.TdmrepMiddleware": 110,
    "crawler.middlewares.download_handler.ExchangeCapture": 990,  # next to the wire: sees answers as they were received
    "crawler.middlewares.throttle.ThrottleMiddleware": 570,  # between decompression and retries: sees every attempt, unpacked
    "crawler.middlewares.decompression.DecompressionMiddleware": 590,
    "crawler.middlewares.proxy.SiteCookies": 700,  # beneath redirects, which set most of them
    "crawler.middlewares.lease.LeaseMiddleware": 980,
}
SPIDER_MIDDLEWARES_BASE = {"scrapy.spidermiddlewares.referer.RefererMiddleware": 700}  # redirects ask it, to send no Referer
# Without the others: telnet and remote control stay off whatever is set, and their libraries are never imported.
EXTENSIONS_BASE = {"scrapy.extensions.corestats.CoreStats": 0}
EXTENSIONS = {"crawler.extensions.CrawlRecord": 10, "crawler.extensions.RemoteRecord": 10}
LOG_LEVEL = "INFO"
LOG_FORMATTER = "crawler.extensions.BriefLogFormatter"
STATS_DUMP = False
