"""Checks a bundle of `newsledger export bundle`: its files, the archived pages, the sealed rows and the proofs of their seals.

Stands for itself (Python 3.8 or later, no other library), and is part of each bundle: `python3 -I check_bundle.py BUNDLE.wacz
[FOLDER]`. Given a folder, it writes there what `openssl` needs to check the signatures, and nothing else. Reads within bounds.
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
import re
import sys
import zipfile
import zlib
from collections.abc import Iterator

MAX_BYTES, MAX_ENTRIES, MAX_RATIO, MAX_RECORD = 2_000_000_000, 1_000, 1_000, 64_000_000
NAME = re.compile(r"([a-z]{1,20}/)?[A-Za-z0-9][A-Za-z0-9._-]{0,100}")
DIGEST, PACKAGE, PROOFS, NOTE = "datapackage-digest.json", "datapackage.json", "evidence/proofs.json", "evidence/checkpoint.txt"
SEALED = ("headline", "description", "body", "byline", "change", "content_hash", "payload_hash", "first_seen", "canonical_url")


class BadBundleError(Exception):
    """The bundle does not hold; the message says why."""


def need(holds: object, why: str) -> None:
    """BadBundleError where something does not hold."""
    if not holds:
        raise BadBundleError(why)


def sha256(data: bytes) -> str:
    """In hex."""
    return hashlib.sha256(data).hexdigest()


def files_of(path: str) -> dict[str, bytes]:
    """Name -> content, all of it bounded before it is unpacked."""
    size = os.path.getsize(path)  # noqa: PTH202 - works with what Python 3.8 has
    need(size <= MAX_BYTES, "the file is larger than any bundle")
    with zipfile.ZipFile(path) as package:
        entries = package.infolist()
        need(len(entries) <= MAX_ENTRIES, "it has too many entries")
        need(len({one.filename for one in entries}) == len(entries), "two entries have one name")
        need(all(NAME.fullmatch(one.filename) for one in entries), "an entry has a name that no bundle has")
        need(sum(one.compress_size for one in entries) <= size, "its entries overlap")
        need(sum(one.file_size for one in entries) <= MAX_BYTES, "it unpacks to too much")
        need(all(one.file_size <= 1_000_000 + MAX_RATIO * one.compress_size for one in entries), "an entry unpacks to too much")
        return {one.filename: package.read(one) for one in entries}


def check_package(files: dict[str, bytes]) -> str:
    """Each file is the one of its hash, and none is there that is not listed."""
    need(DIGEST in files and PACKAGE in files and PROOFS in files, "it is no bundle of newsledger")
    need(json.loads(files[DIGEST])["hash"] == "sha256:" + sha256(files[PACKAGE]), f"{PACKAGE} is not the one of its hash")
    listed = {one["path"]: one for one in json.loads(files[PACKAGE])["resources"]}
    need(set(listed) == set(files) - {DIGEST, PACKAGE}, "it has other files than it lists")
    for path, one in listed.items():
        need(one["hash"] == "sha256:" + sha256(files[path]), f"{path} is not the one of its hash")
    return f"{len(listed)} files are those of their hashes."


def is_of(said: str | None, data: bytes) -> bool:
    """Whether a digest of WARC (an algorithm, and base32 or hex) is of these bytes; true where none is said."""
    name, _, value = (said or f"sha256:{sha256(data)}").partition(":")
    found = hashlib.new(name.lower(), data)
    return value.lower() in (found.hexdigest(), base64.b32encode(found.digest()).decode().lower())


def records_of(data: bytes) -> Iterator[tuple[dict[str, str], str, bytes]]:
    """Fields, the SHA-256 of head and block, and the block of each record of a WARC file; a gzip member is one record."""
    while data:
        member = zlib.decompressobj(31)
        plain = member.decompress(data, MAX_RECORD)
        need(member.eof, "a record is cut off, or too large")
        data = member.unused_data
        head, _, rest = plain.partition(b"\r\n\r\n")
        parted = (line.partition(":") for line in head.decode("utf-8", "replace").split("\r\n"))
        fields = {name.lower(): value.strip() for name, _, value in parted}
        block = rest[: int(fields["content-length"])]
        need(rest[len(block) :] == b"\r\n\r\n", "a record's length is not that of what it holds")
        yield fields, sha256(head + b"\r\n\r\n" + block), block


def check_pages(files: dict[str, bytes]) -> tuple[set[str], str]:
    """The hashes of all records and pages, once each is what its own digests say, and what it repeats is there."""
    held: set[str] = set()
    digests, repeated, count = set(), set(), 0
    for fields, found, block in (one for path in files if path.startswith("archive/") for one in records_of(files[path])):
        kind, where = fields.get("warc-type"), f"the archived record of {fields.get('warc-target-uri', '?')[:200]}"
        need(is_of(fields.get("warc-block-digest"), block), f"{where} is not the one of its digest")
        held.add(found)
        count += 1
        if kind == "response":
            body, digest = block.partition(b"\r\n\r\n")[2], fields.get("warc-payload-digest")
            is_received = is_of(digest, body) and fields.get("newsledger-payload-sha256", sha256(body)) == sha256(body)
            need(is_received, f"the page in {where} is not the one of its digest")
            held.add(sha256(body))
            digests.add(digest)
        elif kind == "revisit" and fields.get("warc-profile", "").endswith("identical-payload-digest"):
            repeated.add(fields.get("warc-payload-digest"))
    need(repeated <= digests, "a page repeats one that is not in the bundle")
    return held, f"{count} archived records are those of their digests."


def is_included(leaf: bytes, index: int, size: int, path: list[str], root: str) -> bool:
    """Whether a path proves that a leaf is in the tree with a root: RFC 9162, 2.1.3.2."""
    node, last, found = index, size - 1, leaf
    for beside in map(bytes.fromhex, path):
        if last == 0:
            return False
        if node & 1 or node == last:
            found = hashlib.sha256(b"\x01" + beside + found).digest()
            while not node & 1 and node:
                node, last = node >> 1, last >> 1
        else:
            found = hashlib.sha256(b"\x01" + found + beside).digest()
        node, last = node >> 1, last >> 1
    return last == 0 and 0 <= index < size and found.hex() == root


def check_rows(files: dict[str, bytes], held: set[str]) -> str:
    """Each row is as it was sealed, its seal in the tree, its page in the bundle; the revisions read as their rows do."""
    evidence, sealed = json.loads(files[PROOFS]), {}
    for one in evidence["rows"]:
        row, seal = json.loads(one["row"]), one["proof"]["seal"]
        where = f"{seal['subject']} {seal['subject_id']}"
        is_sealed = row["id"] == seal["subject_id"] and sha256(one["row"].encode()) == seal["digest"]
        need(is_sealed, f"{where} is not what was sealed")
        parts = [seal[key] for key in ("before", "at", "subject", "subject_id", "digest", "cause") if seal[key] is not None]
        link = bytes.fromhex(sha256("".join(f"{part}\n" for part in parts).encode()))
        leaf = hashlib.sha256(b"\x00" + link).digest()
        is_in_tree = is_included(leaf, seal["number"] - 1, evidence["size"], one["proof"]["path"], evidence["root"])
        need(is_in_tree, f"{where} is not in the tree of seals")
        for key in ("payload_hash", "record_hash"):
            need(row.get(key) is None or row[key] in held or row[key] in evidence["left_out"], f"{where}: its page is missing")
        if seal["subject"] == "revision":
            sealed[row["number"]] = row
    read = [json.loads(line)["revision"] for line in files["evidence/revisions.jsonl"].splitlines()]
    need(sealed and {one["number"] for one in read} == set(sealed), "revisions.jsonl has other revisions than were sealed")
    for one in read:
        need(
            all(one[key] == sealed[one["number"]].get(key) for key in SEALED), f"revision {one['number']} is not what was sealed"
        )
    count = sum(json.loads(one["row"]).get("record_hash") in evidence["left_out"] for one in evidence["rows"])
    left = f" {count} archived pages are left out, and named." if count else ""
    rows, size, root = len(evidence["rows"]), evidence["size"], evidence["root"]
    return f"{len(read)} revisions and {rows} rows in all are as sealed, in the tree of {size} seals with the root {root}.{left}"


def check_note(files: dict[str, bytes]) -> str:
    """The checkpoint is of that tree."""
    if NOTE not in files:
        return "No signed checkpoint covers the seals."
    evidence, lines = json.loads(files[PROOFS]), files[NOTE].decode().split("\n")
    root = base64.b64encode(bytes.fromhex(evidence["root"])).decode()
    need(lines[1:3] == [str(evidence["size"]), root], "the checkpoint is of other seals")
    return f"The checkpoint of {lines[0]} is of that tree."


def check(path: str) -> tuple[list[str], dict[str, bytes]]:
    """What holds, a line each, and the files; BadBundleError where something does not."""
    try:
        files = files_of(path)
        package = check_package(files)
        held, archived = check_pages(files)
        return [package, archived, check_rows(files, held), check_note(files)], files
    except BadBundleError:
        raise
    except Exception as error:  # whatever a stranger's file makes of this, it is no bundle
        raise BadBundleError(f"it cannot be read: {type(error).__name__}: {str(error)[:200]}") from error


def der_of(raw: bytes) -> bytes:
    """An ECDSA signature as openssl reads it, of its two numbers one after the other."""
    halves = [half.lstrip(b"\0") or b"\0" for half in (raw[: len(raw) // 2], raw[len(raw) // 2 :])]
    numbers = [b"\0" * (half[0] >> 7) + half for half in halves]
    content = b"".join(b"\x02" + bytes([len(number)]) + number for number in numbers)
    return b"\x30" + bytes([len(content)]) + content


def for_openssl(files: dict[str, bytes]) -> dict[str, bytes]:
    """What openssl reads: name -> content."""
    signed, found = json.loads(files[DIGEST]).get("signedData", {}), {}
    if "signature" in signed:
        pem = f"-----BEGIN PUBLIC KEY-----\n{signed['publicKey']}\n-----END PUBLIC KEY-----\n"
        found = {"signed.txt": signed["hash"].encode(), "signed.pem": pem.encode()}
        found["signed.der"] = der_of(base64.b64decode(signed["signature"]))
    if NOTE in files:
        text, _, lines = files[NOTE].decode().rpartition("\n\n")
        found["checkpoint-signed.txt"] = f"{text}\n".encode()
        found["checkpoint.sig"] = base64.b64decode(lines.split("\n")[0].rpartition(" ")[2])[4:]
    return found


def main(bundle: str, *folder: str) -> None:
    """Print what holds; exit code 1 and why where the bundle does not."""
    try:
        lines, files = check(bundle)
    except BadBundleError as error:
        sys.exit(f"The bundle does not hold: {str(error)!a}")
    sys.stdout.write(
        "\n".join([*map(ascii, lines), "The bundle holds. evidence/README.txt tells how to check its signatures.\n"])
    )
    for name, content in for_openssl(files).items() if folder else ():
        with open(os.path.join(folder[0], name), "wb") as out:  # noqa: PTH118, PTH123
            out.write(content)


if __name__ == "__main__":
    main(*sys.argv[1:])
