"""One small judge a field: given what the readers proposed, which value stands."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, timedelta
from urllib.parse import urlsplit

from crawler.extraction.jsonld import overlap, same_page
from crawler.extraction.meta import names
from crawler.extraction.proposals import Proposals
from pipelines.article import Author
from pipelines.bylines import parse_byline
from pipelines.dates import Precision, Timestamp
from pipelines.zones import zone_of

HEADLINES = names(
    """
    family printed.h1 jsonld.headline meta.og:title meta.headline meta.dc.title meta.twitter:title title
    """
)
DESCRIPTIONS = names(
    """
    family printed.standfirst printed.below-heading meta.og:description meta.description jsonld.description
    meta.twitter:description meta.sailthru.description meta.dc.description
    """
)
STRUCTURED_BYLINES = names(
    """
    family jsonld.author meta.parsely-author meta.author meta.sailthru.author meta.byl meta.cxenseparse:author
    meta.dc.creator meta.og:article:author meta.article:author meta.itemprop:author jsonld.creator
    """
)
PRINTED_BYLINES = names(
    """
    printed.link.head printed.itemprop.head printed.class.head printed.line printed.itemprop.body printed.link.body
    printed.class.body
    """
)
PUBLISHED = names(
    """
    family jsonld.datePublished meta.article:published_time itemprop.datepublished meta.itemprop:datepublished
    meta.datepublished meta.parsely-pub-date meta.cxenseparse:publishtime meta.cxenseparse:recs:publishtime
    meta.sailthru.date meta.dc.date.issued meta.dcterms.created meta.pubdate meta.publish-date printed.epoch.head
    printed.time.head printed.text.head meta.* jsonld.* printed.line itemprop.* printed.epoch.body printed.time.body
    printed.text.body url
    """
)
MODIFIED = names(
    """
    family jsonld.dateModified meta.article:modified_time itemprop.datemodified meta.itemprop:datemodified
    meta.og:updated_time meta.* printed.epoch.head printed.time.head printed.text.head printed.line printed.time.body
    printed.text.body
    """
)
TOPICS = names(
    """
    family jsonld.keywords meta.article:tag printed.tags meta.news_keywords meta.parsely-tags meta.sailthru.tags
    meta.keywords meta.og:article:tag meta.dc.subject meta.itemprop:keywords meta.cxenseparse:keywords jsonld.about
    """
)
"""Sources of each field, the most trusted first."""

_SUFFIX = re.compile(r"\s+[|–—·•»›:-]+\s+|\s*\|\s*")
_END = re.compile(r"[.!?…。][\"'”’»)]*$")
_MACHINE_WORD = re.compile(
    r"[0-9a-f]{8}-[0-9a-f-]{20,}|\d+|[\w.-]+\.(?:com|net|org|de|co\.uk|ie)|\w*_\w*|.*[:=|#/].*", re.IGNORECASE
)
MAX_APART = timedelta(days=40)
"""A printed time further from the structured one is of something else."""


def _rank(source: str, order: tuple[str, ...]) -> int:
    """Place of a source in an order; "meta.*" stands for all of meta; the unnamed come last."""
    kind = source.split(".", 1)[0]
    for name in (source, f"{kind}.*", kind):
        if name in order:
            return order.index(name)
    return len(order)


def headline(proposals: Proposals) -> str | None:
    """The printed heading; else what machines are told, without the site's name at its end."""
    for proposal in sorted(proposals.headlines, key=lambda one: _rank(one.source, HEADLINES)):
        if proposal.value:
            return (
                proposal.value
                if proposal.source.startswith(("printed", "jsonld", "family"))
                else without_site_name(proposal.value)
            )
    return None


def without_site_name(title: str) -> str:
    """ "Bridge closed | Shropshire Star" -> "Bridge closed": the last part goes if it is the shorter one."""
    parts = _SUFFIX.split(title)
    if len(parts) > 1 and len(parts[-1]) < 0.5 * len(title):
        cut = title.rfind(parts[-1]) if parts[-1] else len(title)
        return re.sub(r"\s*[|–—·•»›:-]+\s*$", "", title[:cut]).strip() or title
    return title


