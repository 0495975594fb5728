"""Messages come back as they went, and whatever else comes is refused."""

from __future__ import annotations

import json
import re
import zlib
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta, timezone
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from crawler.catalogue import load_sites
from crawler.catalogue.site import Site
from crawler.cluster import messages
from crawler.cluster.messages import (
    MAX_PAGE_BYTES,
    BadMessageError,
    CrawlEnded,
    CrawlOpened,
    ItemFetched,
    Message,
    QuestionAsked,
    RefusedError,
    decode,
    decode_answer,
    decode_context,
    encode,
    encode_answer,
    encode_context,
    encode_refusal,
    place_of,
    site_of,
    site_table,
)  # fmt: skip
from crawler.crawl.session import CrawlContext, CrawlResult
from pipelines.article import ArchivedRecord, Article, Author, Fetch, Image, Kind, Outcome, Payload
from pipelines.history.edit_rates import Count, EditRateModel
from pipelines.history.revisions import EarlierRevision, Known, State
from pipelines.history.validators import ValidatorTrust
from pipelines.store.crawls import CrawlOutcome, Source
from pipelines.store.crawls.snapshot import KnownArticle, LastAttempt, SiteSnapshot, SnapshotQuestion
from pipelines.text.dates import Precision, Timestamp
from tests.factories import T0, article
from tests.table import table

CRAWL = "0123456789abcdef" * 2
REPLY = "newsledger:reply:here"
SITE = Site(id="paper", name="The Paper", url="https://paper.example/", timezone="Europe/London", every="30 min",
            article_url=re.compile(r"-(?P<id>\d{7})$"), sections=("https://paper.example/news/",))  # fmt: skip

texts = st.text(max_size=12)
maybe_texts = st.none() | texts
counts = st.integers(0, 2**40)
maybe_counts = st.none() | counts
moments = st.timedeltas(timedelta(days=-40_000), timedelta(days=40_000)).map(T0.__add__)
stamps = st.none() | st.builds(Timestamp, moments, st.sampled_from(Precision), texts, texts)
pairs = st.lists(st.tuples(texts, texts), max_size=3).map(tuple)
payloads = st.none() | st.builds(Payload, st.binary(max_size=200), maybe_texts)
records = st.builds(ArchivedRecord, texts, texts, texts, maybe_texts, maybe_texts, maybe_texts, maybe_texts)
fetches = st.builds(
    Fetch, texts, moments, maybe_texts, maybe_counts, st.none() | st.sampled_from(Outcome), maybe_texts, maybe_counts,
    maybe_texts, maybe_texts, stamps, maybe_texts, maybe_texts, pairs, maybe_texts, maybe_texts, maybe_texts, maybe_texts,
    maybe_counts, maybe_texts, payloads, archived=st.none() | records,
)  # fmt: skip
articles = st.builds(
    Article, texts, st.sampled_from(Kind), maybe_texts, maybe_texts, maybe_texts, maybe_texts, texts, maybe_texts,
    st.lists(st.builds(Author, texts, maybe_texts, maybe_texts), max_size=2).map(tuple), stamps, stamps, maybe_texts,
    st.lists(texts, max_size=3).map(tuple), maybe_texts,
    st.lists(st.builds(Image, maybe_texts, maybe_texts, maybe_texts, maybe_texts), max_size=2).map(tuple),
    st.none() | st.booleans(), texts, maybe_texts, fetches,
)  # fmt: skip
sources = st.builds(Source, texts, texts, moments, maybe_counts, maybe_texts, maybe_texts, maybe_texts, counts, counts, counts)
endings = st.builds(
    CrawlResult, st.sampled_from(CrawlOutcome), maybe_texts, moments, counts, counts, st.dictionaries(texts, counts, max_size=3),
    st.booleans(), st.lists(sources, max_size=2).map(tuple), st.dictionaries(texts, maybe_texts, max_size=3),
    st.lists(texts, max_size=3).map(tuple),
)  # fmt: skip
looks = st.builds(LastAttempt, texts, moments, st.sampled_from(Outcome), counts)
known = st.builds(Known, texts, maybe_texts, maybe_texts, st.sampled_from(State),
                  st.lists(st.builds(EarlierRevision, counts, texts), max_size=2).map(tuple), maybe_texts, maybe_texts,
                  texts)  # fmt: skip
