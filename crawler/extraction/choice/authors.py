"""Choice of authors: which of the proposed names are the article's authors, and which line prints them."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import lru_cache

from crawler.extraction.declared.meta import names
from crawler.extraction.declared.proposals import Proposals, Verdict, spoken
from crawler.extraction.declared.titles import letters
from pipelines.article import Author
from pipelines.text.bylines import parse_byline, parse_organisation

STRUCTURED_BYLINES = names(
    """
    family jsonld.author meta.parsely-author meta.author meta.sailthru.author meta.byl meta.cxenseparse:author
    meta.citation_author meta.citation_authors meta.dc.creator meta.og:article:author meta.article:author
    meta.itemprop:author jsonld.creator meta.twitter:data
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


@dataclass(frozen=True, slots=True)
class SiteAuthors:
    """The publisher of the page, which is not one of its writers."""

    name: str | None = None
    letters: frozenset[str] = frozenset()
    """From `titles.site_names`."""


@dataclass(frozen=True, slots=True)
class _Named:
    """Persons, and the source that names them."""

    persons: tuple[Author, ...] = ()
    source: str = ""

    @property
    def keys(self) -> set[str]:
        return {author.name.casefold() for author in self.persons}


def authors_of(proposals: Proposals, house: SiteAuthors) -> tuple[Verdict[str | None], Verdict[tuple[Author, ...]]]:
    """(byline as printed, persons or otherwise the organisation). Declared names are trusted if the page prints one of them,
    or none.

    Markup seldom declares role and agency: they are taken from the printed byline, for every person whom both name.
    """
    structured = _first_persons(proposals, STRUCTURED_BYLINES, house)
    printed = _first_persons(proposals, PRINTED_BYLINES, house)
    if not structured.persons and not printed.persons:
        sections = frozenset(letters(one.value) for one in proposals.sections)  # "Real Life" in bold is a kicker
        printed = _first_persons(proposals, UNMARKED_BYLINES, replace(house, letters=house.letters | sections))
    chosen, why = _chosen_authors(proposals, structured, printed)
    persons = chosen.persons
    if printed.persons:
        fullest = _all_printed(proposals, house)
        persons = tuple(_with_printed_role(author, fullest) for author in persons)
    byline = _printed_byline(proposals, persons)
    organisation = None if persons else _organisation(proposals, house)
    if organisation is not None:
        return byline, organisation
    return byline, Verdict(persons, chosen.source, why)


_OF_TEMPLATES = ("meta.", "jsonld.organisation")


def _organisation(proposals: Proposals, house: SiteAuthors) -> Verdict[tuple[Author, ...]] | None:
    """The first agency that is named; otherwise the first declared organisation, then the first printed one.

    The publisher itself counts if a byline names it; a name that a template puts on every page does not count.
    """
    found: list[tuple[Author, str]] = []
    for source in ("jsonld.author", "jsonld.organisation", *STRUCTURED_BYLINES, *PRINTED_BYLINES, "printed.page"):
        for proposal in proposals.bylines:
            if proposal.source == source and not _PAYER.match(proposal.value):
                is_declared = not source.startswith(("printed", "jsonld.organisation"))
                author = parse_organisation(proposal.value, title=house.name, is_declared=is_declared)
                if author and not (source.startswith(_OF_TEMPLATES) and letters(author.name) in house.letters):
                    found.append((author, source))
    author, source = next((one for one in found if one[0].agency), found[0] if found else (None, ""))
    return Verdict((author,), source, f"{spoken(source)}; no person is named") if author else None


