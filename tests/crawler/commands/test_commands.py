"""The reading verbs, as a person types them, on a ledger made by hand."""

from __future__ import annotations

import json
import re
import socket
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from crawler.cli import VERBS, main
from pipelines.article import Fetch, Outcome
from pipelines.queries import activity, articles
from pipelines.reasons import CodedReason, CrawlReason, FetchReason, because, coded
from pipelines.store.crawls import CrawlOutcome, finish_crawl
from pipelines.store.database import Store
from tests.factories import URL, article, at, new_ledger, new_store

MOVED = "https://paper.example/news/mill-fire-is-out"


@pytest.fixture
def ledger(tmp_path: Path) -> Path:
    """A fire that is updated, silently edited, moved and taken down; and a hostile headline."""
    with new_store(tmp_path) as store:
        writer = new_ledger(store)
        writer.record(article())
        writer.record(article("Two were hurt.", seen=10, modified=9))
        writer.record(article("Three were hurt.", seen=20, modified=9))
        writer.record(article("Three were hurt.", seen=30, modified=9, url=MOVED, fetch={"requested_url": URL}))
        writer.record(Fetch(MOVED, at(40), status=410, outcome=Outcome.GONE, reason="status 410"))
        evil = "Bold [red]markup[/red] \x1b[31mand escapes\x07"
        writer.record(article("Quite another body of text.", headline=evil, description=None, url="https://paper.example/evil"))
    return tmp_path / "news.db"


def run(*arguments: object) -> Result:
    return CliRunner().invoke(main, [str(argument) for argument in arguments])


def test_history(ledger: Path) -> None:
    done = run("history", URL, "--db", ledger)
    assert done.exit_code == 0
    lines = [re.sub(r" \(\d+ \w+ ago\)", "", line).rstrip() for line in done.output.splitlines()]
    assert lines[:3] == [
        "Fire at Cross Mill", MOVED,
        "paper, article, gone; first seen 2025-03-07 08:00Z, last seen 2025-03-07 08:30Z, next fetch 2025-03-14 08:40Z",
    ]  # fmt: skip
    rows = [line.split() for line in lines if line[:2].strip().isdigit() and line[2] == " "]
    assert [row[1] for row in rows] == ["new", "updated", "silent"]
    assert "2025-03-07 08:10Z … 08:20Z" in done.output
    assert "status 410" in done.output
    assert "redirect" in done.output


def test_history_as_json(ledger: Path) -> None:
    found = json.loads(run("history", f"http://www.{MOVED[8:]}/", "--json", "--db", ledger).output)
    assert (found["url"], found["state"], len(found["revisions"])) == (MOVED, "gone", 3)
    assert found["revisions"][1]["changed_fields"] == ["body", "date_modified"]
    assert [step["state"] for step in found["states"]] == ["live", "gone"]
    assert found["aliases"][0]["url"] == URL


def test_diff(ledger: Path) -> None:
    assert "[-Two-]{+Three+} were hurt." in run("diff", URL, "--db", ledger).output
    from_first = run("diff", URL, 1, "--db", ledger).output
    assert "{+Three were hurt.+}" in from_first
    assert "Nothing differs." in run("diff", URL, 2, 2, "--db", ledger).output
    found = json.loads(run("diff", URL, 2, 3, "--json", "--db", ledger).output)
    assert found["differences"]["body"] == [
        {"op": "removed", "text": "Two"}, {"op": "added", "text": "Three"}, {"op": "same", "text": " were hurt."},
    ]  # fmt: skip


def test_diff_refuses_what_is_not_there(ledger: Path) -> None:
    for arguments, code, message in (
        ((URL, 1, 9), 2, "there are revisions 1 to 3 only"),
        ((URL, 0), 2, "0 is not in the range"),
        ((URL, 1, 2, 3), 2, "at most two"),
        (("https://paper.example/never",), 1, "the ledger has no article at https://paper.example/never"),
    ):
        done = run("diff", *arguments, "--db", ledger)
        assert (done.exit_code, message in done.output) == (code, True), done.output


def test_search(ledger: Path) -> None:
    done = run("search", "two", "hurt", "--db", ledger)
    assert "[Two] were [hurt]." in done.output
    assert "(since changed)" in done.output
    assert {row["number"] for row in json.loads(run("search", "hurt", "--json", "--db", ledger).output)} == {1, 2, 3}
    assert run("search", "nowhere", "--db", ledger).output == "Nothing found.\n"


def test_nothing_from_a_page_is_obeyed(ledger: Path) -> None:
    for verb in (("search", "escapes"), ("history", "https://paper.example/evil"), ("diff", "https://paper.example/evil")):
        output = run(*verb, "--db", ledger).output
        assert "\x1b" not in output
        assert "\x07" not in output
    assert "[red]markup[/red]" in run("history", "https://paper.example/evil", "--db", ledger).output


