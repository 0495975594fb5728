"""How right a reading of a page is: one score from 0 to 1 a measure, against what a person reads on the page.

The pages and their truth are in `tests/corpus`; its README says what each key of a row means. Knows nothing of floors.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any, TypeAlias
from urllib.parse import unquote

from crawler.extraction import extract
from pipelines.article import Article, Kind
from pipelines.text.dates import Timestamp
from pipelines.text.normalise import normalise

CORPUS = Path(__file__).resolve().parents[2] / "corpus"
Truth: TypeAlias = dict[str, Any]
SAME_INSTANT = timedelta(seconds=60)
SAME_CAPTION = 0.8
"""Share of words from which two captions are one."""
SAME_STANDFIRST = 0.9
_WORD = re.compile(r"[\u0e00-\u0eff\u3040-\u30ff\u3400-\u9fff]|[^\W_]+(?:[\u0300-\u036f\u0900-\u0963][^\W_]*)*")
"""A word, or one character of a script that writes none."""


def rows() -> list[Truth]:
    """One row a page."""
    with (CORPUS / "truth.jsonl").open(encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def page_of(row: Truth) -> bytes:
    return (CORPUS / f"{row['id']}.html").read_bytes()


def read(row: Truth) -> Article:
    """The page as it goes into the store, fetched when its row says, without what a site's definition would add."""
    fetched = datetime.fromisoformat(row["fetched"]) if "fetched" in row else None
    return normalise(extract(page_of(row), row["url"], fetched=fetched))


def words(text: str | None) -> list[str]:
    return _WORD.findall(unicodedata.normalize("NFKC", text or "").casefold())


def f1(found: int, superfluous: int, missing: int) -> float:
    return 2 * found / (2 * found + superfluous + missing) if found else 0.0


def likeness(one: str | None, other: str | None) -> float:
    """F1 over words, however often and in whatever order."""
    true, read_ = Counter(words(one)), Counter(words(other))
    shared = (true & read_).total()
    return f1(shared, read_.total() - shared, true.total() - shared)


def matched(true: Sequence[str], found: Iterable[str], is_same: Callable[[str, str], bool]) -> float:
    """F1 of two lists whose members are paired off one by one."""
    left = list(true)
    pairs = others = 0
    for one in found:
        twin = next((other for other in left if is_same(other, one)), None)
        if twin is None:
            others += 1
        else:
            left.remove(twin)
            pairs += 1
    return f1(pairs, others, len(left))


def is_same_time(true: str, found: Timestamp | None) -> bool:
    """At most a minute apart; where the page gives only a day, the same day in the page's own zone."""
    if found is None:
        return False
    if "T" in true:
        return found.precision != "day" and abs(found.instant - datetime.fromisoformat(true)) <= SAME_INSTANT
    return found.instant.date() == date.fromisoformat(true)


def _kind(truth: Truth, row: Truth, article: Article) -> float:
    return float(article.kind == row["kind"])


def _family(truth: Truth, row: Truth, article: Article) -> float | None:
    return None if row["kind"] == Kind.NOT_ARTICLE else float(article.extractor.partition("/")[0] == row["family"])


def _headline(truth: Truth, row: Truth, article: Article) -> float | None:
    return float(words(truth["headline"]) == words(article.headline)) if "headline" in truth else None


def _body(truth: Truth, row: Truth, article: Article) -> float | None:
    if "body" not in truth:
        return None
    return max(likeness(text, article.body) for text in (truth["body"], *truth.get("body_alts", ())))


def _snippets(truth: Truth, row: Truth, article: Article) -> float | None:
    """Share of the marked pieces of text that are there, or not there, as they should be."""
    body = f" {' '.join(words(article.body))} "
    there = [f" {' '.join(words(text))} " in body for text in truth.get("body_with", ())]
    away = [f" {' '.join(words(text))} " not in body for text in truth.get("body_without", ())]
    return (sum(there) / len(there) + sum(away) / len(away)) / 2 if there and away else None


