"""Stories as revisions arrive: who joins, who does not, what moves a story, what leaves it; two processes, a killed one, anew."""

from __future__ import annotations

import multiprocessing
from pathlib import Path

import pytest

from pipelines import stories
from pipelines.article import Author, Image
from pipelines.proof.verify import verify
from pipelines.store.corrections import reread
from pipelines.store.database import Row, Store, StoreError
from pipelines.store.removal.redaction import withdraw
from pipelines.stories import update
from pipelines.stories.update import forget
from tests.factories import T0, article, at
from tests.pipelines.stories.story_factories import Press, joined, paragraphs, prose

WIRE = paragraphs("wire", 10)


@pytest.fixture
def press(tmp_path: Path) -> Press:
    return Press(tmp_path)


def catch_up(press: Press) -> int:
    return update.catch_up(press.store, T0)


def test_a_copy_is_found_whenever_it_comes(press: Press) -> None:
    echo = press.publish("echo", "harbour", joined(WIRE), seen=0)
    assert catch_up(press) == 1
    assert press.groups() == set()
    star = press.publish("star", "boat", joined(WIRE[:6], paragraphs("local", 1)), seen=30)
    other = press.publish("star", "weir", prose("weir"), seen=31)
    assert catch_up(press) == 2
    assert press.groups() == {frozenset({echo, star})}
    post = press.publish("post", "aground", joined(WIRE[4:]), seen=60)
    assert catch_up(press) == 1
    assert catch_up(press) == 0
    assert press.groups() == {frozenset({echo, star, post})}
    assert stories.of_article(press.store, other) is None


def test_one_sites_own_copies_are_no_story(press: Press) -> None:
    first, second = press.publish("echo", "a", joined(WIRE)), press.publish("echo", "b", joined(WIRE), seen=5)
    catch_up(press)
    assert press.groups() == {frozenset({first, second})}
    assert stories.latest(press.store, limit=9) == []
    assert stories.story(press.store, 1) is None
    assert stories.of_article(press.store, first) is None
    press.publish("star", "c", joined(WIRE), seen=10)
    catch_up(press)
    assert [head.articles for head in stories.latest(press.store, limit=9)] == [3]
    assert [head.story_id for head in stories.latest(press.store, limit=9, site="star")] == [1]


def test_a_roundup_makes_no_story_of_two(press: Press) -> None:
    """Two stories of unequal length in one article: it may belong to one of them, and they stay two."""
    long, brief = paragraphs("long", 9), paragraphs("brief", 8)
    roundup = press.publish("echo", "roundup", joined(long, brief), seen=0)
    ones = {press.publish(paper, "long", joined(long), seen=10 + n) for n, paper in enumerate(("star", "post", "mail"))}
    twos = {press.publish(paper, "brief", joined(brief), seen=20 + n) for n, paper in enumerate(("star", "post", "mail"))}
    catch_up(press)
    assert {group - {roundup} for group in press.groups()} == {frozenset(ones), frozenset(twos)}


def test_a_roundup_of_three_belongs_to_none(press: Press) -> None:
    three = [paragraphs(seed, 6) for seed in "abc"]
    press.publish("echo", "roundup", joined(*three))
    alone = [press.publish("star", f"story-{n}", joined(story), seen=n + 1) for n, story in enumerate(three)]
    catch_up(press)
    assert press.groups() == set()
    copy = press.publish("post", "copy", joined(three[1]), seen=9)
    catch_up(press)
    assert press.groups() == {frozenset({alone[1], copy})}


def test_two_halves_meet_when_the_whole_comes(press: Press) -> None:
    first = [press.publish(paper, "one", joined(WIRE[:6]), seen=n) for n, paper in enumerate(("echo", "star"))]
    last = [press.publish(paper, "two", joined(WIRE[4:]), seen=5 + n) for n, paper in enumerate(("post", "mail"))]
    catch_up(press)
    assert press.groups() == {frozenset(first), frozenset(last)}
    whole = press.publish("times", "whole", joined(WIRE), seen=30)
    catch_up(press)
    assert press.groups() == {frozenset({*first, *last, whole})}
    assert stories.story(press.store, 1) is not None, "the elder number stays"
    assert stories.story(press.store, 2) is None


