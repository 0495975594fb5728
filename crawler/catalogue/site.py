"""Site: one title whose articles are kept, and what its addresses mean.

A pure value: it reads no file (`crawler.catalogue` does), opens no socket, and needs no clock. It judges untrusted addresses,
so every answer is bounded and none raises.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta
from functools import cache, lru_cache
from ipaddress import ip_address
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from crawler.catalogue.backtracking import searched_chars
from pipelines.history.revisit import DEFAULT_RECHECK

if TYPE_CHECKING:
    from tldextract import TLDExtract

DEFAULT_EVERY = "60 min"
"""Interval of a site with neither `every` nor `cron`."""

SHORTEST_EVERY = timedelta(minutes=1)
LONGEST_EVERY = timedelta(days=31)

RECHECK_SHARE = 0.1
"""Share of the requests allowed by a site's delay that is used for known articles, if `recheck_per_hour` is not given.
Higher: more silent edits are seen sooner, at the cost of more requests to the site."""
MOST_RECHECKS_PER_HOUR = 360

_NAMES_QUERY = re.compile(r"\\\?|\[\?|&|(?<![?<])=")
"""Matches a pattern that is meant for queries, with a literal "?", "&" or "=". Any other is searched only in paths, because a
query can contain addresses of other pages."""
_IN_A_VALUE = re.compile(r"\?.*\?|=[^&]*[^&=]$", re.DOTALL)
"""Matches path and query up to the first character of a match that begins inside the value of a parameter."""

_DEFAULT_PORTS = {"http": 80, "https": 443}
_INTERVAL = re.compile(r"([1-9]\d{0,4}) ?(min|h|days?)", re.ASCII)
_UNITS = {"min": timedelta(minutes=1), "h": timedelta(hours=1), "day": timedelta(days=1), "days": timedelta(days=1)}


@dataclass(frozen=True, slots=True)
class Site:
    """One title whose articles are kept. Read from `[[site]]` tables; docs/sites.md documents every key."""

    id: str
    """Unique, lower case letters, digits and hyphens."""
    name: str
    url: str
    """Absolute, ends in a slash if it has no path."""
    timezone: str
    """IANA name; printed times without a zone are in it."""
    country: str = ""
    """ISO 3166-1 alpha-2, upper case."""
    region: str = ""
    owner: str = ""
    platform: str = "generic"
    """The CMS family; "generic" if there is none."""
    language: str = ""
    """BCP 47."""
    feeds: tuple[str, ...] = ()
    """Absolute URLs (the file may give them relative to `url`); likewise `sitemaps` and `sections`."""
    sitemaps: tuple[str, ...] = ()
    """Empty: those in robots.txt, unless `robots_sitemaps` is False."""
    robots_sitemaps: bool = True
    """False for a site that is part of its host (a BBC region): the host's sitemaps list all others too."""
    sections: tuple[str, ...] = ()
    article_url: re.Pattern[str] | None = None
    """Searched in the path of a URL, and in its query if the pattern is meant for queries; group "id" is the owner's article
    id."""
    every: str | None = None
    cron: str | None = None
    """Five fields as in crontab(5), separated by one blank, in lower case."""
    delay_seconds: float = 1.0
    """Minimum gap between two requests to the host; 0 only for loopback hosts."""
    recheck: str = DEFAULT_RECHECK
    """How often known articles are fetched again: "thrifty", "balanced" or "thorough"; see `pipelines.history.revisit`."""
    recheck_per_hour: float | None = None
    """Fetches of known articles an hour; None: from `delay_seconds`, see `rechecks_an_hour`."""
    enabled: bool = True
    retired: bool = False
    """The title has ended: never enabled, judged or crawled; its articles stay in the ledger."""
    noarchive: str = "no-raw-page"
    """What "noarchive" on a page means: "no-raw-page", "skip" or "ignore"."""
    archive: str = "revisions"
    """Which responses are archived as received: "revisions" (and those that show a takedown), "on" (all) or "off"."""
    cookies: bool = False
    """Whether a crawl sends back the cookies that the site sets, for sites that loop without them; deleted at its end."""
    tdm: str = "skip"
    """What a reservation of text and data mining means: "skip" or "ignore"."""

    @property
    def host(self) -> str:
        """Lower case, with the port unless it is the scheme's default: "www.example.org", "127.0.0.1:8000"."""
        return host_of(self.url)

    @property
    def politeness_group(self) -> str:
        """The host that a crawl of this site puts load on: sites of one group are never crawled at the same time."""
        return self.host

    @property
    def own_hosts(self) -> frozenset[str]:
        """The hosts of `url`, feeds, sitemaps and sections, in the form of `host`."""
        return frozenset(host_of(url) for url in (self.url, *self.feeds, *self.sitemaps, *self.sections))

    @property
    def own_places(self) -> frozenset[tuple[str, int]]:
        """Name and port of `url`, feeds, sitemaps and sections, as `place_of` gives them."""
        return frozenset(place_of(url) for url in (self.url, *self.feeds, *self.sitemaps, *self.sections))

    @property
    def interval(self) -> timedelta | None:
        """`every` as a timedelta; None if `cron` is used."""
        return None if self.cron else parse_every(self.every or DEFAULT_EVERY)

    @property
    def rechecks_an_hour(self) -> float:
        """How many known articles are fetched again an hour; a crawl may use the hours since the previous one, up to a day."""
        if self.recheck_per_hour is not None:
            return self.recheck_per_hour
        return min(RECHECK_SHARE * 3600 / max(self.delay_seconds, 1.0), MOST_RECHECKS_PER_HOUR)

    def external_id(self, url: str) -> str | None:
        """The owner's article id in the URL, which does not change with the slug. None if there is none."""
        match = self._article_match(url)
        return (match.groupdict().get("id") or None) if match else None

    def looks_like_article(self, url: str) -> bool | None:
        """Whether `article_url` matches the URL (see there); None if the site has no `article_url`."""
        return None if self.article_url is None else self._article_match(url) is not None

    def same_site(self, url: str) -> bool:
        """Whether a URL is of this site's registrable domain; IP addresses and localhost must agree in host and port."""
        host = host_of(url)
        if not host or host == self.host:
            return bool(host)
        domain = _registrable_domain(host)
        return domain is not None and domain == _registrable_domain(self.host)

    def same_name(self, url: str) -> bool:
        """Whether a URL is of this site's name under another public suffix: bbc.co.uk redirects readers abroad to bbc.com."""
        ours, theirs = _registrable_domain(self.host), _registrable_domain(host_of(url))
        return bool(ours and theirs) and str(ours).partition(".")[0] == str(theirs).partition(".")[0]

    def _article_match(self, url: str) -> re.Match[str] | None:
        if self.article_url is None:
            return None
        try:
            parts = urlsplit(url)
        except ValueError:
            return None
        with_query = f"{parts.path}?{parts.query}" if parts.query else parts.path
        if len(with_query) > searched_chars(self.article_url.pattern):
            return None
        # "/news/slug-1234567?page=2" is that article for a pattern that ends in "$"; "/go?from=/news/slug-1234567" is not
        if in_path := self.article_url.search(parts.path):
            return in_path
        in_query = self.article_url.search(with_query) if _NAMES_QUERY.search(self.article_url.pattern) else None
        return in_query if in_query and not _IN_A_VALUE.search(with_query[: in_query.start() + 1]) else None


