"""One article as proof: a WACZ with all its archived responses, its revisions, and the proofs of their seals.

Bundles are checked here by the same script that a recipient runs (`check_bundle`). The signing key is anonymous in the sense
of the WACZ signing recommendation: ECDSA on P-384.
"""

from __future__ import annotations

import base64
import json
import os
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from string import Template
from typing import IO, TYPE_CHECKING

from crawler.offline import check_bundle
from crawler.offline.check_bundle import BadBundleError
from crawler.offline.history_page import history_page
from crawler.warc.reader import recorded
from crawler.warc.subset import WantedPage, copies
from crawler.warc.wacz import Sign, WaczPage, WaczText, pages_of, write_wacz
from pipelines import MissingExtraError
from pipelines.article import Outcome
from pipelines.exchange.export import Record, Selection, records
from pipelines.exchange.formats import as_jsonl
from pipelines.proof.evidence import ArticleEvidence, archived_fetches, evidence_of
from pipelines.proof.signed_note import PublicKey
from pipelines.queries import articles
from pipelines.queries.results import ArticleRecord
from pipelines.store.database import Store, StoreError
from pipelines.store.pages import page_of_export, page_of_fetch
from pipelines.store.rows import moment

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey

_FOLDER = Path(__file__).parent


@dataclass(slots=True)
class BundleReport:
    """What was done with the pages of a bundle."""

    counts: Counter[str]
    problems: list[str]
    is_anchored: bool
    """Whether a signed checkpoint covers its seals."""


def write_bundle(store: Store, article: ArticleRecord, folder: Path, stream: IO[bytes], now: datetime, name: str,
                 sign: Sign | None = None, checkpoint_key: bytes | None = None) -> BundleReport:  # fmt: skip
    """Write the bundle of an article to a seekable stream; missing pages are reported, and named in it.

    `name`: of the file, for its README. `checkpoint_key`: the public key of checkpoints. Raises StoreError
    if a row differs from its seal.
    """
    revisions = list(records(store, Selection(article_id=article.article_id)))
    if not revisions:
        raise StoreError(f"{article.url}: has no revision to hand over")
    evidence = evidence_of(store, article.article_id)
    wanted = list(_wanted_pages(store, article, revisions))
    left_out = _excluded_hashes(wanted, folder)
    report = BundleReport(Counter(), [], evidence.note is not None)
    pages: list[WaczPage] = []
    list(pages_of(revisions, pages))
    title = revisions[-1]["revision"]["headline"] or article.url
    text = WaczText(title, f"The record of {article.url}: revisions, pages and proofs", pages[-1] if pages else None)
    documents = _documents(store, article, revisions, evidence, left_out, now)
    if evidence.note:
        documents |= {"checkpoint.txt": evidence.note.encode(), "checkpoint-key.pub": checkpoint_key or b""}
        documents |= {f"timestamp-{number}.tsr": token for number, token in enumerate(evidence.tokens, 1)}
    documents["README.txt"] = _readme(article.url, documents, name, now, is_signed=sign is not None)
    extra = {f"evidence/{path}": content for path, content in documents.items() if content}
    write_wacz(stream, copies(wanted, folder, now, report.counts, report.problems), lambda: pages, text, now, lambda: extra, sign)
    return report


def _wanted_pages(store: Store, article: ArticleRecord, revisions: list[Record]) -> Iterator[WantedPage]:
    """Everything archived of an article: the pages of its revisions, and the responses of its fetches."""
    for record in revisions:
        page = page_of_export(record)
        if page:
            yield WantedPage(page, article.url, f"revision {record['revision']['number']}", is_fetch=False)
    for row in archived_fetches(store, article.article_id):
        kind = "takedown" if row["outcome"] in (Outcome.GONE, Outcome.SUSPECTED) else "other"
        yield WantedPage(page_of_fetch(row), article.url, kind)


def _excluded_hashes(wanted: list[WantedPage], folder: Path) -> dict[str, str]:
    """Hashes of records and pages that cannot be included, and why."""
    found: dict[str, str] = {}
    for one in wanted:
        why = recorded(folder, one.page)
        if isinstance(why, str):
            hashes = (one.page.payload_hash, one.page.record.record_hash if one.page.record else None)
            found |= {known: why for known in hashes if known}
    return found


def _documents(store: Store, article: ArticleRecord, revisions: list[Record], evidence: ArticleEvidence,
               left_out: Mapping[str, str], now: datetime) -> dict[str, bytes]:  # fmt: skip
    read = []
    for one in articles.history(store, article.article_id):
        revision = articles.revision(store, article.article_id, article.url, one.number)
        if revision:
            read.append((one, revision))
    facts = evidence.facts(article.url, left_out)
    return {
        "history.html": history_page(article.url, read, articles.states(store, article.article_id), now).encode(
            "utf-8", "replace"
        ),
        "revisions.jsonl": b"".join(as_jsonl(revisions)),
        "proofs.json": json.dumps(facts, ensure_ascii=False, indent=1).encode("utf-8", "surrogatepass"),
        "check_bundle.py": Path(check_bundle.__file__).read_bytes(),
    }


