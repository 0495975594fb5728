"""How crawls a minute grow with workers: 1, 2, 4, 8 of them over 64 papers, each on an address of its own.

    python benchmarks/cluster.py [--workers 1 2 4 8] [--hosts 64] [--pages 4] [--delay 1.0] [--plot FILE.svg]

Each run: an empty ledger, a real Redis with its file, one writer, so many workers, and all sites put on the queue at once; it
ends when the writer has written the end of every crawl. CPU is that of the workers with their crawls, of the writer, and of
Redis, as the kernel tells it. The papers' own server runs on the same machine, and is not counted.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from dataclasses import asdict, dataclass
from itertools import pairwise
from pathlib import Path

from cluster_world import World, cpu_of, ending, wait_until


@dataclass(frozen=True, slots=True)
class Run:
    """What one number of workers came to."""

    workers: int
    crawls: int
    seconds: float
    crawls_a_minute: float
    worker_cpu: float
    """Seconds a crawl, start of the process included."""
    writer_cpu: float
    redis_cpu: float
    smallest_gap: float
    """Between two requests to one host, in seconds."""
    redis_mb: float


def measure(workers: int, options: argparse.Namespace) -> Run:
    with tempfile.TemporaryDirectory() as name:
        world = World(Path(name), options.hosts, options.pages, options.delay)
        redis = world.start_redis()
        writer = world.start_writer()
        world.wait_grown_up()
        staff = [world.start_worker() for _ in range(workers)]
        with ending(*staff, writer, redis):
            wait_until(lambda: world.redis.scard("rq:workers") == workers, 60)
            before = [cpu_of(process.pid) for process in (*staff, writer, redis)]
            begun = time.monotonic()
            for site in world.sites:
                world.enqueue(site)
            wait_until(lambda: len(world.finished()) == len(world.sites), 1800)
            took = time.monotonic() - begun
            time.sleep(1)  # the last crawl's process ends
            after = [cpu_of(process.pid) for process in (*staff, writer, redis)]
            memory = world.redis.info("memory")["used_memory_peak"] / 1e6
        used = [b - a for a, b in zip(before, after, strict=True)]
        gap = smallest_gap(world)
        world.close()
        crawls = len(world.sites)
        return Run(workers, crawls, round(took, 1), round(60 * crawls / took, 1), round(sum(used[:workers]) / crawls, 3),
                   round(used[-2] / crawls, 3), round(used[-1] / crawls, 4), round(gap, 3), round(memory, 1))  # fmt: skip


def smallest_gap(world: World) -> float:
    """Between one answer to a host and the next request, whoever asked."""
    by_host: dict[str, list[tuple[float, float]]] = {}
    for request in world.requests():
        by_host.setdefault(request["host"], []).append((request["begin"], request["end"]))
    return min(after[0] - before[0] for seen in by_host.values() for before, after in pairwise(seen))


def plot(runs: list[Run], path: Path) -> None:
    """Crawls a minute over workers, as SVG that needs nothing else."""
    most_x, most_y = max(run.workers for run in runs), max(run.crawls_a_minute for run in runs) * 1.15
    first = runs[0].crawls_a_minute / runs[0].workers

    def at(workers: float, rate: float) -> tuple[int, int]:
        return round(60 + 480 * workers / most_x), round(280 - 240 * rate / most_y)

    marks, points = [], []
    for run in runs:
        x, y = at(run.workers, run.crawls_a_minute)
        points.append(f"{x},{y}")
        marks += [
            f'<circle cx="{x}" cy="{y}" r="4"/>',
            f'<text x="{x}" y="300" text-anchor="middle">{run.workers}</text>',
            f'<text x="{x}" y="{y - 10}" text-anchor="middle">{run.crawls_a_minute:.0f}</text>',
        ]
    end = at(min(most_y / first, most_x), min(most_y, first * most_x))
    lines = [
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 600 330" font-family="sans-serif" font-size="13" role="img">',
        "<title>Crawls a minute over workers</title>",
        '<rect width="600" height="330" fill="#fff"/><path d="M60 40V280H560" fill="none" stroke="#888"/>',
        f'<path d="M60 280L{end[0]} {end[1]}" stroke="#bbb" stroke-dasharray="4 4" fill="none"/>',
        f'<polyline points="{" ".join(points)}" fill="none" stroke="#1a5fb4" stroke-width="2"/>',
        f'<g fill="#1a5fb4">{"".join(marks)}</g>',
        '<text x="310" y="322" text-anchor="middle">workers</text>',
        '<text x="60" y="25">crawls a minute; dashed: in proportion to one worker</text></svg>',
    ]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--workers", type=int, nargs="+", default=[1, 2, 4, 8])
    parser.add_argument("--hosts", type=int, default=64)
    parser.add_argument("--pages", type=int, default=4)
    parser.add_argument("--delay", type=float, default=1.0)
    parser.add_argument("--plot", type=Path)
    options = parser.parse_args()
    runs = []
    for workers in options.workers:
        runs.append(measure(workers, options))
        print(json.dumps(asdict(runs[-1])), flush=True)
    if options.plot:
        plot(runs, options.plot)


if __name__ == "__main__":
    main()
