"""Is a shown difference exact, does it show what was done, does it read well, and what does it cost?

    python benchmarks/differences.py --corpus ../shared/corpus [--pairs 500] [--seed 1] [--show 5]

Each pair is a page of the corpus as we read it, and the same page edited: once in its markup (a digit, a caption, a name in the
byline ...) and read again, then its body in 1 to 6 places as editors do: words, numbers, sentences and paragraphs that come, go,
change, split, join and move. Then pairs of 50,000 words are timed: edited, rewritten, and made to be slow. Exits 1 where a
difference is not exact. `--show` prints so many differences for a person's eyes.
"""

from __future__ import annotations

import argparse
import random
import re
import statistics
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain, groupby
from pathlib import Path

from editing import EDITS as MARKUP_EDITS
from editing import NEGATIONS, Subject
from stability import read, subjects

from pipelines.article import Article
from pipelines.diff import ChangeKind, Op, Paragraph, Piece, apply, body_changes, differences, restore
from pipelines.diff.model import sentences_of
from pipelines.text import join_paragraphs, paragraphs

MIN_PARAGRAPHS = 4
BIG = 50_000


@dataclass(slots=True)
class Draft:
    """A body under edit; a paragraph is edited once only, so that edits can be counted."""

    texts: list[str]
    language: str
    donor: list[str]
    """Sentences of another page, for what is new."""
    edits: list[str] = field(default_factory=list)
    touched: set[str] = field(default_factory=set)
    moved: set[str] = field(default_factory=set)
    """Paragraphs, as they now read, that stand elsewhere."""

    def free(self, rng: random.Random, wanted: Callable[[str], bool] = lambda text: len(text) > 60) -> int | None:
        places = [place for place, text in enumerate(self.texts) if text not in self.touched and wanted(text)]
        return rng.choice(places) if places else None

    def put(self, place: int, *texts: str) -> None:
        self.texts[place : place + 1] = texts
        self.touched.update(texts)


Edit = Callable[[Draft, random.Random], bool]


def number(draft: Draft, rng: random.Random) -> bool:
    place = draft.free(rng, lambda text: bool(re.search(r"\d", text)))
    if place is None:
        return False
    found = rng.choice(list(re.finditer(r"\d+", draft.texts[place])))
    text = draft.texts[place]
    draft.put(place, f"{text[: found.start()]}{int(found.group()) + rng.randint(1, 9)}{text[found.end() :]}")
    return True


def _word(draft: Draft, rng: random.Random, change: Callable[[str], str]) -> bool:
    place = draft.free(rng, lambda text: text.count(" ") > 6)
    if place is None:
        return False
    words = draft.texts[place].split(" ")
    at = rng.randrange(1, len(words) - 1)
    draft.put(place, " ".join([*words[:at], change(words[at]), *words[at + 1 :]]))
    return True


def word(draft: Draft, rng: random.Random) -> bool:
    return _word(draft, rng, lambda old: rng.choice(rng.choice(draft.donor).split()))


def negation(draft: Draft, rng: random.Random) -> bool:
    return _word(draft, rng, lambda old: f"{NEGATIONS.get(draft.language[:2], 'not')} {old}")


def clause(draft: Draft, rng: random.Random) -> bool:
    return _word(draft, rng, lambda old: f"{old}, {' '.join(rng.choice(draft.donor).split()[:6])},")


def sentence_gone(draft: Draft, rng: random.Random) -> bool:
    place = draft.free(rng, lambda text: len(sentences_of(text)) > 1)
    if place is None:
        return False
    sentences = sentences_of(draft.texts[place])
    del sentences[rng.randrange(len(sentences))]
    draft.put(place, "".join(sentences).strip())
    return True


def sentence_new(draft: Draft, rng: random.Random) -> bool:
    place = draft.free(rng)
    if place is None:
        return False
    sentences = sentences_of(draft.texts[place])
    at = rng.randint(0, len(sentences))
    draft.put(place, " ".join(text.strip() for text in [*sentences[:at], rng.choice(draft.donor), *sentences[at:]]))
    return True


