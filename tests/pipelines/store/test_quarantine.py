"""The quarantine of a crawl: which readings wait for the others, which for a later fetch, and how a reading leaves it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

import pipelines.store.quarantine as quarantine_module
from pipelines.article import Article, Fetch, Outcome, Payload
from pipelines.history.anomalies import AGAIN, LONG_LOOK, LOST_ARTICLE, NAMES_ANOTHER, SECOND_LOOK, SOUND_NEEDED, Readings
from pipelines.reasons import FetchReason, because, coded
from pipelines.store.database import Row, Store
from pipelines.store.quarantine import MAX_HELD, Quarantine, in_quarantine
from pipelines.text.dates import Timestamp
from tests.factories import BODY, T0, URL, article, at, new_ledger, new_store, revisions
from tests.table import table

LONG = "\n\n".join(f"{BODY} Sentence {number} of the long report stands here." for number in range(5))
PAGE = Payload(b"<html><p>page", "text/html")
MINUTE = timedelta(minutes=1)


class Crawl:
    """One crawl of a ledger with one long article: what it reads is screened as a session screens it."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(exist_ok=True)
        self.store: Store = new_store(folder)
        self.writer = new_ledger(self.store)
        self.writer.record(article(LONG))
        self.quarantine = Quarantine(self.store, "paper", 1, Readings())

    def screen(self, item: Article | Fetch) -> Article | Fetch | None:
        return self.quarantine.screen(self.writer.judge(item))

    def read(self, item: Article) -> str | None:
        """Bring a page whose reading may wait for another fetch: the code of the reason why it does, or None."""
        waits = self.quarantine.second_look(self.writer.judge(item))
        if waits is None:
            return None
        held, reason = waits
        aside = because(replace(held.fetch, content_hash=held.hash), Outcome.QUARANTINED, reason)
        recorded = self.writer.record(aside)
        with self.store.transaction():
            self.quarantine.keep(held, aside, reason, recorded.article_id)
        return reason.code

    @property
    def rows(self) -> list[Row]:
        return list(
            self.store.rows("SELECT state, looks, last_seen, settled, page IS NULL AS is_empty FROM quarantine ORDER BY id")
        )


@pytest.fixture
def crawl(tmp_path: Path) -> Crawl:
    return Crawl(tmp_path)


@table(
    ("item", "is_recorded", "counts"),
    [
        (article(LONG, seen=10), True, (1, 1)),
        (Fetch(URL, at(10), status=304, outcome=Outcome.NOT_MODIFIED), True, (1, 1)),
        (article(url=f"{URL}-2", headline="The weir", body="The weir holds."), True, (1, 0)),
        (article("Two were hurt.\n\n" + LONG, seen=10, modified=9), True, (1, 1)),
        (article("Two were hurt.\n\n" + LONG, seen=10), False, (0, 0)),
        (article(LONG, seen=10, modified=9, headline=None), False, (0, 0)),
        (article("Two.\n\n" + LONG, seen=10, extractor="test/2"), True, (1, 1)),
        (article("Two.\n\n" + LONG, seen=10, extractor="other/1"), False, (0, 0)),
        (Fetch(URL, at(10), outcome=Outcome.NOT_ARTICLE, payload=PAGE), False, (0, 0)),
        (Fetch(URL, at(10), outcome=Outcome.NOT_ARTICLE), True, (0, 0)),
        (Fetch(f"{URL}-3", at(10), outcome=Outcome.NOT_ARTICLE, payload=PAGE), True, (0, 0)),
    ],
    ids=("unchanged", "not modified", "new", "updated", "silent edit", "headline lost", "same reader", "other reader",
         "no article any more", "without its page", "never an article"),
)  # fmt: skip
def test_which_readings_wait_for_the_others(
    item: Article | Fetch, is_recorded: bool, counts: tuple[int, int], crawl: Crawl
) -> None:
    crawl.quarantine = Quarantine(crawl.store, "paper", 1, Readings())
    assert (crawl.screen(item) is item) is is_recorded
    assert (crawl.quarantine.counts, crawl.quarantine.is_holding) == (counts, not is_recorded)