def test_boilerplate_joins_nobody(press: Press) -> None:
    """Short articles of a group's papers that end in the same words: all after the first few of each are known for it."""
    foot = paragraphs("join us, support local news", 2, 45)
    for number in range(14):
        press.publish(f"paper{number % 3}", f"story-{number}", joined(paragraphs(number, 2, 50), foot), seen=number)
    catch_up(press)
    assert sum(len(group) for group in press.groups()) <= 9
    copy = press.publish("paper9", "copy", joined(paragraphs(12, 2, 50), foot), seen=20)
    catch_up(press)
    assert [len(group) for group in press.groups() if copy in group] == [2], "a copy is found nonetheless"


def test_forms_come_again_and_are_no_copies(press: Press) -> None:
    press.publish("echo", "then", joined(WIRE), seen=0)
    press.publish("star", "now", joined(WIRE), seen=60 * 24 * 40)
    catch_up(press)
    assert press.groups() == set()


def test_a_revision_stays_in_its_story_and_is_measured_anew(press: Press) -> None:
    echo = press.publish("echo", "harbour", joined(WIRE), seen=0)
    star = press.publish("star", "boat", joined(WIRE), seen=10)
    catch_up(press)
    press.publish("star", "boat", joined(WIRE[:5], paragraphs("own", 2)), seen=50, modified=50)
    catch_up(press)
    assert press.groups() == {frozenset({echo, star})}
    found = stories.story(press.store, 1)
    assert found is not None
    assert [(one.article_id, one.shared, one.kept, one.changed_fields) for one in found.members] == [
        (echo, 1.0, 1.0, ()), (star, 0.714, 0.5, ("body", "date_published", "date_modified")),
    ]  # fmt: skip
    assert (found.head.edited, found.head.last_changed) == (1, "2025-03-07T08:50:00Z")
    press.publish("star", "boat", prose("quite another text"), seen=90, modified=90)
    catch_up(press)
    assert press.groups() == {frozenset({echo, star})}


def test_a_stub_joins_when_it_has_become_the_copy(press: Press) -> None:
    echo = press.publish("echo", "harbour", joined(WIRE), seen=0)
    star = press.publish("star", "boat", "More follows.", seen=10)
    catch_up(press)
    assert press.groups() == set()
    press.publish("star", "boat", joined(WIRE), seen=20, modified=20)
    catch_up(press)
    assert press.groups() == {frozenset({echo, star})}


def test_what_is_read_again_in_place_is_taken_up(press: Press) -> None:
    echo = press.publish("echo", "harbour", joined(WIRE), seen=0)
    star = press.publish("star", "boat", "Read the paper " * 20, seen=10)
    catch_up(press)
    better = article(joined(WIRE), seen=10, url="https://star.example/boat", extractor="test/2")
    revision_id = press.store.value("SELECT latest_revision_id FROM articles WHERE id = ?", (star,))
    assert reread(press.store, revision_id, better, "test/2", at(100)).corrected
    assert catch_up(press) == 1
    assert press.groups() == {frozenset({echo, star})}


def hashes_of(store: Store, article_id: int) -> list[Row]:
    tables = ("sketches", "sketch_hashes", "story_members")
    return [row for table in tables for row in store.rows(f"SELECT * FROM {table} WHERE article_id = ?", (article_id,))]


def test_a_withdrawn_article_leaves_its_story_and_stays_out(press: Press) -> None:
    ids = [press.publish(paper, "boat", joined(WIRE), seen=n) for n, paper in enumerate(("echo", "star", "post"))]
    catch_up(press)
    for count, article_id in ((2, ids[0]), (0, ids[1])):
        withdraw(
            press.store, press.store.row("SELECT * FROM articles WHERE id = ?", (article_id,)) or {}, "me", "law", at(60), forget
        )
        assert hashes_of(press.store, article_id) == []
        assert sum(len(group) for group in press.groups()) == count
    update.rebuild(press.store, T0)
    assert hashes_of(press.store, ids[0]) == []
    assert press.groups() == set()
    assert [str(fault) for fault in verify(press.store)] == []