def description(proposals: Proposals, headline_text: str | None) -> str | None:
    """The printed standfirst; else a meta description, of several with the same beginning the one that is not cut.

    A line below the heading that no name marks counts only where machines are told much the same.
    """
    ranked = sorted(proposals.descriptions, key=lambda one: _rank(one.source, DESCRIPTIONS))
    usable = [one for one in ranked if len(one.value) > 1 and not _repeats(one.value, headline_text)]
    told = [one.value for one in usable if not one.source.startswith("printed")]
    named = [one.value for one in usable if one.source in ("family", "printed.standfirst")]
    lines = [one.value for one in usable if one.source == "printed.below-heading"]
    confirmed = [value for value in (*named, *lines) if any(overlap(value, other) > 0.6 for other in told)]
    values = (
        confirmed[:1] or [value for value in named if _END.search(value) or len(value) > 70][:1] or told or named or lines[:1]
    )
    if not values:
        return None
    chosen = values[0]
    for other in told:
        start = chosen.rstrip(" .…")[:60]
        if len(other) > len(chosen) and len(start) > 20 and other.startswith(start) and chosen.endswith(("...", "…")):
            chosen = other
    return chosen


def _repeats(text: str, headline_text: str | None) -> bool:
    """Whether a text is the headline again, perhaps with a kicker."""
    return bool(headline_text) and len(text) < 1.6 * len(headline_text or "") and overlap(text, headline_text or "") > 0.85


def authors(proposals: Proposals, site_name: str | None) -> tuple[str | None, tuple[Author, ...]]:
    """(byline as printed, persons). Machines are believed where the page prints the same name, or prints none."""
    structured = _first_persons(proposals, STRUCTURED_BYLINES, site_name)
    printed = _first_persons(proposals, PRINTED_BYLINES, site_name)
    if not structured or not printed:
        return _printed_byline(proposals, structured or printed), structured or printed
    told, shown = {author.name.casefold() for author in structured}, {author.name.casefold() for author in printed}
    if told & shown:
        chosen = printed if len(shown) > len(told) and told < shown else structured
        return _printed_byline(proposals, chosen), chosen
    everything = " ".join(one.value for one in proposals.bylines if one.source.startswith("printed")).casefold()
    confirmed = any(name in everything for name in told)
    chosen = structured if confirmed else printed
    return _printed_byline(proposals, chosen), chosen


def _printed_byline(proposals: Proposals, chosen: tuple[Author, ...]) -> str | None:
    """The shortest printed line that names all of them; without persons, the first line on top that is named a byline."""
    lines = [
        " ".join(one.value.split()) for one in proposals.bylines if one.source.startswith("printed") and "link" not in one.source
    ]
    top = [
        " ".join(one.value.split())
        for one in proposals.bylines
        if one.source in ("printed.line", "printed.itemprop.head", "printed.class.head")
    ]
    if not chosen:
        return top[0] if top and len(top[0]) < 120 else None
    naming = [line for line in lines if all(author.name.casefold() in line.casefold() for author in chosen)]
    return min(naming, key=len) if naming else None


def _first_persons(proposals: Proposals, order: tuple[str, ...], site_name: str | None) -> tuple[Author, ...]:
    for source in order:
        found: dict[str, Author] = {}
        for proposal in proposals.bylines:
            if proposal.source.split(".")[0] == source or proposal.source == source:
                if proposal.value.startswith(("http://", "https://")):
                    continue
                for author in parse_byline(proposal.value, title=site_name).authors:
                    found.setdefault(author.name.casefold(), author)
                if found and source.startswith("printed.class"):
                    break
        if found:
            return tuple(found.values())
    return ()


def published(proposals: Proposals, timezone: str | None) -> Timestamp | None:
    """First publication: the earlier of what machines are told and what is printed on top, where they differ in earnest.

    `timezone` is the page's, or None where it is only guessed.
    """
    ranked = sorted(proposals.published, key=lambda one: _rank(one.source, PUBLISHED))
    if not ranked:
        return None
    chosen = ranked[0].value
    day_only = chosen.precision is Precision.DAY
    for proposal in ranked[1:]:
        other = proposal.value
        if (
            day_only
            and other.precision is not Precision.DAY
            and abs(other.instant - chosen.instant) < timedelta(hours=36)
            and proposal.source != "url"
        ):
            # A bare day is made exact by any time of that day.
            chosen, day_only = other, False
        elif _is_earlier(other, chosen, proposal.source) or (
            proposal.source.startswith("printed.epoch") and is_mislabelled(chosen, other, timezone)
        ):
            chosen = other
    return chosen


