"""A paywall that goes up or comes down is no edit."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipelines.article import Article, Outcome
from pipelines.history.paywall import is_opened, is_paywalled, is_wall
from pipelines.store.rows import Row, moment
from tests.factories import BODY, article, at, new_ledger, new_store
from tests.table import table

FIRST, SECOND, THIRD = BODY.split("\n\n")
NOTICES = [
    "Subscribe to read the full story.",
    "Already a subscriber? Sign in to continue.",
    "You have read 3 of your 3 free articles. Register now for more.",
    "This content is for members only.",
    "Jetzt Abo abschließen und weiterlesen",
    "Abonnez-vous pour lire la suite",
    "Suscríbete para seguir leyendo este artículo",
    "Logga in för att läsa hela artikeln, eller prenumerera",
]


OFFERS = [
    ("Mit Bote+ weiterlesen", "Ihre freien Artikel sind aufgebraucht. Schließen Sie ein Abo ab, um weiterzulesen."),
    ("اشترك لمتابعة القراءة", "استنفدت المقالات المجانية لهذا الشهر. اشترك لمواصلة القراءة."),
]
"""A heading that names the offer by its brand, and what stands below it."""


def lines(*paragraphs: str) -> str:
    return "\n\n".join(paragraphs)


@table(
    ("body", "free", "expected"),
    [
        (FIRST, False, True),
        (lines(FIRST, SECOND[:20] + "…"), False, True),
        (lines(FIRST, SECOND[:20] + "..."), False, True),
        ("", False, True),
        *((lines(FIRST, notice), False, True) for notice in NOTICES),
        *((lines(FIRST, notice), None, True) for notice in NOTICES),
        *((lines(BODY, notice), False, True) for notice in NOTICES),
        (lines(FIRST, *NOTICES[:3]), None, True),
        *((lines(FIRST, *offer), None, True) for offer in OFFERS),
        # edits
        (FIRST, None, False),
        (BODY, False, False),
        (lines(BODY, NOTICES[0]), None, False),
        (lines(FIRST.replace("4.10", "4.40"), NOTICES[0]), False, False),
        (lines(SECOND, THIRD), False, False),
        (lines(FIRST, "Members of the brigade told the inquiry so."), False, False),
        (lines(BODY, "Its chief was called again on Friday."), False, False),
    ],
)
def test_a_page_that_went_behind_a_wall(body: str, free: bool | None, expected: bool) -> None:
    assert is_paywalled(article(), article(body, is_accessible_for_free=free)) is expected
    assert not is_paywalled(article(), article(body, is_accessible_for_free=free, headline="Another fire"))


@table(
    ("before", "free_before", "after", "free", "expected"),
    [
        (FIRST, False, BODY, None, True),
        (FIRST, False, BODY, True, True),
        ("", False, BODY, True, True),
        (lines(FIRST, NOTICES[1]), None, BODY, None, True),
        (lines(FIRST, NOTICES[5]), False, BODY, None, True),
        (lines(FIRST, SECOND[:12] + "…"), False, BODY, None, True),
        (FIRST, False, BODY, False, False),
        (FIRST, None, BODY, None, False),
        (FIRST, False, lines(FIRST, NOTICES[0]), None, False),
        (FIRST.replace("4.10", "4.40"), False, BODY, None, False),
    ],
)
def test_a_page_that_was_opened(before: str, free_before: bool | None, after: str, free: bool | None, expected: bool) -> None:
    earlier = article(before, is_accessible_for_free=free_before)
    assert is_opened(earlier, article(after, is_accessible_for_free=free)) is expected


@table(
    ("line", "expected"),
    [
        ("Subscribe to continue reading this article.", True),
        ("Already a member? Log in to unlock this story", True),
        ("This article is for subscribers only. Sign in or register.", True),
        ("Noch 70 Prozent: Mit Plus weiterlesen, jetzt anmelden", True),
        ("La suite de cet article est réservée aux abonnés", True),
        ("Suscríbete para seguir leyendo", True),
        ("Riservato agli abbonati: accedi per continuare a leggere", True),
        ("Logga in för att läsa hela artikeln", True),
        ("Zaloguj się, aby czytać dalej. Dla subskrybentów", True),
        ("この記事は会員限定です。ログインすると続きをお読みいただけます。", True),
        ("登录后阅读全文", True),
        # what stands on pages that everybody can read
        ("Log in to read your saved articles", False),
        ("Subscribe to our newsletter and read the news first", False),
        ("Sign up to continue", False),
        ("Continue reading", False),
        ("The union asked its members to read the full report before the vote on Friday, at which it hopes to be heard.", False),
        ("Abonnez-vous à notre newsletter du matin", False),
    ],
)
def test_what_asks_to_pay_for_the_rest(line: str, expected: bool) -> None:
    assert is_wall(line) is expected


def test_a_standfirst_above_the_beginning_is_none_of_its_words() -> None:
    teaser = article(lines("It began at four.", FIRST), is_accessible_for_free=False, description="It began at four.")
    assert is_paywalled(article(description="It began at four."), teaser)
    assert is_opened(teaser, article(description="It began at four."))


def test_a_beginning_does_not_confirm_the_end(tmp_path: Path) -> None:
    """An edit behind the wall may be as old as the last look at the whole text."""
    store = new_store(tmp_path)
    ledger = new_ledger(store)
    for seen, body, free in ((0, BODY, None), (60, FIRST, False), (120, BODY.replace("six", "ten"), None)):
        ledger.record(article(body, seen=seen, is_accessible_for_free=free))
    rows = list(store.rows("SELECT change, not_before, last_seen FROM revisions ORDER BY number"))
    assert [row["change"] for row in rows] == ["new", "silent"]
    assert rows[1]["not_before"] == rows[0]["last_seen"] == moment(at(0))


def page(body: str, free: bool | None, modified: float = 0) -> dict[str, object]:
    return {"body": body, "is_accessible_for_free": free, "modified": modified}


FREE = "is_accessible_for_free"
DAYS: list[tuple[str, list[dict[str, object]], list[tuple[str, str]], list[str]]] = [
    ("the flag over one text", [page(BODY, None), page(BODY, False), page(BODY, False), page(BODY, None)],
     [("new", "[]"), ("paywall", f'["{FREE}"]'), ("paywall", f'["{FREE}"]')], ["new", "paywall", "unchanged", "paywall"]),
    ("from no word of it to free", [page(BODY, None), page(BODY, True)], [("new", "[]")], ["new", "unchanged"]),
    ("the flag with a new stamp", [page(BODY, True), page(BODY, False, 30)],
     [("new", "[]"), ("paywall", f'["{FREE}", "date_modified"]')], ["new", "paywall"]),
    ("only the beginning, and all again", [page(BODY, None), page(FIRST, False), page(FIRST, False), page(BODY, None)],
     [("new", "[]")], ["new", "unchanged", "unchanged", "unchanged"]),
    ("a notice below the text", [page(BODY, None), page(lines(BODY, NOTICES[0]), False), page(BODY, None)],
     [("new", "[]")], ["new", "unchanged", "unchanged"]),
    ("a notice, and no flag", [page(BODY, None), page(lines(FIRST, NOTICES[6]), None), page(BODY, None)],
     [("new", "[]")], ["new", "unchanged", "unchanged"]),
    ("met behind a wall, opened", [page(lines(FIRST, NOTICES[2]), False), page(BODY, True)],
     [("new", "[]"), ("paywall", f'["body", "{FREE}"]')], ["new", "paywall"]),
    ("an edit behind the wall", [page(BODY, False), page(BODY.replace("six", "ten"), False)],
     [("new", "[]"), ("silent", '["body"]')], ["new", "silent"]),
    ("an edit as the wall comes down", [page(BODY, False), page(BODY.replace("six", "ten"), None, 30)],
     [("new", "[]"), ("updated", f'["body", "{FREE}", "date_modified"]')], ["new", "updated"]),
]  # fmt: skip


def test_days_of_a_wall(subtests: pytest.Subtests, tmp_path: Path) -> None:
    for number, (name, pages, expected, outcomes) in enumerate(DAYS):
        with subtests.test(name):
            folder = tmp_path / str(number)
            folder.mkdir()
            store = new_store(folder)
            ledger = new_ledger(store)
            read = [article(seen=60 * place, **values) for place, values in enumerate(pages)]  # type: ignore[arg-type]
            assert [ledger.record(one).outcome for one in read] == outcomes
            rows: list[Row] = list(store.rows("SELECT change, changed_fields FROM revisions ORDER BY number"))
            assert [tuple(row.values()) for row in rows] == expected


def test_another_reader_that_reads_the_flag_otherwise_says_nothing_of_a_wall(tmp_path: Path) -> None:
    ledger = new_ledger(new_store(tmp_path))
    ledger.record(article())
    found: Article = article(seen=60, is_accessible_for_free=False, extractor="test/2")
    assert ledger.record(found).outcome is Outcome.UNCHANGED


@table(
    ("body", "free", "expected"),
    [
        (FIRST[:25] + "…", False, True),
        (FIRST[:25] + "…", None, False),
        (lines(FIRST[:25] + "…", NOTICES[0]), None, True),
        ("Firefighters were called to Cross Mill.", False, False),
        (FIRST, False, False),
    ],
)
def test_a_story_of_one_paragraph_behind_a_wall(body: str, free: bool | None, expected: bool) -> None:
    assert is_paywalled(article(FIRST), article(body, is_accessible_for_free=free)) is expected
