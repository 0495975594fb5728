"""For all tests: Hypothesis without deadlines, own locks, new ledgers copied and all closed, unexpected skips as failures.

Where `CI` is set, a skipped test whose reason is not one of `EXPECTED_SKIPS` fails the run: a guard that is off guards nothing.
"""

from __future__ import annotations

import gc
import importlib
import os
import sys
import warnings
from collections.abc import Iterator
from contextlib import suppress

import pytest
from hypothesis import settings

from tests.factories import OPENED, copy_new_ledgers

settings.register_profile("newsledger", deadline=None)
settings.load_profile("newsledger")
copy_new_ledgers()

EXPECTED_SKIPS = (
    "not beside",  # the corpora and facts that are not ours to give away; tests/corpus guards the same in any clone
    "pandas is not installed",  # the analysts' libraries are no dependency of ours
    "polars is not installed",
    "duckdb is not installed",
    "R with RSQLite is not installed",
    "nbformat is not installed",
    "no systemd here",
    "systemd cannot look at units here",
    "IPv6",
)
"""Parts of the reasons that a run without them gives."""
_UNEXPECTED: list[str] = []


def pytest_configure() -> None:
    """Datasette opens a connection as it is imported, and leaves it to the garbage collector."""
    if sys.version_info >= (3, 13):
        with suppress(ImportError), warnings.catch_warnings():
            warnings.simplefilter("ignore", ResourceWarning)
            importlib.import_module("datasette.filters")
            gc.collect()


@pytest.hookimpl(trylast=True)
def pytest_collection_finish() -> None:
    """What collection left stays to the end; to look through it again and again costs a tenth of all CPU."""
    gc.collect()
    gc.freeze()


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    if report.skipped and isinstance(report.longrepr, tuple):
        reason = report.longrepr[2]
        if not any(expected in reason for expected in EXPECTED_SKIPS):
            _UNEXPECTED.append(f"{report.nodeid}: {reason}")


def pytest_sessionfinish(session: pytest.Session) -> None:
    if os.environ.get("CI") and _UNEXPECTED and session.exitstatus == pytest.ExitCode.OK:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if os.environ.get("CI"):
        for line in _UNEXPECTED:
            terminalreporter.write_line(f"unexpected skip, which fails the run: {line}", red=True)


@pytest.fixture(scope="session", autouse=True)
def _own_locks(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Each test process has its own folder for locks of hosts, which otherwise all ledgers of the machine share."""
    os.environ["XDG_RUNTIME_DIR"] = str(tmp_path_factory.mktemp("run"))


@pytest.fixture(autouse=True)
def _close_ledgers() -> Iterator[None]:
    """What `factories.new_store` opened for a test is closed with it; from Python 3.13 on an open one is a warning."""
    already = len(OPENED)
    yield
    while len(OPENED) > already:
        OPENED.pop().close()
