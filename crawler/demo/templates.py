"""Article pages, each printed by its template with boilerplate around and within it; and pages that are not articles."""

from __future__ import annotations

import json
from datetime import UTC
from html import escape

from crawler.demo.look import SECTIONS, TITLE, PageRequest, document, printed
from crawler.demo.story import ZONE, PageState, Picture, Template
from pipelines.article import Kind

_SCRIPTED = "<script>for (const t of document.querySelectorAll('time.filled')) t.textContent = t.dateTime;</script>"


def article_page(page: PageState, request: PageRequest) -> str:
    """The complete HTML page of a live story."""
    body = _BODIES[page.template](page, request)
    head = "\n".join(_head(page, request))
    return document(request, page.headline, head, body + request.sidebar())


def amp_page(page: PageState, request: PageRequest) -> str:
    """The AMP page: the same words, no boilerplate, the same bytes until the story changes."""
    return f"""<!DOCTYPE html>
<html amp lang="en-GB">
<head>
<meta charset="utf-8">
<title>{escape(page.headline)} | {TITLE}</title>
<link rel="canonical" href="{request.url(page.path)}">
<meta name="viewport" content="width=device-width">
<script type="application/ld+json">{_json_ld(page, request)}</script>
</head>
<body>
<article>
<h1>{escape(page.headline)}</h1>
<p class="standfirst">{escape(page.standfirst)}</p>
<p class="byline">{escape(page.byline)}</p>
<p class="dates">{_dates(page)}</p>
<div class="article-body">
{_paragraphs(page, request, with_boxes=False)}
</div>
</article>
</body>
</html>
"""


def _head(page: PageState, request: PageRequest) -> list[str]:
    url = request.url(page.path)
    lines = [f'<link rel="canonical" href="{url}">']
    if page.amp_path:
        lines.append(f'<link rel="amphtml" href="{request.url(page.amp_path)}">')
    lines.append(f'<meta name="description" content="{escape(page.standfirst)}">')
    if page.template in (Template.RICH, Template.META):
        lines += _meta(page, request)
    if page.template in (Template.RICH, Template.WIRE):
        lines.append(f'<script type="application/ld+json">{_json_ld(page, request)}</script>')
    return lines


def _meta(page: PageState, request: PageRequest) -> list[str]:
    kind = "video.other" if page.kind is Kind.VIDEO else "article"
    pairs = [
        ("og:type", kind),
        ("og:site_name", TITLE),
        ("og:title", page.headline),
        ("og:description", page.standfirst),
        ("og:url", request.url(page.path)),
        ("article:section", page.section),
        ("article:published_time", page.published.astimezone(ZONE).isoformat()),
    ]
    if page.modified:
        pairs.append(("article:modified_time", page.modified.astimezone(ZONE).isoformat()))
    pairs += [("article:author", author.name) for author in page.authors]
    pairs += [("article:tag", topic) for topic in page.topics]
    if page.pictures:
        pairs.append(("og:image", request.url(f"/pictures/{page.pictures[0].name}.png?token={request.token}")))
    return [f'<meta property="{name}" content="{escape(value)}">' for name, value in pairs]


def _json_ld(page: PageState, request: PageRequest) -> str:
    data: dict[str, object] = {
        "@context": "https://schema.org",
        "@type": "LiveBlogPosting" if page.kind is Kind.LIVE else "NewsArticle",
        "mainEntityOfPage": {"@type": "WebPage", "@id": request.url(page.path)},
        "url": request.url(page.path),
        "headline": page.headline,
        "description": page.standfirst,
        "datePublished": page.published.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z"),
        "dateModified": (page.modified or page.published).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z"),
        "author": [{"@type": "Person", "name": author.name} for author in page.authors],
        "publisher": {"@type": "NewsMediaOrganization", "name": TITLE, "url": request.url("/")},
        "articleSection": page.section,
        "keywords": list(page.topics),
        "isAccessibleForFree": True,
    }
    if page.pictures:
        data["image"] = [request.url(f"/pictures/{picture.name}.png?token={request.token}") for picture in page.pictures]
    if page.kind is Kind.LIVE:
        data["coverageStartTime"] = page.published.isoformat()
        data["liveBlogUpdate"] = [
            {"@type": "BlogPosting", "headline": post.heading, "datePublished": post.posted.isoformat(), "articleBody": post.text}
            for post in page.posts
        ]
    described: list[dict[str, object]] = [data]
    if page.kind is Kind.VIDEO:
        described.append(_video_ld(page, request))
    if page.kind is Kind.GALLERY:
        described.append({"@context": "https://schema.org", "@type": "ImageGallery", "name": page.headline})
    return json.dumps(described if len(described) > 1 else data, ensure_ascii=False).replace("</", "<\\/")


