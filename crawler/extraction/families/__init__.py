"""Rules for the pages of one publisher: families of sites on one platform, each with its generations.

A family recognises its pages by their content, because an archive has pages of all generations. It proposes
values, marks furniture, and leaves the rest to the general readers. It never replaces them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from crawler.extraction.declared.proposals import Proposals
from crawler.extraction.families.arc_xp import ArcXp
from crawler.extraction.families.bbc import Bbc
from crawler.extraction.families.dc_thomson import DcThomson
from crawler.extraction.families.iliffe import Iliffe
from crawler.extraction.families.midland_news import MidlandNews
from crawler.extraction.families.national_world import NationalWorld
from crawler.extraction.families.newsquest import Newsquest
from crawler.extraction.families.reach import Reach
from crawler.extraction.families.wordpress import WordPress
from crawler.extraction.markup.page import Page

READERS = 9
"""Version of the general readers, which read every page: raise it if any page could be read differently than before."""


class Family(Protocol):
    """One platform. Raise `version` if a page could be read differently than before."""

    name: str
    """As in a site's `platform`."""
    version: int

    def generation(self, page: Page) -> str | None:
        """The family's template that the page is built with; None if it is not of this family.

        A generation is named by the month when it began ("2025-02"); it is valid until the next begins.
        """

    def propose(self, page: Page, generation: str, into: Proposals) -> None:
        """Add proposals with the source "family.<name>", and mark furniture with `page.drop`."""


FAMILIES: tuple[Family, ...] = (
    *(MidlandNews(), NationalWorld(), Newsquest(), Reach(), Bbc(), Iliffe(), DcThomson(), ArcXp()),
    WordPress(),
)
"""In the order in which they are tried: WordPress last, because others build on it."""


@dataclass(frozen=True, slots=True)
class FamilyMatch:
    """A family that recognises the page, and the page's generation."""

    family: Family
    generation: str

    @property
    def extractor(self) -> str:
        """ "midland-news/1.4:2025-02": stored, so that a later version knows which articles to read again."""
        return f"{self.family.name}/{self.family.version}.{READERS}:{self.generation}"


def recognise(page: Page, platform: str | None) -> FamilyMatch | None:
    """The family of a page: the one that the site names if it recognises the page, otherwise the first that does."""
    for family in sorted(FAMILIES, key=lambda one: one.name != platform):
        generation = family.generation(page)
        if generation is not None:
            return FamilyMatch(family, generation)
    return None
