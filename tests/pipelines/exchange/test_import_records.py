"""Records that come from outside: what is whole is taken, what is not is refused with a reason, and nothing raises."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipelines.article import Author, Image
from pipelines.exchange.export import Selection, records
from pipelines.exchange.import_records import RecordError, Staging, read
from pipelines.exchange.merge import MergeSource, merge
from pipelines.proof.verify import verify
from pipelines.store.database import Store
from pipelines.store.rows import moment
from tests.factories import URL, article, at, new_ledger, new_store
from tests.table import table

LATEST = moment(at(900))


@pytest.fixture(scope="module")
def record(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    with new_store(tmp_path_factory.mktemp("record")) as store:
        ledger = new_ledger(store)
        ledger.record(article())
        ledger.record(article("Edited.", seen=10, modified=9, fetch={"external_id": "mill"}))
        return list(records(store, Selection()))[1]


def changed(record: dict[str, Any], path: str, value: Any) -> dict[str, Any]:
    copy: dict[str, Any] = json.loads(json.dumps(record))
    *parents, last = path.split(".")
    place: Any = copy
    for name in parents:
        place = place[int(name)] if name.isdigit() else place[name]
    if value is None:
        del place[last]
    else:
        place[last] = value
    return copy


WRONG: list[tuple[str, Any, str]] = [
    ("format", "newsledger-revision/2", "no record of newsledger-revision/1"),
    ("site", None, "site is missing"),
    ("site.name", None, "site.name is missing"),
    ("site.url", "javascript:alert(1)", "site.url is not what it should be"),
    ("article.url", "file:///etc/passwd", "article.url is not what it should be"),
    ("article.url", "https://paper.example@evil.example/a", "article.url is not what it should be"),
    ("site.url", "https://user:secret@paper.example/", "site.url is not what it should be"),
    ("article.state", "dead", "article.state is not what it should be"),
    ("article.last_seen", "2025-03-07", "article.last_seen is not what it should be"),
    ("article.last_checked", "2025-03-07T07:00:00Z", "article: seen after it was last looked at"),
    ("article.aliases", {}, "aliases is no list"),
    ("article.states", [{"at": "2025-03-07T08:00:00Z"}], "states.state is missing"),
    ("revision.number", 0, "revision.number: revisions are numbered from 1"),
    ("revision.number", True, "revision.number is not what it should be"),
    ("revision.number", 2**70, "revision.number is not what it should be"),
    ("revision.change", "unchanged", "revision.change is not what it should be"),
    ("revision.kind", "not_article", "revision.kind is not what it should be"),
    ("revision.first_seen", "2025-13-07T08:00:00Z", "revision.first_seen is not what it should be"),
    ("revision.last_seen", "2025-03-01T08:00:00Z", "revision: last seen before it was first seen"),
    ("revision.date_published", "2025-3-7", "revision.date_published is not what it should be"),
    ("revision.topics", "a, b", "revision.topics is not what it should be"),
    ("revision.topics", [1], "revision.topics is not what it should be"),
    ("revision.body", "Another text.", "revision: its text is not the one of its hash"),
    ("revision.body", 5, "revision.body is not what it should be"),
    ("revision.authors", [{"role": "x"}], "authors.name is missing"),
    ("revision.authors", [{"name": ["x"]}], "authors.name is no text"),
    ("revision.images", [3], "images is missing"),
    ("revision.is_accessible_for_free", 1, "revision.is_accessible_for_free is not what it should be"),
    ("revision.payload_hash", "ab", "revision.payload_hash is not what it should be"),
    ("looks.0.outcome", "seen", "looks.outcome is not what it should be"),
    ("looks.0.status", -1, "looks.status is not what it should be"),
    ("looks.0.status", 10**23, "looks.status is not what it should be"),
    ("revision.warc_file", "a\0b", "revision.warc_file is not what it should be"),
    ("revision.warc_file", "n" * 300, "revision.warc_file is not what it should be"),
    ("revision.warc_file", "../a.warc.gz", "revision.warc_file is not what it should be"),
    ("revision.warc_file", "/srv/a.warc.gz", "revision.warc_file is not what it should be"),
    ("revision.warc_file", "a/./b//c", "revision.warc_file is not what it should be"),
    ("looks.0.warc_file", "a\x1b[2J", "looks.warc_file is not what it should be"),
    ("article.url", "https://paper.example/\x1b]0;x\x07", "article.url is not what it should be"),
    ("site.name", "The\nPaper", "site.name is not what it should be"),
    ("revision.first_seen", "0001-01-01T00:00:00Z", "revision.first_seen is not what it should be"),
    ("site.id", "../../paper", "site.id is not what it should be"),
    ("revision.first_seen", "0000-01-01T00:00:00Z", "revision.first_seen is not what it should be"),
    ("article.first_seen", "2031-01-01T00:00:00Z", "article: last seen before it was first seen"),
    ("revision.headline", "x" * 4_000_001, "revision.headline is too long"),
    ("readings", [{"article": "{}", "replaced": "2025-03-07T08:00:00Z", "extractor": "a", "content_hash": "0" * 64}],
     "readings.article is not what it should be"),
]  # fmt: skip


@table(("path", "value", "why"), WRONG, ids=[f"{path}={str(value)[:20]}" for path, value, _ in WRONG])
def test_what_is_wrong_is_refused_with_a_reason(record: dict[str, Any], path: str, value: Any, why: str) -> None:
    with pytest.raises(RecordError) as error:
        read(json.dumps(changed(record, path, value)), LATEST)
    assert str(error.value).startswith(why)


@table("line", ["", "[]", "7", "null", "{}", '{"format": ', "[" * 100_000, '"\\ud800"', "\udc80{}", "NaN"])
def test_what_is_no_record_is_refused(line: str) -> None:
    with pytest.raises(RecordError):
        read(line, LATEST)


def test_a_name_that_stands_twice_is_refused(record: dict[str, Any]) -> None:
    with pytest.raises(RecordError, match="no JSON: a name stands twice"):
        read(json.dumps(record).replace('"headline"', '"headline": "Another", "headline"', 1), LATEST)


def test_a_lone_surrogate_is_refused(record: dict[str, Any]) -> None:
    with pytest.raises(RecordError, match="no JSON"):
        read(json.dumps(changed(record, "revision.headline", "a\ud800")), LATEST)


def test_a_whole_record_is_read_as_it_was_written(record: dict[str, Any]) -> None:
    assert read(json.dumps(record), LATEST)[0] == {key: value for key, value in record.items() if key != "format"}


short = st.text(max_size=9)
anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | short,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(short, inner, max_size=4),
    max_leaves=8,
)


@given(anything, st.sampled_from([path for path, _, _ in WRONG]))
@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_value_in_any_place_is_taken_or_refused(record: dict[str, Any], value: Any, path: str) -> None:
    try:
        taken, _ = read(json.dumps(changed(record, path, value)), LATEST)
    except RecordError:
        return
    assert read(json.dumps({"format": record["format"], **taken}), LATEST) == (taken, None)


text = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)


@pytest.mark.slow
@given(st.lists(st.tuples(text, text, text, st.integers(0, 3)), min_size=1, max_size=5))
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_hostile_texts_make_the_way_and_back(tmp_path: Path, drawn: list[tuple[str, str, str, int]]) -> None:
    for path in tmp_path.rglob("*.db*"):
        path.unlink()
    with new_store(tmp_path) as store:
        ledger = new_ledger(store)
        for place, (body, headline, name, which) in enumerate(drawn):
            parts = {"authors": (Author(name or "X", headline),), "images": (Image(None, name, body, headline),)}
            url = f"{URL}-{which}"
            ledger.record(article(body, headline=headline, topics=(name, body), url=url, seen=place, modified=place, **parts))
        written = [json.dumps(record, ensure_ascii=False) for record in records(store, Selection())]
    with Store(tmp_path / "heap.db") as other, Store(tmp_path / "back.db") as back:
        heap = Staging(other, at(900))
        assert heap.put(written) == [None] * len(written)
        heap.link_references()
        merge(back, other, MergeSource("file.jsonl", "import"), at(900))
        assert [json.dumps(record, ensure_ascii=False) for record in records(back, Selection())] == written
        assert [str(fault) for fault in verify(back)] == []


CLIPPED = (
    (("article.last_seen", "article.last_checked"), "article.last_checked is of the future: 9999"),
    (("article.last_checked",), "article.last_checked is of the future: 9999"),
    (("revision.last_seen",), "revision.last_seen is of the future: 9999"),
    (("looks.0.fetched",), "looks of the future are left out"),
    (("article.states.0.at",), "states of the future are left out"),
)


def test_what_is_of_the_future_is_set_right_or_left_out_and_told(record: dict[str, Any], subtests: pytest.Subtests) -> None:
    for paths, told in CLIPPED:
        with subtests.test(" ".join(paths)):
            copy = record
            for path in paths:
                copy = changed(copy, path, "9999-12-31T23:59:59Z")
            taken, said = read(json.dumps(copy), LATEST)
            assert str(said).startswith(told)
            assert "9999" not in json.dumps(taken)


def test_a_next_look_beyond_a_month_is_due_at_once(record: dict[str, Any]) -> None:
    taken, _ = read(json.dumps(changed(record, "article.next_check", "9999-12-31T23:59:59Z")), LATEST)
    assert taken["article"]["next_check"] == record["article"]["last_checked"]


def test_what_was_first_seen_in_the_future_is_refused(record: dict[str, Any]) -> None:
    for part in ("article", "revision"):
        copy = record
        for column in ("first_seen", "last_seen", "last_checked")[: 3 if part == "article" else 2]:
            copy = changed(copy, f"{part}.{column}", "2031-01-01T00:00:00Z")
        with pytest.raises(RecordError, match=f"{part} is of the future"):
            read(json.dumps(copy), LATEST)


def test_a_record_that_comes_twice_is_told(tmp_path: Path, record: dict[str, Any]) -> None:
    line = json.dumps(record)
    with Store(tmp_path / "heap.db") as other:
        told = Staging(other, at(900)).put([line, line, "{}"])
    assert told == [None, f"revision 2 of {URL} comes twice", "no record of newsledger-revision/1"]
