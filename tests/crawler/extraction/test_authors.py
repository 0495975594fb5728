"""Whom a page names as its writers, and which line printed them."""

from __future__ import annotations

from crawler.extraction import explain, extract
from crawler.extraction.choice.authors import SiteAuthors, authors_of
from crawler.extraction.declared.proposals import Proposal, Proposals
from crawler.extraction.declared.titles import site_names
from pipelines.article import Author, AuthorKind
from tests.table import table

URL = "https://www.example.co.uk/news/local-news/lantern-parade-returns-to-the-quay-7654321"
TEXT = "<p>" + "The lantern parade came back to the quay on Saturday, after four years away. " * 4 + "</p>"


def page(head: str = "", top: str = "", body_class: str = "") -> str:
    return (
        f"<html lang=en><head>{head}</head><body class='{body_class}'><article><h1>Lantern parade returns to the quay</h1>"
        f"{top}<div class=story-body>{TEXT * 3}</div></article></body></html>"
    )


def ld(author: str) -> str:
    fields = f'"@type": "NewsArticle", "headline": "Lantern parade", "author": {author}'
    return f'<script type="application/ld+json">{{{fields}}}</script>'


@table(
    ("html", "names"),
    [
        # a box for each writer, and none around them
        (page(top="<div><span class=author>Una Pell</span> <span class=author>Bo Lind</span></div>"), ["Una Pell", "Bo Lind"]),
        (page(top="<div><b class=byline>Una Pell</b><b class=byline>Una Pell</b></div>"), ["Una Pell"]),
        # a biography below the text names nobody else
        (
            page("<meta name=author content='هدى السالم'>").replace(
                "</article>", "<div class=author-bio><p>هدى السالم صحفية تكتب عن الموانئ.</p></div></article>"
            ),
            ["هدى السالم"],
        ),
        # one text for several
        (page(ld('"Una Pell and Bo Lind"')), ["Una Pell", "Bo Lind"]),
        (page(ld('{"@type": "Person", "name": "Una Pell, Bo Lind"}')), ["Una Pell", "Bo Lind"]),
        (page(ld('[{"name": "Una Pell"}, {"@type": "Organization", "name": "Quay Mail"}]')), ["Una Pell"]),
        (page("<meta name=author content='desk@quaymail.co.uk (Una Pell)'>"), ["Una Pell"]),
        (page("<meta name=author content='una.pell'>"), ["Una Pell"]),
        (
            page(
                "<meta name=dc.creator content='Una Pell'><meta name=citation_authors content='Una Pell'>"
                "<meta name=citation_authors content='Bo Lind'>"
            ),
            ["Una Pell", "Bo Lind"],
        ),
        # the classes of the body element tell of the page, not of what stands in it
        (page(top="<div class=x1><a href='/author/una-pell'>Una Pell</a></div>", body_class="recirc-sidebar"), ["Una Pell"]),
        # nobody
        (page(ld('"Quay Gazette Staff"')), []),
        (page(top="<p class=byline>By Court Reporter</p>"), []),
    ],
)
def test_names(html: str, names: list[str]) -> None:
    persons = [author for author in extract(html, URL).authors if author.kind is AuthorKind.PERSON]
    assert [author.name for author in persons] == names


def test_a_family_knows_the_byline_better_than_a_box() -> None:
    proposals = Proposals(
        bylines=[
            Proposal("Una Pell", "printed.class.head"),
            Proposal("By contributor Una Pell, PA Political Correspondent", "family.some-platform"),
        ]
    )
    byline, authors = authors_of(proposals, SiteAuthors())
    assert (byline.value, byline.source) == ("By contributor Una Pell, PA Political Correspondent", "family.some-platform")
    assert [(one.name, one.role, one.agency) for one in authors.value] == [("Una Pell", "Political Correspondent", "PA")]


def test_the_house_is_no_writer() -> None:
    proposals = Proposals(bylines=[Proposal("Quay Mail", "jsonld.author"), Proposal("Una Pell", "meta.author")])
    house = SiteAuthors(None, site_names(None, "https://www.quaymail.co.uk/news/a"))
    assert [author.name for author in authors_of(proposals, house)[1].value] == ["Una Pell"]


def test_why_no_person() -> None:
    found = explain(page(top="<p class=byline>By Court Reporter</p>"), URL)
    assert found.verdicts["authors"].value == (Author("Court Reporter", kind=AuthorKind.ORGANISATION),)
    assert found.verdicts["authors"].why.endswith("no person is named")
    assert found.verdicts["byline"].value == "By Court Reporter"
