"""The ledger of many workers is the ledger of one machine, whatever comes twice, late, broken, or after a restart."""

from __future__ import annotations

import random
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from crawler.cluster.handler import SUPERSEDED, HandledMessages, MessageHandler
from crawler.cluster.messages import (
    CrawlEnded,
    ItemFetched,
    Message,
    QuestionAsked,
    RefusedError,
    StreamEntry,
    decode_answer,
    decode_context,
    encode,
)
from crawler.schedule.processes import is_running
from crawler.spiders.run import Options, crawl_site
from crawler.warc.holdings import absence, absence_anywhere, absence_of
from pipelines.article import Fetch, Outcome
from pipelines.reasons import CodedReason, CrawlReason
from pipelines.store.crawls import CrawlOutcome, lose_dead
from pipelines.store.crawls.snapshot import SnapshotQuestion
from pipelines.store.database import Store, StoreError
from tests.crawler.cluster.cluster_env import ESTIMATES, PRIVATE, Paper, Worker, contents, keep_alone, moment_of
from tests.factories import OPENED, T0, article

NAMES = ("herald", "gazette")
CRAWLS = 6


class Feed:
    """Entries, in order, as the stream would give them."""

    def __init__(self, store: Store) -> None:
        self.writing = MessageHandler(store, "looks")
        self._number = 0

    def entry(self, message: Message) -> StreamEntry:
        self._number += 1
        return StreamEntry(f"1000-{self._number}", encode(message))

    def give(self, *messages: Message) -> HandledMessages:
        return self.writing.write([self.entry(message) for message in messages])


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return opened(tmp_path / "many.db")


def opened(path: Path) -> Store:
    store = Store(path)
    OPENED.append(store)
    return store


def minutes(crawl: int) -> float:
    return 60.0 * crawl


def live_alone(store: Store, seed: int) -> None:
    papers = [Paper(name, seed) for name in NAMES]
    for crawl in range(CRAWLS):
        for paper in papers:
            paper.live(minutes(crawl))
            keep_alone(store, paper, minutes(crawl))


def live_with_workers(feed: Feed, seed: int) -> Iterator[Message]:
    """Messages of the same life; each is to be given before the next is asked for."""
    papers = [Paper(name, seed) for name in NAMES]
    for crawl in range(CRAWLS):
        for number, paper in enumerate(papers):
            paper.live(minutes(crawl))
            worker = Worker(paper, crawl * 10 + number + 1, minutes(crawl))
            (opened,) = feed.give(worker.opened).answers
            (answer,) = feed.give(worker.question).answers
            assert (opened[0], answer[0]) == (worker.reply, worker.question.reply)
            yield from worker.rest(decode_answer(answer[1]))


def left_behind(store: Store) -> int:
    return sum(store.value(f"SELECT count(*) FROM {table}") for table in PRIVATE - {"stream_positions"})


@pytest.mark.parametrize("seed", range(3))
def test_the_ledger_is_that_of_one_machine(store: Store, tmp_path: Path, seed: int) -> None:
    """Down to ids, hashes and seals; whatever the size of a batch."""
    alone, feed, lot = opened(tmp_path / "alone.db"), Feed(store), random.Random(seed)
    live_alone(alone, seed)
    batch: list[StreamEntry] = []
    came: Counter[str] = Counter()
    for message in live_with_workers(feed, seed):
        batch.append(feed.entry(message))
        if isinstance(message, CrawlEnded) or lot.random() < 0.1:
            came += feed.writing.write(batch).counts
            batch.clear()
    expected = contents(alone)
    assert contents(store) == expected
    assert left_behind(store) == 0
    assert {"recorded", "held", "ended"} == set(came)
    assert expected["quarantine"], "the world is a hard one"
    assert {"new", "updated", "silent"} <= {row["change"] for row in expected["revisions"]}
    assert not store.integrity_problems()


@pytest.mark.parametrize("seed", range(2))
def test_a_writer_that_begins_anew_each_time_keeps_the_same_ledger(store: Store, tmp_path: Path, seed: int) -> None:
    """Everything it must know is in the store: what waits, the counts beside it, where each crawl stands."""
    alone, feed = opened(tmp_path / "alone.db"), Feed(store)
    live_alone(alone, seed)
    for message in live_with_workers(feed, seed):
        feed.writing = MessageHandler(store, "looks")
        feed.give(message)
    assert contents(store, ESTIMATES) == contents(alone, ESTIMATES)
    assert left_behind(store) == 0


