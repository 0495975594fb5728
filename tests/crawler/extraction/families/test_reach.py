"""Reach's traps, on pages of invented news in the shape of its templates."""

from __future__ import annotations

import pytest

from crawler.extraction import extract
from crawler.extraction.families import READERS
from pipelines.article import Article, Author, Kind

URL = "https://www.manchestereveningnews.co.uk/news/greater-manchester-news/heron-takes-over-fountain-28099001"
STORY = """<p>A grey heron
has taken over the fountain in the middle of the square and will not let the cleaners near it, they say.</p>
<p>The bird came in the last week of October, and has since been seen to eat two goldfish that nobody knew were there.</p>
<p>"He looks at you as if you owed him the rent," said Ronnie Platt, who has swept the square for twenty-two years.</p>
<p>The council said that it would leave the fountain running until the bird had made up its mind about the winter.</p>"""
BODY = [
    "A grey heron has taken over the fountain in the middle of the square and will not let the cleaners near it, they say.",
    "The bird came in the last week of October, and has since been seen to eat two goldfish that nobody knew were there.",
    '"He looks at you as if you owed him the rent," said Ronnie Platt, who has swept the square for twenty-two years.',
    "The council said that it would leave the fountain running until the bird had made up its mind about the winter.",
]
SHARE = """<div class="sharebar"><a class="hidden" id="logo">men</a><ul><li class="bookmark-btn-container">
<div class="bookmark-share"><span class="bookmark-text">Bookmark</span></div></li><li class="count-shares"><span>Share</span></li>
<li class="copy-link-list"><span class="copy-link"></span></li></ul><a id="sso-logout">Sign Out</a></div>"""
PLUG = (
    """<p><b><i>Try our Premium app for FREE <a href="/premium">by clicking here</a> for no ads, puzzles and more.</i></b></p>"""
)


def legacy(author: str, metas: str, times: str, kind: str = "news_story", after: str = PLUG) -> str:
    return f"""<html lang="en"><head><title>Heron takes over fountain - Manchester Evening News</title>
<meta property="og:type" content="article"><meta property="og:title" content="Heron takes over city fountain">
<meta name="robots" content="noarchive,max-image-preview:large">{metas}</head><body class="article-page">
<article class="article-main channel-news"><div class="headline-with-subtype"><div class="article-type publication-font">
<a class="channel-name" href="/news/">News</a></div><h1 itemprop="headline name">Heron takes over fountain and keeps
the cleaners out</h1></div><p class="sub-title" itemprop="description">The bird has eaten two goldfish so far</p>
<div class="byline">{SHARE}<div class="article-information {kind}"><div class="article-author-container {kind}">
<div class="article-type publication-font"><a class="channel-name" href="/news/">News</a></div>
<div class="author-information-container"><span class="author-label">By</span>{author}</div></div>
<ul class="time-info">{times}</ul></div></div>
<div class="article-wrapper"><div class="content-column"><figure class="in-article-image"><div class="img-container">
<img src="https://i2-prod.example.co.uk/incoming/article1.ece/heron.jpg" alt="The heron"></div><figcaption>
<span class="caption">The heron in the fountain on Friday</span><span class="credit">(Image: Dot Kirkham)</span>
</figcaption></figure><form class="skinny-signup"><div class="newsletter-signup-info">
<p>To keep up with news of the city sign up to our newsletter
here</p></div></form><div class="article-body" itemprop="articleBody">{STORY}{after}</div></div></div></article></body></html>"""


AUTHOR = """<div class="author"><a class="publication-theme" href="/authors/elsie-nuttall/"
data-tmdatatrack="author">Elsie Nuttall</a><span class="job-title">Live and breaking news reporter</span></div>"""
METAS = """<meta name="author" content="Elsie Nuttall">
<meta property="article:author" content="https://www.facebook.com/elsieMEN/">
<meta property="article:published_time" content="2023-11-03T07:34:11Z">
<meta property="article:modified_time" content="2023-11-03T09:02:40Z">"""
TIMES = """<li class="hidden"><time class="date-published" datetime="2023-11-03T07:34:11Z"></time>
<span class="time-container">07:34, 3 NOV 2023</span></li><li class="hidden"><span>Updated</span>
<time class="date-updated" datetime="2023-11-03T09:02:40Z"></time><span class="time-container">09:02, 3 NOV 2023</span></li>"""


def read(page: str, url: str = URL) -> Article:
    return extract(page, url)


