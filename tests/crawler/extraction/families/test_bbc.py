"""BBC News's traps, on pages of invented news in the shape of its blocks."""

from __future__ import annotations

from crawler.extraction import extract
from crawler.extraction.families import READERS
from pipelines.article import Article, Author

URL = "https://www.bbc.co.uk/news/articles/c1a2b3c4d5eo"
BODY = [
    "Twelve sheep were taken off a river island by fire crews in two small boats on Saturday, after the water rose overnight.",
    "The ewes had been grazing below the old weir since August, and would not come when they were called.",
    "What happens next",
    "They spend the winter on higher ground, said their owner, who thanked the crews for their patience and their biscuits.",
]
JSON_LD = """<script type="application/ld+json">{"@type":"NewsArticle","headline":"Sheep taken off island by boat",
"datePublished":"2026-04-18T09:12:31.000Z","dateModified":"2026-04-19T11:16:53.545Z","author":[{"@type":"Organization",
"name":"BBC News"}]}</script>"""
PUBLISHED = '<meta name="cXenseParse:publishtime" content="2026-04-18T09:12:31.000Z">'
DATA = """<script id="__NEXT_DATA__" type="application/json">{"props":{"pageProps":{"page":{"article":{"contents":[],
"metadata":{"firstPublished":1776503551000,"lastPublished":1776597413545,"lastUpdated":1776639309000}},
"cards":[{"metadata":{"lastUpdated":1776640000000}}]}}}}</script>"""


def block(name: str, inner: str) -> str:
    return f'<div data-component="{name}" class="sc-9cd5bb24-0 x"><div class="sc-cd6075cf-0 y">{inner}</div></div>'


def contributor(number: int, name: str, *lines: str) -> str:
    below = "".join(f'<span class="sc-e56a85d5-9 r">{line}</span>' for line in lines)
    return f"""<div data-testid="byline-contributors-contributor-{number}" class="sc-e56a85d5-5"><div class="sc-e56a85d5-7">
<span class="sc-e56a85d5-8">{name}</span>{below}</div></div>"""


def page(head: str, *contributors: str) -> str:
    texts = [block("text-block", f'<p class="sc-1a18e57c-0">{text}</p>') for text in BODY]
    texts[2] = block("subheadline-block", f'<h2 class="sc-64c6ac20-0">{BODY[2]}</h2>')
    links = block(
        "links-block",
        '<div data-testid="links-grid"><a href="/news/articles/c9"><p>Goat rides bus to the seaside and is met by its owner, '
        "who had been looking for it since Wednesday morning.</p></a><p>Follow our local news, and send your story ideas to us, "
        "by phone or by pigeon, on any day of the week.</p></div>",
    )
    byline = f"""<div data-testid="byline"><time datetime="2026-04-19T11:16:53.545Z" class="sc-e56a85d5-2">1 day ago</time>
<button>Share</button><span data-testid="byline-contributors">{"".join(contributors)}</span></div>"""
    picture = """<figure class="z"><div data-testid="hero-image"><img src="/sheep.jpg" alt="Sheep in a boat">
<span class="sc-5340b511-2">Fire service</span></div>
<figcaption class="sc-69115734-0">The ewes on their way</figcaption></figure>"""
    parts = [block("headline-block", "<h1>Sheep taken off island by boat</h1>"), block("byline-block", byline)]
    parts += [block("image-block", picture), texts[0], texts[1], links, texts[2], texts[3], links]
    article = f"<main><article>{''.join(parts)}</article></main>"
    return f'<html lang="en-GB"><head><title>Sheep</title>{head}</head><body>{article}</body></html>'


def read(html: str) -> Article:
    return extract(html, URL)


def test_blocks() -> None:
    article = read(page(JSON_LD + PUBLISHED + DATA, contributor(0, "Wilf Ottershaw", "BBC News, Shropshire")))
    assert article.extractor == f"bbc/1.{READERS}:2023"
    assert article.headline == "Sheep taken off island by boat"
    assert article.body.split("\n\n") == BODY
    assert [author.name for author in article.authors] == ["Wilf Ottershaw"]
    # What is printed and told, not the later moment of a change that readers are not shown.
    assert (str(article.date_published), str(article.date_modified)) == ("2026-04-18T09:12:31Z", "2026-04-19T11:16:53Z")
    assert [image.caption for image in article.images] == ["The ewes on their way"]


def test_the_printed_time_is_the_last_update() -> None:
    article = read(page(PUBLISHED))
    assert (str(article.date_published), str(article.date_modified)) == ("2026-04-18T09:12:31Z", "2026-04-19T11:16:53Z")


def test_times_in_the_data_alone() -> None:
    html = page(DATA).replace('datetime="2026-04-19T11:16:53.545Z"', "")
    article = read(html)
    assert (str(article.date_published), str(article.date_modified)) == ("2026-04-18T09:12:31Z", "2026-04-19T11:16:53Z")


def test_another_articles_time_in_the_data_is_not_taken() -> None:
    far = DATA.replace('"lastPublished":1776597413545,"lastUpdated":1776639309000', f'"summary":"{"x" * 300}"')
    html = page(far).replace('datetime="2026-04-19T11:16:53.545Z"', "")
    assert read(html).date_modified is None


def test_local_democracy_reporting_service_is_the_agency() -> None:
    article = read(page(JSON_LD, contributor(0, "Ada Penhallow", "Local Democracy Reporting Service")))
    assert article.authors == (Author("Ada Penhallow", None, "LDRS"),)


def test_several_contributors_with_role_and_place() -> None:
    who = (contributor(0, "Wilf Ottershaw", "Political reporter"), contributor(1, "Ada Penhallow", "in Dublin"))
    assert read(page(JSON_LD, *who)).authors == (Author("Wilf Ottershaw", "Political reporter"), Author("Ada Penhallow"))


def test_a_page_without_text_blocks_is_read_in_general() -> None:
    article = read(page(JSON_LD).replace("text-block", "prose-block"))
    assert article.extractor == f"generic/{READERS}"
    assert article.body.startswith(BODY[0])
    assert str(article.date_published) == "2026-04-18T09:12:31Z"
