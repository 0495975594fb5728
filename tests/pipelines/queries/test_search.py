"""Search: what is found, in which order, how it is narrowed, and that nothing that is typed is an error or without bounds."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipelines.queries import search as searching
from pipelines.queries import search_terms
from pipelines.queries.results import Hit, Hits
from pipelines.queries.search import search
from pipelines.queries.snippets import snippet
from pipelines.store.crawls import put_sites
from pipelines.store.database import Store
from pipelines.store.removal.redaction import withdraw
from pipelines.store.schema import FILLS
from pipelines.stories.update import forget
from tests.factories import T0, URL, article, new_ledger, new_store, only_article
from tests.table import table

SITES = ("paper", "other", "third")


@pytest.fixture(scope="module")
def ledger(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """60 articles of three sites over twenty days, all of the mill, some of the weir; each third is edited a day later."""
    with new_store(tmp_path_factory.mktemp("search")) as store:
        put_sites(store, [{"id": site, "name": site.title(), "url": f"https://{site}.example/"} for site in SITES[1:]])
        ledgers = {site: new_ledger(store, site) for site in SITES}
        for n in range(60):
            site, seen = SITES[n % 3 if n < 57 else 0], n * 480.0
            url = f"https://{site}.example/news/{n}"
            body = f"The mill stood by the {'weir' if n % 4 == 0 else 'road'}.\n\nRare{n} was seen."
            ledgers[site].record(article(body, seen=seen, modified=seen, url=url, headline=f"Story {n}"))
            if n % 3 == 0:
                again = article(body + "\n\nMore came.", seen=seen + 1440, modified=seen, url=url, headline=f"Story {n}")
                ledgers[site].record(again)
    with Store(store.path, readonly=True) as opened:
        yield opened


@pytest.fixture
def crowded(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every bound so low that the ledger counts as a great one."""
    for name, value in {"EXACT": 5, "RANKED": 2, "WALKED": 50, "FACETED": 10, "FEW": 3}.items():
        monkeypatch.setattr(searching, name, value)


def numbers(found: Hits) -> list[str]:
    return [str(hit.headline).removeprefix("Story ") for hit in found.hits]


def test_a_hit_is_told_whole(ledger: Store) -> None:
    found = search(ledger, "RARE4")
    assert found == Hits(
        hits=(Hit(
            site_id="other", site_name="Other", url="https://other.example/news/4", article_id=5, revision_id=7,
            number=1, change="new", headline="Story 4", byline="By Ann Other", language=None,
            first_seen="2025-03-08T16:00:00Z", latest=True,
            snippet=(("The mill stood by the weir.\n\n", False), ("Rare4", True), (" was seen.", False)), stands=True,
        ),),
        total=1, is_more=False, ranked="best", counted=1, whole=(), articles=1,
        facets={"site": (("other", "Other", 1),), "change": (("new", "new", 1),), "year": (("2025", "2025", 1),),
                "month": (("2025-03", "2025-03", 1),)},
    )  # fmt: skip


def test_all_revisions_are_searched_and_accents_and_case_are_one(tmp_path: Path) -> None:
    with new_store(tmp_path) as store:
        writer = new_ledger(store)
        writer.record(article("The café closed."))
        writer.record(article("The café opened again.", seen=5, modified=4))
        assert [(hit.number, hit.latest) for hit in search(store, "CAFE closed").hits] == [(1, False)]
        assert {hit.number for hit in search(store, "caf*").hits} == {1, 2}
        assert search(store, '"opened the"').hits == ()
        assert len(search(store, '"opened again"').hits) == 1
        assert search(store, "café", sites=["nowhere"]).hits == ()


