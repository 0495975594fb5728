"""Pruning by a policy: what must stay stays where pointers lead, what goes is on record, and no kill leaves anything dangling."""

from __future__ import annotations

import gzip
import json
import os
import shutil
import signal
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any

import pytest
from click.testing import CliRunner, Result
from warcio.archiveiterator import ArchiveIterator

from crawler.cli import main
from crawler.offline.check_bundle import check
from crawler.warc.cdxj import index_of, lines
from crawler.warc.reader import recorded
from crawler.warc.writer import ArchiveWriter, RepeatedRecord
from pipelines.article import Exchange, Fetch, Outcome
from pipelines.proof.evidence import archived_fetches
from pipelines.store.database import Store
from pipelines.store.pages import PRUNED, page_of_fetch
from tests.factories import URL, article, at, new_ledger, new_store

WEIR = "https://paper.example/news/the-weir"
DAY = 24 * 60
LATE = 40 * DAY
"""When a page came once more: within the last thirty days of `NOW`."""
NOW = "2025-05-01T12:00:00Z"


def exchange(url: str, seed: int, status: int = 200, redirects: tuple[Exchange, ...] = ()) -> Exchange:
    body = b"<p>page</p>" + Random(seed).randbytes(2_000)
    return Exchange(url, (("Host", "paper.example"),), status, (("Content-Type", "text/html"),), body, redirects=redirects)


def kept(archive: ArchiveWriter, page: Exchange, minutes: float, earlier: RepeatedRecord | None = None) -> dict[str, Any]:
    place = archive.write(page, at(minutes), earlier)
    return {"warc_file": place.file, "warc_offset": place.offset, "payload_hash": place.payload_hash, "archived": place.archived}


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two articles of a site that archives every look; one is gone in the end, the other came once more as it was."""
    folder = tmp_path_factory.mktemp("prune")
    archive = ArchiveWriter(folder / "warc", "paper")
    with new_store(folder) as store:
        ledger = new_ledger(store)
        hop = exchange("https://paper.example/a", 99, 301)
        ledger.record(article(fetch=kept(archive, exchange(URL, 1, redirects=(hop,)), 0)))
        for look in range(1, 5):
            ledger.record(article(seen=look, fetch=kept(archive, exchange(URL, 1 + look), look)))
        archive.write(exchange("https://paper.example/nobody-points-here", 7), at(6))
        ledger.record(
            article("The weir holds.", url=WEIR, headline="The weir", seen=7, fetch=kept(archive, exchange(WEIR, 20), 7))
        )
        ledger.record(
            article("The weir holds.", url=WEIR, headline="The weir", seen=8, fetch=kept(archive, exchange(WEIR, 21), 8))
        )
        ledger.record(article("Two were hurt.", seen=DAY, modified=9, fetch=kept(archive, exchange(URL, 30), DAY)))
        ledger.record(article("The weir holds.", url=WEIR, headline="The weir", seen=DAY + 3,
                              fetch=kept(archive, exchange(WEIR, 22), DAY + 3)))  # fmt: skip
        for look in (DAY + 5, DAY + 200, 2 * DAY + 400):
            page = kept(archive, exchange(URL, 40 + look, 410), look)
            ledger.record(Fetch(URL, at(look), status=410, outcome=Outcome.GONE, reason="status 410", **page))
        repeated = kept(archive, exchange(WEIR, 21), LATE, RepeatedRecord(WEIR, at(8)))
        ledger.record(article("The weir holds.", url=WEIR, headline="The weir", seen=LATE, fetch=repeated))
    archive.close()
    assert run(folder, "archive", "close").exit_code == 0
    assert run(folder, "verify").exit_code == 0
    return folder


@pytest.fixture
def folder(built: Path, tmp_path: Path) -> Path:
    return shutil.copytree(built, tmp_path / "copy")


def run(folder: Path, *arguments: object, now: str = NOW) -> Result:
    asked = [*map(str, arguments), "--db", str(folder / "news.db")]
    return CliRunner().invoke(main, asked, env={"NEWSLEDGER_NOW": now})


def pruned(folder: Path, *options: object, now: str = NOW) -> dict[str, Any]:
    done = run(folder, "archive", "prune", "--json", *options, now=now)
    assert done.exit_code == 0, done.output
    return json.loads(done.stdout)  # type: ignore[no-any-return]


def sizes(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*.warc.gz"))


def sound(folder: Path) -> dict[tuple[str, int], str]:
    """What became of each pointer: the page's hash, or that it was pruned; whatever else there is holds, for other tools too."""
    done = run(folder, "verify")
    assert done.exit_code == 0, done.output
    found = {}
    with Store(folder / "news.db", readonly=True) as store:
        for article_id in (1, 2):
            for row in archived_fetches(store, article_id):
                page = recorded(folder / "warc", page_of_fetch(row))
                assert not isinstance(page, str) or page.startswith(PRUNED), page
                found[row["warc_file"], row["warc_offset"]] = page if isinstance(page, str) else page.archived.record_hash
        revisions = store.value("SELECT count(*) FROM revisions")
    assert revisions == 3
    for path in (folder / "warc").rglob("*.warc.gz"):
        with path.open("rb") as stream:
            for record in ArchiveIterator(stream, check_digests="raise"):
                record.content_stream().read()
    return found


