"""Iliffe's traps, on pages of invented news with the names of its template."""

from __future__ import annotations

from crawler.extraction import extract
from crawler.extraction.families import READERS
from pipelines.article import Article, Author

URL = "https://www.kentonline.co.uk/maidstone/news/tortoise-comes-home-312345/"
HEADLINE = "Tortoise comes home after thirty-eight years"
BODY = [
    "A tortoise that walked out of a garden in 1987 was handed in on Thursday, four streets away and in excellent health.",
    "The animal, called Gladstone, was known by a notch in its shell and by its liking for the leaves of the runner bean.",
    '"We had given up leaving the gate open," said Maud Ellery, who was nine years old when he went and is a judge now.',
]
TOP = f"""<h1>{HEADLINE}</h1><div class="Byline">By Percy Lockwood</div>
<div class="DateTime">Published: 11:20, 14 August 2025</div>"""
PICTURE = (
    """<div class="InlineImage"><img src="/t.jpg" alt=""><p class="Caption">Gladstone on Thursday. Picture: Una Frith</p></div>"""
)
PLUG = '<p>Read more: <a href="/news/2">Cat elected to parish council by one vote and two abstentions</a></p>'


def page(story: str, top: str = TOP) -> str:
    return f"""<html lang="en-GB"><head><title>{HEADLINE}</title></head><body>
<div id="ColLeft"><span class="CatKey">Maidstone</span>
{top}<div class="PageContent">{story}</div><h2>More news</h2><p><a href="/news/3">Dog resigns from the bowls club</a></p></div>
</body></html>"""


def read(html: str) -> Article:
    return extract(html, URL)


def test_story() -> None:
    story = f'<div class="PageStory pagestory"><p>{BODY[0]}</p>{PICTURE}<p>{BODY[1]}</p>{PLUG}<p>{BODY[2]}</p></div>'
    article = read(page(story))
    assert article.extractor == f"iliffe/1.{READERS}:2022"
    assert article.body.split("\n\n") == BODY
    assert article.authors == (Author("Percy Lockwood"),)
    # The clock of London in August.
    assert str(article.date_published) == "2025-08-14T10:20:00Z"
    assert [(image.caption, image.credit) for image in article.images] == [("Gladstone on Thursday.", "Una Frith")]
    assert article.section == "Maidstone"


def test_advertisements_cut_the_story_in_several() -> None:
    story = '<div class="AdSlot">Advertisement</div>'.join(f'<div class="PageStory"><p>{text}</p></div>' for text in BODY)
    assert read(page(story)).body.split("\n\n") == BODY


def test_a_paragraph_that_only_begins_like_a_plug_stays() -> None:
    line = "Read more slowly, was the advice that Gladstone's vet had for the crowd that came to hear of it on Friday evening."
    story = "".join(f"<p>{text}</p>" for text in (*BODY, line))
    assert read(page(f'<div class="PageStory">{story}</div>')).body.split("\n\n") == [*BODY, line]


def test_the_columns_second_heading_is_the_standfirst_above_the_text_only() -> None:
    standfirst = "Judge who lost him at nine takes him home in a hat box."
    story = f'<div class="PageStory">{"".join(f"<p>{text}</p>" for text in BODY)}</div>'
    assert read(page(story, f"<h1>{HEADLINE}</h1><h2>{standfirst}</h2>")).description == standfirst
    assert read(page(story)).description is None


def test_the_names_of_half_a_template_are_nobodys() -> None:
    html = page(f'<div class="PageStory"><p>{BODY[0]}</p></div>').replace("PageContent", "Content")
    assert read(html).extractor == f"generic/{READERS}"
