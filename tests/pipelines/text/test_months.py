"""The name tables: complete, and every word of them means one thing."""

from __future__ import annotations

from pipelines.text.dates import parse_timestamp
from pipelines.text.dates.words import fold, months, weekdays
from tests.table import table


@table("language", sorted(months()))
def test_a_language_has_twelve_months(language: str) -> None:
    names = months()[language]
    assert len(names) == 12
    assert all(forms for n, forms in enumerate(names, 1) if (language, n) != ("hr", 10))


def test_no_word_names_two_months() -> None:
    seen: dict[str, set[int]] = {}
    for names in months().values():
        for number, forms in enumerate(names, 1):
            for form in forms:
                seen.setdefault(fold(form), set()).add(number)
    assert {word: numbers for word, numbers in seen.items() if len(numbers) > 1} == {}


@table("language", sorted(months()))
def test_every_form_is_read(language: str) -> None:
    for number, forms in enumerate(months()[language], 1):
        for form in forms:
            for text in (f"9 {form} 2024", f"9. {form.upper()} 2024", f"{form} 9, 2024", f"2024 {form} 9"):
                assert (text, str(parse_timestamp(text, "UTC"))) == (text, f"2024-{number:02}-09")


@table("language", sorted(weekdays()))
def test_weekdays_are_read_over(language: str) -> None:
    for name in (form for forms in weekdays()[language] for form in forms):
        assert str(parse_timestamp(f"{name}, 9 March 2024, 08:30", "UTC")) == "2024-03-09T08:30:00Z", name


@table(
    ("text", "timezone", "day"),
    [
        ("Tuesday 3/6/2025", "America/New_York", "2025-06-03"),
        ("Thursday 3/6/2025", "Europe/London", "2025-03-06"),
        ("Tue, 3/6/2025", "Europe/London", "2025-06-03"),
        ("3/6/2025 (Thu)", "Europe/London", "2025-03-06"),
        ("jeudi 03/06/2025", "Europe/Paris", "2025-03-06"),
        ("Do. 06.03.2025", "Europe/Berlin", "2025-03-06"),
        ("giovedì 06/03/2025", "Europe/Rome", "2025-03-06"),
        ("Monday 3/6/2025", "Europe/London", "2025-06-03"),  # neither: the land's order stays
        ("Thursday or Tuesday: 3/6/2025", "Europe/London", "2025-06-03"),
        ("Thursday 13/3/2025", "America/New_York", "2025-03-13"),
        ("Thursday 6 March 2025", "America/New_York", "2025-03-06"),
        ("Redazione di Milano 06/03/2025", "Europe/Rome", "2025-03-06"),
        ("Thursday 3/6/25", "Europe/London", "2025-03-06"),
    ],
)
def test_weekday_decides_which_figure_is_the_month(text: str, timezone: str, day: str) -> None:
    assert str(parse_timestamp(text, timezone)) == day
