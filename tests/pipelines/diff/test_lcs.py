"""Common runs are common, in order, and bounded in steps."""

from __future__ import annotations

import random
import time
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from pipelines.diff.lcs import Steps, common_runs, heaviest_increasing, longest_increasing

ITEMS = st.lists(st.integers(0, 6), max_size=40)


@given(ITEMS, ITEMS, st.integers(0, 2000))
def test_runs_are_common_and_never_cross(one: list[int], other: list[int], steps: int) -> None:
    runs = common_runs(one, other, Steps(steps))
    for i, j, size in runs:
        assert size > 0
        assert one[i : i + size] == other[j : j + size]
    for (i, j, size), (k, m, _) in pairwise(runs):
        assert i + size <= k
        assert j + size <= m


def test_both_ends_come_first_then_the_longest_run() -> None:
    assert common_runs("xabyabcdz", "wabcdv", Steps(1000)) == [(4, 1, 4)]
    assert common_runs("the cat sat", "the dog sat", Steps(1000)) == [(0, 0, 4), (7, 7, 4)]


def test_what_occurs_again_and_again_takes_no_more_than_the_steps() -> None:
    rng = random.Random(1)
    one, other = ([rng.choice("ab") for _ in range(20_000)] for _ in range(2))
    began = time.process_time()
    common_runs(one, other, Steps(100_000))
    assert time.process_time() - began < 2, "without a bound it is a minute"


@given(st.lists(st.integers(0, 30), max_size=12, unique=True))
def test_increasing_subsequences_are_the_best(values: list[int]) -> None:
    subsets = [[k for k in range(len(values)) if mask >> k & 1] for mask in range(1 << len(values))] if len(values) < 9 else []
    rising = [each for each in subsets if all(values[a] < values[b] for a, b in pairwise(each))]
    longest, heaviest = longest_increasing(values), heaviest_increasing(values, [float(value + 1) for value in values])
    for chain in (longest, heaviest):
        assert all(a < b and values[a] < values[b] for a, b in pairwise(chain))
    if rising:
        assert len(longest) == max(map(len, rising))
        assert sum(values[k] + 1 for k in heaviest) == max(sum(values[k] + 1 for k in each) for each in rising)