def _authors(truth: Truth, row: Truth, article: Article) -> float | None:
    if "authors" not in truth and "no_authors" not in truth:
        return None
    return float({name.casefold() for name in truth.get("authors", ())} == {one.name.casefold() for one in article.authors})


def _people(truth: Truth, row: Truth, article: Article) -> float | None:
    """Share of the writers whose role and agency are right as well."""
    if "people" not in truth:
        return None
    true = [(one["name"], one["role"], one["agency"]) for one in truth["people"]]
    found = [(one.name, one.role, one.agency) for one in article.authors]
    return sum(one in found for one in true) / max(len(true), len(found))


def _published(truth: Truth, row: Truth, article: Article) -> float | None:
    return float(is_same_time(truth["date_published"], article.date_published)) if "date_published" in truth else None


def _modified(truth: Truth, row: Truth, article: Article) -> float | None:
    """A page that shows no update may say nothing, or its publication again."""
    if "date_modified" not in truth:
        return None
    if truth["date_modified"] is not None:
        return float(is_same_time(truth["date_modified"], article.date_modified))
    published = article.date_published
    return float(article.date_modified is None or (published is not None and article.date_modified.instant == published.instant))


def _standfirst(truth: Truth, row: Truth, article: Article) -> float | None:
    return float(likeness(truth["standfirst"], article.description) >= SAME_STANDFIRST) if "standfirst" in truth else None


def _captions(truth: Truth, row: Truth, article: Article) -> float | None:
    true = [one["caption"] for one in truth.get("images", ()) if one["caption"]]
    found = [one.caption for one in article.images if one.caption]
    return matched(true, found, lambda a, b: likeness(a, b) >= SAME_CAPTION) if true else None


def _credits(truth: Truth, row: Truth, article: Article) -> float | None:
    true = [name for one in truth.get("images", ()) for name in one["credit"]]
    found = [one.credit for one in article.images if one.credit]
    return matched(true, found, lambda a, b: words(a) == words(b)) if true else None


def _topics(truth: Truth, row: Truth, article: Article) -> float | None:
    return matched(truth["topics"], article.topics, lambda a, b: words(a) == words(b)) if "topics" in truth else None


def _section(truth: Truth, row: Truth, article: Article) -> float | None:
    return float(words(truth["section"]) == words(article.section)) if "section" in truth else None


def _url(truth: Truth, row: Truth, article: Article) -> float | None:
    """The address that the page calls its own; the host's "www." and a final slash are no difference."""
    if "url" not in truth:
        return None
    true, found = (
        re.sub(r"^https?://(?:www\.)?|/$", "", unquote(one)) for one in (truth["url"], article.canonical_url or article.url)
    )
    return float(true == found)


def _free(truth: Truth, row: Truth, article: Article) -> float | None:
    return float(article.is_accessible_for_free is truth["free"]) if "free" in truth else None


def _language(truth: Truth, row: Truth, article: Article) -> float | None:
    return float((article.language or "")[:2] == truth["language"]) if "language" in truth else None


MEASURES: dict[str, Callable[[Truth, Truth, Article], float | None]] = {
    "kind": _kind,
    "family": _family,
    "headline": _headline,
    "body": _body,
    "snippets": _snippets,
    "authors": _authors,
    "people": _people,
    "published": _published,
    "modified": _modified,
    "standfirst": _standfirst,
    "captions": _captions,
    "credits": _credits,
    "topics": _topics,
    "section": _section,
    "url": _url,
    "free": _free,
    "language": _language,
}
"""A measure is None on a page that has no truth for it."""


def scores(row: Truth, article: Article) -> dict[str, float]:
    """The page's score by measure, those measures that apply."""
    found = {name: measure(row["truth"], row, article) for name, measure in MEASURES.items()}
    return {name: score for name, score in found.items() if score is not None}
