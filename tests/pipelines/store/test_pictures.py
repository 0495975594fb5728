"""A photograph that is swapped under its caption: recorded, and no revision."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from pipelines.article import Article, Image, Outcome
from pipelines.history.revisions import changed_fields
from pipelines.items import confirm
from pipelines.proof.verify import verify
from pipelines.reasons import FetchReason
from pipelines.store.corrections import reread
from pipelines.store.crawls.snapshot import SiteSnapshot
from pipelines.store.database import Store
from pipelines.text.urls import same_picture
from tests.factories import article, at, new_ledger, new_store, revisions
from tests.table import table

HOST = "https://paper.example"
CDN = "https://cdn.example"


def pictured(url: str | None, seen: float = 0, caption: str | None = "Smoke over the mill", **more: object) -> Article:
    return article(seen=seen, images=(Image(url, None, caption, "Ann Other"),), **more)  # type: ignore[arg-type]


@table(
    ("a", "b", "expected"),
    [
        (f"{HOST}/img/mill.jpg", f"{HOST}/img/mill.jpg?w=640&h=480&crop=smart", True),
        (f"{HOST}/img/mill-640x480.jpg", f"{HOST}/img/mill-1200x800.jpg", True),
        (f"{HOST}/img/mill.jpg", f"{HOST}/img/mill.webp", True),
        (f"{HOST}/img/mill.png?w=640&token=a1", f"{HOST}/img/mill.png?token=b2", True),
        (f"{HOST}/_next/image?url=https%3A%2F%2Fcdn.example%2Fmill.jpg&w=640", f"{CDN}/mill.jpg", True),
        (f"{HOST}/img/mill-fire-at-dawn.jpg", f"{CDN}/a/b/mill-fire-at-dawn.webp?sig=88", True),
        (f"{HOST}/img/mill.jpg", f"{HOST}/img/yard.jpg", False),
        (f"{HOST}/2025/03/06/1.jpg", f"{HOST}/2025/03/07/1.jpg", False),
        (f"{HOST}/photograph.php?id=7", f"{HOST}/photograph.php?id=8", False),
        (f"{HOST}/photograph.php?id=7&w=640", f"{HOST}/photograph.php?id=7&w=320", True),
    ],
)
def test_one_picture_or_two(a: str, b: str, expected: bool) -> None:
    assert same_picture(a, b) is same_picture(b, a) is expected
    before, after = pictured(a), pictured(b)
    assert before.content_hash == after.content_hash
    assert changed_fields(before, after) == ([] if expected else ["images"])


def stored(store: Store) -> list[str]:
    return [row["url"] for row in store.rows("SELECT url FROM revision_images ORDER BY revision_id, position")]


def test_a_swap_is_recorded_without_a_revision(tmp_path: Path) -> None:
    store = new_store(tmp_path)
    ledger = new_ledger(store)
    mill, yard = f"{HOST}/img/mill.jpg", f"{HOST}/img/yard.jpg"
    for seen, url in enumerate((mill, mill, yard, f"{yard}?w=320", mill)):
        read = pictured(url, seen * 60)
        assert read.fetch is not None
        ledger.record(confirm(SiteSnapshot.load(store, "paper"), read, read.fetch))
    assert revisions(store) == [(1, "new", "[]")]
    assert stored(store) == [mill]
    told = store.rows("SELECT outcome, reason_code, reason FROM fetches ORDER BY id")
    swap = "another picture under the same caption: {}, before it {}"
    assert [tuple(row.values()) for row in told] == [
        ("new", None, None), ("unchanged", None, None),
        ("unchanged", FetchReason.PICTURE_SWAPPED, swap.format(yard, mill)), ("unchanged", None, None),
        ("unchanged", FetchReason.PICTURE_SWAPPED, swap.format(mill, yard)),
    ]  # fmt: skip
    before = [json.loads(row["article"])["images"][0]["url"] for row in store.rows("SELECT article FROM readings ORDER BY id")]
    assert before == [mill, yard]
    assert store.value("SELECT count(*) FROM chain WHERE subject = 'reading'") == 2
    assert list(verify(store)) == []
    assert store.value("SELECT last_seen FROM revisions") == "2025-03-07T12:00:00Z"


def test_what_is_no_swap(subtests: pytest.Subtests, tmp_path: Path) -> None:
    """A picture that had no address, one without a caption, another reader's choice, a page that shows none."""
    mill, yard = f"{HOST}/img/mill.jpg", f"{HOST}/img/yard.jpg"
    for name, before, after in (
        ("no address before", pictured(None), pictured(yard, 60)),
        ("no caption", pictured(mill, caption=None), pictured(yard, 60, caption=None)),
        ("another extractor", pictured(mill), pictured(yard, 60, extractor="test/2")),
        ("its size", pictured(mill), pictured(f"{mill}?width=320", 60)),
    ):
        with subtests.test(name):
            folder = tmp_path / name
            folder.mkdir()
            store = new_store(folder)
            ledger = new_ledger(store)
            ledger.record(before)
            assert ledger.record(after).outcome is Outcome.UNCHANGED
            assert store.value("SELECT count(*) FROM readings") == 0
            assert stored(store) == [before.images[0].url]


def test_an_edit_beside_it_is_a_revision_that_names_the_pictures(tmp_path: Path) -> None:
    store = new_store(tmp_path)
    ledger = new_ledger(store)
    ledger.record(pictured(f"{HOST}/img/mill.jpg"))
    edited = pictured(f"{HOST}/img/yard.jpg", 60, headline="Fire at Cross Mill is out", modified=50)
    assert ledger.record(edited).outcome is Outcome.UPDATED
    assert revisions(store)[1] == (2, "updated", '["headline", "images", "date_modified"]')


def test_reading_the_first_page_again_does_not_bring_its_picture_back(tmp_path: Path) -> None:
    store = new_store(tmp_path)
    ledger = new_ledger(store)
    mill, yard = f"{HOST}/img/mill.jpg", f"{HOST}/img/yard.jpg"
    ledger.record(pictured(mill))
    revision_id = ledger.record(pictured(yard, 60)).revision_id or 1
    better = replace(pictured(mill, extractor="test/2"), section="Courts", fetch=None)
    assert reread(store, revision_id, better, "now", at(120)).corrected
    assert stored(store) == [yard]
    assert store.value("SELECT section FROM revisions") == "Courts"
