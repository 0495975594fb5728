"""Two texts -> how much of each is in the other, and whether that makes them the same copy.

Shared are runs of at least eight words: long enough that two authors do not write them by chance, and that a form which is
filled in again each day has none. Knows no store.
"""

from __future__ import annotations

import re
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Final

from pipelines.stories.sketch import SHINGLE, TextWords

VERBATIM: Final = 0.97
OF_LONGER_VERBATIM: Final = 0.48
"""If the whole shorter text is in the longer one, word for word, it must make nearly half of that, otherwise the longer one is
a roundup or a live page. Half a copy is half of it; a reworded text is not completely contained."""

RUN: Final = 8
"""Words that must follow each other in both texts to be counted."""

OF_SHORTER: Final = 0.42
OF_LONGER: Final = 0.38
"""Shares of the shorter and of the longer text that must be shared."""

SHORT: Final = 50
SHORT_SHARE: Final = 0.9
"""Texts with fewer words are the same only if nearly all of both is shared."""

AGAIN_OF_SHORTER: Final = 0.8
AGAIN_OF_LONGER: Final = 0.6
"""The same shares for a text that was published again unchanged."""

BOILERPLATE: Final = 0.3
"""Share of boilerplate in what two texts share from which on it counts; set phrases are less."""

KIN: Final = 0.12
"""Share of the shorter text from which on two texts are related at all."""


FORM_GAPS: Final = 5
FORM_SHARE: Final = 0.4
"""Number and share of short gaps between shared words with figures in them that make a text a form which is filled in again
(weather, courts, lottery). Subeditors change words; they seldom change every figure."""

_GAP: Final = 6
"""Maximum number of words in a short gap."""


@dataclass(frozen=True, slots=True)
class Overlap:
    """How much two texts share; `shorter` is the part of the text with fewer words."""

    shorter: float
    longer: float
    words: int
    """Number of words in the shorter text."""
    is_form: bool = False
    """Whether they differ by figures in a fixed text."""

    @property
    def strength(self) -> float:
        """Key for choosing the best of several."""
        return self.shorter + self.longer

    @property
    def is_copy(self) -> bool:
        """Whether the two are the same copy, edited or added to."""
        if self.is_form:
            return False
        if self.words < SHORT:
            return min(self.shorter, self.longer) >= SHORT_SHARE
        is_excerpt = self.shorter >= VERBATIM and self.longer < OF_LONGER_VERBATIM
        return self.shorter >= OF_SHORTER and self.longer >= OF_LONGER and not is_excerpt

    @property
    def is_reissue(self) -> bool:
        """Whether the two are one text that was published again, with few changes."""
        return self.is_copy and self.shorter >= AGAIN_OF_SHORTER and self.longer >= AGAIN_OF_LONGER

    @property
    def is_kin(self) -> bool:
        """Whether they share as much as two different cuts of one copy may."""
        return self.shorter >= KIN and not self.is_form

    def without(self, common: float) -> Overlap:
        """The same if this part of what is shared occurs in many articles; a little always does."""
        if common < BOILERPLATE:
            return self
        return Overlap(_bare(self.shorter, common), _bare(self.longer, common), self.words, self.is_form)


_SHARED = re.compile(rb"\x01+")
NOTHING = Overlap(0.0, 0.0, 0)


def overlap(one: TextWords, other: TextWords) -> Overlap:
    """The overlap of two texts. Texts in different kinds of script share nothing."""
    if one.scale != other.scale or not one.words or not other.words:
        return NOTHING
    shorter, longer = sorted((one, other), key=lambda words: len(words.words))
    both = shorter.different.keys() & longer.different.keys()
    if not both:
        return Overlap(0.0, 0.0, shorter.count)
    mine, theirs = _covering(shorter, both), _covering(longer, both)
    return Overlap(mine.share, theirs.share, shorter.count, mine.is_form)


def _bare(share: float, common: float) -> float:
    return share * (1 - common) / max(1 - share * common, 0.05)


@dataclass(slots=True)
class _Covering:
    """A text's words in shared runs, and the short gaps between these."""

    share: float = 0.0
    gaps: int = 0
    figures: int = 0
    """Gaps with a figure."""

    @property
    def is_form(self) -> bool:
        return self.figures >= FORM_GAPS and self.figures >= FORM_SHARE * self.gaps


def _covering(words: TextWords, both: AbstractSet[int]) -> _Covering:
    """Runs that are too short to count still mark the gaps."""
    found, width, covered, ended = _Covering(), SHINGLE * words.scale, 0, 0
    for run in _SHARED.finditer(_flags(words, both)):
        start, end = run.start(), run.end() + width - 1
        if ended and 0 < start - ended <= _GAP * words.scale:
            found.gaps += 1
            found.figures += any(map(str.isdigit, "".join(words.words[ended:start])))
        if end - start >= RUN * words.scale:
            covered += end - max(start, ended)
        ended = end
    found.share = covered / len(words.words)
    return found


def _flags(words: TextWords, both: AbstractSet[int]) -> bytes:
    """One byte a shingle: whether it is shared. A repeated shingle, as in forms, counts only the first time."""
    flags = bytearray(len(words.shingles))
    for shingle in both:
        flags[words.different[shingle]] = 1
    return bytes(flags)
