"""Paywall flags of a page: schema.org's in all their spellings, those of its parts, and the meta elements of tiers.

Only proposes; never reads withheld text. What a page shows is its text, whatever the flag says.
"""

from __future__ import annotations

import re
from typing import Any

from lxml.etree import _Element as Element

from crawler.extraction.declared.jsonld import Item
from crawler.extraction.declared.meta import Meta
from crawler.extraction.declared.proposals import Proposal, Proposals
from crawler.extraction.markup.page import Page

_WORD = re.compile(r"[a-z]+")
_TRUE, _FALSE = frozenset(("true", "yes", "free", "1")), frozenset(("false", "no", "0"))
_FREE_TIERS = frozenset(("free", "open", "public", "none"))
_PAID_TIERS = frozenset(
    ("metered", "locked", "premium", "paid", "subscriber", "subscribers", "subscription", "plus", "paywall", "member", "members")
)
_TIERS = (
    "article:content_tier",
    "article:content-tier",
    "article_content_tier",
    "content_tier",
    "content-tier",
    "og:content_tier",
)
_SELECTOR = re.compile(r"[.#]([\w-]{2,60})$")
MAX_PARTS = 20


def propose_access(page: Page, item: Item | None, metas: Meta, into: Proposals) -> None:
    """Propose whether the page is free, from JSON-LD, microdata and meta; nothing if they do not say."""
    whole = _flag(item.get("isAccessibleForFree")) if item else None
    if whole is not None:
        into.free.append(Proposal(whole, "jsonld.isAccessibleForFree"))
    elif item and _withholds_part(page, item.get("hasPart")):
        into.free.append(Proposal(False, "jsonld.hasPart"))
    declared = _flag(next(iter(metas.get("itemprop:isaccessibleforfree", metas.get("isaccessibleforfree", ()))), None))
    if declared is not None:
        into.free.append(Proposal(declared, "itemprop.isaccessibleforfree"))
    for name in _TIERS:
        tier = _tier(metas[name][0]) if name in metas else None
        if tier is not None:
            into.free.append(Proposal(tier, f"meta.{name}"))


def _flag(value: Any) -> bool | None:
    """The flag in "False", false, ["False"], "http://schema.org/False": all were seen. None if the value is neither yes nor
    no."""
    if isinstance(value, list):
        value = value[0] if value else None
    if isinstance(value, bool):
        return value
    if isinstance(value, int):
        value = str(value)
    if not isinstance(value, str) or len(value) > 100:
        return None
    word = value.strip().rstrip("/").rsplit("/", 1)[-1].lower()
    return True if word in _TRUE else False if word in _FALSE else None


def _tier(value: str) -> bool | None:
    """Whether a tier is free: "free", "metered", "locked", also in forms like "free /" (seen); None if the value is empty or
    unknown."""
    words = set(_WORD.findall(value.lower()[:100]))
    return False if words & _PAID_TIERS else True if words & _FREE_TIERS else None


def _withholds_part(page: Page, parts: Any) -> bool:
    """Whether a part that is on the page is declared as paid for; templates also declare it on free pages, which do not
    contain it."""
    for part in (parts if isinstance(parts, list) else [parts])[:MAX_PARTS]:
        if not isinstance(part, dict) or _flag(part.get("isAccessibleForFree")) is not False:
            continue
        selector = part.get("cssSelector")
        found = _SELECTOR.search(selector) if isinstance(selector, str) and len(selector) < 300 else None
        if found and page.mentions(found[1]) and any(_bears(element, found[1]) for element in page.elements):
            return True
    return False


def _bears(element: Element, name: str) -> bool:
    return element.get("id") == name or name in (element.get("class") or "").split()
