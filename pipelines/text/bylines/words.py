"""The words that stand around names in bylines: "by" in many languages, labels, kinds of writing, the word for "and"."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from pipelines.text.lexicons.lexicon import read_words


@dataclass(frozen=True, slots=True)
class BylineWords:
    """The sections of words.txt, case-folded."""

    by_anywhere: frozenset[str]
    """These open a byline wherever it stands in a line, what came before was a label or a breadcrumb."""
    by_first: frozenset[str]
    """These open a byline only at the start of a line or after a label: elsewhere they are part of names or sentences."""
    by_also_names: frozenset[str]
    """Openers that begin names as well; they are taken off only where a full name or an agency is left."""
    writer_labels: frozenset[str]
    """Labels of those who wrote it."""
    other_labels: frozenset[str]
    """Labels of those who did not: pictures, editing, translation. What they label is left out."""
    texts: frozenset[str]
    pictures: frozenset[str]
    """Labels that part writer and photographer without a sign: "Words Ann Lee Pictures Bob Kay"."""
    genres: frozenset[str]
    """Kinds of writing that stand where a job title would: "Kommentar von", "Analysis by"."""
    articles: frozenset[str]
    """Small words before a desk or a job title: "a Local Democracy Reporter", "dal nostro inviato"."""
    ands: frozenset[str]
    """Between people. Single letters and prepositions count only in lower case and between two names."""
    house_openers: frozenset[str]
    """Before the house somebody writes for: "For Dailymail.Com"."""
    locatives: frozenset[str]
    """Before the place somebody writes from."""
    bio_verbs: frozenset[str]
    """A sentence about the writer starts here: the byline is over."""
    dropped: frozenset[str]
    """Toolbar words; a line is cut at them."""
    nobody: frozenset[str]
    """What systems and houses print where no one is named."""
    months: frozenset[str]
    days: frozenset[str]


@cache
def byline_words() -> BylineWords:
    return read_words(Path(__file__).with_name("words.txt"), BylineWords)
