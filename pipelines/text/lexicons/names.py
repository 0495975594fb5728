"""People's names: which words can be one, where one ends and the next begins, and its usual spelling.

Titles ("Dr", "Cllr", "Sir") and honours after a name ("MP", "OBE") are not part of it here: the same person is printed
with and without them, and must stay one person. "Jr" and "III" distinguish two people and are kept.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from pipelines.text.lexicons import is_direction, is_given_name, read_words
from pipelines.text.lexicons.agencies import is_outlet_ending, is_outlet_word
from pipelines.text.lexicons.roles import is_desk, is_head, role_words

LONGEST_NAME = 60
MOST_WORDS = 7
_INSIDE = "'’ʼ`´.-‐‑·"


@dataclass(frozen=True, slots=True)
class NameWords:
    """The sections of names.txt, case-folded."""

    titles: frozenset[str]
    titles_also_names: frozenset[str]
    honours: frozenset[str]
    suffixes: frozenset[str]
    particles: frozenset[str]
    no_first: frozenset[str]
    """Articles: a name that begins with one is a newspaper or a programme ("El Espectador"), not a person."""
    no_last: frozenset[str]
    lower_when_inside: frozenset[str]
    mac_names: frozenset[str]
    two_letter_names: frozenset[str]


@cache
def name_words() -> NameWords:
    return read_words(Path(__file__).with_name("names.txt"), NameWords)


_POINTED = ("Jr.", "Sr.", "St.", "Ste.", "JR.", "SR.", "ST.")
_PREFIXED = re.compile(r"(Mc|Mac|Fitz|De|Di|Le|La|Van)([A-Z]{3,20})")
"""Capitals after a prefix in mixed case: "McMEARS"."""
_VOWELS = frozenset("aeiouyäöüáéíóúàèìòùâêîôûãõåæø")


def is_caseless(char: str) -> bool:
    """Whether a letter belongs to a script without capitals."""
    return char.isalpha() and char.lower() == char.upper()


def looks_capital(word: str) -> bool:
    """Whether a word starts like a name: with a capital, or in a script that has none."""
    first = word.lstrip("'’-")[:1]
    return bool(first) and (first.isupper() or first.istitle() or is_caseless(first))


def _is_word_of_letters(word: str) -> bool:
    return (
        any(char.isalpha() for char in word)
        and all(char.isalpha() or char in _INSIDE or unicodedata.category(char)[0] == "M" for char in word)
        and not word.endswith("-")
    )


def is_initial(word: str) -> bool:
    """Whether a word is initials: "J.", "T.J.", "DJ"."""
    letters = word.replace(".", "").replace("-", "")
    if not letters.isalpha() or not letters.isupper() or is_caseless(letters[0]):
        return False
    return (
        len(letters) == 1
        or (len(letters) <= 3 and "." in word)
        or (len(letters) == 2 and letters.casefold() not in name_words().two_letter_names)
    )


def _is_particle(word: str) -> bool:
    joined = ("d'", "d’", "l'", "l’", "al-", "el-", "ul-", "as-", "ad-", "ash-", "an-")
    return word in name_words().particles or word.startswith(joined)


def _fits(word: str) -> bool:
    """Whether the word can be in a name at all: it has only letters, and belongs to no job title and no newspaper's name."""
    folded = word.casefold().strip(".")
    if not _is_word_of_letters(word) or len(word) > 30:
        return False
    if folded.endswith(("'s", "’s")) or _is_call_sign(word) or _is_of_house(word):
        return False
    return not (is_head(folded) or folded in role_words().hard_modifiers or is_outlet_word(folded) or is_desk(folded))


def _is_call_sign(word: str) -> bool:
    """ "KWCH", "HNN": three or more capitals that no one can pronounce."""
    return len(word) > 2 and word.isupper() and word.isascii() and word.isalpha() and not _VOWELS & set(word.casefold())


def _is_of_house(word: str) -> bool:
    """ "ARD-Studio", "News-Sun": a hyphenated word with a broadcaster's letters, or of words in newspapers' names."""
    parts = word.split("-")
    if len(parts) == 1 or word.isupper():
        return False
    return any(len(part) > 2 and part.isupper() for part in parts) or (
        any(is_outlet_word(part.casefold()) for part in parts) and all(map(is_outlet_ending, parts))
    )


def strip_titles(words: list[str]) -> list[str]:
    """The words without leading titles and trailing honours, as long as a name remains."""
    known = name_words()
    while len(words) > 1:
        title = words[0].casefold().strip(".,")
        if title not in known.titles or (title in known.titles_also_names and len(words) < 3):
            break
        words = words[1:]
    while len(words) > 2:
        honour = words[-1].strip(".,")
        if honour.casefold() not in known.honours or not (
            honour.isupper() or "." in honour or honour.casefold() in ("phd", "msc", "bsc")
        ):
            break
        words = words[:-1]
    return words


