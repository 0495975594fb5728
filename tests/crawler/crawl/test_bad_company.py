"""Crawls against the misbehaving newspaper: each fault ends as one counted row with its reason, and no crawl dies."""

from __future__ import annotations

import os
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from crawler.demo.press import Press
from crawler.schedule.processes import hold
from pipelines.history.validators import ValidatorTrust
from pipelines.proof.verify import verify
from pipelines.store.crawls import put_sites
from pipelines.store.database import Store
from pipelines.store.rows import moment
from pipelines.store.statistics import host_of, load_trust
from pipelines.text.urls import article_key
from tests.crawler.processes import MISBEHAVING, TESTS, crawl, environment, newsledger, site_table
from tests.factories import T0, article, new_ledger, new_store
from tests.forkserver import run

BAD_HEADS = ("two-lengths", "length", "name", "status")
FAULTS = {
    "/ok/1": (200, "new", None),
    "/redirect-chain/3": (200, "unchanged", None),
    "/flaky/2": (200, "new", None),
    "/no-content-type": (200, "new", None),
    "/unknown-charset": (200, "new", None),
    "/wrong-charset": (200, "new", None),
    "/nul-bytes": (200, "new", None),
    "/deep-nesting": (200, "new", None),
    "/duplicate-ids": (200, "new", None),
    "/canonical-to-home": (200, "new", None),
    "/canonical-to-other-article": (200, "new", None),
    "/canonical-to-other-site": (200, "new", None),
    "/empty": (200, "not_article", "empty page"),
    "/html-as-binary": (200, "not_article", "a file of type application/octet-stream"),
    "/soft-404": (200, "not_article", "soft 404: the page says that it was not found"),
    "/login-wall": (200, "not_article", "log-in wall"),
    "/garbage": (200, "not_article", None),
    "/binary-as-html": (200, "not_article", None),
    "/status/404": (404, "gone", "status 404"),
    "/status/403": (403, "refused", "status 403"),
    "/status/500": (500, "error", "status 500"),
    "/truncated": (None, "error", "the answer was cut off"),
    "/bad-chunk": (None, "error", "the answer was cut off"),
    "/bad-status-line": (None, "error", "the answer is not HTTP"),
    **{f"/bad-head/{which}": (None, "error", "the answer is not HTTP") for which in BAD_HEADS},
    "/close": (None, "error", "the connection was closed before an answer"),
    "/gzip-cut-off": (None, "error", "the answer was cut off"),
    "/brotli-cut-off": (None, "error", "the answer was cut off"),
    "/utf16-as-utf8": (200, "new", None),
    "/redirect-to-bad-url": (None, "error", "leads to an address that is none"),
    "/packed-without-a-header": (200, "new", None),
    "/packed-without-a-header-and-cut-off": (200, "error", "not whole: the gzip stream is cut off"),
    "/gzip-lie": (None, "error", "the answer is not packed as it says"),
    "/gzip-bomb": (None, "error", "unpacks to more than the bound on size"),
    "/brotli-bomb": (None, "error", "unpacks to more than the bound on size"),
    "/huge/20": (None, "error", "larger than the bound on size"),
    "/drip": (None, "error", "no whole answer in time"),
    "/redirect-loop": (None, "error", "too many redirects"),
    "/redirect-to-file": (302, "refused", "redirects to file:///etc/passwd"),
    "/redirect-to-ftp": (302, "refused", "redirects to ftp://127.0.0.1/story.html"),
    "/redirect-to-loopback-other-port": (None, "refused", "leads to a private address: 127.0.0.1:{other}"),
    "/redirect-to-private": (None, "refused", "leads to a private address: 10.0.0.1"),
    "/redirect-to-other-site": (None, "refused", "leads away from the site, to other-paper.invalid"),
}
CODES = dict.fromkeys((f"/bad-head/{which}" for which in BAD_HEADS), "not_http") | {
    "/empty": "empty_page", "/html-as-binary": "not_html", "/soft-404": "soft_404", "/login-wall": "login_wall",
    "/status/404": "gone", "/status/403": "refused", "/status/500": "http_error", "/truncated": "not_whole",
    "/bad-chunk": "not_whole", "/packed-without-a-header-and-cut-off": "not_whole",
    "/gzip-cut-off": "not_whole", "/brotli-cut-off": "not_whole", "/bad-status-line": "not_http", "/close": "connection_closed",
    "/redirect-to-bad-url": "bad_address", "/gzip-lie": "bad_encoding", "/gzip-bomb": "unpacks_too_large",
    "/brotli-bomb": "unpacks_too_large", "/huge/20": "too_large", "/drip": "timeout", "/redirect-loop": "too_many_redirects",
    "/redirect-to-file": "moved", "/redirect-to-ftp": "moved", "/redirect-to-loopback-other-port": "private_address",
    "/redirect-to-private": "private_address", "/redirect-to-other-site": "off_site",
}  # fmt: skip
"""Those of the faults whose reason is always the same."""
FETCHES = "SELECT url, status, outcome, reason, reason_code FROM fetches ORDER BY id"


