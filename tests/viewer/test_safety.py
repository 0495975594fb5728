"""What means harm: texts from pages on every page of ours, requests of every kind, clients that will not let go."""

from __future__ import annotations

import asyncio
import hashlib
import re
import socket
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import asynccontextmanager, closing
from pathlib import Path
from typing import Any
from urllib.parse import quote, urljoin, urlsplit

import pytest
import uvicorn
from lxml import html

from pipelines.store.crawls import put_sites
from pipelines.store.database import Store
from tests.crawler.processes import newsledger
from tests.factories import URL, article, new_ledger
from tests.viewer.ledgers import Answer, ask, make, serving
from viewer.app import http_protocol
from viewer.app import server as served
from viewer.app.security import AllowedHosts, Receive, Scope, SecurityMiddleware, Send

EVIL = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>{{7*7}}{% raw %}</title></textarea><!--"
UNSEEN = "before\u202eafter\u2066x\u2069\x07\x1b[31m"
LONG = "word " * 200_000
TARGETS = [
    "https://paper.example/news/\"onmouseover='alert(1)'",
    "https://paper.example/%3Cscript%3Ealert(1)%3C/script%3E",
    "https://paper.example/a?b=<script>&c='\"#frag",
    "javascript:alert(1)//paper.example/x",
    "data:text/html,<script>x</script>",
]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A ledger in which everything that a stranger can write means harm."""
    path = tmp_path_factory.mktemp("harm")
    store = make(path)
    put_sites(
        store, [{"id": "paper", "name": EVIL, "url": "javascript:alert(1)", "region": EVIL, "owner": EVIL, "country": "GB"}]
    )
    ledger = new_ledger(store)
    for number, target in enumerate(TARGETS):
        for turn in range(3):
            said = f"{EVIL} {UNSEEN}\n\n{EVIL} turn {turn}\n\n\N{RIGHT-TO-LEFT OVERRIDE}{'x' * 300}"
            ledger.record(
                article(
                    said,
                    url=target,
                    seen=200 + 10 * turn + number,
                    modified=turn,
                    headline=f"{EVIL} {turn} {UNSEEN}",
                    description=EVIL,
                    byline=f"By {EVIL}",
                    section=EVIL,
                )
            )
    ledger.record(article(LONG, url="https://paper.example/long", seen=300, headline="Long"))
    ledger.record(article(LONG.replace("word", "wort", 5), url="https://paper.example/long", seen=330, headline="Long"))
    columns = "headline = ?, description = ?, byline = ?, section = ?, language = ?, canonical_url = ?, body = ?"
    raw = (f"{EVIL}\0{UNSEEN}", f"\0{UNSEEN}", EVIL, EVIL, 'en"><script>', "javascript:alert(1)", f"\0{EVIL}\n\n\x1b]0;{UNSEEN}")
    store.execute(f"UPDATE revisions SET {columns} WHERE id % 2 = 0", raw)
    store.execute("UPDATE revision_images SET url = 'javascript:alert(1)', caption = ?, credit = ?, alt = ?", (EVIL, EVIL, EVIL))
    store.execute("UPDATE revision_authors SET name = ?", (EVIL,))
    store.close()
    return path


@pytest.fixture(scope="module")
def base(folder: Path) -> Iterator[str]:
    with serving(folder) as url:
        yield url


def digest(folder: Path) -> str:
    return hashlib.sha256((folder / "news.db").read_bytes()).hexdigest()


def harmless(url: str, answer: Answer) -> list[str]:
    """Asserts that a page of ours runs, loads and hides nothing; where it leads on this server."""
    policy = answer.get("Content-Security-Policy")
    assert policy.startswith("default-src 'none'"), url
    assert "unsafe" not in policy, url
    assert (answer.get("X-Content-Type-Options"), answer.get("Referrer-Policy")) == ("nosniff", "no-referrer"), url
    assert not re.search("[\0-\x08\x0b-\x1f\u202a-\u202e\u2066-\u2069]", answer.text.replace("\r\n", "\n")), url
    if not answer.get("Content-Type").startswith("text/html"):
        return []
    tree, leads = html.document_fromstring(answer.body), []
    assert not tree.xpath("//style | //iframe | //object | //embed | //base"), url
    assert not [script for script in tree.xpath("//script") if (script.text or "").strip() or not script.get("src")], url
    for element in tree.iter():
        for name, value in element.attrib.items():
            assert not name.lower().startswith("on"), f"{url}: {name}"
            assert name != "style", url
            if name in ("href", "src", "action", "formaction", "poster", "srcset", "data"):
                led = urljoin(url, value)
                assert led.startswith(("http://", "https://")), f"{url}: {value}"
                if urlsplit(led).netloc != urlsplit(url).netloc:
                    assert element.tag == "a", f"{url} loads {value}"
                    assert "noreferrer" in element.get("rel", ""), f"{url}: {value}"
                else:
                    leads.append(led.partition("#")[0])
    return leads


def test_every_page_that_leads_from_the_first_is_harmless(base: str) -> None:
    def kind_of(url: str) -> str:
        return re.sub(r"[/?].*", "", url.removeprefix(base)[1:])

    waiting, seen, kinds = [f"{base}/"], set(), Counter[str]()
    while waiting and len(seen) < 160:
        url = waiting.pop(0)
        target = url.removeprefix(base)
        if url in seen or target.startswith(("/ledger", "/-/")) or "id_/" in target or ".xlsx" in target:
            continue
        seen.add(url)
        answer = ask(base, target)
        assert answer.status in (200, 301, 302, 304, 400, 404, 451), f"{answer.status} {url}"
        leads = harmless(url, answer)
        kinds[kind_of(url)] += 1
        fresh = [led for led in leads if led not in seen]
        waiting = sorted({*waiting, *fresh}, key=lambda led: (kinds[kind_of(led)], len(led)))
    assert kinds.keys() >= {
        "",
        "author",
        "section",
        "compare",
        "history",
        "diff",
        "search",
        "site",
        "sites",
        "stories",
        "takedowns",
        "feed.atom",
        "memento",
    }


@pytest.mark.parametrize("path", ["/ledger/articles", "/ledger/revisions", "/ledger/sites", "/ledger/revision_images"])
def test_tables_print_strangers_texts_as_text(base: str, path: str) -> None:
    answer = ask(base, path)
    scripts = [script.text for script in html.document_fromstring(answer.body).xpath("//script[not(@src)]")]
    assert all("alert" not in script for script in scripts)
    assert not re.search(r"<img|href=.javascript:", answer.text)
    assert "'unsafe-inline'" not in answer.get("Content-Security-Policy").partition("style-src")[0]


PAGES = [
    "/",
    "/search",
    "/feed.atom",
    "/feed.json",
    "/stories",
    "/takedowns",
    "/compare",
    "/author/x",
    "/sites",
    "/ledger/articles.json",
    "/ledger/revisions.csv",
]
VALUES = [
    "' OR 1=1; DROP TABLE articles;--",
    '") UNION SELECT sql FROM sqlite_master--',
    "\0",
    "%",
    "\u202e",
    "-1",
    "9" * 400,
    "a" * 3_000,
    '"unclosed',
    "NEAR(",
    "a* OR b*",
    "headline:x",
    "^",
    "{}",
    "2025-99-99",
    "~",
    "2025-03-07T08:00:00Z~99999999999999999999",
]
NAMES = [
    "q",
    "site",
    "region",
    "country",
    "change",
    "silent",
    "since",
    "until",
    "before",
    "url",
    "page",
    "offset",
    "sort",
    "agency",
    "_search",
    "_sort",
    "_through",
    "_timelimit",
    "_facet",
    "_next",
    "id__gt",
    "state",
]


def refused_at_worst(answer: Answer) -> bool:
    return answer.status in (200, 302, 400, 404, 414)


@pytest.mark.parametrize("path", PAGES)
def test_no_parameter_reaches_sql_or_breaks_a_page(base: str, folder: Path, path: str) -> None:
    before = digest(folder)
    for number, value in enumerate(VALUES):
        told = (
            "&".join(f"{name}={quote(value)}" for name in NAMES)
            if number % 2
            else f"{NAMES[number % 10]}={quote(value)}&q={quote(value)}"
        )
        assert refused_at_worst(ask(base, f"{path}?{told}")), value
    for name in NAMES:
        assert refused_at_worst(ask(base, f"{path}?{name}={quote(VALUES[0])}")), name
    assert ask(base, f"{path}?" + "&".join(["q=a"] * 3_000)).status in (200, 400)
    assert ask(base, f"{path}?q=" + "a" * 17_000).status == 414
    assert digest(folder) == before


@pytest.mark.parametrize(
    "path",
    [
        "/diff/1..2/",
        "/diff/",
        "/diff/9..1/",
        "/diff/x..y/",
        "/diff/1..99999999999999999999/",
        "/history/",
        "/site/",
        "/story/",
        "/story/1/",
        "/-/article/",
        "/-/revision/",
        "/memento/20250307080000/",
    ],
)
def test_no_path_breaks_a_page(base: str, path: str) -> None:
    for rest in (
        "",
        URL,
        "%00",
        "../../etc/passwd",
        "'--",
        "%F0%28%8C%BC",
        "1",
        "-1",
        "9" * 30,
        "%0d%0aX:%20y",
        "http://[::1",
        "?",
        "#",
    ):
        answer = ask(base, path + rest)
        assert answer.status in (200, 302, 400, 404), path + rest
        if answer.get("Content-Type").startswith("text/html"):
            harmless(f"{base}{path}{rest}", answer)


WRITES = [
    "insert into sites (id) values ('x')",
    "delete from articles",
    "update articles set url = 'x'",
    "drop table articles",
    "pragma writable_schema = 1",
    "pragma journal_mode = delete",
    "attach 'x.db' as x",
    "vacuum into 'x.db'",
    "create table x (a)",
    "with x as (select 1) delete from articles",
    "select 1; drop table articles",
    "select load_extension('x')",
    "insert into revisions_fts (revisions_fts) values ('rebuild')",
    "explain delete from articles",
    "select writefile('x', 'y')",
    "select * from pragma_journal_mode('delete')",
]


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_nothing_is_written_whatever_is_asked(base: str, folder: Path, method: str) -> None:
    before, files = digest(folder), set(folder.iterdir())
    for sql in WRITES:
        answer = ask(base, f"/ledger.json?sql={quote(sql)}&_shape=array", method)
        assert answer.status == 405 if method == "POST" else answer.status in (200, 400), sql
        assert '"ok": false' in answer.text or answer.text in ("", "[]\n", "[]") or sql.startswith(("explain", "select *")), sql
    for path in ("/ledger/articles/1", "/ledger/-/insert", "/-/messages", "/-/logout", "/", "/search"):
        assert ask(base, path, "POST").status == 405
    assert (digest(folder), set(folder.iterdir())) == (before, files)


@pytest.mark.parametrize(
    "sql",
    [
        "select fts3_tokenizer('porter')",
        "select FTS3_Tokenizer('porter', x'00')",
        "select * from (select fts3_tokenizer('unicode61') x)",
        "with f as (select fts3_tokenizer('simple')) select * from f",
        "select readfile('/etc/passwd')",
    ],
)
def test_functions_that_know_the_process_are_nobodys_business(base: str, sql: str) -> None:
    assert ask(base, f"/ledger.json?sql={quote(sql)}&_shape=array").status in (400, 403)


def test_not_even_a_plugin_gets_a_connection_that_writes(folder: Path) -> None:
    ledger = served.LedgerDatabase(None, str(folder / "news.db"))
    with pytest.raises(PermissionError):
        ledger.connect(write=True)
    with closing(ledger.connect()) as conn, pytest.raises(Exception, match="readonly"):
        conn.execute("DELETE FROM fetches")


def test_sql_of_ones_own_can_be_taken_away(folder: Path) -> None:
    with serving(folder, "--no-sql") as base:
        assert ask(base, "/ledger.json?sql=select+1").status == 403
        assert ask(base, "/ledger/articles.json?_where=1").status == 403
        assert ask(base, "/ledger/articles.json").status == 200


@pytest.mark.parametrize(
    "path",
    [
        "/-/databases.json",
        "/-/threads",
        "/-/actor",
        "/-/permissions",
        "/-/messages",
        "/-/allow-debug",
        "/-/patterns",
        "/-/auth-token",
        "/-/logout",
        "/_internal",
        "/_memory",
        "/-/plugins/x",
        "/.json",
    ],
)
def test_what_tells_of_the_machine_is_not_there(base: str, path: str) -> None:
    answer = ask(base, path)
    assert answer.status == 404
    harmless(f"{base}{path}", answer)
    assert ask(base, "/ledger.db").status in (403, 404)


@pytest.mark.parametrize("prefix", ["/-/static/", "/-/viewer/", "/-/static-plugins/newsledger/", "/ledger/"])
def test_static_files_end_at_their_folder(base: str, prefix: str) -> None:
    for path in (
        "../app.py",
        "..%2fapp.py",
        "%2e%2e/app.py",
        "..\\app.py",
        "....//app.py",
        "/etc/passwd",
        "%2fetc%2fpasswd",
        "../templates/base.html",
        "../../../../../../../etc/passwd",
        "%00",
        "..",
        ".",
        "a" * 300,
    ):
        answer = ask(base, prefix + path)
        assert answer.status in (302, 400, 403, 404), path
        assert not re.search(r"root:|import |{%", answer.text), path
        assert not urlsplit(answer.get("Location")).netloc


def test_a_slow_query_is_cut_off_and_holds_no_one_up(base: str) -> None:
    slow = quote("with recursive n(i) as (select 1 union all select i + 1 from n) select max(i) from n")
    found: list[int] = []
    began = time.monotonic()
    threads = [threading.Thread(target=lambda: found.append(ask(base, f"/ledger.json?sql={slow}").status)) for _ in range(2)]
    for thread in threads:
        thread.start()
    assert ask(base, "/takedowns").status == 200
    for thread in threads:
        thread.join(30)
    assert found == [400, 400]
    assert 1.5 < time.monotonic() - began < 20
    for greedy in ("select zeroblob(1000000000)", f"select {'1+' * 60_000}1", "select 'a' like '" + "%a" * 200 + "'"):
        assert ask(base, f"/ledger.json?sql={quote(greedy)}").status in (400, 414)


def test_it_reads_while_others_write_and_when_the_file_is_another(tmp_path: Path) -> None:
    store = make(tmp_path)
    with serving(tmp_path) as base:
        assert "Written meanwhile" not in ask(base, "/").text
        new_ledger(store).record(article("New.", seen=500, url="https://paper.example/new", headline="Written meanwhile"))
        assert "Written meanwhile" in ask(base, "/").text
        assert "Written meanwhile" in ask(base, "/ledger/revisions.json?_sort_desc=id&_size=1").text
        store.backup(tmp_path / "copy.db")
        with Store(tmp_path / "copy.db") as copy:
            copy.execute("UPDATE revisions SET headline = 'Another file'")
        store.close()
        for left in tmp_path.glob("news.db-*"):
            left.unlink()
        (tmp_path / "copy.db").replace(tmp_path / "news.db")
        assert "Another file" in ask(base, "/").text
        (tmp_path / "news.db").write_bytes(b"SQLite format 3\0 but broken")
        assert ask(base, "/").status == 503
        assert "Traceback" not in ask(base, "/").text


def test_a_ledger_that_cannot_be_read_is_told_of_at_the_start(tmp_path: Path) -> None:
    with Store(tmp_path / "newer.db") as store:
        row = store.row("SELECT * FROM _sqlite_migrations ORDER BY id DESC") or {}
        store.insert("_sqlite_migrations", {**row, "id": None, "name": "m999_of_tomorrow"})
    (tmp_path / "text.db").write_text("no database at all")
    for name, told in (("newer.db", "written by a newer version"), ("text.db", "not a database"), ("none.db", "no ledger here")):
        done = newsledger("serve", "--port", "0", "--db", str(tmp_path / name))
        assert done.returncode == 1
        assert told in done.stderr
        assert "Traceback" not in done.stderr


async def _idle(scope: Scope, receive: Receive, send: Send) -> None:
    """Sends far more than any buffer on the way takes."""
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"text/plain")]})
    for _ in range(2_000):
        await send({"type": "http.response.body", "body": b"x" * 100_000, "more_body": True})
    await send({"type": "http.response.body", "body": b""})


@asynccontextmanager
async def running(app: Any) -> Any:
    with served.listen("127.0.0.1", 0) as listening:
        config = served.configured(
            SecurityMiddleware(app, AllowedHosts(served.url_of(listening, "127.0.0.1")), "default-src 'none'")
        )
        server = served.GracefulServer(config)
        task = asyncio.create_task(server.serve(sockets=[listening]))
        yield listening.getsockname()[1], server
        server.should_exit = True
        await task


@pytest.mark.parametrize(
    "said", [b"", b"GET / HTTP/1.1\r\nHost: lo", b"GET / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10\r\n\r\nx"]
)
def test_a_client_that_says_next_to_nothing_is_let_go(monkeypatch: pytest.MonkeyPatch, said: bytes) -> None:
    monkeypatch.setattr(http_protocol, "REQUEST_SECONDS", 0.3)

    async def trickle() -> float:
        async with running(_nothing) as (port, _):
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            began = asyncio.get_running_loop().time()
            writer.write(said)
            for _ in range(100):
                try:
                    await asyncio.wait_for(reader.read(100_000), 0.1)
                except TimeoutError:
                    writer.write(b"a")
                except ConnectionError:
                    break
                if reader.at_eof():
                    break
            writer.close()
            return asyncio.get_running_loop().time() - began

    assert asyncio.run(trickle()) < 5


async def _nothing(scope: Scope, receive: Receive, send: Send) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"0")]})
    await send({"type": "http.response.body", "body": b""})


def test_a_client_that_does_not_read_is_let_go(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http_protocol, "READING_SECONDS", 0.3)

    async def stall() -> None:
        async with running(_idle) as (port, server):
            with socket.create_connection(("127.0.0.1", port)) as client:
                client.sendall(b"GET / HTTP/1.1\r\nHost: localhost:%d\r\n\r\n" % port)
                for _ in range(100):
                    await asyncio.sleep(0.05)
                    if server.server_state.total_requests == 0 and not server.server_state.tasks:
                        break
                assert not server.server_state.connections

    asyncio.run(asyncio.wait_for(stall(), 20))


def test_what_is_no_http_is_answered_with_our_headers(base: str) -> None:
    where = urlsplit(base)
    for said in (
        b"\x16\x03\x01 hello\r\n\r\n",
        b"GET / HTTP/1.1\r\n\r\n",
        b"GET / HTTP/9.9\r\nHost: x\r\n\r\n",
        b"A" * 40_000 + b"\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: x\r\n\r\n",
    ):
        with socket.create_connection((where.hostname or "", where.port or 0), timeout=20) as client:
            client.sendall(said)
            head = b"".join(iter(lambda: client.recv(65_536), b"")).lower()
        assert re.match(rb"http/1.1 4\d\d ", head), said[:40]
        assert b"content-security-policy: default-src 'none'" in head
        assert b"hello" not in head


def test_uvicorn_is_what_these_bounds_were_made_for() -> None:
    """Its protocol has the parts that ours overrides; one that loses them would let go of nobody."""
    names = ("connection_made", "connection_lost", "data_received", "send_400_response", "pause_writing", "resume_writing")
    assert all(name in vars(http_protocol.H11Protocol) for name in (*names, "timeout_keep_alive_handler"))
    assert hasattr(uvicorn.Server, "_serve")
