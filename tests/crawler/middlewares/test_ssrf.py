"""Where no request may go."""

from __future__ import annotations

from typing import Any

from twisted.internet.address import IPv4Address

from crawler.catalogue.site import Site
from crawler.middlewares.ssrf import _PortGuard, allow_private_places, may_connect, refusal
from pipelines.reasons import CodedReason, FetchReason, coded
from tests.table import table

PUBLIC = Site(
    "paper", "The Paper", "https://www.paper.co.uk/", "Europe/London", feeds=("https://feeds.agency.example/paper.xml",)
)
LOCAL = Site("local", "Local", "http://127.0.0.1:8000/", "Europe/London")


@table(
    ("url", "redirected", "reason"),
    [
        ("https://www.paper.co.uk/news/a", False, None),
        ("https://m.paper.co.uk/news/a", True, None),
        ("https://feeds.agency.example/paper.xml", True, None),
        ("https://www.paper.com/news/a", True, None),
        ("https://paper.evil.com/news/a", True, coded(FetchReason.OFF_SITE, "paper.evil.com")),
        ("https://elsewhere.example/a", False, None),
        ("https://elsewhere.example/a", True, coded(FetchReason.OFF_SITE, "elsewhere.example")),
        ("file:///etc/passwd", True, coded(FetchReason.NOT_WEB_ADDRESS, "file:///etc/passwd")),
        ("ftp://paper.co.uk/a", False, coded(FetchReason.NOT_WEB_ADDRESS, "ftp://paper.co.uk/a")),
        ("data:text/html,hello", False, coded(FetchReason.NOT_WEB_ADDRESS, "data:text/html,hello")),
        ("http://127.0.0.1/", False, coded(FetchReason.PRIVATE_ADDRESS, "127.0.0.1")),
        ("http://127.1:8000/", True, coded(FetchReason.PRIVATE_ADDRESS, "127.1:8000")),
        ("http://2130706433/", False, coded(FetchReason.PRIVATE_ADDRESS, "2130706433")),
        ("http://0x7f.1/", False, coded(FetchReason.PRIVATE_ADDRESS, "0x7f.1")),
        ("http://[::1]:9/", False, coded(FetchReason.PRIVATE_ADDRESS, "[::1]:9")),
        ("http://[::ffff:10.0.0.1]/", False, coded(FetchReason.PRIVATE_ADDRESS, "[::ffff:10.0.0.1]")),
        ("http://169.254.169.254/latest/meta-data/", True, coded(FetchReason.PRIVATE_ADDRESS, "169.254.169.254")),
        ("http://192.168.1.1/", False, coded(FetchReason.PRIVATE_ADDRESS, "192.168.1.1")),
        ("http://localhost:8000/", False, coded(FetchReason.PRIVATE_ADDRESS, "localhost:8000")),
        ("http://printer.local/", False, coded(FetchReason.PRIVATE_ADDRESS, "printer.local")),
    ],
)
def test_refusal(url: str, redirected: bool, reason: CodedReason | None) -> None:
    assert refusal(url, PUBLIC, redirected=redirected) == reason


def test_a_local_site_may_be_asked_but_not_its_neighbours() -> None:
    assert refusal("http://127.0.0.1:8000/news", LOCAL) is None
    assert refusal("http://127.0.0.1:8001/news", LOCAL, redirected=True) == coded(FetchReason.PRIVATE_ADDRESS, "127.0.0.1:8001")
    assert refusal("http://localhost:8000/", LOCAL) == coded(FetchReason.PRIVATE_ADDRESS, "localhost:8000")


def test_a_local_site_means_its_port() -> None:
    """Also where the port is the scheme's own and not written."""
    site = Site("desk", "Desk", "http://10.0.0.5/", "UTC", feeds=("http://10.0.0.6:8080/feed.xml",))
    assert refusal("http://10.0.0.5/news", site) is None
    assert refusal("http://10.0.0.5:80/news", site) is None
    assert refusal("http://10.0.0.6:8080/feed.xml", site, redirected=True) is None
    for url in ("https://10.0.0.5/news", "http://10.0.0.5:443/", "http://10.0.0.6/", "http://10.0.0.6:9200/"):
        assert str(refusal(url, site)).startswith("leads to a private address"), url


NAMES = {"lan.example": "192.168.0.7", "mapped.example": "10.1.2.3", "paper.example": "93.184.216.34"}


class Names:
    """Stands for DNS: what a resolver of Twisted does, with these names."""

    def resolveHostName(self, receiver: Any, name: str, port: int = 0, *_: object) -> None:  # noqa: N802
        receiver.resolutionBegan(None)
        receiver.addressResolved(IPv4Address("TCP", NAMES[name.lower()], port))
        receiver.resolutionComplete()


class Addresses:
    """Takes what was resolved."""

    def __init__(self) -> None:
        self.found: list[str] = []
        self.complete = False

    def resolutionBegan(self, _: object) -> None:  # noqa: N802
        pass

    def addressResolved(self, address: IPv4Address) -> None:  # noqa: N802
        self.found.append(address.host)

    def resolutionComplete(self) -> None:  # noqa: N802
        self.complete = True


@table(
    ("name", "port", "found"),
    [
        ("paper.example", 443, ["93.184.216.34"]),
        ("paper.example", 9200, ["93.184.216.34"]),
        ("lan.example", 8080, ["192.168.0.7"]),
        ("LAN.example", 8080, ["192.168.0.7"]),
        ("lan.example", 8081, []),
        ("lan.example", 80, []),
        ("lan.example", 0, []),
        ("mapped.example", 8080, []),
    ],
)
def test_a_name_that_resolves_into_our_own_network_is_resolved_for_the_site_s_port_only(
    name: str, port: int, found: list[str]
) -> None:
    allow_private_places(Site("lan", "Lan", "http://lan.example:8080/", "UTC"))
    addresses = Addresses()
    _PortGuard(Names()).resolveHostName(addresses, name, port)
    assert (addresses.found, addresses.complete) == (found, True)


@table("address", ["127.0.0.1", "10.1.2.3", "192.168.0.7", "169.254.169.254", "100.64.0.1", "0.0.0.0", "::1", "::ffff:10.0.0.1"])
def test_no_stranger_leads_into_our_own_network(address: str) -> None:
    assert not may_connect(address, "rebinding.example", 80)
    assert may_connect("93.184.216.34", "rebinding.example", 80)
