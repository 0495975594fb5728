"""Identity of an article: its canonical URL, and whether two readings are the same article. Pure; knows no database and no site.

A wrong canonical link must never make one article's text a revision of another: that would invent an edit.
"""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from pipelines.article import Article
from pipelines.text.urls import article_key

_WORD = re.compile(r"\w+")
SAME_STORY = 0.4
"""Share of the shorter text's distinct words (of 4 letters and more) that both have. Two news stories of one town share
about a fifth; an article before and after a heavy rewrite shares more than half."""


def canonical_url(article: Article) -> str:
    """The URL an article is known by: its canonical URL where that is believable, else the URL it was read from.

    Believable: on the same host (`www.`, `m.`, `amp.` aside) and not the front page of it. A canonical link on a sister
    title's host says whose copy it is, not where this one stands.
    """
    canonical = article.canonical_url
    if canonical and _host(canonical) == _host(article.url):
        deep = urlsplit(canonical).path.strip("/") or urlsplit(canonical).query
        if deep or not urlsplit(article.url).path.strip("/"):
            return canonical
    return article.url


def same_story(before: Article, after: Article) -> bool:
    """Whether two readings are likely the same article: one headline, or texts that share most of their words."""
    if before.headline and before.headline == after.headline:
        return True
    a, b = _words(before), _words(after)
    return bool(a and b) and len(a & b) >= SAME_STORY * min(len(a), len(b))


def _host(url: str) -> str:
    return article_key(url).partition("/")[0]


def _words(article: Article) -> set[str]:
    text = f"{article.headline or ''} {article.description or ''} {article.body[:20_000]}"
    return {word for word in _WORD.findall(text.casefold()) if len(word) > 3}
