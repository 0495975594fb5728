"""What workers and the writer say to each other: values <-> versioned JSON, never pickles. Pure: knows no Redis and no store.

An entry of the stream has the fields `v` (the version), `m` (JSON), and `p` (the page, zlib) where a reading may be doubted.
Whatever bytes come, reading them ends in a message or in a BadMessageError, within bounded memory.

BadMessageError     cannot be read: damaged, of another version, too big
    RefusedError    was read, and says that the writer would not open the crawl
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from dataclasses import fields as fields_of
from datetime import datetime
from functools import wraps
from typing import Any, TypeVar

from crawler.books import Briefing, Ending
from crawler.catalogue.tables import read_table
from crawler.cluster.values import UNREADABLE, Read, dumped, loaded, reader
from crawler.sites import Site
from pipelines.article import Article, Fetch, Payload
from pipelines.crawls import Source
from pipelines.habits import Habits
from pipelines.past import Past, PastArticle, PastLook
from pipelines.trust import Trust

VERSION = b"1"
MAX_JSON_BYTES = 32 * 1024 * 1024
"""Of one message. A crawl's end names the lists of its articles: some 150 bytes for each that moved."""
MAX_PAGE_BYTES = 16 * 1024 * 1024
"""Of a page, unpacked; what is fetched is bounded below it."""
MAX_ANSWER_BYTES = 512 * 1024 * 1024
"""Of an answer, unpacked: the past of a site has some 600 bytes an article."""
MAX_NAME_CHARS = 300
REPLIES = "newsledger:reply:"
"""Answers are given on keys that begin so, and on no others."""

Given = TypeVar("Given")
Found = TypeVar("Found")
_FAST = 1
"""Level of zlib: pages and pasts are packed while somebody waits."""


class BadMessageError(Exception):
    """What came is no message that can be read."""


class RefusedError(BadMessageError):
    """The writer would not open a crawl; the message says why."""


@dataclass(frozen=True, slots=True)
class Opened:
    """A crawl is about to begin, and wants to be told what it must know."""

    crawl: str
    """32 hexadecimal digits, given once."""
    serial: int
    """Each message of a crawl has a greater one than those before, whatever became of them; what comes again is known by it."""
    site: Site
    trigger: str
    planned: datetime | None
    started: datetime
    worker: str
    fence: int
    """Of the host's lease: whoever took it later has a greater one."""
    reply: str
    """The list that waits for the answer."""


@dataclass(frozen=True, slots=True)
class Looked:
    """One look, normalised; an article carries its fetch, and that its page where the reading may be doubted."""

    crawl: str
    serial: int
    item: Article | Fetch


@dataclass(frozen=True, slots=True)
class Asked:
    """Which of these URLs another site's article has?"""

    crawl: str
    serial: int
    urls: tuple[str, ...]
    reply: str


@dataclass(frozen=True, slots=True)
class Ended:
    """A crawl has ended."""

    crawl: str
    serial: int
    ending: Ending


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of the stream, as it came."""

    id: str
    """Milliseconds and a number, as "1526919030474-55"; later ones are greater."""
    fields: Mapping[bytes, bytes]
    """Empty where it was deleted before it was read."""


Message = Opened | Looked | Asked | Ended
AnyMessage = TypeVar("AnyMessage", bound=Message)
_KINDS: Mapping[Any, Any] = {"asked": Asked, "ended": Ended}
_NAMES: Mapping[Any, str] = {Opened: "opened", Asked: "asked", Ended: "ended"}
_CRAWL = re.compile(r"[0-9a-f]{32}", re.ASCII)
_CARRIED: Mapping[str, Read] = {
    "crawl": reader(str), "serial": reader(int), "trigger": reader(str), "planned": reader(datetime | None),
    "started": reader(datetime), "worker": reader(str), "fence": reader(int), "reply": reader(str),
}  # fmt: skip
"""How the fields of Opened and Looked are read that are as plain as they look."""


def _readable(read: Callable[[Given], Found]) -> Callable[[Given], Found]:
    """Whatever a reader raises becomes a BadMessageError."""

    @wraps(read)
    def readable(given: Given) -> Found:
        try:
            return read(given)
        except (*UNREADABLE, IndexError, zlib.error) as error:
            raise BadMessageError(f"{type(error).__name__}: {error}"[:MAX_NAME_CHARS]) from error

    return readable


def encode(message: Message) -> dict[bytes, bytes]:
    """The fields of a stream's entry; raises BadMessageError for what cannot be sent."""
    body, page = _table(message)
    try:
        text = dumped(body)
    except UNREADABLE as error:
        raise BadMessageError(f"{body['kind']}: {error}"[:MAX_NAME_CHARS]) from error
    if len(text) > MAX_JSON_BYTES or (page is not None and len(page) > MAX_PAGE_BYTES):
        raise BadMessageError(f"{body['kind']}: too big to be sent")
    return {b"v": VERSION, b"m": text} | ({} if page is None else {b"p": zlib.compress(page, _FAST)})


