"""html -> Article: reads a page with all readers, lets the judges choose, and never raises.

The kind of a page (article, live blog, gallery, video, sponsored, or not an article, with the reason) is judged by its
address, by what the page declares and by what was read from it. In doubt a page is an article.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

from lxml import etree

from crawler.catalogue.site import Site, host_of
from crawler.extraction.body.container import MIN_LEAD, BodyReading, prose_weight, read_body
from crawler.extraction.body.lines import Context
from crawler.extraction.body.second_opinion import reconsidered
from crawler.extraction.body.signups import drop_signups
from crawler.extraction.body.teasers import Teasers, find_teasers
from crawler.extraction.choice import judge
from crawler.extraction.choice.authors import SiteAuthors, authors_of, full_names
from crawler.extraction.choice.times import modified_at, published_at, without_future
from crawler.extraction.choice.zones import guess_zone
from crawler.extraction.declared import jsonld, meta
from crawler.extraction.declared.access import propose_access
from crawler.extraction.declared.canonical import canonical_address, named_addresses
from crawler.extraction.declared.pagedata import data_text, data_topics
from crawler.extraction.declared.proposals import Proposal, Proposals, Verdict
from crawler.extraction.declared.structured import propose_itemprops, propose_jsonld, propose_meta, set_aside_foreign_items
from crawler.extraction.declared.titles import letters, site_names
from crawler.extraction.families import READERS, FamilyMatch, recognise
from crawler.extraction.kinds.addresses import address_words, segments_of
from crawler.extraction.kinds.not_articles import is_code, refusal
from crawler.extraction.kinds.notices import MAX_BARE, says_lost
from crawler.extraction.kinds.signs import Signs
from crawler.extraction.markup.page import Page, is_printed, parse, text_of
from crawler.extraction.printed.around import article_region, propose_printed, walk_region
from crawler.extraction.printed.heading import declared_names, find_heading, printed_headline
from crawler.extraction.printed.labels import labels_around, says_paid
from crawler.extraction.printed.pictures import declared_pictures, read_pictures
from crawler.extraction.printed.signatures import propose_signatures, propose_unmarked_day
from crawler.extraction.printed.tags import propose_sections, propose_tags
from crawler.extraction.printed.walls import propose_wall
from pipelines.article import Article, Author, AuthorKind, Fetch, Image, Kind
from pipelines.history.anomalies import NAMES_ANOTHER
from pipelines.reasons import CodedReason, FetchReason, coded
from pipelines.text import DENSE, join_paragraphs, size_of
from pipelines.text.dates import Precision, Timestamp
from pipelines.text.urls import date_in_path

WEAK = 250
"""Characters of body below which the text is also looked for in the page's data."""
_PASSWORDS = etree.XPath("descendant::input[@type='password']")
GENERIC = f"generic/{READERS}"


@dataclass(frozen=True, slots=True)
class Explanation:
    """A reading, all proposals for it, and the decisions."""

    article: Article
    proposals: Proposals
    verdicts: Mapping[str, Verdict[Any]] = field(default_factory=dict)
    """By field name of the article."""


@dataclass(slots=True)
class _Page:
    """What the readers gathered from one page, for the judges."""

    page: Page
    metas: meta.Meta
    items: list[jsonld.Item]
    item: jsonld.Item | None
    site_name: str | None
    own_items: list[jsonld.Item] = field(default_factory=list)
    """The `items` that are not about other pages."""
    lists_others: bool = False
    match: FamilyMatch | None = None
    names_of_site: frozenset[str] = frozenset()
    """Letters only, from `titles.site_names`."""
    headline: str = ""
    reading: BodyReading = field(default_factory=lambda: BodyReading(()))
    teasers: Teasers = field(default_factory=Teasers)
    labels: tuple[str, ...] = ()
    pictures: list[Image] = field(default_factory=list)
    proposals: Proposals = field(default_factory=Proposals)


def extract(
    html: bytes | str,
    url: str,
    site: Site | None = None,
    *,
    content_type: str | None = None,
    fetched: datetime | None = None,
) -> Article:
    """Read one page. Never raises: a page that cannot be read is a NOT_ARTICLE with the reason.

    `url` is the final one, which answered; `content_type` is the header; `fetched` is for relative times ("2 hours ago").
    """
    return explain(html, url, site, content_type=content_type, fetched=fetched).article


