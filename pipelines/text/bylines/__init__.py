"""Parses printed bylines into people, their roles and the agency they write for: `parse_byline`.

    "By contributor Ellen Corby, PA Political Correspondent" -> Ellen Corby, Political Correspondent, PA

Knows languages, not sites: no list of writers, no list of newspapers, no page.

lines.py        removes what is not part of a byline: toolbars, times, addresses
tokens.py clauses.py runs.py people.py     words -> clauses -> runs of names and titles -> persons
job_titles.py agency_spans.py cjk.py       finds job titles and agencies; bylines in Chinese, Japanese and Korean
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import NamedTuple

from pipelines.article import Author, AuthorKind
from pipelines.text.bylines.lines import LONGEST, clean_lines
from pipelines.text.bylines.runs import marked_runs
from pipelines.text.bylines.tokens import Mark, Run, byline_words
from pipelines.text.lexicons import word_set
from pipelines.text.lexicons.agencies import agency_name, is_outlet
from pipelines.text.lexicons.names import key, written
from pipelines.text.lexicons.roles import is_desk

_LOCAL_DEMOCRACY = "local democracy reporter"
_MOST_PEOPLE = 40
_SENTENCE = re.compile(
    r"^(?:is|was)\s+(?:(?:an?|the|our)\s+)?|\s+(?:living|based|who|covering|writing)\s.*$|\s+(?:and|y|et|und)$", re.IGNORECASE
)
"""What is left around the title in "is a freelance writer living in Leeds"."""


NAMES_WRITER = re.compile(
    r"^(?:(?:by|von|par|por|di|da|av|af|door|text|texte|autor|kirjoitti|(?:written|words|story|reported|posted|submitted) by"
    r"|(?:geschrieben|verfasst) von|(?:écrit|rédigé|publié) par|escrito por|scritto da|geschreven door|oleh|penulis)\s*:?\s+\S"
    r"|(?:auteur|autorka|tekst|haber|автор|текст|συντάκτης|كتبت?|بقلم|מאת|लेखक|作者|撰文|記者|记者|文)\s?[:：]\s*\S"
    r"|(?:بقلم|מאת)\s+\S)",
    re.IGNORECASE,
)
"""The beginning of a line that names its writer."""


class Byline(NamedTuple):
    """A parsed byline. If it names no person, it has no authors, and the role and the agency are those of the desk or the
    agency."""

    authors: tuple[Author, ...] = ()
    role: str | None = None
    """The first job title in it, as printed, even if it belongs to no named person ("Staff Reporter")."""
    agency: str | None = None
    """The first agency in it, by its short name ("PA", "AP", "LDRS")."""

    @property
    def names(self) -> tuple[str, ...]:
        """The authors' names, in printed order."""
        return tuple(author.name for author in self.authors)


@dataclass(slots=True)
class _Reading:
    """What was read so far. Job titles and agencies wait here until it is known to whom they belong."""

    authors: list[Author] = field(default_factory=list)
    role: str | None = None
    genre: str | None = None
    agency: str | None = None
    role_ahead: str | None = None
    agency_ahead: str | None = None
    fresh: int = 0
    """The number of last authors that still wait for a role or an agency after their names."""
    mononyms: list[str] = field(default_factory=list)

    def person(self, name: str) -> None:
        known = {key(author.name): at for at, author in enumerate(self.authors)}
        if key(name) in known or len(self.authors) >= _MOST_PEOPLE:
            self.role_ahead = None
            return
        self.authors.append(Author(name, self.role_ahead, self.agency_ahead))
        self.role_ahead = None
        self.fresh += 1

    def job(self, role: str) -> None:
        """Give a singular title to the last author, and a plural one to all waiting authors that have none yet."""
        role = _SENTENCE.sub("", role)
        self.role = self.role or role
        if role.casefold().startswith(_LOCAL_DEMOCRACY):
            self.works_for("LDRS")
        if not self.authors:
            self.role_ahead = role
            return
        count = self.fresh if role.casefold().endswith(("s", "ren", "en", "innen")) else 1
        self._fill(count, role=role)

    def works_for(self, agency: str) -> None:
        self.agency = self.agency or agency
        if not self.authors:
            self.agency_ahead = agency
            return
        self._fill(self.fresh, agency=agency)

    def _fill(self, count: int, *, role: str | None = None, agency: str | None = None) -> None:
        for at in range(max(0, len(self.authors) - max(count, 1)), len(self.authors)):
            author = self.authors[at]
            self.authors[at] = replace(author, role=author.role or role, agency=author.agency or agency)

    def byline(self) -> Byline:
        if not self.authors and len(self.mononyms) == 1 and not self.role and not self.agency:
            self.authors.append(Author(self.mononyms[0]))
        return Byline(tuple(self.authors), self.role or self.genre, self.agency)