@pytest.mark.parametrize("seed", range(2))
def test_what_comes_again_is_written_once(store: Store, tmp_path: Path, seed: int) -> None:
    """An entry that was sent twice, or read twice, in any later batch of its crawl."""
    alone, feed, lot = opened(tmp_path / "alone.db"), Feed(store), random.Random(seed)
    live_alone(alone, seed)
    before: list[Message] = []
    came: Counter[str] = Counter()
    for message in live_with_workers(feed, seed):
        again = lot.sample(before, min(2, len(before)))
        came += feed.give(message, message, *again).counts
        before = [*before[-50:], message]
    assert contents(store) == contents(alone)
    assert came["again"] > 100
    assert came["late"] > 5


def begin(feed: Feed, number: int = 1, fence: int | None = None, minute: float = 0) -> Worker:
    paper = Paper("herald", 0)
    paper.live(minute)
    worker = Worker(paper, number, minute, fence)
    feed.give(worker.opened)
    return worker


def look(worker: Worker, serial: int, path: str = "news/a", minute: float = 1) -> ItemFetched:
    return ItemFetched(worker.crawl, serial, article(seen=minute, url=f"https://herald.example/{path}"))


def end(worker: Worker, serial: int, minute: float = 5) -> CrawlEnded:
    return CrawlEnded(worker.crawl, serial, Paper("herald", 0).ending(minute))


def crawls(store: Store, *columns: str) -> list[tuple[object, ...]]:
    return [tuple(row[column] for column in columns) for row in store.rows("SELECT * FROM crawls ORDER BY id")]


def test_a_crawl_says_who_made_it(store: Store) -> None:
    worker = begin(Feed(store))
    row = store.row("SELECT trigger, planned, started, outcome, pid, worker, job FROM crawls")
    assert row == {"trigger": "schedule", "planned": "2025-03-07T08:00:00Z", "started": "2025-03-07T08:00:00Z",
                   "outcome": "running", "pid": None, "worker": "worker-1", "job": worker.crawl}  # fmt: skip
    assert lose_dead(store, T0, is_running) == [], "its process is on another machine"


def test_workers_learn_which_machines_archived_and_health_which_could_not(store: Store, tmp_path: Path) -> None:
    feed = Feed(store)
    first = begin(feed, 1)
    feed.give(look(first, 2), end(first, 3))
    with store.transaction():
        store.execute("UPDATE revisions SET warc_file = 'vm/herald/herald-20250307-01.warc.gz', warc_offset = 0")
    worker = Worker(Paper("herald", 0), 2, 60)
    _, context = decode_context(feed.give(worker.opened).answers[0][1])
    assert context.archived_by_workers == ("vm/herald/herald-20250307-01.warc.gz",)
    why = absence_of(tmp_path, context.archived_by_workers[0])
    ending = replace(
        Paper("herald", 0).ending(61), outcome=CrawlOutcome.FAILED, reason=why, reason_code=CrawlReason.ARCHIVE_MISSING
    )
    feed.give(CrawlEnded(worker.crawl, 2, ending))
    assert why
    assert absence(tmp_path, store) is None, "this machine archived nothing"
    assert absence_anywhere(tmp_path, store) == why
    third = begin(feed, 3, minute=120)
    assert absence_anywhere(tmp_path, store) == why, "it runs still"
    feed.give(look(third, 2, minute=121), end(third, 3, minute=122))
    assert absence_anywhere(tmp_path, store) is None


def test_a_briefing_is_given_again_as_it_was_until_the_crawl_has_heard_it(store: Store) -> None:
    feed = Feed(store)
    before = begin(feed, 1)
    feed.give(look(before, 2), end(before, 3))
    paper = Paper("herald", 0)
    worker = Worker(paper, 2, 60)
    first = feed.give(worker.opened)
    feed.writing = MessageHandler(store, "looks")
    again = feed.give(replace(worker.opened, reply="newsledger:reply:other"))
    assert again.answers == [("newsledger:reply:other", first.answers[0][1])]
    assert decode_context(first.answers[0][1])[1].allowed > 0
    feed.give(look(worker, 2, minute=61))
    assert feed.give(worker.opened).answers == [], "it is under way"
    assert len(crawls(store)) == 2


def test_an_answer_knows_all_that_was_sent_before_it(store: Store) -> None:
    feed = Feed(store)
    herald = begin(feed, 1)
    gazette = Worker(Paper("gazette", 0), 2, 0)
    question = SnapshotQuestion(("herald.example/news/a", "herald.example/news/b"))
    asked = [QuestionAsked(one.crawl, 9, question, one.reply) for one in (gazette, herald)]
    written = feed.give(gazette.opened, look(herald, 2), *asked)
    theirs, own = (decode_answer(answer) for _, answer in written.answers[1:])
    assert (theirs.all(), theirs.elsewhere) == ([], {"herald.example/news/a"})
    assert ([known.url for known in own.all()], own.elsewhere) == (["https://herald.example/news/a"], set())


