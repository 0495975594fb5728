"""Search terms as typed -> a query of FTS5, and what they cost. Nothing that is typed is ever FTS5's query language.

All words are wanted. `"a phrase"` stays together, `word*` finds beginnings, `one OR other` either, `-word` and `NOT word` leave
out. `headline:word` looks there alone; so do `author:`, `body:`, `caption:`, `topic:` and `url:`. `site:`, `change:`, `after:DAY`
(that day or later) and `before:DAY` (earlier) narrow; a day may be a month or a year. What looks so and is not is taken as words,
and named.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from datetime import date, timedelta

from pipelines.article import CHANGES
from pipelines.store.database import Store
from pipelines.text import folding

MAX_CHARS = 1_000
MAX_TERMS = 32
SHORTEST_BEGINNING = 2
MAX_BEGINNING = 60_000
"""Words in all texts that may begin so (`word*`): FTS5 draws all their places together before it gives the first."""
MAX_COMMON = 300_000
"""Revisions that hold the terms of a query, added up, for which relevance is worked out: it counts each term in all texts."""

FIELDS = {
    "headline": "headline",
    "author": "{byline authors}",
    "body": "{description body}",
    "caption": "captions",
    "topic": "topics",
    "url": "address",
}
"""What may stand before a colon, and which columns of the index it names."""
_KINDS = frozenset(str(change) for change in CHANGES)

_TYPED = re.compile(r'(?P<minus>-(?=[^\s-]))?(?:(?P<name>[A-Za-z]+):(?=\S))?(?P<text>"[^"]*"?\*?|[^\s"]+)')
_DAY = re.compile(r"(\d{4})(?:-(\d\d))?(?:-(\d\d))?", re.ASCII)
_WORD = re.compile(r"\w+")
_BEGINNING = "SELECT cnt FROM temp.revision_words WHERE term >= ? AND term < ?"
_HOLDING = "SELECT count(*) FROM (SELECT 1 FROM revisions_fts WHERE revisions_fts MATCH ? LIMIT ?)"


@dataclass(frozen=True, slots=True)
class Term:
    """A word or a phrase."""

    text: str
    """As it was typed, without quotes."""
    is_beginning: bool = False
    columns: str = ""
    """Of the index, as FTS5 names a few of them; empty: all."""

    def words(self, spelling: str | None = None) -> tuple[str, bool]:
        """The term, or another spelling of it, as the index holds it, and whether its last word is the beginning of one.

        A run of a script without spaces may go on in the text, so its last character alone is not asked for; a single one begins
        each pair that it stands in.
        """
        text = folding.letters(spelling or self.spellings()[0])
        while text and not (text[-1].isalnum() or unicodedata.category(text[-1]).startswith("M")):
            text = text[:-1]
        run = next((run for run in folding.RUN.finditer(text) if run.end() == len(text)), None)
        words = folding.spelled(text).split()
        if run is None:
            return " ".join(words), self.is_beginning
        return (" ".join(words), True) if len(run[0]) == 1 else (" ".join(words[:-1]), False)

    def match(self) -> str:
        """The term quoted for FTS5, so that what people type is never its query language."""
        quoted = []
        for spelling in self.spellings():
            words, is_beginning = self.words(spelling)
            quoted.append('"' + words.replace("\0", " ").replace('"', '""') + '"' + ("*" if is_beginning else ""))
        each = list(dict.fromkeys(quoted))
        either = each[0] if len(each) == 1 else f"({' OR '.join(each)})"
        return f"{self.columns} : {either}" if self.columns else either

    def spellings(self) -> list[str]:
        """All that is searched for, for this term; of an address as it is alone."""
        found = folding.spellings(self.text)
        return found[:1] if self.columns == FIELDS["url"] else found

    def is_empty(self) -> bool:
        """Whether there is nothing in it that the index holds."""
        return not any(char.isalnum() for char in self.spellings()[0])


@dataclass(frozen=True, slots=True)
class Question:
    """What people type, understood."""

    wanted: tuple[tuple[Term, ...], ...] = ()
    """Of each of these one is wanted."""
    without: tuple[Term, ...] = ()
    sites: tuple[str, ...] = ()
    """Ids or hosts, as typed."""
    changes: tuple[str, ...] = ()
    since: str | None = None
    until: str | None = None
    as_words: tuple[str, ...] = ()
    """What looks like more than words, and was taken as words."""

    def terms(self) -> list[Term]:
        """The words and phrases that are wanted."""
        return [term for either in self.wanted for term in either]

    def match(self) -> str:
        """The query of FTS5; empty where nothing is wanted."""
        wanted = " AND ".join(f"({' OR '.join(term.match() for term in either)})" for either in self.wanted)
        without = " OR ".join(term.match() for term in self.without)
        return f"({wanted}) NOT ({without})" if wanted and without else wanted


@dataclass(slots=True)
class _Reading:
    """A question while it is read."""

    wanted: list[list[Term]] = field(default_factory=list)
    without: list[tuple[Term, str]] = field(default_factory=list)
    sites: list[str] = field(default_factory=list)
    changes: list[str] = field(default_factory=list)
    since: list[str] = field(default_factory=list)
    until: list[str] = field(default_factory=list)
    as_words: list[str] = field(default_factory=list)

    def narrow(self, name: str, value: str) -> bool:
        """Take a filter; whether it is one."""
        value = value.strip('"')
        if name == "site":
            self.sites.append(value)
        elif name == "change" and value in _KINDS:
            self.changes.append(value)
        elif name == "after" and (first := first_day(value)):
            self.since.append(first.isoformat())
        elif name == "before" and (first := first_day(value)) and first > date.min:
            self.until.append((first - timedelta(days=1)).isoformat())
        else:
            return False
        return True

    def want(self, term: Term, *, either: bool) -> None:
        if either and self.wanted:
            self.wanted[-1].append(term)
        else:
            self.wanted.append([term])


def question(typed: str) -> Question:
    """What people type, at most 32 terms of it. Any text is a question; none is an error."""
    text = typed[:MAX_CHARS].encode("utf-8", "replace").decode().replace("\0", " ")  # lone surrogates are no text
    found = list(_TYPED.finditer(text))[:MAX_TERMS]
    reading, either, leave_out = _Reading(), False, False
    for place, one in enumerate(found):
        whole, name = one[0], (one["name"] or "").lower()
        if whole in ("OR", "AND", "NOT"):
            if _joins(whole, found, place):
                either, leave_out = whole == "OR", whole == "NOT"
                continue
            reading.as_words.append(whole)
        if not one["minus"] and reading.narrow(name, one["text"]):
            continue
        term = _term(one, reading)
        if term.is_empty():
            continue
        if leave_out or one["minus"]:
            reading.without.append((term, whole))
        else:
            reading.want(term, either=either)
        either = leave_out = False
    return _question(reading)


def match_of(words: str) -> str:
    """What people type as a query of FTS5; empty where there is none."""
    return question(words).match()


def first_day(text: str) -> date | None:
    """The first day of a day, a month or a year."""
    parts = _DAY.fullmatch(text)
    try:
        return date(int(parts[1]), int(parts[2] or 1), int(parts[3] or 1)) if parts else None
    except ValueError:
        return None


def affordable(store: Store, asked: Question) -> tuple[Question, list[str]]:
    """A question that can be asked at once, and which beginnings (`a*`) were taken as whole words because too much begins so."""
    left, whole = MAX_BEGINNING, []
    wanted: list[tuple[Term, ...]] = []
    for either in asked.wanted:
        kept = []
        for term in either:
            cost = _cost_of_beginning(store, term, left) if term.words()[1] else 0
            if cost <= left:
                left -= cost
                kept.append(term)
            else:
                whole.append(term.text + "*")
                kept.append(Term(term.text, columns=term.columns))
        wanted.append(tuple(kept))
    return Question(tuple(wanted), asked.without), whole


def are_common(store: Store, terms: list[Term]) -> bool:
    """Whether terms are in so many texts that relevance would take longer than people wait."""
    left = MAX_COMMON
    for term in terms:
        left -= store.value(_HOLDING, (term.match(), left + 1))
        if left < 0:
            return True
    return False


def _joins(word: str, found: list[re.Match[str]], place: int) -> bool:
    """Whether OR, AND or NOT stands where it joins something."""
    return place + 1 < len(found) and (word == "NOT" or place > 0) and found[place + 1][0] not in ("OR", "AND")


def _term(typed: re.Match[str], reading: _Reading) -> Term:
    """The word or phrase of a piece of what was typed; a name that is no field belongs to it."""
    text, name = typed["text"], (typed["name"] or "").lower()
    bare = text.rstrip("*")
    is_beginning = text != bare and bool(bare.strip('"'))
    if typed["name"] and text.startswith("//"):  # an address: of what it names the last part is in the index
        return Term(folding.slug(typed[0].lstrip("-")) or bare, columns=FIELDS["url"])
    if name == "url":
        bare = folding.slug(bare.strip('"')) or bare
    if name in FIELDS:
        return Term(bare.strip('"'), is_beginning, FIELDS[name])
    if typed["name"]:
        reading.as_words.append(typed[0])
        bare = f"{typed['name']} {bare}"
    return Term(bare.replace('"', " ").strip(), is_beginning)


def _question(reading: _Reading) -> Question:
    """What was read. Where nothing is wanted, what is to be left out is taken as words."""
    without = [term for term, _ in reading.without]
    if not reading.wanted and without:
        reading.as_words.extend(typed for _, typed in reading.without)
        reading.wanted, without = [[term] for term in without], []
    return Question(
        wanted=tuple(tuple(either) for either in reading.wanted),
        without=tuple(without),
        sites=tuple(reading.sites),
        changes=tuple(reading.changes),
        since=max(reading.since, default=None),
        until=min(reading.until, default=None),
        as_words=tuple(reading.as_words),
    )


def _cost_of_beginning(store: Store, term: Term, most: int) -> int:
    """How many words of all texts begin so; counted until it is more than `most`."""
    words = _WORD.findall(folding.key(term.text))
    if not words:
        return 0
    if len(words[-1]) < SHORTEST_BEGINNING and not folding.RUN.fullmatch(words[-1]):
        return most + 1
    last = words[-1][-1:] if folding.RUN.fullmatch(words[-1][-1:]) else words[-1]
    found = 0
    for row in store.rows(_BEGINNING, (last, last + "\U0010ffff")):
        found += row["cnt"]
        if found > most:
            break
    return found
