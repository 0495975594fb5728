"""Hosts: one form, and what is not public."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.text.hosts import is_private_address, is_private_host, normal_host
from tests.table import table


@table(
    ("written", "normal"),
    [
        ("Example.COM", "example.com"),
        ("example.com.", "example.com"),
        ("bücher.example", "xn--bcher-kva.example"),
        ("straße.example", "xn--strae-oqa.example"),
        ("b%C3%BCcher.example", "xn--bcher-kva.example"),
        ("xn--bcher-kva.example", "xn--bcher-kva.example"),
        ("my_host.example", "my_host.example"),
        ("1.2.3.4", "1.2.3.4"),
        ("1.2.772", "1.2.3.4"),
        ("0x01020304", "1.2.3.4"),
        ("１.２.３.４", "1.2.3.4"),
        ("[0:0::1]", "[::1]"),
        ("1.2.3.4.5", None),
        ("256.1.1.1", None),
        ("09.1.1.1", None),
        ("4294967296", None),
        ("example..com", None),
        ("exam ple.com", None),
        ("example.com:80", None),
        ("a" * 64 + ".com", None),
        ("é" * 300, None),
        ("%ff.example", None),
        ("[fe80::1%25eth0]", None),
        ("[nonsense]", None),
        ("", None),
    ],
)
def test_one_form_of_a_host(written: str, normal: str | None) -> None:
    assert normal_host(written) == normal


@table(
    "host",
    [
        "127.0.0.1",
        "127.1",
        "0x7f.1",
        "0177.0.0.1",
        "2130706433",
        "017700000001",
        "0",
        "10.11.12.13",
        "172.16.0.1",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "224.0.0.1",
        "240.0.0.1",
        "255.255.255.255",
        "[::1]",
        "::1",
        "::",
        "::ffff:127.0.0.1",
        "[::ffff:10.0.0.1]",
        "64:ff9b::7f00:1",
        "64:ff9b:1::8.8.8.8",
        "2002:7f00:1::",
        "fe80::1%eth0",
        "fd12:3456::1",
        "fec0::1",
        "ff02::1",
        "localhost",
        "LOCALHOST.",
        "paper.localhost",
        "printer.local",
        "db.internal",
        "router.lan",
        "intranet",
        "not a host",
        "999.1.1.1",
        "",
    ],
)
def test_private_hosts(host: str) -> None:
    assert is_private_host(host)


@table(
    "host",
    ["example.com", "WWW.Example.co.uk", "bücher.example", "8.8.8.8", "134744072", "[2606:4700::1111]", "localhost.com"],
)
def test_public_hosts(host: str) -> None:
    assert not is_private_host(host)


@table(
    ("ip", "private"),
    [("93.184.216.34", False), ("10.0.0.1", True), ("192.0.0.192", True), ("192.0.1.1", False), ("junk", True), ("", True)],
)
def test_resolved_addresses(ip: str, private: bool) -> None:
    assert is_private_address(ip) is private


@settings(max_examples=100)
@given(st.ip_addresses(v=4, network="10.0.0.0/8") | st.ip_addresses(v=4, network="127.0.0.0/8"))
def test_no_way_of_writing_a_private_address_hides_it(address: object) -> None:
    number = int(address)  # type: ignore[call-overload]
    forms = [str(address), str(number), hex(number), f"0{number:o}", f"::ffff:{address}", f"[::ffff:{address}]"]
    assert [form for form in forms if not is_private_host(form)] == []


@settings(max_examples=100)
@given(st.text(max_size=300))
def test_never_raises_and_is_stable(text: str) -> None:
    normal = normal_host(text)
    assert normal is None or normal_host(normal) == normal
    is_private_host(text)
    is_private_address(text)
