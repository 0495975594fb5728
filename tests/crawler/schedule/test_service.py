"""The schedule as ops run it: a real process, real children, real signals, the server's own log."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from crawler.catalogue.site import Site
from crawler.clock import clock
from crawler.demo.press import Press
from crawler.schedule import CRON_SPREAD, grid_start, offset
from crawler.schedule.missed_runs import MissedRuns
from crawler.schedule.processes import SchedulerLock, hold
from crawler.schedule.service import HostQueues, Schedule
from crawler.schedule.subprocess_runner import RunnerConfig, SubprocessRunner, _EndedCrawl
from crawler.warc.writer import ArchiveWriter
from pipelines.article import Exchange
from pipelines.reasons import CodedReason, CrawlReason
from pipelines.store.crawls import CrawlOutcome, finish_crawl, note_crawl, put_sites, start_crawl
from pipelines.store.database import Store
from pipelines.store.rows import Row, moment
from tests.crawler.processes import crawl, environment, newsledger, site_table
from tests.factories import T0, at, new_store
from tests.forkserver import Process, run


def schedule_command(folder: Path, *arguments: str) -> list[str]:
    where = ("--db", str(folder / "news.db"), "--sites", str(folder / "sites.toml"))
    return [sys.executable, "-m", "crawler", "schedule", *where, *arguments]


@contextmanager
def running(folder: Path) -> Iterator[subprocess.Popen[str]]:
    child = Process(schedule_command(folder), env=environment(), stderr=subprocess.PIPE, text=True)
    try:
        yield child
    finally:
        child.kill()
        child.communicate()


def rows(folder: Path) -> list[Row]:
    if not (folder / "news.db").exists():
        return []
    with Store(folder / "news.db") as store:
        return list(store.rows("SELECT * FROM crawls ORDER BY id"))


def wait_for(fact: object, seconds: float = 90) -> None:
    """Until a fact is true; it is asked again and again, no time is guessed."""
    deadline = time.monotonic() + seconds
    while not fact():  # type: ignore[operator]
        assert time.monotonic() < deadline, "it did not come to pass"
        time.sleep(0.05)


def soon(seconds: float) -> str:
    """An id whose starts, every minute, come about so many seconds from now."""
    wanted = datetime.now(UTC) + timedelta(seconds=seconds)
    minute = timedelta(minutes=1)
    for n in range(10_000):
        away = (grid_start(f"site-{n}", minute) - wanted).total_seconds() % 60
        if away <= 1:
            return f"site-{n}"
    raise AssertionError


def test_once_runs_what_is_due_and_leaves(twin: Press, tmp_path: Path) -> None:
    urls = {"one": twin.url, "two": twin.ready["other"]}
    tables = [site_table(name, url, sitemaps=["/sitemap.xml"]) for name, url in urls.items()]
    tables.append(site_table("off", urls["two"], enabled=False))
    (tmp_path / "sites.toml").write_text("\n".join(tables), encoding="utf-8")
    done = run(schedule_command(tmp_path, "--once"), env=environment(), capture_output=True, text=True, check=False, timeout=90)
    assert done.returncode == 0, done.stderr
    assert sorted((row["site_id"], row["outcome"], row["trigger"]) for row in rows(tmp_path)) == [
        ("one", "finished", "schedule"), ("two", "finished", "schedule"),
    ]  # fmt: skip
    again = run(schedule_command(tmp_path, "--once"), env=environment(), capture_output=True, text=True, check=False, timeout=90)
    assert "0 sites are due" in again.stderr


def test_it_starts_on_time_and_ends_gracefully(twin: Press, tmp_path: Path) -> None:
    name = soon(6)
    table = site_table(name, twin.url, sitemaps=["/sitemap.xml?paths=/ok/1,/slow/2,/ok/2"], every="1 min")
    (tmp_path / "sites.toml").write_text(table, encoding="utf-8")
    with running(tmp_path) as schedule:
        wait_for(lambda: any(entry["path"] == "/slow/2" for entry in twin.log()))
        schedule.send_signal(signal.SIGTERM)
        assert schedule.wait(60) == 0
    (row,) = rows(tmp_path)
    planned, started = datetime.fromisoformat(row["planned"]), datetime.fromisoformat(row["started"])
    assert (row["outcome"], row["reason_code"], row["reason"]) == ("stopped", "asked_to_end", "shutdown")
    assert (planned - grid_start(name, timedelta(minutes=1))) % timedelta(minutes=1) == timedelta()
    assert planned <= started


@pytest.mark.slow
def test_files_of_past_days_are_closed_by_the_schedule(twin: Press, tmp_path: Path) -> None:
    (tmp_path / "sites.toml").write_text(site_table("off", twin.url, enabled=False), encoding="utf-8")
    archive = ArchiveWriter(tmp_path / "warc", "off")
    page = Exchange("https://paper.example/a", (), 200, (("Content-Type", "text/html"),), b"<p>The ferry sails.</p>")
    archive.write(page, datetime(2025, 3, 7, 12, tzinfo=UTC))
    archive.close()
    with running(tmp_path) as schedule:
        wait_for(lambda: (tmp_path / "warc" / "off" / "off-20250307-01.cdxj").exists())
        schedule.send_signal(signal.SIGTERM)
        assert schedule.wait(60) == 0
    names = sorted(path.name for path in (tmp_path / "warc" / "off").iterdir())
    assert names == ["off-20250307-01.cdxj", "off-20250307-01.warc.gz"]


def test_a_crawl_ends_with_its_schedule(twin: Press, tmp_path: Path) -> None:
    """The schedule is killed with -9: the crawl it started is told, and the next start finds everything accounted for."""
    table = site_table(soon(5), twin.url, sitemaps=["/sitemap.xml?paths=/slow/5"], every="1 min")
    (tmp_path / "sites.toml").write_text(table, encoding="utf-8")
    with running(tmp_path) as schedule:
        wait_for(lambda: any(entry["path"] == "/slow/5" for entry in twin.log()))
        schedule.kill()
    wait_for(lambda: all(row["outcome"] != "running" or not alive(row["pid"]) for row in rows(tmp_path)))
    (row,) = rows(tmp_path)
    assert row["outcome"] in ("stopped", "running")


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def test_a_broken_catalogue_is_refused_at_the_start(tmp_path: Path) -> None:
    (tmp_path / "sites.toml").write_text('[[site]]\nid = "a"\nnome = "A"\n', encoding="utf-8")
    done = run(schedule_command(tmp_path), env=environment(), capture_output=True, text=True, check=False, timeout=60)
    assert (done.returncode, "sites.toml:3: nome:" in done.stderr) == (1, True), done.stderr


def test_two_crawls_of_one_host_never_meet(twin: Press, tmp_path: Path) -> None:
    """One by the lock's own hand: the crawl says skipped, and asks nothing."""
    (tmp_path / "sites.toml").write_text(site_table("one", twin.url, sitemaps=["/sitemap.xml"]), encoding="utf-8")
    with hold(tmp_path / "locks", twin.url.split("/")[2]) as holder:
        assert holder is None
        (row,) = crawl(tmp_path, "one", code=1)
    assert row["outcome"] == "skipped"
    assert row["reason_code"] == "host_busy"
    assert row["reason"].endswith(f"is running (process {os.getpid()})")
    assert twin.log() == []
    (row,) = crawl(tmp_path, "one")
    assert row["outcome"] == "finished"


