"""What a page is called, less the site's name."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.extraction.declared.titles import MAX_TITLE, letters, site_names, without_site_name
from tests.table import table

NAMES = site_names("Quay Mail", "https://www.quaymail.co.uk/news/bridge-closed")


@table(
    ("title", "expected"),
    [
        ("Bridge closed | Quay Mail", "Bridge closed"),
        ("Bridge closed after flood | News | Quay Mail", "Bridge closed after flood"),
        ("Quay Mail | Bridge closed after flood", "Bridge closed after flood"),
        ("Quay Mail - Bridge closed after flood", "Bridge closed after flood"),
        ("Bridge closed – The Lantern Times", "Bridge closed"),
        ("Bridge closed • quaymail.co.uk", "Bridge closed"),
        ("Bridge closed - quaymail.co.uk", "Bridge closed"),
        ("Brücke gesperrt » Hafenbote", "Brücke gesperrt"),
        ("Bridge closed (Quay Mail)", "Bridge closed"),
        ("Bridge closed, Quay Mail", "Bridge closed"),
        ("Bridge closed ~ Quay Mail", "Bridge closed"),
        ("Quay Mail: Bridge closed", "Bridge closed"),
        ("Bridge closed after flood < News < Quay Mail", "Bridge closed after flood"),
        ("Bridge closed after flood - News from Quay Mail", "Bridge closed after flood"),
        ("Bridge closed after the flood - by Ines Calloway", "Bridge closed after the flood"),
        # what follows a dash is as often the second half of the headline
        ("Bridge closed over the river - what we know so far", "Bridge closed over the river - what we know so far"),
        ("Is the bridge closed - Again?", "Is the bridge closed - Again?"),
        ("Quay Rovers 2 - Lantern Town 1", "Quay Rovers 2 - Lantern Town 1"),
        # Chinese and Japanese titles are parted without blanks
        ("灯笼游行回到码头_社会_码头日报", "灯笼游行回到码头"),
        ("灯笼游行回到码头--码头日报", "灯笼游行回到码头"),
        ("Bridge closed", "Bridge closed"),
        ("", ""),
    ],
)
def test_without_site_name(title: str, expected: str) -> None:
    assert without_site_name(title, NAMES) == expected


@pytest.mark.parametrize(
    ("name", "url", "some"),
    [
        ("The Quay Mail", "https://www.quaymail.co.uk/a", {"thequaymail", "quaymail", "quaymailcouk"}),
        (None, "https://edition.quaymail.com/a", {"quaymail", "quaymailcom"}),
        (None, "http://[broken", set()),
    ],
)
def test_site_names(name: str | None, url: str, some: set[str]) -> None:
    assert site_names(name, url) >= some


@given(st.text(alphabet="Ab ー-|–_•日报.?1", max_size=60))
def test_a_title_never_grows_nor_vanishes(title: str) -> None:
    cut = without_site_name(title, NAMES)
    assert len(cut) <= min(len(title), MAX_TITLE)
    assert letters(cut) in letters(title) or not letters(cut)
