"""Site: one title whose articles we keep, and the questions its addresses answer.

A pure value: it reads no file (`crawler.catalogue` does), opens no socket, asks no clock. Addresses that strangers
wrote are asked about here, so every answer is bounded and none raises.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta
from functools import cache, lru_cache
from ipaddress import ip_address
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from pipelines.history.revisit import DEFAULT_RECHECK

if TYPE_CHECKING:
    from tldextract import TLDExtract

DEFAULT_EVERY = "60 min"
"""How often a site is asked that names neither `every` nor `cron`."""

SHORTEST_EVERY = timedelta(minutes=1)
LONGEST_EVERY = timedelta(days=31)

RECHECK_SHARE = 0.1
"""The part of the requests that a site's delay allows for which goes to known articles, where `recheck_per_hour` is not given.
Higher: more silent edits are seen sooner, at the cost of more requests to the site."""
MOST_RECHECKS_PER_HOUR = 360

MAX_SEARCHED_CHARS = 2048
"""Path and query longer than this are no article's: `article_url` is a hand-written pattern and must not run on
unbounded text. Raise it and one bad pattern costs more; lower it and long slugs lose their id."""

_NAMES_QUERY = re.compile(r"\\\?|\[\?|&|(?<![?<])=")
"""In a pattern: it speaks of a query, by a literal "?", "&" or "=". Any other is searched in paths alone, for a query carries
addresses of other pages."""
_IN_A_VALUE = re.compile(r"\?.*\?|=[^&]*[^&=]$", re.DOTALL)
"""In path and query up to the first character of a match: it begins within the value of a parameter."""

_DEFAULT_PORTS = {"http": 80, "https": 443}
_EVERY = re.compile(r"([1-9]\d{0,4}) ?(min|h|days?)", re.ASCII)
_UNITS = {"min": timedelta(minutes=1), "h": timedelta(hours=1), "day": timedelta(days=1), "days": timedelta(days=1)}


@dataclass(frozen=True, slots=True)
class Site:
    """One title whose articles we keep. Read from `[[site]]` tables; every key is documented in docs/sites.md."""

    id: str
    """Unique, lower case letters, digits and hyphens."""
    name: str
    url: str
    """Absolute, ends in a slash where it names a host."""
    timezone: str
    """IANA name; printed times without zone are read in it."""
    country: str = ""
    """ISO 3166-1 alpha-2, upper case."""
    region: str = ""
    owner: str = ""
    platform: str = "generic"
    """Names the CMS family; "generic" where there is none."""
    language: str = ""
    """BCP 47."""
    feeds: tuple[str, ...] = ()
    """Absolute URLs (the file may give them relative to `url`); likewise `sitemaps` and `sections`."""
    sitemaps: tuple[str, ...] = ()
    """Empty: those that robots.txt names, unless `robots_sitemaps` forbids it."""
    robots_sitemaps: bool = True
    """False for a site that is a part of its host (a BBC region): the host's sitemaps tell of all the others too."""
    sections: tuple[str, ...] = ()
    article_url: re.Pattern[str] | None = None
    """Searched in the path of a URL, in its query where the pattern speaks of one; group "id" is the owner's article id."""
    every: str | None = None
    cron: str | None = None
    """Five fields as crontab(5) has them, parted by one blank, small letters."""
    delay_seconds: float = 1.0
    """Least gap between two requests to the host; 0 only for loopback hosts."""
    recheck: str = DEFAULT_RECHECK
    """How readily known articles are looked at again: "thrifty", "balanced" or "thorough"; see `pipelines.history.revisit`."""
    recheck_per_hour: float | None = None
    """Looks at known articles an hour; None: by `delay_seconds`, see `rechecks_an_hour`."""
    enabled: bool = True
    retired: bool = False
    """It is history: never enabled, never judged, and crawled no more; what it has in the ledger stays."""
    noarchive: str = "no-raw-page"
    """What "noarchive" on a page means: "no-raw-page", "skip" or "ignore"."""
    archive: str = "revisions"
    """Which answers are archived as they were received: "revisions" (and those that show a takedown), "on" (all) or "off"."""
    cookies: bool = False
    """Whether a crawl sends back the cookies that the site sets, for sites that loop without; kept no longer than the crawl."""
    tdm: str = "skip"
    """What a reservation of text and data mining means: "skip" or "ignore"."""

    @property
    def host(self) -> str:
        """Lower case, with the port where it is not the scheme's own: "www.example.org", "127.0.0.1:8000"."""
        return host_of(self.url)

    @property
    def politeness_group(self) -> str:
        """The host that a crawl of this site puts load on: sites of one group are never crawled at once."""
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
        """`every` as a length of time; None where `cron` rules."""
        return None if self.cron else parse_every(self.every or DEFAULT_EVERY)

    @property
    def rechecks_an_hour(self) -> float:
        """How many known articles are looked at again in an hour; a crawl has the hours since the one before, up to a day."""
        if self.recheck_per_hour is not None:
            return self.recheck_per_hour
        return min(RECHECK_SHARE * 3600 / max(self.delay_seconds, 1.0), MOST_RECHECKS_PER_HOUR)

    def external_id(self, url: str) -> str | None:
        """The owner's article id that the URL carries; a changed slug leaves it alone. None where there is none."""
        match = self._article_match(url)
        return (match.groupdict().get("id") or None) if match else None

    def looks_like_article(self, url: str) -> bool | None:
        """Whether `article_url` is found in the URL (see there); None where the site has no `article_url`."""
        return None if self.article_url is None else self._article_match(url) is not None

    def same_site(self, url: str) -> bool:
        """Whether a URL is of this site's registrable domain; addresses and localhost must agree in host and port."""
        host = host_of(url)
        if not host or host == self.host:
            return bool(host)
        domain = _registrable_domain(host)
        return domain is not None and domain == _registrable_domain(self.host)

    def same_name(self, url: str) -> bool:
        """Whether a URL is of this site's name under another public suffix: bbc.co.uk sends readers abroad to bbc.com."""
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
        if len(with_query) > MAX_SEARCHED_CHARS:
            return None
        # "/news/slug-1234567?page=2" is still that article for a pattern that ends in "$"; "/go?from=/news/slug-1234567" is none
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
    """ "30 min", "2 h", "1 day" as a length of time, from one minute to 31 days; ValueError says what is wrong."""
    match = _EVERY.fullmatch(text)
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
    """The list inside the package, never the network. With private suffixes: thepost.uk.com is a site, no part of uk.com."""
    from tldextract import TLDExtract

    return TLDExtract(suffix_list_urls=(), cache_dir=None, include_psl_private_domains=True)


@lru_cache(maxsize=4096)
def _registrable_domain(host: str) -> str | None:
    """ "www.example.co.uk" -> "example.co.uk"; None for addresses, localhost and whatever has no public suffix."""
    name = _without_port(host)
    if not name or len(name) > 253 or name.startswith("["):  # 253: the longest name DNS carries
        return None
    found = _public_suffixes().extract_str(name)
    return f"{found.domain}.{found.suffix}" if found.domain and found.suffix else None