def test_machines_read_codes_of_reasons(ledger: Path) -> None:
    """Beside each sentence: of fetches in `why` and `history`, of the last crawl in `status`."""
    silent = "https://paper.example/silent"
    with Store(ledger) as store:
        crawl_id = store.value("SELECT max(id) FROM crawls")
        why = CodedReason(CrawlReason.TIME_LIMIT, "stopped after 5 s")
        finish_crawl(store, crawl_id, CrawlOutcome.FAILED, at(60), reason=why)
        gone = because(Fetch(MOVED, at(50), status=410), Outcome.GONE, coded(FetchReason.GONE, 410))
        refused = because(Fetch(silent, at(50), status=403), Outcome.REFUSED, coded(FetchReason.REFUSED, 403))
        for fetch in (gone, refused):
            new_ledger(store).record(fetch)
        (site,) = activity.sites_and_crawls(store)
        (latest,) = articles.fetches(store, 1, 1)
        finish_crawl(store, store.value("SELECT max(id) FROM crawls"), CrawlOutcome.FAILED, at(60), reason=why)
        (after,) = activity.sites_and_crawls(store)
    assert (site.reason_code, after.reason, after.reason_code) == (None, "stopped after 5 s", "time_limit")
    assert (latest.reason, latest.reason_code) == ("status 410", "gone")
    (of_site,) = json.loads(run("status", "--json", "--db", ledger).output)["per_site"]
    assert (of_site["last_reason"], of_site["last_reason_code"]) == ("stopped after 5 s", "time_limit")
    assert json.loads(run("why", MOVED, "--json", "--db", ledger).output)["looks"][0]["reason_code"] == "gone"
    facts = json.loads(run("why", silent, "--json", "--db", ledger).output)
    assert [row["reason_code"] for row in (*facts["looks"], *facts["dead_ends"])] == ["refused", "refused"]


def test_status(ledger: Path) -> None:
    done = run("status", "--db", ledger)
    assert "2 articles of 1 site, 4 revisions, 1 gone" in done.output
    assert "changes: 2 new, 1 silent, 1 updated" in done.output
    assert json.loads(run("status", "--json", "--db", ledger).output)["changes"] == {"new": 2, "silent": 1, "updated": 1}


def test_a_missing_ledger_is_our_failure(tmp_path: Path) -> None:
    for verb in (("status",), ("search", "a"), ("history", URL), ("diff", URL), ("why", URL), ("health",), ("compact",)):
        done = run(*verb, "--db", tmp_path / "none.db")
        assert (done.exit_code, "there is no ledger here yet" in done.output) == (1, True)
    assert list(tmp_path.iterdir()) == []


def test_a_mistake_is_told_with_what_to_do_next(ledger: Path, tmp_path: Path) -> None:
    table = '[[site]]\nid = "paper"\nname = "Paper"\nurl = "https://paper.example/"\n'
    (tmp_path / "sites.toml").write_text(f'{table}timezone = "Europe/Dublin"\n', encoding="utf-8")
    (tmp_path / "typo.toml").write_text(f'{table}timezone = "Europe/Dublin"\ndealy_seconds = 1\n', encoding="utf-8")
    where = ("--db", str(ledger), "--sites", str(tmp_path / "sites.toml"))
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        for arguments, told in (
            (("statsu",), "did you mean status?"),
            (("crawl", "papr", *where), "there is paper"),
            (("sites", "check", str(tmp_path / "typo.toml")), "did you mean delay_seconds?"),
            (("crawl", *where), "name sites or URLs, or say --all"),
            (("schedule", "run", "paper", "--db", str(ledger)), "`newsledger schedule` starts one"),
            (("schedule", "--metrics", f"127.0.0.1:{port}", *where), "in use; another schedule, or another port?"),
            (("serve", str(ledger), "--port", port), "--port 0 takes a free port"),
            (("crawls", "show", "99", "--db", str(ledger)), "`newsledger crawls` lists"),
            (("history", "https://paper.example/never", "--db", str(ledger)), "`newsledger why https://paper.example/never`"),
            (("backup", str(tmp_path), "--db", str(ledger)), "A new one: --init"),
            (("reprocess", "--db", str(ledger)), "or --all for every one"),
            (("alerts", "test", "--db", str(ledger)), "the setting `alerts` is empty"),
        ):
            done = run(*arguments)
            assert done.exit_code, arguments
            assert told in " ".join(done.output.split()), (arguments, done.output)


def test_sites(tmp_path: Path) -> None:
    listed = json.loads(run("sites", "list", "--json", "--platform", "bbc").output)
    assert len(listed) == 53
    assert "Shropshire Star" in run("sites", "show", "shropshire-star").output
    assert json.loads(run("sites", "show", "shropshire-star", "--json").output)["timezone"] == "Europe/London"
    assert run("sites", "check").output.endswith("sites, nothing wrong\n")
    broken = tmp_path / "broken.toml"
    lines = ("[[site]]", 'id = "a"', 'name = "A"', 'url = "https://a.example/"', 'timezone = "Europe/Lundun"', "feed = []")
    broken.write_text("\n".join(lines), encoding="utf-8")
    done = run("sites", "check", broken)
    assert done.exit_code == 1
    assert f"{broken}:5: timezone:" in done.output
    assert f"{broken}:6: feed:" in done.output


def test_help_names_every_verb_and_is_fast() -> None:
    output = run("--help").output
    for verb in VERBS:
        assert f"  {verb} " in output
    assert run("nonsense").exit_code == 2
