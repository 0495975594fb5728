"""Does furniture that differs between two fetches make an edit, and is every edit of the text seen?

    python benchmarks/stability.py --corpus ../shared/corpus [--sample 240] [--seed 1]

Stability: each page is fetched three times over: as it is, and twice with furniture put where templates put it, differing in
words, numbers, tokens, presence and kind. All three must give one content hash. Sensitivity: the article's own text is changed
in one small place at a time; the hash must change. Prints the counts and every failure with what caused it; exits 1 on any.
"""

from __future__ import annotations

import argparse
import random
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from editing import EDITS, Subject
from furniture import PIECES, Piece, Place, printed, retoken, words_for
from readers import page_of, rows_of

from crawler.extraction import extract
from crawler.extraction.markup.charset import decode
from pipelines.article import Article, Kind
from pipelines.text.normalise import CONTENT_FIELDS, content_of, normalise

MIN_PARAGRAPHS = 3
"""Paragraphs that must be found in the markup for a page to be a subject."""
SHARE_OF_GAPS = 0.35
MOST_GAPS = 6
AMOUNTS = {Place.HEAD: 2, Place.TOP: 2, Place.ABOVE: 1, Place.BELOW: 2, Place.AFTER: 3, Place.BOTTOM: 3}
"""Pieces at each place; between paragraphs, in so many of the gaps."""
STAYS, GOES, ROTATES = 0.6, 0.15, 0.25
"""How a slot differs in the second fetch: other words, nothing at all, another piece."""


@dataclass(frozen=True, slots=True)
class Slot:
    """One place that the template fills anew on each fetch."""

    place: Place
    offset: int
    fillings: tuple[Piece | None, Piece | None]


@dataclass(frozen=True, slots=True)
class Failure:
    """A false change of one page: which field of the reading moved, and which pieces move it even when alone."""

    page: str
    between: str
    fields: tuple[str, ...]
    causes: tuple[str, ...]
    example: str


def read(html: str, url: str) -> Article:
    return normalise(extract(html, url))


def subjects(corpus: Path, sample: int | None) -> Iterator[Subject]:
    """Pages that are articles and whose paragraphs are found in their markup."""
    for row in rows_of(corpus, sample):
        page, url = page_of(corpus, row)
        html = decode(page)
        reading = read(html, url)
        if reading.kind is not Kind.NOT_ARTICLE:
            subject = Subject(row["id"], url, row["lang"] or "en", html, reading)
            if len(subject.ends) >= MIN_PARAGRAPHS:
                yield subject


def offsets(subject: Subject) -> dict[Place, list[int]]:
    """Where furniture can go on this page."""

    def first(pattern: str, of_end: bool = True) -> list[int]:
        found = re.search(pattern, subject.shown, re.IGNORECASE)
        return [] if found is None else [found.end() if of_end else found.start()]

    head = re.search(r"<head\b[^>]*>", subject.html, re.IGNORECASE)
    last = [found.start() for found in re.finditer(r"</body\s*>", subject.shown, re.IGNORECASE)]
    ends = [end for _, end in subject.ends]
    return {
        Place.HEAD: [] if head is None else [head.end()],
        Place.TOP: first(r"<body\b[^>]*>"),
        Place.ABOVE: first(r"<h1\b", of_end=False),
        Place.BELOW: first(r"</h1\s*>"),
        Place.BETWEEN: ends[:-1],
        Place.AFTER: ends[-1:],
        Place.BOTTOM: last[-1:],
    }


def plan(subject: Subject, rng: random.Random) -> list[Slot]:
    """The slots of this page's imagined template."""
    by_place = {place: [piece for piece in PIECES if place in piece.places] for place in Place}
    slots = []
    for place, there in offsets(subject).items():
        if place is Place.BETWEEN:
            chosen = [offset for offset in there if rng.random() < SHARE_OF_GAPS][:MOST_GAPS] or there[:1]
        else:
            chosen = there * AMOUNTS[place]
        for offset in chosen:
            one, other = rng.sample(by_place[place], 2)
            second = rng.choices((one, None, other), (STAYS, GOES, ROTATES))[0]
            fillings = (one, second) if rng.random() < 0.5 else (second, one)
            slots.append(Slot(place, offset, fillings))
    return slots


def fetched(subject: Subject, slots: list[Slot], which: int, seed: str, with_tokens: bool = True) -> str:
    """The page as one of the two fetches gives it."""
    rng = random.Random(f"{seed} {which}")
    html, done, parts = subject.html, 0, []
    for slot in sorted(slots, key=lambda slot: slot.offset):
        piece = slot.fillings[which]
        if piece is not None:
            parts += [html[done : slot.offset], printed(piece, words_for(subject.language, rng))]
            done = slot.offset
    whole = "".join([*parts, html[done:]])
    return retoken(whole, rng) if with_tokens else whole