AFTER = datetime(2025, 6, 1, 8, tzinfo=UTC)
"""Later than what the papers' pages are stamped with: a stamp of the future is not believed."""


def path_of(url: str) -> str:
    return urlsplit(url).path


def test_each_fault_is_one_row_with_its_reason(twin: Press, tmp_path: Path) -> None:
    """By `scrapy crawl`, whose settings can make time-outs short."""
    sites, db = tmp_path / "sites.toml", tmp_path / "news.db"
    sites.write_text(site_table("twin", twin.url, sitemaps=[f"/sitemap.xml?paths={','.join(FAULTS)}"]), encoding="utf-8")
    command = (sys.executable, "-m", "scrapy", "crawl", "news", "-a", "site=twin", "-s", "DOWNLOAD_TIMEOUT=1")
    names = {"NEWSLEDGER_DB": str(db), "NEWSLEDGER_SITES": str(sites)}

    def scrapy() -> str:
        done = run(command, cwd=TESTS.parent, env=environment() | names, capture_output=True, text=True, check=False, timeout=120)
        assert done.returncode == 0
        assert "Traceback" not in done.stderr
        return str(done.stderr)

    with hold(tmp_path / "locks", urlsplit(twin.url).netloc):
        assert f"another crawl of {urlsplit(twin.url).netloc} is running (process {os.getpid()})" in scrapy()
    assert twin.log() == []
    scrapy()
    other = urlsplit(twin.ready["other"]).port
    with Store(db) as store:
        found = {path_of(row["url"]): tuple(row.values())[1:] for row in store.rows(FETCHES)}
        assert store.row("SELECT outcome, looks FROM crawls") == {"outcome": "finished", "looks": len(FAULTS)}
        assert store.integrity_problems() == []
    # Of one second, the page that another address led to comes first; of two seconds, the one that was asked for first.
    same = sorted(("/ok/1", "/redirect-chain/3"), key=lambda path: found[path][1])
    found["/ok/1"], found["/redirect-chain/3"] = (found[path] for path in same)
    for path, (status, outcome, reason) in FAULTS.items():
        told = found[path]
        assert told[:2] == (status, outcome), (path, told)
        assert reason is None or told[2] == reason.format(other=other), path
        assert told[3] == CODES[path] if path in CODES else (told[2] is None) == (told[3] is None), path
    assert all(entry["port"] != other for entry in twin.log())
    assert {entry["User-Agent"].partition("/")[0] for entry in twin.log()} == {"Newsledger"}


@pytest.mark.parametrize(
    ("robots", "outcome", "reason", "pages"),
    [
        ("missing", "finished", None, 3),
        ("html", "finished", None, 3),
        ("disallow-all", "failed", "no source could be read; {url}sitemap.xml: robots.txt forbids it", 0),
        (
            "error",
            "failed",
            "no source could be read; {url}sitemap.xml: robots.txt could not be read (status 500), so nothing is asked for",
            0,
        ),
    ],
)
def test_robots(tmp_path: Path, robots: str, outcome: str, reason: str | None, pages: int) -> None:
    with Press((*MISBEHAVING, "--robots", robots)) as twin:
        (tmp_path / "sites.toml").write_text(site_table("twin", twin.url, sitemaps=["/sitemap.xml"]), encoding="utf-8")
        (row,) = crawl(tmp_path, "twin", code=0 if outcome == "finished" else 1)
        asked = [entry["path"] for entry in twin.log() if not entry["path"].startswith(("/robots", "/.well-known/"))]
        told = reason.format(url=twin.url) if reason else None
    assert (row["outcome"], row["reason"], row["revisions"], len(asked)) == (outcome, told, pages, pages and pages + 1)


