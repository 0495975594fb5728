"""Which URLs a crawl asks for, and why not the others."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from crawler.catalogue.site import Site
from crawler.discovery.candidate import Candidate, SourceKind
from crawler.discovery.frontier import PlannedRequest, RecheckMode, is_source_due, plan_requests
from pipelines.article import Outcome
from pipelines.history.edit_rates import CLAIMS, Count, EditRateModel
from pipelines.history.revisions import Known, State
from pipelines.history.validators import ValidatorTrust
from pipelines.reasons import Skipped
from pipelines.store.crawls import Source
from pipelines.store.crawls.snapshot import KnownArticle, LastAttempt, SiteSnapshot
from pipelines.store.rows import moment
from tests.factories import T0, URL, at, day, stamp
from tests.table import table

SITE = Site("paper", "The Paper", "https://paper.example/", "Europe/London")
WITH_FORM = replace(SITE, article_url=re.compile(r"-(?P<id>\d{7})$"))


def named(url: str = URL, modified: float | None = None, source: SourceKind = SourceKind.SITEMAP) -> Candidate:
    return Candidate(url, source, claimed_modified=stamp(modified))


def knowing(
    *, modified: str | None = "2025-03-07T08:00:00Z", claimed: str | None = None, state: State = State.LIVE
) -> SiteSnapshot:
    known = Known("hash", modified, "2025-03-07T07:00:00Z", state)
    article = KnownArticle(URL, known, moment(at(30)), '"1"', None, URL, claimed)
    return SiteSnapshot(articles={"paper.example/news/mill-fire": article})


def asked(
    candidates: list[Candidate], snapshot: SiteSnapshot, minutes: float = 10, site: Site = SITE, **options: object
) -> list[tuple[str, str]]:
    choice = plan_requests(candidates, snapshot, site, at(minutes), **options)  # type: ignore[arg-type]
    return [(one.url, one.why) for one in choice.requests]


def test_what_is_new_is_asked_for() -> None:
    assert asked([named()], SiteSnapshot()) == [(URL, "new")]


@table(
    ("modified", "claimed", "told", "expected"),
    [
        ("2025-03-07T08:00:00Z", None, stamp(0), []),
        ("2025-03-07T08:00:00Z", None, stamp(1), []),  # the same edit, stamped a little later
        ("2025-03-07T08:00:00Z", None, stamp(5), [(URL, "changed")]),
        ("2025-03-07T08:00:00Z", "2025-03-07T08:05:00Z", stamp(5), []),  # we came for this claim already
        ("2025-03-07T08:00:00Z", "2025-03-07T08:05:00Z", stamp(5.1), [(URL, "changed")]),
        ("2025-03-07T08:00:00Z", None, None, []),
        ("2025-03-07T08:00:00Z", None, day("2025-03-07"), []),
        ("2025-03-07T08:00:00Z", None, day("2025-03-08"), [(URL, "changed")]),
        (None, None, stamp(-50), [(URL, "changed")]),
        (None, None, stamp(-60), []),
    ],
)
def test_a_claim_of_change(modified: str | None, claimed: str | None, told: object, expected: list[tuple[str, str]]) -> None:
    candidate = Candidate(URL, SourceKind.SITEMAP, claimed_modified=told)  # type: ignore[arg-type]
    assert asked([candidate], knowing(modified=modified, claimed=claimed)) == expected


def test_the_latest_claim_of_several_sources_counts() -> None:
    seen = plan_requests([named(), named(f"{URL}/", 9), named(f"http://www.{URL[8:]}", 7)], knowing(), SITE, at(10))
    assert [(one.why, one.claimed_modified, one.conditional) for one in seen.requests] == [("changed", stamp(9), False)]


def test_an_amp_page_is_asked_for_only_where_nothing_else_is_known() -> None:
    amp = named(f"{URL}/amp/", 9, SourceKind.FEED)
    for candidates in ([amp, named()], [named(), amp]):
        (one,) = plan_requests(candidates, SiteSnapshot(), SITE, at(10)).requests
        assert (one.url, one.claimed_modified, one.aliases) == (URL, stamp(9), ((f"{URL}/amp/", "amp"),))
    (one,) = plan_requests([amp], SiteSnapshot(), SITE, at(10)).requests
    assert (one.url, one.aliases) == (f"{URL}/amp/", ())


def test_what_is_due_goes_with_validators_as_far_as_the_host_is_trusted() -> None:
    (one,) = plan_requests([], knowing(), SITE, at(30)).requests
    assert (one.url, one.why, one.conditional) == (URL, "due", False)
    trusting = replace(knowing(), trust={"paper.example": ValidatorTrust(passed=9_999)})
    ((key, article),) = trusting.articles.items()
    conditional = 0
    for minute in range(100):
        trusting.articles[key] = replace(article, looked=at(minute))
        conditional += plan_requests([], trusting, SITE, at(30)).requests[0].conditional
    assert 85 <= conditional < 100
    lost = replace(trusting, trust={"paper.example": ValidatorTrust(9_999, 1, at(0), URL)})
    assert not plan_requests([], lost, SITE, at(30)).requests[0].conditional


def test_what_the_hour_does_not_allow_is_put_off_but_never_a_claim_or_a_suspect() -> None:
    snapshot = SiteSnapshot()
    for number in range(9):
        url = f"https://paper.example/news/story-{number}"
        state = State.SUSPECTED if number == 5 else State.LIVE
        known = Known("hash", None, "2025-03-07T07:00:00Z", state)
        article = KnownArticle(url, known, moment(at(number)), None, None, None, None, looked=at(0), changed=at(0))
        snapshot.articles[f"paper.example/news/story-{number}"] = article
    told = named("https://paper.example/news/story-8", 20)
    choice = plan_requests([told], snapshot, SITE, at(30), allowed=4)
    chosen = [(one.url[-1], one.why) for one in choice.requests]
    assert chosen == [("8", "changed"), ("5", "due"), ("1", "due"), ("0", "due")]
    assert choice.skipped == {Skipped.RECHECK_BUDGET: 5}
    assert [one.url[-1] for one in plan_requests([told], snapshot, SITE, at(30), allowed=0).requests] == ["8", "5"]
    assert len(plan_requests([told], snapshot, SITE, at(30)).requests) == 9


def test_claims_of_a_site_that_mostly_claims_in_vain_wait_and_come_with_the_audit() -> None:
    snapshot = replace(knowing(), edit_rates=EditRateModel({CLAIMS: Count(100, 2)}))
    ((key, article),) = snapshot.articles.items()
    snapshot.articles[key] = replace(article, looked=at(0), changed=at(0))
    assert plan_requests([named(modified=9)], snapshot, SITE, at(10)).skipped == {Skipped.UNRELIABLE_CLAIM: 1}
    assert asked([named(modified=9)], snapshot, 25) == [(URL, "changed")]
    snapshot.articles[key] = replace(article, looked=at(29.9), changed=at(0), next_check=moment(at(30)))
    (one,) = plan_requests([named(modified=29)], snapshot, SITE, at(30)).requests
    assert (one.why, one.claimed_modified) == ("changed", stamp(29))


def test_what_has_vanished_from_a_list_is_asked_for() -> None:
    choice = plan_requests([], knowing(), SITE, at(1), delisted=("paper.example/news/mill-fire", "paper.example/other"))
    assert [(one.url, one.why, one.conditional) for one in choice.requests] == [(URL, "vanished", False)]
    assert (
        plan_requests([], knowing(), SITE, at(1), delisted=("paper.example/news/mill-fire",), recheck=RecheckMode.NONE).requests
        == ()
    )


def test_rechecks_of_which_kind() -> None:
    assert asked([], knowing(), 29) == []
    assert asked([], knowing(), 29, recheck=RecheckMode.ALL) == [(URL, "due")]
    assert asked([], knowing(), 30, recheck=RecheckMode.NONE) == []
    assert asked([named(URL, 60)], knowing(state=State.MOVED), 99) == []


def test_what_a_person_names_is_asked_for_whatever_is_known() -> None:
    assert asked([], knowing(), 0, named=(URL,)) == [(URL, "named")]


@table(
    ("candidate", "site", "reason"),
    [
        (named("https://elsewhere.example/news/a-b-c-d"), SITE, "other_site"),
        (named("https://paper.example/news/about-us"), WITH_FORM, "not_article_url"),
        (named("https://paper.example/puzzle"), SITE, "was_not_article"),
        (named("https://paper.example/shared"), SITE, "other_sites_article"),
        (named(), SITE, "not_changed"),
    ],
)
def test_why_not(candidate: Candidate, site: Site, reason: str) -> None:
    snapshot = knowing()
    snapshot.dead_ends["paper.example/puzzle"] = LastAttempt("https://paper.example/puzzle", T0, Outcome.NOT_ARTICLE, 1)
    snapshot.elsewhere.add("paper.example/shared")
    choice = plan_requests([candidate], snapshot, site, at(10))
    assert (choice.requests, choice.skipped) == ((), {reason: 1})


def test_a_feed_is_believed_about_what_its_articles_are() -> None:
    odd = "https://paper.example/news/an-odd-form"
    assert asked([named(odd, source=SourceKind.FEED)], SiteSnapshot(), site=WITH_FORM) == [(odd, "new")]


def test_a_dead_end_is_tried_again_later_and_an_error_without_being_named() -> None:
    snapshot = SiteSnapshot(dead_ends={"paper.example/a": LastAttempt("https://paper.example/a", T0, Outcome.ERROR, 1)})
    assert asked([], snapshot, 59) == []
    assert asked([], snapshot, 60) == [("https://paper.example/a", "failed before")]
    assert asked([named("https://paper.example/a")], snapshot, 60) == [("https://paper.example/a", "new")]
    worn = replace(snapshot.dead_ends["paper.example/a"], looks=9)
    assert asked([], SiteSnapshot(dead_ends={"paper.example/a": worn}), 999_999) == []


@pytest.mark.parametrize(("minutes", "looks", "expected"), [(60, 1, []), (1500, 1, [(URL, "changed")]), (1500, 2, [])])
def test_a_reserved_article_is_asked_for_no_more_often_than_a_dead_end(
    minutes: float, looks: int, expected: list[tuple[str, str]]
) -> None:
    snapshot = knowing()
    ((key, article),) = snapshot.articles.items()
    snapshot.articles[key] = replace(article, reserved=LastAttempt(URL, T0, Outcome.RESERVED, looks))
    assert asked([named(modified=30)], snapshot, minutes) == expected
    assert plan_requests([named(modified=30)], snapshot, SITE, at(minutes)).skipped == ({} if expected else {"reserved": 1})


def test_newest_first_within_the_limit_and_rechecks_keep_a_share() -> None:
    new = [named(f"https://paper.example/news/story-{n}", n) for n in range(10)]
    undated = named("https://paper.example/news/front-page", None, SourceKind.SECTION)
    choice = plan_requests([*new, undated], knowing(), SITE, at(40), limit=4)
    assert [one.url.rpartition("/")[2] for one in choice.requests] == ["mill-fire", "front-page", "story-9", "story-8"]
    assert choice.skipped == {"crawl_limit": 8}
    assert isinstance(choice.requests[0], PlannedRequest)


MAP = Source("https://paper.example/sitemap.xml", "sitemap", T0, 200, candidates=9, dated=9)
SECTION = Source("https://paper.example/news/", "section", T0, 200, candidates=9)


@table(
    ("source", "others", "minutes", "asked_for"),
    [
        (None, [MAP], 0, True),
        (SECTION, [MAP], 59, False),
        (SECTION, [MAP], 60, True),
        (SECTION, [], 1, True),
        (SECTION, [replace(MAP, dated=0)], 1, True),
        (replace(SECTION, contributed=1), [MAP], 1, True),
        (replace(SECTION, status=500), [MAP], 1, True),
        (replace(SECTION, status=None), [MAP], 1, True),
    ],
)
def test_sections_are_asked_while_sitemaps_do_not_tell_all(
    source: Source | None, others: list[Source], minutes: float, asked_for: bool
) -> None:
    assert is_source_due(source, others, at(minutes)) is asked_for
