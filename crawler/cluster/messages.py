"""Messages between workers and the writer: values <-> versioned JSON, never pickles. Pure: knows no Redis and no store.

An entry of the stream has the fields `v` (the version), `m` (JSON), `p` (the page, zlib) if a reading may be doubted, and `s`
(the signature) if there are keys.
Reading any bytes gives a message or a BadMessageError, within bounded memory.

BadMessageError     cannot be read: damaged, of another version, too big
    RefusedError    was read, and says that the writer did not open the crawl
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
from pipelines.store.crawls.snapshot import KnownArticle, LastAttempt, SiteSnapshot, SnapshotQuestion

VERSION = b"1"
NO_KEYS = KeyRing()
MAX_JSON_BYTES = 32 * 1024 * 1024
"""Limit of one message. The end of a crawl lists the articles of its sources: about 150 bytes for each that moved."""
MAX_PAGE_BYTES = 16 * 1024 * 1024
"""Limit of a page, uncompressed; fetches have a lower limit."""
MAX_ANSWER_BYTES = 512 * 1024 * 1024
"""Limit of an answer, uncompressed: about 600 bytes for each article that the crawl can meet."""
MAX_NAME_CHARS = 300
LONGEST_SECONDS = 7 * 86_400
"""Upper limit of a crawl's time limit."""
REPLIES = "newsledger:reply:"
"""Answers are written only to keys with this prefix."""

Given = TypeVar("Given")
Found = TypeVar("Found")
CrawlName = Annotated[str, Meta(pattern=r"\A[0-9a-f]{32}\Z")]
"""32 hexadecimal digits, unique."""
Serial = Annotated[int, Meta(ge=0, le=LARGEST_INT)]
"""Number of a message, greater than those of all earlier messages of the crawl, also failed ones; it identifies repeated
messages."""
Name = Annotated[str, Meta(max_length=MAX_NAME_CHARS)]
Reply = Annotated[str, Meta(pattern=rf"\A{REPLIES}", max_length=MAX_NAME_CHARS)]
"""The list on which the answer is expected."""
_FAST = 1
"""Level of zlib: pages and snapshots are compressed while somebody waits."""


class BadMessageError(Exception):
    """The bytes are not a readable message."""


class RefusedError(BadMessageError):
    """The writer did not open a crawl; the message says why."""


@dataclass(frozen=True, slots=True)
class CrawlOpened:
    """A crawl is about to start, and needs its context."""

    crawl: CrawlName
    serial: Serial
    site: Site
    trigger: Name
    planned: datetime | None
    started: datetime
    worker: Name
    fence: int
    """Fencing token of the host's lease: a later holder has a greater one."""
    reply: Reply


@dataclass(frozen=True, slots=True)
class ItemFetched:
    """One fetch, normalised; an article carries its fetch, and the fetch its page if the reading may be doubted."""

    crawl: CrawlName
    serial: Serial
    item: Article | Fetch


@dataclass(frozen=True, slots=True)
class QuestionAsked:
    """A question for what is known of listed and due articles."""

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
    """One entry of the stream, as received."""

    id: str
    """Milliseconds and a number, as "1526919030474-55"; later ones are greater."""
    fields: Mapping[bytes, bytes]
    """Empty if it was deleted before it was read."""


class JobOrder(Struct, frozen=True, forbid_unknown_fields=True):
    """The content of a job on the queue: plain JSON."""

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
    """The JSON part of ItemFetched; the page is beside it."""

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
    archived: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Refused:
    """The answer to a refused CrawlOpened."""

    refused: str


@dataclass(frozen=True, slots=True)
class _KnownAnswer:
    """The answer to QuestionAsked. Keys and ids refer to positions in the list of articles: several may refer to one."""

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
    """Turn any exception of a reader into a BadMessageError."""

    @wraps(read)
    def readable(given: Given) -> Found:
        try:
            return read(given)
        except (*UNREADABLE, IndexError, zlib.error) as error:
            raise BadMessageError(f"{type(error).__name__}: {error}"[:MAX_NAME_CHARS]) from error

    return readable


