"""Finding an article's own text in the markup of its page, and editing it there as an editor would.

Works on the page as text and changes nothing but the place in question, so that broken markup stays as broken as it was. Every
edit returns the edited page, or None where the page has no safe place for it.
"""

from __future__ import annotations

import json
import random
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from html import unescape
from itertools import pairwise

from pipelines.article import Article
from pipelines.text import paragraphs, squash

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
_BLOCK = re.compile(r"<(p|li|h[1-6]|blockquote|td|div|figcaption|dd|section|article)\b", re.IGNORECASE)
_LINK = re.compile(r"<a\b[^>]{0,2000}>([^\x01]{1,400}?)</a", re.IGNORECASE)
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
    spans = [_span(subject, place) for place in range(len(subject.ends))]
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


def _tag_around(subject: Subject, line: str) -> str:
    """The nearest block element that opens before a line of the body; empty where the line is not found once."""
    found = list(re.finditer(loose(line), subject.shown)) if len(line) < 400 else []
    if len(found) != 1:
        return ""
    opened = _BLOCK.findall(subject.shown, max(found[0].start() - 2_000, 0), found[0].start())
    return opened[-1].lower() if opened else ""


def _word_added(subject: Subject, line: str) -> str | None:
    place = line.find(" ", len(line) // 3)
    return None if place < 0 else replaced(subject, line, place, place + 1, " lantern ")


def _in_lines(subject: Subject, rng: random.Random, tags: tuple[str, ...], most: int) -> str | None:
    """One word more in a line of the body that stands in one of these elements."""
    lines = [line for line in paragraphs(subject.reading.body) if len(line) <= most]
    for line in rng.sample(lines, min(len(lines), 12)):
        if _tag_around(subject, line) in tags:
            edited = _word_added(subject, line)
            if edited:
                return edited
    return None


def short_line(subject: Subject, rng: random.Random) -> str | None:
    """One word more in a short paragraph."""
    return _in_lines(subject, rng, ("p", "div"), MIN_PARAGRAPH)


def subheading(subject: Subject, rng: random.Random) -> str | None:
    """One word more in a heading between paragraphs."""
    return _in_lines(subject, rng, ("h2", "h3", "h4", "h5"), 200)


def item(subject: Subject, rng: random.Random) -> str | None:
    """One word more in an item of a list."""
    return _in_lines(subject, rng, ("li",), 400)


def number_in_link(subject: Subject, rng: random.Random) -> str | None:
    """One digit of a link's text is another."""
    links = [(found.start(), _text_of(found[1])) for found in _LINK.finditer(subject.shown)]
    numbered = [(start, text) for start, text in links if re.search(r"[0-9]", text[CONTEXT:])]
    for start, text in rng.sample(numbered, min(len(numbered), 20)):
        paragraph = next((one for one, end in subject.ends if text in one and end - 10 * len(one) - 500 < start < end), None)
        if paragraph is not None:
            place = paragraph.index(text) + CONTEXT
            place += next(offset for offset, character in enumerate(text[CONTEXT:]) if character in "0123456789")
            edited = replaced(subject, paragraph, place, place + 1, str((int(paragraph[place]) + 1) % 10))
            if edited:
                return edited
    return None


def _text_of(markup: str) -> str:
    return squash(unescape(re.sub(r"<[^>]*>", "", markup)))


def _everywhere(subject: Subject, text: str, new: str) -> str | None:
    """The page with a text replaced wherever a reader is shown it."""
    found = [one for one in re.finditer(loose(text), subject.shown) if not _is_in_tag(subject.shown, one.start())]
    html = subject.html
    for one in reversed(found):
        html = html[: one.start()] + new + html[one.end() :]
    return html if found else None


def caption(subject: Subject, rng: random.Random) -> str | None:
    """One word more in a caption."""
    captions = [image.caption for image in subject.reading.images if image.caption and len(image.caption.split()) > 3]
    body = subject.reading.body
    for text in rng.sample(captions, min(len(captions), 4)):
        first, _, rest = text.partition(" ")
        edited = None if text in body else _everywhere(subject, text, f"{first} lantern {rest}")
        if edited:
            return edited
    return None


def standfirst(subject: Subject, rng: random.Random) -> str | None:
    """One word more in the standfirst that is printed; titles for machines stay."""
    text = subject.reading.description or ""
    words = text.split()
    if not 5 <= len(words) <= 60 or text[:40] in subject.reading.body or text == subject.reading.headline:
        return None
    place = rng.randrange(1, len(words) - 1)
    return _everywhere(subject, text, " ".join([*words[:place], "lantern", *words[place:]]))


def byline(subject: Subject, rng: random.Random) -> str | None:
    """An author's name is another one, in print and in data."""
    names = [author.name for author in subject.reading.authors if len(author.name.split()) > 1]
    if not names:
        return None
    name = rng.choice(names)
    changed = f"Lantern {name.split(' ', 1)[1]}"
    html = re.sub(loose(name), changed, subject.html, flags=re.IGNORECASE)
    html = html.replace(json.dumps(name)[1:-1], json.dumps(changed)[1:-1])
    return None if html == subject.html or name in subject.reading.body else html


def _span(subject: Subject, place: int) -> tuple[int, int] | None:
    """The start and end in the markup of one of the paragraphs that are found, where it is one p of its own."""
    paragraph, end = subject.ends[place]
    start = max(subject.shown.rfind("<p>", 0, end), subject.shown.rfind("<p ", 0, end))
    markup = subject.shown[max(start, 0) : end]
    holds = re.search(r"^<p[^>]*>\s*(?:<\w[^>]*>\s*)*" + loose(paragraph[:20]), markup)
    return (start, end) if start >= 0 and markup.count("</p") == 1 and holds else None


def last_removed(subject: Subject, rng: random.Random) -> str | None:
    """The last paragraph goes."""
    return _removed(subject, -1)


def first_removed(subject: Subject, rng: random.Random) -> str | None:
    """The first paragraph goes."""
    return _removed(subject, 0)


def _removed(subject: Subject, place: int) -> str | None:
    span = _span(subject, place) if len(subject.ends) > 4 else None
    if span is None or subject.shown.count(subject.ends[place][0][:30]) > 1:
        return None
    return subject.html[: span[0]] + subject.html[span[1] :]


def last_added(subject: Subject, rng: random.Random) -> str | None:
    """A paragraph follows the last, in the words of one before it, told anew."""
    span = _span(subject, -1)
    return None if span is None else subject.html[: span[1]] + _told_anew(subject, span) + subject.html[span[1] :]


def first_added(subject: Subject, rng: random.Random) -> str | None:
    """A paragraph stands before the first."""
    span = _span(subject, 0)
    return None if span is None else subject.html[: span[0]] + _told_anew(subject, span) + subject.html[span[0] :]


def _told_anew(subject: Subject, like: tuple[int, int]) -> str:
    paragraph = max(subject.own, key=len)
    opening = re.match(r"<p[^>]*>", subject.html[like[0] :])
    return f"{opening.group() if opening else '<p>'}Lantern: {paragraph}</p>"


EDITS: dict[str, Callable[[Subject, random.Random], str | None]] = {
    "a digit": digit,
    "a negation": negation,
    "a quotation mark": quotation,
    "paragraphs swapped": swap,
    "a word of the heading": heading,
    "a word in a short paragraph": short_line,
    "a word in a sub-heading": subheading,
    "a word in a list": item,
    "a word in a caption": caption,
    "a word in the standfirst": standfirst,
    "a name in the byline": byline,
    "a number in a link": number_in_link,
    "the first paragraph gone": first_removed,
    "the last paragraph gone": last_removed,
    "a paragraph before the first": first_added,
    "a paragraph after the last": last_added,
}
