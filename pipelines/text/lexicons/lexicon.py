"""Word lists: short ones as running text in code, long ones as text files beside the module that asks them.

A file is read strictly, and once, when its first word is asked for:

    # A comment: a line of its own.
    [heads]                  a section
    editor editors writer    its words, parted by blanks; phrases are parted by bars, a key from its value by " = "
        reporter             a line that begins with a blank continues the line before

What stands twice in one section, a section that is unknown, missing or empty, and a line above all sections are refused.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, fields
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
