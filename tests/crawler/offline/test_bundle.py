"""One article handed over as proof: what a stranger finds in it, whether it holds, and what of it can be changed unseen."""

from __future__ import annotations

import base64
import gzip
import hashlib
import io
import json
import re
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from crawler.cli import main
from crawler.offline import check_bundle
from crawler.offline.check_bundle import BadBundleError, check
from crawler.warc.writer import ArchiveWriter, RepeatedRecord
from pipelines.article import Exchange
from pipelines.proof import checkpoints
from pipelines.proof.signed_note import SigningKey
from pipelines.proof.timestamps import request_for
from pipelines.store.database import Store
from tests.crawler.offline.test_import_warc import NOON, URL, page
from tests.factories import at
from tests.tsa import make_authority, stamp

TEXTS = (
    "The bridge will close on Monday.",
    "The bridge will close on &lt;script&gt;Tuesday&lt;/script&gt;.",
    "It may not close at all.",
)
Files = dict[str, bytes]


def run(*arguments: object) -> Result:
    return CliRunner().invoke(main, [str(argument) for argument in arguments])


def exchange(body: bytes, status: int = 200, *, redirects: tuple[Exchange, ...] = (), url: str = URL) -> Exchange:
    headers = (("Content-Type", "text/html; charset=utf-8"),)
    return Exchange(url, (("Host", "paper.example"),), status, headers, body, redirects=redirects)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A ledger with three revisions of an article that is gone since, a page that came again, a redirect; and a checkpoint."""
    folder = tmp_path_factory.mktemp("bundle")
    (folder / "warc").mkdir()
    archive = ArchiveWriter(folder / "made", "paper")
    pages = [page(text, modified=f"2025-03-07T{9 + number:02}:00:00Z") for number, text in enumerate(TEXTS)]
    hop = exchange(b"", 301, url="https://paper.example/b")
    archive.write(exchange(pages[0], redirects=(hop,)), NOON)
    archive.write(exchange(pages[0]), NOON.replace(minute=20), RepeatedRecord(URL, NOON))
    archive.write(exchange(pages[1]), NOON.replace(minute=40))
    archive.write(exchange(pages[2]), NOON.replace(hour=13))
    archive.write(exchange(b"<p>gone", 410), NOON.replace(hour=15))
    archive.write(exchange(b"<p>gone", 410), NOON.replace(hour=18))
    other = "https://paper.example/news/other"
    archive.write(exchange(page("Another story.", url=other), url=other), NOON)
    archive.close()
    file = next((folder / "made" / "paper").iterdir()).rename(folder / "warc" / "day.warc.gz")
    done = run("import", file, "--jobs", 1, "--db", folder / "news.db")
    assert done.exit_code == 0, done.output
    with Store(folder / "news.db") as store:
        checkpoints.make(store, SigningKey.make(folder / "ledger.key", "paper.example/ledger"), at(0))
    done = run("export", "bundle", URL, "-o", folder / "bridge.wacz", "--db", folder / "news.db")
    assert done.exit_code == 0, done.output
    return folder


def files_of(folder: Path) -> Files:
    with zipfile.ZipFile(folder / "bridge.wacz") as package:
        return {name: package.read(name) for name in package.namelist()}


def packed(files: Files, *, rehash: bool = True) -> bytes:
    """A bundle of such files, with the hashes that somebody who knows the format would put there."""
    files = dict(files)
    if rehash:
        facts = json.loads(files["datapackage.json"])
        facts["resources"] = [
            {"path": path, "hash": f"sha256:{hashlib.sha256(content).hexdigest()}", "bytes": len(content)}
            for path, content in files.items() if not path.startswith("datapackage")
        ]  # fmt: skip
        files["datapackage.json"] = json.dumps(facts).encode()
        digest = json.loads(files["datapackage-digest.json"])
        digest["hash"] = f"sha256:{hashlib.sha256(files['datapackage.json']).hexdigest()}"
        files["datapackage-digest.json"] = json.dumps(digest).encode()
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as package:
        for name, content in files.items():
            package.writestr(name, content)
    return out.getvalue()


def test_a_bundle_holds_what_there_is(folder: Path) -> None:
    files = files_of(folder)
    assert sorted(name for name in files if name.startswith("evidence/")) == [
        "evidence/README.txt", "evidence/check_bundle.py", "evidence/checkpoint.txt", "evidence/history.html",
        "evidence/proofs.json", "evidence/revisions.jsonl",
    ]  # fmt: skip
    kinds = re.findall(rb"WARC-Type: (\w+)", gzip.decompress(files["archive/data.warc.gz"]))
    assert kinds.count(b"response") == 6, "three pages, two that it is gone, and the redirect"
    assert kinds.count(b"request") == 6
    done = run("verify-bundle", folder / "bridge.wacz", "--json")
    assert (done.exit_code, json.loads(done.stdout)["holds"]) == (0, True), done.output
    html = files["evidence/history.html"].decode()
    assert "&lt;script&gt;Tuesday&lt;/script&gt;" in html
    assert not re.search(r"<(script|link|img|iframe|object|form|base)|\b(src|href|on\w+)=|url\(|@import", html), (
        "loads and runs nothing"
    )
    assert "rows in all are as sealed" in run("verify-bundle", folder / "bridge.wacz").output


def test_the_script_works_by_itself_and_openssl_agrees(folder: Path, tmp_path: Path) -> None:
    files = files_of(folder)
    (tmp_path / "check_bundle.py").write_bytes(files["evidence/check_bundle.py"])
    (tmp_path / "checkpoint-key.pub").write_bytes((folder / "ledger.key.pub").read_bytes())
    asked = [sys.executable, "-I", "-S", "check_bundle.py", str(folder / "bridge.wacz"), "."]
    done = subprocess.run(asked, cwd=tmp_path, env={}, capture_output=True, text=True, check=False)
    assert (done.returncode, "The bundle holds." in done.stdout) == (0, True), done.stderr
    (tmp_path / "bad.wacz").write_bytes(packed(files | {"evidence/revisions.jsonl": b""}))
    done = subprocess.run([*asked[:4], "bad.wacz"], cwd=tmp_path, env={}, capture_output=True, text=True, check=False)
    assert (done.returncode, "other revisions" in done.stderr) == (1, True)
    readme = files["evidence/README.txt"].decode()
    (tmp_path / "signatures").symlink_to(tmp_path)
    (tmp_path / "evidence").symlink_to(tmp_path)
    verified = [line.split() for line in readme.splitlines() if line.strip().startswith("openssl pkeyutl")]
    for command in verified:
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
        assert (done.returncode, done.stdout) == (0, "Signature Verified Successfully\n"), done.stderr
    assert len(verified) == 2


def test_it_comes_back_with_the_same_revisions(folder: Path, tmp_path: Path) -> None:
    done = run("import", folder / "bridge.wacz", "--db", tmp_path / "back.db")
    assert done.exit_code == 0, done.output
    told = "SELECT number, change, content_hash, first_seen, payload_hash FROM revisions WHERE article_id = ?"
    histories = []
    for db in (folder / "news.db", tmp_path / "back.db"):
        with Store(db, readonly=True) as store:
            article_id = store.value("SELECT id FROM articles WHERE url = ?", (URL,))
            states = store.rows("SELECT at, state FROM states WHERE article_id = ? ORDER BY id", (article_id,))
            histories.append([*map(dict, store.rows(told, (article_id,))), *map(dict, states)])
    assert histories[0] == histories[1]
    assert len(histories[0]) >= 5


def in_proofs(change: Callable[[dict[str, Any]], object]) -> Callable[[Files], Files]:
    def changed(files: Files) -> Files:
        facts = json.loads(files["evidence/proofs.json"])
        change(facts)
        return {"evidence/proofs.json": json.dumps(facts).encode()}

    return changed


def in_row(facts: dict[str, Any]) -> None:
    """A row rewritten, and its own digest with it: only the tree tells."""
    one = next(one for one in facts["rows"] if one["proof"]["seal"]["subject"] == "revision")
    one["row"] = one["row"].replace("Monday", "Sunday")
    one["proof"]["seal"]["digest"] = hashlib.sha256(one["row"].encode()).hexdigest()


def in_archive(change: Callable[[list[bytes]], list[bytes]]) -> Callable[[Files], Files]:
    def changed(files: Files) -> Files:
        members = [b"\x1f\x8b\x08" + part for part in files["archive/data.warc.gz"].split(b"\x1f\x8b\x08")[1:]]
        return {"archive/data.warc.gz": b"".join(map(gzip.compress, change([gzip.decompress(member) for member in members])))}

    return changed


def in_record(change: Callable[[dict[str, Any]], object], number: int = 1) -> Callable[[Files], Files]:
    """In the line of a revision."""

    def changed(files: Files) -> Files:
        records = [json.loads(line) for line in files["evidence/revisions.jsonl"].splitlines()]
        change(records[number])
        return {"evidence/revisions.jsonl": "\n".join(map(json.dumps, records)).encode()}

    return changed


def without_the_last(files: Files) -> Files:
    """The last revision gone from rows and lines alike."""
    facts = json.loads(files["evidence/proofs.json"])
    facts["rows"] = [one for one in facts["rows"] if '"number":3' not in one["row"]]
    lines = files["evidence/revisions.jsonl"].rstrip().rpartition(b"\n")[0]
    return {"evidence/proofs.json": json.dumps(facts).encode(), "evidence/revisions.jsonl": lines}


def without(subject: str) -> Callable[[dict[str, Any]], object]:
    def change(facts: dict[str, Any]) -> None:
        last = [one for one in facts["rows"] if one["proof"]["seal"]["subject"] == subject][-1]
        facts["rows"].remove(last)

    return change


def in_index(files: Files) -> Files:
    """Replay shows the first page at the time of the second."""
    lines = gzip.decompress(files["indexes/index.cdx.gz"]).decode().splitlines()
    first, second = (json.loads(lines[number].split(" ", 2)[2])["offset"] for number in (1, 2))
    lines[2] = lines[2].replace(second, first)
    return {"indexes/index.cdx.gz": gzip.compress("\n".join(lines).encode())}


ARTICLE = "something else of the article"
MADE_UP = (
    b"WARC/1.1\r\nWARC-Type: response\r\nWARC-Record-ID: <urn:x:1>\r\nWARC-Target-URI: %b\r\nContent-Length: 21\r\n"
    % URL.encode()
)
MADE_UP += b"WARC-Date: 2025-03-08T12:00:00Z\r\n%b\r\nHTTP/1.1 200 OK\r\n\r\nx.\r\n\r\n"


MANIPULATIONS: dict[str, tuple[Callable[[Files], Files], str]] = {
    "a revision reads otherwise": (
        lambda files: {"evidence/revisions.jsonl": files["evidence/revisions.jsonl"].replace(b"Monday", b"Sunday")},
        "revision 1 is not what was sealed",
    ),
    "a revision is left out": (
        lambda files: {"evidence/revisions.jsonl": files["evidence/revisions.jsonl"].partition(b"\n")[2]}, "other revisions",
    ),
    "a row is rewritten": (
        in_proofs(lambda facts: facts["rows"][1].update(row=facts["rows"][1]["row"].replace("Monday", "Sunday"))),
        "not what was sealed",
    ),
    "a row is rewritten with its digest": (in_proofs(in_row), "not in the tree of seals"),
    "a row is left out": (in_proofs(lambda facts: facts["rows"].pop(1)), "other revisions"),
    "another root": (in_proofs(lambda facts: facts.update(root="ab" * 32)), "not in the tree"),
    "another path": (in_proofs(lambda facts: facts["rows"][0]["proof"].update(path=[])), "not in the tree"),
    "another size": (in_proofs(lambda facts: facts.update(size=facts["size"] + 900)), "not in the tree"),
    "another checkpoint": (lambda _: {"evidence/checkpoint.txt": b"paper.example/ledger\n9\nAAAA\n\n"}, "of other seals"),
    "a page is rewritten": (
        in_archive(lambda found: [one.replace(b"Monday", b"Sunday") for one in found]), "not the one of its digest",
    ),
    "a page is rewritten with its digests": (
        in_archive(lambda found: [
            re.sub(rb"(WARC-\w+-Digest|Newsledger-Payload-SHA256): [^\r]*\r\n", b"", one).replace(b"Monday", b"Sunday")
            for one in found
        ]), "its page is missing",
    ),
    "a request is left out": (in_archive(lambda found: found[:2] + found[3:]), "its request is missing"),
    "a page is left out": (in_archive(lambda found: found[:-2]), "its page is missing"),
    "a page is made up": (in_archive(lambda found: [*found, MADE_UP % b""]), "no row names"),
    "a redirect is made up": (
        in_archive(lambda found: [
            *found, MADE_UP % b"WARC-Concurrent-To: %b\r\n" % re.findall(rb"WARC-Record-ID: (\S+)", found[-2])[0],
        ]), "no row names",
    ),
    "a redirect is left out": (in_archive(lambda found: found[:3] + found[5:]), "by other redirects"),
    "the index is another": (in_index, "the index names a record that is not there"),
    "the last revision is left out": (without_the_last, "other revisions than its article"),
    "the takedown is left out": (in_proofs(without("state")), "its last state"),
    "a state is left out": (in_record(lambda one: one["article"]["states"].pop(0)), ARTICLE),
    "a row stands twice": (in_proofs(lambda facts: facts["rows"].append(facts["rows"][0])), "stands twice"),
    "a date of publication": (in_record(lambda one: one["revision"].update(date_published="2025-01-01")), "is not what was"),
    "an author": (in_record(lambda one: one["revision"].update(authors=[{"name": "A. Forger"}])), "revision 2 is not what was"),
    "a picture": (in_record(lambda one: one["revision"].update(images=[{"url": "https://x/"}])), "revision 2 is not what was"),
    "fields that changed": (in_record(lambda one: one["revision"].update(changed_fields=[])), "revision 2 is not what was"),
    "another address": (in_record(lambda one: one["article"].update(url="https://other.example/")), ARTICLE),
    "another article": (in_proofs(lambda facts: facts.update(article="https://other.example/")), ARTICLE),
    "another state": (in_record(lambda one: one["article"].update(state="live")), ARTICLE),
    "an alias": (in_record(lambda one: one["article"].update(aliases=[{"url": "https://x/"}])), ARTICLE),
    "another site": (in_record(lambda one: one["site"].update(id="other")), ARTICLE),
    "a text that is left out": (in_record(lambda one: one["revision"].pop("body")), "a part of revision 2 is left out"),
    "a time of a fetch": (
        in_record(lambda one: one["looks"][0].update(fetched="2025-03-07T12:41:00Z")), "leaves out a fetch that was sealed",
    ),
    "a status of another kind": (in_record(lambda one: one["looks"][0].update(status=200.0)), "leaves out a fetch"),
    "a fetch is made up": (
        in_record(lambda one: one["looks"].append(one["looks"][0] | {"fetched": "2025-03-07T12:41:00Z"})), "a fetch that was not",
    ),
    "a reading is made up": (in_record(lambda one: one["readings"].append({"replaced": "2025-03-07"})), "other readings"),
    "proofs of another form": (in_proofs(lambda facts: facts.update(format="newsledger-evidence/2")), "another form"),
    "a size of another tree": (in_proofs(lambda facts: facts["rows"][0]["proof"].update(size=9)), "not in the tree of seals"),
    "a length below nothing": (
        in_archive(lambda found: [re.sub(rb"Length: \d+", b"Length: -4", found[0], count=1), *found[1:]]), "length",
    ),
    "a text of two, as readers may take it": (
        lambda files: {"evidence/revisions.jsonl": files["evidence/revisions.jsonl"].replace(b'"body"', b'"body":"x","body"')},
        "stands twice in its JSON",
    ),
    "one file more": (lambda _: {"evidence/more.txt": b"more"}, ""),
}  # fmt: skip
"""What is changed by somebody who puts the hashes of files right -> why it does not hold; "": the signature alone tells."""


def test_manipulations_are_found(folder: Path, tmp_path: Path, subtests: pytest.Subtests) -> None:
    files = files_of(folder)
    for name, (change, why) in MANIPULATIONS.items():
        with subtests.test(name):
            file = tmp_path / "changed.wacz"
            file.write_bytes(packed(files | change(files)))
            if why:
                with pytest.raises(BadBundleError, match=why):
                    check(str(file))
            else:
                done = run("verify-bundle", file)
                assert (done.exit_code, "signature of something else" in done.output) == (1, True), done.output
            file.write_bytes(packed(files | change(files), rehash=False))
            with pytest.raises(BadBundleError, match=r"not the one of its hash|other files than it lists"):
                check(str(file))


def test_lines_need_not_be_in_order(folder: Path, tmp_path: Path) -> None:
    """As those of a ledger that got an older capture later."""
    files = files_of(folder)
    lines = files["evidence/revisions.jsonl"].splitlines(keepends=True)
    (tmp_path / "turned.wacz").write_bytes(packed(files | {"evidence/revisions.jsonl": b"".join(lines[::-1])}))
    assert check(str(tmp_path / "turned.wacz"))[0]


def test_signatures_are_those_of_a_key(folder: Path, tmp_path: Path, subtests: pytest.Subtests) -> None:
    files = files_of(folder)
    signed = json.loads(files["datapackage-digest.json"])["signedData"]
    (tmp_path / "own.pem").write_bytes(check_bundle.for_openssl(files)["signed.pem"])
    assert run("verify-bundle", folder / "bridge.wacz", "--key", tmp_path / "own.pem").exit_code == 0
    bare = tmp_path / "bare.wacz"
    done = run("export", "bundle", URL, "--unsigned", "-o", bare, "--db", folder / "news.db")
    assert (done.exit_code, run("verify-bundle", bare).exit_code) == (0, 0), done.output
    assert "no signature" in run("verify-bundle", bare, "--key", tmp_path / "own.pem").output
    assert "NO SUCH SIGNATURE" in zipfile.ZipFile(bare).read("evidence/README.txt").decode()
    other = tmp_path / "other.wacz"
    assert run("export", "bundle", URL, "-o", other, "--key", tmp_path / "k.pem", "--db", folder / "news.db").exit_code == 0
    assert (tmp_path / "k.pem").stat().st_mode & 0o777 == 0o600
    assert "signed by another key" in run("verify-bundle", other, "--key", tmp_path / "own.pem").output
    wrong = {"signature": base64.b64encode(bytes(96)).decode(), "publicKey": "AAAA", "hash": "sha256:0"}
    for field, value in wrong.items():
        with subtests.test(field):
            digest = json.loads(files["datapackage-digest.json"]) | {"signedData": signed | {field: value}}
            other.write_bytes(packed(files | {"datapackage-digest.json": json.dumps(digest).encode()}, rehash=False))
            assert run("verify-bundle", other).exit_code == 1


def test_checkpoints_are_those_of_a_ledger_and_of_a_time(folder: Path, tmp_path: Path) -> None:
    bundle, files = folder / "bridge.wacz", files_of(folder)
    key, other = folder / "ledger.key.pub", tmp_path / "other.key"
    assert "signed by paper.example/ledger+" in run("verify-bundle", bundle, "--public-key", key).output
    SigningKey.make(other, "paper.example/ledger")
    assert "is not signed by the key" in run("verify-bundle", bundle, "--public-key", f"{other}.pub").output
    make_authority(tmp_path)
    note = files["evidence/checkpoint.txt"]
    stamped = tmp_path / "stamped.wacz"
    del files["datapackage-digest.json"]
    for data, told in (
        (note, "The checkpoint was there at "),
        (note + b"\n", "The bundle does not hold: the checkpoint does not hold"),
    ):
        token = stamp(tmp_path, request_for(data).as_bytes())
        stamped.write_bytes(packed({"datapackage-digest.json": b"{}", **files, "evidence/timestamp-1.tsr": token}))
        assert told in run("verify-bundle", stamped, "--tsa-ca", tmp_path / "ca.pem").output
    assert "Not checked: 1 timestamps." in run("verify-bundle", stamped).output
    assert "bears no timestamp" in run("verify-bundle", bundle, "--tsa-ca", tmp_path / "ca.pem").output


def hostile(files: Files) -> dict[str, bytes]:
    whole = packed(files, rehash=False)
    twice = packed(files | {"evidence/READNE.txt": b""}).replace(b"evidence/READNE.txt", b"evidence/README.txt")
    bomb = io.BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("evidence/proofs.json", bytes(30_000_000))
    deep = b"[" * 100_000
    return {
        "no ZIP": b"a letter", "nothing": b"", "cut": whole[:-100], "cut behind its head": whole[:2_000], "twice": twice,
        "words before it": b"<script>" + whole, "words behind it": whole + b"x" * 30, "a comment": whole[:-2] + b"\x01\0x",
        "a bomb": bomb.getvalue(), "too many entries": packed(files | {f"evidence/{n}.txt": b"" for n in range(1_000)}),
        **{name: packed(files | {name: b""})
           for name in ("../x", "/etc/x", "evidence/../x", "evidence/a/b", "C:x", "evidence/\n", "\u202ex")},
        **{f"{name} is {content[:9]!r}": packed(files | {name: content}, rehash=name.startswith("evidence"))
           for name in ("datapackage.json", "datapackage-digest.json", "evidence/proofs.json", "evidence/revisions.jsonl")
           for content in (b"", b"null", b"[1]", b'{"rows": 7}', b"\xff\xfe", deep)},
    }  # fmt: skip


def test_hostile_files_are_refused(folder: Path, tmp_path: Path, subtests: pytest.Subtests) -> None:
    for name, content in hostile(files_of(folder)).items():
        with subtests.test(name):
            file = tmp_path / "hostile.wacz"
            file.write_bytes(content)
            with pytest.raises(BadBundleError):
                check(str(file))
    done = run("verify-bundle", file)
    assert (done.exit_code, done.exception.__class__) == (1, SystemExit)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["hostile.wacz"], "nothing is written"


def test_flipped_bytes_are_found(folder: Path, tmp_path: Path) -> None:
    """Wherever they are: in records and evidence by hashes, in the frame of the ZIP by its sums, or they change nothing."""
    whole = (folder / "bridge.wacz").read_bytes()
    expected = files_of(folder)
    file, unseen = tmp_path / "flipped.wacz", 0
    for place in range(7, len(whole), len(whole) // 60):
        file.write_bytes(whole[:place] + bytes([whole[place] ^ 0x20]) + whole[place + 1 :])
        try:
            _, found = check(str(file))
        except BadBundleError:
            continue
        assert found == expected
        unseen += 1
    assert unseen < 12


def test_what_cannot_be_handed_over(folder: Path, tmp_path: Path) -> None:
    db = folder / "news.db"
    assert run("export", "bundle", "--db", db, "-o", tmp_path / "x.wacz").exit_code == 2
    assert run("export", "bundle", URL, "--db", db).exit_code == 2
    assert run("export", "wacz", URL, "--db", db, "-o", tmp_path / "x.wacz").exit_code == 2
    done = run("export", "bundle", "https://paper.example/never", "--db", db, "-o", tmp_path / "x.wacz")
    assert (done.exit_code, "no article at" in done.output) == (1, True)
    done = run("export", "bundle", URL, "--db", db, "-o", tmp_path / "x.wacz", "--warc", tmp_path / "empty")
    assert (done.exit_code, "its file is not in the archive" in done.output) == (1, True)
    lines, files = check(str(tmp_path / "x.wacz"))
    assert "left out, and named" in lines[2]
    assert set(json.loads(files["evidence/proofs.json"])["left_out"].values()) == {"its file is not in the archive"}
    copy = tmp_path / "copy.db"
    copy.write_bytes(db.read_bytes())
    with Store(copy) as store:
        store.execute("UPDATE revisions SET body = replace(body, 'Monday', 'Sunday') WHERE number = 1")
    done = run("export", "bundle", URL, "--db", copy, "-o", tmp_path / "y.wacz")
    assert (done.exit_code, "is not what was sealed" in done.output, (tmp_path / "y.wacz").exists()) == (1, True, False)
