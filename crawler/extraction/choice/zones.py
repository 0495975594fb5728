"""The zone of a page's printed times if no site definition names it: from the host's country, then from the page's language.

A guess by table, good enough for a single page outside the catalogue; sites of the catalogue name their own zone.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit

from pipelines.text.lexicons import keyed, sections


@dataclass(frozen=True, slots=True)
class _Zones:
    by_tld: Mapping[str, str]
    """Top-level domain -> zone."""
    by_language: Mapping[str, str]
    """Language tag -> zone."""


@cache
def _zones() -> _Zones:
    found = sections(Path(__file__).with_name("zones.txt"))
    zones = {name: {key: zone for zone, keys in keyed(found[name]).items() for key in keys.split()} for name in found}
    return _Zones(by_tld=zones["top_level_domains"], by_language=zones["languages"])


_WIDE = frozenset(("us", "ca", "mx", "br", "au", "ru", "id", "kz", "cl", "ec", "es", "pt"))
"""Countries with several zones."""


_SCRIPTS = (
    ("ja", re.compile("[\u3041-\u30ff]")),
    ("ko", re.compile("[\uac00-\ud7a3]")),
    ("zh", re.compile("[\u4e00-\u9fff]")),
    ("th", re.compile("[\u0e01-\u0e5b]")),
    ("he", re.compile("[\u05d0-\u05ea]")),
    ("el", re.compile("[\u0391-\u03c9]{3}")),
)
"""Scripts that belong to the press of one country, kana before Han. Cyrillic, Arabic and Devanagari are used in several zones."""


def guess_zone(url: str, locales: tuple[str | None, ...] = (), title: str = "") -> tuple[str, bool]:
    """(IANA name of the most likely zone of a page's printed times, whether it is certain); "UTC" if nothing indicates a zone.

    If a page declares no language, the script of its title may indicate it.
    """
    try:
        host = urlsplit(url).hostname or ""
    except ValueError:
        host = ""
    tld = host.rsplit(".", 1)[-1]
    zones = _zones()
    if tld in zones.by_tld:
        return zones.by_tld[tld], tld not in _WIDE
    tags = [tag.replace("_", "-").lower() for tag in locales if tag]
    if not tags and title and not title.isascii():
        tags = [next((tag for tag, script in _SCRIPTS if script.search(title[:200])), "und")]
    for tag in [tag for tag in tags if "-" in tag] + tags:
        parts = tag.split("-")
        # "en-de" is a template's mistake or a German title in English: the country decides the zone.
        country = parts[-1] if len(parts[-1]) == 2 and len(parts) > 1 else ""
        zone = (
            zones.by_language.get("-".join(parts[:2]))
            or zones.by_tld.get("uk" if country == "gb" else country)
            or zones.by_language.get(parts[0])
        )
        if zone:
            return zone, False
    return ("America/New_York" if "en" in tags and tld in ("com", "org", "net") else "UTC"), False
