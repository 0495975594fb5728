"""Demo pages that are no articles: front page, section fronts, the crossword, the e-paper, and what is not to be found."""

from __future__ import annotations

from html import escape

from crawler.demo.look import SECTIONS, TITLE, PageRequest, document
from crawler.demo.story import PageState

PUZZLE_PATH = "/puzzles/quick-crossword-4512090"
"""Looks like an article by its address, and the sitemap names it; it is none."""

PRIVATE_PATH = "/private/leader-column-for-saturday-4512099"
"""Named on the front page, forbidden by robots.txt: a crawler that asks for it is caught."""

E_PAPER_PATH = "/e-paper/"

_GRID = ("....#....", ".#.#.#.#.", ".....#...", ".#.###.#.", "...#.....", ".#.#.#.#.", "....#....")


def front_page(request: PageRequest) -> str:
    """All sections, newest first, with one story on top."""
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
    """What a browser shows for 404 and 410."""
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
