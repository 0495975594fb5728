"""Recall in many languages: each word and phrase that a scan of the texts finds is found by the index, and nothing else."""

from __future__ import annotations

import random
import re
import unicodedata
from collections.abc import Iterator

import pytest

from pipelines.article import Author, Image
from pipelines.queries.search import search
from pipelines.store.database import Store
from pipelines.text import folding
from tests.factories import article, new_ledger, new_store
from tests.table import table

TEXTS = {
    "en": [
        "The harbourmaster's café re-opened on the quay.",
        "Don’t cross the weir, the mayor’s office said, while it’s in flood.",
    ],
    "de": [
        "Die Straße nach Gießhübel bleibt gesperrt, weil der Fluß über die Ufer trat.",
        "Zwei Schüler aus Düren größer als ihr Maß.",
    ],
    "da": ["Søen ved Ærøskøbing blev drænet, da årets første frost kom.", "Bådene lå på fjorden, og færgen sejlede ikke."],
    "pl": ["Łódź zamknęła most na Wiśle, a żółte tramwaje stanęły.", "Źródła miasta mówią, że święto się odbędzie."],
    "tr": ["Iğdır'da ışıklar söndü, İstanbul'da yağmur başladı.", "Kırklareli ilçesinde çiftçiler yürüdü."],
    "el": ["Ο δήμος έκλεισε τη γέφυρα για τους οδηγούς.", "Οι ψαράδες της Καλαμάτας ζήτησαν βοήθεια."],
    "ru": ["Мэр объявил, что ёлка на площади зажжётся раньше.", "Жители посёлка ждут новый мост через реку."],
    "ja": ["東京都の橋が閉鎖された。大阪市では祭りが開かれる。", "ＮＨＫによると、町の図書館は来週再開する。"],
    "zh": ["市政府宣布大桥将于下周关闭。居民表示支持。", "图书馆在经过维修之后重新开放，学生们很高兴。"],
    "ko": ["서울시는 다리를 닫는다고 밝혔다. 시민들은 기다렸다.", "도서관이 다음 주에 다시 문을 연다."],
    "th": ["เทศบาลปิดสะพานข้ามแม่น้ำในวันจันทร์", "ชาวบ้านขอให้เปิดห้องสมุดอีกครั้ง"],
    "ar": ["أعلن رئيس البلدية إغلاق الجسر.", "قال السكان إنّ المكتبة ستُفتح غدًا."],
    "hi": ["नगर निगम ने पुल बंद कर दिया।", "पुस्तकालय अगले हफ़्ते खुलेगा, लोगों ने कहा।"],
}
_UNSPACED = frozenset({"ja", "zh", "ko", "th"})


@pytest.fixture(scope="module")
def ledger(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """An article for each text, and one of captions, topics and names."""
    with new_store(tmp_path_factory.mktemp("recall")) as store:
        writer = new_ledger(store)
        for number, text in enumerate(text for texts in TEXTS.values() for text in texts):
            url = f"https://paper.example/{number}"
            writer.record(article(text, url=url, headline=f"Nr {number}", description=None, byline=None, authors=(), images=()))
        picture = Image("https://paper.example/p.jpg", "Fjorden i Tromsø", "浅草の雷門", "Zoë Łukasik")
        beside = {"authors": (Author("Bjørn Þorláksson"),), "topics": ("Kłodzko", "防災"), "images": (picture,), "byline": None}
        writer.record(article("Nothing.", url="https://paper.example/news/swing-bridge-shut", headline="Beside", **beside))
    with Store(store.path, readonly=True) as opened:
        yield opened


def _asked(language: str, rng: random.Random) -> Iterator[tuple[str, bool]]:
    """Words and phrases of a language's texts as people type them, and whether they are words between spaces."""
    for text in TEXTS[language]:
        words = re.findall(r"[^\s.,。，、।]+", text)
        if language in _UNSPACED:
            runs = [run for run in folding.RUN.findall(text) if len(run) > 1]
            for length in (1, 2, 2, 2, 2, 2, 3, 4):
                run = rng.choice(runs)
                starts = [start for start in range(max(1, len(run) - length + 1)) if run[start].isalnum()]
                start = rng.choice(starts)
                yield run[start : start + length], False
        else:
            yield from ((rng.choice((word, word.upper(), word.lower())), True) for word in rng.sample(words, min(6, len(words))))
            yield '"' + " ".join(words[:3]) + '"', True


def _scan(typed: str, *, is_word: bool) -> set[str]:
    """Headlines of the articles whose text holds it, read without index."""
    texts = enumerate(text for texts in TEXTS.values() for text in texts)
    if is_word:
        return {f"Nr {number}" for number, text in texts if _words(typed) in _words(text)}
    return {f"Nr {number}" for number, text in texts if folding.key(typed) in folding.key(text)}


def _words(text: str) -> str:
    """A text as its words, a space around each; vowel signs are letters."""
    chars = (char if char.isalnum() or unicodedata.category(char).startswith("M") else " " for char in folding.key(text))
    return f" {' '.join(''.join(chars).split())} "


@table("language", list(TEXTS))
def test_what_a_scan_finds_is_found(ledger: Store, language: str) -> None:
    for typed, is_word in _asked(language, random.Random(language)):
        found = search(ledger, typed, limit=100)
        assert {hit.headline for hit in found.hits} - {"Beside"} == _scan(typed, is_word=is_word), typed
        for hit in found.hits:
            marked = folding.key("".join(text for text, is_hit in hit.snippet if is_hit))
            assert folding.key(typed.strip('"')).split()[0].strip("'’")[:1] in marked, (typed, hit.snippet)


@table(
    "typed",
    [
        "tromso fjorden", "雷門", "caption:lukasik", "zoe", "bjorn thorlaksson", "author:Þorláksson", "klodzko", "topic:防災",
        "災", "swing bridge", "url:swing-bridge-shut", "https://paper.example/news/swing-bridge-shut", "nothing bjørn 浅草",
    ],
)  # fmt: skip
def test_what_stands_beside_the_text_is_found(ledger: Store, typed: str) -> None:
    assert [hit.headline for hit in search(ledger, typed).hits] == ["Beside"]


@table("typed", ["headline:tromso", "author:klodzko", "caption:swing", "body:beside", "topic:雷門"])
def test_a_field_is_searched_alone(ledger: Store, typed: str) -> None:
    assert search(ledger, typed).hits == ()
