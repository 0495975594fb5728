"""The meta elements of a page (Open Graph, Dublin Core, Parse.ly and their kin) as one map from name to values."""

from __future__ import annotations

import html

from crawler.extraction.page import Page
from pipelines.text import squash

Meta = dict[str, list[str]]

MAX_META = 1_000


def names(text: str) -> tuple[str, ...]:
    """The names in a text, in their order: the first that a page has is asked first."""
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
    dcterms.created publish-date publish_date publishdate publication_date pubdate article_date_original
    article.published og:published_time og:pubdate ptime pdate citation_publication_date bt:pubdate article:create_at
    date.issued rnews:datepublished publishedat date_published vr:published_time iso-8601-publish-date
    itemprop:datecreated datecreated dc.date dc.date.created date displaydate originalpublicationdate
    dcterms.date dc.issued dc.created dcterms.available dc.date.available dcterms.date.issued published published_at
    published_time published-time date-published pub_date pub-date publish_time publication-date publicationdate
    article:published_date article.published_time article:post_date article:date release_date citation_online_date
    citation_date prism.publicationdate sailthru.published og:article:published og:release_date news_publish_date
    """
)
MODIFIED = names(
    """
    article:modified_time article:modified og:article:modified_time itemprop:datemodified datemodified og:updated_time
    dcterms.modified dc.date.modified last-modified lastmod article:updated_time article.updated og:modified_time utime
    revision_date bt:moddate iso-8601-modified-date dc.modified article.modified_time modified modified_time updated_at
    updated_time article:updated date-modified date_modified dcterms.date.modified prism.modificationdate
    """
)
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
    for number, element in enumerate(page.root.iter("meta")):
        if number >= MAX_META:
            break
        content = element.get("content") or element.get("value")
        if not content or len(content) > 20_000:
            continue
        value = squash(html.unescape(content)) if "&" in content else squash(content)
        found_names = {(element.get(key) or "").strip().lower() for key in ("name", "http-equiv")}
        found_names.update(name.removeprefix("schema:") for name in (element.get("property") or "").lower().split())
        found_names |= {name.replace(":", ".") for name in found_names if name.startswith(("dc:", "dcterms:"))}
        itemprop = (element.get("itemprop") or "").strip().lower()
        if itemprop and not any(found_names):
            # Below the head it may belong to any item of the page; only what is outside of nested items is the article's.
            found_names.add(f"itemprop:{itemprop}")
        for name in found_names:
            if name and value:
                found.setdefault(name, []).append(value)
    return found


def first(meta: Meta, names: tuple[str, ...]) -> tuple[str, str] | None:
    """(name, value) of the first of these names that the page has."""
    for name in names:
        if name in meta:
            return name, meta[name][0]
    return None
