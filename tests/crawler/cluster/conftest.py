"""For the tests of the cluster: a real Redis, one for each module and process of tests, empty for each test."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from redis import Redis

from crawler.cluster.lease import SINCE
from tests.crawler.cluster.real_redis import PROGRAM, RedisServer


@pytest.fixture(scope="module")
def redis_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RedisServer]:
    """The server; may be killed and started again."""
    if PROGRAM is None:
        pytest.skip("redis-server is not installed")
    with RedisServer(tmp_path_factory.mktemp("redis")) as server:
        yield server


@pytest.fixture
def redis(redis_server: RedisServer) -> Iterator[Redis]:
    """A connection to the server, which holds nothing."""
    with redis_server.client() as client:
        client.flushall()
        client.set(SINCE, 0)  # it has long known of leases
        yield client