@table("sound", [SOUND_NEEDED - 1, SOUND_NEEDED])
def test_a_lost_headline_is_believed_among_enough_sound_readings(sound: int, crawl: Crawl) -> None:
    crawl.quarantine.restore((sound, sound))
    assert crawl.screen(article(LONG, seen=10, headline=None, fetch={"payload": PAGE})) is None
    ((held, reason),) = crawl.quarantine.verdicts()
    assert (reason.code if reason else None) == (None if sound >= SOUND_NEEDED else FetchReason.LOST_FIELDS)
    assert isinstance(held.item, Article)
    assert held.item.content_hash == held.hash
    assert (crawl.quarantine.is_holding, crawl.quarantine.verdicts()) == (False, [])


def test_so_many_wait_and_no_more(crawl: Crawl) -> None:
    for number in range(MAX_HELD):
        assert not crawl.quarantine.is_full
        crawl.screen(article(f"{number}\n\n{LONG}", seen=10))
    assert crawl.quarantine.is_full


def unlike(minutes: float, **fields: object) -> Article:
    """A page at the article's address with nothing of its text."""
    return article("Nothing like it any more.", seen=minutes, **fields)  # type: ignore[arg-type]


def rewritten(minutes: float) -> Article:
    """A page of about its length, with nothing of its text."""
    return article("\n\n".join(f"Mayor {number} opened fair number {number}" for number in range(40)), seen=minutes)


@table(
    ("page", "wait", "code"),
    [
        (article("Cut.\n\n" + LONG, seen=10, modified=9, fetch={"doubt": "cut short"}), AGAIN, FetchReason.NOT_SURE_WHOLE),
        (unlike(10), LONG_LOOK, FetchReason.NOT_THIS_PAGE),
        (article("", seen=10, modified=9), LONG_LOOK, FetchReason.NOT_THIS_PAGE),
        (rewritten(10), SECOND_LOOK, FetchReason.NOT_THIS_PAGE),
        (unlike(10, headline="Service unavailable"), LONG_LOOK, FetchReason.NOT_THIS_PAGE),
        (unlike(10, headline="Sorry", published=None, modified=None, authors=()), LONG_LOOK, FetchReason.NOT_THIS_PAGE),
    ],
    ids=("cut short", "hardly a text left", "no text left", "all words new", "other headline", "notice"),
)
def test_a_doubtful_page_is_believed_when_it_says_the_same_later(
    page: Article, wait: timedelta, code: str, tmp_path: Path
) -> None:
    crawl = Crawl(tmp_path / f"{page.content_hash}")

    def after(passed: timedelta) -> str | None:
        assert page.fetch is not None
        return crawl.read(replace(page, fetch=replace(page.fetch, fetched=page.fetch.fetched + passed)))

    early = sorted({timedelta(), wait - timedelta(seconds=1)})
    assert [after(passed) for passed in (*early, wait)] == [*(code for _ in early), None]
    assert [row["looks"] for row in crawl.rows] == [len(early)], "the same reading is one row"


def test_another_text_or_the_old_one_again_starts_the_wait_anew(crawl: Crawl) -> None:
    assert crawl.read(unlike(10)) == FetchReason.NOT_THIS_PAGE
    assert crawl.read(article("Another notice of the server.", seen=50)) == FetchReason.NOT_THIS_PAGE
    crawl.writer.record(article(LONG, seen=55))
    assert crawl.read(unlike(60)) == FetchReason.NOT_THIS_PAGE
    assert revisions(crawl.store) == [(1, "new", "[]")]
    assert crawl.read(unlike(60 + 24 * 60)) is None, "it was seen at 60, and the article not since"


def test_an_edit_without_doubt_does_not_wait(crawl: Crawl) -> None:
    assert crawl.read(article("One more line.\n\n" + LONG, seen=10)) is None
    assert crawl.rows == []


