"""Checks a bundle of `newsledger export bundle`: its files, the archived pages, the sealed rows and the proofs of their seals.

Independent of all libraries (Python 3.8 or later), and part of each bundle: `python3 -I check_bundle.py BUNDLE.wacz [FOLDER]`.
Into the folder, if given, it writes what `openssl` needs to check the signatures, and nothing else. Reads within limits.
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
from collections import Counter
from collections.abc import Iterator
from typing import Any

MAX_BYTES, MAX_ENTRIES, MAX_RATIO, MAX_RECORD = 2_000_000_000, 1_000, 1_000, 64_000_000
NAME = re.compile(r"([a-z]{1,20}/)?[A-Za-z0-9][A-Za-z0-9._-]{0,100}")
DIGEST, PACKAGE, PROOFS, NOTE = "datapackage-digest.json", "datapackage.json", "evidence/proofs.json", "evidence/checkpoint.txt"
INDEX, MAX_FIELD = "indexes/index.cdx.gz", 4_000
KEPT = ("warc-type", "warc-record-id", "warc-concurrent-to", "warc-target-uri", "warc-date", "newsledger-redirects-digest")
OF_ARTICLE = ("url", "external_id", "kind", "date_published", "first_seen", "state", "revision_count")
UNSEALED = ("last_seen",)  # of a revision: it moves with every look
NOT_EXPORTED = {"id", "article_id", "crawl_id"}
OF_FETCH = (
    *("fetched", "url", "status", "outcome", "bytes", "reason", "robots", "tdm", "warc_file", "warc_offset", "payload_hash"),
    *("warc_uri", "warc_date", "record_hash", "request_hash", "warc_record_id", "warc_file_id", "payload_digest"),
)
NOT_LISTED = ("robots", "refused", "reserved", "error", "quarantined", "not_article")  # outcomes of fetches that saw no revision
CHANGES = ("new", "updated", "silent", "restamped", "reverted", "restored", "paywall")  # outcomes that are always sealed
BEFORE = ("moved", "gone", "not_modified")  # outcomes of fetches of which the ledger may not know the article
Record = tuple[str, str, dict[str, str]]  # the SHA-256 of its head and block, its place, some of its fields


class BadBundleError(Exception):
    """The bundle is not valid; the message says why."""


def need(holds: object, why: str) -> None:
    """Raise BadBundleError unless a condition holds."""
    if not holds:
        raise BadBundleError(why)


def sha256(data: bytes) -> str:
    """In hex."""
    return hashlib.sha256(data).hexdigest()


def read(text: str | bytes) -> Any:
    """JSON without repeated names: readers differ in which of two they use."""

    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        need(len(dict(pairs)) == len(pairs), "a name stands twice in its JSON")
        return dict(pairs)

    return json.loads(text, object_pairs_hook=once)


def digits(text: str) -> str:
    """A WARC time in the form of an index."""
    return re.sub(r"\D", "", text)


def files_of(path: str) -> dict[str, bytes]:
    """Name -> content, checked against limits before it is unpacked."""
    size = os.path.getsize(path)  # noqa: PTH202 - works with what Python 3.8 has
    need(size <= MAX_BYTES, "the file is larger than any bundle")
    with zipfile.ZipFile(path) as package:
        entries = package.infolist()
        need(len(entries) <= MAX_ENTRIES, "it has too many entries")
        with open(path, "rb") as stream:  # noqa: PTH123
            begins = stream.read(4)
            stream.seek(-22, os.SEEK_END)
            need(begins == b"PK\3\4" and stream.read(4) == b"PK\5\6", "something stands before or behind its entries")
        need(len({one.filename for one in entries}) == len(entries), "two entries have one name")
        need(all(NAME.fullmatch(one.filename) for one in entries), "an entry has a name that no bundle has")
        need(sum(one.compress_size for one in entries) <= size, "its entries overlap")
        need(sum(one.file_size for one in entries) <= MAX_BYTES, "it unpacks to too much")
        need(all(one.file_size <= 1_000_000 + MAX_RATIO * one.compress_size for one in entries), "an entry unpacks to too much")
        return {one.filename: package.read(one) for one in entries}


def check_package(files: dict[str, bytes]) -> str:
    """Check that each file has its hash, and that none is unlisted."""
    need(DIGEST in files and PACKAGE in files and PROOFS in files, "it is no bundle of newsledger")
    need(read(files[DIGEST])["hash"] == "sha256:" + sha256(files[PACKAGE]), f"{PACKAGE} is not the one of its hash")
    listed = {one["path"]: one for one in read(files[PACKAGE])["resources"]}
    need(set(listed) == set(files) - {DIGEST, PACKAGE}, "it has other files than it lists")
    for path, one in listed.items():
        need(one["hash"] == "sha256:" + sha256(files[path]), f"{path} is not the one of its hash")
    return f"{len(listed)} files are those of their hashes."


def is_of(digest: str | None, data: bytes) -> bool:
    """Whether a WARC digest (an algorithm, and base32 or hex) is of these bytes; true if there is none."""
    name, _, value = (digest or f"sha256:{sha256(data)}").partition(":")
    found = hashlib.new(name.lower(), data)
    return value.lower() in (found.hexdigest(), base64.b32encode(found.digest()).decode().lower())


def unpacked(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Offset and content of each gzip member, within limits."""
    rest, total = data, 0
    while rest:
        member = zlib.decompressobj(31)
        plain = member.decompress(rest, MAX_RECORD)
        total += len(plain)
        need(member.eof and total <= MAX_BYTES, "a record is cut off, or too large")
        yield len(data) - len(rest), plain
        rest = member.unused_data


