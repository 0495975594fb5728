"""How far a host's 304s are believed."""

from __future__ import annotations

from datetime import timedelta

from pipelines.history.validators import MOST, UNTRIED, Validators, ValidatorTrust, confirmed, is_violation, violated
from tests.factories import T0, at
from tests.table import table

URL = "https://paper.example/news/mill-fire"


@table(
    ("before", "after", "same"),
    [
        (Validators('"1"'), Validators('"1"'), True),
        (Validators('W/"1"'), Validators('"1"'), True),
        (Validators('"1"', "Mon"), Validators('"2"', "Mon"), False),
        (Validators(None, "Mon"), Validators('"2"', "Mon"), True),
        (Validators(None, "Mon"), Validators(None, "Tue"), False),
        (Validators('"1"'), Validators(None, "Mon"), None),
        (Validators(), Validators(), None),
    ],
)
def test_what_validators_say(before: Validators, after: Validators, same: bool | None) -> None:
    assert before.says_same(after) is same


SAME, OTHER = (Validators('"1"'), Validators('"1"')), (Validators('"1"'), Validators('"2"'))


@table(
    ("validators", "changed", "stamp", "vouched", "lie"),
    [
        (SAME, True, None, None, True),
        (SAME, False, None, None, False),
        (OTHER, True, None, None, False),
        (OTHER, True, at(0), at(120), True),  # edited at 8, vouched for at 10
        (OTHER, True, at(0), at(50), False),  # a cache's hour
        (OTHER, True, at(60), at(50), False),
        ((Validators(), Validators()), True, None, None, False),
    ],
)
def test_lies(validators: tuple[Validators, Validators], changed: bool, stamp: object, vouched: object, lie: bool) -> None:
    assert is_violation(*validators, changed, stamp, vouched) is lie  # type: ignore[arg-type]


def test_trust_is_earned_and_grows_slowly() -> None:
    trust, seen = ValidatorTrust(), []
    for _ in range(400):
        seen.append(trust.one_in(T0))
        trust = confirmed(trust, same=True, changed=False)
    assert seen[: UNTRIED + 1] == [1, 1, 1, 2]
    assert seen == sorted(seen)
    assert seen[-1] == MOST


def test_a_change_under_changed_validators_proves_more() -> None:
    assert (
        confirmed(ValidatorTrust(), same=False, changed=True).passed
        > confirmed(ValidatorTrust(), same=True, changed=False).passed
    )
    assert (
        confirmed(ValidatorTrust(), same=None, changed=True)
        == confirmed(ValidatorTrust(), same=False, changed=False)
        == ValidatorTrust()
    )


def test_a_lie_costs_a_week_then_two_and_never_more_than_ninety_days() -> None:
    trust = violated(ValidatorTrust(passed=99), URL, T0)
    assert trust == ValidatorTrust(0, 1, T0, URL)
    trust = ValidatorTrust(50, trust.losses, trust.lost, trust.lost_url)
    assert (trust.one_in(T0 + timedelta(days=6)), trust.one_in(T0 + timedelta(days=8)) > 1) == (1, True)
    untils = [ValidatorTrust(0, losses, T0).until for losses in (1, 2, 3, 99)]
    assert [(until - T0).days for until in untils if until] == [7, 14, 28, 90]


def test_the_lot_is_drawn_anew_at_each_look() -> None:
    trust = ValidatorTrust(passed=UNTRIED + 50)
    one_in = trust.one_in(T0)
    drawn = [trust.wants_all("paper.example/news/mill-fire", at(n).isoformat(), T0) for n in range(2_000)]
    assert 0.6 / one_in < sum(drawn) / 2_000 < 1.6 / one_in
    assert all(ValidatorTrust().wants_all("k", str(n), T0) for n in range(50))
