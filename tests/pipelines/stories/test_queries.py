"""The questions that are asked of stories: whole rows, pages of a list, indexes that bear them."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipelines import stories
from pipelines.queries.results import row_of
from pipelines.stories.results import StoryOfArticle
from pipelines.stories.update import catch_up
from tests.factories import T0
from tests.pipelines.stories.story_factories import Press, joined, paragraphs, prose

WIRE = paragraphs("wire", 10)


@pytest.fixture
def press(tmp_path: Path) -> Press:
    """Star published first and was seen second; post has half of it."""
    press = Press(tmp_path)
    press.publish("echo", "boat", joined(WIRE), seen=30, published=30, headline="Boat aground")
    press.publish("star", "boat", joined(WIRE), seen=40, published=10, headline="Boat runs aground at harbour")
    press.publish("post", "boat", joined(WIRE[:5]), seen=90, published=80)
    catch_up(press.store, T0)
    return press


def test_a_story_whole(press: Press) -> None:
    found = stories.story(press.store, 1)
    assert found is not None
    assert row_of(found.head) == {
        "story_id": 1, "headline": "Boat runs aground at harbour", "agency": None, "agency_is": None, "articles": 3, "sites": 3,
        "first_seen": "2025-03-07T08:30:00Z", "first_site_id": "echo", "source_article_id": 2, "source_site_id": "star",
        "source_url": "https://star.example/boat", "date_published": "2025-03-07T08:10:00Z",
        "last_changed": "2025-03-07T09:30:00Z", "edited": 0, "found": "2025-03-07T08:00:00Z",
        "cursor": "2025-03-07T08:30:00Z~1",
    }  # fmt: skip
    assert [one.site_id for one in found.members] == ["star", "echo", "post"]
    assert row_of(found.members[2]) == {
        "story_id": 1, "article_id": 3, "url": "https://post.example/boat", "site_id": "post", "site_name": "Post",
        "headline": "Fire at Cross Mill", "byline": None, "first_seen": "2025-03-07T09:30:00Z",
        "date_published": "2025-03-07T09:20:00Z", "revision_count": 1, "last_changed": "2025-03-07T09:30:00Z", "shared": 1.0,
        "kept": 0.5, "words": 200, "agency": None, "agency_is": None, "state": "live", "is_source": False, "changed_fields": (),
    }  # fmt: skip
    assert stories.of_article(press.store, 3) == StoryOfArticle(found.head, 1.0, is_source=False)
    assert stories.of_article(press.store, 99) is None
    assert stories.story(press.store, 99) is None


def test_pages_of_the_list(press: Press) -> None:
    for seed in range(5):
        for n, paper in enumerate(("echo", "mail")):
            press.publish(paper, f"story-{seed}", prose(f"story {seed}"), seen=100 + 10 * (seed // 2) + n)
    catch_up(press.store, T0)
    for site, ids in ((None, [6, 5, 4, 3, 2, 1]), ("mail", [6, 5, 4, 3, 2]), ("star", [1]), ("nobody", [])):
        found: list[int] = []
        before = None
        while page := stories.latest(press.store, limit=2, before=before, site=site):
            found += [head.story_id for head in page]
            before = page[-1].cursor
        assert found == ids


@pytest.mark.parametrize("before", ["", "x", "~", "2025-03-07T08:00:00Z~", "' OR 1=1 --", "9" * 400, "2025-03-07T08:00:00Z~1\n"])
def test_a_cursor_that_is_none_of_ours(press: Press, before: str) -> None:
    assert [head.story_id for head in stories.latest(press.store, limit=2, before=before)] == [1]


@pytest.mark.parametrize(("site", "agency"), [(None, None), ("echo", None), (None, "PA"), ("echo", "PA")])
def test_no_list_reads_all_stories(press: Press, site: str | None, agency: str | None) -> None:
    values = {"seen": "~", "number": 0, "site": site, "agency": agency, "since": "", "limit": 9}
    plan = [row["detail"] for row in press.store.rows(f"EXPLAIN QUERY PLAN {stories._listing(site, agency)}", values)]
    assert not [step for step in plan if step.startswith("SCAN")]
    assert not [step for step in plan if "B-TREE" in step]
