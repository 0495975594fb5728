"""Text, furniture and the one form of an article."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.article import Article, Author, Fetch, Image, Kind
from pipelines.history.revisions import canonical_url, same_story
from pipelines.text import join_paragraphs, paragraphs, squash
from pipelines.text.boilerplate import Rule, is_furniture, rules
from pipelines.text.normalise import normalise
from tests.factories import BODY, URL, article, at
from tests.table import table

TEXT = st.text(max_size=200)


@table(
    ("raw", "clean"),
    [
        ("  two   words ", "two words"),
        ("no\u00a0break and\u2009thin", "no break and thin"),
        ("soft\u00adhyphen zero\u200bwidth \ufeffmark", "softhyphen zerowidth mark"),
        ("e\u0301tude", "étude"),
        ("bell\x07 and\x00 nul", "bell and nul"),
        ("lone \ud800 half", "lone \ufffd half"),
        ("keeps “quotes” … ½ and 5–4", "keeps “quotes” … ½ and 5–4"),
        ("می\u200cخواهم", "می\u200cخواهم"),
    ],
)
def test_squash(raw: str, clean: str) -> None:
    assert squash(raw) == clean


@given(TEXT)
def test_squash_is_stable(text: str) -> None:
    assert squash(squash(text)) == squash(text)
    assert paragraphs(join_paragraphs(paragraphs(text))) == paragraphs(text)


@table("rule", rules(), ids=lambda rule: f"{rule.name}-{rule.language}")
def test_each_rule_knows_its_example(rule: Rule) -> None:
    assert is_furniture(rule.example)


@table(
    "line",
    [
        "The council is not accepting comments on this article of the constitution.",
        "He was sentenced to 3 years.",
        "Follow-up work on the bridge is due in May.",
        "“Read more books,” she told the pupils.",
        "Video of the crash was shown to the jury.",
        "Plus points went to the home side.",
        "12 people commented.",
        "Share prices fell by 12 per cent.",
        "Print sales of the paper fell.",
        "Ads for vaping are banned.",
        "Subscribe to our view or not, the minister said, the plan stands.",
        "",
    ],
)
def test_sentences_are_no_furniture(line: str) -> None:
    assert not is_furniture(line)


@given(st.text(max_size=400))
def test_furniture_never_raises(text: str) -> None:
    assert is_furniture(text) in (True, False)


ARTICLES = st.builds(
    Article,
    url=st.one_of(TEXT, st.just(URL)),
    kind=st.sampled_from(list(Kind)),
    headline=st.none() | TEXT,
    description=st.none() | TEXT,
    body=st.text(alphabet=st.sampled_from("ab \n\u00a0\u200b.Plus"), max_size=300) | TEXT,
    byline=st.none() | TEXT,
    authors=st.lists(st.builds(Author, TEXT, st.none() | TEXT, st.none() | TEXT), max_size=4).map(tuple),
    topics=st.lists(TEXT, max_size=4).map(tuple),
    language=st.none() | TEXT | st.just("en_gb"),
    images=st.lists(st.builds(Image, st.none() | TEXT, st.none() | TEXT, st.none() | TEXT, st.none() | TEXT), max_size=4).map(
        tuple
    ),
)


@settings(max_examples=150)
@given(ARTICLES)
def test_normalise_is_idempotent(raw: Article) -> None:
    once = normalise(raw)
    assert normalise(once) == once


def test_what_never_counts() -> None:
    base = article()
    for other in (
        article(
            body=BODY.replace(" ", "\u00a0\u200b ").replace("\n\n", "\n\n\n") + "\n\n14 comments\n\nREAD MORE:\n\n3 min read"
        ),
        article(body="Fire at Cross Mill\n\n" + BODY),
        article(images=(Image("https://cdn.example/x/1.jpg?w=100&h=50", "alt", "Smoke over the mill", "Ann Other"),)),
        article(section="Sport", topics=("a",), language="de", is_accessible_for_free=False, modified=99),
        replace(base, fetch=Fetch(URL, at(99))),
    ):
        assert normalise(other).content_hash == base.content_hash


@table(
    ("old", "new"),
    [
        ("4.10am", "4.11am"),
        ("No one was", "One was"),
        ("hurt,", "hurt"),
        ("No one", "“No one”"),
        ("was shut", "was not shut"),
        ("’", "'"),
    ],
)
def test_what_always_counts(old: str, new: str) -> None:
    body = BODY.replace("said", "said’s")
    assert article(body).content_hash != article(body.replace(old, new)).content_hash


def test_order_of_paragraphs_counts() -> None:
    first, second, third = BODY.split("\n\n")
    assert article().content_hash != article("\n\n".join((second, first, third))).content_hash


@table(
    ("read", "canonical", "known_by"),
    [
        (URL, None, URL),
        (URL + "?page=2", URL, URL),
        ("https://m.paper.example/news/mill-fire", URL, URL),
        (URL, "https://paper.example/", URL),
        (URL, "https://sister.example/news/mill-fire", URL),
        ("https://paper.example/", "https://paper.example/", "https://paper.example/"),
    ],
)
def test_address(read: str, canonical: str | None, known_by: str) -> None:
    assert canonical_url(Article(read, canonical_url=canonical)) == known_by


def test_same_story() -> None:
    fire = article()
    assert same_story(fire, article(BODY + "\n\nA man of 40 was held on Friday.", headline="Man held over fire"))
    assert not same_story(fire, article("The council met on Monday to set its tax.", headline="Tax", description=None))
    assert not same_story(Article(URL), Article(URL))
