"""Hosts: the one form of a name or address, and whether it lies outside the public internet.

Resolves nothing: a public name that points at a private address is found out by whoever asks DNS, who then puts each
address to `is_private_address`. Where something cannot be read as a host at all, the answer is "private": refused.
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
"""RFC 6890; Python knows parts of it. Behind 192.0.0.192 a cloud keeps what its machines may know of themselves."""

_PRIVATE_SUFFIXES = (".localhost", ".local", ".internal", ".localdomain", ".lan", ".intranet", ".home.arpa")
"""RFC 6761, 6762 and 8375, ICANN's `.internal`, and those that home and office routers hand out."""


def normal_host(host: str) -> str | None:
    """Lower case, IDNA (UTS 46) as punycode, no final dot, addresses in their usual notation; None: no host.

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
    """What inet_aton(3) reads: one to four decimal, octal or hexadecimal parts, the last filling what is left."""
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
    """Whether a host, as it stands in a URL, is an address or name that no public site has. Unreadable: True."""
    text = host.strip().lower()
    if ":" in text or text.startswith("["):
        return is_private_address(text)
    name = normal_host(text)
    if name is None or "." not in name:  # a name without a dot is resolved within the own network
        return True
    if _NUMBER.fullmatch(name.rpartition(".")[2]):
        return is_private_address(name)
    return name.endswith(_PRIVATE_SUFFIXES)


def is_private_address(ip: str) -> bool:
    """Whether a resolved address is not one of the public internet: loopback, private, link-local, shared (RFC 6598),
    multicast, reserved, unspecified, or an IPv6 form that carries such an IPv4 address. Unreadable: True."""
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
    """The IPv4 address that a packet to this one ends at: mapped, 6to4, Teredo, NAT64."""
    if address.teredo is not None:
        return address.teredo[1]
    if address in _NAT64:
        return IPv4Address(int(address) & 0xFFFFFFFF)
    return address.ipv4_mapped or address.sixtofour
