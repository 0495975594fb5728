"""Words in URLs that say what kind of page it is: puzzles, e-papers, lists of articles, galleries, videos, advertising.

They are in all languages of the press, because paths are written in the readers' language.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from urllib.parse import unquote, urlsplit

from pipelines.reasons import FetchReason
from pipelines.text.lexicons import read_words


@dataclass(frozen=True, slots=True)
class AddressWords:
    """The sections of addresses.txt."""

    puzzles: frozenset[str]
    puzzle_words: frozenset[str]
    """Words that name a puzzle anywhere in a slug."""
    e_papers: frozenset[str]
    e_paper_hosts: frozenset[str]
    """First labels of hosts that serve the pages of the printed paper: "app.yorkshirepost.co.uk"."""
    searches: frozenset[str]
    authors: frozenset[str]
    topics: frozenset[str]
    accounts: frozenset[str]
    weather: frozenset[str]
    horoscopes: frozenset[str]
    podcasts: frozenset[str]
    competitions: frozenset[str]
    notices: frozenset[str]
    events: frozenset[str]
    classifieds: frozenset[str]
    about_the_site: frozenset[str]
    galleries: frozenset[str]
    videos: frozenset[str]


@cache
def address_words() -> AddressWords:
    return read_words(Path(__file__).with_name("addresses.txt"), AddressWords)


@cache
def not_articles() -> tuple[tuple[FetchReason, frozenset[str], int], ...]:
    """(reason, path segments that indicate it, body length up to which they are trusted)."""
    words = address_words()
    return (
        (FetchReason.PUZZLE_PAGE, words.puzzles, 500),
        (FetchReason.E_PAPER, words.e_papers, 500),
        (FetchReason.SEARCH_PAGE, words.searches, 2000),
        (FetchReason.AUTHOR_PAGE, words.authors, 1200),
        (FetchReason.TOPIC_PAGE, words.topics, 1200),
        (FetchReason.ACCOUNT_PAGE, words.accounts, 1500),
    )


@cache
def listings() -> tuple[tuple[FetchReason, frozenset[str]], ...]:
    """(reason, last path segments that name a list or a form)."""
    words = address_words()
    return (
        (FetchReason.WEATHER_PAGE, words.weather),
        (FetchReason.HOROSCOPE_PAGE, words.horoscopes),
        (FetchReason.PODCAST_PAGE, words.podcasts),
        (FetchReason.COMPETITION_PAGE, words.competitions),
        (FetchReason.NOTICES, words.notices),
        (FetchReason.EVENTS, words.events),
        (FetchReason.CLASSIFIED, words.classifieds),
        (FetchReason.ABOUT_PAGE, words.about_the_site),
    )


def segments_of(url: str) -> list[str]:
    """The path's segments, unquoted, in lower case, without "index.html"."""
    try:
        path = urlsplit(url).path
    except ValueError:
        return []
    return [unquote(part).lower() for part in path.split("/") if part and not re.fullmatch(r"index\.\w{1,10}", part)]


def host_label(url: str) -> str:
    """The first label of the host name, in lower case."""
    try:
        return (urlsplit(url).hostname or "").partition(".")[0]
    except ValueError:
        return ""


def names_puzzle(slug: str) -> bool:
    """Whether a path's last segment names a puzzle: "quick-crossword-4512090", "mots-croises-du-jour"."""
    words = address_words().puzzle_words
    return not words.isdisjoint(slug.split("-")) or any("-" in word and word in slug for word in words)
