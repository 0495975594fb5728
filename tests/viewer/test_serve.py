"""The viewer as clients meet it: a subprocess, real HTTP, what a browser or an aggregator is told and what it must never be."""

from __future__ import annotations

import gzip
import json
import re
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import quote, urlsplit

import pytest

from tests.crawler.processes import environment, newsledger
from tests.factories import article, new_ledger
from tests.viewer.ledgers import GONE_QUIET, HOSTILE, OLD_SLUG, UNKEPT, URL, ask, make, page, serving
from tests.viewer.links import parse_links

FIRST, SECOND, THIRD = "20250307080000", "20250307090000", "20250307100000"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("viewer")
    make(path).close()
    return path


@pytest.fixture(scope="module")
def base(folder: Path) -> Iterator[str]:
    with serving(folder) as url:
        yield url


@pytest.mark.parametrize(
    ("asked", "led_to"),
    [
        ("Fri, 07 Mar 2025 07:00:00 GMT", FIRST),
        ("Fri, 07 Mar 2025 08:00:00 GMT", FIRST),
        ("Fri, 07 Mar 2025 08:59:59 GMT", FIRST),
        ("Fri, 07 Mar 2025 09:00:00 GMT", SECOND),
        ("Sat, 07 Mar 2026 09:00:00 GMT", THIRD),
        (None, THIRD),
    ],
)
def test_timegate(base: str, asked: str | None, led_to: str) -> None:
    answer = ask(base, f"/timegate/{URL}", **({"accept_datetime": asked} if asked else {}))
    assert (answer.status, answer.get("Location")) == (302, f"{base}/memento/{led_to}/{URL}")
    assert answer.get("Vary") == "accept-datetime"
    relations = {link.rel: link.uri for link in parse_links(answer.get("Link"))}
    assert relations["original"] == URL
    assert relations["timemap"] == f"{base}/timemap/link/{URL}"
    assert any("first" in rel and "memento" in rel for rel in relations)
    assert any("last" in rel and "memento" in rel for rel in relations)
    assert answer.get("Memento-Datetime") == "", "a TimeGate is no memento"


@pytest.mark.parametrize("asked", ["yesterday", "2025-03-07T08:00:00Z", "Thu, 07 Mar 2025 08:00:00 GMT", "", "x" * 5_000])
def test_a_time_that_is_none_is_refused(base: str, asked: str) -> None:
    answer = ask(base, f"/timegate/{URL}", accept_datetime=asked)
    assert (answer.status, answer.get("Vary").split(", ")[0]) == (400, "accept-datetime")


def test_timemaps_tell_the_same(base: str, folder: Path) -> None:
    listed, told = ask(base, f"/timemap/link/{URL}"), ask(base, f"/timemap/json/{URL}")
    assert (listed.get("Content-Type"), told.get("Content-Type")) == ("application/link-format", "application/json")
    mementos = [link for link in parse_links(listed.text) if "memento" in link.rel.split()]
    assert [(link.uri, link.rel) for link in mementos] == [
        (f"{base}/memento/{FIRST}/{URL}", "first memento"),
        (f"{base}/memento/{SECOND}/{URL}", "memento"),
        (f"{base}/memento/{THIRD}/{URL}", "last memento"),
    ]
    (own,) = [link for link in parse_links(listed.text) if link.rel == "self"]
    assert own.span == (datetime(2025, 3, 7, 8, tzinfo=UTC), datetime(2025, 3, 7, 10, tzinfo=UTC))
    value = json.loads(told.body)
    assert [one["uri"] for one in value["mementos"]["list"]] == [link.uri for link in mementos]
    assert (value["original_uri"], value["timegate_uri"]) == (URL, f"{base}/timegate/{URL}")
    where = ("--db", str(folder / "news.db"), "--base-url", base)
    assert newsledger("timemap", URL, *where).stdout == listed.text
    assert newsledger("timemap", URL, "--json", *where).stdout == told.text


