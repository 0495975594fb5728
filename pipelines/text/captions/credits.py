"""The shape of picture credits: the sources of pictures, and the forms of a credit with and without a label.

A credit is recognised by its label (`LABEL`), by a source that sells pictures ("Getty Images", "PA"), or by
a shape that only credits have ("Jane Doe/AFP"), never by its place alone. Only tests words; cuts no caption.
Also here: where a sentence in a caption ends.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

from pipelines.text.lexicons import is_given_name, phrase_set, sections, word_set
from pipelines.text.lexicons.agencies import agency_name

_LABELS = phrase_set(
    r"""
    photographs?|photographers?|photography|photos?|pictures?|pics?|images?|credits?|photographs? credit|photo credits?
    picture credits?|image credits?|photos? d['’]illustration|photos? d['’]archives?|photographie|rendering|composite
    photo illustration|photo and video|pictures? taken|illustrations?|graphics?|infographics?|artwork|cgi|screengrab
    screen grab|screenshots?|still|video|footage|source|image source|photo source|file(?=:)|supplied|submitted|provided
    contributed|courtesy|courtesy of|photos? courtesy of|picture courtesy of|image courtesy of|pic courtesy of
    fotos?|foto credits?|fotocredit|fotoquelle|bild|bilder|bildquelle|bildnachweis|bildrechte|symbolfotos?|symbolbild
    archivfotos?|archivbild|grafik|montage|fotomontage|quelle|repro
    crédits?|crédits? photos?|crédit image
    fotografía|fotografías|fotografia|fotografias|créditos?|crédito da foto|imagen|imagenes|imágenes|imagem|imagens|fuente
    cortesía|cortesia
    fonte|immagine|fotografie|fotografi|vídeo|reprodução|divulgação
    beeld|beelden|foto's|bron|fot|zdjęcie|zdjęcia|źródło|źródło zdjęcia
    autor|sursă foto|sursa foto|sursa|sumber|kuva|kuvat|lähde|fotó|forrás|fotoğraf|fotoğraflar|kaynak|zdroj|snímek
    izvor|φωτογραφία|φωτογραφίες|φωτό|φωτ|πηγή|фото|источник|джерело|снимка|ảnh|nguồn|isithombe|gambar
    צילום|צילומים|תמונה|תצלום|קרדיט|تصوير|الصورة|المصدر|مصدر الصورة|फोटो|तस्वीर
    写真|撮影|提供|画像|图片来源|圖片來源|图源|圖源|来源|來源|출처|图片|圖片|图|圖|사진|사진 ?제공|자료사진|صورة|صور|عکس|تصویر
    புகைப்படம்|படம்|ছবি|ફોટો|ఫోటో|ఫొటో|ഫോട്ടോ|ಫೋಟೋ|ਫੋਟੋ
    """
)
_QUALIFIERS = r"(?:(?:file|stock|library|archive|generic|main|lead|inset|header|hero|top|agency|handout|mandatory)\s+)?"
_WORDS = "|".join(sorted(_LABELS, key=len, reverse=True))
_BY = "by|von|par|por|di|door|av|via|courtesy of|courtesy|copyright|provided by|supplied by|submitted by"
_START = r"(?<![^\W_]-)(?:(?-i:(?<=[a-zà-ÿ0-9])(?=[A-ZÀ-Þ]))|(?<![^\W_]))"
"""A label starts a word, or begins with a capital where a template joined two lines: "WorldCupCredit: PA"."""

LABEL = re.compile(
    rf"{_START}(?:(?P<label>{_QUALIFIERS}(?:{_WORDS}))(?![^\W_])"
    rf"(?P<sign>\s?(?:…|\.{{3}})\s?|\s*[:：=＝;]\s*|\s+[-–—]\s*|\s+(?:{_BY})\b\s*:?\s*|(?<=\bfot|\bφωτ)\.\s*|(?<=[图圖真])\s?[/／]\s?|(?<=제공)\s+)"
    r"|(?P<phrase>courtesy of|(?:supplied|submitted|provided|contributed) by|cedid[ao]s? por|facilitad[ao]s? por"
    r"|cort[eé]s[ií]a de|gentileza de)\s*:?\s+)",
    re.IGNORECASE,
)
"""A label with the sign or word that marks it as one: "Photo:", "Image - ", "Picture by", "Credit...", "fot."."""

BY_SIGN = re.compile(r"\s+(?:by|von|par|por|di|door|av|via)\s*:?\s*", re.IGNORECASE)
"""The sign of a label if it is a word: a capital must follow, otherwise it is a sentence ("Fotos von der Feier")."""

BARE_LABEL = re.compile(
    r"(?:^|(?<=[.!?”\"’)])\s*|(?<=\s[|/–—-]\s))"
    r"(?P<label>(?:file )?(?:photographs?|photos?(?: d['’](?:illustration|archives?)| archives?)?"
    r"|pictures?|pics?|foto|bild|courtesy|kuva|beeld|fot))(?:\s?[|/]\s?|\s+)",
    re.IGNORECASE,
)
"""A label without a sign; it counts at the start, after a sentence or a divider, and only before the shape of a credit."""

COPYRIGHT = re.compile(r"(?:(?:©|\(c\)(?=\s*\w)|ⓒ|\bcopyright\b)\s*:?\s*)+", re.IGNORECASE)

PICTURE_DATE = re.compile(r"\bpicture date\b", re.IGNORECASE)
"""The end of PA's own captions; it looks like a label but is none."""

