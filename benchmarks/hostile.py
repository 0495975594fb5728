"""Real pages cut off, spliced and bit-flipped: does any reader raise, or take more than two seconds?

    python benchmarks/hostile.py --corpus ../shared/corpus [--rounds 2] [--seed 1]

Each page of the corpus is read as it is and then damaged in three ways a round, by extraction and by the section reader, and as
a feed and a sitemap. Prints the slowest and the count; exits 1 where anything raised or took too long.
"""

from __future__ import annotations

import argparse
import gzip
import json
import random
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from crawler.discovery.feed import parse_feed
from crawler.discovery.section import parse_section
from crawler.discovery.sitemap import parse_sitemap
from crawler.extraction import extract
from pipelines.text.normalise import normalise

MOST_SECONDS = 2.0


def damaged(page: bytes, other: bytes, rng: random.Random) -> Iterator[tuple[str, bytes]]:
    """A page cut off, spliced with another, and with one bit in a thousand bytes flipped."""
    yield "cut", page[: rng.randrange(len(page) + 1)]
    here, there = rng.randrange(len(page) + 1), rng.randrange(len(other) + 1)
    yield "spliced", page[:here] + other[there:]
    flipped = bytearray(page)
    for _ in range(max(len(page) // 1000, 1)):
        flipped[rng.randrange(len(flipped))] ^= 1 << rng.randrange(8)
    yield "flipped", bytes(flipped)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--corpus", type=Path, required=True)
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    rng = random.Random(options.seed)
    rows = [json.loads(line) for line in (options.corpus / "truth.jsonl").open(encoding="utf-8")]
    pages = [gzip.decompress((options.corpus / "pages" / f"{row['id']}.html.gz").read_bytes()) for row in rows]
    readers = {
        "extract": lambda body, url: normalise(extract(body, url)),
        "section": parse_section,
        "feed": parse_feed,
        "sitemap": parse_sitemap,
    }
    slowest: dict[str, tuple[float, str]] = {}
    read = raised = 0
    for row, page in zip(rows, pages, strict=True):
        url = row["url"] if row["url"].startswith("http") else f"https://{row['url']}"
        variants = [("whole", page)]
        for _ in range(options.rounds):
            variants += damaged(page, rng.choice(pages), rng)
        for damage, body in variants:
            for name, reader in readers.items():
                began = time.process_time()
                try:
                    reader(body, url)
                except Exception as error:  # that is what we look for
                    raised += 1
                    print(f"{name} raised {error!r} on {row['id']} {damage}")
                took = time.process_time() - began
                read += 1
                slowest[name] = max(slowest.get(name, (0.0, "")), (took, f"{row['id']} {damage}"))
    print(f"{read} readings of {len(pages)} pages, {raised} raised")
    for name, (took, what) in slowest.items():
        print(f"{name}: slowest {took:.2f} s of CPU ({what})")
    if raised or any(took > MOST_SECONDS for took, _ in slowest.values()):
        sys.exit(1)


if __name__ == "__main__":
    main()
