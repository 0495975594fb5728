"""What a list names no more though it still names older articles."""

from __future__ import annotations

from dataclasses import replace

from crawler.discovery.candidate import Candidate, SourceKind
from crawler.discovery.delisting import SourceListing, find_delisted, listing_of, where_listed
from pipelines.history.edit_rates import VANISHED, Count, EditRateModel
from pipelines.history.revisions import Known, State
from pipelines.store.crawls.snapshot import KnownArticle, SiteSnapshot
from pipelines.store.rows import moment
from tests.factories import at, stamp

MAP = "https://paper.example/news.xml"
FEED = "https://paper.example/rss"


def url(number: int) -> str:
    return f"https://paper.example/news/story-{number}"


def key(number: int) -> str:
    return f"paper.example/news/story-{number}"


def past(count: int = 4, listed_in: str | None = MAP, state: State = State.LIVE) -> SiteSnapshot:
    """Articles 0 to n, each an hour younger than the one before."""
    known = {n: Known("hash", None, moment(at(60 * n)), state) for n in range(count)}
    return SiteSnapshot(
        {key(n): KnownArticle(url(n), one, None, None, None, None, None, listed_in=listed_in) for n, one in known.items()}
    )


def reading(past: SiteSnapshot, *numbers: int, source: str = MAP, kind: SourceKind = SourceKind.SITEMAP) -> SourceListing:
    return listing_of(source, kind, [Candidate(url(n), kind, claimed_published=stamp(60 * n)) for n in numbers], past)


def test_what_leaves_the_middle_has_been_taken_out_and_what_leaves_the_end_has_grown_old() -> None:
    known = past()
    assert find_delisted([reading(known, 0, 1, 3)], known) == (key(2),)
    assert find_delisted([reading(known, 2, 3)], known) == ()
    assert find_delisted([reading(known, 1, 2, 3, 9)], known) == ()


def test_only_a_list_that_was_read_and_had_named_it_tells() -> None:
    known = past(listed_in=FEED)
    assert find_delisted([reading(known, 0, 1, 3)], known) == ()
    assert find_delisted([reading(known, 0, source=FEED), reading(known, 1, 2, 3)], known) == ()
    assert find_delisted([reading(past(listed_in=None), 0)], past(listed_in=None)) == ()
    assert find_delisted([reading(past(), 0, 3)], past(state=State.SUSPECTED)) == ()


def test_a_list_that_lost_most_of_what_it_had_is_not_believed() -> None:
    known = past(60)
    assert find_delisted([reading(known, 0, 59)], known) == ()
    assert len(find_delisted([reading(known, 0, *range(16, 60))], known)) == 15


def test_at_a_site_whose_articles_come_and_go_one_is_asked_for_to_learn_whether_they_still_do() -> None:
    known = replace(past(6), edit_rates=EditRateModel({VANISHED: Count(40, 2)}))
    assert len(find_delisted([reading(known, 0, 5)], replace(known, edit_rates=EditRateModel()))) == 4
    assert len(find_delisted([reading(known, 0, 5)], known)) == 1


def test_a_sitemap_is_remembered_before_a_feed() -> None:
    known = past()
    found = where_listed([reading(known, 0, 1), reading(known, 1, 2, source=FEED, kind=SourceKind.FEED)])
    assert found == {key(0): MAP, key(1): MAP, key(2): FEED}
