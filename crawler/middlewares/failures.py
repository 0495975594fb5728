"""Why no answer came, in words for a person: from an exception of Twisted, Scrapy or the TLS library to one line. Pure."""

from __future__ import annotations

MAX_REASON = 300

_PLAIN_WORDS = (
    ("during decompressi", "unpacks to more than the bound on size"),
    ("DownloadCancelled", "larger than the bound on size"),
    ("max redirections", "too many redirects"),
    ("Timeout", "no whole answer in time"),
    ("DataLoss", "the answer was cut off"),
    ("TruncatedStream", "the answer was cut off"),
    ("Invalid IPv6 URL", "leads to an address that is none"),
    ("DNSLookup", "the host's name cannot be resolved"),
    ("CannotResolveHost", "the host's name cannot be resolved"),
    ("ConnectionRefused", "the host refuses connections"),
    ("certificate verify failed", "the certificate is not valid for the host"),
    ("CertificateError", "the certificate is not valid for the host"),
    ("ConnectionDone", "the connection was closed before an answer"),
    ("ConnectionLost", "the connection was lost"),
    ("BadResponse", "the answer is not HTTP"),
    ("BadGzipFile", "the answer is not packed as it says"),
)
"""A piece of an exception's name or text, and what to tell a person; the first that fits."""


def failure_reason(error: BaseException) -> str:
    """One line, at most `MAX_REASON` long; an exception that nobody foresaw keeps its own words."""
    name, text = type(error).__name__, str(error).partition("\n")[0].strip()
    for mark, reason in _PLAIN_WORDS:
        if mark in name or mark in text:
            return reason
    return f"{name}: {text}"[:MAX_REASON] if text else name
