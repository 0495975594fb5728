"""What a ledger must hold at the end of the day, written out once more by hand: the script cannot drift unseen."""

from __future__ import annotations

from crawler.demo.stories import CRAWL_TIMES, events
from pipelines.article import Outcome
from tests.crawler.demo.expected import expected

ROWS = {
    "allotment": ("live", "new"),
    "bakery": ("live", "new updated"),
    "bins": ("live", "new"),
    "bypass": ("live", "new updated reverted"),
    "court": ("live", "new restored"),
    "crash": ("live", "new silent updated"),
    "farm": ("live", "new silent updated"),
    "fire": ("live", "new updated updated updated updated updated"),
    "floodwall": ("live", "new silent"),
    "gallery": ("live", "new updated"),
    "hospital": ("live", "new silent updated"),
    "inquiry": ("live", "new updated reverted"),
    "late": ("live", "new"),
    "library": ("live", "new updated"),
    "live": ("live", "new updated updated updated updated"),
    "market": ("gone", "new"),
    "museum": ("live", "new silent silent"),
    "planning": ("live", "new"),
    "pub": ("live", "new updated"),
    "rail": ("live", "new updated updated"),
    "reservoir": ("live", "new silent"),
    "rumour": ("gone", "new"),
    "school": ("live", "new updated reverted"),
    "sponsored": ("live", "new"),
    "tax": ("live", "new restamped restamped"),
    "towpath": ("live", "new"),
    "video": ("live", "new"),
    "weather": ("live", "new restamped"),
}


def test_the_whole_ledger() -> None:
    assert {row.story: (str(row.state), " ".join(row.changes)) for row in expected()} == ROWS


def test_every_declared_change_is_in_it() -> None:
    revisions = [revision for row in expected() for revision in row.revisions]
    assert {id(revision.event) for revision in revisions} >= {id(event) for event in events() if event.change}
    assert len(revisions) == sum(1 for event in events() if event.change)
    for row in expected():
        assert [revision.number for revision in row.revisions] == list(range(1, len(row.revisions) + 1))


def test_states_passed_through() -> None:
    passed = {row.story: " ".join(row.states) for row in expected() if len(row.states) > 1}
    assert passed == {
        "court": "live gone live",
        "market": "live suspected gone",
        "planning": "live suspected live",
        "rumour": "live gone",
        "sponsored": "live gone live",
    }


def test_until_friday_night_the_404_is_only_suspected() -> None:
    friday = [moment for moment in CRAWL_TIMES if moment < CRAWL_TIMES[-3]]
    assert {row.story: str(row.state) for row in expected(crawl_times=friday)}["market"] == "suspected"


def test_aliases() -> None:
    assert {row.story: row.aliases for row in expected() if row.aliases} == {
        "bakery": (("/business/2025/05/09/bakery-brings-back-the-haughmere-bun/amp/", "amp"),),
        "library": (("/news/libary-to-open-on-sundays-4512013", "slug"),),
        "towpath": (("/news/2025/05/08/towpath-shut-for-a-month/", "redirect"),),
    }


def test_an_old_copy_is_stale_first() -> None:
    assert sorted(row.story for row in expected() if Outcome.STALE in row.outcomes) == ["bypass", "fire"]


def test_article_ids() -> None:
    ids = {row.story: row.external_id for row in expected()}
    assert (ids["fire"], ids["library"], ids["rail"]) == ("4512001", "4512013", None)