def explain(
    html: bytes | str,
    url: str,
    site: Site | None = None,
    *,
    content_type: str | None = None,
    fetched: datetime | None = None,
) -> Explanation:
    """As `extract`, with the proposals from which the judges chose, and the reasons for their choices."""
    try:
        page = parse(html, url, content_type=content_type, fetched=fetched)
        if page is None:
            return _refused(url, coded(FetchReason.EMPTY_PAGE))
        if not page.is_text:
            return _refused(url, coded(FetchReason.NOT_TEXT))
        gathered = _gather(page, site)
        verdicts = _judge(gathered, site)
        return Explanation(_article(gathered, verdicts), gathered.proposals, verdicts)
    except Exception as error:  # the boundary: a page never stops a crawl; the reason is stored and counted
        return _refused(url, coded(FetchReason.UNREADABLE, f"{type(error).__name__}: {error}"[:288]))


def with_ids(article: Article, fetch: Fetch, site: Site) -> Article:
    """Set the owner's id, only from the page's own URL: the address in a canonical link is a claim.

    If the canonical link has another id on the same host, the link is wrong and is removed. A link to another host stays: it
    says whose copy the page is, and ids of that host are not ids of this site.
    """
    own = site.external_id(fetch.url)
    canonical = article.canonical_url
    if own and canonical and host_of(canonical) == host_of(fetch.url) and site.external_id(canonical) not in (None, own):
        article, fetch = replace(article, canonical_url=None), replace(fetch, doubt=fetch.doubt or NAMES_ANOTHER)
    return replace(article, fetch=replace(fetch, external_id=own))


def reason_of(article: Article) -> CodedReason:
    """Why a page is not an article."""
    return CodedReason(article.reason_code or FetchReason.OTHER, article.reason or "no article")


def _refused(url: str, why: CodedReason) -> Explanation:
    article = Article(url=url, kind=Kind.NOT_ARTICLE, reason=why.text, reason_code=why.code, extractor=GENERIC)
    return Explanation(article, Proposals())


def _gather(page: Page, site: Site | None) -> _Page:
    """Let every reader propose: declared data first, then the family, then what is printed."""
    metas = meta.read(page)
    locales = (page.language, *metas.get("og:locale", ())[:1])
    page.timezone, page.is_zone_sure = (site.timezone, True) if site else guess_zone(page.url, locales, page.title)
    items = jsonld.items(page)
    site_name = site.name if site else next(iter(metas.get("og:site_name", ())), None)
    addresses = named_addresses(page, metas)
    identity = _identity(page, metas, addresses, site_names(site_name, page.url))
    if set_aside_foreign_items(page, identity):
        metas = meta.read(page)
    item = jsonld.main_item(items, identity)
    gathered = _Page(page, metas, items, item, site_name)
    gathered.lists_others = jsonld.is_of_others(items, item, identity)
    gathered.own_items = [one for one in items if not jsonld.is_foreign(one, identity)]
    proposals = gathered.proposals
    if item is not None:
        propose_jsonld(page, jsonld.completed(item, gathered.own_items, identity), proposals)
    propose_meta(page, metas, proposals)
    proposals.canonicals += addresses
    propose_access(page, item, metas, proposals)
    propose_itemprops(page, proposals)
    _propose_url_day(page, proposals)
    propose_sections(page, items, proposals)
    gathered.match = recognise(page, site.platform if site else None)
    if gathered.match is not None:
        gathered.match.family.propose(page, gathered.match.generation, proposals)
    drop_signups(page)
    _read_printed(gathered)
    return gathered


def _identity(page: Page, metas: meta.Meta, addresses: list[Proposal[str]], names_of_site: frozenset[str]) -> jsonld.Identity:
    titles = (metas.get(name, ("",))[0] for name in ("og:title", "twitter:title"))
    names = (page.title, *(text_of(one) for one in page.tagged("h1")[:3]), *titles)
    return jsonld.Identity(
        (page.url, *(one.value for one in addresses)), tuple(name for name in names if letters(name) not in names_of_site | {""})
    )


def _propose_url_day(page: Page, into: Proposals) -> None:
    day = date_in_path(page.url)
    if day is not None:
        instant = datetime(day.year, day.month, day.day, tzinfo=UTC)
        into.published.append(Proposal(Timestamp(instant, Precision.DAY, day.isoformat(), "url"), "url"))