@pytest.mark.parametrize("robots", ["endless", "bomb", "second-hand"])
def test_rules_hold_however_robots_is_sent(tmp_path: Path, robots: str) -> None:
    with Press((*MISBEHAVING, "--robots", robots)) as twin:
        table = site_table("twin", twin.url, sitemaps=["/sitemap.xml?paths=/private/1,/ok/1"])
        (tmp_path / "sites.toml").write_text(table, encoding="utf-8")
        crawl(tmp_path, "twin")
        asked = [path_of(entry["path"]) for entry in twin.log() if not entry["path"].startswith("/.well-known/")]
    assert asked == ["/robots.txt", "/sitemap.xml", "/ok/1"]


def test_robots_is_followed_to_another_host_unless_that_is_private(tmp_path: Path) -> None:
    with Press((*MISBEHAVING, "--robots", "elsewhere")) as twin:
        there = urlsplit(twin.ready["other"]).port
        sources = {"sitemaps": ["/sitemap.xml?paths=/private/1,/ok/1"]}
        tables = {"alone": sources, "both": {**sources, "feeds": [f"{twin.ready['other']}/feed.xml?paths=/ok/2"]}}
        asked = {}
        for site_id, keys in tables.items():
            (tmp_path / "sites.toml").write_text(site_table(site_id, twin.url, **keys), encoding="utf-8")
            crawl(tmp_path, site_id, code=site_id == "alone")
            asked[site_id] = {(entry["port"] == there, path_of(entry["path"])) for entry in twin.log()}
            twin.forget_log()
    assert asked["alone"] == {(False, "/robots.txt")}, "where the rules cannot be reached, nothing is asked for"
    assert {(True, "/robots.txt"), (False, "/ok/1")} < asked["both"]
    assert (False, "/private/1") not in asked["both"]


