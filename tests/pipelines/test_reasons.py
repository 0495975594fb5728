"""Codes of reasons: the docs explain each, old ledgers' sentences lead to them, and each has its sentence."""

import json
import re
from dataclasses import replace
from pathlib import Path

from crawler.catalogue.site import Site
from crawler.crawl.session import load_context
from pipelines.article import Fetch, Outcome
from pipelines.proof.verify import verify
from pipelines.reasons import CodedReason, CrawlReason, FetchReason, Skipped, because, coded, skipped_after, skipped_sentence
from pipelines.store.crawls import CrawlOutcome, finish_crawl, put_sites, start_crawl
from pipelines.store.database import Store
from pipelines.store.schema import statements
from tests.factories import article, at, new_ledger, new_store
from tests.table import table

DOCS = Path(__file__).parents[2] / "docs" / "schema.md"


def documented(heading: str) -> set[str]:
    """The codes of the table below a heading."""
    section = DOCS.read_text(encoding="utf-8").partition(f"### {heading}\n")[2].partition("\n#")[0]
    firsts = (line.split("|")[1] for line in section.splitlines() if line.startswith("| `"))
    return {code for first in firsts for code in re.findall(r"`(\w+)`", first)}


def test_the_docs_explain_every_code() -> None:
    assert documented("Why candidates are passed over") == set(Skipped)
    assert documented("Why crawls end") == set(CrawlReason)
    assert documented("Why fetches came to what they did") == set(FetchReason)


@table("code", Skipped)
def test_codes_are_short_and_have_a_sentence(code: Skipped) -> None:
    assert re.fullmatch(r"[a-z]+(_[a-z]+){0,2}", code)
    assert skipped_sentence(code) != code or code is Skipped.WITHDRAWN


def test_a_code_of_a_newer_version_stands_for_itself() -> None:
    assert skipped_sentence("moon_phase") == "moon_phase"


def test_what_led_nowhere_has_the_code_of_its_outcome() -> None:
    assert skipped_after(Outcome.ERROR) is Skipped.WAS_ERROR
    assert skipped_after(Outcome.STALE) is Skipped.OTHER


def drop_codes(store: Store, *tables: str) -> list[str]:
    """Drop the columns of codes; the statements that make anew what younger versions built on them."""
    built = list(store.rows("SELECT type, name, sql FROM sqlite_master WHERE type <> 'table' AND sql LIKE '%reason_code%'"))
    for row in built:
        store.execute(f"DROP {row['type']} {row['name']}")
    for name in tables:
        store.execute(f"ALTER TABLE {name} DROP COLUMN reason_code")
    return [row["sql"] for row in built]


def test_sentences_of_an_old_ledger_become_codes(tmp_path: Path) -> None:
    old = {skipped_sentence(code): number for number, code in enumerate(Skipped, 1)} | {"an oracle spoke": 7, "it rained": 5}
    path = tmp_path / "news.db"
    with Store(path) as store:
        for skipped in (old, {}, {"withdrawn": 2}):
            finish_crawl(store, start_crawl(store, None, "test", at(0)), CrawlOutcome.FINISHED, at(1), skipped=skipped)
        with store.transaction():
            drop_codes(store, "crawls", "fetches", "quarantine")
            store.execute("DELETE FROM _sqlite_migrations WHERE name >= 'm014' AND name < 'm017'")
    with Store(path) as store:
        found = [json.loads(row["counts"]).get("skipped") for row in store.rows("SELECT counts FROM crawls ORDER BY id")]
    codes = {str(code): number for number, code in enumerate(Skipped, 1)}
    sentence_of_two = codes.pop("was_reserved")  # an article's and a dead end's: the sentence was one
    codes["reserved"] = sentence_of_two
    codes["other"] += 12
    assert found == [codes, None, {"withdrawn": 2}]


OLD_CRAWLS = [
    ("paper.example refused 5 times (status 403): nothing more is asked of it in this crawl", CrawlReason.HOST_SUSPENDED),
    ("no source could be read; https://paper.example/feed: status 404", CrawlReason.NO_SOURCE),
    ("paper.example vouched for a text that had changed: https://paper.example/a", CrawlReason.VALIDATORS_LIED),
    ("the store failed: database or disk is full", CrawlReason.STORE_FAILED),
    ("the host's lease was lost", CrawlReason.LEASE_LOST),
    ("the writer could not be reached", CrawlReason.WRITER_UNREACHABLE),
    ("stopped after 3600 s", CrawlReason.TIME_LIMIT),
    ("the crawl before it has not ended, from 2025-03-07T09:00:00Z to 2025-03-07T09:30:00Z", CrawlReason.PREVIOUS_RUNNING),
    ("another schedule made this start already (crawl 1)", CrawlReason.ALREADY_MADE),
    ("another crawl of paper.example is running (process 7)", CrawlReason.HOST_BUSY),
    ("another crawl of the site began", CrawlReason.HOST_BUSY),
    ("the site has left the catalogue", CrawlReason.SITE_REMOVED),
    ("nobody was there from 2025-03-07T09:00:00Z to 2025-03-07T09:30:00Z", CrawlReason.SCHEDULE_DOWN),
    ("the crawl did not begin: its process ended with 2", CrawlReason.NOT_BEGUN),
    ("its job is gone from the queue", CrawlReason.NOT_BEGUN),
    ("its process ended with -9", CrawlReason.PROCESS_DIED),
    ("the crawl broke down; its worker's log tells why", CrawlReason.PROCESS_DIED),
    ("shutdown", CrawlReason.ASKED_TO_END),
    ("it was asked to end before it asked for anything", CrawlReason.ASKED_TO_END),
    ("it rained", CrawlReason.OTHER),
    (None, None),
]
"""The sentences of the versions before there were codes."""


