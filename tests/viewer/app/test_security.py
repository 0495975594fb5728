"""The parts of the door as values: which names are believed, which policy an answer carries, which line is sent on."""

from __future__ import annotations

import base64
import hashlib

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.table import table
from viewer.app.http_protocol import encoded
from viewer.app.security import AllowedHosts, inline_scripts, of_tables, policy, with_security_headers
from viewer.http import LOCKED

HERE = "http://127.0.0.1:8001"


@table(
    ("names", "host", "base"),
    [
        (AllowedHosts(HERE), "127.0.0.1:8001", HERE),
        (AllowedHosts(HERE), "localhost:8001", "http://localhost:8001"),
        (AllowedHosts(HERE), "LOCALHOST:8001", "http://LOCALHOST:8001"),
        (AllowedHosts(HERE), None, HERE),
        (AllowedHosts(HERE), "localhost", None),
        (AllowedHosts(HERE), "localhost:8002", None),
        (AllowedHosts(HERE), "evil.example:8001", None),
        (AllowedHosts(HERE), "127.0.0.1:8001.evil.example", None),
        (AllowedHosts(HERE), "", None),
        (AllowedHosts("http://127.0.0.1:80"), "localhost", "http://localhost"),
        (AllowedHosts("http://[::1]:8001"), "[::1]:8001", "http://[::1]:8001"),
        (AllowedHosts(HERE, "https://archive.example/news"), "archive.example", "https://archive.example/news"),
        (AllowedHosts(HERE, "https://archive.example/news"), "127.0.0.1:8001", "https://archive.example/news"),
        (AllowedHosts(HERE, "https://archive.example/news"), "other.example", None),
        (AllowedHosts("http://0.0.0.0:8001", is_local=False), "paper.example:8001", "http://paper.example:8001"),
        (AllowedHosts("http://0.0.0.0:8001", is_local=False), "paper example", None),
        (AllowedHosts("http://0.0.0.0:8001", is_local=False), "a@b", None),
    ],
)
def test_only_names_that_lead_here_are_believed(names: AllowedHosts, host: str | None, base: str | None) -> None:
    assert names.base(host) == base


@given(st.text(max_size=300), st.booleans())
@settings(max_examples=100)
def test_any_name_is_judged(host: str, is_local: bool) -> None:
    base = AllowedHosts(HERE, is_local=is_local).base(host)
    assert base is None or base.isascii()


def test_an_answer_keeps_what_it_says_and_gets_what_it_lacks() -> None:
    said = [(b"Content-Type", b"text/html"), (b"Cache-Control", b"public"), (b"Content-Security-Policy", b"sandbox")]
    ours = {
        b"cross-origin-resource-policy": b"same-origin",
        b"x-content-type-options": b"nosniff",
        b"referrer-policy": b"no-referrer",
    }
    assert dict(with_security_headers(said, "policy")) == {name.lower(): value for name, value in said} | ours
    document = dict(with_security_headers([(b"content-type", b"Text/HTML")], "policy"))
    assert document[b"content-security-policy"] == b"policy"
    picture = dict(with_security_headers([(b"content-type", b"image/svg+xml")], "policy"))
    assert picture[b"content-security-policy"] == LOCKED.encode()


def test_the_policy_of_the_tables_allows_their_scripts_and_no_other() -> None:
    told = policy(["<p>x</p><script>a()</script><script src='x'></script>", "<script>{{ theirs }}</script>"])
    digest = base64.b64encode(hashlib.sha256(b"a()").digest()).decode()
    assert told.partition("script-src ")[2].partition(";")[0] == f"'self' 'sha256-{digest}'"
    assert set(inline_scripts("<script>X = {{ datasette_allow_facet }};</script>")) == {"X = true;", "X = false;"}
    scripts = of_tables().partition("script-src ")[2].partition(";")[0]
    assert scripts.count("sha256-") >= 5
    assert "unsafe" not in scripts


@given(st.binary(max_size=200))
@settings(max_examples=100)
def test_a_line_becomes_ascii_once(line: bytes) -> None:
    assert encoded(line).isascii()
    assert encoded(encoded(line)) == encoded(line)
    assert encoded(b"GET /caf\xc3\xa9 HTTP/1.1\r") == b"GET /caf%C3%A9 HTTP/1.1\r"
