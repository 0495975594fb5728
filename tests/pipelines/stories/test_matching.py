"""What makes two texts the same copy, and what does not."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.stories.matching import Overlap, overlap
from pipelines.stories.sketch import words_of
from tests.pipelines.stories.story_factories import joined, paragraphs, prose
from tests.table import table

WIRE = paragraphs("wire", 10)
OWN = paragraphs("own", 4)


def reworded(text: str, one_in: int) -> str:
    return " ".join("otherwise" if number % one_in == one_in - 1 else word for number, word in enumerate(text.split()))


def form(seed: object) -> str:
    """A page that is filled in anew each day: a fixed text around figures."""
    chance = random.Random(f"form {seed}")
    fixed = [" ".join(words) for words in zip(*[iter(prose("form", 1, 240).split())] * 12, strict=True)]
    return " ".join(f"{part} {chance.randint(1, 9999)}" for part in fixed)


CHINESE = "".join(chr(0x4E00 + number * 37 % 3000) for number in range(300))


@table(
    ("one", "other", "is_copy"),
    [
        pytest.param(joined(WIRE), joined(WIRE), True, id="the same"),
        pytest.param(joined(WIRE), joined(WIRE[:3], WIRE[5:]), True, id="two paragraphs cut"),
        pytest.param(joined(WIRE), joined(WIRE[:4], OWN[:1], WIRE[4:]), True, id="a quote added"),
        pytest.param(joined(WIRE), joined(WIRE[:5]), True, id="first half"),
        pytest.param(joined(WIRE), joined(WIRE[5:]), True, id="last half"),
        pytest.param(joined(WIRE), joined(WIRE[::2]), True, id="every other paragraph"),
        pytest.param(joined(WIRE), joined(WIRE[:5], OWN[:2]), True, id="half, and own paragraphs"),
        pytest.param(joined(WIRE), joined(WIRE[::-1]), True, id="in another order"),
        pytest.param(joined(WIRE), reworded(joined(WIRE), 15), True, id="one word in fifteen changed"),
        pytest.param(joined(WIRE), reworded(joined(WIRE[:5]), 20), True, id="half, reworded"),
        pytest.param(joined(WIRE), joined(WIRE).upper().replace(".", " !"), True, id="case and punctuation"),
        pytest.param(CHINESE, CHINESE[:160], True, id="a script without spaces"),
        pytest.param(CHINESE, CHINESE[:90] + CHINESE[299:89:-1], False, id="a script without spaces, another text"),
        pytest.param(joined(WIRE), prose("another"), False, id="another text"),
        pytest.param(joined(WIRE), joined(OWN, OWN, WIRE[:3]), False, id="background of a follow-up"),
        pytest.param(joined(WIRE), joined(paragraphs("a"), WIRE, paragraphs("b")), False, id="a roundup of three"),
        pytest.param(prose("a", 5) + prose("foot", 2), prose("b", 5) + prose("foot", 2), False, id="boilerplate"),
        pytest.param(form(1), form(2), False, id="a form filled in anew"),
        pytest.param(prose(1, 1, 50), prose(1, 1, 40), False, id="short, and not nearly the same"),
        pytest.param(prose(1, 1, 50), prose(1, 1, 48), True, id="short, and nearly the same"),
        pytest.param("", "", False, id="nothing"),
        pytest.param(prose(1), "", False, id="nothing of one"),
    ],
)
def test_the_same_copy(one: str, other: str, is_copy: bool) -> None:
    found = overlap(words_of(one), words_of(other))
    assert found.is_copy is is_copy, found
    assert overlap(words_of(other), words_of(one)).is_copy is is_copy


def test_what_a_text_says_again_and_again_counts_once() -> None:
    line, other = prose("line", 1, 20), prose("other", 1, 180)
    assert overlap(words_of(f"{line} " * 10), words_of(f"{line} {other}")) == Overlap(0.1, 0.1, 200)


@table(
    ("found", "common", "bare"),
    [
        (Overlap(0.5, 0.4, 200), 0.0, Overlap(0.5, 0.4, 200)),
        (Overlap(0.5, 0.4, 200), 1.0, Overlap(0.0, 0.0, 200)),
        (Overlap(1.0, 0.5, 200), 0.5, Overlap(1.0, 1 / 3, 200)),
        (Overlap(1.0, 1.0, 200), 1.0, Overlap(0.0, 0.0, 200)),
    ],
)
def test_boilerplate_is_taken_off_both(found: Overlap, common: float, bare: Overlap) -> None:
    assert found.without(common) == bare


@given(st.lists(st.sampled_from(["a", "b", "c", "1", "22"]), max_size=60), st.lists(st.sampled_from("abc12"), max_size=60))
@settings(max_examples=100)
def test_any_two(one: list[str], other: list[str]) -> None:
    found = overlap(words_of(" ".join(one)), words_of(" ".join(other)))
    assert 0 <= found.shorter <= 1
    assert 0 <= found.longer <= 1
    assert found.words == min(len(one), len(other)) or found.words == 0
