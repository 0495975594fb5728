"""Are copies found and is nothing else, how fast, and what does one more article cost in a ledger of a million.

    python benchmarks/stories.py                              # synthetic wire copy, ours and datasketch's MinHash LSH
    python benchmarks/stories.py --corpus ../shared/corpus    # the same edits on real texts too
    python benchmarks/stories.py --million 1000000            # what one more article costs beside so many
    python benchmarks/stories.py --seed 7                     # another world; thresholds were set on seeds 1 to 4

Every pair is published as two articles of two papers, all in one ledger, in a random order, and `catch_up` takes them up as they
arrive. A pair is found where both are in one story. datasketch gets the same five-word shingles.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.wirecopy import EDITS, Pair, World, copies, edited, other_copies
from pipelines import stories
from pipelines.store.database import Store
from pipelines.store.rows import moment
from pipelines.stories.matching import overlap
from pipelines.stories.sketch import SIZE, words_of
from pipelines.stories.update import catch_up

T0 = datetime(2025, 3, 7, 8, tzinfo=UTC)
PAPERS = 60


def publish(store: Store, paper: int, body: str, when: datetime) -> int:
    """An article of one revision, without all that a crawl writes beside it."""
    site, stamp = f"paper-{paper}", moment(when)
    store.insert("sites", {"id": site, "name": site, "url": f"https://{site}.example/"}, on_conflict="IGNORE")
    number = (store.value("SELECT max(id) FROM articles") or 0) + 1
    url = f"https://{site}.example/{number}"
    seen = {"first_seen": stamp, "last_seen": stamp}
    row = {"site_id": site, "url": url, "url_key": url, "kind": "article", "date_published": stamp, "last_checked": stamp, **seen}
    article = store.insert("articles", row | {"revision_count": 1})
    said = {"headline": f"Story {number}", "body": body, "kind": "article", "content_hash": str(number), "extractor": "bench"}
    revision = store.insert("revisions", {"article_id": article, "number": 1, "change": "new", **said, **seen})
    store.update("articles", article, {"latest_revision_id": revision})
    return article


def ours(pairs: list[Pair], folder: Path) -> tuple[dict[int, int], float, list[tuple[int, int]]]:
    """Article -> story, processor seconds, and the two articles of each pair."""
    chance = random.Random("order")
    texts = [(at, side) for at in range(len(pairs)) for side in (0, 1)]
    chance.shuffle(texts)
    placed: dict[tuple[int, int], int] = {}
    with Store(folder / "news.db") as store:
        with store.transaction():
            for minute, (at, side) in enumerate(texts):
                paper = 2 * (at % (PAPERS // 2)) + side  # always two papers
                body = pairs[at].other if side else pairs[at].one
                placed[at, side] = publish(store, paper, body, T0 + timedelta(seconds=20 * minute))
        began = time.process_time()
        catch_up(store, T0)
        took = time.process_time() - began
        found = {row["article_id"]: row["story_id"] for row in store.rows("SELECT article_id, story_id FROM story_members")}
    return found, took, [(placed[at, 0], placed[at, 1]) for at in range(len(pairs))]


def theirs(pairs: list[Pair], threshold: float, permutations: int) -> tuple[set[int], int, float]:
    """Pairs that MinHash LSH finds, how many strangers it finds besides, and processor seconds.

    Each text is asked for before it is put in; what the index answers counts if the estimated Jaccard is as large as asked for.
    """
    from datasketch import MinHash, MinHashLSH

    began = time.process_time()
    index, kept = MinHashLSH(threshold=threshold, num_perm=permutations), {}
    found, strangers = set(), 0
    for at, pair in enumerate(pairs):
        for side, text in enumerate((pair.one, pair.other)):
            words = words_of(text).words
            made = MinHash(num_perm=permutations)
            made.update_batch([" ".join(words[start : start + 5]).encode() for start in range(max(1, len(words) - 4))])
            for key in index.query(made):
                if made.jaccard(kept[key]) >= threshold:
                    if key[0] == at:
                        found.add(at)
                    elif not pair.origin or pair.origin != pairs[key[0]].origin:
                        strangers += 1
            index.insert((at, side), made, check_duplication=False)
            kept[at, side] = made
    return found, strangers, time.process_time() - began


def score(pairs: list[Pair], found: set[int], strangers: int) -> tuple[float, float]:
    """Precision and recall of pairs; `strangers` are found pairs of two texts that have nothing to do with each other."""
    right = sum(pairs[at].copy for at in found)
    wrong = len(found) - right + strangers
    return right / max(1, right + wrong), right / max(1, sum(pair.copy for pair in pairs))


def strangers_in(found: dict[int, int], ids: list[tuple[int, int]], pairs: list[Pair]) -> int:
    """Pairs of articles in one story that belong to two pairs of different origin."""
    pair_of = {article: pairs[at].origin or at for at, both in enumerate(ids) for article in both}
    members = defaultdict(list)
    for article, story in found.items():
        members[story].append(pair_of[article])
    return sum(
        len(group) * (len(group) - 1) // 2 - sum(count * (count - 1) // 2 for count in Counter(group).values())
        for group in members.values()
    )


def report(name: str, pairs: list[Pair], *, peers: bool) -> None:
    with tempfile.TemporaryDirectory() as folder:
        groups, took, ids = ours(pairs, Path(folder))
    together = {at for at, (one, other) in enumerate(ids) if one in groups and groups[one] == groups.get(other)}
    strangers = strangers_in(groups, ids, pairs)
    precision, recall = score(pairs, together, strangers)
    print(f"\n{name}: {sum(p.copy for p in pairs)} copies, {sum(not p.copy for p in pairs)} other pairs")
    print("| finder | precision | recall | texts/s |\n|---|---|---|---|")
    print(f"| ours, in the ledger | {precision:.4f} | {recall:.4f} | {2 * len(pairs) / took:,.0f} |")
    if peers:
        for threshold, permutations in ((0.5, 128), (0.3, 128), (0.2, 128), (0.2, 256)):
            found, others, seconds = theirs(pairs, threshold, permutations)
            precision, recall = score(pairs, found, others)
            print(f"| MinHash LSH, threshold {threshold}, {permutations} permutations | {precision:.4f} | {recall:.4f} "
                  f"| {2 * len(pairs) / seconds:,.0f} |")  # fmt: skip
    by_kind: dict[tuple[bool, str], list[bool]] = defaultdict(list)
    for at, pair in enumerate(pairs):
        by_kind[pair.copy, pair.kind].append(at in together)
    worst = sorted((sum(hits) / len(hits), kind) for (is_copy, kind), hits in by_kind.items() if is_copy)[:5]
    print("least found:", "; ".join(f"{kind} {share:.3f}" for share, kind in worst))
    print("found though no copies:", "; ".join(f"{kind} {sum(hits)} of {len(hits)}" for (is_copy, kind), hits in by_kind.items()
                                               if not is_copy), f"; strangers {strangers}")  # fmt: skip


def real_pairs(corpus: Path, seed: int, each: int) -> list[Pair]:
    """The edits of `wirecopy`, done to the corpus' texts; what is added comes from another page of the same language."""
    rows = [json.loads(line) for line in (corpus / "truth.jsonl").open(encoding="utf-8")]
    texts = [(row["lang"], row["truth"]["body"].split("\n\n")) for row in rows if len(row["truth"].get("body") or "") > 900]
    texts = [(lang, parts) for lang, parts in texts if len(parts) >= 4]
    world, chance, third = World(seed), random.Random(seed), len(texts) // 3  # a third is left for pairs that are no copies
    pairs = []
    for name, edits in EDITS:
        for lang, parts in chance.sample(texts[third:], min(each, len(texts) - third)):
            others = (part for other, some in texts if other == lang and some is not parts for part in some)
            same = [part for part in others if len(part.split()) < 60]
            world.story = lambda *_, words=40, same=same, **__: _some(chance, same, words)  # type: ignore[method-assign]
            pairs.append(Pair(name, "\n\n".join(parts), edited(world, parts, edits), copy=True, origin=parts[0]))
    for _ in range(len(pairs) // 2):
        (_, one), (_, other) = chance.sample(texts[:third], 2)
        pairs.append(Pair("another page", "\n\n".join(one), "\n\n".join(other), copy=False, origin="page"))
    return pairs


def _some(chance: random.Random, paragraphs: list[str], words: int | None) -> list[str]:
    found: list[str] = []
    while paragraphs and sum(len(part.split()) for part in found) < (words or 40):
        found.append(chance.choice(paragraphs))
    return found


def near_in_corpus(corpus: Path) -> None:
    """Pages of the corpus that are copies of each other as they are: by the index, and by comparing each with each."""
    rows = [json.loads(line) for line in (corpus / "truth.jsonl").open(encoding="utf-8")]
    texts = {row["id"]: words_of(row["truth"]["body"]) for row in rows if row["truth"].get("body")}
    names = list(texts)
    pairs = [(a, b) for i, a in enumerate(names) for b in names[i + 1 :] if texts[a].different.keys() & texts[b].different.keys()]
    near = [(a, b) for a, b in pairs if overlap(texts[a], texts[b]).is_copy]
    print(f"\n{len(names)} pages with a text; {len(pairs)} pairs share five words, {len(near)} are the same copy: {near[:10]}")


def million(count: int) -> None:
    """Fill the sketches, then publish copies and others beside them."""
    with tempfile.TemporaryDirectory() as folder, Store(Path(folder) / "news.db") as store:
        store.execute("PRAGMA foreign_keys = OFF")
        store.execute("PRAGMA cache_size = -400000")
        began = time.perf_counter()
        _fill(store, count)
        store.execute("PRAGMA cache_size = -2000")
        size = {row["name"]: row["mb"] for row in store.rows(_SIZES)}
        print(f"\n{count:,} articles: {sum(size.values()):,.0f} MB ({', '.join(f'{n} {mb:,.0f}' for n, mb in size.items())}), "
              f"filled in {time.perf_counter() - began:.0f} s")  # fmt: skip
        world, took, wire = World(99), list[float](), list[str]()
        for number in range(300):
            wire = wire if number % 3 else world.story()
            text = edited(world, wire, world.chance.choice(EDITS)[1] if number % 3 else ())
            with store.transaction():
                publish(store, number % PAPERS, text, T0 + timedelta(minutes=number))
            began = time.process_time()
            catch_up(store, T0)
            took.append(1000 * (time.process_time() - began))
        joined = store.value("SELECT count(*) FROM story_members")
        took.sort()
        print(f"one more article, processor time: median {took[150]:.1f} ms, 95 % {took[285]:.1f} ms, most {took[-1]:.1f} ms")
        print(f"{joined} of 300 joined a story")
        began = time.process_time()
        for _ in range(200):
            stories.latest(store, limit=50)
        print(f"the list of stories: {5 * (time.process_time() - began):.2f} ms")


_SIZES = """
SELECT name, sum(pgsize) / 1e6 AS mb FROM dbstat WHERE name IN ('sketches', 'sketch_hashes') GROUP BY name
"""


def _fill(store: Store, count: int) -> None:
    """Sketches as of texts of 120 to 1,000 words, of which each tenth hash is one of 500 that thousands have.

    Sorted first, for to put 24 million in at random takes an hour; pages are fuller than they would be: add a third to the size.
    """
    store.insert("sites", {"id": "fill", "name": "Fill", "url": "https://fill.example/"}, on_conflict="IGNORE")
    row = {"site_id": "fill", "kind": "article", "first_seen": "", "last_seen": "", "last_checked": ""}
    store.insert("articles", {**row, "id": count, "url": "https://fill.example/", "url_key": "fill"})
    for sql in (_SKETCHES, _HASHES):
        with store.transaction():
            store.execute(sql, (count, SIZE)[: sql.count("?")])


_ARTICLES = "WITH RECURSIVE n(a) AS (SELECT 1 UNION ALL SELECT a + 1 FROM n WHERE a < ?)"
_SKETCHES = f"INSERT INTO sketches SELECT a, 0, 350, NULL, NULL, randomblob(96) FROM ({_ARTICLES} SELECT a FROM n)"
_HASHES = f"""
INSERT OR IGNORE INTO sketch_hashes SELECT h, a FROM (
    {_ARTICLES}, k(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM k WHERE i < ?)
    SELECT iif(abs(random()) % 10, abs(random()) % (100000000 + a % 10 * 75000000), abs(random()) % 500 * 200003) AS h, a
    FROM n, k
) ORDER BY h, a
"""


def synthetic(seed: int, each: int) -> Iterable[Pair]:
    world = World(seed)
    yield from copies(world, each)
    yield from other_copies(world, 8 * each)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seed", type=int, default=1001, help="the world; thresholds were set on others")
    parser.add_argument("--each", type=int, default=30, help="pairs of each combination of edits; eight times as many of others")
    parser.add_argument("--corpus", type=Path, help="the corpus' folder")
    parser.add_argument("--million", type=int, metavar="N", help="only: what one more article costs beside N")
    parser.add_argument("--no-peers", action="store_true", help="without datasketch")
    said = parser.parse_args()
    if said.million:
        million(said.million)
        return
    report("Synthetic wire copy", list(synthetic(said.seed, said.each)), peers=not said.no_peers)
    if said.corpus:
        report("Corpus texts, edited", real_pairs(said.corpus, said.seed, max(2, said.each // 3)), peers=not said.no_peers)
        near_in_corpus(said.corpus)


if __name__ == "__main__":
    main()
