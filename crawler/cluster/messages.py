"""Messages between workers and the writer: values <-> versioned JSON, never pickles. Pure: knows no Redis and no store.

An entry of the stream has the fields `v` (the version), `m` (JSON), `p` (the page, zlib) where a reading may be doubted, and `s`
(the signature) where there are keys.
Whatever bytes come, reading them ends in a message or in a BadMessageError, within bounded memory.

BadMessageError     cannot be read: damaged, of another version, too big
    RefusedError    was read, and says that the writer would not open the crawl
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import wraps
from typing import Annotated, Any, TypeVar

from msgspec import Meta, Struct, structs

from crawler.catalogue.site import Site
from crawler.catalogue.tables import read_table
from crawler.cluster.codec import LARGEST_INT, UNREADABLE, dumped, from_struct, loaded, struct_of, to_struct
from crawler.cluster.keys import ForgedError, KeyRing
from crawler.crawl.session import CrawlContext, CrawlResult
from crawler.discovery.frontier import RecheckMode
from pipelines.article import Article, Fetch, Payload
from pipelines.history.edit_rates import Count, EditRateModel
from pipelines.history.validators import ValidatorTrust
from pipelines.store.crawls import Source
from pipelines.store.snapshot import KnownArticle, LastAttempt, SiteSnapshot, SnapshotQuestion

VERSION = b"1"
NO_KEYS = KeyRing()
MAX_JSON_BYTES = 32 * 1024 * 1024
"""Of one message. A crawl's end names the lists of its articles: some 150 bytes for each that moved."""
MAX_PAGE_BYTES = 16 * 1024 * 1024
"""Of a page, unpacked; what is fetched is bounded below it."""
MAX_ANSWER_BYTES = 512 * 1024 * 1024
"""Of an answer, unpacked: what is known has some 600 bytes an article that the crawl can meet."""
MAX_NAME_CHARS = 300
LONGEST_SECONDS = 7 * 86_400
"""A crawl's time limit, at most."""
REPLIES = "newsledger:reply:"
"""Answers are given on keys that begin so, and on no others."""

Given = TypeVar("Given")
Found = TypeVar("Found")
CrawlName = Annotated[str, Meta(pattern=r"\A[0-9a-f]{32}\Z")]
"""32 hexadecimal digits, given once."""
Serial = Annotated[int, Meta(ge=0, le=LARGEST_INT)]
"""Each message of a crawl has a greater one than those before, whatever became of them; what comes again is known by it."""
Name = Annotated[str, Meta(max_length=MAX_NAME_CHARS)]
Reply = Annotated[str, Meta(pattern=rf"\A{REPLIES}", max_length=MAX_NAME_CHARS)]
"""The list that waits for the answer."""
_FAST = 1
"""Level of zlib: pages and pasts are packed while somebody waits."""


class BadMessageError(Exception):
    """What came is no message that can be read."""


class RefusedError(BadMessageError):
    """The writer would not open a crawl; the message says why."""


@dataclass(frozen=True, slots=True)
class CrawlOpened:
    """A crawl is about to begin, and wants to be told what it must know."""

    crawl: CrawlName
    serial: Serial
    site: Site
    trigger: Name
    planned: datetime | None
    started: datetime
    worker: Name
    fence: int
    """Of the host's lease: whoever took it later has a greater one."""
    reply: Reply


@dataclass(frozen=True, slots=True)
class ItemFetched:
    """One look, normalised; an article carries its fetch, and that its page where the reading may be doubted."""

    crawl: CrawlName
    serial: Serial
    item: Article | Fetch


@dataclass(frozen=True, slots=True)
class QuestionAsked:
    """What is known of what the sources name, and of what is due?"""

    crawl: CrawlName
    serial: Serial
    question: SnapshotQuestion
    reply: Reply


@dataclass(frozen=True, slots=True)
class CrawlEnded:
    """A crawl has ended."""

    crawl: CrawlName
    serial: Serial
    ending: CrawlResult


@dataclass(frozen=True, slots=True)
class StreamEntry:
    """One entry of the stream, as it came."""

    id: str
    """Milliseconds and a number, as "1526919030474-55"; later ones are greater."""
    fields: Mapping[bytes, bytes]
    """Empty where it was deleted before it was read."""


class JobOrder(Struct, frozen=True, forbid_unknown_fields=True):
    """What a job of the queue says: plain JSON."""

    site: dict[str, Any]
    trigger: Annotated[str, Meta(max_length=40)]
    recheck: RecheckMode
    planned: Annotated[str, Meta(max_length=40)]
    """ISO 8601, or empty."""
    seconds: Annotated[float, Meta(gt=0, le=LONGEST_SECONDS)]
    """The crawl's time limit."""


Message = CrawlOpened | ItemFetched | QuestionAsked | CrawlEnded


@dataclass(frozen=True, slots=True)
class _ItemJson:
    """What of ItemFetched is JSON; the page stands beside it."""

    crawl: CrawlName
    serial: Serial
    fetch: Fetch
    article: Article | None = None
    page_type: str | None = None


