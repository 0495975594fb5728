"""Alerts as somebody gets them: a real webhook, a real ledger, real processes."""

from __future__ import annotations

import json
import logging
import os
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

pytest.importorskip("apprise", reason="the extra `alerts` is not installed")

from crawler.cli import main
from crawler.clock import clock
from crawler.monitoring.alert_state import CurrentProblems, Problem
from crawler.monitoring.alerts import AlertError, Alerts, send
from crawler.monitoring.collector import MeasurementReader
from crawler.monitoring.monitor import Monitor, MonitoredSchedule
from crawler.monitoring.state_files import write_heartbeat
from crawler.warc.writer import MARKER
from pipelines.queries.articles import newest_revision
from pipelines.reasons import CodedReason, CrawlReason
from pipelines.store import saved_searches
from pipelines.store.crawls import CrawlOutcome, close_left_open, finish_crawl, put_sites, start_crawl
from pipelines.store.database import Store
from pipelines.store.rows import moment
from tests.crawler.processes import site_table
from tests.crawler.webhook import TOKEN, Webhook
from tests.factories import article, at, new_ledger, new_store

AGAIN = timedelta(hours=24)


ILL = CurrentProblems((Problem("site/paper/stale", "paper: the last success is 30 h old"),))


def test_told_once_and_well_again_across_restarts(hook: Webhook, tmp_path: Path) -> None:
    for minute, current in ((0, ILL), (10, ILL), (20, CurrentProblems()), (30, CurrentProblems())):
        Alerts(str(tmp_path / "news.db"), (hook.url,), AGAIN).round(current, at(minute))
    assert [(one["title"], one["message"]) for one in hook.told] == [
        ("Newsledger: 1 new", "paper: the last success is 30 h old"),
        ("Newsledger: 1 well again", "well again, after 20 min: paper: the last success is 30 h old"),
    ]
    assert TOKEN not in (tmp_path / "news-alerts.json").read_text(encoding="utf-8")


