"""Crawls killed with -9 at random moments, then finished: is the ledger what an undisturbed crawl makes?

    python benchmarks/killing.py [--kills 50] [--pages 150] [--seed 1]

After each kill the file must be sound, and hold all that it held after the kill before. In the end every page is one article
with one revision. Prints what was seen; exits 1 where anything was not so.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from pipelines.store.database import Store, StoreError

HERE = Path(__file__).resolve().parent
SITE = """[[site]]
id = "bench"
name = "Bench"
url = {url}
timezone = "Europe/London"
delay_seconds = 0
"""


def committed(db: Path) -> set[tuple[object, ...]]:
    """All revisions in a ledger that a killed process left; the file is checked first."""
    if not db.exists():
        return set()
    with Store(db) as store:
        problems = store.integrity_problems()
        if problems:
            sys.exit(f"the ledger is damaged: {problems[:3]}")
        doubled = store.value(
            "SELECT count(*) FROM (SELECT 1 FROM revisions GROUP BY article_id, content_hash HAVING count(*) > 1)"
        )
        if doubled:
            sys.exit(f"{doubled} revisions are doubled")
        return {tuple(row.values()) for row in store.rows("SELECT id, article_id, number, content_hash FROM revisions")}


def wait_until_begun(db: Path, child: subprocess.Popen[bytes]) -> None:
    """Until the ledger has the child's crawl as running, or the child has ended."""
    while child.poll() is None:
        if db.exists():
            try:
                with Store(db, readonly=True) as store:
                    if store.value("SELECT 1 FROM crawls WHERE pid = ?", (child.pid,)):
                        return
            except StoreError:  # its tables are being made
                pass
        time.sleep(0.01)


def crawl_command(db: Path, sites: Path) -> list[str]:
    return [
        sys.executable,
        "-m",
        "crawler",
        "crawl",
        "bench",
        "--db",
        str(db),
        "--sites",
        str(sites),
        "--json",
        "--recheck",
        "all",
    ]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--pages", type=int, default=150)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    rng = random.Random(options.seed)
    server = subprocess.Popen(
        [sys.executable, str(HERE / "static_site.py"), "--serve", "--port", "0", "--pages", str(options.pages)],
        stdout=subprocess.PIPE, stdin=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert server.stdout is not None
    url = json.loads(server.stdout.readline())["url"]
    with tempfile.TemporaryDirectory() as folder:
        db, sites = Path(folder) / "news.db", Path(folder) / "sites.toml"
        sites.write_text(SITE.format(url=json.dumps(url)), encoding="utf-8")
        try:
            report(options.kills, rng, db, sites, options.pages)
        finally:
            server.kill()
            server.wait()


def report(kills: int, rng: random.Random, db: Path, sites: Path, pages: int) -> None:
    environment = os.environ | {"PYTHONPATH": str(HERE.parent)}
    held: set[tuple[object, ...]] = set()
    hit = tried = 0
    while hit < kills:
        tried += 1
        child = subprocess.Popen(crawl_command(db, sites), env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        # In mid-crawl: from the moment its row is there to well into the articles, or the bookkeeping at its end.
        wait_until_begun(db, child)
        time.sleep(rng.uniform(0.0, 3.0))
        hit += child.poll() is None
        child.send_signal(signal.SIGKILL)
        child.wait()
        now = committed(db)
        if not held <= now:
            sys.exit(f"kill {hit}: {len(held - now)} revisions that were there are missing")
        held = now
        print(f"kill {hit}: {len(held)} revisions, sound", flush=True)
    done = subprocess.run(crawl_command(db, sites), env=environment, stdout=subprocess.PIPE, check=True)
    last = json.loads(done.stdout)[0]
    now = committed(db)
    with Store(db) as store:
        articles = store.value("SELECT count(*) FROM articles")
        lost = store.value("SELECT count(*) FROM crawls WHERE outcome = 'lost'")
    print(f"{kills} kills of a running crawl ({tried} tries); {lost} crawls found lost; the last one {last['outcome']}")
    print(f"{articles} articles and {len(now)} revisions of {pages} pages; nothing missing: {held <= now}")
    if (articles, len(now)) != (pages, pages):
        sys.exit(1)


if __name__ == "__main__":
    main()
