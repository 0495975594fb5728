"""Cleans the text of a byline box into lines: no markup, times, addresses or toolbars, and words split where templates joined
them ("NewsByCiara Lunn08:44, 3 NOV 2025Updated...").

Knows what surrounds names, not what a name is.
"""

from __future__ import annotations

import html
import re
from functools import cache
from itertools import pairwise

from pipelines.text import visible
from pipelines.text.bylines.tokens import byline_words
from pipelines.text.lexicons import is_given_name, is_place, word_set
from pipelines.text.lexicons.agencies import agency_name, is_outlet_word
from pipelines.text.lexicons.roles import is_head, is_last_head, role_words

LONGEST = 500
"""Characters read of a byline. No printed byline is longer; what follows is a biography."""

_TAG = re.compile(r"<(/?)([a-z][a-z0-9]*)\b[^<>]{0,400}>", re.IGNORECASE)
_BLOCKS = word_set("br p div li ul ol tr td h1 h2 h3 h4 address section header")
_SCRIPT_TEMPLATE = re.compile(r"\{\{[^{}]{0,100}\}\}")
_ADDRESS = re.compile(
    r"\[email\s+protected\]|[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,4}|@\w{2,40}"
    r"|(?:https?://|www\.)[^\s|]{1,300}|\b(?:[\w-]{1,40}\.){0,2}(?:facebook|twitter|instagram|linkedin)\.com(?:/[^\s|]{0,200})?"
    r"|\b[\w.-]{1,60}\.(?:com|org|net|de|uk|ie)/[^\s|]{1,200}",
    re.IGNORECASE,
)
_ADDRESS_SIGNS = (".", "@", "[", "://")
"""Every address contains one of these."""
_FIGURE = re.compile(r"\d")
_PHONE = re.compile(r"(?:\+\d{1,3}[\s.-]?)?(?:\(\d{2,5}\)|\b\d{3,5})[\s.-]?\d{3,4}[\s.-]?\d{2,6}\b")

_ZONE = r"(?:GMT|BST|IST|UTC|CES?T|[ECMP][SD]?T|A[EW][SD]T|HS?T|NZ[SD]T|AKST|AKDT|HKT|SGT|JST|Uhr|hrs|hs|h)"
_TIME = (
    rf"\d{{1,2}}[:.h]\d{{2}}(?::\d{{2}})?(?:[.,]\d+)?\s?(?:[ap]\.?\s?m\.?)?(?:\s?(?:Z|[+-]\d\d:?\d\d))?(?:\s?\(?{_ZONE}\b\)?)?"
)
_LABEL = re.compile(
    r"\b(?:last\s+updated|first\s+published|updated\s+on|updated|published\s+on|published|posted\s+on|posted|modified|last\s+modified|"
    r"originally\s+published|aktualisiert(?:\s+am)?|veröffentlicht(?:\s+am)?|publiziert|publié\s+le|mis\s+à\s+jour|publicado\s+el"
    r"|actualizado(?:\s+el)?|pubblicato\s+il|aggiornato|opublikowano|aktualizacja|stand|oppdatert|publicerad|uppdaterad"
    r"|opdateret|created|add\s+as\s+preferred\s+on\s+google|view\s+author\s+archive|email\s+the\s+author|get\s+author\s+rss\s+feed"
    r"|follow\s+on\s+twitter|social\s+links\s+for|more\s+(?:by|from|stories\s+by)|see\s+full\s+bio|copy\s+link"
    r"|sign\s+(?:out|in)|what'?s\s+app|text\s+size|view\s+(?:full\s+)?profile|leave\s+a\s+(?:comment|reply)|no\s+comments"
    r"|(?:profile\s+)?(?:picture|image|avatar|headshot|portrait)\s+(?:of|for)|profile\s+photo\s+(?:of|for)"
    r"|(?:view|see|show|load|read|learn)\s+(?:all|more)(?:\s+(?:posts|articles|stories))?|all\s+(?:posts|articles|stories)"
    r"|no\s+author|google\s+scholar|pubmed|research\s?gate|about\s+the\s+authors?|zur\s+(?:artikel|autoren)übersicht"
    r"|(?:zum|zur)\s+(?:profil|autor(?:in)?)|alle\s+(?:artikel|beiträge)|(?:voir\s+)?tous\s+(?:ses|les)\s+articles"
    r"|ver\s+(?:todos|más|mais|perfil)|tutti\s+gli\s+articoli|alle\s+artikelen|alla\s+artiklar"
    r"|['’]s\s+(?:profile|bio|articles|stories|posts)|lesedauer|lesezeit)\b(?!\s+(?:by|von|par|por)\b)[:\s]*",
    re.IGNORECASE,
)
_FIRST_PERSON = re.compile(r"\s*(?:I['’]m|I am|Ich bin|Je suis|Soy|Sono|Eu sou|Jag är|Ik ben|Jeg er)\s", re.IGNORECASE)
"""How writers begin to write about themselves; a biography is not a byline."""
_GLUED_DIGIT = re.compile(r"(?<=[^\W\d_A-Z]{2})(?=\d)")
_GLUE = re.compile(
    r"(?<=[a-zß-öø-ÿ])(?=(?:BBC|LDRS|PA|AP|AFP)\b)|(?<=[a-zß-öø-ÿ.)])(?=[A-ZÀ-ÖØ-Þ][a-zß-öø-ÿ])|(?<=[AP]M)(?=[A-Z][a-z])"
)
_DOMAIN = re.compile(r"[\w-]{2,40}\.(?:com|net|org|co\.uk|uk|ie|de|fr|news),?", re.IGNORECASE)
_WORD = re.compile(r"\S+")
_STRONG = re.compile(
    r"\n|\t|[|•·;¦‧●▪►»›→~*_]| {3,}|\s[–—-]{1,3}\s|\s[–—-]{1,3}$|^[–—-]{1,3}\s|[–—]"
    r"|(?<=[^\W\d_]{3})\.\s+(?=(?:By|Von|Par|Por|Door)\b)",
    re.MULTILINE,
)
_EDGES = ' ,.:/+&()[]"“”„«»<>*-'
_LINE_EDGES = ' ,:/+&"“”„«»<>-'

