"""Citations: each form holds all that is needed and nothing that a program takes for its own; an address survives a merge."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from pipelines.article import Author, AuthorKind
from pipelines.exchange.merge import MergeSource, merge
from pipelines.proof.citation import FORMS, Citation, address, cite, find_revision
from pipelines.proof.memento import wayback
from pipelines.queries import articles
from pipelines.queries.results import Revision
from pipelines.store.database import Store
from tests.factories import URL, article, new_ledger, new_store
from tests.table import table

NOW = datetime(2025, 4, 1, tzinfo=UTC)
BASE = "https://ledger.example/news"


def history(store: Store) -> tuple[Revision, ...]:
    found = articles.find_article(store, URL)
    assert found
    return articles.history(store, found.article_id)


def cited(store: Store, number: int, against: int | None = None) -> Citation:
    found = articles.find_article(store, URL)
    assert found
    revisions = history(store)
    return cite(store, found, revisions[number - 1], BASE, NOW, revisions[against - 1] if against else None)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Store:
    made = new_store(tmp_path_factory.mktemp("cited"))
    writer = new_ledger(made)
    names = (Author("Ann Other"), Author("Jan van der Berg"), Author("The Mill Desk", kind=AuthorKind.ORGANISATION))
    writer.record(article("It burns.", headline="Fire & smoke at {Cross} Mill_\n100%", authors=names))
    writer.record(article("It burned.", seen=60, headline="Fire out", authors=names))
    return made


def test_every_form_says_what_and_where_and_when(store: Store) -> None:
    found = cited(store, 2, against=1)
    revision = found.revision
    assert found.address == address(BASE, URL, revision, history(store)[0])
    for name, (_, write) in FORMS.items():
        text = write(found)
        for part in (URL, "2025-03-07T08:00:00Z", "2025-03-07T09:00:00Z", "Fire out", "The Paper", "compared with revision 1"):
            assert part in text, (name, part)
        assert found.address.replace("_", r"\_" if name == "bibtex" else "_") in text, name
    text = FORMS["plain"][1](found)
    assert revision.content_hash in text
    assert "Seal: no. " in text
    assert "Archived copy: none" in text


def test_names_are_written_as_each_form_has_them(store: Store) -> None:
    found = {name: write(cited(store, 1)) for name, (_, write) in FORMS.items()}
    assert found["apa"].startswith("Other, A., van der Berg, J., & The Mill Desk. (2025, March 7). Fire & smoke")
    assert found["chicago"].startswith("Other, Ann, Jan van der Berg, and The Mill Desk. “Fire & smoke")
    assert "author = {Other, Ann and van der Berg, Jan and {The Mill Desk}}," in found["bibtex"]
    assert r"title = {{Fire \& smoke at \{Cross\} Mill\_ 100\%}}" in found["bibtex"]
    (item,) = json.loads(found["csl-json"])
    assert item["author"][1:] == [{"family": "van der Berg", "given": "Jan"}, {"literal": "The Mill Desk"}]
    assert (item["issued"], item["URL"]) == ({"date-parts": [[2025, 3, 7]]}, URL)


def test_no_name_is_two_to_bibtex(tmp_path: Path) -> None:
    with new_store(tmp_path) as store:
        names = (Author("Ann Other and A. Nobody"), Author("Bo AND Co", kind=AuthorKind.ORGANISATION), Author("Ann, Other"))
        new_ledger(store).record(article(authors=names))
        text = FORMS["bibtex"][1](cited(store, 1))
    assert "author = {{and A. Nobody}, Ann Other and {Bo AND Co} and Other, {Ann,}}," in text


def test_an_address_survives_a_merge_that_gives_new_numbers(tmp_path: Path) -> None:
    (tmp_path / "ours").mkdir()
    (tmp_path / "theirs").mkdir()
    ours, theirs = new_store(tmp_path / "ours"), new_store(tmp_path / "theirs")
    new_ledger(theirs).record(article("A stranger's first.", url="https://paper.example/news/other"))
    writer = new_ledger(theirs)
    for seen, body in ((60, "It burns."), (120, "It burned.")):
        writer.record(article(body, seen=seen))
    before = {one.number: (address(BASE, URL, one), one.content_hash) for one in history(theirs)}
    for seen, body in ((0, "Smoke was seen."), (90, "It burns. Two are hurt.")):
        new_ledger(ours).record(article(body, seen=seen))
    merge(ours, theirs, MergeSource("theirs", "merge"), NOW)
    found = articles.find_article(ours, URL)
    assert found
    assert [one.number for one in history(ours)] == [1, 2, 3, 4]
    for number, (link, content_hash) in before.items():
        name = link.removeprefix(f"{BASE}/revision/").partition("/")[0]
        revision = find_revision(ours, found, name)
        assert revision is not None
        assert (revision.content_hash, revision.number) == (content_hash, number * 2)


@table("name", ["000000000000-20250307080000", "000000000000-99999999999999", "f-1", ""])
def test_what_names_nothing_is_nothing(name: str, store: Store) -> None:
    found = articles.find_article(store, URL)
    assert found
    assert find_revision(store, found, name) is None


def test_of_a_text_that_came_back_the_moment_says_which(tmp_path: Path) -> None:
    store = new_store(tmp_path)
    writer = new_ledger(store)
    for seen, body in ((0, "It burns."), (60, "It burned."), (120, "It burns.")):
        writer.record(article(body, seen=seen, modified=seen))
    found = articles.find_article(store, URL)
    assert found
    start = history(store)[0].content_hash[:12]
    named = [
        find_revision(store, found, f"{start}-{digits}") for digits in ("20250307080000", "20250307093000", "20250307100000")
    ]
    assert [one and one.number for one in named] == [1, 3, 3]


def test_the_internet_archive_is_named_and_never_asked() -> None:
    assert wayback(URL, "2025-03-07T08:00:00Z") == f"https://web.archive.org/web/20250307080000/{URL}"
