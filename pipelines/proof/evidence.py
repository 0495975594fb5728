"""Evidence that proves the record of an article to readers without the ledger: its rows as sealed, with proofs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pipelines.proof.seal_tree import SealTree, inclusion_proof, last_seal
from pipelines.store.chain import Subject, digest_of, head, sealed_json
from pipelines.store.database import Row, Store, StoreError

FORMAT = "newsledger-evidence/1"
_ROWS = {
    Subject.ARTICLE: "SELECT id FROM articles WHERE id = ?",
    Subject.REVISION: "SELECT id FROM revisions WHERE article_id = ? ORDER BY number",
    Subject.READING: "SELECT g.id FROM readings g JOIN revisions r ON r.id = g.revision_id WHERE r.article_id = ? ORDER BY g.id",
    Subject.STATE: "SELECT id FROM states WHERE article_id = ? ORDER BY id",
    Subject.FETCH: """SELECT f.id FROM fetches f WHERE f.article_id = ?
        AND EXISTS (SELECT 1 FROM chain c WHERE c.subject = 'fetch' AND c.subject_id = f.id) ORDER BY f.id""",
}
_TOKENS = "SELECT CAST(token AS BLOB) FROM checkpoint_timestamps WHERE checkpoint_id = ? ORDER BY id"


@dataclass(frozen=True, slots=True)
class ArticleEvidence:
    """The sealed rows of an article, all proved for one root."""

    size: int
    """Number of seals in the tree."""
    root: bytes
    rows: tuple[tuple[str, dict[str, Any]], ...]
    """For each row: the JSON text that was hashed, and the proof of its seal (see `inclusion_proof`)."""
    note: str | None
    """The signed checkpoint of that size and root; None if no checkpoint covers all of the seals."""
    tokens: tuple[bytes, ...] = ()
    """Timestamps (RFC 3161) of the note."""

    def facts(self, url: str, left_out: Mapping[str, str]) -> dict[str, Any]:
        """The evidence as JSON; `left_out`: hash of each archived record that is not included -> the reason."""
        rows = [{"row": text, "proof": proof} for text, proof in self.rows]
        whole = {"format": FORMAT, "article": url, "size": self.size, "root": self.root.hex(), "left_out": dict(left_out)}
        return {**whole, "rows": rows}


def evidence_of(store: Store, article_id: int) -> ArticleEvidence:
    """The evidence of an article, at the size of the last checkpoint if that covers all of the article's seals, otherwise at
    the present size of the chain.

    Raises StoreError if a row differs from its seal: a wrong row is not handed over as proof.
    """
    size = head(store).length
    found: list[tuple[str, int]] = []
    for subject, sql in _ROWS.items():
        for row in list(store.rows(sql, (article_id,))):
            text, seal = sealed_json(store, subject, row["id"]), last_seal(store, subject, row["id"], size)
            digest = store.value("SELECT digest FROM chain WHERE id = ?", (seal,))
            if text is None or seal is None or digest_of(text) != digest:
                raise StoreError(f"{store.path}: {subject} {row['id']} is not what was sealed; `newsledger verify` says more")
            found.append((text, seal))
    last = store.row("SELECT * FROM checkpoints ORDER BY id DESC LIMIT 1")
    if last and last["size"] < max((seal for _, seal in found), default=0):
        last = None
    size = last["size"] if last else size
    rows = tuple((text, inclusion_proof(store, seal, size)) for text, seal in found)
    tokens = store.values(_TOKENS, (last["id"],)) if last else ()
    note = str(last["note"]) if last else None
    return ArticleEvidence(size, SealTree(store).root(size), rows, note, tuple(token for (token,) in tokens))


def archived_fetches(store: Store, article_id: int) -> list[Row]:
    """The archived fetches of an article, oldest first."""
    sql = "SELECT * FROM fetches WHERE article_id = ? AND warc_file IS NOT NULL AND warc_offset IS NOT NULL ORDER BY fetched, id"
    return list(store.rows(sql, (article_id,)))
