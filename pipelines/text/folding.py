"""Folding of letters for search: which spellings are one word, and how texts without spaces between words are cut.

The index of SQLite folds case and the accents of Latin letters itself. This module does the rest: letters that are not made
with accents (ø, ß, ł), other forms of letters (full-width, ligatures), points over Arabic and Hebrew, and scripts that write
no spaces, or write them elsewhere than between words. Those are cut into overlapping pairs of characters: a word of any length
is then a phrase of pairs, and is found anywhere in the text.

An index is written with these tables: a change of them needs a migration that builds it again.
"""

from __future__ import annotations

import re
import unicodedata
from urllib.parse import unquote, urlsplit

LETTERS: dict[str, str] = {
    "ß": "ss", "ẞ": "ss", "æ": "ae", "Æ": "ae", "œ": "oe", "Œ": "oe", "ĳ": "ij", "Ĳ": "ij", "þ": "th", "Þ": "th",
    "ø": "o", "Ø": "o", "ł": "l", "Ł": "l", "đ": "d", "Đ": "d", "ð": "d", "Ð": "d", "ı": "i", "ħ": "h", "Ħ": "h", "ŧ": "t",
    "Ŧ": "t", "ŋ": "n", "Ŋ": "n", "ς": "σ", "ё": "е", "Ё": "е",
    "ά": "α", "έ": "ε", "ή": "η", "ί": "ι", "ό": "ο", "ύ": "υ", "ώ": "ω", "ϊ": "ι", "ϋ": "υ", "ΐ": "ι", "ΰ": "υ",
    "Ά": "α", "Έ": "ε", "Ή": "η", "Ί": "ι", "Ό": "ο", "Ύ": "υ", "Ώ": "ω",
    "أ": "ا", "إ": "ا", "آ": "ا", "ى": "ي",
    "\u00ad": "", "\u02bc": "'", "\u02bb": "'", "\u02b9": "'", "\ua78c": "'",
}  # fmt: skip
"""Letters that the index replaces by others. Soft hyphens do not separate words; apostrophes that Unicode counts as letters
do, as all apostrophes do."""