def _is_earlier(other: Timestamp, chosen: Timestamp, source: str) -> bool:
    """Whether a time printed on top is a first publication that machines were not told."""
    if not source.startswith("printed.") or source.endswith(".body") or chosen.source.startswith("printed"):
        return False
    if Precision.DAY in (other.precision, chosen.precision):
        return other.day < (chosen.instant - timedelta(hours=14)).date() and chosen.instant - other.instant < MAX_APART
    return timedelta(minutes=1) < chosen.instant - other.instant < MAX_APART and not is_other_zone(other, chosen)


def is_other_zone(one: Timestamp, other: Timestamp) -> bool:
    """Whether two stamps show the same minute of different zones: they differ by whole half hours."""
    seconds = abs((one.instant - other.instant).total_seconds())
    return 1500 < seconds < 50_400 and min(seconds % 1800, 1800 - seconds % 1800) <= 61


def is_mislabelled(told: Timestamp, counted: Timestamp, timezone: str | None) -> bool:
    """Whether a stamp is local time marked Z: an epoch value, which has no zone to get wrong, shows the same wall clock here."""
    if timezone is None:
        return False
    local = counted.instant.astimezone(zone_of(timezone)).replace(tzinfo=UTC)
    return told.instant != counted.instant and abs((local - told.instant).total_seconds()) <= 61


def modified(proposals: Proposals, first: Timestamp | None) -> Timestamp | None:
    """Last update: what is printed as such, made exact by what machines are told; else what they are told."""
    ranked = sorted(proposals.modified, key=lambda one: _rank(one.source, MODIFIED))
    if not ranked:
        return None
    chosen = ranked[0].value
    shown = next(
        (one.value for one in ranked if one.source.startswith("printed.") and one.value.precision is not Precision.DAY), None
    )
    if (
        shown is None
        or chosen.precision is Precision.DAY
        or abs(shown.instant - chosen.instant) <= timedelta(minutes=1)
        or is_other_zone(shown, chosen)
    ):
        return chosen
    told = [one.value for one in ranked if one.value is not shown]
    return next(
        (one for one in told if abs(one.instant - shown.instant) <= timedelta(minutes=1) or is_other_zone(one, shown)), shown
    )


def body(proposals: Proposals) -> tuple[str, ...]:
    """The body as printed; what the page's data says where a script is still to fill it in, and twice as much."""
    chosen: tuple[str, ...] = ()
    for proposal in proposals.bodies:
        if sum(map(len, proposal.value)) > 2 * sum(map(len, chosen)):
            chosen = proposal.value
    return chosen


def section(proposals: Proposals) -> str | None:
    return next((proposal.value for proposal in proposals.sections if 1 < len(proposal.value) < 80), None)


def topics(proposals: Proposals, text: str, site_name: str | None) -> tuple[str, ...]:
    """The first list that is about this article: words of machines left out, and lists of which the article says nothing."""
    lowered = text.casefold()
    ranked = sorted(proposals.topics, key=lambda one: _rank(one.source, TOPICS))
    for proposal in ranked:
        words = [
            word
            for word in dict.fromkeys(proposal.value)
            if 1 < len(word) < 80 and not _MACHINE_WORD.fullmatch(word) and word.casefold() != (site_name or "").casefold()
        ]
        if not words:
            continue
        if proposal.source.startswith(("meta.", "jsonld.")) and proposal.source != "meta.article:tag":
            said = sum(
                any(part in lowered for part in word.casefold().split() if len(part) > 2 or not part.isascii()) for word in words
            )
            if said * 4 < len(words):
                continue
        return tuple(words)
    return ()


def language(proposals: Proposals) -> str | None:
    return next(
        (
            proposal.value
            for proposal in proposals.languages
            if re.fullmatch(r"[A-Za-z]{2,3}(?:[-_][A-Za-z0-9]{2,8})*", proposal.value)
        ),
        None,
    )


def is_free(proposals: Proposals) -> bool | None:
    """False where any source marks the page as paid for; a bare True says nothing that None does not."""
    return False if any(proposal.value is False for proposal in proposals.free) else None


def canonical(proposals: Proposals, url: str, normalise: Callable[[str], str | None]) -> str | None:
    """The page's own address as it names it; never a front page or section for a deep URL."""
    depth = len([part for part in urlsplit(url).path.split("/") if part])
    for proposal in proposals.canonicals:
        parts = urlsplit(proposal.value)
        deep = [part for part in parts.path.split("/") if part]
        if not parts.query and (
            not deep or (len(deep) == 1 and depth > 1 and len(deep[0]) < 20 and not same_page(url, proposal.value))
        ):
            continue
        return normalise(proposal.value)
    return None
