"""What pages, lookups and searches of the viewer cost on a large ledger: once cold, then the median and the worst of many warm.

    python -m benchmarks.big_ledger /tmp/big/news.db
    python benchmarks/pages.py --db /tmp/big/news.db                # what pages are made of, and the pages, in this process
    python benchmarks/pages.py --db /tmp/big/news.db --with /tmp/big/other.db       # pages over both
    python benchmarks/pages.py --db /tmp/big/news.db --url http://127.0.0.1:8001    # the pages of a running `newsledger serve`

Cold: a fresh connection, and the file's pages dropped from the system's cache where it allows that (posix_fadvise). Each line
stands against what we promise ourselves; the exit code is 1 where the median of a line misses that.
"""

from __future__ import annotations

import argparse
import gc
import json
import os
import random
import re
import statistics
import sys
import time
import urllib.request
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from urllib.parse import quote, urlencode

from pipelines import stories
from pipelines.queries import activity, changes
from pipelines.queries import articles as queries
from pipelines.queries.changes import Filter
from pipelines.queries.removed import takedowns
from pipelines.queries.search import search
from pipelines.store.database import Row, Store
from pipelines.store.ledgers import Ledgers
from viewer.app import federated
from viewer.app.routes import respond
from viewer.http import Request
from viewer.repository import Repository

LOOKUP, QUERY, RARE, COMMON, PAGE = 1.0, 50.0, 20.0, 200.0, 150.0
"""What we promise ourselves, in milliseconds."""
SAMPLED = 400
"""Texts from which words to search for are taken."""


@dataclass(frozen=True, slots=True)
class Timed:
    """One line of the table."""

    name: str
    most: float
    work: Callable[[Store], object]


@dataclass(frozen=True, slots=True)
class Sample:
    """What of a ledger is asked for."""

    sites: dict[str, str]
    """giant, usual, small, quiet, empty: a site's id."""
    often: Row
    """The article with the most revisions."""
    urls: list[str]
    words: dict[str, str]
    """common, common too, usual, rare: what is searched for."""
    stories: list[int]
    region: str
    country: str
    facets: dict[str, list[str]]
    """author, topic, section: names of one article in a hundred."""
    day: str


