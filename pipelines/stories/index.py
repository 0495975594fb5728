"""Sketches in the store: an article's hashes, its agency, and the articles that share some hashes. Lookups are bounded.

Runs inside the caller's transaction. Of stories it only knows that articles of one story count once.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from pipelines.store.database import Row, Store
from pipelines.stories.sketch import TextWords, pack, sketch, unpack
from pipelines.text.bylines import parse_byline
from pipelines.text.lexicons.agencies import agency_length, agency_name, is_ambiguous_agency

POSTINGS = 48
"""Articles that are read for one hash, the newest: of thousands, these are enough."""

FIRST = 8
"""Articles that are looked at before the others: most hashes that are common are so by these, and are read no further."""

COMMON = 4
"""A hash in this many stories and single articles is boilerplate, background or a set phrase, and no evidence."""

LEAST_SHARED = 2
"""Hashes, without boilerplate, that two articles must share to be compared."""

CANDIDATES = 10
OF_ONE_STORY = 3
"""Articles that are compared word by word, and how many of them may be of one story."""

_POSTINGS = """
SELECT h.article_id, m.story_id, m.site_id FROM sketch_hashes h LEFT JOIN story_members m ON m.article_id = h.article_id
WHERE h.hash = ? ORDER BY h.article_id DESC LIMIT ?
"""
_AGENCIES = "SELECT agency FROM revision_authors WHERE revision_id = ? AND agency IS NOT NULL ORDER BY position"
_CREDITS = "SELECT credit FROM revision_images WHERE revision_id = ? AND credit IS NOT NULL ORDER BY position LIMIT 20"


@dataclass(frozen=True, slots=True)
class StoryCandidate:
    """An article that may carry the same copy."""

    article_id: int
    story_id: int | None
    common: float
    """Of the shared hashes, the part that occurs in many articles."""


def put_sketch(store: Store, article: Row, words: TextWords) -> tuple[int, ...]:
    """Compute and store an article's sketch (`id`, `latest_revision_id`, `byline`, `body`); returns its hashes."""
    article_id, revision_id = article["id"], article["latest_revision_id"]
    old, new = _hashes(store, article_id), sketch(words)
    _unlist(store, article_id, set(old) - set(new))
    _list(store, article_id, sorted(set(new) - set(old)))
    authors = [row["agency"] for row in store.rows(_AGENCIES, (revision_id,))]
    credited = [row["credit"] for row in store.rows(_CREDITS, (revision_id,))]
    named = {"agency": named_agency(article["byline"], authors, article["body"]), "credited": credited_agency(credited)}
    row = {"article_id": article_id, "revision_id": revision_id, "words": words.count, **named, "hashes": pack(new)}
    store.insert("sketches", row, on_conflict="REPLACE")
    return new


def drop_sketch(store: Store, article_id: int) -> None:
    _unlist(store, article_id, set(_hashes(store, article_id)))
    store.execute("DELETE FROM sketches WHERE article_id = ?", (article_id,))


def candidates(store: Store, article_id: int, hashes: tuple[int, ...]) -> list[StoryCandidate]:
    """The articles that share most with one, best first; a bounded number, of which few are of one story."""
    common, shared, stories = set(), Counter[int](), dict[int, int | None]()
    for value in hashes:
        for limit in (FIRST, POSTINGS):
            read = store.values(_POSTINGS, (value, limit))
            found = [posting for posting in read if posting[0] != article_id]
            is_common = len(found) >= COMMON and _copies_with_hash(found) >= COMMON
            if is_common or len(read) < limit:
                break
        if is_common:
            common.add(value)
            continue
        for other, story_id, _ in found:
            shared[other] += 1
            stories[other] = story_id
    taken, chosen = Counter[int](), list[StoryCandidate]()
    for other, count in sorted(shared.items(), key=lambda item: (-item[1], -item[0])):
        story_id = stories[other]
        if count < LEAST_SHARED or len(chosen) == CANDIDATES:
            break
        if story_id is None or taken[story_id] < OF_ONE_STORY:
            taken[story_id or 0] += 1
            chosen.append(StoryCandidate(other, story_id, _common_share(store, other, common, count)))
    return chosen


def _copies_with_hash(found: list[tuple[int, int | None, str | None]]) -> int:
    """Number of stories and single articles with a hash; a story counts as often as one paper is in it."""
    papers = Counter((story_id, site_id) for _, story_id, site_id in found if story_id)
    if not papers:
        return len(found)
    most: dict[int | None, int] = {}
    for (story_id, _), count in papers.items():
        most[story_id] = max(count, most.get(story_id, 0))
    return sum(most.values()) + len(found) - papers.total()


