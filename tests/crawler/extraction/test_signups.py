"""Boxes that ask for an address or a vote, found by what they hold."""

from __future__ import annotations

import pytest

from crawler.extraction import extract
from tests.table import table

PROSE = (
    "The council voted on Thursday evening to close the bridge for six weeks from the first of May, after a long debate.",
    "Engineers told the meeting that two of its nine piers had been worn by the winter floods and must be cased in concrete.",
    "Traders on the far side said that they feared for their summer, and asked for a ferry to be paid for by the county.",
)


def page(box: str) -> str:
    first, second, third = (f"<p>{text}</p>" for text in PROSE)
    return f"<html><body><main><article><h1>Bridge to close</h1>{first}{box}{second}{third}</article></main></body></html>"


@table(
    "box",
    [
        '<div class="x1f"><p>Never miss a story</p><p>The day in your inbox.</p><input type="email"><button>Go</button></div>',
        '<div class="q7"><h3>Der Tag</h3><p>Jeden Morgen kostenlos.</p><a href="/newsletter/tag">Jetzt anmelden</a></div>',
        '<section><div><p>Las noticias del día</p></div><form><input type="EMAIL"></form></section>',
        '<div class="k2"><p>Is the council right?</p><button>Yes 41 %</button><button>No 59 %</button><i>312</i></div>',
        '<div><p>Wer siegt?</p><label><input type="radio">Die Stadt</label><label><input type="radio">Der Kreis</label></div>',
    ],
)
def test_a_box_that_asks_is_no_text(box: str) -> None:
    assert extract(page(box), "https://paper.example/news/bridge").body == "\n\n".join(PROSE)


def test_a_link_to_a_newsletter_within_a_paragraph_costs_it_nothing() -> None:
    marked = f"<p>{PROSE[0][:-1]}, as <a href='/newsletters/council'>our letter on the council</a> reported first last week.</p>"
    assert "our letter on the council" in extract(page(marked), "https://paper.example/news/bridge").body


def test_a_box_takes_no_short_paragraph_beside_it() -> None:
    short = "<div><p>Traders were told of it by letter in March.</p></div>"
    box = '<div><p>Never miss a story of the town</p><a href="/newsletters/town">Sign up</a></div>'
    got = extract(page(f"<div>{short}{box}</div>"), "https://paper.example/news/bridge").body
    assert got == "\n\n".join((PROSE[0], "Traders were told of it by letter in March.", *PROSE[1:]))


@pytest.mark.parametrize(
    "kept",
    [
        "<div><p>What comes next?</p><button>Share</button></div>",
        '<div><p>The town keeps its ferry until June.</p><input type="radio"><input type="radio"></div>',
    ],
)
def test_buttons_alone_ask_nothing(kept: str) -> None:
    said = kept.partition("<p>")[2].partition("</p>")[0]
    assert said in extract(page(kept), "https://paper.example/news/bridge").body


@table(
    ("sentence", "box"),
    [
        (
            "第{}に、橋は五月から六週間閉鎖されると町議会が決め、技師は橋脚が冬の増水で傷んだと述べた。",
            "<h4>橋の閉鎖に賛成ですか</h4><label><input type=radio>はい</label><label><input type=radio>いいえ</label>",
        ),
        (
            "第{}，镇议会周四晚上决定从五月起关闭大桥六个星期，工程师说两个桥墩在冬季洪水中受损严重。",
            "<p>订阅早报</p><input type=email>",
        ),
        (
            "{}. 읍의회는 오월부터 여섯 주 동안 다리를 닫기로 했고, 기사는 교각 두 개가 겨울 홍수로 닳았다고 말했다.",
            "<p>다리를 닫아야 할까요?</p><button>예</button><button>아니요</button>",
        ),
    ],
)
def test_a_box_in_a_short_article_of_a_dense_script_is_no_more_than_itself(sentence: str, box: str) -> None:
    body = [sentence.format(number) for number in range(1, 8)]
    first, *rest = (f"<p>{text}</p>" for text in body)
    text = f"<h1>橋の閉鎖</h1><div>{first}<div>{box}</div>{''.join(rest)}</div>"
    read = extract(f"<html><body><main><article>{text}</article></main></body></html>", "https://paper.example/news/bridge-6")
    assert read.body == "\n\n".join(body)
