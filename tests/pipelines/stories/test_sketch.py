"""A text's words and its sketch: the same text the same sketch, on every machine and in every script."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.stories.sketch import LONGEST, SIZE, pack, sketch, unpack, words_of
from tests.pipelines.stories.story_factories import prose
from tests.table import table


@table(
    ("text", "words", "scale"),
    [
        ("The council’s plan -- “agreed”, it said.", ("the", "councils", "plan", "agreed", "it", "said"), 1),
        ("The council's PLAN\n\nagreed it said", ("the", "councils", "plan", "agreed", "it", "said"), 1),
        ("£2.4m in 1,000 days", ("2", "4m", "in", "1", "000", "days"), 1),
        ("Straße und STRASSE", ("strasse", "und", "strasse"), 1),
        ("हिन्दी में समाचार।", ("हिन्दी", "में", "समाचार"), 1),
        ("東京で火事、", ("東", "京", "で", "火", "事"), 2),
        ("서울 시장", ("서울", "시장"), 1),
        ("", (), 1),
    ],
)
def test_words(text: str, words: tuple[str, ...], scale: int) -> None:
    found = words_of(text)
    assert (found.words, found.scale) == (words, scale)


def test_a_sketch_is_the_same_everywhere() -> None:
    """Sketches are kept for years: what is computed today must find what was computed then."""
    assert sketch(words_of(" ".join(f"word{number}" for number in range(40))))[:3] == (119160522, 216761974, 218303736)


def test_of_short_texts_there_is_none() -> None:
    assert sketch(words_of("word " * 24)) == ()
    assert len(sketch(words_of(prose(1, words=25, count=1)))) == 21
    assert sketch(words_of("東" * 49)) == ()


def test_copies_share_and_others_do_not() -> None:
    wire, half = prose("wire", 10), prose("wire", 5)
    assert len(set(sketch(words_of(wire))) & set(sketch(words_of(half)))) > SIZE // 3
    assert not set(sketch(words_of(wire))) & set(sketch(words_of(prose("another"))))


def test_only_the_beginning_is_read() -> None:
    assert words_of("ab " * LONGEST).count == LONGEST // 3


@given(st.text(max_size=400))
@settings(max_examples=100)
def test_any_text(text: str) -> None:
    words = words_of(text)
    hashes = sketch(words)
    assert hashes == sketch(words_of(text))
    assert list(hashes) == sorted(set(hashes))
    assert len(hashes) <= SIZE
    assert unpack(pack(hashes)) == hashes
    assert words_of(" ".join(words.words)).words == words.words
