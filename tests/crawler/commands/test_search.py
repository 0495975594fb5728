"""`newsledger search` and `status`: what people see, what programs get, and what is told when not all was looked at."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from crawler.cli import main
from pipelines.queries import search, search_terms
from pipelines.store.crawls import put_sites
from tests.factories import URL, article, new_ledger, new_store


@pytest.fixture(scope="module")
def ledger(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Thirty articles of two papers in March and April, each of the weir; one has been edited since."""
    with new_store(tmp_path_factory.mktemp("search")) as store:
        put_sites(store, [{"id": "other", "name": "The [bold]Other[/bold]", "url": "https://other.example/"}])
        ledgers = [new_ledger(store), new_ledger(store, "other")]
        for n in range(30):
            url = f"https://paper.example/{n}"
            ledgers[n % 2].record(article(f"The weir held.\n\nPart {n}.", seen=n * 1440, modified=n * 1440, url=url))
        ledgers[0].record(article("The weir broke \x1b[31m.", seen=200_000, modified=0, url="https://paper.example/0"))
    return store.path


def run(ledger: Path, *arguments: str) -> Result:
    return CliRunner().invoke(main, [*arguments, "--db", str(ledger)])


def test_a_page_of_hits(ledger: Path) -> None:
    done = run(ledger, "search", "part", "0")
    assert done.exit_code == 0
    assert done.output == (
        "2025-03-07 08:00Z  new  The Paper  (since changed)\n"
        "Fire at Cross Mill\n"
        "The weir held. ¶ [Part] [0].\n"
        "https://paper.example/0  revision 1\n"
        "\n"
        "1 revision, the best first\n"
    )


def test_how_hits_are_spread(ledger: Path) -> None:
    *_, summary, sites, changes, months, years = [*run(ledger, "search", "weir", "--limit", "1").output.splitlines(), ""]
    assert (summary, sites, changes) == (
        "31 revisions of 30 articles, 1 shown, the best first",
        "by site: The Paper 16, The [bold]Other[/bold] 15",
        "by change: new 30, silent 1",
    )
    assert (months, years) == ("by month: 2025-07 1, 2025-04 5, 2025-03 25", "")


@pytest.mark.parametrize(
    ("options", "count"),
    [
        (("--site", "other"), 15),
        (("--site", "other", "--site", "paper"), 31),
        (("--change", "silent"), 1),
        (("--since", "2025-04-01"), 6),
        (("--until", "2025-03-08"), 2),
        (("--since", "2025-03-08", "--until", "2025-03-08"), 1),
    ],
)
def test_options_narrow(ledger: Path, options: tuple[str, ...], count: int) -> None:
    assert json.loads(run(ledger, "search", "weir", "--json", "--facets", *options).output)["total"] == count


@pytest.mark.parametrize(
    ("words", "count"),
    [
        (("weir", "-held"), 1), (("weir", "-broke"), 30), (("weir", "NOT", "held"), 1), (("part", "0", "OR", "1"), 2),
        (("-held", "weir"), 1), (("weir", "-henry"), 31), (("weir", "site:other.example"), 15),
        (('"weir held"', "change:silent"), 0),
    ],
)  # fmt: skip
def test_operators_are_words_of_the_command(ledger: Path, words: tuple[str, ...], count: int) -> None:
    assert json.loads(run(ledger, "search", "--json", "--facets", *words).output)["total"] == count


@pytest.mark.parametrize("options", [("--sit", "other"), ("--change", "odd"), ("--since", "yesterday"), ("--limit", "0")])
def test_wrong_options_are_usage_errors(ledger: Path, options: tuple[str, ...]) -> None:
    assert run(ledger, "search", "weir", *options).exit_code == 2


def test_programs_get_one_object(ledger: Path) -> None:
    found = json.loads(run(ledger, "search", "broke", "--json", "--facets").output)
    (row,) = found.pop("rows")
    assert (row["headline"], row["snippet"], row["number"]) == ("Fire at Cross Mill", "The weir [broke] [31m.", 2)
    assert found == {
        "total": 1, "is_more": False, "ranked": "best", "counted": 1, "whole": [], "articles": 1, "as_words": [], "unknown": [],
        "facets": {"site": [["paper", "The Paper", 1]], "change": [["silent", "silent", 1]], "year": [["2025", "2025", 1]],
                   "month": [["2025-07", "2025-07", 1]]},
    }  # fmt: skip


def test_what_was_not_looked_at_is_told(ledger: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {"EXACT": 5, "FACETED": 10, "FEW": 1}.items():
        monkeypatch.setattr(search, name, value)
    lines = run(ledger, "search", "weir", "--limit", "2").output.splitlines()
    assert "more than 10 revisions, 2 shown, the newest first" in lines
    assert "by change (of the newest 10): new 9, silent 1" in lines
    monkeypatch.setattr(search, "WALKED", 3)
    monkeypatch.setattr(search, "FACETED", 1)
    assert "in the newest of very many" in run(ledger, "search", "weir", "--change", "restored", "--limit", "1").output


def test_a_beginning_of_too_much_is_told(ledger: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(search_terms, "MAX_BEGINNING", 3)
    assert run(ledger, "search", "wei*").output == "Nothing found.\nToo much begins with wei*: taken as whole words.\n"


def test_status_counts_without_reading_the_ledger(ledger: Path) -> None:
    done = run(ledger, "status")
    assert "30 articles of 2 sites, 31 revisions, 0 gone; last fetch 2025-07-24 05:20Z" in done.output
    assert "changes: 30 new, 1 silent" in done.output


def test_a_saved_search_tells_what_is_new_once(tmp_path: Path) -> None:
    db = tmp_path / "news.db"
    with new_store(tmp_path) as store:
        writer = new_ledger(store)
        writer.record(article("The mill burns."))
        assert run(db, "search", "mill -drill", "--save", "mills").exit_code == 0
        assert json.loads(run(db, "search", "--json").output)[0]["words"] == "mill -drill"
        assert run(db, "search", "--saved", "mills", "--tell").output == ""
        writer.record(article("The mill burned.", seen=10))
        writer.record(article("A mill drill.", seen=20, url=f"{URL}-2"))
        assert json.loads(run(db, "search", "--saved", "mills", "--json").output)[0]["number"] == 2
        told = run(db, "search", "--saved", "mills", "--tell")
        assert (told.exit_code, told.output.count("mill-fire")) == (0, 1), told.output
        assert run(db, "search", "--saved", "mills", "--tell").output == ""
        assert run(db, "search", "--forget", "mills").exit_code == 0
        for words in (["--saved", "mills"], ["--forget", "mills"], ["mill", "--save", "A b"], ["--save", "mills"]):
            assert run(db, "search", *words).exit_code == 2, words
