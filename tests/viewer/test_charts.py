"""Charts: well-formed SVG, nothing of strangers in it, the same numbers in the table, bounded."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree
from markupsafe import Markup

from pipelines.queries.questions import answer, questions
from pipelines.store.database import Store
from tests import cookbook
from tests.table import table
from viewer import charts
from viewer.charts import Arrival, Chart, along, days, delays, drawing, element, round_up, shares, sparkline, spread

SVG = "{http://www.w3.org/2000/svg}"
HOSTILE = '"><script>alert(1)</script>&amp;\x07\u202e'
UNTIL = date(2025, 3, 21)


def parsed(markup: Markup) -> etree._Element:
    """The drawing as XML; our hand in HTML is stricter than HTML's."""
    root = etree.fromstring(markup.encode())
    for node in root.iter():
        assert node.tag in {"svg", "title", "desc", "g", "rect", "line", "text", "tspan", "circle", "defs", "pattern", "path"}
        assert not {"style", "href", "onload"} & set(node.attrib), node.attrib
    return root


def bars(root: etree._Element, kind: str) -> list[float]:
    """The heights of a kind's bars."""
    return [float(node.get("height", "0")) for node in root.iter("rect") if node.get("class") == kind]


def test_days() -> None:
    counts = [
        {"day": "2025-03-20", "new": 3, "updated": 2, "silent": 1, "restamped": 1, "reverted": 0, "restored": 2},
        {"day": "2025-03-01", "new": 1, "updated": 0, "silent": 0, "restamped": 0, "reverted": 0, "restored": 0},
        {"day": "2024-01-01", "new": 99, "updated": 0, "silent": 0, "restamped": 0, "reverted": 0, "restored": 0},
    ]
    drawn = days(counts, UNTIL - timedelta(days=29), UNTIL)
    root = parsed(drawn.svg)
    assert drawn.rows == (("2025-03-20", 3, 2, 1, 3), ("2025-03-01", 1, 0, 0, 0))
    assert drawn.columns == ("day", "new", "updated", "silent", "other")
    assert drawn.summary == "In 30 days: 4 new articles, 2 updates, 1 silent edit, 3 other changes."
    assert (bars(root, "new"), bars(root, "updated"), bars(root, "silent"), bars(root, "other")) == (
        [14.4, 43.2],
        [28.8],
        [14.4],
        [43.2],
    )
    assert len(bars(root, "ground")) == 30
    assert [node.get("fill") for node in root.iter("rect") if node.get("fill")] == ["url(#hatching)"], (
        "silent, not by colour alone"
    )
    assert root.get("role") == "img"
    assert [node.text for node in root if node.tag in ("title", "desc")] == [drawn.title, drawn.summary]


def test_days_of_nothing() -> None:
    drawn = days([], UNTIL, UNTIL)
    assert drawn.rows == ()
    assert drawn.summary.startswith("In 1 day: 0 new articles")
    parsed(drawn.svg)
    assert len(bars(parsed(days([], date(1990, 1, 1), UNTIL).svg), "ground")) == charts.MAX_DAYS


def test_delays() -> None:
    drawn = delays([0, 4, 5, 14, 59, 60, 100, 100, 800, 20_000])
    assert drawn.rows == (
        ("under 5 min", 2, "20%"),
        ("5 min to 15 min", 2, "40%"),
        ("15 min to 1 h", 1, "50%"),
        ("1 h to 3 h", 3, "80%"),
        ("3 h to 12 h", 0, "80%"),
        ("12 h to 1 day", 1, "90%"),
        ("1 day to 3 days", 0, "90%"),
        ("3 days to 1 week", 0, "90%"),
        ("over 1 week", 1, "100%"),
    )
    assert drawn.summary == "Of the latest 10 edits, half were seen within 59 min of publication."
    marks = [node.text for node in parsed(drawn.svg).iter("text") if node.get("class") == "mark"]
    assert marks == ["median 59 min"]


def test_delays_of_nothing() -> None:
    drawn = delays([])
    assert drawn.summary == "No edits yet."
    assert not [node for node in parsed(drawn.svg).iter("line") if node.get("class") == "mark"]


def test_spread() -> None:
    arrivals = [Arrival("The Echo", 660), Arrival("The Argus", 0, (420,), is_source=True), Arrival(HOSTILE, 95)]
    drawn = spread(arrivals)
    root = parsed(drawn.svg)
    assert drawn.rows == (("The Argus", "first", 1), (HOSTILE, "1 h 35 min", 0), ("The Echo", "11 h", 0))
    assert drawn.summary == "3 papers, the last 11 h after the first."
    assert [node.get("class") for node in root.iter("circle")] == ["source", "copy", "copy"]
    assert [node.text for node in root.iter("text") if node.get("class") == "edit"] == ["◆"]
    names = [node.text for node in root.iter("text") if node.get("class") == "name"]
    assert names == ["The Argus", '"><script>alert(1)</script>&a…', "The Echo"]
    places = [float((node.get("cx") or "").rstrip("%")) for node in root.iter("circle")]
    assert places == sorted(places)
    assert places[0] == 2.0
    assert places[-1] == 98.0


