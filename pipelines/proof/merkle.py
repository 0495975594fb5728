"""Merkle trees as RFC 9162 (and RFC 6962) hash them: roots, and proofs of inclusion and of consistency.

Pure, and independent of ledgers: a tree is a function from a complete subtree to its hash. The hash of a leaf is SHA-256 over
a zero byte and its data; that of a node is SHA-256 over a one byte and both hashes below, so that a leaf cannot pass for a
node. All hashes have 32 bytes, and leaves count from 0.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from hashlib import sha256 as _sha256

Subtree = Callable[[int, int], bytes]
"""Level and number of a complete subtree -> its hash over the leaves from number * 2**level up to (number + 1) * 2**level.
Level 0 is the leaves' hashes themselves."""

EMPTY_ROOT = _sha256().digest()
"""The root of a tree without leaves."""
HASH_BYTES = 32


def leaf_hash(data: bytes) -> bytes:
    return _sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash of a node over two others."""
    return _sha256(b"\x01" + left + right).digest()


def tree_of(leaves: Sequence[bytes]) -> Subtree:
    """The tree over a list of leaves' hashes in memory."""

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
    """Proof that a leaf is in the tree of that size: the sibling hashes on its path to the root, lowest first.

    Raises ValueError if the tree has no such leaf.
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
    """Proof that the tree of `before` leaves is the beginning of the tree of `size` leaves; empty if the sizes are equal.

    Raises ValueError if `before` is not such a beginning.
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


def _split(size: int) -> int:
    """Number of leaves left of the root: the largest power of two below `size`."""
    return 1 << ((size - 1).bit_length() - 1)


def _range_hash(start: int, end: int, subtree: Subtree) -> bytes:
    """The hash over the leaves from `start` up to `end`; the left ones fill complete subtrees."""
    size = end - start
    if size & (size - 1) == 0:
        level = size.bit_length() - 1
        return subtree(level, start >> level)
    middle = start + _split(size)
    return node_hash(_range_hash(start, middle, subtree), _range_hash(middle, end, subtree))