def sample(store: Store, seed: int = 7) -> Sample:
    """Draw what is asked for; the same of the same ledger."""
    rng = random.Random(seed)
    sizes = list(store.rows("""SELECT s.id, s.region, s.country, coalesce((SELECT sum(n) FROM site_counts c WHERE c.site_id = s.id
        AND counted = 'revisions'), 0) AS n, (SELECT max(day) FROM day_counts d WHERE d.site_id = s.id) AS last
        FROM sites s ORDER BY n DESC, s.id"""))  # fmt: skip
    busy = [site for site in sizes if site["n"]]
    named = {"giant": sizes[0], "usual": busy[len(busy) // 2], "small": busy[-1], "empty": sizes[-1]}
    named["quiet"] = min(busy, key=lambda site: site["last"])
    last = store.value("SELECT max(id) FROM articles")
    articles = [store.row("SELECT * FROM articles WHERE id = ?", (rng.randrange(1, last + 1),)) for _ in range(100)]
    often = store.row("SELECT * FROM articles ORDER BY revision_count DESC LIMIT 1")
    assert often is not None
    facets = _facets(store, [row["latest_revision_id"] for row in articles if row])
    return Sample(
        {name: site["id"] for name, site in named.items()}, often, [row["url"] for row in articles if row], _words(store, rng),
        [row["id"] for row in store.rows("SELECT id FROM story_heads WHERE sites > 1 ORDER BY id LIMIT 100")],
        named["usual"]["region"], named["giant"]["country"], facets,
        str(store.value("SELECT substr(first_seen, 1, 10) FROM revisions WHERE id = ?", (last,))),
    )  # fmt: skip


def _facets(store: Store, revisions: list[int]) -> dict[str, list[str]]:
    """Names of authors, topics and sections that some revisions have."""
    some = "(SELECT value FROM json_each(?))"
    asked = {
        "author": f"SELECT DISTINCT name FROM revision_authors WHERE revision_id IN {some}",
        "topic": f"SELECT DISTINCT t.value FROM revisions r, json_each(r.topics) t WHERE r.id IN {some}",
        "section": f"SELECT DISTINCT section FROM revisions WHERE id IN {some} AND section <> ''",
    }
    found = {facet: [str(value) for (value,) in store.values(sql, (json.dumps(revisions),))] for facet, sql in asked.items()}
    return {facet: names[:20] for facet, names in found.items() if names}


def _words(store: Store, rng: random.Random) -> dict[str, str]:
    """Words that are in about half of all texts, in a hundredth, and in hardly any."""
    last, texts = store.value("SELECT max(id) FROM revisions"), Counter[str]()
    for _ in range(SAMPLED):
        body = store.value("SELECT body FROM revisions WHERE id = ?", (rng.randrange(1, last + 1),)) or ""
        texts.update(set(re.findall(r"[a-z]{2,}", body.lower())))
    by_share = sorted(texts, key=lambda word: abs(texts[word] / SAMPLED - 0.5))
    usual = min(texts, key=lambda word: abs(texts[word] / SAMPLED - 0.02))
    rare = re.findall(r"\w+\d{4}", store.value("SELECT body FROM revisions WHERE id = ?", (last // 2,)) or "") or [usual]
    return {"common": by_share[0], "common too": by_share[1], "usual": usual, "rare": rare[0]}


def functions(found: Sample) -> Iterator[Timed]:
    """What pages are made of."""
    urls, numbers, words = iter(found.urls * 1000), iter(found.stories * 1000 or [0] * 1000), found.words
    yield Timed("find an article by its URL", LOOKUP, lambda store: queries.find_article(store, next(urls)))
    yield Timed("find by a URL nobody has", LOOKUP, lambda store: queries.find_article(store, "https://nobody.example/a"))
    yield Timed("history, find included", LOOKUP, lambda store: _history(store, next(urls)))
    yield Timed("story", LOOKUP, lambda store: stories.story(store, next(numbers)))
    filters = {
        "all": Filter(), "silent": Filter(changes=("silent",)), "restored": Filter(changes=("restored",)),
        "the giant site": Filter((found.sites["giant"],)), "a small site": Filter((found.sites["small"],)),
        "a quiet site": Filter((found.sites["quiet"],)), "an empty site": Filter((found.sites["empty"],)),
        "a region": Filter(region=found.region), "a country": Filter(country=found.country),
        "a country, silent": Filter(country=found.country, changes=("silent",)),
        "a region, restored": Filter(region=found.region, changes=("restored",)),
        "an article": Filter(article_id=found.often["id"]), "a year ago": Filter(until="2025-01-05"),
    }  # fmt: skip
    for name, wanted in filters.items():
        yield Timed(f"latest, {name}", QUERY, partial(_latest, wanted=wanted))
    yield Timed("filters to choose from", QUERY, changes.filters)
    giant = found.sites["giant"]
    yield Timed("days of the giant site", QUERY, lambda store: activity.days(store, giant, "2025-01-01", "2025-12-31"))
    yield Timed("delays of the giant site", QUERY, lambda store: activity.delays(store, giant, 500))
    yield Timed("totals of the giant site", QUERY, lambda store: activity.totals(store, giant))
    yield Timed("totals of all", QUERY, activity.totals)
    yield Timed("latest stories", QUERY, lambda store: stories.latest(store, limit=50))
    yield Timed("newest takedowns", QUERY, lambda store: takedowns(store))
    yield Timed("takedowns of a quiet site", QUERY, lambda store: takedowns(store, site=found.sites["quiet"]))
    yield Timed(
        "view takedowns, newest", QUERY, lambda store: list(store.rows("SELECT * FROM takedowns ORDER BY at DESC LIMIT 50"))
    )
    yield Timed(
        "view site_health, a site", QUERY, lambda store: store.row("SELECT * FROM site_health WHERE site_id = ?", (giant,))
    )
    yield Timed("newsledger status", 1_000, queries.status)
    yield from _searches(found, words)


def _searches(found: Sample, words: dict[str, str]) -> Iterator[Timed]:
    common, both = words["common"], f"{words['common']} {words['common too']}"
    for name, text in (("rare", words["rare"]), ("rare and common", f"{words['rare']} {common}")):
        yield Timed(f"search, a {name} word", RARE if name == "rare" else COMMON, partial(search, words=text))
    year = {"since": "2025-03-01", "until": "2025-03-31"}
    for name, text, narrowed in (
        ("a usual word", words["usual"], {}), ("a usual and a common word", f"{words['usual']} {common}", {}),
        ("a common word", common, {}), ("two common words", both, {}), ("two common words, page 50", both, {"offset": 980}),
        ("a common word, the giant site", common, {"sites": [found.sites["giant"]]}),
        ("a common word, a small site", common, {"sites": [found.sites["small"]]}),
        ("a common word, a quiet site", common, {"sites": [found.sites["quiet"]]}),
        ("a common word, restored", common, {"changes": ["restored"]}), ("a common word, a month", common, year),
        ("a common word, a day", common, {"since": "2025-03-01", "until": "2025-03-01"}),
        ("two common words, site and month", both, {"sites": [found.sites["usual"]], **year}),
        ("a common phrase", f'"{both}"', {}), ("a beginning", f"{words['usual'][:5]}*", {}),
        ("a beginning of everything", f"{common[:1]}*", {}), ("a beginning of much", f"{common[:2]}*", {}),
    ):  # fmt: skip
        yield Timed(f"search, {name}", COMMON, partial(search, words=text, **narrowed))


def _history(store: Store, url: str) -> object:
    return queries.history(store, (queries.find_article(store, url) or {"id": 0})["id"])


def _latest(store: Store, wanted: Filter) -> object:
    return changes.latest(store, wanted, limit=61)


def addresses(found: Sample) -> Iterator[tuple[str, float, list[str]]]:
    """The pages, each under several addresses that are asked for in turn."""
    urls, words, giant = found.urls, found.words, quote(found.sites["giant"])
    yield "/", PAGE, ["/"]
    for query in ({"site": found.sites["quiet"]}, {"region": found.region}, {"country": found.country}, {"silent": "1"},
                  {"site": found.sites["giant"], "change": "restored"}):  # fmt: skip
        yield f"/?{'&'.join(query)}", PAGE, [f"/?{urlencode(query)}"]
    yield "/history/URL", PAGE, [f"/history/{url}" for url in urls]
    yield "/history/URL, 200 revisions", PAGE, [f"/history/{found.often['url']}"]
    yield "/diff/URL", PAGE, [f"/diff/{found.often['url']}", f"/diff/1..200/{found.often['url']}"]
    yield "/site/ID, the giant", PAGE, [f"/site/{giant}"]
    yield "/site/ID, a quiet one", PAGE, [f"/site/{quote(found.sites['quiet'])}"]
    yield "/sites", PAGE, ["/sites"]
    yield "/sites?sort=silent", PAGE, ["/sites?sort=silent"]
    for facet, names in found.facets.items():
        yield f"/{facet}/NAME", PAGE, [f"/{facet}/{quote(name, safe='')}" for name in names]
    yield "/compare, two", PAGE, [f"/compare?{urlencode([('site', found.sites['usual']), ('site', found.sites['small'])])}"]
    yield "/compare, the giant", PAGE, [f"/compare?{urlencode([('site', found.sites['usual']), ('site', found.sites['giant'])])}"]
    yield "/stories", PAGE, ["/stories"]
    yield "/stories?since", PAGE, [f"/stories?since={found.day}&until={found.day}"]
    yield "/?since, a day", PAGE, [f"/?since={found.day}&until={found.day}"]
    yield "/takedowns?site", PAGE, [f"/takedowns?site={giant}", f"/takedowns?site={quote(found.sites['quiet'])}"]
    yield "/feed.json?site", PAGE, [f"/feed.json?site={giant}"]
    yield "/story/ID", PAGE, [f"/story/{number}" for number in found.stories] or ["/story/1"]
    yield "/takedowns", PAGE, ["/takedowns"]
    yield "/feed.atom", PAGE, ["/feed.atom"]
    yield "/search, a rare word", PAGE, [f"/search?{urlencode({'q': words['rare']})}"]
    yield "/search, a common word", COMMON, [f"/search?{urlencode({'q': words['common']})}"]
    yield (
        "/search, two, of a site",
        COMMON,
        [f"/search?{urlencode({'q': words['common'] + ' ' + words['common too'], 'site': found.sites['usual']})}"],
    )


def pages(found: Sample, now: datetime) -> Iterator[Timed]:
    """The pages, answered in this process as the server answers them."""
    for name, most, targets in addresses(found):
        turn = iter(targets * 1000)
        yield Timed(name, most, lambda store, turn=turn: _page(store, next(turn), now))  # type: ignore[misc]


def _page(store: Store, target: str, now: datetime) -> bytes:
    with store.snapshot():
        request, repository, base = Request("GET", target, {}), Repository(store, lambda *_: None, now), "http://127.0.0.1:8001"
        several = isinstance(store, Ledgers)
        answer = federated.respond(request, repository, base, store) if several else respond(request, repository, base)
        assert answer is not None, target
        assert answer.status == 200 or (several and answer.status == 302), (target, answer.status)
        return answer.body


def served(found: Sample, url: str) -> Iterator[Timed]:
    """The pages of a server that runs."""
    for name, most, targets in addresses(found):
        turn = iter(targets * 1000)
        yield Timed(name, most, lambda _, turn=turn: urllib.request.urlopen(url + next(turn), timeout=60).read())  # type: ignore[misc]


@dataclass(frozen=True, slots=True)
class Took:
    """Milliseconds."""

    cold: float
    median: float
    worst: float
    cpu: float
    """Median of this process's own time on the processor: what the median would be on a machine that does nothing else."""
    slow_cpu: float
    """Of twenty the slowest but one."""


def measure(path: Path, timed: Timed, rounds: int, more: Sequence[Path] = ()) -> Took:
    """A line once cold, then so many times."""
    _forget(path)
    gc.collect()
    with Ledgers((path, *more)) if more else Store(path, readonly=True) as store:
        cold, _ = _once(store, timed)
        warm = [_once(store, timed) for _ in range(rounds)]
    walls, cpus = zip(*warm, strict=True)
    return Took(cold, statistics.median(walls), max(walls), statistics.median(cpus), sorted(cpus)[-1 - len(cpus) // 20])


def _once(store: Store, timed: Timed) -> tuple[float, float]:
    begun, cpu = time.perf_counter(), time.process_time()
    timed.work(store)
    return (time.perf_counter() - begun) * 1000, (time.process_time() - cpu) * 1000


def _forget(path: Path) -> None:
    """Ask the system to drop what it keeps of the file in memory."""
    if hasattr(os, "posix_fadvise"):
        with path.open("rb") as file:
            os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)


def main() -> None:
    """Measure, and print a table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--db", type=Path, required=True)
    parser.add_argument("--with", dest="more", action="append", type=Path, default=[], help="a ledger read with it as one: pages")
    parser.add_argument("--url", help="of a running `newsledger serve`; without, all is done in this process")
    parser.add_argument("--rounds", type=int, default=30)
    parser.add_argument("--only", default="", help="lines whose name holds this")
    options = parser.parse_args()
    with Store(options.db, readonly=True) as store:
        found = sample(store)
        now = datetime.fromisoformat(store.value("SELECT max(first_seen) FROM revisions")).astimezone(UTC)
    in_process = pages(found, now) if options.more else (*functions(found), *pages(found, now))
    lines = served(found, options.url) if options.url else in_process
    print(f"words: {found.words}\n\n| what | promised ms | cold ms | median ms | worst ms | CPU ms | p95 |\n{'|---' * 7}|")
    missed = 0
    for timed in lines:
        if options.only in timed.name:
            took = measure(options.db, timed, options.rounds, options.more)
            missed += took.median > timed.most
            mark = " **missed**" if took.median > timed.most else ""
            figures = f"{took.cold:,.1f} | {took.median:,.2f}{mark} | {took.worst:,.2f} | {took.cpu:,.1f} | {took.slow_cpu:,.1f}"
            print(f"| {timed.name} | {timed.most:,.0f} | {figures} |", flush=True)
    sys.exit(missed > 0)


if __name__ == "__main__":
    main()
