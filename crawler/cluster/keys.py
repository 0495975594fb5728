"""Keys that the machines of a cluster share: whoever can write to Redis, and has none, can make them do nothing. Pure.

What is signed is bound to what it is for: an item, the answer to one question, the order of one job. HMAC-SHA256 over lengths and
parts, so that nothing can be moved from one part to the next. Without keys nothing is signed and all is believed.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from dataclasses import dataclass
from pathlib import Path

LEAST_CHARS = 16
"""Of a secret; `openssl rand -hex 32` makes one of 64."""
MOST_KEYS = 8
MAX_FILE_BYTES = 10_000
_KEY = re.compile(rf"([A-Za-z0-9_.-]{{1,32}}):([\x21-\x7e]{{{LEAST_CHARS},256}})")
_DOMAIN = b"newsledger/1"


class BadKeysError(Exception):
    """What is given is no list of keys; the message says what is wrong, and tells no secret."""


class ForgedError(Exception):
    """What was received bears no signature of ours."""


@dataclass(frozen=True, slots=True)
class KeyRing:
    """Keys by their id. The first signs; each is believed, so that a new one can be brought in before the old one goes."""

    keys: tuple[tuple[str, str], ...] = ()

    def __repr__(self) -> str:
        return f"KeyRing({', '.join(key_id for key_id, _ in self.keys)})"

    @classmethod
    def read(cls, text: str) -> KeyRing:
        """From `ID:SECRET`, several parted by white space, or from a file of them, a line each; raises BadKeysError."""
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
        """`ID:SIGNATURE`; empty where there is no key."""
        if not self.keys:
            return b""
        key_id, secret = self.keys[0]
        return f"{key_id}:{_mac(secret, key_id, purpose, parts)}".encode()

    def check(self, signature: bytes, purpose: str, *parts: bytes) -> None:
        """Raises ForgedError where there are keys, and none of them signed this for this purpose."""
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
