"""What anybody can verify a ledger's proofs with: the algorithms of RFC 9162, and how proofs of seals are written down."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from pipelines.proof.merkle import HASH_BYTES, leaf_hash, node_hash
from pipelines.proof.seal_tree import PROOF_FORMAT
from pipelines.store.chain import digest_of, link_of

MAX_PATH = 64
"""Hashes that a proof may have: enough for 2**63 leaves, and a bound for what a stranger hands over."""
_HEX = re.compile(rf"[0-9a-f]{{{2 * HASH_BYTES}}}")


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


def _is_path(path: Sequence[bytes]) -> bool:
    return len(path) <= MAX_PATH and all(len(one) == HASH_BYTES for one in path)


def inclusion_problem(proof: object, size: int, of_root: bytes, text: str | None = None) -> str | None:
    """Why a proof does not show that its seal is in the tree of a checkpoint with this size and root; None where it does.

    With `text` also, why it is not a seal of that row. Any JSON may be given.
    """
    try:
        seal, path = _read(proof, size)
        link = link_of(seal["before"], seal["at"], seal["subject"], seal["subject_id"], seal["digest"], seal["cause"])
    except (KeyError, TypeError, ValueError) as error:
        return f"is no proof of inclusion: {error}"
    if not is_included(leaf_hash(bytes.fromhex(link)), seal["number"] - 1, size, path, of_root):
        return f"seal {seal['number']} is not in the tree of the checkpoint of {size} seals"
    if text is not None and digest_of(text) != seal["digest"]:
        return f"seal {seal['number']} is not of this row"
    return None


def _read(proof: object, size: int) -> tuple[dict[str, Any], list[bytes]]:
    """Seal and path of a stranger's proof; ValueError, KeyError or TypeError where it is none."""
    if not isinstance(proof, dict) or proof["format"] != PROOF_FORMAT:
        raise ValueError(f"its format is not {PROOF_FORMAT}")
    if proof["size"] != size:
        raise ValueError(f"it is of another size than {size}")
    seal, path = proof["seal"], proof["path"]
    if not isinstance(seal, dict) or not isinstance(path, list):
        raise TypeError("its seal or path is none")
    if not all(type(seal[key]) is int for key in ("number", "subject_id")):
        raise TypeError("its numbers are none")
    texts = [seal[key] for key in ("before", "at", "subject", "digest")] + ([] if seal["cause"] is None else [seal["cause"]])
    if not all(isinstance(text, str) and text.isprintable() for text in texts):
        raise TypeError("its seal has what is no line of text")
    if not all(isinstance(one, str) and _HEX.fullmatch(one) for one in path):
        raise ValueError(f"its path has other than {HASH_BYTES} bytes in hex")
    return seal, [bytes.fromhex(one) for one in path]
