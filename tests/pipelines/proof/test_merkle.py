"""Merkle trees against published roots, against a tree built otherwise, and against whoever changes a hash of a proof."""

from __future__ import annotations

from hashlib import sha256

import pytest

from pipelines.proof.merkle import (
    EMPTY_ROOT,
    consistency_path,
    inclusion_path,
    leaf_hash,
    root,
    tree_of,
)
from tests.pipelines.proof.verifier import MAX_PATH, is_consistent, is_included

DATA = [bytes.fromhex(text) for text in (
    "", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f",
)]  # fmt: skip
ROOTS = (
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
)
"""Of the first 1 to 8 of these leaves, as the test data of Certificate Transparency's own libraries have them."""
MOST = 33
LEAVES = [leaf_hash(bytes([number])) for number in range(MOST)]
OTHER = sha256(b"other").digest()


def defined_root(leaves: list[bytes]) -> bytes:
    """The root as RFC 9162, 2.1.1 defines it, leaf by leaf."""
    if len(leaves) < 2:
        return leaves[0] if leaves else sha256().digest()
    left = 1
    while left * 2 < len(leaves):
        left *= 2
    return sha256(b"\x01" + defined_root(leaves[:left]) + defined_root(leaves[left:])).digest()


def test_roots_are_the_published_ones() -> None:
    subtree = tree_of([leaf_hash(data) for data in DATA])
    assert [root(size, subtree).hex() for size in range(1, 9)] == [*ROOTS]
    assert root(0, subtree) == EMPTY_ROOT == sha256().digest()


def test_each_leaf_of_each_small_tree_is_proved_and_nothing_else_is() -> None:
    for size in range(1, MOST + 1):
        subtree, of_root = tree_of(LEAVES), defined_root(LEAVES[:size])
        assert root(size, subtree) == of_root
        for index in range(size):
            path = inclusion_path(index, size, subtree)
            assert len(path) <= (size - 1).bit_length()
            assert is_included(LEAVES[index], index, size, path, of_root)
            assert not is_included(OTHER, index, size, path, of_root)
            assert not is_included(LEAVES[index], index, size, path, OTHER)
            assert not is_included(LEAVES[index], index, size, [*path, OTHER], of_root)
            assert not path or not is_included(LEAVES[index], index, size, path[:-1], of_root)
            for place in range(len(path)):
                changed = [*path[:place], OTHER, *path[place + 1 :]]
                assert not is_included(LEAVES[index], index, size, changed, of_root)
            elsewhere = [one for one in range(size) if is_included(LEAVES[index], one, size, path, of_root)]
            assert elsewhere == [index]


def test_each_beginning_of_each_small_tree_is_proved_and_nothing_else_is() -> None:
    subtree, roots = tree_of(LEAVES), [defined_root(LEAVES[:size]) for size in range(MOST + 1)]
    for size in range(1, MOST + 1):
        for before in range(1, size + 1):
            path = consistency_path(before, size, subtree)
            assert len(path) <= (size - 1).bit_length() + 1
            assert is_consistent(before, size, path, roots[before], roots[size])
            assert not is_consistent(before, size, path, OTHER, roots[size])
            assert not is_consistent(before, size, path, roots[before], OTHER)
            assert not is_consistent(before, size, [*path, OTHER], roots[before], roots[size])
            for place in range(len(path)):
                changed = [*path[:place], OTHER, *path[place + 1 :]]
                assert not is_consistent(before, size, changed, roots[before], roots[size])


@pytest.mark.parametrize("place", range(MOST))
def test_no_leaf_can_be_changed_under_a_root(place: int) -> None:
    changed = [*LEAVES[:place], OTHER, *LEAVES[place + 1 :]]
    subtree = tree_of(changed)
    for size in range(place + 1, MOST + 1):
        assert root(size, subtree) != defined_root(LEAVES[:size])
        if place:
            path = consistency_path(place, size, subtree)
            assert is_consistent(place, size, path, defined_root(LEAVES[:place]), root(size, subtree)), "what stood before it"


def test_what_is_no_proof_proves_nothing() -> None:
    subtree, of_root = tree_of(LEAVES), defined_root(LEAVES)
    path = inclusion_path(0, MOST, subtree)
    for index, size in ((-1, MOST), (MOST, MOST), (0, 0), (0, -1)):
        assert not is_included(LEAVES[0], index, size, path, of_root)
    assert not is_included(LEAVES[0], 0, MOST, [*path[:-1], path[-1] + b"\0"], of_root)
    assert not is_included(LEAVES[0], 0, 1 << 80, [OTHER] * (MAX_PATH + 1), of_root)
    assert not is_consistent(0, MOST, [], EMPTY_ROOT, of_root)
    assert not is_consistent(MOST, 1, [], of_root, of_root)
    assert not is_consistent(3, MOST, [], of_root, of_root)
    with pytest.raises(ValueError, match="no leaf 5"):
        inclusion_path(5, 5, subtree)
    with pytest.raises(ValueError, match="no beginning of 0"):
        consistency_path(0, 5, subtree)
