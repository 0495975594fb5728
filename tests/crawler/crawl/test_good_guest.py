"""Crawls as the server saw them: gaps, waits, and when nothing more was asked."""

from __future__ import annotations

import json
import re
import sys
import time
from datetime import timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from crawler.demo.press import Press
from crawler.middlewares.throttle import ON_ITS_WAY_SECONDS
from crawler.schedule.processes import RetryAfterFile
from pipelines.store.database import Store
from tests.crawler.processes import MISBEHAVING, crawl, environment, site_table
from tests.factories import T0
from tests.forkserver import Process

TDM_FILE = "/.well-known/tdmrep.json"
DELAY = 0.1
RESTLESS = (
    "/ok/1", "/status/500", "/flaky/1", "/retry-after/1", "/retry-after-date/1", "/redirect-chain/3", "/status/403", "/close",
    "/status/503", "/status/404", "/ok/2",
)  # fmt: skip


def define(folder: Path, twin: Press, *paths: str, **keys: Any) -> None:
    sitemap = f"{twin.url}sitemap.xml?paths={','.join(paths)}"
    (folder / "sites.toml").write_text(site_table("twin", **{"url": twin.url, "sitemaps": [sitemap], **keys}), encoding="utf-8")


def asked(twin: Press) -> list[str]:
    return [path for entry in twin.log() if (path := urlsplit(entry["path"]).path) != TDM_FILE]


def looks(folder: Path) -> list[tuple[str, int, str, str]]:
    with Store(folder / "news.db", readonly=True) as store:
        rows = list(store.rows("SELECT url, status, outcome, reason FROM fetches ORDER BY id"))
    return [(urlsplit(row["url"]).path, row["status"], row["outcome"], row["reason"]) for row in rows]


def test_gaps_are_never_shorter_than_the_delay(twin: Press, tmp_path: Path) -> None:
    """Whatever the answers are: retries, redirects, waits, robots.txt and the sitemap included."""
    define(tmp_path, twin, *RESTLESS, delay_seconds=DELAY)
    (row,) = crawl(tmp_path, "twin")
    log = twin.log()
    assert len(log) == row["requests"] == 26
    gaps = [(after["time"] - before["time"], after["path"]) for before, after in pairwise(log)]
    assert min(gaps) >= (DELAY, ""), gaps
    refused = next(n for n, entry in enumerate(log) if entry["path"] == "/retry-after/1")
    assert log[refused + 1]["time"] - log[refused]["time"] >= 1.0
    assert {path: outcome for path, _, outcome, _ in looks(tmp_path)} == {
        "/ok/1": "new", "/ok/2": "new", "/flaky/1": "new", "/retry-after/1": "new", "/retry-after-date/1": "new",
        "/redirect-chain/3": "unchanged", "/status/403": "refused", "/status/404": "gone", "/status/500": "error",
        "/status/503": "error", "/close": "error",
    }  # fmt: skip


def test_pauses_grow_while_a_host_fails(twin: Press, tmp_path: Path) -> None:
    define(tmp_path, twin, "/status/500", "/ok/1", "/ok/2", delay_seconds=DELAY)
    crawl(tmp_path, "twin")
    log = [entry for entry in twin.log() if entry["path"].startswith(("/status", "/ok"))]
    assert [entry["path"] for entry in log] == ["/status/500", "/ok/1", "/ok/2", "/status/500", "/status/500"]
    first, second, third, fourth = (after["time"] - before["time"] for before, after in pairwise(log))
    assert first >= 2 * DELAY
    assert min(second, third) >= DELAY
    assert fourth >= 2 * DELAY


def test_a_crawl_delay_is_kept_from_the_first_page_on(tmp_path: Path) -> None:
    with Press((*MISBEHAVING, "--robots", "crawl-delay")) as twin:
        define(tmp_path, twin, "/ok/1", delay_seconds=DELAY)
        crawl(tmp_path, "twin")
        times = [entry["time"] for entry in twin.log()]
    assert [after - before >= 2.0 for before, after in pairwise(times)] == [True, True, True]


