"""What pages of many systems and languages print around an article, one shape a case: shapes.toml, and charsets."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

from crawler.catalogue.site import Site
from crawler.extraction import extract
from pipelines.article import Article, AuthorKind, Timestamp
from tests.table import table

URL = "https://www.harnbypost.example/news/old-ferry-slip-5123407"
HEADLINE = "Old ferry slip at Harnby to reopen in spring"
LINES = (
    "The old ferry slip at Harnby will reopen in the spring, nine years after a storm tore away its lower steps and railings.",
    "Work began in January and has cost the harbour trust 1.2 million pounds, of which a third was raised by local families.",
    "Anders Holt, who chairs the trust, said the first boats would be let back on to the water before the school holidays.",
    "The slip was built in 1888 and has carried passengers, sheep and for one summer a travelling circus across the sound.",
)
FIRST, *OTHERS = (f"<p>{line}</p>" for line in LINES)
REST = "".join(OTHERS)
WORDS = {"{headline}": HEADLINE, "{text}": FIRST + REST, "{first}": FIRST, "{rest}": REST}
SHAPES: list[dict[str, Any]] = tomllib.loads(Path(__file__).with_name("shapes.toml").read_text(encoding="utf-8"))["shape"]


def filled(text: str) -> str:
    for name, meant in WORDS.items():
        text = text.replace(name, meant)
    return text


def page_of(shape: dict[str, Any]) -> str:
    head, above, below = (filled(shape.get(part, "")) for part in ("head", "above", "below"))
    inside = filled(shape.get("inside", "{text}"))
    return (
        f"<!doctype html><html lang=en-GB><head><meta charset=utf-8><title>{HEADLINE}</title>{head}</head><body>"
        f"<header><a href='/'>Harnby Post</a></header><main><article><h1>{HEADLINE}</h1>{above}{inside}{below}</article></main>"
        "<footer><p>Copyright Harnby Post</p></footer></body></html>"
    )


def written(stamp: Timestamp | None) -> str:
    if stamp is None:
        return ""
    return stamp.day.isoformat() if len(stamp.isoformat()) == 10 else stamp.instant.isoformat().removesuffix("+00:00")


READ: dict[str, Callable[[Article], Any]] = {
    "published": lambda article: written(article.date_published),
    "modified": lambda article: written(article.date_modified),
    "authors": lambda article: [author.name for author in article.authors],
    "organisations": lambda article: [author.name for author in article.authors if author.kind is AuthorKind.ORGANISATION],
    "topics": lambda article: list(article.topics),
    "images": lambda article: [image.url for image in article.images],
    "captions": lambda article: [[image.caption or "", image.credit or ""] for image in article.images],
    "canonical": lambda article: article.canonical_url or "",
    "headline": lambda article: article.headline,
}


@table("shape", SHAPES, ids=[f"{shape['kind']}: {shape['name']}" for shape in SHAPES])
def test_shapes(shape: dict[str, Any]) -> None:
    site = None
    if "timezone" in shape:
        site = Site(
            id="harnby", name="Harnby Post", url="https://www.harnbypost.example/", timezone=shape["timezone"], language="en"
        )
    article = extract(page_of(shape), shape.get("url", URL), site, fetched=shape.get("fetched"))
    expected = {field: filled(want) if isinstance(want, str) else want for field, want in shape["expect"].items()}
    assert {field: READ[field](article) for field in expected} == expected


RUSSIAN = "Старый причал в Харнби снова откроется весной, через девять лет после того, как шторм снёс его нижние ступени. "
CHINESE = "哈恩比的旧渡口将在春天重新开放，九年前一场风暴卷走了它下面的台阶和栏杆，当地居民一直希望能够恢复摆渡。"
JAPANESE = "ハーンビーの古い渡し場が春に再開される。嵐で下の階段と手すりが失われてから九年になる。工事は一月に始まった。"
POLISH = "Stara przystań promowa w Harnby zostanie otwarta wiosną, dziewięć lat po tym, jak sztorm zerwał jej dolne stopnie. "
GREEK = "Η παλιά αποβάθρα του Χάρνμπι θα ανοίξει ξανά την άνοιξη, εννέα χρόνια μετά την καταιγίδα που παρέσυρε τα σκαλιά της. "
ENGLISH = "“The café on the slip cost £1.2m,” said the trust’s chair — a sum that he called naïve, and the board agreed. "


@table(
    "text,encoding,declared,language,header",
    [
        (ENGLISH, "cp1252", "utf-8", "en", None),
        (ENGLISH, "cp1252", "", "en", "text/html; charset=utf-8"),
        (ENGLISH, "utf-8", "", "en", "text/html; charset=ISO-8859-1"),
        (ENGLISH, "utf-8", "iso-8859-1", "en", None),
        (ENGLISH, "utf-8", "utf-16", "en", None),
        (ENGLISH, "utf-8", "UTF-16LE", "en", None),
        (ENGLISH, "utf-8", "utf8mb4", "en", None),
        (ENGLISH, "utf-8", "", "", None),
        (ENGLISH, "cp1252", "", "", None),
        (ENGLISH, "utf-16", "", "", None),
        (ENGLISH, "utf-16-le", "", "", None),
        (ENGLISH, "utf-16-be", "", "", "text/html; charset=utf-16be"),
        (RUSSIAN, "cp1251", "", "", None),
        (RUSSIAN, "cp1251", "utf-8", "", None),
        (RUSSIAN, "cp1251", "", "", "text/html; charset=iso-8859-1"),
        (RUSSIAN, "cp1251", "", "ru", None),
        (RUSSIAN, "koi8_r", "koi8-r", "", None),
        (RUSSIAN, "koi8_r", "", "", None),
        (CHINESE, "gb18030", "", "", None),
        (CHINESE, "gbk", "utf-8", "", None),
        (CHINESE, "gbk", "gb2312", "", None),
        (CHINESE, "utf-8", "gbk", "", None),
        (JAPANESE, "cp932", "Shift_JIS", "", None),
        (JAPANESE, "cp932", "", "ja", None),
        (JAPANESE, "euc_jp", "", "ja", None),
        (JAPANESE, "cp932", "", "", None),
        (JAPANESE, "euc_jp", "", "", None),
        (POLISH, "iso8859_2", "iso-8859-2", "", None),
        (POLISH, "cp1250", "", "pl", None),
        (POLISH, "cp1250", "utf-8", "pl", None),
        (GREEK, "cp1253", "", "el", None),
        (GREEK, "iso8859_7", "iso-8859-7", "", None),
    ],
)
def test_charsets(text: str, encoding: str, declared: str, language: str, header: str | None) -> None:
    meta = f"<meta http-equiv=Content-Type content='text/html; charset={declared}'>" if declared else ""
    styles = f"<style>{'b { color: red } ' * 400}</style>"
    lang = f" lang={language}" if language else ""
    html = (
        f"<html{lang}><head>{styles}{meta}<title>Harnby</title></head><body><article><h1>Harnby</h1><p>{text * 3}</p></article>"
    )
    assert extract(html.encode(encoding), URL, content_type=header).body == (text * 3).strip()