def test_legacy_without_json_ld() -> None:
    article = read(legacy(AUTHOR, METAS, TIMES))
    assert article.extractor == f"reach/1.{READERS}:2020"
    assert article.headline == "Heron takes over fountain and keeps the cleaners out"
    assert article.description == "The bird has eaten two goldfish so far"
    assert article.authors == (Author("Elsie Nuttall", "Live and breaking news reporter"),)
    # Neither the section in front ("News By ...") nor the share bar.
    assert article.byline == "By Elsie Nuttall Live and breaking news reporter"
    assert (str(article.date_published), str(article.date_modified)) == ("2023-11-03T07:34:11Z", "2023-11-03T09:02:40Z")
    assert article.body.split("\n\n") == BODY
    assert [(image.caption, image.credit) for image in article.images] == [("The heron in the fountain on Friday", "Dot Kirkham")]


def test_a_box_named_for_its_type_is_read_all_the_same() -> None:
    """ "affiliate" is what the piece is, and elsewhere the name of an advertisement."""
    assert read(legacy(AUTHOR, METAS, TIMES, kind="affiliate")).authors == (
        Author("Elsie Nuttall", "Live and breaking news reporter"),
    )


def test_name_and_role_without_separator() -> None:
    article = read(
        legacy('<div class="author">Ned Tyldesley Reporter</div>', METAS.replace("Elsie Nuttall", "Ned Tyldesley"), TIMES)
    )
    assert article.authors == (Author("Ned Tyldesley", "Reporter"),)


def test_meta_author_repeated_and_polluted_with_a_picture_credit() -> None:
    metas = (
        METAS + '<meta name="author" content="Ned Tyldesley (Image: Getty Images)"><meta name="author" content="Elsie Nuttall">'
    )
    authors = AUTHOR + '<div class="author">Ned Tyldesley</div>'
    assert [author.name for author in read(legacy(authors, metas, TIMES)).authors] == ["Elsie Nuttall", "Ned Tyldesley"]


@pytest.mark.parametrize(
    ("printed", "expected"),
    [
        ("07:34, 3 NOV 2023", "2023-11-03T07:34:00Z"),
        ("14:00, 28 Apr 2024", "2024-04-28T13:00:00Z"),
    ],
)
def test_printed_stamps_alone_are_local_time(printed: str, expected: str) -> None:
    times = f'<li><span class="time-container">{printed}</span></li>'
    assert str(read(legacy(AUTHOR, '<meta name="author" content="Elsie Nuttall">', times)).date_published) == expected


def test_a_bold_italic_line_that_is_no_plug_stays() -> None:
    line = 'The council printed the <a href="/x">whole of the minutes</a> for this report, all ninety pages of it.'
    after = f"<p><b><i>{line}</i></b></p>"
    assert read(legacy(AUTHOR, METAS, TIMES, after=after)).body.endswith("all ninety pages of it.")


def live_blog() -> str:
    metas = """<meta name="author" content="Elsie Nuttall"><meta property="article:published_time" content="2020-10-06T20:22:53Z">
<meta property="article:modified_time" content="2020-10-06T20:22:53Z"><script type="application/ld+json">
{"@type":"LiveBlogPosting","headline":"Heron takes over fountain and keeps the cleaners out",
"datePublished":"2020-10-06T07:15:59Z","coverageStartTime":"2020-10-06T07:15:59Z","author":{"@type":"Person",
"name":"Elsie Nuttall"},"liveBlogUpdate":[
{"@type":"BlogPosting","headline":"He is back","datePublished":"2020-10-06T21:22:53.212+01:00","articleBody":"He is back."}]}
</script>"""
    times = '<li><span>Updated</span> <time class="date-updated">21:22, 6 OCT 2020</time></li>'
    posts = "".join(
        f'<div class="live-event-entry"><div class="entry-info"><time>{hour}:22</time></div><h2>News of hour {hour}</h2>'
        f"<p>At hour {hour} the heron was seen to stand on one leg for as long as anybody in the square cared to watch.</p></div>"
        for hour in (21, 20, 19, 18)
    )
    return legacy(AUTHOR, metas, times).replace(PLUG, posts)


def test_a_live_blog_was_first_published_when_json_ld_says() -> None:
    article = read(live_blog(), "https://www.corkbeo.ie/news/local-news/heron-live-updates-19056001")
    assert article.kind is Kind.LIVE
    assert str(article.date_published) == "2020-10-06T07:15:59Z"
    assert str(article.date_modified) == "2020-10-06T20:22:53Z"
    assert article.body.startswith(BODY[0])


