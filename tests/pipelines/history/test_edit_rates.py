"""What a site has shown of its edits."""

from __future__ import annotations

from datetime import timedelta
from math import exp

import pytest

from pipelines.history.edit_rates import (
    AGES_HOURS,
    CLAIMS,
    PRIOR,
    VANISHED,
    Count,
    EditRateModel,
    Traits,
    counted,
    learned,
    likely_range,
    overwritten,
)
from tests.table import table

HOUR = timedelta(hours=1)


def shared(age: float, waited: float, edits: int = 0, *, found: bool, model: EditRateModel | None = None) -> dict[str, Count]:
    rows = learned(model or EditRateModel(), age * HOUR, waited * HOUR, Traits(edits), found)
    return {name: Count(watched, seen) for name, watched, seen in rows}


def test_a_look_that_finds_nothing_counts_all_hours_at_the_ages_it_looks_back_over() -> None:
    assert shared(0.5, 3, found=False) == {
        "first, under 1 h": Count(0.5),
        "first, under 3 h": Count(2),
        "first, under 8 h": Count(pytest.approx(0.5)),
    }
    after_an_edit = ("edited often, under 1 h", "followed, under 1 h", "followed soon, under 1 h")
    assert shared(-5, 1, 7, found=False) == dict.fromkeys(after_an_edit, Count(1))
    assert list(shared(9_000, 9_000, found=False)) == ["any, older", "first, older"]


def test_an_edit_found_late_is_shared_out_by_the_rates_and_nothing_was_watched_after_it() -> None:
    watched = {f"first, under {hours} h": Count(2_000, 2_000 * PRIOR[0][n]) for n, hours in enumerate((1, 3, 8, 24, 72, 168))}
    rows = shared(0, 100, found=True, model=EditRateModel(watched))
    assert sum(one.found for name, one in rows.items() if name.startswith("first")) == pytest.approx(1)
    young, old = rows["first, under 1 h"], rows["first, under 168 h"]
    assert young.found > 0.2 > 0.1 > old.found > 0, "most edits are made at once"
    assert 0.5 < young.watched < 1
    assert old.watched < 3, "had it been made earlier, the article was another for the rest of the time"


def test_a_claim_tells_how_soon_edits_follow_and_nothing_of_untold_ones() -> None:
    rows = list(learned(EditRateModel(), HOUR, HOUR, Traits(1), True, claimed=True))
    assert [(name, found) for name, _, found in rows] == [("followed, under 3 h", 1), ("followed soon, under 1 h", 1)]
    assert not list(learned(EditRateModel(), HOUR, HOUR, Traits(0), True, claimed=True))


def test_how_soon_edits_follow_is_learned_by_the_age_of_the_article() -> None:
    """A paper's edits of the first hours follow one another, its nightly ones do not: only young articles are in a hurry."""
    (_, (name, watched, found), *_) = learned(EditRateModel(), 0 * HOUR, HOUR, Traits(1, changed_after=30), False)
    assert (name, watched, found) == ("followed soon, under 72 h", 1, 0)
    counts = {
        "followed soon, under 3 h": Count(50, 40),
        "followed soon, under 72 h": Count(500, 1),
        "first, under 72 h": Count(1_000, 30),
    }
    model = EditRateModel(counts)
    waits = [model.worth(age * HOUR, Traits()).hours_until(0.0012, 0.1, 168) for age in (1, 30)]
    assert 3 * waits[0] < waits[1]
    assert model.worth(0 * HOUR, Traits(1, changed_after=2)).after(1) > model.worth(0 * HOUR, Traits(1, changed_after=40)).after(
        1
    )


def test_a_claim_that_old_articles_are_edited_lets_expect_untold_edits_too() -> None:
    rows = list(learned(EditRateModel(), 100 * HOUR, HOUR, Traits(), True, claimed=True))
    assert [(name, round(found, 9)) for name, _, found in rows] == [("any, under 168 h", 1)]
    rates = [EditRateModel({"any, under 168 h": Count(200, told)}).rates[0][5] for told in (0, 1, 10)]
    assert rates == sorted(rates)
    assert rates[0] == EditRateModel().rates[0][5], "where sources tell nothing, nothing is concluded"
    counts = {"any, under 168 h": Count(2_000, 100), "first, under 168 h": Count(2_000)}
    assert 3 * PRIOR[0][5] < EditRateModel(counts).rates[0][5] < 10 * PRIOR[0][5], "looks that found nothing weigh more"