SPELLINGS = (
    ("Frau Müller aus Århus sprach.", ("mueller", "Muller", "müller", "aarhus", "Århus")),
    ("Herr Mueller kam aus Koeln.", ("Müller", "köln", "mueller")),
    ("They co‑operate by e-mail.", ("cooperate", "co-operate", '"co operate"', "email", "e-mail")),
    ("They cooperate by email.", ("co-operate", "cooperate", "e‑mail")),
    ("We won 🎉 in 🇬🇧 today.", ("🎉", "🇬🇧", "won 🎉")),
    ("کتاب فارسی و مدرسة", ("كتاب", "فارسي", "مدرسه")),
    ("سنة 2025", ("٢٠٢٥",)),
    ("سنة ۲۰۲۴، ๕๐๐ บาท", ("2024", "٢٠٢٤", "500")),
    ("They paid 12,000 or 1 234 567 pounds.", ("12000", "12,000", "12.000", "1234567", "1,234,567")),
    ("O’Brien of the F.B.I. quoted the Qur'an on Covid-19.", ("OBrien", "O'Brien", "FBI", "F.B.I.", "Quran", "covid19")),
    ("The U.N. met; see https://paper.example/en/a-story?id=7", ("UN", "https://paper.example/en/a-story?id=7")),
    ("צה״ל הודיעה", ('צה"ל הודיעה', "צהל")),
    ("می‌خواهم بروم", ("میخواهم",)),
    ("El col·legi Ærø", ("collegi", "Aeroe")),
    ("A poet eats blue cheese.", ("poet",)),
)


def test_other_spellings_are_found(tmp_path: Path) -> None:
    """And none that merely looks like one: a poet is no pot."""
    with new_store(tmp_path) as store:
        ledger = new_ledger(store)
        for number, (text, _) in enumerate(SPELLINGS):
            ledger.record(article(f"{text} The rest is the same.", url=f"{URL}-{number}"))
        found = [(number, typed, {hit.url: hit for hit in search(store, typed).hits}.get(f"{URL}-{number}"))
                 for number, (_, all_typed) in enumerate(SPELLINGS) for typed in all_typed]  # fmt: skip
        missed = [(number, typed) for number, typed, hit in found if hit is None or not any(is_hit for _, is_hit in hit.snippet)]
        assert not missed
        assert not [typed for typed in ("pot", "blu", "coop erate", "🎈", "12001") if search(store, typed).total]
        rows = list(store.rows("SELECT * FROM search_texts ORDER BY revision_id"))
        with store.transaction():
            store.execute("UPDATE search_texts SET letters = NULL")
        assert not search(store, "cooperate -email").total
        with store.transaction():
            FILLS["m044_more_spellings"](store._db)
        assert list(store.rows("SELECT * FROM search_texts ORDER BY revision_id")) == rows
        assert store.search_problem() is None


def test_relevance_comes_first_where_hits_are_few(tmp_path: Path) -> None:
    with new_store(tmp_path) as store:
        writer = new_ledger(store)
        for n, headline in enumerate(("Flood warning", "Weir bursts", "Fire")):
            writer.record(article(f"The weir {'held ' * 30}", seen=n, url=f"https://paper.example/{n}", headline=headline))
        found = search(store, "weir")
        assert (found.ranked, found.hits[0].headline) == ("best", "Weir bursts")


