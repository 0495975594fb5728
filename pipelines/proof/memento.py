"""Memento (RFC 7089): HTTP dates, lists of links, TimeMaps, and the choice of a TimeGate.

Pure: takes rows and text, returns text. Input from strangers (URLs, headers, lists of links) is bounded, and is returned only
in a form that is allowed in a header.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import quote

from pipelines.store.database import Row
from pipelines.store.rows import instant_of, moment
from pipelines.text.dates import digits_of

LINK_FORMAT = "application/link-format"
_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_DATE = re.compile(rf"({'|'.join(_DAYS)}), (\d\d) ({'|'.join(_MONTHS)}) (\d{{4}}) (\d\d):(\d\d):(\d\d) GMT", re.ASCII)

WAYBACK = "https://web.archive.org/web/"
"""URL of the Internet Archive's copies; the digits of a time and a URL follow it."""


@dataclass(frozen=True, slots=True)
class Link:
    """One link of a `Link` header or of a list of links."""

    uri: str
    rel: str
    """Relations, separated by spaces: "first memento"."""
    at: datetime | None = None
    type: str | None = None
    span: tuple[datetime, datetime] | None = None
    """For a TimeMap: the times of its first and last memento (`from`, `until`)."""


@dataclass(frozen=True, slots=True)
class Memento:
    """A revision as a state of a resource at a time."""

    number: int
    at: datetime
    """When the page of the revision was received."""
    uri: str


@dataclass(frozen=True, slots=True)
class TimeMap:
    """All mementos of one original, oldest first, with their addresses; never empty."""

    original: str
    mementos: tuple[Memento, ...]
    timegate: str
    link_format: str
    json_format: str

    def link(self, memento: Memento, *also: str) -> Link:
        """A memento as a link; `also`: relations in addition to `memento` ("prev")."""
        ends = [rel for rel, end in (("first", self.mementos[0]), ("last", self.mementos[-1])) if memento == end]
        return Link(memento.uri, " ".join((*ends, *also, "memento")), memento.at)


def http_date(at: datetime) -> str:
    """An aware time in the form of RFC 1123: "Fri, 07 Mar 2025 14:05:00 GMT"."""
    at = at.astimezone(UTC)
    clock = f"{at.hour:02}:{at.minute:02}:{at.second:02}"
    return f"{_DAYS[at.weekday()]}, {at.day:02} {_MONTHS[at.month - 1]} {at.year:04} {clock} GMT"


def parse_http_date(text: str) -> datetime | None:
    """The time of an RFC 1123 date, the only form that Accept-Datetime allows; None for another form or an impossible day."""
    match = _DATE.fullmatch(text.strip(" \t")) if len(text) < 64 else None
    if not match:
        return None
    weekday, day, month, year, hour, minute, second = match.groups()
    try:
        at = datetime(int(year), _MONTHS.index(month) + 1, int(day), int(hour), int(minute), int(second), tzinfo=UTC)
    except ValueError:
        return None
    return at if _DAYS[at.weekday()] == weekday else None


def header_uri(url: str) -> str:
    """A URL as allowed in a header or between `<` and `>`: visible ASCII without spaces, quotes, brackets or line ends."""
    return quote(url, safe="%:/?#[]@!$&'()*+,;=~", errors="replace")


def wayback(url: str, at: str) -> str:
    """The address of the Internet Archive's copy nearest to a stored time, if it has one; only linked, never fetched."""
    return f"{WAYBACK}{digits_of(instant_of(at))}/{header_uri(url)}"


def time_map(original: str, revisions: Iterable[Row], base: str) -> TimeMap | None:
    """The TimeMap of an article's revisions for a server at `base` ("http://127.0.0.1:8001"); None if there are no revisions.

    Seconds identify mementos: of two revisions first seen in the same second only the later one is listed.
    """
    base, uri = base.rstrip("/"), header_uri(original)
    by_second = {}
    for row in revisions:
        at = instant_of(row["first_seen"])
        by_second[at] = Memento(row["number"], at, f"{base}/memento/{digits_of(at)}/{uri}")
    if not by_second:
        return None
    mementos = tuple(by_second[at] for at in sorted(by_second))
    return TimeMap(uri, mementos, f"{base}/timegate/{uri}", f"{base}/timemap/link/{uri}", f"{base}/timemap/json/{uri}")


def choose_memento(mementos: Sequence[Memento], at: datetime | None) -> Memento:
    """The memento to which a TimeGate leads: the last one first seen at or before that time.

    For an earlier time it is the first memento, without a time the most recent (RFC 7089, 4.5.3 and 4.1.1). It is not the
    nearest: a page that was edited at 14:05 was not yet edited at 14:00.
    """
    earlier = [memento for memento in mementos if at is None or memento.at <= at]
    return earlier[-1] if earlier else mementos[0]


def around(found: TimeMap, memento: Memento) -> Iterator[Link]:
    """Links from a memento to the first, previous, same, next and last one, each once."""
    place = found.mementos.index(memento)
    relations: dict[int, list[str]] = {0: [], place: [], len(found.mementos) - 1: []}
    if place > 0:
        relations.setdefault(place - 1, []).append("prev")
    if place + 1 < len(found.mementos):
        relations.setdefault(place + 1, []).append("next")
    yield from (found.link(found.mementos[position], *relations[position]) for position in sorted(relations))


def link_format(found: TimeMap) -> str:
    """A TimeMap as a list of links (RFC 7089, 5; RFC 6690), one a line."""
    span = (found.mementos[0].at, found.mementos[-1].at)
    links = [
        Link(found.original, "original"),
        Link(found.link_format, "self", type=LINK_FORMAT, span=span),
        Link(found.timegate, "timegate"),
        *(found.link(memento) for memento in found.mementos),
    ]
    return write_links(links, ",\n") + "\n"


def json_format(found: TimeMap) -> str:
    """A TimeMap as JSON, with the keys that Memento aggregators use."""
    mementos = [{"datetime": moment(memento.at), "uri": memento.uri} for memento in found.mementos]
    document = {
        "original_uri": found.original,
        "self": found.json_format,
        "timegate_uri": found.timegate,
        "timemap_uri": {"link_format": found.link_format, "json_format": found.json_format},
        "mementos": {"list": mementos, "first": mementos[0], "last": mementos[-1]},
    }
    return json.dumps(document, indent=2) + "\n"


def write_links(links: Iterable[Link], between: str = ", ") -> str:
    """Links in the syntax of a `Link` header or of a list of links."""
    return between.join(map(_written, links))


def _written(link: Link) -> str:
    parts = [f"<{header_uri(link.uri)}>", f'rel="{link.rel}"']
    if link.type:
        parts.append(f'type="{link.type}"')
    if link.span:
        parts += [f'from="{http_date(link.span[0])}"', f'until="{http_date(link.span[1])}"']
    if link.at:
        parts.append(f'datetime="{http_date(link.at)}"')
    return "; ".join(parts)
