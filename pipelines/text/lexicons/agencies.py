"""Names of news agencies and newspapers as bylines print them: the sources of copy, and names that are not persons.

Word tests only. An agency's name here is the short one that newsrooms use; a broadcaster counts as an agency if
others print its writers under its name (BBC). Outlets are recognised by the last words of their names, never one by one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from pipelines.text.lexicons import is_given_name, is_place, is_place_opening, keyed, phrase_set, sections, word_set


@dataclass(frozen=True, slots=True)
class _Agencies:
    names: Mapping[str, str]
    """Printed form -> the newsroom's short name."""
    most_words: int
    """Number of words in the longest form."""
    ambiguous: frozenset[str]
    """Forms that are also words or given names; they are agencies only in capitals, alone, or before a job title."""
    outlet_words: frozenset[str]
    """Words that are in no person's name; a capitalised phrase that ends in one is an outlet or another organisation."""
    outlet_surnames: frozenset[str]
    """Words at the end of outlets' names ("Denver Post") that are also surnames ("Emily Post")."""


@cache
def _agencies() -> _Agencies:
    found = sections(Path(__file__).with_name("agencies.txt"))
    names = {form: name for name, forms in keyed(found["agencies"]).items() for form in phrase_set(forms)}
    return _Agencies(
        names=names,
        most_words=max(form.count(" ") + 1 for form in names),
        ambiguous=word_set(*found["ambiguous"]),
        outlet_words=word_set(*found["outlet_words"]),
        outlet_surnames=word_set(*found["outlet_surnames"]),
    )


def agency_name(phrase: str) -> str | None:
    """The short name of the agency that a case-folded phrase names, or None."""
    return _agencies().names.get(phrase)


def agency_length(words: list[str]) -> int:
    """The number of case-folded words in the longest agency name at their beginning; 0 if there is none."""
    agencies = _agencies()
    for length in range(min(len(words), agencies.most_words), 0, -1):
        if " ".join(words[:length]) in agencies.names:
            return length
    return 0


def is_ambiguous_agency(form: str) -> bool:
    """Whether a case-folded form of an agency is also a word or a person's name ("sid", "pa")."""
    return form in _agencies().ambiguous


_COMPOUND_OUTLETS = ("zeitung", "blatt", "nachrichten", "anzeiger", "bladet", "posten", "avisen", "tidningen", "nytt", "dagblad")


_AGENCY_ENDINGS = (
    "news service", "news agency", "news group", "wire service", "newswire", "press agency", "media wire", "news network",
)  # fmt: skip


def is_agency_by_shape(words: list[str]) -> bool:
    """Whether the words end like an agency's name: "City News Service"."""
    return " ".join(words).casefold().endswith(_AGENCY_ENDINGS) and len(words) > 2


def is_outlet_word(word: str) -> bool:
    """Whether a case-folded word occurs in names of outlets or other organisations, and in no person's name."""
    return word in _agencies().outlet_words or (len(word) > 9 and word.endswith(_COMPOUND_OUTLETS))


def is_outlet_ending(word: str) -> bool:
    """Whether an outlet's name can end with the word, as printed: "Globe", "Times"."""
    return is_outlet_word(word.casefold()) or word.casefold() in _agencies().outlet_surnames


def is_outlet(words: list[str]) -> bool:
    """Whether capitalised words, as printed, name an outlet: "Florida Today", "The West Australian", "CBS Detroit"."""
    folded = [word.casefold().strip(".,") for word in words]
    if not folded:
        return False
    if is_outlet_word(folded[-1]):
        return len(folded) > 1 or folded[-1] not in ("live", "today", "press", "team", "group")
    if folded[0] in ("the", "le", "la", "el", "il", "die", "der", "das", "de", "l'") and len(folded) > 1:
        return folded[0] == "the" or is_outlet_word(folded[1]) or folded[-1] in _agencies().outlet_surnames
    if len(folded) > 1 and folded[-1] in _agencies().outlet_surnames:
        return not is_given_name(folded[0]) and (_is_places(folded[:-1]) or folded[-2] in _agencies().outlet_surnames)
    return len(words) > 1 and _is_acronym(words[0]) and _is_places(folded[1:])


def _is_places(folded: list[str]) -> bool:
    """Whether the words are a place as a phrase, or each is a place or the first word of one ("new", "san")."""
    return is_place(" ".join(folded)) or all(is_place(word) or is_place_opening(word) for word in folded)


def _is_acronym(word: str) -> bool:
    return len(word) > 1 and word.isupper()
