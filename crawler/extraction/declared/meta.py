"""Reads the meta elements of a page (Open Graph, Dublin Core, Parse.ly and others) into one map from name to values."""

from __future__ import annotations

import html
import re
from functools import lru_cache

from crawler.extraction.markup.page import Page
from crawler.extraction.markup.roles import Role
from pipelines.text import squash

Meta = dict[str, list[str]]

MAX_META = 1_000


def names(text: str) -> tuple[str, ...]:
    """The names in a text, in order: the first one on the page has priority."""
    return tuple(text.split())


TITLES = names(
    """
    og:title twitter:title parsely-title sailthru.title dc.title dcterms.title citation_title cxenseparse:title headline
    title twitter:text:title
    """
)
DESCRIPTIONS = names(
    """
    og:description description twitter:description sailthru.description dc.description dcterms.description
    cxenseparse:description itemprop:description
    """
)
AUTHORS = names(
    """
    author parsely-author sailthru.author citation_authors dc.creator dcterms.creator cxenseparse:author byl citation_author
    article:author og:article:author og:author article:author_name article.author itemprop:author authors dc.contributor
    bt:author vr:author twitter:creator:name
    """
)
PUBLISHED = names(
    """
    article:published_time article:published og:article:published_time itemprop:datepublished datepublished
    parsely-pub-date cxenseparse:publishtime cxenseparse:recs:publishtime sailthru.date dcterms.issued dc.date.issued
    dcterms.created publish-date pubdate date.issued ptime pdate dc.date date displaydate dcterms.date dcterms.available
    dc.date.available article:post_date article:date citation_online_date citation_date
    """
)
MODIFIED = names(
    """
    article:modified_time article:modified og:article:modified_time itemprop:datemodified datemodified og:updated_time utime
    """
)
"""Names whose order counts, and names that no pattern below finds."""
_CALLS_PUBLISHED = re.compile(
    r"(?:publish(?:ed)?|publication|pub|issued?|created?|posted?|release)(?:date|time|at|on)*(?:original|gmt|utc)?$"
    r"|date(?:published|issued|created|posted|original)$"
)
_CALLS_MODIFIED = re.compile(
    r"(?:modif(?:ied|ication)|updated?|lastmod|revis(?:ed|ion)|moddate)(?:date|time|at|on)*(?:gmt|utc)?$|date(?:modified|updated)$"
)
"""The endings of names, letters only: "og:publish_date", "mediator_published_time", "last-updated"."""
_OF_THINGS = ("video:", "book:", "music:", "event:", "product:")
_NO_LETTERS = re.compile(r"[^a-z]+")
SECTIONS = names(
    """
    article:section parsely-section itemprop:articlesection articlesection og:article:section cxenseparse:section
    section cg category dcterms.subject sailthru.section
    """
)
TOPICS = names(
    """
    article:tag parsely-tags sailthru.tags news_keywords keywords og:article:tag cxenseparse:keywords dc.subject
    itemprop:keywords bt:keywords cxenseparse:taglist
    """
)


def read(page: Page) -> Meta:
    """Values by lower-case name; an `itemprop` without another name is kept as "itemprop:<name>"."""
    found: Meta = {}
    for element in page.anywhere("meta")[:MAX_META]:
        attribute = dict(element.items()).get
        content = attribute("content") or attribute("value")
        if not content or len(content) > 20_000:
            continue
        value = squash(html.unescape(content)) if "&" in content else squash(content)
        if not value:
            continue
        named = [attribute("name", "").strip().lower(), attribute("http-equiv", "").strip().lower()]
        named += [name.removeprefix("schema:") for name in attribute("property", "").lower().split()]
        named += [name.replace(":", ".") for name in named if name.startswith(("dc:", "dcterms:"))]
        itemprop = attribute("itemprop", "").strip().lower()
        if itemprop and not any(named) and not any(page.role(one) & Role.ELSEWHERE for one in element.iterancestors()):
            # Below the head it may belong to any item of the page: those in boxes of other stories are left out.
            named.append(f"itemprop:{itemprop}")
        for name in dict.fromkeys(filter(None, named)):
            found.setdefault(name, []).append(value)
    return found


def published_names(found: Meta) -> list[str]:
    """The page's meta names for its first publication, the most trusted first."""
    return _time_names(found, PUBLISHED, _CALLS_PUBLISHED)


def modified_names(found: Meta) -> list[str]:
    """The page's meta names for its last update, the most trusted first."""
    return _time_names(found, MODIFIED, _CALLS_MODIFIED)


def _time_names(found: Meta, known: tuple[str, ...], calls: re.Pattern[str]) -> list[str]:
    others = (name for name in found if _calls(calls, name))
    return list(dict.fromkeys([*(name for name in known if name in found), *others]))


@lru_cache(maxsize=2_000)  # pages use the same few hundred names
def _calls(what: re.Pattern[str], name: str) -> bool:
    return not name.startswith(_OF_THINGS) and what.search(_NO_LETTERS.sub("", name[:60].lower())) is not None