def indexed(folder: Path) -> bool:
    """Whether each index is that of its file."""
    return all(
        index_of(path).read_text().splitlines() == sorted(lines(path), key=str.encode)
        for path in (folder / "warc").rglob("*.warc.gz")
    )


def test_what_rests_on_nothing_goes_and_pointers_lead_where_they_led(folder: Path) -> None:
    before, size = sound(folder), sizes(folder)
    would = pruned(folder, "--keep-days", 30, "--dry-run")
    assert (sizes(folder), sound(folder)) == (size, before), "nothing is written"
    done = pruned(folder, "--keep-days", 30)
    assert (done["records"], done["files"], done["left"]) == (would["records"], would["files"], [])
    after = sound(folder)
    gone = {place for place, page in after.items() if page.startswith(PRUNED)}
    assert {place: page for place, page in after.items() if place not in gone} == {
        place: page for place, page in before.items() if place not in gone
    }, "each that stays is found by its old pointer"
    assert len(gone) == 4, "looks 1 to 4 found nothing; the one that a revisit repeats and the last of each article stay"
    assert done["records"] == 5, "and the one that nobody points at"
    assert size - sizes(folder) > done["bytes"] - 2_000
    assert indexed(folder)
    shown = run(folder, "verify").output
    assert "4 pages pruned on 2025-05-01 by policy (keep 30 days)" in shown
    assert pruned(folder, "--keep-days", 30)["records"] == 0
    assert sound(folder) == after
    assert run(folder, "export", "bundle", URL, "--unsigned", "-o", folder / "b.wacz").exit_code == 1, "pages are left out"
    assert "4 archived pages are left out, and named" in check(str(folder / "b.wacz"))[0][2]
    done = run(folder, "export", "bundle", WEIR, "--unsigned", "-o", folder / "c.wacz")
    assert done.exit_code == 0, done.output
    _, files = check(str(folder / "c.wacz"))
    assert b"WARC-Type: revisit" in gzip.decompress(files["archive/data.warc.gz"]), "with the page that it repeats"


def test_evidence_goes_where_it_is_told_to(folder: Path) -> None:
    pruned(folder, "--keep-days", 53, "--evidence", now="2025-04-30T12:00:00Z")
    once = sound(folder)
    pruned(folder, "--keep-days", 30, "--evidence")
    twice = sound(folder)
    assert sum(page.startswith(PRUNED) for page in twice.values()) > sum(page.startswith(PRUNED) for page in once.values()) > 4
    assert all(twice[place] == page for place, page in once.items() if page.startswith(PRUNED))
    assert all(page == once[place] or page.startswith(PRUNED) for place, page in twice.items())
    assert "keep 53 days, evidence too" in str(set(twice.values())), "a record of the first pruning tells the first policy"
    assert "by policy (keep 30 days, evidence too)" in run(folder, "verify").output
    assert indexed(folder)
    assert "page was pruned on" in run(folder, "export", "warc", "-o", folder / "x.warc.gz").output


