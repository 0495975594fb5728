"""Every judge says what it chose, from where, and why."""

from __future__ import annotations

from crawler.extraction import explain
from crawler.extraction.choice import judge
from crawler.extraction.declared.proposals import Proposal, Proposals, Verdict, spoken
from crawler.extraction.extract import Explanation
from tests.table import table

URL = "https://www.example.co.uk/news/lantern-parade-returns-to-the-quay-12345"
LEAD = "The parade has come back to the quay after four years, and with it some nine hundred lanterns."


def verdicts(head: str, above: str = "", body: str = f"<p>{LEAD}</p><p>{LEAD} Boats came too.</p>") -> Explanation:
    html = f"<html lang=en><head>{head}</head><body><article><h1>Lantern parade returns</h1>{above}{body}</article></body></html>"
    return explain(html, URL)


def test_every_judged_field_has_a_verdict_that_the_article_keeps() -> None:
    found = verdicts("<meta name=author content='Una Pell'>")
    for name, verdict in found.verdicts.items():
        assert getattr(found.article, name) == verdict.value, name
        assert verdict.why.rstrip(".") == verdict.why != "", name
        assert bool(verdict.source) == (verdict.value not in (None, "", ())), name


def test_a_refused_page_says_why_as_its_reason() -> None:
    found = explain("<html><body><h1>404: page not found</h1></body></html>", URL)
    assert found.article.reason == found.verdicts["kind"].why == "soft 404: the page says that it was not found"


CHOICES: list[tuple[str, str, str, str, str]] = [
    # field, head, above the text, source, why
    ("headline", "<meta property=og:title content='Parade is back'>", "", "printed.h1", "the printed heading"),
    ("authors", "<meta name=author content='Una Pell'>", "", "meta.author", "the meta element author; no person is printed"),
    (
        "authors",
        "<meta name=author content='Una Pell'>",
        "<p class=byline>By Una Pell</p>",
        "meta.author",
        "the meta element author, and the page prints the same name",
    ),
    (
        "authors",
        "<meta name=author content='Bo Lind'>",
        "<p class=byline>By Una Pell</p>",
        "printed.class.head",
        "printed; nothing printed names whom the meta element author does",
    ),
    ("language", "", "", "html.lang", "the language that the page's root element names"),
    (
        "canonical_url",
        f"<link rel=canonical href='{URL}'>",
        "",
        "link.canonical",
        "the link to the canonical address; no front page, no section",
    ),
    ("section", "<meta property=article:section content=News>", "", "meta.article:section",
     "the first name of a length a section has: the meta element article:section"),
]  # fmt: skip


@table(("field", "head", "above", "source", "why"), CHOICES)
def test_why(field: str, head: str, above: str, source: str, why: str) -> None:
    verdict = verdicts(head, above).verdicts[field]
    assert (verdict.source, verdict.why) == (source, why)


def test_a_cut_description_gives_way_to_the_whole_one() -> None:
    short = Proposal(f"{LEAD[:60]}...", "meta.og:description")
    proposals = Proposals(descriptions=[short, Proposal(LEAD, "meta.description")])
    assert judge.description(proposals) == Verdict(
        LEAD, "meta.description", "the meta element description, whose beginning the meta element og:description is"
    )


def test_a_title_loses_the_name_of_the_site_and_says_so() -> None:
    proposals = Proposals(headlines=[Proposal("Lantern parade returns | Quay News", "title")])
    assert judge.headline(proposals) == Verdict(
        "Lantern parade returns", "title", "no heading is printed; the title element, without the site's name"
    )


def test_nothing_proposed_is_a_verdict_too() -> None:
    assert judge.headline(Proposals()) == Verdict(None, "", "nothing was proposed")
    assert judge.is_free(Proposals()).value is None


@table(
    ("source", "words"),
    [
        ("jsonld.headline", "JSON-LD's headline"),
        ("meta.og:title", "the meta element og:title"),
        ("family.some-platform", "the platform's own rule"),
        ("printed.class.body", "the printed box that is named for authors (in the body)"),
        ("itemprop.datepublished", "the microdata's datepublished"),
        ("unheard.of", "unheard.of"),
    ],
)
def test_sources_in_plain_words(source: str, words: str) -> None:
    assert spoken(source) == words
