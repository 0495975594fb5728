"""Invented wire copy, what papers make of it, and texts that look like copies and are none. One seed makes one world.

Words come from a seeded model: a Zipf vocabulary with function words, sentences from a chain of words (so that unrelated texts
share turns of phrase), a stock of set phrases that all desks use, names and places of a story that recur in it. Nothing in it is
anybody's text. `python benchmarks/wirecopy.py --seed 1` prints some.
"""

from __future__ import annotations

import argparse
import bisect
import itertools
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

_FUNCTION = """
the of to and a in that is was for it with he on be at by this had not are but from or have an they which one were all she there
would their we him been has when who will no more if out so said what up its about than into them can only other time new some
could these two may first then do any like my now over such our man me even most made after also did many
"""
_ONSETS, _VOWELS = "b br c ch d dr f g gr h j k l m n p pl qu r s sh st t tr v w", "a e i o u ai ea ou"
_CODAS = "b ck d ft g l ll m n nd ng p r rd rn s sk st t th x"
FUNCTION, ONSETS, VOWELS, CODAS = _FUNCTION.split(), _ONSETS.split(), _VOWELS.split(), _CODAS.split()


@dataclass(frozen=True)
class Pair:
    """Two texts, and whether they are the same copy."""

    kind: str
    one: str
    other: str
    copy: bool
    origin: str = ""
    """The text that it was made of, where several pairs are made of one: those are no strangers to each other."""