def moved(one: Article, other: Article) -> tuple[str, ...]:
    """The content fields that differ; the kind beside them, where it does."""
    fields = [name for name in CONTENT_FIELDS if content_of(one, name) != content_of(other, name)]
    return tuple(fields if one.kind is other.kind else [*fields, f"kind {one.kind} {other.kind}"])


def difference(one: Article, other: Article) -> str:
    """The first lines that only one of two readings holds, for a person."""

    def lines(article: Article) -> list[str]:
        names = [author.name for author in article.authors]
        captions = [f"caption: {image.caption} / {image.credit}" for image in article.images if image.caption or image.credit]
        return [
            str(article.headline),
            f"standfirst: {article.description}",
            f"by {names}",
            *captions,
            *article.body.split("\n\n"),
        ]

    mine, theirs = lines(one), lines(other)
    only = [f"-{line[:90]}" for line in mine if line not in theirs] + [f"+{line[:90]}" for line in theirs if line not in mine]
    return " ".join(only[:3]) or "order"


def check_stability(subject: Subject, seed: int) -> list[Failure]:
    """False changes of one page between bare and first, and between first and second fetch."""
    key = f"{seed} {subject.id}"
    slots = plan(subject, random.Random(key))
    first, second = (read(fetched(subject, slots, which, key), subject.url) for which in (0, 1))
    failures = []
    for between, one, other in (("bare and furnished", subject.reading, first), ("two fetches", first, second)):
        if one.content_hash != other.content_hash:
            causes = tuple(dict.fromkeys(causes_of(subject, slots, key))) or ("only together",)
            failures.append(Failure(subject.id, between, moved(one, other), causes, difference(one, other)))
    return failures


def causes_of(subject: Subject, slots: list[Slot], key: str) -> Iterator[str]:
    """What moves the hash when it is the only thing added to the page."""
    if read(retoken(subject.html, random.Random(key)), subject.url).content_hash != subject.reading.content_hash:
        yield "tokens in attributes"
    for slot in slots:
        for which in (0, 1):
            piece = slot.fillings[which]
            if piece is not None:
                reading = read(fetched(subject, [slot], which, key, with_tokens=False), subject.url)
                if reading.content_hash != subject.reading.content_hash:
                    yield f"{piece.name}, {slot.place}: {'+'.join(moved(subject.reading, reading))}"


def check_sensitivity(subject: Subject, seed: int, names: Sequence[str] = tuple(EDITS)) -> dict[str, bool | None]:
    """Edit -> whether it was seen; None where the page has no place for it."""
    seen: dict[str, bool | None] = {}
    for name in names:
        edited = EDITS[name](subject, random.Random(f"{seed} {subject.id} {name}"))
        seen[name] = None if edited is None else read(edited, subject.url).content_hash != subject.reading.content_hash
    return seen


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--corpus", type=Path, required=True)
    parser.add_argument("--sample", type=int, help="only so many pages, evenly spread")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    failures: list[Failure] = []
    made, seen, unseen, pages = Counter[str](), Counter[str](), defaultdict[str, list[str]](list), 0
    for subject in subjects(options.corpus, options.sample):
        pages += 1
        failures += check_stability(subject, options.seed)
        for name, was_seen in check_sensitivity(subject, options.seed).items():
            made[name] += was_seen is not None
            seen[name] += was_seen is True
            if was_seen is False:
                unseen[name].append(subject.id)
    print(f"{pages} pages, {len(PIECES)} kinds of furniture, seed {options.seed}\n")
    report(failures, pages)
    for name in EDITS:
        print(f"{name}: {seen[name]} of {made[name]} seen" + "".join(f"\n    not seen: {page}" for page in unseen[name]))
    if failures or unseen:
        sys.exit(1)


def report(failures: list[Failure], pages: int) -> None:
    for between in ("two fetches", "bare and furnished"):
        print(f"{between}: {sum(one.between == between for one in failures)} false changes of {pages}")
    pages_of = defaultdict[str, set[str]](set)
    for failure in failures:
        for cause in failure.causes:
            pages_of[cause].add(failure.page)
    if failures:
        print("\ncauses, by number of pages:")
    for cause, ids in sorted(pages_of.items(), key=lambda pair: -len(pair[1])):
        print(f"    {len(ids):4} {cause}  ({', '.join(sorted(ids)[:3])})")
    for failure in failures:
        print(f"    {failure.page} {failure.between} {'+'.join(failure.fields)}: {failure.example}")
    print()


if __name__ == "__main__":
    main()
