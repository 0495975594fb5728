"""The grammar of a clean byline line: which words are a person, a job title, an agency, a place, a newspaper or nothing.

Job titles and agencies are marked first, because their words are known; the words between them are judged as a person, an
outlet or nothing. Pure functions over one line at a time; `bylines` decides to whom a title belongs.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipelines.text.bylines.agency_spans import agency_spans, stretched
from pipelines.text.bylines.cjk import is_cjk, read_cjk
from pipelines.text.bylines.clauses import Clause, clauses_of
from pipelines.text.bylines.job_titles import title_spans
from pipelines.text.bylines.people import is_mononym, is_place_tail, joined_names, people_in, without_end, without_lead
from pipelines.text.bylines.tokens import Mark, Run, Span, Token, TokenKind, byline_words, tokens_of
from pipelines.text.lexicons import is_given_name
from pipelines.text.lexicons.agencies import agency_length, agency_name, is_agency_by_shape, is_outlet
from pipelines.text.lexicons.names import is_name, looks_capital, strip_titles

_USER = re.compile(r"([a-z]{2,20})[._]([a-z]{3,20})")
_DOMAIN = re.compile(r"[\w-]{2,40}(?:\.[\w-]{2,20})?\.[A-Za-z]{2,6}")


def marked_runs(lines: list[str], title: str | None) -> Iterator[Run]:
    """The meaningful runs of all lines, in printed order."""
    own = title_words(title)
    left_out = False
    for line in joined_names(lines):
        if is_cjk(line):
            yield from read_cjk(line)
            continue
        clauses = clauses_of(tokens_of(line))
        clauses[0].dropped = clauses[0].dropped or left_out
        left_out = clauses[-1].labels_what_follows
        for clause in clauses:
            yield from _Reader(line, clause, own).runs()


def title_words(title: str | None) -> list[str]:
    """The case-folded words of a publication's name, without a leading article."""
    words = [token.folded for token in tokens_of((title or "")[:100])]
    return words[1:] if len(words) > 1 and words[0] == "the" else words


def _spans(tokens: list[Token]) -> list[Span]:
    """All agencies and job titles of a clause, not overlapping."""
    taken = [False] * len(tokens)
    agencies = list(agency_spans(tokens))
    for span in agencies:
        taken[span.start : span.end] = [True] * (span.end - span.start)
    titles = list(title_spans(tokens, taken))
    for span in titles:
        taken[span.start : span.end] = [True] * (span.end - span.start)
    return [*(stretched(span, tokens, taken) for span in agencies), *titles]


def _is_date(words: list[str]) -> bool:
    """Whether all words are days and months, at least one a day in full: "Friday March"; "Jan Mai" may be a person."""
    known, folded = byline_words(), [word.casefold() for word in words]
    return all(word in known.days or word in known.months for word in folded) and any(
        word in known.days and len(word) > 4 for word in folded
    )


def _spelled_out(words: list[str]) -> list[str]:
    """The words of a user name that is a person's name ("karin.holst"); other words unchanged."""
    user = _USER.fullmatch(words[0]) if len(words) == 1 else None
    if user and is_given_name(user[1]) and user[2] not in ("com", "net", "org", "news", "info"):
        return [user[1].title(), user[2].title()]
    return words