_STAYS_WHOLE = word_set("mc mac de la le di da du van von o fitz vande st del al el vander lo jo ab abu ben bel san mar")
_GLUED_LEFT = frozenset(("by", "for", "von", "par", "por", "news", "sport"))
_LONGEST_PREFIX = 4
"""A capital inside a word starts a new word if at least this many characters are before it; fewer are a prefix: "McDonald",
"DeVito"."""


_LISTED_BODY = re.compile(
    r"(,\s*[^,;|\n]{2,60}),\s*[^\W\d_]{2,20},?\s+(?:and|und|et|y|e|&)\s+(\w+)[^,;|\n]*(?:,[^,;|\n]*)?$", re.MULTILINE
)


def _without_body(found: re.Match[str]) -> str:
    """Remove the name of one organisation: "Rivers, Banks, and Bridges Project". In a list of persons, no name is a single
    word."""
    if is_given_name(found[2].casefold()):
        return found[0]
    return found[1] if re.search(r"\b(?:of|for|für|de|des)\b", found[1]) else ""


def clean_lines(text: str) -> list[str]:
    """The parts of a byline between line breaks, bars, bullets, dashes, times and addresses; commas and "and" are kept."""
    text = visible(html.unescape(text[:LONGEST]))
    if text.count(",") > 1:
        text = _LISTED_BODY.sub(_without_body, text)
    if "<" in text:
        text = _TAG.sub(lambda tag: "\n" if tag[2].lower() in _BLOCKS else " ", text)
    text = _SCRIPT_TEMPLATE.sub("\n", text)
    if any(sign in text for sign in _ADDRESS_SIGNS):
        text = _ADDRESS.sub("\n", text)
    text = _unglued(text)
    if _FIGURE.search(text):
        text = _PHONE.sub("\n", _when().sub("\n", text))
    text = _LABEL.sub("\n", text)
    lines: list[str] = []
    for part in _STRONG.split(text):
        if _FIRST_PERSON.match(part):
            continue
        lines.extend(_without_toolbar(part))
    bare = (_with_capitals(line.strip(_LINE_EDGES).lstrip(".")) for line in lines)
    return [line for line in bare if line.strip(" .")]


