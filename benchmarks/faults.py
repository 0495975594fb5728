"""Each fault that a site, a network, a disk or a clock may have: what row it ends as, what is said, and what it costs.

    python benchmarks/faults.py [--apart] [--only WORD]

Against the misbehaving newspaper of tests/papers, crawls in processes of their own. Faulty pages stand between sound ones in a
sitemap, faulty sources beside a sound one: what is sound must be kept whatever the others do. `--apart` gives each fault a
crawl of its own, to tell what it costs. Prints a table (fault; row; the line that says so; peak memory of the crawl's process)
and exits 1 where a crawl died, a row or its reason is missing, a sound page was lost, an address elsewhere was asked, the ledger
is damaged, or a crawl took more than 250 MB.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

from faults_of_machines import MACHINE
from one_crawl import HERE, Ended, crawl, judged, looks_of, site

from crawler.demo.press import Press

PAPER = (sys.executable, str(HERE.parent / "tests" / "papers" / "misbehaving.py"))

PAGES = {
    "/status/500": "error", "/status/503": "error", "/flaky/2": "new", "/slow/10": "error", "/drip": "error", "/endless": "error",
    "/endless-headers": "error", "/truncated": "error", "/bad-chunk": "error", "/bad-status-line": "error", "/close": "error",
    "/header-bomb": "error", "/garbage": "not_article", "/empty": "not_article", "/binary-as-html": "not_article",
    "/huge/50": "error", "/gzip-bomb": "error", "/brotli-bomb": "error", "/gzip-cut-off": "error",
    "/brotli-cut-off": "error", "/gzip-lie": "error",
    "/deep-nesting": "new", "/million-tags": "new", "/nul-bytes": "new", "/wrong-charset": "new", "/unknown-charset": "new",
    "/utf16-as-utf8": "new", "/soft-404": "not_article", "/login-wall": "not_article", "/redirect-loop": "error",
    "/redirect-forever/1": "error", "/cookie-loop": "error", "/redirect-to-private": "refused", "/redirect-to-file": "refused",
    "/redirect-to-nothing": "error", "/redirect-to-bad-url": "error", "/status/403": "refused", "/status/404": "gone",
}  # fmt: skip
"""A page, and the outcome of the look at it."""

SOURCES = (
    "/entity-bomb.xml", "/external-entity.xml", "/broken-feed.xml", "/html-as-feed", "/sitemap-loop.xml", "/sitemap-bomb.xml.gz",
    "/sitemap-cut-off.xml", "/sitemap-deep.xml", "/sitemap-elsewhere.xml", "/garbage", "/empty", "/gzip-bomb", "/huge/50",
    "/status/500", "/redirect-loop", "/truncated",
)  # fmt: skip
"""Each is asked as a sitemap, and as a feed."""


def faulty_pages(twin: Press, folder: Path, paths: list[str]) -> list[Ended]:
    """In one crawl, each behind a sound one."""
    sound = tuple(f"/ok/{100 + n}" for n in range(len(paths) + 1))
    listed = [path for pair in zip(sound, paths, strict=False) for path in pair] + [sound[-1]]
    sources = f'["/sitemap.xml?paths={",".join(listed)}"]'
    (folder / "sites.toml").write_text(site(twin.url, sitemaps=sources), encoding="utf-8")
    done = crawl(folder, scrapy=True)
    last, looks, _, problems = looks_of(folder)
    crawl_wrong = judged(done, last, looks, problems, sound)
    ended = []
    for path in paths:
        look = looks.get(path) or next((look for other, look in looks.items() if other not in listed), {})
        wrong, outcome = crawl_wrong, look.get("outcome", "MISSING")
        if not wrong and outcome != PAGES[path]:
            wrong = f"expected {PAGES[path]}"
        if not wrong and outcome != "new" and not look.get("reason"):
            wrong = "no reason"
        row = f"fetch {outcome}" + (f" {look['status']}" if look.get("status") else "")
        ended.append(Ended(f"page {path}", row, str(look.get("reason") or ""), done.peak_mb, wrong))
    return ended


def faulty_sources(twin: Press, folder: Path, paths: list[str], kind: str) -> list[Ended]:
    """In one crawl, beside a sound sitemap that names /ok/7 and /ok/8; what the faulty ones name of others may be kept too."""
    sound = ("/ok/7", "/ok/8")
    named = {"sitemap": ["/sitemap.xml?paths=/ok/7,/ok/8"], "feed": []}
    named[kind] += paths
    lists = {"sitemaps": json.dumps(named["sitemap"] or ["/sitemap.xml?paths=/ok/7,/ok/8"]), "feeds": json.dumps(named["feed"])}
    (folder / "sites.toml").write_text(site(twin.url, **lists), encoding="utf-8")
    twin.forget_log()
    done = crawl(folder, scrapy=True)
    last, looks, sources, problems = looks_of(folder)
    astray = [entry["path"] for entry in twin.log() if entry["port"] != urlsplit(twin.url).port]
    astray += [path for path, look in looks.items() if path.startswith(("/etc", "/entity", "/dtd")) and look["status"]]
    crawl_wrong = judged(done, last, looks, problems, sound) or (f"led astray: {astray}" if astray else "")
    ended = []
    for path in paths:
        source, said = sources.get(path), done.line(f"{path}:") or done.line(f"{path} could")
        wrong = crawl_wrong or ("" if source else "no row")
        loops = source and source["status"] == 200 and path == "/sitemap-loop.xml"  # read once: nothing is wrong with it
        if not wrong and source and not said and not source["candidates"] and not loops:
            wrong = "nothing is said"
        row = f"source {source['status'] or 'no answer'}, {source['candidates']} candidates" if source else "MISSING"
        ended.append(Ended(f"{kind} {path}", row, said.partition(path)[2].lstrip(": "), done.peak_mb, wrong))
    return ended


def run(only: str, apart: bool) -> list[Ended]:
    """All faults whose name has a word in it."""
    ended: list[Ended] = []

    def note(make: Callable[[Path], list[Ended]]) -> None:
        with tempfile.TemporaryDirectory() as folder:
            begun = time.monotonic()
            found = make(Path(folder))
            ended.extend(found)
            for each in found:
                print(f"{each.fault}: {each.row}; {each.said[:90]} {each.wrong.upper()}", flush=True)
            print(f"{time.monotonic() - begun:.1f} s", flush=True)

    with Press(PAPER) as twin:
        pages = [path for path in PAGES if only in f"page {path}"]
        for batch in [[path] for path in pages] if apart else [pages] if pages else []:
            note(lambda folder, batch=batch: faulty_pages(twin, folder, batch))  # type: ignore[misc]
        for kind in ("sitemap", "feed"):
            sources = [path for path in SOURCES if only in f"{kind} {path}"]
            for batch in [[path] for path in sources] if apart else [sources] if sources else []:
                note(lambda folder, batch=batch, kind=kind: faulty_sources(twin, folder, batch, kind))  # type: ignore[misc]
        for name, fault in MACHINE.items():
            if only in name:
                note(lambda folder, name=name, fault=fault: [Ended(name, *fault(twin, folder))])  # type: ignore[misc]
    return ended


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", default="", metavar="WORD", help="only faults whose name has this in it")
    parser.add_argument("--apart", action="store_true", help="each fault in a crawl of its own")
    options = parser.parse_args()
    ended = run(options.only, options.apart)
    print("\n| fault | row | said | peak MB |\n|---|---|---|---|")
    for each in ended:
        said = each.said.replace("|", "/").replace("\n", " ")[:120]
        print(f"| {each.fault} | {each.row} | {said}{f' **{each.wrong}**' if each.wrong else ''} | {each.peak_mb} |")
    wrong = [each for each in ended if each.wrong]
    most = max((each.peak_mb for each in ended), default=0)
    print(f"\n{len(ended)} faults, {len(wrong)} not as they should be; at most {most} MB")
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
