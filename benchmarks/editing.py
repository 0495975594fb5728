"""Finding an article's own text in the markup of its page, and editing it there as an editor would.

Works on the page as text and changes nothing but the place in question, so that broken markup stays as broken as it was. Every
edit returns the edited page, or None where the page has no safe place for it.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import pairwise

from pipelines.article import Article
from pipelines.text import paragraphs

MIN_PARAGRAPH = 60
"""Characters from which a paragraph is one for sure; shorter ones may be headings or signatures."""
CONTEXT = 14
"""Characters on either side that must fit for a place to be the one meant."""
NEGATIONS = {
    "de": "nicht", "es": "no", "fr": "pas", "it": "non", "pt": "não", "pl": "nie", "nl": "niet", "sv": "inte", "ru": "не",
    "tr": "değil", "ja": "非", "ar": "لا",
}  # fmt: skip
QUOTES = {
    '"': "'", "“": "‘", "”": "’", "„": "‚", "«": "‹", "»": "›", "‘": "“", "’": "”", "'": '"', "「": "『", "」": "』",
}  # fmt: skip
_SILENT = re.compile(r"<(script|style|noscript|template|head)\b.*?</\1\s*>|<!--.*?-->", re.IGNORECASE | re.DOTALL)
_CLOSED = r"\s*(?:</(?:a|b|i|u|em|strong|span|font|mark|q)\s*>\s*)*</(?:p|div)\s*>"
_SPACE = r"(?:\s|&nbsp;|&#160;|&#xa0;){1,200}+"
_BLANK = "\x01"
"""Stands for what shows no text; no white space, of which a pattern would try every run from every start."""


@dataclass(slots=True)
class Subject:
    """One page under test: its markup, what we read of it, and where the paragraphs end that we hold verbatim."""

    id: str
    url: str
    language: str
    html: str
    reading: Article
    shown: str = field(init=False)
    """The markup with everything blank that shows no text; offsets are those of `html`."""
    ends: list[tuple[str, int]] = field(init=False)
    """(paragraph, offset after its closing tag), in page order."""

    def __post_init__(self) -> None:
        self.shown = _SILENT.sub(lambda found: _BLANK * len(found.group()), self.html)
        self.ends = list(self._ends())

    def _ends(self) -> Iterator[tuple[str, int]]:
        start = 0
        for paragraph in self.own:
            found = re.compile(loose(paragraph[-40:]) + _CLOSED, re.IGNORECASE).search(self.shown, start)
            if found:
                start = found.end()
                yield paragraph, start

    @property
    def own(self) -> list[str]:
        return [paragraph for paragraph in paragraphs(self.reading.body) if len(paragraph) >= MIN_PARAGRAPH]


def loose(text: str) -> str:
    """A pattern for text as markup may write it: entities for what is no letter of ASCII, white space of any kind."""
    parts = []
    for piece in re.findall(r"\s+|[A-Za-z0-9]+|.", text):
        if piece.isspace():
            parts.append(_SPACE)
        elif piece.isascii() and piece.isalnum():
            parts.append(piece)
        else:
            parts.append(f"(?:{re.escape(piece)}|&#?\\w{{2,8}};)")
    return "".join(parts)


def replaced(subject: Subject, paragraph: str, start: int, end: int, new: str) -> str | None:
    """The page with `paragraph[start:end]` replaced, wherever the page prints it or carries it in its data."""
    before, after = paragraph[max(start - CONTEXT, 0) : start], paragraph[end : end + CONTEXT]
    if subject.reading.body.count(paragraph[max(start - CONTEXT, 0) : end + CONTEXT]) != 1:
        return None
    place = re.compile(f"({loose(before)})({loose(paragraph[start:end])})(?={loose(after)})")
    found = list(place.finditer(subject.shown))
    if len(found) != 1 or _is_in_tag(subject.shown, found[0].start()):
        return None
    return place.sub(lambda match: match.group(1) + new, subject.html)


def _is_in_tag(html: str, offset: int) -> bool:
    return html.rfind("<", 0, offset) > html.rfind(">", 0, offset)


def _candidates(subject: Subject, rng: random.Random) -> list[str]:
    """Own paragraphs at random, none of them the first or the last where there are enough."""
    own = [paragraph for paragraph, _ in subject.ends]
    inner = own[1:-1] if len(own) > 4 else own
    return rng.sample(inner, len(inner))


def digit(subject: Subject, rng: random.Random) -> str | None:
    """One digit of a paragraph is another."""
    for paragraph in _candidates(subject, rng):
        places = [place for place, character in enumerate(paragraph) if character.isascii() and character.isdigit()]
        for place in rng.sample(places, min(len(places), 3)):
            edited = replaced(subject, paragraph, place, place + 1, str((int(paragraph[place]) + 1) % 10))
            if edited:
                return edited
    return None


def negation(subject: Subject, rng: random.Random) -> str | None:
    """The word for "not", of the page's language, stands in a sentence where it did not."""
    word = NEGATIONS.get(subject.language[:2], "not")
    for paragraph in _candidates(subject, rng):
        places = [found.start() for found in re.finditer(" ", paragraph)] or [len(paragraph) // 2]
        place = rng.choice(places)
        edited = replaced(subject, paragraph, place, place + 1, f" {word} " if paragraph[place] == " " else word)
        if edited:
            return edited
    return None


def quotation(subject: Subject, rng: random.Random) -> str | None:
    """A quotation mark is another one."""
    for paragraph in _candidates(subject, rng):
        for place, character in enumerate(paragraph):
            if character in QUOTES:
                edited = replaced(subject, paragraph, place, place + 1, QUOTES[character])
                if edited:
                    return edited
    return None


def swap(subject: Subject, rng: random.Random) -> str | None:
    """Two neighbouring paragraphs change places."""
    spans = []
    for paragraph, end in subject.ends:
        start = max(subject.shown.rfind("<p>", 0, end), subject.shown.rfind("<p ", 0, end))
        markup = subject.shown[max(start, 0) : end]
        holds = re.search(r"^<p[^>]*>\s*(?:<\w[^>]*>\s*)*" + loose(paragraph[:20]), markup)
        spans.append((start, end) if start >= 0 and markup.count("</p") == 1 and holds else None)
    pairs = [(one, two) for one, two in pairwise(spans) if one and two and one[1] <= two[0]]
    if not pairs:
        return None
    (start, middle), (third, end) = rng.choice(pairs[1:] or pairs)
    html = subject.html
    return html[:start] + html[third:end] + html[middle:third] + html[start:middle] + html[end:]


def heading(subject: Subject, rng: random.Random) -> str | None:
    """One word of the heading is another wherever the page prints it, breadcrumbs too; titles for machines stay."""
    words = (subject.reading.headline or "").split()
    if len(words) < 3:
        return None
    place = rng.randrange(1, len(words) - 1)
    before, after = " ".join(words[:place]) + " ", " " + " ".join(words[place + 1 :])
    pattern = re.compile(rf"({loose(before)}){loose(words[place])}(?={loose(after)})", re.IGNORECASE)
    if not re.search(rf"<h1\b[^>]*>(?:\s|<[^>]{{0,500}}>){{0,40}}+{pattern.pattern}", subject.shown, re.IGNORECASE):
        return None
    html = subject.html
    for found in reversed(list(pattern.finditer(subject.shown))):
        if not _is_in_tag(subject.shown, found.start()):
            html = f"{html[: found.end(1)]}lantern{html[found.end() :]}"
    return html


EDITS: dict[str, Callable[[Subject, random.Random], str | None]] = {
    "a digit": digit,
    "a negation": negation,
    "a quotation mark": quotation,
    "paragraphs swapped": swap,
    "a word of the heading": heading,
}
