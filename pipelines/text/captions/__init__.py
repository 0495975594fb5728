"""Splits printed captions into the description of the picture and its credit: `split_caption`.

    "The Health Secretary (Ann Milburn/PA)" -> "The Health Secretary", "Ann Milburn/PA"

Knows no site. A credit is recognised by label, source or shape (`credits`), never by its place alone: text that only its place
would make a credit stays in the caption, so that no description is lost.

trailing.py credits.py     where a credit begins, and what can be one
"""

from __future__ import annotations

import html
import re
from functools import lru_cache
from typing import NamedTuple

from pipelines.text import visible
from pipelines.text.captions.credits import (
    COPYRIGHT,
    LABEL,
    cleaned_credit,
    first_sentence,
    has_stop_inside,
    is_bare_credit,
    is_capitalised,
    is_credit_alone,
    is_labelled_credit,
    is_sentence,
    is_source,
    source_in_front,
)
from pipelines.text.captions.trailing import last_credit, tidy_caption
from pipelines.text.lexicons import word_set

_MOST_CREDITS = 4
_LONGEST_PHOTOGRAPHER = 4
_HOUSES = (" images", " media", " handout", " pictures", " wire")
_ARTICLES = tuple(f"{word} " for word in word_set("The A An Ein Eine Der Die Das Le La Les Un Une El Una Il"))
_IMAGE_SOURCE = re.compile(
    r"image (?:source,|copyright)\s*(?P<credit>.{1,120}?)(?:\s*image caption,?\s*(?P<caption>.*))?$", re.IGNORECASE
)


class Caption(NamedTuple):
    """A caption without its credit; the caption is empty if there was only a credit."""

    caption: str
    credit: str | None = None


@lru_cache(maxsize=500)  # a page repeats captions for other screens, and an article is normalised again
def split_caption(text: str) -> Caption:
    """Split a caption in any of the catalogue's languages. Never fails; several credits are joined by "; ".

    At most `LONGEST` characters are read. Brackets that are not a credit ("(left)", "(stock image)") are kept.
    """
    captions: list[str] = []
    credited: list[str] = []
    for line in caption_lines(text):
        caption, found = _split_line(line)
        captions = _with_new(captions, once(caption))
        for credit in found:
            credited = _with_new(credited, credit)
    return Caption(" ".join(captions), "; ".join(credited) or None)


def _with_new(texts: list[str], new: str) -> list[str]:
    """The texts and a new one, unless one of them contains it; shorter texts that the new one contains are removed."""
    if not new or any(new in text for text in texts):
        return texts
    return [*(text for text in texts if text not in new), new]


def _split_line(line: str) -> tuple[str, list[str]]:
    source = _IMAGE_SOURCE.match(line)
    if source:
        return source["caption"] or "", [cleaned_credit(source["credit"])]
    alone = _credit_alone(line)
    if alone:
        return "", [alone]
    line, found = _leading(line)
    leading = len(found)
    for _ in range(_MOST_CREDITS):
        line, credit = last_credit(line)
        if credit is None:
            break
        line = _said_twice(line)
        found.insert(leading, credit)
    return tidy_caption(line) if found else line, found


def _credit_alone(line: str) -> str | None:
    """The credit, if the line is nothing else."""
    mark = COPYRIGHT.match(line)
    bare = line[mark.end() :] if mark else line
    if not is_credit_alone(bare) or is_sentence(bare) or LABEL.search(bare) or has_stop_inside(bare):
        return None
    return cleaned_credit(bare)


def _said_twice(line: str) -> str:
    """ "Elland Road | Elland Road", without its credit, is one caption printed twice."""
    left, _, right = line.partition("|")
    return left.strip() if left.strip() == right.strip() else line


# --- credits in front ---


def _leading(line: str) -> tuple[str, list[str]]:
    """The line without a credit in front of the caption, or without a label that marks no credit."""
    for cut in (_label_of_caption, _source_and_bar, _photographer_and_source, _copyright, _house_and_sentence, _first_is_credit):
        found = cut(line)
        if found:
            rest, credit = found
            return rest, [cleaned_credit(credit)] if credit else []
    return line, []


