"""For all tests: Hypothesis without deadlines, for time is measured in benchmarks/; ledgers closed behind each test."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import settings

from tests.factories import OPENED

settings.register_profile("newsledger", deadline=None)
settings.load_profile("newsledger")


@pytest.fixture(autouse=True)
def _close_ledgers() -> Iterator[None]:
    """What `making.new_store` opened for a test is closed with it; from Python 3.13 on an open one is a warning."""
    already = len(OPENED)
    yield
    while len(OPENED) > already:
        OPENED.pop().close()
