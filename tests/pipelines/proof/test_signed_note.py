"""Signed notes of checkpoints: what was signed is verified, by openssl too, and nothing else is."""

from __future__ import annotations

import base64
from pathlib import Path

import pytest

from pipelines.proof.signed_note import MAX_NOTE, Checkpoint, NoteError, PublicKey, SigningKey, public_path, split_note
from tests.table import table
from tests.tsa import openssl

NAME = "paper.example/ledger"
CHECKPOINT = Checkpoint(NAME, 12_345, bytes(range(32)))


@pytest.fixture(scope="module")
def key(tmp_path_factory: pytest.TempPathFactory) -> SigningKey:
    return SigningKey.make(tmp_path_factory.mktemp("key") / "paper.key", NAME)


def test_a_note_reads_as_the_standard_says(key: SigningKey) -> None:
    """And the key that the standard gives as an example, with its note."""
    note = key.sign(CHECKPOINT)
    text, _, signature = note.rpartition("\n\n")
    assert text == f"{NAME}\n12345\nAAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="
    assert signature.startswith(f"— {NAME} ")
    assert Checkpoint.read(note) == CHECKPOINT
    assert base64.b64decode(signature.split(" ")[2])[:4] == key.public.key_id
    assert PublicKey.read(key.public.line) == PublicKey.read(f"{key.public.line}\nmore\n")
    key.public.verify(note)
    peter = PublicKey.read("PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW")
    peter.verify(
        "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n\n"
        "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
    )


def test_other_signatures_may_stand_beside(key: SigningKey) -> None:
    note = key.sign(CHECKPOINT)
    other = "— other.example/witness AAAAAAAA\n"
    key.public.verify(note + other)
    text, parted, own = note.rpartition("\n\n")
    key.public.verify(f"{text}{parted}{other}{own}")
    assert [name for name, _ in split_note(note + other)[1]] == [NAME, "other.example/witness"]


def test_what_is_changed_is_not_signed(key: SigningKey) -> None:
    note = key.sign(CHECKPOINT)
    passed = []
    for place, old in enumerate(note):
        for new in {"1", "x", "\n", " ", "é", chr(ord(old) ^ 1)} - {old}:
            changed = note[:place] + new + note[place + 1 :]
            try:
                key.public.verify(changed)
            except NoteError:
                continue
            passed.append((place, old, new))
    assert passed == []


@table("note", [
    "", "\n", "\n\n", f"{NAME}\n1\n", f"{NAME}\n1\nAAAA\n\n", "x\n\n— a\n", "x\n\n— a b\n", "x\n\n- a AAAA\n",
    "x\r\n\n— a AAAA\n",
    "\udc80\n\n— a AAAA\n", f"{'x' * MAX_NOTE}\n\n— a AAAA\n", "x\n\n— a AAAA",
])  # fmt: skip
def test_what_is_no_note(note: str, key: SigningKey) -> None:
    with pytest.raises(NoteError):
        Checkpoint.read(note)
    with pytest.raises(NoteError):
        key.public.verify(note)


ROOT = base64.b64encode(bytes(32)).decode()


@table("text", [
    "", NAME, f"{NAME}\n1", f"{NAME}\n01\n{ROOT}", f"{NAME}\n-1\n{ROOT}", f"{NAME}\n1\n{ROOT[:-4]}", f"\n1\n{ROOT}",
    f"{NAME}\n1 \n{ROOT}", f"{NAME}\n{10**19}\n{ROOT}", f"{NAME}\n1\n{ROOT}\n\nx", f"{NAME}\n١\n{ROOT}",
])  # fmt: skip
def test_what_is_no_checkpoint(text: str) -> None:
    assert Checkpoint.read(f"{NAME}\n1\n{ROOT}\n\n— a AAAA\n").size == 1
    with pytest.raises(NoteError):
        Checkpoint.read(f"{text}\n\n— a AAAA\n")


@pytest.mark.parametrize("there", ["paper.key", "paper.key.pub"])
def test_a_new_key_overwrites_nothing(there: str, tmp_path: Path) -> None:
    (tmp_path / there).write_text("of another key")
    with pytest.raises(FileExistsError):
        SigningKey.make(tmp_path / "paper.key", None)
    assert {file.name: file.read_text() for file in tmp_path.iterdir()} == {there: "of another key"}


def test_a_key_is_its_owners_alone(tmp_path: Path) -> None:
    path = tmp_path / "paper.key"
    made = SigningKey.make(path, None)
    assert path.stat().st_mode & 0o777 == 0o600
    assert SigningKey.load(path).public.line == made.public.line == public_path(path).read_text().splitlines()[0]
    assert made.public.name.startswith("newsledger/")
    with pytest.raises(FileExistsError):
        SigningKey.make(path, None)
    for mode in (0o640, 0o604, 0o620):
        path.chmod(mode)
        with pytest.raises(NoteError, match="others may read the key"):
            SigningKey.load(path)
    for content in (b"", b"x", b"name\nx", path.read_bytes().replace(b"newsledger/", b"a b"), public_path(path).read_bytes()):
        path.write_bytes(content)
        path.chmod(0o600)
        with pytest.raises(NoteError, match="is no key"):
            SigningKey.load(path)
    for name in ("", "a b", "a+b", "ä", "a\n", "x" * 201):
        with pytest.raises(NoteError, match="name"):
            SigningKey.make(tmp_path / "other.key", name)
    assert not (tmp_path / "other.key").exists()


def test_what_is_no_public_key(key: SigningKey) -> None:
    line = key.public.line
    for text in ("", "x", "a+b+c", line.replace("paper", "other"), line[:-4], line.replace("+A", "+B"), f" {line[1:]}", "\0"):
        with pytest.raises(NoteError, match="is no public key"):
            PublicKey.read(text)


def test_openssl_verifies_what_was_signed(key: SigningKey, tmp_path: Path) -> None:
    made = SigningKey.make(tmp_path / "paper.key", NAME)
    note = made.sign(CHECKPOINT)
    text, signatures = split_note(note)
    (tmp_path / "text").write_text(text)
    (tmp_path / "signature").write_bytes(signatures[0][1][4:])
    words = ("pkeyutl", "-verify", "-pubin", "-inkey", "paper.key.pub", "-rawin", "-in", "text", "-sigfile", "signature")
    assert openssl(tmp_path, *words) == "Signature Verified Successfully\n"
