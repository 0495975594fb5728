"""Shape of article URLs, for sites without an `article_url` pattern.

Rules that hold for news addresses in general and in several languages: owners number their articles, date them, or
spell the headline out. Judges only the address; `section` weighs its position on a page.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import IntEnum
from functools import cache
from pathlib import Path
from typing import Final
from urllib.parse import unquote, urlsplit

from pipelines.text.lexicons import read_words
from pipelines.text.urls import date_in_path


class Shape(IntEnum):
    """How much an address looks like an article's, in rising order."""

    NONE = 0
    SHORT = 1
    """Three words: a headline or the name of a section; only its position on the page can decide."""
    SPELLED = 2
    """A headline spelled out in at least four words, and nothing else."""
    SIGNED = 3
    """Contains an owner's number or a date, beside words or in an article's position."""


@dataclass(frozen=True, slots=True)
class PathWords:
    """The sections of shape.txt."""

    never: frozenset[str]
    """Parts of a path that mean menus, people, tags, shops and accounts, whatever else the address contains."""
    markets: frozenset[str]
    """The same at the beginning: "/jobs/12345-driver" is an advertisement, "/money/jobs/..." may be an article."""
    indexes: frozenset[str]
    """Parts of lists and standing pages, but also of articles with a number or a date beside words."""
    standing: frozenset[str]
    """Patterns of the first words of standing pages: terms, privacy, contact, how to advertise."""


@cache
def path_words() -> PathWords:
    return read_words(Path(__file__).with_name("shape.txt"), PathWords)


@cache
def _standing_pages() -> re.Pattern[str]:
    return re.compile("|".join(sorted(path_words().standing)))


_PAGE_FILE: Final = re.compile(r"\.(?:s?html?|php\d?|aspx?|jspx?|cfm|cms|ece|do|story|article|amp)$")
_OTHER_FILE: Final = re.compile(
    r"\.(?:jpe?g|png|gif|webp|avif|svg|ico|pdf|mp[34]|m4[av]|mov|wav|ogg|zip|gz|xml|rss|rdf|atom|json|jsonp|css|js|txt|csv|"
    r"docx?|xlsx?|pptx?|ics|vcf|apk|exe|woff2?|print)$"
)
_DIGITS: Final = re.compile(r"\d{5,}")
_TOKEN: Final = re.compile(r"[a-z0-9]{9,40}")
_UUID: Final = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_VOWEL: Final = re.compile(r"[aeiou]")
_TURN: Final = re.compile(r"(?<=[a-z])\d|(?<=\d)[a-z]")
_WORD: Final = re.compile(r"[^\W\d_]{1,40}")
_UNSPACED: Final = re.compile(r"[\u0e00-\u0e7f\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_QUERY_NUMBER: Final = re.compile(
    r"(?:^|&)(?!author|cat|page|section|session|sid|tag|topic|user)[a-z_]*(?:id|no|nr|num|art|story|news|item|seq|idx|p)=\d{4,}(?:&|$)"
)
_POST: Final = re.compile(r"(?:^|&)p=\d{3,}(?:&|$)")
"""WordPress without addresses of words: "/?p=311"."""
_PLAIN_NUMBER: Final = re.compile(r"(?:^|[-_])(?!(?:19|20)\d\d(?:$|[-_]))\d{1,4}(?:$|[-_])")
_MONTH_DIRECTORY: Final = re.compile(r"/(?:19|20)\d\d/(?:\d{1,2}|[a-z]{3})/")
_DATE_BEHIND: Final = re.compile(r"(?<=[a-z])/(?:19|20)\d\d/\d{1,2}(?:/\d{1,2})?/?$")
"""Some put the date after the words: "/section/some-words/2025/11"."""
_INDEX_FILE: Final = re.compile(r"(?:index|default|home)\.\w{2,5}")


def article_shape(url: str) -> Shape:
    """`url` in the normal form of `pipelines.text.urls.canonicalize`."""
    address, _, query = url.partition("://")[2].partition("?")
    path = _DATE_BEHIND.sub("", "/" + unquote(address.partition("/")[2]).lower())
    segments = [segment for segment in path.split("/") if segment]
    if segments and _INDEX_FILE.fullmatch(segments[-1]):
        segments.pop()
    if not segments:  # "/?p=12345"
        return Shape.SIGNED if _POST.search(query) or _QUERY_NUMBER.search(query.lower()) else Shape.NONE
    if _OTHER_FILE.search(segments[-1]):
        return Shape.NONE
    last = _PAGE_FILE.sub("", segments[-1])
    names, known = {*segments, last}, path_words()
    if names & known.never or segments[0] in known.markets:
        return Shape.NONE
    if _is_signed(segments, last, query.lower(), path):
        if names & known.indexes and _words_of(last) < 2:
            return Shape.NONE
        return Shape.SPELLED if _standing_pages().match(last) else Shape.SIGNED
    if names & known.indexes or _standing_pages().match(last):
        return Shape.NONE
    return (Shape.NONE, Shape.SHORT, Shape.SPELLED)[min(max(_words_of(last) - 2, 0), 2)]


def names_no_news(url: str) -> bool:
    """Whether a part of the path is that of accounts, shops, standing pages and lists that are no section of news."""
    segments, known = [unquote(part).lower() for part in urlsplit(url).path.split("/") if part], path_words()
    names = known.never | known.markets | known.indexes
    return not names.isdisjoint(segments) or any(_standing_pages().match(part) for part in segments)


def _is_signed(segments: list[str], last: str, query: str, path: str) -> bool:
    if _is_bare_date(last):  # "/archive/2025/03/07/" lists a day
        return False
    if date_in_path(path) is not None or _has_number(last) or _QUERY_NUMBER.search(query):
        return True
    # "/2025/03/some-words", "/19765800/some-words": the date or the number precedes the words
    numbered = any(_has_number(segment) for segment in segments[-3:-1])
    return _words_of(last) >= 1 and (numbered or _MONTH_DIRECTORY.search(path) is not None)


def _has_number(segment: str) -> bool:
    """An owner's id: at least five digits in a row, a UUID, or letters and digits that form no word ("c4g0xyz12po")."""
    if _DIGITS.search(segment) or _UUID.search(segment):
        return True
    return any(_is_code(token) for token in _TOKEN.findall(segment))


def _is_code(token: str) -> bool:
    """Alternating digits and letters, or eleven of them with at most one vowel: no language has such words."""
    return len(_TURN.findall(token)) >= 3 or (len(token) >= 11 and len(_VOWEL.findall(token)) <= 1)


def _is_bare_date(segment: str) -> bool:
    digits = re.sub(r"[-_.]", "", segment)
    return digits.isdecimal() and (len(digits) <= 4 or (len(digits) == 8 and date_in_path(f"/{digits}") is not None))


def _words_of(slug: str) -> int:
    """Number of words in a slug; a number that is not a year counts if there are three others ("flood-relief-plan-100")."""
    words = word_count(slug)
    return words + 1 if words == 3 and _PLAIN_NUMBER.search(slug) else words


def word_count(text: str) -> int:
    """Words made of letters; in scripts without spaces three letters count as one."""
    unspaced = len(_UNSPACED.findall(text))
    return unspaced // 3 + len(_WORD.findall(_UNSPACED.sub(" ", text)))
