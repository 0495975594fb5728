"""Turns the words around a printed date into one letter each: "Published 3rd Nov 2023, 08:08 GMT" -> "B 3 k 2023, 08:08 ¤".

After `code` there are no words, only figures, punctuation and code letters, so that the forms in `pipelines.text.dates.forms`
can be short patterns over one small alphabet for all languages. Knows no date, and of a zone only its abbreviation.

Code letters: a-l January to December; A P am and pm; Q R am and pm written before the hour; H hour mark or unit; K a word
before a time ("kl.", "ore"); B U labels (published, updated); O V J today, yesterday, now; G "ago"; s m o t w second,
minute, hour, day, week; Y N D the year, month and day signs of East Asia; x any other word. Private characters from
ZONE_BASE on are zone abbreviations. Words without meaning become spaces.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from pipelines.text.lexicons import keyed, sections, word_set
from pipelines.text.zones import LETTERS, UNMISTAKABLE

CROATIAN_ZONES = frozenset({"Europe/Zagreb", "Europe/Sarajevo"})
"""Zones in which "listopad" is October; in Polish, Czech and Ukrainian it is November."""

YEAR_FIRST_ZONES = frozenset({"Asia/Tokyo", "Asia/Seoul", "Asia/Shanghai", "Asia/Taipei", "Europe/Budapest", "Europe/Vilnius"})
"""Zones in which the year comes first, so that in "5/3" without a year the month comes first."""

LETTER_OF: Mapping[str, str] = {
    "am": "A", "pm": "P", "am_before": "Q", "pm_before": "R", "hour_marks": "H", "before_times": "K",
    "published": "B", "updated": "U", "today": "O", "yesterday": "V", "now": "J", "ago": "G",
    "seconds": "s", "minutes": "m", "hours": "o", "days": "t", "weeks": "w",
    "years": "Y", "months": "N", "month_days": "D", "silent": " ",
}  # fmt: skip
"""Section of words.txt -> code letter. A word in two sections belongs to the first of them in this mapping."""

ZONE_BASE = 0xE000
ZONE_NAMES = tuple(LETTERS)
"""The abbreviation at position n is coded as the private character ZONE_BASE + n."""
_ZONE_CHARS = {name: chr(ZONE_BASE + n) for n, name in enumerate(ZONE_NAMES)} | {"Z": chr(ZONE_BASE)}

_CLOCKS = {
    "eastern": "ET", "central": "CT", "mountain": "MT", "pacific": "PT",
    "australian eastern": "AET", "australian central": "ACST", "australian western": "AWT",
}  # fmt: skip
_ZONE_PHRASES = {
    f"{name}{season} time": chr(ZONE_BASE + ZONE_NAMES.index(letters))
    for name, letters in _CLOCKS.items()
    for season in ("", " standard", " daylight")
}

_LOOKALIKES = str.maketrans("ıłøđðى’‘ʼ´`−‐‑‒", "iloddي'''''----", "ـ") | str.maketrans({"þ": "th", "æ": "ae", "œ": "oe"})
_ACCENTS = re.compile("[\u0300-\u036f\u0591-\u05bd\u05bf-\u05c7\u064b-\u065f\u0670\u093c\u3099\u309a]")
_INVISIBLE = re.compile("[\u00ad\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufe0f\ufeff\ue000-\uf8ff]")
_IDEOGRAPHS = "\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af"
_SIGNS = "\u0900-\u0963\u0981-\u09e3\u0a01-\u0a51\u0a70-\u0ae3\u0b01-\u0b63\u0b82-\u0bd7\u0c00-\u0c63\u0c81-\u0ce3\u0d00-\u0d63"
"""Vowel signs of the scripts of India, which are no letters for a pattern but parts of words."""


def normalise(text: str) -> str:
    """The text with compatibility forms resolved, digits of every script as 0-9, no invisible characters, and each run of
    white space as one space."""
    if not text.isascii():
        text = _INVISIBLE.sub("", unicodedata.normalize("NFKC", text))
        text = "".join(str(unicodedata.decimal(c)) if c.isdecimal() else c for c in text)
    return " ".join(text.split())


def fold(text: str) -> str:
    """The text in lower case without accents, as all look-ups compare it."""
    text = text.casefold()
    if not text.isascii():
        bare = _ACCENTS.sub("", unicodedata.normalize("NFD", text.translate(_LOOKALIKES)))
        text = unicodedata.normalize("NFC", bare)
    return text


@cache
def months() -> Mapping[str, tuple[tuple[str, ...], ...]]:
    """Language -> the forms of each of its twelve months, as they are written."""
    return _named("months.txt")


@cache
def weekdays() -> Mapping[str, tuple[tuple[str, ...], ...]]:
    """Language -> the written forms of each weekday from Monday on, and of the words beside weekdays."""
    return _named("weekdays.txt")


def _named(file: str) -> dict[str, tuple[tuple[str, ...], ...]]:
    """Language -> its parts between commas; a dash means no form."""
    found = {}
    for language, lines in sections(Path(__file__).with_name(file)).items():
        names = [part.split() for part in " ".join(lines).split(",")]
        found[language] = tuple(tuple(forms) if forms != ["-"] else () for forms in names)
    return found


@cache
def _weekday_numbers() -> Mapping[str, frozenset[int]]:
    numbers: dict[str, set[int]] = {}
    for days in weekdays().values():
        for number, forms in enumerate(days[:7]):
            for form in forms:
                numbers.setdefault(fold(form), set()).add(number)
    return {form: frozenset(found) for form, found in numbers.items()}


_WORDS_OR_SHORT = re.compile(r"[^\W\d_]{3,}|[^\W\d_]{2}(?=[.,]? \d)|(?<=\d )[^\W\d_]{2}(?![^\W_])")


def weekday_in(text: str) -> int | None:
    """The weekday that a text names, Monday 0; None if it names none or several, or if the word means several.

    It is used only to tell 3 June from 6 March: a printed weekday is as often wrong as the date.
    """
    found = [_weekday_numbers().get(word) for word in _WORDS_OR_SHORT.findall(fold(text))]
    named = {numbers for numbers in found if numbers}
    return next(iter(*named)) if len(named) == 1 and all(len(numbers) == 1 for numbers in named) else None


@dataclass(frozen=True, slots=True)
class _Words:
    """The contents of the data files together."""

    letters: Mapping[str, str]
    """Folded word -> code letter."""
    croatian: Mapping[str, str]
    """The same, with "listopad" as October."""
    word: re.Pattern[str]
    phrases: Mapping[str, str]
    """Folded words that belong together -> the text that replaces them."""
    phrase: re.Pattern[str]
    known: frozenset[str]
    """Every single word of the above; another lower-case word is unknown."""


@cache
def _words() -> _Words:
    found = sections(Path(__file__).with_name("words.txt"))
    letters = {zone: _ZONE_CHARS[zone.upper()] for zone in UNMISTAKABLE}
    for names in months().values():
        for letter, forms in zip("abcdefghijkl", names, strict=True):
            for form in forms:
                letters.setdefault(fold(form), letter)
    for section, letter in LETTER_OF.items():
        for word in word_set(*found[section]):
            letters.setdefault(fold(word), letter)
    for days in weekdays().values():
        for day in (form for forms in days for form in forms):
            letters.setdefault(fold(day), " ")
    phrases = keyed(found["phrases"]) | _ZONE_PHRASES
    east_asian = sorted((word for word in letters if re.search(f"[{_IDEOGRAPHS}]", word)), key=len, reverse=True)
    return _Words(
        letters=letters,
        croatian=letters | {"listopad": "j", "listopada": "j"},
        word=re.compile(
            rf"(?:(?![{_IDEOGRAPHS}])[^\W\d_]|[{_SIGNS}])+|(?:星期|周|週)[一二三四五六日天]|[月火水木金土日]曜日?"
            rf"|\([月火水木金土日]\)|{'|'.join(east_asian)}|[{_IDEOGRAPHS}々]"
        ),
        phrases=phrases,
        phrase=re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, sorted(phrases, key=len, reverse=True)))})(?!\w)"),
        known=frozenset((*letters, "thang", *re.findall(r"\w+", " ".join(phrases)))),
    )


_CAPITALS = re.compile(r"\b(?!AWST \d)(?:[A-Z]{2,5}|ChST)\b|(?<=:\d\d)[A-Z]{3,4}\b|(?<=\d)[Zz]\b")  # "9 AWST 2024" is Welsh
_DOTTED = re.compile(r"\b[A-Z]\.(?:[A-Z]\.)?T\.")  # E.T., E.S.T.
_HALF_DAY = re.compile(r"(?<=[\d ])([apπμ]) ?\. ?[mμ]\b\.?")
_ORDINAL = re.compile(r"(?<=\d)(?:st|nd|rd|th|er|ere|eme|ste|ko|de|e|o|a|°|ain|fed|eg|ydd|mh|го)(?!\w)")
_VIETNAMESE_MONTH = re.compile(r"\bthang (1[0-2]|0?[1-9])\b")
_LABEL_BEHIND = re.compile(
    r"((?:\d{2,4}[年/.-] ?)?(?:\d{1,2}[月/.-] ?\d{1,2}[日.]? ?(?:\(.\))? ?)?(?:午[前後] ?)?\d{1,2}[:時]\d\d分?)"
    r" ?(更新|公開|配信|掲載|発行|发布|發布|수정|입력)(?![日時]| ?[:：]| ?\d)"
)
"""East Asian labels after the time: "3月4日 11:30更新"; one before the next time has a colon or a figure after it."""
_REIWA = re.compile(r"令和(\d{1,2})年")
"""Japan's era since 2019."""
_GLUED = re.compile(
    r"(?<=[a-zß-öø-ÿ])(?=[A-ZÀ-ÖØ-Þ])(?!ST\b)"  # PublishedMar 7; but ChST is Guam's zone
    "|(?<=[A-Z][A-Z])(?=[A-Z][a-z])"  # 08:08 GMTUpdated
    r"|(?<=[^\d]20\d\d)(?=\d{1,2}:\d\d)"  # Mar 7, 20258:30
    r"|(?<=:\d\d)(?=20\d\d-\d\d)"  # 08:302025-03-07
)
_UNKNOWN, _BLANKS = re.compile("xx+"), re.compile("  +")
_TWO_NAMES = re.compile("([a-l]) ?/ ?\\1")


