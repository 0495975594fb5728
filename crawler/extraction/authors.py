"""The judge of bylines: which of the proposed names are the article's authors, and which line printed them."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import lru_cache

from crawler.extraction.meta import names
from crawler.extraction.proposals import Proposals
from pipelines.article import Author
from pipelines.bylines import parse_byline

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
UNMARKED_BYLINES = names("printed.page printed.edge")
"""Sources of names, the most trusted first."""


def authors_of(proposals: Proposals, site_name: str | None) -> tuple[str | None, tuple[Author, ...]]:
    """(byline as printed, persons). Machines are believed where the page prints the same name, or prints none.

    They seldom tell role and agency: those are the printed byline's for every person whom both name.
    """
    structured = _first_persons(proposals, STRUCTURED_BYLINES, site_name)
    printed = _first_persons(proposals, PRINTED_BYLINES, site_name)
    if not structured and not printed:
        printed = _first_persons(proposals, UNMARKED_BYLINES, site_name)
    chosen = _chosen_authors(proposals, structured, printed)
    if printed:
        fullest = _all_printed(proposals, site_name)
        chosen = tuple(_with_printed_role(author, fullest) for author in chosen)
    return _printed_byline(proposals, chosen), chosen


def _chosen_authors(proposals: Proposals, structured: tuple[Author, ...], printed: tuple[Author, ...]) -> tuple[Author, ...]:
    if not structured or not printed:
        return structured or printed
    told, shown = {author.name.casefold() for author in structured}, {author.name.casefold() for author in printed}
    if told & shown:
        # Many more than machines know of are the words of a toolbar.
        return printed if told < shown and len(shown) <= len(told) + 3 else structured
    everything = " ".join(one.value for one in proposals.bylines if one.source.startswith("printed")).casefold()
    return structured if any(name in everything for name in told) else printed


def _all_printed(proposals: Proposals, site_name: str | None) -> dict[str, Author]:
    """Everybody whom printed bylines name, with the fullest that any of them says of each."""
    found: dict[str, Author] = {}
    for proposal in proposals.bylines:
        if proposal.source.startswith("printed"):
            for author in _persons_in(proposal.value, site_name):
                known = found.get(author.name.casefold())
                if known is None or (not (known.role or known.agency) and (author.role or author.agency)):
                    found[author.name.casefold()] = author
    return found


def _with_printed_role(author: Author, printed: dict[str, Author]) -> Author:
    shown = printed.get(author.name.casefold())
    if shown is None:
        return author
    return replace(author, role=author.role or shown.role, agency=author.agency or shown.agency)


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
                for author in _persons_in(proposal.value, site_name):
                    found.setdefault(author.name.casefold(), author)
                if found and source.startswith("printed.class"):
                    break
        if found:
            return tuple(found.values())
    return ()


_PAYER = re.compile(
    r"(?:sponsored|paid for|presented|promoted|supported|brought to you|in (?:association|partnership) with|in partnership|"
    r"gesponsert|präsentiert|sponsorisé|patrocinado|sponsorizzato|gesponsord|sponsrad|sponset|sponsoreret)\b",
    re.IGNORECASE,
)


@lru_cache(maxsize=4_000)
def _persons_in(byline: str, site_name: str | None) -> tuple[Author, ...]:
    """Whom a line names as its writers: who paid for the piece did not write it."""
    if byline.startswith(("http://", "https://")) or _PAYER.match(byline):
        return ()
    return parse_byline(byline, title=site_name).authors
