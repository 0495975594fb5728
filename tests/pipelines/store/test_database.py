"""Opening, migrating, transactions, search: on real files."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest
from datasette.utils import detect_fts
from sqlite_utils import Database

from pipelines.article import Fetch, Outcome
from pipelines.queries import search
from pipelines.store import schema
from pipelines.store.crawls import CrawlOutcome, finish_crawl, lose_dead, start_crawl
from pipelines.store.crawls.snapshot import LastAttempt, SiteSnapshot
from pipelines.store.database import Store, StoreError, TooSlowError
from pipelines.store.schema import LATEST, migrations
from tests.factories import T0, URL, article, at, new_ledger, new_store


def test_every_connection_is_set_up(tmp_path: Path) -> None:
    with Store(tmp_path / "a" / "news.db") as store:
        found = {name: store.value(f"PRAGMA {name}") for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")}
    assert found == {"journal_mode": "wal", "synchronous": 1, "foreign_keys": 1, "busy_timeout": 30_000}


def test_the_tests_copy_what_the_migrations_make(tmp_path: Path) -> None:
    """A file of no bytes is a new ledger too, and is not copied (factories.copy_new_ledgers)."""
    (tmp_path / "empty.db").touch()
    made = []
    for name in ("empty.db", "news.db"):
        with Store(tmp_path / name) as store:
            tables = list(store.rows("SELECT type, name, sql FROM sqlite_schema ORDER BY rowid"))
            names = list(store.rows("SELECT name FROM _sqlite_migrations ORDER BY id"))
            pragmas = [store.value(f"PRAGMA {name}") for name in ("application_id", "user_version", "journal_mode")]
            made.append((tables, names, pragmas, list(store.rows("SELECT * FROM documentation ORDER BY rowid"))))
    assert made[0] == made[1]
    assert len(made[0][0]) > 100


def test_latest_names_the_last_migration(tmp_path: Path) -> None:
    with Store(tmp_path / "news.db") as store:
        names = [row["name"] for row in store.rows("SELECT name FROM _sqlite_migrations ORDER BY id")]
    assert names == sorted(names)
    assert names[-1] == LATEST


def older_store(path: Path) -> None:
    """A ledger as the first version left it: tables, and an article, but no search and no views."""
    conn = sqlite3.connect(path, isolation_level=None)
    migrations.apply(Database(conn, execute_plugins=False), stop_before="m002_search")
    conn.execute("INSERT INTO sites (id, name, url) VALUES ('paper', 'The Paper', 'https://paper.example/')")
    conn.execute("INSERT INTO articles (site_id, url, url_key, kind, first_seen, last_seen, last_checked, latest_revision_id) "
                 "VALUES ('paper', 'https://paper.example/a', 'paper.example/a', 'article', 't', 't', 't', NULL)")  # fmt: skip
    conn.execute("INSERT INTO revisions (article_id, number, change, headline, body, kind, first_seen, last_seen, content_hash, "
                 "extractor) VALUES (1, 1, 'new', 'Élan in the mill', 'Text', 'article', 't', 't', 'h', 'x')")  # fmt: skip
    conn.close()


def test_an_older_store_is_migrated_and_a_copy_kept(tmp_path: Path) -> None:
    path = tmp_path / "news.db"
    older_store(path)
    with pytest.raises(StoreError, match="older version"):
        Store(path, readonly=True)
    with Store(path) as store:
        assert [hit.headline for hit in search.search(store, "elan").hits] == ["Élan in the mill"]
        assert store.integrity_problems() == []
    copy = sqlite3.connect(tmp_path / "news.db.before-m002_search")
    assert copy.execute("SELECT headline FROM revisions").fetchall() == [("Élan in the mill",)]
    assert copy.execute("SELECT name FROM _sqlite_migrations").fetchall() == [("m001_tables",)]
    copy.close()


def test_a_store_of_the_first_release_learns_of_reservations(tmp_path: Path) -> None:
    path = tmp_path / "news.db"
    conn = sqlite3.connect(path, isolation_level=None)
    migrations.apply(Database(conn, execute_plugins=False), stop_before="m004_reservations")
    conn.execute("INSERT INTO fetches (url, fetched, outcome) VALUES ('https://paper.example/a', 't', 'error')")
    conn.close()
    with Store(path) as store:
        assert store.row("SELECT outcome, robots, tdm FROM fetches") == {"outcome": "error", "robots": None, "tdm": None}
        assert store.integrity_problems() == []
    assert (tmp_path / "news.db.before-m004_reservations").exists()


def test_the_index_of_an_older_ledger_is_built_anew(tmp_path: Path) -> None:
    path = tmp_path / "news.db"
    conn = sqlite3.connect(path, isolation_level=None)
    migrations.apply(Database(conn, execute_plugins=False), stop_before="m023_search_in_every_script")
    conn.executescript("""
        INSERT INTO sites (id, name, url) VALUES ('paper', 'The Paper', 'https://paper.example/');
        INSERT INTO articles (id, site_id, url, url_key, kind, first_seen, last_seen, last_checked, latest_revision_id)
            VALUES (1, 'paper', 'https://paper.example/kloster', 'paper.example/kloster', 'article', '2026', '2026', '2026', 1);
        INSERT INTO revisions (id, article_id, number, change, headline, body, topics, kind, first_seen, last_seen, content_hash,
            extractor) VALUES (1, 1, 1, 'new', 'Straße', '大阪の橋', 'no JSON', 'article', '2026', '2026', 'a', 'test/1');
        INSERT INTO revision_images (revision_id, position, caption) VALUES (1, 0, 'Søen');
        INSERT INTO revision_authors (revision_id, position, name) VALUES (1, 0, 'Ann Other');
    """)
    conn.close()
    with Store(path) as store:
        assert store.search_problem() is None
        for words in ("strasse", "大阪", "の橋", "soen", "author:other", "kloster"):
            assert search.search(store, words).total == 1, words
        store.execute("DELETE FROM revision_images")
        store.execute("DELETE FROM revision_authors")
        store.execute("UPDATE articles SET latest_revision_id = NULL")
        store.execute("DELETE FROM revisions")
        assert store.search_problem() is None
        assert store.value("SELECT count(*) FROM search_texts") == 0


def test_other_tools_find_the_index_unaided(tmp_path: Path) -> None:
    with new_store(tmp_path) as store:
        new_ledger(store).record(article("The weir broke.", headline="Straße gesperrt"))
        new_ledger(store).record(article("東京の橋", url="https://paper.example/2", headline="Two"))
    plain = Database(sqlite3.connect(store.path))
    assert plain.table("revisions").detect_fts() == "revisions_fts"
    for words, headlines in (("weir", ["Straße gesperrt"]), ("straße", ["Straße gesperrt"]), ("東京", ["Two"]), ("flood", [])):
        assert [row["headline"] for row in plain.table("revisions").search(words)] == headlines, words
    assert detect_fts(plain.conn, "revisions") == "revisions_fts", "Datasette's"
    plain.close()


def test_what_is_reserved_is_kept_on_the_fetch(tmp_path: Path) -> None:
    with new_store(tmp_path) as store:
        ledger = new_ledger(store)
        ledger.record(article())
        fetch = Fetch(URL, at(60), status=200, outcome=Outcome.RESERVED, reason="reserved", robots="noarchive", tdm="1")
        ledger.record(fetch)
        assert store.row("SELECT outcome, robots, tdm FROM fetches ORDER BY id DESC") == {
            "outcome": "reserved", "robots": "noarchive", "tdm": "1",
        }  # fmt: skip
        assert store.value("SELECT count(*) FROM revisions") == 1
        known = SiteSnapshot.load(store, "paper").find(URL)
        assert known is not None
        assert known.reserved == LastAttempt(URL, at(60), Outcome.RESERVED, 1)
        ledger.record(article(seen=120))
        known = SiteSnapshot.load(store, "paper").find(URL)
        assert known is not None
        assert known.reserved is None, "it was read again"


def test_a_migration_that_fails_changes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "news.db"
    older_store(path)
    monkeypatch.setattr(schema, "script", lambda _: "CREATE VIEW broken AS SELECT 1;\nCREATE NONSENSE;")
    with pytest.raises(StoreError, match="syntax error"):
        Store(path)
    conn = sqlite3.connect(path)
    assert conn.execute("SELECT name FROM _sqlite_migrations").fetchall() == [("m001_tables",)]
    assert conn.execute("SELECT count(*) FROM sqlite_master WHERE name IN ('broken', 'revisions_fts')").fetchone() == (0,)
    conn.close()


def test_what_is_no_ledger_of_ours_is_left_alone(tmp_path: Path) -> None:
    text = tmp_path / "text.db"
    text.write_text("This is a text file and not a database at all, whatever its name says.", encoding="utf-8")
    with pytest.raises(StoreError, match="not a database"):
        Store(text)
    foreign = tmp_path / "foreign.db"
    conn = sqlite3.connect(foreign)
    conn.execute("CREATE TABLE recipes (id)")
    conn.close()
    with pytest.raises(StoreError, match="no ledger"):
        Store(foreign)
    newer = tmp_path / "newer.db"
    with Store(newer) as store:
        store.execute("UPDATE _sqlite_migrations SET name = 'm999_future' WHERE name = ?", (LATEST,))
    with pytest.raises(StoreError, match="newer version"):
        Store(newer)
    with pytest.raises(StoreError, match="no ledger here yet"):
        Store(tmp_path / "missing.db", readonly=True)


def test_readonly_cannot_write(tmp_path: Path) -> None:
    new_store(tmp_path).close()
    with (
        Store(tmp_path / "news.db", readonly=True) as store,
        pytest.raises(StoreError, match="readonly"),
        store.transaction(),
    ):
        store.execute("DELETE FROM sites")


def test_a_transaction_is_all_or_nothing(tmp_path: Path) -> None:
    with new_store(tmp_path) as store:
        with pytest.raises(ZeroDivisionError), store.transaction():
            store.value(f"SELECT {store.execute('DELETE FROM sites') // 0}")
        assert store.value("SELECT count(*) FROM sites") == 1


def test_backup_while_open(tmp_path: Path) -> None:
    with new_store(tmp_path) as store:
        new_ledger(store).record(article())
        store.backup(tmp_path / "copy.db")
    with Store(tmp_path / "copy.db", readonly=True) as copy:
        assert copy.value("SELECT count(*) FROM revisions") == 1
        assert copy.integrity_problems() == []


def test_a_crawl_whose_process_died_is_lost(tmp_path: Path) -> None:
    with new_store(tmp_path) as store:
        start_crawl(store, "paper", "test", T0, pid=2)
        ours = start_crawl(store, "paper", "test", at(1), pid=1)
        start_crawl(store, "paper", "test", at(2), worker="elsewhere", job="1")
        assert lose_dead(store, at(5), lambda pid: pid == 1) == ["paper"]
        finish_crawl(store, ours, CrawlOutcome.FINISHED, at(6))
        rows = [
            tuple(row.values()) for row in store.rows("SELECT outcome, finished, reason_code, reason FROM crawls ORDER BY id")
        ]
    assert rows == [
        ("lost", "2025-03-07T08:05:00Z", "process_died", "its process ended without a word"),
        ("finished", "2025-03-07T08:06:00Z", None, None),
        ("running", None, None, None),
    ]


def test_views_tell_the_day(tmp_path: Path) -> None:
    with new_store(tmp_path) as store:
        ledger = new_ledger(store)
        ledger.record(article())
        ledger.record(article("New.", seen=10, modified=9))
        ledger.record(article("Newer.", seen=20, modified=9, headline="Out"))
        (headline,) = store.rows("SELECT headline_before, headline_after, not_before, first_seen FROM headline_changes")
        assert tuple(headline.values()) == ("Fire at Cross Mill", "Out", "2025-03-07T08:10:00Z", "2025-03-07T08:20:00Z")
        (silent,) = store.rows("SELECT number, body_before, body_after FROM silent_edits")
        assert tuple(silent.values()) == (3, "New.", "Newer.")
        delays = store.rows("SELECT number, minutes_since_published, minutes_of_uncertainty FROM edit_delays ORDER BY number")
        assert [tuple(row.values()) for row in delays] == [(2, 10, 10), (3, 20, 10)]
        (counts,) = store.rows("SELECT * FROM daily_counts")
        assert counts == {"site_id": "paper", "day": "2025-03-07", "revisions": 3, "new": 1, "updated": 1, "silent": 1,
                          "restamped": 0, "reverted": 0, "restored": 0}  # fmt: skip
        assert store.value("SELECT headline FROM latest_articles") == "Out"
        assert store.value("SELECT articles FROM site_health") == 1


def test_no_deletion_reads_all_revisions(tmp_path: Path) -> None:
    """A foreign key without an index makes SQLite read the whole table whenever a row that it may name is deleted."""
    with new_store(tmp_path) as store:
        keys = [row["from"] for row in store.rows("SELECT * FROM pragma_foreign_key_list('revisions')")]
        assert {"reverted_to", "reads_as", "article_id"} <= set(keys)
        for key in keys:
            plan = [row["detail"] for row in store.rows(f"EXPLAIN QUERY PLAN SELECT 1 FROM revisions WHERE {key} = ?", (1,))]
            assert all(step.startswith("SEARCH") for step in plan), (key, plan)


ENDLESS = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n"


def test_reading_can_be_limited_in_time(tmp_path: Path) -> None:
    new_store(tmp_path)
    with Store(tmp_path / "news.db", readonly=True) as store:
        with pytest.raises(TooSlowError, match=r"news\.db"), store.limited(0.05), store.snapshot():
            store.value(ENDLESS)
        with pytest.raises(TooSlowError), store.snapshot(), store.limited(0.05):
            store.value(ENDLESS)
        with store.limited(60), store.snapshot():
            assert store.value("SELECT count(*) FROM sites") == 1
        assert store.value(f"{ENDLESS} WHERE i < 100000 LIMIT 1".replace("SELECT i + 1 FROM n", "SELECT i + 1 FROM n LIMIT 1000"))
        with pytest.raises(TypeError), store.limited(60):
            raise TypeError("what is not the store's goes through as it is")
