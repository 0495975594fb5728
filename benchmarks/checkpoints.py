"""Measures checkpoints: what one of a long chain costs, what its tree takes in the file, and what proofs from it cost.

    python benchmarks/checkpoints.py [--seals 1000000]

The chain is made up, seal by seal as the ledger would write it; there are no rows behind it. Processor time; of 200 proofs the
median.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from typing import Any

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from pipelines.proof.checkpoints import Anchors, CheckedAnchors, make, problems
from pipelines.proof.seal_tree import consistency_proof, inclusion_proof
from pipelines.proof.signed_note import SigningKey
from pipelines.store.chain import START, digest_of, link_of
from pipelines.store.database import Store
from tests.pipelines.proof.verifier import inclusion_problem

NOW = datetime(2026, 11, 30, tzinfo=UTC)
AT, BATCH, PROOFS = "2026-11-30T00:00:00Z", 10_000, 200


def fill(store: Store, first: int, last: int) -> None:
    """Append seals with these numbers."""
    link = store.value("SELECT link FROM chain WHERE id = ?", (first - 1,)) or START
    for begin in range(first, last + 1, BATCH):
        with store.transaction():
            for number in range(begin, min(begin + BATCH, last + 1)):
                found = digest_of(str(number))
                link = link_of(link, AT, "revision", number, found, "capture")
                store.execute("INSERT INTO chain (at, subject, subject_id, digest, link, cause) VALUES (?, ?, ?, ?, ?, ?)",
                              (AT, "revision", number, found, link, "capture"))  # fmt: skip


def timed(what: Callable[[], Any]) -> tuple[float, Any]:
    """Seconds of processor time, and what came of it."""
    begin = time.process_time()
    found = what()
    return time.process_time() - begin, found


def report(seals: int, folder: Path) -> Iterator[str]:
    key, chance = SigningKey.make(folder / "key", None), random.Random(1)
    with Store(folder / "news.db") as store:
        fill(store, 1, seals)
        seconds, row = timed(lambda: make(store, key, NOW))
        size = store.value("SELECT sum(pgsize) FROM dbstat WHERE name = 'seal_tree'")
        yield f"checkpoint of {seals:,} seals: {seconds:.2f} s; its tree: {size:,} bytes, {size / seals:.2f} a seal"
        fill(store, seals + 1, seals + 1_000)
        seconds, row = timed(lambda: make(store, key, NOW))
        yield f"the next, 1,000 seals later: {seconds:.2f} s"
        chosen = [chance.randint(1, seals) for _ in range(PROOFS)]
        included = [timed(lambda one=one: inclusion_proof(store, one, row["size"])) for one in chosen]
        root = bytes.fromhex(row["root"])
        checks = [timed(lambda proof=proof: inclusion_problem(proof, row["size"], root)) for _, proof in included]
        assert not any(problem for _, problem in checks)
        continued = [timed(lambda one=one: consistency_proof(store, one, row["size"])) for one in chosen]
        for name, found in (("inclusion", included), ("its check", checks), ("consistency", continued)):
            times = [1_000 * seconds for seconds, _ in found]
            yield f"{name}: {median(times):.2f} ms, at most {max(times):.2f} ms"
        seconds, found = timed(lambda: list(problems(store, Anchors(key.public), CheckedAnchors())))
        yield f"both checked by verify, and the tree: {seconds:.2f} s, {len(found)} faults"


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seals", type=int, default=1_000_000)
    with tempfile.TemporaryDirectory() as made:
        for line in report(parser.parse_args().seals, Path(made)):
            print(line, flush=True)
