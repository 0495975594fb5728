"""Places as bylines name them: where a reporter stands ("in Seoul"), or what a job title covers ("China Correspondent").

A place here is only a hint against taking it for a person; most places of the world are missing, and
places that are more often surnames or given names (Milton, Chester, Georgia, Jordan) are left out on purpose.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from pipelines.text.lexicons.lexicon import sections


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
