"""Search terms as typed -> a query of FTS5, and its cost. Nothing that is typed is ever passed to FTS5 as its query language.

All words must match. `"a phrase"` stays together, `word*` matches beginnings, `one OR other` either word; `-word` and `NOT
word` exclude. `headline:word` searches only there; so do `author:`, `body:`, `caption:`, `topic:` and `url:`. Filters are
`site:`, `change:`, `after:DAY` (that day or later) and `before:DAY` (earlier); a day may be a month or a year. Text that only
looks like one of these is searched as words, and named in the result.
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
"""Occurrences of words with one beginning (`word*`) in all texts: FTS5 collects all of them before it returns the first."""
MAX_COMMON = 300_000
"""Sum of the revisions that contain each term, up to which relevance is computed: it counts each term in all texts."""

FIELDS = {
    "headline": "headline",
    "author": "{byline authors}",
    "body": "{description body}",
    "caption": "captions",
    "topic": "topics",
    "url": "address",
}
"""Names before a colon, and the columns of the index that they mean."""
_KINDS = frozenset(str(change) for change in CHANGES)

_TYPED = re.compile(r'(?P<minus>-(?=[^\s-]))?(?:(?P<name>[A-Za-z]+):(?=\S))?(?P<text>"[^"]*"?\*?|[^\s"]+)')
_HEBREW_QUOTE = re.compile('(?<=[\u05d0-\u05ea])"(?=[\u05d0-\u05ea])')
"""The sign of an abbreviation as it is typed."""
_DAY = re.compile(r"(\d{4})(?:-(\d\d))?(?:-(\d\d))?", re.ASCII)
_WORD = re.compile(r"\w+")
_BEGINNING = "SELECT cnt FROM temp.revision_words WHERE term >= ? AND term < ?"
_HOLDING = "SELECT count(*) FROM (SELECT 1 FROM revisions_fts WHERE revisions_fts MATCH ? LIMIT ?)"


@dataclass(frozen=True, slots=True)
class Term:
    """A word or a phrase."""

    text: str
    """As typed, without quotes."""
    is_beginning: bool = False
    columns: str = ""
    """Columns of the index, in FTS5's syntax; empty means all."""

    def words(self, spelling: str | None = None) -> tuple[str, bool]:
        """The term, or another spelling of it, in the form of the index, and whether its last word is only a beginning.

        In a script without spaces the index holds pairs of characters. The text may continue after such a run, so its last
        character alone is left out; a run of one character is the beginning of each pair that starts with it.
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
        """The term quoted for FTS5, so that typed text is never its query language."""
        quoted = []
        for spelling in self.spellings():
            words, is_beginning = self.words(spelling)
            quoted.append('"' + words.replace("\0", " ").replace('"', '""') + '"' + ("*" if is_beginning else ""))
        each = list(dict.fromkeys(quoted))
        either = each[0] if len(each) == 1 else f"({' OR '.join(each)})"
        return f"{self.columns} : {either}" if self.columns else either

    def spellings(self) -> list[str]:
        """All spellings that are searched for this term; for an address only its own."""
        found = folding.spellings(self.text)
        return found[:1] if self.columns == FIELDS["url"] or "://" in self.text else found

    def is_empty(self) -> bool:
        """Whether it contains nothing that the index holds."""
        return not any(char.isalnum() for char in self.spellings()[0])


@dataclass(frozen=True, slots=True)
class Question:
    """A typed query after parsing."""

    wanted: tuple[tuple[Term, ...], ...] = ()
    """Groups of terms; one term of each group must match."""
    without: tuple[Term, ...] = ()
    sites: tuple[str, ...] = ()
    """Ids or hosts, as typed."""
    changes: tuple[str, ...] = ()
    since: str | None = None
    until: str | None = None
    as_words: tuple[str, ...] = ()
    """What looks like an operator or a filter, but was read as words."""

    def terms(self) -> list[Term]:
        """The words and phrases to find."""
        return [term for either in self.wanted for term in either]

    def match(self) -> str:
        """The query for FTS5; empty if there is nothing to find."""
        wanted = " AND ".join(f"({' OR '.join(term.match() for term in either)})" for either in self.wanted)
        without = " OR ".join(term.match() for term in self.without)
        return f"({wanted}) NOT ({without})" if wanted and without else wanted


@dataclass(slots=True)
class _Reading:
    """A query while it is parsed."""

    wanted: list[list[Term]] = field(default_factory=list)
    without: list[tuple[Term, str]] = field(default_factory=list)
    sites: list[str] = field(default_factory=list)
    changes: list[str] = field(default_factory=list)
    since: list[str] = field(default_factory=list)
    until: list[str] = field(default_factory=list)
    as_words: list[str] = field(default_factory=list)

    def narrow(self, name: str, value: str) -> bool:
        """Add a filter; False if it is none."""
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
    """Typed text as a query of at most 32 terms. Every text is a valid query."""
    text = typed[:MAX_CHARS].encode("utf-8", "replace").decode().replace("\0", " ")  # lone surrogates are no text
    found = list(_TYPED.finditer(_HEBREW_QUOTE.sub("\u05f4", text)))[:MAX_TERMS]
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
            if term.columns == FIELDS["url"] and name != "url":
                reading.want(Term(one[0]), either=True)  # an address, which a text may hold too
        either = leave_out = False
    return _question(reading)


def match_of(words: str) -> str:
    """Typed text as a query for FTS5; empty if there is nothing to find."""
    return question(words).match()


def first_day(text: str) -> date | None:
    """The first day of a day, a month or a year."""
    parts = _DAY.fullmatch(text)
    try:
        return date(int(parts[1]), int(parts[2] or 1), int(parts[3] or 1)) if parts else None
    except ValueError:
        return None


def affordable(store: Store, asked: Question) -> tuple[Question, list[str]]:
    """The query without what is too slow, and the beginnings (`a*`) that it searches as whole words because too many words
    begin so."""
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
    """Whether terms are in so many texts that computing relevance would take too long."""
    left = MAX_COMMON
    for term in terms:
        left -= store.value(_HOLDING, (term.match(), left + 1))
        if left < 0:
            return True
    return False


def _joins(word: str, found: list[re.Match[str]], place: int) -> bool:
    """Whether this OR, AND or NOT is an operator between terms."""
    return place + 1 < len(found) and (word == "NOT" or place > 0) and found[place + 1][0] not in ("OR", "AND")


def _term(typed: re.Match[str], reading: _Reading) -> Term:
    """The term of a piece of the typed text; a name before a colon that is not a field is part of it."""
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
    """The parsed query. If it has only excluded terms, they are searched as words."""
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
    """Occurrences of words with this beginning in all texts; counting stops above `most`."""
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