def _chosen_authors(proposals: Proposals, structured: _Named, printed: _Named) -> tuple[_Named, str]:
    """(the names to trust, why)."""
    declared, shown = structured.keys, printed.keys
    if not declared or not shown:
        if not declared and not shown:
            return _Named(), "no person is named" if proposals.bylines else "nothing was proposed"
        chosen = structured if declared else printed
        return chosen, f"{spoken(chosen.source)}; {'no person is printed' if declared else 'no person is declared'}"
    if declared & shown:
        # Many more printed names than declared ones are the words of a toolbar.
        if declared < shown and len(shown) <= len(declared) + 3:
            return printed, f"the page prints whom {spoken(structured.source)} names, and others"
        return structured, f"{spoken(structured.source)}, and the page prints the same name"
    everything = " ".join(one.value for one in proposals.bylines if one.source.startswith("printed")).casefold()
    if any(name in everything for name in declared):
        return structured, f"{spoken(structured.source)}, whom a printed line names too"
    return printed, f"printed; nothing printed names whom {spoken(structured.source)} does"


def _all_printed(proposals: Proposals, house: SiteAuthors) -> dict[str, Author]:
    """All persons named in printed bylines, each with the fullest form (role, agency) among them."""
    found: dict[str, Author] = {}
    for proposal in proposals.bylines:
        if proposal.source.startswith("printed"):
            for author in _persons_in(proposal.value, house):
                known = found.get(author.name.casefold())
                if known is None or (not (known.role or known.agency) and (author.role or author.agency)):
                    found[author.name.casefold()] = author
    return found


def _with_printed_role(author: Author, printed: dict[str, Author]) -> Author:
    shown = printed.get(author.name.casefold())
    if shown is None:
        return author
    return replace(author, role=author.role or shown.role, agency=author.agency or shown.agency)


_TOP_LINES = ("printed.line", "printed.itemprop.head", "printed.class.head")


def _printed_byline(proposals: Proposals, chosen: tuple[Author, ...]) -> Verdict[str | None]:
    """The byline found by a family; otherwise the shortest printed line that names all authors. Without persons: the first
    line near the top that is marked as a byline.
    """
    lines = [
        (" ".join(one.value.split()), one.source)
        for one in proposals.bylines
        if one.source.startswith(("family", "printed")) and "link" not in one.source
    ]
    if not chosen:
        for line, source in sorted(lines, key=lambda one: not one[1].startswith("family")):
            if source.startswith("family") or source in _TOP_LINES:
                return Verdict(line, source, f"{spoken(source)}, which names no person") if len(line) < 120 else Verdict(None)
        return Verdict(None)
    naming = [one for one in lines if all(author.name.casefold() in one[0].casefold() for author in chosen)]
    if not naming:
        return Verdict(None, why="no printed line names all the authors")
    line, source = min(naming, key=lambda one: (not one[1].startswith("family"), len(one[0])))
    return Verdict(line, source, f"{spoken(source)}, the shortest line that names all the authors")


def _first_persons(proposals: Proposals, order: tuple[str, ...], house: SiteAuthors) -> _Named:
    for source in order:
        found: dict[str, Author] = {}
        for proposal in proposals.bylines:
            if proposal.source.split(".")[0] == source or proposal.source == source:
                for author in _persons_in(proposal.value, house):
                    found.setdefault(author.name.casefold(), author)
                if found and source.startswith("printed.class"):
                    break
        if found:
            return _Named(tuple(found.values()), source)
    return _Named()


_PAYER = re.compile(
    r"(?:sponsored|paid for|presented|promoted|supported|brought to you|in (?:association|partnership) with|in partnership|"
    r"gesponsert|präsentiert|sponsorisé|patrocinado|sponsorizzato|gesponsord|sponsrad|sponset|sponsoreret)\b",
    re.IGNORECASE,
)


@lru_cache(maxsize=4_000)
def _persons_in(byline: str, house: SiteAuthors) -> tuple[Author, ...]:
    """The persons that a line names as writers; a line that names who paid for the piece has none."""
    if byline.startswith(("http://", "https://")) or _PAYER.match(byline):
        return ()
    found = parse_byline(byline, title=house.name).authors
    return tuple(author for author in found if letters(author.name) not in house.letters)


def full_names(proposals: Proposals, house: SiteAuthors) -> frozenset[str]:
    """Names of more than one word among the persons proposed so far: they identify a paragraph about the writer."""
    return frozenset(author.name for one in proposals.bylines for author in _persons_in(one.value, house) if " " in author.name)
