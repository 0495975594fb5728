"""Words that distinguish names from titles, agencies and places, in many languages: the reader of word lists, given names,
places.

Short lists are strings in code; long ones are text files beside the module that uses them. Shared by bylines and captions,
knows neither; a word is in one list only. A file is read once, when one of its words is first needed:

    # A comment: a line of its own.
    [heads]                  a section
    editor editors writer    its words, separated by spaces; phrases are separated by bars, a key from its value by " = "
        reporter             a line that begins with a space continues the line before

Given names and places are hints only: a person with no name on the list is still a person, and most places of the world are
missing. Words that are more often something else in a byline (Will, May, Pa, Sid in capitals) are judged by the caller; places
that are more often surnames or given names (Milton, Chester, Georgia, Jordan) are left out on purpose.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

Lists = TypeVar("Lists", bound="DataclassInstance")


def sections(file: Path) -> dict[str, list[str]]:
    """The sections of a file by name: the lines of each, with their continuations."""
    found: dict[str, list[str]] = {}
    lines: list[str] = []
    for line in file.read_text(encoding="utf-8").splitlines():
        text = line.strip()
        if not text or text.startswith("#"):
            continue
        if line.startswith("["):
            lines = found[text.strip("[]")] = []
        elif line[0].isspace():
            lines[-1] += f" {text}"
        else:
            lines.append(text)
    return found


def read_words(file: Path, into: type[Lists]) -> Lists:
    """A dataclass of word sets, each field from the section of its name."""
    return into(**{name: word_set(*lines) for name, lines in sections(file).items()})


def keyed(lines: Iterable[str]) -> dict[str, str]:
    """Key -> value of the lines of a section with keys."""
    return {key: value for key, _, value in (line.partition(" = ") for line in lines)}


def word_set(*texts: str) -> frozenset[str]:
    """The different words of the texts."""
    return frozenset(word for text in texts for word in text.split())


def phrase_set(*texts: str) -> frozenset[str]:
    """The different phrases of texts, separated by bars or line ends."""
    return frozenset(phrase.strip() for text in texts for line in text.splitlines() for phrase in line.split("|")) - {""}


@cache
def _given_names() -> frozenset[str]:
    found = sections(Path(__file__).with_name("given_names.txt"))
    return word_set(*(line for lines in found.values() for line in lines))


def is_given_name(word: str) -> bool:
    """Whether a case-folded word is a common given name; in a hyphenated word ("anne-kathrin") the first half counts."""
    names = _given_names()
    return word in names or word.partition("-")[0] in names


@dataclass(frozen=True, slots=True)
class _Places:
    words: frozenset[str]
    phrases: frozenset[str]
    directions: frozenset[str]
    beginnings: frozenset[str]
    endings: frozenset[str]


@cache
def _places() -> _Places:
    found = sections(Path(__file__).with_name("places.txt"))
    words = (line for name in ("uk_and_ireland", "europe", "world", "adjectives") for line in found[name])
    parts = (word_set(*found[name]) for name in ("directions", "beginnings", "endings"))
    return _Places(word_set(*words), phrase_set(*found["phrases"]), *parts)


_FIRST_PARTS = frozenset(("county", "co", "co.", "st", "st.", "new", "san", "los", "las", "port", "fort", "mount", "lake"))


def is_place(phrase: str) -> bool:
    """Whether a case-folded word or phrase is a place, the adjective of one, or has the form of one ("county clare")."""
    phrase = phrase.rstrip(".,")
    places = _places()
    if phrase in places.words or phrase in places.phrases:
        return True
    first, _, rest = phrase.partition(" ")
    return bool(rest) and (first in places.beginnings or (rest in places.endings and not is_given_name(first)))


def is_direction(word: str) -> bool:
    """Whether a case-folded word names one part of a place ("northern", "mid"): names of people do not begin so."""
    return word in _places().directions


def is_place_opening(word: str) -> bool:
    """Whether a case-folded word is the first of a place's name of two words ("new", "san")."""
    return word in _FIRST_PARTS