def test_what_is_edited_at_a_known_rate_is_learned_from_looks_of_any_length() -> None:
    """A hundred thousand hours at 0.05 edits an hour, looked at every 2 or every 40 hours: the same rate is found."""
    for hours in (2, 40):
        share, counts = 1 - exp(-0.05 * hours), {}
        for _ in range(30):  # what is found is shared out anew by what is known
            model, rows = EditRateModel(counts), {}
            for found, weight in ((True, share), (False, 1 - share)):
                for name, watched, seen in learned(model, 200 * HOUR, hours * HOUR, Traits(), found):
                    before = rows.get(name, Count())
                    times = weight * 100_000 / hours
                    rows[name] = Count(before.watched + times * watched, before.found + times * seen)
            counts = rows
        assert EditRateModel(counts).rates[0][6] == pytest.approx(0.05, rel=0.03)


def test_a_young_site_is_judged_by_the_prior_and_an_old_one_by_itself() -> None:
    young = [rates[0] for rates in EditRateModel().rates]
    assert young == pytest.approx([rates[0] for rates in PRIOR], rel=0.1)
    shown = EditRateModel({"first, under 1 h": Count(10_000, 3_000)})
    assert shown.rates[0][0] == pytest.approx(0.3, rel=0.05)
    assert shown.rates[0][1] > 4 * PRIOR[0][1], "a site that edits much is expected to at other ages too"


def test_what_was_never_watched_may_be_edited_until_it_was_watched() -> None:
    rates = [EditRateModel({"first, under 720 h": Count(hours)}).rates[0][6] for hours in (0, 50, 500, 5_000)]
    assert rates == sorted(rates, reverse=True)
    assert rates[0] > 100 * PRIOR[0][6] > 50 * rates[3] / 3


def test_a_few_edits_move_it_little_where_the_prior_knows_better() -> None:
    assert EditRateModel({"first, under 1 h": Count(20, 2)}).rates[0][0] == pytest.approx(PRIOR[0][0], rel=0.6)


def test_what_is_expected_adds_up_over_the_ages() -> None:
    model, traits = EditRateModel({"section sport, old": Count(1, 20)}), Traits(0, "article", "Sport")
    parts = [model.expected(start * HOUR, HOUR, traits) for start in range(60)]
    assert model.expected(0 * HOUR, 60 * HOUR, traits) == pytest.approx(sum(parts))
    assert parts[24] > 3 * EditRateModel().expected(24 * HOUR, HOUR, Traits()) > 0
    assert parts[2] == EditRateModel().expected(2 * HOUR, HOUR, Traits())


def test_what_an_edit_was_followed_by_before_anybody_looked_is_expected_by_the_rates() -> None:
    busy = EditRateModel({f"{what}, under 720 h": Count(10_000, 1_000) for what in ("first", "edited once", "edited often")})
    hours = (1, 10, 40)
    found = [overwritten(busy, 200 * HOUR, one * HOUR, Traits()) for one in hours]
    assert found == sorted(found)
    young = [overwritten(EditRateModel(), 0 * HOUR, one * HOUR, Traits()) for one in hours]
    assert 0 < young[0] < 0.1, "one who looks after an hour misses little"


def test_a_declared_edit_was_preceded_by_as_many_as_it_is_followed_by() -> None:
    lonely, busy = (EditRateModel({"followed soon, under 168 h": Count(500, found)}) for found in (1, 400))
    found = [overwritten(one, 100 * HOUR, 10 * HOUR, Traits(), claimed=True) for one in (lonely, busy)]
    assert found[0] < found[1] / 5
    assert found[0] > lonely.expected(100 * HOUR, 7 * HOUR, Traits())
    assert overwritten(busy, 100 * HOUR, 0 * HOUR, Traits(), claimed=True) == 0


@table(
    ("expected", "low", "high"),
    [(0.0, 0, 0), (0.04, 0, 0), (0.3, 0, 1), (3.0, 0, 7), (40.0, 12, 80), (2_000.0, 600, 4_000)],
)
def test_the_range_of_what_was_missed(expected: float, low: int, high: int) -> None:
    found = likely_range(expected)
    assert found[0] <= expected <= found[1] + 0.3
    assert found == pytest.approx((low, high), rel=0.2, abs=1)


@table(
    ("name", "watched", "most"), [("first, under 1 h", 1.0, 60), ("first, older", 700.0, 20_000), ("kind live, young", 0.3, 60)]
)
def test_old_counts_are_forgotten_by_halves(name: str, watched: float, most: float) -> None:
    count = Count()
    for _ in range(10_000):
        count = counted(count, name, watched, watched < 700)
    assert max(count.found, count.watched) <= most


@pytest.mark.parametrize("told", [CLAIMS, VANISHED])
def test_what_sources_tell_is_believed_until_it_fails_often(told: str) -> None:
    truths = [EditRateModel({told: Count(heard, 0)}).precision(told) for heard in (0, 4, 8, 9, 50)]
    assert [precision >= 0.5 for precision in truths] == [True, True, True, False, False]
    assert EditRateModel({told: Count(100, 100)}).precision(told) > 0.95


def test_the_last_age_is_open() -> None:
    assert AGES_HOURS[-1] == float("inf")
