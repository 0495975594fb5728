"""How right and how cheap extraction is: ours and its peers over the same real pages, scored by the corpus' own scorer.

    python benchmarks/extraction.py --corpus ../shared/corpus                     # ours and trafilatura
    python benchmarks/extraction.py --corpus ../shared/corpus --peers trafilatura newspaper4k newsplease \
        --peers-python /tmp/peers/bin/python
    python benchmarks/extraction.py --corpus ../shared/corpus --peers --write-floors
    python benchmarks/extraction.py --corpus ../shared/corpus ../shared/corpus2 --folds

`--folds` also scores by five folds of publishers: rules are made while looking at pages of the first four, and must earn as much
on the fifth, whose pages nobody opens. Floors are set by one corpus.

Peers other than trafilatura are no dependency of the project and live in an environment of their own:

    python -m venv /tmp/peers && /tmp/peers/bin/pip install newspaper4k news-please lxml_html_clean

They run without a network (`unshare -n`, Linux), because they download pictures unasked. Every reader is a child process of
its own, one after another; what one page costs is processor time with the page already in memory.
"""

from __future__ import annotations

import argparse
import hashlib
import importlib.util
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from types import ModuleType
from typing import Any

from readers import READERS, rows_of

HERE = Path(__file__).resolve().parent
FLOORS = HERE / "floors.toml"
OURS = "newsledger"
IN_PROCESS = (OURS, "trafilatura")
"""Readers that the project's own environment holds; the others need `--peers-python`."""
GROUPS = ("all", "en", "other", "local")
FOLDS = 5
MARGINS = {"all": 0.003, "other": 0.006}
"""How far below the measured value a floor is set, by group: a page more or less right in it is no alarm."""

Score = dict[str, Any]
"""field -> measure -> value, as the scorer gives it."""


@dataclass(frozen=True, slots=True)
class Measure:
    """One line of the table."""

    title: str
    field: str
    key: str
    goal: float | None
    """What we promised ourselves; None where nothing was."""
    is_ceiling: bool = False
    """Whether less is better."""


MEASURES = (
    Measure("body F1", "body", "f1", 0.975),
    Measure("body recall", "body", "r", None),
    Measure("share of bodies >= .95", "body", "good", 0.88),
    Measure("share of bodies < .6", "body", "bad", 0.01, is_ceiling=True),
    Measure("headline", "headline", "f1", 0.965),
    Measure("authors F1", "authors", "f1", 0.90),
    Measure("published, right day", "published_day", "f1", 0.96),
    Measure("published, within 60 s with zone", "published_time", "f1", 0.945),
    Measure("last updated, within 60 s", "modified_time", "f1", 0.92),
    Measure("marked snippets in/out", "segments", "f1", 0.935),
    Measure("standfirst", "standfirst", "f1", 0.80),
    Measure("captions F1", "captions", "f1", 0.85),
    Measure("topics F1", "topics", "f1", 0.80),
    Measure("credits F1", "credits", "f1", None),
    Measure("section", "section", "f1", None),
    Measure("canonical URL", "url", "f1", None),
    Measure("language", "lang", "f1", None),
)
CPU_GOAL_MS, CPU_GOAL_RATIO = 20.0, 0.4


@dataclass(frozen=True, slots=True)
class Result:
    """One reader over all pages."""

    name: str
    scores: dict[str, Score] = field(default_factory=dict)
    """Group, or number of a fold, -> scores."""
    ms_median: float = 0.0
    ms_mean: float = 0.0
    errors: int = 0
    """Pages on which it raised; scored as empty."""
    version: str = ""
    extractors: tuple[str, ...] = ()
    missing: str | None = None
    """Why it was not measured."""