def test_a_reading_is_kept_with_its_page(crawl: Crawl) -> None:
    page = unlike(10, fetch={"payload": PAGE, "robots": "noarchive", "aliases": ((f"{URL}?p=1", "short"),)})
    crawl.read(page)
    (held,) = in_quarantine(crawl.store, "paper")
    assert held.fetch.payload == PAGE
    assert (held.fetch.robots, held.fetch.aliases, held.fetch.fetched) == ("noarchive", ((f"{URL}?p=1", "short"),), at(10))
    assert (held.headline, held.symptoms, held.crawl_id) == ("Fire at Cross Mill", ("lost nearly all its words",), 1)
    assert list(in_quarantine(crawl.store, "weekly")) == []


def test_an_accepted_reading_leaves_without_its_page(crawl: Crawl) -> None:
    page = unlike(10, fetch={"payload": PAGE})
    crawl.read(page)
    crawl.quarantine.accept(article("Something else.", seen=45), Fetch(URL, at(45)))
    assert [row["state"] for row in crawl.rows] == ["quarantined"]
    crawl.quarantine.accept(page, Fetch(URL, at(50)))
    assert crawl.rows == [
        {"state": "accepted", "looks": 1, "last_seen": "2025-03-07T08:10:00Z", "settled": "2025-03-07T08:50:00Z", "is_empty": 1}
    ]
    assert list(in_quarantine(crawl.store)) == []


def test_a_reading_is_overtaken_once_its_article_is_read_well(crawl: Crawl) -> None:
    crawl.read(unlike(10, fetch={"payload": PAGE}))
    crawl.quarantine.expire()
    assert [(row["state"], row["is_empty"]) for row in crawl.rows] == [("quarantined", 0)]
    crawl.writer.record(article(LONG, seen=20))
    crawl.quarantine.expire()
    assert [(row["state"], row["settled"], row["is_empty"]) for row in crawl.rows] == [("overtaken", "2025-03-07T08:10:00Z", 1)]