def test_rebuilt_it_is_the_same_and_keeps_its_numbers(press: Press) -> None:
    for seed in range(3):
        press.publish("echo", f"alone-{seed}", prose(f"alone {seed}"), seen=seed)
        for n, paper in enumerate(("echo", "star", "post")):
            press.publish(paper, f"story-{seed}", prose(f"story {seed}"), seen=10 + n)
        catch_up(press)
    press.store.execute("UPDATE story_members SET story_id = story_id")
    before = everything(press.store)
    seen: list[int] = []
    assert update.rebuild(press.store, T0, seen.append) == 12
    assert sum(seen) == 12
    assert everything(press.store) == before


def everything(store: Store) -> list[list[Row]]:
    tables = ("stories", "story_articles", "sketches", "sketch_hashes", "story_progress")
    return [list(store.rows(f"SELECT * FROM {table} ORDER BY 1, 2")) for table in tables]


def test_a_few_at_a_time(press: Press) -> None:
    for number in range(50):
        press.publish("echo", f"story-{number}", prose(number, 2))
    assert update.catch_up(press.store, T0, at_most=20) == 20
    assert catch_up(press) == 30


def test_one_that_fails_takes_nothing_with_it(press: Press) -> None:
    press.publish("echo", "a", joined(WIRE))
    press.publish("star", "b", joined(WIRE), seen=1)
    press.store.execute("CREATE TRIGGER full BEFORE INSERT ON story_heads BEGIN SELECT raise(ABORT, 'disk full'); END")
    with pytest.raises(StoreError, match="disk full"):
        catch_up(press)
    assert press.store.value("SELECT count(*) FROM sketches") == 0
    press.store.execute("DROP TRIGGER full")
    assert catch_up(press) == 2
    assert len(press.groups()) == 1


def _work(path: Path) -> int:
    with Store(path) as store:
        return update.catch_up(store, T0)


def test_two_processes_share_the_work(press: Press) -> None:
    for seed in range(40):
        for n, paper in enumerate(("echo", "star", "post")):
            press.publish(paper, f"story-{seed}", prose(f"story {seed}", 3), seen=n)
    with multiprocessing.get_context("spawn").Pool(2) as pool:
        done = pool.map(_work, [press.path, press.path])
    assert sum(done) == 120
    assert sorted(len(group) for group in press.groups()) == [3] * 40
    assert press.store.value("SELECT count(*) FROM story_heads") == 40


def test_who_named_the_agency(press: Press) -> None:
    """The source does not, another does."""
    echo = press.publish("echo", "boat", joined(WIRE), seen=0)
    writer = Author("Ann Other", None, "PA")
    star = press.publish("star", "boat", joined(WIRE), seen=1, byline="Ann Other, PA", authors=(writer,))
    catch_up(press)
    found = stories.story(press.store, 1)
    assert found is not None
    assert (found.head.agency, found.head.agency_is) == ("PA", "implied")
    told = {member.article_id: (member.agency, member.agency_is) for member in found.members}
    assert told == {echo: ("PA", "implied"), star: ("PA", "named")}
    assert [head.story_id for head in stories.latest(press.store, limit=9, agency="PA")] == [1]
    assert stories.latest(press.store, limit=9, agency="AFP") == []


def test_pictures_imply_where_two_sites_have_them(press: Press) -> None:
    pictures = (Image("https://paper.example/1.jpg", None, "The harbour", "Ann Other/AFP"),)
    press.publish("echo", "boat", joined(WIRE), seen=0, images=pictures)
    press.publish("star", "boat", joined(WIRE), seen=1)
    catch_up(press)
    assert [head.agency for head in stories.latest(press.store, limit=9)] == [None]
    press.publish("post", "boat", joined(WIRE), seen=2, images=pictures)
    catch_up(press)
    assert [(head.agency, head.agency_is) for head in stories.latest(press.store, limit=9)] == [("AFP", "implied")]