# Thai and Lao, Burmese, Khmer, kana, bopomofo, Hangul, Han; without the punctuation among them.
_RUN_OF = (
    "\u0e01-\u0e3a\u0e40-\u0e4e\u0e50-\u0e59\u0e81-\u0edf\u1000-\u1049\u1050-\u109f\u1100-\u11ff\u1780-\u17d3\u17d7\u17dc-\u17e9"
    "\u3005-\u3007\u3021-\u3029\u3031-\u3035\u303b\u3041-\u3096\u3099\u309a\u309d-\u309f\u30a1-\u30fa\u30fc-\u30ff\u3105-\u312f"
    "\u3131-\u318e\u31a0-\u31bf\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\ua960-\ua97c\uac00-\ud7a3\uf900-\ufaff\U00020000-\U000323af"
)
RUN = re.compile(f"[{_RUN_OF}]+")
"""Characters of scripts that do not separate words by spaces."""
_FORMS_OF = "\ufb00-\ufdff\ufe70-\ufeff\uff01-\uffee"
_FORMS = re.compile(f"[{_FORMS_OF}]+")
"""Ligatures, forms of Arabic letters within words, full-width and half-width letters."""
_POINTS_OF = "\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u0640\u064b-\u065f\u0670"
_POINTS = re.compile(f"[{_POINTS_OF}]+")
"""Vowels and marks over Hebrew and Arabic letters, and signs that only stretch a word: rarely written, and not typed in
searches."""
_BEYOND = re.compile(f"[{_RUN_OF}{_FORMS_OF}{_POINTS_OF}]")
_OTHER = re.compile(f"[{''.join(LETTERS)}]")
_WORD = re.compile(f"[\\w{''.join(LETTERS)}]+")
_TABLE = str.maketrans(LETTERS)
_DIGRAPHS = str.maketrans(
    {"ä": "ae", "ö": "oe", "ü": "ue", "å": "aa", "ø": "oe", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue", "Å": "Aa", "Ø": "Oe"}
)
"""The spelling of names on a keyboard without these letters."""
_PERSIAN, _ARABIC = str.maketrans("يك", "یک"), str.maketrans("یکۀ", "يكه")
_JOINED = re.compile(r"(?<![\w-])[^\W\d_]+(?:[-\u2010\u2011][^\W\d_]+){1,2}(?![\w-])")
"""A word of two or three parts with hyphens."""
_HYPHENS = re.compile("[-\u2010\u2011]")
_EMOJI = re.compile("[\U0001f1e6-\U0001f1ff]{2}|[\u2600-\u27bf\U0001f300-\U0001faff]")
_NAME = re.compile(r"\b[^\W\d_]*[äöüåøÄÖÜÅØ]\w*")
_BESIDE = re.compile(r"[äöüåøÄÖÜÅØ\u2010\u2011\u2600-\u27bf\U0001f1e6-\U0001faff]|\w-\w")


def spelled(text: str) -> str:
    """A text as in the index: letters replaced, and scripts without spaces in pairs."""
    return text if text.isascii() else RUN.sub(lambda run: f" {pairs(run[0])} ", letters(text))


def letters(text: str) -> str:
    """A text with its letters replaced, not cut into pairs."""
    text = _FORMS.sub(lambda form: unicodedata.normalize("NFKC", form[0]), unicodedata.normalize("NFC", text))
    return _POINTS.sub("", text).translate(_TABLE)


def pairs(run: str) -> str:
    """Each character with the next one, and the last alone: "東京都" gives "東京 京都 都"."""
    return " ".join(run[place : place + 2] for place in range(len(run)))


def is_beyond_letters(text: str) -> bool:
    """Whether a text needs more than the replacements in `LETTERS` to be as in the index."""
    return not text.isascii() and _BEYOND.search(text) is not None


def words_with_letters(text: str) -> list[str]:
    """The words of a text that contain a replaced letter, as written, each once."""
    if text.isascii() or not _OTHER.search(text):
        return []
    return [word for word in dict.fromkeys(_WORD.findall(text)) if _OTHER.search(word)]


def other_spellings(text: str) -> list[str]:
    """Words that also find a text, besides its own, each once: other spellings of names (Müller: Mueller), words without their
    hyphens (co-operate: cooperate), and emoji by their numbers."""
    if not _BESIDE.search(text):
        return []
    plain = unicodedata.normalize("NFC", text)
    names = [word.translate(_DIGRAPHS) for word in _NAME.findall(plain) if word[0].isupper()]
    joined = [_HYPHENS.sub("", word) for word in _JOINED.findall(plain)]
    return list(dict.fromkeys((*names, *joined, *map(_number, _EMOJI.findall(plain)))))


def spellings(text: str) -> list[str]:
    """A search as typed, and other ways in which texts may write it; the first is as typed except for emoji."""
    plain = _EMOJI.sub(lambda one: f" {_number(one[0])} ", unicodedata.normalize("NFC", text))
    digits = "".join(str(unicodedata.decimal(char, char)) for char in plain)
    joined = _JOINED.sub(lambda word: _HYPHENS.sub("", word[0]), plain)
    others = (plain.translate(_DIGRAPHS), joined, plain.translate(_PERSIAN), plain.translate(_ARABIC), digits)
    ends = [re.sub(r"[ةه]\b", end, plain) for end in "ةه"]
    return [plain] if plain.isascii() and joined == plain else list(dict.fromkeys((plain, *others, *ends)))


def _number(emoji: str) -> str:
    return "".join(f"u{ord(char):x}" for char in emoji)


def slug(url: str) -> str:
    """The words of a URL: its last part that has letters."""
    try:
        path = urlsplit(url).path
    except ValueError:
        return ""
    parts = [unquote(part) for part in path.split("/")]
    return next((part for part in reversed(parts) if any(char.isalpha() for char in part)), "")


def key(text: str) -> str:
    """A key that is equal for all texts that the index treats as the same; used to mark what was found."""
    decomposed = unicodedata.normalize("NFKD", letters(text)).casefold()
    bare = "".join(char for char in unicodedata.normalize("NFKD", decomposed) if not "\u0300" <= char <= "\u036f")
    return unicodedata.normalize("NFC", bare).translate(_TABLE)
