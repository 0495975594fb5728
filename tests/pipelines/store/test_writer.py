"""What becomes of looks: whole ledgers compared, on a real SQLite file."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from pipelines.article import Article, Fetch, Outcome
from pipelines.items import confirm
from pipelines.proof.verify import verify
from pipelines.store.crawls.snapshot import SiteSnapshot
from pipelines.store.database import Store
from pipelines.store.writer import RevisionWriter
from tests.factories import BODY, URL, article, at, new_ledger, new_store, only_article, revisions, stamp

OTHER = "https://paper.example/news/quite-another-story"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with new_store(tmp_path) as store:
        yield store
        assert store.integrity_problems() == []


@pytest.fixture
def ledger(store: Store) -> RevisionWriter:
    return new_ledger(store)


def look(minutes: float, outcome: Outcome, url: str = URL, **fields: object) -> Fetch:
    return Fetch(url, at(minutes), outcome=outcome, **fields)  # type: ignore[arg-type]


def test_a_first_look_writes_everything(store: Store, ledger: RevisionWriter) -> None:
    recorded = ledger.record(article(fetch={"etag": '"1"', "bytes": 99}))
    assert (recorded.outcome, recorded.article_id, recorded.revision_id) == (Outcome.NEW, 1, 1)
    row = only_article(store)
    keys = ("url", "site_id", "state", "revision_count", "latest_revision_id", "etag", "next_check")
    assert [row[key] for key in keys] == [URL, "paper", "live", 1, 1, '"1"', "2025-03-07T08:28:08Z"]
    assert list(store.rows("SELECT name, role FROM revision_authors")) == [{"name": "Ann Other", "role": None}]
    assert store.row("SELECT caption, credit FROM revision_images") == {"caption": "Smoke over the mill", "credit": "Ann Other"}
    assert list(store.rows("SELECT url, outcome, bytes, status FROM fetches")) == [
        {"url": URL, "outcome": "new", "bytes": 99, "status": 200}
    ]
    assert list(store.rows("SELECT state, reason FROM states")) == [{"state": "live", "reason": "first seen"}]


def test_a_hundred_looks_at_an_unchanged_page_make_no_revision(store: Store, ledger: RevisionWriter) -> None:
    for minute in range(101):
        noisy = article(seen=minute, body=f"{article().body}\n\n{minute} comments\n\nShare this article")
        ledger.record(noisy)
    assert revisions(store) == [(1, "new", "[]")]
    row = store.row("SELECT first_seen, last_seen FROM revisions")
    assert row == {"first_seen": "2025-03-07T08:00:00Z", "last_seen": "2025-03-07T09:40:00Z"}


def test_a_news_day(store: Store, ledger: RevisionWriter) -> None:
    """Each kind of change in turn, with the bounds within which it happened."""
    old, new, third = article().body, "Two were hurt.", "Three were hurt."
    steps = [
        (article(), Outcome.NEW),
        (article(new, seen=10, modified=9), Outcome.UPDATED),
        (article(third, seen=20, modified=9), Outcome.SILENT),
        (article(third, seen=60, modified=40), Outcome.RESTAMPED),
        (article(old, seen=70, modified=0), Outcome.STALE),
        (article(third, seen=80, modified=40), Outcome.UNCHANGED),
        (article(new, seen=90, modified=85), Outcome.REVERTED),
        (look(100, Outcome.GONE, status=410), Outcome.GONE),
        (article("It is out.", seen=110, modified=85), Outcome.RESTORED),
        (article("It is out.", seen=115, modified=85, headline="Mill fire is out"), Outcome.SILENT),
    ]
    assert [ledger.record(item).outcome for item, _ in steps] == [outcome for _, outcome in steps]
    rows = store.rows(
        "SELECT number, change, changed_fields, reverted_to, not_before, first_seen, last_seen FROM revisions ORDER BY id"
    )
    assert [tuple(row.values()) for row in rows] == [
        (1, "new", "[]", None, None, "2025-03-07T08:00:00Z", "2025-03-07T08:00:00Z"),
        (
            2,
            "updated",
            '["body", "date_modified"]',
            None,
            "2025-03-07T08:00:00Z",
            "2025-03-07T08:10:00Z",
            "2025-03-07T08:10:00Z",
        ),
        (3, "silent", '["body"]', None, "2025-03-07T08:10:00Z", "2025-03-07T08:20:00Z", "2025-03-07T08:20:00Z"),
        (
            4,
            "restamped",
            '["date_modified"]',
            None,
            "2025-03-07T08:20:00Z",
            "2025-03-07T09:00:00Z",
            "2025-03-07T09:20:00Z",
        ),
        (
            5,
            "reverted",
            '["body", "date_modified"]',
            2,
            "2025-03-07T09:20:00Z",
            "2025-03-07T09:30:00Z",
            "2025-03-07T09:30:00Z",
        ),
        (6, "restored", '["body"]', None, "2025-03-07T09:30:00Z", "2025-03-07T09:50:00Z", "2025-03-07T09:50:00Z"),
        (7, "silent", '["headline"]', None, "2025-03-07T09:50:00Z", "2025-03-07T09:55:00Z", "2025-03-07T09:55:00Z"),
    ]
    assert [row["state"] for row in store.rows("SELECT state FROM states ORDER BY id")] == ["live", "gone", "live"]


def test_a_stale_copy_that_stays_is_a_revert(store: Store, ledger: RevisionWriter) -> None:
    ledger.record(article())
    ledger.record(article("New text.", seen=10, modified=9))
    stale = [ledger.record(article(seen=minute, modified=0)).outcome for minute in (20, 40, 79)]
    assert stale == [Outcome.STALE] * 3
    assert ledger.record(article(seen=80, modified=0)).outcome is Outcome.REVERTED
    assert ledger.record(article(seen=90, modified=0)).outcome is Outcome.UNCHANGED


def test_a_404_takes_three_looks_over_a_day(store: Store, ledger: RevisionWriter) -> None:
    ledger.record(article())
    minutes = (10, 70, 1449, 1450, 3000)
    outcomes = [ledger.record(look(minute, Outcome.GONE, status=404)).outcome for minute in minutes]
    assert outcomes == [Outcome.SUSPECTED] * 3 + [Outcome.GONE] * 2
    assert ledger.record(article(seen=4000)).outcome is Outcome.UNCHANGED
    steps = [(row["state"], row["at"]) for row in store.rows("SELECT state, at FROM states ORDER BY id")]
    assert steps == [
        ("live", "2025-03-07T08:00:00Z"), ("suspected", "2025-03-07T08:10:00Z"),
        ("gone", "2025-03-08T08:10:00Z"), ("live", "2025-03-10T02:40:00Z"),
    ]  # fmt: skip
    assert revisions(store) == [(1, "new", "[]")]
    assert only_article(store)["suspected_since"] is None


def test_a_moved_article_keeps_its_history(store: Store, ledger: RevisionWriter) -> None:
    ledger.record(article())
    moved = article(seen=10, url="https://paper.example/news/mill-fire-is-out", fetch={"requested_url": URL})
    assert ledger.record(moved).outcome is Outcome.MOVED
    row = only_article(store)
    assert (row["url"], row["state"], row["revision_count"]) == (moved.url, "live", 1)
    assert list(store.rows("SELECT url, reason FROM aliases")) == [{"url": URL, "reason": "redirect"}]
    assert ledger.record(look(20, Outcome.NOT_MODIFIED, status=304)).article_id == row["id"]


def test_a_changed_slug_with_an_id_stays_the_same_article(store: Store, ledger: RevisionWriter) -> None:
    first, second = (f"https://paper.example/news/{slug}-1234567" for slug in ("mill-fire", "three-hurt-in-fire"))
    ledger.record(article(url=first, fetch={"external_id": "1234567"}))
    changed = article(
        "Wholly other words here.",
        seen=10,
        modified=9,
        url=second,
        headline="Three hurt",
        fetch={"external_id": "1234567"},
    )
    assert ledger.record(changed).outcome is Outcome.UPDATED
    assert only_article(store)["url"] == second
    assert list(store.rows("SELECT url, reason FROM aliases")) == [{"url": first, "reason": "slug"}]


def test_an_id_that_is_not_in_the_pages_own_address_counts_for_nothing(store: Store, ledger: RevisionWriter) -> None:
    """As an older version filed it, or another's ledger says it: before the article is met and after."""
    bench = {"headline": "Ten benches", "description": None}
    for number, url in enumerate((OTHER, "https://paper.example/news/mill-fire-1234567", f"{OTHER}?again")):
        words = "Smoke hung over Cross Mill." if "mill" in url else "Oak, ash and iron: what to sit on this spring."
        ledger.record(article(words, seen=number, url=url, fetch={"external_id": "1234567"}, **bench))
    rows = store.rows("SELECT url, external_id, revision_count FROM articles ORDER BY id")
    assert [tuple(row.values()) for row in rows] == [
        (OTHER, None, 1), ("https://paper.example/news/mill-fire-1234567", "1234567", 1), (f"{OTHER}?again", None, 1),
    ]  # fmt: skip


