"""Bylines: a table of printed forms, the rules behind it one by one, and what holds for any text."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.article import Author
from pipelines.text.bylines import Byline, parse_byline
from pipelines.text.bylines.lines import LONGEST
from tests.table import table

HERE = Path(__file__).resolve().parent
FACTS = HERE.parents[2] / "../shared/facts/bylines.csv"


def _table() -> list[dict[str, str]]:
    with (HERE / "bylines.csv").open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


TABLE = _table()
WORDS = sorted({word for row in TABLE for word in row["byline"].split()})
SIGNS = [
    ",",
    "and",
    "und",
    "by",
    "By",
    "|",
    "·",
    "\n",
    "(",
    ")",
    "/",
    ":",
    "PA",
    "Reporter",
    "12:30, 3 May 2024",
    "in Rome",
    "<b>",
]


@table("row", TABLE, ids=[row["byline"] for row in TABLE])
def test_printed_forms(row: dict[str, str]) -> None:
    found = parse_byline(row["byline"])
    assert (";".join(found.names), found.agency or "", found.role or "") == (row["names"], row["agency"], row["role"])


@table(
    ("byline", "authors"),
    [
        # a singular title is the last one's, a plural one everybody's, an agency everybody's
        ("Ann Lee and Bob Kay, Court Reporter", [Author("Ann Lee"), Author("Bob Kay", "Court Reporter")]),
        ("Ann Lee and Bob Kay, Court Reporters", [Author("Ann Lee", "Court Reporters"), Author("Bob Kay", "Court Reporters")]),
        ("Ann Lee and Bob Kay, PA", [Author("Ann Lee", None, "PA"), Author("Bob Kay", None, "PA")]),
        # each with their own
        (
            "Ann Lee, Crime Editor and Bob Kay, Court Reporter",
            [Author("Ann Lee", "Crime Editor"), Author("Bob Kay", "Court Reporter")],
        ),
        ("Ann Lee Crime Editor Bob Kay", [Author("Ann Lee", "Crime Editor"), Author("Bob Kay")]),
        # in front of the name
        ("Political Editor Ann Lee", [Author("Ann Lee", "Political Editor")]),
        ("AP reporter Ann Lee", [Author("Ann Lee", "reporter", "AP")]),
        ("Local Democracy Reporting Service\nAnn Lee", [Author("Ann Lee", None, "LDRS")]),
        ("Ann Lee, Local Democracy Reporter", [Author("Ann Lee", "Local Democracy Reporter", "LDRS")]),
    ],
)
def test_whose_role_and_agency(byline: str, authors: list[Author]) -> None:
    assert list(parse_byline(byline).authors) == authors


@table(
    ("byline", "title", "expected"),
    [
        ("By Shore Live", "Shore Live", Byline()),
        ("Ann Lee Shore Live", "Shore Live", Byline((Author("Ann Lee"),))),
        ("Ann Lee, The Valley Observer", "Valley Observer", Byline((Author("Ann Lee"),))),
        ("Ann Lee | Madison Reed", "Madison Reed", Byline((Author("Ann Lee"),))),
        ("Ann Lee, BBC News", "BBC News", Byline((Author("Ann Lee"),))),
        ("Ann Lee, Reuters", "BBC News", Byline((Author("Ann Lee", None, "Reuters"),), None, "Reuters")),
    ],
)
def test_own_title_is_nobody(byline: str, title: str, expected: Byline) -> None:
    assert parse_byline(byline, title=title) == expected


@table(
    "name",
    [
        "Marine Lamy",
        "Faith Rowe",
        "Ed Pell",
        "Dan Steel",
        "Sinead Ni Bhriain",
        "Tess Senior",
        "Max Stern",
        "Ann Church",
        "Lee Champion",
        "Graham Stringer",
        "Bruno Leiter",
        "Chris Rock",
        "Mircea Pop",
        "Jo Sheriff",
        "Guy Grand",
        "Jack London",
    ],
)
def test_surnames_that_are_beats(name: str) -> None:
    """Words of job titles, papers and places are names where nothing else makes them one."""
    assert parse_byline(f"By {name}") == Byline((Author(name),))


@table(
    "title",
    [
        "Chief Reporter",
        "Deputy Head of Content",
        "Courts and Crime Reporter",
        "Homes and Property Editor",
        "Editor-in-Chief",
        "What's On Writer",
        "Northern Ireland Political Editor",
        "Stoke City correspondent",
        "LGBTQ+ reporter",
        "Beijing Bureau Chief",
        "Head of Sport",
        "Senior Nature and Wildlife Reporter",
        "Washington Correspondent",
        "Leitende Wirtschaftsredakteurin",
        "Chefkorrespondent",
    ],
)
def test_titles_are_composed(title: str) -> None:
    """A title stands alone, glued behind a name, behind a comma, in front of a name, in brackets."""
    assert parse_byline(f"By {title}") == Byline((), title)
    for byline in (f"By Rosanna Pell {title}", f"Rosanna Pell, {title}", f"{title} Rosanna Pell", f"Rosanna Pell ({title})"):
        assert parse_byline(byline) == Byline((Author("Rosanna Pell", title),), title)


@table(
    ("printed", "written"),
    [
        ("JANE HALE", "Jane Hale"),
        ("IAIN MCDONALD", "Iain McDonald"),
        ("FIONA MACLEOD", "Fiona MacLeod"),
        ("LUIS MACHADO", "Luis Machado"),
        ("SEAN O'NEILL", "Sean O'Neill"),
        ("JAN VAN DER BERG", "Jan van der Berg"),
        ("ANNE-MARIE DUFF", "Anne-Marie Duff"),
        ("Jean DUPONT", "Jean Dupont"),
        ("HENRY SHAW III", "Henry Shaw III"),
        ("JD HALE", "JD Hale"),
        ("Jane HALE", "Jane Hale"),
        ("T.J. Boone", "T.J. Boone"),
        ("ŠÁRKA DVOŘÁKOVÁ", "Šárka Dvořáková"),
        ("ИВАН ПЕТРЕНКО", "Иван Петренко"),
        ("Lewis Mckenzie", "Lewis Mckenzie"),
    ],
)
def test_capitals(printed: str, written: str) -> None:
    assert parse_byline(printed).names == (written,)


@pytest.mark.skipif(not FACTS.exists(), reason="the shared facts are not beside this checkout")
def test_share_right_of_real_bylines() -> None:
    with FACTS.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    right = 0
    for row in rows:
        found = parse_byline(row["raw_byline"])
        expected = (json.loads(row["expected_authors"]), row["expected_agency"], row["expected_role"])
        right += (list(found.names), found.agency or "", found.role or "") == expected
    assert right >= 0.95 * len(rows)


@given(st.text(max_size=250))
def test_any_text_is_read(text: str) -> None:
    found = parse_byline(text, title=text[:40])
    assert all(name == " ".join(name.split()) and any(map(str.isalpha, name)) for name in found.names)


@settings(max_examples=100)
@given(st.lists(st.sampled_from(WORDS + SIGNS * 20), max_size=14).map(" ".join))
def test_names_are_stable(text: str) -> None:
    for name in parse_byline(text).names:
        assert parse_byline(name).names == (name,)


@given(st.text(max_size=50))
def test_only_the_beginning_is_read(text: str) -> None:
    padded = "By Ann Lee | ".ljust(LONGEST)
    assert parse_byline(padded + text) == parse_byline(padded)


@table("piece", ["Ab,", "and ", "By ", "(", "Aa", "Reporter ", "1:2 ", "@a", "<a ", "A B ", "文/", "Jan 1 ", "the PA "])
def test_repetition_stays_cheap(piece: str) -> None:
    assert len(parse_byline(piece * 100_000).names) <= LONGEST // 4