def is_name(words: list[str]) -> bool:
    """Whether the words, as printed, can be one person's full name: at least two parts, one of them not an initial."""
    known = name_words()
    if not 2 <= len(words) <= MOST_WORDS or sum(map(len, words)) > LONGEST_NAME:
        return False
    if not all(map(_fits, words)) or not looks_capital(words[0]):
        return is_given_name(words[0].casefold()) and len(words) == 2 and all(map(_fits, words)) and words[0].islower()
    first, last = words[0].casefold(), words[-1].casefold()
    if first in known.no_first or is_direction(first) or last in known.no_last or words[1] in ("y", "e"):
        return False  # "Tierra y Mar": after a single word an "and" joins two things, not surnames
    full = parts = 0
    for index, word in enumerate(words):
        folded = word.casefold()
        if index and folded.strip(".") in known.suffixes:
            continue
        if index and not looks_capital(word):
            if not _is_particle(folded) and not (len(words) == 2 and is_given_name(words[0].casefold())):
                return False
            if folded in known.particles:
                continue
        parts += 1
        full += not is_initial(word)
    return full >= 1 and parts >= 2


def split_people(words: list[str]) -> list[list[str]]:
    """The people in a run of words without separators: a doubled name is one person, "Phoebe Tarn Joseph Gale" are two."""
    half, odd = divmod(len(words), 2)
    folded = [word.casefold() for word in words]
    if not odd and half and folded[:half] == folded[half:]:
        return [words[:half]]
    if len(words) > 2 and folded[0] == folded[-1] and len(words) >= 5:
        return [words[:-1]]
    if not odd and half > 1:
        firsts, lasts = folded[::2], folded[1::2]
        if all(map(is_given_name, firsts)) and not any(map(is_given_name, lasts)) and not any(map(_is_particle, folded)):
            return [words[at : at + 2] for at in range(0, len(words), 2)]
    return [words]


def written(words: list[str]) -> str:
    """The name in its usual spelling: printed capitals re-cased ("O'NEILL", "Jean DUPONT"), stray full stops removed."""
    all_capitals = all(word.isupper() or not word.isalpha() for word in words)
    parts = []
    for index, word in enumerate(words):
        keeps_point = is_initial(word) or len(word) < 3 or word.endswith(_POINTED)
        parts.append(_recased(word if keeps_point else word.rstrip("."), index, words, all_capitals))
    if all(part.islower() for part in parts):
        parts = [part.title() for part in parts]
    return " ".join(parts)


def _recased(word: str, index: int, words: list[str], all_capitals: bool) -> str:
    letters = "".join(char for char in word if char.isalpha())
    folded = word.casefold()
    prefixed = _PREFIXED.fullmatch(word)
    if prefixed:
        return prefixed[1] + prefixed[2].capitalize()
    if not letters.isupper() or len(letters) == 1 or is_caseless(letters[0]):
        return word
    if folded.strip(".") in ("ii", "iii", "iv"):
        return word
    if is_initial(word) and (index < len(words) - 1 or not all_capitals):
        return word
    if len(letters) <= 3 and not all_capitals and not _VOWELS & set(folded):
        return word
    if 0 < index < len(words) - 1 and folded in name_words().lower_when_inside and all_capitals:
        return folded
    return "".join(map(_titled, _at_joints(word)))


def _at_joints(word: str) -> list[str]:
    """The word cut after each hyphen and apostrophe: "ANNE-MARIE" is "ANNE-" and "MARIE"."""
    pieces, start = [], 0
    for at, char in enumerate(word):
        if char in "'’-‐‑.":
            pieces.append(word[start : at + 1])
            start = at + 1
    pieces.append(word[start:])
    return pieces


def _titled(piece: str) -> str:
    lower = piece.lower()
    if lower in name_words().mac_names:
        return "Mac" + lower[3:].capitalize()
    if lower.startswith("mc") and len(lower) > 3:
        return "Mc" + lower[2:].capitalize()
    if lower in ("s", "t"):
        return lower
    return lower[:1].upper() + lower[1:]


def key(name: str) -> str:
    """A key that all spellings of a name share: no case, no accents, no full stops, one kind of apostrophe."""
    plain = unicodedata.normalize("NFKD", name.casefold())
    return " ".join("".join(char for char in plain if char.isalnum() or char == " ").split())