def _read_printed(gathered: _Page) -> None:
    page, proposals = gathered.page, gathered.proposals
    gathered.names_of_site = site_names(gathered.site_name, page.url)
    declared = declared_names(proposals.headlines, gathered.names_of_site)
    sections = frozenset(letters(one.value) for one in proposals.sections)
    heading = find_heading(page, declared, gathered.names_of_site, sections)
    gathered.headline = "" if heading is None else printed_headline(heading, declared)
    if gathered.headline:
        proposals.headlines.append(Proposal(gathered.headline, "printed.h1"))
    writers = full_names(proposals, SiteAuthors(gathered.site_name, gathered.names_of_site))
    context = Context(headline=gathered.headline, writers=writers)
    reading = read_body(page, heading, context)
    reading = reconsidered(page, heading, context, reading, is_free=judge.is_free(proposals).value)
    propose_wall(page, reading, proposals)
    gathered.labels = labels_around(heading, reading.head)
    is_declared = bool(gathered.item and jsonld.types(gathered.item) & jsonld.ARTICLE_TYPES)
    is_dated = any(one.source.startswith("jsonld.") for one in proposals.published)
    if not (is_declared and is_dated and not gathered.lists_others):  # JSON-LD alone decides: see `not_articles._is_front`
        gathered.teasers = find_teasers(page, heading, reading)
    region = article_region(page, heading, reading.container)
    steps = walk_region(page, region, reading.container)
    propose_tags(page, heading, proposals)
    gathered.pictures, captions = read_pictures(page, steps, reading.container)
    if gathered.teasers.is_list and not is_declared:
        # Times and names in teasers belong to other pages.
        for box in gathered.teasers.boxes:
            page.drop(box)
        steps = walk_region(page, region, reading.container)
    propose_printed(page, steps, heading, reading, proposals)
    propose_signatures(page, reading, proposals)
    propose_unmarked_day(page, heading, reading, proposals)
    gathered.reading = replace(reading, blocks=tuple(block for block in reading.blocks if block.text not in captions))
    proposals.bodies.insert(0, Proposal(gathered.reading.paragraphs, "printed"))


def _judge(gathered: _Page, site: Site | None) -> dict[str, Verdict[Any]]:
    """The verdict on every field that is judged, by field name of the article."""
    page, proposals = gathered.page, gathered.proposals
    is_free = judge.is_free(proposals)
    if sum(map(size_of, judge.body(proposals).value)) < WEAK and is_free.value is not False:
        lines = data_text(page, tuple(one.value for one in proposals.headlines))
        if is_free.value or not is_printed(page, list(lines)):
            proposals.bodies.append(Proposal(lines, "data"))
    paragraphs = judge.body(proposals)
    body = join_paragraphs(list(paragraphs.value))
    without_future(proposals, page.fetched)
    byline, authors = authors_of(proposals, SiteAuthors(gathered.site_name, gathered.names_of_site))
    published = published_at(proposals, page.timezone if page.is_zone_sure else None)
    section = judge.section(proposals)
    kind = judge_kind(_signs(gathered, len(body), section.value, _has_person(authors.value)))
    standfirst = judge.description(proposals)
    if not proposals.topics:
        proposals.topics.append(Proposal(data_topics(page, tuple(one.value for one in proposals.headlines)), "data"))
    return {
        "kind": kind,
        "canonical_url": canonical_address(proposals, page.url),
        "headline": judge.headline(proposals, gathered.names_of_site),
        "description": standfirst,
        "body": _with_lead(paragraphs, standfirst.value, gathered.reading),
        "byline": byline,
        "authors": authors,
        "date_published": published,
        "date_modified": modified_at(proposals, published.value, page.timezone if page.is_zone_sure else None),
        "section": section,
        "topics": judge.topics(
            proposals,
            f"{gathered.headline} {page.title} {body}",
            gathered.site_name,
            [author.name for author in authors.value],
        ),
        "language": judge.language(proposals, site.language if site else None),
        "is_accessible_for_free": is_free,
    }


def _with_lead(body: Verdict[tuple[str, ...]], standfirst: str | None, reading: BodyReading) -> Verdict[str]:
    """The body, with the standfirst as its first paragraph if the page prints it as one and it is longer than a line or two."""
    lines = list(body.value)
    if standfirst and len(standfirst) > MIN_LEAD and body.source == "printed" and standfirst not in lines:
        lead = (block for block in reading.head if block.tag == "p" and prose_weight(block))
        lines[:0] = [block.text for block in lead if block.text == standfirst]
    return Verdict(join_paragraphs(lines), body.source, body.why)


def _has_person(authors: tuple[Author, ...]) -> bool:
    return any(author.kind is AuthorKind.PERSON for author in authors)


def _article(gathered: _Page, verdicts: Mapping[str, Verdict[Any]]) -> Article:
    kind = verdicts["kind"]
    return Article(
        url=gathered.page.url,
        reason=kind.why if kind.value is Kind.NOT_ARTICLE else None,
        reason_code=kind.code,
        images=tuple(gathered.pictures or declared_pictures(gathered.page, gathered.metas, gathered.item)),
        extractor=gathered.match.extractor if gathered.match else GENERIC,
        **{name: verdict.value for name, verdict in verdicts.items()},
    )


