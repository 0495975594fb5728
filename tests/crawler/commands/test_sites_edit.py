"""`newsledger sites enable|disable|rename|retire|merge`, on real files and ledgers."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from crawler.cli import main
from crawler.schedule.processes import hold
from pipelines.proof.verify import verify
from pipelines.store.crawls import CrawlOutcome, finish_crawl, put_sites, start_crawl
from pipelines.store.database import Store
from pipelines.store.rows import moment
from tests.factories import T0, article, at, new_ledger, new_store

MINE = """# kept by Mo
[[site]]
id = "sentinel"   # since 1904
name = "Valley Sentinel"
url = "https://sentinel.example/"
timezone = "Europe/Dublin"

# its sister, until they were joined
[[site]]
id = "crier"
name = "Hill Crier"
url = "https://crier.example/"
timezone = "Europe/Dublin"
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two sites of the operator's own, each with two articles, one of which both papers number alike."""
    (tmp_path / "own.toml").write_text(MINE, encoding="utf-8")
    with new_store(tmp_path) as store:
        for site in ("sentinel", "crier"):
            put_sites(store, [{"id": site, "name": site, "url": f"https://{site}.example/"}])
            writer = new_ledger(store, site)
            fire, flood = (f"https://{site}.example/{slug}" for slug in ("fire-1234567", "flood"))
            same = {"url": fire, "headline": f"Fire, says the {site}", "fetch": {"external_id": "1234567"}}
            writer.record(article(**same))
            writer.record(article("Two were hurt.", seen=10, modified=9, **same))
            writer.record(article("Quite another text.", url=flood, headline=f"Flood, says the {site}"))
            finish_crawl(store, store.value("SELECT max(id) FROM crawls"), CrawlOutcome.FINISHED, at(20))
    return tmp_path


def run(folder: Path, *arguments: str, hours: float = 30, code: int = 0) -> Result:
    said = {"NEWSLEDGER_NOW": moment(at(60 * hours)), "NEWSLEDGER_OWN_SITES": str(folder / "own.toml")}
    done = CliRunner().invoke(main, [*arguments, "--db", str(folder / "news.db")], env=said)
    assert done.exit_code == code, (done.output, done.exception)
    return done


def counts(folder: Path) -> dict[str, tuple[int, int, int, int]]:
    """Site -> articles, revisions, crawls, counted revisions."""
    sql = """SELECT s.id, (SELECT count(*) FROM articles a WHERE a.site_id = s.id) AS a,
        (SELECT count(*) FROM revisions r JOIN articles a ON a.id = r.article_id WHERE a.site_id = s.id) AS r,
        (SELECT count(*) FROM crawls c WHERE c.site_id = s.id) AS c,
        (SELECT coalesce(sum(n), 0) FROM site_counts n WHERE n.site_id = s.id AND counted = 'revisions') AS n FROM sites s
        WHERE s.id <> 'paper'"""
    with Store(folder / "news.db") as store:
        assert [str(fault) for fault in verify(store)] == []
        return {row["id"]: (row["a"], row["r"], row["c"], row["n"]) for row in store.rows(sql)}


def text(folder: Path) -> str:
    return (folder / "own.toml").read_text(encoding="utf-8")


def test_switched_off_and_on(folder: Path) -> None:
    assert "crier: disabled, in" in run(folder, "sites", "disable", "crier").output
    assert text(folder) == MINE.replace('id = "crier"\n', 'id = "crier"\nenabled = false\n')
    assert "sentinel" in run(folder, "health", code=1).output
    run(folder, "sites", "disable", "sentinel")
    assert run(folder, "health").output.endswith("0 sites, 0 ill\n"), "who is crawled by nobody is not judged"
    run(folder, "sites", "enable", "crier", "sentinel", "bbc-shropshire")
    assert text(folder).count("enabled = true") == 3
    assert "no site 'nobody'" in run(folder, "sites", "enable", "nobody", code=2).output


def test_renamed_with_all_it_has(folder: Path) -> None:
    before = counts(folder)
    (row,) = json.loads(run(folder, "sites", "rename", "sentinel", "valley-sentinel", "--json").output)
    assert (row["site"], row["was"], row["articles"]) == ("valley-sentinel", "sentinel", 2)
    assert text(folder) == MINE.replace('id = "sentinel"', 'id = "valley-sentinel"')
    assert counts(folder) == {"valley-sentinel": before["sentinel"], "crier": before["crier"]}
    history = run(folder, "history", "https://sentinel.example/fire-1234567").output
    assert "valley-sentinel, article, live" in history
    assert "Fire, says the sentinel" in history
    assert "valley-sentinel" in run(folder, "health", "--site", "valley-sentinel", code=1).output