def test_a_memento_is_a_readable_page_that_tells_its_facts(base: str) -> None:
    answer = ask(base, f"/memento/{SECOND}/{URL}")
    assert answer.status == 200
    assert answer.get("Memento-Datetime") == "Fri, 07 Mar 2025 09:00:00 GMT"
    relations = {link.rel: link.uri.partition("/memento/")[2][:14] for link in parse_links(answer.get("Link"))}
    assert relations["first prev memento"] == FIRST
    assert relations["memento"] == SECOND
    assert relations["last next memento"] == THIRD
    for fact in ("Mill lost", "The mill burned down.", "2 of 3: updated",
                 "between 2025-03-07T08:00:00Z and 2025-03-07T09:00:00Z",
                 f"/memento/{FIRST}/{URL}", f"/memento/{THIRD}/{URL}", f"/memento/{SECOND}id_/{URL}"):  # fmt: skip
        assert fact in answer.text
    assert len(re.findall(r"sha256 [0-9a-f]{64}", answer.text)) == 2


def test_text_from_pages_is_never_markup(base: str) -> None:
    first, third, start = (ask(base, path).text for path in (f"/memento/{FIRST}/{URL}", f"/memento/{THIRD}/{URL}", "/"))
    assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp; more" in first
    assert "&lt;b&gt;Mill&lt;/b&gt; lost" in third
    assert "&lt;b&gt;" in start
    assert "<b>" not in first + third + start
    assert "<script>" not in first + third + start


def test_an_archived_page_comes_back_byte_for_byte_and_locked_up(base: str) -> None:
    answer = ask(base, f"/memento/{FIRST}id_/{URL}")
    assert (answer.status, answer.body) == (200, page())
    assert answer.get("Content-Type") == "text/html; charset=windows-1252"
    assert answer.get("Content-Security-Policy").startswith(
        "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:"
    )
    assert "allow-" not in answer.get("Content-Security-Policy")
    assert (answer.get("X-Content-Type-Options"), answer.get("Referrer-Policy")) == ("nosniff", "no-referrer")
    assert answer.get("Memento-Datetime") == "Fri, 07 Mar 2025 08:00:00 GMT"
    assert answer.get("X-Archive-Orig-Set-Cookie") == "a=1"
    assert answer.get("Set-Cookie") == ""
    assert "127.0.0.1:9/" not in answer.get("Link"), "its own links are not obeyed"


def test_who_shows_pages_gets_elements_that_open_connections_disarmed(base: str) -> None:
    answer = ask(base, f"/memento/{FIRST}id_/{URL}", accept="text/html,*/*;q=0.8")
    assert len(answer.body) == len(page())
    assert not re.search(rb"<(link|iframe|object)\b", answer.body, re.IGNORECASE)
    assert answer.get("X-Archive-Changed") == "5 elements disarmed"
    assert "accept" in answer.get("Vary")


@pytest.mark.parametrize(
    "resource", ["timegate", "timemap/link", "timemap/json", "memento/20250307085000", "memento/20250307085000id_"]
)
def test_withdrawn_articles_say_so_and_nothing_else(base: str, resource: str) -> None:
    answer = ask(base, f"/{resource}/{GONE_QUIET}")
    assert (answer.status, answer.get("X-Archive-Reason")) == (451, "withdrawn")
    assert "withdrawn" in answer.text
    assert "secret" not in answer.text.replace(GONE_QUIET, "")
    assert "secret" not in ask(base, "/").text
    assert answer.get("Link") == ""


def test_what_is_not_there(base: str) -> None:
    assert ask(base, "/timegate/https://paper.example/none").status == 404
    assert ask(base, f"/memento/{FIRST}id_/{UNKEPT}").status == 302, "to the second that it was seen"
    assert ask(base, f"/memento/20250307084000id_/{UNKEPT}").status == 404
    assert ask(base, f"/memento/20250307084000/{UNKEPT}").status == 200
    assert ask(base, "/none").status == 404
    assert ask(base, "/timegate/" + "a" * 7_000).status == 414
    near = ask(base, f"/memento/20250307083000id_/{URL}")
    assert (near.status, near.get("Location")) == (302, f"{base}/memento/{FIRST}id_/{URL}")


