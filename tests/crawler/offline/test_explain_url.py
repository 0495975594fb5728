"""`newsledger why`: every kind of answer, on real ledgers and a catalogue of three sites."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from crawler.cli import main
from pipelines.article import Fetch, Outcome
from pipelines.queries.url_report import spellings
from pipelines.reasons import CodedReason, CrawlReason
from pipelines.store.crawls import CrawlOutcome, Source, finish_crawl, put_sites, put_source, start_crawl
from pipelines.store.database import Store
from pipelines.store.rows import moment
from tests.crawler.processes import site_table
from tests.factories import T0, URL, article, at, new_ledger, new_store

HOUR = 60
NOW = at(4 * HOUR)
OLD = "https://paper.example/news/mill-blaze"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    tables = (
        site_table("paper", "https://paper.example/", article_url=r"^/news/[a-z-]+/?$", delay_seconds=1),
        site_table("sister", "https://paper.example/sister/", article_url=r"^/sister/", delay_seconds=1),
        site_table("asleep", "https://asleep.example/", enabled=False, delay_seconds=1),
    )
    (tmp_path / "sites.toml").write_text("\n".join(table.replace("False", "false") for table in tables), encoding="utf-8")
    new_store(tmp_path).close()
    return tmp_path


def why(folder: Path, url: str, *more: str) -> Result:
    arguments = ["why", url, "--db", str(folder / "news.db"), "--sites", str(folder / "sites.toml"), *more]
    return CliRunner().invoke(main, arguments, env={"NEWSLEDGER_NOW": moment(NOW)})


def told(folder: Path, url: str) -> dict[str, str]:
    """The first reason of each code."""
    done = why(folder, url, "--json")
    assert done.exit_code == 0, done.output
    found: dict[str, Any] = json.loads(done.output)
    return {reason["code"]: reason["text"] for reason in reversed(found["reasons"])}


def dead_end(url: str, outcome: Outcome, minutes: float, reason: str, status: int | None = 200) -> Fetch:
    return Fetch(url, at(minutes), status=status, outcome=outcome, reason=reason)


def test_a_known_article(folder: Path) -> None:
    with Store(folder / "news.db") as store:
        ledger = new_ledger(store)
        ledger.record(article())
        ledger.record(article("Two were hurt.", seen=HOUR, modified=55))
        ledger.record(Fetch(URL, at(3.5 * HOUR + 10), status=304, outcome=Outcome.NOT_MODIFIED))
    found = told(folder, f"{URL}?utm_source=letter")
    assert found["known"] == "It is an article of paper, live: Fire at Cross Mill"
    assert found["next_look"] == "Next look: 2025-03-07 12:58Z (in 58 min)."
    assert found["look"] == "Last look 2025-03-07 11:40Z (20 min ago): not_modified, status 304."
    assert found["changed"] == "It changed last 2025-03-07 09:00Z (3 h ago); revision 2 (updated)."
    assert found["ladder"].startswith(
        "The ladder says: after a look at an article unchanged for 2 h the next comes 78 min later."
    )
    assert found["worth"].startswith(
        "Articles like it are edited without notice about once in 6 days at this age; since the last"
    )
    assert "worth it when waiting longer would lose one edit in 833 articles; now it would lose " in found["worth"]
    assert next(iter(json.loads(why(folder, URL, "--json").output)["reasons"]))["code"] == "known"


def test_an_article_that_is_due_or_missing(folder: Path) -> None:
    with Store(folder / "news.db") as store:
        ledger = new_ledger(store)
        ledger.record(article())
        ledger.record(Fetch(URL, at(HOUR), status=404, outcome=Outcome.GONE, reason="status 404"))
    found = told(folder, URL)
    assert found["due"] == "Next look: due since 2025-03-07 10:00Z (2 h ago): the next crawl looks."
    assert found["missing"] == "It has been missing since 2025-03-07 09:00Z (3 h ago), in 1 looks."
    assert "missing for 0 min the next comes 60 min later" in found["ladder"]
    assert "worth" not in found


def test_a_look_that_was_put_off_and_a_host_that_is_or_is_not_trusted(folder: Path) -> None:
    with Store(folder / "news.db") as store:
        new_ledger(store).record(article())
        crawl_id = start_crawl(store, "paper", "test", at(2 * HOUR))
        skipped = {"recheck_budget": 7}
        finish_crawl(store, crawl_id, CrawlOutcome.FINISHED, at(2 * HOUR + 1), skipped=skipped)
        store.insert("hosts", {"host": "paper.example", "passed": 9, "losses": 0})
    found = told(folder, URL)
    assert found["put_off"] == (
        "It was one of 7 looks that the last crawl put off: the hour's rechecks were spent (recheck_per_hour). "
        "The likeliest to find an edit go first, and of each twenty one that has waited longest."
    )
    assert found["trust"] == (
        "paper.example has been found true 9 times when it vouched for a page: one look in 3 is made in full all the same."
    )
    with Store(folder / "news.db") as store:
        store.execute("UPDATE hosts SET passed = 0, losses = 1, lost = ?, lost_url = ?", (moment(at(HOUR)), URL))
    assert told(folder, URL)["distrusted"] == (
        f"paper.example was found vouching for a text that had changed 2025-03-07 09:00Z (3 h ago) ({URL}): its 304s are not "
        "trusted, and pages are asked for in full, until 2025-03-14 09:00Z (in 6 days)."
    )


def test_an_alias_and_an_article_that_moved(folder: Path) -> None:
    with Store(folder / "news.db") as store:
        ledger = new_ledger(store)
        ledger.record(article(fetch={"requested_url": OLD}))
        other = "Quite another body, of a council that met and talked until the lights went out."
        ledger.record(article(other, headline="Council meets", url="https://paper.example/news/council", seen=5))
        ledger.record(article(other, headline="Council meets", url="https://paper.example/news/council", seen=9))
        store.execute("UPDATE articles SET state = 'moved', moved_to = 1, next_check = NULL WHERE id = 2")
    assert told(folder, OLD)["alias"] == f"It leads (redirect) to an article of paper, live, at {URL}"
    moved = told(folder, "http://www.paper.example/news/council/")
    assert moved["moved"] == f"That address leads to {URL} now; the old one is not looked at again."


@pytest.mark.parametrize(
    ("outcome", "looks", "told_again"),
    [
        (Outcome.NOT_ARTICLE, 1, "It is asked for again from 2025-03-08 08:00Z (in 20 h) on, if a source still names it."),
        (Outcome.ROBOTS, 2, "It is asked for again from 2025-03-14 08:01Z (in 6 days) on, if a source still names it."),
        (Outcome.ERROR, 1, "It is asked for again at the next crawl."),
        (Outcome.ERROR, 6, "It is asked for again from 2025-03-14 08:05Z (in 6 days) on, if a source still names it."),
    ],
)
def test_dead_ends(folder: Path, outcome: Outcome, looks: int, told_again: str) -> None:
    with Store(folder / "news.db") as store:
        ledger = new_ledger(store)
        for number in range(looks):
            ledger.record(dead_end("https://paper.example/news/ten-pictures", outcome, number, "too few words"))
    found = told(folder, "http://paper.example/news/ten-pictures/")
    assert f": {outcome}: too few words (" in found["dead_end"]
    assert found["tried_again"] == told_again
    assert "never_asked" not in found
    passed_over = told_again != "It is asked for again at the next crawl."
    assert ("passed_over" in found, "would_be_asked" in found) == (passed_over, not passed_over)


def test_what_nobody_ever_asked_for(folder: Path) -> None:
    found = told(folder, "https://paper.example/news/never-heard-of")
    assert found["never_asked"] == "No crawl of paper, sister has ever asked for it."
    assert found["would_be_asked"] == "A crawl of paper would ask for it if one of the site's sources named it."
    assert found["never_crawled"] == "paper has never been crawled."
    assert "sister's article_url does not accept it" in found["not_accepted"]
    with Store(folder / "news.db") as store:
        crawl_id = start_crawl(store, "paper", "test", T0)
        skipped = {"crawl_limit": 40, "not_changed": 60}
        why = CodedReason(CrawlReason.NO_SOURCE, "no source could be read")
        finish_crawl(store, crawl_id, CrawlOutcome.FAILED, at(5), reason=why, candidates=120, skipped=skipped)
        put_source(store, "paper", Source("https://paper.example/rss", "feed", at(1), 500))
    found = told(folder, "https://paper.example/news/never-heard-of")
    assert found["last_crawl"] == (
        "The last crawl of paper began 2025-03-07 08:00Z (4 h ago): failed: no source could be read; its sources named 120 URLs, "
        "of which it passed over 60 known, and not said to have changed, 40 over the limit of one crawl."
    )
    assert "one of the 40" in found["over_limit"]
    assert "not_begun" not in found
    with Store(folder / "news.db") as store:
        row = {"site_id": "paper", "trigger": "schedule", "planned": moment(at(2 * HOUR)), "reason": "the one before still runs"}
        store.insert("crawls", {**row, "outcome": "skipped"})
    begun = told(folder, "https://paper.example/news/never-heard-of")["not_begun"]
    assert begun == "The last start of paper planned for 2025-03-07 10:00Z (2 h ago) was skipped: the one before still runs."
    assert found["source_silent"].endswith("https://paper.example/rss (500).")


def test_sites_off_unknown_and_sharing(folder: Path) -> None:
    assert "site_off" in told(folder, "https://asleep.example/a")
    assert list(told(folder, "https://nowhere.example/a")) == ["no_site"]
    assert list(told(folder, "mailto:news@paper.example")) == ["no_address"]
    with Store(folder / "news.db") as store:
        for site in ("lost", "sister"):
            put_sites(store, [{"id": site, "name": site, "url": f"https://{site}.example/"}])
        new_ledger(store, "lost").record(article(url="https://lost.example/a"))
        new_ledger(store, "sister").record(article("Another.", headline="B", url="https://paper.example/news/shared"))
    assert "site_unknown" in told(folder, "https://lost.example/a")
    assert told(folder, "https://paper.example/news/shared")["kept_elsewhere"].startswith("Crawls of paper pass it over")


def test_an_article_that_is_reserved(folder: Path) -> None:
    with Store(folder / "news.db") as store:
        ledger = new_ledger(store)
        ledger.record(article())
        why_not = "text and data mining is reserved"
        ledger.record(Fetch(URL, at(HOUR), status=200, outcome=Outcome.RESERVED, reason=why_not, tdm="1"))
    found = told(folder, URL)
    assert found["reserved"] == (
        "It is reserved, and has not been read in 1 looks: text and data mining is reserved. "
        "It is asked for from 2025-03-08 09:00Z (in 21 h) on, whatever its sources claim."
    )
    assert found["look"].endswith("reserved, status 200: text and data mining is reserved; tdm says 1.")
    assert "next_look" not in found


def test_a_person_reads_lines_and_nothing_from_a_page_is_obeyed(folder: Path) -> None:
    with Store(folder / "news.db") as store:
        new_ledger(store).record(article(headline="Bold [red]markup[/red] \x1b[31mand escapes"))
    done = why(folder, URL)
    assert done.output.splitlines()[0] == URL
    assert "[red]markup[/red]" in done.output
    assert "\x1b" not in done.output


def test_spellings() -> None:
    expected = {f"{s}://{w}paper.example/a{end}" for s in ("http", "https") for w in ("", "www.") for end in ("", "/")}
    assert set(spellings("https://paper.example/a")) == expected
    assert set(spellings("https://paper.example")) >= {"https://paper.example/", "http://www.paper.example/"}
    assert spellings("nonsense") == ("nonsense",)
