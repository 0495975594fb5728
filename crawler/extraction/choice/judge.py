"""Choice of each field's value among the values that the readers proposed, with the reason for it."""

from __future__ import annotations

import re
from collections.abc import Collection

from crawler.extraction.declared.jsonld import overlap
from crawler.extraction.declared.meta import names
from crawler.extraction.declared.proposals import Proposal, Proposals, Verdict, rank, spoken
from crawler.extraction.declared.titles import letters, without_site_name

HEADLINES = names(
    """
    family printed.h1 jsonld.headline meta.og:title meta.headline meta.dc.title meta.twitter:title title
    """
)
DESCRIPTIONS = names(
    """
    family printed.standfirst printed.below-heading printed.first meta.og:description meta.description jsonld.description
    meta.twitter:description meta.sailthru.description meta.dc.description
    """
)
TOPICS = names(
    """
    family jsonld.keywords meta.article:tag meta.news_keywords printed.tags meta.keywords
    """
)
"""Sources of each field, the most trusted first; sources of vendors (parsely, sailthru, cxense) come after these."""

_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:[-_][A-Za-z0-9]{2,8})*")
_END = re.compile(r"[.!?…。][\"'”’»)]*$")
_MACHINE_WORD = re.compile(
    r"[0-9a-f]{8}-[0-9a-f-]{20,}|\d+|[\w.-]+\.(?:com|net|org|de|co\.uk|ie)|\w*_\w*|.*[:=|#/].*", re.IGNORECASE
)


def headline(proposals: Proposals, names_of_site: frozenset[str] = frozenset()) -> Verdict[str | None]:
    """The printed heading; otherwise the declared headline, without the site's name."""
    for proposal in sorted(proposals.headlines, key=lambda one: rank(one.source, HEADLINES)):
        if not proposal.value:
            continue
        if proposal.source.startswith(("printed", "family")):
            return Verdict(proposal.value, proposal.source, spoken(proposal.source))
        why = f"no heading is printed; {spoken(proposal.source)}"
        cut = without_site_name(proposal.value, names_of_site)
        return Verdict(cut, proposal.source, why if cut == proposal.value else f"{why}, without the site's name")
    return Verdict(None)


def description(proposals: Proposals) -> Verdict[str | None]:
    """The printed standfirst; otherwise a declared description. A cut text is replaced by a whole one with the same beginning.

    A line below the heading that no name marks as standfirst counts only if much the same is declared, or nothing is declared.
    """
    ranked = sorted(proposals.descriptions, key=lambda one: rank(one.source, DESCRIPTIONS))
    # JSON-LD's alternative headline is as often the standfirst as a headline.
    titles = {letters(one.value) for one in proposals.headlines if one.source != "jsonld.alternativeHeadline"}
    usable = [one for one in ranked if len(one.value) > 1 and not _is_title(letters(one.value), titles)]
    declared = [one for one in usable if not one.source.startswith("printed")]
    named = [one for one in usable if one.source in ("family", "printed.standfirst")]
    lines = [one for one in usable if one.source == "printed.below-heading"]
    for one in (*named, *lines):
        if any(_confirms(other, one) for other in declared):
            return _whole(one, declared, f"{spoken(one.source)}, and machines are told much the same")
    for one in named:
        if _END.search(one.value) or len(one.value) > 70:
            return _whole(one, declared, f"{spoken(one.source)}, a whole sentence")
    for one in declared:
        return _whole(one, declared, f"no standfirst is printed; {spoken(one.source)}")
    # The first paragraph of the text, if it is named as a lead.
    for one in (*named, *lines, *usable):
        return Verdict(one.value, one.source, f"machines are told nothing; {spoken(one.source)}")
    return Verdict(None)


def _is_title(text: str, titles: Collection[str]) -> bool:
    """Whether a text repeats a headline, perhaps with a kicker before it."""
    return any(text.endswith(title) and len(text) < 1.6 * len(title) for title in titles if title)


def _confirms(declared: Proposal[str], printed: Proposal[str]) -> bool:
    """Whether a declared text is much the same as a printed one. A line that no name marks must also be most of the declared
    text, not one of several points or the second half of a headline.
    """
    if overlap(declared.value, printed.value) <= 0.6:
        return False
    is_marked = printed.source != "printed.below-heading"
    return is_marked or (declared.source != "jsonld.alternativeHeadline" and len(printed.value) > 0.6 * len(declared.value))


def _whole(chosen: Proposal[str], declared: list[Proposal[str]], why: str) -> Verdict[str | None]:
    """The chosen text; if it is cut, the longest declared text with the same beginning."""
    value, source = chosen.value, chosen.source
    for other in declared:
        start = value.rstrip(" .…")[:60]
        is_longer = len(other.value) > len(value) and len(start) > 20 and other.value.startswith(start)
        if is_longer and value.endswith(("...", "…")):
            value, source, why = other.value, other.source, f"{spoken(other.source)}, whose beginning {spoken(chosen.source)} is"
    return Verdict(value, source, why)