@pytest.mark.parametrize(
    ("digits", "led_to"),
    [
        ("2025", THIRD), ("2026", THIRD), ("202503", THIRD), ("202602", THIRD), ("20250307", THIRD), ("2025030709", SECOND),
        ("202503070859", FIRST), ("202503070900", SECOND), ("2024", FIRST), ("202402", FIRST), ("20240229", FIRST),
        ("20", None), ("203", None), ("20250", None), ("202513", None), ("20250230", None), ("2025030725", None),
        ("20259999999999", None),
    ],
)  # fmt: skip
@pytest.mark.parametrize("suffix", ["", "id_", "if_"])
def test_a_part_of_a_time_leads_to_what_stood_at_its_end(base: str, digits: str, suffix: str, led_to: str | None) -> None:
    answer = ask(base, f"/memento/{digits}{suffix}/{URL}")
    expected = (302, f"{base}/memento/{led_to}{suffix}/{URL}") if led_to else (404, "")
    assert (answer.status, answer.get("Location")) == expected


def test_a_page_for_frames_is_disarmed_whoever_asks(base: str) -> None:
    answer = ask(base, f"/memento/{FIRST}if_/{URL}")
    assert answer.body == ask(base, f"/memento/{FIRST}id_/{URL}", accept="text/html").body
    assert not re.search(rb"<(link|iframe|object)\b", answer.body, re.IGNORECASE)
    assert "frame-ancestors 'self'" in answer.get("Content-Security-Policy")
    assert answer.get("Memento-Datetime") == "Fri, 07 Mar 2025 08:00:00 GMT"


SPELLINGS = [URL, URL.replace("//", "/"), quote(URL, safe=""), URL.partition("//")[2], "http://www.paper.example/news/mill-fire/",
             OLD_SLUG, f"{URL}?utm_source=x"]  # fmt: skip


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_an_address_is_found_in_whatever_spelling(base: str, spelling: str) -> None:
    assert ask(base, f"/timegate/{spelling}").get("Location") == f"{base}/memento/{THIRD}/{URL}"


def test_an_address_in_plain_letters_is_found(tmp_path: Path) -> None:
    store = make(tmp_path)
    new_ledger(store).record(article("Plain.", seen=10, url="https://paper.example/news/caf%C3%A9"))
    store.close()
    with serving(tmp_path) as here:
        raw = speak(here, "GET /timegate/https://paper.example/news/café HTTP/1.0\r\n\r\n".encode())
        assert b"location: " + here.encode() + b"/memento/20250307081000/https://paper.example/news/caf%C3%A9\r\n" in raw


def test_an_odd_address_leads_to_itself(base: str) -> None:
    answer = ask(base, f"/timegate/{quote(HOSTILE, safe='')}")
    assert answer.status == 302
    assert ask(base, answer.get("Location").removeprefix(base)).status == 200
    assert not re.search(r"[\"<>]script", answer.get("Location") + answer.get("Link"))


HOSTILE_TARGETS = [
    "/timegate/https://paper.example/%0d%0aSet-Cookie:%20a=1",
    "/timegate/http://http://http://paper.example/news/mill-fire",
    "/timegate/../../etc/passwd",
    f"/memento/{FIRST}id_/../../../etc/passwd",
    "/timemap/link/https%3A%2F%2Fpaper.example%2F%0d%0aX: y",
    "/timegate/https://[::1",
    "/timegate/javascript:alert(1)",
    "/timegate/\udcff\udcfe",
    "/timegate/%ff%fe%00",
    '/timegate/https://paper.example/"><script>alert(1)</script>',
    "//evil.example/",
    "/timegate/",
    "*",
    "http://evil.example/timegate/" + URL,
    "/timemap/xml/" + URL,
]


