"""The stream keeps what is not written, slows its senders down, and tells who waits for whom."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from redis import Redis

from crawler.cluster.messages import BadMessageError, ItemFetched, QuestionAsked, decode
from crawler.cluster.stream import ITEMS, RedisAwayError, Stream, StreamBacklogError
from pipelines.store.crawls.snapshot import SnapshotQuestion
from tests.crawler.cluster.real_redis import RedisServer
from tests.factories import article

CRAWL = "0" * 32
REPLY = f"newsledger:reply:{CRAWL}"


def asked(serial: int) -> QuestionAsked:
    return QuestionAsked(CRAWL, serial, SnapshotQuestion(("paper.example/",)), REPLY)


def serials(stream: Stream) -> list[int]:
    return [decode(entry.fields).serial for entry in stream.read(10)]


class Pauses:
    """Waits of a sender: noted, not waited."""

    def __init__(self, then: Any = None) -> None:
        self.waited: list[float] = []
        self._then = then

    def __call__(self, seconds: float) -> None:
        self.waited.append(seconds)
        if self._then:
            self._then()


def test_what_is_sent_is_read_in_order_and_goes_when_it_is_done(redis: Redis) -> None:
    sender, reader = Stream(redis), Stream(redis)
    reader.join()
    for serial in range(5):
        sender.send(asked(serial))
    entries = reader.read(10, 3)
    assert [decode(entry.fields) for entry in entries] == [asked(0), asked(1), asked(2)]
    assert sender.backlog() == 5
    reader.done(entries[1].id)
    assert sender.backlog() == 3
    reader.done(entries[2].id)
    assert serials(reader) == [3, 4]
    assert redis.xinfo_groups(ITEMS)[0]["pending"] == 2


def test_what_was_read_and_not_done_is_read_again_by_the_next(redis: Redis) -> None:
    sender, killed, reader = Stream(redis), Stream(redis), Stream(redis)
    killed.join()
    for serial in range(4):
        sender.send(asked(serial))
    assert len(killed.read(10, 2)) == 2
    reader.join()
    entries = reader.read(10)
    assert [decode(entry.fields).serial for entry in entries] == [0, 1]
    reader.done(entries[-1].id)
    assert serials(reader) == [2, 3]


def test_what_was_sent_before_there_was_a_reader_waits(redis: Redis) -> None:
    Stream(redis).send(asked(1))
    reader = Stream(redis)
    reader.join()
    reader.join()
    assert serials(reader) == [1]


def test_a_redis_that_lost_everything_is_begun_with_anew(redis: Redis) -> None:
    sender, reader = Stream(redis), Stream(redis)
    reader.join()
    redis.flushall()
    sender.send(asked(1))
    assert serials(reader) == [1]


def test_a_sender_waits_while_the_writer_is_behind(redis: Redis) -> None:
    reader = Stream(redis)
    reader.join()

    def write() -> None:
        if len(pauses.waited) == 3:
            reader.done(reader.read(10)[-1].id)

    pauses = Pauses(write)
    sender = Stream(redis, backlog=4, pause=pauses)
    for serial in range(5):
        sender.send(asked(serial))
    assert pauses.waited == []
    sender.send(asked(5))
    assert pauses.waited == [0.2, 0.4, 0.8]
    assert sender.backlog() == 1


def test_a_sender_gives_up_when_the_writer_stays_behind(redis: Redis) -> None:
    """Nothing is trimmed to make room, and what was not sent is not there."""
    sender = Stream(redis, backlog=2, pause=Pauses())
    for serial in range(3):
        sender.send(asked(serial))
    with pytest.raises(StreamBacklogError, match="3 fetches wait for the writer"):
        sender.send(asked(3), 0)
    assert sender.backlog() == 3


def test_a_sender_waits_for_redis(redis_server: RedisServer, redis: Redis) -> None:
    redis_server.kill()
    pauses = Pauses(lambda: redis_server.start() if len(pauses.waited) == 2 else None)
    sender = Stream(redis, pause=pauses)
    sender.send(asked(1))
    assert pauses.waited == [0.2, 0.4]
    assert sender.backlog() == 1


def test_a_sender_gives_up_when_redis_stays_away(redis_server: RedisServer, redis: Redis) -> None:
    redis_server.kill()
    try:
        with pytest.raises(RedisAwayError, match="Redis does not answer"):
            Stream(redis).send(asked(1), 0)
    finally:
        redis_server.start()


def test_a_message_that_is_none_is_the_senders_fault(redis: Redis) -> None:
    unfinished = article()
    object.__setattr__(unfinished, "fetch", None)
    with pytest.raises(BadMessageError):
        Stream(redis).send(ItemFetched(CRAWL, 1, unfinished))
    assert redis.xlen(ITEMS) == 0


def test_answers_wait_for_a_while(redis: Redis) -> None:
    Stream(redis).answer(REPLY, b"yes")
    assert 0 < redis.ttl(REPLY) <= 120
    assert redis.blpop([REPLY], timeout=1)[1] == b"yes"


def test_two_senders_do_not_mix(redis: Redis) -> None:
    """What each sends stays in its order."""
    reader = Stream(redis)
    reader.join()

    def send(crawl: str) -> None:
        stream = Stream(redis)
        for serial in range(50):
            stream.send(QuestionAsked(crawl, serial, SnapshotQuestion(), REPLY))

    threads = [threading.Thread(target=send, args=(digit * 32,)) for digit in "ab"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    messages = [decode(entry.fields) for entry in reader.read(10, 200)]
    for digit in "ab":
        assert [message.serial for message in messages if message.crawl == digit * 32] == list(range(50))
