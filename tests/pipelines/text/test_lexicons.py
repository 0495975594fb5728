"""Lists in data files: what is read of a file, and that nothing stands twice in a shipped one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields
from pathlib import Path

import crawler
import pipelines
from crawler.discovery.shape import path_words
from pipelines.text.bylines.tokens import byline_words
from pipelines.text.dates.words import months, weekdays
from pipelines.text.lexicons import is_direction, is_given_name, is_place, keyed, phrase_set, read_words, sections, word_set
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


@dataclass(frozen=True)
class Lists:
    first: frozenset[str]
    second: frozenset[str]


def written(folder: Path, text: str) -> Path:
    file = folder / "list.txt"
    file.write_text(text, encoding="utf-8")
    return file


def test_words_phrases_and_tables(tmp_path: Path) -> None:
    found = sections(written(tmp_path, GOOD))
    assert word_set(*found["first"]) == {"a", "b", "c", "d"}
    assert phrase_set(*found["second"]) == {"x y", "z"}
    table = keyed(sections(written(tmp_path, "[t]\nA B = x | y z\n    | w\nC = 1 = 2\n"))["t"])
    assert {key: phrase_set(value) for key, value in table.items()} == {"A B": {"x", "y z", "w"}, "C": {"1 = 2"}}


def test_a_dataclass_is_a_file(tmp_path: Path) -> None:
    text = GOOD.replace("x y | z", "x y z")
    assert read_words(written(tmp_path, text), Lists) == Lists(frozenset("abcd"), frozenset("xyz"))


FILES = [file for package in (pipelines, crawler) for file in Path(package.__path__[0]).rglob("*.txt")]


def parts_of(lines: list[str]) -> list[str]:
    """Words, phrases between bars, or keys."""
    if " = " in lines[0]:
        return [line.partition(" = ")[0] for line in lines]
    is_phrases = any(" | " in line for line in lines)
    return [part.strip() for line in lines for part in (line.split("|") if is_phrases else line.split())]


@table("file", FILES, ids=lambda file: file.stem)
def test_nothing_stands_twice_in_a_section(file: Path) -> None:
    found = sections(file)
    headers = [line for line in file.read_text(encoding="utf-8").splitlines() if line.startswith("[")]
    assert len(headers) == len(found) > 0
    for name, lines in found.items():
        parts = parts_of(lines)
        assert all(parts), name
        if file.stem not in ("months", "weekdays"):
            assert len(set(parts)) == len(parts), name


@table("file", ["months", "weekdays"])
def test_each_language_names_all(file: str) -> None:
    for language, names in (months() if file == "months" else weekdays()).items():
        assert len(names) in ((12,) if file == "months" else (7, 8)), language


def test_each_form_of_an_agency_is_one_agencys() -> None:
    (file,) = (file for file in FILES if file.stem == "agencies")
    forms = [form.strip() for value in keyed(sections(file)["agencies"]).values() for form in value.split("|")]
    assert len(set(forms)) == len(forms)


def test_all_lists_are_found() -> None:
    assert len(FILES) == 14


@table("read", [name_words, role_words, byline_words, path_words])
def test_the_shipped_lists_of_words_are_read(read: Callable[[], Lists]) -> None:
    lists = read()
    assert all(getattr(lists, field.name) for field in fields(lists))


def test_the_other_shipped_lists_are_read() -> None:
    assert (len(months()), len(weekdays())) == (53, 32)
    assert (agency_name("press association"), agency_length(["pa", "media", "says"]), is_ambiguous_agency("pa")) == (
        "PA",
        2,
        True,
    )
    assert (is_given_name("siobhán"), is_place("new york"), is_place("leeds"), is_direction("northern")) == (True,) * 4
