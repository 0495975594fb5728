"""Merkle trees as RFC 9162 (and RFC 6962) hash them: roots, proofs of inclusion and of consistency, and their verification.

Pure, and knows no ledger: a tree is a function from a complete subtree to its hash. A leaf is SHA-256 over a zero byte and its
data, a node SHA-256 over a one byte and both hashes below, so that no leaf passes for a node. All hashes are 32 bytes, and leaves
count from 0.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from hashlib import sha256 as _sha256

Subtree = Callable[[int, int], bytes]
"""Level and number of a complete subtree -> its hash: over the leaves from number * 2**level up to (number + 1) * 2**level. Of
level 0 are the leaves' hashes themselves."""

EMPTY_ROOT = _sha256().digest()
"""The root of a tree without leaves."""
HASH_BYTES = 32
MAX_PATH = 64
"""Hashes that a proof may have: enough for 2**63 leaves, and a bound for what a stranger hands over."""


def leaf_hash(data: bytes) -> bytes:
    """The hash of a leaf."""
    return _sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash of a node over two others."""
    return _sha256(b"\x01" + left + right).digest()


def tree_of(leaves: Sequence[bytes]) -> Subtree:
    """The tree over leaves' hashes that are all in memory."""

    def subtree(level: int, number: int) -> bytes:
        hashes = leaves[number << level : (number + 1) << level]
        while len(hashes) > 1:
            hashes = [node_hash(left, right) for left, right in zip(hashes[::2], hashes[1::2], strict=True)]
        return hashes[0]

    return subtree


def root(size: int, subtree: Subtree) -> bytes:
    """The root over the first `size` leaves."""
    return _range_hash(0, size, subtree) if size else EMPTY_ROOT


def inclusion_path(index: int, size: int, subtree: Subtree) -> list[bytes]:
    """What proves that a leaf is in the tree of that size: the hashes beside its way up to the root, lowest first.

    Raises ValueError where the tree has no such leaf.
    """
    if not 0 <= index < size:
        raise ValueError(f"a tree of {size} leaves has no leaf {index}")
    start, end, path = 0, size, []
    while end - start > 1:
        middle = start + _split(end - start)
        if index < middle:
            path.append(_range_hash(middle, end, subtree))
            end = middle
        else:
            path.append(_range_hash(start, middle, subtree))
            start = middle
    return path[::-1]


def consistency_path(before: int, size: int, subtree: Subtree) -> list[bytes]:
    """What proves that the tree of `before` leaves is the beginning of that of `size` leaves; nothing where they are one.

    Raises ValueError where there is no such beginning.
    """
    if not 0 < before <= size:
        raise ValueError(f"a tree of {size} leaves has no beginning of {before}")
    start, end, path, is_whole = 0, size, [], True
    while before != end:
        middle = start + _split(end - start)
        if before <= middle:
            path.append(_range_hash(middle, end, subtree))
            end = middle
        else:
            path.append(_range_hash(start, middle, subtree))
            start, is_whole = middle, False
    return path[::-1] if is_whole else [_range_hash(start, end, subtree), *path[::-1]]


def is_included(leaf: bytes, index: int, size: int, path: Sequence[bytes], of_root: bytes) -> bool:
    """Whether a path proves a leaf's hash to stand at `index` in the tree of that size and root (RFC 9162, 2.1.3.2)."""
    if not 0 <= index < size or not _is_path(path):
        return False
    node, last, found = index, size - 1, leaf
    for beside in path:
        if last == 0:
            return False
        if node & 1 or node == last:
            found = node_hash(beside, found)
            while not node & 1 and node:
                node, last = node >> 1, last >> 1
        else:
            found = node_hash(found, beside)
        node, last = node >> 1, last >> 1
    return last == 0 and found == of_root


def is_consistent(before: int, size: int, path: Sequence[bytes], before_root: bytes, of_root: bytes) -> bool:
    """Whether a path proves that the tree of the first size and root is the beginning of the second (RFC 9162, 2.1.4.2)."""
    if not 0 < before <= size or not _is_path(path):
        return False
    if before == size:
        return not path and before_root == of_root
    hashes = [before_root, *path] if before & (before - 1) == 0 else list(path)
    if not hashes:
        return False
    node, last = before - 1, size - 1
    while node & 1:
        node, last = node >> 1, last >> 1
    old = new = hashes[0]
    for beside in hashes[1:]:
        if last == 0:
            return False
        if node & 1 or node == last:
            old, new = node_hash(beside, old), node_hash(beside, new)
            while not node & 1 and node:
                node, last = node >> 1, last >> 1
        else:
            new = node_hash(new, beside)
        node, last = node >> 1, last >> 1
    return last == 0 and old == before_root and new == of_root


def _split(size: int) -> int:
    """How many leaves stand left of the root: the largest power of two below `size`."""
    return 1 << ((size - 1).bit_length() - 1)


def _range_hash(start: int, end: int, subtree: Subtree) -> bytes:
    """The hash over leaves from `start` up to `end`, of which the left ones fill complete subtrees."""
    size = end - start
    if size & (size - 1) == 0:
        level = size.bit_length() - 1
        return subtree(level, start >> level)
    middle = start + _split(size)
    return node_hash(_range_hash(start, middle, subtree), _range_hash(middle, end, subtree))


def _is_path(path: Sequence[bytes]) -> bool:
    return len(path) <= MAX_PATH and all(len(one) == HASH_BYTES for one in path)
