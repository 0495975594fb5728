"""Visitors' SQL: whatever is asked ends in time and within its memory, tells nothing of the machine, and harms nobody else."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipelines.queries.search_terms import match_of
from pipelines.store.visitor_sql import GRACE_SECONDS, MEMORY_BYTES, SqlError, SqlInterruptedError, SqlProcess
from tests.factories import article, new_ledger, new_store
from tests.table import table

FOREVER = "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) "


@pytest.fixture(scope="module")
def process(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SqlProcess]:
    with new_store(tmp_path_factory.mktemp("sql")) as store:
        for number in range(20):
            new_ledger(store).record(article(f"Part {number}. " + "The weir held. " * 200, url=f"https://paper.example/{number}"))
    made = SqlProcess(store.path, match_of)
    made.run("SELECT 1", {}, rows=1, milliseconds=10_000)
    yield made
    made.close()


def memory(process: SqlProcess) -> int:
    """Bytes that the child has held at most."""
    if process._child is None:
        return 0
    lines = Path(f"/proc/{process._child.pid}/status").read_text("ascii").splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("VmHWM"))


@pytest.mark.slow
@table(
    "sql",
    [
        FOREVER + "SELECT count(*) FROM c",
        FOREVER + "SELECT * FROM c",
        FOREVER + "SELECT group_concat(printf('%.*c', 1000000, 'x')) FROM c",
        "WITH RECURSIVE c(x) AS (SELECT randomblob(9000000) UNION ALL SELECT randomblob(9000000) FROM c) SELECT x FROM c",
        "WITH RECURSIVE c(x) AS (SELECT 'ab' UNION ALL SELECT x || x FROM c) SELECT max(length(x)) FROM c",
        "SELECT " + ", ".join(["hex(zeroblob(9000000))"] * 200),
        "SELECT printf('%.*c', 19000000, 'x') FROM revisions a, revisions b",
        "SELECT replace(printf('%.*c', 19000000, 'a'), 'a', 'aaaaaaaa')",
        "SELECT json_group_array(a.body || b.body || c.body) FROM revisions a, revisions b, revisions c",
        "SELECT a.body FROM revisions a, revisions b, revisions c, revisions d ORDER BY random(), a.body || b.body || c.body",
        "SELECT DISTINCT randomblob(1000000) FROM revisions a, revisions b",
        FOREVER + "SELECT sum(x) OVER (ORDER BY x DESC) FROM c",
        "SELECT count(*) FROM " + ", ".join(f"revisions {name}" for name in "abcdefg") + " WHERE a.id + g.id < b.id",
        "SELECT zeroblob(900000000)",
    ],
)
def test_what_takes_too_much_is_ended(process: SqlProcess, sql: str) -> None:
    begun = time.monotonic()
    with pytest.raises(SqlError):
        process.run(sql, {}, rows=None, milliseconds=700)
    assert time.monotonic() - begun < 20 + GRACE_SECONDS, "a child that was killed before may have to start, on a busy machine"
    assert memory(process) < MEMORY_BYTES + 100_000_000
    assert process.run("SELECT count(*) AS n FROM revisions", {}, rows=1, milliseconds=10_000).rows == [(20,)]


@table(
    "sql",
    [
        *("SELECT fts3_tokenizer('simple')", "SELECT load_extension('x')", "ATTACH ':memory:' AS x", "PRAGMA database_list"),
        *("SELECT * FROM pragma_database_list", "PRAGMA temp_store_directory = '/tmp'", "PRAGMA query_only = 0", "nonsense"),
        *("DELETE FROM revisions", "CREATE TEMP TABLE x AS SELECT 1", "SELECT readfile('/etc/passwd')", "SELECT 1; SELECT 2"),
        *("VACUUM INTO 'x'", "PRAGMA hard_heap_limit = 0", "BEGIN", "SAVEPOINT x"),
    ],
)
def test_what_may_not_be_asked(process: SqlProcess, sql: str) -> None:
    with pytest.raises(SqlError) as told:
        process.run(sql, {}, rows=10, milliseconds=10_000)
    assert str(process._db) not in str(told.value)
    assert str(process._db.parent) not in str(told.value)


def test_rows_are_cut_where_that_is_asked_and_streams_are_whole(process: SqlProcess) -> None:
    found = process.run("SELECT id, :word AS word FROM revisions", {"word": "x"}, rows=3, milliseconds=10_000)
    assert (found.columns, found.rows, found.is_cut) == (("id", "word"), [(1, "x"), (2, "x"), (3, "x")], True)
    assert not process.run("SELECT id FROM revisions", {}, rows=20, milliseconds=10_000).is_cut
    many = FOREVER.replace("FROM c)", "FROM c LIMIT 5000)") + "SELECT x, printf('%.*c', 10000, 'x') FROM c"
    batches = [rows for _, rows in process.stream(many, {}, milliseconds=60_000, whole=True)]
    assert sum(map(len, batches)) == 5_000, "50 MB, more than an answer in one piece may have"
    assert list(process.stream("SELECT 1 AS one WHERE 0", {}, milliseconds=10_000)) == [(("one",), [])]


def test_a_stream_that_takes_too_long_breaks(process: SqlProcess) -> None:
    with pytest.raises(SqlInterruptedError):
        for _ in process.stream(FOREVER + "SELECT x FROM c", {}, milliseconds=300, whole=True):
            pass


def test_search_is_spelled_as_ours(process: SqlProcess) -> None:
    sql = "SELECT count(*) FROM revisions_fts WHERE revisions_fts MATCH escape_fts(:words)"
    for words, count in (("WEIR held", 20), ('"part 7"', 1), ("weir OR nothing", 20), ("weir -held", 0), ("***", 0)):
        assert process.run(sql, {"words": words}, rows=1, milliseconds=10_000).rows == [(count,)], words


def test_the_first_use_of_words(process: SqlProcess) -> None:
    sql = "SELECT value, first_use(value) FROM json_each(:all)"
    words = ["part", '"part 7"', "weir OR nothing", "zyx", "", "(", '" OR rowid']
    found = process.run(sql, {"all": json.dumps([*words, None])}, rows=10, milliseconds=10_000).rows
    assert [first for _, first in found] == [1, 8, 1, None, None, None, None, None]
