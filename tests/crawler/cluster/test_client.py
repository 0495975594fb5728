"""One crawl's line to the writer: what it opens, asks and tells; and what becomes of it where nobody answers."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace

import pytest
from redis import Redis

from crawler.cluster import jobs
from crawler.cluster.consumer import WRITER
from crawler.cluster.jobs import WriterClient
from crawler.cluster.lease import Lease
from crawler.cluster.messages import (
    CrawlEnded,
    CrawlOpened,
    Message,
    QuestionAsked,
    decode,
    encode_answer,
    encode_context,
    encode_refusal,
)
from crawler.cluster.stream import ITEMS, Stream
from crawler.crawl.remote import DispatchError
from crawler.crawl.session import CrawlContext, CrawlResult
from pipelines.store.crawls import CrawlOutcome
from pipelines.store.crawls.snapshot import SiteSnapshot, SnapshotQuestion
from tests.crawler.cluster.cluster_env import site
from tests.factories import T0

HERALD = site("herald")
TOLD = CrawlContext(SiteSnapshot(), 7)


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "ANSWER_SECONDS", 0.5)


@pytest.fixture
def line(redis: Redis) -> WriterClient:
    redis.set(WRITER, "here")
    return WriterClient(redis, Lease(redis, "herald.example", "w1"), "w1", lambda: T0)


@pytest.fixture
def answers(redis: Redis) -> Iterator[list[bytes]]:
    """A writer that answers what comes, in turn, with these."""
    given: list[bytes] = []
    stream, stopping = Stream(redis), threading.Event()
    stream.join()

    def answer() -> None:
        while not stopping.is_set():
            for entry in stream.read(50):
                message = decode(entry.fields)
                if isinstance(message, CrawlOpened | QuestionAsked) and given:
                    stream.answer(message.reply, given.pop(0))

    thread = threading.Thread(target=answer)
    thread.start()
    yield given
    stopping.set()
    thread.join()


def sent(redis: Redis) -> list[Message]:
    return [decode(fields) for _, fields in redis.xrange(ITEMS)]


def test_a_crawl_is_opened_and_told_what_it_must_know(redis: Redis, line: WriterClient, answers: list[bytes]) -> None:
    answers.append(encode_context(3, TOLD))
    assert line.open(HERALD, "schedule", T0, T0) == (3, TOLD)
    (opened,) = sent(redis)
    assert isinstance(opened, CrawlOpened)
    assert (opened.crawl, opened.serial, opened.site, opened.planned, opened.worker) == (line.crawl, 1, HERALD, T0, "w1")


def test_no_crawl_is_opened_where_nobody_writes(redis: Redis, line: WriterClient) -> None:
    redis.delete(WRITER)
    with pytest.raises(DispatchError, match="there is no writer"):
        line.open(HERALD, "schedule", None, T0)
    assert sent(redis) == []


@pytest.mark.parametrize(("answer", "why"), [(None, "did not answer within 0.5 s"), (b"rubbish", "cannot be read")])
def test_a_crawl_that_gets_no_answer_leaves_nothing_open(
    redis: Redis, line: WriterClient, answers: list[bytes], answer: bytes | None, why: str
) -> None:
    if answer:
        answers.append(answer)
    with pytest.raises(DispatchError, match=why):
        line.open(HERALD, "schedule", None, T0)
    opened, ended = sent(redis)
    assert isinstance(opened, CrawlOpened)
    assert isinstance(ended, CrawlEnded)
    assert (ended.serial, ended.ending.outcome, ended.ending.finished) == (2, CrawlOutcome.STOPPED, T0)
    assert ended.ending.reason_code == "writer_unreachable"


def test_a_crawl_that_is_refused_says_why(redis: Redis, line: WriterClient, answers: list[bytes]) -> None:
    answers.append(encode_refusal("the lease has gone"))
    with pytest.raises(DispatchError, match="the lease has gone"):
        line.open(HERALD, "schedule", None, T0)
    assert len(sent(redis)) == 1


def test_a_long_question_is_asked_in_parts(
    redis: Redis, line: WriterClient, answers: list[bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs, "KEYS_TOGETHER", 2)
    answers += [encode_answer(SiteSnapshot(elsewhere={"a.example/1"})), encode_answer(SiteSnapshot(elsewhere={"a.example/3"}))]
    question = SnapshotQuestion(("a.example/1", "a.example/2", "a.example/3"), ("7",), ("https://a.example/feed",), T0)
    assert line.look_up(question).elsewhere == {"a.example/1", "a.example/3"}
    asked = [message.question for message in sent(redis) if isinstance(message, QuestionAsked)]
    assert asked == [replace(question, keys=question.keys[:2]), SnapshotQuestion(question.keys[2:])]


@pytest.mark.parametrize(("answer", "why"), [(None, "did not answer within 0.5 s"), (b"rubbish", "cannot be read")])
def test_what_is_known_is_not_guessed(line: WriterClient, answers: list[bytes], answer: bytes | None, why: str) -> None:
    if answer:
        answers.append(answer)
    with pytest.raises(DispatchError, match=why):
        line.look_up(SnapshotQuestion(("a.example/1",)))


def test_how_it_ended_is_handed_over(redis: Redis, line: WriterClient) -> None:
    result = CrawlResult(CrawlOutcome.FINISHED, None, T0, requests=3)
    line.end(result)
    assert (line.result, line.delivered) == (result, True)
    assert sent(redis) == [CrawlEnded(line.crawl, 1, result)]