def test_spread_is_bounded() -> None:
    drawn = spread([Arrival(f"Paper {n}", n, tuple(range(500))) for n in range(300)])
    assert len(list(parsed(drawn.svg).iter("circle"))) == charts.MAX_ARRIVALS
    assert (
        len([node for node in parsed(drawn.svg).iter("text") if node.get("class") == "edit"])
        == charts.MAX_ARRIVALS * charts.MAX_EDITS
    )
    assert len(drawn.rows) == 300
    parsed(spread([]).svg)


def test_sparkline_is_named_by_its_numbers() -> None:
    root = parsed(sparkline([0, 4, 2], "Revisions a day"))
    assert root.get("aria-label") == "Revisions a day: 0, 4, 2"
    assert (bars(root, "none"), bars(root, "updated")) == ([1.0], [22.0, 11.0])


def test_shares() -> None:
    root = parsed(shares(75, 15, 10))
    assert root.get("aria-label") == "15 words cut, 75 kept, 10 added"
    widths = [(node.get("class"), node.get("width")) for node in root.iter("rect") if node.get("class")]
    assert widths == [("cut", "15.00%"), ("same", "75.00%"), ("added", "10.00%")]
    assert parsed(shares(0, 0, 0)).get("aria-label") == "0 words cut, 0 kept, 0 added"


@given(st.text(max_size=60), st.text(max_size=60))
def test_words_are_never_markup(title: str, summary: str) -> None:
    root = parsed(drawing("x", title, summary, 10, [element("text", {"class": "a"}, summary)]))
    assert len(root) == 3
    assert (root[0].text or "") == "".join(char for char in title if char.isprintable())


@settings(max_examples=60)
@given(st.lists(st.integers(-100, 10_000_000), max_size=50))
def test_any_delays_are_drawn(minutes: list[int]) -> None:
    drawn = delays(minutes)
    assert sum(int(row[1]) for row in drawn.rows) == len(minutes)
    assert all(0 <= place <= 100 for place in cents(drawn))


@settings(max_examples=60)
@given(
    st.lists(
        st.builds(Arrival, st.text(max_size=50), st.integers(0, 10**7), st.lists(st.integers(0, 10**7), max_size=5).map(tuple)),
        max_size=12,
    )
)
def test_any_spread_is_drawn(arrivals: list[Arrival]) -> None:
    assert all(0 <= place <= 100 for place in cents(spread(arrivals)))


def cents(drawn: Chart) -> list[float]:
    """Every place of a drawing, in per cent."""
    found = [value for node in parsed(drawn.svg).iter() for value in node.attrib.values()]
    return [float(value[:-1]) for value in map(str, found) if re.fullmatch(r"-?[\d.]+%", value)]


@table(("most", "top"), [(0, 2), (1, 2), (3, 4), (5, 6), (9, 10), (11, 20), (61, 100), (101, 200), (10**6, 10**6)])
def test_axes_end_at_round_numbers(most: int, top: int) -> None:
    assert round_up(most) == top


@given(st.integers(-5, 10**8), st.integers(0, 10**6), st.integers(0, 10**8))
def test_along_stays_between(value: int, start: int, end: int) -> None:
    assert 0 <= along(value, start, end) <= 1


def test_bars_are_drawn_to_one_measure_and_cut() -> None:
    legend = (("new", "new"), ("silent", "edited without telling"))
    rows = [("One", (30, 10)), (HOSTILE * 3, (10, 0)), ("None", (0, 0))]
    chart = charts.bars("Papers", "Three.", ("paper", "new", "silent"), rows, legend)
    widths = [float(node.get("width").rstrip("%")) for node in parsed(chart.svg).iter("rect")]
    assert [round(width, 1) for width in widths] == [74.6, 24.9, 24.9, 24.9], "what is silent is drawn twice: colour and hatching"
    assert chart.rows[0] == ("One", "30", "10")
    many = charts.bars("x", "", ("a", "b"), [(str(number), (number,)) for number in range(200)])
    assert len(parsed(many.svg).findall("g")) == charts.MAX_BARS


@pytest.mark.parametrize("name", questions())
def test_every_question_has_a_chart(name: str, tmp_path_factory: pytest.TempPathFactory) -> None:
    with Store(cookbook.ledger(tmp_path_factory), readonly=True) as store:
        columns, rows = answer(store, name, questions()[name].example, datetime(2025, 5, 11, tzinfo=UTC))
    chart = charts.answer(questions()[name].title, columns, [tuple(row.values()) for row in rows])
    assert chart is not None
    parsed(chart.svg)
    assert charts.answer("Nothing", columns, []) is None
