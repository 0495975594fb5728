"""Words that tell names from titles, agencies and places, in many languages: the reader of word lists, given names, and places.

Short lists are running text in code, long ones text files beside the module that asks them. Shared by bylines and captions, knows
neither; a word stands in one list only. A file is read strictly, and once, when its first word is asked for:

    # A comment: a line of its own.
    [heads]                  a section
    editor editors writer    its words, parted by blanks; phrases are parted by bars, a key from its value by " = "
        reporter             a line that begins with a blank continues the line before

What stands twice in one section, a section that is unknown, missing or empty, and a line above all sections are refused.

Given names and places are hints only: a person with no name on the list is still a person, and most places of the world are
missing. Words that are more often something else in a byline (Will, May, Pa, Sid in capitals) are judged by the caller; places
that are more often surnames or given names (Milton, Chester, Georgia, Jordan) are left out on purpose.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, fields
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

Lists = TypeVar("Lists", bound="DataclassInstance")

_HEADER = re.compile(r"\[([^\[\]]+)\]")


class LexiconError(ValueError):
    """A list cannot be read. The message begins with file and line."""


@dataclass(slots=True)
class LexiconEntry:
    """A line with those that continue it."""

    place: str
    """File and number of the first line, as errors begin."""
    text: str


@dataclass(frozen=True, slots=True)
class Section:
    """What stands below one header."""

    place: str
    entries: list[LexiconEntry]

    def words(self) -> frozenset[str]:
        return self._set(lambda entry: entry.text.split())

    def phrases(self) -> frozenset[str]:
        return self._set(parted)

    def table(self) -> dict[str, LexiconEntry]:
        """Key -> value, in the file's order."""
        found: dict[str, LexiconEntry] = {}
        for entry in self.entries:
            key, sign, value = map(str.strip, entry.text.partition(" = "))
            if not (key and sign and value):
                raise LexiconError(f"{entry.place}: must be KEY = VALUE, not {entry.text!r}")
            if key in found:
                raise LexiconError(f"{entry.place}: {key!r} is there twice")
            found[key] = LexiconEntry(entry.place, value)
        return found

    def _set(self, parts: Callable[[LexiconEntry], list[str]]) -> frozenset[str]:
        found: set[str] = set()
        for entry in self.entries:
            new = parts(entry)
            if len(set(new)) < len(new) or not found.isdisjoint(new):
                twice = next(part for at, part in enumerate(new) if part in found or part in new[:at])
                raise LexiconError(f"{entry.place}: {twice!r} is there twice")
            found.update(new)
        return frozenset(found)


def sections(file: Path, names: Iterable[str] | None = None) -> dict[str, Section]:
    """The sections of a file by name, in its order; `names`: which there must be. None: any."""
    found: dict[str, Section] = {}
    current: Section | None = None
    for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1):
        place = f"{file}:{number}"
        text = line.strip()
        header = _HEADER.fullmatch(line)
        if not text or text.startswith("#"):
            continue
        if header:
            if header[1] in found:
                raise LexiconError(f"{place}: [{header[1]}] is there twice")
            current = found[header[1]] = Section(place, [])
        elif current is None or (line[0].isspace() and not current.entries):
            raise LexiconError(f"{place}: {text!r} stands below no section")
        elif line[0].isspace():
            current.entries[-1].text += f" {text}"
        else:
            current.entries.append(LexiconEntry(place, text))
    empty = next((name for name, section in found.items() if not section.entries), None)
    if empty is not None:
        raise LexiconError(f"{found[empty].place}: [{empty}] is empty")
    known = list(found) if names is None else list(names)
    for name in found.keys() - known:
        raise LexiconError(f"{found[name].place}: [{name}] is none of {', '.join(known)}")
    if missing := [name for name in known if name not in found]:
        raise LexiconError(f"{file}:1: there is no [{missing[0]}]")
    return found


def read_words(file: Path, into: type[Lists]) -> Lists:
    """A dataclass of sets of words: each field is a section of its name."""
    found = sections(file, [field.name for field in fields(into)])
    return into(**{name: section.words() for name, section in found.items()})


def parted(entry: LexiconEntry) -> list[str]:
    """The phrases of an entry, which bars part."""
    phrases = [phrase.strip() for phrase in entry.text.split("|")]
    if not all(phrases):
        raise LexiconError(f"{entry.place}: a bar has a phrase on both sides")
    return phrases


def word_set(*texts: str) -> frozenset[str]:
    """The different words of the texts."""
    return frozenset(word for text in texts for word in text.split())


def phrase_set(text: str) -> frozenset[str]:
    """The different phrases of a text that bars or line ends part."""
    return frozenset(phrase.strip() for line in text.splitlines() for phrase in line.split("|") if phrase.strip())


@cache
def _given_names() -> frozenset[str]:
    found = sections(Path(__file__).with_name("given_names.txt"), ("english", "germanic", "romance", "slavic_and_more"))
    return frozenset().union(*(section.words() for section in found.values()))


def is_given_name(word: str) -> bool:
    """Whether a case-folded word is a common given name; of a hyphenated one ("anne-kathrin") the first half counts."""
    names = _given_names()
    return word in names or word.partition("-")[0] in names


@dataclass(frozen=True, slots=True)
class _Places:
    words: frozenset[str]
    phrases: frozenset[str]
    directions: frozenset[str]


@cache
def _places() -> _Places:
    words = ("uk_and_ireland", "europe", "world", "adjectives")
    found = sections(Path(__file__).with_name("places.txt"), (*words, "directions", "phrases"))
    return _Places(
        words=frozenset().union(*(found[name].words() for name in words)),
        phrases=found["phrases"].phrases(),
        directions=found["directions"].words(),
    )


_FIRST_PARTS = frozenset(("county", "co", "co.", "st", "st.", "new", "san", "los", "las", "port", "fort", "mount", "lake"))


def is_place(phrase: str) -> bool:
    """Whether a case-folded word or phrase is a place or the adjective of one, or is built like one ("county clare")."""
    phrase = phrase.rstrip(".,")
    places = _places()
    if phrase in places.words or phrase in places.phrases:
        return True
    first, _, rest = phrase.partition(" ")
    return bool(rest) and first in ("county", "co", "co.", "port", "fort", "greater", "mount")


def is_direction(word: str) -> bool:
    """Whether a case-folded word tells one end of a place from another ("northern", "mid"): names do not begin so."""
    return word in _places().directions


def is_place_opening(word: str) -> bool:
    """Whether a case-folded word opens a place of two words ("new", "san")."""
    return word in _FIRST_PARTS
