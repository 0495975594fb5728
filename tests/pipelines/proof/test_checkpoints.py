"""Checkpoints of a ledger: whoever writes the file anew is found by one that was kept elsewhere."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest

from pipelines.proof.checkpoints import Anchors, CheckedAnchors, Witness, keep_timestamp, make, problems
from pipelines.proof.signed_note import Checkpoint, SigningKey
from pipelines.proof.timestamps import read_answer, read_roots, request_for
from pipelines.store.database import Row, Store, StoreError
from tests.factories import article, at, make_chain_anew, new_ledger, new_store
from tests.tsa import make_authority, stamp


@dataclass(frozen=True)
class Signed:
    """A ledger with a checkpoint of its first revision, stamped, and one of all."""

    folder: Path
    key: SigningKey
    first: Row
    second: Row
    anchors: Anchors
    """Key and certificate, and both notes as they were kept elsewhere."""


@pytest.fixture(scope="module")
def signed(tmp_path_factory: pytest.TempPathFactory) -> Signed:
    folder = tmp_path_factory.mktemp("signed")
    key = SigningKey.make(folder / "paper.key", "paper.example/ledger")
    make_authority(folder)
    with new_store(folder) as store:
        ledger = new_ledger(store)
        ledger.record(article())
        first = make(store, key, at(10))
        asked = request_for(first["note"].encode())
        token = stamp(folder, asked.as_bytes())
        keep_timestamp(store, first["id"], read_answer(token, asked), token)
        ledger.record(article("Two were hurt.", seen=60, modified=59))
        second = make(store, key, at(70))
    kept = (Witness("first.txt", first["note"], (token,)), Witness("second.txt", second["note"]))
    roots = read_roots((folder / "ca.pem").read_bytes())
    return Signed(folder, key, first, second, Anchors(key.public, roots, kept))


def found(path: Path, anchors: Anchors, checked: CheckedAnchors | None = None) -> list[str]:
    with Store(path) as store:
        return [f"{where} {what}" for where, what in problems(store, anchors, checked or CheckedAnchors())]


def changed(signed: Signed, folder: Path, *statements: str) -> Path:
    path = folder / "copy.db"
    shutil.copy(signed.folder / "news.db", path)
    with Store(path) as store:
        for statement in statements:
            store.execute(statement)
    return path


def test_checkpoints_hold_and_the_best_is_the_one_with_a_timestamp(signed: Signed) -> None:
    checked = CheckedAnchors()
    assert found(signed.folder / "news.db", signed.anchors, checked) == []
    assert [(one.witness.where, one.size, one.signed_by is not None, one.timestamp is not None) for one in checked.agreeing] == [
        ("checkpoint 1", signed.first["size"], True, True), ("checkpoint 2", signed.second["size"], True, False),
        ("first.txt", signed.first["size"], True, True), ("second.txt", signed.second["size"], True, False),
    ]  # fmt: skip
    best = checked.best()
    assert best is not None
    assert best.timestamp is not None
    assert (best.size, best.timestamp.authority) == (signed.first["size"], "Paper TSA")
    assert CheckedAnchors().best() is None


def test_what_cannot_be_checked_is_counted(signed: Signed) -> None:
    checked = CheckedAnchors()
    assert found(signed.folder / "news.db", Anchors(), checked) == []
    assert (checked.unsigned, checked.untimed) == (2, 1)
    assert [one.signed_by for one in checked.agreeing] == [None, None]


def test_nothing_new_is_signed_once(signed: Signed, tmp_path: Path) -> None:
    with Store(changed(signed, tmp_path)) as store:
        assert make(store, signed.key, at(100)) == signed.second
        other = make(store, SigningKey.make(tmp_path / "other.key", None), at(100))
        assert (other["id"], other["size"], other["root"]) == (3, signed.second["size"], signed.second["root"])


def test_no_second_tree_is_signed(signed: Signed, tmp_path: Path) -> None:
    for number, statement in enumerate(("UPDATE chain SET link = digest WHERE id = 2", "DELETE FROM chain WHERE id > 3")):
        (tmp_path / str(number)).mkdir()
        with Store(changed(signed, tmp_path / str(number), statement)) as store, pytest.raises(StoreError, match="not those of"):
            make(store, signed.key, at(100))
    with new_store(tmp_path) as store, pytest.raises(StoreError, match="nothing is sealed"):
        make(store, signed.key, at(0))


@pytest.mark.parametrize(("statement", "problem"), [
    ("UPDATE checkpoints SET root = link WHERE id = 2", "checkpoint 2 says something else than its note"),
    ("UPDATE checkpoints SET size = 1 WHERE id = 2", "checkpoint 2 says something else than its note"),
    ("UPDATE checkpoints SET link = root WHERE id = 2", "checkpoint 2 says something else than its note"),
    ("UPDATE checkpoints SET note = 'x' WHERE id = 2", "checkpoint 2 is no signed note"),
    ("UPDATE checkpoints SET note = 7 WHERE id = 2", "checkpoint 2 is no signed note"),
    ("UPDATE checkpoints SET note = replace(note, 'paper', 'other') WHERE id = 2", "checkpoint 2 is not signed by the key"),
    ("UPDATE checkpoints SET note = replace(note, 'ledger\n', 'lodger\n') WHERE id = 2", "checkpoint 2 bears a signature"),
    ("UPDATE checkpoint_timestamps SET token = 'x'", "checkpoint 1 has a timestamp that is no timestamp"),
    ("UPDATE checkpoint_timestamps SET checkpoint_id = 2", "checkpoint 2 has a timestamp that does not hold: Mismatch"),
    ("UPDATE chain SET link = 'x' WHERE id = 2", "checkpoint 1 is of other seals"),
    ("DELETE FROM chain WHERE id = 2", "checkpoint 1 is of other seals"),
    ("DELETE FROM chain WHERE id > 2", "checkpoint 1 is of 4 seals, and there are 2"),
    ("INSERT INTO seal_tree VALUES (8, 0, zeroblob(32))", "seal_tree does not hold what the seals say"),
])  # fmt: skip
def test_a_change_to_checkpoints_or_seals(statement: str, problem: str, signed: Signed, tmp_path: Path) -> None:
    all_found = found(changed(signed, tmp_path, statement), Anchors(signed.key.public, signed.anchors.roots))
    assert any(one.startswith(problem) for one in all_found), all_found


def test_a_note_of_another_ledger_is_no_witness(signed: Signed) -> None:
    checkpoint = Checkpoint.read(signed.first["note"])
    other = signed.key.sign(Checkpoint("other.example/ledger", checkpoint.size, checkpoint.root))
    anchors = Anchors(signed.key.public, None, (Witness("other.txt", other),))
    assert found(signed.folder / "news.db", anchors) == ["other.txt is of another ledger: other.example/ledger"]


def rewrite(path: Path, key: SigningKey | None) -> None:
    """Another text in the first revision, and the whole chain made anew as the program would have; with the key signed again."""
    with Store(path) as store:
        store.execute("UPDATE revisions SET section = 'Sport' WHERE id = 1")
        make_chain_anew(store)
        for table in ("checkpoint_timestamps", "checkpoints", "seal_tree"):
            store.execute(f"DELETE FROM {table}")
        if key:
            make(store, key, at(70))


@pytest.mark.parametrize("has_key", [False, True])
def test_a_ledger_that_was_written_anew_fails_against_a_note_kept_elsewhere(
    has_key: bool, signed: Signed, tmp_path: Path
) -> None:
    path = changed(signed, tmp_path)
    rewrite(path, signed.key if has_key else None)
    assert found(path, Anchors(signed.key.public, signed.anchors.roots)) == [], "nothing inside tells"
    assert found(path, signed.anchors) == [
        f"{name} is of other seals: what was sealed in the first {row['size']} is not what it was"
        for name, row in (("first.txt", signed.first), ("second.txt", signed.second))
    ]
