"""The Merkle tree over a ledger's seals, in the order of the chain: its roots, and proofs that a seal is in it.

Leaf number n is the link (32 bytes) of seal n + 1; each link is the SHA-256 over what is sealed, so a proof of a link proves
the row. Hashes of complete subtrees of 256 seals and more are stored in `seal_tree` once a checkpoint is made; others are
computed when needed. A chain with missing seals has no tree: StoreError.
"""

from __future__ import annotations

import re
from typing import Any

from pipelines.proof.merkle import HASH_BYTES, consistency_path, inclusion_path, leaf_hash, node_hash, root, tree_of
from pipelines.store.chain import START, Subject
from pipelines.store.database import Store, StoreError

BLOCK_LEVEL = 8
"""The lowest level whose hashes are stored. Lower: more rows; higher: a proof reads and hashes more seals (256 take 0.4 ms)."""
PROOF_FORMAT = "newsledger-inclusion/1"
_BLOCK = 1 << BLOCK_LEVEL
_MOST_LEVELS = 64
_HEX = re.compile(rf"[0-9a-f]{{{2 * HASH_BYTES}}}")


class SealTree:
    """The tree over the seals of a ledger."""

    def __init__(self, store: Store, *, trusts_kept: bool = True) -> None:
        """Without `trusts_kept` every hash is computed again from the seals, once."""
        self._store = store
        self._trusts_kept = trusts_kept
        self._made: dict[tuple[int, int], bytes] = {}
        self._leaves: tuple[int, list[bytes]] = (-1, [])

    def subtree(self, level: int, number: int) -> bytes:
        if level < BLOCK_LEVEL:
            block, place = divmod(number << level, _BLOCK)
            return tree_of(self._block(block)[place : place + (1 << level)])(level, 0)
        found = self._made.get((level, number))
        if found is None and self._trusts_kept:
            found = self._store.value("SELECT CAST(hash AS BLOB) FROM seal_tree WHERE level = ? AND number = ?", (level, number))
        if found is None:
            if level == BLOCK_LEVEL:
                found = tree_of(self._block(number, whole=True))(BLOCK_LEVEL, 0)
            else:
                found = node_hash(self.subtree(level - 1, 2 * number), self.subtree(level - 1, 2 * number + 1))
            self._made[level, number] = found
        return found

    def root(self, size: int) -> bytes:
        """The root over the first `size` seals."""
        return root(size, self.subtree)

    def keep(self, size: int) -> None:
        """Store the hashes of all complete subtrees of the first `size` seals that are not stored yet."""
        level = BLOCK_LEVEL
        while number := size >> level:
            kept = self._store.value("SELECT max(number) FROM seal_tree WHERE level = ?", (level,))
            rows = [(level, one, self.subtree(level, one)) for one in range(0 if kept is None else kept + 1, number)]
            with self._store.transaction():
                for row in rows:
                    self._store.execute("INSERT OR IGNORE INTO seal_tree (level, number, hash) VALUES (?, ?, ?)", row)
            level += 1

    def is_kept_as_made(self) -> bool:
        """Whether the stored hashes are those of the present seals."""
        size = self._store.value("SELECT coalesce(max(id), 0) FROM chain")
        kept = self._store.values("SELECT level, number, hash FROM seal_tree ORDER BY level, number")
        return all(
            type(level) is type(number) is int
            and BLOCK_LEVEL <= level < _MOST_LEVELS
            and 0 <= number < size >> level
            and self.subtree(level, number) == found
            for level, number, found in kept
        )

    def _block(self, block: int, *, whole: bool = False) -> list[bytes]:
        """The leaves' hashes of a block; fewer than `_BLOCK` at the end of the chain."""
        if self._leaves[0] != block:
            first = block * _BLOCK
            rows = self._store.values("SELECT id, link FROM chain WHERE id > ? AND id <= ? ORDER BY id", (first, first + _BLOCK))
            if not rows or rows[-1][0] != first + len(rows):
                raise StoreError(f"{self._store.path}: seals after {first} are missing; `newsledger verify` tells which")
            self._leaves = block, _leaves([link for _, link in rows])
        leaves = self._leaves[1]
        if whole and len(leaves) < _BLOCK:
            raise StoreError(f"{self._store.path}: there are fewer seals than the tree has")
        return leaves


def inclusion_proof(store: Store, seal: int, size: int) -> dict[str, Any]:
    """Proof that a seal is among the first `size`, as JSON; raises ValueError if it is not.

    `{"format": "newsledger-inclusion/1", "seal": {"number": 18, "before": LINK, "at": TIME, "subject": "revision",
    "subject_id": 7, "digest": SHA256, "cause": "capture"}, "size": 12345, "path": [HASH, ...]}`, all hashes in hex.

    `digest` is the SHA-256 of the row as `chain.sealed_json` writes it (UTF-8). The link is the SHA-256 over `before`, `at`,
    `subject`, `subject_id`, `digest` and `cause` (omitted if null), each followed by a line feed. The leaf is the SHA-256
    over 0x00 and the link's 32 bytes, number `seal.number - 1` from 0; `path` leads from there to the root of a checkpoint of
    that size (RFC 9162, 2.1.3.2).
    """
    row = store.row("SELECT * FROM chain WHERE id = ?", (seal,))
    if row is None or not 0 < seal <= size:
        raise ValueError(f"seal {seal} is not among the first {size}")
    before = store.value("SELECT link FROM chain WHERE id = ?", (seal - 1,)) if seal > 1 else START
    stated = {"number": seal, "before": before} | {key: row[key] for key in ("at", "subject", "subject_id", "digest", "cause")}
    path = inclusion_path(seal - 1, size, SealTree(store).subtree)
    return {"format": PROOF_FORMAT, "seal": stated, "size": size, "path": [one.hex() for one in path]}


def consistency_proof(store: Store, before: int, size: int) -> dict[str, Any]:
    """Proof that the first `before` seals are the beginning of the first `size`, as JSON; raises ValueError if they are not.

    `{"format": "newsledger-consistency/1", "before": 9000, "size": 12345, "path": [HASH, ...]}`: between the roots of
    two checkpoints (RFC 9162, 2.1.4.2).
    """
    path = consistency_path(before, size, SealTree(store).subtree)
    return {"format": "newsledger-consistency/1", "before": before, "size": size, "path": [one.hex() for one in path]}


def last_seal(store: Store, subject: Subject, row_id: int, size: int) -> int | None:
    """The number of a row's last seal among the first `size`; None if it has none."""
    sql = "SELECT max(id) FROM chain WHERE subject = ? AND subject_id = ? AND id <= ?"
    found: int | None = store.value(sql, (subject, row_id, size))
    return found


def _leaves(links: list[object]) -> list[bytes]:
    """The leaves' hashes of links; decoded in one step if all links are sound, which is the usual case."""
    if all(type(link) is str and len(link) == 2 * HASH_BYTES for link in links):
        try:
            packed = bytes.fromhex("".join(map(str, links)))
        except ValueError:
            packed = b""
        if len(packed) == HASH_BYTES * len(links):
            return [leaf_hash(packed[at : at + HASH_BYTES]) for at in range(0, len(packed), HASH_BYTES)]
    return [_leaf(link) for link in links]


def _leaf(link: object) -> bytes:
    """The leaf's hash of a link. A damaged link gets a hash that no leaf of a sound ledger has."""
    return leaf_hash(bytes.fromhex(link) if isinstance(link, str) and _HEX.fullmatch(link) else b"")