@pytest.mark.parametrize(
    ("paths", "how"),
    [
        ([f"/forbidden/{n}" for n in range(1, 9)], "status 403"),
        (
            [f"/challenge/{n}" for n in range(1, 9)],
            "status 403, a challenge page (cf-mitigated: challenge); status 200, a challenge page (titled \"just a moment\")",
        ),
    ],
)  # fmt: skip
def test_a_host_that_refuses_is_left_alone(twin: Press, tmp_path: Path, paths: list[str], how: str) -> None:
    define(tmp_path, twin, "/ok/1", *paths, "/ok/2")
    (row,) = crawl(tmp_path, "twin", code=1)
    host = urlsplit(twin.url).netloc
    assert (row["outcome"], row["reason_code"], row["reason"]) == (
        "failed", "host_suspended", f"{host} refused 5 times ({how}): nothing more is asked of it in this crawl",
    )  # fmt: skip
    assert asked(twin) == ["/robots.txt", "/sitemap.xml", "/ok/1", *paths[:5]]
    assert [(path, outcome) for path, _, outcome, _ in looks(tmp_path)] == [
        ("/ok/1", "new"), *((path, "refused") for path in paths[:5]),
    ]  # fmt: skip
    assert row["counts"]["skipped"] == {"host_suspended": 4}
    twin.forget_log()
    (again,) = crawl(tmp_path, "twin")
    assert asked(twin) == ["/robots.txt", "/", "/sitemap.xml", *paths[5:], "/ok/2"], (
        "the front page answered, so the rest is asked"
    )
    assert again["outcome"] == "finished"


def test_a_host_that_refused_the_last_time_is_asked_one_page_first(twin: Press, tmp_path: Path) -> None:
    define(tmp_path, twin, *(f"/forbidden/{n}" for n in range(9)), url=f"{twin.url}forbidden/100")
    crawl(tmp_path, "twin", code=1)
    twin.forget_log()
    (row,) = crawl(tmp_path, "twin", code=1)
    assert asked(twin) == ["/robots.txt", "/forbidden/100"]
    assert "refused once (status 403)" in row["reason"]


def test_a_wait_that_is_too_long_ends_the_crawl(twin: Press, tmp_path: Path) -> None:
    define(tmp_path, twin, "/ok/1", "/retry-after/3600", "/ok/2", "/ok/3")
    (row,) = crawl(tmp_path, "twin", code=1)
    assert "asks to wait 3600 s: nothing more is asked of it in this crawl" in row["reason"]
    assert asked(twin) == ["/robots.txt", "/sitemap.xml", "/ok/1", "/retry-after/3600"]
    assert looks(tmp_path)[-1] == ("/retry-after/3600", 429, "error", "status 429")
    twin.forget_log()
    words, host = RetryAfterFile(tmp_path / "locks"), urlsplit(twin.url).netloc
    left = words.read(host)
    assert 3400 < left < 3600
    (again,) = crawl(tmp_path, "twin", code=1)
    told = re.search(r"asks to wait (\d+) s more: nothing more is asked of it in this crawl$", again["reason"])
    assert told
    assert round(words.read(host)) <= int(told[1]) <= round(left), "what is left of the wait when it is told"
    assert asked(twin) == [], "nor is it asked by the next crawl, not even for robots.txt"
    words.write(host, 0)
    crawl(tmp_path, "twin")
    assert asked(twin) == ["/robots.txt", "/", "/sitemap.xml", "/ok/2", "/ok/3"]


def test_a_gap_is_kept_from_one_crawl_to_the_next(twin: Press, tmp_path: Path) -> None:
    """Even where the first was killed right after it asked."""
    define(tmp_path, twin, "/ok/1", delay_seconds=30)
    where = ("--db", str(tmp_path / "news.db"), "--sites", str(tmp_path / "sites.toml"))
    first = Process([sys.executable, "-m", "crawler", "crawl", "twin", *where, "--json"], env=environment())
    while not twin.log():
        assert first.poll() is None
        time.sleep(0.02)
    first.kill()
    first.wait()
    define(tmp_path, twin, "/ok/1", delay_seconds=2)
    words = RetryAfterFile(tmp_path / "locks")
    left = words.read(urlsplit(twin.url).netloc)
    assert 15 < left <= 30 + ON_ITS_WAY_SECONDS, "the pause, and until the killed request has arrived"
    words.write(urlsplit(twin.url).netloc, 4)
    crawl(tmp_path, "twin")
    times = [entry["time"] for entry in twin.log()]
    assert times[1] - times[0] >= 4
    assert min(after - before for before, after in pairwise(times)) >= 2