def test_few_hits_of_several_words_are_ranked_by_their_texts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As the index ranks them: the headline first, then what says it more often in fewer words, then the newer one."""
    with new_store(tmp_path) as store:
        writer = new_ledger(store)
        texts = (
            ("Rain", f"The old weir held. {'Nothing else. ' * 60}"), ("Rain", "The old weir, the old weir, the old weir."),
            ("The old weir", "It held."), ("Rain", f"The old weir held. {'Nothing else. ' * 60}"), ("Rain", "An old man."),
        )  # fmt: skip
        for n, (headline, body) in enumerate(texts):
            writer.record(article(body, seen=n, url=f"https://paper.example/{n}", headline=headline))
        for typed in ('"old weir"', "weir old"):
            read = [hit.revision_id for hit in search(store, typed).hits]
            monkeypatch.setattr(searching, "READ", 0)
            assert read == [3, 2, 4, 1] == [hit.revision_id for hit in search(store, typed).hits], typed
            monkeypatch.undo()


@table(
    ("narrowed", "count"),
    [
        ({}, 80),
        ({"sites": ["paper"]}, 42),
        ({"sites": ["other", "third"]}, 38),
        ({"changes": ["silent"]}, 20),
        ({"changes": ["new", "silent"], "sites": ["third"]}, 19),
        ({"changes": ["restored"]}, 0),
        ({"since": "2025-03-20"}, 30),
        ({"until": "2025-03-07"}, 2),
        ({"since": "2025-03-10", "until": "2025-03-11"}, 8),
        ({"since": "2025-03-10T08:00:00Z", "until": "2025-03-10T08:00:00Z"}, 2),
        ({"since": "2030"}, 0),
        ({"sites": ["nowhere"]}, 0),
    ],
)
def test_what_is_found_can_be_narrowed(ledger: Store, narrowed: dict[str, object], count: int) -> None:
    found = search(ledger, "mill", limit=200, **narrowed)  # type: ignore[arg-type]
    every = search(ledger, "mill", limit=200)
    kept = [hit for hit in every.hits if _fits(hit, narrowed)]
    assert sorted(hit.revision_id for hit in found.hits) == sorted(hit.revision_id for hit in kept)
    assert (found.total, found.is_more, found.counted, len(found.hits)) == (count, False, count, count)
    assert sum(n for _, _, n in found.facets.get("site", [])) == count


def _fits(hit: Hit, narrowed: dict[str, object]) -> bool:
    sites, changes = narrowed.get("sites"), narrowed.get("changes")
    since, until = str(narrowed.get("since", "")), str(narrowed.get("until", "")) + "~"
    of = (not sites or hit.site_id in sites) and (not changes or hit.change in changes)  # type: ignore[operator]
    return of and since <= hit.first_seen <= until


def test_pages_join_without_gap(ledger: Store) -> None:
    whole = [hit.revision_id for hit in search(ledger, "mill", limit=200).hits]
    paged = [hit.revision_id for offset in range(0, 90, 7) for hit in search(ledger, "mill", limit=7, offset=offset).hits]
    assert paged == whole
    assert search(ledger, "mill", limit=-1, offset=-5).hits == ()


@pytest.mark.usefixtures("crowded")
def test_where_matches_are_many_the_newest_are_walked(ledger: Store) -> None:
    found = search(ledger, "mill", limit=5)
    assert (found.total, found.is_more, found.ranked, found.counted) == (10, True, "newest", 10)
    times = [hit.first_seen for hit in found.hits]
    assert times == sorted(times, reverse=True)
    assert numbers(found)[0] in ("57", "59")


@pytest.mark.usefixtures("crowded")
def test_a_walk_ends_and_says_so(ledger: Store) -> None:
    early = search(ledger, "mill", sites=["third"], changes=["updated"], limit=5)
    assert (early.hits, early.total) == ((), 0)
    narrow = search(ledger, "mill", since="2025-03-07", until="2025-03-07")
    assert (len(narrow.hits), narrow.is_more) == (2, False), "few of a time are all looked at, however many match"


@pytest.mark.usefixtures("crowded")
def test_few_revisions_of_a_selection_are_each_asked(ledger: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    selection = {"sites": ["paper"], "since": "2025-03-07", "until": "2025-03-08"}
    found = search(ledger, "mill", **selection)  # type: ignore[arg-type]
    monkeypatch.setattr(searching, "EXACT", 0)
    again = search(ledger, "mill", **selection)  # type: ignore[arg-type]
    assert (again.total, again.is_more, again.ranked) == (3, False, "newest")
    assert sorted(hit.revision_id for hit in again.hits) == sorted(hit.revision_id for hit in found.hits)


def test_what_begins_so_too_often_is_taken_whole(ledger: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    assert search(ledger, "rar*").total == 80
    monkeypatch.setattr(search_terms, "MAX_BEGINNING", 79)
    found = search(ledger, "rar* mill")
    assert (found.total, found.whole) == (0, ("rar*",))
    assert search(ledger, "wei* mill").total == search(ledger, "weir").total
    assert search(ledger, "mill m*").whole == ("m*",), "a letter alone begins half of all words"


def test_relevance_is_not_worked_out_for_words_that_are_everywhere(ledger: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(searching, "READ", 0)
    assert search(ledger, "mill rare4").ranked == "best"
    monkeypatch.setattr(search_terms, "MAX_COMMON", 70)
    assert search(ledger, "mill rare4").ranked == "newest"
    assert search(ledger, "rare4").ranked == "best"


def test_articles_are_grouped_before_they_are_paged(ledger: Store) -> None:
    """Story 0 and each third after it hold the words in two revisions."""
    paged = [hit for offset in range(0, 70, 7) for hit in search(ledger, "mill", limit=7, offset=offset, by_article=True).hits]
    assert len(paged) == len({hit.article_id for hit in paged}) == 60
    assert sum(1 + len(hit.also) for hit in paged) == 80
    assert all(hit.stands for hit in paged)
    found = search(ledger, "mill", by_article=True)
    assert (found.total, found.articles, len(found.hits)) == (80, 60, 20)
    twice = next(hit for hit in paged if hit.also)
    assert {twice.number, twice.also[0].number} == {1, 2}


@pytest.mark.usefixtures("crowded")
def test_articles_are_grouped_where_matches_are_walked(ledger: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(searching, "FACETED", 2)
    found = search(ledger, "mill", limit=9, by_article=True)
    assert (len(found.hits), len({hit.article_id for hit in found.hits}), found.is_more) == (9, 9, True)


@table(
    ("typed", "total"),
    [
        ("mill site:paper", 42),
        ("mill site:www.paper.example", 42),
        ("mill site:other site:third", 38),
        ("mill change:silent", 20),
        ("mill after:2025-03-20", 30),
        ("mill before:2025-03-08", 2),
        ("mill after:2025-03-10 before:2025-03-12 site:paper", 4),
        ("weir OR road", 80),
        ("mill -weir", 60),
        ("mill NOT road", 20),
        ("headline:mill", 0),
        ("body:rare4", 1),
        ("author:other rare4", 1),
    ],
)
def test_what_is_typed_narrows(ledger: Store, typed: str, total: int) -> None:
    assert search(ledger, typed).total == total


def test_what_is_not_known_is_named(ledger: Store) -> None:
    assert search(ledger, "mill site:nowhere.example") == Hits(unknown=("nowhere.example",))
    assert search(ledger, "mill colour:red").as_words == ("colour:red",)
    assert search(ledger, "mill site:paper", sites=["other"]) == Hits()


def test_withdrawn_texts_are_not_found(tmp_path: Path) -> None:
    with new_store(tmp_path) as store:
        new_ledger(store).record(article("A secret."))
        withdraw(store, only_article(store), "ops", "a court", T0, forget)
        assert search(store, "secret") == Hits(facets={"site": (), "change": (), "year": (), "month": ()})


def test_a_hit_follows_a_correction(tmp_path: Path) -> None:
    with new_store(tmp_path) as store:
        new_ledger(store).record(article("Wrongly read."))
        store.update("revisions", 1, {"body": "Rightly read."})
        assert search(store, "wrongly").hits == ()
        assert len(search(store, "rightly").hits) == 1


HOSTILE = [
    *('"', "AND", "a OR", "(", "*", "**", "a**", '"*', "NEAR(", "body:", "'; DROP TABLE sites; --", '""', " ", "\x00", "-x", "^"),
    *("{a b}: c", "a\x01b\x02", "\ud800", "x" * 100_000, "a " * 50_000, '"' * 9_999, "* " * 5_000, "mill* " * 500),
]


@table("words", HOSTILE, ids=range(len(HOSTILE)))
def test_search_takes_anything(ledger: Store, words: str) -> None:
    assert isinstance(search(ledger, words), Hits)


@settings(max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(words=st.text(max_size=60) | st.text(alphabet="\"*^(){}:+-ANDORTNEl weir'", max_size=60))
def test_search_takes_any_text(ledger: Store, words: str) -> None:
    found = search(ledger, words)
    assert len(found.hits) <= 20
    assert len(search_terms.question(words).terms()) <= search_terms.MAX_TERMS


def test_two_spellings_of_a_term_count_once_in_a_snippet() -> None:
    """The passage with both terms is shown, not the earlier one that has one of them in two spellings."""
    text = f"Müller, also Mueller. {'Nothing of note. ' * 30}Müller bought the mill."
    shown = snippet([text], [search_terms.Term("müller"), search_terms.Term("mill")])
    assert [part for part, is_hit in shown if is_hit] == ["Müller", "mill"]
