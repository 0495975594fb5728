"""What a crawl costs: ours, Scrapy that only downloads, and trafilatura's own downloader, in turn over one local site.

Every contender is a child process that does nothing else, crawls the same URLs one at a time without delay, and is
charged with what the kernel says it used: processor time and peak memory of the child (wait4). The server runs in a
process of its own and is charged to nobody. What was fetched is read from the server, not from the contender.
"""

from __future__ import annotations

import argparse
import compileall
import json
import os
import platform
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

HERE = Path(__file__).resolve().parent
CHECKOUT = HERE.parent
FLOOR = "scrapy"
"""The contender that the others are compared with."""
CONTENDERS = (FLOOR, "newsledger", "trafilatura")
AGAIN = "newsledger again"
"""A second crawl of the unchanged site with the store of the first; always run right after it."""
LIBRARIES = ("scrapy", "twisted", "trafilatura", "lxml", "sqlite-utils", "urllib3")

SITE_DEFINITION = """\
[[site]]
id = "static"
name = "Static site"
url = "{url}"
country = "GB"
timezone = "Europe/London"
language = "en-GB"
feeds = ["/rss.xml"]
article_url = '-(?P<id>\\d{{7}})$'
delay_seconds = 0
"""


@dataclass(frozen=True, slots=True)
class Server:
    """The running static site, as its ready line tells it."""

    url: str
    pages: int
    median: dict[str, int]

    def served(self) -> dict[str, int]:
        with urllib.request.urlopen(self.url + "_served") as answer:
            counts: dict[str, int] = json.load(answer)
        return counts


@dataclass(frozen=True, slots=True)
class Run:
    """One crawl by one contender."""

    name: str
    cpu_seconds: float
    wall_seconds: float
    peak_mb: float
    requests: int
    articles: int
    """Article pages sent in full, as the server counted them."""
    kept: int
    """Revisions in the store after the run; of a peer, the pages that it had something of."""


@contextmanager
def static_site(pages: int) -> Iterator[Server]:
    # articles of the last weeks, as a real paper's: a crawler may treat old ones differently
    today = datetime.now(UTC).date().isoformat() + "T00:00:00+00:00"
    command = [sys.executable, str(HERE / "static_site.py"), "--serve", "--pages", str(pages), "--last-day", today]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield Server(**json.loads(process.stdout.readline()))
        finally:
            process.terminate()


def command_of(name: str, server: Server, folder: Path, site_keys: str = "") -> list[str]:
    if name in (FLOOR, "trafilatura"):
        return [sys.executable, str(HERE / "peers.py"), name, server.url]
    sites = folder / "sites.toml"
    sites.write_text(SITE_DEFINITION.format(url=server.url) + site_keys, encoding="utf-8")
    crawl = [sys.executable, "-m", "crawler", "crawl", "static"]
    return [*crawl, "--db", str(folder / "news.db"), "--sites", str(sites)]


def kept_by(name: str, folder: Path, output: str) -> int:
    if name in (FLOOR, "trafilatura"):
        kept: int = json.loads(output.splitlines()[-1])["kept"]
        return kept
    with closing(sqlite3.connect(folder / "news.db")) as database:
        (revisions,) = database.execute("SELECT count(*) FROM revisions").fetchone()
    return int(revisions)


