"""Sets of words, written as running text so that they can be read and added to."""

from __future__ import annotations


def word_set(*texts: str) -> frozenset[str]:
    """The different words of the texts."""
    return frozenset(word for text in texts for word in text.split())


def phrase_set(text: str) -> frozenset[str]:
    """The different phrases of a text that bars or line ends part."""
    return frozenset(phrase.strip() for line in text.splitlines() for phrase in line.split("|") if phrase.strip())