past_articles = st.builds(
    KnownArticle, texts, known, maybe_texts, maybe_texts, maybe_texts, maybe_texts, maybe_texts, st.none() | looks,
    st.none() | moments, st.none() | moments, counts, maybe_texts, st.booleans(),
    section=maybe_texts,
)  # fmt: skip
trusts = st.builds(ValidatorTrust, counts, counts, st.none() | moments, maybe_texts)
habits = st.builds(EditRateModel, st.dictionaries(texts, st.builds(Count, st.floats(0, 1e6), st.floats(0, 1e6)), max_size=2))


@st.composite
def pasts(draw: st.DrawFn) -> SiteSnapshot:
    """Several keys may lead to one article."""
    kept = draw(st.lists(past_articles, max_size=3))
    keyed = draw(st.dictionaries(texts, st.sampled_from(kept), max_size=5)) if kept else {}
    found = list(keyed.values())
    return SiteSnapshot(
        keyed, draw(st.dictionaries(texts, st.sampled_from(found), max_size=2)) if found else {},
        draw(st.dictionaries(texts, looks, max_size=2)), trust=draw(st.dictionaries(texts, trusts, max_size=2)),
        elsewhere=draw(st.sets(texts, max_size=2)),
    )  # fmt: skip


begun = st.builds(SiteSnapshot, sources=st.dictionaries(texts, sources, max_size=2), edit_rates=habits)


opened = st.builds(
    CrawlOpened,
    st.just(CRAWL),
    counts,
    st.sampled_from([SITE, *load_sites()]),
    texts,
    st.none() | moments,
    moments,
    texts,
    counts,
    st.just(REPLY),
)
looked = st.builds(ItemFetched, st.just(CRAWL), counts, fetches | articles)
some = st.lists(texts, max_size=3).map(tuple)
questions = st.builds(SnapshotQuestion, some, some, some, st.none() | moments, st.booleans())
asked = st.builds(QuestionAsked, st.just(CRAWL), counts, questions, st.just(REPLY))
ended = st.builds(CrawlEnded, st.just(CRAWL), counts, endings)


def page_of(message: Message) -> Payload | None:
    """The page is no part of what makes two fetches equal."""
    item = message.item if isinstance(message, ItemFetched) else None
    fetch = item.fetch if isinstance(item, Article) else item
    return fetch.payload if fetch else None


@settings(max_examples=200)
@given(opened | looked | asked | ended)
def test_a_message_comes_back_as_it_went(message: Message) -> None:
    back = decode(encode(message))
    assert back == message
    assert page_of(back) == page_of(message)


@given(begun, counts, counts, maybe_texts, st.lists(texts).map(tuple))
def test_a_briefing_comes_back_as_it_went(
    snapshot: SiteSnapshot, crawl_id: int, allowed: int, wary_of: str | None, archived: tuple[str, ...]
) -> None:
    told = CrawlContext(snapshot, allowed, wary_of, archived)
    back_id, back = decode_context(encode_context(crawl_id, told))
    assert (back_id, back) == (crawl_id, told)


@given(pasts())
def test_an_answer_comes_back_as_it_went(known: SiteSnapshot) -> None:
    back = decode_answer(encode_answer(known))
    assert back == known
    assert len(back.all()) == len(known.all()), "what was one article is one"


def test_a_refusal_is_told() -> None:
    with pytest.raises(RefusedError, match="the lease has gone"):
        decode_context(encode_refusal("the lease has gone"))


