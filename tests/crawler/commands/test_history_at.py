"""`newsledger history --at`: what an article said at a time, as a person asks for it."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from tests.crawler.processes import newsledger
from tests.viewer.ledgers import GONE_QUIET, URL, make

NOW = datetime(2025, 3, 7, 12, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def db(tmp_path_factory: pytest.TempPathFactory) -> str:
    folder = tmp_path_factory.mktemp("at")
    make(folder).close()
    return str(folder / "news.db")


@pytest.mark.parametrize(
    ("at", "certainty", "numbers"),
    [
        ("2025-03-07T07:00", "unknown", []),
        ("2025-03-07 09:15", "seen", [2]),
        ("09:15", "seen", [2]),
        ("20250307083000", "between", [1, 2]),
        ("2025-03-07T12:00+01:00", "last_seen", [3]),
    ],
)
def test_as_json(db: str, at: str, certainty: str, numbers: list[int]) -> None:
    told = json.loads(newsledger("history", URL, "--at", at, "--json", "--db", db, now=NOW).stdout)
    assert (told["certainty"], [row["number"] for row in told["revisions"]]) == (certainty, numbers)
    assert (told["url"], told["withdrawn"], told["absent"]) == (URL, None, False)


def test_for_a_person(db: str) -> None:
    certain = newsledger("history", URL, "--at", "2025-03-07T09:15", "--db", db).stdout
    assert "seen so at 2025-03-07T09:00:00Z and again at 2025-03-07T09:30:00Z" in certain
    assert "edited between 2025-03-07 08:00Z and 2025-03-07 09:00Z" in certain
    assert "The mill burned down." in certain
    assert "Europe/London" in certain
    between = newsledger("history", URL, "--at", "2025-03-07T08:30", "--db", db).stdout
    assert "it said revision 1 or revision 2" in between
    assert f"newsledger diff {URL} 1 2" in between


def test_withdrawn_articles_have_no_text(db: str) -> None:
    told = newsledger("history", GONE_QUIET, "--at", "2025-03-07T09:30", "--db", db).stdout
    assert "withdrawn" in told
    assert "secret" not in told.replace(GONE_QUIET, "")
    assert "secret" not in newsledger("history", GONE_QUIET, "--at", "2025-03-07T09:30", "--json", "--db", db).stdout
    assert newsledger("timemap", GONE_QUIET, "--db", db).returncode == 1


def test_what_is_asked_wrongly(db: str) -> None:
    assert newsledger("history", URL, "--at", "2025-03-07", "--db", db).returncode == 2
    assert newsledger("history", "https://paper.example/none", "--at", "14:05", "--db", db).returncode == 1
    assert newsledger("timemap", "https://paper.example/none", "--db", db).returncode == 1
