"""The source that an article names: the agency in its byline or in its text, and the agency of its pictures.

`pipelines.text.bylines` reads bylines; in the text, opening and closing lines of agencies ("LONDON (Reuters) -",
"dpa", "© AFP") count, and the phrase by which their copy names itself ("told the PA news agency"). Pure.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable

from pipelines.text.bylines import parse_byline
from pipelines.text.lexicons.agencies import agency_length, agency_name, is_ambiguous_agency

_EDGE = 200
"""Characters at the beginning and at the end of a text that may contain an agency's line."""
_LINE = 90
"""Maximum length of such a line, if it is a paragraph of its own."""

_BRACKETED = re.compile(r"[(\[（【]([^()\[\]（）【】]{2,60})[)\]）】]")
_PARTS = re.compile(
    r"\s*(?:[/,;:|+&©]|\s[–—-]\s|\b(?:and|und|et|e|y|via|source|quelle|fonte|fuente|copyright)\b)\s*", re.IGNORECASE
)
_DESK = re.compile(r"\(?reporting by [^()]{3,300}?(?:editing|writing) by ", re.IGNORECASE)
_TOLD = re.compile(
    r"\b(?:told|tells|sagte der|gegenüber der|à l[’']|à la|dijo a|dijo a la agencia|all[’'])\s?(?:the )?"
    r"((?:[^\W\d_][\w’'.-]{1,25}[ ,.)]{1,2}){1,5})"
)
_SERVICE_NAMES = ("ldrs", "local democracy reporting service")
_SERVICE = re.compile(r"\blocal democracy reporting service\b|\bthe LDRS\b|\bLDRS\b", re.IGNORECASE)
_TRIMMED = " \t\n.,;:()[]{}*_–—-©\"“”'’"


def named_agency(byline: str | None, authors: Iterable[str | None], body: str) -> str | None:
    """The short name of the agency that an article names; `authors` are the agencies of its authors."""
    for agency in authors:
        if agency:
            return agency
    if byline and (found := parse_byline(byline).agency):
        return found
    return _in_lines(body) or _in_text(body)


def credited_agency(printed: Iterable[str | None]) -> str | None:
    """The agency of most of an article's pictures."""
    counts = Counter(found for credit in printed if credit and (found := _first(_PARTS.split(credit[:200]))))
    return counts.most_common(1)[0][0] if counts else None


def _in_lines(body: str) -> str | None:
    """The agency of an opening or closing line."""
    opening, closing = body[:_EDGE], body[-_EDGE:]
    for bracketed in (*_BRACKETED.findall(opening), *reversed(_BRACKETED.findall(closing))):
        if found := _first(_PARTS.split(bracketed)):
            return found
    lines = [line for line in (body[:_EDGE].split("\n")[0], closing.rstrip().rpartition("\n")[2]) if len(line) <= _LINE]
    for line in lines:
        if found := _first(_PARTS.split(line)):
            return found
    return "Reuters" if _DESK.search(body[-600:]) else None


def _in_text(body: str) -> str | None:
    """The agency to which somebody in the text spoke."""
    read = body[:20_000]
    for match in _TOLD.finditer(read):
        words = match[1].replace(",", " ").replace(".", " ").replace(")", " ").split()
        for start in (0, 1):
            length = agency_length([word.casefold() for word in words[start:]])
            if length and (found := _agency(" ".join(words[start : start + length]))):
                return found
    folded = read.casefold()  # a scan for two words costs a tenth of one by the pattern
    return "LDRS" if any(name in folded for name in _SERVICE_NAMES) and _SERVICE.search(read) else None


def _first(phrases: Iterable[str]) -> str | None:
    return next((found for phrase in phrases if (found := _agency(phrase))), None)


def _agency(phrase: str) -> str | None:
    """The agency named by a whole phrase; "PA" is one, "pa" is a word, and so is a line of capitals."""
    bare = phrase.strip(_TRIMMED)
    folded = bare.casefold()
    if is_ambiguous_agency(folded) and not bare.isupper():
        return None
    return agency_name(folded)
