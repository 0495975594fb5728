"""Two ledgers become one: no doubles, history in order of time, every row sealed; twice is once."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipelines.article import Article, Fetch, Outcome
from pipelines.exchange.merge import Merged, MergeSource, merge
from pipelines.proof.verify import verify
from pipelines.store.crawls import put_sites, start_crawl
from pipelines.store.database import Row, Store
from pipelines.store.rows import moment
from pipelines.store.writer import RevisionWriter
from tests.factories import URL, article, at, new_ledger, new_store

TABLES = ("sites", "crawls", "articles", "aliases", "revisions", "revision_authors", "revision_images", "readings", "states",
          "fetches", "withdrawals", "chain")  # fmt: skip
OTHER = "https://paper.example/news/the-weir"


def ledger(folder: Path, *items: Article | Fetch) -> Path:
    folder.mkdir()
    with new_store(folder) as store:
        writer = new_ledger(store)
        for item in items:
            writer.record(item)
    return folder / "news.db"


def merged(target: Path, other: Path, minutes: float = 5000, under: str = "") -> Merged:
    with Store(target) as store, Store(other, readonly=True) as source:
        done = merge(store, source, MergeSource("other.db", "merge", under), at(minutes))
        assert [str(fault) for fault in verify(store)] == []
        return done


def everything(path: Path) -> dict[str, list[Row]]:
    with Store(path, readonly=True) as store:
        return {table: list(store.rows(f"SELECT * FROM {table}")) for table in TABLES}


def history(path: Path, url: str = URL) -> list[tuple[Any, ...]]:
    sql = """SELECT number, body, change, first_seen, last_seen, reverted_to FROM revisions WHERE article_id =
        (SELECT id FROM articles WHERE url = ?) ORDER BY number"""
    with Store(path, readonly=True) as store:
        ids = {row["id"]: row["number"] for row in store.rows("SELECT id, number FROM revisions")}
        rows = list(store.rows(sql, (url,)))
    return [(r["number"], r["body"][:1], r["change"], r["first_seen"][11:16], r["last_seen"][11:16], ids.get(r["reverted_to"]))
            for r in rows]  # fmt: skip


def says(text: str, seen: float, modified: float = 0, **more: Any) -> Article:
    return article(f"{text} is what the mill fire did to the town.", seen=seen, modified=modified, **more)


def test_histories_are_interleaved(tmp_path: Path) -> None:
    ours = ledger(tmp_path / "a", says("A", 0), says("A", 10), says("C", 40, 35), says("C", 50, 35))
    theirs = ledger(tmp_path / "b", says("A", 5), says("B", 20, 15), says("B", 30, 15), says("C", 38, 35), says("D", 60, 35))
    done = merged(ours, theirs)
    assert history(ours) == [
        (1, "A", "new", "08:00", "08:10", None), (2, "B", "updated", "08:20", "08:30", None),
        (3, "C", "updated", "08:38", "08:50", None), (4, "D", "silent", "09:00", "09:00", None),
    ]  # fmt: skip
    assert (done.revisions, dict(done.counts), dict(done.kinds)) == (2, {"joined": 1}, {"updated": 1, "silent": 1})
    with Store(ours) as store:
        row = store.row("SELECT * FROM articles") or {}
        assert (row["revision_count"], row["last_seen"], row["etag"]) == (4, moment(at(60)), None)
        crawls = [(c["trigger"], c["site_id"], c["revisions"]) for c in store.rows("SELECT * FROM crawls ORDER BY id")]
    assert crawls == [("test", "paper", 0), ("merge", None, 3)]


def test_twice_is_once(tmp_path: Path) -> None:
    ours = ledger(tmp_path / "a", says("A", 0), says("C", 40, 0))
    theirs = ledger(tmp_path / "b", says("A", 5), says("B", 20), says("A", 30), says("B", 60), says("Weir", 70, url=OTHER))
    merged(ours, theirs)
    before = everything(ours)
    assert dict(merged(ours, theirs, 6000).counts) == {"known": 2}
    assert everything(ours) == before


def test_into_nothing_all_is_as_it_was(tmp_path: Path) -> None:
    theirs = ledger(
        tmp_path / "b", says("A", 0), says("B", 20), says("A", 30), article("Weir.", url=OTHER, seen=31, headline="The weir"),
        says("A", 40, extractor="test/2"), says("E", 50, extractor="test/2"),
        Fetch(URL, at(60), status=410, outcome=Outcome.GONE),
        says("E", 90, extractor="test/2"), says("E", 95, url=URL + "-2", fetch={"requested_url": URL}, extractor="test/2"),
    )  # fmt: skip
    ours = tmp_path / "news.db"
    done = merged(ours, theirs)
    assert dict(done.counts) == {"new": 2}
    assert history(ours, URL + "-2") == history(theirs, URL + "-2")
    mine, yours = everything(ours), everything(theirs)
    unlike = {"states": ("crawl_id", "id"), "revisions": ("crawl_id",), "articles": ("etag", "last_modified", "validators_url")}
    for table in ("aliases", "states", "revision_images", "readings", "revisions", "articles"):
        found, expected = ([strip(row, unlike.get(table, ())) for row in ordered(rows[table])] for rows in (mine, yours))
        assert found == expected, table


def ordered(rows: list[Row]) -> list[Row]:
    return sorted(rows, key=lambda row: row.get("article_id", row.get("id", 0)))


def strip(row: Row, without: tuple[str, ...]) -> Row:
    return {column: value for column, value in row.items() if column not in without}


def test_an_article_is_found_by_other_addresses(tmp_path: Path) -> None:
    ours = ledger(tmp_path / "a", says("A", 0), says("A", 10, url=URL + "-renamed", fetch={"requested_url": URL}))
    theirs = ledger(tmp_path / "b", says("A", 5), says("B", 7))
    merged(ours, theirs)
    with Store(ours) as store:
        assert [row["url"] for row in store.rows("SELECT url FROM articles")] == [URL + "-renamed"]
    assert [row[1:3] for row in history(ours, URL + "-renamed")] == [("A", "new"), ("B", "silent"), ("A", "reverted")]


def test_by_the_owners_id(tmp_path: Path) -> None:
    first, second = f"{URL}-77", f"{OTHER}-77"
    ours = ledger(tmp_path / "a", says("A", 0, url=first, fetch={"external_id": "77"}))
    theirs = ledger(tmp_path / "b", says("B", 9, 8, url=second, fetch={"external_id": "77"}))
    merged(ours, theirs)
    assert [row[1:3] for row in history(ours, second)] == [("A", "new"), ("B", "updated")]
    with Store(ours) as store:
        assert store.value("SELECT url FROM aliases") == first


def test_an_id_that_only_the_other_ledger_claims_joins_nothing(tmp_path: Path) -> None:
    first = f"{URL}-77"
    ours = ledger(tmp_path / "a", says("A", 0, url=first, fetch={"external_id": "77"}))
    theirs = ledger(tmp_path / "b", says("B", 9, 8, url=OTHER))
    with Store(theirs) as store, store.transaction():
        store.execute("UPDATE articles SET external_id = '77'")
        store.execute("UPDATE fetches SET external_id = '77'")
    merged(ours, theirs)
    assert [row[1:3] for row in history(ours, first)] == [("A", "new")]
    assert [row[1:3] for row in history(ours, OTHER)] == [("B", "new")]


def test_takedowns_and_returns(tmp_path: Path) -> None:
    ours = ledger(tmp_path / "a", says("A", 0), Fetch(URL, at(20), status=410, outcome=Outcome.GONE, reason="status 410"))
    theirs = ledger(tmp_path / "b", says("A", 5), says("B", 60, 55))
    merged(ours, theirs)
    assert [row[1:3] for row in history(ours)] == [("A", "new"), ("B", "restored")]
    with Store(ours) as store:
        steps = [(row["state"], row["at"][11:16]) for row in store.rows("SELECT * FROM states ORDER BY id")]
        assert store.value("SELECT state FROM articles") == "live"
    assert steps == [("live", "08:00"), ("gone", "08:20"), ("live", "09:00")]
    merged(theirs, tmp_path / "a" / "news.db")
    assert history(theirs) == history(ours)


@pytest.mark.parametrize("which", ["ours", "theirs"])
def test_what_is_withdrawn_does_not_come_back(tmp_path: Path, which: str) -> None:
    ours, theirs = ledger(tmp_path / "a", says("A", 0)), ledger(tmp_path / "b", says("A", 5), says("B", 9))
    with Store(ours if which == "ours" else theirs) as store:
        store.insert("withdrawals", {"article_id": 1, "at": moment(at(99)), "who": "a", "reason": "b", "revisions": 1})
    with Store(ours) as store, Store(theirs, readonly=True) as source:
        done = merge(store, source, MergeSource("other.db", "merge"), at(100))
    assert dict(done.counts) == {"withdrawn": 1}
    assert len(history(ours)) == 1


def test_pointers_name_the_folder_of_the_other_archive(tmp_path: Path) -> None:
    kept = {"warc_file": "paper/x.warc.gz", "warc_offset": 12, "payload_hash": "ab" * 32}
    ours, theirs = ledger(tmp_path / "a", says("A", 0)), ledger(tmp_path / "b", says("B", 9, fetch=kept))
    merged(ours, theirs, under="other")
    with Store(ours) as store:
        for table in ("revisions", "fetches"):
            assert store.value(f"SELECT warc_file FROM {table} WHERE payload_hash IS NOT NULL") == "other/paper/x.warc.gz"


def test_a_moved_article_leads_to_its_target(tmp_path: Path) -> None:
    theirs = ledger(tmp_path / "b", says("A", 0), article("A weir.\n\nQuite another story.", url=OTHER, headline="Weir", seen=5),
                    article("A weir.\n\nQuite another story.", url=OTHER, headline="Weir", seen=9,
                            fetch={"requested_url": URL}))  # fmt: skip
    ours = tmp_path / "news.db"
    merged(ours, theirs)
    with Store(ours) as store:
        moved = store.row("SELECT a.state, b.url FROM articles a JOIN articles b ON b.id = a.moved_to")
    assert moved == {"state": "moved", "url": OTHER}
    before = everything(ours)
    merged(ours, theirs, 6000)
    assert everything(ours) == before


def test_a_merge_that_was_killed_is_run_again(tmp_path: Path) -> None:
    items = [says(f"{n}", n, url=f"{URL}-{n}", headline=f"Story {n}") for n in range(60)]
    ours, theirs = ledger(tmp_path / "a", says("A", 0)), ledger(tmp_path / "b", *items)

    def stop(_: int) -> None:
        raise KeyboardInterrupt

    with Store(ours) as store, Store(theirs, readonly=True) as source:
        with pytest.raises(KeyboardInterrupt):
            merge(store, source, MergeSource("other.db", "merge"), at(100), stop)
        assert [str(fault) for fault in verify(store)] == []
        assert store.value("SELECT count(*) FROM articles") == 26
    assert dict(merged(ours, theirs).counts) == {"known": 25, "new": 35}


looks = st.lists(st.tuples(st.sampled_from("ABC"), st.integers(1, 90), st.integers(0, 2), st.booleans()), min_size=1, max_size=7)


@pytest.mark.slow
@given(looks)
@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_two_ledgers(tmp_path: Path, drawn: list[tuple[str, int, int, bool]]) -> None:
    """One article's life, each look of which one of two crawlers made."""
    folder = tmp_path / "case"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    items: dict[bool, list[Article | Fetch]] = {True: [], False: []}
    now, stamp = 0, 0
    for text, wait, moved, ours in drawn:
        now, stamp = now + wait, now if moved == 1 else stamp
        gone = moved == 2 and items[ours]
        items[ours].append(Fetch(URL, at(now), status=410, outcome=Outcome.GONE) if gone else says(text, now, stamp))
    paths = [ledger(folder / name, *items[ours]) for name, ours in (("a", True), ("b", False))]
    merged(*paths)
    once = everything(paths[0])
    merged(*paths, minutes=9000)
    assert everything(paths[0]) == once


def test_more_than_one_site_and_a_crawl_that_still_runs(tmp_path: Path) -> None:
    ours = ledger(tmp_path / "a", says("A", 0))
    theirs = tmp_path / "b.db"
    with Store(theirs) as store:
        put_sites(store, [{"id": "weekly", "name": "The Weekly", "url": "https://weekly.example/"}])
        writer = RevisionWriter(store, "weekly", start_crawl(store, "weekly", "hand", at(0)))
        writer.record(says("W", 3, url="https://weekly.example/w"))
    merged(ours, theirs)
    with Store(ours) as store:
        assert [row["id"] for row in store.rows("SELECT id FROM sites ORDER BY id")] == ["paper", "weekly"]
        crawl = store.row("SELECT * FROM crawls WHERE trigger = 'merge'") or {}
    assert (crawl["outcome"], crawl["reason"], crawl["pid"]) == ("lost", "from other.db: crawl 1 of weekly, by hand", None)