def _signs(gathered: _Page, body_length: int, section: str | None, has_byline: bool) -> Signs:
    """The values from which the kind is judged."""
    page, proposals = gathered.page, gathered.proposals
    foreign = jsonld.ARTICLE_TYPES if gathered.lists_others else frozenset()
    declared = "jsonld." if gathered.lists_others else "url"
    # The microdata of a list describes its teasers.
    others = (declared, "itemprop.", "meta.itemprop:") if gathered.teasers.is_list else (declared,)
    published = [one.source for one in proposals.published if not one.source.startswith(others)]
    text = "\n".join(gathered.reading.paragraphs)
    return Signs(
        url=page.url,
        types=frozenset(jsonld.types(gathered.item) if gathered.item else ()) - foreign,
        all_types=frozenset(kind for item in gathered.own_items for kind in jsonld.types(item)) - foreign,
        og_type=next(iter(gathered.metas.get("og:type", ())), "").lower(),
        title=page.title,
        headline=gathered.headline,
        is_named=any(one.value for one in proposals.headlines),
        is_code=is_code(text),
        text=text[:MAX_BARE] or gathered.reading.opening,
        says_lost=says_lost(page, gathered.metas),
        is_renamed=_is_renamed(gathered),
        is_list=gathered.teasers.is_list,
        own_length=gathered.teasers.own,
        is_dense=DENSE.search(text[:60]) is not None,
        section=section or "",
        body_length=body_length,
        pictures=len(gathered.pictures),
        has_date=any(source != "url" and not source.endswith(".body") for source in published),
        has_byline=has_byline and any(not one.source.startswith(declared) for one in proposals.bylines),
        live_posts=gathered.reading.live_posts,
        asks_password=body_length < 300 and bool(_PASSWORDS(page.body)),
        prose_share=gathered.reading.prose_share,
        lists_others=gathered.lists_others,
        labels=gathered.labels,
        platform_says=next((FetchReason(one.value) for one in proposals.kinds if one.source.startswith("family.")), None),
    )


def _is_renamed(gathered: _Page) -> bool:
    told = [one.value for one in gathered.proposals.headlines if one.source in ("jsonld.headline", "meta.og:title")]
    return bool(gathered.headline and told) and all(jsonld.overlap(gathered.headline, one) < jsonld.OTHER_NAME for one in told)


_SPONSORED = re.compile(
    r"sponsored|advertorial|advertisement(?:[- ]feature)?|paid[- ](?:content|post|partner\w*)|partner[- ]content|"
    r"brand(?:ed)?[- ]?(?:content|studio|voice)|promoted|anzeige|publirreportajes?|publireportage|"
    r"contenido patrocinado|contenu sponsorisé|native[- ]?ad\w*",
    re.IGNORECASE,
)


def judge_kind(signs: Signs) -> Verdict[Kind]:
    """The kind of the page; for NOT_ARTICLE, `why` is the reason that is stored."""
    code = refusal(signs)
    if code:
        return Verdict(Kind.NOT_ARTICLE, "signs", coded(code).text, code)
    segments = segments_of(signs.url)
    if "liveblogposting" in signs.all_types or signs.live_posts >= 3:
        declared = "liveblogposting" in signs.all_types
        why = "JSON-LD calls it a live blog" if declared else f"{signs.live_posts} entries with times of their own"
        return Verdict(Kind.LIVE, "signs", why)
    if (
        signs.types & {"advertisercontentarticle"}
        or _SPONSORED.fullmatch(signs.section)
        or any(_SPONSORED.fullmatch(segment) for segment in segments[:-1])
    ):
        return Verdict(Kind.SPONSORED, "signs", "its type, section or address says that it was paid for")
    if says_paid(signs.labels, signs.headline):
        return Verdict(Kind.SPONSORED, "signs", "a line by its heading says that it was paid for")
    if (
        signs.body_length < 1500
        and signs.pictures >= 4
        and (signs.types & {"imagegallery", "mediagallery"} or address_words().galleries.intersection(segments))
    ):
        return Verdict(Kind.GALLERY, "signs", "called a gallery, with little text and four pictures or more")
    if signs.body_length < 300 and signs.pictures >= 5:
        return Verdict(Kind.GALLERY, "signs", "hardly any text and five pictures or more")
    if signs.body_length < 700 and (
        "videoobject" in signs.types or signs.og_type.startswith("video") or address_words().videos.intersection(segments[:-1])
    ):
        return Verdict(Kind.VIDEO, "signs", "called a video, with little text")
    return Verdict(Kind.ARTICLE, "signs", "nothing says otherwise")