def test_a_site_comes_back_as_it_went() -> None:
    for site in (SITE, *load_sites()):
        assert site_of(json.loads(json.dumps(site_table(site)))) == site


def test_a_message_is_plain_json() -> None:
    """What others may read with any tool; fields that have their default are left out."""
    item = Fetch("https://paper.example/a", T0, status=404, outcome=Outcome.GONE, reason="status 404",
                 payload=Payload(b"<p>Gone</p>", "text/html"))  # fmt: skip
    fields = encode(ItemFetched(CRAWL, 7, item))
    assert (fields[b"v"], zlib.decompress(fields[b"p"])) == (b"1", b"<p>Gone</p>")
    assert json.loads(fields[b"m"]) == {
        "kind": "looked", "crawl": CRAWL, "serial": 7, "page_type": "text/html",
        "fetch": {"url": "https://paper.example/a", "fetched": "2025-03-07T08:00:00Z", "status": 404, "outcome": "gone",
                  "reason": "status 404"},
    }  # fmt: skip


def test_moments_of_other_zones_are_the_same_moments() -> None:
    local = T0.astimezone(timezone(timedelta(hours=5, minutes=45)))
    message = ItemFetched(CRAWL, 1, Fetch("https://paper.example/a", local, outcome=Outcome.ERROR))
    assert decode(encode(message)) == message


def test_an_article_without_its_look_is_not_sent() -> None:
    with pytest.raises(BadMessageError, match="must carry its fetch"):
        encode(ItemFetched(CRAWL, 1, replace(article(), fetch=None)))


# --- what is refused ----------------------------------------------------------------------------------------------------

FETCH = {"url": "u", "fetched": "2025-03-07T08:00:00+00:00"}
LOOKED = {"kind": "looked", "crawl": CRAWL, "serial": 1, "fetch": FETCH}
OPENED = json.loads(encode(CrawlOpened(CRAWL, 1, SITE, "hand", None, T0, "w", 1, REPLY))[b"m"])


def fields_of(body: object, version: bytes = b"1", **more: bytes) -> dict[bytes, bytes]:
    text = body if isinstance(body, bytes) else json.dumps(body).encode()
    return {b"v": version, b"m": text} | {key.encode(): value for key, value in more.items()}


BAD: dict[str, dict[bytes, bytes]] = {
    "nothing": {},
    "another version": fields_of(LOOKED, b"2"),
    "no JSON": fields_of(b"{"),
    "no UTF-8": fields_of(b"\xff\xfe\x00"),
    "no object": fields_of([1]),
    "another kind": fields_of({**LOOKED, "kind": "shouted"}),
    "no kind": fields_of({}),
    "a kind that is a list": fields_of({**LOOKED, "kind": []}),
    "a field too many": fields_of({**LOOKED, "colour": "red"}),
    "a field too many in a look": fields_of({**LOOKED, "fetch": {**FETCH, "colour": "red"}}),
    "a field too few": fields_of({**LOOKED, "fetch": {"url": "u"}}),
    "another type": fields_of({**LOOKED, "fetch": {**FETCH, "status": "200"}}),
    "true for a number": fields_of({**LOOKED, "serial": True}),
    "a number too great": fields_of({**LOOKED, "fetch": {**FETCH, "bytes": 2**63}}),
    "a number of many digits": fields_of(b'{"serial": ' + b"9" * 5000 + b"}"),
    "no number": fields_of(b'{"serial": NaN}'),
    "a moment without zone": fields_of({**LOOKED, "fetch": {**FETCH, "fetched": "2025-03-07T08:00:00"}}),
    "a moment before time": fields_of({**LOOKED, "fetch": {**FETCH, "fetched": "0001-01-01T00:00:00+23:00"}}),
    "an outcome of none": fields_of({**LOOKED, "fetch": {**FETCH, "outcome": "lost"}}),
    "three for a pair": fields_of({**LOOKED, "fetch": {**FETCH, "aliases": [["u", "amp", "x"]]}}),
    "a page in JSON": fields_of({**LOOKED, "fetch": {**FETCH, "payload": {"body": "x"}}}),
    "a page that is not packed": fields_of(LOOKED, p=b"<html>"),
    "a page cut off": fields_of(LOOKED, p=zlib.compress(b"x" * 1000)[:-5]),
    "no crawl": fields_of({**LOOKED, "crawl": "x"}),
    "digits of another alphabet": fields_of({**LOOKED, "crawl": "٣" * 32}),
    "a serial below none": fields_of({**LOOKED, "serial": -1}),
    "depth": fields_of(b"[" * 100_000),
    "no site": fields_of({**OPENED, "site": {"id": "paper"}}),
    "a site that is text": fields_of({**OPENED, "site": "paper"}),
    "an answer where it does not belong": fields_of({**OPENED, "reply": "newsledger:looks"}),
    "a long name": fields_of({**OPENED, "worker": "w" * 400}),
    "an answer far away": fields_of({**OPENED, "reply": REPLY + "x" * 400}),
}


