"""What is read right of the pages in `tests/corpus` may not sink: every measure stays at its floor, in any clone."""

from __future__ import annotations

import tomllib
from pathlib import Path
from statistics import fmean
from typing import Any

import pytest

from crawler.catalogue import load_sites
from crawler.extraction.families import FAMILIES
from pipelines.article import Kind
from tests.crawler.extraction.quality import CORPUS, MEASURES, page_of, read, rows, scores

ROOT = Path(__file__).resolve().parents[3]
WORST = 5
"""Pages named in the message about a measure that sank."""
MAX_PAGE_BYTES = 40_000
MAX_CORPUS_BYTES = 1_500_000
FRAME = {"id", "source", "url", "host", "domain", "lang", "publisher", "family", "kind", "shows", "metrics", "truth"}


@pytest.fixture(scope="module")
def expected() -> dict[str, Any]:
    return tomllib.loads((CORPUS / "floors.toml").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def found() -> dict[str, dict[str, float]]:
    """Measure -> page -> score."""
    by_measure: dict[str, dict[str, float]] = {name: {} for name in MEASURES}
    for row in rows():
        for name, score in scores(row, read(row)).items():
            by_measure[name][row["id"]] = score
    return by_measure


def test_no_measure_sinks(found: dict[str, dict[str, float]], expected: dict[str, Any]) -> None:
    floors: dict[str, float] = expected["floors"]
    assert set(floors) == set(MEASURES)
    sunk = []
    for name, floor in floors.items():
        by_page = found[name]
        mean = fmean(by_page.values())
        if mean < floor:
            worst = sorted(by_page.items(), key=lambda one: one[1])[:WORST]
            pages = ", ".join(f"{page} {score:.3f}" for page, score in worst if score < 1)
            sunk.append(f"{name}: {mean:.4f} over {len(by_page)} pages, floor {floor}; worst: {pages}")
    assert not sunk, "\n".join(["", *sunk])


def test_known_faults_are_those_of_today(found: dict[str, dict[str, float]], expected: dict[str, Any]) -> None:
    """A fault that is mended leaves the list, and the floor of its measure rises; each says what is read wrong."""
    known = [(one["page"], one["measure"]) for one in expected["faults"]]
    assert len(known) == len(set(known))
    assert [one for one in known if found[one[1]][one[0]] >= 1] == []
    assert all(len(one["read"]) > 10 for one in expected["faults"])


def test_whole() -> None:
    """Every page has its row and every row its page; a row measures what it holds, and the truth names no page's fault."""
    all_rows = rows()
    assert sorted(row["id"] for row in all_rows) == sorted(path.stem for path in CORPUS.glob("*.html"))
    assert {row["id"]: set(row) ^ FRAME - {"fetched"} for row in all_rows if set(row) - {"fetched"} != FRAME} == {}
    sizes = [len(page_of(row)) for row in all_rows]
    assert max(sizes) <= MAX_PAGE_BYTES
    assert sum(sizes) <= MAX_CORPUS_BYTES
    for row in all_rows:
        truth = row["truth"]
        assert (row["kind"] == Kind.NOT_ARTICLE) == (truth == {}), row["id"]
        whole = [truth.get("body", ""), *truth.get("body_alts", ())]
        assert all(text in whole[0] for text in truth.get("body_with", ())), row["id"]
        assert not any(text in one for text in truth.get("body_without", ()) for one in whole[:1]), row["id"]


def test_every_family_kind_and_language_is_there() -> None:
    all_rows = rows()
    assert {family.name for family in FAMILIES} | {"generic"} == {row["family"] for row in all_rows}
    assert {row["kind"] for row in all_rows} == set(Kind)
    furniture = tomllib.loads((ROOT / "benchmarks/furniture.toml").read_text(encoding="utf-8"))
    claimed = {site.language[:2] for site in load_sites(None) if site.enabled} | set(furniture)
    assert claimed <= {row["lang"] for row in all_rows if row["kind"] != Kind.NOT_ARTICLE}