def test_each_crawl_of_an_old_ledger_gets_the_code_of_its_sentence(tmp_path: Path) -> None:
    with Store(tmp_path / "news.db") as store:
        for sentence, _ in OLD_CRAWLS:
            reason = CodedReason("before codes", sentence) if sentence else None
            finish_crawl(store, start_crawl(store, None, "test", at(0)), CrawlOutcome.FAILED, at(1), reason=reason)
        with store.transaction():
            store.execute("ALTER TABLE crawls DROP COLUMN reason_code")
            for statement in statements("m015_crawl_reasons"):
                store.execute(statement)
        found = [(row["reason"], row["reason_code"]) for row in store.rows("SELECT reason, reason_code FROM crawls ORDER BY id")]
    assert found == OLD_CRAWLS


def test_an_old_ledger_tells_the_sites_own_host_from_another(tmp_path: Path) -> None:
    """Only of its own host the next crawl is wary, as before there were codes."""
    path, sites = tmp_path / "news.db", {"a": "https://A.example/news", "b": "http://127.0.0.1:8000/", "c": "https://c.example/"}
    told = {"a": "a.example", "b": "127.0.0.1:8000", "c": "cdn.c.example"}
    suspended = "{} refused once (status 403): nothing more is asked of it in this crawl"
    with Store(path) as store:
        put_sites(store, [{"id": name, "name": name, "url": url} for name, url in sites.items()])
        for name, host in told.items():
            why = CodedReason(CrawlReason.HOST_SUSPENDED, suspended.format(host))
            finish_crawl(store, start_crawl(store, name, "test", at(0)), CrawlOutcome.FAILED, at(1), reason=why)
        with store.transaction():
            store.execute("DELETE FROM _sqlite_migrations WHERE name = 'm019_suspended_hosts'")
    with Store(path) as store:
        found = {row["site_id"]: row["reason_code"] for row in store.rows("SELECT site_id, reason_code FROM crawls")}
        wary = {name: load_context(store, Site(name, name, url, "Europe/London"), at(5)).wary_of for name, url in sites.items()}
    assert found == {"a": "host_suspended", "b": "host_suspended", "c": "other_host_suspended"}
    assert wary == {"a": "a.example", "b": "127.0.0.1:8000", "c": None}


WHY = FetchReason
TOLD = {
    WHY.CHALLENGE: (200, "titled: robots.txt forbids it"),
    WHY.LEADS_ELSEWHERE: ("https://a.example/", "no text"),
    WHY.HOST_SUSPENDED: ("paper.example", "refused once (status 403)"),
    WHY.LOST_ARTICLE: ("lost article, silent body", 1, 2),
    WHY.LOST_FIELDS: ("lost body, other body, silent body", 3, 4),
    WHY.BODY_DIFFERS: ("shrunk body, silent body", 3, 4),
    WHY.SILENT_EDITS: ("silent description, silent body", 3, 4),
    WHY.SHARED_LINE: (5, "lost article: so in 5 of this crawl's"),
    WHY.GONE: (410,),
    WHY.REFUSED: (403,),
    WHY.HTTP_ERROR: (500,),
    WHY.MINING_RESERVED: (", policy x",),
    WHY.PICTURE_SWAPPED: ("https://a.example/b.jpg", "https://a.example/a.jpg"),
    WHY.OTHER: ("a sentence of nobody: leads to http",),
}
"""The facts in a sentence, where one made-up word does not do."""
DOUBTS = (WHY.LOST_ARTICLE, WHY.LOST_FIELDS, WHY.BODY_DIFFERS, WHY.SILENT_EDITS, WHY.SHARED_LINE)
NEW = {
    *(WHY.NOT_THIS_PAGE, WHY.NOT_SURE_WHOLE, WHY.ORIGINAL_UNKNOWN, WHY.UNASKED_304, WHY.PICTURE_SWAPPED),
    *(WHY.REGION_WALL, WHY.AGE_WALL, WHY.AD_BLOCK_WALL, WHY.APP_WALL, WHY.BROWSER_NOTICE, WHY.SCRIPT_NOTICE, WHY.MAINTENANCE),
    *(WHY.RATE_LIMIT, WHY.WAITING_ROOM, WHY.ERROR_PAGE, WHY.SERVER_PAGE, WHY.PROXY_REFUSED),
}
OLD = [code for code in WHY if code not in NEW]
"""Codes of what there were sentences for before there were codes."""
OUTCOMES = {
    **dict.fromkeys(DOUBTS, Outcome.QUARANTINED),
    **dict.fromkeys((WHY.REFUSED, WHY.CHALLENGE, WHY.HOST_SUSPENDED), Outcome.REFUSED),
    WHY.VALIDATORS_LIED: Outcome.SILENT,
    WHY.PAYWALLED: Outcome.UNCHANGED,
    WHY.OUT_OF_ORDER: Outcome.STALE,
}