def test_a_redirect_to_another_article_moves_the_old_one_away(store: Store, ledger: RevisionWriter) -> None:
    ledger.record(article())
    other = article("Council tax will rise in April.", headline="Tax up", description=None, url=OTHER, seen=5)
    ledger.record(other)
    landed = replace(other, fetch=Fetch(OTHER, at(10), URL, 200))
    assert ledger.record(landed).outcome is Outcome.UNCHANGED
    rows = [
        (row["url"], row["state"], row["moved_to"]) for row in store.rows("SELECT url, state, moved_to FROM articles ORDER BY id")
    ]
    assert rows == [(URL, "moved", 2), (OTHER, "live", None)]


def test_an_amp_page_is_the_same_article(store: Store, ledger: RevisionWriter) -> None:
    ledger.record(article())
    amp = article(url=f"{URL}/amp/", seen=10, canonical_url=URL, fetch={"aliases": ((f"{URL}/amp/", "amp"),)})
    assert ledger.record(amp).outcome is Outcome.UNCHANGED
    assert only_article(store)["url"] == URL
    assert list(store.rows("SELECT url, reason FROM aliases")) == [{"url": f"{URL}/amp/", "reason": "amp"}]


def test_a_wrong_canonical_link_never_makes_an_edit(store: Store, ledger: RevisionWriter) -> None:
    """A page that claims to be another: known or not yet known, both articles keep their own text."""
    claims = article("Council tax will rise in April.", headline="Tax up", description=None, url=OTHER, canonical_url=URL)
    ledger.record(claims)
    ledger.record(article(seen=1))
    ledger.record(replace(claims, fetch=Fetch(OTHER, at(2), status=200)))
    ledger.record(article(seen=3))
    rows = store.rows(
        "SELECT a.url, a.revision_count, r.headline FROM articles a JOIN revisions r ON r.id = a.latest_revision_id"
    )
    assert sorted(tuple(row.values()) for row in rows) == [(URL, 1, "Fire at Cross Mill"), (OTHER, 1, "Tax up")]


