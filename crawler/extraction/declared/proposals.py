"""The values that the readers of a page propose, each with its source; the judge chooses among them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Generic, TypeVar

from pipelines.reasons import FetchReason
from pipelines.text.dates import Timestamp

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Proposal(Generic[T]):
    """One value for one field."""

    value: T
    source: str
    """"jsonld.headline", "meta.og:title", "printed.h1", "family.midland-news" ..."""


@dataclass(frozen=True, slots=True)
class Verdict(Generic[T]):
    """The judge's decision for one field."""

    value: T
    source: str = ""
    """The source of the chosen proposal; empty if there is none."""
    why: str = "nothing was proposed"
    """One short sentence in plain words."""
    code: FetchReason | None = None
    """For the kind NOT_ARTICLE: the code of `why`."""


@dataclass(slots=True)
class Proposals:
    """All proposals for one page, by field, in order of discovery."""

    headlines: list[Proposal[str]] = field(default_factory=list)
    descriptions: list[Proposal[str]] = field(default_factory=list)
    bylines: list[Proposal[str]] = field(default_factory=list)
    """Raw bylines or names, with one or several persons per proposal; the order within a source is page order."""
    published: list[Proposal[Timestamp]] = field(default_factory=list)
    modified: list[Proposal[Timestamp]] = field(default_factory=list)
    called_published: set[datetime] = field(default_factory=set)
    """Instants that a label or a name in the markup declares as the publication."""
    sections: list[Proposal[str]] = field(default_factory=list)
    topics: list[Proposal[tuple[str, ...]]] = field(default_factory=list)
    languages: list[Proposal[str]] = field(default_factory=list)
    canonicals: list[Proposal[str]] = field(default_factory=list)
    kinds: list[Proposal[str]] = field(default_factory=list)
    free: list[Proposal[bool]] = field(default_factory=list)
    bodies: list[Proposal[tuple[str, ...]]] = field(default_factory=list)


_SPOKEN = {
    "family": "the platform's own rule",
    "printed.h1": "the printed heading",
    "printed.standfirst": "the printed standfirst",
    "printed.first": "the first paragraph, which is named as a lead",
    "printed.below-heading": "the printed line below the heading",
    "printed.tags": "the printed row of tags",
    "printed.line": "the printed line",
    "printed.time": "the printed time's machine value",
    "printed.epoch": "the printed time's machine value",
    "printed.text": "the printed time's words",
    "printed.link": "the printed link to the author",
    "printed.itemprop": "the printed box that is marked author",
    "printed.class": "the printed box that is named for authors",
    "printed.page": "a name printed elsewhere on the page",
    "printed.edge": "the line at the edge of the text",
    "printed": "the printed page",
    "title": "the title element",
    "html.lang": "the language that the page's root element names",
    "link.canonical": "the link to the canonical address",
    "data": "the data of the page's scripts",
    "url": "the day in the address",
    "site": "the site's definition",
}


def spoken(source: str) -> str:
    """A source in plain words: "jsonld.headline" -> "JSON-LD's headline"."""
    kind, _, name = source.partition(".")
    if kind == "jsonld":
        return f"JSON-LD's {name}"
    if kind == "meta":
        return f"the meta element {name}"
    if kind == "itemprop":
        return f"the microdata's {name}"
    known = _SPOKEN.get(source) or _SPOKEN.get(f"{kind}.{name.split('.')[0]}") or _SPOKEN.get(kind) or source
    return f"{known} (in the body)" if name.endswith(".body") else known


def rank(source: str, order: tuple[str, ...]) -> int:
    """The place of a source in an order; "meta.*" is all of meta; sources that are not in it come last."""
    kind = source.split(".", 1)[0]
    for name in (source, f"{kind}.*", kind):
        if name in order:
            return order.index(name)
    return len(order)