def test_a_name_that_leads_to_this_machine_is_asked_at_its_own_port_only(twin: Press, tmp_path: Path) -> None:
    name = "www.stanton-mercury.com"
    here, there = urlsplit(twin.url).port, urlsplit(twin.ready["other"]).port
    lines = ("import socket", "found = socket.getaddrinfo",
             f"socket.getaddrinfo = lambda host, *more: found('127.0.0.1' if host == {name!r} else host, *more)")  # fmt: skip
    (tmp_path / "sitecustomize.py").write_text("\n".join(lines), encoding="utf-8")
    sitemaps = [f"/sitemap.xml?paths=/ok/{n}&base=http://{name}:{port}" for n, port in enumerate((here, there))]
    table = site_table("twin", f"http://{name}:{here}/", sitemaps=sitemaps, delay_seconds=0.01)
    (tmp_path / "sites.toml").write_text(table, encoding="utf-8")
    env = environment()
    command = (sys.executable, "-m", "crawler", "crawl", "twin", "--sites", "sites.toml", "--db", "news.db")
    names = env | {"PYTHONPATH": f"{tmp_path}{os.pathsep}{env['PYTHONPATH']}"}
    done = run(command, cwd=tmp_path, env=names, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stderr
    assert f"{name}:{there} resolves to the private address 127.0.0.1" in done.stderr
    assert {path_of(entry["path"]) for entry in twin.log()} >= {"/robots.txt", "/ok/0"}
    assert [entry for entry in twin.log() if entry["port"] == there] == []
    with Store(tmp_path / "news.db", readonly=True) as store:
        reasons = {path_of(row["url"]): row["reason"] for row in store.rows(FETCHES)}
    assert reasons["/ok/0"] is None
    assert f"leads to a private address: {name}:{there}" in reasons["/ok/1"]


def test_a_source_that_nobody_can_read_fails_the_crawl_with_its_reason(twin: Press, tmp_path: Path) -> None:
    table = site_table("twin", twin.url, robots_sitemaps=False, feeds=["/garbage"])
    (tmp_path / "sites.toml").write_text(table, encoding="utf-8")
    (row,) = crawl(tmp_path, "twin", code=1)
    assert row["outcome"] == "failed"
    assert row["reason"].startswith(f"no source could be read; {twin.url}garbage: ")


def test_a_known_article_that_leads_to_a_section_is_suspected(twin: Press, tmp_path: Path) -> None:
    with new_store(tmp_path) as store:
        put_sites(store, [{"id": "twin", "name": "Twin", "url": twin.url}])
        new_ledger(store, "twin").record(article(url=f"{twin.url}redirect-to-section"))
    (tmp_path / "sites.toml").write_text(site_table("twin", twin.url, sitemaps=["/sitemap.xml"]), encoding="utf-8")
    crawl(tmp_path, "twin")
    with Store(tmp_path / "news.db", readonly=True) as store:
        assert store.value("SELECT state FROM articles WHERE id = 1") == "suspected"
        assert store.row("SELECT outcome, reason, reason_code FROM fetches WHERE article_id = 1 ORDER BY id DESC") == {
            "outcome": "suspected", "reason": f"leads to {twin.url}section/: no text", "reason_code": "leads_elsewhere",
        }  # fmt: skip


def test_one_page_named_on_the_command_line(twin: Press, tmp_path: Path) -> None:
    (tmp_path / "sites.toml").write_text(site_table("twin", twin.url, sitemaps=["/sitemap.xml"]), encoding="utf-8")
    (row,) = crawl(tmp_path, f"{twin.url}ok/7")
    assert [path_of(change["url"]) for change in row["changes"]] == ["/ok/7"]
    assert [entry["path"] for entry in twin.log()] == ["/robots.txt", "/ok/7", "/.well-known/tdmrep.json"]


def trust_the_host(folder: Path, url: str) -> None:
    """As if the host had often been found true when it vouched for a page."""
    with Store(folder / "news.db") as store:
        store.execute("INSERT INTO hosts (host, passed, losses) VALUES (?, 9999, 0)", (host_of(url),))


def answers(folder: Path, url: str) -> list[tuple[int, str]]:
    with Store(folder / "news.db", readonly=True) as store:
        rows = store.rows("SELECT status, outcome FROM fetches WHERE url = ? ORDER BY id", (url,))
        return [(row["status"], row["outcome"]) for row in rows]


def test_a_304_is_asked_for_once_it_is_earned_and_moves_last_seen(twin: Press, tmp_path: Path) -> None:
    (tmp_path / "sites.toml").write_text(
        site_table("twin", twin.url, sitemaps=["/sitemap.xml?paths=/etag-weak"]), encoding="utf-8"
    )
    times = [T0 + timedelta(hours=2 * n) for n in range(18)]  # a full fetch is drawn by lot: one in two, 14 times
    for now in times:
        crawl(tmp_path, "twin", now=now, recheck="all")
    told = answers(tmp_path, f"{twin.url}etag-weak")
    assert told[:4] == [(200, "new"), (200, "unchanged"), (200, "unchanged"), (200, "unchanged")]
    assert (304, "not_modified") in told[4:]
    with Store(tmp_path / "news.db", readonly=True) as store:
        assert store.row("SELECT revision_count, last_seen FROM articles") == {
            "revision_count": 1,
            "last_seen": moment(times[-1]),
        }
        trust = store.row("SELECT passed, losses FROM hosts")
        assert trust == {"passed": sum(answer == (200, "unchanged") for answer in told), "losses": 0}


def test_a_host_that_says_304_over_a_changed_text_is_caught_and_loses_its_trust(twin: Press, tmp_path: Path) -> None:
    """Its text is another at each request, under one ETag; it is trusted, and one look in twenty is in full all the same."""
    liar = f"{twin.url}etag-always-304"
    table = site_table("twin", twin.url, sitemaps=["/sitemap.xml?paths=/etag-always-304,/etag-weak"])
    (tmp_path / "sites.toml").write_text(table, encoding="utf-8")
    crawl(tmp_path, "twin", now=AFTER)
    trust_the_host(tmp_path, twin.url)
    host = load(tmp_path, host_of(twin.url))
    drawn = (n for n in range(1, 5_000) if host.wants_all(article_key(liar), moment(AFTER + timedelta(days=n - 1)), AFTER))
    first = next(drawn)
    # Days before the draw are left out: each look in between would be a 304, and the next draw depends on the last look.
    with Store(tmp_path / "news.db") as store:
        looked = moment(AFTER + timedelta(days=first - 1))
        store.execute("UPDATE articles SET last_checked = ?, last_seen = ?", (looked, looked))
    (row,) = crawl(tmp_path, "twin", now=AFTER + timedelta(days=first), recheck="all")
    assert answers(tmp_path, liar)[-1] == (200, "silent")
    assert row["reason_code"] == "validators_lied"
    assert row["reason"] == f"{host_of(twin.url)} vouched for a text that had changed: {liar}"
    lost = load(tmp_path, host_of(twin.url))
    assert (lost.losses, lost.lost_url) == (1, liar)
    (row,) = crawl(tmp_path, "twin", now=AFTER + timedelta(days=first + 1), recheck="all")
    assert (row["counts"]["silent"], row["counts"]["unchanged"]) == (1, 1), "all is asked in full now"
    with Store(tmp_path / "news.db", readonly=True) as store:
        reason = store.value("SELECT reason FROM fetches WHERE outcome = 'silent' ORDER BY id")
        assert "its 304s are not trusted for a while" in reason
        assert store.value("SELECT count(*) FROM silent_edits") == 2
    where = ("--db", str(tmp_path / "news.db"), "--sites", str(tmp_path / "sites.toml"))
    said = newsledger("why", liar, *where, now=AFTER + timedelta(days=first + 2)).stdout
    assert "was found vouching for a text that had changed" in said


def load(folder: Path, host: str) -> ValidatorTrust:
    with Store(folder / "news.db", readonly=True) as store:
        return load_trust(store)[host]


def test_a_sitemap_that_always_says_now_is_not_believed(twin: Press, tmp_path: Path) -> None:
    (tmp_path / "sites.toml").write_text(site_table("twin", twin.url, sitemaps=["/lying-lastmod"]), encoding="utf-8")
    crawl(tmp_path, "twin")
    (again,) = crawl(tmp_path, "twin")
    assert (again["looks"], again["requests"]) == (0, 2)


def test_a_site_that_names_no_source_is_read_from_its_front_page(tmp_path: Path) -> None:
    with Press((*MISBEHAVING, "--robots", "missing")) as twin:
        (tmp_path / "sites.toml").write_text(site_table("twin", twin.url, article_url="^/ok/"), encoding="utf-8")
        (row,) = crawl(tmp_path, "twin")
    assert row["outcome"] == "finished"
    assert sorted(path_of(change["url"]) for change in row["changes"]) == ["/ok/1", "/ok/2", "/ok/3"]


def test_extract_looks_at_a_page_and_keeps_nothing(twin: Press, tmp_path: Path) -> None:
    done = newsledger("extract", f"{twin.url}ok/1", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert '"kind": "article"' in done.stdout
    assert list(tmp_path.iterdir()) == []
    refused = newsledger("extract", f"{twin.url}redirect-to-private", cwd=tmp_path)
    assert (
        '"kind": "not_article", "reason": "leads to a private address: 10.0.0.1", "reason_code": "private_address"'
        in refused.stdout
    )


def test_several_sites_are_crawled_by_child_processes(twin: Press, tmp_path: Path) -> None:
    urls = {"one": twin.url, "two": twin.ready["other"]}
    tables = [site_table(name, url, sitemaps=["/sitemap.xml"]) for name, url in urls.items()]
    (tmp_path / "sites.toml").write_text("\n".join(tables), encoding="utf-8")
    rows = crawl(tmp_path, "one", "two")
    assert [(row["site_id"], row["outcome"], row["revisions"]) for row in rows] == [
        ("one", "finished", 3),
        ("two", "finished", 3),
    ]


def test_what_is_not_the_page_at_one_visit_is_no_edit_and_its_end_no_revert(twin: Press, tmp_path: Path) -> None:
    """Three visits, a day apart; what comes at the second is in `SECOND` of the paper's bad bodies."""
    kinds = (
        "unlengthed",
        "part",
        "accepted",
        "transformed",
        "deflate",
        "twice-packed",
        "unasked",
        "maintenance",
        "app",
        "trouble",
    )
    paths = ",".join(f"/second/{kind}" for kind in kinds)
    (tmp_path / "sites.toml").write_text(site_table("twin", twin.url, sitemaps=[f"/sitemap.xml?paths={paths}"]), encoding="utf-8")
    for day in range(3):
        crawl(tmp_path, "twin", now=AFTER + timedelta(days=day), recheck="all")
    with Store(tmp_path / "news.db") as store:
        found: dict[str, list[str]] = {}
        for row in store.rows("SELECT url, outcome FROM fetches WHERE url LIKE '%/second/%' ORDER BY id"):
            found.setdefault(row["url"].rpartition("/")[2], []).append(row["outcome"])
        assert set(found) == set(kinds)
        for kind, outcomes in found.items():
            assert (outcomes[0], outcomes[2]) == ("new", "unchanged"), (kind, outcomes)
            assert outcomes[1] in ("error", "quarantined", "refused", "not_article", "suspected"), (kind, outcomes)
        assert store.value("SELECT count(*) FROM revisions") == len(kinds)
        assert list(verify(store, None)) == []
