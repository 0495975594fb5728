"""The forms of clocks, days and spans in coded text: patterns for `pipelines.text.dates.printed`, each with examples.

The alphabet is that of `pipelines.text.dates.words`. Groups have the same names everywhere: hour, minute, second, half (am or
pm), zone and offset of a clock; year, month, day of a day, or `a` and `b` if it is open which of two figures is the day. Every
repetition is bounded and none is nested, so that matching takes time proportional to the length of the text.
"""

from __future__ import annotations

import re

CLOCK_BASE, DAY_BASE = 0xE200, 0xE400
ANY_CLOCK, ANY_DAY = "[\ue200-\ue3ff]", "[\ue400-\ue5ff]"
"""Placeholders of clocks and days that are already replaced; a text has no room for more than 512 of either."""
_ANY_ZONE, _MONTH = "[\ue000-\ue1ff]", "[a-l]"

_ZONE = (
    rf"(?: ?H)?(?: ?[(\[,]? ?(?P<zone>{_ANY_ZONE})[)\]]?)?"
    rf"(?P<offset> ?(?P<sign>[+-])(?P<oh>0?\d|1[0-4])(?::?(?P<om>[0-5]\d))?(?![\d:./]| ?{_MONTH}))?"
)
_HOUR = r"(?<!\d)(?<!\d[:.])(?:(?P<before>[QR]) ?)?(?P<hour>\d{1,2})"
CLOCKS = tuple(
    re.compile(_HOUR + form + _ZONE)
    for form in (
        r":(?P<minute>\d\d)(?::(?P<second>\d\d)(?:[.,]\d{1,9})?)?(?![\d:]| ?m\b)(?: ?(?P<half>[AP]))?",  # 8:30:15 P
        r"\.(?P<minute>\d\d) ?(?:(?P<half>[AP])|H)",  # 8.30P, 8.30 H
        r" ?H ?(?P<minute>\d{1,2}) ?m(?![\w/])",  # 午後4時5分, 4H 5m
        rf"(?<!G \d)(?<!G \d\d) ?H ?(?P<minute>\d\d)(?!\d|[./:]| ?{_MONTH})(?: ?m)?(?: ?(?P<second>\d\d) ?s)?",  # 18H30, 8H30m15s
        r" ?(?P<half>[AP])(?! ?\d[.:])",  # 8 P
        rf"(?<!19)(?<!20)(?P<minute>\d\d)(?= ?{_ANY_ZONE})",  # 0830 GMT
        r"(?<!G \d)(?<!G \d\d) ?H(?! ?[\dGh])",  # 18 H
    )
)
DOTTED_CLOCK = re.compile(
    rf"(?P<lead>(?:[KHoOV]|{ANY_DAY})[ .,:|•·()–—-]{{0,5}})?(?<![\d.,/])(?P<hour>\d{{1,2}})\.(?P<minute>\d\d)(?![\d%]|[.,] ?\d)"
    rf"{_ZONE}(?P<tail>(?=[ ,|–-]{{0,4}}{ANY_DAY}))?"
)