@pytest.mark.parametrize("target", HOSTILE_TARGETS)
def test_no_path_breaks_a_header_or_becomes_markup(base: str, target: str) -> None:
    raw = speak(base, b"GET " + target.encode("utf-8", "surrogateescape").replace(b" ", b"%20") + b" HTTP/1.1\r\nHost: localhost:"
                + str(urlsplit(base).port).encode() + b"\r\nConnection: close\r\n\r\n")  # fmt: skip
    head, _, body = raw.partition(b"\r\n\r\n")
    head = head.lower()
    assert re.match(rb"http/1\.\d [234]\d\d ", head)
    assert b"set-cookie" not in head
    assert b"\nx: y" not in head
    assert b"evil.example" not in head
    assert b"content-security-policy: " in head
    assert b"<script" not in body
    assert b"root:" not in body


def speak(base: str, request: bytes) -> bytes:
    """Bytes to the server as they are, and all that comes back."""
    where = urlsplit(base)
    with socket.create_connection((where.hostname or "", where.port or 0), timeout=20) as connection:
        connection.sendall(request)
        return b"".join(iter(lambda: connection.recv(65_536), b""))


@pytest.mark.parametrize(
    "path", ["/", f"/timegate/{URL}", f"/timemap/link/{URL}", f"/memento/{FIRST}/{URL}", f"/memento/{FIRST}id_/{URL}"]
)
def test_head_tells_what_get_does_without_a_body(base: str, path: str) -> None:
    got, head = ask(base, path), ask(base, path, "HEAD")

    def facts(headers: list[tuple[str, str]]) -> list[tuple[str, str]]:
        return [header for header in headers if header[0].lower() != "date"]

    assert (head.status, facts(head.headers), head.body) == (got.status, facts(got.headers), b"")


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "BREW"])
def test_nothing_can_be_changed(base: str, method: str) -> None:
    assert ask(base, "/", method).status in (405, 501)


@pytest.mark.parametrize("path", ["/", f"/memento/{FIRST}/{URL}", "/none"])
def test_our_pages_take_nothing_from_elsewhere(base: str, path: str) -> None:
    answer = ask(base, path)
    assert answer.get("Content-Security-Policy").startswith("default-src 'none'; style-src 'self'; script-src 'self'")
    assert "unsafe" not in answer.get("Content-Security-Policy")
    assert not re.search(r"<(iframe|style|object|embed)\b|javascript:|\son\w+=|\sstyle=|url\(", answer.text)
    loaded = re.findall(r"<(?:script|link|img)\b[^>]*?\b(?:src|href)=[\"']?([^\"'\s>]+)", answer.text)
    assert loaded
    assert all(re.match(r"/(?!/)", url) for url in loaded), "from here alone"
    assert {ask(base, url).status for url in loaded} == {200}


def test_only_names_of_this_machine_are_answered(base: str) -> None:
    port = urlsplit(base).port
    assert ask(base, "/", host=f"localhost:{port}").status == 200
    assert ask(base, f"/timegate/{URL}", host=f"localhost:{port}").get("Location").startswith(f"http://localhost:{port}/")
    assert ask(base, "/", host=f"evil.example:{port}").status == 421, "a name that was led here by its owner"
    assert ask(base, "/", host="x y").status == 421


def test_behind_a_proxy_addresses_are_its_own(folder: Path) -> None:
    with serving(folder, "--base-url", "https://archive.example/news") as here:
        answer = ask(here, f"/timegate/{URL}", host="archive.example")
        assert answer.get("Location") == f"https://archive.example/news/memento/{THIRD}/{URL}"
        for asked in (f"/memento/{SECOND}/{URL}", f"/news/memento/{SECOND}/{URL}"):
            text = ask(here, asked).text
            assert f'href="/news/memento/{FIRST}/{URL}"' in text
            assert not re.search(r'(?:href|src|action)="/(?!news[/"])', text), "all links lead below the proxy's path"
        assert f'href="/news/history/{URL}"' in ask(here, "/").text
        assert ask(here, "/news").status == ask(here, "/news/").status == 200
        table = ask(here, "/ledger/articles.json?_size=1&_shape=object").text
        assert ask(here, "/news/ledger/articles.json?_size=1&_shape=object").text == table
        named = json.loads(ask(here, "/news/ledger/revisions.json?_size=1").text)["next_url"]
        assert named.startswith("https://archive.example/news/ledger/revisions.json?")
        assert ask(here, "/", host="other.example").status == 421
    told = newsledger("timemap", URL, "--base-url", "https://archive.example/news/", "--db", str(folder / "news.db")).stdout
    assert f"<https://archive.example/news/timegate/{URL}>" in told


