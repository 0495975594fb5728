"""Checkpoints of a ledger: made, stored with their timestamps, and compared with the seals of the ledger.

What is in the file proves nothing against its writers; a note that is kept elsewhere (`Witness`) does. See docs/proof.md.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from pipelines.proof.seal_tree import SealTree
from pipelines.proof.signed_note import Checkpoint, NoteError, PublicKey, SigningKey
from pipelines.store.chain import head
from pipelines.store.database import Row, Store, StoreError
from pipelines.store.rows import moment

if TYPE_CHECKING:
    from pipelines.proof.timestamps import AttestedTime, Roots


@dataclass(frozen=True, slots=True)
class Witness:
    """A signed note of a checkpoint, from the ledger or from where it was published."""

    where: str
    """Its name in messages: `checkpoint 3`, or the name of a file."""
    note: str
    tokens: tuple[bytes, ...] = ()
    """Timestamps of the note."""
    at: str | None = None
    """When it was made, by the ledger's own clock; None for a note that was kept elsewhere."""


@dataclass(frozen=True, slots=True)
class Anchors:
    """What checkpoints are checked with, in addition to the seals."""

    public_key: PublicKey | None = None
    roots: Roots | None = None
    """Certificates of trusted time stamping authorities."""
    witnesses: tuple[Witness, ...] = ()
    """Notes that were kept elsewhere."""


@dataclass(frozen=True, slots=True)
class AgreeingCheckpoint:
    """A checkpoint that agrees with the seals."""

    witness: Witness
    size: int
    signed_by: str | None
    """Name and id of the key that verified its signature; None if the signature was not checked."""
    timestamp: AttestedTime | None
    """The earliest of its verified timestamps; None without any."""


@dataclass(slots=True)
class CheckedAnchors:
    """Result of the check of all checkpoints."""

    agreeing: list[AgreeingCheckpoint] = field(default_factory=list)
    unsigned: int = 0
    """Number of notes whose signatures were not checked because no key was given."""
    untimed: int = 0
    """Number of timestamps that were not checked because no certificates were given."""

    def best(self) -> AgreeingCheckpoint | None:
        """The checkpoint that proves most. What counts, in this order: a timestamp, kept elsewhere, a signature, most seals."""
        order = [
            (one.timestamp is not None, one.witness.at is None, one.signed_by is not None, one.size) for one in self.agreeing
        ]
        return self.agreeing[order.index(max(order))] if order else None


def make(store: Store, key: SigningKey, now: datetime) -> Row:
    """Sign the present state of the chain, store it, and return the row of `checkpoints`. If nothing was sealed since the last
    checkpoint of this key, return that one.

    Every seal is read. Raises StoreError if nothing is sealed, or if the seals are not those of the last checkpoint: two
    different trees are never signed.
    """
    end = head(store)
    if not end.length:
        raise StoreError(f"{store.path}: nothing is sealed yet")
    tree = SealTree(store, trusts_kept=False)
    root = tree.root(end.length)
    last = store.row("SELECT * FROM checkpoints ORDER BY id DESC LIMIT 1")
    if last:
        if last["size"] > end.length or tree.root(last["size"]).hex() != last["root"]:
            raise StoreError(f"{store.path}: the seals are not those of checkpoint {last['id']}: `newsledger verify` says more")
        if last["size"] == end.length and _is_signed_by(key, last["note"]):
            return last
    tree.keep(end.length)
    note = key.sign(Checkpoint(key.public.name, end.length, root))
    row = {"at": moment(now), "size": end.length, "root": root.hex(), "link": end.link, "note": note}
    return {"id": store.insert("checkpoints", row), **row}


def keep_timestamp(store: Store, checkpoint_id: int, timestamp: AttestedTime, token: bytes) -> None:
    row = {"checkpoint_id": checkpoint_id, "at": moment(timestamp.at), "authority": timestamp.authority, "token": token}
    store.insert("checkpoint_timestamps", row)


def tokens_of(store: Store, checkpoint_id: int) -> tuple[bytes, ...]:
    """The timestamps of a checkpoint, oldest first."""
    sql = "SELECT CAST(token AS BLOB) FROM checkpoint_timestamps WHERE checkpoint_id = ? ORDER BY id"
    return tuple(token for (token,) in store.values(sql, (checkpoint_id,)))


def problems(store: Store, anchors: Anchors, checked: CheckedAnchors) -> Iterator[tuple[str, str]]:
    """Yield (checkpoint, its problem) for the checkpoints of the ledger, for the witnesses and for the stored tree."""
    tree = SealTree(store, trusts_kept=False)
    if not tree.is_kept_as_made():
        yield "seal_tree", "does not hold what the seals say"
    for row in store.rows("SELECT * FROM checkpoints ORDER BY id"):
        witness = Witness(f"checkpoint {row['id']}", str(row["note"]), tokens_of(store, row["id"]), str(row["at"]))
        found = list(_problems(store, tree, witness, anchors, checked)) or _row_problems(store, row)
        yield from ((witness.where, problem) for problem in found)
    for witness in anchors.witnesses:
        yield from ((witness.where, problem) for problem in _problems(store, tree, witness, anchors, checked))


def _problems(store: Store, tree: SealTree, witness: Witness, anchors: Anchors, checked: CheckedAnchors) -> Iterator[str]:
    try:
        checkpoint = Checkpoint.read(witness.note)
        if anchors.public_key:
            anchors.public_key.verify(witness.note)
            if checkpoint.origin != anchors.public_key.name:
                raise NoteError(f"is of another ledger: {checkpoint.origin}")
    except NoteError as error:
        yield str(error)
        return
    length = head(store).length
    if checkpoint.size > length:
        yield f"is of {checkpoint.size} seals, and there are {length}"
        return
    try:
        is_same = tree.root(checkpoint.size) == checkpoint.root
    except StoreError:
        is_same = False
    if not is_same:
        yield f"is of other seals: what was sealed in the first {checkpoint.size} is not what it was"
        return
    checked.unsigned += anchors.public_key is None
    timestamps: list[AttestedTime] = []
    for token in witness.tokens:
        if anchors.roots is None:
            checked.untimed += 1
            continue
        from pipelines.proof.timestamps import TimestampError, verified

        try:
            timestamps.append(verified(token, witness.note.encode(), anchors.roots))
        except TimestampError as error:
            yield f"has a timestamp that {error}"
    first = min(timestamps, key=lambda one: one.at, default=None)
    checked.agreeing.append(
        AgreeingCheckpoint(witness, checkpoint.size, anchors.public_key.label if anchors.public_key else None, first)
    )


def _row_problems(store: Store, row: Row) -> list[str]:
    """The problem if the columns of a checkpoint differ from its note."""
    checkpoint = Checkpoint.read(row["note"])
    link = store.value("SELECT link FROM chain WHERE id = ?", (checkpoint.size,)) if checkpoint.size else None
    is_same = (row["size"], row["root"], row["link"]) == (checkpoint.size, checkpoint.root.hex(), link)
    return [] if is_same else ["says something else than its note"]


def _is_signed_by(key: SigningKey, note: str) -> bool:
    try:
        key.public.verify(note)
    except NoteError:
        return False
    return True