def _video_ld(page: PageState, request: PageRequest) -> dict[str, object]:
    return {
        "@context": "https://schema.org",
        "@type": "VideoObject",
        "name": page.headline,
        "description": page.standfirst,
        "uploadDate": page.published.isoformat(),
        "thumbnailUrl": request.url(f"/pictures/drone.png?token={request.token}"),
        "contentUrl": request.url("/video/drone.mp4"),
    }


def _rich_layout(page: PageState, request: PageRequest) -> str:
    section = f'<a href="{SECTIONS[page.section]}">{escape(page.section)}</a>'
    return f"""<article class="article" data-testid="article-page">
<header class="article-header">
<p class="kicker">{section}</p>
<h1>{escape(page.headline)}</h1>
<p class="standfirst">{escape(page.standfirst)}</p>
<p class="byline">{escape(page.byline)}</p>
<p class="dates">{_dates(page)}</p>
</header>
{request.shares()}
{_lead(page, request)}
<div class="article-body">
{_paragraphs(page, request)}
{_posts(page)}
</div>
{_gallery(page, request)}
{_topics(page)}
<div class="newsletter-signup">Sign up to our free newsletter to get the news from Haughmere in your inbox</div>
<p class="comments-closed">Sorry, we are not accepting comments on this article.</p>
</article>
{_SCRIPTED if page.template is Template.WIRE else ""}
"""


def _plain_meta(page: PageState, request: PageRequest) -> str:
    label = '<p class="label">Advertisement feature</p>' if page.kind is Kind.SPONSORED else ""
    return f"""<article class="story">
{label}
<h1 class="headline">{escape(page.headline)}</h1>
<h2 class="standfirst">{escape(page.standfirst)}</h2>
<div class="author byline">{escape(page.byline)}</div>
<div class="dates ago">{request.ago(page.modified or page.published)}</div>
{_lead(page, request)}
<div class="story-content">
{_paragraphs(page, request)}
<p class="read-more">READ MORE: {"".join(request.teaser(other, "more") for other in request.teased(1, shift=9))}</p>
</div>
{request.shares()}
</article>
"""


def _printed_only(page: PageState, request: PageRequest) -> str:
    dates = "" if page.template is Template.UNDATED else f'<p class="dates">{_dates(page)}</p>'
    section = f'<a href="{SECTIONS[page.section]}">{escape(page.section)}</a>'
    return f"""<nav class="breadcrumbs kicker"><a href="/">Home</a> › {section}</nav>
<article>
<h1>{escape(page.headline)}</h1>
<p class="standfirst">{escape(page.standfirst)}</p>
<p class="byline">{escape(page.byline)}</p>
{dates}
<div class="entry">
{_paragraphs(page, request)}
</div>
{request.shares()}
</article>
"""


_BODIES = {
    Template.RICH: _rich_layout,
    Template.WIRE: _rich_layout,
    Template.META: _plain_meta,
    Template.PRINTED: _printed_only,
    Template.UNDATED: _printed_only,
}


def _dates(page: PageState) -> str:
    """Both stamps as the template prints them; on syndicated copy a script fills in the times."""
    if page.template is Template.PRINTED:
        updated = f" | Updated {printed(page.modified)}" if page.modified else ""
        return f"Published {printed(page.published)}{updated}"
    parts = [("Published", page.published)]
    if page.modified and page.modified != page.published:
        parts.append(("Last updated", page.modified))
    scripted = page.template is Template.WIRE
    return "<br>\n".join(
        f'{label} <time{" class=" + chr(34) + "filled" + chr(34) if scripted else ""} datetime="{moment.isoformat()}">'
        f"{'' if scripted else printed(moment)}</time>"
        for label, moment in parts
    )


def _lead(page: PageState, request: PageRequest) -> str:
    if page.kind is Kind.VIDEO:
        poster = request.picture("drone")
        return f'<div class="video-player"><video controls src="/video/drone.mp4" poster="{poster}"></video></div>'
    if not page.pictures or page.kind is Kind.GALLERY:
        return ""
    return _figure(page.pictures[0], page, request)


def _figure(picture: Picture, page: PageState, request: PageRequest) -> str:
    credit = {Template.WIRE: f"({picture.credit})", Template.META: f"| {picture.credit}"}.get(
        page.template, f"(Picture: {picture.credit})"
    )
    return (
        f'<figure><img src="{request.picture(picture.name)}" alt="{escape(picture.alt)}">'
        f"<figcaption>{escape(picture.caption)} {escape(credit)}</figcaption></figure>"
    )


def _gallery(page: PageState, request: PageRequest) -> str:
    if page.kind is not Kind.GALLERY:
        return ""
    figures = "\n".join(
        f'<figure><img src="{request.picture(picture.name)}" alt="{escape(picture.alt)}">'
        f"<figcaption>{number}. {escape(picture.caption)} Photo: {escape(picture.credit)}</figcaption></figure>"
        for number, picture in enumerate(page.pictures, 1)
    )
    return f'<section class="gallery">\n{figures}\n</section>'


