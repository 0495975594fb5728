"""What looks teach, as the store keeps it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from pipelines.article import Fetch, Outcome
from pipelines.history.edit_rates import MOST_SECTIONS, Count
from pipelines.history.validators import PROOF, ValidatorTrust
from pipelines.proof.derived import count_problems
from pipelines.queries.missed import MissedEdits, fetches_of, missed_by_site
from pipelines.store.crawls import put_sites, start_crawl
from pipelines.store.crawls.site_changes import merge_site
from pipelines.store.database import Store
from pipelines.store.statistics import StatsUpdater, last_started, load_edit_rates, load_trust, rechecks_since
from pipelines.store.writer import RevisionWriter
from tests.factories import T0, URL, article, at, new_ledger, new_store, stamp

HOUR = 60


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return new_store(tmp_path)


@pytest.fixture
def ledger(store: Store) -> RevisionWriter:
    return RevisionWriter(store, "paper", start_crawl(store, "paper", "test", T0), StatsUpdater(store, "paper"))


def tagged(etag: str | None, **more: Any) -> dict[str, Any]:
    return {"etag": etag, **more}


def test_each_look_counts_the_hours_it_looks_back_over_and_what_it_found(store: Store, ledger: RevisionWriter) -> None:
    ledger.record(article())
    ledger.record(article(seen=HOUR))
    ledger.record(article("Changed.", seen=2 * HOUR))
    ledger.record(article("Changed again.", seen=4 * HOUR))
    counts = load_edit_rates(store, "paper").counts
    assert counts["first, under 1 h"] == Count(1.0, 0.0)
    assert counts["first, under 3 h"].found == 1.0
    once = [count for name, count in counts.items() if name.startswith("edited once")]
    assert sum(count.found for count in once) == pytest.approx(1.0)
    assert 0.5 < sum(count.watched for count in once) < 1, "two hours, in the middle of which it was edited"
    assert counts["followed, under 1 h"].found > 0
    assert counts["silent"] == Count(2.0, 2.0)


def test_each_look_leaves_what_it_may_have_missed(store: Store, ledger: RevisionWriter) -> None:
    """One edit is seen after two days in which there may have been more; of the next nothing is known but what is usual."""
    ledger.record(article())
    assert missed_by_site(store)["paper"] == MissedEdits(0.0, 0, 0)
    ledger.record(article(seen=HOUR))
    ledger.record(article("Changed.", seen=49 * HOUR))
    row = store.row("SELECT * FROM missed_edits")
    assert row is not None
    assert (row["edits_seen"], row["edits_missed"] > 0.05, row["edits_unseen"] > 0) == (1, True, True)
    now, later = (fetches_of(store, row["article_id"], at(minutes)) for minutes in (49 * HOUR, 52 * HOUR))
    assert (now.fetches, now.first, now.last) == (3, "2025-03-07T08:00:00Z", "2025-03-09T09:00:00Z")
    assert now.missed.expected < later.missed.expected == pytest.approx(row["edits_missed"] + 2 * row["edits_unseen"], abs=0.01)
    ledger.record(article(url=f"{URL}-2"))
    ledger.record(article(url=f"{URL}-2", seen=HOUR))
    sums = store.row("SELECT sum(edits_missed) AS missed, sum(edits_unseen) AS unseen FROM articles") or {}
    assert missed_by_site(store, "paper")["paper"].expected == pytest.approx(sums["missed"] + sums["unseen"] / 2, abs=0.01)
    assert sums["unseen"] > row["edits_unseen"]
    assert not list(count_problems(store))
    store.execute("UPDATE articles SET state = 'gone'")
    assert missed_by_site(store)["paper"].expected == pytest.approx(sums["missed"], abs=0.01)
    with store.transaction():
        put_sites(store, [{"id": "journal", "name": "Journal", "url": "https://journal.example/"}])
        merge_site(store, "paper", "journal", at(0))
    assert missed_by_site(store)["journal"].expected == pytest.approx(sums["missed"], abs=0.01)
    assert not list(count_problems(store))


def test_a_claim_that_came_at_once_left_nothing_unseen(store: Store, ledger: RevisionWriter) -> None:
    ledger.record(article())
    ledger.record(article("New.", seen=49 * HOUR, modified=9, fetch={"claimed_modified": stamp(9)}))
    assert store.value("SELECT edits_missed FROM articles") < 0.02


def test_sections_are_counted_by_name_and_not_beyond_number(store: Store, ledger: RevisionWriter) -> None:
    for number in range(MOST_SECTIONS):
        ledger.record(article(url=f"{URL}-{number}", section=f"Desk {number}"))
        ledger.record(article("Changed.", url=f"{URL}-{number}", section=f"Desk {number}", seen=30))
    names = [name for name in load_edit_rates(store, "paper").counts if name.startswith("section")]
    assert (len(names), "section desk 0, young" in names) == (MOST_SECTIONS, True)


def test_a_look_for_a_claim_teaches_whether_claims_are_true(store: Store, ledger: RevisionWriter) -> None:
    ledger.record(article())
    ledger.record(article("New.", seen=9, modified=8, fetch={"claimed_modified": stamp(8)}))
    ledger.record(article("New.", seen=20, modified=8, fetch={"claimed_modified": stamp(19)}))
    watched = dict.fromkeys(("followed, under 1 h", "followed soon, under 1 h"), Count(0.1833, 0.0))
    assert load_edit_rates(store, "paper").counts == {"claims": Count(2.0, 1.0)} | watched


def test_looks_that_tell_nothing_and_looks_of_archives_teach_nothing(store: Store, ledger: RevisionWriter) -> None:
    ledger.record(article())
    ledger.record(Fetch(URL, at(HOUR), status=500, outcome=Outcome.ERROR))
    ledger.record(Fetch(URL, at(2 * HOUR), status=404, outcome=Outcome.GONE))
    new_ledger(store).record(article("Changed.", seen=3 * HOUR))
    assert load_edit_rates(store, "paper").counts == {}


def test_a_host_earns_trust_by_validators_that_are_true(store: Store, ledger: RevisionWriter) -> None:
    ledger.record(article(fetch=tagged('"1"')))
    ledger.record(article(seen=10, fetch=tagged('"1"')))
    ledger.record(article("Changed.", seen=20, fetch=tagged('"2"')))
    ledger.record(article("Changed.", seen=30, fetch=tagged('"3"')))
    assert load_trust(store) == {"paper.example": ValidatorTrust(passed=1 + PROOF)}


@pytest.mark.parametrize("word", [{"etag": '"1"'}, {"last_modified": "Fri, 07 Mar 2025 08:00:00 GMT"}])
def test_a_changed_text_under_the_same_validators_is_a_lie(store: Store, ledger: RevisionWriter, word: dict[str, str]) -> None:
    ledger.record(article(fetch=word))
    ledger.record(article("Changed.", seen=10, fetch=word))
    assert load_trust(store) == {"paper.example": ValidatorTrust(0, 1, at(10), URL)}
    reason = store.value("SELECT reason FROM fetches WHERE outcome = 'silent'")
    assert reason.startswith("changed, though the host's validators or a 304 said that it had not")


def test_so_is_a_304_after_a_stamped_edit_but_not_before_a_silent_one(store: Store, ledger: RevisionWriter) -> None:
    vouched = Fetch(URL, at(3 * HOUR), status=304, outcome=Outcome.NOT_MODIFIED)
    ledger.record(article(fetch=tagged('"1"')))
    ledger.record(vouched)
    ledger.record(article("Silently changed.", seen=4 * HOUR, fetch=tagged('"2"')))
    assert load_trust(store)["paper.example"].losses == 0
    ledger.record(Fetch(URL, at(9 * HOUR), status=304, outcome=Outcome.NOT_MODIFIED))
    ledger.record(article("Changed at six.", seen=10 * HOUR, modified=6 * HOUR, fetch=tagged('"3"')))
    assert load_trust(store)["paper.example"].losses == 1


def test_what_lists_named_is_kept_and_whether_what_vanished_was_gone(store: Store) -> None:
    crawl_id = start_crawl(store, "paper", "test", T0)
    statistics = StatsUpdater(store, "paper")
    ledger = RevisionWriter(store, "paper", crawl_id, statistics)
    ledger.record(article())
    statistics.record_listings({"paper.example/news/mill-fire": "https://paper.example/map.xml"}, (), crawl_id)
    assert store.value("SELECT listed_in FROM articles") == "https://paper.example/map.xml"
    ledger.record(Fetch(URL, at(HOUR), status=404, outcome=Outcome.GONE))
    statistics.record_listings({"paper.example/news/mill-fire": None}, ("paper.example/news/mill-fire",), crawl_id)
    assert store.value("SELECT listed_in FROM articles") is None
    assert load_edit_rates(store, "paper").counts == {"vanished": Count(1.0, 1.0)}


def test_looks_at_known_articles_are_counted_by_site_and_time(store: Store, ledger: RevisionWriter) -> None:
    assert last_started(store, "nowhere") is None
    ledger.record(article())
    ledger.record(article(seen=10))
    ledger.record(article(seen=50))
    ledger.record(Fetch("https://paper.example/puzzle", at(55), status=200, outcome=Outcome.NOT_ARTICLE))
    assert last_started(store, "paper") == T0
    assert [rechecks_since(store, "paper", at(n)) for n in (-1, 10, 50)] == [2, 1, 0]
    assert rechecks_since(store, "other", T0) == 0