@dataclass(frozen=True, slots=True)
class _ContextAnswer:
    """The answer to CrawlOpened."""

    crawl: int
    allowed: int
    wary_of: str | None
    sources: dict[str, Source]
    habits: EditRateModel


@dataclass(frozen=True, slots=True)
class _Refused:
    """The answer to a CrawlOpened that is not followed."""

    refused: str


@dataclass(frozen=True, slots=True)
class _KnownAnswer:
    """The answer to QuestionAsked. Keys and ids lead to places among the articles: several may lead to one."""

    articles: tuple[KnownArticle, ...]
    keys: dict[str, int]
    ids: dict[str, int]
    dead_ends: dict[str, LastAttempt]
    trust: dict[str, ValidatorTrust]
    elsewhere: tuple[str, ...]


_OPENED, _ITEM = struct_of(CrawlOpened, "opened", site=dict[str, Any]), struct_of(_ItemJson, "looked")
_QUESTION, _ENDED = struct_of(QuestionAsked, "asks"), struct_of(CrawlEnded, "ended")
_SITE = struct_of(Site, article_url=None)
_CONTEXT_ANSWER, _REFUSED = struct_of(_ContextAnswer, "begun"), struct_of(_Refused, "refused")
_KNOWN_ANSWER = struct_of(_KnownAnswer)


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
    kind = type(message).__name__.lower()
    try:
        struct, page = _struct(message)
        text = dumped(struct)
    except UNREADABLE as error:
        raise BadMessageError(f"{kind}: {error}"[:MAX_NAME_CHARS]) from error
    if len(text) > MAX_JSON_BYTES or (page is not None and len(page) > MAX_PAGE_BYTES):
        raise BadMessageError(f"{kind}: too big to be sent")
    return {b"v": VERSION, b"m": text} | ({} if page is None else {b"p": zlib.compress(page, _FAST)})


@_readable
def decode(fields: Mapping[bytes, bytes]) -> Message:
    """The message in the fields of an entry; raises BadMessageError."""
    version, text = fields.get(b"v"), fields.get(b"m")
    if version != VERSION or text is None:
        raise BadMessageError(f"of version {version!r}, and not {VERSION!r}"[:MAX_NAME_CHARS])
    struct = _parsed(text, MAX_JSON_BYTES, _OPENED | _ITEM | _QUESTION | _ENDED)
    if isinstance(struct, _OPENED):
        return CrawlOpened(**{**structs.asdict(struct), "site": site_of(struct.site)})
    if isinstance(struct, _ITEM):
        return _item_fetched(from_struct(struct, _ItemJson), fields.get(b"p"))
    return from_struct(struct, QuestionAsked) if isinstance(struct, _QUESTION) else from_struct(struct, CrawlEnded)


def signed(fields: dict[bytes, bytes], keys: KeyRing) -> dict[bytes, bytes]:
    """The fields of an entry with their signature, where there are keys."""
    signature = keys.sign("entry", *_parts(fields))
    return {**fields, b"s": signature} if signature else fields


def check_signature(fields: Mapping[bytes, bytes], keys: KeyRing) -> None:
    """Raises BadMessageError for an entry that is none of ours, or too big to be looked at."""
    if len(fields.get(b"m", b"")) > MAX_JSON_BYTES or len(fields.get(b"p", b"")) > MAX_PAGE_BYTES:
        raise BadMessageError("too big to be read")
    try:
        keys.check(fields.get(b"s", b""), "entry", *_parts(fields))
    except ForgedError as error:
        raise BadMessageError(f"forged: {error}") from error


def signed_answer(answer: bytes, reply: str, keys: KeyRing) -> bytes:
    """An answer with its signature, where there are keys: it answers one question, and no other."""
    signature = keys.sign(f"answer {reply}", answer)
    return signature + b"\n" + answer if signature else answer


def checked_answer(answer: bytes, reply: str, keys: KeyRing) -> bytes:
    """The answer without its signature; raises BadMessageError for one that is none of ours."""
    if not keys.keys:
        return answer
    signature, _, answer = answer.partition(b"\n")
    try:
        keys.check(signature, f"answer {reply}", answer)
    except ForgedError as error:
        raise BadMessageError(f"forged: {error}") from error
    return answer


def _parts(fields: Mapping[bytes, bytes]) -> tuple[bytes, ...]:
    return tuple(fields.get(name, b"") for name in (b"v", b"m", b"p"))


def place_of(entry_id: str) -> tuple[int, int]:
    """The id of an entry, to compare; raises ValueError."""
    milliseconds, _, number = entry_id.partition("-")
    return int(milliseconds), int(number or 0)


def encode_context(crawl_id: int, context: CrawlContext) -> bytes:
    """The answer to CrawlOpened."""
    snapshot = context.snapshot
    context_answer = _ContextAnswer(crawl_id, context.allowed, context.wary_of, snapshot.sources, snapshot.edit_rates)
    return zlib.compress(dumped(to_struct(context_answer, _CONTEXT_ANSWER)), _FAST)


