"""A host's lease is one worker's, and nobody trusts it longer than it can be trusted."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest
from redis import Redis

from crawler.cluster import lease as leases
from crawler.cluster.lease import FENCES, LEASES, WAITS, HostWaits, Lease, holder_of
from crawler.cluster.queue import NoRedisError, connect, reach
from tests.crawler.cluster.real_redis import RedisServer
from tests.crawler.cluster.sites_env import eventually

HOST = "paper.example"
OLD_ENOUGH = 2


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(leases, "TTL_SECONDS", 1.2)
    monkeypatch.setattr(leases, "MARGIN_SECONDS", 0.2)


@pytest.fixture
def grown(redis: Redis) -> Redis:
    """A Redis that has run for as long as a lease lasts."""
    eventually(lambda: redis.info("server")["uptime_in_seconds"] >= OLD_ENOUGH)
    return redis


@pytest.fixture
def lease(grown: Redis) -> Iterator[Lease]:
    one = Lease(grown, HOST, "w1")
    assert one.acquire() is None
    yield one
    one.release()


def other(redis: Redis) -> Lease:
    return Lease(redis, HOST, "w2")


def test_a_host_is_leased_to_one(grown: Redis, lease: Lease) -> None:
    assert lease.seconds_left()
    assert holder_of(grown, HOST) == "w1"
    assert other(grown).acquire() == f"{HOST} is being asked by w1"
    lease.release()
    assert not lease.seconds_left()
    assert holder_of(grown, HOST) is None
    second = other(grown)
    assert second.acquire() is None
    assert second.fence == lease.fence + 1
    lease.release()  # once more: what is another's stays
    assert holder_of(grown, HOST) == "w2"
    second.release()


def test_hosts_are_leased_apart(grown: Redis, lease: Lease) -> None:
    elsewhere = Lease(grown, "other.example", "w1")
    assert elsewhere.acquire() is None
    elsewhere.release()


def test_it_is_renewed(grown: Redis, lease: Lease) -> None:
    until = time.monotonic() + 2 * lease.ttl
    while time.monotonic() < until:
        assert lease.seconds_left()
        assert other(grown).acquire() is not None
        time.sleep(0.1)


def test_a_lease_that_was_taken_away_is_lost_for_good(grown: Redis, lease: Lease) -> None:
    grown.delete(f"{LEASES}{HOST}")
    eventually(lambda: not lease.seconds_left(), 5)
    second = other(grown)
    assert second.acquire() is None
    time.sleep(lease.ttl)
    assert not lease.seconds_left()
    assert second.seconds_left()
    second.release()


def test_cut_off_it_ends_before_another_can_have_it(redis_server: RedisServer, grown: Redis, lease: Lease) -> None:
    """Redis is stopped in its tracks: it answers nothing, while its clock goes on."""
    redis_server.pause()
    try:
        stopped = time.monotonic()
        eventually(lambda: not lease.seconds_left(), 5, every=0.02)
        ended = time.monotonic()
        assert ended - stopped <= lease.ttl - leases.MARGIN_SECONDS + 0.1
        time.sleep(lease.ttl)
    finally:
        redis_server.resume()
    second = other(grown)
    assert second.acquire() is None
    eventually(lambda: not lease._renewing.is_alive(), 10)
    assert not lease.seconds_left()
    second.release()


def test_a_redis_that_has_just_started_grants_nothing(redis_server: RedisServer, redis: Redis) -> None:
    """It may have lost a lease that still runs."""
    redis_server.restart()
    assert other(redis).acquire() == "Redis has just started or was emptied, and may have forgotten who asks the host"
    assert redis.exists(f"{LEASES}{HOST}") == 0
    second = other(redis)
    eventually(lambda: second.acquire() is None, 10)
    second.release()


def test_fences_grow(grown: Redis) -> None:
    """And so the writer knows who came later."""
    fences = []
    for _ in range(3):
        one = other(grown)
        assert one.acquire() is None
        fences.append(one.fence)
        one.release()
    assert fences == [fences[0], fences[0] + 1, fences[0] + 2]
    assert grown.get(f"{FENCES}{HOST}") == str(fences[-1]).encode()


def test_a_redis_that_was_emptied_grants_nothing_for_a_while(grown: Redis, lease: Lease) -> None:
    """Whose lease it was may still ask; and whoever asks next comes later by its fence, though nobody remembers any."""
    grown.flushall()
    second = other(grown)
    assert second.acquire() == "Redis has just started or was emptied, and may have forgotten who asks the host"
    eventually(lambda: second.acquire() is None, 10)
    assert not lease.seconds_left()
    assert second.fence > lease.fence
    second.release()


# --- waits -------------------------------------------------------------------------------------------------------------------


def waits(redis: Redis, covered: float = 1) -> HostWaits:
    return HostWaits(redis, lambda: covered)


def test_waits_are_kept_for_the_next(redis: Redis) -> None:
    waits(redis).write(HOST, 30)
    assert waits(redis).read(HOST) == pytest.approx(30, abs=0.5)
    assert waits(redis).read("other.example") == 0
    assert 0 < redis.pttl(f"{WAITS}{HOST}") <= 30_000, "it goes by itself"


def test_a_wait_that_is_over_is_none(redis: Redis) -> None:
    kept = waits(redis)
    kept.write(HOST, 30)
    kept.write(HOST, -1)
    assert kept.read(HOST) == 0


def test_a_wait_that_nobody_will_know_of_ends_the_asking(redis_server: RedisServer, redis: Redis) -> None:
    """What a lease is good for needs no word; a host that wants more than that must not be forgotten."""
    kept = waits(redis)
    redis_server.kill()
    try:
        kept.write(HOST, 0.9)
        assert kept.kept
        kept.write(HOST, 20)
        assert not kept.kept
        assert kept.read(HOST) > 0, "whoever cannot know waits"
    finally:
        redis_server.start()
    kept.write(HOST, 20)
    assert kept.kept


# --- how Redis is reached ----------------------------------------------------------------------------------------------------


def test_no_password_is_told() -> None:
    with pytest.raises(NoRedisError) as told:
        reach(connect("redis://:secret@127.0.0.1:1/0"))
    assert str(told.value).startswith("Redis at 127.0.0.1:1 does not answer")
    assert "secret" not in str(told.value)


def test_what_is_no_url_is_told() -> None:
    with pytest.raises(NoRedisError, match="no URL of a Redis"):
        connect("http://127.0.0.1/")