def encode(message: Message) -> dict[bytes, bytes]:
    """The fields of a stream's entry; raises BadMessageError for a message that cannot be sent."""
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
    """The fields of an entry with their signature, if there are keys."""
    signature = keys.sign("entry", *_parts(fields))
    return {**fields, b"s": signature} if signature else fields


def check_signature(fields: Mapping[bytes, bytes], keys: KeyRing) -> None:
    """Raises BadMessageError for an entry without a valid signature, or one that is too big to check."""
    if len(fields.get(b"m", b"")) > MAX_JSON_BYTES or len(fields.get(b"p", b"")) > MAX_PAGE_BYTES:
        raise BadMessageError("too big to be read")
    try:
        keys.check(fields.get(b"s", b""), "entry", *_parts(fields))
    except ForgedError as error:
        raise BadMessageError(f"forged: {error}") from error


def signed_answer(answer: bytes, reply: str, keys: KeyRing) -> bytes:
    """An answer with its signature, if there are keys; it is valid for one question only."""
    signature = keys.sign(f"answer {reply}", answer)
    return signature + b"\n" + answer if signature else answer


def checked_answer(answer: bytes, reply: str, keys: KeyRing) -> bytes:
    """The answer without its signature; raises BadMessageError if the signature is not valid."""
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
    """The id of an entry in a form that can be compared; raises ValueError."""
    milliseconds, _, number = entry_id.partition("-")
    return int(milliseconds), int(number or 0)


def encode_context(crawl_id: int, context: CrawlContext) -> bytes:
    """The answer to CrawlOpened."""
    snapshot = context.snapshot
    context_answer = _ContextAnswer(
        crawl_id, context.allowed, context.wary_of, snapshot.sources, snapshot.edit_rates, context.archived_by_workers
    )
    return zlib.compress(dumped(to_struct(context_answer, _CONTEXT_ANSWER)), _FAST)


@_readable
def decode_context(answer: bytes) -> tuple[int, CrawlContext]:
    """The crawl's id and its context; raises RefusedError or BadMessageError."""
    answered = _parsed(_unpacked(answer, MAX_ANSWER_BYTES), MAX_ANSWER_BYTES, _CONTEXT_ANSWER | _REFUSED)
    if isinstance(answered, _REFUSED):
        raise RefusedError(answered.refused[:MAX_NAME_CHARS])
    edit_rates = EditRateModel(from_struct(answered.habits.counts, dict[str, Count]))
    snapshot = SiteSnapshot(sources=from_struct(answered.sources, dict[str, Source]), edit_rates=edit_rates)
    return answered.crawl, CrawlContext(snapshot, answered.allowed, answered.wary_of, tuple(answered.archived))


@_readable
def decode_order(text: str) -> JobOrder:
    """The order of a job; raises BadMessageError."""
    order: JobOrder = loaded(text.encode(), JobOrder)
    return order


def encode_refusal(reason: str) -> bytes:
    """The answer to a refused CrawlOpened."""
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
    """The known articles; raises BadMessageError."""
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
    """A site as its table of the catalogue, in plain JSON; defaults are left out."""
    table: dict[str, Any] = loaded(dumped(to_struct(replace(site, article_url=None), _SITE)))
    return {**table, "article_url": site.article_url.pattern} if site.article_url else table


def site_of(table: Mapping[str, object]) -> Site:
    """The site that a table defines; raises BadMessageError with the fault."""
    wrong: list[str] = []
    site = read_table(table, lambda key, what: wrong.append(f"{key} {what}"))
    if site is None:
        raise BadMessageError(f"no site: {'; '.join(wrong)}"[:MAX_NAME_CHARS])
    return site


def _struct(message: Message) -> tuple[Any, bytes | None]:
    """The JSON part of a message, and the page beside it."""
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
    """Bounded, because a few bytes can unpack to gigabytes."""
    stream = zlib.decompressobj()
    text = stream.decompress(packed, most)
    if not stream.eof:
        raise BadMessageError(f"packed: cut off, or more than {most} bytes")
    return text