@dataclass
class World:
    """A language, its set phrases, and stories told in it."""

    seed: int
    chance: random.Random = field(init=False)

    def __post_init__(self) -> None:
        chance = self.chance = random.Random(f"world {self.seed}")
        made: dict[str, None] = dict.fromkeys(FUNCTION)
        while len(made) < 12_000:
            made.setdefault("".join(self._syllable() for _ in range(chance.choice((1, 2, 2, 2, 3, 3)))))
        self.vocabulary = list(made)
        self.weights = list(itertools.accumulate(1 / (rank + 2.7) for rank in range(len(self.vocabulary))))
        self.after: dict[str, list[str]] = {}
        self.phrases = [" ".join(self._chain(chance.randint(5, 11))) for _ in range(300)]
        self.rewordings = {word: self.word() + "s" for word in self.vocabulary[60:]}

    def _syllable(self) -> str:
        return self.chance.choice(ONSETS) + self.chance.choice(VOWELS) + self.chance.choice(CODAS)

    def word(self) -> str:
        return self.vocabulary[bisect.bisect(self.weights, self.chance.random() * self.weights[-1])]

    def _chain(self, length: int) -> list[str]:
        """Words of which each likes some successors: half of all follow a habit, as in real prose."""
        words = [self.word()]
        while len(words) < length:
            habits = self.after.setdefault(words[-1], [self.word() for _ in range(6)])
            words.append(self.chance.choice(habits) if self.chance.random() < 0.5 else self.word())
        return words

    def name(self) -> str:
        return f"{self._syllable().title()} {(self._syllable() + self._syllable()).title()}"

    def topic(self) -> list[str]:
        """Names, places and things that a story is about."""
        things = [self.word() + self._syllable() for _ in range(12)]
        return [self.name() for _ in range(5)] + things + [f"{self.chance.randint(2, 999)}" for _ in range(4)]

    def sentence(self, topic: list[str]) -> str:
        words = self._chain(max(6, int(self.chance.gauss(20, 7))))
        for _ in range(max(1, len(words) // 6)):
            words[self.chance.randrange(len(words))] = self.chance.choice(topic)
        if self.chance.random() < 0.18:  # most writers use the commonest phrases
            at = self.chance.randrange(len(words))
            words[at:at] = self.phrases[min(int(self.chance.expovariate(1 / 30)), len(self.phrases) - 1)].split()
        text = " ".join(words)
        return f"{text[0].upper()}{text[1:]}."

    def paragraph(self, topic: list[str]) -> str:
        return " ".join(self.sentence(topic) for _ in range(self.chance.choice((1, 1, 2, 2, 3))))

    def story(self, topic: list[str] | None = None, words: int | None = None) -> list[str]:
        """Paragraphs of a story of so many words; of 120 to 1,000, mostly about 350, unless said."""
        wanted = words or min(1000, max(120, int(self.chance.lognormvariate(5.85, 0.45))))
        topic, paragraphs = topic or self.topic(), []
        while sum(len(paragraph.split()) for paragraph in paragraphs) < wanted:
            paragraphs.append(self.paragraph(topic))
        return paragraphs


Edit = Callable[[World, list[str]], list[str]]


def length(paragraphs: list[str]) -> int:
    return sum(len(paragraph.split()) for paragraph in paragraphs)


def headline(world: World, paragraphs: list[str]) -> list[str]:
    """The headline is no part of the body: nothing happens to the text."""
    return list(paragraphs)


def two_cut(world: World, paragraphs: list[str]) -> list[str]:
    """Two paragraphs out, not more than half of the words."""
    kept = list(paragraphs)
    for _ in range(2):
        at = world.chance.randrange(len(kept))
        if len(kept) > 2 and length(kept) - length(kept[at : at + 1]) >= length(paragraphs) / 2:
            del kept[at]
    return kept


def quote_added(world: World, paragraphs: list[str]) -> list[str]:
    """A local voice of 30 to 70 words, anywhere but first."""
    kept, at = list(paragraphs), world.chance.randint(1, len(paragraphs))
    kept[at:at] = [f"“{text}”" for text in world.story(words=world.chance.randint(25, 55))]
    return kept


def paragraphs_added(world: World, paragraphs: list[str]) -> list[str]:
    """Own reporting, a quarter to a half of what was kept."""
    return paragraphs + world.story(words=int(length(paragraphs) * world.chance.uniform(0.2, 0.45)))


def first_half(world: World, paragraphs: list[str]) -> list[str]:
    """Cut from the end, as newspapers do; at least half of the words stay."""
    kept: list[str] = []
    for paragraph in paragraphs:
        if length(kept) >= length(paragraphs) / 2:
            break
        kept.append(paragraph)
    return kept


def last_half(world: World, paragraphs: list[str]) -> list[str]:
    return first_half(world, paragraphs[::-1])[::-1]


def random_half(world: World, paragraphs: list[str]) -> list[str]:
    order = world.chance.sample(range(len(paragraphs)), len(paragraphs))
    kept: set[int] = set()
    for at in order:
        if length([paragraphs[one] for one in kept]) >= length(paragraphs) / 2:
            break
        kept.add(at)
    return [paragraphs[at] for at in sorted(kept)]


def reordered(world: World, paragraphs: list[str]) -> list[str]:
    """The first paragraph stays, the others go about."""
    rest = paragraphs[1:]
    world.chance.shuffle(rest)
    return [paragraphs[0], *rest]


def house_style(world: World, paragraphs: list[str], share: float = 0.02) -> list[str]:
    """One word in fifty as this house spells it."""
    return [
        " ".join(world.rewordings.get(word, word) if world.chance.random() < share else word for word in paragraph.split())
        for paragraph in paragraphs
    ]


def reworded(world: World, paragraphs: list[str]) -> list[str]:
    """One word in twenty-five changed: a busy subeditor."""
    return house_style(world, paragraphs, 0.06)


CUTS: dict[str, Edit] = {
    "": headline,
    "two cut": two_cut,
    "first half": first_half,
    "last half": last_half,
    "random half": random_half,
}
CHANGES: dict[str, Edit] = {"": headline, "reordered": reordered, "house style": house_style, "reworded": reworded}
ADDITIONS: dict[str, Edit] = {"": headline, "quote": quote_added, "own paragraphs": paragraphs_added}
EDITS = [
    (" + ".join(filter(None, (cut, change, addition))) or "headline only", (CUTS[cut], CHANGES[change], ADDITIONS[addition]))
    for cut in CUTS for change in CHANGES for addition in ADDITIONS
]  # fmt: skip


def edited(world: World, paragraphs: list[str], edits: tuple[Edit, ...]) -> str:
    for edit in edits:
        paragraphs = edit(world, paragraphs)
    return "\n\n".join(paragraphs)


def copies(world: World, each: int) -> Iterator[Pair]:
    """Copies that keep at least half of the wire's words; so many of each combination of edits."""
    for name, edits in EDITS:
        for _ in range(each):
            wire = world.story()
            yield Pair(name, "\n\n".join(wire), edited(world, wire, edits), copy=True)


def other_copies(world: World, each: int) -> Iterator[Pair]:
    """Texts that share something and are not the same copy."""
    for name, make in NEGATIVES.items():
        for _ in range(each):
            one, other = make(world)
            yield Pair(name, "\n\n".join(one), "\n\n".join(other), copy=False)


def same_event(world: World) -> tuple[list[str], list[str]]:
    """Two desks write about one thing: names, numbers, and one quotation."""
    topic, quotation = world.topic(), world.story(words=25)
    one, other = world.story(topic), world.story(topic)
    return [*one[:2], *quotation, *one[2:]], [*other[:3], *quotation, *other[3:]]


def follow_up(world: World) -> tuple[list[str], list[str]]:
    """The next day: new text, and a fifth to a third of yesterday's as background."""
    topic = world.topic()
    before = world.story(topic)
    wanted, background = world.chance.uniform(0.15, 0.33) * length(before), []
    for paragraph in before:
        if length(background) + length([paragraph]) > wanted:
            break
        background.append(paragraph)
    return before, [*world.story(topic, words=max(120, int(length(before) * world.chance.uniform(0.7, 1.3)))), *background]


FORMS = (
    """
    {name}, {n}, of {place} Road, {place}, admitted driving without due care in {place} on March {n}.
    He was fined £{n} and must pay a £{n} surcharge and £{n} costs.
    {name}, {n}, of {place} Street, {place}, was found guilty of using a television without a licence in {place}.
    She was fined £{n} with a victim surcharge of £{n}.
    {name}, {n}, of {place} Close, {place}, pleaded guilty to assault by beating in {place} on May {n}
    and was given a community order of {n} months.
    """,
    """
    {place}: A dry start with sunny spells, turning cloudy by the afternoon.
    Highs of {n}C, winds of {n}mph from the {word}.
    {place}: Showers will spread from the west during the morning, heavy at times.
    A maximum temperature of {n}C and a low of {n}C overnight.
    {place}: Mist and fog patches clearing slowly, then a fine and bright day for most.
    Feeling cooler in the {word} wind with {n}C at best.
    """,
    """
    {n} {place} Avenue, {place}: a {n} bedroom terraced house sold for £{n},000
    on June {n}, up {n} per cent on {n} years ago.
    {n} {place} Lane, {place}: a {n} bedroom detached house sold for £{n},000
    on June {n}, the {word} sale in the street this year.
    """,
)
"""Court results, weather, house sales: two lines of each are one entry."""


def _filled(world: World, form: str) -> str:
    slots: dict[str, Callable[[], str]] = {
        "{n}": lambda: str(world.chance.randint(1, 99)),
        "{name}": world.name,
        "{place}": lambda: world.name().split()[1],
        "{word}": world.word,
    }
    for slot, fill in slots.items():
        while slot in form:
            form = form.replace(slot, fill(), 1)
    return form


def templated(world: World) -> tuple[list[str], list[str]]:
    """Two days of a list that is filled in anew."""
    lines = [line.strip() for line in world.chance.choice(FORMS).strip().split("\n")]
    entries = [" ".join(lines[at : at + 2]) for at in range(0, len(lines), 2)]
    count = world.chance.randint(6, 16)
    one, other = ([_filled(world, world.chance.choice(entries)) for _ in range(count)] for _ in range(2))
    return one, other


def roundup(world: World) -> tuple[list[str], list[str]]:
    """Three stories in one article, and one of them by itself."""
    three = [world.story(words=world.chance.randint(200, 400)) for _ in range(3)]
    return [paragraph for story in three for paragraph in story], min(three, key=length)


def boilerplate(world: World) -> tuple[list[str], list[str]]:
    """Two stories of a group's papers, each with the group's 60 to 100 words about itself."""
    same = world.story(words=world.chance.randint(50, 80))
    return [*world.story(), *same], [*world.story(), *same]


def unrelated(world: World) -> tuple[list[str], list[str]]:
    return world.story(), world.story()


NEGATIVES: dict[str, Callable[[World], tuple[list[str], list[str]]]] = {
    "same event, other text": same_event,
    "follow-up with background": follow_up,
    "templated list": templated,
    "roundup of three": roundup,
    "shared boilerplate": boilerplate,
    "unrelated": unrelated,
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    world = World(parser.parse_args().seed)
    for pair in (*copies(world, 1), *other_copies(world, 1)):
        print(f"== {pair.kind} ({'copy' if pair.copy else 'no copy'})\n\n{pair.one[:400]}\n\n-- and --\n\n{pair.other[:400]}\n")


if __name__ == "__main__":
    main()
