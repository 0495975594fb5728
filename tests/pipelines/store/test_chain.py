"""The hash chain: what was sealed is found changed, whatever was changed; what the ledger does by itself is not."""

from __future__ import annotations

import random
import shutil
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from datetime import date
from pathlib import Path

import pytest

from pipelines.article import Author, Fetch, Image, Outcome
from pipelines.proof.checkpoints import Anchors, CheckedAnchors, Witness, make, problems
from pipelines.proof.signed_note import SigningKey
from pipelines.proof.verify import VerificationFault, against, manifest, read_manifest, verify
from pipelines.store.chain import head
from pipelines.store.database import Store
from tests.factories import URL, article, at, make_chain_anew, new_ledger, new_store

TAMPERINGS = 200
SEALED = {
    "articles": ("url", "external_id", "kind", "date_published", "first_seen", "state"),
    "revisions": (
        *("headline", "description", "body", "byline", "kind", "change", "changed_fields", "date_published", "date_modified"),
        *("first_seen", "last_seen", "not_before", "content_hash", "extractor", "warc_file", "payload_hash"),
    ),
    "revision_authors": ("name", "role"),
    "revision_images": ("caption", "credit", "url"),
    "readings": ("article", "extractor", "replaced"),
    "states": ("at", "state", "reason"),
    "aliases": ("url", "reason", "first_seen"),
    "chain": ("at", "subject", "digest", "link"),
}


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A ledger in which everything that is sealed has happened."""
    folder = tmp_path_factory.mktemp("chain")
    with new_store(folder) as store:
        ledger = new_ledger(store)
        ledger.record(article(fetch={"warc_file": "paper/a.warc.gz", "warc_offset": 9, "payload_hash": "ab" * 32}))
        ledger.record(article("Edited.\n\nIn silence.", seen=60, authors=(Author("Ann Other", "Chief Reporter"),)))
        ledger.record(
            article("Edited.\n\nAloud.", seen=120, modified=110, images=(Image("https://p/2.jpg", None, "Rain", "PA"),))
        )
        ledger.record(article("Edited, aloud.", seen=180, modified=110, extractor="test/2"))
        other = "https://paper.example/news/the-old-weir-holds"
        ledger.record(article("Another story altogether, and a longer one.", url=other, headline="The weir", seen=200))
        ledger.record(Fetch(other, at(300), status=410, outcome=Outcome.GONE, reason="status 410"))
        moved = article("Edited, aloud.", seen=400, modified=110, extractor="test/2", url=URL + "-again",
                        fetch={"requested_url": URL})  # fmt: skip
        ledger.record(moved)
    return folder / "news.db"


def test_what_the_ledger_writes_verifies(written: Path) -> None:
    with Store(written) as store:
        assert list(verify(store)) == []
        counts = {row["subject"] for row in store.rows("SELECT subject FROM chain")}
    assert counts == {"article", "revision", "reading", "state", "fetch"}


@pytest.mark.slow
def test_two_hundred_tamperings_are_found(written: Path, tmp_path: Path) -> None:
    rng = random.Random(20250307)
    found = []
    for number in range(TAMPERINGS):
        copy = tmp_path / "copy.db"
        shutil.copy(written, copy)
        what = tamper(copy, rng)
        with Store(copy) as store:
            faults = list(verify(store))
        found.append((number, what, faults[:1]))
    missed = [(number, what) for number, what, faults in found if not faults]
    assert missed == []


@pytest.mark.slow
def test_two_hundred_tamperings_with_the_chain_made_anew_are_found_by_a_checkpoint(written: Path, tmp_path: Path) -> None:
    """But for `last_seen`, which no seal covers."""
    rng, copy = random.Random(20250308), tmp_path / "copy.db"
    key = SigningKey.make(tmp_path / "key", None)
    shutil.copy(written, copy)
    with Store(copy) as store:
        kept = Anchors(key.public, None, (Witness("kept", make(store, key, at(500))["note"]),))
    missed = []
    for _ in range(TAMPERINGS):
        shutil.copy(written, copy)
        what = tamper(copy, rng, [table for table in SEALED if table != "chain"])
        with Store(copy) as store:
            make_chain_anew(store)
            if not any(where == "kept" for where, _ in problems(store, kept, CheckedAnchors())):
                missed.append(what)
    assert [what for what in missed if not what.startswith("revisions.last_seen")] == []


def tamper(path: Path, rng: random.Random, tables: Sequence[str] = tuple(SEALED)) -> str:
    """Change one character of one value, or take out one row, as somebody would who may write the file."""
    with closing(sqlite3.connect(path)) as conn:
        while True:
            table = rng.choice(tables)
            key = "url" if table == "aliases" else "revision_id" if table.startswith("revision_") else "rowid"
            ids = [row[0] for row in conn.execute(f"SELECT {key} FROM {table}")]
            row = rng.choice(ids)
            if rng.random() < 0.2:
                conn.execute(f"DELETE FROM {table} WHERE {key} = ?", (row,))
                conn.commit()
                return f"{table} {row} deleted"
            column = rng.choice(SEALED[table])
            (value,) = conn.execute(f"SELECT {column} FROM {table} WHERE {key} = ?", (row,)).fetchone()
            if not value:
                continue
            place = rng.randrange(len(value))
            changed = value[:place] + rng.choice([c for c in "0123456789abcdefxyz " if c != value[place]]) + value[place + 1 :]
            try:
                conn.execute(f"UPDATE {table} SET {column} = ? WHERE {key} = ?", (changed, row))
            except sqlite3.IntegrityError:
                continue
            conn.commit()
            return f"{table}.{column} of {row}: {value[:60]!r} -> {changed[:60]!r}"


def test_seals_taken_off_the_end_are_missed(written: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy.db"
    shutil.copy(written, copy)
    with closing(sqlite3.connect(copy)) as conn:
        conn.execute("DELETE FROM chain WHERE id > (SELECT max(id) - 3 FROM chain)")
        conn.commit()
    with Store(copy) as store:
        assert next(verify(store)).what.startswith("is missing, and all after it")


def test_a_manifest_signs_off_a_day(written: Path) -> None:
    with Store(written) as store:
        signed = manifest(store, date(2025, 3, 7))
        assert (signed.seals, signed.link) == (head(store).length, head(store).link)
        assert read_manifest(str(signed)) == signed
        assert against(store, signed) is None
        other = read_manifest(str(signed).replace(signed.link, "0" * 64))
        assert against(store, other) == VerificationFault(
            f"seal {signed.seals}", "differs from what was published for 2025-03-07"
        )
        assert manifest(store, date(2025, 3, 6)).seals == 0


@pytest.mark.parametrize("line", ["", "newsledger-manifest/1 today 3 x", "newsledger-manifest/2 2025-03-07 3 " + "0" * 64])
def test_a_line_that_is_no_manifest_is_refused(line: str) -> None:
    with pytest.raises(ValueError, match="manifest"):
        read_manifest(line)


def without_chain(written: Path, copy: Path, *statements: str) -> Path:
    shutil.copy(written, copy)
    with closing(sqlite3.connect(copy)) as conn:
        for statement in ("DELETE FROM chain", "DELETE FROM sqlite_sequence", *statements):
            conn.execute(statement)
        conn.commit()
    return copy


EMPTY = VerificationFault("the chain", "is empty: nothing of the record is sealed")


def test_a_ledger_whose_chain_was_taken_away_is_never_sealed_whole_again(written: Path, tmp_path: Path) -> None:
    with Store(written, readonly=True) as store:
        signed = manifest(store, date(2025, 3, 7))
    with Store(without_chain(written, tmp_path / "copy.db")) as store:
        assert list(verify(store)) == [EMPTY]
        assert against(store, signed) is not None
        new_ledger(store).record(article("More.", seen=900, modified=890, url="https://paper.example/news/more", headline="More"))
        faults = list(verify(store))
        assert {fault.what for fault in faults if fault.where.startswith("revision")} == {"was never sealed"}
        assert against(store, signed) is not None, "a chain that is shorter than it was"


def test_a_ledger_that_is_older_than_the_chain_is_sealed_whole_at_its_next_write(written: Path, tmp_path: Path) -> None:
    later = "UPDATE _sqlite_migrations SET applied_at = '2099-01-01 00:00:00+00:00' WHERE name = 'm009_chain'"
    with Store(without_chain(written, tmp_path / "copy.db", later)) as store:
        assert list(verify(store)) == [EMPTY]
        new_ledger(store).record(article("More.", seen=900, modified=890, url="https://paper.example/news/more", headline="More"))
        assert list(verify(store)) == []
        sealed = "SELECT count(DISTINCT subject_id) FROM chain WHERE subject = 'revision'"
        assert store.value(sealed) == store.value("SELECT count(*) FROM revisions")