def test_sites_of_one_host_read_its_robots_txt_once_a_round(twin: Press, tmp_path: Path) -> None:
    """And the one pause goes on from crawl to crawl; the next round reads it anew."""
    tables = [
        site_table(name, twin.url, sitemaps=[f"/sitemap.xml?paths=/ok/{n}"], robots_sitemaps=False, delay_seconds=DELAY)
        for n, name in enumerate(("north", "south", "west"))
    ]
    (tmp_path / "sites.toml").write_text("\n".join(tables), encoding="utf-8")
    for name in ("north", "south", "west"):
        crawl(tmp_path, name)
    assert [path for path in asked(twin) if not path.startswith("/ok/")] == ["/robots.txt", *["/sitemap.xml"] * 3]
    assert [entry["path"] for entry in twin.log()].count(TDM_FILE) == 1
    assert min(after["time"] - before["time"] for before, after in pairwise(twin.log())) >= DELAY
    twin.forget_log()
    crawl(tmp_path, "north")
    assert asked(twin)[0] == "/robots.txt"


def test_a_crawl_that_ends_leaves_no_longer_wait_than_is_owed(twin: Press, tmp_path: Path) -> None:
    define(tmp_path, twin, "/ok/1", "/ok/2", delay_seconds=0)
    crawl(tmp_path, "twin")
    assert RetryAfterFile(tmp_path / "locks").read(urlsplit(twin.url).netloc) == 0, "what is noted on the way is longer"


@pytest.mark.parametrize(("robots", "asks"), [("forbidden", 1), ("busy", 2)])
def test_robots_that_is_refused_or_busy(tmp_path: Path, robots: str, asks: int) -> None:
    """401 and 403 allow all (RFC 9309, 2.3.1.3); 429 is asked again when it says."""
    with Press((*MISBEHAVING, "--robots", robots)) as twin:
        define(tmp_path, twin, "/ok/1")
        (row,) = crawl(tmp_path, "twin")
        log = twin.log()
    assert [urlsplit(entry["path"]).path for entry in log] == [*["/robots.txt"] * asks, "/sitemap.xml", "/ok/1", TDM_FILE]
    assert json.dumps(row["counts"]).startswith('{"new": 1')
    assert asks == 1 or log[1]["time"] - log[0]["time"] >= 1.0


RESERVING = ("/tdm-header", "/tdm-meta", "/tdm-file/1", "/tdm-file/2", "/noarchive", "/ok/1")


@pytest.mark.parametrize(
    ("policy", "reserved"),
    [
        ({}, ["/tdm-header", "/tdm-meta", "/tdm-file/1", "/tdm-file/2"]),
        ({"tdm": "ignore"}, []),
        ({"tdm": "ignore", "noarchive": "skip"}, ["/noarchive"]),
    ],
)
def test_what_is_reserved_is_passed_over(twin: Press, tmp_path: Path, policy: dict[str, str], reserved: list[str]) -> None:
    define(tmp_path, twin, *RESERVING, **policy)
    (row,) = crawl(tmp_path, "twin")
    found = {path: (outcome, reason) for path, _, outcome, reason in looks(tmp_path)}
    assert [path for path in RESERVING if found[path][0] == "reserved"] == reserved
    assert row["outcome"] == "finished"
    paths = [entry["path"] for entry in twin.log()]
    assert paths.count(TDM_FILE) == ("tdm" not in policy), "asked once, and only where it counts"
    with Store(tmp_path / "news.db", readonly=True) as store:
        kept = {
            urlsplit(row["url"]).path: (row["robots"], row["tdm"]) for row in store.rows("SELECT url, robots, tdm FROM fetches")
        }
    assert kept["/tdm-header"] == (None, "1 https://paper.invalid/mining")
    assert kept["/noarchive"] == ("noarchive", None)
    assert kept["/ok/1"] == (None, None)
    if not policy:
        assert found["/tdm-header"][1] == "text and data mining is reserved, policy https://paper.invalid/mining"
        assert kept["/tdm-file/2"] == (None, "1")


def test_a_known_article_that_becomes_reserved_is_seldom_looked_at(twin: Press, tmp_path: Path) -> None:
    define(tmp_path, twin, "/tdm-header", tdm="ignore")
    crawl(tmp_path, "twin", now=T0)
    define(tmp_path, twin, "/tdm-header")
    asks = []
    for hours in (1, 2, 24, 26, 24 * 6, 24 * 9, 24 * 10):
        twin.forget_log()
        crawl(tmp_path, "twin", now=T0 + timedelta(hours=hours))
        asks.append("/tdm-header" in asked(twin))
    assert asks == [True, False, False, True, False, True, False]
    with Store(tmp_path / "news.db", readonly=True) as store:
        assert store.row("SELECT revision_count, state FROM articles") == {"revision_count": 1, "state": "live"}
