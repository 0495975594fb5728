"""Notices about cookies, consent and embedded content, in place of what they would show."""

from __future__ import annotations

import re
from functools import lru_cache

_CONSENT = re.compile(
    r"\b(?:cookies?|kakor)\b.{0,200}\b(?:website|settings|consent|browser|partner|experience|einstellungen|erlebnis|a[kc]+ept\w+|accett\w+"
    r"|experiência|upplevelse|oplevelse|stimmen)|\b(?:accept|agree|consent|your device|(?:we|partners) (?:use|store)"
    r"|(?:site|seite) (?:uses|nutzt|verwendet))\b.{0,100}\bcookies?\b"
    r"|\bour (?:privacy|cookie) (?:policy|notice|statement)\b|\b(?:you|please)\b.{0,40}\benable javascript\b"
    r"|(?:extern|eingebettet|personenbezogen)\w* (?:inhalt|content|daten)|inhalte? (?:von|"
    r"anzuzeigen).{0,200}(?:einwillig|datenschutz|zustimm)"
    r"|(?:contenu|service).{0,120}(?:traceurs|cookies)|third[- ]party (?:content|cookies).{0,200}(?:accept|consent|"
    r"settings)|this (?:content|slideshow|site) requires javascript"
)
"""Searched in small letters."""

_QUOTED = re.compile(r"[\"“„«][^\"“”„«»]{1,600}[\"“”»]")
_SPEAKS = re.compile(
    r"\b(?:[Yy]ours?|[Yy]ou|[Ww]e|[Oo]ur|[Tt]his (?:web)?site|[Tt]his (?:content|slideshow|page|video|service|embed)|[Cc]lick|"
    r"Accept|[Mm]anage|Sie|Ih(?:nen|re?[mnrs]?)|[Dd]u|[Dd]eine?[mnrs]?|[Ww]ir|[Uu]nsere?[mnrs]?|"
    r"[Dd]iese[mnrs]? (?:Web)?(?:[Ss]ite|[Ss]eite|Inhalte?)|[Ee]xterne[rsn]? Inhalte?|[Ee]inwilligung|[Ee]instellungen|"
    r"[Zz]ustimmung|[Vv]ous|[Vv]otre|[Vv]os|[Nn]ous|[Nn]otre|[Cc]e (?:site|contenu|service)|[Aa]ccepter|"
    r"usted|[Uu]tilizamos|[Uu]samos|nuestr\w+|"
    r"[Ee]ste (?:sitio|contenido|site|conteúdo)|[Aa]cept\w+|nossos?|nossas?|[Qq]uesto (?:sito|contenuto)|nostr\w+|[Aa]ccett\w+|"
    r"[Tt]a strona|[Dd]enne (?:side|hjemmeside)|[Dd]en här (?:sidan|webbplatsen)|[Vv]i (?:använder|bru[gk]er)|"
    r"[Dd]eze (?:web)?(?:site|inhoud)|[Ww]ij|[Oo]nze|uw|jouw|JavaScript|javascript)\b"
)
"""Words by which a notice speaks to its reader about the site; a story about cookies or data tells of somebody else."""


def speaks_to_reader(text: str) -> bool:
    """Whether a text, but for what it quotes, speaks to its reader or of the house."""
    return _SPEAKS.search(_QUOTED.sub(" ", text)) is not None


_CONSENT_HINTS = ("cookie", "inhalt", "content", "daten", "traceurs", "javascript", "slideshow", "kakor", "privacy")


@lru_cache(maxsize=1_000)  # asked when a block is weighed and again when it is judged
def is_consent(text: str) -> bool:
    """A notice about cookies, consent or embedded content."""
    if len(text) >= 1200:
        return False
    lowered = text.lower()
    for hint in _CONSENT_HINTS:
        if hint in lowered:
            return _CONSENT.search(lowered) is not None and speaks_to_reader(text)
    return False
