"""Decides which words of a run are people, after its job titles and agencies are known."""

from __future__ import annotations

import re

from pipelines.text.bylines.tokens import byline_words
from pipelines.text.lexicons import is_given_name, is_place, is_place_opening
from pipelines.text.lexicons.agencies import agency_name, is_outlet
from pipelines.text.lexicons.names import is_caseless, is_initial, is_name, split_people
from pipelines.text.lexicons.roles import role_words

_SHORTEST_MONONYM = 3
_CALL_SIGN = re.compile(r"[KW][A-Z]{3}(?:-TV)?")
"""A station of the United States: after a whole name it is the person's employer."""


def without_lead(words: list[str]) -> list[str]:
    """The words without labels, breadcrumbs and articles in front: "News Jack Whelan", "writes Jo Kerr"."""
    while words and _leads(words):
        words = words[1:]
    return words


def _leads(words: list[str]) -> bool:
    folded = words[0].casefold().strip(".")
    if len(words) == 2 and is_given_name(folded) and is_name(words):
        return False  # "Una Mulligan": a label in one language is a name in another
    known = byline_words()
    if folded in known.articles:
        return words[0].islower()
    leading = (known.writer_labels, known.other_labels, known.by_anywhere, role_words().hard_modifiers)
    return any(folded in found for found in leading)


def without_end(words: list[str]) -> list[str]:
    """The words without small words and numbers that remain where a date or a place was cut off: "Stefan Moll am"."""
    if all(word.isupper() or word.isdigit() for word in words):
        return words  # "KTVU FOX 2" is a channel
    if len(words) > 2 and words[-1].casefold() in ("exclusive", "exklusiv", "profile"):
        words = words[:-1]
    while len(words) > 2 and (words[-1].isdigit() or (words[-1].islower() and not is_caseless(words[-1][0]))):
        words = words[:-1]
    return words


def people_in(words: list[str]) -> tuple[list[str], ...]:
    """The people that a run names, without a newspaper's name after them ("Marla Dean Florida Today"); none for a newspaper
    alone."""
    for end in range(2, len(words)):
        if is_name(words[:end]) and (
            (is_outlet(words[end:]) and _parts_outlet(words, end)) or (end == len(words) - 1 and _CALL_SIGN.fullmatch(words[end]))
        ):
            return tuple(split_people(words[:end]))
    if is_outlet(words) or not is_name(words) or any(word in byline_words().bio_verbs for word in words):
        return ()
    return tuple(person for person in split_people(words) if is_name(person))


def _parts_outlet(words: list[str], end: int) -> bool:
    """Whether the newspaper's name can begin at `end`: after a given name anywhere but inside the name, otherwise only at a
    clear mark."""
    opener = words[end]
    if opener.casefold() == "the" or opener.isupper() or is_place(opener.casefold()) or is_place_opening(opener.casefold()):
        return True
    if not is_given_name(words[0].casefold().strip(".")) or is_initial(words[end - 1]):
        return False
    return not (end == 2 and len(words) > 3 and is_given_name(words[1].casefold()))


def is_mononym(word: str) -> bool:
    """Whether a single word is a person: only if it is a given name; most others are users, desks and newspapers ("Trome")."""
    folded = word.casefold()
    return len(word) >= _SHORTEST_MONONYM and word.istitle() and is_given_name(folded) and not is_place(folded)


def is_place_tail(words: list[str]) -> bool:
    """Whether the words are only a place or its club: "West Midlands", "County Clare", "Stoke City"."""
    folded = [word.casefold() for word in words]
    if is_place(" ".join(folded)) or all(map(is_place, folded)):
        return True
    return is_place(folded[0]) and all(word in role_words().soft_modifiers for word in folded[1:])


def joined_names(lines: list[str]) -> list[str]:
    """The lines, with lines of one capitalised word joined if together they are a name ("Jason", "Perrin")."""
    joined: list[str] = []
    for line in lines:
        last = joined[-1] if joined else ""
        if last and is_given_name(last.casefold()) and _is_part_of_name(last) and _is_part_of_name(line):
            joined[-1] = f"{last} {line}"
        else:
            joined.append(line)
    return joined


def _is_part_of_name(word: str) -> bool:
    folded = word.casefold()
    taken = is_place(folded) or agency_name(folded) or folded in byline_words().nobody | byline_words().writer_labels
    return word.isalpha() and word.istitle() and not taken and is_name(["Xenia", word])
