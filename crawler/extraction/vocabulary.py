"""The words that sites put on elements, sorted by what they say; read by `roles`.

English is the web's own language for class names, so it serves sites of every language; words of other languages stand beside it
where sites use them.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from pipelines.text.lexicons import read_words


@dataclass(frozen=True, slots=True)
class ElementWords:
    """The sections of vocabulary.txt."""

    elsewhere: frozenset[str]
    """Other articles, advertising, the frame of the site."""
    meta: frozenset[str]
    """Lines about the article that are not its text."""
    weak: frozenset[str]
    """Those of both that also name harmless boxes."""
    comments: frozenset[str]
    hidden: frozenset[str]
    tooltip: frozenset[str]
    caption: frozenset[str]
    picture: frozenset[str]
    credit: frozenset[str]
    byline: frozenset[str]
    time: frozenset[str]
    modified: frozenset[str]
    standfirst: frozenset[str]
    lead: frozenset[str]
    """Those of `standfirst` that as often name the first paragraph of the text."""
    tags: frozenset[str]
    section: frozenset[str]
    headline: frozenset[str]
    live: frozenset[str]


@cache
def element_words() -> ElementWords:
    return read_words(Path(__file__).with_name("vocabulary.txt"), ElementWords)


FURNITURE_PARTS = ("teaser", "newsletter", "relatedp", "relatedb", "relatedc", "relatedn", "relateds", "recommend", "advert")
"""Parts of joined words that name furniture: manualteasershorttext, relatedbroadcast, artikelteaser."""

PICTURE_ENDINGS = ("image", "photo", "picture", "bild", "foto", "imagecontainer", "imagewrapper", "imageblock")
"""Endings of joined words that name a picture: contentimage, articlephoto."""
