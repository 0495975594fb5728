"""The latest revisions with all filters, held against a plain reading of the ledger; and the tables that triggers keep for it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import partial
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.queries import activity, articles
from pipelines.queries.changes import Filter, filters, keys, latest
from pipelines.queries.facets import FACETS, facet_counts
from pipelines.queries.results import CHANGES, row_of
from pipelines.queries.search import search
from pipelines.store.crawls import put_sites
from pipelines.store.database import Row, Store
from pipelines.store.removal.redaction import withdraw
from pipelines.store.schema import script, statements
from pipelines.stories.update import forget
from tests.factories import T0, URL, article, new_ledger, new_store
from tests.table import table

SITES = {"paper": ("Kent", "GB"), "other": ("Kent", "GB"), "third": ("Cork", "IE"), "fourth": (None, None)}


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """40 articles of four sites, most edited some times, one withdrawn, one edit that only an older parser saw."""
    made = new_store(tmp_path_factory.mktemp("feed"))
    put_sites(made, [{"id": site, "name": site.title(), "url": f"https://{site}.example/", "region": region, "country": country}
                     for site, (region, country) in SITES.items()])  # fmt: skip
    ledgers = {site: new_ledger(made, site) for site in SITES}
    for n in range(40):
        site = list(SITES)[(n * n) % 4]
        for edit in range(n % 4 + 1):
            seen, stamped = n * 60 + edit * 137, n * 60 + (edit * 137 if edit != 2 else 137)
            told = {"seen": seen, "modified": stamped, "url": f"https://{site}.example/{n}", "headline": f"Story {n}"}
            ledgers[site].record(article(f"Text {n}." + " More." * (edit if edit < 3 else 1), **told))
    for number, state in enumerate(("suspected", "gone", "live", "moved", "suspected")):
        made.insert("states", {"article_id": 3, "at": f"2025-03-08T0{number}:00:00Z", "state": state})
    withdraw(made, made.row("SELECT * FROM articles WHERE id = 8") or {}, "ops", "a court", T0, forget)
    made.update("revisions", 20, {"reads_as": 19})
    path = made.path
    made.close()
    with Store(path, readonly=True) as opened:
        yield opened


WANTED = (
    [
        Filter(sites, region, country, changes, None, since, until)
        for sites, (region, country), changes, (since, until) in product(
            ((), ("paper",), ("other", "third"), ("nowhere",)),
            ((None, None), ("Kent", None), (None, "IE"), ("Cork", "GB")),
            ((), ("silent",), ("new", "reverted"), ("restored",)),
            ((None, None), ("2025-03-08", None), ("2025-03-07T12:00:00Z", "2025-03-08")),
        )
    ]
    + [Filter(article_id=n) for n in (3, 4, 8, 999)]
    + [Filter(article_id=4, changes=("new",)), Filter(("paper",), article_id=3)]
)


def plainly(store: Store, wanted: Filter) -> list[int]:
    """What is wanted, found by looking at every revision."""
    sql = """SELECT r.id, r.first_seen, r.change, r.article_id, s.id AS site, s.region, s.country FROM revisions r
        JOIN articles a ON a.id = r.article_id JOIN sites s ON s.id = a.site_id
        WHERE r.reads_as IS NULL AND a.id NOT IN (SELECT article_id FROM withdrawals) ORDER BY r.first_seen DESC, r.id DESC"""
    return [row["id"] for row in store.rows(sql) if _fits(row, wanted)]


def _fits(row: Row, wanted: Filter) -> bool:
    return (
        (not wanted.sites or row["site"] in wanted.sites)
        and wanted.region in (None, row["region"])
        and wanted.country in (None, row["country"])
        and (not wanted.changes or row["change"] in wanted.changes)
        and wanted.article_id in (None, row["article_id"])
        and (wanted.since or "") <= row["first_seen"] <= (wanted.until or "") + "~"
    )


@table("wanted", WANTED, ids=range(len(WANTED)))
def test_each_filter_finds_what_a_plain_reading_finds(store: Store, wanted: Filter) -> None:
    expected = plainly(store, wanted)
    assert [change.revision_id for change in latest(store, wanted, limit=500)] == expected
    paged: list[int] = []
    before: str | None = None
    while page := latest(store, wanted, limit=7, before=before):
        paged += [change.revision_id for change in page]
        before = page[-1].cursor
    assert paged == expected


def test_revisions_of_one_second_are_paged_too(tmp_path: Path) -> None:
    with new_store(tmp_path) as made:
        put_sites(made, [{"id": f"s{n}", "name": "S", "url": "https://s.example/", "country": "GB"} for n in range(5)])
        for n in range(20):
            new_ledger(made, f"s{n % 5}").record(article(url=f"https://s.example/{n}"))
        for wanted in (Filter(), Filter(country="GB"), Filter(changes=("new",))):
            paged: list[int] = []
            before: str | None = None
            while page := latest(made, wanted, limit=3, before=before):
                paged += [change.revision_id for change in page]
                before = page[-1].cursor
            assert paged == list(range(20, 0, -1))


def test_a_row_is_told_whole(tmp_path: Path) -> None:
    with new_store(tmp_path) as made:
        ledger = new_ledger(made)
        ledger.record(article("The mill burned. No one was hurt.", description=None))
        ledger.record(article("The mill burned. One man was hurt.", seen=30, modified=20, headline="Man hurt", description=None))
        second, first = latest(made, Filter())
    same = {
        "article_id": 1, "url": URL, "site_id": "paper", "site_name": "The Paper", "region": None, "country": None,
        "byline": "By Ann Other", "language": None, "date_published": "2025-03-07T08:00:00Z", "state": "live",
        "revision_count": 2, "story_id": None, "section": None, "authors": ("Ann Other",),
    }  # fmt: skip
    assert row_of(first) == same | {
        "revision_id": 1, "number": 1, "change": "new", "changed_fields": (), "headline": "Fire at Cross Mill",
        "headline_before": None, "first_seen": "2025-03-07T08:00:00Z", "not_before": None,
        "date_modified": "2025-03-07T08:00:00Z", "words_added": 11, "words_removed": 0, "cursor": "2025-03-07T08:00:00Z~1",
        "came": "", "went": "",
    }  # fmt: skip
    assert row_of(second) == same | {
        "revision_id": 2, "number": 2, "change": "updated", "headline": "Man hurt", "headline_before": "Fire at Cross Mill",
        "changed_fields": ("headline", "body", "date_modified"), "first_seen": "2025-03-07T08:30:00Z",
        "not_before": "2025-03-07T08:00:00Z", "date_modified": "2025-03-07T08:20:00Z", "words_added": 4, "words_removed": 6,
        "cursor": "2025-03-07T08:30:00Z~2",
        "came": "One man", "went": "No one",
    }  # fmt: skip


@pytest.mark.parametrize("before", ["", "x", "2025-03-07~", "~5", "9999-99-99T99:99:99Z~1", "2025-03-07T08:00:00Z~-1", "\x00"])
def test_a_cursor_that_is_none_begins_at_the_newest(store: Store, before: str) -> None:
    assert keys(store, Filter(), 1, before=before) == keys(store, Filter(), 1)


def test_what_there_is_to_choose_from(store: Store) -> None:
    found = filters(store)
    assert (found.regions, found.countries, found.changes) == (("Cork", "Kent"), ("GB", "IE"), CHANGES)
    assert [site.id for site in found.sites] == ["fourth", "other", "paper", "third"]


# --- a site ------------------------------------------------------------------------------------------------------------------


def test_a_sites_days_and_sums(store: Store) -> None:
    days = activity.days(store, "paper", "2025-03-07", "2025-03-31")
    sql = """SELECT substr(r.first_seen, 1, 10) AS day, count(*) AS revisions, sum(change = 'silent') AS silent FROM revisions r
        JOIN articles a ON a.id = r.article_id WHERE a.site_id = 'paper' AND reads_as IS NULL GROUP BY day ORDER BY day"""
    assert [{"day": day.day, "revisions": day.revisions, "silent": day.silent} for day in days] == list(store.rows(sql))
    sums, everything = activity.totals(store, "paper"), activity.totals(store)
    assert sums.revisions == store.value("SELECT sum(revision_count) FROM articles WHERE site_id = 'paper'")
    assert (everything.articles, everything.revisions, everything.live, everything.gone) == (40, 100, 40, 0)
    assert sum(getattr(everything, change) for change in CHANGES) == 99, "without the one that reads as the one before"
    assert activity.days(store, "nowhere", "2025", "2026") == []


def test_delays_are_of_edits_and_of_articles_that_tell_a_time(tmp_path: Path) -> None:
    with new_store(tmp_path) as made:
        ledger = new_ledger(made)
        ledger.record(article())
        ledger.record(article("Edited.", seen=50, modified=40))
        ledger.record(article("Edited again.", seen=90, modified=40))
        ledger.record(article("Edited again.", seen=95, modified=94))
        assert activity.delays(made, "paper") == [90, 50], "a stamp that moves is no edit"
        assert activity.delays(made, "paper", 1) == [90]
        assert [crawl.outcome for crawl in activity.crawls(made, "paper")] == ["running"]
        assert activity.delays(made, "nowhere") == []


# --- what triggers keep ------------------------------------------------------------------------------------------------------

KEPT = {
    "changes": "SELECT * FROM changes ORDER BY revision_id",
    "day_counts": "SELECT site_id, day, change, n FROM day_counts WHERE n <> 0 ORDER BY 1, 2, 3",
    "days": "SELECT day, n FROM days WHERE n <> 0 ORDER BY 1",
    "site_counts": "SELECT * FROM site_counts WHERE n <> 0 ORDER BY 1, 2, 3",
}
OUTSIDE = """SELECT count(*) FROM changes c JOIN day_counts d ON d.site_id = c.site_id AND d.day = substr(c.first_seen, 1, 10)
    AND d.change = c.change JOIN days ON days.day = d.day JOIN revisions r ON r.id = c.revision_id
    WHERE r.reads_as IS NULL AND (c.revision_id NOT BETWEEN d.first_id AND d.last_id
        OR c.revision_id NOT BETWEEN days.first_id AND days.last_id)"""


def kept(made: Store) -> dict[str, list[Row]]:
    return {table: list(made.rows(sql)) for table, sql in KEPT.items()}


def rebuilt(made: Store) -> dict[str, list[Row]]:
    """What the migration would fill the tables with, today."""
    for name in KEPT:
        made.execute(f"DELETE FROM {name}")
    for statement in (*statements("m012_feed"), *statements("m024_article_of_change")):
        if statement.startswith(("INSERT", "UPDATE")):
            made.execute(statement)
    return kept(made)


STEPS = st.lists(
    st.tuples(st.sampled_from(("insert", "time", "change", "reads_as", "reads_none", "delete", "state", "withdraw", "number")),
              st.integers(0, 30), st.integers(0, 3)),
    max_size=25,
)  # fmt: skip


@settings(max_examples=12)
@given(steps=STEPS)
def test_triggers_keep_what_the_migration_would_write(tmp_path_factory: pytest.TempPathFactory, steps: list[Any]) -> None:
    with new_store(tmp_path_factory.mktemp("kept")) as made:
        put_sites(made, [{"id": "other", "name": "Other", "url": "https://other.example/"}])
        for n in range(4):
            new_ledger(made, ("paper", "other")[n % 2]).record(article(url=f"https://x.example/{n}", seen=n * 700))
        for kind, n, how in steps:
            _step(made, kind, n, how)
        assert made.value(OUTSIDE) == 0
        before = kept(made)
        assert before == rebuilt(made)
        assert made.integrity_problems() == []


def _step(made: Store, kind: str, n: int, how: int) -> None:
    ids = [row["id"] for row in made.rows("SELECT id FROM revisions ORDER BY id")]
    if not ids:
        return
    one, when = ids[n % len(ids)], f"2025-03-{7 + how:02}T10:00:00Z"
    if kind == "insert":
        row = made.row("SELECT * FROM revisions WHERE id = ?", (one,)) or {}
        number = made.value("SELECT max(number) + 1 FROM revisions WHERE article_id = ?", (row["article_id"],))
        made.insert("revisions", row | {"id": None, "number": number, "change": CHANGES[how], "first_seen": when})
    elif kind in ("time", "change", "number"):
        changed = {"time": {"first_seen": when}, "change": {"change": CHANGES[how]}, "number": {"number": 1000 + one}}
        made.update("revisions", one, changed[kind])
    elif kind in ("reads_as", "reads_none"):
        made.update("revisions", one, {"reads_as": one if kind == "reads_as" else None})
    elif kind == "delete" and made.value("SELECT count(*) FROM articles WHERE latest_revision_id = ?", (one,)) == 0:
        made.execute("UPDATE revisions SET reads_as = NULL WHERE reads_as = ?", (one,))
        for table in ("revision_authors", "revision_images"):
            made.execute(f"DELETE FROM {table} WHERE revision_id = ?", (one,))
        made.execute("DELETE FROM revisions WHERE id = ?", (one,))
    elif kind == "state":
        made.update("articles", n % 4 + 1, {"state": ("live", "gone", "suspected", "moved")[how]})
    elif kind == "withdraw" and how == 0:
        withdraw(made, made.row("SELECT * FROM articles WHERE id = ?", (n % 4 + 1,)) or {}, "ops", "law", T0, forget)


def test_the_views_say_what_they_said_before(store: Store) -> None:
    """daily_counts, site_health and takedowns as the migrations before wrote them, beside what they are now."""
    sql = re.search(r"CREATE VIEW daily_counts AS(.*?);", script("m010_rereading"), re.DOTALL)
    assert sql is not None
    order = "ORDER BY site_id, day"
    assert list(store.rows(f"SELECT * FROM ({sql[1]}) {order}")) == list(store.rows(f"SELECT * FROM daily_counts {order}"))
    sql = re.search(r"CREATE VIEW site_health AS(.*?);", script("m003_views"), re.DOTALL)
    assert sql is not None
    assert list(store.rows(sql[1] + " ORDER BY s.id")) == list(store.rows("SELECT * FROM site_health ORDER BY site_id"))
    sql = re.search(r"CREATE VIEW takedowns AS(.*?);", script("m003_views"), re.DOTALL)
    assert sql is not None
    assert list(store.rows(sql[1] + " ORDER BY s.id")) == list(store.rows("SELECT * FROM takedowns ORDER BY state_id")) != []


# --- no page reads the ledger --------------------------------------------------------------------------------------------------

PLANNED: dict[str, Callable[[Store], object]] = {
    **{f"latest {n}": partial(latest, wanted=wanted) for n, wanted in enumerate(WANTED) if n % 7 == 0 or wanted.article_id},
    "older": lambda store: latest(store, Filter(), before="2025-03-07T12:00:00Z~9"),
    "filters": filters,
    **{f"latest of a {kind}": partial(latest, wanted=Filter(facet=(kind, "News"))) for kind in FACETS},
    **{f"counts of a {kind}": partial(facet_counts, facet=(kind, "News")) for kind in FACETS},
    "days": lambda store: activity.days(store, "paper", "2025-01-01", "2025-12-31"),
    "delays": lambda store: activity.delays(store, "paper"),
    "crawls": lambda store: activity.crawls(store, "paper"),
    "totals of a site": lambda store: activity.totals(store, "paper"),
    "totals": activity.totals,
    "find": lambda store: articles.find_article(store, "https://paper.example/never"),
    "history": lambda store: articles.history(store, 3),
    "states": lambda store: articles.states(store, 3),
    "aliases": lambda store: articles.aliases(store, 3),
    "moved from": lambda store: articles.moved_from(store, 3),
    "search": lambda store: search(store, "text more"),
    "search of a site": lambda store: search(store, "text", sites=["paper"], changes=["new"], since="2025-03-07"),
    "search of a time": lambda store: search(store, "te* text", since="2025-03-07", until="2025-03-08"),
    "health of a site": lambda store: list(store.rows("SELECT * FROM site_health WHERE site_id = 'paper'")),
    "days of a site": lambda store: list(store.rows("SELECT * FROM daily_counts WHERE site_id = 'paper' ORDER BY day DESC")),
    "newest takedowns": lambda store: list(store.rows("SELECT * FROM takedowns ORDER BY at DESC LIMIT 50")),
}
SHORT = (
    r"s|p|sites|one|edit|place|json_each|k|places|walked|hits|daily_counts|site_counts|\(subquery-\d+\)|CONSTANT ROW"
    r"|temp.revision_words|named|found|first"
)
MAY_BE_READ = re.compile(rf"SCAN ((?:{SHORT})(?: |$)|wanted |revisions_fts VIRTUAL TABLE INDEX \d+:.*M)")
"""What is short, or short by now; and the full-text index where it is asked with MATCH."""


@pytest.fixture(scope="module", params=["young", "analysed"])
def planned(store: Store, tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Iterator[Store]:
    """The same ledger, as it is before and after SQLite has statistics of it."""
    path = tmp_path_factory.mktemp("planned") / "news.db"
    store.backup(path)
    with Store(path) as copy:
        if request.param == "analysed":
            copy.execute("ANALYZE")
        yield copy


@table("name", PLANNED)
def test_no_query_of_a_page_reads_a_table_whole(planned: Store, name: str) -> None:
    asked: list[str] = []
    planned._db.conn.set_trace_callback(asked.append)
    PLANNED[name](planned)
    planned._db.conn.set_trace_callback(None)
    # What stands behind "--", or is asked of `revisions_fts_...`, FTS5 asks its own tables.
    ours = [sql for sql in dict.fromkeys(asked) if not sql.startswith("--") and "'revisions_fts_" not in sql]
    assert ours
    for sql in ours:
        plan = [row["detail"] for row in planned.rows(f"EXPLAIN QUERY PLAN {sql}")]
        assert not [step for step in plan if step.startswith("SCAN") and not MAY_BE_READ.match(step)], (sql, plan)
