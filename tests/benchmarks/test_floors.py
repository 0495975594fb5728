"""What we read right of real pages may not sink: every field stays above the floor that was measured for it."""

from __future__ import annotations

import importlib
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
CORPUS = ROOT / "../shared/corpus"
FLOORS = ROOT / "benchmarks/floors.toml"

sys.path.append(str(ROOT / "benchmarks"))  # scripts, no package: they find each other beside them
extraction = importlib.import_module("extraction")
readers = importlib.import_module("readers")


def measured() -> dict[tuple[str, str], float | None]:
    """(group, field.key) -> our score over the whole corpus; a field of the floors that is scored no more is missing."""
    rows = readers.rows_of(CORPUS, None)
    scores = extraction.score(extraction.load_scorer(CORPUS), rows, readers.predict(readers.newsledger(), CORPUS, rows))
    return {
        (group, f"{measure.field}.{measure.key}"): extraction.value(scores[group], measure)
        for group in scores
        for measure in extraction.MEASURES
        if not measure.is_ceiling
    }


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.skipif(not CORPUS.is_dir(), reason="the corpus of real pages is not beside this checkout")
def test_no_field_sinks() -> None:
    floors = tomllib.loads(FLOORS.read_text(encoding="utf-8"))
    found = measured()
    sunk = {
        f"{group} {name}": (found[group, name], floor)
        for group, fields in floors.items()
        for name, floor in fields.items()
        if (found[group, name] or 0.0) < floor
    }
    assert sunk == {}


def test_floors_name_what_the_table_shows() -> None:
    floors = tomllib.loads(FLOORS.read_text(encoding="utf-8"))
    floored = [measure for measure in extraction.MEASURES if not measure.is_ceiling]
    shown = {f"{measure.field}.{measure.key}" for measure in floored}
    assert set(floors) == set(extraction.MARGINS)
    assert all(set(fields) <= shown for fields in floors.values())
    assert {f"{measure.field}.{measure.key}" for measure in floored if measure.goal} <= set(floors["all"])
