"""Timestamps of an authority of our own, made with `openssl ts`: those of the very bytes hold, and no others."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from pipelines.proof.timestamps import MAX_TOKEN, TimestampError, read_answer, read_roots, request_for, verified
from tests.tsa import make_authority, openssl, stamp

DATA = b"paper.example/ledger\n12345\n"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    found = tmp_path_factory.mktemp("tsa")
    make_authority(found)
    return found


def test_what_was_stamped_holds_and_nothing_else(folder: Path, tmp_path: Path) -> None:
    asked = request_for(DATA)
    token = stamp(folder, asked.as_bytes())
    roots = read_roots((folder / "ca.pem").read_bytes())
    found = verified(token, DATA, roots)
    assert read_answer(token, asked) == found
    assert found.authority == "Paper TSA"
    (folder / "data").write_bytes(DATA)
    assert "OK" in openssl(folder, "ts", "-verify", "-data", "data", "-in", "answer", "-CAfile", "ca.pem")
    with pytest.raises(TimestampError, match="Mismatch"):
        verified(token, DATA + b"x", roots)
    with pytest.raises(TimestampError, match="another question"):
        read_answer(token, request_for(DATA))
    make_authority(tmp_path)
    with pytest.raises(TimestampError, match="does not hold"):
        verified(token, DATA, read_roots((tmp_path / "ca.pem").read_bytes()))
    with pytest.raises(TimestampError, match="does not hold"):
        verified(token, DATA, [])


def test_a_token_that_is_damaged_says_nothing_else(folder: Path) -> None:
    """Bytes that nothing signs may change what is around the time, and never the time."""
    token, roots = stamp(folder, request_for(DATA).as_bytes()), read_roots((folder / "ca.pem").read_bytes())
    rng, right = random.Random(9), verified(token, DATA, roots)
    damaged = [b"", b"\0", token[:-1], token[:100], b"0" * (MAX_TOKEN + 1)]
    for _ in range(300):
        other = bytearray(token)
        other[rng.randrange(len(token))] = rng.randrange(256)
        damaged.append(bytes(other))
    for other in damaged:
        try:
            found = verified(other, DATA, roots)
        except TimestampError:
            continue
        assert found == right


def test_a_refusal_is_told(folder: Path) -> None:
    (folder / "data").write_bytes(DATA)
    openssl(folder, "ts", "-query", "-data", "data", "-sha1", "-out", "other")
    with pytest.raises(TimestampError, match=r"was refused \(status 2\) Message digest algorithm is not supported"):
        read_answer(stamp(folder, (folder / "other").read_bytes()), request_for(DATA))


@pytest.mark.parametrize("pem", [b"", b"x", b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"])
def test_what_is_no_certificate(pem: bytes) -> None:
    with pytest.raises(TimestampError, match="no certificate"):
        read_roots(pem)