DANGLING = re.compile(r"(?:^|(?<=[.!?”\"])\s?|\s)(?:Credits?|Foto|Photo|Picture|Image|Bild)$")
"""A label that remains after its credit was removed by shape."""


@dataclass(frozen=True, slots=True)
class _CreditWords:
    """The sections of credits.txt."""

    sources: frozenset[str]
    lower_sources: frozenset[str]
    """Sources that are also printed in small letters."""
    ambiguous_sources: frozenset[str]
    """Sources that are also ordinary words, or firms in the news: credits only if nothing else is beside them."""
    endings: tuple[str, ...]
    """Last words, at least two, in the names of picture agencies and of others who give pictures to the press."""
    connecting: frozenset[str]
    no_credits: frozenset[str]


@cache
def _credit_words() -> _CreditWords:
    found = sections(Path(__file__).with_name("credits.txt"))
    return _CreditWords(
        sources=phrase_set(*found["sources"]),
        lower_sources=word_set(*found["lower_sources"]),
        ambiguous_sources=word_set(*found["ambiguous_sources"]),
        endings=tuple(phrase_set(*found["endings"])),
        connecting=word_set(*found["connecting"]),
        no_credits=word_set(*found["no_credits"]),
    )


_PROVIDED = ("cung cấp", "提供")
"""Words after the name of the person who provided a picture, in languages with that order: "Bệnh viện cung cấp"."""
_ARTICLES = word_set("the la el los las le les il lo der die das den de het o a os as")
_COUNT = re.compile(r"^(?:view|see|show|all|más|voir|alle)\b|^\d+ ", re.IGNORECASE)
_PARTS = re.compile(r"\s*(?:/{1,2}|\||;|,|·|\s(?:via|for|für|with|and|und|et|–|-)\s|\bby\b|:)\s*", re.IGNORECASE)
_DOMAIN = re.compile(
    r"@?(?:[\w-]{1,40}\.){1,3}(?:com|net|org|uk|ie|de|fr|es|it|nl|pl|at|ch|eu|tv|io|au|ca|nz|us|info|news|co)", re.IGNORECASE
)
_DIVIDER = re.compile(r"/|\||;| - | – |, | via ")
_NAME_AND_HOUSE = re.compile(r"[^/]+[^/\s]/[^/\s][^/]*")
_AGENCY_IN_FRONT = re.compile(r"(?:agencia|agence|agenzia|agência|agentur|persbureau|pressebüro) \S", re.IGNORECASE)
_EMAIL = re.compile(r"[\w.+-]{1,60}@[\w.-]{1,60}")
_HANDLE = re.compile(r"@[\w.]{2,40}")
_ACRONYM = re.compile(r"[A-Z][A-Z0-9]{2,6}(?:-[A-Z]{2})?(?: \d{1,2}(?: [A-Z][A-Za-z]{1,12}){0,2})?")
_MADE = re.compile(r"(?<=\w)\s?[／/]?[摄攝]影?$")
"""The word for "taken by" behind a Chinese name."""
_STRAY = " ,;:|·-–—"
_ABBREVIATED = re.compile(r"(?:\b\w|\b(?:inc|ltd|co|jr|sr|bros|corp|st|v))\.$", re.IGNORECASE)
_LONGEST_CREDIT = 120
_LONGEST_SOURCE = 4
_LONGEST_NAME = 4
_MOST_LABELS = 2
_MOST_WORDS = 14


