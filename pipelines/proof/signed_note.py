"""Signed notes (C2SP signed-note) of checkpoints (C2SP tlog-checkpoint): written, read, signed with Ed25519 and verified.

A checkpoint says how many seals there are and the root of the Merkle tree over them. Reading needs no library; signing and
verifying need `cryptography`, which the extra `evidence` installs: otherwise MissingExtraError.
"""

from __future__ import annotations

import base64
import hashlib
import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from pipelines import MissingExtraError
from pipelines.proof.merkle import HASH_BYTES

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

MAX_NOTE = 16_384
"""Maximum length of a note, in characters; that of a checkpoint has some 200."""
_ED25519 = b"\x01"
_KEY_ID_BYTES = 4
_DASH = "\N{EM DASH} "
_NAME = re.compile(r"[!-*,-~]{1,200}")
"""Name of a key or origin of a log: printable ASCII without spaces and `+`."""
_CHECKPOINT = re.compile(r"([^\n]+)\n(0|[1-9][0-9]{0,18})\n([A-Za-z0-9+/]{43}=)\n(?:[^\n]+\n)*")


class NoteError(ValueError):
    """A text is not a note, a checkpoint or a key, or is not signed by the key; the message says why."""


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """The state of a ledger's chain at one time."""

    origin: str
    """Which ledger: the name of its key."""
    size: int
    """Number of seals."""
    root: bytes
    """The root of the tree over them."""

    @classmethod
    def read(cls, note: str) -> Self:
        """The checkpoint of a note, signed or not; raises NoteError if the text is not a checkpoint."""
        match = _CHECKPOINT.fullmatch(split_note(note)[0])
        root = base64.b64decode(match[3]) if match else b""
        if match is None or len(root) != HASH_BYTES:
            raise NoteError("is no checkpoint: origin, size and root in base64, a line each")
        return cls(match[1], int(match[2]), root)

    @property
    def text(self) -> str:
        return f"{self.origin}\n{self.size}\n{base64.b64encode(self.root).decode()}\n"


@dataclass(frozen=True, slots=True)
class PublicKey:
    """The public half of a key, which verifies signatures."""

    name: str
    key: Ed25519PublicKey

    @classmethod
    def read(cls, text: str) -> Self:
        """The key in the text of a file: name, id and key on the first line, separated by `+`. The rest is for `openssl`."""
        name, _, rest = (text.strip().splitlines() or [""])[0].partition("+")
        try:
            packed = base64.b64decode(rest[2 * _KEY_ID_BYTES + 1 :], validate=True)
        except ValueError as error:
            raise NoteError("is no public key: NAME+ID+KEY on its first line") from error
        if not _NAME.fullmatch(name) or packed[:1] != _ED25519 or len(packed) != 33 or rest[8:9] != "+":
            raise NoteError("is no public key for Ed25519: NAME+ID+KEY on its first line")
        found = cls(name, _ed25519().Ed25519PublicKey.from_public_bytes(packed[1:]))
        if found.key_id.hex() != rest[: 2 * _KEY_ID_BYTES]:
            raise NoteError("is no public key: its id is of another name or key")
        return found

    @property
    def raw(self) -> bytes:
        """The 32 bytes of the key."""
        return self.key.public_bytes_raw()

    @property
    def key_id(self) -> bytes:
        """The id by which a signature names its key."""
        return hashlib.sha256(self.name.encode() + b"\n" + _ED25519 + self.raw).digest()[:_KEY_ID_BYTES]

    @property
    def label(self) -> str:
        """Name and id."""
        return f"{self.name}+{self.key_id.hex()}"

    @property
    def line(self) -> str:
        """Name, id and key in the form that verifiers of signed notes read."""
        return f"{self.label}+{base64.b64encode(_ED25519 + self.raw).decode()}"

    def verify(self, note: str) -> None:
        """Raises NoteError if the note has no signature of this key, or a wrong one."""
        from cryptography.exceptions import InvalidSignature

        text, lines = split_note(note)
        found = [packed for name, packed in lines if name == self.name and packed[:_KEY_ID_BYTES] == self.key_id]
        if not found:
            raise NoteError(f"is not signed by the key {self.label}")
        try:
            self.key.verify(found[0][_KEY_ID_BYTES:], text.encode())
        except InvalidSignature as error:
            raise NoteError(f"bears a signature of the key {self.label} that is wrong") from error


