"""Codes of reasons: the docs explain each, old ledgers' sentences lead to them, and each has its sentence."""

import json
import re
from pathlib import Path

import pytest

from pipelines.article import Outcome
from pipelines.reasons import Skipped, skipped_after, skipped_sentence
from pipelines.store.crawls import CrawlOutcome, finish_crawl, start_crawl
from pipelines.store.database import Store
from tests.factories import at

DOCS = Path(__file__).parents[2] / "docs" / "schema.md"


def documented(heading: str) -> set[str]:
    """The codes of the table below a heading."""
    section = DOCS.read_text(encoding="utf-8").partition(f"### {heading}\n")[2].partition("\n## ")[0]
    firsts = (line.split("|")[1] for line in section.splitlines() if line.startswith("| `"))
    return {code for first in firsts for code in re.findall(r"`(\w+)`", first)}


def test_the_docs_explain_every_code() -> None:
    assert documented("Why candidates are passed over") == set(Skipped)


@pytest.mark.parametrize("code", Skipped)
def test_codes_are_short_and_have_a_sentence(code: Skipped) -> None:
    assert re.fullmatch(r"[a-z]+(_[a-z]+){0,2}", code)
    assert skipped_sentence(code) != code or code is Skipped.WITHDRAWN


def test_a_code_of_a_newer_version_stands_for_itself() -> None:
    assert skipped_sentence("moon_phase") == "moon_phase"


def test_what_led_nowhere_has_the_code_of_its_outcome() -> None:
    assert skipped_after(Outcome.ERROR) is Skipped.WAS_ERROR
    assert skipped_after(Outcome.STALE) is Skipped.OTHER


def test_sentences_of_an_old_ledger_become_codes(tmp_path: Path) -> None:
    old = {skipped_sentence(code): number for number, code in enumerate(Skipped, 1)} | {"an oracle spoke": 7, "it rained": 5}
    path = tmp_path / "news.db"
    with Store(path) as store:
        for skipped in (old, {}, {"withdrawn": 2}):
            finish_crawl(store, start_crawl(store, None, "test", at(0)), CrawlOutcome.FINISHED, at(1), skipped=skipped)
        undo_since(store, "m014_reasons")
    with Store(path) as store:
        found = [json.loads(row["counts"]).get("skipped") for row in store.rows("SELECT counts FROM crawls ORDER BY id")]
    codes = {str(code): number for number, code in enumerate(Skipped, 1)}
    sentence_of_two = codes.pop("was_reserved")  # an article's and a dead end's: the sentence was one
    codes["reserved"] = sentence_of_two
    codes["other"] += 12
    assert found == [codes, None, {"withdrawn": 2}]


def undo_since(store: Store, first: str) -> None:
    """Let the next opening apply the migrations from `first` on again."""
    with store.transaction():
        store.execute("DELETE FROM _sqlite_migrations WHERE name >= ?", (first,))
