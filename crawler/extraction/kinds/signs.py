"""What was seen of a page, as far as it tells what kind of page it is. Plain values; who judges them stands elsewhere."""

from __future__ import annotations

from dataclasses import dataclass

from crawler.extraction.declared.jsonld import ARTICLE_TYPES
from pipelines.reasons import FetchReason


@dataclass(frozen=True, slots=True)
class Signs:
    """What was seen of a page."""

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
    """Whether the page says when it was published."""
    has_byline: bool
    live_posts: int
    """Entries with a time of their own, in a part of the page named live."""
    asks_password: bool
    prose_share: float
    """Share of the page's text outside links."""
    lists_others: bool = False
    """Whether the articles that its data describes are other pages'."""
    is_named: bool = True
    """Whether anything on the page says what it is called: a heading, its title, its data."""
    is_code: bool = False
    """Whether its text is that of a program, a style sheet or data."""
    text: str = ""
    """The beginning of its text; where it has none, of all that is printed outside of links."""
    says_lost: bool = False
    """Whether its markup says that it stands for a missing page."""
    is_renamed: bool = False
    """Whether its heading is nothing like what machines are told that the page is called."""
    is_dense: bool = False
    """Whether it is written in a script that says more in fewer characters: Han, kana, Hangul, Thai."""
    is_list: bool = False
    """Whether it is made of teasers, with an introduction of its own at most."""
    own_length: int = 0
    """Characters of its text outside of teasers, where it has teasers."""
    labels: tuple[str, ...] = ()
    """Short lines printed around the heading: a kicker above it, what stands between it and the text."""
    platform_says: FetchReason | None = None
    """Why the page is no article by its platform's own word, or None."""

    @property
    def is_article(self) -> bool:
        """Whether the page calls itself an article."""
        return bool(self.types & ARTICLE_TYPES) or self.og_type == "article"

    @property
    def is_dated_article(self) -> bool:
        """Whether it also says when it was published: walls, lists and lost pages never do both."""
        return self.is_article and self.has_date