def sentence(code: FetchReason) -> str:
    return coded(code, *TOLD.get(code, ("something",))).text


def as_before_codes(store: Store) -> list[str]:
    """Make a ledger one of the version whose fetches had no codes; what `drop_codes` gives."""
    with store.transaction():
        built = drop_codes(store, "fetches", "quarantine")
        store.execute("DELETE FROM _sqlite_migrations WHERE name LIKE 'm016%'")
    return built


def test_each_fetch_of_an_old_ledger_gets_the_code_of_its_sentence(tmp_path: Path) -> None:
    path = tmp_path / "news.db"
    with Store(path) as store:
        for code in OLD:
            row = {"url": code, "fetched": "2025-03-07T08:00:00Z", "outcome": OUTCOMES.get(code, Outcome.ERROR)}
            store.insert("fetches", {**row, "reason": sentence(code)})
        store.insert("fetches", {"url": "none", "fetched": "2025-03-07T08:00:00Z", "outcome": "unchanged"})
        as_before_codes(store)
    with Store(path) as store:
        found = {row["url"]: row["reason_code"] for row in store.rows("SELECT url, reason_code FROM fetches")}
    assert found == {code: str(code) for code in OLD} | {"none": None}


def test_an_old_ledger_whose_fetches_get_codes_still_verifies(tmp_path: Path) -> None:
    """The fetch that found a host lying is sealed, and had a reason."""
    path = tmp_path / "news.db"
    with new_store(tmp_path) as store:
        ledger = new_ledger(store)
        lie = coded(FetchReason.VALIDATORS_LIED)
        told = article()
        assert told.fetch is not None
        ledger.record(replace(told, fetch=replace(told.fetch, reason=lie.text)))
        younger = as_before_codes(store)
    with Store(path) as store:
        with store.transaction():
            for statement in younger:
                store.execute(statement)
        assert store.row("SELECT outcome, reason_code FROM fetches") == {"outcome": "new", "reason_code": "validators_lied"}
        assert {fault.where for fault in verify(store, None)} == {"table fetches"}, (
            "a column that was dropped and added is the last"
        )
        ledger = new_ledger(store)
        ledger.record(article("Another text.", seen=60))
        assert {fault.where for fault in verify(store, None)} == {"table fetches"}


def test_readings_in_an_old_quarantine_get_the_codes_of_their_sentences(tmp_path: Path) -> None:
    row = {"site_id": "paper", "state": "quarantined", "extractor": "", "content_hash": "", "reading": "{}", "look": "{}"}
    row |= dict.fromkeys(("fetched", "last_seen"), "2025-03-07T08:00:00Z") | dict.fromkeys(("symptoms", "lines"), "[]")
    with new_store(tmp_path) as store:
        for code in (*DOUBTS, WHY.WITHDRAWN, WHY.OTHER):
            store.insert("quarantine", {**row, "url": code, "reason": sentence(code)})
        as_before_codes(store)
    with Store(tmp_path / "news.db") as store:
        found = {one["url"]: one["reason_code"] for one in store.rows("SELECT url, reason_code FROM quarantine")}
    assert found == {code: str(code) for code in (*DOUBTS, WHY.WITHDRAWN, WHY.OTHER)}


@table("code", FetchReason)
def test_codes_of_fetches_are_short_and_their_sentences_hold_the_facts(code: FetchReason) -> None:
    assert re.fullmatch(r"[a-z]+(_[a-z0-9]+){0,2}", code)
    assert "{" not in sentence(code)


def test_a_fetch_carries_the_code_and_the_sentence() -> None:
    fetch = because(Fetch("https://paper.example/a", at(0)), Outcome.REFUSED, coded(FetchReason.MOVED, "{0}"))
    assert (fetch.outcome, fetch.reason, fetch.reason_code) == (Outcome.REFUSED, "redirects to {0}", FetchReason.MOVED)
