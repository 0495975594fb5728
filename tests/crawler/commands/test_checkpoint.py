"""`newsledger checkpoint` and what `verify` makes of it, with real places to publish to and an authority that stamps."""

from __future__ import annotations

import json
import shutil
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from crawler.publication import MAX_ANSWER, PublicationError, ask_authority, publish
from pipelines.proof.signed_note import Checkpoint
from pipelines.store.database import Store
from tests.crawler.processes import environment, newsledger
from tests.factories import article, at, new_ledger, new_store
from tests.pipelines.proof.verifier import is_consistent
from tests.tsa import Authority, authority, openssl

pytest.importorskip("rfc3161_client", reason="the extra `evidence` is not installed")


class Place(BaseHTTPRequestHandler):
    """A webhook that keeps what it gets; /moved leads elsewhere, /long answers without end, /refused refuses."""

    got: list[tuple[str, str, bytes]]

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.got.append((self.path, self.headers["Content-Type"], body))
        self.send_response({"/moved": 307, "/refused": 403}.get(self.path, 200))
        self.send_header("Location", "/elsewhere")
        self.end_headers()
        self.wfile.write(b"x" * (MAX_ANSWER + 2 if self.path == "/long" else 2))

    def log_message(self, *_: object) -> None:
        """Quiet."""


@dataclass(frozen=True)
class World:
    """A ledger of which a checkpoint was made and published everywhere, and one more since; and where it was published."""

    folder: Path
    tsa: Authority
    hook: str
    said: dict[str, object]

    @property
    def db(self) -> Path:
        return self.folder / "news.db"

    def verify(self, db: Path, *more: str) -> subprocess.CompletedProcess[str]:
        """Against what was published in a folder."""
        known = ("--public-key", str(self.folder / "news.db.key.pub"), "--tsa-ca", str(self.tsa.ca))
        return newsledger("verify", "--no-pages", "--db", str(db), "--checkpoint", str(self.folder / "out"), *known, *more)


