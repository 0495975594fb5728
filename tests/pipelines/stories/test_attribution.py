"""Whose copy an article says it is."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.stories.index import credited_agency, named_agency
from pipelines.text.lexicons.agencies import agency_name
from tests.table import table

TEXT = "The harbour was shut on Tuesday after a boat ran aground.\n\nNobody was hurt, the coastguard said, and it opened at noon."


@table(
    ("byline", "authors", "body", "agency"),
    [
        ("By Ann Other, PA", ("PA",), TEXT, "PA"),
        ("PA Reporter", (), TEXT, "PA"),
        ("Local Democracy Reporter Ann Other", (), TEXT, "LDRS"),
        ("By Ann Other", (None,), TEXT, None),
        (None, (), TEXT, None),
        (None, (), f"LISBON, March 7 (Reuters) - {TEXT}", "Reuters"),
        (None, (), f"KIEL (dpa/lno) - {TEXT}", "dpa"),
        (None, (), f"PARIS (AP) — {TEXT}", "AP"),
        (None, (), f"(ANSA) - ROMA, 07 MAR - {TEXT}", "ANSA"),
        (None, (), f"{TEXT}\n\n© AFP", "AFP"),
        (None, (), f"{TEXT}\n\n© dpa-infocom, dpa:250307-930-12345/1", "dpa"),
        (None, (), f"{TEXT}\n\nSource: Reuters", "Reuters"),
        (None, (), f"{TEXT}\n\n(Reporting by Ann Other in Lisbon; Editing by Bob Reader)", "Reuters"),
        (None, (), f"{TEXT}\n\nA spokesman told the PA news agency: “It was close.”", "PA"),
        (None, (), f"{TEXT}\n\nShe told the Local Democracy Reporting Service it was late.", "LDRS"),
        (None, (), f"{TEXT}\n\n„Es war knapp“, sagte der dpa ein Sprecher.", "dpa"),
        (None, (), f"{TEXT}\n\nHer pa told the paper that it was close.", None),
        (None, (), f"{TEXT}\n\nSid", None),
        (None, (), "", None),
    ],
)
def test_named(byline: str | None, authors: tuple[str | None, ...], body: str, agency: str | None) -> None:
    assert named_agency(byline, authors, body) == agency


@table(
    ("printed", "agency"),
    [
        (["Ann Other/PA"], "PA"),
        (["Ann Other", "Bob Reader/AFP", "AFP via Getty Images", None], "AFP"),
        (["Ann Other"], None),
        ([], None),
    ],
)
def test_credited(printed: list[str | None], agency: str | None) -> None:
    assert credited_agency(printed) == agency


@given(st.text(max_size=60) | st.none(), st.text(max_size=400), st.lists(st.text(max_size=40), max_size=3))
@settings(max_examples=100)
def test_in_any_text_what_is_found_is_the_name_of_an_agency(byline: str | None, body: str, printed: list[str]) -> None:
    for agency in (named_agency(byline, (), body), credited_agency(printed)):
        assert agency is None or agency_name(agency.casefold()) == agency