@_readable
def decode_context(answer: bytes) -> tuple[int, CrawlContext]:
    """The crawl's id and what it must know; raises RefusedError, or BadMessageError."""
    answered = _parsed(_unpacked(answer, MAX_ANSWER_BYTES), MAX_ANSWER_BYTES, _CONTEXT_ANSWER | _REFUSED)
    if isinstance(answered, _REFUSED):
        raise RefusedError(answered.refused[:MAX_NAME_CHARS])
    edit_rates = EditRateModel(from_struct(answered.habits.counts, dict[str, Count]))
    snapshot = SiteSnapshot(sources=from_struct(answered.sources, dict[str, Source]), edit_rates=edit_rates)
    return answered.crawl, CrawlContext(snapshot, answered.allowed, answered.wary_of)


@_readable
def decode_order(text: str) -> JobOrder:
    """The order of a job; raises BadMessageError."""
    order: JobOrder = loaded(text.encode(), JobOrder)
    return order


def encode_refusal(reason: str) -> bytes:
    """The answer to a CrawlOpened that is not followed."""
    return zlib.compress(dumped(_REFUSED(refused=reason)))


def encode_answer(known: SiteSnapshot) -> bytes:
    """The answer to QuestionAsked."""
    articles = known.all()
    places = {id(article): place for place, article in enumerate(articles)}
    keys = {key: places[id(article)] for key, article in known.articles.items()}
    ids = {key: places[id(article)] for key, article in known.by_external_id.items()}
    answer = _KnownAnswer(tuple(articles), keys, ids, known.dead_ends, known.trust, tuple(sorted(known.elsewhere)))
    return zlib.compress(dumped(to_struct(answer, _KNOWN_ANSWER)), _FAST)


@_readable
def decode_answer(answer: bytes) -> SiteSnapshot:
    """What is known; raises BadMessageError."""
    answered = _parsed(_unpacked(answer, MAX_ANSWER_BYTES), MAX_ANSWER_BYTES, _KNOWN_ANSWER)
    articles = from_struct(answered.articles, tuple[KnownArticle, ...])
    return SiteSnapshot(
        {key: articles[place] for key, place in answered.keys.items()},
        {key: articles[place] for key, place in answered.ids.items()},
        from_struct(answered.dead_ends, dict[str, LastAttempt]),
        trust=from_struct(answered.trust, dict[str, ValidatorTrust]),
        elsewhere=set(answered.elsewhere),
    )


def site_table(site: Site) -> dict[str, Any]:
    """A site as the catalogue's table of it, in plain JSON; what has its default is left out."""
    table: dict[str, Any] = loaded(dumped(to_struct(replace(site, article_url=None), _SITE)))
    return {**table, "article_url": site.article_url.pattern} if site.article_url else table


def site_of(table: Mapping[str, object]) -> Site:
    """The site that a table defines; raises BadMessageError that names what is wrong."""
    wrong: list[str] = []
    site = read_table(table, lambda key, what: wrong.append(f"{key} {what}"))
    if site is None:
        raise BadMessageError(f"no site: {'; '.join(wrong)}"[:MAX_NAME_CHARS])
    return site


def _struct(message: Message) -> tuple[Any, bytes | None]:
    """What of a message is JSON, and the page beside it."""
    if isinstance(message, QuestionAsked | CrawlEnded):
        return to_struct(message, _QUESTION if isinstance(message, QuestionAsked) else _ENDED), None
    if isinstance(message, CrawlOpened):
        fields = {name: getattr(message, name) for name in _OPENED.__struct_fields__}
        return _OPENED(**{**fields, "site": site_table(message.site)}), None
    item = message.item
    fetch = item.fetch if isinstance(item, Article) else item
    if fetch is None:
        raise BadMessageError(f"{item.url}: an article must carry its fetch")
    article = replace(item, fetch=None) if isinstance(item, Article) else None
    page = fetch.payload
    item_json = _ItemJson(message.crawl, message.serial, fetch, article, page.content_type if page else None)
    return to_struct(item_json, _ITEM), page.body if page else None


def _item_fetched(item_json: _ItemJson, packed: bytes | None) -> ItemFetched:
    fetch = item_json.fetch
    if packed is not None:
        fetch = replace(fetch, payload=Payload(_unpacked(packed, MAX_PAGE_BYTES), item_json.page_type))
    article = item_json.article
    return ItemFetched(item_json.crawl, item_json.serial, fetch if article is None else replace(article, fetch=fetch))


def _parsed(text: bytes, most: int, kind: Any) -> Any:
    if len(text) > most:
        raise BadMessageError(f"of {len(text)} bytes, more than {most}")
    return loaded(text, kind)


def _unpacked(packed: bytes, most: int) -> bytes:
    """Bounded: a few bytes can stand for gigabytes."""
    stream = zlib.decompressobj()
    text = stream.decompress(packed, most)
    if not stream.eof:
        raise BadMessageError(f"packed: cut off, or more than {most} bytes")
    return text