def test_an_address_that_is_used_again_is_a_new_article(store: Store, ledger: RevisionWriter) -> None:
    """The old slug redirected for a while, then carries a story of its own."""
    ledger.record(article())
    ledger.record(article(seen=10, url="https://paper.example/news/new-slug", fetch={"requested_url": URL}))
    ledger.record(article("The market has moved to Friday.", headline="Market moves", description=None, seen=20))
    assert [(number, change) for number, change, _ in revisions(store)] == [(1, "new"), (1, "new")]


def test_what_comes_late_takes_its_place(store: Store, ledger: RevisionWriter) -> None:
    ledger.record(article(seen=60))
    assert ledger.record(article("An older text.", seen=30)).outcome is Outcome.NEW
    assert ledger.record(article(seen=20)).outcome is Outcome.NEW
    rows = store.rows("SELECT number, change, first_seen, last_seen FROM revisions ORDER BY number")
    assert [(row["number"], row["change"], row["first_seen"][11:16]) for row in rows] == [
        (1, "new", "08:20"), (2, "silent", "08:30"), (3, "reverted", "09:00"),
    ]  # fmt: skip
    assert ledger.record(article(seen=40)).outcome is Outcome.REVERTED
    assert ledger.record(article(seen=70)).outcome is Outcome.UNCHANGED
    assert only_article(store)["first_seen"] == "2025-03-07T08:20:00Z"
    assert only_article(store)["last_seen"] == "2025-03-07T09:10:00Z"
    assert list(verify(store)) == []