def parse_byline(text: str, *, title: str | None = None) -> Byline:
    """Parse a byline in any of the catalogue's languages. Never fails: text that names no one gives an empty `Byline`.

    `title` is the publication's own name, which is neither a person nor an agency. At most `lines.LONGEST`
    characters are read. A parsed name, when parsed again, gives the same name.
    """
    byline = _read(text[:LONGEST], title)
    authors = tuple(author for author in map(_settled, byline.authors) if author)
    return byline if authors == byline.authors else byline._replace(authors=authors)


@lru_cache(maxsize=2_000)  # a page names its writer in four places, and a site has the same writers on many pages
def _read(text: str, title: str | None) -> Byline:
    reading = _Reading()
    before: Mark | None = None
    for run in marked_runs(clean_lines(text), title):
        _take(reading, run, before)
        before = run.mark
    return reading.byline()


_LONGEST_ORGANISATION = 6
_NO_ADDRESS = re.compile(r"https?:|@|^[\W\d_]*$")


def parse_organisation(text: str, *, title: str | None = None, is_declared: bool = False) -> Author | None:
    """The organisation that a byline names instead of a person: "Von dpa" -> dpa; None if it names none.

    Names are kept as printed; the agency is the short name. A printed line needs a "by", an agency, a desk or the name of a
    media house; otherwise it is a kicker or a place. `title` is the publication's own name; `is_declared`: markup declares the
    text as the author.
    """
    if _NO_ADDRESS.search(text[:LONGEST]):
        return None
    for line in clean_lines(text):
        _, _, agency = line.rstrip(")").partition(" (")
        line = agency if agency_name(agency.partition("/")[0].casefold()) else line  # "WASHINGTON (AP)"
        words = line.partition(" / ")[0].partition(", in ")[0].split()
        start = next((at for at, word in enumerate(words) if not _opens(word)), len(words))
        name, folded = " ".join(words[start:]).strip("()[]"), [word.casefold().strip(".,") for word in words[start:]]
        if len(name) < 2:
            continue
        found = parse_byline(name, title=title)
        if found.authors or len(folded) > _LONGEST_ORGANISATION or _NOBODY.issuperset(folded):
            return None
        is_house = any(map(is_desk, folded)) or is_outlet(words[start:]) or found.role is not None
        if found.agency or ((is_declared or start or is_house) and any(char.isupper() or char.isdigit() for char in name)):
            return Author(name, None, found.agency, AuthorKind.ORGANISATION)
        return None
    return None


_NOBODY = word_set(
    "admin administrator webmaster user guest anonymous unknown anonym unbekannt none null undefined default test author autor"
    " the latest local news in"
)


def _opens(word: str) -> bool:
    """Whether a word comes before a name: "by", "von", a label, an article ("By a Local Democracy Reporter")."""
    known, folded = byline_words(), word.casefold().strip(":")
    return folded in known.by_anywhere | known.by_first | _LABELS or (word.islower() and folded in known.articles)


_LABELS = frozenset(("autor", "author", "quelle", "source"))


def _take(reading: _Reading, run: Run, before: Mark | None) -> None:
    match run.mark:
        case Mark.PERSON:
            if before not in (Mark.PERSON, None):
                reading.fresh = 0
            for words in run.people:
                reading.person(written(words))
        case Mark.MONONYM:
            reading.mononyms.append(run.text)
        case Mark.ROLE:
            reading.job(run.text)
        case Mark.AGENCY:
            reading.works_for(run.text)
        case Mark.GENRE:
            reading.genre = reading.genre or run.text


def _settled(author: Author) -> Author | None:
    """The author with a name that stays the same when it is parsed again, so that stored names can be; None if there is no
    such name."""
    name = author.name
    for _ in range(3):
        again = _read(name, None).names
        if again == (name,):
            return replace(author, name=name)
        if len(again) != 1:
            return None
        name = again[0]
    return None


__all__ = ["NAMES_WRITER", "Byline", "parse_byline", "parse_organisation"]