def _readme(url: str, documents: Mapping[str, bytes], name: str, now: datetime, *, is_signed: bool) -> bytes:
    meanings = {
        "checkpoint.txt": "the ledger's signed checkpoint, of the tree in which the seals are",
        "checkpoint-key.pub": "the public key that the ledger's checkpoints are signed with",
        "timestamp-1.tsr": "what a time stamping authority answered for the checkpoint",
    }
    more = "\n".join(f"    evidence/{path:<17} {what}" for path, what in meanings.items() if documents.get(path))
    unsigned = "" if is_signed else "\n   THIS FILE BEARS NO SUCH SIGNATURE; what follows is how one is checked.\n"
    unanchored = (
        "" if "checkpoint.txt" in documents else "\n   NO CHECKPOINT COVERS THESE SEALS; what follows is how one is checked.\n"
    )
    template = Template((_FOLDER / "bundle_readme.md").read_text(encoding="utf-8"))
    facts = {"url": url, "at": moment(now), "name": name, "more": more, "unsigned": unsigned, "unanchored": unanchored}
    return template.substitute(facts).encode("utf-8", "replace")


def signer(path: Path) -> Sign:
    """Signs with the key in a file, which is created, readable by its owner alone, if missing.

    Raises MissingExtraError, OSError, and ValueError if the file is no such key.
    """
    key = _key(path)
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec, utils

    packed = key.public_key().public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)

    def sign(text: str) -> dict[str, str]:
        numbers = utils.decode_dss_signature(key.sign(text.encode(), ec.ECDSA(hashes.SHA256())))
        raw = b"".join(number.to_bytes(48, "big") for number in numbers)
        return {"signature": base64.b64encode(raw).decode(), "publicKey": base64.b64encode(packed).decode()}

    return sign


def signature_problem(files: Mapping[str, bytes], expected: bytes | None = None) -> str | None:
    """The fault of a bundle's signature; None if it is valid, or there is none and no key (PEM) is expected.

    Raises MissingExtraError.
    """
    try:
        from cryptography.exceptions import InvalidSignature
        from cryptography.hazmat.primitives import hashes, serialization
        from cryptography.hazmat.primitives.asymmetric import ec
    except ImportError as error:
        raise MissingExtraError("evidence", "cryptography") from error
    digest = json.loads(files[check_bundle.DIGEST])
    signed = digest.get("signedData")
    if not signed:
        return "it bears no signature" if expected else None
    try:
        key = serialization.load_der_public_key(base64.b64decode(signed["publicKey"], validate=True))
        if not isinstance(key, ec.EllipticCurvePublicKey) or signed["hash"] != digest["hash"]:
            return "it bears a signature of something else"
        if expected and key != serialization.load_pem_public_key(expected):
            return "it is signed by another key"
        der = check_bundle.der_of(base64.b64decode(signed["signature"], validate=True))
        key.verify(der, signed["hash"].encode(), ec.ECDSA(hashes.SHA256()))
    except InvalidSignature:
        return "it bears a signature that is wrong"
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        return f"it bears what is no signature: {error}"
    return None


def anchor_lines(files: Mapping[str, bytes], public: bytes | None, ca: bytes | None) -> list[str]:
    """Who signed the checkpoint of a bundle, and the time of its timestamps; BadBundleError if a signature or timestamp is
    invalid.

    `public`: the ledger's key as its owner publishes it, default the one in the bundle; `ca`: certificates (PEM) of
    trusted authorities, without which timestamps are only counted. Raises MissingExtraError.
    """
    note = files.get(check_bundle.NOTE)
    if note is None:
        if public or ca:
            raise BadBundleError("no checkpoint covers its seals")
        return []
    lines: list[str] = []
    known = public or files.get("evidence/checkpoint-key.pub")
    try:
        if known:
            key = PublicKey.read(known.decode())
            key.verify(note.decode())
            whose = "as was asked for" if public else "of the bundle: compare it with the one that is published"
            lines.append(f"The checkpoint is signed by {key.name}+{key.key_id.hex()}, the key {whose}.")
        stamps = [files[name] for name in sorted(files) if name.startswith("evidence/timestamp-")]
        if ca:
            from pipelines.proof.timestamps import read_roots, verified

            if not stamps:
                raise BadBundleError("its checkpoint bears no timestamp")
            found = [verified(stamp, note, read_roots(ca)) for stamp in stamps]
            lines += [f"The checkpoint was there at {moment(one.at)}, says {one.authority}." for one in found]
        elif stamps:
            lines.append(f"Not checked: {len(stamps)} timestamps.")
    except ValueError as error:
        raise BadBundleError(f"the checkpoint {error}") from error
    return lines


def _key(path: Path) -> EllipticCurvePrivateKey:
    try:
        from cryptography.hazmat.primitives import serialization
        from cryptography.hazmat.primitives.asymmetric import ec
    except ImportError as error:
        raise MissingExtraError("evidence", "cryptography") from error
    if not path.exists():
        made = ec.generate_private_key(ec.SECP384R1())
        pem = made.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(pem)
    key = serialization.load_pem_private_key(path.read_bytes(), None)
    if not isinstance(key, ec.EllipticCurvePrivateKey) or key.curve.name != "secp384r1":
        raise ValueError(f"{path}: is no key on the curve P-384")
    return key
