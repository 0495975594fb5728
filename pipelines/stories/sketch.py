"""A text -> its words, and the few hashes by which texts with shared passages are found.

A sketch is the bottom k of a text's shingles: the smallest of the numbers for all runs of five words. Two texts that share a
part J of their shingles share about the same part of their sketches (Broder 1997), whatever precedes the shared passage or was
cut from it. Knows no store, and no thresholds: see `matching`.
"""

from __future__ import annotations

import re
import struct
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate
from typing import Final
from zlib import crc32

SIZE: Final = 24
"""Hashes of a sketch. Copies that share a quarter of their shingles share six of them; fewer than two once in 110 times."""

HASH_BYTES: Final = 4
"""Enough to find copies: collisions are read and refused. Each byte more is 45 MB a million articles."""

_HASH_MULTIPLIER = 0x9E3779B1
"""Odd factor that spreads the numbers, so that the smallest are not those of texts with the same beginning."""

SHINGLE: Final = 5
LONGEST: Final = 60_000
"""Characters that are read; only the longest live pages have more."""

SHORTEST: Final = 25
"""A text with fewer words has no sketch: captions and teasers, which all papers write alike."""

_UNSPACED = "\u0e01-\u0eff\u1000-\u109f\u1780-\u17ff\u3041-\u30ff\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
# Marks of Indic scripts are letters here: "हिन्दी" is one word. Their full stops (U+0964, U+0965) are not.
_INDIC = "\u0900-\u0963\u0966-\u0df3"
_WORD = re.compile(rf"[{_UNSPACED}]|(?:[^\W_{_UNSPACED}]|[{_INDIC}])+")
_PLAIN = re.compile(r"[^\W_]+")
_NON_LATIN = re.compile("[\u0900-\u1fff\u3000-\U0010ffff]")
_SIGN = re.compile(rf"[{_UNSPACED}]")
_APOSTROPHES = "'’ʼ`\u00ad\u200b\u200c\u200d"


@dataclass(frozen=True)
class TextWords:
    """A text's words in comparable form: case-folded, without punctuation."""

    words: tuple[str, ...]
    scale: int = 1
    """Characters that count as one word in a script without spaces, where each character is a token; otherwise 1."""

    @property
    def count(self) -> int:
        """Number of words; in scripts without spaces an estimate."""
        return len(self.words) // self.scale

    @cached_property
    def shingles(self) -> list[int]:
        """A number for each run of five words (ten characters), in order: CRC-32, the same on every machine and fast."""
        joined = " ".join(self.words)
        text = joined.encode("utf-8", "surrogatepass")
        words = self.words if len(text) == len(joined) else text.split(b" ")
        ends = list(accumulate([len(word) + 1 for word in words], initial=0))
        return [crc32(text[start : end - 1]) for start, end in zip(ends, ends[SHINGLE * self.scale :], strict=False)]

    @cached_property
    def different(self) -> dict[int, int]:
        """Each shingle once, with its first position."""
        shingles = self.shingles
        return dict(zip(reversed(shingles), range(len(shingles) - 1, -1, -1), strict=True))


def words_of(text: str) -> TextWords:
    """The words of a text, of its first 60,000 characters."""
    read = text[:LONGEST]
    for apostrophe in _APOSTROPHES:
        read = read.replace(apostrophe, "")
    read = read.casefold()
    if not _NON_LATIN.search(read):
        return TextWords(tuple(_PLAIN.findall(read)))
    words = tuple(_WORD.findall(read))
    return TextWords(words, 2 if 2 * len(_SIGN.findall(read)) > len(words) else 1)


def sketch(words: TextWords) -> tuple[int, ...]:
    """The smallest of a text's spread shingles, ascending; empty for a text that is too short."""
    if words.count < SHORTEST:
        return ()
    return tuple(sorted([shingle * _HASH_MULTIPLIER & 0xFFFFFFFF for shingle in set(words.shingles)])[:SIZE])


def pack(hashes: tuple[int, ...]) -> bytes:
    """A sketch as stored with its article."""
    return struct.pack(f">{len(hashes)}I", *hashes)


def unpack(kept: bytes) -> tuple[int, ...]:
    """A stored sketch."""
    return struct.unpack(f">{len(kept) // HASH_BYTES}I", kept)
