"""A file that tells no story is refused, and the shipped ones hold nothing twice."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta
from itertools import pairwise, product
from pathlib import Path

import pytest

from crawler.demo.stories import CRAWL_TIMES, DAY, at, events, read_story, state_at, stories
from crawler.demo.story import PRODUCES, DemoStory, Event, EventKind, PageState, Template, edited, text
from pipelines.article import CHANGES, Kind, Outcome
from tests.table import table

STORY = '''note = "first word"
path = "/news/a-1234567"
published = 2025-05-09T06:35:00
section = "News"
headline = "A"
standfirst = "B"
byline = "By Ann Lee"
authors = [{ name = "Ann Lee" }]
text = """
One line
of two.

Another.
"""

[[event]]
what = "updated"
at = 07:45:00
note = "more"
changed = ["body"]
swaps = [["Another.", "Others."]]
'''


def written(folder: Path, text: str) -> Path:
    file = folder / "a.toml"
    file.write_text(text, encoding="utf-8")
    return file


def test_a_file_is_a_story(tmp_path: Path) -> None:
    story = read_story(written(tmp_path, STORY))
    assert (story.key, [event.page.paragraphs for event in story.events]) == (
        "a",
        [("One line of two.", "Another."), ("One line of two.", "Others.")],
    )
    assert [event.at.isoformat() for event in story.events] == ["2025-05-09T05:35:00+00:00", "2025-05-09T06:45:00+00:00"]


REFUSED = {
    "a key that no page has": ('section = "News"', 'section = "News"\ndesk = "town"'),
    "a key that is missing": ('headline = "A"\n', ""),
    "a template that there is not": ('section = "News"', 'section = "News"\ntemplate = "poor"'),
    "an author without a name": ('{ name = "Ann Lee" }', '{ role = "Chief" }'),
    "an event that there is not": ('what = "updated"', 'what = "upset"'),
    "an event without its time": ("at = 07:45:00\n", ""),
    "a swap that finds nothing": ('[["Another."', '[["No such words"'),
    "an event to go back to that was not": ('what = "updated"', 'what = "reverted"\nto = 7\nstamp = "same"'),
}


@table("case", REFUSED)
def test_what_is_no_story_is_refused(tmp_path: Path, case: str) -> None:
    old, new = REFUSED[case]
    assert STORY.count(old) == 1
    with pytest.raises((ValueError, TypeError, LookupError)):
        read_story(written(tmp_path, STORY.replace(old, new)))


def test_each_shipped_file_is_a_story_of_its_own() -> None:
    found = stories()
    assert len({story.key for story in found}) == len(found) == 28
    assert len({story.page.headline for story in found}) == len(found)
    assert len({story.page.body for story in found}) == len(found)


CONTENT = {
    "headline": lambda page: page.headline,
    "description": lambda page: page.standfirst,
    "body": lambda page: page.body,
    "authors": lambda page: [(author.name, author.agency) for author in page.authors],
    "images": lambda page: [(picture.caption, picture.credit) for picture in page.pictures],
    "date_modified": lambda page: page.shown_modified,
    "date_published": lambda page: page.shown_published,
    "section": lambda page: page.section,
}


def steps() -> list[tuple[Event, Event]]:
    return [pair for story in stories() for pair in pairwise(story.events)]


def differs(before: PageState, after: PageState) -> set[str]:
    return {name for name, of in CONTENT.items() if of(before) != of(after)}


def test_events_stand_in_order_and_are_aware_utc() -> None:
    assert all(event.at.tzinfo is UTC for event in events())
    assert [event.at for event in events()] == sorted(event.at for event in events())
    assert all(before.at < after.at for before, after in steps())
    assert at("08:30") == datetime(2025, 5, 9, 7, 30, tzinfo=UTC)
    assert at("08:30:12", -1) == datetime(2025, 5, 8, 7, 30, 12, tzinfo=UTC)


def test_every_kind_of_event_and_of_page_is_told() -> None:
    assert {event.what for event in events()} == set(EventKind)
    assert {event.change for event in events()} == {*CHANGES, None} - {Outcome.PAYWALL}  # all of the paper is free
    assert {event.page.template for event in events()} == set(Template)
    assert {event.page.kind for event in events()} == set(Kind) - {Kind.NOT_ARTICLE}
    silent = {field for event in events() if event.change is Outcome.SILENT for field in event.changed}
    assert silent == {"body", "description", "images"}
    updated = {field for event in events() if event.change is Outcome.UPDATED for field in event.changed}
    assert updated == {"headline", "description", "body", "authors", "images", "date_modified"}
    new_in_the_day = [event for event in events() if event.what is EventKind.PUBLISHED and event.at > CRAWL_TIMES[0]]
    assert (len(stories()), len(new_in_the_day)) == (28, 19)


@table("story", stories(), ids=lambda story: story.key)
def test_each_story_begins_with_its_publication(story: DemoStory) -> None:
    first = story.events[0]
    assert (first.what, first.change, first.changed) == (EventKind.PUBLISHED, Outcome.NEW, ())
    assert first.at == first.page.published
    assert all(event.story == story.key for event in story.events)


def test_each_event_changes_exactly_what_it_declares() -> None:
    for before, event in steps():
        changed = differs(before.page, event.page)
        if event.change:
            assert changed == set(event.changed), (event.story, event.note)
        elif event.what not in (EventKind.CACHE_SLIPPED, EventKind.CACHE_MENDED):
            assert changed == set(), (event.story, event.note)


def test_each_event_stamps_as_its_kind_says() -> None:
    for before, event in steps():
        old = before.page.shown_modified or before.page.shown_published
        new = event.page.shown_modified or event.page.shown_published
        if event.change in (Outcome.UPDATED, Outcome.RESTAMPED, Outcome.RESTORED):
            assert old < new <= event.at, (event.story, event.note)
        if event.change is Outcome.SILENT:
            assert old == new
        if event.change is Outcome.RESTAMPED:
            assert event.changed == ("date_modified",)
        if event.change:
            assert event.change is PRODUCES[event.what]


def test_a_revert_brings_back_a_text_and_the_others_bring_a_new_one() -> None:
    for story in stories():
        seen: list[tuple[object, ...]] = []
        for event in story.events:
            content = tuple(CONTENT[name](event.page) for name in ("headline", "description", "body", "authors", "images"))
            if event.change is Outcome.REVERTED:
                assert content in seen[:-1]
                assert content != seen[-1]
            elif event.change in (Outcome.UPDATED, Outcome.SILENT, Outcome.RESTORED):
                assert content not in seen
            seen.append(content)


def test_reverts_come_under_a_newer_the_same_and_an_old_stamp() -> None:
    signs = Counter()
    for before, event in steps():
        if event.change is Outcome.REVERTED:
            old = before.page.shown_modified or before.page.shown_published
            new = event.page.shown_modified or event.page.shown_published
            signs[(new > old) - (new < old)] += 1
    assert signs == {1: 1, 0: 1, -1: 1}


def test_addresses_belong_to_one_story_each() -> None:
    addresses = Counter()
    for story in stories():
        addresses.update({path for event in story.events for path in (event.page.path, event.page.amp_path) if path})
    assert set(addresses.values()) == {1}


def test_state_at_is_the_last_event_of_each_story() -> None:
    assert state_at(at("00:00", -30)) == {}
    for event in events():
        assert state_at(event.at)[event.story] == event.page
        assert state_at(event.at - timedelta(seconds=1)).get(event.story) != event.page
    assert state_at(CRAWL_TIMES[-1]) == {story.key: story.page for story in stories()}


def test_the_crawls_span_the_day_and_stand_apart() -> None:
    local = [moment.astimezone(at("00:00").astimezone().tzinfo) for moment in CRAWL_TIMES]
    assert len(local) == 19
    assert (CRAWL_TIMES[0], CRAWL_TIMES[15]) == (at("06:00"), at("23:30"))
    assert all(after - before >= timedelta(minutes=70) for before, after in pairwise(CRAWL_TIMES))
    for event in events():
        assert all(abs(event.at - crawl) >= timedelta(minutes=4) for crawl in CRAWL_TIMES), event.note
    assert DAY.isoformat() == "2025-05-09"


# -- what a crawler sees that keeps to a ladder ---------------------------------------------------------------------

HOUR = timedelta(hours=1)
LADDER = (
    (3 * HOUR, HOUR / 2),
    (6 * HOUR, HOUR),
    (24 * HOUR, 3 * HOUR),
    (72 * HOUR, 12 * HOUR),
    (168 * HOUR, 24 * HOUR),
)
UNLISTED = (EventKind.EDITED_SILENTLY, EventKind.CACHE_SLIPPED, EventKind.CACHE_MENDED)


def listed(story: DemoStory, now: datetime) -> PageState | None:
    pages = [event.page for event in story.events if event.at <= now and event.what not in UNLISTED]
    return pages[-1] if pages and pages[-1].listed else None


def looks(story: DemoStory, since_stamp: bool) -> list[Event]:
    """What each look at a story's own address sees: looks come by the ladder, and when the sitemap's lastmod moves."""
    seen: list[Event] = []
    claimed: datetime | None = None
    due = changed = datetime.max.replace(tzinfo=UTC)
    for now in CRAWL_TIMES:
        page = listed(story, now)
        told = page is not None and (claimed is None or page.lastmod > claimed)
        if not told and now < due:
            continue
        event = [event for event in story.events if event.at <= now][-1]
        if not seen or seen[-1] is not event:
            stamp = event.page.shown_modified or event.page.shown_published
            changed = stamp if since_stamp and stamp else now
        seen.append(event)
        claimed = page.lastmod if page and told else claimed
        due = now + next(step for below, step in LADDER if now - changed < below)
        if event.page.status == 410 or (event.what is EventKind.MOVED and "-45" not in event.page.path):
            due = datetime.max.replace(tzinfo=UTC)
    return seen


@table(
    ("story", "since_stamp"),
    product(stories(), [True, False]),
    ids=lambda value: value.key if isinstance(value, DemoStory) else f"age by the page's stamp: {value}",
)
def test_the_crawl_times_part_each_event_from_the_next(story: DemoStory, since_stamp: bool) -> None:
    seen = looks(story, since_stamp)
    missed = [event.note for event in story.events if event not in seen and event.what is not EventKind.CACHE_MENDED]
    assert missed == []
    for event in story.events:
        if event.what is EventKind.CACHE_SLIPPED:
            assert seen.count(event) == 1
            assert seen[-1].what is EventKind.CACHE_MENDED
        if event.what is EventKind.REVERTED and event.page.lastmod < event.at - HOUR and event is story.events[-1]:
            assert seen.count(event) >= 2


@pytest.mark.parametrize("since_stamp", [True, False])
def test_the_story_that_stays_away_is_missed_often_enough_to_be_gone(since_stamp: bool) -> None:
    market = next(story for story in stories() if story.key == "market")
    first = next(now for now in CRAWL_TIMES if now > market.events[-1].at + timedelta(hours=3))
    assert [event.page.status for event in looks(market, since_stamp)].count(404) >= 3
    assert CRAWL_TIMES[-2] - first >= timedelta(hours=24)


# -- the grammar ----------------------------------------------------------------------------------------------------


def test_a_swap_that_finds_nothing_is_refused() -> None:
    page = stories()[0].page
    with pytest.raises(ValueError, match="occurs 0 times"):
        edited(page, ("no such words", "others"))


def test_an_address_that_is_left_redirects() -> None:
    page = stories()[0].page
    moved = edited(page, path="/elsewhere/")
    assert (moved.path, moved.former_paths) == ("/elsewhere/", (*page.former_paths, page.path))


def test_text_joins_wrapped_lines() -> None:
    assert text("\n  One\n  line.\n\n  Another. \n") == ("One line.", "Another.")