def test_errors_and_refusals_say_nothing_of_the_article(store: Store, ledger: RevisionWriter) -> None:
    ledger.record(article())
    due = []
    for minute, outcome in enumerate((Outcome.ERROR, Outcome.REFUSED, Outcome.ROBOTS, Outcome.NOT_ARTICLE), 1):
        assert ledger.record(look(minute, outcome, reason="why")).outcome is outcome
        due.append(only_article(store)["next_check"][11:])
    assert due == ["09:01:00Z", "09:02:00Z", "08:31:08Z", "09:04:00Z"], "as of one without an edit; an hour after an error"
    row = only_article(store)
    assert (row["state"], row["last_seen"], row["last_checked"]) == (
        "live",
        "2025-03-07T08:00:00Z",
        "2025-03-07T08:04:00Z",
    )


def test_a_look_at_an_unknown_url_is_kept_with_its_reason(store: Store, ledger: RevisionWriter) -> None:
    ledger.record(look(0, Outcome.NOT_ARTICLE, OTHER, reason="a section front"))
    assert list(store.rows("SELECT url, article_id, outcome, reason FROM fetches")) == [
        {"url": OTHER, "article_id": None, "outcome": "not_article", "reason": "a section front"}
    ]


def test_a_confirmation_of_an_older_state_only_asks_for_another_look(store: Store, ledger: RevisionWriter) -> None:
    """Two writers: one confirms what the other has just replaced."""
    ledger.record(article())
    snapshot = SiteSnapshot.load(store, "paper")
    again = article(seen=20)
    assert again.fetch is not None
    confirmation = confirm(snapshot, again, again.fetch)
    assert isinstance(confirmation, Fetch)
    ledger.record(article("New text.", seen=10, modified=9))
    assert ledger.record(confirmation).outcome is Outcome.UNCHANGED
    row = only_article(store)
    assert (row["next_check"], row["last_checked"]) == ("2025-03-07T08:20:00Z", "2025-03-07T08:10:00Z")
    assert [number for number, _, _ in revisions(store)] == [1, 2]


def test_two_writers_do_not_double_a_revision(store: Store, ledger: RevisionWriter, tmp_path: Path) -> None:
    with Store(tmp_path / "news.db") as second:
        ledger.record(article())
        other = new_ledger(second)
        outcomes = [writer.record(article("New.", seen=10, modified=9)).outcome for writer in (ledger, other)]
    assert outcomes == [Outcome.UPDATED, Outcome.UNCHANGED]


