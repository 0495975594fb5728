"""The lists of extraction that are data files: whole, and every zone of theirs exists."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields
from pathlib import Path
from zoneinfo import available_timezones

import pytest

from crawler.extraction import choice
from crawler.extraction.choice.zones import guess_zone
from crawler.extraction.kinds.addresses import AddressWords, address_words, listings, not_articles
from crawler.extraction.markup.roles import ElementWords, element_words
from pipelines.text.lexicons import keyed, sections

ZONES = sections(Path(choice.__file__).with_name("zones.txt"))


@pytest.mark.parametrize("read", [address_words, element_words])
def test_the_shipped_lists_of_words_are_read(read: Callable[[], AddressWords | ElementWords]) -> None:
    lists = read()
    assert all(getattr(lists, field.name) for field in fields(lists))


def test_reasons_have_words_of_their_own() -> None:
    reasons = [reason for reason, *_ in (*not_articles(), *listings())]
    assert len(set(reasons)) == len(reasons)


@pytest.mark.parametrize("section", ZONES)
def test_zones_exist_and_keys_mean_one(section: str) -> None:
    table = keyed(ZONES[section])
    assert set(table) <= available_timezones()
    keys = [key for value in table.values() for key in value.split()]
    assert len(set(keys)) == len(keys)


def test_a_zone_is_guessed_from_either_list() -> None:
    assert guess_zone("https://a.example.scot/") == ("Europe/London", True)
    assert guess_zone("https://a.example.com/", ("de-AT",)) == ("Europe/Vienna", False)
