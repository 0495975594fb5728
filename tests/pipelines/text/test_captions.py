"""Captions: a table of printed forms, what must never be taken for a credit, and what holds for any text."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.text.captions import LONGEST, Caption, once, split_caption
from tests.table import table

HERE = Path(__file__).resolve().parent
FACTS = HERE.parents[2] / "../shared/facts/captions.csv"


def _table() -> list[dict[str, str]]:
    with (HERE / "captions.csv").open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


TABLE = _table()
WORDS = sorted({word for row in TABLE for word in row["printed"].split()})
SIGNS = ["(", ")", "[", "]", "Photo:", "©", "|", "/", ".", "\n", "PA", "Getty Images", "Picture:", "Image", "caption", "via"]


@table("row", TABLE, ids=[row["printed"] for row in TABLE])
def test_printed_forms(row: dict[str, str]) -> None:
    assert split_caption(row["printed"]) == Caption(row["caption"], row["credit"] or None)


@table(
    "caption",
    [
        "Ann Lee (left) and Bob Kay (right)",
        "Bob Kay (5) with his model railway",
        "Ann Lee (CDU) und Bob Kay (l.) vor dem Rathaus",
        "The mill (pictured) was built in 1804 (stock image)",
        "World Health Organization (WHO) chief Ann Lee",
        "A van of the Automobile Association (AA)",
        "Mayor Ann Lee: the town will pay nothing",
        "In the picture: Ann Lee's first shop",
        "Ann Lee told Agence France-Presse",
        "The best photos by readers of this paper",
        "A general view of the court. Picture date: Monday March 3, 2025.",
        "1. FC Köln gegen den HSV",
        "2 of 4 suspects were arrested on Monday",
        "Before/after pictures of the high street",
        "What happened next:",
        "Ardle – Photo Festival",
        "Der Markt - Bild 2 von 5",
        "駅前（1990年撮影）",
    ],
)
def test_no_credit_in_it(caption: str) -> None:
    assert split_caption(caption) == Caption(caption)


@table(
    ("text", "said"),
    [
        ("The mill. The mill.", "The mill."),
        ("The mill.The mill.\nThe mill.", "The mill."),
        ("The mill burns", "The mill burns"),
        ("ha ha", "ha ha"),
        ("", ""),
    ],
)
def test_said_once(text: str, said: str) -> None:
    assert once(text) == said


@pytest.mark.skipif(not FACTS.exists(), reason="the shared facts are not beside this checkout")
def test_share_right_of_real_captions() -> None:
    with FACTS.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    right = sum(
        split_caption(row["raw_caption"]) == Caption(row["expected_caption"], row["expected_credit"] or None) for row in rows
    )
    assert right >= 0.95 * len(rows)


@given(st.text(max_size=400))
def test_any_text_is_split(text: str) -> None:
    found = split_caption(text)
    assert "\n" not in found.caption
    assert found.caption == found.caption.strip()
    assert found.credit is None or found.credit.strip()


@settings(max_examples=100)
@given(st.lists(st.sampled_from(WORDS + SIGNS * 20), max_size=16).map(" ".join))
def test_nothing_is_invented(text: str) -> None:
    found = split_caption(text)
    said = set(" ".join(text.replace("<em>", " ").replace("<p>", " ").split()))
    assert set(found.caption) | set(found.credit or "") <= said | set("; .&'\u00a9()")


@table("piece", ["Photo: ", "(", "((a) ", "| A ", "a / ", "© ", "Getty Images ", "more > ", "A.", "Image caption ", "<p"])
def test_repetition_stays_cheap(piece: str) -> None:
    found = split_caption(piece * 100_000)
    assert len(found.caption) + len(found.credit or "") <= 2 * LONGEST
