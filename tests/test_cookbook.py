"""The cookbook's questions, asked of the ledger that it says how to make: they answer what it prints, and read what it says."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from pipelines.queries.questions import PARAMETERS
from pipelines.queries.questions import questions as asked_for
from pipelines.store.database import Store
from tests.cookbook import COOKBOOK, Question, answers, as_table, ledger, questions
from tests.table import table

pytestmark = pytest.mark.timeout(300)  # one of them makes the ledger, and the others wait for it
QUESTIONS = list(questions())
SMALL = re.compile(
    r"SCAN (\d+ CONSTANT ROWS?|strong|openings|edits|\(subquery-\d+\)|(json_each|part|t)( EXISTS)? VIRTUAL TABLE INDEX 1:"
    r"|images_swapped|topic_trends|authors_activity"  # views, when their rows have been found
    r"|revisions_fts VIRTUAL TABLE INDEX \d+:M\d*)"
)
"""What a question walks whole: its own lists and steps, one text's words or paragraphs, the hits of a search."""


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    with Store(ledger(tmp_path_factory), readonly=True) as opened:
        yield opened


def test_the_questions_are_numbered_and_each_is_found() -> None:
    headings = re.findall(r"^## (\d+)\. ", COOKBOOK.read_text(encoding="utf-8"), re.MULTILINE)
    assert [int(number) for number in headings] == list(range(1, len(QUESTIONS) + 1))
    assert len(QUESTIONS) >= 20


@table("question", QUESTIONS, ids=lambda question: question.title)
def test_it_answers_what_is_printed(store: Store, question: Question) -> None:
    rows = answers(store, question.name)
    assert rows, "a question whose answer the demo does not know shows nothing"
    assert as_table(rows) == question.result, "python -m tests.cookbook writes the results anew"


@table("question", QUESTIONS, ids=lambda question: question.title)
def test_it_reads_no_more_than_it_says(store: Store, question: Question) -> None:
    assert question.reads
    plan = f"EXPLAIN QUERY PLAN {asked_for()[question.name].sql}"
    walked = [row["detail"] for row in store.rows(plan, dict.fromkeys(PARAMETERS, "")) if row["detail"].startswith("SCAN")]
    if "a row a site, day" in question.reads:
        assert walked == ["SCAN day_counts", "SCAN daily_counts"]
    elif "everything" not in question.reads:
        assert [step for step in walked if not SMALL.fullmatch(step)] == []
