"""What was read from a page that indicates its kind, as plain values. Other modules judge them."""

from __future__ import annotations

from dataclasses import dataclass

from crawler.extraction.declared.jsonld import ARTICLE_TYPES
from pipelines.reasons import FetchReason


@dataclass(frozen=True, slots=True)
class Signs:
    """What was read from a page that indicates its kind."""

    url: str
    types: frozenset[str]
    """JSON-LD types of the item about the page."""
    all_types: frozenset[str]
    og_type: str
    title: str
    headline: str
    section: str
    body_length: int
    pictures: int
    has_date: bool
    """Whether the page gives its publication date."""
    has_byline: bool
    live_posts: int
    """Entries with their own time in a part of the page that is named live."""
    asks_password: bool
    prose_share: float
    """Share of the page's text outside links."""
    lists_others: bool = False
    """Whether the articles that its data describes are other pages."""
    is_named: bool = True
    """Whether anything on the page names it: a heading, its title, its data."""
    is_code: bool = False
    """Whether its text is a program, a style sheet or data."""
    text: str = ""
    """The beginning of its text; if it has none, of everything that is printed outside links."""
    says_lost: bool = False
    """Whether its markup says that it is shown instead of a missing page."""
    is_renamed: bool = False
    """Whether its heading is unlike every declared headline."""
    is_dense: bool = False
    """Whether it is written in a script that needs fewer characters: Han, kana, Hangul, Thai."""
    is_list: bool = False
    """Whether it consists of teasers, at most with an introduction."""
    own_length: int = 0
    """Characters of its text outside teasers, if it has teasers."""
    labels: tuple[str, ...] = ()
    """Short lines printed around the heading: a kicker above it, lines between it and the text."""
    platform_says: FetchReason | None = None
    """Why the page is not an article according to its platform, or None."""

    @property
    def is_article(self) -> bool:
        """Whether the page calls itself an article."""
        return bool(self.types & ARTICLE_TYPES) or self.og_type == "article"

    @property
    def is_dated_article(self) -> bool:
        """Whether it also gives its publication date: walls, lists and missing pages never do both."""
        return self.is_article and self.has_date