@contextmanager
def hook() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Place)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    folder = tmp_path_factory.mktemp("world")
    Place.got = []
    subprocess.run(["git", "init", "--quiet", str(folder / "repository")], check=True)
    touch = folder / "repository" / ".git" / "hooks" / "pre-commit"
    touch.write_text(f"#!/bin/sh\ntouch {folder}/hook-ran\nexit 1\n")
    touch.chmod(0o755)
    with authority(tmp_path_factory.mktemp("tsa")) as tsa, hook() as url:
        with new_store(folder) as store:
            new_ledger(store).record(article())
        done = newsledger(
            "checkpoint", "--db", str(folder / "news.db"), "--origin", "paper.example/ledger", "--tsa", tsa.url, "--publish",
            str(folder / "out"), "--publish", f"git:{folder}/repository", "--publish", f"{url}/token", "--json", now=at(10),
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        with Store(folder / "news.db") as store:
            new_ledger(store).record(article("Two were hurt.", seen=60, modified=59))
        yield World(folder, tsa, url, json.loads(done.stdout))


def test_a_checkpoint_is_stamped_and_published_everywhere(world: World) -> None:
    note = (world.folder / "out" / "checkpoint-4.txt").read_bytes()
    root = Checkpoint.read(note.decode()).root.hex()
    assert world.said == {
        "id": 1, "at": "2025-03-07T08:10:00Z", "size": 4, "root": root, "note": note.decode(), "timestamps": 1, "failed": [],
        "published": [f"{world.folder}/out/checkpoint-4.txt", f"{world.folder}/repository/checkpoint-4.txt", "http://127.0.0.1"],
    }  # fmt: skip
    assert note.startswith(b"paper.example/ledger\n4\n")
    assert ("/token", "text/plain; charset=utf-8", note) in Place.got
    words = ("ts", "-verify", "-data", "checkpoint-4.txt", "-in", "checkpoint-4.txt.tsr", "-CAfile", str(world.tsa.ca))
    assert "OK" in openssl(world.folder / "out", *words)
    log = subprocess.run(["git", "log", "--format=%an %at %s", "--name-only"], cwd=world.folder / "repository", text=True,
                         capture_output=True, check=True).stdout  # fmt: skip
    assert log == f"Newsledger {at(10).timestamp():.0f} checkpoint-4\n\ncheckpoint-4.txt\ncheckpoint-4.txt.tsr\n"
    assert not (world.folder / "hook-ran").exists()
    assert (world.folder / "news.db.key").stat().st_mode & 0o777 == 0o600


def test_what_the_documents_say_to_check_a_note_by(world: World, tmp_path: Path) -> None:
    shutil.copy(world.folder / "out" / "checkpoint-4.txt", tmp_path / "checkpoint-12345.txt")
    shutil.copy(world.folder / "news.db.key.pub", tmp_path)
    page = (Path(__file__).parents[3] / "docs" / "proof.md").read_text(encoding="utf-8")
    script = page.rpartition("```sh\n")[2].partition("```")[0]
    done = subprocess.run(["sh", "-ec", script], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert done.stdout == "Signature Verified Successfully\n"


def test_verify_says_since_when_nothing_was_changed(world: World) -> None:
    done = world.verify(world.db)
    assert (done.returncode, done.stderr) == (0, "")
    with Store(world.db, readonly=True) as store:
        stamped = store.value("SELECT at FROM checkpoint_timestamps")
    label = "+".join((world.folder / "news.db.key.pub").read_text().split("+")[:2])
    lines = done.stdout.splitlines()
    assert lines[0] == "Nothing is wrong."
    assert lines[1] == (
        f"Unchanged since {stamped}: the first 4 of 7 seals, by {world.folder}/out/checkpoint-4.txt, signed by {label} and "
        "timestamped by Paper TSA."
    )
    assert lines[2].startswith("Checked: 7 seals")
    by_file = ("--checkpoint", str(world.folder / "repository" / "checkpoint-4.txt"), "--json")
    done = newsledger("verify", "--no-pages", "--db", str(world.db), *by_file)
    assert (done.returncode, json.loads(done.stdout)) == (0, [])
    assert "Unchanged since it was published: the first 4 of 7 seals" in done.stderr
    assert "Not checked: 2 timestamps of checkpoints, for want of their authorities' certificates." in done.stderr


def test_a_checkpoint_continues_an_earlier_one(world: World, tmp_path: Path) -> None:
    db = copied(world, tmp_path)
    shutil.copy(world.folder / "news.db.key", tmp_path / "copy.db.key")
    since = ("--since", str(world.folder / "out" / "checkpoint-4.txt"), "--publish", str(tmp_path))
    said = json.loads(newsledger("checkpoint", "--db", str(db), *since, "--json", now=at(100)).stdout)
    before, proof = Checkpoint.read(str(world.said["note"])), said["consistency"]
    assert (proof["before"], proof["size"]) == (4, 7)
    path = [bytes.fromhex(one) for one in proof["path"]]
    assert is_consistent(4, 7, path, before.root, Checkpoint.read(said["note"]).root)
    (tmp_path / "other.txt").write_text(str(world.said["note"]).replace("\n4\n", "\n3\n"))
    (tmp_path / "none.txt").write_text("x")
    for file, problem in (("other.txt", "is of other seals"), ("none.txt", "is no signed note")):
        done = newsledger("checkpoint", "--db", str(db), "--since", str(tmp_path / file))
        assert (done.returncode, problem in done.stderr) == (1, True), done.stderr


def copied(world: World, folder: Path, *statements: str) -> Path:
    """The ledger alone, without its key, after some statements."""
    with Store(world.db, readonly=True) as store:
        store.backup(folder / "copy.db")
    with Store(folder / "copy.db") as store:
        for statement in statements:
            store.execute(statement)
    return folder / "copy.db"


def test_what_was_published_finds_what_was_written_anew(world: World, tmp_path: Path) -> None:
    db = copied(world, tmp_path, "DELETE FROM checkpoint_timestamps", "DELETE FROM checkpoints", "UPDATE chain SET link = digest")
    done = world.verify(db, "--all")
    assert done.returncode == 1
    assert f"{world.folder}/out/checkpoint-4.txt: is of other seals" in done.stdout
    assert "Unchanged since" not in done.stdout
    shutil.copy(world.db, tmp_path / "other.db")
    (tmp_path / "other.txt").write_text("x")
    done = newsledger("verify", "--no-pages", "--db", str(tmp_path / "other.db"), "--checkpoint", str(tmp_path / "other.txt"))
    assert (done.returncode, done.stdout.splitlines()[0].partition(": ")[2]) == (
        1, "is no signed note: a text, an empty line, and lines of signatures",
    )  # fmt: skip


def test_no_checkpoint_where_one_is_asked_for_is_a_fault(world: World, tmp_path: Path) -> None:
    db = copied(world, tmp_path, "DELETE FROM checkpoint_timestamps", "DELETE FROM checkpoints")
    done = newsledger("verify", "--no-pages", "--db", str(db), "--public-key", str(world.folder / "news.db.key.pub"))
    assert (done.returncode, done.stdout.partition(":")[0]) == (1, "checkpoints")
    done = newsledger("verify", "--no-pages", "--db", str(db), "--checkpoint", str(tmp_path))
    assert (done.returncode, done.stderr) == (1, f"Error: {tmp_path}: there is no checkpoint-*.txt\n")


def test_without_key_and_extra_nothing_passes_in_silence(world: World, tmp_path: Path) -> None:
    db = copied(world, tmp_path)
    done = newsledger("verify", "--no-pages", "--db", str(db))
    assert "of which the signature was not checked" in done.stdout
    assert "Not checked: 1 signatures of checkpoints, for want of the public key; 1 timestamps of" in done.stdout
    shutil.copy(world.folder / "news.db.key.pub", tmp_path / "copy.db.key.pub")
    told = "cryptography is not installed; pip install '.[evidence]' in a checkout brings it\n"
    done = without_the_extra("verify", "--no-pages", "--db", str(db))
    assert (done.returncode, done.stderr) == (0, f"signatures of checkpoints are not checked: {told}")
    assert "Not checked: 1 signatures of checkpoints" in done.stdout


@pytest.mark.slow
def test_what_needs_the_extra_names_it(world: World, tmp_path: Path) -> None:
    db = copied(world, tmp_path)
    shutil.copy(world.folder / "news.db.key.pub", tmp_path / "copy.db.key.pub")
    told = "cryptography is not installed; pip install '.[evidence]' in a checkout brings it\n"
    for words in (("verify", "--public-key", f"{db}.key.pub"), ("checkpoint",)):
        done = without_the_extra(*words, "--db", str(db))
        assert (done.returncode, done.stderr) == (1, f"Error: {told}")


def without_the_extra(*words: str) -> subprocess.CompletedProcess[str]:
    script = "import sys; sys.modules['cryptography'] = None; from crawler.cli import main; main()"
    return subprocess.run([sys.executable, "-c", script, *words], capture_output=True, text=True, env=environment(), check=False)


def test_keys(world: World, tmp_path: Path) -> None:
    db = copied(world, tmp_path)
    done = newsledger("checkpoint", "--make-key", "--db", str(db))
    assert done.stdout.startswith("newsledger/")
    assert done.stdout.strip() == (tmp_path / "copy.db.key.pub").read_text().splitlines()[0]
    again = newsledger("checkpoint", "--make-key", "--db", str(db))
    assert (again.returncode, "File exists" in again.stderr) == (1, True)
    (tmp_path / "copy.db.key").chmod(0o640)
    refused = newsledger("checkpoint", "--db", str(db))
    assert (refused.returncode, "others may read the key" in refused.stderr) == (1, True)
    done = newsledger("verify", "--no-pages", "--db", str(db))
    assert "checkpoint 1: is not signed by the key newsledger/" in done.stdout, "a key that is not the one that signed"
    for words in (("--public-key", str(db)), ("--tsa-ca", str(tmp_path / "copy.db.key.pub"))):
        done = newsledger("verify", "--no-pages", "--db", str(db), *words)
        assert (done.returncode, done.stderr.startswith("Error: /")) == (1, True), done.stderr


def test_what_cannot_be_reached_is_told_and_tried_again(world: World, tmp_path: Path) -> None:
    db = copied(world, tmp_path, "DELETE FROM checkpoint_timestamps")
    shutil.copy(world.folder / "news.db.key", tmp_path / "copy.db.key")
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        port = closed.getsockname()[1]
        places = ("http://paper.example/secret", f"git:{tmp_path}/nowhere", str(tmp_path / "out"))
        wrong = ("--tsa", f"http://127.0.0.1:{port}/secret", *(word for place in places for word in ("--publish", place)))
        done = newsledger("checkpoint", "--db", str(db), *wrong, now=at(100))
    assert done.returncode == 1
    assert [line.partition(": ")[0] for line in done.stderr.splitlines()] == [
        "http://127.0.0.1", "http://paper.example", f"git:{tmp_path}/nowhere",
    ]  # fmt: skip
    assert (tmp_path / "out" / "checkpoint-7.txt").exists()
    done = newsledger("checkpoint", "--db", str(db), "--tsa", world.tsa.url, "--publish", str(tmp_path / "out"), now=at(110))
    assert (done.returncode, "1 timestamps" in done.stdout) == (0, True)
    assert (tmp_path / "out" / "checkpoint-7.txt.tsr").exists()
    done = newsledger("checkpoint", "--db", str(db), "--tsa", f"{world.hook}/x", now=at(110))
    assert done.returncode == 0, "it has a timestamp, and no other is asked for"


def test_places(world: World, tmp_path: Path) -> None:
    """What no note is sent to, and no answer taken from."""
    published = publish(str(tmp_path), "checkpoint-1.txt", "a", [b"1", b"2"], at(0))
    assert published == str(tmp_path / "checkpoint-1.txt")
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "checkpoint-1.txt", "checkpoint-1.txt.2.tsr", "checkpoint-1.txt.tsr",
    ]  # fmt: skip
    with pytest.raises(PublicationError, match="another checkpoint of as many seals"):
        publish(str(tmp_path), "checkpoint-1.txt", "b", [], at(0))
    with pytest.raises(PublicationError, match="not a git repository"):
        publish(f"git:{tmp_path}", "checkpoint-1.txt", "a", [], at(0))
    before = len(Place.got)
    for path, why in (("/moved", "Temporary Redirect"), ("/refused", "Forbidden"), ("/long", "too long")):
        with pytest.raises(PublicationError, match=f"http://127.0.0.1: .*{why}"):
            ask_authority(world.hook + path, b"x")
    assert [path for path, *_ in Place.got[before:]] == ["/moved", "/refused", "/long"]
    for url in ("http://127.0.0.1.paper.example/", "ftp://localhost/", "http://[::2/", "https://u:p@localhost:x/", "https://\n/"):
        with pytest.raises(PublicationError):
            publish(url, "checkpoint-1.txt", "a", [], at(0))
    for url in ("ftp://localhost/", "file:///etc/hostname", "http://[::2/", "localhost"):
        with pytest.raises(PublicationError):
            ask_authority(url, b"x")
