"""The tree over a ledger's seals: what is kept of it changes nothing, and a proof holds for its seal and row alone."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

import pytest

from pipelines.proof.merkle import leaf_hash, root, tree_of
from pipelines.proof.seal_tree import SealTree, consistency_proof, inclusion_proof, last_seal
from pipelines.store.chain import START, Cause, Subject, digest_of, link_of, sealed_json
from pipelines.store.database import Store, StoreError
from pipelines.store.rows import moment
from tests.factories import article, at, new_ledger, new_store
from tests.pipelines.proof.verifier import inclusion_problem, is_consistent

SEALS = 1_300
AT = moment(at(0))


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """A ledger with an article of two revisions, and as many seals as five blocks and a part of one have."""
    with new_store(tmp_path_factory.mktemp("tree")) as store:
        ledger = new_ledger(store)
        ledger.record(article())
        ledger.record(article("Two were hurt.", seen=60, modified=59))
        (length, link), *_ = store.values("SELECT id, link FROM chain ORDER BY id DESC LIMIT 1")
        with store.transaction():
            for number in range(length + 1, SEALS + 1):
                found = digest_of(str(number))
                link = link_of(link, AT, "state", number, found, Cause.CAPTURE)
                row = {"at": AT, "subject": "state", "subject_id": number, "digest": found, "link": link, "cause": Cause.CAPTURE}
                store.insert("chain", row)
        yield store


@contextmanager
def undone(store: Store) -> Iterator[None]:
    """A transaction that leaves nothing behind."""
    with suppress(InterruptedError), store.transaction():
        yield
        raise InterruptedError


def leaves(store: Store) -> list[bytes]:
    return [leaf_hash(bytes.fromhex(link)) for (link,) in store.values("SELECT link FROM chain ORDER BY id")]


def test_roots_and_proofs_are_the_same_whatever_is_kept(store: Store) -> None:
    plain, sizes = tree_of(leaves(store)), (1, 2, 255, 256, 257, 600, 1024, 1279, 1280, SEALS)
    before = [SealTree(store).root(size) for size in sizes]
    assert before == [root(size, plain) for size in sizes]
    for kept in (300, 300, 1100, SEALS):
        SealTree(store).keep(kept)
        assert store.value("SELECT count(*) FROM seal_tree WHERE level = 8") == kept >> 8
        assert [SealTree(store).root(size) for size in sizes] == before
    assert store.values("SELECT level, count(*) FROM seal_tree GROUP BY level") == [(8, 5), (9, 2), (10, 1)]
    assert SealTree(store, trusts_kept=False).is_kept_as_made()
    for seal in (1, 256, 257, 1024, SEALS):
        assert inclusion_problem(inclusion_proof(store, seal, SEALS), SEALS, before[-1]) is None
    proof = consistency_proof(store, 257, SEALS)
    assert is_consistent(257, SEALS, [bytes.fromhex(one) for one in proof["path"]], before[4], before[-1])


@pytest.mark.parametrize("change", [
    "UPDATE seal_tree SET hash = zeroblob(32) WHERE level = 9 AND number = 1", "UPDATE seal_tree SET hash = 'x' WHERE level = 10",
    "INSERT INTO seal_tree VALUES (11, 0, zeroblob(32))", "INSERT INTO seal_tree VALUES (4611686018427387904, 0, zeroblob(32))",
    "INSERT INTO seal_tree VALUES ('x', 'y', zeroblob(32))", "INSERT INTO seal_tree VALUES (8, -1, zeroblob(32))",
    "INSERT INTO seal_tree VALUES (3, 0, zeroblob(32))",
    "UPDATE chain SET link = 'x' WHERE id = 700", "UPDATE chain SET link = 7 WHERE id = 3",
])  # fmt: skip
def test_what_is_kept_and_is_not_of_the_seals_is_missed(store: Store, change: str) -> None:
    SealTree(store).keep(SEALS)
    with undone(store):
        store.execute(change)
        assert not SealTree(store, trusts_kept=False).is_kept_as_made()
    assert SealTree(store, trusts_kept=False).is_kept_as_made()


def test_a_chain_that_lacks_a_seal_has_no_tree(store: Store) -> None:
    with undone(store):
        store.execute("DELETE FROM chain WHERE id = 1290")
        with pytest.raises(StoreError, match="seals after 1280 are missing"):
            SealTree(store).root(SEALS)
    with pytest.raises(StoreError, match="fewer seals"):
        SealTree(store, trusts_kept=False).root(SEALS + 300)


def test_a_proof_is_of_its_row(store: Store) -> None:
    row = sealed_json(store, Subject.REVISION, 2)
    seal = last_seal(store, Subject.REVISION, 2, SEALS)
    assert seal is not None
    assert row is not None
    assert last_seal(store, Subject.REVISION, 2, seal - 1) is None
    proof, of_root = json.loads(json.dumps(inclusion_proof(store, seal, SEALS))), SealTree(store).root(SEALS)
    assert proof["seal"] | {"digest": "", "before": ""} == {
        "number": seal, "before": "", "at": "2025-03-07T09:00:00Z", "subject": "revision", "subject_id": 2, "digest": "",
        "cause": "capture",
    }  # fmt: skip
    assert inclusion_problem(proof, SEALS, of_root, row) is None
    assert inclusion_problem(proof, SEALS, of_root, row.replace("Two", "Six")) == f"seal {seal} is not of this row"
    assert inclusion_proof(store, 1, SEALS)["seal"]["before"] == START
    with pytest.raises(ValueError, match="not among"):
        inclusion_proof(store, seal, seal - 1)


def changes(proof: dict[str, Any]) -> Iterator[tuple[str, object]]:
    """The proof with one thing changed or taken away, and what is none."""
    for key in proof:
        yield f"without {key}", {name: value for name, value in proof.items() if name != key}
        for value in (None, 7, "x", [], {}, [None], ["00"], 10**40, -1):
            yield f"{key} = {value!r}", proof | {key: value}
    for key in proof["seal"]:
        yield f"seal without {key}", proof | {"seal": {name: value for name, value in proof["seal"].items() if name != key}}
        for value in (None, 7.5, "x", True, [], "capture\n", "\ud800", 0, -1, 10**40):
            yield f"seal {key} = {value!r}", proof | {"seal": proof["seal"] | {key: value}}
    for place in range(len(proof["path"])):
        other = copy.deepcopy(proof)
        other["path"][place] = "ab" * 32
        yield f"hash {place}", other
    shifted = proof["seal"] | {"at": f"{proof['seal']['at']}\nrevision", "subject": "2", "cause": None}
    yield "lines shifted", proof | {"seal": shifted}
    yield from ((repr(value), value) for value in (None, 7, "x", [], {}, [proof]))


def test_a_changed_proof_proves_nothing(store: Store) -> None:
    proof, of_root = inclusion_proof(store, 5, SEALS), SealTree(store).root(SEALS)
    found = [name for name, other in changes(proof) if other != proof and not inclusion_problem(other, SEALS, of_root)]
    assert found == []
    assert inclusion_problem(proof, SEALS - 1, SealTree(store).root(SEALS - 1))
