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
    """The first list that is about this article, or one beside it that is the same list told better."""
    lists: list[tuple[str, tuple[str, ...]]] = []
    for proposal in sorted(proposals.topics, key=lambda one: rank(one.source, TOPICS)):
        words = tuple(word for word in dict.fromkeys(proposal.value) if _is_topic(word, site_name))
        if words:
            lists.append((proposal.source, words))
    lowered = text.casefold()
    said = [_share_said(words, lowered) for _, words in lists]
    told = [
        (source, words)
        for (source, words), share in zip(lists, said, strict=True)
        if share >= MIN_SAID or _needs_no_word(source, words, share, max(said))
    ]
    return _better_told(told) if told else ()


MIN_SAID = 0.25
"""Share of a list's topics of which the article must say a word; lists of the whole site have less."""
_SHORT_ROW, _LONG_ROW, _FEW = 8, 15, 5


def _is_topic(word: str, site_name: str | None) -> bool:
    """No word of machines, and not the paper's own name."""
    return 1 < len(word) < 80 and not _MACHINE_WORD.fullmatch(word) and word.casefold() != (site_name or "").casefold()


def _share_said(words: tuple[str, ...], text: str) -> float:
    said = sum(any(part in text for part in word.casefold().split() if len(part) > 2 or not part.isascii()) for word in words)
    return said / len(words)


def _needs_no_word(source: str, words: tuple[str, ...], share: float, best: float) -> bool:
    """Whether a list is an editor's, who need not use the article's words: a short printed row, the article's own tags.

    Tags of which the article says nothing at all give way to a list of which it does.
    """
    if source == "meta.article:tag":
        return share > 0 or best < MIN_SAID
    return not source.startswith(("meta.", "jsonld.")) and len(words) <= _SHORT_ROW


def _better_told(lists: list[tuple[str, tuple[str, ...]]]) -> tuple[str, ...]:
    """The first list, or the editor's choice among its words ("news_keywords"), or a longer one of which it is a few."""
    (first, chosen), *others = lists
    mine = {word.casefold() for word in chosen}
    for source, words in others:
        theirs = {word.casefold() for word in words}
        if source == "meta.news_keywords" and len(words) > 2 and theirs < mine:
            return words
        if first != "meta.news_keywords" and len(mine) <= _FEW and mine < theirs and len(theirs) <= _LONG_ROW:
            return words
    return chosen


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