def sentence_rewritten(draft: Draft, rng: random.Random) -> bool:
    place = draft.free(rng, lambda text: len(sentences_of(text)) > 1)
    if place is None:
        return False
    sentences = sentences_of(draft.texts[place])
    sentences[rng.randrange(len(sentences))] = rng.choice(draft.donor) + " "
    draft.put(place, "".join(sentences).strip())
    return True


def paragraph_gone(draft: Draft, rng: random.Random) -> bool:
    place = draft.free(rng)
    if place is None or len(draft.texts) < MIN_PARAGRAPHS:
        return False
    del draft.texts[place]
    return True


def paragraph_new(draft: Draft, rng: random.Random) -> bool:
    text = " ".join(rng.sample(draft.donor, min(2, len(draft.donor))))
    draft.texts.insert(rng.randint(0, len(draft.texts)), text)
    draft.touched.add(text)
    return True


def paragraph_rewritten(draft: Draft, rng: random.Random) -> bool:
    place = draft.free(rng)
    if place is None:
        return False
    draft.put(place, " ".join(rng.sample(draft.donor, min(2, len(draft.donor)))))
    return True


def paragraph_moved(draft: Draft, rng: random.Random) -> bool:
    """At least two paragraphs further, so that it is clear which one moved."""
    place = draft.free(rng)
    targets = [] if place is None else [at for at in range(len(draft.texts)) if abs(at - place) > 2]
    if place is None or not targets:
        return False
    text = draft.texts.pop(place)
    draft.texts.insert(rng.choice(targets), text)
    draft.touched.add(text)
    draft.moved.add(text)
    return True


