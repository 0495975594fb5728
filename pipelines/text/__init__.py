"""Pure normalisers of text, URLs, dates, bylines and captions. This module: plain text, its white space, Unicode form,
paragraphs.

Texts are normalised here before every comparison. What is removed never carries meaning; digits, quotation marks and
punctuation are untouched. No network, no store.

normalise.py    the one form of an article in which articles are compared, and its hash
urls.py hosts.py zones.py       URLs, hosts, time zones
dates/ bylines/ captions/       parsers of printed times, bylines and captions
boilerplate/ lexicons/          lines that do not belong to an article; word lists: names, titles, agencies, places
"""

from __future__ import annotations

import re
import unicodedata

# Zero-width and directional marks, soft hyphen, byte order mark, object replacement: invisible, and often left in texts by CMSs.
# ZWNJ and ZWJ (U+200C, U+200D) stay: they are part of the spelling in Persian, Hindi and emoji.
_INVISIBLE = dict.fromkeys(
    (
        *(0x00AD, 0x034F, 0x061C, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x180E, 0x200B, 0x200E, 0x200F, 0x3164, 0xFEFF),
        *range(0x202A, 0x202F),
        *range(0x2060, 0x2070),
        *range(0xFFF9, 0xFFFD),
    )
)
_CONTROL = {code: None for code in (*range(0x20), *range(0x7F, 0xA0)) if chr(code) not in "\t\n\v\f\r\x85"}
_SURROGATES = dict.fromkeys(range(0xD800, 0xE000), "\N{REPLACEMENT CHARACTER}")
_DROP = {**_INVISIBLE, **_CONTROL, **_SURROGATES}
_DROPPED = re.compile("[" + "".join(re.escape(chr(code)) for code in sorted(_DROP)) + "]")

DENSE = re.compile(r"[\u0e00-\u0e7f\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff]")
"""Scripts that need fewer characters: Thai, Han, kana, Hangul."""
DENSITY = 2.5


def size_of(text: str) -> float:
    """Length in characters; those of dense scripts are multiplied by `DENSITY`, to be comparable with other scripts."""
    return len(text) * (DENSITY if not text.isascii() and DENSE.search(text[:60]) else 1.0)


def visible(text: str) -> str:
    """The text in NFC without invisible characters, control characters and lone surrogates; white space is kept."""
    # ASCII text (most of English) needs neither step; `isprintable` is a fast scan in C.
    if text.isascii() and text.isprintable():
        return text
    if _DROPPED.search(text):  # a search costs a tenth of a translation, and most texts have nothing to remove
        text = text.translate(_DROP)
    return text if unicodedata.is_normalized("NFC", text) else unicodedata.normalize("NFC", text)


def squash(text: str) -> str:
    """The text on one line: `visible`, each run of white space replaced by one space, trimmed."""
    return _on_one_line(visible(text))


def _on_one_line(text: str) -> str:
    is_line = text.isprintable() and "  " not in text  # the space is the only printable white space
    return text.strip() if is_line else " ".join(text.split())


def paragraphs(text: str) -> list[str]:
    """The non-empty lines of a text, each squashed. One or more newlines end a paragraph."""
    return list(filter(None, map(_on_one_line, visible(text).split("\n"))))


def join_paragraphs(parts: list[str]) -> str:
    """The paragraphs as the store keeps a body: separated by one blank line."""
    return "\n\n".join(parts)


def cut(text: str | None, limit: int) -> str | None:
    """The first `limit` characters of a text; None for None."""
    return text[:limit] if text and len(text) > limit else text