@_readable
def decode(fields: Mapping[bytes, bytes]) -> Message:
    """The message in the fields of an entry; raises BadMessageError."""
    version, text = fields.get(b"v"), fields.get(b"m")
    if version != VERSION or text is None:
        raise BadMessageError(f"of version {version!r}, and not {VERSION!r}"[:MAX_NAME_CHARS])
    body = _parsed(text, MAX_JSON_BYTES)
    kind = body.pop("kind", None)
    if kind == "looked":
        return _looked(body, fields.get(b"p"))
    if kind == "opened":
        return _opened(body)
    message: Message = reader(_KINDS[kind])(body)
    return _checked(message)


def place_of(entry_id: str) -> tuple[int, int]:
    """The id of an entry, to compare; raises ValueError."""
    milliseconds, _, number = entry_id.partition("-")
    return int(milliseconds), int(number or 0)


def encode_briefing(crawl_id: int, briefing: Briefing) -> bytes:
    """The answer to Opened."""
    past = briefing.past
    articles = past.all()
    places = {id(article): place for place, article in enumerate(articles)}
    told = {
        "crawl": crawl_id, "allowed": briefing.allowed, "wary_of": briefing.wary_of,
        "articles": articles, "keys": {key: places[id(article)] for key, article in past.articles.items()},
        "ids": {key: places[id(article)] for key, article in past.by_external_id.items()},
        "dead_ends": past.dead_ends, "sources": past.sources, "habits": past.habits, "trust": past.trust,
    }  # fmt: skip
    return zlib.compress(dumped(told), _FAST)


@_readable
def decode_briefing(answer: bytes) -> tuple[int, Briefing]:
    """The crawl's id and what it must know; raises RefusedError, or BadMessageError."""
    body = _parsed(_unpacked(answer, MAX_ANSWER_BYTES), MAX_ANSWER_BYTES)
    if "refused" in body:
        raise RefusedError(str(body["refused"])[:MAX_NAME_CHARS])
    articles = reader(tuple[PastArticle, ...])(body["articles"])
    places = reader(dict[str, int])
    past = Past(
        {key: articles[place] for key, place in places(body["keys"]).items()},
        {key: articles[place] for key, place in places(body["ids"]).items()},
        reader(dict[str, PastLook])(body["dead_ends"]),
        reader(dict[str, Source])(body["sources"]),
        reader(Habits)(body["habits"]),
        reader(dict[str, Trust])(body["trust"]),
    )
    return reader(int)(body["crawl"]), Briefing(past, reader(int)(body["allowed"]), reader(str | None)(body["wary_of"]))


def encode_refusal(reason: str) -> bytes:
    """The answer to an Opened that is not followed."""
    return zlib.compress(dumped({"refused": reason}))


def encode_answer(urls: Iterable[str]) -> bytes:
    """The answer to Asked."""
    return zlib.compress(dumped({"urls": sorted(urls)}), _FAST)


