"""Pure normalisers of text, URLs, dates, bylines and captions. Here plain text: white space, Unicode form, paragraphs.

Every comparison of texts starts here. What is removed never carries meaning; digits, quotation marks and punctuation are
untouched. No network, no store.

normalise.py    an article in the one form in which articles are compared, and its hash
urls.py hosts.py zones.py       addresses, hosts, time zones
dates/ bylines/ captions/       printed times, bylines and captions, read
boilerplate/ lexicons/          lines that are no part of an article; words that tell names from titles, agencies and places
"""

from __future__ import annotations

import re
import unicodedata

# Zero-width and directional marks, soft hyphen, byte order mark, object replacement: invisible, and CMSs sprinkle them.
# ZWNJ and ZWJ (U+200C, U+200D) stay: they are spelling in Persian, Hindi and in emoji.
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


def visible(text: str) -> str:
    """NFC, without invisible and control characters and lone surrogates; white space as it is."""
    # ASCII text (most of English) needs neither; `isprintable` is a fast scan in C.
    if text.isascii() and text.isprintable():
        return text
    if _DROPPED.search(text):  # a search costs a tenth of a translation, and most texts hold nothing to drop
        text = text.translate(_DROP)
    return text if unicodedata.is_normalized("NFC", text) else unicodedata.normalize("NFC", text)


def squash(text: str) -> str:
    """One line: `visible`, each run of white space one space, trimmed."""
    return _on_one_line(visible(text))


def _on_one_line(text: str) -> str:
    is_line = text.isprintable() and "  " not in text  # of white space only the space is printable
    return text.strip() if is_line else " ".join(text.split())


def paragraphs(text: str) -> list[str]:
    """The non-empty lines of a text, each squashed. Breaks are newlines, one or many."""
    return list(filter(None, map(_on_one_line, visible(text).split("\n"))))


def join_paragraphs(parts: list[str]) -> str:
    """The store's form of a body: paragraphs parted by one blank line."""
    return "\n\n".join(parts)


def cut(text: str | None, limit: int) -> str | None:
    """The text, or its first `limit` characters; nothing stays nothing."""
    return text[:limit] if text and len(text) > limit else text
