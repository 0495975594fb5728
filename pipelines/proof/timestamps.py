"""Timestamps of time stamping authorities (RFC 3161): makes the request, and checks the answer.

The only module that uses `rfc3161_client`, which the extra `evidence` installs; opens no connection and no file.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from pipelines import MissingExtraError

try:
    from cryptography import x509
    from rfc3161_client import (
        HashAlgorithm,
        PKIStatus,
        TimestampRequestBuilder,
        VerificationError,
        VerifierBuilder,
        decode_timestamp_response,
    )
except ImportError as error:
    raise MissingExtraError("evidence", "rfc3161-client") from error

if TYPE_CHECKING:
    from rfc3161_client import TimeStampRequest, TimeStampResponse

Roots = Sequence[x509.Certificate]
"""Certificates of trusted authorities."""
MAX_TOKEN = 65_536
"""Maximum size of an answer, in bytes; one with its certificates has 1,000 to 7,000."""


class TimestampError(ValueError):
    """An answer is not a timestamp, not of these bytes, or not by a trusted authority; the message says why."""


@dataclass(frozen=True, slots=True)
class AttestedTime:
    """A time at which the data existed, and who attests it."""

    at: datetime
    authority: str
    """The common name in the signing certificate; its whole name if that has none."""


def request_for(data: bytes) -> TimeStampRequest:
    """The request to an authority: the SHA-256 of the bytes, a nonce, and the wish for certificates. Send its `as_bytes()`."""
    return TimestampRequestBuilder().data(data).hash_algorithm(HashAlgorithm.SHA256).build()


def read_answer(answer: bytes, asked: TimeStampRequest) -> AttestedTime:
    """The answer of an authority; raises TimestampError if it refused or answered another request. Trust is not checked here."""
    response = _decoded(answer)
    info = response.tst_info
    if info.nonce != asked.nonce or info.message_imprint.message != asked.message_imprint.message:
        raise TimestampError("is an answer to another question")
    return _timestamp(response)


def read_roots(pem: bytes) -> Roots:
    """The certificates of trusted authorities, from PEM; raises TimestampError if there are none."""
    try:
        return x509.load_pem_x509_certificates(pem)
    except ValueError as error:
        raise TimestampError("has no certificate in PEM") from error


def verified(token: bytes, data: bytes, roots: Roots) -> AttestedTime:
    """The timestamp of these bytes, by an authority under one of the roots whose certificate was valid at that time.

    Raises TimestampError if it does not hold.
    """
    response = _decoded(token)
    try:
        VerifierBuilder(roots=list(roots)).build().verify_message(response, data)
    except (VerificationError, ValueError) as error:
        raise TimestampError(f"does not hold: {str(error).partition(':')[0][:100]}") from error
    return _timestamp(response)


def _decoded(token: bytes) -> TimeStampResponse:
    if len(token) > MAX_TOKEN:
        raise TimestampError("is longer than any timestamp")
    try:
        response = decode_timestamp_response(token)
        if response.status not in (PKIStatus.GRANTED, PKIStatus.GRANTED_WITH_MODS):
            text = "; ".join(response.status_string or ()).encode("ascii", "backslashreplace").decode()
            raise TimestampError(f"was refused (status {response.status}) {text[:200]}".rstrip())
        _ = response.tst_info.message_imprint.message, response.signed_data.signer_infos
    except TimestampError:
        raise
    except ValueError as error:
        raise TimestampError("is no timestamp (RFC 3161)") from error
    return response


def _timestamp(response: TimeStampResponse) -> AttestedTime:
    for packed in response.signed_data.certificates:
        certificate = x509.load_der_x509_certificate(packed)
        for signer in response.signed_data.signer_infos:
            if (signer.issuer, signer.serial_number) == (certificate.issuer, certificate.serial_number):
                names = certificate.subject.get_attributes_for_oid(x509.NameOID.COMMON_NAME)
                name = str(names[0].value) if names else certificate.subject.rfc4514_string()
                return AttestedTime(response.tst_info.gen_time, name.encode("ascii", "backslashreplace").decode()[:200])
    return AttestedTime(response.tst_info.gen_time, "an authority whose certificate is not in the answer")