_BETWEEN_WORDS = re.compile(r"[\s/|,;:]+")


@lru_cache(maxsize=4_000)  # the words of a caption are tested again for each possible place of a credit
def is_source(phrase: str) -> bool:
    """Whether a phrase, in any case, is a known source of pictures."""
    folded = " ".join(unicodedata.normalize("NFKC", phrase).casefold().strip(" .()[]").split())
    return folded in _credit_words().sources or agency_name(folded) is not None


def _has_capital(word: str) -> bool:
    first = word.lstrip("@#(\"'“„‘’.©")[:1]
    return bool(first) and (first.isupper() or first.isdigit() or (first.isalpha() and first.lower() == first.upper()))


@lru_cache(maxsize=4_000)
def is_capitalised(phrase: str) -> bool:
    """Whether every word except small connecting ones starts with a capital."""
    words = [word for word in _BETWEEN_WORDS.split(phrase) if any(char.isalnum() for char in word)]
    return (
        bool(words)
        and all(
            _has_capital(word) or word.casefold().strip(".,") in _credit_words().connecting or is_source(word) for word in words
        )
        and _has_capital(words[0])
    ) or (len(words) > 0 and is_source(words[0]) and all(map(_has_capital, words[1:])))


@lru_cache(maxsize=4_000)
def is_bare_credit(text: str) -> bool:
    """Whether a text without a label has a shape that only credits have."""
    text = text.strip(" .")
    if not text or len(text) > _LONGEST_CREDIT or len(text.split()) > _MOST_WORDS:
        return False
    if is_source(text):
        return text[:1].isupper() or text.casefold() in _credit_words().lower_sources or agency_name(text.casefold()) is not None
    if _DOMAIN.fullmatch(text) or _HANDLE.fullmatch(text):
        return True
    if "@" in text and is_capitalised(name := _EMAIL.sub("", text).strip(" /|,;")):
        return len(name.split()) <= _LONGEST_NAME
    name, hyphen, house = text.rpartition("-")
    if hyphen and " " in name and is_source(house) and is_capitalised(name):  # "Bob Donnan-Imagn Images"
        return True
    parts = [part for part in (part.strip(" ()[]") for part in _PARTS.split(text)) if part]
    if len(parts) > 1 and all(is_source(part) or _HANDLE.fullmatch(part) for part in parts):
        return True
    if not is_capitalised(text) or (len(text.split()) == 1 and text.casefold() in _credit_words().no_credits):
        return False
    if len(parts) > 1 and any(is_source(part) or _DOMAIN.fullmatch(part) for part in parts):
        return True
    if _AGENCY_IN_FRONT.match(text) or (len(parts) > 1 and "/" in text and is_acronym(parts[0])):
        return True
    if len(parts) > 1 and "/" in text and len(parts[0].split()) in (2, 3, 4) and not any(char.isdigit() for char in parts[0]):
        return True
    lower = text.casefold()
    return (
        len(text.split()) > 1
        and lower.endswith(_credit_words().endings)
        and not lower.endswith(("stock photo", "file photo", "stock photos"))
        and not _COUNT.search(text)  # "View 6 Images"
    )


def is_commissioned(text: str) -> bool:
    """ "Mina Hale for City Weekly": a credit after a full stop; alone it may be a slogan ("Justice for Emily")."""
    name, between, house = text.strip(" .").partition(" for ")
    return (
        bool(between)
        and 1 <= len(name.split()) <= 4
        and is_capitalised(name)
        and is_capitalised(house)
        and len(text) < _LONGEST_CREDIT
    )


def is_credit_alone(text: str) -> bool:
    """Whether a whole text without a label is a credit, and not a caption with its credit at the end."""
    if not is_bare_credit(text) or is_source(text):
        return is_bare_credit(text)
    first = _DIVIDER.split(text, maxsplit=1)[0].strip()
    words = text.split()
    if first == text and any(is_source(" ".join(words[-length:])) for length in (2, 3) if length < len(words)):
        return False  # "Mary Lou Ames Getty Images"
    if len(first.split()) > _LONGEST_NAME or (text[len(first) :].startswith(", ") and "/" in text):
        return False
    if _NAME_AND_HOUSE.fullmatch(text) or ("/" in text and any(is_source(part) for part in _PARTS.split(text))):
        return True
    return is_source(first) or is_given_name(first.partition(" ")[0].casefold()) or first == text


