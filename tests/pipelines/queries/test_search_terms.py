"""What people type, understood: operators, fields, filters, and what is taken as words."""

from __future__ import annotations

from pipelines.queries.search_terms import question
from tests.table import table


@table(
    ("typed", "match"),
    [
        ("mill weir", '("mill") AND ("weir")'),
        ("mill OR weir road", '("mill" OR "weir") AND ("road")'),
        ("mill AND weir", '("mill") AND ("weir")'),
        ("mill -weir", '(("mill")) NOT ("weir")'),
        ("mill NOT weir -road", '(("mill")) NOT ("weir" OR "road")'),
        ('"the mill" wei*', '("the mill") AND ("wei"*)'),
        ("headline:mill", '(headline : "mill")'),
        ('author:"Ann Other" -body:weir', '(({byline authors} : "Ann Other")) NOT ({description body} : "weir")'),
        ("Headline:mil*", '(headline : "mil"*)'),
        ("caption:smoke topic:fire", '(captions : "smoke") AND (topics : "fire")'),
        ("url:/news/mill-fire/", '(address : "mill-fire")'),
        (
            "https://paper.example/news/mill-fire",
            '(address : "mill-fire" OR "https://paper.example/news/mill-fire")',
        ),
        ("e-mail 10:30", '(("e-mail" OR "email")) AND ("10:30")'),
        ("東京", '("東京")'),
        ("東京都", '("東京 京都")'),
        ("東", '("東"*)'),
        ("東京*", '("東京")'),
        ('"東京 NHK"', '("東京 京 NHK")'),
        ("headline:大阪", '(headline : "大阪")'),
        ("Straße", '("Strasse")'),
        ("!!! ?", ""),
        ("site:paper", ""),
    ],
)
def test_questions(typed: str, match: str) -> None:
    asked = question(typed)
    assert (asked.match(), asked.as_words) == (match, ())


@table(
    ("typed", "filters"),
    [
        ("x site:paper site:other.example", {"sites": ("paper", "other.example")}),
        ("x change:silent change:restored", {"changes": ("silent", "restored")}),
        ("x after:2026-03-02", {"since": "2026-03-02"}),
        ("x after:2026 after:2026-05", {"since": "2026-05-01"}),
        ("x before:2026-03-01", {"until": "2026-02-28"}),
        ("x before:2024-03 before:2025", {"until": "2024-02-29"}),
        ('x before:"2026"', {"until": "2025-12-31"}),
    ],
)
def test_filters(typed: str, filters: dict[str, object]) -> None:
    asked = question(typed)
    given = {"sites": (), "changes": (), "since": None, "until": None} | filters
    assert {name: getattr(asked, name) for name in given} == given
    assert (asked.match(), asked.as_words) == ('("x")', ())


@table(
    ("typed", "match", "as_words"),
    [
        ("OR", '("OR")', ("OR",)),
        ("mill OR", '("mill") AND ("OR")', ("OR",)),
        ("OR mill", '("OR") AND ("mill")', ("OR",)),
        ("-5", '("5")', ("-5",)),
        ("NOT mill", '("mill")', ("mill",)),
        ("colour:red mill", '("colour red") AND ("mill")', ("colour:red",)),
        ("change:odd mill", '("change odd") AND ("mill")', ("change:odd",)),
        ("before:yesterday mill", '("before yesterday") AND ("mill")', ("before:yesterday",)),
        ("after:2026-13", '("after 2026-13")', ("after:2026-13",)),
        ("mill -site:paper", '(("mill")) NOT ("site paper")', ("-site:paper",)),
    ],
)
def test_what_is_taken_as_words_is_named(typed: str, match: str, as_words: tuple[str, ...]) -> None:
    asked = question(typed)
    assert (asked.match(), asked.as_words) == (match, as_words)
