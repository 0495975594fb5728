"""Words that changed are marked as a person would mark them, and exactly."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from pipelines.diff.lcs import Steps
from pipelines.diff.model import Op, bare_words_of, joined, paragraphs_of, sentences_of, words_of
from pipelines.diff.sentences import worded
from tests.table import table

PARTS = ["the", "mill", "fire", "5", "1,2", ".", "!", "\n\n", "\n", " ", "  ", "“not”", "é", "火", "ก็", "don't"]
TEXTS = st.one_of(
    st.lists(st.sampled_from(PARTS), max_size=60).map("".join),
    st.text(max_size=80),
)

MARKED = [
    # a number, a negation, a quotation mark: whole and exact
    ("It was 5 am.", "It was 6 am.", "It was [-5-]{+6+} am."),
    ("It cost £1.2m, or 3.5%, in 2024-25.", "It cost £1.25m, or 3.7%, in 2025-26.",
     "It cost £[-1.2m-]{+1.25m+}, or [-3.5-]{+3.7+}%, in [-2024-25-]{+2025-26+}."),
    ("The council has approved it.", "The council has not approved it.", "The council has {+not +}approved it."),
    ("He said: \"We don't know.\" Then he left.", "He said: “We don’t know.” Then he left.",
     "He said: [-\"We don't know.\"-]{+“We don’t know.”+} Then he left."),
    # a long word that changed leaves its neighbours
    (f"Read {'a' * 200} for the list.", f"Read {'b' * 200} for the list.",
     f"Read [-{'a' * 200}-]{{+{'b' * 200}+}} for the list."),
    ("Is it so?", "Is it so!", "Is it so[-?-]{+!+}"),
    # what came or went takes the space that makes it a unit
    ("the old mill", "the mill", "the [-old -]mill"),
    ("One is so. Two is not. Three may be.", "One is so. Three may be.", "One is so. [-Two is not. -]Three may be."),
    ("He came on time.", "He came on time. He left.", "He came on time.{+ He left.+}"),
    ("\"All is well.\" He said no more.", "\"All is well. We knew.\" He said no more.",
     "\"All is well.{+ We knew.+}\" He said no more."),
    # no confetti
    ("was 4 to 6 miles away", "was 5 to 7 miles away", "was [-4 to 6-]{+5 to 7+} miles away"),
    ("Mill fire: man dies", "Mill fire: man, 54, dies after fall", "Mill fire: man{+, 54,+} dies{+ after fall+}"),
    ("Old words stand here", "Quite another thing", "[-Old words stand here-]{+Quite another thing+}"),
    # scripts without spaces, and with marks upon letters
    ("首相は5日、辞任しないと述べた。", "首相は6日、辞任しないと述べた。", "首相は[-5-]{+6+}日、辞任しないと述べた。"),
    ("वह इस्तीफा नहीं देंगे।", "वह इस्तीफा देंगे।", "वह इस्तीफा [-नहीं -]देंगे।"),
    ("", "", ""),
    ("", "new", "{+new+}"),
]  # fmt: skip


def shown(before: str, after: str) -> str:
    pieces = joined(worded(before, after, Steps(100_000)))
    marks = {Op.SAME: "%s", Op.REMOVED: "[-%s-]", Op.ADDED: "{+%s+}"}
    return "".join(marks[piece.op] % piece.text for piece in pieces)


@table(("before", "after", "expected"), MARKED)
def test_marks(before: str, after: str, expected: str) -> None:
    assert shown(before, after) == expected


@given(TEXTS, TEXTS, st.sampled_from([0, 5, 100_000]))
def test_exact_however_few_steps_are_left(before: str, after: str, steps: int) -> None:
    pieces = joined(worded(before, after, Steps(steps)))
    assert "".join(piece.text for piece in pieces if piece.op is not Op.ADDED) == before
    assert "".join(piece.text for piece in pieces if piece.op is not Op.REMOVED) == after
    assert all(piece.text for piece in pieces)


@given(TEXTS)
def test_nothing_of_a_text_is_lost(text: str) -> None:
    assert "".join(words_of(text)) == text
    assert "".join(sentences_of(text)) == text
    assert "".join(part + following for part, following in paragraphs_of(text)) == text
    assert bare_words_of(text) == [word.strip() for word in words_of(text) if word.strip() in bare_words_of(text)]


def test_a_sentence_that_is_rewritten_is_one_change_and_its_neighbours_none() -> None:
    first, last = "The road was shut for six hours on Friday night. ", "Anyone who saw the crash should call the police on 101."
    old = "A spokesman for the brigade said that crews had left the scene by noon. "
    new = "Nobody knows yet why it happened, and an inquiry will begin next week. "
    middle = "The driver of the second car, a woman in her 60s, was not hurt but was taken to hospital to be checked over. "
    assert shown(first + middle + old + last, first + middle + new + last) == f"{first}{middle}[-{old}-]{{+{new}+}}{last}"