def host_of(url: str) -> str:
    """Host of an http(s) URL, lower case, IPv6 in brackets, with any port that is not the scheme's own; "" if none."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return ""
    if parts.scheme not in _DEFAULT_PORTS or not host:
        return ""
    host = f"[{host}]" if ":" in host else host.rstrip(".")
    return host if port in (None, _DEFAULT_PORTS[parts.scheme]) else f"{host}:{port}"


def place_of(url: str) -> tuple[str, int]:
    """Name and port that an http(s) URL leads to: ("127.0.0.1", 8000), ("www.example.org", 443); ("", 0) if none."""
    try:
        parts = urlsplit(url)
        return (parts.hostname or "", parts.port or _DEFAULT_PORTS.get(parts.scheme, 0)) if host_of(url) else ("", 0)
    except ValueError:
        return "", 0


def is_loopback(host: str) -> bool:
    """Whether a host, in the form of `host_of`, is this machine: 127.0.0.0/8, ::1, localhost and names below it."""
    name = _without_port(host)
    if name == "localhost" or name.endswith(".localhost"):
        return True
    try:
        return ip_address(name.strip("[]")).is_loopback
    except ValueError:
        return False


def parse_every(text: str) -> timedelta:
    """ "30 min", "2 h", "1 day" as a timedelta, from one minute to 31 days; the ValueError says what is wrong."""
    match = _INTERVAL.fullmatch(text)
    if match is None:
        raise ValueError('must read like "30 min", "2 h" or "1 day"')
    length = int(match[1]) * _UNITS[match[2]]
    if not SHORTEST_EVERY <= length <= LONGEST_EVERY:
        raise ValueError("must be at least 1 min and at most 31 days")
    return length


def _without_port(host: str) -> str:
    """ "[::1]:8000" -> "[::1]", "localhost:8000" -> "localhost"."""
    return host[: host.index("]") + 1] if host.startswith("[") and "]" in host else host.partition(":")[0]


@cache
def _public_suffixes() -> TLDExtract:
    """The list inside the package, never from the network. With private suffixes: thepost.uk.com is a site, not part of
    uk.com."""
    from tldextract import TLDExtract

    return TLDExtract(suffix_list_urls=(), cache_dir=None, include_psl_private_domains=True)


@lru_cache(maxsize=4096)
def _registrable_domain(host: str) -> str | None:
    """ "www.example.co.uk" -> "example.co.uk"; None for IP addresses, localhost and hosts without a public suffix."""
    name = _without_port(host)
    if not name or len(name) > 253 or name.startswith("["):  # 253: the longest name DNS carries
        return None
    found = _public_suffixes().extract_str(name)
    return f"{found.domain}.{found.suffix}" if found.domain and found.suffix else None