@pytest.fixture
def schedule(tmp_path: Path) -> Iterator[Schedule]:
    new_store(tmp_path).close()
    db = str(tmp_path / "news.db")
    moments = clock("2025-03-07T12:00:00+00:00")
    made = Schedule(db, SubprocessRunner(RunnerConfig(db), moments), moments, 2)
    yield made
    made.stop()


PAPER = Site("paper", "The Paper", "https://paper.example/", "Europe/London", every="30 min")


def test_starts_while_nobody_was_there_are_one_row_with_from_and_to(tmp_path: Path, schedule: Schedule) -> None:
    with Store(tmp_path / "news.db") as store:
        finish_crawl(store, start_crawl(store, "paper", "schedule", T0, T0), CrawlOutcome.FINISHED, at(1))
    schedule.replace([PAPER])
    assert schedule.note_missed() == 1
    assert schedule.note_missed() == 0, "they are accounted for"
    missed = rows(tmp_path)[1]
    grid = grid_start("paper", timedelta(minutes=30))
    last = datetime.fromisoformat(missed["planned"])
    assert (missed["outcome"], (last - grid) % timedelta(minutes=30), at(210) < last < at(240)) == ("missed", timedelta(), True)
    assert missed["reason_code"] == "schedule_down"
    assert missed["reason"].startswith("nobody was there from 2025-03-07T08:")
    assert missed["reason"].endswith(f" to {missed['planned']}")


def test_a_start_while_the_one_before_runs_is_a_row(tmp_path: Path, schedule: Schedule) -> None:
    class Event:
        job_id = "paper"
        scheduled_run_times = (at(30),)

    schedule.replace([PAPER])
    schedule._skipped(Event())  # type: ignore[arg-type]
    (row,) = rows(tmp_path)
    assert (row["outcome"], row["planned"], row["reason_code"], row["reason"]) == (
        "skipped",
        "2025-03-07T08:30:00Z",
        "previous_running",
        "the crawl before it has not ended",
    )