def load_scorer(corpus: Path) -> ModuleType:
    """The corpus brings its own scorer; it is used where it lies."""
    spec = importlib.util.spec_from_file_location("corpus_score", corpus / "score.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def score(scorer: ModuleType, rows: Sequence[dict[str, Any]], predictions: Iterable[dict[str, Any]]) -> dict[str, Score]:
    """Scores by group and by fold; a page without a prediction counts as an empty one."""
    found = {prediction["id"]: prediction for prediction in predictions}
    outcomes = [(row, scorer.score_page(row, found.get(row["id"], {}))) for row in rows]
    scores = {group: scorer.summarise(out for row, out in outcomes if scorer.in_group(row, group)) for group in GROUPS}
    folds = {str(fold): scorer.summarise(out for row, out in outcomes if fold_of(row) == fold) for fold in range(FOLDS)}
    return scores | folds


def fold_of(row: dict[str, Any]) -> int:
    """The fold of a page's publisher, the same for all of its pages in every corpus."""
    return int(hashlib.sha256(row["domain"].removeprefix("www.").encode()).hexdigest(), 16) % FOLDS


def without_network() -> list[str] | None:
    """The command before a command that takes its network away, or None where this machine has none."""
    for prefix in (["unshare", "-rn"], ["unshare", "-n"]):
        if shutil.which("unshare") and subprocess.run([*prefix, "true"], capture_output=True, check=False).returncode == 0:
            return prefix
    return None


def run(name: str, corpora: Sequence[Path], sample: int | None, peers_python: str | None) -> Result:
    """One reader in a process of its own for each corpus; the first corpus' scorer scores all."""
    prefix = without_network()
    python = sys.executable if name in IN_PROCESS else peers_python
    if python is None:
        return Result(name, missing="no --peers-python")
    if prefix is None and name not in IN_PROCESS:
        return Result(name, missing="no unshare to take its network away")
    predictions: list[dict[str, Any]] = []
    for corpus in corpora:
        with tempfile.TemporaryDirectory(prefix="newsledger-extraction-") as folder:
            out = Path(folder) / "predictions.jsonl"
            command = [*(prefix or []), python, str(HERE / "readers.py"), name, "--corpus", str(corpus), "--out", str(out)]
            command += [] if sample is None else ["--sample", str(sample)]
            environment = os.environ | {"PYTHONPATH": str(HERE.parent)}
            ended = subprocess.run(command, capture_output=True, text=True, env=environment, check=False)
            if ended.returncode:
                return Result(name, missing=(ended.stderr.strip().splitlines() or ["it failed"])[-1][:80])
            predictions += [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()]
    return Result(
        name,
        score(load_scorer(corpora[0]), [row for corpus in corpora for row in rows_of(corpus, sample)], predictions),
        statistics.median(one["ms"] for one in predictions),
        statistics.mean(one["ms"] for one in predictions),
        sum("error" in one for one in predictions),
        json.loads(ended.stdout.splitlines()[-1])["version"],
        tuple(sorted({one["extractor"] for one in predictions if "extractor" in one})),
    )


def value(scores: Score, measure: Measure) -> float | None:
    found: float | None = scores.get(measure.field, {}).get(measure.key)
    return found


def shown(number: float | None, is_ours: bool = True) -> str:
    """A peer's zero is a field that it does not tell, ours is a zero."""
    return "-" if number is None or not (number or is_ours) else f"{number:.3f}"


def goal_of(measure: Measure) -> str:
    return "" if measure.goal is None else f"{'<=' if measure.is_ceiling else '>='} {measure.goal:.3f}"


def table(heads: Sequence[str], lines: Iterable[Sequence[str]]) -> str:
    """A table of Markdown, aligned for a terminal as well."""
    rows = [list(heads), *map(list, lines)]
    widths = [max(len(row[place]) for row in rows) for place in range(len(heads))]
    drawn = ["| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) + " |" for row in rows]
    return "\n".join([drawn[0], "|" + "|".join("-" * (width + 2) for width in widths) + "|", *drawn[1:]])


def peers_table(results: Sequence[Result], group: str) -> str:
    """Ours beside the peers' on one group of pages; what a page costs, below the fields of all of them."""
    lines = []
    for measure in MEASURES:
        cells = ["not measured" if one.missing else shown(value(one.scores[group], measure), one.name == OURS) for one in results]
        lines.append([measure.title, *cells, goal_of(measure)])
    costs = _costs(results) if group == "all" else []
    return table([f"field ({group})", *(f"{one.name} {one.version}".strip() for one in results), "goal"], [*lines, *costs])


def _costs(results: Sequence[Result]) -> list[list[str]]:
    base = next((one.ms_median for one in results if one.name == "trafilatura"), 0.0)
    plain: list[tuple[str, list[str], str]] = [
        ("CPU ms a page, median", [f"{one.ms_median:.1f}" for one in results], f"<= {CPU_GOAL_MS:.0f}"),
        ("CPU ms a page, mean", [f"{one.ms_mean:.1f}" for one in results], ""),
        ("median / trafilatura's", [f"{one.ms_median / base:.2f}" if base else "-" for one in results], f"<= {CPU_GOAL_RATIO}"),
        ("pages on which it raised", [str(one.errors) for one in results], "0"),
    ]
    return [
        [title, *("-" if one.missing else cell for one, cell in zip(results, cells, strict=True)), goal]
        for title, cells, goal in plain
    ]


def groups_table(ours: Result) -> str:
    lines = []
    for measure in MEASURES:
        counts = "/".join(str(ours.scores[group].get(measure.field, {}).get("n", 0)) for group in GROUPS)
        lines.append([measure.title, *(shown(value(ours.scores[group], measure)) for group in GROUPS), counts])
    return table([OURS, *GROUPS, "pages"], lines)


def folds_table(result: Result) -> str:
    """One reader's scores by fold, the fifth beside the four that rules are made on."""
    folds = [*map(str, range(FOLDS)), "all"]
    lines = []
    for measure in MEASURES:
        cells = [shown(value(result.scores[fold], measure), result.name == OURS) for fold in folds]
        pages = "/".join(str(result.scores[fold].get(measure.field, {}).get("n", 0)) for fold in folds[:-1])
        lines.append([measure.title, *cells, goal_of(measure), pages])
    return table([f"{result.name}, by fold", *folds, "goal", "pages"], lines)


def write_floors(path: Path, ours: Result, pages: int) -> None:
    day = datetime.now(UTC).date().isoformat()
    lines = [
        f"# Measured {day} over {pages} pages by `benchmarks/extraction.py --write-floors`;",
        f"# read by {', '.join(ours.extractors)}.",
        "# Each floor is the measured value less the margin of its group. Raise them when we get better; never by hand.",
    ]
    for group, margin in MARGINS.items():
        lines += ["", f"[{group}]"]
        for measure in MEASURES:
            measured = value(ours.scores[group], measure)
            if measured is not None and not measure.is_ceiling:
                lines.append(f'"{measure.field}.{measure.key}" = {max(measured - margin, 0):.4f}')
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--corpus", type=Path, nargs="+", required=True)
    parser.add_argument("--folds", action="store_true", help="also by folds of publishers")
    parser.add_argument("--peers", nargs="*", choices=[name for name in READERS if name != OURS], default=["trafilatura"])
    parser.add_argument("--peers-python", help="the interpreter of the environment that holds the other peers")
    parser.add_argument("--sample", type=int, help="only so many pages, evenly spread")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--write-floors", action="store_true", help=f"rewrite {FLOORS.name} from this run")
    options = parser.parse_args()
    if options.write_floors and (options.sample is not None or len(options.corpus) > 1):
        parser.error("floors are set by the whole of one corpus")
    results = [run(name, options.corpus, options.sample, options.peers_python) for name in (OURS, *options.peers)]
    pages = sum(len(rows_of(corpus, options.sample)) for corpus in options.corpus)
    if options.json:
        print(json.dumps({"pages": pages, "results": [asdict(result) for result in results]}, indent=1))
    else:
        print(f"{pages} pages, Python {sys.version.split()[0]}, {os.cpu_count()} cores\n")
        print("\n\n".join(peers_table(results, group) for group in GROUPS))
        for result in results:
            if result.missing:
                print(f"\n{result.name}: not measured: {result.missing}")
        if results[0].missing is None:
            print("\n" + groups_table(results[0]))
        if options.folds:
            print("".join(f"\n\n{folds_table(result)}" for result in results if result.missing is None))
    if results[0].missing is not None:
        sys.exit(1)
    if options.write_floors:
        write_floors(FLOORS, results[0], pages)


if __name__ == "__main__":
    main()
