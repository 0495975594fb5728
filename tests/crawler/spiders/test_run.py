"""Crawls of the demo newspaper: what is asked for, what is not, and what an interrupted crawl leaves."""

from __future__ import annotations

import json
import os
import resource
import signal
import subprocess
import sys
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from crawler.cli import main
from crawler.demo.press import Paper, Press, site_toml
from crawler.demo.stories import at
from crawler.demo.templates import PRIVATE_PATH
from pipelines.store.database import Store, StoreError
from tests.crawler.processes import MISBEHAVING, ScriptedPaper, crawl, environment, newsledger, site_table
from tests.forkserver import Process
from tests.papers import pages

NOON = at("12:00")


def define(folder: Path, text: str) -> None:
    (folder / "sites.toml").write_text(text, encoding="utf-8")


def asked(paper: Paper) -> list[str]:
    paths = [entry["path"] for entry in paper.log()]
    paper.forget_log()
    return paths


@pytest.mark.parametrize(
    "sources",
    [
        pytest.param({}, id="all"),
        pytest.param({"feeds": ()}, id="no feed", marks=pytest.mark.slow),
        pytest.param({"feeds": (), "sections": ()}, id="sitemaps only", marks=pytest.mark.slow),
    ],
)
def test_a_second_crawl_of_the_unchanged_paper(paper: Paper, tmp_path: Path, sources: dict[str, tuple[str, ...]]) -> None:
    """No new revision, and at most three requests, though every page's bytes differ at each answer."""
    define(tmp_path, site_toml(paper.url, **sources))
    (first,) = crawl(tmp_path, "demo-gazette", now=NOON)
    assert first["revisions"] > 10
    assert PRIVATE_PATH not in asked(paper)
    (second,) = crawl(tmp_path, "demo-gazette", now=NOON + timedelta(minutes=10))
    paths = asked(paper)
    assert second["revisions"] == 0
    assert len(paths) <= 3, paths


def test_looking_at_all_again_makes_no_revision(paper: Paper, tmp_path: Path) -> None:
    define(tmp_path, site_toml(paper.url))
    (first,) = crawl(tmp_path, "demo-gazette", now=NOON)
    (second,) = crawl(tmp_path, "demo-gazette", now=NOON + timedelta(minutes=10), recheck="all")
    assert second["revisions"] == 0
    counts = second["counts"]
    assert counts.get("unchanged", 0) + counts.get("not_modified", 0) == first["revisions"]


def test_gaps_between_requests_as_the_server_saw_them(paper: Paper, tmp_path: Path) -> None:
    define(tmp_path, site_toml(paper.url, feeds=(), sections=()).replace("delay_seconds = 0", "delay_seconds = 0.25"))
    crawl(tmp_path, "demo-gazette", now=NOON)
    times = [entry["time"] for entry in paper.log()]
    gaps = [later - earlier for earlier, later in pairwise(times)]
    assert min(gaps) >= 0.24, "a gap of the site's delay between all requests, robots.txt included"


def test_a_crawl_that_is_asked_to_stop_says_so_and_the_next_asks_for_the_rest(paper: Paper, tmp_path: Path) -> None:
    define(tmp_path, site_toml(paper.url, feeds=(), sections=()).replace("delay_seconds = 0", "delay_seconds = 0.2"))
    child = start(tmp_path, NOON)
    wait_for_revisions(tmp_path, 3)
    child.send_signal(signal.SIGTERM)
    out, err = child.communicate(timeout=60)
    assert child.returncode == 1, err
    (stopped,) = json.loads(out)
    assert (stopped["outcome"], stopped["reason_code"], stopped["reason"]) == ("stopped", "asked_to_end", "shutdown")
    define(tmp_path, site_toml(paper.url, feeds=(), sections=()))
    (rest,) = crawl(tmp_path, "demo-gazette", now=NOON + timedelta(minutes=5))
    assert stopped["revisions"] + rest["revisions"] == whole(paper, tmp_path / "other")


def test_a_crawl_that_is_killed_leaves_whole_looks_only(paper: Paper, tmp_path: Path) -> None:
    define(tmp_path, site_toml(paper.url, feeds=(), sections=()).replace("delay_seconds = 0", "delay_seconds = 0.1"))
    for target in (2, 5):
        child = start(tmp_path, NOON)
        wait_for_revisions(tmp_path, target)
        child.kill()
        child.communicate(timeout=60)
        with Store(tmp_path / "news.db") as store:
            assert store.integrity_problems() == []
            held = store.value("SELECT count(*) FROM revisions")
            assert held >= target
    define(tmp_path, site_toml(paper.url, feeds=(), sections=()))
    crawl(tmp_path, "demo-gazette", now=NOON)
    with Store(tmp_path / "news.db", readonly=True) as store:
        outcomes = [row["outcome"] for row in store.rows("SELECT outcome FROM crawls ORDER BY id")]
        numbers = [row["number"] for row in store.rows("SELECT number FROM revisions")]
    assert outcomes == ["lost", "lost", "finished"]
    assert numbers == [1] * whole(paper, tmp_path / "other")