def measure(name: str, server: Server, folder: Path, site_keys: str = "") -> Run:
    """Runs one contender to its end; `site_keys` are more lines of our site's definition, as TOML.

    Raises RuntimeError, with the tail of what it said, where it fails.
    """
    log = folder / f"{name}.log"
    before, start = server.served(), time.perf_counter()
    with log.open("wb") as output:
        environment = os.environ | {"PYTHONPATH": str(CHECKOUT)}
        child = subprocess.Popen(
            command_of(name, server, folder, site_keys),
            cwd=folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
        # not Popen.wait: wait4 tells what this child used, its own children included, and no other
        _, status, usage = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
    wall_seconds, after = time.perf_counter() - start, server.served()
    said = log.read_text(encoding="utf-8", errors="replace")
    if child.returncode:
        raise RuntimeError(f"{name} ended with {child.returncode}:\n{said[-2000:]}")
    return Run(
        name=name,
        cpu_seconds=usage.ru_utime + usage.ru_stime,
        wall_seconds=wall_seconds,
        peak_mb=usage.ru_maxrss / 1024,
        requests=after["requests"] - before["requests"],
        articles=after["articles"] - before["articles"],
        kept=kept_by(name, folder, said),
    )


def one_round(number: int, names: list[str], server: Server) -> Iterator[Run]:
    """Every contender once. The order turns with the rounds, so that nobody always comes first."""
    turn = number % len(names)
    for name in names[turn:] + names[:turn]:
        with tempfile.TemporaryDirectory(prefix="newsledger-benchmark-") as folder:
            yield measure(name, server, Path(folder))
            if name == "newsledger":
                yield measure(AGAIN, server, Path(folder))


@dataclass(frozen=True, slots=True)
class Figures:
    """Medians of one contender over the rounds. Per 1,000 pages means: of the site, whether they were sent or not."""

    name: str
    cpu_seconds_per_1000_pages: float
    pages_per_second: float
    peak_mb: float
    ratio: float | None
    """CPU, over that of download-only Scrapy in the same round; None where it did not run."""
    requests: float
    articles: float
    kept: float


def summarise(rounds: list[list[Run]], pages: int) -> list[Figures]:
    floors = [next((run.cpu_seconds for run in runs if run.name == FLOOR), None) for runs in rounds]
    figures = []
    for name in dict.fromkeys(run.name for run in rounds[0]):
        runs = [next(run for run in runs if run.name == name) for runs in rounds]
        ratios = [run.cpu_seconds / floor for run, floor in zip(runs, floors, strict=True) if floor]
        figures.append(
            Figures(
                name=name,
                cpu_seconds_per_1000_pages=statistics.median(run.cpu_seconds for run in runs) * 1000 / pages,
                pages_per_second=statistics.median(pages / run.wall_seconds for run in runs),
                peak_mb=statistics.median(run.peak_mb for run in runs),
                ratio=statistics.median(ratios) if ratios else None,
                requests=statistics.median(run.requests for run in runs),
                articles=statistics.median(run.articles for run in runs),
                kept=statistics.median(run.kept for run in runs),
            )
        )
    return sorted(figures, key=lambda figure: (*CONTENDERS[:2], AGAIN, *CONTENDERS[2:]).index(figure.name))


def machine() -> dict[str, object]:
    facts = {"cores": os.cpu_count() or 0, "python": platform.python_version(), "system": platform.platform()}
    return facts | {library: version(library) for library in LIBRARIES}


def print_table(figures: list[Figures], server: Server, rounds: int) -> None:
    print(", ".join(f"{name} {value}" for name, value in machine().items()))
    weight = ", ".join(f"{name} {value:,}" for name, value in server.median.items())
    print(f"{server.pages:,} article pages (medians: {weight}); rounds: {rounds}, medians of them:")
    print()
    heads = ("CPU s / 1,000 pages", "pages/s", "peak MB", "x scrapy", "requests", "articles", "kept")
    print(f"{'':17}" + "".join(f"{head:>{max(len(head), 7) + 2}}" for head in heads))
    for row in figures:
        ratio = "" if row.ratio is None else f"{row.ratio:.2f}"
        print(
            f"{row.name:17}{row.cpu_seconds_per_1000_pages:21.2f}{row.pages_per_second:9.1f}{row.peak_mb:9.0f}"
            f"{ratio:>10}{row.requests:10.0f}{row.articles:10.0f}{row.kept:9.0f}"
        )
        if row.name != AGAIN and min(row.articles, row.kept) < server.pages:
            print(f"  not comparable: {row.name} did not fetch and keep all {server.pages:,} pages")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--pages", type=int, default=1000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--only", action="append", choices=CONTENDERS, help="may be given several times")
    parser.add_argument("--json", action="store_true", help="every run and the medians as one JSON object")
    options = parser.parse_args()
    names = [name for name in CONTENDERS if not options.only or name in options.only]
    if "newsledger" in names and not (CHECKOUT / "crawler" / "__main__.py").exists():
        print("newsledger is left out: this checkout has no crawler/__main__.py", file=sys.stderr)
        names.remove("newsledger")
    rounds: list[list[Run]] = []
    for package in ("crawler", "pipelines"):
        compileall.compile_dir(CHECKOUT / package, quiet=1)  # as an installed program's modules are, and the peers'
    with static_site(options.pages) as server:
        for number in range(options.rounds):
            rounds.append([])
            for run in one_round(number, names, server):
                print(f"round {number + 1}: {run.name}, {run.cpu_seconds:.1f} s CPU", file=sys.stderr)
                rounds[-1].append(run)
    figures = summarise(rounds, options.pages)
    if options.json:
        every_run = [asdict(run) for runs in rounds for run in runs]
        print(
            json.dumps({"machine": machine(), "site": asdict(server), "medians": list(map(asdict, figures)), "runs": every_run})
        )
    else:
        print_table(figures, server, options.rounds)


if __name__ == "__main__":
    main()
