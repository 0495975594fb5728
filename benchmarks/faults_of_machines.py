"""Faults of the network, the disk and the clock, for faults.py: each makes its fault, crawls, and says what came of it."""

from __future__ import annotations

import resource
import signal
import ssl
import subprocess
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from one_crawl import MOST_MB, Done, crawl, judged, looks_of, site

from crawler.demo.press import Press
from pipelines.store.database import Store

Outcome = tuple[str, str, int, str]
"""Row, line, peak MB, and what is wrong."""
SOUND = tuple(f"/ok/{n}" for n in range(1, 41))
NOON = datetime(2025, 3, 7, 12, tzinfo=UTC)


def failed_crawl(folder: Path, word: str, table: str) -> Outcome:
    """A crawl that gets nothing: its row is `failed`, and its reason has a word."""
    (folder / "sites.toml").write_text(table, encoding="utf-8")
    done = crawl(folder)
    last, looks, _, problems = looks_of(folder)
    wrong = judged(done, last, looks, problems, ())
    if not wrong and (last["outcome"] != "failed" or word not in (last["reason"] or "")):
        wrong = f"expected failed, {word}"
    return f"crawl {last.get('outcome')}", str(last.get("reason") or ""), done.peak_mb, wrong


def no_such_host(_: Press, folder: Path) -> Outcome:
    return failed_crawl(folder, "cannot be resolved", site("http://no-such-paper.invalid/"))


def nobody_listens(_: Press, folder: Path) -> Outcome:
    return failed_crawl(folder, "refuses connections", site("http://127.0.0.1:9/"))


def bad_certificate(_: Press, folder: Path) -> Outcome:
    """One that the paper signed itself."""
    key, certificate = folder / "key.pem", folder / "certificate.pem"
    made = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", "-subj", "/CN=paper.invalid"]
    subprocess.run([*made, "-keyout", str(key), "-out", str(certificate)], check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    server = ThreadingHTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler)
    server.handle_error = lambda *_: None  # type: ignore[method-assign]
    server.socket = context.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        return failed_crawl(folder, "certificate", site(f"https://127.0.0.1:{server.server_address[1]}/"))
    finally:
        server.shutdown()
        server.server_close()


def robots_that_errs(_: Press, folder: Path, how: str = "error") -> Outcome:
    from faults import PAPER

    with Press((*PAPER, "--robots", how)) as twin:
        return failed_crawl(folder, "robots.txt could not be read", site(twin.url))


def forty(twin: Press, folder: Path) -> None:
    sources = f'["/sitemap.xml?paths={",".join(SOUND)}"]'
    (folder / "sites.toml").write_text(site(twin.url, sitemaps=sources), encoding="utf-8")


def mended(folder: Path, hit: Done) -> Outcome:
    """What the crawl that met the fault left, and whether the next one, without it, finds all that is missing."""
    before, looks, _, problems = looks_of(folder)
    kept = sum(look["outcome"] == "new" for look in looks.values())
    again = crawl(folder)
    last, looks, _, after = looks_of(folder)
    with Store(folder / "news.db", readonly=True) as store:
        first = store.row("SELECT outcome, reason FROM crawls WHERE id = ?", (before.get("id"),)) or {}
        doubled = store.value("SELECT count(*) - count(DISTINCT article_id) FROM revisions")
    wrong = judged(again, last, looks, problems + after, SOUND) or hit.died
    if not wrong and (doubled or max(hit.peak_mb, again.peak_mb) > MOST_MB):
        wrong = f"{doubled} doubled"
    row = f"crawl {first.get('outcome')}, {kept} of {len(SOUND)} kept; the next one {last.get('outcome')}, all kept"
    return row, str(first.get("reason") or hit.line("store") or hit.line("sqlite")), max(hit.peak_mb, again.peak_mb), wrong