@dataclass(frozen=True, slots=True)
class SigningKey:
    """The private half of a key, which signs checkpoints."""

    public: PublicKey
    key: Ed25519PrivateKey

    @classmethod
    def load(cls, path: Path) -> Self:
        """The key of a file; raises NoteError if the file holds no key, or if anybody but its owner may read it."""
        with path.open("rb") as file:
            if os.fstat(file.fileno()).st_mode & 0o077:
                raise NoteError(f"{path}: others may read the key: chmod 600 it, and make another one where somebody has")
            first, _, pem = file.read(MAX_NOTE).partition(b"\n")
        name = first.decode(errors="replace")
        ed25519 = _ed25519()
        from cryptography.hazmat.primitives.serialization import load_pem_private_key

        try:
            key = load_pem_private_key(pem, None)
        except (ValueError, TypeError) as error:
            raise NoteError(f"{path}: is no key that `newsledger checkpoint` made") from error
        if not isinstance(key, ed25519.Ed25519PrivateKey) or not _NAME.fullmatch(name):
            raise NoteError(f"{path}: is no key that `newsledger checkpoint` made")
        return cls(PublicKey(name, key.public_key()), key)

    @classmethod
    def make(cls, path: Path, name: str | None) -> Self:
        """Make a new key in a file that nobody else may read, and the public key beside it (`.pub`). Raises FileExistsError if
        either exists. The default name is made from the key's hash. Both files are a line in our format and PEM for `openssl`.
        """
        key = _ed25519().Ed25519PrivateKey.generate()
        from cryptography.hazmat.primitives import serialization as forms

        public = key.public_key()
        if name is None:
            name = f"newsledger/{hashlib.sha256(public.public_bytes_raw()).hexdigest()[:16]}"
        if not _NAME.fullmatch(name):
            raise NoteError(f"{name!r}: a key's name has no spaces, no + and nothing but ASCII, as in paper.example/ledger")
        made = cls(PublicKey(name, public), key)
        pem = key.private_bytes(forms.Encoding.PEM, forms.PrivateFormat.PKCS8, forms.NoEncryption())
        public_pem = public.public_bytes(forms.Encoding.PEM, forms.PublicFormat.SubjectPublicKeyInfo)
        with public_path(path).open("xb") as file:
            try:
                with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as private:
                    private.write(name.encode() + b"\n" + pem)
            except OSError:
                public_path(path).unlink()
                raise
            file.write(made.public.line.encode() + b"\n" + public_pem)
        return made

    def sign(self, checkpoint: Checkpoint) -> str:
        packed = self.public.key_id + self.key.sign(checkpoint.text.encode())
        return f"{checkpoint.text}\n{_DASH}{self.public.name} {base64.b64encode(packed).decode()}\n"


def public_path(path: Path) -> Path:
    """Path of the public key that belongs to a key file."""
    return path.with_name(f"{path.name}.pub")


def split_note(note: str) -> tuple[str, list[tuple[str, bytes]]]:
    """The text of a note, and its signatures: (name of the key, its id and signature). Raises NoteError if there are none."""
    text, separator, rest = note.rpartition("\n\n")
    lines = []
    for line in rest.splitlines():
        name, _, packed = line.removeprefix(_DASH).partition(" ")
        try:
            lines.append((name, base64.b64decode(packed, validate=True)))
        except ValueError:
            lines.append((name, b""))
        if not line.startswith(_DASH) or not packed or base64.b64encode(lines[-1][1]).decode() != packed:
            raise NoteError("is no signed note: a text, an empty line, and lines of signatures")
    is_text = all(c >= " " or c == "\n" for c in text) and not re.search("[\ud800-\udfff]", text)
    if not separator or not lines or len(note) > MAX_NOTE or not note.endswith("\n") or not is_text:
        raise NoteError("is no signed note: a text, an empty line, and lines of signatures")
    return f"{text}\n", lines


def _ed25519() -> Any:
    try:
        from cryptography.hazmat.primitives.asymmetric import ed25519
    except ImportError as error:
        raise MissingExtraError("evidence", "cryptography") from error
    return ed25519