def test_a_crawl_that_another_has_taken_over_is_lost_and_heard_no_more(store: Store) -> None:
    feed = Feed(store)
    one = begin(feed, 1, fence=1)
    feed.give(look(one, 2))
    two = begin(feed, 2, fence=2, minute=60)
    written = feed.give(look(one, 3, "news/late"), end(one, 4), look(two, 2, minute=61), end(two, 3, 65))
    assert written.counts == {"late": 2, "recorded": 1, "ended": 1}
    assert crawls(store, "outcome", "reason_code", "looks") == [("lost", SUPERSEDED.code, 1), ("finished", None, 1)]
    assert store.value("SELECT count(*) FROM articles") == 1


def test_one_whose_lease_has_gone_meanwhile_is_not_opened(store: Store) -> None:
    """Its message was long on its way: whoever has the host now goes before."""
    feed = Feed(store)
    two = begin(feed, 2, fence=9)
    one = Worker(Paper("herald", 0), 1, 0, fence=8)
    written = feed.give(one.opened)
    with pytest.raises(RefusedError, match="lease has gone"):
        decode_context(written.answers[0][1])
    assert feed.give(look(two, 2)).counts == {"recorded": 1}
    assert crawls(store, "job") == [(two.crawl,)]


HOLDING = """
import sys
from pathlib import Path
from crawler.schedule.processes import hold
with hold(Path(sys.argv[1]), sys.argv[2]) as holder:
    print(holder, flush=True)
    sys.stdin.read()
"""


def test_a_host_that_a_crawl_of_this_machine_asks_is_nobody_elses(store: Store) -> None:
    """And the other way round: none begins here while a worker's is open."""
    feed, worker = Feed(store), Worker(Paper("herald", 0), 1, 0)
    group = worker.opened.site.politeness_group
    command = (sys.executable, "-c", HOLDING, str(store.path.parent / "locks"), group)
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as local:
        assert local.stdout
        assert local.stdout.readline() == b"None\n"
        written = feed.give(worker.opened)
        with pytest.raises(RefusedError, match=f"process {local.pid} of the ledger's machine crawls the host"):
            decode_context(written.answers[0][1])
        local.communicate()
    assert feed.give(worker.opened).counts == {"opened": 1}
    crawl_site(worker.opened.site, Options(db=str(store.path)))
    assert crawls(store, "outcome", "reason_code", "reason")[1:] == [
        ("skipped", "host_busy", f"worker {worker.opened.worker} crawls {group}")
    ]


def test_fences_of_another_host_say_nothing(store: Store) -> None:
    """A site that has moved: the counts of its two hosts have nothing to do with one another."""
    feed = Feed(store)
    begin(feed, 2, fence=9)
    moved = Worker(Paper("herald", 0), 3, 60, fence=1)
    opened = replace(moved.opened, site=replace(moved.opened.site, url="https://new.example/"))
    assert feed.give(opened).counts == {"opened": 1}
    assert crawls(store, "outcome") == [("lost",), ("running",)]


def test_looks_that_did_not_arrive_are_told_and_the_sources_read_again(store: Store) -> None:
    feed = Feed(store)
    worker = begin(feed)
    feed.give(look(worker, 2), look(worker, 5, "news/b"))
    ending = replace(end(worker, 6).ending)
    source = replace(ending.sources[0], etag='"1"', last_modified="now")
    feed.give(CrawlEnded(worker.crawl, 6, replace(ending, sources=(source,))))
    assert crawls(store, "outcome", "reason_code", "reason") == [("finished", "other", "2 of its messages did not arrive")]
    assert store.row("SELECT etag, last_modified FROM sources") == {"etag": None, "last_modified": None}


def test_an_end_is_an_end_whatever_its_serial(store: Store) -> None:
    feed = Feed(store)
    worker = begin(feed)
    assert feed.give(look(worker, 2), end(worker, 2)).counts == {"recorded": 1, "ended": 1}
    assert crawls(store, "outcome") == [("finished",)]


def test_a_lost_crawl_leaves_what_it_held_behind_settled(store: Store) -> None:
    feed = Feed(store)
    worker = begin(feed)
    feed.give(look(worker, 2), end(worker, 3))
    worker = begin(feed, 2, minute=60)
    untitled = article(seen=61, modified=None, url="https://herald.example/news/a", headline=None)
    assert feed.give(ItemFetched(worker.crawl, 2, untitled)).counts == {"held": 1}
    assert feed.writing.open_crawls() == {worker.crawl: "herald.example"}
    feed.writing = MessageHandler(store, "looks")
    feed.writing.lose(worker.crawl, moment_of(90), CodedReason(CrawlReason.PROCESS_DIED, "its worker ended without a word"))
    assert crawls(store, "outcome", "finished", "reason_code", "reason")[1] == (
        "lost",
        "2025-03-07T09:30:00Z",
        "process_died",
        "its worker ended without a word",
    )
    assert [row["state"] for row in store.rows("SELECT state FROM quarantine")] == ["quarantined"]
    assert left_behind(store) == 0
    feed.writing.lose(worker.crawl, moment_of(90), CodedReason(CrawlReason.PROCESS_DIED, "twice is nothing"))


