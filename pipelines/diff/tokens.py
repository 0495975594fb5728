"""Text cut into what a reader compares: words with the white space before them, sentences, paragraphs. Nothing is lost."""

from __future__ import annotations

import re

_UNSPACED = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff"
"""Scripts written without spaces (Thai, Lao, Burmese, Khmer, Japanese, Chinese): each letter is a word."""
_MARKS = (
    "\u0300-\u036f\u0483-\u0487\u0591-\u05bd\u0610-\u061a\u064b-\u065f"
    "\u0900-\u0dff\u0e31\u0e34-\u0e3a\u0e47-\u0e4e\u200c\u200d\ufe0f"
)
"""Marks upon letters, and scripts that are full of them; never parted from their letter."""
_LETTER = rf"[^\W{_UNSPACED}]"
_LETTERS = rf"{_LETTER}+(?:[{_MARKS}]+{_LETTER}*)*"
_WORD = (
    rf"\d+(?:[.,:/’']\d+)*(?:{_LETTERS})?"  # 1,200  4.30pm  7/3/2025
    rf"|{_LETTERS}(?:['’]{_LETTERS})*"  # didn't  l'homme
    rf"|[{_UNSPACED}][{_MARKS}]*"
)
_BARE = re.compile(_WORD)
_TOKEN = re.compile(rf"[^\S\n]*(?:{_WORD}|\n+|[^\w\s]|\s)")
_SENTENCE_END = re.compile(r"(?<![.!?…])[.!?…]+[\"'”’»›)\]]*\s+|[。！？]+[”’」』)）]*\s*|\n+")
_PARAGRAPH = re.compile(r"([^\n]+)(\n*)|(\n+)")


def words_of(text: str) -> list[str]:
    """Words, whole numbers and single marks, each with the white space before it; a paragraph break is one too."""
    return _TOKEN.findall(text)


def bare_words_of(text: str) -> list[str]:
    """Words and numbers alone."""
    return _BARE.findall(text)


def key_of(word: str) -> str:
    """A word without its white space."""
    return word.strip() or ("\n" if "\n" in word else " ")


def sentences_of(text: str) -> list[str]:
    """Sentences with the white space that follows them. An abbreviation may end one, which does no harm."""
    parts, start = [], 0
    for end in (found.end() for found in _SENTENCE_END.finditer(text)):
        parts.append(text[start:end])
        start = end
    return [*parts, text[start:]] if start < len(text) else parts


def paragraphs_of(text: str) -> list[tuple[str, str]]:
    """Paragraphs, each with the line breaks that follow it; breaks on top of a text are an empty paragraph's."""
    return [(found[0], found[1] or found[2]) for found in _PARAGRAPH.findall(text)]