def records_of(path: str, data: bytes) -> Iterator[tuple[str, dict[str, str], str, bytes]]:
    """Offset, fields, the SHA-256 of head and block, and the block of each record of a WARC file; a gzip member is one record."""
    for offset, plain in unpacked(data):
        head, _, rest = plain.partition(b"\r\n\r\n")
        lines = (line.partition(":") for line in head.decode("utf-8", "replace").split("\r\n"))
        fields = {name.lower(): value.strip() for name, _, value in lines}
        block = rest[: int(fields["content-length"])]
        need(
            f"{len(block)}" == fields["content-length"] and rest[len(block) :] == b"\r\n\r\n",
            "a record's length is not that of what it holds",
        )
        yield f"{path[8:]} {offset}", fields, sha256(head + b"\r\n\r\n" + block), block


def check_pages(files: dict[str, bytes]) -> tuple[set[str], list[Record], str]:
    """The hashes of all records and pages, after checking their own digests, and that repeated ones are there; and the
    records."""
    held: set[str] = set()
    digests, repeated = set(), set()
    records: list[Record] = []
    archive = (one for path in files if path.startswith("archive/") for one in records_of(path, files[path]))
    for place, fields, found, block in archive:
        kind, where = fields.get("warc-type"), f"the archived record of {fields.get('warc-target-uri', '?')[:200]}"
        need(is_of(fields.get("warc-block-digest"), block), f"{where} is not the one of its digest")
        held.add(found)
        records.append((found, place, {name: value[:MAX_FIELD] for name, value in fields.items() if name in KEPT}))
        if kind == "response":
            body, digest = block.partition(b"\r\n\r\n")[2], fields.get("warc-payload-digest")
            is_received = is_of(digest, body) and fields.get("newsledger-payload-sha256", sha256(body)) == sha256(body)
            need(is_received, f"the page in {where} is not the one of its digest")
            held.add(sha256(body))
            digests.add(digest)
        elif kind == "revisit" and fields.get("warc-profile", "").endswith("identical-payload-digest"):
            repeated.add(fields.get("warc-payload-digest"))
    need(repeated <= digests, "a page repeats one that is not in the bundle")
    return held, records, f"{len(records)} archived records are those of their digests."


def check_named(files: dict[str, bytes], records: list[Record], named: set[str]) -> None:
    """Raise BadBundleError if a record belongs to no row, nor to the response that it led to; or if the index names another."""
    for number, (found, _, fields) in enumerate(records):
        if "newsledger-redirects-digest" in fields and found in named:
            led = redirects(fields["warc-record-id"], records[number + 1 :])
            lines = "".join(f"{answer}\n{request}\n" for answer, request in led)
            need(fields["newsledger-redirects-digest"] == f"sha256:{sha256(lines.encode())}", "a page came by other redirects")
            named |= {one for pair in led for one in pair}
    of_pages = [one for one in records if one[2].get("warc-type") != "warcinfo"]
    need(all(found in named for found, _, _ in of_pages), "a page is in the archive that no row names")
    places = {(place, fields.get("warc-target-uri"), digits(fields.get("warc-date", ""))[:14]) for _, place, fields in records}
    for line in b"".join(plain for _, plain in unpacked(files[INDEX])).decode().splitlines():
        _, at, facts = line.split(" ", 2)
        one = read(facts)
        need((f"{one['filename']} {one['offset']}", one["url"], at) in places, "the index names a record that is not there")


def redirects(answer: str, following: list[Record]) -> list[tuple[str, str]]:
    """Hashes of the redirects of a response, each with that of its request, in their order."""
    led: list[tuple[str, str]] = []
    last = answer
    for found, _, fields in following:
        belongs_to = fields.get("warc-concurrent-to")
        if fields.get("warc-type") == "request" and belongs_to == last:
            led[-1:] = [(led[-1][0], found)] if led else []
        elif belongs_to == answer:
            led.append((found, ""))
            last = fields["warc-record-id"]
        else:
            break
    return led


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


