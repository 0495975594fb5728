"""Notices about cookies, consent and embedded content, in place of what they would show."""

from __future__ import annotations

import re
from functools import lru_cache

_CONSENT = re.compile(
    r"\bcookies?\b.{0,200}\b(?:website|settings|consent|accept|browser|partner|experience|einstellungen|akzept\w+|acept\w+|accett\w+)"
    r"|(?:extern|eingebettet|personenbezogen)\w* (?:inhalt|content|daten)|inhalte? (?:von|"
    r"anzuzeigen).{0,200}(?:einwillig|datenschutz|zustimm)"
    r"|(?:contenu|service).{0,120}(?:traceurs|cookies)|third[- ]party (?:content|cookies).{0,200}(?:accept|consent|"
    r"settings)|this (?:content|slideshow|site) requires javascript"
)
"""Searched in small letters."""

_QUOTED = re.compile(r"[\"“„«][^\"“”„«»]{1,600}[\"“”»]")
_SPEAKS = re.compile(
    r"\b(?:[Yy]ours?|[Yy]ou|[Ww]e|[Oo]ur|[Tt]his (?:web)?site|[Tt]his (?:content|slideshow|page|video|service|embed)|[Cc]lick|"
    r"[Aa]ccept|[Mm]anage|Sie|Ih(?:nen|re?[mnrs]?)|[Dd]u|[Dd]eine?[mnrs]?|[Ww]ir|[Uu]nsere?[mnrs]?|"
    r"[Dd]iese[mnrs]? (?:Web)?(?:[Ss]ite|[Ss]eite|Inhalte?)|[Ee]xterne[rsn]? Inhalte?|[Ee]inwilligung|[Ee]instellungen|"
    r"[Zz]ustimmung|[Vv]ous|[Vv]otre|[Vv]os|[Nn]ous|[Nn]otre|[Cc]e (?:site|contenu|service)|[Aa]ccepter|"
    r"usted|[Uu]tilizamos|[Uu]samos|nuestr\w+|"
    r"[Ee]ste (?:sitio|contenido|site|conteúdo)|[Aa]cept\w+|nossos?|nossas?|[Qq]uesto (?:sito|contenuto)|nostr\w+|[Aa]ccett\w+|"
    r"[Dd]eze (?:web)?(?:site|inhoud)|[Ww]ij|[Oo]nze|uw|jouw|JavaScript|javascript)\b"
)
"""Words by which a notice speaks to its reader about the site; a story about cookies or data tells of somebody else."""

_CONSENT_HINTS = ("cookie", "inhalt", "content", "daten", "traceurs", "javascript", "slideshow")


@lru_cache(maxsize=1_000)  # asked when a block is weighed and again when it is judged
def is_consent(text: str) -> bool:
    """A notice about cookies, consent or embedded content."""
    if len(text) >= 1200:
        return False
    lowered = text.lower()
    for hint in _CONSENT_HINTS:
        if hint in lowered:
            return _CONSENT.search(lowered) is not None and _SPEAKS.search(_QUOTED.sub(" ", text)) is not None
    return False
