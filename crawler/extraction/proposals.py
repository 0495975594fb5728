"""What the readers of a page propose, each value with where it was found; the judge chooses among them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Generic, TypeVar

from pipelines.dates import Timestamp

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Proposal(Generic[T]):
    """One value for one field."""

    value: T
    source: str
    """"jsonld.headline", "meta.og:title", "printed.h1", "family.midland-news" ..."""


@dataclass(slots=True)
class Proposals:
    """All that was proposed for one page, field by field, in order of discovery."""

    headlines: list[Proposal[str]] = field(default_factory=list)
    descriptions: list[Proposal[str]] = field(default_factory=list)
    bylines: list[Proposal[str]] = field(default_factory=list)
    """Raw bylines or names, one person or several a proposal; order within a source is page order."""
    published: list[Proposal[Timestamp]] = field(default_factory=list)
    modified: list[Proposal[Timestamp]] = field(default_factory=list)
    sections: list[Proposal[str]] = field(default_factory=list)
    topics: list[Proposal[tuple[str, ...]]] = field(default_factory=list)
    languages: list[Proposal[str]] = field(default_factory=list)
    canonicals: list[Proposal[str]] = field(default_factory=list)
    kinds: list[Proposal[str]] = field(default_factory=list)
    free: list[Proposal[bool]] = field(default_factory=list)
    bodies: list[Proposal[tuple[str, ...]]] = field(default_factory=list)


def rank(source: str, order: tuple[str, ...]) -> int:
    """Place of a source in an order; "meta.*" stands for all of meta; the unnamed come last."""
    kind = source.split(".", 1)[0]
    for name in (source, f"{kind}.*", kind):
        if name in order:
            return order.index(name)
    return len(order)