def test_days_go_until_the_size_is_reached(folder: Path) -> None:
    size = sizes(folder)
    assert pruned(folder, "--max-bytes", f"{size}")["records"] == 0
    one_day = pruned(folder, "--max-bytes", f"{(size - 500) / 1000}k", "--dry-run")
    assert one_day["files"] == ["paper/paper-20250307-01.warc.gz"]
    done = pruned(folder, "--max-bytes", "1 kB")
    assert done["over"] > 0
    assert sound(folder)
    for wrong in (["--max-bytes", "much"], [], ["--keep-days", "0"]):
        assert run(folder, "archive", "prune", *wrong).exit_code == 2


def test_a_page_is_withdrawn_from_a_pruned_file(folder: Path) -> None:
    pruned(folder, "--keep-days", 30)
    done = run(folder, "withdraw", WEIR, "--reason", "court order", "--by", "Ann", "--yes")
    assert done.exit_code == 0, done.output
    for path in (folder / "warc").rglob("*.warc.gz"):
        with path.open("rb") as stream:
            assert [one for one in ArchiveIterator(stream) if one.rec_type == "response"
                    and one.rec_headers.get_header("WARC-Target-URI") == WEIR] == []  # fmt: skip
    done = run(folder, "verify")
    assert done.exit_code == 0, done.output


def test_what_is_pruned_without_a_record_is_a_fault(folder: Path) -> None:
    pruned(folder, "--keep-days", 30)
    with Store(folder / "news.db") as store:
        store.execute("UPDATE prunings SET offsets = '[]'")
    done = run(folder, "verify", "--all")
    assert "pruning 1: is not what was sealed" in done.output
    assert done.output.count("of which the ledger has no record") == 4


def test_a_ledger_that_took_in_a_pruned_one_knows_by_the_files(folder: Path, tmp_path: Path) -> None:
    pruned(folder, "--keep-days", 30)
    ours = tmp_path / "ours"
    ours.mkdir()
    new_store(ours)
    shutil.copytree(folder / "warc", ours / "warc" / "theirs")
    assert run(ours, "merge", folder / "news.db", "--warc", "theirs").exit_code == 0
    done = run(ours, "verify")
    assert (done.exit_code, "4 pages that were pruned before their ledger was merged" in done.output) == (0, True), done.output


def killed(work: Callable[[], object], at_call: int) -> bool:
    """Whether a process of its own was killed at such a sync, rename or removal, while it did some work; else it was done."""
    child = os.fork()
    if child == 0:
        left = at_call

        def counted(original: Callable[..., object]) -> Callable[..., object]:
            def call(*arguments: object, **options: object) -> object:
                nonlocal left
                left -= 1
                if left == 0:
                    os.kill(os.getpid(), signal.SIGKILL)
                return original(*arguments, **options)

            return call

        for name in ("fsync", "replace", "rename", "unlink"):
            setattr(os, name, counted(getattr(os, name)))
        try:
            work()
        finally:
            os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == -signal.SIGKILL


def survives(built: Path, folder: Path, at_call: int) -> bool:
    """Whether it was killed there; what is left holds, and the next run comes to what one run comes to."""
    shutil.copytree(built, folder)
    was_killed = killed(lambda: pruned(folder, "--keep-days", 30), at_call)
    sound(folder)
    pruned(folder, "--keep-days", 30)
    run(folder, "archive", "close")
    assert sum(page.startswith(PRUNED) for page in sound(folder).values()) == 4
    assert indexed(folder)
    names = [sorted(path.name for path in (one / "warc" / "paper").iterdir()) for one in (built, folder)]
    assert names[0] == names[1], "nothing is left lying about"
    return was_killed


def test_killed_before_the_file_takes_its_place(built: Path, tmp_path: Path) -> None:
    assert survives(built, tmp_path / "killed", 4)


@pytest.mark.slow
def test_killed_anywhere_nothing_dangles_and_the_next_run_goes_on(built: Path, tmp_path: Path) -> None:
    kills = 0
    while survives(built, tmp_path / str(kills), kills + 1):
        kills += 1
    assert kills >= 6
