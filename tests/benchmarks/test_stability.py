"""On real pages: furniture that differs between two fetches makes no edit, and a changed character of the text makes one."""

from __future__ import annotations

import importlib
import random
import re
import sys
from pathlib import Path
from typing import Any

import pytest

from pipelines.article import Article, Author, Image
from tests.table import table

ROOT = Path(__file__).resolve().parents[2]
CORPUS = ROOT / "../shared/corpus"
OWN = ROOT / "tests/corpus"
PAGES = 40
OWN_PAGES = None
SEED = 1
MOVED_BY_FURNITURE = ("it-wordpress",)
"""Own pages whose reading furniture moves today: with no standfirst anywhere, a line of counters is taken for one."""
UNSEEN = [("midland-news-2025-agency", "a word of the heading")]
"""Own pages and edits that are not seen today: the headline of the page's data outranks the printed one there."""

sys.path.append(str(ROOT / "benchmarks"))  # scripts, no package: they find each other beside them
stability = importlib.import_module("stability")
editing = importlib.import_module("editing")
furniture = importlib.import_module("furniture")

FIRST = "The old mill on the river burned for 3 hours on Friday, and nobody was hurt in the fire."
SECOND = "Crews from two towns came, “as fast as we could”, the chief of the brigade said afterwards."
THIRD = "The road past the mill stays shut until Monday while engineers look at the walls that stand."
PAGE = (
    '<html><head><meta name="description" content="The old mill on the river burned"></head><body class="x">'
    f"<h1>Mill burns for hours</h1><p>{FIRST}</p><p class='a'>{SECOND.replace('“', '&ldquo;')}</p><p>{THIRD}</p></body></html>"
)


@pytest.fixture(scope="module", params=["own", pytest.param("real", marks=pytest.mark.slow)])
def corpus(request: pytest.FixtureRequest) -> str:
    if request.param == "real" and not CORPUS.is_dir():
        pytest.skip("the corpus of real pages is not beside this checkout")
    return str(request.param)


@pytest.fixture(scope="module")
def subjects(corpus: str) -> list[Any]:
    return list(stability.subjects(OWN if corpus == "own" else CORPUS, OWN_PAGES if corpus == "own" else PAGES))


def test_furniture_makes_no_edit(corpus: str, subjects: list[Any]) -> None:
    failures = [failure for subject in subjects for failure in stability.check_stability(subject, SEED)]
    assert len(subjects) >= 30
    assert [one for one in failures if corpus == "real" or one.page not in MOVED_BY_FURNITURE] == []
    assert corpus == "real" or {one.page for one in failures} == set(MOVED_BY_FURNITURE)


def test_edits_are_seen(corpus: str, subjects: list[Any]) -> None:
    # Each real page, which is large, takes every other edit: over so many every kind is tried often, in half the time.
    names = list(editing.EDITS)
    step = 1 if corpus == "own" else 2
    seen = {
        subject.id: stability.check_sensitivity(subject, SEED, names[number % step :: step])
        for number, subject in enumerate(subjects)
    }
    unseen = [(page, name) for page, edits in seen.items() for name, was_seen in edits.items() if was_seen is False]
    assert unseen == (UNSEEN if corpus == "own" else [])
    tried = {name for edits in seen.values() for name, was_seen in edits.items() if was_seen}
    assert tried == set(names)


def made_up() -> Any:
    reading = Article("https://paper.example/a", headline="Mill burns for hours", body="\n\n".join((FIRST, SECOND, THIRD)))
    return editing.Subject("made-up", reading.url, "en", PAGE, reading)


@table(
    ("name", "changed"),
    [
        ("a digit", "burned for 4 hours on Friday"),
        ("a negation", " not "),
        ("a quotation mark", "‘as fast as"),
        ("paragraphs swapped", f"</p><p>{THIRD}</p><p class='a'>Crews"),
        ("a word of the heading", "<h1>Mill lantern for hours</h1>"),
    ],
)
def test_edits_change_one_place(name: str, changed: str) -> None:
    edited = editing.EDITS[name](made_up(), random.Random(SEED))
    assert edited is not None
    assert changed in edited
    assert changed not in PAGE
    assert abs(len(edited) - len(PAGE)) < 10