@table("fields", BAD.values(), ids=BAD)
def test_what_is_no_message_is_refused(fields: dict[bytes, bytes]) -> None:
    with pytest.raises(BadMessageError) as violated:
        decode(fields)
    assert len(str(violated.value)) <= messages.MAX_NAME_CHARS


def test_a_page_that_is_a_bomb_is_refused() -> None:
    with pytest.raises(BadMessageError, match="more than"):
        decode(fields_of(LOOKED, p=zlib.compress(b"\0" * (MAX_PAGE_BYTES + 1))))


def test_what_is_too_long_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(messages, "MAX_JSON_BYTES", 200)
    with pytest.raises(BadMessageError, match="too big"):
        encode(ItemFetched(CRAWL, 1, article()))
    with pytest.raises(BadMessageError, match="more than 200"):
        decode(fields_of({**LOOKED, "article": {"url": "u", "body": "x" * 200}}))


plain = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3), max_leaves=8,
)  # fmt: skip


@given(st.dictionaries(st.sampled_from([b"v", b"m", b"p", b"x"]), st.binary(max_size=60) | st.just(b"1")))
@example({b"v": b"1", b"m": b"null"})
def test_no_bytes_break_it(fields: dict[bytes, bytes]) -> None:
    with pytest.raises(BadMessageError):
        decode(fields)


@settings(max_examples=200)
@given(st.sampled_from([LOOKED, OPENED, {**LOOKED, "article": {"url": "u"}}]), st.data())
def test_no_value_in_a_place_breaks_it(body: dict[str, Any], data: st.DataObject) -> None:
    """Any value anywhere: a message, or a BadMessageError."""
    changed = json.loads(json.dumps(body))
    place = changed
    while True:
        key = data.draw(st.sampled_from(sorted(place)) | texts)
        if not isinstance(place.get(key), dict) or data.draw(st.booleans()):
            break
        place = place[key]
    place[key] = data.draw(plain)
    try:
        message = decode(fields_of(json.dumps(changed).encode()))
    except BadMessageError:
        return
    assert decode(encode(message)) == message


@given(st.binary(max_size=100) | plain.map(lambda value: zlib.compress(json.dumps(value).encode())))
def test_no_answer_breaks_it(answer: bytes) -> None:
    with suppress(BadMessageError):
        assert all(isinstance(known.url, str) for known in decode_answer(answer).all())
    with suppress(BadMessageError):
        crawl, context = decode_context(answer)
        assert (type(crawl), type(context)) == (int, CrawlContext)


@pytest.mark.parametrize(("earlier", "later"), [("9-0", "10-0"), ("10-9", "10-10"), ("10", "10-1")])
def test_ids_are_in_order(earlier: str, later: str) -> None:
    assert place_of(earlier) < place_of(later)