def test_a_shipped_site_is_renamed_in_the_operators_file(folder: Path) -> None:
    run(folder, "sites", "rename", "shropshire-live", "salop")
    run(folder, "sites", "rename", "salop", "salop-live")
    assert text(folder).endswith('\n[[site]]\nid = "salop-live"\nwas = "shropshire-live"\n')
    assert "salop-live" in sites_of(folder)


def sites_of(folder: Path) -> str:
    return CliRunner().invoke(main, ["sites", "list"], env={"NEWSLEDGER_OWN_SITES": str(folder / "own.toml")}).output


def test_a_taken_id_is_refused(folder: Path) -> None:
    done = run(folder, "sites", "rename", "sentinel", "crier", code=2)
    assert "`newsledger sites merge sentinel crier` joins them" in done.output
    assert text(folder) == MINE
    assert "must be lower case" in run(folder, "sites", "rename", "sentinel", "The Sentinel", code=1).output
    assert text(folder) == MINE
    assert set(counts(folder)) == {"sentinel", "crier"}, "neither, where one cannot be"


def test_merged(folder: Path) -> None:
    """Four articles of one title: the two that were numbered alike stay two."""
    run(folder, "sites", "merge", "crier", "sentinel")
    assert counts(folder) == {"sentinel": (4, 6, 2, 6)}
    assert text(folder) == MINE.replace('id = "crier"\n', 'id = "crier"\nretired = true\n')
    with Store(folder / "news.db", readonly=True) as store:
        numbered = store.value("SELECT url FROM articles WHERE external_id = '1234567'")
    assert numbered == "https://sentinel.example/fire-1234567"


def test_what_an_import_made_is_merged_into_its_site(folder: Path) -> None:
    with Store(folder / "news.db") as store:
        put_sites(store, [{"id": "www.sentinel.example", "name": "www.sentinel.example", "url": "https://www.sentinel.example/"}])
        new_ledger(store, "www.sentinel.example").record(article(url="https://www.sentinel.example/x", headline="Of old"))
    run(folder, "sites", "merge", "www.sentinel.example", "sentinel")
    assert counts(folder)["sentinel"] == (3, 4, 2, 4)
    assert text(folder) == MINE
    assert "neither the catalogue nor the ledger" in run(folder, "sites", "merge", "nobody", "sentinel", code=2).output


def test_retired_is_history_and_never_ill(folder: Path) -> None:
    run(folder, "sites", "retire", "crier")
    assert text(folder) == MINE.replace('id = "crier"\n', 'id = "crier"\nretired = true\n')
    assert "crier" not in run(folder, "health", code=1).output
    done = run(folder, "health", "--site", "crier", "--json")
    (found,) = json.loads(done.output)
    assert (found["ill"], found["findings"][0]["code"]) == (False, "retired")
    assert "Fire, says the crier" in run(folder, "history", "https://crier.example/fire-1234567").output
    assert "crier is retired: it is history" in run(folder, "crawl", "crier", code=2).output
    run(folder, "sites", "enable", "crier")
    assert "retired = false" in text(folder)
    assert "crier" in run(folder, "health", code=1).output


def test_a_crawl_that_runs_keeps_them_off(folder: Path) -> None:
    with hold(folder / "locks", "crier.example") as holder:
        assert holder is None
        assert "a crawl of crier.example is running" in run(folder, "sites", "rename", "crier", "hill-crier", code=1).output
    with Store(folder / "news.db") as store:
        start_crawl(store, "crier", "schedule", T0, pid=os.getpid())
    assert "crawls crier" in run(folder, "sites", "merge", "crier", "sentinel", code=1).output
    assert text(folder) == MINE


def test_of_a_folder_the_file_that_has_it(folder: Path, tmp_path: Path) -> None:
    sites = tmp_path / "sites"
    sites.mkdir()
    (sites / "a.toml").write_text(MINE.split("# its sister")[0], encoding="utf-8")
    (sites / "b.toml").write_text("# its sister" + MINE.split("# its sister")[1], encoding="utf-8")
    run(folder, "sites", "rename", "crier", "hill-crier", "--sites", str(sites))
    assert 'id = "hill-crier"' in (sites / "b.toml").read_text(encoding="utf-8")
    assert text(folder) == MINE, "the own file is none of it"
    assert set(counts(folder)) == {"sentinel", "hill-crier"}
