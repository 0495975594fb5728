"""What the address of an article looks like."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawler.discovery.section import parse_section
from crawler.discovery.shape import Shape, article_shape, word_count
from pipelines.text.urls import article_key, canonicalize
from tests.table import table

OWN = Path(__file__).resolve().parents[2] / "corpus"
CORPUS = Path(__file__).resolve().parents[3] / "../shared/corpus"


@table(
    "path",
    [
        "/2025/03/07/fair-opens",
        "/news/2025/mar/07/fair-opens",
        "/2025/03/fair-opens-again/",
        "/politics/2025-03-07/fair.html",
        "/news/24931234.fair-opens-town/",
        "/news/fair-opens-town-31234567",
        "/fair-opens-1234567",
        "/article/379018",
        "/a/30657941.html",
        "/19765800/der-markt-oeffnet",
        "/sport/article242348272/Der-Markt.html",
        "/regional/der-markt-id_92942238.html",
        "/regionals/kerry/the-fair/a421600.html",
        "/news/articles/c4g0xyz12po",
        "/news/articles/clyxypzqpzro",
        "/article/20250121-QBJP5I25BBIG5IZ76XZN/",
        "/story/0a1b2c3d-0a1b-2c3d-4e5f-0a1b2c3d4e5f",
        "/storypage.php?autono=172475",
        "/?p=12345",
        "/2025/03/07/%D8%A7%D9%84%D8%B3%D9%88%D9%82/4943459",
        "/money/jobs/shop-hiring-1234567",
        "/archive/2025/03/07/2003825372",
    ],
)
def test_signed(path: str) -> None:
    assert article_shape(f"https://www.example.com{path}") is Shape.SIGNED


@table(
    "path",
    [
        "/the-fair-opens-in-town/",
        "/local/the_fair_opens_in_town.html",
        "/inland/flut-bilanz-im-tal-100.html",
        "/inland/flut-bilanz-tal-100.html",
        "/noticias/la-feria-abre-sus-puertas",
        "/privacy-fears-over-new-cameras/",
        "/schools/the-fair-opens-in-town/2025/11",
        "/nyheter/%E4%B8%9C%E4%BA%AC%E7%9A%84%E6%96%B0%E9%97%BB%E6%8A%A5%E9%81%93%E4%BB%8A%E5%A4%A9%E5%BC%80%E5%A7%8B%E4%BA%86%E5%90%97",
        "/service/privacy-policy-a6184181.html",
        "/news/author-jane-doe-13399.html",
    ],
)
def test_spelled(path: str) -> None:
    assert article_shape(f"https://www.example.com{path}") is Shape.SPELLED


@table(
    "path",
    [
        "/",
        "/news/",
        "/news/local-hubs/telford/",
        "/index.html",
        "/tag/some-long-tag-with-words/",
        "/topics/c8nq32jw5xyt",
        "/author/jane-doe-of-the-gazette-12345",
        "/autores/851-irina-perez",
        "/search?q=12345&id=12345",
        "/login?next=/news/fair-1234567",
        "/subscribe/offer-1234567",
        "/contact-us/",
        "/terms-and-conditions-of-use/",
        "/politique-de-confidentialite-du-site/",
        "/datenschutzerklaerung-fuer-unsere-leser/",
        "/sign-up-to-our-free-newsletter/",
        "/puzzles/sudoku-of-the-day-12345",
        "/e-paper/2025/03/07/page-one",
        "/jobs/12345678-van-driver-wanted",
        "/classifieds/12345678",
        "/podcasts/the-gazette-weekly-football-show/",
        "/videos/",
        "/archive/2025/03/07/",
        "/2025/03/",
        "/news/page/2/",
        "/news?page=2",
        "/people/12345678",
        "/?page_id=12345",
        "/images/some-long-name-of-a-picture-1234567.jpg",
        "/2025/03/07/report.pdf",
        "/feed/",
        "/2025/03/07/fair-opens/feed/",
        "/2025/03/07/fair-opens/comments/",
    ],
)
def test_none(path: str) -> None:
    assert article_shape(f"https://www.example.com{path}") is Shape.NONE


@pytest.mark.parametrize("path", ["/news/northern-ireland-news", "/food-and-drink/", "/uk-election-2024-results/"])
def test_short(path: str) -> None:
    assert article_shape(f"https://www.example.com{path}") is Shape.SHORT


def test_word_count() -> None:
    counts = {"a fair day": 3, "the-fair_opens": 3, "101 and 102": 1, "東京の新聞が報じた": 3, "": 0, "Größe": 1}
    assert {text: word_count(text) for text in counts} == counts


@settings(max_examples=100)
@given(st.text(max_size=200) | st.text(alphabet="0123456789/-_.abc%?&=", max_size=200).map("https://e.com/{}".format))
def test_never_raises(url: str) -> None:
    assert article_shape(url) in Shape


def rows_of(corpus: str) -> list[dict[str, Any]]:
    folder = OWN if corpus == "own" else CORPUS
    if not folder.is_dir():
        pytest.skip("the corpus of real pages is not beside this checkout")
    return [json.loads(line) for line in (folder / "truth.jsonl").read_text(encoding="utf-8").splitlines()]


@pytest.mark.parametrize("corpus", ["own", "real"])
def test_addresses_of_articles_are_known_for_such(corpus: str) -> None:
    rows = [row for row in rows_of(corpus) if row.get("kind") != "not_article"]
    missed = [row["url"] for row in rows if not _is_found(row["url"])]
    assert len(missed) <= 0.03 * len(rows), missed


def _is_found(url: str) -> bool:
    """Whether a card on a front page that leads there is taken for an article."""
    page = f"<main><h3><a href='{url}'>A headline of no less than seven words</a></h3></main>"
    front = "/".join(url.split("/")[:3]) + "/"
    found = parse_section(page, front).candidates
    return len(found) == 1 and (article_key(found[0].url) == article_key(url) or found[0].url == canonicalize(url))


def page_of(corpus: str, row: dict[str, Any]) -> bytes:
    if corpus == "own":
        return (OWN / f"{row['id']}.html").read_bytes()
    return gzip.decompress((CORPUS / f"pages/{row['id']}.html.gz").read_bytes())


@pytest.mark.parametrize(("corpus", "step", "fewest"), [("own", 1, 8), ("real", 20, 10)])
def test_pages_give_mostly_articles(corpus: str, step: int, fewest: int) -> None:
    """`fewest` candidates a page and more, from every page in so many, and none of them a menu's."""
    rows = rows_of(corpus)[::step]
    menus = ("/tag/", "/author/", "/category/", "/topic/", "/privacy", "/search", "/newsletters", "/login")
    found = [candidate.url for row in rows for candidate in parse_section(page_of(corpus, row), row["url"]).candidates]
    assert len(found) > fewest * len(rows)
    assert [url for url in found if any(menu in url for menu in menus)] == []