def check_rows(files: dict[str, bytes], held: set[str], records: list[Record]) -> str:
    """Check that each row has its seal, the seal is in the tree, and the page is in the bundle; that all belong to one
    article, whose revisions and states are complete and read like their rows.
    """
    evidence = read(files[PROOFS])
    need(evidence["format"] == "newsledger-evidence/1", "its proofs have another form")
    rows: dict[str, dict[int, dict[str, Any]]] = {}
    for one in evidence["rows"]:
        row, seal = read(one["row"]), one["proof"]["seal"]
        where = f"{seal['subject']} {seal['subject_id']}"
        is_sealed = row["id"] == seal["subject_id"] and sha256(one["row"].encode("utf-8", "surrogatepass")) == seal["digest"]
        need(is_sealed, f"{where} is not what was sealed")
        parts = [seal[key] for key in ("before", "at", "subject", "subject_id", "digest", "cause") if seal[key] is not None]
        link = bytes.fromhex(sha256("".join(f"{part}\n" for part in parts).encode()))
        leaf = hashlib.sha256(b"\x00" + link).digest()
        is_in_tree = is_included(leaf, seal["number"] - 1, evidence["size"], one["proof"]["path"], evidence["root"])
        need(is_in_tree and one["proof"]["size"] == evidence["size"], f"{where} is not in the tree of seals")
        for key in ("payload_hash", "record_hash"):
            need(row.get(key) is None or row[key] in held or row[key] in evidence["left_out"], f"{where}: its page is missing")
        is_there = row.get("request_hash") is None or row["request_hash"] in held or row["record_hash"] in evidence["left_out"]
        need(is_there, f"{where}: its request is missing")
        need(row["id"] not in rows.setdefault(seal["subject"], {}), f"{where} stands twice")
        rows[seal["subject"]][row["id"]] = row
    records_said = read_as_sealed(files, rows, evidence["article"])
    fetches = rows.get("fetch", {}).values()
    is_of_old = any(one["proof"]["seal"]["cause"] is None for one in evidence["rows"])  # which kept and sealed less
    if not is_of_old:
        fetched_as_sealed(records_said, rows)
    if not is_of_old and all("record_hash" in row for row in fetches if "payload_hash" in row):
        check_named(files, records, {row[key] for row in fetches for key in ("record_hash", "request_hash") if key in row})
    count = sum(row.get("record_hash") in evidence["left_out"] for row in fetches)
    left = f" {count} archived pages are left out, and named." if count else ""
    total, size, root = len(evidence["rows"]), evidence["size"], evidence["root"]
    whole = f"{len(rows['revision'])} revisions and {total} rows in all are as sealed"
    return f"{whole}, in the tree of {size} seals with the root {root}.{left}"


def read_as_sealed(files: dict[str, bytes], rows: dict[str, dict[int, dict[str, Any]]], url: str) -> list[dict[str, Any]]:
    """The lines of revisions.jsonl; raises BadBundleError if they differ from the rows, or the rows are not of one article."""
    need(len(rows.get("article", {})) == 1 and rows.get("revision"), "it has no article, or several")
    (article,), revisions = rows["article"].values(), rows["revision"]
    states = sorted(rows.get("state", {}).values(), key=lambda row: row["id"])
    need(
        all(row["article_id"] == article["id"] for kind in ("revision", "state", "fetch") for row in rows.get(kind, {}).values())
        and all(row["revision_id"] in revisions for row in rows.get("reading", {}).values()),
        "a row is of another article",
    )
    sealed = {row["number"]: row for row in revisions.values()}
    is_whole = set(sealed) == set(range(1, article["revision_count"] + 1)) and article["latest_revision_id"] in revisions
    need(is_whole, "it has other revisions than its article")
    last = max(states, key=lambda row: (row["at"], row["id"]), default={"state": None})
    need(last["state"] == article["state"], "its last state is not that of its article")
    records = [read(line) for line in files["evidence/revisions.jsonl"].splitlines()]
    need(
        sorted(one["revision"]["number"] for one in records) == sorted(sealed),
        "revisions.jsonl has other revisions than were sealed",
    )
    for record in records:
        found, said = sealed[record["revision"]["number"]], record["article"]
        need(found.keys() - NOT_EXPORTED <= record["revision"].keys(), f"a part of revision {found['number']} is left out")
        for key, value in record["revision"].items():
            is_sealed = key in UNSEALED or sealed_form(key, value) == as_exported(key, found, revisions)
            need(is_sealed, f"revision {found['number']} is not what was sealed")
        need(
            url == article["url"]
            and record["site"]["id"] == article["site_id"]
            and all(said[key] == article.get(key) for key in OF_ARTICLE)
            and [[one[key] for key in ("at", "state", "status", "reason")] for one in said["states"]]
            == [[row.get(key) for key in ("at", "state", "status", "reason")] for row in states]
            and sorted(map(in_order, said["aliases"])) == sorted(map(in_order, article["aliases"])),
            "revisions.jsonl says something else of the article than was sealed",
        )
        former = [row | {"article": read(row["article"])} for row in rows.get("reading", {}).values()]
        readings = [row for row in former if row["revision_id"] == found["id"]]
        as_read = ("replaced", "extractor", "content_hash", "article")
        need(
            parts(record["readings"], as_read) == parts(readings, as_read),
            f"revisions.jsonl has other readings of revision {found['number']} than were sealed",
        )
    return records


