"""Newsquest: The Argus, Oxford Mail, The Northern Echo, The Herald (Scotland), Eastern Daily Press and some two hundred more.

| generation | until | template, and how it is recognised |
|---|---|---|
| 2020 | about 2022 | `time.article-timestamp` with `data-timestamp` (seen) |
| 2022 | - | `mar-article__*` names, `p.article-first-paragraph`; `.p402_hide` around the metered part (from code that reads it) |

Its wrong zone (seen on one page of 2020): one element has `datetime` as naive local time and `data-timestamp` as Unix
seconds, and JSON-LD repeats the local time marked Z, which is an hour late in summer. The seconds are right. The other JSON-LD
times of such a page are assumed to be local as well (inferred).
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, timedelta

from lxml.etree import _Element as Element

from crawler.extraction.declared.proposals import Proposal, Proposals
from crawler.extraction.declared.structured import stamp
from crawler.extraction.markup.page import LONDON, Page, assume_zone, classed, holds_class, keep, text_of
from pipelines.text.dates import Precision, Timestamp
from pipelines.text.zones import zone_of

SOURCE = "family.newsquest"
_TIME_BOXES = {"2020": "article-timestamp", "2022": "mar-article__timestamp"}
_MINUTE = timedelta(seconds=61)
_OFFER = re.compile(
    r"\b(?:(?:download|get) (?:our|the) (?:[a-z]+ )?app|fewer ads|subscribe (?:now|today|here)|sign up)\b", re.IGNORECASE
)
"""English, like the group's titles: the link texts of its promotion."""
MAX_PLUG = 300


class Newsquest:
    """Two templates; the page repeats every part as an empty copy, so the first that has content is read."""

    name = "newsquest"
    version = 2

    def generation(self, page: Page) -> str | None:
        if not page.mentions("mar-article__", "article-first-paragraph", "article-timestamp"):
            return None
        # The meter's own name does not identify the family: other publishers use the same meter.
        if holds_class(page.body, "mar-article__") or holds_class(page.body, "article-first-paragraph"):
            return "2022"
        times = classed(page.body, "article-timestamp")
        return "2020" if any(one.tag == "time" and one.get("data-timestamp") is not None for one in times) else None

    def propose(self, page: Page, generation: str, into: Proposals) -> None:
        assume_zone(page, LONDON)
        _propose_times(page, _TIME_BOXES[generation], into)
        for element in classed(page.body, "article-first-paragraph")[:1]:
            into.descriptions.append(Proposal(text_of(element), SOURCE))
        for element in page.body.iterfind(".//*[@id='subscription-content']"):
            # It is named like an offer, but contains the metered text.
            keep(page, element)
        _drop_plugs(page)
        is_called_free = any(one.value and one.source == "jsonld.isAccessibleForFree" for one in into.free)
        if holds_class(page.body, "p402_hide") and not is_called_free:
            into.free.append(Proposal(False, SOURCE))


def _drop_plugs(page: Page) -> None:
    """Mark paragraphs that link to the group's own offers."""
    for link in page.body.iterfind(".//p//a"):
        paragraph = next(link.iterancestors("p"), None)
        if paragraph is not None and _OFFER.search(text_of(link)) and len(text_of(paragraph)) < MAX_PLUG:
            page.drop(paragraph)


def _propose_times(page: Page, box_name: str, into: Proposals) -> None:
    """Propose times from the seconds, otherwise from the local time; and correct declared times that are local time marked Z."""
    for box in classed(page.body, box_name)[:20]:
        for element in (box, *box.iterdescendants()):
            if element.tag != "time" and element.get("data-timestamp") is None:
                continue
            counted = stamp(element.get("data-timestamp") or element.get("datetime"), page, SOURCE)
            if counted is not None:
                (into.modified if _is_update(element, box) else into.published).append(counted)
    counted = next((one for one in into.published if one.source == SOURCE), None)
    declared = next((one for one in into.published if one.source == "jsonld.datePublished"), None)
    if counted and declared and _is_local_marked_utc(declared.value, counted.value):
        for stamps in (into.published, into.modified):
            stamps[:] = [replace(one, value=_as_local(one.value)) if one.source.startswith("jsonld.") else one for one in stamps]


def _is_update(element: Element, box: Element) -> bool:
    named = f"{element.get('itemprop') or ''} {element.get('class') or ''} {text_of(box)[:60]}".lower()
    return "datemodified" in named or "updated" in named


def _is_local_marked_utc(declared: Timestamp, right: Timestamp) -> bool:
    """Whether a stamp is an instant's wall clock in London, but marked as UTC."""
    return abs(_as_local(declared).instant - right.instant) <= _MINUTE < abs(declared.instant - right.instant)


def _as_local(declared: Timestamp) -> Timestamp:
    """The stamp with its wall clock read in London, if it was marked Z and has a time of day."""
    if declared.precision is Precision.DAY or not declared.raw.strip().upper().endswith("Z"):
        return declared
    return replace(declared, instant=declared.instant.replace(tzinfo=zone_of(LONDON)).astimezone(UTC))
