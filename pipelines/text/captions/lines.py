"""From what a caption box holds to clean lines: no markup, no slide counters, no buttons, nothing said twice.

Knows what surrounds captions, not what a credit is.
"""

from __future__ import annotations

import html
import re

from pipelines.text import visible
from pipelines.text.lexicons import word_set

LONGEST = 2000
"""Characters read of a caption; the longest printed ones are a few hundred."""

_TAG = re.compile(r"<(/?)([a-z][a-z0-9]*)\b[^<>]{0,400}>", re.IGNORECASE)
_BLOCKS = word_set("br p div li ul figcaption h1 h2 h3 h4 figure")
_COUNTER = re.compile(
    r"(?:(?:image|photo|picture|slide|item|bild|foto|imagen)\s+)?\[?\(?\d{1,3}\s?(?:/|of|von|de|di|sur|av|af|van|z)\s?\d{1,3}\)?\]?"
    r"(?:\s*[:.|–-]\s*|\s*(?=$|(?-i:[^\W\d_a-z])|[“\"'‘(]))",
    re.IGNORECASE,
)
_OPENING = re.compile(
    r"(?:media\s+playback\s+is\s+(?:un)?supported\s+on\s+(?:your|this)\s+device\s*)?(?:legende(?=:)|légende(?=\s?:)|camera\s+icon|media\s+caption|image\s+caption|video\s+caption|photo\s+caption|picture\s+caption|bildunterschrift|bildtext|"
    r"bijschrift|legenda|angle\s+down\s+icon(?:\s+an\s+icon\s+in\s+the\s+shape\s+of\s+an\s+angle\s+pointing\s+down\.?)?|caption(?=\s*[,:]|(?-i:\s*[A-ZÀ-Þ“\"'‘]))|view\s+image\s+in\s+full\s?screen|buy\s+photo)"
    r"(?:\s*[,:]\s*|\s+|(?-i:(?=[A-ZÀ-Þ])))(?=\S)",
    re.IGNORECASE,
)
_CLOSING = re.compile(
    r"\s*(?:(?:purchase|acquire)\s+licensing\s+rights|licensing\s+rights|,?\s*opens?\s+(?:in\s+)?(?:a\s+)?new\s+(?:tab|window)|caption\s+close"
    r"|(?:hide|toggle|show|close)\s+caption|(?:\.{3}|…)\s*(?:more|less)\b|\bmore\s?>|leer\s+más|lire\s+la\s+suite"
    r"|\+?\s?clicca\s+per\s+ingrandire|buy\s+(?:this\s+)?photos?|mehr(?:\s+anzeigen|\s+lesen)?|visa\s+mer|vis\s+mer|läs\s+mer"
    r"|enlarge\s+(?:this\s+)?image|click\s+to\s+enlarge|order\s+(?:this\s+)?photo|vergrößern|in\s+lightbox\s+öffnen"
    r"|(?<=\s)\(\d{6,10}\)|facebook\s*twitter\s*(?:whats\s?app)?\s*(?:e-?mail)?)\s?[.,]?\s?$",
    re.IGNORECASE,
)
_MOST_BUTTONS = 4
_LONGEST_BUTTON = 80
"""Characters at the end of a caption that are looked at; the longest button above has 60."""
_ANNOUNCED = re.compile(r":[ \t]{0,10}\n\s{0,20}")
"""A label and, on a line of its own, what it announces."""
_GALLERY_TITLE = re.compile(r"\d{1,3}\.\s")
_SHORTEST_REPEAT = 8


def caption_lines(text: str) -> list[str]:
    """The lines of a caption, cleaned, each different."""
    text = visible(html.unescape(text[:LONGEST]))
    text = _TAG.sub(lambda tag: "\n" if tag[2].lower() in _BLOCKS else " ", text)
    lines = [" ".join(line.split()) for line in _ANNOUNCED.sub(": ", text).split("\n")]
    lines = [line for line in lines if line]
    if len(lines) > 1 and _GALLERY_TITLE.match(lines[0]):
        lines = lines[1:]
    whole = once("\n".join(lines)).split("\n")
    unique: list[str] = []
    for line in (_without_furniture(once(line)) for line in whole):
        if line and line not in unique:
            unique.append(line)
    return unique


def _without_furniture(line: str) -> str:
    """The line without counters and icon texts in front and buttons behind."""
    for opening in (_COUNTER, _OPENING, _COUNTER):
        match = opening.match(line)
        if match:
            line = line[match.end() :]
    for _ in range(_MOST_BUTTONS):
        button = _CLOSING.search(line, max(0, len(line) - _LONGEST_BUTTON))
        if button is None:
            break
        line = line[: button.start()]
    return line.strip()


def once(text: str) -> str:
    """A text that is one passage repeated, with or without space between, said once; any other as it is."""
    squeezed = "".join(text.split())
    if squeezed.find(squeezed[:_SHORTEST_REPEAT], _SHORTEST_REPEAT) < 0:
        return text  # what begins but once is said but once
    places = [at for at, char in enumerate(text) if not char.isspace()]
    dense = [text[at] for at in places]
    period = _period(dense)
    if period == len(dense) or period < _SHORTEST_REPEAT:
        return text
    return text[: places[period - 1] + 1]


def _period(signs: list[str]) -> int:
    """The length of the shortest block whose repetition makes the whole (Knuth, Morris, Pratt); linear."""
    borders = [0] * len(signs)
    length = 0
    for at in range(1, len(signs)):
        while length and signs[at] != signs[length]:
            length = borders[length - 1]
        length += signs[at] == signs[length]
        borders[at] = length
    period = len(signs) - (borders[-1] if borders else 0)
    return period if period and len(signs) % period == 0 else len(signs)
