"""The zone in which a page's printed times are read when no site says it: from the host's country, then the page's language.

A guess by table, good for a single page out of nowhere; sites of the catalogue name their own zone.
"""

from __future__ import annotations

import re
from urllib.parse import urlsplit


def _table(text: str) -> dict[str, str]:
    """Lines of a zone and the keys that mean it, as a map from key to zone."""
    return {key: zone for zone, *keys in map(str.split, text.strip().splitlines()) for key in keys}


BY_TLD = _table(
    """
    Europe/London uk scot wales cymru london
    Europe/Dublin ie
    Europe/Isle_of_Man im
    Europe/Jersey je
    Europe/Guernsey gg
    Europe/Berlin de
    Europe/Vienna at
    Europe/Zurich ch
    Europe/Vaduz li
    Europe/Luxembourg lu
    Europe/Paris fr
    Europe/Brussels be
    Europe/Amsterdam nl
    Europe/Madrid es cat
    Europe/Lisbon pt
    Europe/Rome it
    Europe/Malta mt
    Europe/Athens gr
    Asia/Nicosia cy
    Europe/Warsaw pl
    Europe/Prague cz
    Europe/Bratislava sk
    Europe/Budapest hu
    Europe/Bucharest ro
    Europe/Sofia bg
    Europe/Ljubljana si
    Europe/Zagreb hr
    Europe/Belgrade rs
    Europe/Sarajevo ba
    Europe/Skopje mk
    Europe/Tirane al
    Europe/Chisinau md
    Europe/Kyiv ua
    Europe/Minsk by
    Europe/Stockholm se
    Europe/Oslo no
    Europe/Copenhagen dk
    Europe/Helsinki fi
    Atlantic/Reykjavik is
    America/Nuuk gl
    Europe/Tallinn ee
    Europe/Riga lv
    Europe/Vilnius lt
    Europe/Moscow ru
    Europe/Istanbul tr
    Asia/Jerusalem il
    Asia/Beirut lb
    Africa/Cairo eg
    Asia/Riyadh sa
    Asia/Dubai ae
    Asia/Qatar qa
    Asia/Amman jo
    Asia/Baghdad iq
    Asia/Tehran ir
    Africa/Casablanca ma
    Africa/Algiers dz
    Africa/Tunis tn
    Africa/Johannesburg za
    Africa/Lagos ng
    Africa/Nairobi ke
    Africa/Accra gh
    Africa/Kampala ug
    Africa/Dar_es_Salaam tz
    Africa/Harare zw
    Africa/Lusaka zm
    Africa/Windhoek na
    Africa/Addis_Ababa et
    Asia/Tokyo jp
    Asia/Seoul kr
    Asia/Shanghai cn
    Asia/Taipei tw
    Asia/Hong_Kong hk
    Asia/Singapore sg
    Asia/Kuala_Lumpur my
    Asia/Bangkok th
    Asia/Ho_Chi_Minh vn
    Asia/Manila ph
    Asia/Jakarta id
    Asia/Kolkata in
    Asia/Karachi pk
    Asia/Dhaka bd
    Asia/Colombo lk
    Asia/Kathmandu np
    Asia/Almaty kz
    Asia/Tbilisi ge
    Asia/Yerevan am
    Asia/Baku az
    Australia/Sydney au
    Pacific/Auckland nz
    America/New_York us
    America/Toronto ca
    America/Mexico_City mx
    America/Sao_Paulo br
    America/Argentina/Buenos_Aires ar
    America/Santiago cl
    America/Lima pe
    America/Montevideo uy
    America/La_Paz bo
    America/Guayaquil ec
    America/Caracas ve
    America/Costa_Rica cr
    America/Santo_Domingo do
    America/Havana cu
    America/Puerto_Rico pr
    """
)
"""Top-level domain -> zone. Countries of several zones: the one most of their titles use. Left out on purpose: `.co`, `.tv`,
`.io`, `.me`, `.ai`, `.fm`, `.eu`, which say nothing of a place."""

