"""A file of sites that is broken while a schedule runs: crawls go on by the old plan, and every command says so, alike."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import threading
from pathlib import Path
from urllib.request import urlopen

import pytest

from crawler.catalogue import CatalogueError, as_definition, from_definition, load_sites
from crawler.clock import clock
from crawler.demo.press import Press
from crawler.monitoring.state_files import SchedulePlan, read_plan, write_heartbeat, write_plan
from crawler.schedule.subprocess_runner import RunnerConfig, SubprocessRunner
from pipelines.reasons import CodedReason, CrawlReason
from pipelines.store.crawls import CrawlOutcome, note_crawl
from pipelines.store.database import Store
from tests.crawler.processes import MISBEHAVING, environment, newsledger, site_table
from tests.crawler.schedule.test_service import rows, wait_for
from tests.crawler.webhook import Webhook
from tests.factories import T0, at, new_store
from tests.forkserver import Process


def test_a_definition_is_a_site_again() -> None:
    """All of the catalogue: what a child is handed is what its schedule has."""
    sites = load_sites()
    assert [from_definition(as_definition(site)) for site in sites] == list(sites)
    with pytest.raises(CatalogueError, match="timezone"):
        from_definition(json.dumps({"id": "a", "name": "A", "url": "https://a.example/"}))


def test_a_start_needs_no_file(tmp_path: Path) -> None:
    """The child is handed the site: a file that is broken, or gone, since the schedule read it costs no start."""
    with Press(MISBEHAVING) as paper:
        (tmp_path / "sites.toml").write_text(site_table("paper", paper.url, article_url="/ok/"), encoding="utf-8")
        (site,) = load_sites(tmp_path / "sites.toml")
        (tmp_path / "sites.toml").write_text("[[site]\n", encoding="utf-8")
        new_store(tmp_path).close()
        SubprocessRunner(RunnerConfig(str(tmp_path / "news.db")), clock()).crawl(site, T0)
    (row,) = rows(tmp_path)
    assert (row["outcome"], row["trigger"], row["planned"]) == ("finished", "schedule", "2025-03-07T08:00:00Z")


def test_a_start_that_never_began_is_an_illness_at_once(tmp_path: Path) -> None:
    """Not after three of them, nor after a day without success."""
    (tmp_path / "sites.toml").write_text(site_table("paper", "https://paper.example/", delay_seconds=1), encoding="utf-8")
    where = ("--db", str(tmp_path / "news.db"), "--sites", str(tmp_path / "sites.toml"))
    with new_store(tmp_path) as store:
        note_crawl(store, "paper", "schedule", CrawlOutcome.FINISHED, T0, at(1), CodedReason(CrawlReason.OTHER, ""))
    assert newsledger("health", *where, now=at(20)).returncode == 0
    with Store(tmp_path / "news.db") as store:
        why = CodedReason(CrawlReason.NOT_BEGUN, "the crawl did not begin: its process ended with 3")
        note_crawl(store, "paper", "schedule", CrawlOutcome.FAILED, at(10), at(10), why)
    done = newsledger("health", *where, now=at(20))
    assert done.returncode == 1
    assert "the last start led to no crawl: the crawl did not begin: its process ended with 3" in done.stdout


@pytest.mark.slow
def test_the_drill(hook: Webhook, tmp_path: Path) -> None:
    """A typo while it runs: one alert, health, metrics and /healthz say so with file and line; mended, all is well again."""
    pytest.importorskip("prometheus_client", reason="the extra `metrics` is not installed")
    pytest.importorskip("apprise", reason="the extra `alerts` is not installed")
    file, db = tmp_path / "sites.toml", str(tmp_path / "news.db")
    sound = site_table("paper", "https://paper.example/", delay_seconds=1, every="31 days")
    file.write_text(sound, encoding="utf-8")
    where = ("--db", db, "--sites", str(file))
    said = environment() | {"NEWSLEDGER_ALERTS": hook.url, "NEWSLEDGER_SITES": str(file)}
    command = [sys.executable, "-m", "crawler", "schedule", *where, "--metrics", "127.0.0.1:0"]
    schedule = Process(command, env=said, stderr=subprocess.PIPE, text=True)
    try:
        assert schedule.stderr
        url = next(match[1] for line in schedule.stderr if (match := re.search(r"served at (http\S+/)metrics", line)))
        reader = threading.Thread(target=schedule.stderr.read)
        reader.start()
        wait_for(lambda: (tmp_path / "news-schedule.json").exists())
        file.write_text(sound.replace("Europe/London", "Europe/Lundun"), encoding="utf-8")
        wait_for(lambda: (plan := read_plan(db)) and plan.problem)
        plan = read_plan(db)
        assert plan
        assert plan.sites == ("paper",)
        assert f"{file}:5: timezone: 'Europe/Lundun' is no IANA time zone" in str(plan.problem)
        done = run(said, "health", "--db", db)
        assert done.returncode == 1
        assert f"catalogue: the catalogue is wrong, and the plan of {plan.loaded} goes on: {file}:5: timezone" in done.stdout
        wait_for(lambda: "newsledger_config_last_reload_successful 0.0" in answer(f"{url}metrics"))
        wait_for(lambda: hook.told)
        assert run(said, "alerts", "check", "--db", db).returncode == 0, "the timer sees the same, and tells it not again"
        assert ["the catalogue is wrong" in one["message"] for one in hook.told] == [True]
        with pytest.raises(OSError, match="503"):
            answer(f"{url}healthz")
        file.write_text(sound, encoding="utf-8")
        wait_for(lambda: (plan := read_plan(db)) and not plan.problem)
        assert run(said, "health", "--db", db).returncode == 0
        assert answer(f"{url}healthz") == "well\n"
    finally:
        schedule.kill()
        schedule.wait()
        reader.join()
        schedule.stderr.close()
    metrics = run(said, "metrics", "--db", db).stdout
    assert "newsledger_config_last_reload_successful 1.0" in metrics
    file.write_text("[[site]\n", encoding="utf-8")
    assert "newsledger_config_last_reload_successful 0.0" in run(said, "metrics", "--db", db).stdout, "also where none runs"


def run(said: dict[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "crawler", *arguments]
    return subprocess.run(command, env=said, capture_output=True, text=True, check=False, timeout=60)


def answer(url: str) -> str:
    with urlopen(url, timeout=20) as response:
        return str(response.read().decode())


def test_both_judge_alike(tmp_path: Path) -> None:
    """A schedule that goes by a file of its own, and a timer that was told of none: the same sites are judged, no alert flaps."""
    (tmp_path / "sites.toml").write_text(site_table("paper", "https://paper.example/", delay_seconds=1), encoding="utf-8")
    db, now = str(tmp_path / "news.db"), at(60 * 30)
    with new_store(tmp_path) as store:
        note_crawl(store, "paper", "schedule", CrawlOutcome.FAILED, T0, at(1), CodedReason(CrawlReason.OTHER, "status 500"))
    assert newsledger("health", "--db", db, now=now).returncode == 0, "of the shipped catalogue none"
    write_plan(db, SchedulePlan(("paper",), "2025-03-07T08:00:00Z"))
    with subprocess.Popen(("sleep", "60")) as alive:
        write_heartbeat(db, now, pid=alive.pid, sites=1, queued=0, running=0)
        assert newsledger("health", "--db", db, now=now).returncode == 1
        assert newsledger("health", "--db", db, "--sites", str(tmp_path / "sites.toml"), now=now).returncode == 1
        alive.kill()
    assert newsledger("health", "--db", db, now=now).returncode == 0, "it is gone"


def test_a_second_schedule_says_that_one_runs(tmp_path: Path) -> None:
    """With its process, so that a person can tell a forgotten one from a fresh one."""
    (tmp_path / "sites.toml").write_text(site_table("paper", "https://paper.example/", delay_seconds=1, every="31 days"))
    command = [
        sys.executable,
        "-m",
        "crawler",
        "schedule",
        "--db",
        str(tmp_path / "news.db"),
        "--sites",
        str(tmp_path / "sites.toml"),
    ]
    first = Process(command, env=environment(), stderr=subprocess.DEVNULL)
    second = None
    try:
        wait_for(lambda: (tmp_path / "news-schedule.json").exists())
        second = Process(command, env=environment(), stderr=subprocess.PIPE, text=True)
        assert second.stderr
        line = next(line for line in second.stderr if "another schedule of this ledger runs" in line)
        assert f"(process {first.pid}, last sign of life " in line
    finally:
        for one in filter(None, (first, second)):
            one.kill()
            one.communicate()