def test_missed_starts_of_cron_are_told_too(tmp_path: Path, schedule: Schedule) -> None:
    """A crawl by hand in between accounts for no start of the schedule."""
    site = Site("paper", "The Paper", "https://paper.example/", "America/New_York", cron="0 * * * *")
    moved = offset("paper", CRON_SPREAD)
    with Store(tmp_path / "news.db") as store:
        finish_crawl(store, start_crawl(store, "paper", "schedule", T0, T0 + moved), CrawlOutcome.FINISHED, at(1))
        finish_crawl(store, start_crawl(store, "paper", "hand", at(200)), CrawlOutcome.FINISHED, at(201))
    schedule.replace([site])
    assert schedule.note_missed() == 1
    missed = rows(tmp_path)[2]
    assert missed["reason"] == f"nobody was there from {moment(at(60) + moved)} to {moment(at(180) + moved)}"


def test_what_another_schedule_keeps_is_not_missed(tmp_path: Path, schedule: Schedule) -> None:
    with Store(tmp_path / "news.db") as store:
        finish_crawl(store, start_crawl(store, "paper", "schedule", T0, T0), CrawlOutcome.FINISHED, at(1))
    schedule.replace([PAPER])
    other = SchedulerLock(tmp_path / "locks")
    assert other.alone
    other.admit_others()
    assert schedule.note_missed() == 0
    assert len(rows(tmp_path)) == 1
    assert schedule._planned_from == {"paper": T0}, "but planned here too: the other may die before it has told of them"
    other.close()


def test_starts_that_passed_while_the_machine_slept_are_told(tmp_path: Path, schedule: Schedule) -> None:
    """By the timetable's own door: three starts came due at once, the last is made."""
    put = MissedRuns(str(tmp_path / "news.db"), clock("2025-03-07T12:00:00+00:00"))
    put.put("paper", CrawlOutcome.MISSED, [at(30), at(60)], CodedReason(CrawlReason.SCHEDULE_DOWN, "nobody kept time"))
    put.put(
        "paper", CrawlOutcome.SKIPPED, [at(90)], CodedReason(CrawlReason.PREVIOUS_RUNNING, "the crawl before it has not ended")
    )
    assert rows(tmp_path) == []
    put.write_waiting("paper")
    put.write_waiting("paper")
    told = [(row["outcome"], row["planned"], row["reason_code"], row["reason"]) for row in rows(tmp_path)]
    span = "from 2025-03-07T08:30:00Z to 2025-03-07T09:00:00Z"
    assert told == [
        ("missed", "2025-03-07T09:00:00Z", "schedule_down", f"nobody kept time, {span}"),
        ("skipped", "2025-03-07T09:30:00Z", "previous_running", "the crawl before it has not ended"),
    ]  # fmt: skip


def planned(schedule: Schedule) -> datetime | None:
    """When "paper" is crawled next."""
    found: datetime | None = schedule._scheduler.get_job("paper").next_run_time
    return found


def test_a_clock_that_is_set_back_has_all_planned_anew(tmp_path: Path) -> None:
    new_store(tmp_path).close()
    db, shift = str(tmp_path / "news.db"), timedelta()
    schedule = Schedule(db, SubprocessRunner(RunnerConfig(db), clock()), lambda: datetime.now(UTC) + shift, 1)
    try:
        schedule.replace([Site("paper", "The Paper", "https://paper.example/", "UTC", every="31 days")])
        schedule.start()
        assert not schedule.follow_clock()
        before = planned(schedule)
        shift = timedelta(days=-40)
        assert schedule.follow_clock()
        after = planned(schedule)
        assert before is not None
        assert after is not None
        assert before - after in (timedelta(days=31), timedelta(days=62))
        assert not schedule.follow_clock()
        shift += timedelta(days=400)
        assert not schedule.follow_clock(), "forward is nothing to mend"
    finally:
        schedule.stop()


def test_a_start_is_made_once_whoever_planned_it(twin: Press, tmp_path: Path) -> None:
    """Two schedules plan the same starts: the later child finds the crawl made, and asks nothing."""
    (tmp_path / "sites.toml").write_text(site_table("one", twin.url, sitemaps=["/sitemap.xml"]), encoding="utf-8")
    planned = ("--trigger", "schedule", "--planned", T0.isoformat())
    crawl(tmp_path, "one", *planned)
    twin.forget_log()
    (row,) = crawl(tmp_path, "one", *planned, code=1)
    assert row["reason_code"] == "already_made"
    assert (row["outcome"], row["reason"]) == ("skipped", "another schedule made this start already (crawl 1)")
    assert twin.log() == []
    (row,) = crawl(tmp_path, "one", *planned[:3], at(30).isoformat())
    assert row["outcome"] == "finished"