@_readable
def decode_answer(answer: bytes) -> set[str]:
    """The URLs that another site's article has; raises BadMessageError."""
    body = _parsed(_unpacked(answer, MAX_ANSWER_BYTES), MAX_ANSWER_BYTES)
    return set(reader(tuple[str, ...])(body["urls"]))


def site_table(site: Site) -> dict[str, Any]:
    """A site as the catalogue's table of it, in plain JSON; what has its default is left out."""
    table: dict[str, Any] = loaded(dumped(replace(site, article_url=None)))
    return {**table, "article_url": site.article_url.pattern} if site.article_url else table


def site_of(table: Mapping[str, object]) -> Site:
    """The site that a table defines; raises BadMessageError that names what is wrong."""
    wrong: list[str] = []
    site = read_table(table, lambda key, what: wrong.append(f"{key} {what}"))
    if site is None:
        raise BadMessageError(f"no site: {'; '.join(wrong)}"[:MAX_NAME_CHARS])
    return site


def _table(message: Message) -> tuple[dict[str, Any], bytes | None]:
    """What of a message is JSON, and the page beside it."""
    if isinstance(message, Looked):
        return _look_table(message)
    body = {"kind": _NAMES[type(message)], **{one.name: getattr(message, one.name) for one in fields_of(message)}}
    return (body | {"site": site_table(message.site)} if isinstance(message, Opened) else body), None


def _look_table(message: Looked) -> tuple[dict[str, Any], bytes | None]:
    item = message.item
    fetch = item.fetch if isinstance(item, Article) else item
    if fetch is None:
        raise BadMessageError(f"{item.url}: an article must carry its fetch")
    body = {"kind": "looked", "crawl": message.crawl, "serial": message.serial, "fetch": replace(fetch, payload=None)}
    if isinstance(item, Article):
        body["article"] = replace(item, fetch=None)
    if fetch.payload is None:
        return body, None
    return {**body, "page_type": fetch.payload.content_type}, fetch.payload.body


def _looked(body: dict[str, Any], packed: bytes | None) -> Looked:
    fetch: Fetch = reader(Fetch)(body.pop("fetch"))
    page_type, article = reader(str | None)(body.pop("page_type", None)), body.pop("article", None)
    if packed is not None:
        fetch = replace(fetch, payload=Payload(_unpacked(packed, MAX_PAGE_BYTES), page_type))
    item = fetch if article is None else replace(reader(Article)(article), fetch=fetch)
    return _checked(Looked(**{name: _CARRIED[name](found) for name, found in body.items()}, item=item))


def _opened(body: dict[str, Any]) -> Opened:
    table = body.pop("site")
    if type(table) is not dict:
        raise BadMessageError("opened: no site")
    return _checked(Opened(**{name: _CARRIED[name](found) for name, found in body.items()}, site=site_of(table)))


def _checked(message: AnyMessage) -> AnyMessage:
    """What a message says of itself is short, and names nothing of Redis but a list for its answer."""
    if not _CRAWL.fullmatch(message.crawl) or message.serial < 0:
        raise BadMessageError("no crawl, or no serial")
    if isinstance(message, Opened | Asked) and not (message.reply.startswith(REPLIES) and len(message.reply) <= MAX_NAME_CHARS):
        raise BadMessageError("no list for an answer")
    if isinstance(message, Opened) and max(len(message.worker), len(message.trigger)) > MAX_NAME_CHARS:
        raise BadMessageError("a name that is too long")
    return message


def _parsed(text: bytes, most: int) -> dict[str, Any]:
    if len(text) > most:
        raise BadMessageError(f"of {len(text)} bytes, more than {most}")
    body = loaded(text)
    if type(body) is not dict:
        raise BadMessageError("no JSON object")
    return body


def _unpacked(packed: bytes, most: int) -> bytes:
    """Bounded: a few bytes can stand for gigabytes."""
    stream = zlib.decompressobj()
    text = stream.decompress(packed, most)
    if not stream.eof:
        raise BadMessageError(f"packed: cut off, or more than {most} bytes")
    return text