def _paragraphs(page: PageState, request: PageRequest, *, with_boxes: bool = True) -> str:
    lines = [_paragraph(text) for text in page.paragraphs]
    if with_boxes and len(lines) > 3:
        if len(page.pictures) > 1 and page.kind is not Kind.GALLERY:
            lines[3:3] = [_figure(picture, page, request) for picture in page.pictures[1:]]
        lines.insert(2, request.advert(1))
    return "\n".join(lines)


def _paragraph(text: str) -> str:
    if text.startswith("## "):
        return f"<h2>{escape(text[3:])}</h2>"
    if text.startswith("> "):
        return f"<blockquote><p>{escape(text[2:])}</p></blockquote>"
    return f"<p>{escape(text)}</p>"


def _posts(page: PageState) -> str:
    return "\n".join(
        f'<section class="live-post" id="post-{post.posted:%H%M}"><h3>{escape(post.heading)}</h3>'
        f"<p>{escape(post.text)}</p></section>"
        for post in page.posts
    )


def _topics(page: PageState) -> str:
    links = "".join(f'<li><a rel="tag" href="/topics/{escape(t.lower())}/">{escape(t)}</a></li>' for t in page.topics)
    return f'<div class="related-topics">Related topics:<ul class="topics">{links}</ul></div>' if links else ""


PUZZLE_PATH = "/puzzles/quick-crossword-4512090"
"""Its address looks like an article's, and the sitemap names it, but it is not one."""

PRIVATE_PATH = "/private/leader-column-for-saturday-4512099"
"""Linked on the front page but forbidden by robots.txt: a request for it shows a crawler that ignores robots.txt."""

E_PAPER_PATH = "/e-paper/"

_GRID = ("....#....", ".#.#.#.#.", ".....#...", ".#.###.#.", "...#.....", ".#.#.#.#.", "....#....")


def front_page(request: PageRequest) -> str:
    """All sections, newest first, with one story at the top."""
    sections = []
    for name, path in SECTIONS.items():
        pages = [page for page in request.others if page.section == name][:6]
        if pages:
            sections.append(f'<h2><a href="{path}">{escape(name)}</a></h2><div class="cards">{_cards(pages, request)}</div>')
    staff = f'<p class="ago"><a href="{PRIVATE_PATH}">For the editor</a></p>'
    return document(request, "Front page", _website(request, "/"), "\n".join(sections) + request.advert(0) + staff, wide=True)


def section_front(name: str, request: PageRequest) -> str:
    pages = [page for page in request.others if page.section == name]
    main = f'<div><h1>{escape(name)}</h1>{request.advert(0)}<div class="cards">{_cards(pages, request)}</div></div>'
    return document(request, name, _website(request, SECTIONS[name]), main + request.sidebar())


def puzzle_page(request: PageRequest) -> str:
    rows = "".join(
        "<tr>" + "".join(f"<td{' class=' + chr(34) + 'black' + chr(34) if cell == '#' else ''}></td>" for cell in row) + "</tr>"
        for row in _GRID
    )
    main = (
        '<section class="puzzle"><h1>Quick crossword</h1>'
        f'<table class="grid">{rows}</table><p>Across: 1 River bird (4)</p><p>Down: 2 Not yet baked (5)</p></section>'
    )
    return document(request, "Quick crossword", _website(request, PUZZLE_PATH), main + request.sidebar())


def e_paper(request: PageRequest) -> str:
    main = "<section><h1>Today’s edition</h1><p>Turn the pages of the printed paper.</p></section>"
    return document(request, "E-paper", _website(request, E_PAPER_PATH), main, wide=True)


def private_page(request: PageRequest) -> str:
    text = "This column is not for publication before Saturday. " * 12
    main = f"<article><h1>Leader column for Saturday</h1><p>{text}</p></article>"
    return document(request, "Leader column for Saturday", _website(request, PRIVATE_PATH), main)


def absent_page(request: PageRequest, status: int) -> str:
    words = "This page has been removed" if status == 410 else "Page not found"
    main = f'<section><h1>{words}</h1><p>Try the <a href="/">front page</a>.</p></section>'
    return document(request, words, '<meta name="robots" content="noindex">', main, wide=True)


def _website(request: PageRequest, path: str) -> str:
    return (
        f'<link rel="canonical" href="{request.url(path)}">\n'
        f'<meta property="og:type" content="website">\n<meta property="og:site_name" content="{TITLE}">\n'
        f'<link rel="alternate" type="application/rss+xml" title="{TITLE}" href="{request.url("/rss.xml")}">'
    )


def _cards(pages: list[PageState], request: PageRequest) -> str:
    return "".join(
        f'<div class="card"><h2>{request.teaser(page, "front")}</h2><p>{escape(page.standfirst)}</p>'
        f'<span class="ago">{request.ago(page.modified or page.published)}</span></div>'
        for page in pages
    )
