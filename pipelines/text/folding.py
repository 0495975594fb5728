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
from collections.abc import Callable, Iterator
from functools import partial
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
    {
        "ä": "ae",
        "ö": "oe",
        "ü": "ue",
        "å": "aa",
        "ø": "oe",
        "Ä": "Ae",
        "Ö": "Oe",
        "Ü": "Ue",
        "Å": "Aa",
        "Ø": "Oe",
        "æ": "ae",
        "Æ": "Ae",
    }
)
"""The spelling of names on a keyboard without these letters."""
_PERSIAN, _ARABIC = str.maketrans("يك", "یک"), str.maketrans("یکۀ", "يكه")
_JOINERS = "-\u2010\u2011'\u2018\u2019\u05f3\u05f4\"\u00b7\u200c"
"""Hyphens, apostrophes, Hebrew signs of an abbreviation, the point of Catalan, and what parts Persian words without a space."""
_JOINED = re.compile(f"(?<![\\w-])[^\\W_{_RUN_OF}]+(?:[{_JOINERS}](?!s\\b)[^\\W_{_RUN_OF}]+){{1,2}}(?![\\w-])")
"""A word of two or three parts."""
_JOINER = re.compile(f"[{_JOINERS}]")
_ELISION = re.compile(r"(?i:[ldjmtsnc]|qu|[a-z]*n)['\u2019]|[^\W\d_]+['\u2019](?:t|m|d|ll|re|ve)\b")
"""Two words, not one: l'eau, don't, we're."""
_POINTED = re.compile(r"(?<![\w.])(?:[^\W\d_]{1,2}\.)+[^\W\d_]{1,2}(?!\w)")
"""An abbreviation: U.N., Ph.D."""
_GROUPED = re.compile("(?<![\\d.,:])\\d{1,3}(?:([.,' \u00a0\u2009\u202f\u2019\u066c])\\d{3})(?:\\1\\d{3})*(?!\\d)")
"""A number of thousands: 12,000 or 1 234 567."""
_FOREIGN_DIGITS = re.compile("[^\\D0-9\uff10-\uff19]+")
_EMOJI = re.compile("[\U0001f1e6-\U0001f1ff]{2}|[\u2600-\u27bf\U0001f300-\U0001faff]")
_NAME = re.compile(r"\b[^\W\d_]*[äöüåøÄÖÜÅØ]\w*")
_BESIDE = re.compile(
    f"[äöüåøæÄÖÜÅØÆ\u2600-\u27bf\U0001f1e6-\U0001faff]|\\w[{_JOINERS}]\\w|[^\\W\\d_]\\.[^\\W\\d_]|\\d[^\\w:/]\\d{{3}}|{_FOREIGN_DIGITS.pattern}"
)
"""What every text with another spelling has."""


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
    """Words that also find a text, besides its own, each once."""
    return list(dict.fromkeys(spelling for spelling, _, _ in respelled(unicodedata.normalize("NFC", text))))


def respelled(text: str) -> Iterator[tuple[str, int, int]]:
    """Other spellings, and where in a text is what they stand for: names (Müller: Mueller), words without what joins their parts
    (co-operate: cooperate, O'Brien: OBrien, U.N.: UN), numbers without what groups them and in digits from 0 to 9, emoji
    by their numbers."""
    if not _BESIDE.search(text):
        return
    for word in _NAME.finditer(text):
        if word[0][0].isupper():
            yield word[0].translate(_DIGRAPHS), *word.span()
    for pattern, spell in _RESPELLED:
        for found in pattern.finditer(text):
            if (spelling := spell(found[0])) != found[0]:
                yield spelling, *found.span()


def spellings(text: str) -> list[str]:
    """A search as typed, and other ways in which texts may write it; the first is as typed except for emoji."""
    plain = _EMOJI.sub(lambda one: f" {_number(one[0])} ", unicodedata.normalize("NFC", text))
    joined = plain
    for pattern, spell in _RESPELLED[:-1]:
        joined = pattern.sub(partial(_respelled_if_long, spell), joined)
    others = (plain.translate(_DIGRAPHS), joined, plain.translate(_PERSIAN), plain.translate(_ARABIC))
    ends = [re.sub(r"[ةه]\b", end, plain) for end in "ةه"]
    return [plain] if plain.isascii() and joined == plain else list(dict.fromkeys((plain, *others, *ends)))


def _respelled_if_long(spell: Callable[[str], str], found: re.Match[str]) -> str:
    """The other spelling; not of U.S., which would search for us."""
    return spell(found[0]) if len(found[0]) > 3 else found[0]


def _without_joiners(word: str) -> str:
    """A word without hyphens; without apostrophes if it is a name, or of a script without capital letters."""
    joined, first = _JOINER.sub("", word), word[0]
    is_name = first.isupper() or first.lower() == first.upper()
    is_kept = joined.isdigit() or (("'" in word or "\u2019" in word) and (not is_name or _ELISION.match(word)))
    return word if is_kept else joined


def _without_points(word: str) -> str:
    return word.replace(".", "") if sum(map(str.isupper, word)) > 1 else word


def _digits(number: str) -> str:
    """A number in digits from 0 to 9."""
    return "".join(str(unicodedata.decimal(char)) for char in number if char.isdecimal())


def _number(emoji: str) -> str:
    return "".join(f"u{ord(char):x}" for char in emoji)


_RESPELLED: tuple[tuple[re.Pattern[str], Callable[[str], str]], ...] = (
    (_JOINED, _without_joiners),
    (_POINTED, _without_points),
    (_GROUPED, _digits),
    (_FOREIGN_DIGITS, _digits),
    (_EMOJI, _number),
)


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
