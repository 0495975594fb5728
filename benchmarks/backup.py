"""Copies of a ledger and its archive: bytes and processor seconds of a full one, of the next, of checking, and of putting back.

    nice -n 10 python benchmarks/backup.py /tmp/backup [--revisions 100000] [--page-bytes 8000]

Invented articles of 350 words with five revisions each, over 60 days and 20 sites, each with its page in the archive, sealed as
a crawl seals them. While copies are taken another process goes on writing a site. Processor time of the commands themselves
(`RUSAGE_CHILDREN`), as wall time says more of the machine; the disk is not flushed while the ledger is made.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import resource
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from crawler.warc.writer import ArchiveWriter, close_files
from pipelines.article import Article, Author, Exchange, Fetch
from pipelines.store.crawls import put_sites, start_crawl
from pipelines.store.database import Store
from pipelines.store.late_captures.replay import LedgerWriter
from pipelines.text.dates import Timestamp
from pipelines.text.normalise import normalise

START, SITES, EDITS, WORDS = datetime(2025, 1, 1, tzinfo=UTC), 20, 5, 350


def build(folder: Path, revisions: int, page_bytes: int, *, sites: int = SITES, start: datetime = START, seed: int = 1) -> None:
    """So many revisions with their pages; all days but the last are closed."""
    rng = random.Random(seed)
    words = ["".join(rng.choices("abcdefghijklmnopqrstuvwxyz", k=rng.randint(3, 9))) for _ in range(5000)]
    filler = [rng.randbytes(page_bytes) for _ in range(50)]
    span = timedelta(days=60) / max(revisions, 1)
    with Store(folder / "news.db") as store:
        for number in range(sites):
            site = f"paper-{seed}-{number}"
            put_sites(store, [{"id": site, "name": site, "url": f"https://{site}.example/"}])
            archive = ArchiveWriter(folder / "warc", site)
            ledger = LedgerWriter(store, site, start_crawl(store, site, "schedule", start))
            for article in range(revisions // sites // EDITS):
                body = [" ".join(rng.choices(words, k=WORDS // 5)) for _ in range(5)]
                for edit in range(EDITS):
                    at = start + span * (article * EDITS * sites) + timedelta(minutes=10 * edit)
                    body[edit] = " ".join(rng.choices(words, k=WORDS // 5))
                    _record(ledger, archive, f"https://{site}.example/news/{article}", "\n\n".join(body), at, rng.choice(filler))
            archive.close()
            close_files(folder / "warc" / site, but=f"{START + timedelta(days=59):%Y%m%d}")


def _record(ledger: LedgerWriter, archive: ArchiveWriter, url: str, body: str, at: datetime, filler: bytes) -> None:
    page = Exchange(url, (("User-Agent", "Newsledger"),), 200, (("Content-Type", "text/html"),), body.encode() + filler)
    place = archive.write(page, at)
    fetch = Fetch(url, at, status=200, warc_file=place.file, warc_offset=place.offset, payload_hash=place.payload_hash,
                  archived=place.archived)  # fmt: skip
    stamp = Timestamp(at)
    ledger.record(normalise(Article(url=url, body=body, fetch=fetch, headline="Mill fire", byline="By Ann Other",
                                    authors=(Author("Ann Other"),), extractor="bench/1", date_published=stamp,
                                    date_modified=stamp)))  # fmt: skip


def measured(name: str, *arguments: str) -> Any:
    """Run a command of ours; its JSON."""
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    done = subprocess.run((sys.executable, "-m", "crawler", *arguments, "--json"), capture_output=True, text=True, check=False)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    found = json.loads(done.stdout) if done.stdout else {}
    sizes = ""
    if isinstance(found, dict) and "bytes" in found:
        bytes_, new, revisions = found["bytes"] / 1e6, found["copied_bytes"] / 1e6, found["rows"]["revisions"]
        sizes = f", {bytes_:,.1f} MB, {new:,.1f} MB of them new, {revisions:,} revisions"
    print(f"{name}: exit {done.returncode}, {cpu:.1f} s CPU, {time.monotonic() - began:.0f} s{sizes}", flush=True)
    if done.returncode:
        print(done.stderr[-2000:])
    return found


def main() -> None:
    """Build once, copy twice, damage nothing, put back."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--revisions", type=int, default=100_000)
    parser.add_argument("--page-bytes", type=int, default=8_000)
    parser.add_argument("--write", action="store_true", help="Go on writing one site, and nothing else.")
    options = parser.parse_args()
    folder: Path = options.folder
    live, copies, back = folder / "live", str(folder / "copies"), folder / "back"
    if options.write:
        for seed in range(2, 1_000_000):
            build(live, 250, options.page_bytes, sites=1, start=START + timedelta(days=60), seed=seed)
        return
    if not (live / "news.db").exists():
        live.mkdir(parents=True)
        os.fsync = lambda _: None
        began = time.process_time()
        build(live, options.revisions, options.page_bytes)
        print(f"built in {time.process_time() - began:.0f} s CPU", flush=True)
    where = ("--db", str(live / "news.db"))
    writing = (sys.executable, __file__, str(folder), "--write", "--page-bytes", str(options.page_bytes))
    with subprocess.Popen(writing) as writer:
        try:
            measured("full copy, while another process writes", "backup", copies, "--init", *where)
            time.sleep(20)
            measured("the next copy, while it writes", "backup", copies, *where)
        finally:
            writer.kill()
    measured("check of the copy", "restore", copies, "--check", *where)
    measured("put back", "restore", copies, "--db", str(back / "news.db"))
    measured("verify of what was put back", "verify", "--db", str(back / "news.db"))


if __name__ == "__main__":
    main()
