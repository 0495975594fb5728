"""The table of changes, row by row."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from pipelines.article import Article, Image, Kind, Outcome
from pipelines.history.revisions import Decision, EarlierRevision, Known, State, as_laid_out, changed_fields, decide, stamp_moved
from pipelines.text.dates import Precision, Timestamp
from tests.factories import BODY, article, at, day, stamp
from tests.table import table

KNOWN = Known(
    "latest", "2025-03-07T08:00:00Z", "2025-03-07T07:00:00Z", earlier=(EarlierRevision(1, "first"), EarlierRevision(2, "second"))
)
UPDATED_SINCE = replace(KNOWN, earlier=(EarlierRevision(1, "first", is_stamped=False),))
FLIPPING = replace(KNOWN, earlier=tuple(EarlierRevision(n, hash_) for n, hash_ in enumerate(("one", "latest", "one"), 1)))
STALE = replace(KNOWN, stale_hash="second", stale_since="2025-03-07T09:00:00Z")


def reading(content: str, modified: Timestamp | None) -> Article:
    return Article("https://paper.example/a", content_hash=content, date_modified=modified, extractor="new/1")


TABLE = [
    ("never seen", None, "any", stamp(0), 60, Outcome.NEW, None),
    ("same stamp, same text", KNOWN, "latest", stamp(0), 60, Outcome.UNCHANGED, None),
    ("newer, differs", KNOWN, "other", stamp(5), 60, Outcome.UPDATED, None),
    ("newer by a second, differs", KNOWN, "other", stamp(1 / 60), 60, Outcome.UPDATED, None),
    ("same stamp, differs", KNOWN, "other", stamp(0), 60, Outcome.SILENT, None),
    ("older stamp, differs", KNOWN, "other", stamp(-30), 60, Outcome.SILENT, None),
    ("no stamp, differs", KNOWN, "other", None, 60, Outcome.SILENT, None),
    ("newer, same text", KNOWN, "latest", stamp(5), 60, Outcome.RESTAMPED, None),
    ("newer by under a minute, same text: one stamp", KNOWN, "latest", stamp(0.9), 60, Outcome.UNCHANGED, None),
    ("stamped as it was fetched, same text: a clock", KNOWN, "latest", stamp(59.5), 60, Outcome.UNCHANGED, None),
    ("no stamp any more, same text", KNOWN, "latest", None, 60, Outcome.UNCHANGED, None),
    ("older stamp, same text", KNOWN, "latest", stamp(-30), 60, Outcome.UNCHANGED, None),
    ("same stamp, an earlier text", KNOWN, "first", stamp(0), 60, Outcome.REVERTED, 1),
    ("newer, an earlier text", KNOWN, "second", stamp(9), 60, Outcome.REVERTED, 2),
    ("no stamp, an earlier text", KNOWN, "second", None, 60, Outcome.REVERTED, 2),
    ("older stamp, an earlier text: a cache's", KNOWN, "second", stamp(-30), 60, Outcome.STALE, 2),
    ("no stamp, an earlier text that had none: a cache's", UPDATED_SINCE, "first", None, 60, Outcome.STALE, 1),
    ("another stamp than that text had", UPDATED_SINCE, "first", stamp(0), 60, Outcome.REVERTED, 1),
    ("to and fro for the third time", FLIPPING, "one", stamp(0), 60, Outcome.STALE, 3),
    ("to and fro, and newer", FLIPPING, "one", stamp(9), 60, Outcome.REVERTED, 3),
    ("to and fro for the second time", replace(FLIPPING, earlier=FLIPPING.earlier[1:]), "one", stamp(0), 60, Outcome.REVERTED, 3),
    (
        "still so after a day",
        replace(FLIPPING, stale_hash="one", stale_since="2025-03-07T09:00:00Z"),
        "one",
        stamp(0),
        60 + 1_440,
        Outcome.REVERTED,
        3,
    ),
    ("back though overtaken, after an hour", replace(STALE, is_overtaken=True), "second", stamp(-30), 120, Outcome.STALE, 2),
    ("still so after 59 minutes", STALE, "second", stamp(-30), 119, Outcome.STALE, 2),
    ("still so after an hour", STALE, "second", stamp(-30), 120, Outcome.REVERTED, 2),
    ("another old copy starts anew", STALE, "first", stamp(-60), 120, Outcome.STALE, 1),
    ("another extractor, same stamp", replace(KNOWN, extractor="old/1"), "other", stamp(0), 60, Outcome.REREAD, None),
    ("another extractor, newer stamp", replace(KNOWN, extractor="old/1"), "other", stamp(5), 60, Outcome.UPDATED, None),
    ("the same extractor", replace(KNOWN, extractor="new/1"), "other", stamp(0), 60, Outcome.SILENT, None),
    ("gone and back, differs", replace(KNOWN, state=State.GONE), "other", stamp(0), 60, Outcome.RESTORED, None),
    ("gone and back, an earlier text", replace(KNOWN, state=State.GONE), "first", stamp(0), 60, Outcome.RESTORED, 1),
    ("gone and back as it was", replace(KNOWN, state=State.GONE), "latest", stamp(9), 60, Outcome.UNCHANGED, None),
    (
        "behind a wall before, the same text",
        replace(KNOWN, is_free=False, extractor="new/1"),
        "latest",
        stamp(0),
        60,
        Outcome.PAYWALL,
        None,
    ),
    (
        "behind a wall before, newer, the same text",
        replace(KNOWN, is_free=False, extractor="new/1"),
        "latest",
        stamp(5),
        60,
        Outcome.PAYWALL,
        None,
    ),
    (
        "no word of its price before",
        replace(KNOWN, is_free=True, extractor="new/1"),
        "latest",
        stamp(0),
        60,
        Outcome.UNCHANGED,
        None,
    ),
    (
        "its price to another extractor",
        replace(KNOWN, is_free=False, extractor="old/1"),
        "latest",
        stamp(0),
        60,
        Outcome.UNCHANGED,
        None,
    ),
    ("suspected and back, differs", replace(KNOWN, state=State.SUSPECTED), "other", stamp(0), 60, Outcome.SILENT, None),
]


@table(("name", "known", "content", "modified", "seen", "outcome", "back"), TABLE, ids=[row[0] for row in TABLE])
def test_table(
    name: str,
    known: Known | None,
    content: str,
    modified: Timestamp | None,
    seen: float,
    outcome: Outcome,
    back: int | None,
) -> None:
    assert decide(known, reading(content, modified), at(seen)) == Decision(outcome, back)


UNSTAMPED = Known("latest", None, "2025-03-07T08:00:00Z")
NO_TIMES = Known("latest")


@table(
    ("known", "told", "moved"),
    [
        (KNOWN, "2025-03-07T08:00:01Z", 1),
        (KNOWN, "2025-03-07", 0),
        (KNOWN, "2025-03-08", 1),
        (KNOWN, "2025-03-06", -1),
        (replace(KNOWN, date_modified="2025-03-07"), "2025-03-07T23:00:00Z", 0),
        (UNSTAMPED, "2025-03-07T08:00:00Z", 0),
        (UNSTAMPED, "2025-03-07T07:00:00Z", 0),
        (UNSTAMPED, "2025-03-07T10:00:00Z", 1),
        (NO_TIMES, "2025-03-07T10:00:00Z", 1),
        (NO_TIMES, None, 0),
    ],
)
def test_stamp_moved(known: Known, told: str | None, moved: int) -> None:
    assert stamp_moved(known, told) == moved


def test_a_page_that_shows_its_clock_is_never_restamped() -> None:
    for minutes in range(0, 6000, 100):
        assert decide(KNOWN, reading("latest", stamp(minutes)), at(minutes)).outcome is Outcome.UNCHANGED


@given(
    content=st.sampled_from(["latest", "first", "second", "other"]),
    modified=st.one_of(
        st.none(),
        st.builds(
            Timestamp,
            st.integers(0, 500_000).map(at),
            st.sampled_from(list(Precision)),
        ),
    ),
    state=st.sampled_from(list(State)),
)
def test_same_content_never_makes_an_edit(content: str, modified: Timestamp | None, state: State) -> None:
    """A revision over the same text can only be a restamp; another text never passes as unchanged."""
    outcome = decide(replace(KNOWN, state=state), reading(content, modified), at(60)).outcome
    if content == "latest":
        assert outcome in (Outcome.UNCHANGED, Outcome.RESTAMPED)
    else:
        assert outcome not in (Outcome.UNCHANGED, Outcome.RESTAMPED, Outcome.NEW)


def test_changed_fields_in_order() -> None:
    before = article()
    assert changed_fields(before, before) == []
    after = article(body="Quite another text.", headline="Fire out", section="News", modified=9)
    assert changed_fields(before, after) == ["headline", "body", "section", "date_modified"]
    assert changed_fields(before, article(authors=())) == ["authors"]
    assert changed_fields(before, article(images=())) == ["images"]
    others: dict[str, object] = {
        "byline": "From Ann Other", "topics": ("Fires",), "kind": Kind.LIVE, "language": "cy", "is_accessible_for_free": False,
        "canonical_url": "https://sister.example/mill-fire",
    }  # fmt: skip
    for name, value in others.items():
        assert changed_fields(before, article(**{name: value})) == changed_fields(article(**{name: value}), before) == [name]
    assert changed_fields(before, article(is_accessible_for_free=True)) == ["is_accessible_for_free"]
    assert changed_fields(before, article(**others)) == list(others)
    assert changed_fields(before, article(date_published=day("2025-03-06"))) == ["date_published"]


STAND = "Crews from three towns fought it until dawn."


@table(
    ("before", "after", "is_same"),
    [
        (BODY, BODY.replace("\n\n", " "), True),
        (BODY.replace("\n\n", " "), BODY, True),
        ("火事があった。\n\nけが人はいない。", "火事があった。けが人はいない。", True),
        (BODY, f"{STAND}\n\n{BODY}", True),
        ("The official left the office.", "The oﬃcial left the oﬃce.", True),
        ("\u0644\u0627 أحد", "\ufefb أحد", True),
        (BODY, BODY.replace("No one", "Noone"), False),
        (BODY, BODY.replace("six", "seven").replace("\n\n", " "), False),
        (BODY, BODY.replace("hurt, the", "hurt the"), False),
        ("At 10² m", "At 102 m", False),
    ],
)
def test_another_layout_of_the_same_text_is_no_edit(before: str, after: str, is_same: bool) -> None:
    first, then = article(before), article(after, seen=60)
    laid_out = as_laid_out(first, then)
    assert (laid_out.content_hash == first.content_hash) is is_same
    assert laid_out.body == (before if is_same else then.body)


def test_an_edit_of_names_in_another_layout_is_of_the_names_alone() -> None:
    first, then = article(), article(BODY.replace("\n\n", " "), seen=60, authors=())
    assert changed_fields(first, as_laid_out(first, then)) == ["authors"]


def test_a_gallery_in_another_order_is_no_edit_and_another_caption_in_it_is_one() -> None:
    names = ("The weir", "The mill", "The lock")
    one, two, three = (Image(f"https://paper.example/{n}.jpg", None, name, "Ann Hill") for n, name in enumerate(names))
    first, shuffled = article(images=(one, two, three)), article(images=(three, one, two), seen=60)
    assert as_laid_out(first, shuffled).images == first.images
    assert as_laid_out(first, shuffled).content_hash == first.content_hash
    other = article(images=(three, one, replace(two, caption="The old mill")), seen=60)
    assert changed_fields(first, as_laid_out(first, other)) == ["images"]