class _Reader:
    """One clause, read from left to right."""

    def __init__(self, line: str, clause: Clause, own: list[str]) -> None:
        self.line = line
        self.clause = clause
        self.tokens = clause.tokens
        self.own = own
        self.at = 0
        self.anyone = False
        self.spans = {span.start: span for span in _spans(self.tokens)}

    def runs(self) -> Iterator[Run]:
        if self.clause.dropped:
            return
        if self.clause.genre:
            yield Run(Mark.GENRE, self.clause.genre)
        swapped = self._surname_first()
        if swapped:
            yield Run(Mark.PERSON, people=(swapped,))
            return
        while self.at < len(self.tokens):
            yield from self._next()

    def _next(self) -> Iterator[Run]:
        token = self.tokens[self.at]
        span = self.spans.get(self.at)
        if span:
            self.at = span.end
            yield from self._spanned(span)
        elif token.kind is not TokenKind.WORD:
            self.at += 1
        elif self._skips_own_title() or self._skips_place() or self._skips_house():
            return
        elif self.anyone and token.folded in byline_words().bio_verbs and token.text.islower():
            self.at = len(self.tokens)
        else:
            start = self.at
            self.at = self._end_of_run(start)
            yield from self._judged([token.text for token in self.tokens[start : self.at]])

    def _spanned(self, span: Span) -> Iterator[Run]:
        tokens = self.tokens[span.start : span.end]
        if span.mark is Mark.AGENCY:
            if agency_length(self.own) == 0 or agency_name(" ".join(self.own[: agency_length(self.own)])) != span.text:
                yield Run(Mark.AGENCY, span.text)
            return
        text = " ".join(self.line[tokens[0].start : tokens[-1].end].split()).strip(" ,;:")
        yield Run(Mark.ROLE, text[:-1] if text.endswith(".") and not text.endswith("..") else text)

    def _end_of_run(self, start: int) -> int:
        at = start + 1
        while at < len(self.tokens) and at not in self.spans and self.tokens[at].kind is TokenKind.WORD:
            token = self.tokens[at]
            if token.text.islower() and at - start > 1 and token.folded in byline_words().bio_verbs:
                break
            if self._is_place_opener(at) or self._is_house_opener(at) or self._end_of_own_title(at):
                break
            at += 1
        return at

    def _judged(self, words: list[str]) -> Iterator[Run]:
        """The meaning of a run of unmarked words: people, people and their newspaper, a label of opinion, or nothing."""
        while len(words) > 1 and words[0].casefold() in byline_words().genres:
            yield Run(Mark.GENRE, words[0])
            words = words[1:]
        if len(words) > 2 and words[0].casefold().strip(".") in byline_words().pictures | {"fot"} and is_name(words[1:]):
            return
        words = _spelled_out(strip_titles(without_lead(words)))
        if not words or all(word.casefold() in byline_words().nobody for word in words) or _is_date(words):
            return
        people = people_in(without_end(words))
        if people and (is_given_name(words[0].casefold()) or not is_place_tail(words)):
            if self._is_photographer():
                return
            shared = self._shared_surname(people)
            self.anyone = True
            yield Run(Mark.PERSON, people=(*shared, *people))
        elif self._is_supplier(words):
            yield Run(Mark.AGENCY, " ".join(words))
        elif self.anyone and len(words) == 1 and _DOMAIN.fullmatch(words[0]) and self._after_comma():
            yield Run(Mark.ROLE, words[0])
        elif len(words) == 1 and len(self.tokens) == 1 and is_mononym(words[0]):
            yield Run(Mark.MONONYM, words[0])

    def _is_supplier(self, words: list[str]) -> bool:
        """ "Express News Service", and an outlet that supplies another: "NJ Advance Media for NJ.com"."""
        if not all(map(looks_capital, words)) or len(words) < 2:
            return False
        return is_agency_by_shape(words) or (
            self.at < len(self.tokens)
            and self._is_house_opener(self.at)
            and self.tokens[self.at].folded == "for"
            and is_outlet(words)
        )

    def _is_photographer(self) -> bool:
        """ "Frank Roth (Fotos)": the bracket after the name says that he did not write the text."""
        if self.at + 1 >= len(self.tokens) or self.tokens[self.at].kind is not TokenKind.OPEN:
            return False
        inside = self.tokens[self.at + 1]
        return inside.folded in byline_words().other_labels and inside.folded not in byline_words().writer_labels

    def _after_comma(self) -> bool:
        return self.at > 1 and self.tokens[self.at - 2].kind is TokenKind.COMMA

    def _shared_surname(self, people: tuple[list[str], ...]) -> tuple[list[str], ...]:
        """ "Dave & Sue Hartley": the first of a couple with the surname that is printed once."""
        start = self.at - sum(map(len, people))
        if len(people) != 1 or len(people[0]) != 2 or start < 2 or self.tokens[start - 1].kind is not TokenKind.AND:
            return ()
        first = self.tokens[start - 2]
        alone = start == 2 or self.tokens[start - 3].kind is not TokenKind.WORD
        if alone and is_given_name(first.folded) and is_given_name(people[0][0].casefold()) and first.text.istitle():
            return ([first.text, people[0][1]],)
        return ()

    def _surname_first(self) -> list[str] | None:
        """The name in "Hartley, Sue", as catalogues and some systems print it, in its usual order."""
        if len(self.tokens) != 3 or self.tokens[1].kind is not TokenKind.COMMA:
            return None
        last, first = self.tokens[0], self.tokens[2]
        if not is_given_name(first.folded) or is_given_name(last.folded) or is_place_tail([last.text]):
            return None
        words = [first.text, last.text]
        return words if is_name(words) and looks_capital(last.text) and 0 not in self.spans else None

    def _skips_own_title(self) -> bool:
        """Skip the publication's own name, if it is here."""
        end = self._end_of_own_title(self.at)
        self.at = end or self.at
        return bool(end)

    def _end_of_own_title(self, at: int) -> int:
        """The end of the publication's own name that begins here; 0 if it does not."""
        start = at + (self.tokens[at].folded == "the")
        end = start + len(self.own)
        return end if self.own and [token.folded for token in self.tokens[start:end]] == self.own else 0

    def _is_place_opener(self, at: int) -> bool:
        token, after = self.tokens[at], self.tokens[at + 1 : at + 2]
        small = token.text.islower() or (token.text in ("In", "At") and at > 1)
        if not after or token.folded not in byline_words().locatives or not small or after[0].kind is not TokenKind.WORD:
            return False
        return looks_capital(after[0].text) or after[0].folded in ("the", "der", "den", "het", "la", "le", "from", "the")

    def _skips_place(self) -> bool:
        """Skip "in Seoul", "at Westminster", "in Lahinch, County Clare"."""
        if not self._is_place_opener(self.at):
            return False
        self.at = self._end_of_segment(self.at + 1)
        while self.at + 1 < len(self.tokens) and self.tokens[self.at].kind is TokenKind.COMMA:
            end = self._end_of_segment(self.at + 1)
            if not is_place_tail([token.text for token in self.tokens[self.at + 1 : end]]):
                break
            self.at = end
        return True

    def _is_house_opener(self, at: int) -> bool:
        token = self.tokens[at]
        if token.folded == "of":
            return token.text.islower() or (at + 1 < len(self.tokens) and self.tokens[at + 1].text == "The")
        return token.folded in byline_words().house_openers and at + 1 < len(self.tokens)

    def _skips_house(self) -> bool:
        """Skip "for the Daily X"."""
        if not self._is_house_opener(self.at):
            return False
        self.at = self._end_of_segment(self.at + 1)
        return True

    def _end_of_segment(self, at: int) -> int:
        """The next comma or bracket, or the next "and" before a person."""
        while at < len(self.tokens):
            kind = self.tokens[at].kind
            if kind is TokenKind.AND:
                end = at + 1
                while end < len(self.tokens) and self.tokens[end].kind is TokenKind.WORD:
                    end += 1
                following = [token.text for token in self.tokens[at + 1 : end]]
                if agency_length([word.casefold() for word in following]) or is_name(following[:2]):
                    return at
            elif kind is not TokenKind.WORD:
                return at
            at += 1
        return at
