"""Hosts: the normal form of a name or address, and whether it is outside the public internet.

Resolves nothing: a public name can point at a private address, so the caller that queries DNS passes each resolved address to
`is_private_address`. A text that cannot be read as a host counts as private, and is so refused.
"""

from __future__ import annotations

import re
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from urllib.parse import unquote

import idna

MAX_HOST = 253
_NAME = re.compile(r"[a-z0-9_-]{1,63}(?:\.[a-z0-9_-]{1,63})*")
_NUMBER = re.compile(r"0x[0-9a-f]*|[0-9]+")
_NAT64 = IPv6Network("64:ff9b::/96")
_NAT64_LOCAL = IPv6Network("64:ff9b:1::/48")
_PROTOCOLS = IPv4Network("192.0.0.0/24")
"""RFC 6890; Python knows only parts of it. A cloud serves the metadata of its machines at 192.0.0.192."""

_PRIVATE_SUFFIXES = (".localhost", ".local", ".internal", ".localdomain", ".lan", ".intranet", ".home.arpa")
"""RFC 6761, 6762 and 8375, ICANN's `.internal`, and the suffixes of home and office routers."""


def normal_host(host: str) -> str | None:
    """The host in lower case, IDNA (UTS 46) as punycode, no final dot, addresses in their usual notation; None if it is no
    host.

    "MÜNCHEN.de." -> "xn--mnchen-3ya.de"; "0x7f.1" -> "127.0.0.1"; "[0:0::1]" -> "[::1]".
    """
    try:
        if host.startswith("[") and host.endswith("]"):
            return None if "%" in host else f"[{IPv6Address(host[1:-1]).compressed}]"
        if "%" in host:
            host = unquote(host, errors="strict")
        if len(host) > MAX_HOST + 1:
            return None
        name = host if host.isascii() else idna.encode(host, uts46=True).decode("ascii")
    except ValueError:  # AddressValueError, UnicodeDecodeError and IDNAError are all ValueErrors
        return None
    name = name.lower().removesuffix(".")
    if len(name) > MAX_HOST or not _NAME.fullmatch(name):
        return None
    if not _NUMBER.fullmatch(name.rpartition(".")[2]):
        return name
    address = _ipv4(name)
    return None if address is None else str(address)


def _ipv4(text: str) -> IPv4Address | None:
    """The address as inet_aton(3) reads it: one to four decimal, octal or hexadecimal parts; the last fills the remaining
    bytes."""
    parts = text.split(".")
    if len(parts) > 4 or not all(_NUMBER.fullmatch(part) for part in parts):
        return None
    try:
        numbers = [_number(part) for part in parts]
    except ValueError:  # "08", or more digits than int() takes
        return None
    *heads, tail = numbers
    if any(head > 255 for head in heads) or tail >= 256 ** (5 - len(numbers)):
        return None
    value = tail
    for position, head in enumerate(heads):
        value += head << (8 * (3 - position))
    return IPv4Address(value)


def _number(text: str) -> int:
    if text.startswith("0x"):
        return int(text[2:] or "0", 16)
    return int(text, 8 if text.startswith("0") else 10)


def is_private_host(host: str) -> bool:
    """Whether a host, as written in a URL, is an address or name that no public site has. True if it is unreadable."""
    text = host.strip().lower()
    if ":" in text or text.startswith("["):
        return is_private_address(text)
    name = normal_host(text)
    if name is None or "." not in name:  # a name without a dot is resolved inside the local network
        return True
    if _NUMBER.fullmatch(name.rpartition(".")[2]):
        return is_private_address(name)
    return name.endswith(_PRIVATE_SUFFIXES)


def is_private_address(ip: str) -> bool:
    """Whether a resolved address is outside the public internet: loopback, private, link-local, shared (RFC 6598),
    multicast, reserved, unspecified, or an IPv6 form that contains such an IPv4 address. True if it is unreadable."""
    try:
        address = ip_address(ip.strip().removeprefix("[").removesuffix("]").partition("%")[0])
    except ValueError:
        return True
    if isinstance(address, IPv4Address):
        return _is_private_v4(address)
    embedded = _embedded_v4(address)
    if embedded is not None:
        return _is_private_v4(embedded)
    if address in _NAT64_LOCAL or address.is_site_local:
        return True
    return not address.is_global or address.is_multicast or address.is_reserved


def _is_private_v4(address: IPv4Address) -> bool:
    return not address.is_global or address.is_multicast or address.is_reserved or address in _PROTOCOLS


def _embedded_v4(address: IPv6Address) -> IPv4Address | None:
    """The IPv4 address that receives packets to this IPv6 address: mapped, 6to4, Teredo, NAT64."""
    if address.teredo is not None:
        return address.teredo[1]
    if address in _NAT64:
        return IPv4Address(int(address) & 0xFFFFFFFF)
    return address.ipv4_mapped or address.sixtofour