def code(text: str, zone_name: str) -> str:
    """The coded form of normalised text; the zone only decides which country's "listopad" it is."""
    words = _words()
    letters = words.croatian if zone_name in CROATIAN_ZONES else words.letters
    text = _DOTTED.sub(lambda match: match[0].replace(".", ""), text)
    text = fold(_CAPITALS.sub(_mark_zone, _GLUED.sub(" ", text)))
    text = _HALF_DAY.sub(lambda match: "am " if match[1] in "aπ" else "pm ", text)
    text = _LABEL_BEHIND.sub(r"\2 \1", text) if not text.isascii() else text
    if "令和" in text:
        text = _REIWA.sub(lambda match: f"{2018 + int(match[1])}年", text)
    if "thang" in text:
        text = _VIETNAMESE_MONTH.sub(lambda match: months()["en"][int(match[1]) - 1][0], text)
    text = words.phrase.sub(lambda match: words.phrases[match[0]], _ORDINAL.sub("", text))
    text = words.word.sub(lambda match: letters.get(match[0]) or _unlisted(match[0]), text)
    text = _TWO_NAMES.sub(r"\1", text)
    return _UNKNOWN.sub("x", _BLANKS.sub(" ", text)).strip()


def code_of_known(text: str) -> str:
    """The coded form of a line if all its words are known, otherwise an empty text. A line with an unknown lower-case word
    is rejected before it is coded."""
    known = _words().known
    if any(word.isalpha() and word.islower() and len(word) > 2 and word.isascii() and word not in known for word in text.split()):
        return ""
    coded = code(normalise(text), "UTC")
    return "" if "x" in coded else coded


def _mark_zone(match: re.Match[str]) -> str:
    """The private character of a zone abbreviation in capitals; "est", "ist" or "et" in small letters are prose."""
    return _ZONE_CHARS.get(match[0].upper(), match[0])


def _unlisted(word: str) -> str:
    """The code of a word outside the lists: nothing for a weekday in Han characters, unknown for any other."""
    return " " if word[0] in "星周週(" or "曜" in word else "x"


def zone_letters(char: str | None) -> str | None:
    """The abbreviation of a private character."""
    return ZONE_NAMES[ord(char) - ZONE_BASE] if char else None
