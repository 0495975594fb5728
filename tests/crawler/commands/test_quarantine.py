"""A template that changes overnight: no edit is invented, the site is ill within one crawl, and a replay mends it."""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from crawler.demo.press import Press
from pipelines.store.database import Store
from tests.crawler.processes import TESTS, crawl, newsledger, site_table
from tests.factories import T0
from tests.papers.relaid import COUNT

EVENING, MORNING, NOON = T0, T0 + timedelta(hours=12), T0 + timedelta(hours=16)


class Relaid(Press):
    """The paper that changes its template, in a child process."""

    def __init__(self) -> None:
        super().__init__((sys.executable, str(TESTS / "papers" / "relaid.py")))

    def put(self, what: str, said: str) -> None:
        self._ask("PUT", f"/_{what}", said)


@pytest.fixture(scope="module")
def evening(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Relaid, Path]]:
    """The paper, and the ledger of its first crawl."""
    folder = tmp_path_factory.mktemp("evening")
    with Relaid() as paper:
        table = site_table("courier", paper.url, article_url=r"-(?P<id>\d{7})$", robots_sitemaps=False, sitemaps=["/sitemap.xml"])
        (folder / "sites.toml").write_text(table, encoding="utf-8")
        (first,) = crawl(folder, "courier", now=EVENING)
        assert first["revisions"] == COUNT
        yield paper, folder


@pytest.fixture
def paper(evening: tuple[Relaid, Path], tmp_path: Path) -> Relaid:
    """The paper as it was on the evening, whose ledger and archive lie in `tmp_path`."""
    paper, folder = evening
    paper.put("layout", "plain")
    paper.put("words", "")
    for name in ("sites.toml", "news.db"):
        shutil.copy(folder / name, tmp_path / name)
    shutil.copytree(folder / "warc", tmp_path / "warc")
    return paper


def where(folder: Path) -> tuple[str, ...]:
    return "--db", str(folder / "news.db")


def told(folder: Path, *arguments: str, code: int = 0, **keys: Any) -> Any:
    done = newsledger(*arguments, *where(folder), "--json", **keys)
    assert done.returncode == code, done.stderr
    return json.loads(done.stdout)


def findings(folder: Path, now: Any) -> list[str]:
    sites = told(folder, "health", "--sites", str(folder / "sites.toml"), now=now, code=1)
    return [finding["code"] for finding in sites[0]["findings"]]


def history(folder: Path) -> list[tuple[str, str]]:
    with Store(folder / "news.db", readonly=True) as store:
        sql = "SELECT a.url, r.change FROM revisions r JOIN articles a ON a.id = r.article_id ORDER BY a.url, r.number"
        return [(row["url"], row["change"]) for row in store.rows(sql)]


@pytest.mark.parametrize("layout", ["promoted", "nameless"])
def test_a_new_template_is_no_edit(paper: Relaid, tmp_path: Path, layout: str) -> None:
    before = history(tmp_path)
    paper.put("layout", layout)
    (crawled,) = crawl(tmp_path, "courier", now=MORNING, recheck="all")
    assert history(tmp_path) == before
    assert crawled["counts"]["quarantined"] == COUNT
    assert "quarantined" in findings(tmp_path, MORNING)
    aside = told(tmp_path, "quarantine", "list")
    assert len(aside) == COUNT
    assert all(row["page_kept"] and row["reason"] for row in aside)


def test_when_the_old_template_is_back_nothing_is_left_in_quarantine(paper: Relaid, tmp_path: Path) -> None:
    before = history(tmp_path)
    paper.put("layout", "promoted")
    crawl(tmp_path, "courier", now=MORNING, recheck="all")
    paper.put("layout", "plain")
    crawl(tmp_path, "courier", now=NOON, recheck="all")
    assert history(tmp_path) == before
    assert told(tmp_path, "quarantine", "list") == []


