"""Two texts -> how much of each stands in the other, and whether that makes them the same copy.

What counts as shared are runs of words long enough that two writers do not hit upon them by chance, nor a form that is filled in
anew each day: eight words and more. Knows no store.
"""

from __future__ import annotations

import re
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Final

from pipelines.stories.sketch import SHINGLE, TextWords

VERBATIM: Final = 0.97
OF_LONGER_VERBATIM: Final = 0.48
"""Where all of the shorter text stands in the longer one, word for word, it is nearly half of that one, or else the longer one is
a roundup or a live page. Half a copy is half of it; what was also reworded is not all there."""

RUN: Final = 8
"""Words that must follow each other in both texts to be counted."""

OF_SHORTER: Final = 0.42
OF_LONGER: Final = 0.38
"""Shares of the shorter and of the longer text that must be shared."""

SHORT: Final = 50
SHORT_SHARE: Final = 0.9
"""Texts of fewer words are the same only where nearly all of both is."""

AGAIN_OF_SHORTER: Final = 0.8
AGAIN_OF_LONGER: Final = 0.6
"""The same shares where a text was put out again as it was."""

BOILERPLATE: Final = 0.3
"""Share of what two texts share from which on it counts that all sorts of articles have it; set phrases are less."""

KIN: Final = 0.12
"""Share of the shorter text from which on two texts have anything to do with each other."""


FORM_GAPS: Final = 5
FORM_SHARE: Final = 0.4
"""Short gaps between shared words that hold figures: so many, and such a share of all, make it a form filled in anew (weather,
courts, lottery). Subeditors change words; they seldom change each figure."""

_GAP: Final = 6
"""Words that a short gap has at most."""


@dataclass(frozen=True, slots=True)
class Overlap:
    """How much two texts share; `shorter` is that of the text with fewer words."""

    shorter: float
    longer: float
    words: int
    """Of the shorter text."""
    is_form: bool = False
    """Whether what differs are figures in a fixed text."""

    @property
    def strength(self) -> float:
        """What the best of several is chosen by."""
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
        """Whether the two are one text that was put out again, with few changes."""
        return self.is_copy and self.shorter >= AGAIN_OF_SHORTER and self.longer >= AGAIN_OF_LONGER

    @property
    def is_kin(self) -> bool:
        """Whether they share as much as two different cuts of one copy may."""
        return self.shorter >= KIN and not self.is_form

    def without(self, common: float) -> Overlap:
        """The same, where this share of what is shared stands in all sorts of articles, as a little always does."""
        if common < BOILERPLATE:
            return self
        return Overlap(_bare(self.shorter, common), _bare(self.longer, common), self.words, self.is_form)


_SHARED = re.compile(rb"\x01+")
NOTHING = Overlap(0.0, 0.0, 0)


def overlap(one: TextWords, other: TextWords) -> Overlap:
    """What two texts share. Texts of different ways of writing share nothing."""
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
    """A text's words that stand in shared runs, and the short gaps between those."""

    share: float = 0.0
    gaps: int = 0
    figures: int = 0
    """Gaps that hold a figure."""

    @property
    def is_form(self) -> bool:
        return self.figures >= FORM_GAPS and self.figures >= FORM_SHARE * self.gaps


def _covering(words: TextWords, both: AbstractSet[int]) -> _Covering:
    """Runs too short to count still tell where the gaps are."""
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
    """A byte a shingle: whether it is shared. What a text says again and again, as forms do, is so the first time only."""
    flags = bytearray(len(words.shingles))
    for shingle in both:
        flags[words.different[shingle]] = 1
    return bytes(flags)