def _label_of_caption(line: str) -> tuple[str, str] | None:
    """ "Image: The manager has signed a deal until June": the label announces the description, not the credit."""
    label = LABEL.match(line)
    if not label or ":" not in label[0]:
        return None
    rest = line[label.end() :]
    if rest.startswith(_ARTICLES) and ". ©" in rest:  # "Symbolbild: Ein Hallenbad. © dpa"
        return rest, ""
    return (rest, "") if is_sentence(rest) and not is_labelled_credit(first_sentence(rest)[0]) else None


def _source_and_bar(line: str) -> tuple[str, str] | None:
    """ "EPA|The former prime minister arrives"."""
    left, bar, right = line.partition("|")
    return (right.strip(), left.strip()) if bar and is_source(left) and is_sentence(right) else None


def _photographer_and_source(line: str) -> tuple[str, str] | None:
    """ "Ann Ward | Getty Images The governor arrives", "Paul Roth/REUTERS Soldaten bei der Übung"."""
    for divider in (" | ", "/"):
        left, bar, right = line.partition(divider)
        if not bar or len(left.split()) > _LONGEST_PHOTOGRAPHER or not is_capitalised(left):
            continue
        source = source_in_front(right)
        if source and is_sentence(right[len(source) :]):
            return right[len(source) :].strip(), f"{left}{bar}{source}"
    return None


def _copyright(line: str) -> tuple[str, str] | None:
    """ "© Getty Images Nach der Trennung zeigte sie sich": the sign, a source, then the caption."""
    mark = COPYRIGHT.match(line)
    return _source_and_sentence(line[mark.end() :]) if mark else None


def _house_and_sentence(line: str) -> tuple[str, str] | None:
    """ "PA Media Rail passengers face disruption": the name of a house that only sells pictures, then a sentence."""
    found = _source_and_sentence(line)
    if not found or not found[0][:1].isupper():
        return None
    rest, source = found
    return found if source.casefold().endswith(_HOUSES) or (source.isupper() and rest.startswith(_ARTICLES)) else None


def _source_and_sentence(text: str) -> tuple[str, str] | None:
    source = source_in_front(text)
    return (text[len(source) :].strip(), source) if source and is_sentence(text[len(source) :]) else None


def _first_is_credit(line: str) -> tuple[str, str] | None:
    """ "North News and Pictures. The A69 this morning."."""
    first, after = first_sentence(line)
    if len(first.split()) > 1 and is_bare_credit(first) and is_sentence(after):
        return after, cleaned_credit(first)
    return None


__all__ = ["Caption", "cleaned_credit", "split_caption"]


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
    r"|\+?\s?clicca\s+per\s+ingrandire|buy\s+(?:this\s+)?photos?|purchase\s+(?:a\s+)?prints?|expand|mehr(?:\s+anzeigen|\s+lesen)?|visa\s+mer|vis\s+mer|läs\s+mer"
    r"|enlarge\s+(?:this\s+)?image|click\s+to\s+enlarge|order\s+(?:this\s+)?photo|vergrößern|in\s+lightbox\s+öffnen"
    r"|(?<=\s)\(\d{6,10}\)|facebook\s*twitter\s*(?:whats\s?app)?\s*(?:e-?mail)?)\s?[.,]?\s?$",
    re.IGNORECASE,
)
_MOST_BUTTONS = 4
_LONGEST_BUTTON = 80
"""Characters at the end of a caption that are searched; the longest button above has 60."""
_ANNOUNCED = re.compile(r":[ \t]{0,10}\n\s{0,20}")
"""A label, and what it announces on the next line."""
_GALLERY_TITLE = re.compile(r"\d{1,3}\.\s")
_SHORTEST_REPEAT = 8


def caption_lines(text: str) -> list[str]:
    """The lines of a caption, cleaned and without duplicates."""
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
    """The line without counters and icon texts before it and buttons after it."""
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
    """A repeated passage, with or without white space between the repetitions, once; any other text unchanged."""
    squeezed = "".join(text.split())
    if squeezed.find(squeezed[:_SHORTEST_REPEAT], _SHORTEST_REPEAT) < 0:
        return text  # a text whose beginning occurs once has no repetition
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