def _common_share(store: Store, other: int, common: set[int], rare: int) -> float:
    if not common:
        return 0.0
    both = len(common.intersection(_hashes(store, other)))
    return both / (both + rare)


def _hashes(store: Store, article_id: int) -> tuple[int, ...]:
    return unpack(store.value("SELECT hashes FROM sketches WHERE article_id = ?", (article_id,)) or b"")


def _list(store: Store, article_id: int, values: list[int]) -> None:
    if values:
        marks = ", ".join(["(?, ?)"] * len(values))
        pairs = [number for value in values for number in (value, article_id)]
        store.execute(f"INSERT OR IGNORE INTO sketch_hashes (hash, article_id) VALUES {marks}", pairs)  # noqa: S608 - marks only


def _unlist(store: Store, article_id: int, values: set[int]) -> None:
    for value in values:
        store.execute("DELETE FROM sketch_hashes WHERE hash = ? AND article_id = ?", (value, article_id))


_EDGE = 200
"""Characters at the beginning and at the end of a text that may contain an agency's line."""
_LINE = 90
"""Maximum length of such a line, if it is a paragraph of its own."""

_BRACKETED = re.compile(r"[(\[（【]([^()\[\]（）【】]{2,60})[)\]）】]")
_PARTS = re.compile(
    r"\s*(?:[/,;:|+&©]|\s[–—-]\s|\b(?:and|und|et|e|y|via|source|quelle|fonte|fuente|copyright)\b)\s*", re.IGNORECASE
)
_REPORTING_CREDIT = re.compile(r"\(?reporting by [^()]{3,300}?(?:editing|writing) by ", re.IGNORECASE)
_ATTRIBUTION = re.compile(
    r"\b(?:told|tells|sagte der|gegenüber der|à l[’']|à la|dijo a|dijo a la agencia|all[’'])\s?(?:the )?"
    r"((?:[^\W\d_][\w’'.-]{1,25}[ ,.)]{1,2}){1,5})"
)
_SERVICE_NAMES = ("ldrs", "local democracy reporting service")
_SERVICE = re.compile(r"\blocal democracy reporting service\b|\bthe LDRS\b|\bLDRS\b", re.IGNORECASE)
_TRIMMED = " \t\n.,;:()[]{}*_–—-©\"“”'’"


def named_agency(byline: str | None, authors: Iterable[str | None], body: str) -> str | None:
    """The short name of the agency that an article names; `authors` are the agencies of its authors."""
    for agency in authors:
        if agency:
            return agency
    if byline and (found := parse_byline(byline).agency):
        return found
    return _agency_of_lines(body) or _agency_of_text(body)


def credited_agency(printed: Iterable[str | None]) -> str | None:
    """The agency of most of an article's pictures."""
    counts = Counter(found for credit in printed if credit and (found := _first(_PARTS.split(credit[:200]))))
    return counts.most_common(1)[0][0] if counts else None


def _agency_of_lines(body: str) -> str | None:
    """The agency of an opening or closing line."""
    opening, closing = body[:_EDGE], body[-_EDGE:]
    for bracketed in (*_BRACKETED.findall(opening), *reversed(_BRACKETED.findall(closing))):
        if found := _first(_PARTS.split(bracketed)):
            return found
    lines = [line for line in (body[:_EDGE].split("\n")[0], closing.rstrip().rpartition("\n")[2]) if len(line) <= _LINE]
    for line in lines:
        if found := _first(_PARTS.split(line)):
            return found
    return "Reuters" if _REPORTING_CREDIT.search(body[-600:]) else None


def _agency_of_text(body: str) -> str | None:
    """The agency to which somebody in the text spoke."""
    read = body[:20_000]
    for match in _ATTRIBUTION.finditer(read):
        words = match[1].replace(",", " ").replace(".", " ").replace(")", " ").split()
        for start in (0, 1):
            length = agency_length([word.casefold() for word in words[start:]])
            if length and (found := _agency(" ".join(words[start : start + length]))):
                return found
    folded = read.casefold()  # a scan for two words costs a tenth of one by the pattern
    return "LDRS" if any(name in folded for name in _SERVICE_NAMES) and _SERVICE.search(read) else None


def _first(phrases: Iterable[str]) -> str | None:
    return next((found for phrase in phrases if (found := _agency(phrase))), None)


def _agency(phrase: str) -> str | None:
    """The agency named by a whole phrase; "PA" is one, "pa" is a word, and so is a line of capitals."""
    bare = phrase.strip(_TRIMMED)
    folded = bare.casefold()
    if is_ambiguous_agency(folded) and not bare.isupper():
        return None
    return agency_name(folded)
