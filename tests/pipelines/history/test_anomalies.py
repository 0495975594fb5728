"""Which readings are believed, by what stands beside them."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

from pipelines.article import Author, Image, Kind
from pipelines.history.anomalies import (
    AGAIN,
    LONG_LOOK,
    NAMES_ANOTHER,
    Anomaly,
    BatchContext,
    LineCounts,
    Readings,
    as_before,
    fields_of_template,
    find_anomaly,
    judge_batch,
    second_look,
    shown_at_times,
)
from tests.factories import article
from tests.table import table

TEXT = "\n\n".join(f"Paragraph {n} of the report says what the inspectors found on floor {n} of the mill." for n in range(12))
LONG = "\n\n".join(f"Paragraph {n} of the report says what the inspectors found on floor {n} of the mill." for n in range(30))
USUAL = Readings(200, {"headline": 200, "body": 200, "authors": 190, "date_published": 200}, 900.0)

LINE = frozenset({"Buy now"})


def of(found: Anomaly) -> set[str]:
    """The symptoms, but for those that only name a field that differs."""
    return {symptom for symptom in found.symptoms if not symptom.startswith("silent ")}


@table(
    ("before", "after", "symptoms"),
    [
        ({}, {}, set()),
        ({}, {"body": TEXT.replace("floor 3", "floor 4")}, set()),
        ({}, {"headline": None}, {"lost headline"}),
        ({}, {"body": ""}, {"lost body"}),
        ({}, {"body": TEXT[:300]}, {"shrunk body"}),
        ({}, {"body": TEXT[: len(TEXT) * 3 // 4]}, set()),
        ({}, {"authors": (), "byline": None}, {"lost authors"}),
        ({}, {"authors": (Author("Ann Otherone"),)}, set()),
        ({}, {"description": None}, {"lost description"}),
        ({}, {"images": ()}, {"lost captions"}),
        ({"images": (Image("https://paper.example/1.jpg"),)}, {"images": ()}, set()),
        ({}, {"body": "Sign in, or subscribe, to read on; it costs less than you would think. " * 10}, {"other body"}),
        ({}, {"body": "Another tale, told by someone else, of other days. " * 12, "headline": "Other news"}, set()),
        ({"body": LONG}, {"body": LONG + "\n\n" + LONG.replace("mill", "weir") + LONG}, {"swollen body"}),
        ({"body": TEXT[:200]}, {"body": LONG}, set()),
        ({"kind": Kind.LIVE}, {"body": TEXT[:200], "kind": Kind.LIVE}, set()),
    ],
)  # fmt: skip
def test_symptoms_of_a_reading(before: dict[str, Any], after: dict[str, Any], symptoms: set[str]) -> None:
    first = article(**{"body": TEXT, **before})
    then = article(seen=60, **{"body": TEXT, **before, **after})
    assert of(find_anomaly(first, then, Readings(), declared=False)) == symptoms


def test_a_declared_update_accounts_for_all_but_the_worst() -> None:
    first, then = article(TEXT), article(TEXT[:300], seen=60, authors=(), headline=None, modified=50)
    assert find_anomaly(first, then, Readings(), declared=True) == Anomaly(frozenset({"lost headline"}))


@table(
    ("usual", "fields", "symptoms"),
    [
        (USUAL, {}, set()),
        (USUAL, {"authors": ()}, {"new: no authors"}),
        (USUAL, {"published": None}, {"new: no date_published"}),
        (USUAL, {"body": "A short line."}, {"new: short body"}),
        (USUAL, {"body": "", "kind": Kind.VIDEO}, {"new: no body"}),
        (Readings(200, {"headline": 200, "body": 200, "authors": 80, "date_published": 200}), {"authors": ()}, set()),
        (Readings(10, {"authors": 10}), {"authors": ()}, set()),
    ],
)
def test_a_new_article_is_held_against_the_site(usual: Readings, fields: dict[str, Any], symptoms: set[str]) -> None:
    assert find_anomaly(None, article(**{"body": TEXT, **fields}), usual, declared=False).symptoms == symptoms


def symptom(*names: str) -> Anomaly:
    return Anomaly(frozenset(names))


@table(
    ("anomalies", "batch", "believed"),
    [
        pytest.param([symptom("shrunk body")], BatchContext(), True, id="one cut text"),
        pytest.param([symptom("lost body")], BatchContext(), False, id="one text gone, nothing beside it"),
        pytest.param([symptom("lost body")], BatchContext(5, 5), True, id="one text gone among sound ones"),
        pytest.param([symptom("lost article")] * 2, BatchContext(500, 500), False, id="two that read as none"),
        pytest.param([symptom("shrunk body")] * 2, BatchContext(3, 3), False, id="two cut texts of five"),
        pytest.param([symptom("shrunk body")] * 2, BatchContext(20, 20), True, id="two cut texts of many"),
        pytest.param([symptom("lost authors")] * 3, BatchContext(40, 40), False, id="three names gone"),
        pytest.param([symptom("lost authors")] * 3, BatchContext(60, 60), True, id="three names gone on a large site"),
        pytest.param([symptom("lost authors")], BatchContext(9, 9, quarantined={"lost authors": 4}), False, id="as before"),
        pytest.param([symptom("silent authors")], BatchContext(9, quarantined={"silent authors": 19}), False, id="template"),
        pytest.param([symptom("silent authors")], BatchContext(9, 9, quarantined={"silent authors": 9}), True, id="some others"),
        pytest.param([symptom("silent body")] * 7, BatchContext(), True, id="seven texts edited"),
        pytest.param([symptom("silent body")] * 8, BatchContext(2, 2), False, id="eight texts of ten edited in one night"),
        pytest.param([symptom("silent body")] * 8, BatchContext(3, 3), True, id="eight texts of eleven"),
        pytest.param([symptom("silent description")] * 5, BatchContext(4, 4), False, id="standfirsts alone"),
        pytest.param([symptom("silent images")] * 20, BatchContext(400, 400), False, id="captions of twenty articles at once"),
        pytest.param([symptom("silent images")] * 19, BatchContext(400, 400), True, id="of a few less"),
        pytest.param([symptom("silent description", "silent body")] * 5, BatchContext(4, 4), True, id="standfirst and text"),
        pytest.param([Anomaly(lines=LINE)] * 4, BatchContext(), True, id="four with one line"),
        pytest.param([Anomaly(lines=LINE)] * 5, BatchContext(4, 4), False, id="most gain one line"),
        pytest.param([Anomaly(lines=LINE)] * 5, BatchContext(50, 50), True, id="five of many gain one line"),
        pytest.param([Anomaly(lines=LINE)], BatchContext(lines=LINE), False, id="a known line"),
        pytest.param([symptom("new: no authors")], BatchContext(3, 0, USUAL), True, id="one new article without a name"),
        pytest.param([symptom("new: no authors")] * 4, BatchContext(3, 0, USUAL), False, id="most new articles"),
    ],
)  # fmt: skip
def test_what_is_believed(anomalies: list[Anomaly], batch: BatchContext, believed: bool) -> None:
    reasons = judge_batch(anomalies, batch)
    assert [reason is None for reason in reasons] == [believed] * len(anomalies)
    assert all(reason is None or reason.text.strip() for reason in reasons)


def test_names_alone_that_many_declare_are_their_templates() -> None:
    found = [
        find_anomaly(article(url=f"https://paper.example/{n}"), article(url=f"https://paper.example/{n}", authors=(), modified=9),
                     Readings(), declared=True) for n in range(6)
    ]  # fmt: skip
    assert all(judge_batch(found, BatchContext(5, 5)))
    assert judge_batch(found[:1], BatchContext(5, 5)) == [None]


def test_a_line_that_comes_here_and_goes_there_is_furniture() -> None:
    came, went = Anomaly(lines=LINE, came=LINE), Anomaly(lines=LINE)
    assert shown_at_times([came, came, came, went, went]) == LINE
    assert shown_at_times([came] * 9 + [went]) == shown_at_times([came, came, went, went]) == frozenset()


def test_a_line_that_many_articles_lose_at_once_is_boilerplate() -> None:
    came, went = Anomaly(lines=LINE, came=LINE), Anomaly(lines=LINE)
    assert shown_at_times([went] * 5) == LINE
    assert shown_at_times([went] * 4) == shown_at_times([came] * 9) == frozenset(), "a desk may add a note to many"
    assert shown_at_times([came] * 20) == LINE, "but hardly to twenty between two crawls"


def test_a_line_of_many_first_revisions_that_comes_and_goes_is_boilerplate() -> None:
    came = [Anomaly(lines=LINE, came=LINE)]
    first, gone = Counter(dict.fromkeys(LINE, 5)), Counter(dict.fromkeys(LINE, 1))
    assert shown_at_times(came, LineCounts(first=first, went=gone)) == LINE
    assert shown_at_times(came, LineCounts(first=first)) == frozenset(), "an appeal of the police that one article gains"
    assert shown_at_times(came, LineCounts(first=first - gone, went=gone)) == frozenset()


def test_a_counter_is_known_by_its_line_without_the_numbers() -> None:
    def counter(came: str, *went: str) -> Anomaly:
        return Anomaly(lines=frozenset((came, *went)), came=frozenset((came,)))

    flips = [counter(f"{n} people read this now", f"{n + 40} people read this now") for n in range(9)]
    assert shown_at_times(flips, confirmed=8) == {"# people read this now"}
    assert shown_at_times(flips, confirmed=9) == shown_at_times(flips[:7]) == frozenset(), "most articles were as they were"
    assert shown_at_times([counter(f"SPD {n}", f"SPD {n + 40}") for n in range(9)]) == frozenset(), "rows of results"
    some = [counter(f"{n} hurt, police say") for n in range(5)] + [
        Anomaly(lines=frozenset({f"{n} hurt, police say"})) for n in range(4)
    ]
    assert shown_at_times(some, confirmed=30) == {"# hurt, police say"}
    assert shown_at_times(some, confirmed=36) == frozenset(), "a sentence of some reports"
    long = [counter(f"{n} {'words ' * 20}", f"{n + 40} {'words ' * 20}") for n in range(9)]
    assert shown_at_times(long) == frozenset(), "a paragraph"
    before, reading = article(TEXT + "\n\n12 people read this now"), article(TEXT + "\n\n-1.5 people read this now", seen=60)
    assert as_before(before, reading, frozenset(), frozenset({"# people read this now"})).content_hash == before.content_hash


def test_what_is_the_templates_doing_stays_as_it_was() -> None:
    before = article(TEXT)
    reading = article(TEXT.replace("floor 3", "floor 4") + "\n\nBuy now", seen=60, authors=(Author("Ann Otherone"),))
    assert as_before(before, reading, frozenset({"authors"}), LINE) == article(
        TEXT.replace("floor 3", "floor 4"),
        seen=60,
        content_hash=as_before(before, reading, frozenset({"authors"}), LINE).content_hash,
    )
    shown = article(TEXT + "\n\nBuy now", seen=60)
    assert as_before(before, shown, frozenset(), LINE).content_hash == before.content_hash


def test_which_fields_are_the_templates() -> None:
    found = [Anomaly(frozenset({"silent authors", "silent body"}))] + [Anomaly(frozenset({"silent authors"}))] * 6
    assert fields_of_template(found, BatchContext(3, 3)) == {"authors"}
    assert fields_of_template(found, BatchContext(30, 30)) == frozenset()


FERRY = {
    "headline": "Ferry is back",
    "description": "Sailings resume.",
    "body": "The ferry to Lerham sails again from Monday, its owner says, after an engine was mended. " * 6,
}


@table(
    ("fields", "unsure", "symptom"),
    [
        ({**FERRY, "canonical_url": "https://paper.example/ferry"}, None, "another story"),
        (FERRY, NAMES_ANOTHER, "another story"),
        ({"headline": "Mill to open", "published": -900, "canonical_url": "https://paper.example/b"}, None, "another story"),
        ({"canonical_url": "https://paper.example/news/ferry"}, None, None),
        ({"headline": "Mill to open"}, NAMES_ANOTHER, None),
        ({"body": ""}, None, "lost nearly all"),
        ({"body": TEXT[:200], "url": "https://paper.example/print/5", "canonical_url": article().url}, None, "a copy"),
        ({"body": TEXT, "url": "https://paper.example/2026/mill"}, None, None),
    ],
)
def test_pages_that_are_not_the_articles(fields: dict[str, Any], unsure: str | None, symptom: str | None) -> None:
    found = second_look(article(TEXT), article(**{"body": TEXT + "\n\nMore.", "seen": 60, **fields}), unsure, declared=False)
    assert (found.symptom[: len(symptom or "")] if found else None) == symptom


def test_a_page_that_shows_only_the_beginning_waits_for_a_day() -> None:
    for part, unsure, wait in ((0.4, None, LONG_LOOK), (0.6, None, None), (0.9, "cut", LONG_LOOK), (1, "cut", AGAIN)):
        found = second_look(article(TEXT), article(TEXT[: int(part * len(TEXT))], seen=60), unsure, declared=False)
        assert (found.wait if found else None) == wait, part


def test_a_first_page_without_text_waits() -> None:
    assert second_look(None, article(""), None, declared=False)
    assert second_look(None, article("", kind=Kind.GALLERY), None, declared=False) is None
    assert second_look(None, article("Short."), None, declared=False) is None
    assert second_look(None, article("", is_accessible_for_free=False), None, declared=False) is None
