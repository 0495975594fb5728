"""Short lines printed around a page's heading, and which of them say that somebody paid for the page.

A label above an advertisement ("Anzeige", "Advertisement") says nothing about the page around it: such words count only as the
name of a section. A line counts as a label if it is about the piece itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import islice

from lxml.etree import _Element as Element

from crawler.extraction.body.blocks import Block

MAX_LABEL = 70
"""Maximum characters; longer lines are sentences."""
MAX_ABOVE, MAX_BELOW = 4, 3
"""Maximum lines read on each side: further away, "Sponsored content" is the name of an advertisement between heading and text."""
MAX_CLIMB = 3
MAX_SIBLINGS = 30

_BY = r"(?:\s*(?:by|von|par|por|da|door|av|af|przez|:)\s+\S.{0,60})?"
_PAID = re.compile(
    r"(?:(?:sponsored|paid|promoted|partner(?:ed)?|branded?|native|advertiser|commercial|promotional|presented)[ -]"
    r"(?:content|post|article|story|feature|partnership|supplement|message|voices?|studio)" + _BY + "|"
    r"(?:sponsored|presented|promoted|paid for|brought to you|gesponsert|präsentiert|sponsorisé|patrocinado|sponsorizzato|"
    r"gesponsord|sponsrat|sponset|sponsoreret)\s+(?:by|von|par|por|da|door|av|af)\s+\S.{1,60}|"
    r"sponsored|promoted|gesponsert|sponsorisé|patrocinado|sponsorizzato|gesponsord|sponsrat|sponset|sponsoreret|"
    r"in (?:paid )?(?:association|partnership) with\s+\S.{1,60}|advertisement feature|advertising feature|"
    r"special advertising section|advertorial|paid for and presented by .{1,60}|"
    # German
    r"(?:gesponserte[rs]?|bezahlte[rs]?) (?:inhalt|beitrag|artikel|anzeige)|(?:pr-|verlags-?)anzeige|"
    r"entgeltliche einschaltung|(?:anzeigen)?sonderveröffentlichung|werbebeitrag|"
    # French
    r"contenu (?:sponsorisé|partenaire|de marque)|publi-?(?:reportage|rédactionnel|communiqué|info)|"
    # Spanish, Portuguese, Italian
    r"publirreportaje|contenido (?:patrocinado|de marca|publicitario)|publicidad nativa|espacio patrocinado|"
    r"conteúdo (?:patrocinado|publicitário|de marca)|publieditorial|informe publicitário|"
    r"contenuto (?:sponsorizzato|promozionale)|pubbliredazionale|informazione pubblicitaria|publiredazionale|"
    # Dutch, Danish, Norwegian, Swedish, Finnish
    r"gesponsorde (?:inhoud|bijdrage)|partnercontent|partnerbijdrage|ingezonden mededeling|annonsørinnhold|betalt innhold|"
    r"annoncørbetalt(?: indhold)?|sponsoreret indhold|annonssamarbete|sponsrat innehåll|kaupallinen yhteistyö|"
    # Polish, Czech, Hungarian, Romanian, Russian
    r"(?:artykuł|materiał|tekst) (?:sponsorowany|partnera|promocyjny)|komerční (?:sdělení|článek|prezentace)|"
    r"támogatott tartalom|articol sponsorizat|на правах рекламы|партн[её]рский материал)"
    r"[.:]?",
    re.IGNORECASE,
)
_PAID_HEADLINE = re.compile(
    r"(?:sponsored(?: content| post)?|advertorial|advertisement feature|paid (?:content|post)|publirreportaje|publireportage|"
    r"anzeige|gesponsert)\s*[:|–—-]\s",
    re.IGNORECASE,
)


def labels_around(heading: Element | None, head: Iterable[Block]) -> tuple[str, ...]:
    """Short lines just above the heading, nearest first, then those between heading and text."""
    above: list[str] = []
    current = heading
    for _ in range(MAX_CLIMB):
        if current is None or current.tag in ("body", "main", "html"):
            break
        for sibling in islice(current.itersiblings(preceding=True), MAX_SIBLINGS):
            text = _short_text(sibling)
            if text:
                above.append(text)
            if len(above) >= MAX_ABOVE:
                break
        current = current.getparent()
    below = [block.text for block in islice(head, MAX_BELOW) if block.length <= MAX_LABEL]
    return (*above[:MAX_ABOVE], *below)


def _short_text(element: Element) -> str:
    """The text of a small element; empty for a large one."""
    if not isinstance(element.tag, str):
        return ""
    parts: list[str] = []
    length = 0
    for text in element.itertext():
        parts.append(str(text))
        length += len(text.strip())
        if length > MAX_LABEL or len(parts) > 20:
            return ""
    return " ".join("".join(parts).split())


def says_paid(labels: Iterable[str], headline: str) -> bool:
    """Whether a line around the heading, or the heading's beginning, says that somebody paid for the piece."""
    return any(_PAID.fullmatch(label) for label in labels) or _PAID_HEADLINE.match(headline) is not None
