"""Keys that the machines of a cluster share: without one, somebody who can write to Redis cannot make them do anything. Pure.

Each signature covers its purpose: an item, the answer to one question, the order of one job. HMAC-SHA256 over lengths and
parts, so that nothing can be moved from one part to the next. Without keys nothing is signed and everything is accepted.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from dataclasses import dataclass
from pathlib import Path

LEAST_CHARS = 16
"""Minimum length of a secret; `openssl rand -hex 32` makes one of 64."""
MOST_KEYS = 8
MAX_FILE_BYTES = 10_000
_KEY = re.compile(rf"([A-Za-z0-9_.-]{{1,32}}):([\x21-\x7e]{{{LEAST_CHARS},256}})")
_DOMAIN = b"newsledger/1"


class BadKeysError(Exception):
    """The text is no list of keys; the message says why, and contains no secret."""


class ForgedError(Exception):
    """A message has no valid signature."""


@dataclass(frozen=True, slots=True)
class KeyRing:
    """Keys by id. The first signs; all are accepted, so that a new one can be added before the old one is removed."""

    keys: tuple[tuple[str, str], ...] = ()

    def __repr__(self) -> str:
        return f"KeyRing({', '.join(key_id for key_id, _ in self.keys)})"

    @classmethod
    def read(cls, text: str) -> KeyRing:
        """Read `ID:SECRET`, several separated by white space, or a file with one a line; raises BadKeysError."""
        if text and ":" not in text.partition("/")[0]:
            try:
                with Path(text).open("rb") as file:
                    text = file.read(MAX_FILE_BYTES).decode()
            except (OSError, ValueError) as error:
                raise BadKeysError(f"{text}: {getattr(error, 'strerror', None) or 'not text'}") from error
            if not text.strip():
                raise BadKeysError("the file of keys holds none")
        found = [_KEY.fullmatch(one) for one in text.split()]
        keys = tuple((match[1], match[2]) for match in found if match)
        if len(keys) < len(found) or len(keys) > MOST_KEYS or len({key_id for key_id, _ in keys}) < len(keys):
            raise BadKeysError(
                f"keys are up to {MOST_KEYS} of ID:SECRET, each id once, each secret of {LEAST_CHARS} letters or more"
            )
        return cls(keys)

    def sign(self, purpose: str, *parts: bytes) -> bytes:
        """`ID:SIGNATURE`; empty without keys."""
        if not self.keys:
            return b""
        key_id, secret = self.keys[0]
        return f"{key_id}:{_mac(secret, key_id, purpose, parts)}".encode()

    def check(self, signature: bytes, purpose: str, *parts: bytes) -> None:
        """Raises ForgedError if there are keys and none of them signed this for this purpose."""
        if not self.keys:
            return
        key_id, _, mac = signature[:200].decode("latin-1").partition(":")
        secret = dict(self.keys).get(key_id)
        if secret is None:
            raise ForgedError("not signed" if not signature else f"signed with an unknown key {key_id[:32]!r}")
        if not hmac.compare_digest(mac.encode("latin-1"), _mac(secret, key_id, purpose, parts).encode()):
            raise ForgedError(f"its signature is not that of key {key_id}")


def _mac(secret: str, key_id: str, purpose: str, parts: tuple[bytes, ...]) -> str:
    mac = hmac.new(secret.encode(), digestmod=hashlib.sha256)
    for part in (_DOMAIN, key_id.encode(), purpose.encode(), *parts):
        mac.update(len(part).to_bytes(8, "big"))
        mac.update(part)
    return mac.hexdigest()