def test_a_better_parser_corrects_the_revision_and_invents_no_edit(store: Store, ledger: RevisionWriter) -> None:
    ledger.record(article("Sign up!\n\nFire.", extractor="test/1"))
    assert ledger.record(article("Fire.", seen=10, extractor="test/2", authors=())).outcome is Outcome.REREAD
    assert ledger.record(article("Fire.", seen=20, extractor="test/2", authors=())).outcome is Outcome.UNCHANGED
    assert revisions(store) == [(1, "new", "[]")]
    assert store.row("SELECT body, extractor, first_seen, last_seen FROM revisions") == {
        "body": "Fire.", "extractor": "test/2", "first_seen": "2025-03-07T08:00:00Z", "last_seen": "2025-03-07T08:20:00Z",
    }  # fmt: skip
    kept = store.row("SELECT revision_id, replaced, extractor, article FROM readings")
    assert kept is not None
    before = json.loads(kept.pop("article"))
    assert kept == {"revision_id": 1, "replaced": "2025-03-07T08:10:00Z", "extractor": "test/1"}
    assert (before["body"], before["authors"][0]["name"]) == ("Sign up!\n\nFire.", "Ann Other")
    assert ledger.record(article("Fire!", seen=30, extractor="test/2", authors=())).outcome is Outcome.SILENT


def test_what_did_not_come_through_the_pipelines_is_refused(ledger: RevisionWriter) -> None:
    with pytest.raises(ValueError, match="normalised"):
        ledger.record(Article(URL))
    with pytest.raises(ValueError, match="outcome"):
        ledger.record(Fetch(URL, at(0)))


def test_deduplicate_lets_through_what_is_news(store: Store, ledger: RevisionWriter) -> None:
    ledger.record(article())
    snapshot = SiteSnapshot.load(store, "paper")
    for item in (article("New.", seen=5, modified=4), article(seen=5, url=OTHER), article(seen=100, modified=50)):
        assert item.fetch is not None
        assert confirm(snapshot, item, item.fetch) is item


def test_what_a_crawl_loads_of_the_past(store: Store, ledger: RevisionWriter) -> None:
    ledger.record(article(fetch={"etag": '"1"', "external_id": "mill", "claimed_modified": stamp(1), "requested_url": OTHER}))
    ledger.record(article("New.", seen=10, modified=9, fetch={"etag": '"2"', "external_id": "mill"}))
    ledger.record(look(11, Outcome.NOT_ARTICLE, "https://paper.example/puzzles", reason="a puzzle"))
    snapshot = SiteSnapshot.load(store, "paper")
    found = snapshot.find(f"http://www.{URL[8:]}/")
    assert found is not None
    assert snapshot.find("https://paper.example/anything", "mill") is found
    assert snapshot.find(OTHER) is found
    assert (found.url, found.etag, found.claimed_modified, found.next_check) == (
        URL,
        '"2"',
        "2025-03-07T08:01:00Z",
        "2025-03-07T08:38:08Z",
    )
    assert [earlier.revision_id for earlier in found.known.earlier] == [1]
    assert snapshot.dead_ends["paper.example/puzzles"].outcome is Outcome.NOT_ARTICLE
    assert [one.url for one in snapshot.due(at(39))] == [URL]
    assert snapshot.due(at(38)) == []
    assert (found.looked, found.changed, found.edits) == (at(10), at(10), 1)
    assert json.loads(store.value("SELECT changed_fields FROM revisions WHERE number = 2")) == ["body", "date_modified"]


def test_a_copy_that_was_overtaken_once_waits_for_a_day(ledger: RevisionWriter) -> None:
    ledger.record(article())
    ledger.record(article("Two were hurt.", seen=60, modified=50))
    old = [ledger.record(article(seen=seen)).outcome for seen in (120, 150)]
    assert ledger.record(article("Two were hurt.", seen=200, modified=50)).outcome is Outcome.UNCHANGED
    old += [ledger.record(article(seen=seen)).outcome for seen in (260, 400, 260 + 24 * 60)]
    assert old == [Outcome.STALE, Outcome.STALE, Outcome.STALE, Outcome.STALE, Outcome.REVERTED]


def test_validators_of_a_page_behind_its_wall_are_not_the_articles(store: Store, ledger: RevisionWriter) -> None:
    ledger.record(article(fetch={"etag": "whole"}))
    ledger.record(article(BODY.split("\n\n")[0], seen=60, is_accessible_for_free=False, fetch={"etag": "beginning"}))
    assert only_article(store)["etag"] == "whole"