def test_pages_kept_of_a_site_are_bounded(crawl: Crawl, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(quarantine_module, "PAGES_KEPT", 1)
    crawl.read(unlike(10))
    crawl.read(article("Another notice of the server.", seen=11))
    crawl.read(unlike(12))
    assert [(row["looks"], row["last_seen"]) for row in crawl.rows] == [(2, "2025-03-07T08:12:00Z")]
    assert crawl.store.value("SELECT count(*) FROM fetches WHERE outcome = 'quarantined'") == 3


def test_a_page_that_is_no_article_any_more_waits_as_its_fetch(crawl: Crawl) -> None:
    lost = Fetch(URL, T0 + MINUTE, outcome=Outcome.NOT_ARTICLE, payload=PAGE)
    crawl.screen(lost)
    ((held, reason),) = crawl.quarantine.verdicts()
    assert (held.hash, held.item, sorted(held.anomaly.symptoms)) == (None, lost, [LOST_ARTICLE])
    assert reason is not None
    assert reason.code == FetchReason.LOST_ARTICLE


def test_an_edit_behind_a_new_template_is_recorded_without_it(crawl: Crawl) -> None:
    for number in range(2, 9):
        crawl.writer.record(article(LONG, url=f"{URL}-{number}"))
    edited = LONG.replace("Sentence 2", "Sentence 7")
    for number in range(2, 9):
        crawl.screen(article(edited if number == 2 else LONG, url=f"{URL}-{number}", seen=10, authors=()))
    believed = [held for held, reason in crawl.quarantine.verdicts() if reason is None]
    assert [held.article.body if held.article else None for held in believed] == [edited]
    crawl.writer.record(believed[0].item)
    assert revisions(crawl.store)[-1] == (2, "silent", '["body"]')


def test_a_line_that_is_shown_at_times_makes_no_edit(crawl: Crawl) -> None:
    shown = LONG + "\n\nRead faster in our app."
    for number in range(2, 9):
        crawl.writer.record(article(shown if number % 2 else LONG, url=f"{URL}-{number}"))
    for number in range(2, 9):
        crawl.screen(article(LONG if number % 2 else shown, url=f"{URL}-{number}", seen=10))
    crawl.writer.record(article(shown, url=f"{URL}-9"))
    crawl.screen(article(f"Read faster in our app.\n\n{shown}", url=f"{URL}-9", seen=10))
    for held, reason in crawl.quarantine.verdicts():
        assert reason is None
        assert crawl.writer.record(held.item).outcome is Outcome.UNCHANGED


def test_a_line_that_leaves_many_articles_is_no_edit_and_hides_none(crawl: Crawl) -> None:
    shown, edited = f"{LONG}\n\nRead faster in our app.", LONG.replace("Sentence 2", "Sentence 7")
    for number in range(2, 9):
        crawl.writer.record(article(shown, url=f"{URL}-{number}"))
    for number in range(2, 9):
        crawl.screen(article(edited if number == 2 else LONG, url=f"{URL}-{number}", seen=10))
    outcomes = [crawl.writer.record(held.item).outcome for held, reason in crawl.quarantine.verdicts() if reason is None]
    assert sorted(outcomes) == sorted([Outcome.SILENT, *[Outcome.UNCHANGED] * 6])


def test_a_line_that_one_crawl_found_to_be_boilerplate_makes_no_edit_in_the_next(crawl: Crawl) -> None:
    shown = f"{LONG}\n\nRead faster in our app."
    for number in range(2, 9):
        crawl.writer.record(article(shown, url=f"{URL}-{number}"))
    for number in range(2, 7):
        crawl.screen(article(LONG, url=f"{URL}-{number}", seen=10))
    crawl.quarantine.verdicts()
    later = Quarantine(crawl.store, "paper", None, Readings())
    for text, outcome in ((LONG, Outcome.UNCHANGED), (LONG.replace("Sentence 2", "Sentence 7"), Outcome.SILENT)):
        judged = crawl.writer.judge(article(text, url=f"{URL}-8", seen=20))
        assert crawl.writer.judge(later.boilerplate.without(judged)).outcome is outcome


def test_a_counter_in_the_text_hides_no_edit_now_or_later(crawl: Crawl) -> None:
    for number in range(2, 12):
        crawl.writer.record(article(f"{LONG}\n\nRiver level: {number} cm", url=f"{URL}-{number}"))
    edited = LONG.replace("Sentence 2", "Sentence 7")
    for number in range(2, 12):
        text = f"{edited if number == 2 else LONG}\n\nRiver level: {number + 20}.5 cm"
        crawl.screen(article(text, url=f"{URL}-{number}", seen=10))
    outcomes = [crawl.writer.record(held.item).outcome for held, reason in crawl.quarantine.verdicts() if reason is None]
    assert sorted(outcomes) == sorted([Outcome.SILENT, *[Outcome.UNCHANGED] * 9])
    later = Quarantine(crawl.store, "paper", None, Readings())
    for text, outcome in ((LONG, Outcome.UNCHANGED), (edited, Outcome.SILENT)):
        judged = crawl.writer.judge(article(f"River level: 77 cm\n\n{text}", url=f"{URL}-3", seen=20))
        assert crawl.writer.judge(later.boilerplate.without(judged)).outcome is outcome


def test_a_reading_unlike_for_its_template_is_no_absence(crawl: Crawl) -> None:
    crawl.writer.record(Fetch(URL, at(10), status=404, outcome=Outcome.GONE))
    aside = because(Fetch(URL, at(20), status=200), Outcome.QUARANTINED, coded(FetchReason.SILENT_EDITS, "silent authors", 9, 1))
    crawl.writer.record(aside)
    assert crawl.store.row("SELECT state, suspected_since FROM articles") == {"state": "live", "suspected_since": None}


def test_a_new_headline_with_a_new_slug_does_not_wait(crawl: Crawl) -> None:
    published = Timestamp(T0, source="jsonld.datePublished")  # which the ledger does not keep
    edited = article(LONG, seen=10, headline="Mill fire: two held", date_published=published, canonical_url=f"{URL}-two-held")
    assert crawl.read(edited) is None, "the same text of the same time, whatever the page calls its address now"
    stored = replace(edited, fetch=replace(edited.fetch, doubt=NAMES_ANOTHER)) if edited.fetch else edited
    assert crawl.read(stored) is None