def test_an_extraction_that_is_mended_replays_what_was_put_aside(paper: Relaid, tmp_path: Path) -> None:
    """The code of the evening does not know the template of the morning; ours does. One edit was made meanwhile."""
    old = an_older_version(tmp_path)
    paper.put("layout", "scripted")
    paper.put("words", "3=The committee has been dissolved.")
    where = ("--db", str(tmp_path / "news.db"), "--sites", str(tmp_path / "sites.toml"))
    done = newsledger("crawl", "courier", "--recheck", "all", *where, now=MORNING, cwd=old, packages=old)
    assert done.returncode == 0, done.stderr
    assert {change for _, change in history(tmp_path)} == {"new"}, "nothing was invented"
    assert len(told(tmp_path, "quarantine", "list")) == COUNT
    replayed = told(tmp_path, "quarantine", "replay", "--sites", str(tmp_path / "sites.toml"), now=NOON)
    assert replayed == {"recorded": COUNT, "left": 0}
    with Store(tmp_path / "news.db", readonly=True) as store:
        outcomes = {row["outcome"] for row in store.rows("SELECT outcome FROM fetches WHERE crawl_id = 2")}
        body = store.value(
            "SELECT r.body FROM revisions r JOIN articles a ON a.latest_revision_id = r.id WHERE a.url LIKE '%4500003'"
        )
    assert body.endswith("The committee has been dissolved.")
    assert outcomes <= {"quarantined", "unchanged", "reread"}, "read by other code, so no edit is claimed"


def test_what_still_reads_as_badly_is_left_where_it_is(paper: Relaid, tmp_path: Path) -> None:
    """Nothing was mended: a replay believes no more than the crawl did."""
    before = history(tmp_path)
    paper.put("layout", "nameless")
    crawl(tmp_path, "courier", now=MORNING, recheck="all")
    replayed = told(tmp_path, "quarantine", "replay", "--sites", str(tmp_path / "sites.toml"), now=NOON)
    assert replayed == {"recorded": 0, "left": COUNT}
    assert history(tmp_path) == before


def test_a_person_may_accept_or_drop(paper: Relaid, tmp_path: Path) -> None:
    paper.put("layout", "nameless")
    crawl(tmp_path, "courier", now=MORNING, recheck="all")
    catalogue = ("--sites", str(tmp_path / "sites.toml"))
    aside = told(tmp_path, "quarantine", "list", *catalogue)[0]
    first = aside["id"]
    assert aside["in_catalogue"]
    assert newsledger("quarantine", "drop", str(first), "--site", "other", *catalogue, *where(tmp_path)).returncode == 2
    assert told(tmp_path, "quarantine", "replay", now=NOON)["in_no_catalogue"] == ["courier"], "of the shipped one"
    assert told(tmp_path, "quarantine", "drop", str(first), "--site", "courier", *catalogue) == {"dropped": 1}
    assert newsledger("quarantine", "drop", str(first), *where(tmp_path)).returncode == 2, "it has left"
    accepted = told(tmp_path, "quarantine", "accept", "--site", "courier", "--sites", str(tmp_path / "sites.toml"), now=NOON)
    assert accepted == {"recorded": COUNT - 1, "left": 0}
    assert sum(change == "silent" for _, change in history(tmp_path)) == COUNT - 1


def test_edits_of_people_pass(paper: Relaid, tmp_path: Path) -> None:
    """Some articles edited in one night, all by the same words."""
    for number in range(5):
        paper.put("words", f"{number}=The committee has asked for more time.")
    (crawled,) = crawl(tmp_path, "courier", now=MORNING, recheck="all")
    assert crawled["counts"]["silent"] == 5
    assert told(tmp_path, "quarantine", "list") == []


def an_older_version(folder: Path) -> Path:
    """Our own code as it was before it learned the scripted template."""
    root = folder / "older"
    for package in ("crawler", "pipelines"):
        shutil.copytree(TESTS.parent / package, root / package, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(TESTS.parent / "docs" / "schema.md", root / "pipelines" / "store" / "schema")  # as a wheel has it
    families = root / "crawler" / "extraction" / "families" / "__init__.py"
    text = families.read_text(encoding="utf-8")
    assert ", ArcXp())" in text
    families.write_text(text.replace(", ArcXp())", ")"), encoding="utf-8")
    return root
