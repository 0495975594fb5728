"""The name tables: complete, and every word of them means one thing."""

from __future__ import annotations

import pytest

from pipelines.dates import parse_timestamp
from pipelines.dates.months import MONTHS, WEEKDAYS
from pipelines.dates.words import fold


@pytest.mark.parametrize("language", sorted(MONTHS))
def test_a_language_has_twelve_months(language: str) -> None:
    months = MONTHS[language].split(",")
    assert len(months) == 12
    assert all(forms.strip() for n, forms in enumerate(months, 1) if (language, n) != ("hr", 10))


def test_no_word_names_two_months() -> None:
    seen: dict[str, set[int]] = {}
    for months in MONTHS.values():
        for number, forms in enumerate(months.split(","), 1):
            for form in forms.split():
                seen.setdefault(fold(form), set()).add(number)
    assert {word: numbers for word, numbers in seen.items() if len(numbers) > 1} == {}


@pytest.mark.parametrize("language", sorted(MONTHS))
def test_every_form_is_read(language: str) -> None:
    for number, forms in enumerate(MONTHS[language].split(","), 1):
        for form in forms.split():
            for text in (f"9 {form} 2024", f"9. {form.upper()} 2024", f"{form} 9, 2024", f"2024 {form} 9"):
                assert (text, str(parse_timestamp(text, "UTC"))) == (text, f"2024-{number:02}-09")


@pytest.mark.parametrize("language", sorted(WEEKDAYS))
def test_weekdays_are_read_over(language: str) -> None:
    for name in WEEKDAYS[language].split():
        assert str(parse_timestamp(f"{name}, 9 March 2024, 08:30", "UTC")) == "2024-03-09T08:30:00Z", name
