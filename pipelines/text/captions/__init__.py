"""Captions as printed, parted into what is said of the picture and who made it: `split_caption`.

    "The Health Secretary (Ann Milburn/PA)" -> "The Health Secretary", "Ann Milburn/PA"

Knows no site. A credit is recognised by label, source or shape (`credits`), never by its place alone: where nothing but
the place speaks for it, the text stays in the caption, so that nothing said of the picture is lost.

lines.py        what is no part of a caption: counters, icons, doubled lines
trailing.py credits.py     where a credit begins, and what may be one
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

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
from pipelines.text.captions.lines import caption_lines, once
from pipelines.text.captions.trailing import last_credit, tidy_caption

_MOST_CREDITS = 4
_LONGEST_PHOTOGRAPHER = 4
_HOUSES = (" images", " media", " handout", " pictures", " wire")
_ARTICLES = ("The ", "A ", "An ")
_IMAGE_SOURCE = re.compile(
    r"image (?:source,|copyright)\s*(?P<credit>.{1,120}?)(?:\s*image caption,?\s*(?P<caption>.*))?$", re.IGNORECASE
)


class Caption(NamedTuple):
    """A caption without its credit; the caption is empty where there was a credit only."""

    caption: str
    credit: str | None = None


@lru_cache(maxsize=500)  # copies for other screens, and once more when an article is normalised
def split_caption(text: str) -> Caption:
    """Splits a caption in any of the catalogue's languages. Never fails; several credits are joined by "; ".

    At most `caption_lines.LONGEST` characters are read. Brackets that are no credit ("(left)", "(stock image)") stay.
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
    """The texts and a new one, unless one of them says it already; shorter ones that it says give way."""
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
    """The credit, where a line is nothing else."""
    mark = COPYRIGHT.match(line)
    bare = line[mark.end() :] if mark else line
    if not is_credit_alone(bare) or is_sentence(bare) or LABEL.search(bare) or has_stop_inside(bare):
        return None
    return cleaned_credit(bare)


def _said_twice(line: str) -> str:
    """ "Elland Road | Elland Road", once its credit is off, is one caption printed twice."""
    left, _, right = line.partition("|")
    return left.strip() if left.strip() == right.strip() else line


# --- credits in front ---


def _leading(line: str) -> tuple[str, list[str]]:
    """The line without a credit, or a label that is none, before the caption."""
    for cut in (_label_of_caption, _source_and_bar, _photographer_and_source, _copyright, _house_and_sentence, _first_is_credit):
        found = cut(line)
        if found:
            rest, credit = found
            return rest, [cleaned_credit(credit)] if credit else []
    return line, []


def _label_of_caption(line: str) -> tuple[str, str] | None:
    """ "Image: The manager has signed a deal until June": the label names the picture, not who made it."""
    label = LABEL.match(line)
    if not label or ":" not in label[0]:
        return None
    rest = line[label.end() :]
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
    """ "PA Media Rail passengers face disruption": a house that does nothing but sell pictures, then a sentence."""
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