def fetched_as_sealed(records: list[dict[str, Any]], rows: dict[str, dict[int, dict[str, Any]]]) -> None:
    """Raise BadBundleError if revisions.jsonl has other fetches than were sealed. Those that found nothing new and are not
    archived are not sealed.
    """
    first = min(row["first_seen"] for row in rows["revision"].values())
    fetches = [row for row in rows.get("fetch", {}).values() if row["outcome"] not in NOT_LISTED and row["fetched"] >= first]
    sealed, said = parts(fetches, OF_FETCH), parts([one for record in records for one in record["looks"]], OF_FETCH)
    need(not sealed - said, "revisions.jsonl leaves out a fetch that was sealed")
    for one in map(read, said - sealed):
        is_bare = one["outcome"] not in CHANGES and one["record_hash"] is None
        need(is_bare or one["outcome"] in BEFORE, "revisions.jsonl has a fetch that was not sealed")


def parts(found: list[dict[str, Any]], names: tuple[str, ...]) -> Counter[str]:
    """How often each of these parts is there, as text; of a part only what has these names."""
    return Counter(in_order({name: one.get(name) for name in names}) for one in found)


def as_exported(key: str, row: dict[str, Any], revisions: dict[int, dict[str, Any]]) -> Any:
    """A value of a sealed revision in the form of revisions.jsonl."""
    value: Any = row.get(key)
    if key in ("changed_fields", "topics"):
        return read(value)
    if key in ("reverted_to", "reads_as") and value is not None:
        return revisions[value]["number"]
    return sealed_form(key, value)


def sealed_form(key: str, value: Any) -> Any:
    """Authors without the kind of persons, which is not sealed, and parts without their positions; other values unchanged."""
    if key not in ("authors", "images"):
        return value
    unsealed = (("kind", None), ("kind", "person"))
    return [{name: one[name] for name in one if name != "position" and (name, one[name]) not in unsealed} for one in value]


def in_order(part: dict[str, Any]) -> str:
    """A part as text that does not depend on the order of its names."""
    return json.dumps(part, sort_keys=True)


def check_note(files: dict[str, bytes]) -> str:
    """Check that the checkpoint is of that tree."""
    if NOTE not in files:
        return "No signed checkpoint covers the seals."
    evidence, lines = read(files[PROOFS]), files[NOTE].decode().split("\n")
    root = base64.b64encode(bytes.fromhex(evidence["root"])).decode()
    need(lines[1:3] == [str(evidence["size"]), root], "the checkpoint is of other seals")
    return f"The checkpoint of {lines[0]} is of that tree."


def check(path: str) -> tuple[list[str], dict[str, bytes]]:
    """The results, one a line, and the files; BadBundleError if a check fails."""
    try:
        files = files_of(path)
        package = check_package(files)
        held, records, archived = check_pages(files)
        lines = [package, archived, check_rows(files, held, records), check_note(files)]
        if not read(files[DIGEST]).get("signedData"):
            lines.append("No signature covers the file: history.html and README.txt are of whoever made it.")
        return lines, files
    except BadBundleError:
        raise
    except Exception as error:  # whatever a stranger's file makes of this, it is no bundle
        raise BadBundleError(f"it cannot be read: {type(error).__name__}: {str(error)[:200]}") from error


def der_of(raw: bytes) -> bytes:
    """An ECDSA signature in openssl's form, from its two numbers one after the other."""
    halves = [half.lstrip(b"\0") or b"\0" for half in (raw[: len(raw) // 2], raw[len(raw) // 2 :])]
    numbers = [b"\0" * (half[0] >> 7) + half for half in halves]
    content = b"".join(b"\x02" + bytes([len(number)]) + number for number in numbers)
    return b"\x30" + bytes([len(content)]) + content


def for_openssl(files: dict[str, bytes]) -> dict[str, bytes]:
    """Files for openssl: name -> content."""
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
    """Print the results; exit code 1 and the reason if the bundle is not valid."""
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