NEXT = f"""<html lang="en"><head><title>Heron takes over fountain</title><meta property="og:type" content="article">
<script type="application/ld+json">{{"@type":"NewsArticle","headline":"Heron takes over fountain and keeps the cleaners out",
"datePublished":"2026-04-20T11:43:46Z","dateModified":"2026-04-20T11:44:47Z",
"author":[{{"@type":"Person","name":"Elsie Nuttall"}}]}}
</script></head><body><article id="article-body" class="ArticleBody_article__AbCdE" data-testid="body">
<h1 class="HeadingOne_heading-one__xY12z">Heron takes over fountain and keeps the cleaners out</h1>
<h2 class="LeadText_lead-text__wd_Q" data-testid="leadtext">
The bird has eaten two goldfish so far, and looks at people as if they owed it rent</h2>
<div class="Byline_byline-container__K_O" data-testid="byline">
<div class="ShareBar_sharebar-wrapper__q"><ul><li><a>Share on X</a></li></ul></div>
<span class="Byline_byline-content-wrapper__I" data-testid="byline-content"><div><a class="Badge_badge-link__4"
data-testid="primary-badge-link">News</a></div><div class="Authors_authors-container__w" data-testid="byline-author"><span>
<a class="AuthorLink_author-link__r" href="/authors/elsie-nuttall/"><strong>Elsie Nuttall</strong></a></span></div>
<div class="ArticleTimestamp_dates-container__y"><span data-testid="byline-publishedDate">12:43, 20 Apr 2026</span>
<span class="ArticleTimestamp_updated-date__7" data-testid="byline-updatedDate">Updated 12:44, 20 Apr 2026</span></div>
</span></div><div class="ImageEmbed_image-embed__0" data-testid="leadimage"><figure><img src="/heron.jpg" alt="The heron">
</figure>
<figcaption class="ImageCaption_caption__j" data-testid="image-caption"><p class="ImageCaption_caption-title__c"
data-testid="caption-title">The heron in the fountain on Friday <cite class="ImageCaption_caption-credit__w"
data-testid="caption-credit">(Image: Dot Kirkham)</cite></p></figcaption></div>
{
    STORY.replace("<p>", '<p class="Paragraph_paragraph-text__P">').replace(
        "they say.</p>",
        '''they say.</p>
<div class="BoxStyles_box-container__Q BoxStyles_commercial__W" data-testid="commercial-1"><p>Buy the best binoculars there are,
now at half the price, and see every feather of every bird from your own kitchen window.</p></div>
<div class="BoxStyles_box-container__Q BoxStyles_non-commercial__a" data-testid="recommended-1"><p>Swan stops tram for the third
time in a week, and passengers are asked to walk the rest of the way again.</p></div>''',
    )
}</article></body></html>"""


def test_next_js() -> None:
    article = read(NEXT, "https://www.dailystar.co.uk/news/latest-news/heron-takes-over-fountain-37041001")
    assert article.extractor == f"reach/1.{READERS}:2025-11"
    assert article.authors == (Author("Elsie Nuttall"),)
    assert article.byline == "Elsie Nuttall"
    assert article.description == "The bird has eaten two goldfish so far, and looks at people as if they owed it rent"
    assert (str(article.date_published), str(article.date_modified)) == ("2026-04-20T11:43:46Z", "2026-04-20T11:44:47Z")
    assert article.body.split("\n\n") == BODY
    captions = [(image.caption, image.credit) for image in article.images if image.caption]
    assert captions == [("The heron in the fountain on Friday", "Dot Kirkham")]


def test_express_local_time_marked_z() -> None:
    page = f"""<html lang="en"><head><title>Heron</title>
<meta property="article:published_time" content="2024-07-18T11:48:00+01:00"></head><body><article>
<h1>Heron takes over fountain and keeps the cleaners out</h1><div class="author">By Elsie Nuttall</div>
<time datetime="2024-07-18T11:48:00Z">11:48, Thu, Jul 18, 2024</time>{STORY}</article></body></html>"""
    assert str(read(page, "https://www.express.co.uk/news/uk/1924001/heron-fountain").date_published) == "2024-07-18T10:48:00Z"


def test_an_unknown_template_is_read_in_general() -> None:
    article = read(legacy(AUTHOR, METAS, TIMES).replace("author-information-container", "x").replace("time-info", "y"))
    assert article.extractor == f"generic/{READERS}"
    assert article.body.split("\n\n")[:4] == BODY
    assert str(article.date_published) == "2023-11-03T07:34:11Z"
    assert [author.name for author in article.authors] == ["Elsie Nuttall"]
