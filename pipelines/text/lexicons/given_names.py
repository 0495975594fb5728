"""Given names common in newsrooms, to tell "Neil Marsh" from "Florida Today" and two people from one in a run of words.

A hint only: a person with no name on this list is still a person. Words that are more often something else in a byline
(Will, May, Pa, Sid in capitals) are judged by the caller.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

from pipelines.text.lexicons.lexicon import sections


@cache
def _names() -> frozenset[str]:
    found = sections(Path(__file__).with_name("given_names.txt"), ("english", "germanic", "romance", "slavic_and_more"))
    return frozenset().union(*(section.words() for section in found.values()))


def is_given_name(word: str) -> bool:
    """Whether a case-folded word is a common given name; of a hyphenated one ("anne-kathrin") the first half counts."""
    names = _names()
    return word in names or word.partition("-")[0] in names
