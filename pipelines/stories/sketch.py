"""A text -> its words, and the few hashes by which texts that share passages are found.

A sketch is the bottom k of a text's shingles: of all runs of five words, as numbers, the smallest few. Two texts that share a
share J of their shingles share about as much of their sketches (Broder 1997), whatever stands in front of the shared part or
was cut from it. Knows no store, and not what is near enough: see `matching`.
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
"""Hashes a sketch. Copies that share a quarter of their shingles share six of them; fewer than two once in 110 times."""

HASH_BYTES: Final = 4
"""Enough to find by: what collides is read and refused. Each byte more is 45 MB a million articles."""

_STIRRED = 0x9E3779B1
"""Multiplied by this odd number, numbers keep apart, and the smallest are no longer those of texts that begin alike."""

SHINGLE: Final = 5
LONGEST: Final = 60_000
"""Characters that are read; the longest live pages have more, and nobody's copy is there."""

SHORTEST: Final = 25
"""Words below which a text has no sketch: captions and teasers, of which all papers write the same ones."""

_UNSPACED = "\u0e01-\u0eff\u1000-\u109f\u1780-\u17ff\u3041-\u30ff\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
# Marks of Indic scripts are letters here: "हिन्दी" is one word. Their full stops (U+0964, U+0965) are not.
_INDIC = "\u0900-\u0963\u0966-\u0df3"
_WORD = re.compile(rf"[{_UNSPACED}]|(?:[^\W_{_UNSPACED}]|[{_INDIC}])+")
_PLAIN = re.compile(r"[^\W_]+")
_OF_ITS_OWN = re.compile("[\u0900-\u1fff\u3000-\U0010ffff]")
_SIGN = re.compile(rf"[{_UNSPACED}]")
_APOSTROPHES = "'’ʼ`\u00ad\u200b\u200c\u200d"


@dataclass(frozen=True)
class TextWords:
    """A text's words, as they are compared: case-folded, without punctuation."""

    words: tuple[str, ...]
    scale: int = 1
    """Signs that stand for one word where a script writes without spaces and each sign is taken by itself; else 1."""

    @property
    def count(self) -> int:
        """How many words; of scripts without spaces, about how many there would be."""
        return len(self.words) // self.scale

    @cached_property
    def shingles(self) -> list[int]:
        """A number for each run of five words (ten signs), in order: CRC-32, the same on every machine and cheap."""
        joined = " ".join(self.words)
        text = joined.encode("utf-8", "surrogatepass")
        words = self.words if len(text) == len(joined) else text.split(b" ")
        ends = list(accumulate([len(word) + 1 for word in words], initial=0))
        return [crc32(text[start : end - 1]) for start, end in zip(ends, ends[SHINGLE * self.scale :], strict=False)]

    @cached_property
    def different(self) -> dict[int, int]:
        """The shingles, each once, and where it stands first."""
        shingles = self.shingles
        return dict(zip(reversed(shingles), range(len(shingles) - 1, -1, -1), strict=True))


def words_of(text: str) -> TextWords:
    """The words of a text, of its first 60,000 characters."""
    read = text[:LONGEST]
    for apostrophe in _APOSTROPHES:
        read = read.replace(apostrophe, "")
    read = read.casefold()
    if not _OF_ITS_OWN.search(read):
        return TextWords(tuple(_PLAIN.findall(read)))
    words = tuple(_WORD.findall(read))
    return TextWords(words, 2 if 2 * len(_SIGN.findall(read)) > len(words) else 1)


def sketch(words: TextWords) -> tuple[int, ...]:
    """The smallest of a text's shingles, stirred, ascending; none of a text that is too short to have copies."""
    if words.count < SHORTEST:
        return ()
    return tuple(sorted([shingle * _STIRRED & 0xFFFFFFFF for shingle in set(words.shingles)])[:SIZE])


def pack(hashes: tuple[int, ...]) -> bytes:
    """A sketch as it is kept with its article."""
    return struct.pack(f">{len(hashes)}I", *hashes)


def unpack(kept: bytes) -> tuple[int, ...]:
    """A kept sketch."""
    return struct.unpack(f">{len(kept) // HASH_BYTES}I", kept)