def test_many_at_once_are_all_answered(base: str) -> None:
    found: list[int] = []
    threads = [threading.Thread(target=lambda: found.append(ask(base, f"/memento/{FIRST}id_/{URL}").status)) for _ in range(40)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert found == [200] * 40


def test_silent_clients_hold_no_one_up_for_good(base: str) -> None:
    where = urlsplit(base)
    silent = [socket.create_connection((where.hostname or "", where.port or 0)) for _ in range(8)]
    assert ask(base, "/").status == 200
    for connection in silent:
        connection.close()


def test_asked_to_stop_it_ends_what_is_on_its_way_and_waits_for_nobody(folder: Path) -> None:
    slow = "with recursive n(i) as (select 1 union all select i + 1 from n) select max(i) from n"
    with serving(folder) as base:
        where = (urlsplit(base).hostname or "", urlsplit(base).port or 0)
        silent, halting, query_string = (socket.create_connection(where, timeout=20) for _ in range(3))
        halting.sendall(b"GET / HTTP/1.1\r\nHos")
        query_string.sendall(f"GET /ledger.json?sql={quote(slow)} HTTP/1.1\r\nHost: localhost:{where[1]}\r\n\r\n".encode())
        assert ask(base, "/sites").status == 200, "by now the slow one is on its way"
    with silent, halting, query_string:
        assert query_string.recv(100).startswith(b"HTTP/1.1 400 "), "its time ran out, and it was told"


@pytest.mark.parametrize("library", ["datasette", "jinja2", "uvicorn"])
def test_without_the_extra_it_says_what_to_install(folder: Path, library: str) -> None:
    script = f"import sys; sys.modules['{library}'] = None; from crawler.cli import main; main()"
    command = [sys.executable, "-c", script, "serve", "--db", str(folder / "news.db")]
    done = subprocess.run(command, capture_output=True, text=True, env=environment(), timeout=60, check=False)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == f"Error: {library} is not installed; pip install '.[viewer]' in a checkout brings it\n"


def test_a_missing_file_of_the_archive_is_no_failure(tmp_path: Path) -> None:
    make(tmp_path).close()
    for path in (tmp_path / "warc" / "paper").iterdir():
        path.write_bytes(b"\x1f\x8b broken")
    with serving(tmp_path) as base:
        assert ask(base, f"/memento/{FIRST}id_/{URL}").status == 404
        assert ask(base, f"/memento/{FIRST}/{URL}").status == 200


def test_wrong_options_are_refused(folder: Path, tmp_path: Path) -> None:
    db = ("--db", str(folder / "news.db"))
    assert newsledger("serve", "--base-url", "ftp://x", *db).returncode == 2
    assert newsledger("serve", "--host", "192.0.2.1", *db).returncode == 2
    assert newsledger("serve", "--db", str(tmp_path / "none.db")).returncode == 1


PACKED = ("/", "/-/viewer/viewer.css", f"/memento/{FIRST}id_/{URL}", "/ledger/revisions", "/ledger/revisions.csv?_stream=1")


@pytest.mark.parametrize("path", PACKED)
def test_what_is_packed_is_what_is_sent_plain(base: str, path: str) -> None:
    plain, packed = ask(base, path), ask(base, path, accept_encoding="gzip")
    assert (plain.get("Content-Encoding"), packed.get("Content-Encoding")) == ("", "gzip")
    assert "Accept-Encoding" in packed.get("Vary")
    at = re.compile(rb"as of \S+Z")  # when the page was made
    assert at.sub(b"", gzip.decompress(packed.body)) == at.sub(b"", plain.body)
    assert len(packed.body) < len(plain.body)
