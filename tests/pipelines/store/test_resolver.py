"""Which article a page is: by address, alias and owner's id; what redirects of their own led to; what is later than a capture."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipelines.article import Article, Fetch, Outcome
from pipelines.reasons import FetchReason
from pipelines.store.crawls import put_sites
from pipelines.store.database import Store
from pipelines.store.resolver import MAX_REDIRECTS, Lookup
from tests.factories import T0, URL, article, at, new_ledger, new_store, only_article
from tests.table import table

FIRE = f"{URL}-4411"
SHORT = "https://paper.example/s/4411"
WEIR = "https://paper.example/news/the-weir"
WEIR_TEXT = "The weir at Lower End holds after a night of rain.\n\nEngineers will look at its gates on Monday."


def weir(url: str = WEIR, *, seen: float = 0, **fields: object) -> Article:
    """Another story altogether."""
    texts = {"headline": "Weir holds", "description": "Rain stopped at noon.", "images": ()}
    return article(WEIR_TEXT, url=url, seen=seen, **{**texts, **fields})  # type: ignore[arg-type]


def place(store: Store, item: Article) -> tuple[str, int | None]:
    """(address, id of the article) of a page."""
    assert item.fetch is not None
    resolution = Lookup(store, "paper").place(item, item.fetch)
    return resolution.url, resolution.found["id"] if resolution.found else None


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """One article, with an owner's id and an address that has led to it."""
    store = new_store(tmp_path)
    new_ledger(store).record(article(url=FIRE, fetch={"external_id": "4411", "requested_url": SHORT}))
    return store


@table(
    "url",
    [FIRE, f"{FIRE}/", FIRE.replace("https", "http"), FIRE.replace("//", "//www."), SHORT],
)
def test_spellings_of_an_address_are_one_article(url: str, store: Store) -> None:
    found = Lookup(store, "paper").by_urls(None, WEIR, url)
    assert found is not None
    assert found["url"] == FIRE


def test_the_owners_id_is_of_one_site(store: Store) -> None:
    put_sites(store, [{"id": "weekly", "name": "The Weekly", "url": "https://weekly.example/"}])
    assert (Lookup(store, "paper").by_external_id("4411") or {})["url"] == FIRE
    assert Lookup(store, "weekly").by_external_id("4411") is None


def test_a_canonical_link_is_believed_over_the_same_story_alone(store: Store) -> None:
    assert place(store, article(url=f"{URL}-again", canonical_url=FIRE)) == (FIRE, 1)
    assert place(store, weir(canonical_url=FIRE)) == (WEIR, None)
    assert place(store, weir(canonical_url=WEIR)) == (WEIR, None)


def test_a_redirect_is_believed_over_the_same_story_alone(store: Store) -> None:
    new = f"{URL}-updated"
    assert place(store, article(url=new, fetch={"requested_url": FIRE})) == (new, 1)
    assert place(store, weir(fetch={"requested_url": FIRE})) == (WEIR, None)
    slug = f"{WEIR}-4411"
    assert place(store, weir(slug, fetch={"external_id": "4411"})) == (slug, 1), "the id is certain, whatever the text"


def test_an_article_that_was_filed_under_a_claimed_address_gives_it_back(tmp_path: Path) -> None:
    store = new_store(tmp_path)
    new_ledger(store).record(weir(canonical_url=URL))
    assert only_article(store)["url"] == URL, "nothing was known of the address"
    page = article(seen=10)
    assert page.fetch is not None
    resolution = Lookup(store, "paper").place(page, page.fetch)
    assert (resolution.url, resolution.found, resolution.displaced) == (URL, None, only_article(store)), "nothing is written yet"
    new_ledger(store).record(page)
    assert [row["url"] for row in store.rows("SELECT url FROM articles ORDER BY id")] == [WEIR, URL]
    assert list(store.rows("SELECT * FROM aliases")) == []


def test_an_address_that_only_failed_was_not_read(tmp_path: Path) -> None:
    store = new_store(tmp_path)
    ledger = new_ledger(store)
    ledger.record(weir(canonical_url=URL))
    ledger.record(Fetch(URL, at(5), status=404, outcome=Outcome.GONE, reason="status 404", reason_code=FetchReason.GONE))
    ledger.record(article(seen=10))
    assert [(row["url"], row["revision_count"]) for row in store.rows("SELECT * FROM articles ORDER BY id")] == [
        (WEIR, 1),
        (URL, 1),
    ]


def redirect(store: Store, url: str, target: str, minutes: float) -> None:
    new_ledger(store).record(Fetch(url, at(minutes), status=301, outcome=Outcome.MOVED, reason=f"redirects to {target}",
                                   reason_code=FetchReason.MOVED, answered_url=target))  # fmt: skip


@table(("minutes", "led_from"), [(14, "https://paper.example/a"), (16, None), (-1, None)])
def test_a_redirect_captured_by_itself_leads_to_a_page_shortly_after(
    minutes: float, led_from: str | None, tmp_path: Path
) -> None:
    folder = tmp_path / str(minutes)
    folder.mkdir()
    store = new_store(folder)
    redirect(store, "https://paper.example/a", URL, 0)
    assert Lookup(store, "paper").led(Fetch(URL, at(minutes))).requested_url == led_from


def test_chains_of_redirects_end(tmp_path: Path) -> None:
    store = new_store(tmp_path)
    ring = [f"https://paper.example/ring/{number}" for number in range(2)]
    row = [URL, *(f"https://paper.example/row/{number}" for number in range(MAX_REDIRECTS + 4))]
    for url, target in [(ring[0], ring[1]), (ring[1], ring[0]), *zip(row[1:], row, strict=False)]:
        redirect(store, url, target, 0)
    lookup = Lookup(store, "paper")
    assert lookup.led(Fetch(ring[0], T0)).requested_url == ring[1]
    assert lookup.led(Fetch(URL, T0)).requested_url == row[MAX_REDIRECTS]


@table(
    ("minutes", "requested_url", "is_late"),
    [(-1, None, True), (0, SHORT, True), (0, None, False), (1, SHORT, False)],
)
def test_a_capture_is_late_by_its_time_and_in_one_second_by_its_kind(minutes: float, requested_url: str | None, is_late: bool,
                                                                     store: Store) -> None:  # fmt: skip
    page = article(url=FIRE, seen=minutes, fetch={"requested_url": requested_url})
    assert page.fetch is not None
    assert Lookup(store, "paper").is_overtaken(only_article(store), page, page.fetch, at(60)) is is_late


def test_what_a_page_said_in_one_fetch(store: Store) -> None:
    ledger = new_ledger(store)
    ledger.record(article("Edited.", url=FIRE, seen=10, modified=9))
    ledger.record(Fetch(FIRE, at(20), status=503, outcome=Outcome.ERROR, reason="status 503"))
    lookup = Lookup(store, "paper")
    said = {minutes: lookup.seen_at(FIRE, at(minutes)) for minutes in (0, 5, 10, 20)}
    assert {minutes: one.body if one else None for minutes, one in said.items()} == {
        0: article().body, 5: None, 10: "Edited.", 20: None,
    }  # fmt: skip
