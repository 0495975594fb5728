"""Lines of TOML: where tables and keys stand, whatever their values look like."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from crawler.catalogue.toml_lines import find_lines


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["", "# [[site]] = '\n", "\n\n"]),
            st.sampled_from(["1", '"]"', "'#'", '[\n  "a", # [\n  "b]",\n]', '"""\n[[site]]\nx = 1\n"""', "{a = '}'}"]),
        ),
        max_size=8,
    )
)
@settings(max_examples=100, deadline=None)
def test_keys_are_found_on_the_lines_where_they_stand(parts: list[tuple[str, str]]) -> None:
    text, expected = "[[site]]\n", {}
    for number, (before, value) in enumerate(parts):
        text += before
        expected[f"k{number}"] = text.count("\n") + 1
        text += f"k{number} = {value}\n"
    top, (first, second) = find_lines(text + "[[site]]\n", "site")
    assert (top.keys, first.line, first.keys, second.line) == ({}, 1, expected, text.count("\n") + 1)