def _with_capitals(line: str) -> str:
    """ "by nell harwood", as some systems print all names: capitalised if a given name follows the "by"."""
    name = line[3:].split() if line.startswith("by ") and line.islower() else []
    return f"by {' '.join(map(str.capitalize, name))}" if len(name) in (2, 3) and is_given_name(name[0]) else line


@cache
def _when() -> re.Pattern[str]:
    """Dates, times and ages, in figures and in words."""
    month, day = (
        "(?:" + "|".join(sorted(map(re.escape, words), key=len, reverse=True)) + ")"
        for words in (byline_words().months, byline_words().days)
    )
    return re.compile(
        rf"\d{{4}}-\d{{2}}-\d{{2}}T[\d:.]+(?:Z|[+-]\d\d:?\d\d)?"
        rf"|(?:\b{day}\.?,?\s+)?\b\d{{1,2}}(?:st|nd|rd|th|er|º|\.)?\s+(?:de\s+|of\s+)?{month}\b\.?,?(?:\s+(?:del?\s+)?\d{{4}}\b)?"
        rf"|(?:\b{day}\.?,?\s+)?\b{month}\.?\s+\d{{1,2}}(?:st|nd|rd|th)?\b(?:,?\s+\d{{4}}\b)?"
        rf"|(?:\b{day}\.?,?\s+)?\b\d{{1,4}}[./-]\d{{1,2}}[./-]\d{{2,4}}\.?\b"
        rf"|\d{{4}}年\d{{1,2}}月(?:\d{{1,2}}日)?"
        rf"|{_TIME}"
        rf"|\b\d{{1,2}}\s?[ap]\.?m\b\.?(?:\s?{_ZONE}\b)?"
        r"|(?:\b(?:lesedauer|lesezeit|reading time|read time|temps de lecture)\s*:?\s*)?\b\d{1,3}[\s-]?"
        r"(?:min|mins|minute|minutes|minuten|hours?|hrs?|days?|weeks?|stunden?|tage?n?|minuti|minutos|heures?)\b\.?"
        r"(?:\s+(?:ago|read|de lecture|de lectura))?"
        rf"|\b(?:19|20)\d\d\b|\b\d{{4}}\s+{_ZONE}\b",
        re.IGNORECASE,
    )


def _unglued(text: str) -> str:
    """Split words that templates joined, if one side of the joint is a word that occurs around names."""
    text = _GLUED_DIGIT.sub(" ", text)
    return _WORD.sub(lambda match: _parted(match[0]), text)


def _parted(word: str) -> str:
    if _DOMAIN.fullmatch(word):
        return word
    agency, hyphen, title = word.partition("-")
    if hyphen and agency_name(agency.casefold()) and is_head(title.strip(",.").casefold()):
        return f"{agency} {title}"  # "dpa-Korrespondentin"
    pieces = _GLUE.split(word)
    parts = [pieces[0]]
    for left, right in pairwise(pieces):
        parts.append(("\n" if _is_joint(left, right) else "") + right)
    return "".join(parts)


def _is_joint(left: str, right: str) -> bool:
    left, right = re.split(r"(?<=.)[-’']", left.strip(",.()").casefold())[-1], right.strip(",.()").casefold()
    if left in _GLUED_LEFT:
        return True
    if left in _STAYS_WHOLE or len(right) < 2 or is_outlet_word(left + right):
        return False
    if _stands_around(right) or left in byline_words().dropped:
        return True
    return len(left) >= _LONGEST_PREFIX and not (is_given_name(left) and is_given_name(right))


def _stands_around(word: str) -> bool:
    known = byline_words()
    return (
        word in ("the", "by", "staff", "published", "updated", "posted", "associated")
        or word in known.dropped
        or is_head(word)
        or is_last_head(word)
        or word in role_words().hard_modifiers
        or word in known.months
        or is_outlet_word(word)
        or is_place(word)
        or agency_name(word) is not None
        or word == "live"
    )


def _without_toolbar(part: str) -> list[str]:
    """The parts of a line between toolbar words."""
    stretches: list[list[str]] = [[]]
    for word in part.split():
        bare = word.strip(_EDGES).casefold()
        if bare in byline_words().dropped and (word[:1].isupper() or not stretches[-1]):
            stretches.append([])
        else:
            stretches[-1].append(word)
    return [" ".join(words) for words in stretches]
