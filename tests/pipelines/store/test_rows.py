"""Between values and rows: articles come back as they were, captures of one second have an order, times read well."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from pipelines.article import Article, Author, Fetch, Image, Kind, Outcome
from pipelines.reasons import FetchReason
from pipelines.store.database import Row
from pipelines.store.resolver import Lookup
from pipelines.store.rows import changed_by, humanize, is_archive_name, last_change, rank_of, rank_of_row, revision_row, span
from tests.factories import T0, URL, article, at, day, new_ledger, new_store, only_article
from tests.table import table

RICH = article(
    kind=Kind.GALLERY, section="News", topics=("fire", "Größe"), language="en-GB", is_accessible_for_free=False,
    published=None, date_published=day("2025-03-06"), canonical_url=URL,
    authors=(Author("Ann Other", "Chief Reporter", "PA"), Author("Bo Field")),
    images=(Image(None, None, "Smoke over the mill", None), Image("https://paper.example/2.jpg", "Rain", "Rain", "PA")),
)  # fmt: skip
BARE = article("Only a line.", modified=None, published=None, headline=None, description=None, byline=None, authors=(), images=())


@table("written", [article(), RICH, BARE, article(is_accessible_for_free=True)], ids=lambda one: one.kind)
def test_an_article_comes_back_as_it_was_written(written: Article, tmp_path: Path) -> None:
    folder = tmp_path / (written.content_hash or "") / str(written.is_accessible_for_free)
    folder.mkdir(parents=True)
    store = new_store(folder)
    new_ledger(store).record(written)
    read = Lookup(store, "paper").latest(only_article(store))
    assert read == replace(written, fetch=None)


def test_a_row_names_the_page_in_the_archive() -> None:
    seen = article(seen=7, fetch={"warc_file": "paper/a.warc.gz", "warc_offset": 9, "payload_hash": "ab" * 32})
    assert seen.fetch is not None
    row = revision_row(seen, seen.fetch)
    assert (row["warc_file"], row["warc_offset"], row["payload_hash"]) == ("paper/a.warc.gz", 9, "ab" * 32)
    assert row["first_seen"] == row["last_seen"] == "2025-03-07T08:07:00Z"


REDIRECT = Fetch(URL, T0, outcome=Outcome.MOVED, answered_url=URL + "-2", reason_code=FetchReason.MOVED)


@table(
    ("item", "rank"),
    [
        (REDIRECT, 0),
        (article(fetch={"requested_url": URL + "-1"}), 1),
        (article(), 2),
        (Fetch(URL, T0, outcome=Outcome.GONE), 3),
        (replace(REDIRECT, answered_url=None), 3),
    ],
    ids=("redirect", "led to", "page", "gone", "leads nowhere"),
)
def test_order_of_captures_in_one_second(item: Article | Fetch, rank: int) -> None:
    assert rank_of(item) == rank


@table(
    ("outcome", "code", "content_hash", "answered_url", "rank"),
    [
        ("moved", FetchReason.MOVED, None, URL, 0),
        ("updated", None, None, URL, 1),
        ("unchanged", None, "ab", None, 2),
        ("gone", None, None, None, 3),
    ],
)
def test_rows_have_the_order_of_their_captures(outcome: str, code: str | None, content_hash: str | None, answered_url: str | None,
                                               rank: int) -> None:  # fmt: skip
    row: Row = {"outcome": outcome, "reason_code": code, "content_hash": content_hash, "answered_url": answered_url}
    assert rank_of_row(row) == rank


def test_a_text_was_made_when_it_says_and_never_after_it_was_seen() -> None:
    assert changed_by("2025-03-07T07:00:00Z", None, at(0)) == at(-60)
    assert changed_by("2025-03-07T07:00:00Z", "2025-03-07T07:30:00Z", at(0)) == at(-30)
    assert changed_by(None, "2025-03-07T09:00:00Z", at(0)) == at(0)
    assert changed_by(None, None, at(5)) == at(5)
    row = revision_row(article(modified=-30, seen=60), Fetch(URL, at(60)))
    assert last_change({**row, "number": 1}) == at(-30)
    assert last_change({**row, "number": 2}) == at(60), "of an edit it is known only when it was seen"


@table(
    ("name", "is_one"),
    [
        ("paper/2025-03.warc.gz", True),
        ("a.warc", True),
        ("é" * 120, True),
        ("é" * 121, False),
        ("", False),
        ("/etc/passwd", False),
        ("paper/../../passwd", False),
        ("paper//a.warc", False),
        ("./a.warc", False),
        ("a\n.warc", False),
        ("abcdefghi/" * 101, False),
    ],
)
def test_names_of_archive_files(name: str, is_one: bool) -> None:
    assert is_archive_name(name) is is_one


@table(
    ("minutes", "text"),
    [(0.9, "0 min"), (119.9, "119 min"), (120, "2 h"), (48 * 60 - 1, "47 h"), (48 * 60, "2 days"), (-180, "3 h")],
)
def test_a_length_has_one_unit(minutes: float, text: str) -> None:
    assert span(timedelta(minutes=minutes)) == text


def test_a_time_and_how_far_it_is() -> None:
    assert humanize("2025-03-07T08:10:00Z", at(30)) == "2025-03-07 08:10Z (20 min ago)"
    assert humanize("2025-03-07T11:00:00Z", at(0)) == "2025-03-07 11:00Z (in 3 h)"
    assert humanize("2025-03-05", at(0)) == "2025-03-05 (2 days ago)"
