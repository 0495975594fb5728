"""Addresses in a catalogue, checked and made absolute: http(s), a host, no credentials, no fragment, all escaped."""

from __future__ import annotations

import re
from ipaddress import ip_address
from urllib.parse import urljoin, urlsplit

_MAX_CHARS = 2000
_NEVER_IN_A_URL = re.compile(r"""[\s\x00-\x20\x7f"<>\\^`{|}]""")
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
_HOST_NAME = re.compile(r"(?=.{1,253}\Z)(?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?\.)*[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?")
_NUMBERS = re.compile(r"[0-9.]+")


def read_url(text: str) -> str:
    """An absolute URL, scheme and host in lower case, "/" where no path is given; ValueError says what is wrong."""
    if not text or len(text) > _MAX_CHARS:
        raise ValueError(f"must be an address of 1 to {_MAX_CHARS} characters")
    if bad := _NEVER_IN_A_URL.search(text):
        raise ValueError(f"{text!r} contains {bad[0]!r}, which no URL may: fill in templates, escape the rest")
    try:
        parts = urlsplit(text)
        host, port = parts.hostname or "", parts.port
    except ValueError as error:
        raise ValueError(f"{text!r} is no URL: {error}") from error
    if parts.scheme not in ("http", "https"):
        raise ValueError(f"{text!r} must begin with https:// or http://")
    if "@" in parts.netloc:
        raise ValueError("must not carry a user name or password")
    if not _is_host(host) or port == 0 or parts.netloc.endswith(":"):
        raise ValueError(f"{text!r} names no valid host (names with other letters are written in their xn-- form)")
    if "#" in text:
        raise ValueError(f"{text!r} must not have a fragment (#...): servers never see it")
    return parts._replace(netloc=parts.netloc.lower(), path=parts.path or "/").geturl()


def resolve(text: str, base: str) -> str:
    """A URL given absolute or relative to the site's, made absolute; the same refusals."""
    if not text or text.strip() != text:
        raise ValueError(f"{text!r} is no address")
    if _SCHEME.match(text):
        return read_url(text)
    if text.startswith("//"):  # urljoin takes an empty host for the base's
        return read_url(f"{urlsplit(base).scheme}:{text}")
    return read_url(urljoin(base, text))


def _is_host(host: str) -> bool:
    """A DNS name, an IPv4 address written in full, or an IPv6 address (urlsplit took its brackets off)."""
    if ":" in host or _NUMBERS.fullmatch(host):
        try:
            ip_address(host)
        except ValueError:
            return False
        return True
    return _HOST_NAME.fullmatch(host) is not None