def is_labelled_credit(text: str) -> bool:
    """Whether the text after a label is a credit and not a sentence ("Image: The new manager has arrived")."""
    text = text.strip(" .")
    words = text.split()
    if not words or len(text) > _LONGEST_CREDIT or len(words) > _MOST_WORDS:
        return False
    if is_bare_credit(text) or len(words) == 1 or (len(words) < 7 and text.endswith(_PROVIDED)):
        return True
    if words[0].casefold() in _ARTICLES and words[0][0].islower() and _has_capital(words[1]):
        words = words[1:]  # "Cedida por la Plataforma del Barrio"
    small = [
        word for word in words if word[:1].islower() and word.casefold() not in _credit_words().connecting and not is_source(word)
    ]
    if not _has_capital(words[0]) and not text.startswith("@"):
        return len(words) <= 3 or any(is_source(part) for part in _PARTS.split(text))
    return len(small) * 4 <= len(words) or (len(words) <= 3 and len(small) <= 1)


def is_acronym(text: str) -> bool:
    """Whether a text is the initials of an outlet ("KWCH", "SRF", "FOX 5 DC"): a credit only where no sentence can contain it."""
    return bool(_ACRONYM.fullmatch(text)) and text.casefold() not in _credit_words().no_credits


def is_ambiguous_source(text: str) -> bool:
    """Whether a source's name is an ordinary word or a firm in the news."""
    return text.casefold() in _credit_words().ambiguous_sources


def source_in_front(text: str) -> str | None:
    """The longest known source at the beginning of a text, as printed."""
    words = text.split(" ", _LONGEST_SOURCE)
    for length in range(min(_LONGEST_SOURCE, len(words)), 0, -1):
        phrase = " ".join(words[:length])
        if phrase[-1:].isalnum() and is_source(phrase):
            return phrase
    return None


def cleaned_credit(credit: str) -> str:
    """The credit without further labels ("Foto: Bild: X"), stray signs and the sentence's full stop."""
    credit = credit.strip(_STRAY)
    for _ in range(_MOST_LABELS):
        label = LABEL.match(credit)
        if label and credit[label.end() :].strip():
            credit = credit[label.end() :].strip(_STRAY)
    credit = _MADE.sub("", credit.lstrip("/ "))
    if credit.endswith(".") and not _ABBREVIATED.search(credit):
        credit = credit.rstrip(".")
    if credit[:1] + credit[-1:] == "()" and credit.count("(") == 1:
        credit = credit[1:-1]
    if credit.count("(") < credit.count(")"):
        credit = credit.rstrip(")")
    return credit.strip()


_TITLES = word_set("Jr Sr Dr Mr Ms Mrs St Lt Rep Sen Gov Gen Col Sgt Rev Hon Prof Capt No")
_NO_TITLE = "".join(rf"(?<!\b{title})" for title in sorted(_TITLES))
_STOP = re.compile(rf"(?<!\b[A-ZÀ-Þ]){_NO_TITLE}[.!?…][”\"’')\]]?\s?|[”\"“]\s")
"""The end of a sentence; a full stop after an initial ("J. Smith") or a title ends none."""
_NEXT = re.compile(r"(?:(?<=[^\W\d_]{3})|(?<=\b[A-Z]{2}))\.\s+(?=[^\W\d_a-z])")
_INSIDE = re.compile(r"(?:[^\W\d_]{3}|[\u3040-\ud7af])[.!?]\s|[。！？]")


def first_sentence(text: str) -> tuple[str, str]:
    """The text up to the first full stop before a capital, and the rest."""
    stop = _NEXT.search(text)
    return (text[: stop.start()], text[stop.end() :]) if stop else (text, "")


def last_words(text: str) -> str:
    """The text after the last full stop or closing quotation mark; the whole text if there is none."""
    end = 0
    for stop in _STOP.finditer(text):
        end = stop.end()
    return text[end:].strip()


def has_stop_inside(text: str) -> bool:
    """Whether a sentence ends before the text does."""
    return bool(_INSIDE.search(text))


def is_sentence(text: str) -> bool:
    """Whether a text is a sentence: at least four words, at least two of them without a capital."""
    words = text.split()
    return len(words) > 3 and sum(word[0].islower() for word in words) > 1
