"""Converts a wall clock to an instant: by the site's zone, the letters printed after a time, and offsets.

Zone letters are only hints. "21st Feb, 08:29 BST" in London is the wall clock with the wrong letters after it, while
"08:29 EST" in London means the clock of another place. Pure except for the time zone database, which is read once per zone.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from functools import lru_cache
from zoneinfo import ZoneInfo

LETTERS: dict[str, str | float] = {
    "UTC": 0, "GMT": 0, "BST": 1, "WET": 0, "WEST": 1, "CET": 1, "CEST": 2, "MEZ": 1, "MESZ": 2, "MET": 1, "MEST": 2,
    "EET": 2, "EEST": 3, "MSK": 3, "TRT": 3, "IST": 5.5, "PKT": 5, "NPT": 5.75, "BDT": 6, "SAST": 2, "EAT": 3,
    "WAT": 1, "CAT": 2, "GST": 4, "IRST": 3.5, "KSA": 3, "IDT": 3, "ICT": 7, "WIB": 7, "WITA": 8, "SGT": 8, "HKT": 8, "MYT": 8,
    "PHT": 8, "WIT": 9, "JST": 9, "KST": 9, "AWST": 8, "AWDT": 9, "ACST": 9.5, "ACDT": 10.5, "AEST": 10, "AEDT": 11,
    "NZST": 12, "NZDT": 13, "NST": -3.5, "NDT": -2.5, "AST": -4, "ADT": -3, "EST": -5, "EDT": -4, "CST": -6, "CDT": -5,
    "MST": -7, "MDT": -6, "PST": -8, "PDT": -7, "AKST": -9, "AKDT": -8, "HST": -10, "BRT": -3, "ART": -3, "COT": -5, "PET": -5,
    "CLT": -4, "CLST": -3, "VET": -4, "HNE": -5, "HAE": -4, "HNP": -8, "HAP": -7, "CHST": 10,
    "ET": "America/New_York", "CT": "America/Chicago", "MT": "America/Denver", "PT": "America/Los_Angeles",
    "AET": "Australia/Sydney", "AWT": "Australia/Perth",
}  # fmt: skip
"""Letters -> hours east of Greenwich, or a zone whose clock they mean all year. Some mean more than one place (IST, CST, BST,
EST): the value is for sites where they are foreign; a site's own letters mean its wall clock before this table is read."""

UNMISTAKABLE = frozenset({"gmt", "utc", "bst", "cest", "edt", "cdt", "mdt", "pdt", "aest", "aedt", "nzdt", "nzst"})
"""Letters that also count in lower case; "est", "ist" or "et" in lower case are words of prose."""

_TWINS = tuple(
    (standard.split(), daylight.split(), frozenset(both.split()))
    for standard, daylight, both in (
        ("GMT", "BST IST", ""),
        ("CET MEZ", "CEST MESZ", ""),
        ("AEST EST", "AEDT EDT", "AET"),
        ("ACST CST", "ACDT CDT", ""),
        ("AWST WST", "AWDT", "AWT"),
        ("EST HNE", "EDT HAE", "ET"),
        ("CST", "CDT", "CT"),
        ("MST", "MDT", "MT"),
        ("PST HNP", "PDT HAP", "PT"),
    )
)
"""Names of one clock in standard time, in daylight time and all year; the first is the name in the time zone database. A zone
that has both seasons owns all of them; one without daylight time owns only those of standard time and of all year: "AEDT"
is foreign in Brisbane, and in New York, whose "EST" Australians use too."""

_LOCAL_LETTERS: dict[str, frozenset[str]] = {
    "Asia/Dhaka": frozenset({"BST", "BDT"}),
    "Asia/Riyadh": frozenset({"AST", "KSA"}),
    "Asia/Kuwait": frozenset({"AST"}),
    "Asia/Baghdad": frozenset({"AST"}),
    "Asia/Singapore": frozenset({"SST", "SGT"}),
}
"""Zones that have only numeric names in the time zone database, with their letters, which mean another place elsewhere."""

MONTH_FIRST_ZONES: dict[str, str] = {
    "America": "New_York Detroit Chicago Menominee Denver Boise Phoenix Los_Angeles Anchorage Juneau Sitka Metlakatla"
    " Yakutat Nome Adak Puerto_Rico St_Thomas Louisville Indianapolis Fort_Wayne Shiprock",
    "Pacific": "Honolulu Guam Saipan Pago_Pago Palau Majuro",
    "Asia": "Manila",
    "": "EST5EDT CST6CDT MST7MDT PST8PDT EST MST HST",
}
"""The United States, their territories, and countries that print dates in the same order."""
_MONTH_FIRST = frozenset(f"{area}/{city}".lstrip("/") for area, cities in MONTH_FIRST_ZONES.items() for city in cities.split())
_MONTH_FIRST_PREFIXES = ("US/", "America/Indiana/", "America/Kentucky/", "America/North_Dakota/")

_LARGEST_OFFSET = timedelta(hours=14)


@lru_cache(maxsize=1024)
def zone_of(name: str) -> tzinfo:
    """The zone of an IANA name; UTC if there is no such zone."""
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return UTC


def is_month_first(zone_name: str) -> bool:
    """Whether "03/07/2025" means 7 March in the zone."""
    return zone_name in _MONTH_FIRST or zone_name.startswith(_MONTH_FIRST_PREFIXES)


@lru_cache(maxsize=1024)
def own_letters(zone_name: str, year: int) -> frozenset[str]:
    """All abbreviations that mean the wall clock of this zone in that year, in the right season or not."""
    zone = zone_of(zone_name)
    named = {datetime(year, month, 1, tzinfo=zone).tzname() or "" for month in (1, 7)}
    own = set(named) | _LOCAL_LETTERS.get(zone_name, frozenset())
    for standard, daylight, both in _TWINS:
        if named == {standard[0]}:
            own |= {*standard, *both}
        elif len(named) == 2 and standard[0] in named and named <= {*standard, *daylight}:
            own |= {*standard, *daylight, *both}
    return frozenset(own)


def offset_of(letters: str) -> tzinfo | None:
    meaning = LETTERS.get(letters)
    if meaning is None:
        return None
    return zone_of(meaning) if isinstance(meaning, str) else timezone(timedelta(hours=meaning))


def fixed_zone(sign: str, hours: str, minutes: str | None) -> tzinfo | None:
    """The zone of a numeric offset; None if no place on earth has it."""
    offset = timedelta(hours=int(hours), minutes=int(minutes or 0))
    if offset > _LARGEST_OFFSET or int(minutes or 0) > 59:
        return None
    return timezone(-offset if sign == "-" else offset)


def to_instant(local: datetime, zone_name: str, letters: str | None = None, offset: tzinfo | None = None) -> datetime:
    """The UTC instant of a naive wall clock: by the numeric offset if given, then by foreign letters, then by the site's zone.

    A time that occurs twice (clocks go back) is the first unless the letters say which; a time that never occurs
    (clocks go forward) is read with the offset before the change.
    """
    if offset is not None:
        return local.replace(tzinfo=offset).astimezone(UTC)
    zone = zone_of(zone_name)
    if letters and letters not in own_letters(zone_name, local.year):
        zone = offset_of(letters) or zone
    first = local.replace(tzinfo=zone)
    second = first.replace(fold=1)
    if letters and first.utcoffset() != second.utcoffset() and second.tzname() == letters:
        return second.astimezone(UTC)
    return first.astimezone(UTC)


def local_day(instant: datetime, zone_name: str) -> date:
    return instant.astimezone(zone_of(zone_name)).date()