def paragraph_moved_and_edited(draft: Draft, rng: random.Random) -> bool:
    if not paragraph_moved(draft, rng):
        return False
    text = next(text for text in draft.texts if text in draft.moved)
    words = text.split(" ")
    words[len(words) // 2] = "lantern"
    draft.moved.remove(text)
    draft.moved.add(" ".join(words))
    draft.put(draft.texts.index(text), " ".join(words))
    return True


def split(draft: Draft, rng: random.Random) -> bool:
    place = draft.free(rng, lambda text: len(sentences_of(text)) > 1)
    if place is None:
        return False
    sentences = sentences_of(draft.texts[place])
    at = rng.randrange(1, len(sentences))
    draft.put(place, "".join(sentences[:at]).strip(), "".join(sentences[at:]).strip())
    return True


def joined(draft: Draft, rng: random.Random) -> bool:
    place = draft.free(rng)
    if place is None or place + 1 == len(draft.texts) or draft.texts[place + 1] in draft.touched:
        return False
    text = f"{draft.texts[place]} {draft.texts.pop(place + 1)}"
    draft.put(place, text)
    return True


EDITS: dict[str, Edit] = {
    "a number": number,
    "a word": word,
    "a negation": negation,
    "a clause added": clause,
    "a sentence gone": sentence_gone,
    "a sentence added": sentence_new,
    "a sentence rewritten": sentence_rewritten,
    "a paragraph gone": paragraph_gone,
    "a paragraph added": paragraph_new,
    "a paragraph rewritten": paragraph_rewritten,
    "a paragraph moved": paragraph_moved,
    "a paragraph moved and edited": paragraph_moved_and_edited,
    "a paragraph split": split,
    "two paragraphs joined": joined,
}


@dataclass(frozen=True, slots=True)
class Pair:
    """Two revisions of a page, and what was done to its body."""

    page: str
    before: Article
    after: Article
    edits: tuple[str, ...]
    moved: frozenset[str]


def pairs(corpus: Path, wanted: int, rng: random.Random) -> Iterator[Pair]:
    donor: list[str] = ["It was not said why."]
    made = 0
    for subject in chain(subjects(corpus, None), subjects(corpus, None)):
        if made == wanted:
            return
        texts = paragraphs(subject.reading.body)
        if len(texts) >= MIN_PARAGRAPHS:
            made += 1
            yield _pair(subject, donor, rng)
        donor = [text.strip() for text in sentences_of(" ".join(texts)) if len(text) > 40] or donor


def _pair(subject: Subject, donor: list[str], rng: random.Random) -> Pair:
    after = subject.reading
    for name in rng.sample(sorted(MARKUP_EDITS), len(MARKUP_EDITS)):
        html = MARKUP_EDITS[name](subject, rng)
        if html is not None:
            after = read(html, subject.url)
            break
    texts = paragraphs(after.body)
    in_markup = [] if after.body == subject.reading.body else [name]
    draft = Draft(list(texts), subject.language, donor, in_markup, set(texts) - set(paragraphs(subject.reading.body)))
    for _ in range(rng.randint(1, 6)):
        name = rng.choice(sorted(EDITS))
        if EDITS[name](draft, rng):
            draft.edits.append(name)
    after = replace(after, body=join_paragraphs(draft.texts))
    return Pair(subject.id, subject.reading, after, tuple(draft.edits), frozenset(draft.moved))


def is_exact(pair: Pair, shown: Sequence[Paragraph]) -> bool:
    """Both ways; and every field's pieces are both its texts."""
    if apply(pair.before.body, shown) != pair.after.body or restore(pair.after.body, shown) != pair.before.body:
        return False
    for one in differences(pair.before, pair.after):
        if one.field in ("headline", "description", "byline", "section", "body"):
            texts = (getattr(pair.before, one.field) or "", getattr(pair.after, one.field) or "")
            if (_side(one.pieces, Op.ADDED), _side(one.pieces, Op.REMOVED)) != texts:
                return False
    return True


def _side(pieces: Sequence[Piece], without: Op) -> str:
    return "".join(piece.text for piece in pieces if piece.op is not without)


def regions(shown: Sequence[Paragraph]) -> int:
    """Places at which a reader's eye must stop: changed runs of words; paragraphs that came, went or moved."""
    count = 0
    for kinds, group in groupby(shown, key=lambda paragraph: paragraph.kind in (ChangeKind.REMOVED, ChangeKind.ADDED)):
        if kinds:
            each = Counter(paragraph.kind for paragraph in group)
            count += max(each.values())
        else:
            for paragraph in group:
                changed = [piece.op is not Op.SAME for piece in paragraph.pieces]
                count += sum(is_one for is_one, _ in groupby(changed)) + (paragraph.kind is ChangeKind.MOVED_TO)
    return count


@dataclass(slots=True)
class Findings:
    """What came of all pairs."""

    pairs: int = 0
    inexact: list[str] = field(default_factory=list)
    moved: int = 0
    moved_seen: int = 0
    excess: list[int] = field(default_factory=list)
    """Regions shown beyond one an edit; a paragraph that moved and was edited is two."""
    seconds: list[float] = field(default_factory=list)
    words: list[int] = field(default_factory=list)
    kinds: Counter[str] = field(default_factory=Counter)

    def add(self, pair: Pair) -> tuple[Paragraph, ...]:
        began = time.process_time()
        shown = body_changes(pair.before.body, pair.after.body)
        self.seconds.append(time.process_time() - began)
        self.pairs += 1
        self.words.append(len(pair.before.body.split()))
        self.kinds.update(pair.edits)
        if not is_exact(pair, shown):
            self.inexact.append(pair.page)
        seen = {_side(one.pieces, Op.REMOVED) for one in shown if one.kind is ChangeKind.MOVED_TO}
        self.moved += len(pair.moved)
        self.moved_seen += len(pair.moved & seen)
        self.excess.append(regions(shown) - len(pair.edits) - pair.edits.count("a paragraph moved and edited"))
        return shown

    def lines(self) -> Iterator[str]:
        yield f"pairs                {self.pairs}, {sum(self.kinds.values())} edits of {len(self.kinds)} kinds"
        yield f"exact both ways      {self.pairs - len(self.inexact)} of {self.pairs} {' '.join(self.inexact[:5])}"
        yield f"moved, seen as such  {self.moved_seen} of {self.moved} ({self.moved_seen / max(self.moved, 1):.1%})"
        one_each = sum(each <= 0 for each in self.excess) / self.pairs
        yield f"changes shown        at most as many as edits in {one_each:.1%} of pairs, at most {max(self.excess)} more"
        worst = max(zip(self.seconds, self.words, strict=True))
        median = statistics.median(self.seconds)
        yield f"time a pair          median {1000 * median:.1f} ms, worst {1000 * worst[0]:.0f} ms ({worst[1]} words)"


def big_pairs(rng: random.Random) -> Iterator[tuple[str, str, str]]:
    """(name, before, after), 50,000 words each: words as frequent as in a language, then texts made to be slow."""
    vocabulary = [f"word{number}" for number in range(8_000)]
    weights = [1 / (number + 1) for number in range(8_000)]

    def text(words: int = BIG) -> list[str]:
        chosen = rng.choices(vocabulary, weights, k=words)
        sentences = [" ".join(chosen[at : at + 12]) + "." for at in range(0, words, 12)]
        return [" ".join(sentences[at : at + 4]) for at in range(0, len(sentences), 4)]

    def rewritten(texts: list[str], share: float) -> list[str]:
        kept = (paragraph for paragraph in texts if rng.random() > share / 4)
        return [" ".join(rng.choice(vocabulary) if rng.random() < share else word for word in text.split()) for text in kept]

    plain, other = text(), text()
    few = rewritten(plain, 0.001)
    few.insert(700, few.pop(100))
    half = rewritten(plain, 0.4)
    shuffled = rng.sample(plain, len(plain))
    flat = " ".join(plain)
    for name, after in (
        ("few edits", few),
        ("4 in 10 words other", half),
        ("paragraphs shuffled", shuffled),
        ("another text", other),
    ):
        yield name, join_paragraphs(plain), join_paragraphs(after)
        yield f"{name}, no paragraphs", flat, " ".join(after)
        yield f"{name}, no sentences", flat.replace(".", ""), " ".join(after).replace(".", "")
    yield "all paragraphs equal", "the same again\n\n" * (BIG // 3), "the same again\n\n" * (BIG // 3 - 9) + "the end"
    yield "one word, repeated", "word " * BIG, "word " * (BIG // 2) + "other " + "word " * (BIG // 2 - 9)
    yield "two words, in turn", "this that " * (BIG // 2), "that this this " * (BIG // 3)
    few_words = [" ".join(rng.choices("abcdefgh", k=BIG)) for _ in range(2)]
    yield "eight words, at random", few_words[0], few_words[1]
    yield "a word a paragraph", *("\n\n".join(rng.choices(vocabulary, weights, k=BIG)) for _ in range(2))


def main(argv: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--corpus", type=Path, required=True)
    parser.add_argument("--pairs", type=int, default=500)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--show", type=int, default=0, metavar="N")
    arguments = parser.parse_args(argv)
    rng = random.Random(arguments.seed)
    findings = Findings()
    for pair in pairs(arguments.corpus, arguments.pairs, rng):
        shown = findings.add(pair)
        if findings.pairs <= arguments.show:
            print(f"\n{pair.page}: {', '.join(pair.edits)}")
            print("\n".join(marked(shown)))
    print("\n".join(findings.lines()))
    print(f"\n{'50,000 words':36}{'seconds':>8}  exact")
    exact = not findings.inexact
    for name, before, after in big_pairs(rng):
        began = time.process_time()
        shown = body_changes(before, after)
        seconds = time.process_time() - began
        is_right = apply(before, shown) == after and restore(after, shown) == before
        exact = exact and is_right
        print(f"{name:36}{seconds:8.2f}  {'yes' if is_right else 'NO'}", flush=True)
    return 0 if exact else 1


def marked(shown: Sequence[Paragraph]) -> Iterator[str]:
    """A line for each paragraph that is not as it was."""
    marks = {Op.SAME: "{}", Op.REMOVED: "[-{}-]", Op.ADDED: "{{+{}+}}"}
    for one in shown:
        if one.kind is not ChangeKind.SAME:
            words = "".join(marks[piece.op].format(piece.text) for piece in one.pieces).replace("\n\n", "¶")
            yield f"  {one.kind} {one.number_before or ''}>{one.number_after or ''} {words}"


if __name__ == "__main__":
    sys.exit(main())