_SEP = r"[ .,/-]{0,3}"
_FIRST = r"(?<!\d)(?<!\d[./-])"
_LAST = r"(?![\d%]|[./:-]\d)"
_YEAR = rf"[ .,/-]{{0,4}}(?:{ANY_CLOCK}[ ,-]{{0,3}})?(?P<year>\d{{4}}){_LAST}"
DAYS = tuple(
    re.compile(form)
    for form in (
        # 2025-03-07, 2025/3/7, 2025. 03. 07
        r"(?<!\d)(?P<year>\d{4}) ?(?P<sep>[-/.]) ?(?P<month>\d{1,2}) ?(?P=sep) ?(?P<day>\d{1,2})(?!\d)",
        # 2025年3月7日
        r"(?<!\d)(?P<year>\d{4}) ?Y ?(?P<month>\d{1,2}) ?N ?(?P<day>\d{1,2})(?!\d)(?: ?[Dt])?",
        # 07.03.2025, 7/3/2025, 07. 03. 2025
        rf"{_FIRST}(?P<a>\d{{1,2}}) ?(?P<sep>[-/.]) ?(?P<b>\d{{1,2}}) ?(?P=sep) ?(?P<year>\d{{4}}){_LAST}",
        # 7 March 2025, 7. März 2025, 7 d'abril de 2025, 7-Mar-2025
        rf"{_FIRST}(?P<day>\d{{1,2}}){_SEP}(?:t')?(?P<month>{_MONTH}){_YEAR}",
        # March 7, 2025; Mar 7 08:00:15 2025
        rf"(?P<month>{_MONTH}){_SEP}(?P<day>\d{{1,2}})(?!\d){_YEAR}",
        # 2025. március 7., 2025 m. kovo 7 d.
        rf"(?<!\d)(?P<year>\d{{4}})[ .,/m-]{{0,4}}(?P<month>{_MONTH}){_SEP}(?P<day>\d{{1,2}})(?!\d)(?: ?t\b)?",
        # 2025. gada 7. martā
        rf"(?<!\d)(?P<year>\d{{4}})\. {{0,2}}(?P<day>\d{{1,2}})\.? ?(?P<month>{_MONTH})",
        # 07.03.25, all in pairs
        rf"{_FIRST}(?P<a>\d\d)(?P<sep>[-/.])(?P<b>\d\d)(?P=sep)(?P<year>\d\d){_LAST}",
    )
)
WEAK_DAYS = tuple(
    re.compile(form)
    for form in (
        # 7.3.25
        rf"{_FIRST}(?P<a>\d{{1,2}}) ?(?P<sep>[-/.]) ?(?P<b>\d{{1,2}}) ?(?P=sep) ?(?P<year>\d\d){_LAST}",
        # 7 March 25, 7 maart '25
        rf"{_FIRST}(?P<day>\d{{1,2}}){_SEP}(?:t')?(?P<month>{_MONTH}){_SEP}'?(?P<year>\d\d)(?! ?[mstoHx]){_LAST}",
        # March 7 '25, Mar-07-25
        rf"(?P<month>{_MONTH}){_SEP}(?P<day>\d{{1,2}})(?:,? ?'|[-/])(?P<year>\d\d){_LAST}",
        # 7 March, March 7
        rf"{_FIRST}(?P<day>\d{{1,2}})[ .]{{0,2}}(?:t')?(?P<month>{_MONTH})",
        rf"(?P<month>{_MONTH})[ .]{{0,2}}(?P<day>\d{{1,2}}){_LAST}",
        # 3月7日
        r"(?<!\d)(?P<month>\d{1,2}) ?N ?(?P<day>\d{1,2}) ?[Dt]",
        # 7.3., 7/3 8:30
        r"(?<!\d)(?P<a>\d{1,2})\. ?(?P<b>\d{1,2})\.(?!\d)",
        rf"{_FIRST}(?P<a>\d{{1,2}})/(?P<b>\d{{1,2}})(?=[ ,()x-]{{0,4}}{ANY_CLOCK})",
        # today, yesterday
        r"(?<!\w)(?P<near>[OV])(?!\w)",
    )
)
"""Forms that are frequent in prose: two-digit years, no year, "today". They count only if the line says nothing else."""

SPAN = re.compile(
    r"(?P<before>G ?)?(?<!\d)(?P<n>\d{1,3})? ?(?<![A-Za-z])(?P<unit>[smotHKD])(?![a-zA-FH-Z])\.?"
    r"(?: ?(?P<n2>\d{1,2}) ?m)? ?(?P<after>G|h(?![ .]{0,2}\d))?|J"
)
"""Spans before the fetch, "G 5 o" or "5 o G"; h, the code of August, is "ago" in Spanish."""
