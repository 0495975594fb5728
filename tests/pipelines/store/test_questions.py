"""What analysts ask of revisions: the facts are those of the texts, whatever order they came in, and the views join them."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipelines.article import Author, Image
from pipelines.store.database import Store
from pipelines.store.removal.redaction import withdraw
from pipelines.store.schema.questions import note
from pipelines.stories.update import forget
from tests.factories import T0, URL, article, new_ledger, new_store, only_article
from tests.table import table

NOTE = "Correction: an earlier version of this article gave the wrong year."


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """An article that is edited at night with a note, another picture and another author."""
    made = new_store(tmp_path)
    writer = new_ledger(made)
    writer.record(article("One two three.\n\nFour five.", headline="Alpha beta", description=None, topics=("Fire", "Roads")))
    writer.record(article(
        f"One two three.\n\nFour six seven.\n\n{NOTE}", headline="Alpha gamma", description=None, seen=16 * 60, modified=15 * 60,
        authors=(Author("Ann Other", "Reporter", "PA"), Author("Bo Third")), byline="By Ann Other, PA, and Bo Third",
        images=(Image("https://paper.example/2.jpg", None, "Another", "Ann Other"),),
    ))  # fmt: skip
    return made


def test_the_facts_of_revisions(store: Store) -> None:
    first, second = store.rows("SELECT * FROM revision_facts ORDER BY revision_id")
    assert first == {"revision_id": 1, "words": 7, "words_added": None, "words_removed": None, "local_hour": 8, "note": None}
    assert second == {"revision_id": 2, "words": 19, "words_added": 14, "words_removed": 2, "local_hour": 0, "note": NOTE}


def test_details_are_joined_and_nothing_is_an_empty_text(store: Store) -> None:
    row = store.row("SELECT * FROM revision_details WHERE number = 2") or {}
    names = ("headline", "headline_before", "headline_changed", "authors", "agency", "topics", "description", "picture_changed")
    told = {name: row[name] for name in (*names, "minutes_after_publication", "local_hour")}
    assert told == {
        "headline": "Alpha gamma", "headline_before": "Alpha beta", "headline_changed": 1, "authors": "Ann Other, Bo Third",
        "agency": "PA", "topics": None, "description": None, "picture_changed": 1, "minutes_after_publication": 960.0,
        "local_hour": 0,
    }  # fmt: skip
    assert store.value("SELECT topics FROM revision_details WHERE number = 1") == "Fire, Roads"


def test_views(store: Store) -> None:
    assert [row["note"] for row in store.rows("SELECT * FROM corrections")] == [NOTE]
    assert [(row["number"], row["local_hour"]) for row in store.rows("SELECT * FROM night_edits")] == [(2, 0)]
    (swap,) = store.rows("SELECT picture_before, picture_after FROM images_swapped")
    assert swap == {"picture_before": "https://paper.example/1.jpg", "picture_after": "https://paper.example/2.jpg"}
    activity = {row["author"]: (row["articles"], row["later_revisions"]) for row in store.rows("SELECT * FROM authors_activity")}
    assert activity == {"Ann Other": (1, 1), "Bo Third": (1, 0)}
    trends = list(store.rows("SELECT topic, day, articles FROM topic_trends ORDER BY topic"))
    assert trends == [{"topic": topic, "day": "2025-03-07", "articles": 1} for topic in ("Fire", "Roads")]


def test_a_capture_that_comes_late_changes_the_facts_of_what_follows(tmp_path: Path) -> None:
    texts = (("One two three four five.", 0), ("One two three four five six.", 60), ("One two nine ten.", 120))
    told = []
    for number, order in enumerate(((0, 1, 2), (2, 0, 1), (1, 2, 0))):
        (tmp_path / str(number)).mkdir()
        with new_store(tmp_path / str(number)) as made:
            writer = new_ledger(made)
            for place in order:
                body, seen = texts[place]
                writer.record(article(body, seen=seen, modified=seen))
            told.append(list(made.rows("""SELECT r.number, f.words, f.words_added, f.words_removed, f.note FROM revision_facts f
                JOIN revisions r ON r.id = f.revision_id ORDER BY r.number""")))  # fmt: skip
    assert told[0] == told[1] == told[2]
    assert [(row["words_added"], row["words_removed"]) for row in told[0]] == [(None, None), (2, 1), (2, 4)]


def test_withdrawn_articles_have_no_facts(store: Store) -> None:
    withdraw(store, only_article(store), "ops", "a court", T0, forget)
    assert store.value("SELECT count(*) FROM revision_facts") == 0
    assert store.value("SELECT count(*) FROM corrections") == 0
    assert store.value("SELECT count(*) FROM revision_topics") == 0
    assert URL


def test_topics_by_name_follow_the_revisions(tmp_path: Path) -> None:
    with new_store(tmp_path) as made:
        new_ledger(made).record(article("One.", topics=("Fire", "Roads, closed")))
        kept = "SELECT name, revision_id FROM revision_topics ORDER BY 1"
        assert list(made.values(kept)) == [("Fire", 1), ("Roads, closed", 1)]
        for topics, left in (('["Fire", 3, "Fire", "Ice"]', ["Fire", "Ice"]), ("no list", []), ('["Ice"]', ["Ice"])):
            with made.transaction():
                made.execute("UPDATE revisions SET topics = ?", (topics,))
            assert [name for name, _ in made.values(kept)] == left


@table(
    ("paragraph", "is_note"),
    [
        ("Correction: the fire was in May.", True), ("Correction (9 May): it was.", True),
        ("* This article was amended on 3 May 2026.", True), ("An earlier version of this story said ten.", True),
        ("Clarification – the board met on Monday.", True), ("Editor’s note: the name is changed.", True),
        ("Berichtigung: In der Überschrift stand ein falscher Name.", True), ("Korrektur: Es waren acht.", True),
        ("Rectificatif : il s’agit de Marl.", True), ("Corrección: fueron ocho.", True), ("Rettelse: Det var otte.", True),
        ("Sprostowanie: było ich ośmiu.", True), ("This story has been corrected to say ten.", True),
        ("Correctional officers were called.", False), ("Corrections officers met at noon.", False),
        ("The correction: a second look at prices", False), ("Clarification is needed, she said.", False),
    ],
)  # fmt: skip
def test_notes(paragraph: str, is_note: bool) -> None:
    assert note(["Same."], ["Same.", paragraph]) == (paragraph if is_note else None)
    assert note(["Same.", paragraph], ["Same.", paragraph]) is None, "it was there before"