FOURTH = "A map shows <a href='/map'>the closing of all 11 streets around it</a> while the crews of two towns were at work."
FIFTH = "A fair that was to be held in the yard of the mill in June will move to the meadow behind the church."
SHORT = "Nobody was hurt, he said."
BETWEEN = "What is known so far"
ITEM = "The roof is gone"
STANDFIRST = "A landmark of the valley was lost to a fire that began in a shed"
CAPTION = "The mill before the fire"
WHOLE = PAGE.replace(
    "</body>",
    f"<p>{FOURTH}</p><h2>{BETWEEN}</h2><p>{SHORT}</p><ul><li>{ITEM}</li></ul><p>{FIFTH}</p><div>{STANDFIRST}</div>"
    f"<i>Tom Harker</i><figcaption>{CAPTION}</figcaption></body>",
)


def made_up_whole() -> Any:
    fourth = re.sub("<[^>]*>", "", FOURTH)
    reading = Article(
        "https://paper.example/a",
        headline="Mill burns for hours",
        description=STANDFIRST,
        body="\n\n".join((FIRST, SECOND, THIRD, fourth, BETWEEN, SHORT, ITEM, FIFTH)),
        authors=(Author("Tom Harker"),),
        images=(Image(None, None, CAPTION, None),),
    )
    return editing.Subject("made-up", reading.url, "en", WHOLE, reading)


@table(
    ("name", "changed"),
    [
        ("a word in a short paragraph", "Nobody was lantern hurt"),
        ("a word in a sub-heading", "<h2>What is lantern known so far</h2>"),
        ("a word in a list", "<li>The roof lantern is gone</li>"),
        ("a word in a caption", "<figcaption>The lantern mill before the fire<"),
        ("a word in the standfirst", "lantern"),
        ("a name in the byline", "<i>Lantern Harker</i>"),
        ("a number in a link", "all 21 streets|all 12 streets"),
        ("the first paragraph gone", "hours</h1><p class='a'>Crews"),
        ("the last paragraph gone", "</ul><div>"),
        ("a paragraph before the first", "<h1>Mill burns for hours</h1><p>Lantern: "),
        ("a paragraph after the last", f"{FIFTH}</p><p>Lantern: "),
    ],
)
def test_edits_of_a_whole_page(name: str, changed: str) -> None:
    edited = editing.EDITS[name](made_up_whole(), random.Random(SEED))
    assert edited is not None
    assert any(part in edited and part not in WHOLE for part in changed.split("|"))


def test_paragraphs_are_found_in_markup() -> None:
    assert [(text, PAGE[:end][-8:]) for text, end in made_up().ends] == [
        (FIRST, "ire.</p>"),
        (SECOND, "rds.</p>"),
        (THIRD, "and.</p>"),
    ]


@table("piece", furniture.PIECES, ids=lambda piece: piece.name)
def test_furniture_differs_and_is_whole(piece: Any) -> None:
    """Two fetches print different things, or else only a label that never differs; no word is left to fill in."""
    for language in furniture.WORDS:
        one, other = (furniture.printed(piece, furniture.words_for(language, random.Random(seed))) for seed in (1, 2))
        assert not re.search(r"\$[a-z]|\{n\}", one + other)
        assert one != other or piece.name in ("ad under utility classes", "ad between rules", "plain ad label")


def test_all_languages_have_all_words() -> None:
    assert {frozenset(words) for words in furniture.WORDS.values()} == {frozenset(furniture.WORDS["en"])}


def test_a_server_stamps_its_page_anew() -> None:
    page = PAGE.replace("</body>", '<img src="/a.jpg?w=1"><a href="/b">b</a><script nonce="1"></script></body>')
    one, other = (furniture.retoken(page, random.Random(seed)) for seed in (1, 2))
    assert one != other
    assert furniture.retoken(page, random.Random(1)) == one
