"""Servers that are started once and shared: each test that asks for one finds it as if it had just begun."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from crawler.demo.press import Paper, Press
from crawler.demo.stories import at
from tests.crawler.processes import MISBEHAVING, ScriptedPaper
from tests.crawler.webhook import Webhook

NOON = at("12:00")


@pytest.fixture(scope="session")
def _misbehaving() -> Iterator[Press]:
    with Press(MISBEHAVING) as press:
        yield press


@pytest.fixture
def twin(_misbehaving: Press) -> Press:
    """The misbehaving newspaper; its second port is another host."""
    _misbehaving.forget_log()
    return _misbehaving


@pytest.fixture(scope="session")
def _scripted(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ScriptedPaper]:
    with ScriptedPaper(tmp_path_factory.mktemp("scripted")) as paper:
        yield paper


@pytest.fixture
def scripted(_scripted: ScriptedPaper) -> ScriptedPaper:
    """A newspaper that has no routes yet."""
    _scripted.routes({})
    _scripted.forget_log()
    return _scripted


@pytest.fixture(scope="session")
def gazette() -> Iterator[Paper]:
    """The demo newspaper for fixtures that set its clock themselves."""
    with Paper() as paper:
        yield paper


@pytest.fixture
def paper(gazette: Paper) -> Paper:
    """The demo newspaper at noon."""
    gazette.set_clock(NOON)
    gazette.forget_log()
    return gazette


@pytest.fixture
def hook() -> Iterator[Webhook]:
    """A webhook that has been told nothing yet."""
    server = Webhook()
    yield server
    server.shutdown()
    server.server_close()