def test_what_fails_is_logged_without_secrets_and_tried_again(
    hook: Webhook, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    alerts = Alerts(str(tmp_path / "news.db"), (hook.url, f"json://127.0.0.1:9/{TOKEN}"), AGAIN)
    hook.status = 500
    assert alerts.round(ILL, at(0)) == 1
    hook.status = 200
    assert alerts.round(ILL, at(0.5)) == 0, "not yet"
    assert hook.told == []
    assert alerts.round(ILL, at(1)) == 1, "the second address is still out of reach"
    assert alerts.round(ILL, at(3)) == 1
    assert [one["title"] for one in hook.told] == ["Newsledger: 1 new"], "who got it does not get it again"
    ours = [one.getMessage() for one in caplog.records if one.name.startswith("crawler")]
    assert ours[0] == "an alert could not be sent to json://..., and is tried again: Newsledger: 1 new"
    assert TOKEN not in caplog.text


def test_no_headline_calls_everybody(hook: Webhook) -> None:
    assert send([hook.url], "1 new:\n@here", "@everyone <!channel> <@U1> <#C1>: ann@everywhere.example and <b>") == []
    (told,) = hook.told
    assert (told["title"], told["message"]) == (
        "1 new: @\u2060here", "@\u2060everyone <\u2060!channel> <\u2060@U1> <\u2060#C1>: ann@everywhere.example and <b>",
    )  # fmt: skip


def test_a_redirect_leads_nowhere_unless_the_address_says_so(hook: Webhook) -> None:
    hook.status = 307
    assert send([hook.url], "1 new", "text") == ["json"]
    assert hook.told == []
    assert send([f"{hook.url}?redirect=yes"], "1 new", "text") == []
    assert len(hook.told) == 1


@pytest.mark.parametrize("url", [f"nosuch://{TOKEN}", f"mailto://{TOKEN}"])
def test_an_address_that_cannot_be_used_is_refused(tmp_path: Path, url: str) -> None:
    with pytest.raises(AlertError) as error:
        Alerts(str(tmp_path / "news.db"), ("json://127.0.0.1/", url), AGAIN)
    assert str(error.value) == f"alerts: number 2 ({url.partition(':')[0]}://...) is none that apprise can use"


def test_a_book_that_is_broken_is_begun_anew(hook: Webhook, tmp_path: Path) -> None:
    for broken in ('{"entries": [1]}', "[]", "{", '{"entries": {"a": {}}, "letters": [], "last_letter": null}'):
        (tmp_path / "news-alerts.json").write_text(broken, encoding="utf-8")
        Alerts(str(tmp_path / "news.db"), (hook.url,), AGAIN).round(ILL, at(0))
    assert len(hook.told) == 4


def test_a_disk_that_takes_nothing_is_told_of_all_the_same(
    hook: Webhook, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Neither the book nor its lock can be written; once it can, what was told is kept."""
    (tmp_path / "news-alerts.json").mkdir()
    (tmp_path / "locks").write_text("in the way", encoding="utf-8")
    alerts = Alerts(str(tmp_path / "news.db"), (hook.url,), AGAIN)
    for minute in (0, 10, 20):
        assert alerts.round(ILL, at(minute)) == 0
    assert [one["title"] for one in hook.told] == ["Newsledger: 1 new"]
    assert sum("cannot be kept" in one.getMessage() for one in caplog.records) == 1
    (tmp_path / "news-alerts.json").rmdir()
    alerts.round(CurrentProblems(), at(30))
    Alerts(str(tmp_path / "news.db"), (hook.url,), AGAIN).round(CurrentProblems(), at(40))
    assert [one["title"] for one in hook.told] == ["Newsledger: 1 new", "Newsledger: 1 well again"]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A site that was crawled once, and its catalogue; and one that has left it."""
    (tmp_path / "sites.toml").write_text(site_table("paper", "https://paper.example/", delay_seconds=1), encoding="utf-8")
    with new_store(tmp_path) as store:
        for site in ("left", "paper"):
            put_sites(store, [{"id": site, "name": site, "url": f"https://{site}.example/"}])
            new_ledger(store, site).record(article(url=f"https://{site}.example/a"))
            finish_crawl(store, store.value("SELECT max(id) FROM crawls"), CrawlOutcome.FINISHED, at(10))
    return tmp_path


def run(folder: Path, hook: Webhook, *arguments: str, hours: float = 1) -> Result:
    said = {"NEWSLEDGER_NOW": moment(at(60 * hours)), "NEWSLEDGER_ALERTS": hook.url}
    if (folder / "sites.toml").exists():
        said["NEWSLEDGER_SITES"] = str(folder / "sites.toml")
    return CliRunner().invoke(main, ["alerts", *arguments, "--db", str(folder / "news.db")], env=said)


def test_test(hook: Webhook, folder: Path) -> None:
    assert run(folder, hook, "test").output == "sent\n"
    assert [one["title"] for one in hook.told] == ["Newsledger: a test"]
    hook.status = 500
    done = run(folder, hook, "test")
    assert (done.exit_code, done.output) == (1, "could not be sent: json://...\n")
    assert "the setting `alerts` is empty" in CliRunner().invoke(main, ["alerts", "test"]).output


def test_check(hook: Webhook, folder: Path) -> None:
    """A site that turns ill and is well again; and, asked for, a schedule that gives no sign of life."""
    assert run(folder, hook, "check").exit_code == 0
    assert hook.told == []
    assert run(folder, hook, "check", hours=30).exit_code == 0
    assert run(folder, hook, "check", "--schedule", hours=31).exit_code == 0
    assert [one["message"].partition(";")[0] for one in hook.told] == [
        "paper: the last success is 29 h old, more than 24 h", "the schedule gives no sign of life",
    ]  # fmt: skip
    assert "no sign of life" in run(folder, hook, "list", hours=31).output
    with new_store(folder) as store:
        new_ledger(store)
        finish_crawl(store, store.value("SELECT max(id) FROM crawls"), CrawlOutcome.FINISHED, at(60 * 32))
    write_heartbeat(str(folder / "news.db"), at(60 * 32), pid=1, sites=1, queued=0, running=0)
    run(folder, hook, "check", "--schedule", hours=32)
    assert hook.told[-1]["title"] == "Newsledger: 2 well again"
    assert json.loads(run(folder, hook, "list", "--json", hours=32).output)["entries"] == {}


def test_a_schedule_and_a_timer_never_contradict_each_other(hook: Webhook, folder: Path) -> None:
    """Each sees what the other does not: only the schedule tries to write, only the timer is asked whether a schedule runs, and
    only the schedule was told of a cluster. Both see the archive, whose disk is away."""
    db = str(folder / "news.db")
    with Store(db) as store:
        store.execute("UPDATE revisions SET warc_file = 'paper/paper-20250307-01.warc.gz', warc_offset = 0")
    (folder / f".room.{os.getpid()}.partial").mkdir()  # nothing can be written beside the ledger
    alerts = Alerts(db, (hook.url,), AGAIN)
    hours = 1.0

    def monitor() -> None:
        monitored = MonitoredSchedule(db, lambda _: True, lambda: "Redis does not answer")
        reader = MeasurementReader(db, AGAIN, monitored.cluster)
        Monitor(monitored, reader, clock(moment(at(60 * hours))), alerts=alerts).round()

    for _ in range(4):
        monitor()
        run(folder, hook, "check", "--schedule", hours=hours + 0.2)
        run(folder, hook, "check", hours=hours + 0.4)
        hours += 1
    assert [one["title"] for one in hook.told] == ["Newsledger: 3 new", "Newsledger: 1 new"]
    told = "\n".join(one["message"] for one in hook.told)
    assert all(word in told for word in ("cannot be written", "mount its disk", "Redis does not answer", "no sign of life"))
    (folder / f".room.{os.getpid()}.partial").rmdir()
    (folder / "warc").mkdir()
    (folder / "warc" / MARKER).touch()
    write_heartbeat(db, at(60 * hours), pid=1, sites=1, queued=0, running=0)
    monitor()
    assert hook.told[-1]["title"] == "Newsledger: 3 well again", "all but the cluster"


def test_a_lost_crawl_is_told_whoever_counted_it_first(hook: Webhook, folder: Path) -> None:
    with new_store(folder) as store:
        start_crawl(store, "paper", "schedule", at(60), pid=os.getpid())
        died = CodedReason(CrawlReason.PROCESS_DIED, "its process ended without a word")
        close_left_open(store, os.getpid(), CrawlOutcome.LOST, died, at(61))
    said = {"NEWSLEDGER_NOW": moment(at(62))}
    assert CliRunner().invoke(main, ["metrics", "--db", str(folder / "news.db")], env=said).exit_code == 0
    for hours in (1.1, 1.5, 1.9, 5):
        assert run(folder, hook, "check", hours=hours).exit_code == 0
    assert [one["message"] for one in hook.told] == ["paper: a crawl was lost, its process ended without a word"]


def test_check_without_a_ledger(hook: Webhook, tmp_path: Path) -> None:
    assert run(tmp_path, hook, "check").exit_code == 1
    assert "the ledger cannot be read" in hook.told[0]["message"]


def test_a_saved_search_with_new_hits_is_told_of_once(hook: Webhook, folder: Path) -> None:
    with Store(folder / "news.db") as store:
        writer = new_ledger(store)
        saved_searches.save(store, "mills", "mill -drill", at(0))
        writer.record(article("A mill drill.", url="https://paper.example/drill"))
        assert run(folder, hook, "check").exit_code == 0
        assert not [one for one in hook.told if "mills" in one["message"]]
        writer.record(article("The mill burned.", url="https://paper.example/one", headline="Mill\x1b[31m burns"))
        hook.status = 500
        run(folder, hook, "check", hours=2)
        hook.status = 200
        for hours in (3, 4, 30):
            run(folder, hook, "check", hours=hours)
        told = [line for one in hook.told for line in one["message"].splitlines() if "mills" in line]
        assert told == ["search mills: 1 new: Mill[31m burns (paper)"], "once, though the first try failed"
        assert saved_searches.saved_search(store, "mills").told_revision_id == newest_revision(store)


def test_mute(hook: Webhook, folder: Path) -> None:
    assert "paper is muted until 2025-03-09 09:00Z" in run(folder, hook, "mute", "paper", "--for", "48").output
    assert run(folder, hook, "check", hours=30).exit_code == 0
    assert hook.told == []
    assert "paper is muted until" in run(folder, hook, "list", hours=30).output
    assert run(folder, hook, "unmute", "paper", hours=30).exit_code == 0
    assert run(folder, hook, "unmute", "paper", hours=30).exit_code == 2
    assert run(folder, hook, "mute", "nobody").exit_code == 2
    assert "until 2025-03-07 10:30Z" in run(folder, hook, "mute", "paper", "--for", "90 min").output
    assert run(folder, hook, "unmute", "paper").exit_code == 0
    assert run(folder, hook, "mute", "paper", "--for", "0").exit_code == 2
    run(folder, hook, "check", hours=30)
    assert [one["type"] for one in hook.told] == ["warning"]
