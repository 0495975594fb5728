"""Lists in data files: the shipped ones are read, and what is malformed is refused with file and line."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields
from pathlib import Path

import pytest

import crawler
import pipelines
from crawler.discovery.shape import path_words
from pipelines.text.bylines.tokens import byline_words
from pipelines.text.dates.words import months, weekdays
from pipelines.text.lexicons import LexiconError, is_direction, is_given_name, is_place, parted, read_words, sections
from pipelines.text.lexicons.agencies import agency_length, agency_name, is_ambiguous_agency
from pipelines.text.lexicons.names import name_words
from pipelines.text.lexicons.roles import role_words
from tests.table import table

GOOD = """# A comment
[first]
# Of these words.
a b
c
    d

[second]
x y | z
"""
NAMES = ("first", "second")


@dataclass(frozen=True)
class Lists:
    first: frozenset[str]
    second: frozenset[str]


def written(folder: Path, text: str) -> Path:
    file = folder / "list.txt"
    file.write_text(text, encoding="utf-8")
    return file


def test_words_phrases_and_tables(tmp_path: Path) -> None:
    found = sections(written(tmp_path, GOOD), NAMES)
    assert found["first"].words() == {"a", "b", "c", "d"}
    assert found["second"].phrases() == {"x y", "z"}
    table = sections(written(tmp_path, "[t]\nA B = x | y z\n    | w\nC = 1 = 2\n"))["t"].table()
    assert {key: parted(entry) for key, entry in table.items()} == {"A B": ["x", "y z", "w"], "C": ["1 = 2"]}


def test_a_dataclass_is_a_file(tmp_path: Path) -> None:
    text = GOOD.replace("x y | z", "x y z")
    assert read_words(written(tmp_path, text), Lists) == Lists(frozenset("abcd"), frozenset("xyz"))


REFUSED: dict[str, tuple[str, str, Callable[[Path], object]]] = {
    "a line above all sections": ("a b\n", "1: 'a b' stands below no section", sections),
    "a line that continues none": ("[t]\n    a\n", "2: 'a' stands below no section", sections),
    "a section twice": ("[t]\na\n\n[t]\nb\n", "4: [t] is there twice", sections),
    "an empty section": ("[t]\n# a\n\n[u]\nb\n", "1: [t] is empty", sections),
    "a section that is unknown": ("[third]\na\n" + GOOD, "1: [third] is none of first, second", lambda f: read_words(f, Lists)),
    "a section that is missing": ("[first]\na\n", "1: there is no [second]", lambda f: read_words(f, Lists)),
    "a word twice": ("[t]\na b\nc b\n", "3: 'b' is there twice", lambda f: sections(f)["t"].words()),
    "a word twice in a line": ("[t]\na b a\n", "2: 'a' is there twice", lambda f: sections(f)["t"].words()),
    "a phrase twice": ("[t]\nx y | z\nx y\n", "3: 'x y' is there twice", lambda f: sections(f)["t"].phrases()),
    "a bar too many": ("[t]\nx | | z\n", "2: a bar has a phrase on both sides", lambda f: sections(f)["t"].phrases()),
    "a key twice": ("[t]\na = b\na = c\n", "3: 'a' is there twice", lambda f: sections(f)["t"].table()),
    "a key without a value": ("[t]\na = b\na =\n", "3: must be KEY = VALUE", lambda f: sections(f)["t"].table()),
}


@table("case", REFUSED)
def test_what_is_malformed_is_refused_with_file_and_line(tmp_path: Path, case: str) -> None:
    text, message, read = REFUSED[case]
    file = written(tmp_path, text)
    with pytest.raises(LexiconError) as refused:
        read(file)
    assert str(refused.value).startswith(f"{file}:{message}")


def test_every_shipped_list_has_sections() -> None:
    files = [file for package in (pipelines, crawler) for file in Path(package.__path__[0]).rglob("*.txt")]
    assert len(files) == 14
    assert all(map(sections, files))


@table("read", [name_words, role_words, byline_words, path_words])
def test_the_shipped_lists_of_words_are_read(read: Callable[[], Lists]) -> None:
    lists = read()
    assert all(getattr(lists, field.name) for field in fields(lists))


def test_the_other_shipped_lists_are_read() -> None:
    assert (len(months()), len(weekdays())) == (43, 32)
    assert (agency_name("press association"), agency_length(["pa", "media", "says"]), is_ambiguous_agency("pa")) == (
        "PA",
        2,
        True,
    )
    assert (is_given_name("siobhán"), is_place("new york"), is_place("leeds"), is_direction("northern")) == (True,) * 4