def test_the_open_row_of_a_child_that_takes_too_long_says_so(tmp_path: Path) -> None:
    """The child has its row, and hangs until the time limit ends it."""
    with new_store(tmp_path) as store, subprocess.Popen(("sleep", "60")) as child:
        start_crawl(store, "paper", "schedule", T0, T0, pid=child.pid)
        children = SubprocessRunner(RunnerConfig(str(tmp_path / "news.db"), time_limit_seconds=0.1), clock())
        children._note_missed_run(
            _EndedCrawl(PAPER, T0, "schedule", child, stop_requested=False, reason=children._wait(child)), 0
        )
    (row,) = rows(tmp_path)
    assert (row["outcome"], row["reason_code"], row["reason"]) == ("failed", "time_limit", "stopped after 0.1 s")


@pytest.mark.parametrize(
    ("body", "outcome", "reason"),
    [
        ("import time; time.sleep(60)", "stopped", "the crawl did not begin: it was asked to end before it asked for anything"),
        ("raise SystemExit(3)", "failed", "the crawl did not begin: its process ended with 3"),
    ],
)
def test_a_child_that_tells_nothing_is_a_row(tmp_path: Path, body: str, outcome: str, reason: str) -> None:
    new_store(tmp_path).close()
    db = str(tmp_path / "news.db")
    children = SubprocessRunner(RunnerConfig(db, program=(sys.executable, "-c", body)), clock())
    crawl = threading.Thread(target=children.crawl, args=(PAPER, T0))
    crawl.start()
    if outcome == "stopped":
        wait_for(lambda: children.running)
        children.stop()
    crawl.join()
    assert [(row["outcome"], row["planned"], row["reason_code"], row["reason"]) for row in rows(tmp_path)] == [
        (outcome, "2025-03-07T08:00:00Z", "not_begun", reason)
    ]


def test_a_site_that_left_the_catalogue_while_it_waited_is_a_row(tmp_path: Path, schedule: Schedule) -> None:
    schedule.queues.submit(PAPER, T0)
    assert schedule.queues.wait_idle(30)
    (row,) = rows(tmp_path)
    assert (row["outcome"], row["reason_code"], row["reason"]) == ("skipped", "site_removed", "the site has left the catalogue")


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_what_fails_beside_a_crawl_leaves_its_host_free(tmp_path: Path) -> None:
    """Here nobody can say what time it is when the row of a start is to be written."""

    def broken() -> datetime:
        raise OverflowError

    db = str(tmp_path / "news.db")
    with new_store(tmp_path):
        runner = SubprocessRunner(RunnerConfig(db), clock())
        queues = HostQueues(runner, {}, 1, MissedRuns(db, broken))
        queues.submit(Site("paper", "Paper", "https://paper.example/", "UTC"), T0)
        assert queues.wait_idle(20)
        assert queues.under_way("paper") is None
        for thread in threading.enumerate():  # its exception is this test's, and not the next one's
            if thread.name == "crawl-paper":
                thread.join(20)


def test_what_is_due(tmp_path: Path, schedule: Schedule) -> None:
    with Store(tmp_path / "news.db") as store:
        put_sites(store, [{"id": "fresh", "name": "Fresh", "url": "https://fresh.example/"}])
        note_crawl(store, "paper", "schedule", CrawlOutcome.FAILED, T0, T0, CodedReason(CrawlReason.OTHER, "test"))
        note_crawl(store, "fresh", "schedule", CrawlOutcome.FAILED, at(239), at(239), CodedReason(CrawlReason.OTHER, "test"))
    sites = [
        PAPER,
        Site("fresh", "Fresh", "https://fresh.example/", "UTC", every="12 h"),
        Site("never", "Never", "https://n.example/", "UTC"),
    ]
    schedule.replace(sites)
    assert {site.id for site, _ in schedule.due(at(240))} == {"paper", "never"}


def test_a_catalogue_is_taken_over(schedule: Schedule) -> None:
    schedule.replace([PAPER, Site("off", "Off", "https://off.example/", "UTC", enabled=False)])
    assert schedule.size == 1
    schedule.replace([Site("other", "Other", "https://other.example/", "UTC")])
    assert schedule.size == 1


def test_usage(tmp_path: Path) -> None:
    assert newsledger("schedule", "--jobs", "0", cwd=tmp_path).returncode == 2