def test_what_a_crawl_settles_before_its_end_waits_no_more(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipelines.store.quarantine.MAX_HELD", 2)
    feed = Feed(store)
    worker = begin(feed)
    feed.give(look(worker, 2), look(worker, 3, "news/b"), look(worker, 4, "news/c"), end(worker, 5))
    worker = begin(feed, 2, minute=60)
    untitled = [article(seen=61, modified=None, url=f"https://herald.example/news/{path}", headline=None) for path in "abc"]
    held = [left_behind(store)]
    for serial, item in enumerate(untitled, 2):
        feed.give(ItemFetched(worker.crawl, serial, item))
        held.append(store.value("SELECT count(*) FROM held_looks"))
    assert held == [1, 1, 0, 1], "the second one settles both"
    feed.writing = MessageHandler(store, "looks")
    feed.give(end(worker, 5, 65))
    assert [row["looks"] for row in store.rows("SELECT looks FROM quarantine ORDER BY id")] == [1, 1, 1]


# --- what cannot be written ------------------------------------------------------------------------------------------------


def test_entries_that_cannot_be_written_are_refused_one_by_one(store: Store) -> None:
    """The others of their batch are written, and so is how far it has come."""
    feed = Feed(store)
    worker = begin(feed)
    unread = StreamEntry("2000-1", {b"v": b"9"})
    raw = article(seen=2, url="https://herald.example/news/raw")
    unfinished = ItemFetched(worker.crawl, 3, replace(raw, content_hash=None))
    surrogate = ItemFetched(worker.crawl, 4, replace(raw, headline="\udc00"))
    entries = [
        feed.entry(look(worker, 2)),
        unread,
        StreamEntry("2000-2", encode(unfinished)),
        StreamEntry("2000-3", encode(surrogate)),
        StreamEntry("2000-4", encode(look(worker, 5, "news/b"))),
        StreamEntry("2000-5", {}),
    ]
    written = feed.writing.write(entries)
    assert [entry.id for entry, _ in written.refused] == ["2000-1", "2000-2", "2000-3", "2000-5"]
    assert written.counts == {"recorded": 2, "refused": 4}
    assert written.crawls == {worker.crawl}
    assert feed.writing.position() == "2000-5"
    assert (
        store.value("SELECT group_concat(url, ' ') FROM articles")
        == "https://herald.example/news/a https://herald.example/news/b"
    )


def test_a_store_that_fails_refuses_nothing(store: Store) -> None:
    """Nothing is written, and everything may be given again."""
    feed = Feed(store)
    worker = begin(feed)
    entries = [feed.entry(look(worker, 2)), feed.entry(look(worker, 3, "news/b"))]
    store.execute("PRAGMA query_only = ON")
    with pytest.raises(StoreError):
        feed.writing.write(entries)
    store.execute("PRAGMA query_only = OFF")
    assert feed.writing.write(entries).counts == {"recorded": 2}


def test_a_look_that_waits_and_cannot_be_read_any_more_keeps_nobody_from_going_on(
    store: Store, caplog: pytest.LogCaptureFixture
) -> None:
    feed = Feed(store)
    worker = begin(feed)
    feed.give(look(worker, 2), end(worker, 3))
    worker = begin(feed, 2, minute=60)
    feed.give(ItemFetched(worker.crawl, 2, article(seen=61, modified=None, url="https://herald.example/news/a", headline=None)))
    store.execute("UPDATE held_looks SET version = '0'")
    feed.writing = MessageHandler(store, "looks")
    assert feed.give(end(worker, 3, 65)).counts == {"ended": 1}
    assert "cannot be read any more" in caplog.text
    assert left_behind(store) == 0


def test_nothing_is_nothing(store: Store) -> None:
    writing = MessageHandler(store, "looks")
    assert writing.write([]) == HandledMessages()
    assert writing.position() is None


def test_strangers_are_not_heard(store: Store) -> None:
    feed = Feed(store)
    worker = Worker(Paper("herald", 0), 1, 0)
    missing = ItemFetched(worker.crawl, 2, Fetch("https://herald.example/", T0, outcome=Outcome.ERROR))
    assert feed.give(missing).counts == {"late": 1}