BY_LOCALE = _table(
    """
    America/New_York en-us
    Europe/London en-gb cy gd
    Europe/Dublin en-ie ga
    America/Toronto en-ca fr-ca
    Australia/Sydney en-au
    Pacific/Auckland en-nz
    Asia/Kolkata en-in hi
    Africa/Johannesburg en-za
    Africa/Lagos en-ng
    Asia/Singapore en-sg
    Europe/Brussels fr-be nl-be
    Europe/Zurich fr-ch de-ch
    Europe/Vienna de-at
    America/Mexico_City es-mx
    America/Argentina/Buenos_Aires es-ar
    America/Santiago es-cl
    America/Bogota es-co
    America/Lima es-pe
    America/Sao_Paulo pt-br
    Asia/Taipei zh-tw
    Asia/Hong_Kong zh-hk
    Europe/Berlin de
    Europe/Paris fr
    Europe/Rome it
    Europe/Warsaw pl
    Europe/Amsterdam nl
    Europe/Stockholm sv
    Europe/Copenhagen da
    Europe/Oslo nb no nn
    Europe/Helsinki fi
    Europe/Prague cs
    Europe/Bratislava sk
    Europe/Budapest hu
    Europe/Istanbul tr
    Asia/Tokyo ja
    Asia/Seoul ko
    Asia/Shanghai zh
    Europe/Athens el
    Asia/Jerusalem he
    Europe/Kyiv uk
    Europe/Moscow ru
    Europe/Bucharest ro
    Europe/Sofia bg
    Europe/Zagreb hr
    Europe/Belgrade sr
    Europe/Ljubljana sl
    Europe/Vilnius lt
    Europe/Riga lv
    Europe/Tallinn et
    Asia/Ho_Chi_Minh vi
    Asia/Bangkok th
    Asia/Jakarta id
    Europe/Madrid ca eu gl es
    Europe/Lisbon pt
    """
)
"""Language tag -> zone."""

_WIDE = frozenset(("us", "ca", "mx", "br", "au", "ru", "id", "kz", "cl", "ec", "es", "pt"))
"""Countries of several zones."""


_SCRIPTS = (
    ("ja", re.compile("[\u3041-\u30ff]")),
    ("ko", re.compile("[\uac00-\ud7a3]")),
    ("zh", re.compile("[\u4e00-\u9fff]")),
    ("th", re.compile("[\u0e01-\u0e5b]")),
    ("he", re.compile("[\u05d0-\u05ea]")),
    ("el", re.compile("[\u0391-\u03c9]{3}")),
)
"""Scripts of one country's press each, kana before Han. Cyrillic, Arabic and Devanagari are of several zones."""


def guess_zone(url: str, locales: tuple[str | None, ...] = (), title: str = "") -> tuple[str, bool]:
    """(IANA name of the zone a page's printed times are most likely in, whether that is sure); "UTC" where nothing tells.

    Where a page declares no language, the script of its title may tell it.
    """
    try:
        host = urlsplit(url).hostname or ""
    except ValueError:
        host = ""
    tld = host.rsplit(".", 1)[-1]
    if tld in BY_TLD:
        return BY_TLD[tld], tld not in _WIDE
    tags = [tag.replace("_", "-").lower() for tag in locales if tag]
    if not tags and title and not title.isascii():
        tags = [next((tag for tag, script in _SCRIPTS if script.search(title[:200])), "und")]
    for tag in [tag for tag in tags if "-" in tag] + tags:
        parts = tag.split("-")
        # "en-de" is a template's slip or a German title in English: the country tells the zone.
        country = parts[-1] if len(parts[-1]) == 2 and len(parts) > 1 else ""
        zone = BY_LOCALE.get("-".join(parts[:2])) or BY_TLD.get("uk" if country == "gb" else country) or BY_LOCALE.get(parts[0])
        if zone:
            return zone, False
    return ("America/New_York" if "en" in tags and tld in ("com", "org", "net") else "UTC"), False