def test_a_site_without_sources_fails_and_says_why(paper: Paper, tmp_path: Path) -> None:
    table = site_table("bare", paper.url, robots_sitemaps=False, sections=["/nowhere/"])
    define(tmp_path, table)
    (row,) = crawl(tmp_path, "bare", code=1)
    assert (row["reason_code"], row["reason"]) == ("no_source", f"no source could be read; {paper.url}nowhere/: status 404")


def test_a_full_disk_ends_the_crawl_and_harms_nothing(paper: Paper, tmp_path: Path) -> None:
    """The ledger's files may not grow beyond a bound, as on a disk that is full."""
    define(tmp_path, site_toml(paper.url, feeds=(), sections=()))
    Store(tmp_path / "news.db").close()
    bound = (tmp_path / "news.db").stat().st_size + 120_000
    child = start(tmp_path, NOON, preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (bound, bound)))
    _, err = child.communicate(timeout=60)
    assert child.returncode == 1, err
    assert "not recorded" in err
    assert "Article(" not in err, "a line that names the page, and not the page"
    with Store(tmp_path / "news.db") as store:
        assert store.integrity_problems() == []
        held = store.value("SELECT count(*) FROM revisions")
    (rest,) = crawl(tmp_path, "demo-gazette", now=NOON)
    assert held + rest["revisions"] == whole(paper, tmp_path / "other")


def test_a_store_that_cannot_be_written_is_said_before_anything_is_asked(paper: Paper, tmp_path: Path) -> None:
    define(tmp_path, site_toml(paper.url))
    (tmp_path / "news.db").write_text("no ledger", encoding="utf-8")
    done = newsledger("crawl", "demo-gazette", "--db", str(tmp_path / "news.db"), "--sites", str(tmp_path / "sites.toml"))
    assert (done.returncode, "news.db: file is not a database" in done.stderr) == (1, True)
    assert asked(paper) == []


def test_usage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    define(tmp_path, site_table("one", "http://127.0.0.1:1/"))
    sites = ("--sites", str(tmp_path / "sites.toml"))
    for arguments, message in (
        (("crawl",), "name sites or URLs, or say --all"),
        (("crawl", "on", *sites), "no site 'on' in the catalogue; there is one"),
        (("crawl", "https://elsewhere.example/a", *sites), "no site of the catalogue has the host"),
        (("crawl", "one", "--recheck", "often"), "'often' is not one of"),
    ):
        done = CliRunner().invoke(main, arguments)
        assert (done.exit_code, message in done.stderr) == (2, True), done.stderr
    (tmp_path / "sites.toml").write_text('[[site]]\nid = "One"\n', encoding="utf-8")
    done = CliRunner().invoke(main, ("crawl", "one", *sites))
    assert (done.exit_code, "sites.toml:2: id:" in done.stderr) == (1, True), done.stderr


def test_sources_that_name_nothing_are_told_with_why(twin: Press, tmp_path: Path) -> None:
    base, command = twin.url.rstrip("/"), ("--db", str(tmp_path / "news.db"), "--sites", str(tmp_path / "sites.toml"))
    sources = {"feeds": ["/login-wall", "/feed.xml?paths=/ok/1"], "sitemaps": ["/list/no-such-name"], "sections": ["/nowhere/"]}
    define(tmp_path, site_table("twin", twin.url, **sources))
    for minutes in (0, 10):
        (row,) = crawl(tmp_path, "twin", now=NOON + timedelta(minutes=minutes))
        assert (row["outcome"], row["reason"]) == ("finished", None)
        assert [(one["url"], one["problem_code"], one["problem"]) for one in row["silent_sources"]] == [
            (f"{base}/login-wall", "unreadable", "no feed: the root element is <html>"),
            (f"{base}/nowhere/", "no_answer", "status 404"),
            (f"{base}/list/no-such-name", "empty", "it names nothing"),
        ]
    done = newsledger("crawl", "twin", *command, now=NOON + timedelta(minutes=20))
    assert f"{base}/login-wall: no feed: the root element is <html>" in done.stdout.splitlines()
    assert f"{base}/list/no-such-name: it names nothing" in done.stdout.splitlines()
    assert "nothing to fetch; passed over: 1 known, and not said to have changed" in done.stdout
    done = newsledger("health", *command, now=NOON + timedelta(minutes=30))
    said = f"  1 source is not what the site's definition says: {base}/login-wall: no feed: the root element is <html>"
    assert (done.returncode, said in done.stdout.splitlines()) == (1, True), done.stdout
    done = newsledger("why", f"{twin.url}ok/9", *command, now=NOON + timedelta(minutes=30))
    assert "/login-wall (no feed: the root element is <html>)" in " ".join(done.stdout.split()), done.stdout

    define(tmp_path, site_table("twin", twin.url, feeds=["/feed.xml?paths=/ok/1"]))
    assert crawl(tmp_path, "twin", now=NOON + timedelta(days=2))[0]["silent_sources"] == []
    assert newsledger("health", *command, now=NOON + timedelta(days=2)).returncode == 0


