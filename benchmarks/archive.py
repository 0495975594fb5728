"""The page archive: what it costs a crawl, how many bytes it takes beside others' ways of keeping pages, whether it bears kills.

    python benchmarks/archive.py cost [--pages 300] [--rounds 2]
    python benchmarks/archive.py bytes [--pages 300]
    python benchmarks/archive.py kills [--kills 50] [--pages 150] [--seed 1]

`kills` exits 1 where anything is not as it should be. All run against a local site; see README.md for what is counted and how.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import signal
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from io import BytesIO
from pathlib import Path

from crawl import CHECKOUT, Server, measure, static_site
from warcio.archiveiterator import ArchiveIterator

from crawler.warc import reader
from crawler.warc.writer import locate, whole_length
from pipelines.proof.verify import verify
from pipelines.store.database import Store, StoreError

GOAL_PERCENT = 15.0
"""What archiving may add to the processor time of a crawl."""
KILLS_A_LEDGER = 10
SITE = """[[site]]
id = "bench"
name = "Bench"
url = {url}
timezone = "Europe/London"
delay_seconds = 0
archive = "{archive}"
"""
Revisions = set[tuple[object, ...]]


# --- cost -----------------------------------------------------------------------------------------------------------


def cost(pages: int, rounds: int) -> None:
    """The same crawl with `archive` off and on, in turn, the order changing with the rounds."""
    added = []
    with static_site(pages) as server:
        for number in range(rounds):
            ways = ["off", "revisions"]
            seconds = {way: cpu_of(server, way) for way in (ways if number % 2 == 0 else ways[::-1])}
            added.append(100 * (seconds["revisions"] / seconds["off"] - 1))
            told = ", ".join(f"{way} {seconds[way]:.2f} s" for way in ways)
            print(f"round {number + 1}: {told} CPU; archiving adds {added[-1]:+.1f} %", flush=True)
    print(f"{pages} pages, median of {rounds}: {statistics.median(added):+.1f} % (goal: at most {GOAL_PERCENT:.0f} %)")


def cpu_of(server: Server, way: str) -> float:
    with tempfile.TemporaryDirectory(prefix="newsledger-benchmark-") as folder:
        run = measure("newsledger", server, Path(folder), f'archive = "{way}"\n')
        files = list(Path(folder).rglob("*.warc.gz*"))
        if run.kept != server.pages or bool(files) != (way != "off"):
            sys.exit(f"archive = {way}: {run.kept} of {server.pages} pages kept, {len(files)} WARC files")
        return run.cpu_seconds


# --- bytes ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Kept:
    """One archived revision: what it says and the page it was read from."""

    url: str
    headline: str
    description: str
    body: str
    authors: list[str]
    first_seen: str
    page: bytes
    """Unpacked."""


def bytes_on_disk(pages: int) -> None:
    print(
        f"{'':24}{'revisions':>10}{'ledger':>10}{'WARC':>10}{'ours':>10}{'diffengine':>12}{'news-please':>13}  bytes a revision"
    )
    with tempfile.TemporaryDirectory(prefix="newsledger-benchmark-") as name:
        folder = Path(name)
        demo = [sys.executable, "-m", "crawler", "demo", "--db", str(folder / "demo.db")]
        subprocess.run(demo, cwd=CHECKOUT, check=True, stdout=subprocess.DEVNULL)
        print_bytes("a day of the demo paper", folder / "demo.db")
    with tempfile.TemporaryDirectory(prefix="newsledger-benchmark-") as name, static_site(pages) as server:
        measure("newsledger", server, Path(name))
        print_bytes(f"static site, {pages} pages", Path(name) / "news.db")


def print_bytes(name: str, db: Path) -> None:
    archive = db.parent / "warc"
    with Store(db) as store:
        store.tidy(vacuum=True)
        revisions = int(store.value("SELECT count(*) FROM revisions"))
        kept = list(archived(store, archive))
    if len(kept) != revisions:
        sys.exit(f"{name}: {len(kept)} of {revisions} revisions are archived")
    ledger, pages = db.stat().st_size, sum(path.stat().st_size for path in archive.rglob("*.warc.gz*"))
    sizes = [ledger, pages, ledger + pages, as_diffengine(kept), as_news_please(kept)]
    print(
        f"{name:24}{revisions:10,}"
        + "".join(f"{size / revisions:{width},.0f}" for size, width in zip(sizes, (10, 10, 10, 12, 13), strict=True))
    )


def archived(store: Store, archive: Path) -> Iterator[Kept]:
    sql = """SELECT a.url, r.id, r.headline, r.description, r.body, r.first_seen, r.warc_file, r.warc_offset FROM revisions r
        JOIN articles a ON a.id = r.article_id WHERE r.warc_file IS NOT NULL ORDER BY r.id"""
    for row in list(store.rows(sql)):
        path = locate(archive, row["warc_file"])
        if path is None:
            continue
        with path.open("rb") as stream:
            stream.seek(row["warc_offset"])
            page = next(iter(ArchiveIterator(stream))).content_stream().read()
        names = store.rows("SELECT name FROM revision_authors WHERE revision_id = ? ORDER BY position", (row["id"],))
        authors = [str(author["name"]) for author in names]
        yield Kept(row["url"], row["headline"] or "", row["description"] or "", row["body"], authors, row["first_seen"], page)


def as_diffengine(kept: list[Kept]) -> int:
    """Bytes of an SQLite file with diffengine's tables and these texts: title, summary, and the link to the Wayback Machine.

    Its summary is the article's own markup with all tags but paragraphs taken out. The pages themselves are with the Wayback
    Machine and count nothing; nor do the page and the two pictures that it draws of each difference.
    """
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "diffengine.db"
        with closing(sqlite3.connect(path)) as database:
            database.executescript("""
                CREATE TABLE entry (id INTEGER PRIMARY KEY, url TEXT, created TEXT, checked TEXT);
                CREATE INDEX entry_url ON entry(url);
                CREATE TABLE feedentry (id INTEGER PRIMARY KEY, feed_id TEXT, entry_id INTEGER, created TEXT);
                CREATE INDEX feedentry_feed ON feedentry(feed_id);
                CREATE INDEX feedentry_entry ON feedentry(entry_id);
                CREATE TABLE entryversion (id INTEGER PRIMARY KEY, title TEXT, url TEXT, summary TEXT, created TEXT,
                    archive_url TEXT, entry_id INTEGER);
                CREATE INDEX entryversion_url ON entryversion(url);
                CREATE INDEX entryversion_entry ON entryversion(entry_id);
                CREATE TABLE diff (id INTEGER PRIMARY KEY, old_id INTEGER, new_id INTEGER, created TEXT, tweeted TEXT,
                    blogged TEXT);
            """)
            entries: dict[str, int] = {}
            last: dict[str, int] = {}
            for one in kept:
                if one.url not in entries:
                    values = (one.url, one.first_seen, one.first_seen)
                    made = database.execute("INSERT INTO entry (url, created, checked) VALUES (?, ?, ?)", values)
                    entries[one.url] = made.lastrowid or 0
                    listed = ("https://paper.example/rss.xml", entries[one.url], one.first_seen)
                    database.execute("INSERT INTO feedentry (feed_id, entry_id, created) VALUES (?, ?, ?)", listed)
                link = f"https://web.archive.org/web/20250307080000/{one.url}"
                columns = "(title, url, summary, created, archive_url, entry_id)"
                summary = "".join(f"<p>{paragraph}</p>\n" for paragraph in one.body.split("\n\n"))
                version = (one.headline, one.url, summary, one.first_seen, link, entries[one.url])
                made = database.execute(f"INSERT INTO entryversion {columns} VALUES (?, ?, ?, ?, ?, ?)", version)
                if one.url in last:
                    pair = (last[one.url], made.lastrowid, one.first_seen)
                    database.execute("INSERT INTO diff (old_id, new_id, created) VALUES (?, ?, ?)", pair)
                last[one.url] = made.lastrowid or 0
            database.commit()
            database.execute("VACUUM")
        return path.stat().st_size


def as_news_please(kept: list[Kept]) -> int:
    """Bytes of the two files that news-please writes for a download: the page unpacked, and its reading as JSON."""
    total = 0
    for one in kept:
        name = f"{one.url.rpartition('/')[2][:60]}_1741334400"
        reading = {
            "authors": one.authors, "date_download": one.first_seen, "date_modify": one.first_seen,
            "date_publish": one.first_seen,
            "description": one.description, "filename": f"{name}.html.json", "image_url": f"{one.url}.jpg", "language": "en",
            "localpath": f"data/2025/03/07/paper.example/{name}.html", "maintext": one.body, "source_domain": "paper.example",
            "title": one.headline, "title_page": one.headline, "title_rss": None, "url": one.url,
        }  # fmt: skip
        total += len(one.page) + len(json.dumps(reading, ensure_ascii=False).encode("utf-8", "surrogatepass"))
    return total


# --- kills ----------------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class Seen:
    """What the kills have shown."""

    hit: int = 0
    tried: int = 0
    torn: int = 0
    """Kills that left half a record at the end of a file."""
    orphans: int = 0
    ledgers: int = 0


def kills(wanted: int, pages: int, seed: int) -> None:
    """Kill crawls that archive until `wanted` were hit; a ledger that holds all pages is finished, checked, and begun anew."""
    rng, seen = random.Random(seed), Seen()
    with static_site(pages) as server:
        while seen.hit < wanted:
            with tempfile.TemporaryDirectory(prefix="newsledger-kills-") as folder:
                seen.ledgers += 1
                one_ledger(Path(folder), server, rng, seen, wanted)
    print(f"{seen.hit} kills of a crawl that was archiving ({seen.tried} tries), over {seen.ledgers} ledgers of {pages} pages")
    print(f"{seen.torn} left half a record, which the next crawl cut off; {seen.orphans} records nobody points at")
    print("no pointer dangled, every whole record was read, every ledger verified")


def one_ledger(folder: Path, server: Server, rng: random.Random, seen: Seen, wanted: int) -> None:
    """In turn: ledgers that keep what makes a revision and look at new pages only, and those that keep every look."""
    db, sites = folder / "news.db", folder / "sites.toml"
    way, recheck = (("revisions", "none"), ("on", "all"))[seen.ledgers % 2]
    sites.write_text(SITE.format(url=json.dumps(server.url), archive=way), encoding="utf-8")
    options = ["--db", str(db), "--sites", str(sites), "--json", "--recheck", recheck]
    command = [sys.executable, "-m", "crawler", "crawl", "bench", *options]
    environment = os.environ | {"PYTHONPATH": str(CHECKOUT)}
    held, last = Revisions(), seen.tried + KILLS_A_LEDGER
    while seen.hit < wanted and len(held) < server.pages and seen.tried < last:
        seen.tried += 1
        before = archive_size(folder)
        child = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        wait_until_begun(db, child)
        while child.poll() is None and archive_size(folder) == before:
            time.sleep(0.005)
        time.sleep(rng.uniform(0.0, 1.5))
        hit = child.poll() is None
        child.send_signal(signal.SIGKILL)
        child.wait()
        seen.hit += hit
        torn, records = check_files(folder)
        seen.torn += torn
        held = check_ledger(db, held)
        half = ", half a record at the end" if torn else ""
        print(f"kill {seen.hit}: {len(held)} revisions, {records} records{half}, sound", flush=True)
    subprocess.run(command, env=environment, stdout=subprocess.DEVNULL, check=True)
    torn, records = check_files(folder)
    held = check_ledger(db, held)
    with Store(db, readonly=True) as store:
        articles = store.value("SELECT count(*) FROM articles")
        if torn or not articles == len(held) == server.pages:
            sys.exit(
                f"after a whole crawl: {articles} articles, {len(held)} revisions of {server.pages} pages; half: {bool(torn)}"
            )
        pointed = store.value("""SELECT count(*) FROM (SELECT warc_file, warc_offset FROM fetches WHERE warc_file IS NOT NULL
            UNION SELECT warc_file, warc_offset FROM revisions WHERE warc_file IS NOT NULL)""")
    seen.orphans += records - pointed


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


def archive_size(folder: Path) -> int:
    return sum(path.stat().st_size for path in (folder / "warc").rglob("*.warc.gz*"))


def check_files(folder: Path) -> tuple[int, int]:
    """Reads every record of every file up to the last whole one, digests included; (files with half a record, captures)."""
    torn = captures = 0
    for path in (folder / "warc").rglob("*.warc.gz*"):
        end = whole_length(path)
        torn += end < path.stat().st_size
        with path.open("rb") as stream:
            whole = BytesIO(stream.read(end))
        for record in ArchiveIterator(whole, check_digests="raise"):
            record.content_stream().read()
            captures += record.rec_type in ("response", "revisit")
        if whole.tell() != end:
            sys.exit(f"{path.name}: read up to {whole.tell()} of {end}")
    return torn, captures


def check_ledger(db: Path, held: Revisions) -> Revisions:
    """The revisions of a ledger, among them all that it held before. `verify` with the pages finds nothing, no revision is there
    twice, and every pointer leads to a record."""
    with Store(db) as store:
        problems = [*store.integrity_problems(), *map(str, verify(store, partial(reader.problem_of, db.parent / "warc")))]
        if problems:
            sys.exit(f"not sound: {problems[:3]}")
        sql = "SELECT warc_file, max(warc_offset) AS farthest FROM fetches WHERE warc_file IS NOT NULL GROUP BY warc_file"
        for row in store.rows(sql):
            path = locate(db.parent / "warc", row["warc_file"])
            if path is None or whole_length(path) <= row["farthest"]:
                sys.exit(f"a pointer dangles: {row}")
        doubled = "SELECT count(*) FROM (SELECT 1 FROM revisions GROUP BY article_id, content_hash HAVING count(*) > 1)"
        if count := store.value(doubled):
            sys.exit(f"{count} revisions are doubled")
        found = {tuple(row.values()) for row in store.rows("SELECT id, article_id, number, content_hash FROM revisions")}
        if held - found:
            sys.exit(f"{len(held - found)} revisions that were there are missing")
        return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("what", choices=("cost", "bytes", "kills"))
    parser.add_argument("--pages", type=int, default=None)
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    if options.what == "cost":
        cost(options.pages or 300, options.rounds)
    elif options.what == "bytes":
        bytes_on_disk(options.pages or 300)
    else:
        kills(options.kills, options.pages or 150, options.seed)


if __name__ == "__main__":
    main()
