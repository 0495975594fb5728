"""What each contender makes of the corpus pages: one reader a process, one page after another, its processor time noted.

    python benchmarks/readers.py newsledger --corpus ../shared/corpus --out predictions.jsonl [--sample 100]

A prediction is a line of JSON with the keys that the corpus' scorer reads. Needs nothing but the reader's own package, so that
a peer can run in an environment of its own. Knows nothing of truth and scores.
"""

from __future__ import annotations

import argparse
import codecs
import gzip
import json
import re
import time
import warnings
from collections.abc import Callable, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

Prediction = dict[str, Any]
Reader = Callable[[bytes, str], Prediction]

WARM_UP = 3
"""Pages read once before the clock starts: compiled patterns, tables loaded on first use."""
_CHARSET = re.compile(rb"""charset\s*=\s*["']?\s*([a-zA-Z0-9_-]{2,40})""", re.IGNORECASE)


def newsledger() -> Reader:
    from crawler.extraction import extract
    from crawler.extraction.markup.page import collect_seldom
    from pipelines.text.normalise import normalise

    collect_seldom()  # as crawls, imports and reprocessing do

    def read(page: bytes, url: str) -> Prediction:
        article = normalise(extract(page, url))
        return {
            "headline": article.headline,
            "authors": [author.name for author in article.authors],
            "date_published": written(article.date_published),
            "date_modified": written(article.date_modified),
            "body": article.body,
            "standfirst": article.description,
            "topics": list(article.topics),
            "section": article.section,
            "images": [{"caption": image.caption, "credit": image.credit} for image in article.images],
            "url": article.canonical_url or article.url,
            "lang": article.language,
            "kind": str(article.kind),
            "extractor": article.extractor,
        }

    return read


def written(stamp: Any) -> str | None:
    """A `Timestamp` as precise as the page was: a day stays a day."""
    if stamp is None:
        return None
    text: str = stamp.instant.isoformat()
    return text[:10] if stamp.precision == "day" else text


def trafilatura() -> Reader:
    from trafilatura import bare_extraction

    def read(page: bytes, url: str) -> Prediction:
        found: Any = bare_extraction(page, url=url, with_metadata=True, include_comments=False)
        if found is None:
            return {}
        return {
            "headline": found.title,
            "authors": (found.author or "").split("; ") if found.author else [],
            "date_published": found.date,
            "body": found.text,
            "standfirst": found.description,
            "topics": [topic.strip() for tag in found.tags or () for topic in tag.split(",")],
            "url": found.url,
            "lang": found.language,
        }

    return read


def newspaper4k() -> Reader:
    from newspaper import Article, Config

    config = Config()
    config.fetch_images = False

    def read(page: bytes, url: str) -> Prediction:
        article = Article(url, config=config)
        article.download(input_html=text_of(page))
        article.parse()
        return {
            "headline": article.title,
            "authors": list(article.authors or ()),
            "date_published": article.publish_date and article.publish_date.isoformat(),
            "body": article.text,
            "standfirst": article.meta_description,
            "topics": list(dict.fromkeys([*(article.meta_keywords or ()), *(article.tags or ())])),
            "url": article.canonical_link,
            "lang": article.meta_lang,
        }

    return read


def newsplease() -> Reader:
    from newsplease import NewsPlease

    def read(page: bytes, url: str) -> Prediction:
        article = NewsPlease.from_html(text_of(page), url=url, fetch_images=False)
        return {
            "headline": article.title,
            "authors": list(article.authors or ()),
            "date_published": article.date_publish and article.date_publish.isoformat(),
            "body": article.maintext,
            "standfirst": article.description,
            "lang": article.language,
        }

    return read


READERS: dict[str, Callable[[], Reader]] = {
    "newsledger": newsledger,
    "trafilatura": trafilatura,
    "newspaper4k": newspaper4k,
    "newsplease": newsplease,
}
PACKAGES = {"newsplease": "news-please"}
"""The distribution of a reader, where its name is another."""


def text_of(page: bytes) -> str:
    """A page as text, for peers that take no bytes: UTF-8 if it is, else as it declares itself."""
    try:
        return page.decode("utf-8")
    except UnicodeDecodeError:
        found = _CHARSET.search(page[:4096])
        try:
            return page.decode(codecs.lookup(found.group(1).decode()).name if found else "cp1252", "replace")
        except (LookupError, UnicodeError):
            return page.decode("utf-8", "replace")


def spread(rows: Sequence[dict[str, Any]], sample: int | None) -> list[dict[str, Any]]:
    """So many rows, evenly spread over all of them and the same every time; all where no number is given."""
    if sample is None or sample >= len(rows):
        return list(rows)
    return [rows[number * len(rows) // sample] for number in range(sample)]


def rows_of(corpus: Path, sample: int | None) -> list[dict[str, Any]]:
    with (corpus / "truth.jsonl").open(encoding="utf-8") as lines:
        return spread([json.loads(line) for line in lines], sample)


def page_of(corpus: Path, row: dict[str, Any]) -> tuple[bytes, str]:
    """The page as its server sent it, and its absolute URL. Pages of our own are stored plainly, beside their truth."""
    url: str = row["url"]
    plain = corpus / f"{row['id']}.html"
    page = plain.read_bytes() if plain.is_file() else gzip.decompress((corpus / f"pages/{row['id']}.html.gz").read_bytes())
    return page, url if "://" in url else f"https://{url}"


def predict(read: Reader, corpus: Path, rows: Sequence[dict[str, Any]]) -> list[Prediction]:
    """One prediction a row with the processor time it took; a reader that raises has found nothing, and its error is kept."""
    for row in rows[:WARM_UP]:
        attempt(read, *page_of(corpus, row))
    predictions = []
    for row in rows:
        page, url = page_of(corpus, row)
        began = time.process_time()
        found = attempt(read, page, url)
        predictions.append({"id": row["id"], "ms": (time.process_time() - began) * 1000, **found})
    return predictions


def attempt(read: Reader, page: bytes, url: str) -> Prediction:
    try:
        return read(page, url)
    except Exception as error:  # peers may stumble over real pages; it counts as finding nothing
        return {"error": f"{type(error).__name__}: {error}"[:300]}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("reader", choices=READERS)
    parser.add_argument("--corpus", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--sample", type=int)
    options = parser.parse_args()
    warnings.simplefilter("ignore")
    predictions = predict(READERS[options.reader](), options.corpus, rows_of(options.corpus, options.sample))
    with options.out.open("w", encoding="utf-8") as lines:
        lines.writelines(json.dumps(prediction) + "\n" for prediction in predictions)
    print(json.dumps({"version": version(PACKAGES.get(options.reader, options.reader))}))


if __name__ == "__main__":
    main()
