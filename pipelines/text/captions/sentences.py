"""Where sentences end in a caption, and whether words say something at all. Small rules for small texts."""

from __future__ import annotations

import re

_STOP = re.compile(r"(?<!\b[A-ZÀ-Þ])[.!?…][”\"’')\]]?\s?|[”\"“]\s")
"""A full stop behind an initial ("J. Smith") ends nothing."""
_NEXT = re.compile(r"(?<=[^\W\d_]{3})\.\s+(?=[^\W\d_a-z])")
_INSIDE = re.compile(r"[^\W\d_]{3}[.!?]\s")


def first_sentence(text: str) -> tuple[str, str]:
    """The text up to the first full stop that a capital follows, and what follows."""
    stop = _NEXT.search(text)
    return (text[: stop.start()], text[stop.end() :]) if stop else (text, "")


def last_words(text: str) -> str:
    """What stands behind the last full stop or closing quotation mark; the whole text where there is none."""
    end = 0
    for stop in _STOP.finditer(text):
        end = stop.end()
    return text[end:].strip()


def has_stop_inside(text: str) -> bool:
    """Whether a sentence ends before the text does."""
    return bool(_INSIDE.search(text))


def is_sentence(text: str) -> bool:
    """Whether a text says something: four words and more, two of them small."""
    words = text.split()
    return len(words) > 3 and sum(word[0].islower() for word in words) > 1