def file_may_not_grow(twin: Press, folder: Path) -> Outcome:
    """Every write past so many kB of a file fails, as on a full disk, though with another error."""
    forty(twin, folder)
    with Store(folder / "news.db"):
        pass
    most = (folder / "news.db").stat().st_size + 40_000

    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)

    return mended(folder, crawl(folder, before=limit))


def mounted(folder: Path, options: str) -> bool:
    return (
        subprocess.run(["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(folder)], capture_output=True, check=False).returncode
        == 0
    )


def disk_full(twin: Press, folder: Path) -> Outcome:
    """A file system of 1.2 MB, for root only; then it is made larger."""
    place = folder / "disk"
    place.mkdir()
    if not mounted(place, "size=1200k"):
        return "not tried", "needs root to mount a small file system", 0, ""
    try:
        forty(twin, place)
        (place / "filler").write_bytes(bytes(300_000))
        hit = crawl(place)
        (place / "filler").unlink(missing_ok=True)
        mounted(place, "remount,size=50m")
        return mended(place, hit)
    finally:
        subprocess.run(["umount", "-l", str(place)], check=False)


def store_read_only(twin: Press, folder: Path) -> Outcome:
    """Nothing is asked of a site whose pages cannot be kept. There is no row where none can be written; the line is all."""
    place = folder / "disk"
    place.mkdir()
    root = mounted(place, "size=50m")
    try:
        forty(twin, place)
        with Store(place / "news.db"):
            pass
        if root:
            mounted(place, "remount,ro")
        else:
            (place / "news.db").chmod(0o444)
            place.chmod(0o555)
        twin.forget_log()
        hit = crawl(place)
        asked = len(twin.log())
        if root:
            mounted(place, "remount,rw")
        else:
            place.chmod(0o755)
            (place / "news.db").chmod(0o644)
        row, _, peak, wrong = mended(place, hit) if not hit.died else ("", "", hit.peak_mb, hit.died)
        said = hit.line("read") or hit.stderr.strip().splitlines()[-1]
        return f"no row, {asked} requests; {row.partition('; ')[2]}", said, peak, wrong or ("it asked" if asked else "")
    finally:
        if root:
            subprocess.run(["umount", "-l", str(place)], check=False)


def clock_jumps(twin: Press, folder: Path) -> Outcome:
    """An hour forth, two back, three forth; the page has another text each time."""
    sources = '["/sitemap.xml?paths=/ok/1,/ok/2,/ever-new-text"]'
    (folder / "sites.toml").write_text(site(twin.url, sitemaps=sources), encoding="utf-8")
    peak, wrong = 0, ""
    for hours in (0, 1, -1, 2):
        done = crawl(folder, now=(NOON + timedelta(hours=hours)).isoformat())
        last, _, _, problems = looks_of(folder)
        peak = max(peak, done.peak_mb)
        wrong = wrong or judged(done, last, {}, problems, ())
    with Store(folder / "news.db", readonly=True) as store:
        crawls = [row["outcome"] for row in store.rows("SELECT outcome FROM crawls ORDER BY id")]
        of_page = "SELECT number FROM revisions JOIN articles a ON a.id = article_id WHERE a.url LIKE '%ever-new%' ORDER BY 1"
        numbers = [row["number"] for row in store.rows(of_page)]
        articles = store.value("SELECT count(*) FROM articles")
    if not wrong and (articles != 3 or numbers != list(range(1, len(numbers) + 1)) or len(numbers) < 3):
        wrong = f"{articles} articles, revisions {numbers}"
    return f"crawls {', '.join(crawls)}", f"{articles} articles, revisions {numbers} of the one that changes", peak, wrong


MACHINE: dict[str, Callable[[Press, Path], Outcome]] = {
    "no such host": no_such_host,
    "nobody listens": nobody_listens,
    "bad certificate": bad_certificate,
    "robots.txt errs": robots_that_errs,
    "a file that may not grow": file_may_not_grow,
    "disk full": disk_full,
    "store read-only": store_read_only,
    "clock jumps": clock_jumps,
}
