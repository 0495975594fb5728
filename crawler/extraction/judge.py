"""One small judge a field: given what the readers proposed, which value stands."""

from __future__ import annotations

import re
from collections.abc import Callable
from urllib.parse import urlsplit

from crawler.extraction.jsonld import overlap, same_page
from crawler.extraction.meta import names
from crawler.extraction.proposals import Proposals, rank

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


def headline(proposals: Proposals) -> str | None:
    """The printed heading; else what machines are told, without the site's name at its end."""
    for proposal in sorted(proposals.headlines, key=lambda one: rank(one.source, HEADLINES)):
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
    ranked = sorted(proposals.descriptions, key=lambda one: rank(one.source, DESCRIPTIONS))
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
    ranked = sorted(proposals.topics, key=lambda one: rank(one.source, TOPICS))
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