def test_later_pages_of_a_section_are_read_while_they_are_mostly_new(scripted: ScriptedPaper, tmp_path: Path) -> None:
    """All of a new title's, none without news, and the second where a break was longer than the first page."""
    define(tmp_path, site_table("wick", scripted.url, sections=["/news/"]))
    paths = [f"/news/footbridge-shut-for-winter-{41_000 + number}" for number in range(18)]

    def requested(newest_first: list[str], hours: int) -> set[str]:
        """What a crawl fetches of a list with three articles a page, the last of which leads back to the first."""
        parts = [newest_first[start : start + 3] for start in range(0, len(newest_first), 3)]
        routes = {path: pages.article(number) for number, path in enumerate(paths)}
        for number, part in enumerate(parts, 1):
            onward = pages.front(part, f"<link rel=next href='/news/page/{number % len(parts) + 1}/'>")
            routes |= {f"/news/page/{number}/": onward} | ({"/news/": onward} if number == 1 else {})
        scripted.routes(routes)
        scripted.forget_log()
        crawl(tmp_path, "wick", now=NOON + timedelta(hours=hours), recheck="none")
        return {path for one in scripted.log() if (path := one["path"].rstrip("/")).startswith("/news/")}

    old, new = paths[:9], paths[9:]
    assert requested(old[::-1], 0) == {*old, "/news/page/2", "/news/page/3", "/news/page/1"}
    assert requested([*new[:1], *old[::-1]], 1) == {new[0]}
    assert requested([*new[4:0:-1], new[0], *old[::-1]], 2) == {*new[1:5], "/news/page/2"}


def test_pages_of_a_section_are_numbered_from_where_it_leads(scripted: ScriptedPaper, tmp_path: Path) -> None:
    define(tmp_path, site_table("wick", scripted.url, sections=["/latest/"]))
    paths = [f"/news/footbridge-shut-for-winter-{41_000 + number}" for number in range(9)]
    numbers = ["/news/", "/news/page/2/", "/news/page/3/"]
    lists = {path: pages.front(paths[3 * place : 3 * place + 3], nav=numbers) for place, path in enumerate(numbers)}
    moved = {"status": 302, "headers": {"Location": "/news/"}, "body": ""}
    scripted.routes({path: pages.article(number) for number, path in enumerate(paths)} | lists | {"/latest/": moved})
    scripted.forget_log()
    crawl(tmp_path, "wick", now=NOON, recheck="none")
    assert {one["path"] for one in scripted.log()} >= {*numbers, *paths}


def start(folder: Path, now: datetime, **options: Any) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "crawler", "crawl", "demo-gazette", "--json", "--db", str(folder / "news.db")]
    return Process([*command, "--sites", str(folder / "sites.toml")], env=environment(now), text=True,
                            stdout=subprocess.PIPE, stderr=subprocess.PIPE, **options)  # fmt: skip


def wait_for_revisions(folder: Path, count: int) -> None:
    """Until the ledger holds so many; the file is watched, no time is guessed."""
    deadline = os.times().elapsed + 60
    while os.times().elapsed < deadline:
        if (folder / "news.db").exists():
            try:
                with Store(folder / "news.db", readonly=True) as store:
                    if store.value("SELECT count(*) FROM revisions") >= count:
                        return
            except StoreError:  # the schema is only being made
                continue
    raise AssertionError("the crawl wrote nothing")


def whole(paper: Paper, folder: Path) -> int:
    """How many revisions an undisturbed crawl makes."""
    folder.mkdir()
    define(folder, site_toml(paper.url, feeds=(), sections=()))
    (row,) = crawl(folder, "demo-gazette", now=NOON)
    count: int = row["revisions"]
    return count


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="memory is bounded on Linux")
@pytest.mark.parametrize("megabytes", [80, 110])
def test_memory_that_runs_out_ends_a_crawl_and_says_so(megabytes: int, tmp_path: Path) -> None:
    """Whatever it was about when it did: no page is passed over without a row, unless the crawl's own row says why."""
    with Press(MISBEHAVING) as paper:
        paths = "/ok/1,/ok/2,/million-tags,/huge/9,/million-tags,/ok/3"
        define(tmp_path, site_table("paper", paper.url, sitemaps=[f"/sitemap.xml?paths={paths}"]))
        where = ("--db", str(tmp_path / "news.db"), "--sites", str(tmp_path / "sites.toml"), "--json")
        bounded = ["sh", "-c", f'ulimit -d {megabytes << 10} && exec "$@"', "sh", sys.executable, "-m", "crawler"]
        subprocess.run([*bounded, "crawl", "paper", *where], env=environment(), capture_output=True, check=False, timeout=200)
    with Store(tmp_path / "news.db") as store:
        (row,) = store.rows("SELECT outcome, reason_code, looks, candidates FROM crawls")
        assert store.integrity_problems() == []
    assert row["outcome"] in ("failed", "running") or row["looks"] == row["candidates"], row
    assert row["outcome"] != "failed" or row["reason_code"] in ("out_of_memory", "no_source", "store_failed"), row