def body(proposals: Proposals) -> Verdict[tuple[str, ...]]:
    """The printed body; or the text in the page's data, if a script has yet to print it and it is more than twice as long."""
    chosen: Verdict[tuple[str, ...]] = Verdict((), why="no text was found")
    for proposal in proposals.bodies:
        if sum(map(len, proposal.value)) > 2 * sum(map(len, chosen.value)):
            why = spoken(proposal.source) + (f", more than twice as long as {spoken(chosen.source)}" if chosen.value else "")
            chosen = Verdict(proposal.value, proposal.source, why)
    return chosen


def section(proposals: Proposals) -> Verdict[str | None]:
    for one in proposals.sections:
        if 1 < len(one.value) < 80:
            return Verdict(one.value, one.source, f"the first name of a length a section has: {spoken(one.source)}")
    return Verdict(None)


def topics(proposals: Proposals, text: str, site_name: str | None, writers: Collection[str] = ()) -> Verdict[tuple[str, ...]]:
    """The first list that is about this article, or a better form of the same list, without the writers' names."""
    names = {name.casefold() for name in (*writers, site_name or "")}
    lists: list[tuple[str, tuple[str, ...]]] = []
    for proposal in sorted(proposals.topics, key=lambda one: rank(one.source, TOPICS)):
        spelled = (_TOPIC_LABEL.sub("", word) for word in proposal.value)
        words = tuple(word for word in dict.fromkeys(spelled) if _is_topic(word, names))
        if words:
            lists.append((proposal.source, words))
    lowered = text.casefold()
    overlaps = [_share_in_text(words, lowered) for _, words in lists]
    declared = [
        (source, words)
        for (source, words), share in zip(lists, overlaps, strict=True)
        if share >= MIN_SAID or _needs_no_word(source, words, share, max(overlaps))
    ]
    if declared:
        return _better_declared(declared)
    return Verdict((), why="no list is about this article" if lists else "nothing was proposed")


MIN_SAID = 0.25
"""Minimum share of a list's topics of which a word is in the article; lists of the whole site have less."""
_SHORT_ROW, _LONG_ROW, _FEW = 8, 15, 5


_TOPIC_LABEL = re.compile(r"^(?:tags?|topics?|keywords?|subjects?)\s*:\s*", re.IGNORECASE)


def _is_topic(word: str, names: Collection[str]) -> bool:
    """Whether a word may be a topic: not a machine's code, not the name of the site or of a writer of the article."""
    return 1 < len(word) < 80 and not _MACHINE_WORD.fullmatch(word) and word.casefold() not in names


def _share_in_text(words: tuple[str, ...], text: str) -> float:
    overlaps = sum(any(part in text for part in word.casefold().split() if len(part) > 2 or not part.isascii()) for word in words)
    return overlaps / len(words)


def _needs_no_word(source: str, words: tuple[str, ...], share: float, best: float) -> bool:
    """Whether an editor made a list, so that the article need not contain its words: a short printed row, or the article's tags.

    Tags without any word in the article are refused if another list reaches `MIN_SAID`.
    """
    if source == "meta.article:tag":
        return share > 0 or best < MIN_SAID
    return not source.startswith(("meta.", "jsonld.", "data")) and len(words) <= _SHORT_ROW


def _better_declared(lists: list[tuple[str, tuple[str, ...]]]) -> Verdict[tuple[str, ...]]:
    """The first list; or the same words separated; or the editor's selection from it ("news_keywords"); or a longer list that
    contains it, if it has only a few words."""
    (first, chosen), *others = lists
    mine = {word.casefold() for word in chosen}
    printed = next((sorted(words) for source, words in others if source == "printed.tags"), [])
    for source, words in others:
        theirs = {word.casefold() for word in words}
        if len(mine) > _LONG_ROW and source != "printed.tags" and sorted(words) == printed:
            return Verdict(words, source, f"{spoken(source)}, which the page prints, unlike {spoken(first)}")
        if len(chosen) == 1 and len(words) > 2 and sorted(" ".join(words).split()) == sorted(chosen[0].split()):
            return Verdict(words, source, f"{spoken(source)}, whose words {spoken(first)} runs together")
        if source == "meta.news_keywords" and len(words) > 2 and theirs < mine:
            return Verdict(words, source, f"the editor's choice among {spoken(first)}")
        if first != "meta.news_keywords" and len(mine) <= _FEW and mine < theirs and len(theirs) <= _LONG_ROW:
            return Verdict(words, source, f"{spoken(source)}, of which {spoken(first)} is a few")
    return Verdict(chosen, first, f"{spoken(first)}: the most trusted list that is about this article")


def language(proposals: Proposals, of_site: str | None) -> Verdict[str | None]:
    for one in proposals.languages:
        if _LANGUAGE.fullmatch(one.value):
            return Verdict(one.value, one.source, spoken(one.source))
    return Verdict(of_site, "site", "the page does not say; the site's definition does") if of_site else Verdict(None)


def is_free(proposals: Proposals) -> Verdict[bool | None]:
    """False if any source marks the page as paid for, otherwise True if one calls it free, otherwise None."""
    for one in sorted(proposals.free, key=lambda one: one.value):
        says = "calls the page free, and none marks it as paid for" if one.value else "marks the page as paid for"
        return Verdict(one.value, one.source, f"{spoken(one.source)} {says}")
    return Verdict(None, why="nothing is said of a price")
